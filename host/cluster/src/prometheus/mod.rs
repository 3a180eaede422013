//! Prometheus' HTTP API: one canonical request per query, its answer as one document per series.
//!
//! For a query only `query`, `time`, `start`, `end`, `step` and `timeout` are ever sent, in one encoding, built here. The metric
//! catalogue (`/api/v1/status/tsdb`, `/api/v1/metadata`) is a standing look-up, refreshed at most once a minute; a probe
//! (`/api/v1/series`) is bounded by what the reviewer said it would count to. What is known without evaluating stands in `metadata`.
mod catalogue;
mod client;
mod kept;
mod memory;
mod metadata;

use crate::{
    promql_floor,
    promql_tenancy::{self, Tenancy},
    records::Documents,
};
use catalogue::Catalogue;
use client::Success;
pub use client::{Endpoint, EndpointError, Http, Identity};
use memory::Seen;
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use wardgate_core::{
    Backend, Bound, BoxFuture, Channel, Committed, Context, Denial, Fault, FaultKind, Known, Piece, Prepare, Query,
    Question, Source, Subject, Unanswered, Window,
};
use wardgate_promql::promql_parser::parser::Expr;

/// What can be set about Prometheus.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where, and with which credential.
    pub endpoint: Endpoint,
    /// Metrics that are bound to no namespace and may be asked for without one.
    pub cluster_metrics: BTreeSet<String>,
    /// What becomes of a selector that names no namespaces.
    pub tenancy: Tenancy,
    /// Time for one probe or catalogue look-up.
    pub lookup_timeout: Duration,
}

/// Which namespaces are open; asked at review and again at the run.
pub trait OpenNamespaces: Send + Sync {
    /// Whether this one is.
    fn open(&self, namespace: &str) -> bool;

    /// All that a caller may see, in order: what their queries are held to. None where nothing is known.
    fn seen_by(&self, subject: &Subject) -> Vec<String>;
}

/// Prometheus; implements the backend of queries, and answers what reviewers ask about series.
pub struct Prometheus {
    http: Http,
    catalogue: Catalogue,
    about: metadata::Descriptions,
    namespaces: Arc<dyn OpenNamespaces>,
    settings: Settings,
}

impl Prometheus {
    /// Connects lazily: the first request does.
    pub fn new(settings: Settings, namespaces: Arc<dyn OpenNamespaces>) -> Result<Arc<Self>, EndpointError> {
        let http = Http::new(&settings.endpoint)?;
        Ok(Arc::new(Self {
            http,
            catalogue: Catalogue::default(),
            about: metadata::Descriptions::default(),
            namespaces,
            settings,
        }))
    }

    /// The answer to a reviewer's question.
    pub async fn answer(&self, question: &Question) -> Result<Known, Unanswered> {
        self.catalogue.answer(&self.http, question, self.settings.lookup_timeout).await
    }

    fn floor(&self, text: &str) -> Result<(), Denial> {
        promql_floor::check(text, &|namespace| self.namespaces.open(namespace), &self.settings.cluster_metrics)
    }
}

impl Prepare<Query> for Prometheus {
    fn prepare(&self, request: Query, context: &Context) -> Result<Query, Denial> {
        let Settings { tenancy, cluster_metrics, .. } = &self.settings;
        // One reading for the reviewers, the record and the server.
        let open = self.namespaces.seen_by(&context.subject);
        Ok(Query { text: promql_tenancy::query(&request.text, *tenancy, &open, cluster_metrics)?, ..request })
    }
}

impl Backend<Query> for Prometheus {
    fn run<'a>(&'a self, call: &'a Committed<Query>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            let [part] = call.parts() else { return Err(Fault::new(FaultKind::Unsupported, "a query has one target")) };
            let query = &part.request;
            self.floor(&query.text).map_err(|denial| Fault::new(FaultKind::Changed, denial.reason))?;
            let limits = call.limits();
            let timeout = format!("{}ms", limits.time.as_millis().max(1));
            let most = usize::try_from(limits.read_bytes).unwrap_or(usize::MAX);
            let answer: Success<Evaluated> = if query.start == query.end && query.step == 0 {
                let form = [("query", query.text.as_str()), ("time", &seconds(query.end)), ("timeout", &timeout)];
                self.http.post("api/v1/query", &form, most).await?
            } else {
                let (start, end, step) = (seconds(query.start), seconds(query.end), seconds(query.step));
                let form = [
                    ("query", query.text.as_str()),
                    ("start", &start),
                    ("end", &end),
                    ("step", &step),
                    ("timeout", &timeout),
                ];
                self.http.post("api/v1/query_range", &form, most).await?
            };
            self.learn(query, &answer.data);
            documents(&answer, limits.samples).map(Documents::boxed)
        })
    }
}

impl Prometheus {
    /// A query that is a bare selector has counted its series: the next question about it need not be probed.
    fn learn(&self, query: &Query, answer: &Evaluated) {
        let Ok(Expr::VectorSelector(selector)) = promql_floor::parse(&query.text) else { return };
        let (Some(series), None, None) = (answer.result.as_array(), &selector.at, &selector.offset) else { return };
        let window = Window { start: query.start.saturating_sub(LOOKBACK), end: query.end };
        let seen = Seen { window, count: series.len() as u64, bound: Bound::About };
        self.catalogue.learn(&wardgate_promql::selector(&selector), seen);
    }
}

/// How far back a selector looks, in milliseconds, unless the server was told otherwise.
const LOOKBACK: u64 = 300_000;

/// What a query came to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evaluated {
    result_type: String,
    result: Value,
}

/// One record per series; a scalar or a string is one record.
fn documents(answer: &Success<Evaluated>, samples: u64) -> Result<Documents, Fault> {
    let (data, mut documents) = (&answer.data, Documents::default());
    match (data.result_type.as_str(), &data.result) {
        ("vector" | "matrix", Value::Array(series)) => {
            documents.piece(Piece::Total(series.len() as u64));
            let mut left = samples;
            for one in series {
                let count = one["values"].as_array().map_or(1, |values| values.len() as u64);
                if count > left {
                    break;
                }
                left -= count;
                documents.push(Channel::Series, one);
            }
        }
        (kind @ ("scalar" | "string"), value) => {
            documents.push(Channel::Series, &json!({"type": kind, "value": value}))
        }
        _ => return Err(Fault::new(FaultKind::Broken, "an answer of an unknown form")),
    }
    for (key, notes) in [("warnings", &answer.warnings), ("infos", &answer.infos)] {
        if !notes.is_empty() {
            documents.push(Channel::Series, &json!({ (key): notes }));
        }
    }
    Ok(documents)
}

/// Milliseconds as seconds, exactly.
fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests;
