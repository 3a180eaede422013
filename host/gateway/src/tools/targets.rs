//! `prom_targets`: what Prometheus scrapes, and whether that works.
use super::{Asked, Fits, LABEL, Plan, Tool};
use crate::{
    draft::Draft,
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use std::sync::Arc;
use wardgate_core::{AnyRequest, Denial, Metadata, Place, Settled};

pub(crate) struct Targets;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Only targets of this job.
    #[schemars(length(min = 1, max = 200))]
    job: Option<String>,
    /// Only targets of this namespace.
    #[schemars(length(min = 1, max = 63), regex(pattern = LABEL))]
    namespace: Option<String>,
    /// Targets at most.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
}

impl Tool for Targets {
    fn name(&self) -> &'static str {
        "prom_targets"
    }

    fn title(&self) -> &'static str {
        "Show scrape targets"
    }

    fn description(&self) -> &'static str {
        "Shows what Prometheus scrapes in the namespaces open to you, unhealthy targets first, each with the error of its last \
         scrape. Use it when a metric is missing or stopped. Targets without a namespace label are not shown."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        schema::bound_list(&mut schema, bounds);
        schema
    }

    fn output(&self) -> JsonObject {
        super::series_output("labels, health, error, last_scrape and scrape_seconds, as far as they are known")
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.metadata.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let Input { job, namespace, limit } = asked.parse()?;
        Ok(labelled(&asked, "targets", ("job", job), namespace, limit))
    }

    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft {
        let advice = "name a job or a namespace, or raise limit";
        let mut draft = super::page_of_series(settled, super::limit(plan), advice, Value::clone);
        draft.summary(|shown| super::summary(shown, "targets"));
        draft
    }
}

/// A request for documents with labels, those with the named values kept after redaction.
pub(super) fn labelled(
    asked: &Asked<'_>,
    what: &str,
    (label, value): (&'static str, Option<String>),
    namespace: Option<String>,
    limit: Option<u32>,
) -> Plan {
    let request = Metadata {
        what: what.into(),
        name: value.clone(),
        start: asked.now,
        end: asked.now,
        limit: Some(limit.unwrap_or(asked.bounds.default_list_limit)),
        ..Metadata::default()
    };
    let place = Place { namespace: namespace.clone(), ..Place::default() };
    let fits = move |document: &Value| {
        let is = |label: &str, wanted: &Option<String>| {
            wanted.as_ref().is_none_or(|wanted| document["labels"][label].as_str() == Some(wanted))
        };
        is(label, &value) && is("namespace", &namespace)
    };
    Plan { select: Some(Arc::new(Fits(fits))), ..Plan::of(place, AnyRequest::Metadata(request)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{
        alerts::Alerts,
        testing::{plan, rule},
    };
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_named_selects_and_stands_on_record() {
        let one =
            |namespace: &str, job: &str| json!({"labels": {"namespace": namespace, "job": job, "alertname": job}});
        let (tools, documents): ([&dyn Tool; 2], _) =
            ([&Targets, &Alerts], [one("shop", "cart"), one("pay", "cart"), one("shop", "web"), json!("[redacted:x]")]);
        for (tool, argument) in tools.into_iter().zip(["job", "alert"]) {
            for (arguments, fits) in [
                (json!({}), [true, true, true, true]),
                (json!({argument: "cart"}), [true, true, false, false]),
                (json!({"namespace": "shop"}), [true, false, true, false]),
                (json!({argument: "cart", "namespace": "shop"}), [true, false, false, false]),
            ] {
                let plan = plan(tool, &arguments).unwrap();
                let select = plan.select.unwrap();
                let kept: Vec<bool> = documents.iter().map(|document| select.keep_record(document)).collect();
                assert_eq!(kept, fits, "{} {arguments}", tool.name());
                let AnyRequest::Metadata(request) = plan.request else { unreachable!() };
                assert_eq!(request.name.as_deref(), arguments[argument].as_str());
                assert_eq!(plan.place.namespace.as_deref(), arguments["namespace"].as_str());
            }
        }
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (arguments, says) in [
            (json!({"namespace": "a/b"}), "arguments.invalid: namespace does not look like"),
            (json!({"limit": 0}), "arguments.invalid: limit must be from 1"),
            (json!({"state": "dropped"}), "arguments.unknown: "),
        ] {
            let got = rule(&Targets, &arguments);
            assert!(got.starts_with(says), "{arguments}: {got}");
        }
    }
}
