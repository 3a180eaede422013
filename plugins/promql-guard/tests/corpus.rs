//! Lists of queries against the shipped estimate of a mid-size cluster: what people ask must pass, what breaks servers must not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]
mod common;

use common::{Asked, DAY, NOW, guard, instant, range};
use wardgate_guest::types::{Query, Verdict};

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
}

/// Those of a list of ordinary queries that are denied, and why; with how many were asked.
fn denied(list: &'static str) -> (usize, Vec<String>) {
    let guard = guard();
    let mut asked = 0;
    let mut failed = Vec::new();
    for line in lines(list) {
        let (how, text) = line.split_once('\t').unwrap();
        let mut forms = vec![instant(text)];
        if how == "r" {
            forms.push(range(text, 1800, 30));
        }
        for query in forms {
            asked += 1;
            if let Asked { verdict: Verdict::Deny(denial), .. } = guard.ask(&query) {
                failed.push(format!("{}: {text}\n    {}", denial.rule, denial.reason));
            }
        }
    }
    (asked, failed)
}

/// A query of a list of those that must be denied: its rule, itself.
fn negative(line: &'static str) -> (&'static str, Query) {
    let mut parts = line.splitn(3, '\t');
    let (rule, how, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or_default());
    let query = match how.split(':').collect::<Vec<_>>()[..] {
        ["r", seconds, step] => Query {
            start: NOW - seconds.parse::<u64>().unwrap() * 1000,
            // The fraction of a second counts.
            step: std::time::Duration::from_secs_f64(step.parse().unwrap()).as_millis().try_into().unwrap(),
            ..instant(text)
        },
        ["i"] => instant(text),
        [ago] => {
            let at = NOW - ago.trim_start_matches('@').parse::<u64>().unwrap() * 1000;
            Query { start: at, end: at, ..instant(text) }
        }
        _ => panic!("{how}"),
    };
    (rule, query)
}

/// Those of a list of queries that must be denied which are not, or by another rule.
fn misjudged(list: &'static str) -> Vec<String> {
    let guard = guard();
    let mut failed = Vec::new();
    for line in lines(list) {
        let (rule, query) = negative(line);
        let text = &query.text;
        match guard.ask(&query).verdict {
            Verdict::Deny(denial) if denial.rule == rule => {
                assert!(!denial.reason.is_empty() && denial.remedy.is_some(), "{text}");
            }
            Verdict::Deny(denial) => failed.push(format!("{rule}, not {}: {text}\n    {}", denial.rule, denial.reason)),
            other => failed.push(format!("{rule}: {text}: {other:?}")),
        }
    }
    failed
}

#[test]
fn queries_of_an_on_call_day_pass_with_default_budgets() {
    let (asked, failed) = denied(include_str!("positives.txt"));
    assert!(asked > 160, "only {asked} queries");
    assert!(failed.is_empty(), "{} of {asked} denied:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn ordinary_queries_beyond_kube_prometheus_pass_with_default_budgets() {
    let (asked, failed) = denied(include_str!("ordinary.txt"));
    assert!(asked > 300, "only {asked} queries");
    assert!(failed.is_empty(), "{} of {asked} denied:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn queries_that_break_servers_are_denied_each_by_its_rule() {
    let failed = misjudged(include_str!("negatives.tsv"));
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn other_queries_that_break_servers_are_denied_each_by_its_rule() {
    let failed = misjudged(include_str!("pathological.tsv"));
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn every_denying_rule_is_tripped_by_some_query() {
    let tripped: Vec<_> = lines(include_str!("negatives.tsv")).map(|l| l.split_once('\t').unwrap().0).collect();
    // Text of 4 KiB and lists of 33 selectors stand in tests of their own; metadata has its own file.
    let elsewhere = ["promql.text.length", "promql.selector.count"];
    for rule in promql_guard::rules::ALL.iter().filter(|r| !r.remedy.is_empty() && !r.id.contains("metadata")) {
        assert!(tripped.contains(&rule.id) || elsewhere.contains(&rule.id), "{} is never tripped", rule.id);
    }
}

#[test]
fn what_is_denied_statically_has_nothing_looked_up() {
    let guard = guard();
    for text in [
        "{__name__=~\".+\"}",
        "max_over_time(rate(up[5m])[30d:1s])",
        "sum_over_time(vector(1)[7d:10s])",
        "rate(up[1y])",
        "topk(1e9, up)",
        "up offset 365d",
    ] {
        assert_eq!(guard.ask(&instant(text)).looked_up, 0, "{text}");
    }
    assert_eq!(guard.ask(&range("sum(up)", DAY, 60)).looked_up, 0);
}
