//! `prom_saved_query`: a query of the catalogue, by its name.
use super::{Asked, Plan, Tool, query::Query};
use crate::{
    draft::Draft,
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use wardgate_core::{Channel, Denial, RecordText, Settled};

pub(crate) struct Saved;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Which.
    #[schemars(length(min = 1, max = 63))]
    name: String,
    /// Its parameters by name, like {"namespace": "shop", "window": "30m"}.
    #[serde(default)]
    parameters: JsonObject,
    /// At one time: when, RFC 3339 or Unix seconds. Without any time: now.
    #[schemars(extend("type" = ["string", "number"]))]
    time: Option<Value>,
    /// Over a range: seconds back from now.
    range_seconds: Option<u32>,
    /// Over a range: seconds between two points.
    step_seconds: Option<u32>,
    /// A small picture of each series, for people.
    #[serde(default)]
    sparkline: bool,
}

impl Tool for Saved {
    fn name(&self) -> &'static str {
        "prom_saved_query"
    }

    fn title(&self) -> &'static str {
        "Ask a saved query"
    }

    fn description(&self) -> &'static str {
        "Evaluates a ready-made PromQL query by its name. Prefer it to writing PromQL. The answer has the query's text, the unit and how \
         to read it; change that text with prom_query where it does not quite fit. With range_seconds the course over time, without it the \
         values now."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        let words = format!("Which, with its parameters.{}", bounds.saved.listing());
        schema::bound(&mut schema, "name", &[("description", json!(words))]);
        schema::bound(&mut schema, "parameters", &[("type", json!("object"))]);
        let range = [("minimum", json!(bounds.min_range_seconds)), ("maximum", json!(bounds.max_range_seconds))];
        schema::bound(&mut schema, "range_seconds", &range);
        let step = [("minimum", json!(bounds.min_step_seconds)), ("maximum", json!(bounds.max_step_seconds))];
        schema::bound(&mut schema, "step_seconds", &step);
        schema
    }

    fn output(&self) -> JsonObject {
        let mut schema = Query.output();
        if let Some(Value::Object(properties)) = schema.get_mut("properties") {
            for key in ["saved_query", "query", "unit", "reading"] {
                properties.insert(key.into(), json!({"type": "string"}));
            }
        }
        schema
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.query.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let saved = &asked.bounds.saved;
        let filled =
            saved.fill(&input.name, &input.parameters).map_err(|unfit| asked.wrong(&unfit.argument, &unfit.wrong))?;
        let says = json!({
            "saved_query": input.name,
            "query": filled.text,
            "unit": filled.query.unit,
            "reading": filled.query.reading,
            "needs": filled.query.needs,
        });
        let mut arguments = JsonObject::new();
        arguments.insert("query".into(), filled.text.into());
        arguments.insert("sparkline".into(), input.sparkline.into());
        for (key, value) in [
            ("time", input.time),
            ("range_seconds", input.range_seconds.map(Value::from)),
            ("step_seconds", input.step_seconds.map(Value::from)),
        ] {
            if let Some(value) = value {
                arguments.insert(key.into(), value);
            }
        }
        let plan = Query.plan(Asked { arguments, ..asked })?;
        let mut all = plan.says;
        all.extend(says.as_object().cloned().unwrap_or_default());
        Ok(Plan { says: all, ..plan })
    }

    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft {
        let mut draft = Query.draft(plan, settled);
        let says = |key: &str| plan.says.get(key).cloned().unwrap_or_default();
        for key in ["saved_query", "query", "unit", "reading"] {
            draft.put(key, says(key));
        }
        let is_series = |record: &RecordText| record.channel == Channel::Series && record.value.get("answer").is_none();
        let none = !settled.body().records.iter().any(is_series);
        if none && !draft.failed {
            let needs = says("needs").as_str().map(|needs| format!("; it needs {needs}")).unwrap_or_default();
            draft.put(
                "advice",
                format!("no series: nothing is as the query asks, or nothing is measured{needs}").into(),
            );
        }
        draft
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{NOW, plan, rule};
    use super::*;
    use wardgate_core::AnyRequest;

    #[test]
    fn a_name_and_values_become_an_ordinary_query() {
        let asked = json!({"name": "memory_usage", "parameters": {"namespace": "shop", "pods": "web"}});
        let planned = plan(&Saved, &asked).unwrap();
        let AnyRequest::Query(query) = planned.request else { unreachable!() };
        assert_eq!(
            query.text,
            "sum by (pod, container) (container_memory_working_set_bytes{namespace=\"shop\", pod=~\"web.*\", container!=\"\"})"
        );
        assert_eq!((query.start, query.end, query.step), (NOW, NOW, 0));
        assert_eq!(planned.says["unit"], "bytes");
        let ranged = json!({"name": "targets_down", "range_seconds": 600, "step_seconds": 30});
        let AnyRequest::Query(query) = plan(&Saved, &ranged).unwrap().request else { unreachable!() };
        assert_eq!((query.start, query.end, query.step), (NOW - 600_000, NOW, 30_000));
    }

    #[test]
    fn what_does_not_fit_is_said() {
        for (asked, says) in [
            (json!({"name": "pod_restart"}), "arguments.invalid: name is no saved query; did you mean pod_restarts?"),
            (json!({"name": "memory_usage"}), "arguments.invalid: parameters lacks namespace: memory_usage(namespace,"),
            (
                json!({"name": "memory_usage", "parameters": {"namespace": "a\"} or up{x=\""}}),
                "arguments.invalid: parameters.namespace is no name of a namespace",
            ),
            (json!({"name": "memory_usage", "parameters": []}), "arguments.invalid: parameters must be an object"),
            (
                json!({"name": "memory_usage", "namespace": "shop"}),
                "arguments.unknown: \"namespace\" is not an argument",
            ),
            (json!({"name": "targets_down", "time": "soon"}), "arguments.invalid: time is neither RFC 3339"),
            (json!({"name": "targets_down", "range_seconds": 1}), "arguments.invalid: range_seconds must be from 60"),
        ] {
            let got = rule(&Saved, &asked);
            assert!(got.starts_with(says), "{asked}: {got}");
        }
    }
}
