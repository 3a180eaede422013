//! `prom_labels`: the values that one label has under a selector.
use super::{Asked, Plan, Tool};
use crate::{
    draft::Draft,
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use wardgate_core::{AnyRequest, Denial, Metadata, Place, Settled};

pub(crate) struct Labels;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// The label, like pod or code.
    #[schemars(length(min = 1, max = 100), regex(pattern = NAME))]
    label: String,
    /// A PromQL selector that names its metric and its namespaces, like http_requests_total{namespace="shop"}.
    #[schemars(length(min = 1))]
    selector: String,
    /// Seconds back from now.
    range_seconds: Option<u32>,
    /// Values at most.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
}

/// A label's name, as classic Prometheus has them.
const NAME: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
/// Seconds back when the caller does not say.
const RANGE: u32 = 3600;

impl Tool for Labels {
    fn name(&self) -> &'static str {
        "prom_labels"
    }

    fn title(&self) -> &'static str {
        "List the values of a label"
    }

    fn description(&self) -> &'static str {
        "Lists the values that a label has among the series of a selector: which pods, codes, routes there are to ask about. \
         The selector is held to the same rules as a query's."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        schema::bound(&mut schema, "selector", &[("maxLength", json!(bounds.max_query_chars))]);
        let (least, most) = (bounds.min_range_seconds, bounds.max_range_seconds);
        let range = [("minimum", json!(least)), ("maximum", json!(most)), ("default", json!(RANGE.clamp(least, most)))];
        schema::bound(&mut schema, "range_seconds", &range);
        schema::bound_list(&mut schema, bounds);
        schema
    }

    fn output(&self) -> JsonObject {
        super::series_output("value, and how many series have it where that is known, in order of value")
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.metadata.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let bounds = asked.bounds;
        let back = input.range_seconds.unwrap_or(RANGE.clamp(bounds.min_range_seconds, bounds.max_range_seconds));
        let request = Metadata {
            what: "label-values".into(),
            name: Some(input.label),
            selector: Some(input.selector),
            start: asked.now.saturating_sub(u64::from(back) * 1000),
            end: asked.now,
            limit: Some(input.limit.unwrap_or(bounds.default_list_limit)),
        };
        Ok(Plan::of(Place::default(), AnyRequest::Metadata(request)))
    }

    fn instead(&self, arguments: &JsonObject, advice: &AnyRequest) -> Option<JsonObject> {
        let AnyRequest::Metadata(advice) = advice else { return None };
        let mut instead = arguments.clone();
        instead.insert("selector".into(), json!(advice.selector.as_ref()?));
        instead.insert("range_seconds".into(), json!(advice.end.saturating_sub(advice.start) / 1000));
        instead.insert("limit".into(), json!(advice.limit?));
        Some(instead)
    }

    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft {
        let limit = super::limit(plan);
        let mut draft = super::page_of_series(settled, limit, "raise limit, or narrow the selector", value);
        draft.summary(|shown| super::summary(shown, "values"));
        if settled.body().total.is_none() && settled.body().records.len() >= limit as usize {
            draft.put("advice", "there are more than were asked for: raise limit, or narrow the selector".into());
        }
        draft
    }
}

/// `{"metric": {"pod": "a"}, "series": 3}`, which redactors see with the label's name beside its value, as a row.
fn value(document: &Value) -> Value {
    let Some(value) = document["metric"].as_object().and_then(|metric| metric.values().next()) else {
        return document.clone();
    };
    let mut row = json!({"value": value});
    if let Some(series) = document.get("series") {
        row["series"] = series.clone();
    }
    row
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{NOW, plan, rule};
    use super::*;

    #[test]
    fn arguments_become_a_window_that_ends_now() {
        for (more, start, limit) in
            [(json!({}), NOW - 3_600_000, 50), (json!({"range_seconds": 60, "limit": 3}), NOW - 60_000, 3)]
        {
            let mut asked = json!({"label": "pod", "selector": "up{namespace=\"shop\"}"});
            asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let AnyRequest::Metadata(request) = plan(&Labels, &asked).unwrap().request else { unreachable!() };
            assert_eq!((request.start, request.end, request.limit), (start, NOW, Some(limit)), "{asked}");
            assert_eq!((request.what.as_str(), request.name.as_deref()), ("label-values", Some("pod")));
        }
    }

    #[test]
    fn advice_is_in_the_tools_own_words() {
        let asked = json!({"label": "pod", "selector": "up", "limit": 500});
        let advice = AnyRequest::Metadata(Metadata {
            selector: Some("up{a=\"b\"}".into()),
            start: NOW - 60_000,
            end: NOW,
            limit: Some(100),
            ..Metadata::default()
        });
        let instead = Labels.instead(asked.as_object().unwrap(), &advice).unwrap();
        let expected = json!({"label": "pod", "selector": "up{a=\"b\"}", "limit": 100, "range_seconds": 60});
        assert_eq!(Value::Object(instead), expected);
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (arguments, says) in [
            (json!({"label": "pod"}), "arguments.missing: prom_labels needs selector"),
            (json!({"selector": "up"}), "arguments.missing: prom_labels needs label"),
            (json!({"label": "../x", "selector": "up"}), "arguments.invalid: label does not look like"),
            (
                json!({"label": "a", "selector": "up", "range_seconds": 3601}),
                "arguments.invalid: range_seconds must be",
            ),
            (json!({"label": "a", "selector": ""}), "arguments.invalid: selector must not be empty"),
            (json!({"label": "a", "selector": "up", "match": "x"}), "arguments.unknown: "),
        ] {
            let got = rule(&Labels, &arguments);
            assert!(got.starts_with(says), "{arguments}: {got}");
        }
    }

    #[test]
    fn a_value_is_shown_as_it_was_masked() {
        for (document, row) in [
            (json!({"metric": {"pod": "a"}, "series": 3}), json!({"value": "a", "series": 3})),
            (json!({"metric": {"token": "[redacted:token]"}}), json!({"value": "[redacted:token]"})),
            (json!("[redacted:x]"), json!("[redacted:x]")),
        ] {
            assert_eq!(value(&document), row);
        }
    }
}
