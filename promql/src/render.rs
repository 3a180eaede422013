//! A query's tree back into text, in one canonical form.
//!
//! The parser's own `Display` loses things (an empty `ignoring ()` under `group_left`, times before 1970, escapes of control
//! characters), so this is our own. What it writes parses back into the same tree; tests hold it to that.
use crate::matchers::{Kind, kind};
use promql_parser::{
    label::{Labels, METRIC_NAME, Matcher, Matchers},
    parser::{
        AtModifier, BinModifier, Expr, LabelModifier, Offset, SubqueryExpr, VectorMatchCardinality, VectorSelector,
    },
    util::display_duration,
};
use std::{
    fmt::Write,
    time::{Duration, SystemTime},
};

/// The canonical text of a query.
pub fn render(expr: &Expr) -> String {
    let mut out = String::new();
    write_expr(&mut out, expr);
    out
}

/// The canonical text of a selector, without range, `offset` and `@`: matchers sorted, the name in front where it can stand there.
pub fn selector(selector: &VectorSelector) -> String {
    let mut out = String::new();
    write_selector(&mut out, selector.name.as_deref(), &selector.matchers);
    out
}

/// Writes a double-quoted string literal.
pub(crate) fn quote(out: &mut String, value: &str) {
    out.push('"');
    for c in value.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c.is_ascii_control() => _ = write!(out, "\\x{:02x}", u32::from(c)),
            c => out.push(c),
        }
    }
    out.push('"');
}

fn write_expr(out: &mut String, expr: &Expr) {
    match expr {
        Expr::Aggregate(aggregate) => {
            _ = write!(out, "{}", aggregate.op);
            if let Some(modifier) = &aggregate.modifier {
                out.push(' ');
                write_modifier(out, modifier, "by", "without");
                out.push(' ');
            }
            out.push('(');
            if let Some(parameter) = &aggregate.param {
                write_expr(out, parameter);
                out.push_str(", ");
            }
            write_expr(out, &aggregate.expr);
            out.push(')');
        }
        Expr::Unary(unary) => {
            out.push('-');
            write_expr(out, &unary.expr);
        }
        Expr::Binary(binary) => {
            write_expr(out, &binary.lhs);
            _ = write!(out, " {} ", binary.op);
            if let Some(modifier) = &binary.modifier {
                write_binary_modifier(out, modifier);
            }
            write_expr(out, &binary.rhs);
        }
        Expr::Paren(paren) => {
            out.push('(');
            write_expr(out, &paren.expr);
            out.push(')');
        }
        Expr::Subquery(subquery) => write_subquery(out, subquery),
        Expr::NumberLiteral(number) => write_number(out, number.val),
        Expr::StringLiteral(string) => quote(out, &string.val),
        Expr::VectorSelector(selector) => {
            write_selector(out, selector.name.as_deref(), &selector.matchers);
            write_time(out, selector.at.as_ref(), selector.offset.as_ref());
        }
        Expr::MatrixSelector(matrix) => {
            write_selector(out, matrix.vs.name.as_deref(), &matrix.vs.matchers);
            _ = write!(out, "[{}]", display_duration(&matrix.range));
            write_time(out, matrix.vs.at.as_ref(), matrix.vs.offset.as_ref());
        }
        Expr::Call(call) => {
            out.push_str(call.func.name);
            out.push('(');
            for (i, argument) in call.args.args.iter().enumerate() {
                if i > 0 {
                    out.push_str(", ");
                }
                write_expr(out, argument);
            }
            out.push(')');
        }
        // The parser never makes one; what cannot be written must not parse.
        Expr::Extension(_) => out.push('!'),
    }
}

fn write_subquery(out: &mut String, subquery: &SubqueryExpr) {
    write_expr(out, &subquery.expr);
    _ = write!(out, "[{}:", display_duration(&subquery.range));
    if let Some(step) = &subquery.step {
        out.push_str(&display_duration(step));
    }
    out.push(']');
    write_time(out, subquery.at.as_ref(), subquery.offset.as_ref());
}

fn write_binary_modifier(out: &mut String, modifier: &BinModifier) {
    if modifier.return_bool {
        out.push_str("bool ");
    }
    if let Some(matching) = &modifier.matching {
        write_modifier(out, matching, "on", "ignoring");
        out.push(' ');
    }
    let group = match &modifier.card {
        VectorMatchCardinality::ManyToOne(labels) => Some(("group_left", labels)),
        VectorMatchCardinality::OneToMany(labels) => Some(("group_right", labels)),
        VectorMatchCardinality::OneToOne | VectorMatchCardinality::ManyToMany => None,
    };
    if let Some((word, labels)) = group {
        _ = write!(out, "{word} ");
        write_labels(out, labels);
        out.push(' ');
    }
    for (word, value) in [("fill_left", modifier.fill_values.lhs), ("fill_right", modifier.fill_values.rhs)] {
        if let Some(value) = value {
            _ = write!(out, "{word} (");
            write_number(out, value);
            out.push_str(") ");
        }
    }
}

fn write_modifier(out: &mut String, modifier: &LabelModifier, include: &str, exclude: &str) {
    let (word, labels) = match modifier {
        LabelModifier::Include(labels) => (include, labels),
        LabelModifier::Exclude(labels) => (exclude, labels),
    };
    _ = write!(out, "{word} ");
    write_labels(out, labels);
}

fn write_labels(out: &mut String, labels: &Labels) {
    out.push('(');
    for (i, label) in labels.labels.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        write_label_name(out, label);
    }
    out.push(')');
}

fn write_label_name(out: &mut String, name: &str) {
    if is_name(name, false) {
        out.push_str(name);
    } else {
        quote(out, name);
    }
}

fn write_selector(out: &mut String, name: Option<&str>, matchers: &Matchers) {
    let exact = |m: &&Matcher| m.name == METRIC_NAME && matches!(kind(m), Kind::Equal(name) if is_name(name, true));
    let plain = matchers.or_matchers.is_empty();
    // `{__name__="x"}` is `x`, as long as there is only one such matcher and no alternative without it.
    let from_matcher = match name {
        None if plain => {
            let mut names = matchers.matchers.iter().filter(|m| m.name == METRIC_NAME);
            match (names.next().filter(exact), names.next()) {
                (Some(only), None) => Some(only.value.as_str()),
                _ => None,
            }
        }
        _ => None,
    };
    let front = name.or(from_matcher);
    let quoted_front = front.filter(|n| !is_name(n, true));
    if let Some(front) = front.filter(|n| is_name(n, true)) {
        out.push_str(front);
    }
    let mut groups: Vec<Vec<String>> = Vec::new();
    let group = |list: &[Matcher]| {
        let mut texts: Vec<String> = list
            .iter()
            .filter(|m| from_matcher.is_none() || m.name != METRIC_NAME)
            .map(|m| {
                let mut text = String::new();
                write_label_name(&mut text, &m.name);
                let (operator, value) = match kind(m) {
                    Kind::Equal(value) => ("=", value),
                    Kind::NotEqual(value) => ("!=", value),
                    Kind::Pattern(value) => ("=~", value),
                    Kind::NotPattern(value) => ("!~", value),
                };
                text.push_str(operator);
                quote(&mut text, value);
                text
            })
            .collect();
        texts.sort();
        texts.dedup();
        texts
    };
    if !matchers.matchers.is_empty() {
        groups.push(group(&matchers.matchers));
    }
    groups.extend(matchers.or_matchers.iter().map(|list| group(list)));
    if let Some(name) = quoted_front {
        let mut text = String::new();
        quote(&mut text, name);
        if groups.is_empty() {
            groups.push(vec![]);
        }
        for list in &mut groups {
            list.insert(0, text.clone());
        }
    }
    groups.retain(|list| !list.is_empty());
    if !groups.is_empty() {
        let lists: Vec<String> = groups.iter().map(|list| list.join(",")).collect();
        _ = write!(out, "{{{}}}", lists.join(" or "));
    } else if front.is_none() {
        out.push_str("{}");
    }
}

fn write_time(out: &mut String, at: Option<&AtModifier>, offset: Option<&Offset>) {
    match at {
        Some(AtModifier::Start) => out.push_str(" @ start()"),
        Some(AtModifier::End) => out.push_str(" @ end()"),
        Some(AtModifier::At(time)) => {
            let (sign, distance) = match time.duration_since(SystemTime::UNIX_EPOCH) {
                Ok(after) => ("", after),
                Err(before) => ("-", before.duration()),
            };
            _ = write!(out, " @ {sign}{}", seconds(distance));
        }
        None => {}
    }
    match offset {
        // `-0s` is no duration, and no offset moves nothing.
        Some(Offset::Pos(by) | Offset::Neg(by)) if by.is_zero() => {}
        Some(Offset::Pos(by)) => _ = write!(out, " offset {}", display_duration(by)),
        Some(Offset::Neg(by)) => _ = write!(out, " offset -{}", display_duration(by)),
        None => {}
    }
}

fn seconds(duration: Duration) -> String {
    match duration.subsec_millis() {
        0 => duration.as_secs().to_string(),
        millis => format!("{}.{millis:03}", duration.as_secs()),
    }
}

fn write_number(out: &mut String, value: f64) {
    if value.is_nan() {
        out.push_str("NaN");
    } else if value.is_infinite() {
        out.push_str(if value > 0.0 { "Inf" } else { "-Inf" });
    } else if value == 0.0 || (1e-6..1e15).contains(&value.abs()) {
        _ = write!(out, "{value}");
    } else {
        _ = write!(out, "{value:e}");
    }
}

/// Whether a name can be written without quotes; metric names may hold colons.
fn is_name(name: &str, colons: bool) -> bool {
    let letter = |b: u8| b == b'_' || b.is_ascii_alphabetic() || (colons && b == b':');
    let mut bytes = name.bytes();
    bytes.next().is_some_and(letter) && bytes.all(|b| letter(b) || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use promql_parser::parser::parse;

    #[test]
    fn canonical_text() {
        let cases = [
            ("up", "up"),
            ("{__name__=\"up\"}", "up"),
            ("{\"up\",job='a'}", "up{job=\"a\"}"),
            ("{\"a.b\"}", "{__name__=\"a.b\"}"),
            ("up{ z=\"1\" , a!~'b|c', }", "up{a!~\"b|c\",z=\"1\"}"),
            ("{__name__=\"up\",__name__=~\"u.*\"}", "{__name__=\"up\",__name__=~\"u.*\"}"),
            ("{a=\"1\" or b=\"2\",c=\"3\"}", "{a=\"1\" or b=\"2\",c=\"3\"}"),
            ("sum(up)by(a,\"b.c\")", "sum by (a, \"b.c\") (up)"),
            ("sum without() (up)", "sum without () (up)"),
            ("a * on(x) group_left b", "a * on (x) group_left () b"),
            ("a * ignoring() group_left(z) b", "a * ignoring () group_left (z) b"),
            ("rate(up[5m] offset 1w)", "rate(up[5m] offset 1w)"),
            ("up @ 1609746000.5 offset -5m", "up @ 1609746000.500 offset -5m"),
            ("up offset -0", "up"),
            ("max_over_time(up[1h:] offset -0)", "max_over_time(up[1h:])"),
            ("max_over_time(up[1h:] @ end())", "max_over_time(up[1h:] @ end())"),
            ("-(1e300 + 0x10)", "-(1e300 + 16)"),
            ("a > bool 5m", "a > bool 300"),
            ("up{a=\"\\x07\\\"\\\\\"}", "up{a=\"\\x07\\\"\\\\\"}"),
        ];
        for (text, canonical) in cases {
            assert_eq!(render(&parse(text).unwrap()), canonical, "{text}");
        }
    }

    #[test]
    fn canonical_text_parses_back_into_the_same_canonical_text() {
        for text in [
            "a + ignoring() group_left b",
            "up @ -5",
            "2 ^ -1 ^ x",
            "-a ^ 2 - -b",
            "(a or b) and on() c unless d",
            "a / fill (0) b",
            "topk(3, sum by (x) (rate(a{b=~\"c.+\",d!=\"\"}[5m:10s] @ start() offset 3m)))",
            "label_replace(up, \"a\", \"$1\", \"b\", \"(.*)\\n\")",
            "{\"a b\",c=\"d\"}",
            "1 == bool NaN",
        ] {
            let once = render(&parse(text).unwrap());
            let again = parse(&once).map(|e| render(&e));
            assert_eq!(again.as_deref(), Ok(once.as_str()), "{text}");
        }
    }
}
