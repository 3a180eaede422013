//! The labels that a query makes: nested, they grow by multiplication.
use crate::cost::unwrap_parens;
use std::collections::BTreeMap;
use wardgate_promql::promql_parser::parser::{Call, Expr};

/// Bytes of a label's value as it is scraped, at most about.
const LABEL_BYTES: u64 = 128;

/// Bytes of labels' values, by name.
pub(crate) type Labels = BTreeMap<String, u64>;

/// The longer of each.
pub(crate) fn longest(mut one: Labels, other: Labels) -> Labels {
    for (label, bytes) in other {
        let known = one.entry(label).or_default();
        *known = bytes.max(*known);
    }
    one
}

/// The label that `label_replace` or `label_join` makes, and its bytes: each `$` may stand for all of the label it is taken from.
pub(crate) fn made_label<'a>(call: &'a Call, made: &Labels) -> Option<(&'a str, u64)> {
    let texts: Vec<&str> = call.args.args.iter().skip(1).map_while(|a| text(a)).collect();
    let bytes = |label: &str| made.get(label).copied().unwrap_or(LABEL_BYTES);
    let length = |text: &str| u64::try_from(text.len()).unwrap_or(u64::MAX);
    match (call.func.name, texts.as_slice()) {
        ("label_replace", [label, replacement, from, ..]) => {
            let captures = u64::try_from(replacement.matches('$').count()).unwrap_or(u64::MAX);
            Some((*label, captures.saturating_mul(bytes(from)).saturating_add(length(replacement))))
        }
        ("label_join", [label, between, from @ ..]) => {
            let pieces = from.iter().map(|from| bytes(from).saturating_add(length(between)));
            Some((*label, pieces.fold(0, u64::saturating_add)))
        }
        _ => None,
    }
}

pub(crate) fn text(expr: &Expr) -> Option<&str> {
    match unwrap_parens(expr) {
        Expr::StringLiteral(text) => Some(&text.val),
        _ => None,
    }
}
