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
    series::{self, Answer},
};
use catalogue::Catalogue;
pub use client::{Endpoint, EndpointError, Http, Identity};
use memory::Seen;
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use wardgate_core::{
    Backend, Bound, BoxFuture, Committed, Context, Denial, Fault, FaultKind, Known, Prepare, Query, Question, Source,
    Subject, Unanswered, Window,
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
            let answer = if query.start == query.end && query.step == 0 {
                let form = [("query", query.text.as_str()), ("time", &seconds(query.end)), ("timeout", &timeout)];
                self.evaluate("api/v1/query", &form, most).await?
            } else {
                let (start, end, step) = (seconds(query.start), seconds(query.end), seconds(query.step));
                let form = [
                    ("query", query.text.as_str()),
                    ("start", &start),
                    ("end", &end),
                    ("step", &step),
                    ("timeout", &timeout),
                ];
                self.evaluate("api/v1/query_range", &form, most).await?
            };
            let (answer, about) = answer;
            self.learn(query, &answer);
            series::documents(answer, query, &limits, &|metric| about.unit(metric)).map(Documents::boxed)
        })
    }
}

impl Prometheus {
    /// A query's answer, and what is known of metrics by then: a description never makes an answer wait for long.
    async fn evaluate(
        &self,
        path: &str,
        form: &[(&str, &str)],
        most: usize,
    ) -> Result<(Answer, Arc<metadata::Known>), Fault> {
        let about = tokio::time::timeout(DESCRIPTION, self.about.all(&self.http));
        let (answer, about) = tokio::join!(self.http.evaluate(path, form, most), about);
        Ok((answer?, about.unwrap_or_default()))
    }

    /// A query that is a bare selector has counted its series: the next question about it need not be probed.
    fn learn(&self, query: &Query, answer: &Answer) {
        if answer.partial {
            return;
        }
        let Ok(Expr::VectorSelector(selector)) = promql_floor::parse(&query.text) else { return };
        let (Some(series), None, None) = (answer.result.as_array(), &selector.at, &selector.offset) else { return };
        let window = Window { start: query.start.saturating_sub(LOOKBACK), end: query.end };
        let seen = Seen { window, count: series.len() as u64, bound: Bound::About };
        self.catalogue.learn(&wardgate_promql::selector(&selector), seen);
    }
}

/// How far back a selector looks, in milliseconds, unless the server was told otherwise.
const LOOKBACK: u64 = 300_000;

/// What an answer may wait for descriptions of metrics.
const DESCRIPTION: Duration = Duration::from_secs(1);

/// Milliseconds as seconds, exactly.
fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tls_tests;
