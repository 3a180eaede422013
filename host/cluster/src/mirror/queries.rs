//! Queries over captured samples, metadata about them, and how many series a selector touches.

use super::{
    Mirror,
    promql::{self, Answer, Bounds, Labels, NAME, QueryError, Sample, number},
};
use crate::{mirror, promql_floor, promql_tenancy, records::Documents, series};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use wardgate_core::{
    Backend, Bound, BoxFuture, Channel, Committed, Context, Denial, Fault, FaultKind, Known, Metadata, Piece, Prepare,
    Query, Question, Source, Unanswered, Value as Told,
};

/// Values of a metadata answer when the caller does not say.
const VALUES: u32 = 200;
/// Names that are offered for one that is not there.
const NEAR: usize = 10;
/// How old a last sample may be, in milliseconds, as in Prometheus.
const LOOKBACK: i64 = 300_000;

impl Prepare<Query> for Mirror {
    /// Times are brought into the capture before the review: what is reviewed is what is evaluated.
    fn prepare(&self, request: Query, context: &Context) -> Result<Query, Denial> {
        let mirror::Settings { tenancy, cluster_metrics, .. } = &self.settings;
        let text = promql_tenancy::query(&request.text, *tenancy, &self.open_namespaces(), cluster_metrics)?;
        let (start, end) = self.within(request.start, request.end, context.now);
        Ok(Query { text, start, end, ..request })
    }
}

impl Backend<Query> for Mirror {
    fn run<'a>(&'a self, call: &'a Committed<Query>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(std::future::ready(self.query_pieces(call).map(Documents::boxed)))
    }
}

impl Prepare<Metadata> for Mirror {
    fn prepare(&self, request: Metadata, context: &Context) -> Result<Metadata, Denial> {
        let mirror::Settings { tenancy, cluster_metrics, .. } = &self.settings;
        let held = |text: &String| promql_tenancy::selector(text, *tenancy, &self.open_namespaces(), cluster_metrics);
        let selector = request.selector.as_ref().map(held).transpose()?;
        let (start, end) = self.within(request.start, request.end, context.now);
        Ok(Metadata { selector, start, end, limit: Some(request.limit.unwrap_or(VALUES)), ..request })
    }
}

impl Backend<Metadata> for Mirror {
    fn run<'a>(&'a self, call: &'a Committed<Metadata>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(std::future::ready(self.metadata_pieces(call).map(Documents::boxed)))
    }
}

impl Mirror {
    fn metrics_floor(&self, text: &str) -> Result<(), Denial> {
        promql_floor::check(text, &|namespace| self.is_open(namespace, false), &self.settings.cluster_metrics)
    }

    /// A window that begins after the capture's end was meant relative to the caller's clock, and is moved so that its "now"
    /// is the capture's end. One that begins within the capture is only cut at its end.
    fn within(&self, start: u64, end: u64, now: u64) -> (u64, u64) {
        let last = self.window().1;
        if start > last {
            let ahead = now.saturating_sub(last);
            return (start.saturating_sub(ahead).min(last), end.saturating_sub(ahead).min(last));
        }
        (start, end.min(last))
    }

    fn query_pieces(&self, call: &Committed<Query>) -> Result<Documents, Fault> {
        let [part] = call.parts() else { return Err(Fault::new(FaultKind::Unsupported, "a query has one target")) };
        let query = &part.request;
        self.metrics_floor(&query.text).map_err(|denial| Fault::new(FaultKind::Changed, denial.reason))?;
        let ms = |t: u64| i64::try_from(t).unwrap_or(i64::MAX);
        let step = if query.start == query.end { 0 } else { query.step };
        if step == 0 && query.start != query.end {
            return Err(Fault::new(FaultKind::Invalid, "a range query needs a step"));
        }
        let answer = promql::evaluate(
            &self.capture.metrics,
            &query.text,
            ms(query.start),
            ms(query.end),
            ms(step),
            Bounds::default(),
        );
        let answer = answer.map_err(|error| fault(&error))?;
        series::documents(written(answer), query, &call.limits(), &|_| None)
    }

    /// How many series a selector touches in a window: a capture is small enough to count them.
    pub(super) fn series(&self, question: &Question) -> Result<Known, Unanswered> {
        let places = promql::series(&self.capture.metrics, &question.subject).map_err(|_| Unanswered::Refused)?;
        let window = question.window.map(|w| {
            let ms = |t: u64| i64::try_from(t).unwrap_or(i64::MAX);
            (ms(w.start), ms(w.end))
        });
        let there = places.into_iter().filter(|&at| {
            let samples = &self.capture.metrics.all()[at].samples;
            window.is_none_or(|(start, end)| samples.iter().any(|s| s.t >= start && s.t <= end))
        });
        let enough = usize::try_from(question.stop_at.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
        let count = there.take(enough).count();
        let bound = if count == enough { Bound::AtLeast } else { Bound::Exact };
        Ok(Known { value: Told::Number(count as u64), bound })
    }

    /// Names of the capture's metrics that are near to one.
    pub(super) fn near(&self, metric: &str) -> Known {
        let names: BTreeSet<&str> = self.capture.metrics.all().iter().map(|series| series.labels.value(NAME)).collect();
        let near = wardgate_promql::names::near(metric, names, NEAR).into_iter().map(str::to_owned).collect();
        Known { value: Told::Texts(near), bound: Bound::Exact }
    }

    /// Only what an agent could query is told: series of open namespaces, and the operator's cluster metrics.
    fn metadata_pieces(&self, call: &Committed<Metadata>) -> Result<Documents, Fault> {
        let [part] = call.parts() else { return Err(Fault::new(FaultKind::Unsupported, "metadata has one target")) };
        let request = &part.request;
        let label = match (request.what.as_str(), &request.name) {
            ("metrics", _) => NAME,
            ("label-values", Some(name)) => name.as_str(),
            ("label-values", None) => return Err(Fault::new(FaultKind::Invalid, "label-values needs a label's name")),
            ("targets", _) => return Ok(self.targets(request.end)),
            ("alerts", _) => return Ok(self.alerts(request.end)),
            _ => {
                let words = "a mirror knows metrics, label-values, targets and alerts";
                return Err(Fault::new(FaultKind::Unsupported, words));
            }
        };
        let store = &self.capture.metrics;
        let places: Vec<usize> = match &request.selector {
            Some(selector) => promql::series(store, selector).map_err(|error| fault(&error))?,
            None => (0..store.all().len()).collect(),
        };
        let visible = |labels: &Labels| {
            self.is_open(labels.value("namespace"), false) || self.settings.cluster_metrics.contains(labels.value(NAME))
        };
        let mut counts = BTreeMap::<&str, u64>::new();
        for labels in places.iter().map(|&at| &store.all()[at].labels).filter(|labels| visible(labels)) {
            if !labels.value(label).is_empty() {
                *counts.entry(labels.value(label)).or_default() += 1;
            }
        }
        let mut pieces = Documents::default();
        pieces.piece(Piece::Total(counts.len() as u64));
        if label == NAME {
            for (metric, series) in counts {
                let about = store.about(metric).cloned().unwrap_or_default();
                let document = json!({"metric": metric, "type": about.kind, "help": about.help, "series": series});
                pieces.push(Channel::Series, &document);
            }
        } else {
            for (value, series) in counts.into_iter().take(request.limit.unwrap_or(VALUES) as usize) {
                pieces.push(Channel::Series, &json!({"metric": {label: value}, "series": series}));
            }
        }
        Ok(pieces)
    }

    /// What was scraped: the capture's `up` series, as they stood at `end`. Those that are not up first.
    fn targets(&self, end: u64) -> Documents {
        let mut targets = self.standing("up", end);
        targets.sort_by(|(a, a_value), (b, b_value)| (*a_value > 0.0, *a).cmp(&(*b_value > 0.0, *b)));
        let mut pieces = Documents::default();
        pieces.piece(Piece::Total(targets.len() as u64));
        for (labels, up) in targets {
            let health = if up > 0.0 { "up" } else { "down" };
            pieces.push(Channel::Series, &json!({"labels": own(labels), "health": health}));
        }
        pieces
    }

    /// What fired or was about to: the capture's `ALERTS` series, as they stood at `end`. Those that fire first.
    fn alerts(&self, end: u64) -> Documents {
        let mut alerts = self.standing("ALERTS", end);
        let quiet = |labels: &Labels| labels.value("alertstate") != "firing";
        alerts.sort_by(|(a, _), (b, _)| (quiet(a), *a).cmp(&(quiet(b), *b)));
        let mut pieces = Documents::default();
        pieces.piece(Piece::Total(alerts.len() as u64));
        for (labels, _) in alerts {
            let mut named = own(labels);
            let state = named.remove("alertstate").unwrap_or_default();
            pieces.push(Channel::Series, &json!({"labels": named, "state": state}));
        }
        pieces
    }

    /// The series of a metric in open namespaces that stand at `end`, with their values.
    fn standing(&self, metric: &str, end: u64) -> Vec<(&Labels, f64)> {
        let end = i64::try_from(end).unwrap_or(i64::MAX);
        let all = self.capture.metrics.all().iter().filter(|series| {
            series.labels.value(NAME) == metric && self.is_open(series.labels.value("namespace"), false)
        });
        let last = |series: &'_ promql::Series| {
            let past = series.samples.iter().rev().find(|sample| sample.t <= end)?;
            (!past.is_stale() && end - past.t < LOOKBACK).then_some(past.v)
        };
        all.filter_map(|series| Some((&series.labels, last(series)?))).collect()
    }
}

/// Labels without the metric's name.
fn own(labels: &Labels) -> Map<String, Value> {
    let mut all = metric(labels);
    all.remove(NAME);
    all
}

/// In the form of Prometheus' HTTP API.
fn written(answer: Answer) -> series::Answer {
    let value = |s: &Sample| json!([number::time(s.t), number::value(s.v)]);
    let (kind, result) = match answer {
        Answer::Scalar(sample) => ("scalar", value(&sample)),
        Answer::Text(t, text) => ("string", json!([number::time(t), text])),
        Answer::Vector(points) => {
            let one = |(labels, sample): &(Labels, Sample)| json!({"metric": metric(labels), "value": value(sample)});
            ("vector", points.iter().map(one).collect())
        }
        Answer::Matrix(lanes) => {
            let one = |(labels, lane): &(Labels, Vec<Sample>)| json!({"metric": metric(labels), "values": lane.iter().map(value).collect::<Vec<_>>()});
            ("matrix", lanes.iter().map(one).collect())
        }
    };
    series::Answer { kind: kind.into(), result, ..series::Answer::default() }
}

fn metric(labels: &Labels) -> Map<String, Value> {
    labels.iter().map(|(name, value)| (name.to_owned(), value.into())).collect()
}

fn fault(error: &QueryError) -> Fault {
    let kind = match error {
        QueryError::Unsupported { .. } => FaultKind::Unsupported,
        QueryError::Parse(_) | QueryError::Evaluation(_) | QueryError::TooMuch { .. } => FaultKind::Invalid,
    };
    Fault::new(kind, error.to_string())
}
