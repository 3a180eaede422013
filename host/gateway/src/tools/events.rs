//! `k8s_get_events`: what Kubernetes itself reported.
use super::{Asked, LABEL, Plan, SUBDOMAIN, Tool};
use crate::{
    draft::Draft,
    gateway::Backends,
    kinds,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;
use wardgate_core::{AnyRequest, Channel, Denial, Keep, Place, Selection, Settled, Verb};

pub(crate) struct Events;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The namespace.
    #[schemars(length(min = 1, max = 63), regex(pattern = LABEL))]
    namespace: String,
    /// Only events about objects of this kind.
    #[schemars(length(min = 1, max = 64))]
    kind: Option<String>,
    /// Only events about this object.
    #[schemars(length(min = 1, max = 253), regex(pattern = SUBDOMAIN))]
    name: Option<String>,
    /// Events at most, the newest.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
}

impl Tool for Events {
    fn name(&self) -> &'static str {
        "k8s_get_events"
    }

    fn title(&self) -> &'static str {
        "Read Kubernetes events"
    }

    fn description(&self) -> &'static str {
        "Reads events of a namespace, or about one object, in order of time: scheduling, image pulls, failed probes, kills, \
         back-offs. They tell why a pod does not start or was killed. Kubernetes keeps them for about an hour."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        let kinds: Vec<_> = kinds::KINDS.iter().filter(|kind| kind.namespaced).map(|kind| kind.plural).collect();
        schema::bound(&mut schema, "kind", &[("enum", json!(kinds))]);
        schema::bound_list(&mut schema, bounds);
        schema
    }

    fn loose(&self) -> &'static [&'static str] {
        &["kind"]
    }

    fn output(&self) -> JsonObject {
        super::list_output("events in order of time")
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.events.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let (api_group, kind) = match &input.kind {
            None => ("", ""),
            Some(name) => {
                let kind = kinds::find(name)?;
                if !kind.namespaced {
                    let wrong = format!("cannot be {}: their events lie in no namespace of yours", kind.plural);
                    return Err(asked.wrong("kind", &wrong));
                }
                (kind.group, kind.plural)
            }
        };
        let selection = Selection {
            verb: Verb::List,
            api_group: api_group.into(),
            kind: kind.into(),
            name: input.name,
            limit: Some(input.limit.unwrap_or(asked.bounds.default_list_limit)),
            ..Selection::default()
        };
        let place = Place { namespace: Some(input.namespace), ..Place::default() };
        Ok(Plan::of(place, AnyRequest::Events(selection)))
    }

    fn draft(&self, _: &Plan, settled: &Settled) -> Draft {
        let mut draft = super::list::page(settled, Channel::Event, Keep::Newest);
        draft.summary(|shown| super::summary(shown, "events"));
        draft
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{plan, rule};
    use super::*;

    #[test]
    fn an_object_concerned_is_named_by_kind_group_and_name() {
        let asked = json!({"namespace": "shop", "kind": "hpa", "name": "web", "limit": 5});
        let AnyRequest::Events(selection) = plan(&Events, &asked).unwrap().request else { unreachable!() };
        assert_eq!(selection.kind, "horizontalpodautoscalers");
        assert_eq!((selection.api_group.as_str(), selection.limit), ("autoscaling", Some(5)));
        let AnyRequest::Events(all) = plan(&Events, &json!({"namespace": "shop"})).unwrap().request else {
            unreachable!()
        };
        assert_eq!((all.kind.as_str(), all.name, all.limit), ("", None, Some(50)));
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (arguments, says) in [
            (json!({}), "arguments.missing: k8s_get_events needs namespace"),
            (json!({"namespace": "a", "kind": "node"}), "arguments.invalid: kind cannot be nodes"),
            (json!({"namespace": "a", "kind": "secret"}), "arguments.kind: "),
            (json!({"namespace": "a", "since": 5}), "arguments.unknown: "),
        ] {
            let got = rule(&Events, &arguments);
            assert!(got.starts_with(says), "{got}");
        }
    }
}
