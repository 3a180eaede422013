//! Queries over captured samples, metadata about them, and how many series a selector touches.

use super::{
    Mirror,
    promql::{self, Answer, Bounds, Labels, NAME, QueryError, Sample, number},
};
use crate::{promql_floor, records::Documents};
use serde_json::{Map, Value, json};
use wardgate_core::{
    Backend, Bound, BoxFuture, Channel, Committed, Context, Denial, Fault, FaultKind, Known, Metadata, Piece, Prepare,
    Query, Question, Source, Unanswered, Value as Told,
};

/// Values of a metadata answer when the caller does not say.
const VALUES: u32 = 200;

impl Prepare<Query> for Mirror {
    /// Times are brought into the capture before the review: what is reviewed is what is evaluated.
    fn prepare(&self, request: Query, context: &Context) -> Result<Query, Denial> {
        self.metrics_floor(&request.text)?;
        let (start, end) = self.within(request.start, request.end, context.now);
        Ok(Query { start, end, ..request })
    }
}

impl Backend<Query> for Mirror {
    fn run<'a>(&'a self, call: &'a Committed<Query>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(std::future::ready(self.query_pieces(call).map(Documents::boxed)))
    }
}

impl Prepare<Metadata> for Mirror {
    fn prepare(&self, request: Metadata, context: &Context) -> Result<Metadata, Denial> {
        if let Some(selector) = &request.selector {
            let open = |namespace: &str| self.is_open(namespace, false);
            promql_floor::check_selector(selector, &open, &self.settings.cluster_metrics)?;
        }
        let (start, end) = self.within(request.start, request.end, context.now);
        Ok(Metadata { start, end, limit: Some(request.limit.unwrap_or(VALUES)), ..request })
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
        let documents = answer.map_err(|error| fault(&error))?;
        Ok(documents_of(documents, call.limits().samples))
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

    /// Only what an agent could query is told: series of open namespaces, and the operator's cluster metrics.
    fn metadata_pieces(&self, call: &Committed<Metadata>) -> Result<Documents, Fault> {
        let [part] = call.parts() else { return Err(Fault::new(FaultKind::Unsupported, "metadata has one target")) };
        let (request, store) = (&part.request, &self.capture.metrics);
        let places: Vec<usize> = match &request.selector {
            Some(selector) => promql::series(store, selector).map_err(|error| fault(&error))?,
            None => (0..store.all().len()).collect(),
        };
        let visible = |labels: &Labels| {
            self.is_open(labels.value("namespace"), false) || self.settings.cluster_metrics.contains(labels.value(NAME))
        };
        let label = match (request.what.as_str(), &request.name) {
            ("metrics", _) => NAME,
            ("label-values", Some(name)) => name.as_str(),
            ("label-values", None) => return Err(Fault::new(FaultKind::Invalid, "label-values needs a label's name")),
            _ => return Err(Fault::new(FaultKind::Unsupported, "a mirror knows metrics and label-values")),
        };
        let mut counts = std::collections::BTreeMap::<&str, u64>::new();
        for labels in places.iter().map(|&at| &store.all()[at].labels).filter(|labels| visible(labels)) {
            if !labels.value(label).is_empty() {
                *counts.entry(labels.value(label)).or_default() += 1;
            }
        }
        let mut pieces = Documents::default();
        pieces.piece(Piece::Total(counts.len() as u64));
        for (value, series) in counts.into_iter().take(request.limit.unwrap_or(VALUES) as usize) {
            let document = if label == NAME {
                let about = store.about(value).cloned().unwrap_or_default();
                json!({"metric": value, "type": about.kind, "help": about.help, "series": series})
            } else {
                json!({"label": label, "value": value, "series": series})
            };
            pieces.push(Channel::Series, &document);
        }
        Ok(pieces)
    }
}

/// One record per series, in the form of Prometheus' HTTP API; a number or a text is one record.
fn documents_of(answer: Answer, samples: u64) -> Documents {
    let mut pieces = Documents::default();
    let value = |s: &Sample| json!([number::time(s.t), number::value(s.v)]);
    match answer {
        Answer::Scalar(sample) => pieces.push(Channel::Series, &json!({"type": "scalar", "value": value(&sample)})),
        Answer::Text(t, text) => {
            pieces.push(Channel::Series, &json!({"type": "string", "value": [number::time(t), text]}));
        }
        Answer::Vector(points) => {
            pieces.piece(Piece::Total(points.len() as u64));
            let most = usize::try_from(samples).unwrap_or(usize::MAX);
            for (labels, sample) in points.iter().take(most) {
                pieces.push(Channel::Series, &json!({"metric": metric(labels), "value": value(sample)}));
            }
        }
        Answer::Matrix(lanes) => {
            pieces.piece(Piece::Total(lanes.len() as u64));
            let mut left = samples;
            for (labels, lane) in &lanes {
                // A series is shown whole or not at all.
                let Some(rest) = left.checked_sub(lane.len() as u64) else { break };
                left = rest;
                let values: Vec<Value> = lane.iter().map(value).collect();
                pieces.push(Channel::Series, &json!({"metric": metric(labels), "values": values}));
            }
        }
    }
    pieces
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
