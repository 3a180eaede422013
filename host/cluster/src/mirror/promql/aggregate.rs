//! Aggregations: which elements form a group, and what a group comes to.

use super::{
    QueryError,
    eval::{Evaluator, Point, Value},
    labels::{Labels, NAME},
    number,
    range::{count, quantile, sum, variance},
};
use std::{cmp::Ordering, collections::BTreeMap};
use wardgate_promql::promql_parser::parser::{
    AggregateExpr, Expr, LabelModifier,
    token::{
        T_AVG, T_BOTTOMK, T_COUNT, T_COUNT_VALUES, T_GROUP, T_MAX, T_MIN, T_QUANTILE, T_STDDEV, T_STDVAR, T_SUM, T_TOPK,
    },
};

/// What a group comes to.
type Fold = Box<dyn Fn(&[Point]) -> f64>;

/// The value of one aggregation.
pub(super) fn evaluate(ev: &Evaluator<'_>, a: &AggregateExpr, t: i64) -> Result<Value, QueryError> {
    let points = ev.vector(&a.expr, t)?;
    let param = || a.param.as_deref().ok_or_else(|| QueryError::evaluation(format!("{} needs a parameter", a.op)));
    let values = |group: &[Point]| group.iter().map(|p| p.v).collect::<Vec<f64>>();
    let modifier = a.modifier.as_ref();
    let fold: Fold = match a.op.id() {
        T_SUM => Box::new(|g| sum(g.iter().map(|p| p.v))),
        T_AVG => Box::new(|g| sum(g.iter().map(|p| p.v)) / count(g.len())),
        T_COUNT => Box::new(|g| count(g.len())),
        T_GROUP => Box::new(|_| 1.0),
        T_MIN => Box::new(|g| extreme(g, |a, b| a < b)),
        T_MAX => Box::new(|g| extreme(g, |a, b| a > b)),
        T_STDVAR => Box::new(|g| variance(g.iter().map(|p| p.v))),
        T_STDDEV => Box::new(|g| variance(g.iter().map(|p| p.v)).sqrt()),
        T_QUANTILE => {
            let q = ev.number(param()?, t)?;
            Box::new(move |g| quantile(q, values(g)))
        }
        T_TOPK => return ranked(ev, points, modifier, param()?, t, |a, b| b.total_cmp(&a)),
        T_BOTTOMK => return ranked(ev, points, modifier, param()?, t, |a, b| a.total_cmp(&b)),
        T_COUNT_VALUES => return count_values(ev, points, modifier, param()?, t),
        _ => return Err(QueryError::unsupported(format!("the aggregation {}", a.op))),
    };
    let groups = grouped(points, modifier);
    Ok(Value::Vector(groups.into_iter().map(|(labels, group)| Point { labels, v: fold(&group) }).collect()))
}

fn grouped(points: Vec<Point>, modifier: Option<&LabelModifier>) -> BTreeMap<Labels, Vec<Point>> {
    let mut groups: BTreeMap<Labels, Vec<Point>> = BTreeMap::new();
    for point in points {
        let key = match modifier {
            None => Labels::default(),
            Some(LabelModifier::Include(by)) => point.labels.keep(|name| by.labels.iter().any(|l| l == name)),
            Some(LabelModifier::Exclude(without)) => {
                point.labels.keep(|name| name != NAME && !without.labels.iter().any(|l| l == name))
            }
        };
        groups.entry(key).or_default().push(point);
    }
    groups
}

/// The smallest or largest value; NaN only where there is nothing else.
fn extreme(group: &[Point], better: impl Fn(f64, f64) -> bool) -> f64 {
    let best = group.iter().map(|p| p.v).reduce(|best, v| if better(v, best) || best.is_nan() { v } else { best });
    best.unwrap_or(f64::NAN)
}

/// The first `k` of each group with their own labels; NaN comes last.
fn ranked(
    ev: &Evaluator<'_>,
    points: Vec<Point>,
    modifier: Option<&LabelModifier>,
    k: &Expr,
    t: i64,
    order: impl Fn(f64, f64) -> Ordering,
) -> Result<Value, QueryError> {
    let k = ev.number(k, t)?;
    if k.is_nan() {
        return Err(QueryError::evaluation("parameter value is NaN"));
    }
    if k < 1.0 {
        return Ok(Value::Vector(Vec::new()));
    }
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // k ≥ 1; `as` saturates.
    let k = k as usize;
    let mut kept = Vec::new();
    for mut group in grouped(points, modifier).into_values() {
        group.sort_by(|a, b| a.v.is_nan().cmp(&b.v.is_nan()).then_with(|| order(a.v, b.v)));
        kept.extend(group.into_iter().take(k));
    }
    Ok(Value::Vector(kept))
}

fn count_values(
    ev: &Evaluator<'_>,
    points: Vec<Point>,
    modifier: Option<&LabelModifier>,
    label: &Expr,
    t: i64,
) -> Result<Value, QueryError> {
    let Value::Text(label) = ev.value(label, t)? else {
        return Err(QueryError::evaluation("count_values needs a label name"));
    };
    if !super::functions::is_label_name(&label) {
        return Err(QueryError::evaluation(format!("invalid label name {label:?}")));
    }
    let mut counts: BTreeMap<Labels, f64> = BTreeMap::new();
    for (key, group) in grouped(points, modifier) {
        for point in group {
            let mut labels = key.clone();
            labels.set(&label, &number::plain(point.v));
            *counts.entry(labels).or_default() += 1.0;
        }
    }
    Ok(Value::Vector(counts.into_iter().map(|(labels, v)| Point { labels, v }).collect()))
}
