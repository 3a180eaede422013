//! `k8s_get`: one object in compact form.
use super::{Asked, LABEL, Plan, SUBDOMAIN, Tool};
use crate::{
    draft::{Counts, Draft, Rows},
    gateway::Backends,
    kinds,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use wardgate_core::{AnyRequest, Channel, Denial, Keep, Place, Selection, Settled, Verb};

pub(crate) struct Get;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// What it is.
    #[schemars(length(min = 1, max = 64))]
    kind: String,
    /// Its namespace. Not for nodes and namespaces.
    #[schemars(length(min = 1, max = 63), regex(pattern = LABEL))]
    namespace: Option<String>,
    /// Its name.
    #[schemars(length(min = 1, max = 253), regex(pattern = SUBDOMAIN))]
    name: String,
}

impl Tool for Get {
    fn name(&self) -> &'static str {
        "k8s_get"
    }

    fn title(&self) -> &'static str {
        "Get a Kubernetes object"
    }

    fn description(&self) -> &'static str {
        "Reads one object in compact form: spec, status, conditions, restarts, why the last run ended. Without managed fields \
         and values of environment variables."
    }

    fn input(&self, _: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        schema::bound(&mut schema, "kind", &[("enum", json!(kinds::names()))]);
        schema
    }

    fn loose(&self) -> &'static [&'static str] {
        &["kind"]
    }

    fn output(&self) -> JsonObject {
        schema::output(
            &json!({
                "object": {"type": ["object", "array", "string", "null"], "description": "the object, or null"},
                "advice": {"type": "string"},
                "unparsed": {},
            }),
            &["object"],
        )
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.objects.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let kind = kinds::find(&input.kind)?;
        let namespace = match (kind.namespaced, input.namespace) {
            (true, None) => return Err(asked.wrong("namespace", &format!("must be named for {}", kind.plural))),
            (true, named) => named,
            (false, Some(_)) => {
                return Err(asked.wrong("namespace", &format!("must be left out: {} lie in no namespace", kind.plural)));
            }
            // A namespace is judged by its own labels.
            (false, None) if kind.plural == "namespaces" => Some(input.name.clone()),
            (false, None) => None,
        };
        let selection = Selection {
            verb: Verb::Get,
            api_group: kind.group.into(),
            kind: kind.plural.into(),
            name: Some(input.name),
            ..Selection::default()
        };
        Ok(Plan::of(Place { namespace, ..Place::default() }, AnyRequest::Objects(selection)))
    }

    fn draft(&self, _: &Plan, settled: &Settled) -> Draft {
        let body = settled.body();
        let mut draft = Draft::new(settled);
        let object = body.records.iter().find(|record| record.channel == Channel::Object);
        draft.put("object", object.map_or(Value::Null, |record| record.value.clone()));
        if object.is_none() && body.records_cut > 0 {
            draft.put("advice", "the object does not fit an answer: an operator can raise answer_bytes".into());
        }
        let unparsed: Vec<&str> = body.lines(Channel::Object).collect();
        if !unparsed.is_empty() {
            draft.put("unparsed", json!(unparsed));
            draft.rows(Rows { key: "unparsed", keep: Keep::First, counts: Counts::Lines });
        }
        draft
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{plan, rule};
    use super::*;

    #[test]
    fn a_namespace_is_its_own_place() {
        let asked = plan(&Get, &json!({"kind": "ns", "name": "shop"})).unwrap();
        assert_eq!(asked.place.namespace.as_deref(), Some("shop"));
        let asked = plan(&Get, &json!({"kind": "node", "name": "ip-10-0-0-1.ec2.internal"})).unwrap();
        assert_eq!(asked.place, Place::default());
        let AnyRequest::Objects(selection) = asked.request else { unreachable!() };
        assert_eq!((selection.verb, selection.kind.as_str()), (Verb::Get, "nodes"));
    }

    #[test]
    fn what_cannot_be_got_is_said() {
        for (arguments, says) in [
            (json!({"kind": "pods", "name": "a"}), "arguments.invalid: namespace must be named for pods"),
            (json!({"kind": "nodes", "name": "a", "namespace": "b"}), "arguments.invalid: namespace must be left out"),
            (json!({"kind": "pods", "namespace": "b"}), "arguments.missing: k8s_get needs name"),
            (json!({"kind": "pods", "namespace": "b", "name": "a/../b"}), "arguments.invalid: name does not look like"),
            (json!({"kind": "configmaps", "namespace": "b", "name": "a"}), "arguments.kind: "),
        ] {
            let got = rule(&Get, &arguments);
            assert!(got.starts_with(says), "{got}");
        }
    }
}
