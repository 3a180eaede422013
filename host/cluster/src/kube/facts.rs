//! What the watch caches keep of a pod and of a namespace: what look-ups need, and nothing that could hold a secret.
use serde::Deserialize;
use std::collections::BTreeMap;

pub(super) const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// A pod as it comes; fields that are not named here are dropped while parsing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Pod {
    pub(super) metadata: Metadata,
    spec: Spec,
    status: Status,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) uid: String,
    creation_timestamp: String,
    pub(super) labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Spec {
    node_name: String,
    containers: Vec<ContainerSpec>,
    init_containers: Vec<ContainerSpec>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct ContainerSpec {
    name: String,
    image: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Status {
    container_statuses: Vec<ContainerStatus>,
    init_container_statuses: Vec<ContainerStatus>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct ContainerStatus {
    name: String,
    #[serde(rename = "imageID")]
    image_id: String,
}

/// A namespace as it comes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Namespace {
    metadata: Metadata,
}

/// What is kept of a pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PodFacts {
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) uid: String,
    /// When, in RFC 3339 and UTC, which sorts as it reads.
    pub(super) created: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) annotations: BTreeMap<String, String>,
    pub(super) node: String,
    /// As the annotation names it.
    pub(super) default_container: Option<String>,
    /// In the pod's order; init containers after the others.
    pub(super) containers: Vec<ContainerFacts>,
    /// How many of them are no init containers.
    pub(super) main: usize,
}

/// What is kept of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ContainerFacts {
    pub(super) name: String,
    pub(super) image: String,
    pub(super) digest: String,
}

impl PodFacts {
    pub(super) fn of(pod: Pod, listed: &[String]) -> Self {
        let Pod { metadata, spec, status } = pod;
        let digests: BTreeMap<&str, &str> = status
            .container_statuses
            .iter()
            .chain(&status.init_container_statuses)
            .map(|status| (status.name.as_str(), digest(&status.image_id)))
            .collect();
        let facts = |c: &ContainerSpec| ContainerFacts {
            name: c.name.clone(),
            image: c.image.clone(),
            digest: digests.get(c.name.as_str()).copied().unwrap_or_default().to_string(),
        };
        let containers: Vec<_> = spec.containers.iter().chain(&spec.init_containers).map(facts).collect();
        Self {
            main: spec.containers.len(),
            default_container: metadata.annotations.get(DEFAULT_CONTAINER).cloned(),
            annotations: metadata.annotations.into_iter().filter(|(key, _)| listed.contains(key)).collect(),
            name: metadata.name,
            namespace: metadata.namespace,
            uid: metadata.uid,
            created: metadata.creation_timestamp,
            labels: metadata.labels,
            node: spec.node_name,
            containers,
        }
    }
}

/// What is kept of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct NamespaceFacts {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
}

impl NamespaceFacts {
    pub(super) fn of(namespace: Namespace) -> Self {
        Self { name: namespace.metadata.name, labels: namespace.metadata.labels }
    }
}

/// `…@sha256:…` or `sha256:…`; empty for what is no digest.
fn digest(image_id: &str) -> &str {
    image_id.rfind("sha256:").map_or("", |at| &image_id[at..])
}
