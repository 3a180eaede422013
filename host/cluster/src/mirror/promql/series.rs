//! Captured samples, indexed by metric name. Knows nothing of PromQL.

use super::labels::{Labels, NAME};
use std::{collections::BTreeMap, sync::Arc};

/// Prometheus' stale marker: a NaN of its own, which says that a series ended here.
const STALE: u64 = 0x7ff0_0000_0000_0002;

/// One sample: milliseconds since the epoch, and its value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Sample {
    pub(crate) t: i64,
    pub(crate) v: f64,
}

impl Sample {
    /// The marker that ends a series at `t`.
    pub(crate) fn stale(t: i64) -> Self {
        Self { t, v: f64::from_bits(STALE) }
    }

    /// Is this the end of the series rather than a value?
    pub(crate) fn is_stale(self) -> bool {
        self.v.to_bits() == STALE
    }
}

/// One series with its samples in the order of time.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub(crate) labels: Labels,
    pub(crate) samples: Vec<Sample>,
}

/// What a capture says of a metric: its type and its help line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) kind: String,
    pub(crate) help: String,
}

/// All series of a capture, sorted by their labels.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    series: Vec<Series>,
    by_name: BTreeMap<Arc<str>, Vec<usize>>,
    about: BTreeMap<String, About>,
}

impl Store {
    /// Takes series in any order; the samples of each must already be in the order of time.
    pub(crate) fn new(mut series: Vec<Series>, about: BTreeMap<String, About>) -> Self {
        series.sort_by(|a, b| a.labels.cmp(&b.labels));
        let mut by_name: BTreeMap<Arc<str>, Vec<usize>> = BTreeMap::new();
        for (at, one) in series.iter().enumerate() {
            by_name.entry(one.labels.value(NAME).into()).or_default().push(at);
        }
        Self { series, by_name, about }
    }

    /// Every series, sorted by labels.
    pub(crate) fn all(&self) -> &[Series] {
        &self.series
    }

    /// The series at these places that carry this metric name.
    pub(crate) fn named(&self, name: &str) -> &[usize] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Type and help of a metric, where the capture has them.
    pub(crate) fn about(&self, name: &str) -> Option<&About> {
        self.about.get(name)
    }
}
