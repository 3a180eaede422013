//! `k8s_list`: objects of one kind in compact form.
use super::{Asked, LABEL, Plan, SELECTOR, Tool};
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
use wardgate_core::{AnyRequest, Channel, Cursor, Denial, Keep, Place, Selection, Settled, Verb};

pub(crate) struct List;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// What to list.
    #[schemars(length(min = 1, max = 64))]
    kind: String,
    /// One namespace. Without it every namespace that is open to you. Not for nodes and namespaces.
    #[schemars(length(min = 1, max = 63), regex(pattern = LABEL))]
    namespace: Option<String>,
    /// Only objects that carry these labels, like app=checkout,tier!=cache.
    #[schemars(length(min = 1, max = 512), regex(pattern = SELECTOR))]
    label_selector: Option<String>,
    /// Objects of one page, at most.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
    /// next_cursor of the page before, unchanged.
    #[schemars(length(min = 1, max = 700))]
    cursor: Option<String>,
}

impl Tool for List {
    fn name(&self) -> &'static str {
        "k8s_list"
    }

    fn title(&self) -> &'static str {
        "List Kubernetes objects"
    }

    fn description(&self) -> &'static str {
        "Lists objects of one kind in compact form: status, conditions, restarts, last termination, images. Start here: \
         kind=namespaces shows what is open to you, kind=pods which pods are unwell. Secrets, ConfigMaps and values of \
         environment variables are never shown."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        schema::bound(&mut schema, "kind", &[("enum", json!(kinds::names()))]);
        schema::bound_list(&mut schema, bounds);
        schema
    }

    fn loose(&self) -> &'static [&'static str] {
        &["kind"]
    }

    fn output(&self) -> JsonObject {
        super::list_output("objects in compact form, in the cluster's order")
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.objects.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let kind = kinds::find(&input.kind)?;
        if !kind.namespaced && input.namespace.is_some() {
            return Err(asked.wrong("namespace", &format!("must be left out: {} lie in no namespace", kind.plural)));
        }
        let cursor = match input.cursor {
            None => None,
            Some(text) => Some(Cursor::try_from(text).map_err(|wrong| asked.wrong("cursor", &format!("is {wrong}")))?),
        };
        let selection = Selection {
            verb: Verb::List,
            api_group: kind.group.into(),
            kind: kind.plural.into(),
            label_selector: input.label_selector,
            limit: Some(input.limit.unwrap_or(asked.bounds.default_list_limit)),
            cursor,
            ..Selection::default()
        };
        Ok(Plan::of(Place { namespace: input.namespace, ..Place::default() }, AnyRequest::Objects(selection)))
    }

    fn draft(&self, _: &Plan, settled: &Settled) -> Draft {
        let mut draft = page(settled, Channel::Object, Keep::First);
        draft.summary(|shown| super::summary(shown, "objects"));
        draft
    }
}

/// The draft of any list: items, how many, and where the rest is.
pub(super) fn page(settled: &Settled, channel: Channel, keep: Keep) -> Draft {
    let body = settled.body();
    let mut draft = Draft::new(settled);
    let items: Vec<Value> =
        body.records.iter().filter(|record| record.channel == channel).map(|record| record.value.clone()).collect();
    draft.put("shown", json!(items.len()));
    if let Some(total) = body.total {
        draft.put("total", json!(total));
    }
    if body.records_cut > 0 {
        draft.put("not_shown", json!(body.records_cut));
    }
    draft.put("items", Value::Array(items));
    if let Some(next) = &body.next {
        draft.put("next_cursor", next.as_str().into());
    }
    draft.rows(Rows { key: "items", keep, counts: Counts::Items });
    let unparsed: Vec<&str> = body.lines(channel).collect();
    if !unparsed.is_empty() {
        draft.put("unparsed", json!(unparsed));
        draft.rows(Rows { key: "unparsed", keep: Keep::First, counts: Counts::Lines });
    }
    draft.missing_if_read_limit("the read limit was met: items are missing; ask for fewer with limit");
    draft
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{plan, rule};
    use super::*;

    #[test]
    fn a_kind_by_any_of_its_names_becomes_a_selection() {
        let plan = plan(&List, &json!({"kind": "Deployment", "namespace": "shop", "cursor": "a.b:c"})).unwrap();
        let AnyRequest::Objects(selection) = plan.request else { unreachable!() };
        assert_eq!((selection.api_group.as_str(), selection.kind.as_str()), ("apps", "deployments"));
        assert_eq!((selection.limit, selection.cursor.unwrap().as_str()), (Some(50), "a.b:c"));
        assert_eq!((plan.place.namespace.as_deref(), selection.verb), (Some("shop"), Verb::List));
    }

    #[test]
    fn what_cannot_be_listed_is_said() {
        for (arguments, says) in [
            (json!({"kind": "secrets"}), "arguments.kind: \"secrets\" is not a kind that can be shown"),
            (json!({"kind": "nodes", "namespace": "a"}), "arguments.invalid: namespace must be left out"),
            (json!({"kind": "pods", "cursor": "a b"}), "arguments.invalid: cursor is not a cursor"),
            (json!({"kind": "pods", "limit": 501}), "arguments.invalid: limit must be from 1 to 500"),
            (json!({"kind": "pods", "field_selector": "x"}), "arguments.unknown: "),
        ] {
            let got = rule(&List, &arguments);
            assert!(got.starts_with(says), "{got}");
        }
    }
}
