//! The mirror: a captured incident, served through the same traits as a live cluster. Nothing here opens a connection.
//!
//! `capture` reads the files (format: docs/mirror.md), `promql` evaluates queries over the captured samples, the rest are
//! the look-ups and backends of the road. The capture's end is "now". The floor holds here as everywhere.

mod bundled;
mod capture;
#[cfg(test)]
mod capture_tests;
mod error;
mod exec;
mod files;
mod logs;
mod lookup;
mod metrics;
mod objects;
mod promql;
mod queries;
#[cfg(test)]
mod tenancy_tests;
#[cfg(test)]
pub(crate) mod tests;

pub use error::CaptureError;
pub use promql::QueryError;

use crate::promql_tenancy::Tenancy;
use capture::{Capture, meta};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    sync::Arc,
};
use wardgate_core::{Fault, FaultKind, floor};

/// What can be set about a mirror.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Metrics that are bound to no namespace and may be asked for without one.
    pub cluster_metrics: BTreeSet<String>,
    /// What becomes of a selector that names no namespaces.
    pub tenancy: Tenancy,
    /// Pod annotations that reviewers may see.
    pub annotations: Vec<String>,
}

/// A captured incident; implements `Lookup` and the backends of every kind of request. Cheap to share, never changes.
pub struct Mirror {
    capture: Arc<Capture>,
    settings: Settings,
}

impl Mirror {
    /// Reads the capture in a directory. Blocks; nothing outside the directory is read.
    pub fn open(path: &Path, settings: Settings) -> Result<Self, CaptureError> {
        Ok(Self { capture: Arc::new(Capture::open(path)?), settings })
    }

    /// The demo incident that is built into the binary.
    pub fn bundled(settings: Settings) -> Result<Self, CaptureError> {
        Ok(Self { capture: Arc::new(Capture::embedded(bundled::FILES)?), settings })
    }

    /// The incident's short name.
    pub fn name(&self) -> &str {
        &self.capture.name
    }

    /// What the incident is, in a sentence.
    pub fn title(&self) -> &str {
        &self.capture.title
    }

    /// The capture's first and last moment, milliseconds since the epoch. The last one is this mirror's "now".
    pub fn window(&self) -> (u64, u64) {
        let ms = |t: jiff::Timestamp| u64::try_from(t.as_millisecond()).unwrap_or_default();
        (ms(self.capture.start), ms(self.capture.end))
    }

    /// The names of the namespaces that are open, in order.
    pub fn open_namespaces(&self) -> Vec<String> {
        let names = self.capture.of("namespaces").iter().map(|n| meta(n, "name"));
        names.filter(|name| self.is_open(name, false)).map(str::to_owned).collect()
    }

    /// The labels of a namespace; none where there is no such namespace.
    fn namespace_labels(&self, name: &str) -> BTreeMap<String, String> {
        self.capture.object("namespaces", "", name).map(labels).unwrap_or_default()
    }

    fn is_open(&self, namespace: &str, exec: bool) -> bool {
        floor::namespace(namespace, &self.namespace_labels(namespace), exec).is_ok()
    }

    /// The floor's second look. A capture does not change, yet no backend takes the first look's word for it.
    fn must_be_open(&self, namespace: &str, exec: bool) -> Result<(), Fault> {
        if self.is_open(namespace, exec) {
            return Ok(());
        }
        Err(Fault::new(FaultKind::Changed, "the namespace is not open"))
    }
}

/// An object's labels.
fn labels(object: &serde_json::Value) -> BTreeMap<String, String> {
    let pairs = object["metadata"]["labels"].as_object().into_iter().flatten();
    pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
