//! How many series a selector touches, and which metrics have a name near to one: what reviewers ask before a query is let through.
//!
//! In this order: the map of metrics (`/api/v1/status/tsdb`, read once a minute), which bounds a metric by name within the head block and
//! costs nothing, and is all there is to know of a selector that is a name alone; what earlier look-ups and queries have counted; and a probe, which is bounded by what the reviewer would count to, one
//! in flight for each metric. A probe asks the server's own estimate (`/api/v1/query_cost`) where it has one and the map says that it
//! cannot be dear, else `/api/v1/series` with start, end and limit. Where none of these answers in time, what was learned within the hour
//! is told as `about`.
use super::{
    Http,
    client::Success,
    kept::Kept,
    memory::{Memory, Seen},
    seconds,
};
use serde::{Deserialize, de::IgnoredAny};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::{Duration, Instant},
};
use wardgate_core::{Bound, FaultKind, Known, Question, Unanswered, Value, Window};
use wardgate_promql::{metric_of, names::near};

const AGE: Duration = Duration::from_secs(60);
/// Metrics that the map can hold; Prometheus serves no more.
const METRICS: usize = 10_000;
/// Bytes of the map's answer at most.
const MAP: usize = 4 << 20;
/// A probe's answer, a series with its labels taken for a kilobyte at most.
const PER_SERIES: usize = 1 << 10;
/// Series that a probe counts at most.
const PROBE: u64 = 200_000;
/// Names that are offered for one that is not there.
const NEAR: usize = 10;
/// A server without an estimate of its own is asked again after so long: it may have been upgraded.
const ABSENT: Duration = Duration::from_secs(3600);
/// The estimate walks every series that matches, so it is asked only where the map knows of no more than this many times the limit.
const WALK: u64 = 4;

/// Series of each metric of the head block, read when it is asked for and a minute old.
#[derive(Default)]
pub(super) struct Map(Kept<Head>);

/// What `/api/v1/status/tsdb` says.
#[derive(Default)]
pub(super) struct Head {
    /// From when on the head block holds everything, ms since the epoch; none where the server does not say.
    since: Option<u64>,
    pub(super) series: HashMap<String, u64>,
}

impl Map {
    /// What is known; where the server does not answer, what it said last.
    pub(super) async fn head(&self, http: &Http) -> Arc<Head> {
        self.0.get(AGE, read(http)).await
    }
}

impl Head {
    /// At most so many series of a metric are in a window; zero where there is no such metric. None where the map cannot tell: the
    /// window begins before it, or it does not hold every metric.
    fn bound(&self, metric: &str, window: Window) -> Option<u64> {
        if metric.is_empty() || self.since.is_none_or(|since| window.start < since) {
            return None;
        }
        match self.series.get(metric) {
            Some(count) => Some(*count),
            None => (self.series.len() < METRICS).then_some(0),
        }
    }
}

/// Answers reviewers' questions.
#[derive(Default)]
pub(super) struct Catalogue {
    pub(super) map: Map,
    memory: Mutex<Memory>,
    /// Probes in flight, by metric; never more entries than calls.
    flights: Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>,
    /// When the server was found to have no estimate of its own.
    no_estimate: Mutex<Option<Instant>>,
}

impl Catalogue {
    /// Bounded by `time`; answers of the server that fail are not kept.
    pub(super) async fn answer(&self, http: &Http, question: &Question, time: Duration) -> Result<Known, Unanswered> {
        // A query that is only proposed is judged from what is known already.
        let cached = question.arguments.get("from").is_some_and(|from| from == "cache");
        let looked = tokio::time::timeout(time, self.look(http, question, cached)).await;
        match looked {
            Ok(Ok(known)) => Ok(known),
            Ok(Err(failed @ (Unanswered::Missing | Unanswered::Unsupported | Unanswered::Refused))) => Err(failed),
            Ok(Err(failed)) => self.learned(question).ok_or(failed),
            Err(_) => self.learned(question).ok_or(Unanswered::Timeout),
        }
    }

    async fn look(&self, http: &Http, question: &Question, cached: bool) -> Result<Known, Unanswered> {
        match question.kind.as_str() {
            "series" => {}
            "metric-names" => {
                let head = self.map.head(http).await;
                let names = head.series.keys().map(String::as_str);
                let near = near(&question.subject, names, NEAR).into_iter().map(str::to_owned).collect();
                return Ok(Known { value: Value::Texts(near), bound: Bound::About });
            }
            _ => return Err(Unanswered::Unsupported),
        }
        let window = question.window.ok_or(Unanswered::Refused)?;
        let enough = question.stop_at.unwrap_or(u64::MAX);
        let metric = metric_of(&question.subject);
        let head = self.map.head(http).await;
        let bound = head.bound(metric, window);
        match bound {
            Some(0) => return Err(Unanswered::Missing),
            Some(count) if count < enough => return Ok(number(count, Bound::AtMost)),
            _ => {}
        }
        if let Some(known) = self.remembered(question, AGE) {
            return Ok(known);
        }
        // A name and nothing else reads what the map has counted: a probe could only repeat that, at the server's cost.
        if let Some(count) = bound.filter(|_| question.subject == metric) {
            return Ok(number(count, Bound::AtMost));
        }
        if cached {
            return Err(Unanswered::Unavailable);
        }
        let flight = self.flight(metric);
        let _one = flight.lock().await;
        // Whoever flew before may have found it.
        if let Some(known) = self.remembered(question, AGE) {
            return Ok(known);
        }
        let limit = enough.clamp(1, PROBE);
        let (count, bound) = match self.estimate(http, &question.subject, window, bound, limit).await {
            Some(count) => (count, if count >= limit { Bound::AtLeast } else { Bound::About }),
            None => probe(http, &question.subject, window, limit).await?,
        };
        self.learn(&question.subject, Seen { window, count, bound });
        Ok(number(count, bound))
    }

    /// What a query or a look-up has counted, for later questions.
    pub(super) fn learn(&self, selector: &str, seen: Seen) {
        self.memory().put(selector, seen);
    }

    fn remembered(&self, question: &Question, age: Duration) -> Option<Known> {
        let window = question.window?;
        let (count, bound) = self.memory().get(&question.subject, window, question.stop_at.unwrap_or(u64::MAX), age)?;
        Some(number(count, bound))
    }

    /// What was counted within the hour: things change, so it is told as what it is.
    fn learned(&self, question: &Question) -> Option<Known> {
        if question.kind != "series" {
            return None;
        }
        self.remembered(question, Memory::AGE).map(|known| Known { bound: Bound::About, ..known })
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn flight(&self, metric: &str) -> Arc<tokio::sync::Mutex<()>> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(metric).and_then(Weak::upgrade) {
            return flight;
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::default();
        flights.insert(metric.to_owned(), Arc::downgrade(&flight));
        flight
    }

    /// The server's own estimate, if it has one and it cannot be dear.
    async fn estimate(
        &self,
        http: &Http,
        selector: &str,
        window: Window,
        known: Option<u64>,
        limit: u64,
    ) -> Option<u64> {
        let absent = || self.no_estimate.lock().unwrap_or_else(PoisonError::into_inner);
        let cheap = known.is_some_and(|count| count <= limit.saturating_mul(WALK));
        if !cheap || absent().is_some_and(|at| at.elapsed() < ABSENT) {
            return None;
        }
        let length = window.end.saturating_sub(window.start).max(1);
        let query = format!("count_over_time({selector}[{length}ms])");
        let form = [("query", query.as_str()), ("time", &seconds(window.end)), ("timeout", "2s")];
        match http.post::<QueryCost>("api/v1/query_cost", &form, 64 << 10).await {
            Ok(answer) => u64::try_from(answer.data.estimate.series_touched).ok(),
            Err(fault) => {
                if matches!(fault.kind, FaultKind::Unsupported | FaultKind::Refused) {
                    *absent() = Some(Instant::now());
                }
                None
            }
        }
    }
}

fn number(count: u64, bound: Bound) -> Known {
    Known { value: Value::Number(count), bound }
}

#[derive(Deserialize)]
struct QueryCost {
    estimate: Estimate,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Estimate {
    series_touched: i64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TsdbStatus {
    series_count_by_metric_name: Vec<Count>,
    #[serde(default)]
    head_stats: Option<HeadStats>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct HeadStats {
    min_time: i64,
}

#[derive(Deserialize)]
struct Count {
    name: String,
    value: u64,
}

async fn read(http: &Http) -> Option<Head> {
    let status: Success<TsdbStatus> =
        http.get("api/v1/status/tsdb", &[("limit", &METRICS.to_string())], MAP).await.ok()?;
    let TsdbStatus { series_count_by_metric_name: counts, head_stats } = status.data;
    // An empty head says that it begins at the end of time.
    let since = head_stats.and_then(|stats| u64::try_from(stats.min_time).ok()).filter(|_| !counts.is_empty());
    Some(Head { since, series: counts.into_iter().map(|count| (count.name, count.value)).collect() })
}

/// Counts the series that are there in a window, up to `limit`.
async fn probe(http: &Http, selector: &str, window: Window, limit: u64) -> Result<(u64, Bound), Unanswered> {
    let most = usize::try_from(limit).unwrap_or(usize::MAX).saturating_mul(PER_SERIES).clamp(1 << 20, 64 << 20);
    let (start, end, limit_text) = (seconds(window.start), seconds(window.end), limit.to_string());
    let form = [("match[]", selector), ("start", start.as_str()), ("end", &end), ("limit", &limit_text)];
    let answer: Success<Vec<IgnoredAny>> = match http.get("api/v1/series", &form, most).await {
        Ok(answer) => answer,
        // A server that knows no limit and has more than so many series can take: it is more than enough.
        Err(fault) if fault.kind == FaultKind::Invalid => return Err(Unanswered::Refused),
        Err(_) => return Err(Unanswered::Unavailable),
    };
    match answer.data.len() as u64 {
        count if count >= limit => Ok((count, Bound::AtLeast)),
        count => Ok((count, Bound::Exact)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_map_bounds_what_lies_within_the_head_block_and_nothing_else() {
        let head = Head { since: Some(1_000), series: [("up".to_owned(), 7)].into() };
        let window = |start| Window { start, end: 2_000 };
        for (metric, start, bound) in
            [("up", 1_000, Some(7)), ("up", 999, None), ("gone", 1_000, Some(0)), ("gone", 0, None), ("", 1_500, None)]
        {
            assert_eq!(head.bound(metric, window(start)), bound, "{metric} from {start}");
        }
        let unsaid = Head { since: None, ..head };
        assert_eq!(unsaid.bound("up", window(1_000)), None, "a server that does not say when its head begins");
        let full = (0..METRICS).map(|n| (format!("m{n}"), 1)).collect();
        let full = Head { since: Some(0), series: full };
        assert_eq!(full.bound("other", window(0)), None, "a map that holds all it can may have left it out");
    }
}
