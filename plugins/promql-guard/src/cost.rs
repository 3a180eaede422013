//! What a query costs: series, samples and evaluations, over its whole tree.
//!
//! The model follows Prometheus' engine. A selector is read once per evaluation of the grid it stands in; a grid is the query's
//! points, or a subquery's, which cover the outer window and its own range; a function over a window looks at every sample of the
//! window at every point; an expression whose selectors are all fixed by `@` is evaluated once.
//!
//! The same walk gives three things: the static checks (windows, offsets, steps), the list of selectors to ask about, and, once
//! their series are known, the estimate. It does no look-ups and knows no budgets but those of the static checks.
use crate::{
    labels::{Labels, longest, made_label, text},
    rules, selector,
    settings::Settings,
    timing::{FAR, Timing},
    verdict::deny,
};
use std::{collections::BTreeMap, time::Duration};
use wardgate_guest::types::Denial;
use wardgate_promql::promql_parser::{
    parser::{
        AggregateExpr, BinaryExpr, Call, Expr, LabelModifier, Offset, SubqueryExpr, VectorMatchCardinality,
        VectorSelector, value::ValueType,
    },
    util::display_duration,
};

/// Bytes of a series' labels in an answer, about.
const SERIES_BYTES: u64 = 300;
/// Bytes of a sample in an answer: a time and a number in quotes, about.
const SAMPLE_BYTES: u64 = 24;
/// A sample of a native histogram counts as so many: Prometheus counts it by its size.
const HISTOGRAM: u64 = 20;
/// Functions that Prometheus calls experimental and the parser does not.
const ALSO_EXPERIMENTAL: &[&str] = &["first_over_time", "info"];
/// Functions whose value depends on the time of evaluation even if no selector does.
const TIME_DEPENDENT: &[&str] = &[
    "time",
    "timestamp",
    "day_of_month",
    "day_of_week",
    "day_of_year",
    "days_in_month",
    "hour",
    "minute",
    "month",
    "year",
    "predict_linear",
];

/// One mention of a selector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mention {
    /// Canonical text, without range, offset and `@`.
    pub subject: String,
    /// Its metric's name.
    pub metric: String,
    /// What is read: first and last instant, ms.
    pub window: (i64, i64),
    /// How often it is evaluated.
    pub evaluations: u64,
    /// Samples of one series at one evaluation.
    pub samples: u64,
}

/// What a query costs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Estimate {
    /// Every mention of a selector, with the series it was estimated with.
    pub mentions: Vec<(Mention, u64)>,
    /// Samples looked at, by selectors, functions, aggregations and joins.
    pub samples: u64,
    /// Most evaluations of one subquery's inner expression.
    pub evaluations: u64,
    /// Series of the result, at most.
    pub result_series: u64,
    /// Samples of the result, at most.
    pub result_samples: u64,
    /// Series that go into a `count_values`, at most.
    pub count_values: u64,
    /// Series that go raw into a `histogram_quantile`, at most.
    pub raw_histogram: u64,
    /// Bytes of the result, at most.
    pub result_bytes: u64,
    /// Bytes of the labels that one `label_replace` or `label_join` makes, at most.
    pub made_labels: u64,
    /// What refuses a window that is longer than most, unless the query is cheap.
    pub long_window: Option<Denial>,
}

/// Walks a query. `series` says how many series a mention touches.
pub(crate) fn estimate(
    expr: &Expr,
    timing: Timing,
    settings: &Settings,
    series: &mut dyn FnMut(&Mention) -> u64,
) -> Result<Estimate, Denial> {
    let mut walk = Walk { timing, settings, series, out: Estimate::default() };
    let frame = Frame {
        start: timing.start,
        end: timing.end,
        points: timing.points,
        window: 0,
        offset: 0,
        depth: 0,
        histograms: false,
    };
    let shape = walk.expr(expr, frame)?;
    let Walk { mut out, .. } = walk;
    // The answer to a grouping is cut at the limits of the allowance; refusing it for what went in would refuse the cure.
    if !shape.grouped {
        out.result_series = shape.series;
        out.result_samples = shape.series.saturating_mul(timing.points).saturating_mul(shape.window);
        let labels = shape.series.saturating_mul(SERIES_BYTES);
        out.result_bytes = labels.saturating_add(out.result_samples.saturating_mul(SAMPLE_BYTES));
    }
    Ok(out)
}

/// Where in time an expression is evaluated, and what has been added up on the way to it.
#[derive(Clone, Copy)]
struct Frame {
    start: i64,
    end: i64,
    points: u64,
    window: u64,
    offset: u64,
    depth: u32,
    /// What is read goes into a function of histograms.
    histograms: bool,
}

/// What an expression gives: at most so many series, each with so many samples at each point.
struct Shape {
    series: u64,
    window: u64,
    scalar: bool,
    /// Straight from a selector through functions, with no aggregation on the way.
    raw: bool,
    /// How many series a grouping leaves is not known before it runs; `series` is then only what went in.
    grouped: bool,
    /// Bytes of the values of labels that the query makes; all others are as scraped.
    made: Labels,
}

impl Shape {
    const SCALAR: Shape = Shape { series: 1, window: 1, scalar: true, raw: false, grouped: false, made: Labels::new() };

    fn vector(series: u64) -> Shape {
        Shape { series, scalar: false, ..Shape::SCALAR }
    }
}

pub(crate) struct Walk<'a> {
    pub(crate) timing: Timing,
    pub(crate) settings: &'a Settings,
    series: &'a mut dyn FnMut(&Mention) -> u64,
    pub(crate) out: Estimate,
}

impl Walk<'_> {
    fn expr(&mut self, expr: &Expr, mut frame: Frame) -> Result<Shape, Denial> {
        if frame.points > 1 && invariant(expr) {
            frame.points = 1;
        }
        match expr {
            Expr::NumberLiteral(_) | Expr::StringLiteral(_) => Ok(Shape::SCALAR),
            Expr::Paren(paren) => self.expr(&paren.expr, frame),
            Expr::Unary(unary) => self.expr(&unary.expr, frame),
            Expr::VectorSelector(selector) => self.selector(selector, None, frame),
            Expr::MatrixSelector(matrix) => self.selector(&matrix.vs, Some(matrix.range), frame),
            Expr::Subquery(subquery) => self.subquery(subquery, frame),
            Expr::Call(call) => self.call(call, frame),
            Expr::Aggregate(aggregate) => self.aggregate(aggregate, frame),
            Expr::Binary(binary) => self.binary(binary, frame),
            Expr::Extension(_) => Err(deny(rules::EXPERIMENTAL, "the query holds an extension")),
        }
    }

    fn selector(&mut self, selector: &VectorSelector, range: Option<Duration>, frame: Frame) -> Result<Shape, Denial> {
        let metric = selector::check_selector(selector)?.to_owned();
        let subject = wardgate_promql::selector(selector);
        let at = self.fixed(selector.at.as_ref(), &subject)?;
        let offset = self.offset(selector.offset.as_ref(), frame.offset, &subject)?;
        let range_ms = range.map(millis);
        self.check_window(frame.window.saturating_add(range_ms.unwrap_or(0)), &subject);

        let (first, last) = match at {
            Some(at) => (at, at),
            None => (frame.start, frame.end),
        };
        let back = signed(range_ms.unwrap_or(self.timing.lookback));
        let window = (clamp(first - offset - back), clamp(last - offset));
        self.check_times(window.1, &subject)?;

        let samples = range_ms.map_or(1, |range| range.div_ceil(self.timing.scrape).max(1));
        let evaluations = if at.is_some() { 1 } else { frame.points };
        // Classic histograms are read by their buckets, also where a rule has recorded them.
        let native = frame.histograms && !metric.contains("_bucket");
        let counted = if native { samples.saturating_mul(HISTOGRAM) } else { samples };
        let mention = Mention { subject, metric, window, evaluations, samples: counted };
        let series = (self.series)(&mention);
        self.work(series, evaluations.saturating_mul(counted));
        self.out.mentions.push((mention, series));
        Ok(Shape { window: samples, raw: true, ..Shape::vector(series) })
    }

    fn subquery(&mut self, subquery: &SubqueryExpr, frame: Frame) -> Result<Shape, Denial> {
        let text = format!("[{}:…]", display_duration(&subquery.range));
        let depth = frame.depth + 1;
        if depth > self.settings.max_subquery_depth {
            return Err(deny(
                rules::NESTING,
                format!("subqueries are nested more than {} deep", self.settings.max_subquery_depth),
            )
            .detail("budget", self.settings.max_subquery_depth.to_string())
            .remedy("Split the query, or use a recording rule for the inner part."));
        }
        let range = millis(subquery.range);
        let step = subquery.step.map_or(self.timing.evaluation, millis);
        let finest = self.settings.min_subquery_step_seconds.saturating_mul(1000);
        if step < finest {
            return Err(deny(
                rules::SUBQUERY_STEP,
                format!("a subquery steps by {}, the least is {}", show(step), show(finest)),
            )
            .detail("step_ms", step.to_string())
            .detail("budget_ms", finest.to_string()));
        }
        let at = self.fixed(subquery.at.as_ref(), &text)?;
        let by = self.offset(subquery.offset.as_ref(), frame.offset, &text)?;
        let window = frame.window.saturating_add(range);
        self.check_window(window, &text);

        let (first, last) = match at {
            Some(at) => (at, at),
            None => (frame.start, frame.end),
        };
        let inner = Frame {
            start: clamp(first - by - signed(range)),
            end: clamp(last - by),
            points: 0,
            window,
            offset: frame.offset.saturating_add(subquery.offset.as_ref().map_or(0, |o| match o {
                Offset::Pos(d) | Offset::Neg(d) => millis(*d),
            })),
            depth,
            histograms: frame.histograms,
        };
        // What `points` says when the whole is evaluated once although the query has many points.
        let span = if frame.points <= 1 { range } else { u64::try_from(inner.end - inner.start).unwrap_or(range) };
        let points = (span / step).saturating_add(1);
        self.out.evaluations = self.out.evaluations.max(points);
        if points > self.settings.max_subquery_points {
            return Err(deny(
                rules::COST_EVALUATIONS,
                format!(
                    "a subquery over {} with a step of {} evaluates its inner expression {points} times, the limit is {}",
                    show(range),
                    show(step),
                    self.settings.max_subquery_points
                ),
            )
            .detail("evaluations", points.to_string())
            .detail("budget", self.settings.max_subquery_points.to_string()));
        }
        let shape = self.expr(&subquery.expr, Frame { points, ..inner })?;
        // The results are kept, and the function around looks at every point of the range at every evaluation.
        let samples = (range / step).saturating_add(1);
        let outer = if at.is_some() { 1 } else { frame.points };
        self.work_only(shape.series, points.saturating_add(outer.saturating_mul(samples)));
        Ok(Shape { window: samples, scalar: false, ..shape })
    }

    fn call(&mut self, call: &Call, frame: Frame) -> Result<Shape, Denial> {
        let name = call.func.name;
        let experimental = call.func.experimental || ALSO_EXPERIMENTAL.contains(&name);
        if experimental && !self.settings.experimental.iter().any(|e| e == name) {
            let remedy = if name == "info" {
                "Join with the info metric explicitly: `* on (...) group_left (...) ...`."
            } else {
                rules::EXPERIMENTAL.remedy
            };
            return Err(deny(rules::EXPERIMENTAL, format!("`{name}` is an experimental function")).remedy(remedy));
        }
        if name == "label_replace"
            && let Some(pattern) = call.args.args.get(4).and_then(|a| text(a))
            && wardgate_promql::weigh(pattern) > crate::settings::PATTERNS
        {
            return Err(deny(rules::REGEX, "the regular expression of `label_replace` is dear to compile"));
        }
        if name == "label_replace"
            && let Some(pattern) = call.args.args.get(4).and_then(|a| text(a))
        {
            selector::check_pattern(pattern)?;
        }
        let frame = Frame { histograms: frame.histograms || name.starts_with("histogram_"), ..frame };
        let mut widest = 0;
        let (mut raw, mut grouped, mut made) = (false, false, Labels::new());
        for argument in &call.args.args {
            let shape = self.expr(argument, frame)?;
            made = longest(made, shape.made);
            if !shape.scalar && shape.series >= widest {
                (widest, raw, grouped) = (shape.series, shape.raw, shape.grouped);
            }
        }
        if let Some((label, bytes)) = made_label(call, &made) {
            made.insert(label.to_owned(), bytes);
            self.out.made_labels = self.out.made_labels.max(bytes.saturating_mul(widest));
        }
        if call.func.return_type == ValueType::Scalar {
            self.work_only(widest, frame.points);
            return Ok(Shape::SCALAR);
        }
        self.work_only(widest.max(1), frame.points);
        match name {
            "vector" | "absent" | "absent_over_time" => Ok(Shape::vector(1)),
            "histogram_quantile" | "histogram_fraction" => {
                if raw {
                    self.out.raw_histogram = self.out.raw_histogram.max(widest);
                }
                Ok(Shape { raw, grouped, made, ..Shape::vector(widest) })
            }
            _ => Ok(Shape { raw, grouped, made, ..Shape::vector(widest.max(1)) }),
        }
    }

    fn aggregate(&mut self, aggregate: &AggregateExpr, frame: Frame) -> Result<Shape, Denial> {
        let op = aggregate.op.to_string();
        if matches!(op.as_str(), "limitk" | "limit_ratio") && !self.settings.experimental.contains(&op) {
            return Err(deny(rules::EXPERIMENTAL, format!("`{op}` is an experimental aggregator")));
        }
        let mut k = None;
        if let Some(parameter) = &aggregate.param {
            self.expr(parameter, frame)?;
            if matches!(op.as_str(), "topk" | "bottomk" | "limitk") {
                k = Some(self.check_k(parameter, &op)?);
            }
        }
        let inner = self.expr(&aggregate.expr, frame)?;
        self.work_only(inner.series, frame.points);
        let grouped = match &aggregate.modifier {
            None => false,
            Some(LabelModifier::Include(labels)) => !labels.labels.is_empty(),
            Some(LabelModifier::Exclude(_)) => true,
        };
        let series = match (op.as_str(), k) {
            ("count_values", _) => {
                self.out.count_values = self.out.count_values.max(inner.series);
                inner.series
            }
            ("limit_ratio", _) => inner.series,
            _ if grouped => inner.series,
            (_, k) => inner.series.min(k.unwrap_or(1)),
        };
        Ok(Shape { grouped, made: inner.made, ..Shape::vector(series) })
    }

    fn check_k(&self, parameter: &Expr, op: &str) -> Result<u64, Denial> {
        let value = match unwrap_parens(parameter) {
            Expr::NumberLiteral(number) => number.val,
            _ => f64::NAN,
        };
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        if value.is_finite() && (1.0..=self.settings.max_k as f64).contains(&value) {
            return Ok(value as u64);
        }
        let reason = if value.is_nan() {
            format!("the first parameter of `{op}` is not a literal number")
        } else if value < 1.0 {
            format!("`{op}` asks for {value} series, and so for nothing")
        } else {
            format!("`{op}` asks for {value} series, the limit is {}", self.settings.max_k)
        };
        Err(deny(rules::AGGREGATE_K, reason).detail("budget", self.settings.max_k.to_string()))
    }

    fn binary(&mut self, binary: &BinaryExpr, frame: Frame) -> Result<Shape, Denial> {
        let left = self.expr(&binary.lhs, frame)?;
        let right = self.expr(&binary.rhs, frame)?;
        let card = binary.modifier.as_ref().map(|m| &m.card);
        let fill = binary.modifier.as_ref().is_some_and(|m| m.fill_values.lhs.is_some() || m.fill_values.rhs.is_some());
        if fill && !self.settings.experimental.iter().any(|e| e == "fill") {
            return Err(deny(rules::EXPERIMENTAL, "`fill` is an experimental modifier"));
        }
        let both = left.series.saturating_add(right.series);
        self.work_only(both, frame.points);
        if left.scalar && right.scalar {
            return Ok(Shape::SCALAR);
        }
        if left.scalar || right.scalar {
            let vector = if left.scalar { right } else { left };
            return Ok(Shape { window: 1, ..vector });
        }
        let grouped = left.grouped || right.grouped;
        let (series, grouped) = match (binary.op.to_string().as_str(), card) {
            ("or", _) => (both, left.grouped && right.grouped),
            ("and" | "unless", _) | (_, Some(VectorMatchCardinality::ManyToOne(_))) => (left.series, left.grouped),
            (_, Some(VectorMatchCardinality::OneToMany(_))) => (right.series, right.grouped),
            _ if fill => (both, grouped),
            _ => (left.series.min(right.series), grouped),
        };
        let made = longest(left.made, right.made);
        Ok(Shape { raw: left.raw || right.raw, grouped, made, ..Shape::vector(series) })
    }

    fn work(&mut self, series: u64, each: u64) {
        self.out.samples = self.out.samples.saturating_add(series.saturating_mul(each));
    }

    /// Work on results, not on storage.
    fn work_only(&mut self, series: u64, each: u64) {
        self.work(series, each);
    }
}

/// Whether an expression has the same value at every point.
fn invariant(expr: &Expr) -> bool {
    match expr {
        Expr::NumberLiteral(_) | Expr::StringLiteral(_) => true,
        Expr::VectorSelector(selector) => selector.at.is_some(),
        Expr::MatrixSelector(matrix) => matrix.vs.at.is_some(),
        Expr::Subquery(subquery) => subquery.at.is_some(),
        Expr::Paren(paren) => invariant(&paren.expr),
        Expr::Unary(unary) => invariant(&unary.expr),
        Expr::Binary(binary) => invariant(&binary.lhs) && invariant(&binary.rhs),
        Expr::Aggregate(aggregate) => {
            invariant(&aggregate.expr) && aggregate.param.as_ref().is_none_or(|p| invariant(p))
        }
        Expr::Call(call) => {
            !TIME_DEPENDENT.contains(&call.func.name)
                && !call.func.experimental
                && call.args.args.iter().all(|a| invariant(a))
        }
        Expr::Extension(_) => false,
    }
}

/// The expression inside any number of parentheses.
pub(crate) fn unwrap_parens(mut expr: &Expr) -> &Expr {
    while let Expr::Paren(paren) = expr {
        expr = &paren.expr;
    }
    expr
}

/// What to ask about: each different selector, with each stretch of time in which it is read. Stretches that overlap are one: a union
/// can only hold more series than its parts.
pub(crate) fn subjects(estimate: &Estimate) -> BTreeMap<&str, Vec<(i64, i64)>> {
    let mut subjects: BTreeMap<&str, Vec<(i64, i64)>> = BTreeMap::new();
    for (mention, _) in &estimate.mentions {
        subjects.entry(&mention.subject).or_default().push(mention.window);
    }
    for windows in subjects.values_mut() {
        windows.sort_unstable();
        let mut merged: Vec<(i64, i64)> = Vec::with_capacity(windows.len());
        for window in windows.drain(..) {
            match merged.last_mut() {
                Some(last) if window.0 <= last.1 => last.1 = last.1.max(window.1),
                _ => merged.push(window),
            }
        }
        *windows = merged;
    }
    subjects
}

pub(crate) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

pub(crate) fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(FAR).min(FAR)
}

pub(crate) fn unsigned(ms: i64) -> u64 {
    u64::try_from(ms).unwrap_or(0)
}

fn clamp(ms: i64) -> i64 {
    ms.clamp(-FAR, FAR)
}

/// A duration as a query writes it.
pub(crate) fn show(ms: u64) -> String {
    display_duration(&Duration::from_millis(ms))
}
