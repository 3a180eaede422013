//! What the guard reads in queries, for a comparison with what Prometheus reads: `tests/promql/differential` writes the queries, runs
//! this and asks Prometheus. A line in: `{"text", "start", "end", "step", "series": {METRIC: N}}`, times in ms. A line out: what was
//! asked about (`selectors`: text and window), and the samples it reckons with; or the rule that refused it.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
use promql_guard::{PromqlGuard, Settings};
use serde_json::{Value as Json, json};
use std::{env, fs};
use wardgate_guest::{
    Reviewer, label,
    types::{Answer, Bound, Context, Known, Query, Question, Request, Value, Verdict},
};

/// Budgets that refuse nothing but more samples than this.
fn guard(max_samples: u64) -> PromqlGuard {
    let mut settings: Json = serde_json::from_str(include_str!("../defaults.json")).unwrap();
    let kept =
        ["max_text_bytes", "max_nesting", "max_operators", "max_selectors", "timeout_seconds", "max_metadata_items"];
    for (key, value) in settings.as_object_mut().unwrap() {
        if value.is_number() && !kept.contains(&key.as_str()) {
            *value = json!(if key.starts_with("min_") { 1 } else { 1u64 << 31 });
        }
    }
    settings["max_samples"] = json!(max_samples);
    PromqlGuard::configure(serde_json::from_value::<Settings>(settings).unwrap()).unwrap().0
}

#[test]
#[ignore = "tests/promql/differential runs it"]
fn analysis_of_given_queries() {
    let (asks, counts) = (guard(u64::MAX >> 1), guard(0));
    let mut out = String::new();
    for line in fs::read_to_string(env::var("ANALYSIS_IN").unwrap()).unwrap().lines() {
        let line: Json = serde_json::from_str(line).unwrap();
        let number = |key: &str| line[key].as_u64().unwrap();
        let request = Request::Query(Query {
            text: line["text"].as_str().unwrap().to_owned(),
            start: number("start"),
            end: number("end"),
            step: number("step"),
        });
        let attributes = vec![label("prometheus.scrape-interval-ms", number("scrape").to_string())];
        let context = Context { now: number("end"), attributes, ..Context::default() };
        let series = |question: &Question| {
            let metric = wardgate_promql::metric_of(&question.subject);
            let number = line["series"][metric].as_u64().unwrap_or(0);
            let outcome = Ok(Known { value: Value::Number(number), bound: Bound::Exact });
            Answer { question: question.clone(), outcome }
        };
        let (questions, refused) = match asks.review(&context, &request, &[]) {
            // It asks for names, or about a query that it would propose: the query itself is refused already.
            Verdict::Need(questions) if questions.iter().any(|q| q.kind != "series" || !q.arguments.is_empty()) => {
                (vec![], Some("refused: before anything is asked".to_owned()))
            }
            Verdict::Need(questions) => (questions, None),
            Verdict::Allow(_) => (vec![], None),
            Verdict::Deny(denial) => (vec![], Some(format!("{}: {}", denial.rule, denial.reason))),
            _ => panic!("{line}"),
        };
        let answers: Vec<Answer> = questions.iter().map(series).collect();
        let figure = |guard: &PromqlGuard| {
            let mut answers = answers.clone();
            for _ in 0..4 {
                match guard.review(&context, &request, &answers) {
                    // For what it would propose instead.
                    Verdict::Need(more) => answers.extend(more.iter().map(series)),
                    Verdict::Deny(denial) => {
                        return denial
                            .details
                            .iter()
                            .find(|d| d.key == "samples")
                            .and_then(|d| d.value.parse::<u64>().ok());
                    }
                    _ => return None,
                }
            }
            panic!("no end of questions: {line}")
        };
        // Refused with one series each it says what those cost; allowed just that, it says what the series there are cost.
        let least = figure(&counts).unwrap_or(0);
        let samples = figure(&guard(least)).unwrap_or(least);
        let selectors: Vec<Json> = questions
            .iter()
            .map(|q| json!({"text": q.subject, "start": q.window.unwrap().start, "end": q.window.unwrap().end}))
            .collect();
        let line = json!({"selectors": selectors, "refused": refused, "samples": samples});
        out.push_str(&line.to_string());
        out.push('\n');
    }
    fs::write(env::var("ANALYSIS_OUT").unwrap(), out).unwrap();
}
