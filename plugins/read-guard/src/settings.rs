//! What the operator sets. The defaults are those of `defaults.json`, which a test compares.
use serde::Deserialize;

/// The settings of read-guard; see settings.schema.json.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub(crate) logs: Logs,
    pub(crate) events: Events,
    pub(crate) objects: Objects,
    pub(crate) field_selectors: Vec<String>,
    pub(crate) max_selector_length: usize,
    pub(crate) max_read_bytes: u64,
    pub(crate) timeout_ms: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Logs {
    pub(crate) max_since_seconds: u32,
    pub(crate) max_tail_lines: u32,
    pub(crate) max_limit_bytes: u64,
    pub(crate) max_pattern_length: usize,
    pub(crate) previous: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Events {
    pub(crate) max_items: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Objects {
    pub(crate) max_items: u32,
    pub(crate) verbs: Vec<Verb>,
    pub(crate) kinds: Vec<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Verb {
    Get,
    List,
}

/// A resource: its API group and plural name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kind {
    pub(crate) group: String,
    pub(crate) kind: String,
}

const KINDS: [(&str, &str); 14] = [
    ("", "pods"),
    ("apps", "deployments"),
    ("apps", "replicasets"),
    ("apps", "statefulsets"),
    ("apps", "daemonsets"),
    ("batch", "jobs"),
    ("batch", "cronjobs"),
    ("", "services"),
    ("discovery.k8s.io", "endpointslices"),
    ("autoscaling", "horizontalpodautoscalers"),
    ("", "nodes"),
    ("", "namespaces"),
    ("metrics.k8s.io", "podmetrics"),
    ("metrics.k8s.io", "nodemetrics"),
];

const FIELDS: [&str; 14] = [
    "metadata.name",
    "metadata.namespace",
    "spec.nodeName",
    "status.phase",
    "type",
    "reason",
    "involvedObject.kind",
    "involvedObject.name",
    "involvedObject.namespace",
    "involvedObject.uid",
    "regarding.kind",
    "regarding.name",
    "regarding.namespace",
    "regarding.uid",
];

impl Default for Settings {
    fn default() -> Self {
        Settings {
            logs: Logs::default(),
            events: Events::default(),
            objects: Objects::default(),
            field_selectors: FIELDS.iter().map(|field| (*field).to_owned()).collect(),
            max_selector_length: 1024,
            max_read_bytes: 16 << 20,
            timeout_ms: 30_000,
        }
    }
}

impl Default for Logs {
    fn default() -> Self {
        Logs {
            max_since_seconds: 3600,
            max_tail_lines: 2000,
            max_limit_bytes: 16 << 20,
            max_pattern_length: 200,
            previous: true,
        }
    }
}

impl Default for Events {
    fn default() -> Self {
        Events { max_items: 500 }
    }
}

impl Default for Objects {
    fn default() -> Self {
        let kind = |(group, kind): &(&str, &str)| Kind { group: (*group).to_owned(), kind: (*kind).to_owned() };
        Objects { max_items: 500, verbs: vec![Verb::Get, Verb::List], kinds: KINDS.iter().map(kind).collect() }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_file_says_the_defaults() {
        let shipped: Settings = wardgate_guest::parse_settings(include_str!("../defaults.json")).unwrap();
        assert_eq!(shipped, Settings::default());
    }

    #[test]
    fn an_unknown_key_is_refused() {
        let error = wardgate_guest::parse_settings::<Settings>(r#"{"logs": {"max_lines": 3}}"#).unwrap_err();
        assert!(error.contains("`max_lines`"), "{error}");
    }
}
