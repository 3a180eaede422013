//! About what: the place a caller names, and the target that look-ups make of it.
use crate::Subject;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the caller wrote. Nothing in it has been looked up.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Place {
    /// `None`: every namespace that the floor lets through, or none for what is cluster-scoped.
    pub namespace: Option<String>,
    /// One pod.
    pub pod: Option<String>,
    /// One container of it.
    pub container: Option<String>,
    /// A label selector over pods, instead of `pod`.
    pub pod_selector: Option<String>,
}

/// One container, pod, namespace or the cluster, as look-ups found it. What the request does not name is empty.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Target {
    /// The operator's name for the cluster.
    pub cluster: String,
    /// Empty for what is cluster-scoped, and for queries.
    pub namespace: String,
    /// The namespace's labels: the floor reads them.
    pub namespace_labels: BTreeMap<String, String>,
    /// The pod's name.
    pub pod: String,
    /// Its UID: a name can be used again, a UID cannot.
    pub pod_uid: String,
    /// Its labels.
    pub pod_labels: BTreeMap<String, String>,
    /// The node it runs on.
    pub node: String,
    /// The container.
    pub container: String,
    /// The image as the pod names it.
    pub image: String,
    /// The image's digest as it runs, `sha256:…`.
    pub image_digest: String,
}

impl Target {
    /// `namespace/pod/container`, as far as there are any.
    pub fn path(&self) -> String {
        let words = [&self.namespace, &self.pod, &self.container].into_iter().map(String::as_str);
        words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("/")
    }
}

/// Where a request was met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// At the tool endpoint.
    Gateway,
    /// By the API server's admission webhook.
    Admission,
}

/// Everything about a request but the request: with it and the answers, a review can be replayed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Context {
    /// Who asks.
    pub subject: Subject,
    /// About what.
    pub target: Target,
    /// Where it was met.
    pub origin: Origin,
    /// The host's clock when the call came in, milliseconds since the epoch.
    pub now: u64,
    /// Further facts under documented keys; see `wit/policy.wit`.
    pub attributes: BTreeMap<String, String>,
}
