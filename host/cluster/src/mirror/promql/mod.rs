//! A documented subset of PromQL over captured samples, with Prometheus' own semantics (v3: ranges and lookback are open
//! on the left). It owns evaluation only: where samples come from is `series`, what reads them is the query backend.
//!
//! `evaluate` is the one way in. Work is counted in samples read and values made, so that a query ends.

mod aggregate;
mod binary;
mod error;
mod eval;
mod functions;
mod labels;
pub(super) mod number;
#[cfg(test)]
mod promqltest;
mod range;
mod series;
#[cfg(test)]
mod tests;

pub use error::QueryError;
pub(crate) use functions::is_label_name;
pub(crate) use labels::{Labels, NAME};
pub(crate) use series::{About, Sample, Series, Store};

use eval::{Evaluator, Value};
use std::collections::BTreeMap;
use wardgate_promql::promql_parser::parser::Expr;

/// What the subset holds; stands in the refusal of everything else and in docs/mirror.md.
pub(crate) const SUBSET: &str = "selectors with =, !=, =~, !~, offset, @ and ranges; subqueries; \
+ - * / % ^ atan2, == != > < >= <= (with bool), and, or, unless, with on, ignoring, group_left, group_right; \
sum, avg, min, max, count, group, stddev, stdvar, quantile, topk, bottomk, count_values with by and without; \
rate, irate, increase, delta, idelta, deriv, predict_linear, changes, resets, absent, absent_over_time, \
sum_over_time, avg_over_time, min_over_time, max_over_time, count_over_time, last_over_time, present_over_time, \
quantile_over_time, stddev_over_time, stdvar_over_time, histogram_quantile (classic buckets), label_replace, label_join, \
abs, ceil, floor, round, sgn, sqrt, exp, ln, log2, log10, clamp, clamp_min, clamp_max, \
scalar, vector, time, timestamp, sort, sort_desc, pi";

/// How far a query may go. Beyond a bound it is refused, never cut.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// Samples read and values made, all steps together.
    pub(crate) work: u64,
    /// Steps of a range query, and of each subquery.
    pub(crate) steps: u64,
    /// Nested expressions.
    pub(crate) depth: usize,
    /// Bytes of query text.
    pub(crate) text: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self { work: 10_000_000, steps: 11_000, depth: 64, text: 8 * 1024 }
    }
}

/// An evaluated query.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Answer {
    /// One value per series, at one time.
    Vector(Vec<(Labels, Sample)>),
    /// Values over time, sorted by labels.
    Matrix(Vec<(Labels, Vec<Sample>)>),
    /// A bare number.
    Scalar(Sample),
    /// A bare text.
    Text(i64, String),
}

/// Evaluates `text` from `start` to `end` (milliseconds); with `step` 0 once, at `end`.
pub(crate) fn evaluate(
    store: &Store,
    text: &str,
    start: i64,
    end: i64,
    step: i64,
    bounds: Bounds,
) -> Result<Answer, QueryError> {
    if text.len() > bounds.text {
        return Err(QueryError::TooMuch { what: "bytes of text", limit: bounds.text as u64 });
    }
    let expr = crate::promql_floor::parse(text).map_err(QueryError::Parse)?;
    if step <= 0 {
        return instant(&Evaluator::new(store, end, end, bounds), &expr, end);
    }
    let steps = u64::try_from(end.saturating_sub(start)).unwrap_or(0) / step.unsigned_abs() + 1;
    if steps > bounds.steps {
        return Err(QueryError::TooMuch { what: "steps", limit: bounds.steps });
    }
    let evaluator = Evaluator::new(store, start, end, bounds);
    let mut lanes: BTreeMap<Labels, Vec<Sample>> = BTreeMap::new();
    let mut t = start;
    while t <= end {
        match evaluator.value(&expr, t)? {
            Value::Scalar(v) => lanes.entry(Labels::default()).or_default().push(Sample { t, v }),
            Value::Text(_) => return Err(QueryError::evaluation("a range query cannot be a string")),
            Value::Vector(points) => {
                for point in unique(points)? {
                    lanes.entry(point.labels).or_default().push(Sample { t, v: point.v });
                }
            }
        }
        let Some(next) = t.checked_add(step) else { break };
        t = next;
    }
    Ok(Answer::Matrix(lanes.into_iter().collect()))
}

/// The places in `store` of the series that a selector names.
pub(crate) fn series(store: &Store, selector: &str) -> Result<Vec<usize>, QueryError> {
    if selector.len() > Bounds::default().text {
        return Err(QueryError::TooMuch { what: "bytes of text", limit: Bounds::default().text as u64 });
    }
    match bare(&crate::promql_floor::parse(selector).map_err(QueryError::Parse)?) {
        Expr::VectorSelector(vs) => eval::select(store, vs.name.as_deref(), &vs.matchers),
        Expr::MatrixSelector(m) => eval::select(store, m.vs.name.as_deref(), &m.vs.matchers),
        _ => Err(QueryError::evaluation("a selector is needed here")),
    }
}

fn instant(evaluator: &Evaluator<'_>, expr: &Expr, t: i64) -> Result<Answer, QueryError> {
    if let Expr::MatrixSelector(_) | Expr::Subquery(_) = bare(expr) {
        let windows = evaluator.matrix(expr, t)?.series;
        return Ok(Answer::Matrix(
            windows.into_iter().map(|(labels, samples)| (labels, samples.into_owned())).collect(),
        ));
    }
    Ok(match evaluator.value(expr, t)? {
        Value::Scalar(v) => Answer::Scalar(Sample { t, v }),
        Value::Text(text) => Answer::Text(t, text),
        Value::Vector(points) => {
            Answer::Vector(unique(points)?.into_iter().map(|p| (p.labels, Sample { t, v: p.v })).collect())
        }
    })
}

/// The expression inside any number of parentheses.
fn bare(mut expr: &Expr) -> &Expr {
    while let Expr::Paren(inner) = expr {
        expr = &inner.expr;
    }
    expr
}

/// Refuses a vector in which two elements have the same labels.
fn unique(points: Vec<eval::Point>) -> Result<Vec<eval::Point>, QueryError> {
    let mut seen = std::collections::HashSet::with_capacity(points.len());
    if points.iter().all(|p| seen.insert(&p.labels)) {
        return Ok(points);
    }
    Err(QueryError::evaluation("vector cannot contain metrics with the same labelset"))
}
