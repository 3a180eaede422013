//! The reviewer of queries and metadata: what a query in `PromQL` will cost, before Prometheus pays for it.
//!
//! It parses a query, walks it with a cost model in series × samples × evaluations, asks the host how many series each selector
//! touches, and holds the result against budgets. What it cannot parse or estimate it denies. It knows no namespaces: those are the
//! host's floor.

// Clippy wants a denial boxed; every path that makes one ends the review, and it is moved three times.
#![allow(clippy::result_large_err)]

mod answers;
mod budgets;
mod cost;
mod labels;
mod metadata;
mod patterns;
mod query;
mod reach;
mod rewrite;
pub mod rules;
mod selector;
mod settings;
mod teach;
mod timing;
mod verdict;

pub use settings::{SCHEMA, Settings};

use wardgate_guest::{
    Reviewer, review, rule,
    types::{Answer, Context, Kinds, Request, Verdict},
};

/// The configured guard.
#[derive(Debug)]
pub struct PromqlGuard {
    settings: Settings,
}

impl Reviewer for PromqlGuard {
    const NAME: &'static str = "promql-guard";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = SCHEMA;
    const QUESTIONS: &'static [&'static str] = &[answers::NAMES, answers::SERIES];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<(Self, review::Setup), String> {
        settings.check()?;
        // The parser builds its tables at first use: do it before the instance is frozen.
        let warm =
            "sum by (a) (rate(b{c=~\"d|e.+\"}[1h5m] offset 1m @ end())) / on (a) group_left () f > bool 0x1 or g";
        query::parse(warm, settings.text_limits(&Context::default().subject))
            .map_err(|denial| format!("the parser does not work: {}", denial.reason))?;
        let rules = rules::ALL.iter().map(|r| rule(r.id, r.description)).collect();
        Ok((PromqlGuard { settings }, review::Setup { kinds: Kinds::QUERY | Kinds::METADATA, rules }))
    }

    fn review(&self, context: &Context, request: &Request, answers: &[Answer]) -> Verdict {
        match request {
            Request::Query(query) => query::review(context, query, answers, &self.settings),
            Request::Metadata(metadata) => metadata::review(context, metadata, answers, &self.settings),
            _ => Verdict::Abstain,
        }
    }
}

wardgate_guest::export_reviewer!(PromqlGuard);
