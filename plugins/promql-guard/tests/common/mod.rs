//! A guard with default settings, and a host that answers its questions from the shipped catalogue.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub)]
use promql_guard::{PromqlGuard, Settings};
use std::collections::BTreeMap;
use wardgate_guest::{
    Reviewer,
    types::{Answer, Bound, Context, Denial, Known, Query, Question, Request, Value, Verdict},
};
use wardgate_promql::{catalogue::Catalogue, names::near};

/// The host's clock in tests: 2026-01-15.
pub const NOW: u64 = 1_768_435_200_000;
/// Seconds of a day.
pub const DAY: u64 = 86_400;

pub struct Guard {
    guard: PromqlGuard,
    catalog: Catalogue,
}

pub struct Asked {
    pub verdict: Verdict,
    pub questions: usize,
    /// Those that a host may ask Prometheus for.
    pub looked_up: usize,
}

pub fn guard() -> Guard {
    guard_with(Settings::default())
}

pub fn guard_with(settings: Settings) -> Guard {
    let (guard, _) = PromqlGuard::configure(settings).unwrap();
    let catalog: BTreeMap<String, u64> = serde_json::from_str(include_str!("../../catalog.json")).unwrap();
    Guard { guard, catalog: catalog.into_iter().collect() }
}

pub fn context() -> Context {
    Context { now: NOW, ..Context::default() }
}

pub fn instant(text: &str) -> Query {
    Query { text: text.to_owned(), start: NOW, end: NOW, step: 0 }
}

pub fn range(text: &str, seconds: u64, step: u64) -> Query {
    Query { text: text.to_owned(), start: NOW - seconds * 1000, end: NOW, step: step * 1000 }
}

impl Guard {
    /// As the host does: review, answer, review again.
    pub fn ask(&self, query: &Query) -> Asked {
        self.ask_with(&Request::Query(query.clone()), |question| self.answer(question))
    }

    /// What a host says that knows the catalogue and nothing else.
    pub fn answer(&self, question: &Question) -> Result<Known, String> {
        if question.kind == "metric-names" {
            let mut names: Vec<&str> = self.catalog.names().collect();
            names.sort_unstable();
            let near = near(&question.subject, names, 10).into_iter().map(str::to_owned).collect();
            return Ok(Known { value: Value::Texts(near), bound: Bound::About });
        }
        match self.catalog.estimate(&question.subject) {
            Some(found) => {
                let bound = if found.narrowed { Bound::About } else { Bound::AtMost };
                Ok(Known { value: Value::Number(found.series), bound })
            }
            None => Err("missing".to_owned()),
        }
    }

    pub fn ask_with(&self, request: &Request, mut host: impl FnMut(&Question) -> Result<Known, String>) -> Asked {
        let (mut answers, mut looked_up) = (Vec::<Answer>::new(), 0);
        for _ in 0..4 {
            match self.guard.review(&context(), request, &answers) {
                Verdict::Need(questions) => {
                    assert!(!questions.is_empty() && questions.len() <= 32);
                    for question in questions {
                        assert!(answers.iter().all(|a| a.question != question), "asked twice: {question:?}");
                        let cached = question.arguments.iter().any(|a| a.key == "from" && a.value == "cache");
                        looked_up += usize::from(!cached && question.kind == "series");
                        answers.push(Answer { outcome: host(&question), question });
                    }
                }
                verdict => return Asked { verdict, questions: answers.len(), looked_up },
            }
        }
        panic!("too many rounds");
    }

    pub fn denial(&self, query: &Query) -> Denial {
        match self.ask(query).verdict {
            Verdict::Deny(denial) => denial,
            other => panic!("{}: {other:?}", query.text),
        }
    }

    pub fn passes(&self, query: &Query) -> bool {
        matches!(self.ask(query).verdict, Verdict::Allow(_))
    }
}
