//! `k8s_top`: what pods and nodes use right now, from the metrics API.
use super::{Asked, LABEL, Plan, SELECTOR, SUBDOMAIN, Tool};
use crate::{
    draft::Draft,
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
#[cfg(test)]
use serde_json::json;
use wardgate_core::{AnyRequest, Channel, Denial, Keep, Place, Selection, Settled, Verb};

pub(crate) struct Top;

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Of {
    Pods,
    Nodes,
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Pods or nodes.
    kind: Of,
    /// The pods' namespace. Without it every namespace that is open to you. Not for nodes.
    #[schemars(length(min = 1, max = 63), regex(pattern = LABEL))]
    namespace: Option<String>,
    /// One pod or node by name; a pod needs its namespace.
    #[schemars(length(min = 1, max = 253), regex(pattern = SUBDOMAIN))]
    name: Option<String>,
    /// Only pods or nodes that carry these labels.
    #[schemars(length(min = 1, max = 512), regex(pattern = SELECTOR))]
    label_selector: Option<String>,
}

impl Tool for Top {
    fn name(&self) -> &'static str {
        "k8s_top"
    }

    fn title(&self) -> &'static str {
        "Show CPU and memory in use"
    }

    fn description(&self) -> &'static str {
        "Shows how much CPU and memory pods (each container) or nodes use right now; the course over time is in the metrics."
    }

    fn input(&self, _: &Bounds) -> JsonObject {
        schema::input::<Input>()
    }

    fn output(&self) -> JsonObject {
        super::list_output("usage by pod and container, or by node")
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.objects.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let kind = match input.kind {
            Of::Pods => "podmetrics",
            Of::Nodes => "nodemetrics",
        };
        if matches!(input.kind, Of::Nodes) && input.namespace.is_some() {
            return Err(asked.wrong("namespace", "must be left out: nodes lie in no namespace"));
        }
        if matches!(input.kind, Of::Pods) && input.name.is_some() && input.namespace.is_none() {
            return Err(asked.wrong("namespace", "must be named with a pod's name"));
        }
        if input.name.is_some() && input.label_selector.is_some() {
            return Err(asked.wrong("name", "and label_selector cannot both be named"));
        }
        let selection = Selection {
            verb: if input.name.is_some() { Verb::Get } else { Verb::List },
            api_group: "metrics.k8s.io".into(),
            kind: kind.into(),
            limit: input.name.is_none().then_some(asked.bounds.max_list_limit),
            name: input.name,
            label_selector: input.label_selector,
            ..Selection::default()
        };
        Ok(Plan::of(Place { namespace: input.namespace, ..Place::default() }, AnyRequest::Objects(selection)))
    }

    fn draft(&self, _: &Plan, settled: &Settled) -> Draft {
        let mut draft = super::list::page(settled, Channel::Object, Keep::First);
        draft.summary(|shown| super::summary(shown, "usages"));
        draft
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{plan, rule};
    use super::*;

    #[test]
    fn usage_is_an_object_of_the_metrics_api() {
        for (asked, kind, verb) in [
            (json!({"kind": "pods"}), "podmetrics", Verb::List),
            (json!({"kind": "pods", "namespace": "shop", "name": "a"}), "podmetrics", Verb::Get),
            (json!({"kind": "nodes"}), "nodemetrics", Verb::List),
        ] {
            let AnyRequest::Objects(selection) = plan(&Top, &asked).unwrap().request else { unreachable!() };
            assert_eq!((selection.kind.as_str(), selection.verb), (kind, verb), "{asked}");
            assert_eq!(selection.api_group, "metrics.k8s.io");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (arguments, says) in [
            (json!({"kind": "jobs"}), "arguments.invalid: kind must be one of pods, nodes"),
            (json!({"kind": "nodes", "namespace": "a"}), "arguments.invalid: namespace must be left out"),
            (json!({"kind": "pods", "name": "a"}), "arguments.invalid: namespace must be named"),
            (
                json!({"kind": "nodes", "name": "a", "label_selector": "b=c"}),
                "arguments.invalid: name and label_selector",
            ),
        ] {
            let got = rule(&Top, &arguments);
            assert!(got.starts_with(says), "{got}");
        }
    }
}
