//! The kinds that can be read: how the API server calls them. Nothing else has a path.

use wardgate_core::Denial;

/// One readable kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// The word that requests use: the plural name, but `podmetrics` and `nodemetrics` for those of metrics.k8s.io.
    pub word: &'static str,
    /// The API group and version in a path.
    pub api: &'static str,
    /// The resource's plural name in a path.
    pub resource: &'static str,
    /// The object's `kind`.
    pub kind: &'static str,
    /// Whether it lives in namespaces.
    pub namespaced: bool,
}

const fn kind(
    word: &'static str,
    api: &'static str,
    resource: &'static str,
    kind: &'static str,
    namespaced: bool,
) -> Kind {
    Kind { word, api, resource, kind, namespaced }
}

/// All of them, ordered.
pub const KINDS: [Kind; 14] = [
    kind("cronjobs", "apis/batch/v1", "cronjobs", "CronJob", true),
    kind("daemonsets", "apis/apps/v1", "daemonsets", "DaemonSet", true),
    kind("deployments", "apis/apps/v1", "deployments", "Deployment", true),
    kind("endpointslices", "apis/discovery.k8s.io/v1", "endpointslices", "EndpointSlice", true),
    kind(
        "horizontalpodautoscalers",
        "apis/autoscaling/v2",
        "horizontalpodautoscalers",
        "HorizontalPodAutoscaler",
        true,
    ),
    kind("jobs", "apis/batch/v1", "jobs", "Job", true),
    kind("namespaces", "api/v1", "namespaces", "Namespace", false),
    kind("nodemetrics", "apis/metrics.k8s.io/v1beta1", "nodes", "NodeMetrics", false),
    kind("nodes", "api/v1", "nodes", "Node", false),
    kind("podmetrics", "apis/metrics.k8s.io/v1beta1", "pods", "PodMetrics", true),
    kind("pods", "api/v1", "pods", "Pod", true),
    kind("replicasets", "apis/apps/v1", "replicasets", "ReplicaSet", true),
    kind("services", "api/v1", "services", "Service", true),
    kind("statefulsets", "apis/apps/v1", "statefulsets", "StatefulSet", true),
];

/// The kind that a request's word names.
pub fn by_word(word: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.word == word)
}

/// What a caller passes on as a cursor is none.
pub(crate) fn no_cursor() -> Denial {
    Denial::new("target.cursor", "the cursor is not one that an answer gave")
        .remedy("pass next_cursor on unchanged, or begin again without one")
}
