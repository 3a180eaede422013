//! Verdicts on a list of commands, one a line, as the tests' tables write them: `verdict <tab> rule <tab> line`, then how many of each.
//!
//! ```text
//! cargo run --example exec-verdicts -p exec-allowlist < needs.txt
//! ```
#![allow(clippy::print_stdout)]
#[path = "../tests/common/mod.rs"]
mod common;

use common::{of, review, rule, words};
use std::{collections::BTreeMap, io::BufRead};

fn main() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let lines = std::io::stdin().lock().lines().map_while(Result::ok);
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with('#')) {
        // Of a row of the attacks or the asks, the command.
        let command = line.rsplit('\t').next().unwrap_or_default();
        let verdict = review(of(words(command)));
        let (said, id) = rule(&verdict);
        println!("{said}\t{id}\t{command}");
        *counts.entry(said).or_default() += 1;
    }
    eprintln!("{counts:?}");
}
