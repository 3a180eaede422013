//! Matchers: what a selector asks for, read in the one way that is right after the scan.
use promql_parser::{
    label::{METRIC_NAME, MatchOp, Matcher},
    parser::{Expr, VectorSelector},
};

/// What the value of a matcher begins with that was written as a regular expression; see the scan. Such a matcher is `Equal` or
/// `NotEqual` in the tree, and `=~` or `!~` in text.
pub const PATTERN: char = '\u{1}';

/// What a matcher asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind<'a> {
    /// `=`
    Equal(&'a str),
    /// `!=`
    NotEqual(&'a str),
    /// `=~`; the pattern is anchored at both ends.
    Pattern(&'a str),
    /// `!~`
    NotPattern(&'a str),
}

impl Kind<'_> {
    /// Whether it is a regular expression.
    pub fn is_pattern(self) -> bool {
        matches!(self, Kind::Pattern(_) | Kind::NotPattern(_))
    }
}

/// Reads a matcher, marked or not.
pub fn kind(matcher: &Matcher) -> Kind<'_> {
    match (matcher.value.strip_prefix(PATTERN), &matcher.op) {
        (Some(pattern), MatchOp::NotEqual | MatchOp::NotRe(_)) => Kind::NotPattern(pattern),
        (Some(pattern), MatchOp::Equal | MatchOp::Re(_)) => Kind::Pattern(pattern),
        (None, MatchOp::Re(_)) => Kind::Pattern(&matcher.value),
        (None, MatchOp::NotRe(_)) => Kind::NotPattern(&matcher.value),
        (None, MatchOp::NotEqual) => Kind::NotEqual(&matcher.value),
        (None, MatchOp::Equal) => Kind::Equal(&matcher.value),
    }
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

/// Every selector of a tree, from left to right.
pub fn selectors(expr: &Expr) -> Vec<&VectorSelector> {
    let (mut open, mut found) = (vec![expr], Vec::new());
    while let Some(expr) = open.pop() {
        match expr {
            Expr::VectorSelector(selector) => found.push(selector),
            Expr::MatrixSelector(matrix) => found.push(&matrix.vs),
            Expr::Subquery(subquery) => open.push(&subquery.expr),
            Expr::Paren(paren) => open.push(&paren.expr),
            Expr::Unary(unary) => open.push(&unary.expr),
            Expr::Binary(binary) => open.extend([&*binary.rhs, &*binary.lhs]),
            Expr::Aggregate(aggregate) => {
                open.push(&aggregate.expr);
                open.extend(aggregate.param.as_deref());
            }
            Expr::Call(call) => open.extend(call.args.args.iter().rev().map(|a| &**a)),
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
        }
    }
    found
}

/// Whether a selector joins its matchers by `or`: not PromQL, but the parser reads it.
pub fn has_alternatives(selector: &VectorSelector) -> bool {
    !selector.matchers.or_matchers.is_empty()
}

/// A matcher for equality, as the parser would make it.
pub fn equal(label: &str, value: &str) -> Matcher {
    Matcher::new(MatchOp::Equal, label, value)
}

/// Names in one alternation.
const ALTERNATIVES: usize = 100;

/// The strings that an anchored pattern matches, if it is nothing but an alternation of literals: letters, digits, `-`, `_`, `:` and
/// escaped `.` and `-`, in one pair of parentheses at most. At most a hundred.
pub fn literals(pattern: &str) -> Option<Vec<String>> {
    let inner = pattern.strip_prefix('(').and_then(|p| p.strip_suffix(')')).unwrap_or(pattern);
    let mut names = Vec::new();
    for part in inner.split('|') {
        let mut name = String::with_capacity(part.len());
        let mut chars = part.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => name.push(chars.next().filter(|c| matches!(c, '.' | '-'))?),
                c if c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':') => name.push(c),
                _ => return None,
            }
        }
        names.push(name);
        if names.len() > ALTERNATIVES {
            return None;
        }
    }
    Some(names)
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
