//! `prom_targets` and `prom_alerts`: lists that Prometheus keeps by itself. They differ in words only, so each is a row of a table.
use super::{Asked, Fits, LABEL, Plan, Tool};
use crate::{
    draft::Draft,
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use wardgate_core::{AnyRequest, Denial, Metadata, Place, Settled};

/// One such list.
pub(crate) struct Standing {
    name: &'static str,
    title: &'static str,
    description: &'static str,
    /// What core calls it.
    what: &'static str,
    /// The argument that selects, the label that it is held against, and what it says.
    by: (&'static str, &'static str, &'static str),
    rows: &'static str,
    advice: &'static str,
    summary: fn(&JsonObject) -> String,
}

/// What Prometheus scrapes, and whether that works.
pub(crate) const TARGETS: Standing = Standing {
    name: "prom_targets",
    title: "Show scrape targets",
    description: "Shows what Prometheus scrapes in the namespaces open to you, unhealthy targets first, with the error of the last \
                  scrape. Use it when a metric is missing or stopped. Targets without a namespace label are not shown.",
    what: "targets",
    by: ("job", "job", "Only targets of this job."),
    rows: "labels, health, error, last_scrape, scrape_seconds",
    advice: "name a job or a namespace, or raise limit",
    summary: |shown| super::summary(shown, "targets"),
};

/// Which alerts fire, or are about to.
pub(crate) const ALERTS: Standing = Standing {
    name: "prom_alerts",
    title: "Show alerts",
    description: "Shows alerts about the namespaces open to you, firing ones first, then pending ones. Start here when you are asked \
                  what is wrong. Alerts without a namespace label, about nodes for one, are not shown.",
    what: "alerts",
    by: ("alert", "alertname", "Only alerts of this name, like KubePodCrashLooping."),
    rows: "labels, state (firing or pending), since, value, annotations",
    advice: "name an alert or a namespace, or raise limit",
    summary: |shown| super::summary(shown, "alerts"),
};

/// What both take beside the argument that selects.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Only those of this namespace.
    #[schemars(length(min = 1, max = 63), regex(pattern = LABEL))]
    namespace: Option<String>,
    /// How many at most.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
}

impl Tool for Standing {
    fn name(&self) -> &'static str {
        self.name
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn description(&self) -> &'static str {
        self.description
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        schema::bound_list(&mut schema, bounds);
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            let (argument, _, words) = self.by;
            let own = json!({"type": "string", "description": words, "minLength": 1, "maxLength": 200});
            properties.shift_insert(0, argument.into(), own);
        }
        schema
    }

    fn output(&self) -> JsonObject {
        super::series_output(self.rows)
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.metadata.is_some()
    }

    fn plan(&self, mut asked: Asked<'_>) -> Result<Plan, Denial> {
        let (argument, label, _) = self.by;
        let selects = asked.arguments.shift_remove(argument);
        let value = selects.and_then(|value| value.as_str().map(str::to_owned));
        let Input { namespace, limit } = asked.parse()?;
        let request = Metadata {
            what: self.what.into(),
            name: value.clone(),
            start: asked.now,
            end: asked.now,
            limit: Some(limit.unwrap_or(asked.bounds.default_list_limit)),
            ..Metadata::default()
        };
        let place = Place { namespace: namespace.clone(), ..Place::default() };
        // Held against what redaction left.
        let fits = move |document: &Value| {
            let is = |label: &str, wanted: &Option<String>| {
                wanted.as_ref().is_none_or(|wanted| document["labels"][label].as_str() == Some(wanted))
            };
            is(label, &value) && is("namespace", &namespace)
        };
        Ok(Plan { select: Some(Arc::new(Fits(fits))), ..Plan::of(place, AnyRequest::Metadata(request)) })
    }

    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft {
        let mut draft = super::page_of_series(settled, super::limit(plan), self.advice, Value::clone);
        draft.summary(self.summary);
        draft
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{plan, rule};
    use super::*;

    #[test]
    fn what_is_named_selects_and_stands_on_record() {
        let one =
            |namespace: &str, job: &str| json!({"labels": {"namespace": namespace, "job": job, "alertname": job}});
        let documents = [one("shop", "cart"), one("pay", "cart"), one("shop", "web"), json!("[redacted:x]")];
        for tool in [&TARGETS, &ALERTS] {
            let argument = tool.by.0;
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
                assert_eq!(request.what, tool.what);
                assert_eq!(request.name.as_deref(), arguments[argument].as_str());
                assert_eq!(plan.place.namespace.as_deref(), arguments["namespace"].as_str());
            }
        }
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (tool, arguments, says) in [
            (&TARGETS, json!({"namespace": "a/b"}), "arguments.invalid: namespace does not look like"),
            (&TARGETS, json!({"limit": 0}), "arguments.invalid: limit must be from 1"),
            (&TARGETS, json!({"state": "dropped"}), "arguments.unknown: "),
            (&TARGETS, json!({"job": 7}), "arguments.invalid: job must be"),
            (&TARGETS, json!({"alert": "x"}), "arguments.unknown: "),
            (&ALERTS, json!({"job": "x"}), "arguments.unknown: "),
            (&ALERTS, json!({"alert": ""}), "arguments.invalid: alert must not be empty"),
        ] {
            let got = rule(tool, &arguments);
            assert!(got.starts_with(says), "{arguments}: {got}");
        }
    }
}
