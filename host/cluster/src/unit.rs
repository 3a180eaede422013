//! The unit of a query's values, from what targets say of a metric or from how its name ends, followed through the expression. Where it
//! cannot be known for sure, none.
//!
//! Source: Prometheus, "Metric and label naming" (base units as suffixes, `_total` for counters).
use wardgate_promql::promql_parser::{
    parser::{BinaryExpr, Call, Expr, VectorSelector},
    util::display_duration,
};

/// Words that a name ends with and that are units.
const UNITS: &[&str] = &[
    "seconds",
    "milliseconds",
    "microseconds",
    "nanoseconds",
    "minutes",
    "hours",
    "days",
    "bytes",
    "bits",
    "kilobytes",
    "ratio",
    "percent",
    "celsius",
    "fahrenheit",
    "kelvin",
    "volts",
    "amperes",
    "watts",
    "joules",
    "grams",
    "meters",
    "hertz",
    "cores",
    "millicores",
];
/// Windows that are named at most.
const WINDOWS: usize = 8;
const PER_SECOND: &str = " per second";
const OBSERVATIONS: &str = "observations";
const SINCE: &str = "seconds since 1970";

/// The unit of an expression's values.
pub(crate) fn of(expr: &Expr, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    match expr {
        Expr::VectorSelector(selector) => of_metric(selector, known),
        Expr::MatrixSelector(matrix) => of_metric(&matrix.vs, known),
        Expr::Paren(paren) => of(&paren.expr, known),
        Expr::Unary(unary) => of(&unary.expr, known),
        Expr::Subquery(subquery) => of(&subquery.expr, known),
        Expr::Aggregate(aggregate) => match aggregate.op.to_string().as_str() {
            "sum" | "min" | "max" | "avg" | "topk" | "bottomk" | "quantile" | "stddev" | "limitk" | "limit_ratio" => {
                of(&aggregate.expr, known)
            }
            "count" | "count_values" => Some("series".into()),
            _ => None,
        },
        Expr::Call(call) => of_call(call, known),
        Expr::Binary(binary) => of_binary(binary, known),
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => None,
    }
}

/// The windows in an expression, as it writes them, each once.
pub(crate) fn windows(expr: &Expr) -> Vec<String> {
    let mut found = Vec::new();
    collect(expr, &mut found);
    found
}

fn collect(expr: &Expr, found: &mut Vec<String>) {
    let mut add = |range| {
        let window = display_duration(range);
        if found.len() < WINDOWS && !found.contains(&window) {
            found.push(window);
        }
    };
    match expr {
        Expr::MatrixSelector(matrix) => add(&matrix.range),
        Expr::Subquery(subquery) => {
            add(&subquery.range);
            collect(&subquery.expr, found);
        }
        Expr::Paren(paren) => collect(&paren.expr, found),
        Expr::Unary(unary) => collect(&unary.expr, found),
        Expr::Aggregate(aggregate) => collect(&aggregate.expr, found),
        Expr::Binary(binary) => {
            collect(&binary.lhs, found);
            collect(&binary.rhs, found);
        }
        Expr::Call(call) => call.args.args.iter().for_each(|argument| collect(argument, found)),
        Expr::VectorSelector(_) | Expr::NumberLiteral(_) | Expr::StringLiteral(_) | Expr::Extension(_) => {}
    }
}

fn of_metric(selector: &VectorSelector, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let name = wardgate_promql::metric(selector)?;
    // A recording rule's name says what it was made of, not what came out.
    if name.contains(':') {
        return None;
    }
    match part(name) {
        (_, "_bucket" | "_count") => Some(OBSERVATIONS.into()),
        (family, _) => {
            let said = known(name).or_else(|| known(family)).filter(|unit| !unit.is_empty());
            said.or_else(|| by_name(name))
        }
    }
}

/// A name without the suffix that says which part of a family it is, and that suffix.
fn part(name: &str) -> (&str, &str) {
    let found = ["_bucket", "_count", "_sum", "_total"].into_iter().find(|suffix| name.ends_with(suffix));
    found.map_or((name, ""), |suffix| (&name[..name.len() - suffix.len()], suffix))
}

fn by_name(name: &str) -> Option<String> {
    let (family, suffix) = part(name);
    if family.ends_with("_timestamp_seconds") || family.ends_with("_time_seconds") && suffix.is_empty() {
        return Some(SINCE.into());
    }
    let word = family.rsplit('_').next().filter(|word| *word != family && !word.is_empty())?;
    // A counter of things is named after them.
    (UNITS.contains(&word) || suffix == "_total" && word.ends_with('s')).then(|| word.to_owned())
}

fn of_call(call: &Call, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let argument = |at: usize| call.args.args.get(at);
    let first = || of(argument(0)?, known);
    match call.func.name {
        "rate" | "irate" | "deriv" => first().map(|unit| unit + PER_SECOND),
        "count_over_time" => Some("samples".into()),
        "changes" | "resets" => Some("changes".into()),
        "time" | "timestamp" => Some(SINCE.into()),
        "absent" | "absent_over_time" | "present_over_time" | "vector" => None,
        "histogram_quantile" => of_buckets(argument(1)?, known),
        "quantile_over_time" => of(argument(1)?, known),
        "increase" | "delta" | "idelta" | "predict_linear" | "scalar" | "abs" | "ceil" | "floor" | "round"
        | "clamp" | "clamp_min" | "clamp_max" | "label_replace" | "label_join" => first(),
        name if name.starts_with("sort") || name.ends_with("_over_time") => first(),
        _ => None,
    }
}

/// What the buckets under an expression are bounds of.
fn of_buckets(expr: &Expr, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let all = wardgate_promql::selectors(expr);
    let [selector] = all.as_slice() else { return None };
    let name = wardgate_promql::metric(selector).filter(|name| !name.contains(':'))?;
    let family = name.strip_suffix("_bucket").unwrap_or(name);
    known(name).or_else(|| known(family)).filter(|unit| !unit.is_empty()).or_else(|| by_name(family))
}

fn of_binary(binary: &BinaryExpr, known: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let op = binary.op.to_string();
    if binary.modifier.as_ref().is_some_and(|modifier| modifier.return_bool) {
        return Some("0 or 1".into());
    }
    let (left, right) = (of(&binary.lhs, known), of(&binary.rhs, known));
    match op.as_str() {
        "==" | "!=" | "<" | "<=" | ">" | ">=" if literal(&binary.lhs).is_some() => right,
        "and" | "unless" | "==" | "!=" | "<" | "<=" | ">" | ">=" => left,
        "or" if zero(&binary.rhs) => left,
        "+" | "-" if literal(&binary.rhs).is_some() => left,
        "-" if left.as_deref() == Some(SINCE) && right.as_deref() == Some(SINCE) => Some("seconds".into()),
        "or" | "+" | "-" => left.filter(|left| Some(left) == right.as_ref()),
        "/" => quotient(&left?, &right?),
        "*" if literal(&binary.rhs) == Some(100.0) && left.as_deref() == Some("ratio") => Some("percent".into()),
        "*" if literal(&binary.lhs) == Some(100.0) && right.as_deref() == Some("ratio") => Some("percent".into()),
        _ => None,
    }
}

fn quotient(left: &str, right: &str) -> Option<String> {
    if left == right {
        return Some("ratio".into());
    }
    // A mean: what was summed over how often it was observed.
    let times = right.strip_suffix(PER_SECOND).unwrap_or(right);
    let both = left.ends_with(PER_SECOND) == right.ends_with(PER_SECOND);
    (times == OBSERVATIONS && both).then(|| left.strip_suffix(PER_SECOND).unwrap_or(left).to_owned())
}

fn literal(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::NumberLiteral(number) => Some(number.val),
        Expr::Paren(paren) => literal(&paren.expr),
        Expr::Unary(unary) => literal(&unary.expr).map(|value| -value),
        _ => None,
    }
}

/// `vector(0)` fills a gap.
fn zero(expr: &Expr) -> bool {
    matches!(expr, Expr::Call(call) if call.func.name == "vector")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::promql_floor::parse;

    #[test]
    fn a_unit_follows_the_expression_or_is_not_said() {
        let known = |name: &str| (name == "queue_size").then(|| "messages".to_owned());
        for (text, unit) in [
            ("container_memory_working_set_bytes", Some("bytes")),
            ("sum by (pod) (rate(container_cpu_usage_seconds_total[5m]))", Some("seconds per second")),
            ("increase(http_requests_total{code=\"500\"}[1h])", Some("requests")),
            ("topk(5, sum by (pod) (rate(http_requests_total[5m])))", Some("requests per second")),
            ("queue_size > 100", Some("messages")),
            ("max_over_time(queue_size[1h])", Some("messages")),
            ("histogram_quantile(0.99, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))", Some("seconds")),
            ("rate(a_duration_seconds_sum[5m]) / rate(a_duration_seconds_count[5m])", Some("seconds")),
            ("sum(rate(a_requests_total{code=~\"5..\"}[5m])) / sum(rate(a_requests_total[5m]))", Some("ratio")),
            ("100 * (sum(rate(a_requests_total[5m])) / sum(rate(a_requests_total[5m])))", Some("percent")),
            ("node_memory_MemTotal_bytes - node_memory_MemAvailable_bytes", Some("bytes")),
            ("time() - kube_job_created_timestamp_seconds", Some("seconds")),
            ("process_start_time_seconds", Some("seconds since 1970")),
            ("count(up == 0)", Some("series")),
            ("a_bytes > bool 5", Some("0 or 1")),
            ("sum(a_errors_total) or vector(0)", Some("errors")),
            ("quantile_over_time(0.9, a_seconds[1h])", Some("seconds")),
            ("changes(a_seconds[1h])", Some("changes")),
            ("rate(a_duration_seconds_count[5m])", Some("observations per second")),
            ("up", None),
            ("a_bytes / 1024", None),
            ("a_bytes + a_seconds", None),
            ("a_bytes * b_bytes", None),
            ("job:http_requests:rate5m_seconds", None),
            ("kube_pod_info", None),
            ("seconds", None),
            ("a_total", None),
            ("sqrt(a_seconds)", None),
            ("absent(a_seconds)", None),
            ("vector(1)", None),
        ] {
            assert_eq!(of(&parse(text).unwrap(), &known).as_deref(), unit, "{text}");
        }
    }

    #[test]
    fn each_window_is_named_once() {
        let expr = parse("max_over_time(rate(a[5m])[1h:1m]) + rate(b[300s]) + c").unwrap();
        assert_eq!(windows(&expr), ["1h", "5m"]);
    }
}
