//! Prometheus' HTTP API: one canonical request per query, its answer as one document per series.
//!
//! For a query only `query`, `time`, `start`, `end`, `step` and `timeout` are ever sent, in one encoding, built here. The metric
//! catalogue (`/api/v1/status/tsdb`, `/api/v1/metadata`) is a standing look-up, refreshed at most once a minute; a probe
//! (`/api/v1/series`) is bounded by what the reviewer said it would count to. What is known without evaluating stands in `metadata`.
mod catalogue;
mod client;
mod kept;
mod metadata;

use crate::{promql_floor, records::Documents};
use catalogue::Catalogue;
use client::Success;
pub use client::{Endpoint, EndpointError, Http};
use serde::Deserialize;
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Denial, Fault, FaultKind, Known, Piece, Prepare, Query, Question,
    Source, Unanswered,
};

/// What can be set about Prometheus.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where, and with which credential.
    pub endpoint: Endpoint,
    /// Metrics that are bound to no namespace and may be asked for without one.
    pub cluster_metrics: BTreeSet<String>,
    /// Time for one probe or catalogue look-up.
    pub lookup_timeout: Duration,
}

/// Which namespaces are open; asked at review and again at the run.
pub trait OpenNamespaces: Send + Sync {
    /// Whether this one is.
    fn open(&self, namespace: &str) -> bool;
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
        let look = self.catalogue.answer(&self.http, question);
        tokio::time::timeout(self.settings.lookup_timeout, look).await.unwrap_or(Err(Unanswered::Timeout))
    }

    fn floor(&self, text: &str) -> Result<(), Denial> {
        promql_floor::check(text, &|namespace| self.namespaces.open(namespace), &self.settings.cluster_metrics)
    }
}

impl Prepare<Query> for Prometheus {
    fn prepare(&self, request: Query, _: &Context) -> Result<Query, Denial> {
        self.floor(&request.text)?;
        // One reading for the reviewers, the record and the server.
        Ok(Query { text: promql_floor::canonical(&request.text)?, ..request })
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
            documents(&answer, limits.samples).map(Documents::boxed)
        })
    }
}

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
mod tests {
    use super::*;

    #[test]
    fn times_are_sent_exactly() {
        for (ms, text) in [(0, "0.000"), (1_795_000_000_123, "1795000000.123"), (15_000, "15.000"), (7, "0.007")] {
            assert_eq!(seconds(ms), text);
        }
    }
}
