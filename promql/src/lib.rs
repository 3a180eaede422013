//! `PromQL` as Wardgate reads it: one scan, one parser, one canonical text.
//!
//! The host's floor and the guard must read a query alike, or what one of them lets through means something else to the other. So both
//! parse with [`parse`]: a linear [`scan`] that keeps out what the parser must not see, then promql-parser. [`render`] writes a tree
//! back into text that reads the same to everybody; [`catalogue`] estimates the series of a metric where no server can be asked.
//!
//! Pure, and built for the host and for wasm. It knows no budgets, no namespaces and no verdicts.
pub mod catalogue;
mod render;
mod scan;
mod trouble;

pub use promql_parser;
pub use render::{Kind, PATTERN, kind, render, selector};
pub use trouble::Trouble;

use promql_parser::{
    label::{METRIC_NAME, MatchOp},
    parser::{self, Expr, VectorSelector},
};

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

/// The metric a selector names, if it names one exactly.
pub fn metric(selector: &VectorSelector) -> Option<&str> {
    if let Some(name) = &selector.name {
        return Some(name.as_str()).filter(|n| !n.is_empty());
    }
    let mut named = selector.matchers.matchers.iter().filter(|m| m.name == METRIC_NAME);
    named.find_map(|m| match kind(m) {
        Kind::Equal(value) if !value.is_empty() => Some(value),
        _ => None,
    })
}

/// The metric that a canonical selector names: what stands before its braces, or in its `__name__` matcher. Empty if none does.
pub fn metric_of(selector: &str) -> &str {
    let (name, rest) = selector.split_once('{').unwrap_or((selector, ""));
    if !name.trim().is_empty() {
        return name.trim();
    }
    // Canonical text escapes quotes inside values, so the first bare quote ends the name.
    let quoted = rest.strip_prefix("__name__=\"").or_else(|| rest.split_once(",__name__=\"").map(|(_, after)| after));
    quoted.and_then(|q| q.split('"').next()).unwrap_or_default()
}

/// Whether a selector joins its matchers by `or`: not PromQL, but the parser reads it.
pub fn has_alternatives(selector: &VectorSelector) -> bool {
    !selector.matchers.or_matchers.is_empty()
}

/// A matcher for equality, as the parser would make it.
pub fn equal(label: &str, value: &str) -> promql_parser::label::Matcher {
    promql_parser::label::Matcher::new(MatchOp::Equal, label, value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canonical_selector_names_its_metric_before_the_braces_or_inside() {
        for (selector, name) in [
            ("up", "up"),
            ("up{job=\"x\"}", "up"),
            ("{__name__=\"a.b\"}", "a.b"),
            ("{__name__=\"a.b\",job=\"x\"}", "a.b"),
            ("{__name__=\"a b\",__name__=~\"a.*\"}", "a b"),
            ("{\"x y\"=\"1\",__name__=\"a.b\"}", "a.b"),
            ("{job=\"x\"}", ""),
        ] {
            assert_eq!(metric_of(selector), name, "{selector}");
        }
    }
}
