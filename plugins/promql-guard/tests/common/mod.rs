//! A guard with default settings, and a host that answers its questions from the shipped catalogue.
#![allow(dead_code, clippy::unwrap_used, clippy::panic, missing_docs, unreachable_pub)]
use promql_guard::{PromqlGuard, Settings};
use std::collections::BTreeMap;
use wardgate_guest::{
    Reviewer,
    types::{Answer, Bound, Context, Denial, Known, Query, Question, Request, Value, Verdict},
};
use wardgate_promql::{catalogue::Catalogue, metric_of};

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
        self.ask_with(&Request::Query(query.clone()), |question| {
            match self.catalog.series(metric_of(&question.subject)) {
                Some(series) => Ok(Known { value: Value::Number(series), bound: Bound::AtMost }),
                None => Err("missing".to_owned()),
            }
        })
    }

    pub fn ask_with(&self, request: &Request, mut host: impl FnMut(&Question) -> Result<Known, String>) -> Asked {
        let mut answers: Vec<Answer> = Vec::new();
        for _ in 0..4 {
            match self.guard.review(&context(), request, &answers) {
                Verdict::Need(questions) => {
                    assert!(!questions.is_empty() && questions.len() <= 32);
                    for question in questions {
                        assert!(answers.iter().all(|a| a.question != question), "asked twice: {question:?}");
                        answers.push(Answer { outcome: host(&question), question });
                    }
                }
                verdict => return Asked { verdict, questions: answers.len() },
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
