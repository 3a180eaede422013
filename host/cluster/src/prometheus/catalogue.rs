//! How many series a selector touches: a map of metrics, read once a minute, and a bounded probe where that is not enough.
//!
//! The map (`/api/v1/status/tsdb`) counts the head block only and knows metrics, not matchers: for a named metric it is an upper
//! bound of what is recent. A probe (`/api/v1/series`) counts what is there in a window, up to the reviewer's `stop-at`.
use super::{Http, client::Success, kept::Kept, seconds};
use serde::{Deserialize, de::IgnoredAny};
use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;
use wardgate_core::{Bound, Known, Question, Unanswered, Value, Window};

const AGE: Duration = Duration::from_secs(60);
/// Metrics that the map can hold; Prometheus serves no more.
const METRICS: usize = 10_000;
/// Bytes of the map's answer at most.
const MAP: usize = 4 << 20;
/// A probe's answer, a series with its labels taken for a kilobyte at most.
const PER_SERIES: usize = 1 << 10;
/// Probes remembered.
const PROBES: usize = 1_000;

/// Series of each metric of the head block, read when it is asked for and a minute old.
#[derive(Default)]
pub(super) struct Map(Kept<HashMap<String, u64>>);

impl Map {
    /// What is known; where the server does not answer, what it said last.
    pub(super) async fn metrics(&self, http: &Http) -> Arc<HashMap<String, u64>> {
        self.0.get(AGE, read(http)).await
    }
}

#[derive(Default)]
pub(super) struct Catalogue {
    pub(super) map: Map,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    probes: HashMap<Question, (Instant, Result<Known, Unanswered>)>,
}

impl Catalogue {
    pub(super) async fn answer(&self, http: &Http, question: &Question) -> Result<Known, Unanswered> {
        if question.kind != "series" {
            return Err(Unanswered::Unsupported);
        }
        let window = question.window.ok_or(Unanswered::Refused)?;
        let metrics = self.map.metrics(http).await;
        let known = metric(&question.subject).and_then(|name| metrics.get(name)).copied();
        // One probe in flight: the lock is held over it, and the caller's deadline bounds the wait.
        let mut state = self.state.lock().await;
        let enough = question.stop_at.unwrap_or(u64::MAX);
        if let Some(count) = known.filter(|count| *count < enough) {
            return Ok(Known { value: Value::Number(count), bound: Bound::AtMost });
        }
        state.probes.retain(|_, (at, _)| at.elapsed() <= AGE);
        if let Some((_, outcome)) = state.probes.get(question) {
            return outcome.clone();
        }
        let outcome = probe(http, &question.subject, window, enough).await;
        if state.probes.len() < PROBES {
            state.probes.insert(question.clone(), (Instant::now(), outcome.clone()));
        }
        outcome
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TsdbStatus {
    series_count_by_metric_name: Vec<Count>,
}

#[derive(Deserialize)]
struct Count {
    name: String,
    value: u64,
}

async fn read(http: &Http) -> Option<HashMap<String, u64>> {
    let status: Success<TsdbStatus> =
        http.get("api/v1/status/tsdb", &[("limit", &METRICS.to_string())], MAP).await.ok()?;
    Some(status.data.series_count_by_metric_name.into_iter().map(|count| (count.name, count.value)).collect())
}

async fn probe(http: &Http, selector: &str, window: Window, enough: u64) -> Result<Known, Unanswered> {
    let limit = enough.clamp(1, 200_000);
    let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_mul(PER_SERIES).clamp(1 << 20, 64 << 20);
    let (start, end, limit_text) = (seconds(window.start), seconds(window.end), limit.to_string());
    let form = [("match[]", selector), ("start", start.as_str()), ("end", &end), ("limit", &limit_text)];
    let answer: Success<Vec<IgnoredAny>> =
        http.get("api/v1/series", &form, most).await.map_err(|fault| match fault.kind {
            // Larger than so many series can be: it is more than enough.
            wardgate_core::FaultKind::Invalid => Unanswered::Refused,
            _ => Unanswered::Unavailable,
        })?;
    match answer.data.len() as u64 {
        count if count >= limit => Ok(Known { value: Value::Number(count), bound: Bound::AtLeast }),
        count => Ok(Known { value: Value::Number(count), bound: Bound::Exact }),
    }
}

/// The metric that a canonical selector names before its braces.
fn metric(selector: &str) -> Option<&str> {
    let name = selector.split('{').next()?.trim();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'_' || b == b':';
    (!name.is_empty() && name.bytes().all(fits)).then_some(name)
}
