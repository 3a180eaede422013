//! `PromQL` as Wardgate reads it: one scan, one parser, one canonical text.
//!
//! The host's floor and the guard must read a query alike, or what one of them lets through means something else to the other. So both
//! parse with [`parse`]: a linear [`scan`] that keeps out what the parser must not see, then promql-parser. [`render`] writes a tree
//! back into text that reads the same to everybody; [`catalogue`] estimates the series of a selector where no server can be asked, and
//! [`names`] finds the name that somebody may have meant.
//!
//! Pure, and built for the host and for wasm. It knows no budgets, no namespaces and no verdicts.
pub mod catalogue;
mod matchers;
pub mod names;
mod render;
mod scan;
mod trouble;

pub use matchers::{Kind, PATTERN, equal, has_alternatives, kind, literals, metric, metric_of, selectors};
pub use promql_parser;
pub use render::{render, selector};
pub use scan::weigh;
pub use trouble::Trouble;

use promql_parser::parser::{self, Expr};

/// What a text may hold at most before anything is parsed: the parser is quadratic, and a tree is walked by recursion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes.
    pub bytes: usize,
    /// Brackets inside each other.
    pub nesting: usize,
    /// Operators; a chain is as deep as it is long.
    pub operators: usize,
    /// What the regular expressions weigh together: the server has to compile them, and a thousand take it about a millisecond.
    pub patterns: u64,
}

/// Scans and parses a query. A matcher that was written as a regular expression is `=` or `!=` in the tree, with a mark before its
/// value: read matchers with [`kind`] only. The parser would compile each pattern, which takes longer than all else.
pub fn parse(text: &str, limits: Limits) -> Result<Expr, Trouble> {
    let scanned = scan::scan(text, limits)?;
    parser::parse(&scanned.text).map_err(|error| match scanned.experimental {
        Some(what) => Trouble::Experimental(what),
        // The parser may quote what the scan marked.
        None => Trouble::Syntax { what: error.replace(PATTERN, ""), at: None },
    })
}
