//! The kinds that the tools show: their plural names, API groups, and the other names people call them by.
use wardgate_core::Denial;

/// One kind.
pub(crate) struct Kind {
    /// The resource's plural name.
    pub(crate) plural: &'static str,
    /// The API group; empty for core.
    pub(crate) group: &'static str,
    /// Whether its objects lie in namespaces.
    pub(crate) namespaced: bool,
    also: &'static [&'static str],
}

const fn kind(plural: &'static str, group: &'static str, namespaced: bool, also: &'static [&'static str]) -> Kind {
    Kind { plural, group, namespaced, also }
}

/// In the order in which they are listed.
pub(crate) const KINDS: [Kind; 12] = [
    kind("pods", "", true, &["pod", "po"]),
    kind("deployments", "apps", true, &["deployment", "deploy"]),
    kind("replicasets", "apps", true, &["replicaset", "rs"]),
    kind("statefulsets", "apps", true, &["statefulset", "sts"]),
    kind("daemonsets", "apps", true, &["daemonset", "ds"]),
    kind("jobs", "batch", true, &["job"]),
    kind("cronjobs", "batch", true, &["cronjob", "cj"]),
    kind("services", "", true, &["service", "svc"]),
    kind("endpointslices", "discovery.k8s.io", true, &["endpointslice"]),
    kind("horizontalpodautoscalers", "autoscaling", true, &["horizontalpodautoscaler", "hpa"]),
    kind("nodes", "", false, &["node", "no"]),
    kind("namespaces", "", false, &["namespace", "ns"]),
];

/// The plural names, in order.
pub(crate) fn names() -> Vec<&'static str> {
    KINDS.iter().map(|kind| kind.plural).collect()
}

/// The kind that somebody means by `name`: `Pod`, `pods`, `deploy`, `deployments.apps`.
pub(crate) fn find(name: &str) -> Result<&'static Kind, Denial> {
    let lower = name.to_ascii_lowercase();
    let (word, group) = lower.split_once('.').unwrap_or((&lower, ""));
    let fits = |kind: &&Kind| kind.plural == word || kind.also.contains(&word);
    let found = KINDS.iter().find(fits).filter(|kind| group.is_empty() || kind.group == group);
    found.ok_or_else(|| {
        let shown: String = name.chars().take(64).collect();
        Denial::new("arguments.kind", format!("{shown:?} is not a kind that can be shown"))
            .remedy(format!("one of {}; Secrets and ConfigMaps are never shown", names().join(", ")))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_names_people_use_are_understood() {
        for (name, plural, group) in [
            ("Pod", "pods", ""),
            ("po", "pods", ""),
            ("deploy", "deployments", "apps"),
            ("Deployment", "deployments", "apps"),
            ("deployments.apps", "deployments", "apps"),
            ("HorizontalPodAutoscaler", "horizontalpodautoscalers", "autoscaling"),
            ("endpointslices.discovery.k8s.io", "endpointslices", "discovery.k8s.io"),
            ("NS", "namespaces", ""),
        ] {
            let kind = find(name).unwrap();
            assert_eq!((kind.plural, kind.group), (plural, group), "{name}");
        }
    }

    #[test]
    fn what_is_never_shown_has_no_name_here() {
        for name in ["secrets", "secret", "configmaps", "cm", "", "pods.apps", "serviceaccounts"] {
            assert_eq!(find(name).err().unwrap().rule, "arguments.kind", "{name}");
        }
    }

    #[test]
    fn every_kind_passes_the_floor_by_name() {
        for kind in &KINDS {
            assert!(wardgate_core::floor::KINDS.contains(&kind.plural), "{}", kind.plural);
        }
    }
}
