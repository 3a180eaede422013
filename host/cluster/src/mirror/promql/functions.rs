//! Functions over instant vectors and numbers, and the hand-over to the range functions.

use super::{
    QueryError, bare,
    eval::{Evaluator, Point, Value, anchored},
    labels::{Labels, NAME},
    range::{self, Window, quantile, seconds},
    unique,
};
use std::collections::{BTreeMap, HashSet};
use wardgate_promql::{
    Kind, kind,
    promql_parser::parser::{Call, Expr, VectorSelector},
};

/// The value of one call.
pub(super) fn evaluate(ev: &Evaluator<'_>, call: &Call, t: i64) -> Result<Value, QueryError> {
    let name = call.func.name;
    let args = Args { ev, call, t };
    if let Some(f) = range::plain(name) {
        return over_ranges(&args, 0, name == "last_over_time", f);
    }
    if let Some(f) = mapped(name) {
        return map(args.vector(0)?, f);
    }
    match name {
        "quantile_over_time" => {
            let q = args.number(0)?;
            over_ranges(&args, 1, false, |w| Some(quantile(q, w.samples.iter().map(|s| s.v).collect())))
        }
        "predict_linear" => {
            let ahead = args.number(1)?;
            over_ranges(&args, 0, false, |w| range::predict_linear(w, t, ahead))
        }
        "absent" => {
            let there = !args.vector(0)?.is_empty();
            Ok(absent(there, args.arg(0)?))
        }
        "absent_over_time" => {
            let there = !ev.matrix(args.arg(0)?, t)?.series.is_empty();
            Ok(absent(there, args.arg(0)?))
        }
        "clamp" => {
            let (low, high) = (args.number(1)?, args.number(2)?);
            let points = args.vector(0)?;
            if low > high {
                return Ok(Value::Vector(Vec::new()));
            }
            map(points, |v| clamp(v, low, high))
        }
        "clamp_min" => {
            let low = args.number(1)?;
            map(args.vector(0)?, |v| clamp(v, low, f64::INFINITY))
        }
        "clamp_max" => {
            let high = args.number(1)?;
            map(args.vector(0)?, |v| clamp(v, f64::NEG_INFINITY, high))
        }
        "round" => {
            let nearest = if call.args.len() > 1 { args.number(1)? } else { 1.0 };
            let inverse = 1.0 / nearest;
            map(args.vector(0)?, |v| (v * inverse + 0.5).floor() / inverse)
        }
        "scalar" => {
            let points = args.vector(0)?;
            Ok(Value::Scalar(if let [only] = points.as_slice() { only.v } else { f64::NAN }))
        }
        "vector" => Ok(Value::Vector(vec![Point { labels: Labels::default(), v: args.number(0)? }])),
        "time" => Ok(Value::Scalar(seconds(t))),
        "pi" => Ok(Value::Scalar(std::f64::consts::PI)),
        "timestamp" => timestamp(&args),
        "sort" => Ok(sorted(args.vector(0)?, f64::total_cmp)),
        "sort_desc" => Ok(sorted(args.vector(0)?, |a, b| b.total_cmp(a))),
        "histogram_quantile" => {
            let q = args.number(0)?;
            Ok(Value::Vector(histogram_quantile(q, args.vector(1)?)))
        }
        "label_replace" => label_replace(&args),
        "label_join" => label_join(&args),
        _ => Err(QueryError::unsupported(format!("the function {name}"))),
    }
}

struct Args<'e, 's> {
    ev: &'e Evaluator<'s>,
    call: &'e Call,
    t: i64,
}

impl Args<'_, '_> {
    fn arg(&self, at: usize) -> Result<&Expr, QueryError> {
        let missing = || QueryError::evaluation(format!("{} lacks an argument", self.call.func.name));
        self.call.args.args.get(at).map(|a| &**a).ok_or_else(missing)
    }
    fn vector(&self, at: usize) -> Result<Vec<Point>, QueryError> {
        self.ev.vector(self.arg(at)?, self.t)
    }
    fn number(&self, at: usize) -> Result<f64, QueryError> {
        self.ev.number(self.arg(at)?, self.t)
    }
    fn text(&self, at: usize) -> Result<String, QueryError> {
        match self.ev.value(self.arg(at)?, self.t)? {
            Value::Text(text) => Ok(text),
            _ => Err(QueryError::evaluation("a string is needed here")),
        }
    }
}

/// The functions that map one value to one value.
fn mapped(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "abs" => f64::abs,
        "ceil" => f64::ceil,
        "floor" => f64::floor,
        "sqrt" => f64::sqrt,
        "exp" => f64::exp,
        "ln" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "sgn" => |v| {
            if v > 0.0 {
                1.0
            } else if v < 0.0 {
                -1.0
            } else {
                v
            }
        },
        _ => return None,
    })
}

fn map(points: Vec<Point>, f: impl Fn(f64) -> f64) -> Result<Value, QueryError> {
    let mapped = points.into_iter().map(|p| Point { labels: p.labels.without(NAME), v: f(p.v) });
    unique(mapped.collect()).map(Value::Vector)
}

fn over_ranges(
    args: &Args<'_, '_>,
    at: usize,
    keeps_name: bool,
    f: impl Fn(&Window<'_>) -> Option<f64>,
) -> Result<Value, QueryError> {
    let ranges = args.ev.matrix(args.arg(at)?, args.t)?;
    let (start, end) = (ranges.start, ranges.end);
    let points = ranges.series.into_iter().filter_map(|(labels, samples)| {
        let v = f(&Window { samples: &samples, start, end })?;
        Some(Point { labels: if keeps_name { labels } else { labels.without(NAME) }, v })
    });
    unique(points.collect()).map(Value::Vector)
}

fn clamp(v: f64, low: f64, high: f64) -> f64 {
    if v.is_nan() || low.is_nan() || high.is_nan() { f64::NAN } else { v.min(high).max(low) }
}

fn sorted(mut points: Vec<Point>, order: impl Fn(&f64, &f64) -> std::cmp::Ordering) -> Value {
    points.sort_by(|a, b| a.v.is_nan().cmp(&b.v.is_nan()).then_with(|| order(&a.v, &b.v)));
    Value::Vector(points)
}

/// The time of each sample; of a computed value the time it was computed for.
fn timestamp(args: &Args<'_, '_>) -> Result<Value, QueryError> {
    let points = match bare(args.arg(0)?) {
        Expr::VectorSelector(vs) => {
            let latest = args.ev.latest(vs, args.t)?.into_iter();
            latest.map(|(labels, s)| Point { labels: labels.without(NAME), v: seconds(s.t) }).collect()
        }
        expr => {
            let computed = args.ev.vector(expr, args.t)?.into_iter();
            computed.map(|p| Point { labels: p.labels.without(NAME), v: seconds(args.t) }).collect()
        }
    };
    unique(points).map(Value::Vector)
}

/// One element with value 1 when nothing is there; its labels are those that the selector fixes.
fn absent(there: bool, expr: &Expr) -> Value {
    if there {
        return Value::Vector(Vec::new());
    }
    let selector: Option<&VectorSelector> = match bare(expr) {
        Expr::VectorSelector(vs) => Some(vs),
        Expr::MatrixSelector(m) => Some(&m.vs),
        _ => None,
    };
    let (mut labels, mut seen) = (Labels::default(), HashSet::new());
    for matcher in selector.map_or(&[][..], |vs| &vs.matchers.matchers).iter().filter(|m| m.name != NAME) {
        let fixed = match kind(matcher) {
            Kind::Equal(value) if seen.insert(&matcher.name) => value,
            _ => "",
        };
        labels.set(&matcher.name, fixed);
    }
    Value::Vector(vec![Point { labels, v: 1.0 }])
}

/// Quantiles of classic histograms: one per set of labels without `le`.
fn histogram_quantile(q: f64, points: Vec<Point>) -> Vec<Point> {
    let mut groups: BTreeMap<Labels, Vec<(f64, f64)>> = BTreeMap::new();
    for point in points {
        let Some(bound) = point.labels.value("le").parse::<f64>().ok().filter(|b| !b.is_nan()) else { continue };
        let key = point.labels.keep(|name| name != "le" && name != NAME);
        groups.entry(key).or_default().push((bound, point.v));
    }
    groups.into_iter().map(|(labels, buckets)| Point { labels, v: bucket_quantile(q, buckets) }).collect()
}

/// Linear interpolation in the bucket that holds the rank; `(upper bound, cumulated count)` in any order.
fn bucket_quantile(q: f64, mut buckets: Vec<(f64, f64)>) -> f64 {
    if q.is_nan() {
        return f64::NAN;
    }
    if q < 0.0 {
        return f64::NEG_INFINITY;
    }
    if q > 1.0 {
        return f64::INFINITY;
    }
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    if buckets.last().is_none_or(|(bound, _)| *bound != f64::INFINITY) {
        return f64::NAN;
    }
    let mut merged: Vec<(f64, f64)> = Vec::with_capacity(buckets.len());
    for (bound, n) in buckets {
        match merged.last_mut() {
            #[allow(clippy::float_cmp)] // The same bound, written twice.
            Some(last) if last.0 == bound => last.1 += n,
            _ => merged.push((bound, n)),
        }
    }
    // Counts must not fall from bucket to bucket; scrapes of several targets can make them.
    for at in 1..merged.len() {
        merged[at].1 = merged[at].1.max(merged[at - 1].1);
    }
    let [buckets @ .., (_, observations)] = merged.as_slice() else { return f64::NAN };
    if buckets.is_empty() || *observations == 0.0 || observations.is_nan() {
        return f64::NAN;
    }
    let rank = q * observations;
    let Some(at) = buckets.iter().position(|(_, n)| *n >= rank) else {
        return buckets.last().map_or(f64::NAN, |(bound, _)| *bound);
    };
    let (bound, n) = buckets[at];
    if at == 0 && bound <= 0.0 {
        return bound;
    }
    let (start, below) = if at == 0 { (0.0, 0.0) } else { buckets[at - 1] };
    start + (bound - start) * ((rank - below) / (n - below))
}

fn label_replace(args: &Args<'_, '_>) -> Result<Value, QueryError> {
    let (target, replacement, source) = (args.text(1)?, args.text(2)?, args.text(3)?);
    let regex = anchored(&args.text(4)?)?;
    checked_label(&target)?;
    let replaced = args.vector(0)?.into_iter().map(|mut point| {
        let value = point.labels.value(&source).to_owned();
        if let Some(captures) = regex.captures(&value) {
            let mut expanded = String::new();
            captures.expand(&replacement, &mut expanded);
            point.labels.set(&target, &expanded);
        }
        point
    });
    unique(replaced.collect()).map(Value::Vector)
}

fn label_join(args: &Args<'_, '_>) -> Result<Value, QueryError> {
    let (target, separator) = (args.text(1)?, args.text(2)?);
    let sources = (3..args.call.args.len()).map(|at| args.text(at)).collect::<Result<Vec<_>, _>>()?;
    checked_label(&target)?;
    let joined = args.vector(0)?.into_iter().map(|mut point| {
        let value = sources.iter().map(|name| point.labels.value(name)).collect::<Vec<_>>().join(&separator);
        point.labels.set(&target, &value);
        point
    });
    unique(joined.collect()).map(Value::Vector)
}

fn checked_label(name: &str) -> Result<(), QueryError> {
    if is_label_name(name) { Ok(()) } else { Err(QueryError::evaluation(format!("invalid label name {name:?}"))) }
}

/// A label name in the classic alphabet.
pub(crate) fn is_label_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}
