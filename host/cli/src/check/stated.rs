//! What stands in for a cluster and a log: facts and series as they were stated, requests as they are, a ledger that keeps nothing.
use anyhow::{Context as _, Result};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
    sync::Arc,
};
use wardgate_cluster::promql_floor;
use wardgate_core::{
    AnyRequest, Bound, BoxFuture, Context, Denial, Exec, Facts, Intent, Known, Ledger, LedgerDown, Logs, Lookup,
    Opened, Outcome, Place, Prepare, Query, Question, Target, TurnedAway, Unanswered, Value, floor,
};
use wardgate_promql::{catalogue::Catalogue, names::near};

/// Series of a mid-size cluster, by metric: what the guard reckons with offline.
const CATALOG: &str = include_str!("../../../../plugins/promql-guard/catalog.json");
/// Names that a catalogue offers for one that it does not know.
const NEAR: usize = 10;

/// Canonical, and the floor for metrics where the line turned it on; namespaces count as open.
pub(super) struct Plain {
    pub(super) cluster_metrics: Option<BTreeSet<String>>,
    /// Labels that were stated, and of which namespace; of all if it was not named.
    pub(super) labels: Option<(Option<String>, BTreeMap<String, String>)>,
}

impl Plain {
    fn open(&self, namespace: &str) -> bool {
        match &self.labels {
            Some((of, labels)) if of.as_deref().is_none_or(|of| of == namespace) => {
                floor::namespace(namespace, labels, false).is_ok()
            }
            _ => true,
        }
    }
}

impl Prepare<Exec> for Plain {
    fn prepare(&self, request: Exec, _: &Context) -> Result<Exec, Denial> {
        Ok(request)
    }
}

impl Prepare<Logs> for Plain {
    fn prepare(&self, request: Logs, _: &Context) -> Result<Logs, Denial> {
        Ok(request)
    }
}

impl Prepare<Query> for Plain {
    fn prepare(&self, request: Query, _: &Context) -> Result<Query, Denial> {
        if let Some(metrics) = &self.cluster_metrics {
            promql_floor::check(&request.text, &|namespace| self.open(namespace), metrics)?;
        }
        Ok(request)
    }
}

/// A look-up that knows what was stated.
pub(super) struct Stated {
    pub(super) target: Target,
    pub(super) catalog: Arc<Catalog>,
}

impl Lookup for Stated {
    fn resolve<'a>(&'a self, _: &'a Place, _: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        let facts = Facts { targets: vec![self.target.clone()], ..Facts::default() };
        Box::pin(std::future::ready(Ok(facts)))
    }

    fn answer<'a>(&'a self, _: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        Box::pin(std::future::ready(self.catalog.answer(question)))
    }
}

pub(super) struct Catalog {
    series: Catalogue,
    unknown: Option<u64>,
}

impl Catalog {
    pub(super) fn none() -> Self {
        Self { series: Catalogue::default(), unknown: None }
    }

    pub(super) fn read(path: Option<PathBuf>, unknown: Option<u64>) -> Result<Self> {
        let series: BTreeMap<String, u64> = match path {
            Some(path) => {
                let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                serde_json::from_str(&text)
                    .with_context(|| format!("{}: a JSON object of metric and series", path.display()))?
            }
            None => serde_json::from_str(CATALOG).context("the shipped catalogue")?,
        };
        Ok(Self { series: series.into_iter().collect(), unknown })
    }

    fn answer(&self, question: &Question) -> Result<Known, Unanswered> {
        match question.kind.as_str() {
            "series" => {}
            "metric-names" => {
                let mut names: Vec<&str> = self.series.names().collect();
                names.sort_unstable();
                let near = near(&question.subject, names, NEAR).into_iter().map(str::to_owned).collect();
                return Ok(Known { value: Value::Texts(near), bound: Bound::About });
            }
            _ => return Err(Unanswered::Unavailable),
        }
        let number = |count, bound| Ok(Known { value: Value::Number(count), bound });
        match self.series.estimate(&question.subject) {
            // The catalogue counts a metric; what a matcher leaves of it is a guess.
            Some(found) => number(found.series, if found.narrowed { Bound::About } else { Bound::AtMost }),
            None => self.unknown.map_or(Err(Unanswered::Missing), |count| number(count, Bound::AtMost)),
        }
    }
}

/// A ledger that keeps nothing: a check is no call.
pub(super) struct Nothing;

impl Ledger for Nothing {
    fn commit<'a>(&'a self, _: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(std::future::ready(Err(LedgerDown)))
    }
    fn refuse<'a>(&'a self, _: &'a Intent, _: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(std::future::ready(Ok(())))
    }
    fn turn_away<'a>(&'a self, _: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
