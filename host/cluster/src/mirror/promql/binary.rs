//! Binary operators: arithmetic, comparison and sets, and the matching of two vectors.

use super::{
    QueryError,
    eval::{Evaluator, Point, Value},
    labels::{Labels, NAME},
    unique,
};
use std::collections::{HashMap, HashSet};
use wardgate_promql::promql_parser::parser::{
    BinModifier, BinaryExpr, LabelModifier, VectorMatchCardinality,
    token::{
        T_ADD, T_ATAN2, T_DIV, T_EQLC, T_GTE, T_GTR, T_LAND, T_LOR, T_LSS, T_LTE, T_LUNLESS, T_MOD, T_MUL, T_NEQ,
        T_POW, T_SUB, TokenType,
    },
};

/// The value of one binary expression.
pub(super) fn evaluate(ev: &Evaluator<'_>, b: &BinaryExpr, t: i64) -> Result<Value, QueryError> {
    let default = BinModifier::default();
    let modifier = b.modifier.as_ref().unwrap_or(&default);
    if modifier.fill_values.lhs.is_some() || modifier.fill_values.rhs.is_some() {
        return Err(QueryError::unsupported("the modifier fill"));
    }
    let compares = b.op.is_comparison_operator();
    let op = operator(b.op)?;
    match (ev.value(&b.lhs, t)?, ev.value(&b.rhs, t)?) {
        (Value::Scalar(l), Value::Scalar(r)) => match op {
            Operator::Set(_) => Err(QueryError::evaluation("set operators need vectors on both sides")),
            _ if compares && !modifier.return_bool => {
                Err(QueryError::evaluation("comparisons between numbers need the bool modifier"))
            }
            op => Ok(Value::Scalar(op.apply(l, r).unwrap_or(f64::NAN))),
        },
        (Value::Vector(points), Value::Scalar(r)) => {
            with_number(points, &op, modifier.return_bool, |op, v| op.apply(v, r))
        }
        (Value::Scalar(l), Value::Vector(points)) => {
            with_number(points, &op, modifier.return_bool, |op, v| op.apply(l, v))
        }
        (Value::Vector(l), Value::Vector(r)) => {
            let points = match op {
                Operator::Set(set) => sets(set, l, r, modifier),
                op => matched(&op, l, r, modifier)?,
            };
            ev.spend(points.len())?;
            Ok(Value::Vector(points))
        }
        _ => Err(QueryError::evaluation("strings have no operators")),
    }
}

enum Operator {
    Arithmetic(fn(f64, f64) -> f64),
    Comparison(fn(f64, f64) -> bool),
    Set(Set),
}

#[derive(Clone, Copy)]
enum Set {
    And,
    Or,
    Unless,
}

impl Operator {
    /// The number, or for a comparison 0 and 1.
    fn apply(&self, l: f64, r: f64) -> Option<f64> {
        match self {
            Self::Arithmetic(f) => Some(f(l, r)),
            Self::Comparison(f) => Some(if f(l, r) { 1.0 } else { 0.0 }),
            Self::Set(_) => None,
        }
    }
}

#[allow(clippy::float_cmp)] // PromQL compares exactly.
fn operator(op: TokenType) -> Result<Operator, QueryError> {
    use Operator::{Arithmetic, Comparison};
    Ok(match op.id() {
        T_ADD => Arithmetic(|l, r| l + r),
        T_SUB => Arithmetic(|l, r| l - r),
        T_MUL => Arithmetic(|l, r| l * r),
        T_DIV => Arithmetic(|l, r| l / r),
        T_MOD => Arithmetic(|l, r| l % r),
        T_POW => Arithmetic(f64::powf),
        T_ATAN2 => Arithmetic(f64::atan2),
        T_EQLC => Comparison(|l, r| l == r),
        T_NEQ => Comparison(|l, r| l != r),
        T_GTR => Comparison(|l, r| l > r),
        T_LSS => Comparison(|l, r| l < r),
        T_GTE => Comparison(|l, r| l >= r),
        T_LTE => Comparison(|l, r| l <= r),
        T_LAND => Operator::Set(Set::And),
        T_LOR => Operator::Set(Set::Or),
        T_LUNLESS => Operator::Set(Set::Unless),
        _ => return Err(QueryError::unsupported(format!("the operator {op}"))),
    })
}

/// A vector beside a number: a comparison keeps the vector's elements that pass, with `bool` all of them.
fn with_number(
    points: Vec<Point>,
    op: &Operator,
    as_bool: bool,
    apply: impl Fn(&Operator, f64) -> Option<f64>,
) -> Result<Value, QueryError> {
    let mut kept = Vec::with_capacity(points.len());
    for point in points {
        let Some(v) = apply(op, point.v) else {
            return Err(QueryError::evaluation("set operators need vectors on both sides"));
        };
        match op {
            Operator::Comparison(_) if !as_bool => {
                if v != 0.0 {
                    kept.push(point);
                }
            }
            _ => kept.push(Point { labels: point.labels.without(NAME), v }),
        }
    }
    unique(kept).map(Value::Vector)
}

/// The labels that two elements must share to match.
fn signature(labels: &Labels, matching: Option<&LabelModifier>) -> Labels {
    match matching {
        Some(LabelModifier::Include(on)) => labels.keep(|name| on.labels.iter().any(|l| l == name)),
        Some(LabelModifier::Exclude(ignoring)) => {
            labels.keep(|name| name != NAME && !ignoring.labels.iter().any(|l| l == name))
        }
        None => labels.without(NAME),
    }
}

fn sets(set: Set, left: Vec<Point>, right: Vec<Point>, modifier: &BinModifier) -> Vec<Point> {
    let of = |p: &Point| signature(&p.labels, modifier.matching.as_ref());
    match set {
        Set::And | Set::Unless => {
            let there: HashSet<Labels> = right.iter().map(of).collect();
            let wanted = matches!(set, Set::And);
            left.into_iter().filter(|p| there.contains(&of(p)) == wanted).collect()
        }
        Set::Or => {
            let there: HashSet<Labels> = left.iter().map(of).collect();
            left.into_iter().chain(right.into_iter().filter(|p| !there.contains(&of(p)))).collect()
        }
    }
}

/// Vector beside vector, one to one or with `group_left` or `group_right` many to one.
fn matched(
    op: &Operator,
    left: Vec<Point>,
    right: Vec<Point>,
    modifier: &BinModifier,
) -> Result<Vec<Point>, QueryError> {
    let matching = modifier.matching.as_ref();
    let swapped = matches!(modifier.card, VectorMatchCardinality::OneToMany(_));
    let (many, one, side) = if swapped { (right, left, "left") } else { (left, right, "right") };
    let mut ones: HashMap<Labels, Point> = HashMap::with_capacity(one.len());
    for point in one {
        let key = signature(&point.labels, matching);
        if let Some(other) = ones.get(&key) {
            return Err(QueryError::evaluation(format!(
                "found duplicate series for the match group {key} on the {side} hand-side of the operation: [{}, {}]; \
                 many-to-many matching not allowed: matching labels must be unique on one side",
                point.labels, other.labels
            )));
        }
        ones.insert(key, point);
    }
    let (mut results, mut used) = (Vec::new(), HashSet::new());
    for point in many {
        let key = signature(&point.labels, matching);
        let Some(partner) = ones.get(&key) else { continue };
        let (l, r) = if swapped { (partner.v, point.v) } else { (point.v, partner.v) };
        let Some(mut v) = op.apply(l, r) else { continue };
        let labels = result_labels(op, &point.labels, &partner.labels, modifier);
        let (mark, advice) = match modifier.card.labels() {
            None => (key, "many-to-one matching must be explicit (group_left/group_right)"),
            Some(_) => (labels.clone(), "grouping labels must ensure unique matches"),
        };
        if !used.insert(mark) {
            return Err(QueryError::evaluation(format!("multiple matches for labels: {advice}")));
        }
        // Ambiguity is an error even among elements that the comparison would drop.
        if let Operator::Comparison(_) = op
            && !modifier.return_bool
        {
            if v == 0.0 {
                continue;
            }
            v = l;
        }
        results.push(Point { labels, v });
    }
    unique(results)
}

fn result_labels(op: &Operator, many: &Labels, one: &Labels, modifier: &BinModifier) -> Labels {
    let drops_name = matches!(op, Operator::Arithmetic(_)) || modifier.return_bool;
    let mut labels = if drops_name { many.without(NAME) } else { many.clone() };
    match modifier.card.labels() {
        Some(include) => {
            for name in &include.labels {
                labels.set(name, one.value(name));
            }
            labels
        }
        None => match modifier.matching.as_ref() {
            Some(LabelModifier::Include(on)) => labels.keep(|name| on.labels.iter().any(|l| l == name)),
            Some(LabelModifier::Exclude(ignoring)) => labels.keep(|name| !ignoring.labels.iter().any(|l| l == name)),
            None => labels,
        },
    }
}
