//! Verdicts on a list of queries, one a line, with the shipped settings on the shipped estimate of a mid-size cluster: `verdict <tab>
//! rule <tab> how <tab> query`, then how many of each. The last column of a row is the query; the one before says how it is asked:
//! `i` at one time, `r` so and over half an hour in steps of 30 s, `r:SECONDS:STEP` over that range, `@SECONDS` so long ago.
//!
//! ```text
//! cargo run --example query-verdicts -p promql-guard < tests/ordinary.txt
//! ```
#![allow(clippy::print_stdout)]
#[path = "../tests/common/mod.rs"]
mod common;

use common::{NOW, guard, instant, range};
use std::{collections::BTreeMap, io::BufRead};
use wardgate_guest::types::{Query, Verdict};

fn main() {
    let guard = guard();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let lines = std::io::stdin().lock().lines().map_while(Result::ok);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let mut columns = line.rsplit('\t');
        let (text, how) = (columns.next().unwrap_or_default(), columns.next().unwrap_or("i"));
        for (how, query) in queries(how, text) {
            let verdict = guard.ask(&query).verdict;
            let (said, id, reason) = match &verdict {
                Verdict::Allow(allowance) => ("allow", allowance.rule.as_str(), ""),
                Verdict::Deny(denial) => ("deny", denial.rule.as_str(), denial.reason.as_str()),
                _ => ("other", "", ""),
            };
            println!("{said}\t{id}\t{how}\t{text}\t{reason}");
            *counts.entry(said).or_default() += 1;
        }
    }
    eprintln!("{counts:?}");
}

/// What a row asks.
fn queries(how: &str, text: &str) -> Vec<(String, Query)> {
    let number = |text: &str| text.parse().unwrap_or_default();
    if let Some(ago) = how.strip_prefix('@') {
        let at = NOW - number(ago) * 1000;
        return vec![(how.to_owned(), Query { start: at, end: at, ..instant(text) })];
    }
    match how.strip_prefix("r:").and_then(|rest| rest.split_once(':')) {
        Some((seconds, step)) => vec![(how.to_owned(), range(text, number(seconds), number(step)))],
        None if how == "r" => vec![("i".into(), instant(text)), ("r:1800:30".into(), range(text, 1800, 30))],
        None => vec![("i".into(), instant(text))],
    }
}
