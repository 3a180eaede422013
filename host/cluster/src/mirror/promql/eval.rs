//! One expression at one time: selectors, ranges, subqueries, and who computes the rest. Counts the work.

use super::{
    Bounds, QueryError, aggregate, bare, binary, functions,
    labels::{Labels, NAME},
    series::{Sample, Series, Store},
    unique,
};
use regex::Regex;
use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use wardgate_promql::{
    Kind, kind,
    promql_parser::{
        label::{Matcher, Matchers},
        parser::{AtModifier, Expr, Offset, SubqueryExpr, VectorSelector},
    },
};

/// How long a series keeps its last value when no sample follows.
const LOOKBACK_MS: i64 = 5 * 60 * 1000;
/// The step of a subquery that names none: Prometheus' default evaluation interval.
const SUBQUERY_STEP_MS: i64 = 60 * 1000;

/// One element of a vector.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Point {
    pub(super) labels: Labels,
    pub(super) v: f64,
}

/// What an expression comes to; ranges stand only in arguments and have their own type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Scalar(f64),
    Text(String),
    Vector(Vec<Point>),
}

/// Samples of several series over one range, `(start, end]`.
pub(super) struct Ranges<'a> {
    pub(super) start: i64,
    pub(super) end: i64,
    pub(super) series: Vec<(Labels, Cow<'a, [Sample]>)>,
}

/// One query over one store. Not shared between queries: it caches what selectors matched.
pub(super) struct Evaluator<'a> {
    store: &'a Store,
    start: i64,
    end: i64,
    bounds: Bounds,
    work: Cell<u64>,
    depth: Cell<usize>,
    matched: RefCell<HashMap<usize, Rc<[usize]>>>,
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(store: &'a Store, start: i64, end: i64, bounds: Bounds) -> Self {
        let (work, depth, matched) = (Cell::new(0), Cell::new(0), RefCell::default());
        Self { store, start, end, bounds, work, depth, matched }
    }

    /// The value of any expression that is not a range.
    pub(super) fn value(&self, expr: &Expr, t: i64) -> Result<Value, QueryError> {
        if self.depth.get() >= self.bounds.depth {
            return Err(QueryError::TooMuch { what: "nested expressions", limit: self.bounds.depth as u64 });
        }
        self.depth.set(self.depth.get() + 1);
        let value = self.dispatch(expr, t);
        self.depth.set(self.depth.get() - 1);
        let value = value?;
        self.spend(if let Value::Vector(v) = &value { v.len() } else { 1 })?;
        Ok(value)
    }

    fn dispatch(&self, expr: &Expr, t: i64) -> Result<Value, QueryError> {
        match expr {
            Expr::NumberLiteral(n) => Ok(Value::Scalar(n.val)),
            Expr::StringLiteral(s) => Ok(Value::Text(s.val.clone())),
            Expr::Paren(p) => self.value(&p.expr, t),
            Expr::VectorSelector(vs) => {
                let points = self.latest(vs, t)?.into_iter();
                Ok(Value::Vector(points.map(|(labels, s)| Point { labels: labels.clone(), v: s.v }).collect()))
            }
            Expr::Unary(u) => match self.value(&u.expr, t)? {
                Value::Scalar(v) => Ok(Value::Scalar(-v)),
                Value::Vector(points) => {
                    let negated = points.into_iter().map(|p| Point { labels: p.labels.without(NAME), v: -p.v });
                    unique(negated.collect()).map(Value::Vector)
                }
                Value::Text(_) => Err(QueryError::evaluation("a string has no sign")),
            },
            Expr::Binary(b) => binary::evaluate(self, b, t),
            Expr::Aggregate(a) => aggregate::evaluate(self, a, t),
            Expr::Call(c) => functions::evaluate(self, c, t),
            Expr::MatrixSelector(_) | Expr::Subquery(_) => {
                Err(QueryError::evaluation("a range stands where a vector or a number is needed"))
            }
            Expr::Extension(_) => Err(QueryError::unsupported("extensions")),
        }
    }

    /// The value of an expression that must be a vector.
    pub(super) fn vector(&self, expr: &Expr, t: i64) -> Result<Vec<Point>, QueryError> {
        match self.value(expr, t)? {
            Value::Vector(points) => Ok(points),
            _ => Err(QueryError::evaluation("a vector is needed here")),
        }
    }

    /// The value of an expression that must be a number.
    pub(super) fn number(&self, expr: &Expr, t: i64) -> Result<f64, QueryError> {
        match self.value(expr, t)? {
            Value::Scalar(v) => Ok(v),
            _ => Err(QueryError::evaluation("a number is needed here")),
        }
    }

    /// The latest sample of each series that a selector names, within the lookback.
    pub(super) fn latest(&self, vs: &VectorSelector, t: i64) -> Result<Vec<(&'a Labels, Sample)>, QueryError> {
        let at = self.moved(vs.at.as_ref(), vs.offset.as_ref(), t);
        let places = self.matched(vs)?;
        self.spend(places.len())?;
        Ok(places
            .iter()
            .filter_map(|&place| {
                let one = &self.store.all()[place];
                let sample = *between(&one.samples, at.saturating_sub(LOOKBACK_MS), at).last()?;
                (!sample.is_stale()).then_some((&one.labels, sample))
            })
            .collect())
    }

    /// The samples of an expression that must be a range: a selector with `[…]`, or a subquery.
    pub(super) fn matrix(&self, expr: &Expr, t: i64) -> Result<Ranges<'a>, QueryError> {
        match bare(expr) {
            Expr::MatrixSelector(m) => {
                let end = self.moved(m.vs.at.as_ref(), m.vs.offset.as_ref(), t);
                let start = end.saturating_sub(millis(m.range));
                let mut series = Vec::new();
                for &place in self.matched(&m.vs)?.iter() {
                    let one: &'a Series = &self.store.all()[place];
                    let samples = between(&one.samples, start, end);
                    self.spend(samples.len() + 1)?;
                    if samples.iter().any(|s| s.is_stale()) {
                        let live: Vec<Sample> = samples.iter().copied().filter(|s| !s.is_stale()).collect();
                        if !live.is_empty() {
                            series.push((one.labels.clone(), Cow::Owned(live)));
                        }
                    } else if !samples.is_empty() {
                        series.push((one.labels.clone(), Cow::Borrowed(samples)));
                    }
                }
                Ok(Ranges { start, end, series })
            }
            Expr::Subquery(s) => self.subquery(s, t),
            _ => Err(QueryError::evaluation("a range such as [5m] is needed here")),
        }
    }

    fn subquery(&self, s: &SubqueryExpr, t: i64) -> Result<Ranges<'a>, QueryError> {
        let end = self.moved(s.at.as_ref(), s.offset.as_ref(), t);
        let start = end.saturating_sub(millis(s.range));
        let step = s.step.map_or(SUBQUERY_STEP_MS, millis).max(1);
        if (millis(s.range) / step).unsigned_abs() > self.bounds.steps {
            return Err(QueryError::TooMuch { what: "steps of a subquery", limit: self.bounds.steps });
        }
        let mut lanes: std::collections::BTreeMap<Labels, Vec<Sample>> = std::collections::BTreeMap::new();
        // Evaluated where time is a multiple of the step, whatever the query's own time.
        let mut at = start.div_euclid(step).saturating_add(1).saturating_mul(step);
        while at <= end {
            match self.value(&s.expr, at)? {
                Value::Scalar(v) => lanes.entry(Labels::default()).or_default().push(Sample { t: at, v }),
                Value::Vector(points) => {
                    for p in unique(points)? {
                        lanes.entry(p.labels).or_default().push(Sample { t: at, v: p.v });
                    }
                }
                Value::Text(_) => return Err(QueryError::evaluation("a subquery cannot be a string")),
            }
            let Some(next) = at.checked_add(step) else { break };
            at = next;
        }
        Ok(Ranges { start, end, series: lanes.into_iter().map(|(l, s)| (l, Cow::Owned(s))).collect() })
    }

    /// Where `offset` and `@` move an evaluation time.
    fn moved(&self, at: Option<&AtModifier>, offset: Option<&Offset>, t: i64) -> i64 {
        let t = match at {
            None => t,
            Some(AtModifier::Start) => self.start,
            Some(AtModifier::End) => self.end,
            Some(AtModifier::At(time)) => epoch_millis(*time),
        };
        match offset {
            None => t,
            Some(Offset::Pos(by)) => t.saturating_sub(millis(*by)),
            Some(Offset::Neg(by)) => t.saturating_add(millis(*by)),
        }
    }

    /// The places of the series that a selector names. Each selector is matched once a query.
    fn matched(&self, vs: &VectorSelector) -> Result<Rc<[usize]>, QueryError> {
        let key = std::ptr::from_ref(vs).addr();
        if let Some(places) = self.matched.borrow().get(&key) {
            return Ok(places.clone());
        }
        let places: Rc<[usize]> = select(self.store, vs.name.as_deref(), &vs.matchers)?.into();
        self.spend(self.store.all().len())?;
        self.matched.borrow_mut().insert(key, places.clone());
        Ok(places)
    }

    /// Counts work; beyond the bound the query is refused.
    pub(super) fn spend(&self, work: usize) -> Result<(), QueryError> {
        self.work.set(self.work.get().saturating_add(work as u64));
        if self.work.get() > self.bounds.work {
            return Err(QueryError::TooMuch { what: "samples", limit: self.bounds.work });
        }
        Ok(())
    }
}

/// The places in `store` of the series that all matchers accept.
pub(super) fn select(store: &Store, name: Option<&str>, matchers: &Matchers) -> Result<Vec<usize>, QueryError> {
    if !matchers.or_matchers.is_empty() {
        return Err(QueryError::unsupported("`or` between matchers"));
    }
    let tests = matchers.matchers.iter().map(Test::new).collect::<Result<Vec<_>, _>>()?;
    let accepts = |labels: &Labels| tests.iter().all(|m| m.accepts(labels.value(&m.name)));
    let mut named = matchers.matchers.iter().filter(|m| m.name == NAME).map(kind);
    let exact = named.find_map(|kind| if let Kind::Equal(name) = kind { Some(name) } else { None });
    Ok(match name.or(exact) {
        Some(name) => store.named(name).iter().copied().filter(|&at| accepts(&store.all()[at].labels)).collect(),
        None => (0..store.all().len()).filter(|&at| accepts(&store.all()[at].labels)).collect(),
    })
}

/// A matcher whose regex is compiled as Prometheus does: anchored on both ends, `.` also matches a line break.
struct Test {
    name: String,
    value: String,
    regex: Option<Regex>,
    negated: bool,
}

impl Test {
    fn new(matcher: &Matcher) -> Result<Self, QueryError> {
        let (value, regex, negated) = match kind(matcher) {
            Kind::Equal(value) => (value, None, false),
            Kind::NotEqual(value) => (value, None, true),
            Kind::Pattern(pattern) => (pattern, Some(anchored(pattern)?), false),
            Kind::NotPattern(pattern) => (pattern, Some(anchored(pattern)?), true),
        };
        Ok(Self { name: matcher.name.clone(), value: value.to_owned(), regex, negated })
    }

    fn accepts(&self, value: &str) -> bool {
        self.regex.as_ref().map_or_else(|| self.value == value, |r| r.is_match(value)) != self.negated
    }
}

/// A whole-text regex.
pub(super) fn anchored(pattern: &str) -> Result<Regex, QueryError> {
    Regex::new(&format!("^(?s:{pattern})$"))
        .map_err(|_| QueryError::evaluation(format!("invalid regular expression {pattern:?}")))
}

/// The samples with `after < t <= until`.
fn between(samples: &[Sample], after: i64, until: i64) -> &[Sample] {
    let from = samples.partition_point(|s| s.t <= after);
    let to = samples.partition_point(|s| s.t <= until);
    samples.get(from..to).unwrap_or(&[])
}

fn millis(d: Duration) -> i64 {
    i64::try_from(d.as_millis()).unwrap_or(i64::MAX)
}

fn epoch_millis(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => millis(after),
        Err(before) => -millis(before.duration()),
    }
}
