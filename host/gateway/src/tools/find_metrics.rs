//! `prom_find_metrics`: which metrics there are, by name, help or type.
use super::{Asked, Fits, Plan, Tool};
use crate::{
    draft::Draft,
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use regex::Regex;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::Arc;
use wardgate_core::{AnyRequest, Denial, Metadata, Place, Settled};

pub(crate) struct FindMetrics;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Only metrics with this in their name or help, in any case, like memory.
    #[schemars(length(min = 1))]
    contains: Option<String>,
    /// Only metrics whose name fits this regular expression (Rust syntax), anywhere in it, like ^http_.*_total$.
    #[schemars(length(min = 1))]
    pattern: Option<String>,
    /// Only metrics of this type.
    r#type: Option<Type>,
    /// Metrics at most.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
}

#[derive(Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Type {
    Counter,
    Gauge,
    Histogram,
    Summary,
}

impl Type {
    fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
            Self::Summary => "summary",
        }
    }
}

/// What is looked for. It is held against what redaction left of a metric, never against what the server sent.
struct Wanted {
    contains: Option<String>,
    pattern: Option<Regex>,
    of: Option<Type>,
}

impl Wanted {
    fn fits(&self, document: &Value) -> bool {
        let text = |key: &str| document[key].as_str().unwrap_or_default();
        let holds =
            |part: &String| text("metric").to_lowercase().contains(part) || text("help").to_lowercase().contains(part);
        self.contains.as_ref().is_none_or(holds)
            && self.pattern.as_ref().is_none_or(|pattern| pattern.is_match(text("metric")))
            && self.of.is_none_or(|of| text("type") == of.as_str())
    }
}

impl Tool for FindMetrics {
    fn name(&self) -> &'static str {
        "prom_find_metrics"
    }

    fn title(&self) -> &'static str {
        "Find metrics"
    }

    fn description(&self) -> &'static str {
        "Finds metrics by their name, help or type, with how many series each has in the whole cluster. Use it before \
         prom_query when you do not know a metric's exact name."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        for key in ["contains", "pattern"] {
            schema::bound(&mut schema, key, &[("maxLength", json!(bounds.max_pattern_chars))]);
        }
        schema::bound_list(&mut schema, bounds);
        schema
    }

    fn output(&self) -> JsonObject {
        super::series_output("metric, type, help, unit and series, as far as they are known, in order of name")
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.metadata.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let pattern = input.pattern.as_ref().map(|pattern| super::compiled("pattern", pattern, &asked)).transpose()?;
        let wanted =
            Wanted { contains: input.contains.as_ref().map(|part| part.to_lowercase()), pattern, of: input.r#type };
        // On record as it was written; it selects after redaction.
        let words: Vec<&str> = [&input.contains, &input.pattern].into_iter().flatten().map(String::as_str).collect();
        let request = Metadata {
            what: "metrics".into(),
            name: (!words.is_empty()).then(|| words.join(" ")),
            start: asked.now,
            end: asked.now,
            limit: Some(input.limit.unwrap_or(asked.bounds.default_list_limit)),
            ..Metadata::default()
        };
        let select = Arc::new(Fits(move |document: &Value| wanted.fits(document)));
        Ok(Plan { select: Some(select), ..Plan::of(Place::default(), AnyRequest::Metadata(request)) })
    }

    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft {
        let advice = "look for less: a longer piece of the name, or a type";
        let mut draft = super::page_of_series(settled, super::limit(plan), advice, Value::clone);
        draft.summary(|shown| super::summary(shown, "metrics"));
        draft
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{NOW, plan, rule};
    use super::*;

    #[test]
    fn what_is_looked_for_selects_and_stands_on_record() {
        let memory =
            json!({"metric": "container_memory_rss", "type": "gauge", "help": "Size of RSS in bytes.", "series": 9});
        let requests = json!({"metric": "http_requests_total", "type": "counter", "help": "Requests by code."});
        for (arguments, name, fits) in [
            (json!({}), None, [true, true]),
            (json!({"contains": "MEMORY"}), Some("MEMORY"), [true, false]),
            (json!({"contains": "by code"}), Some("by code"), [false, true]),
            (json!({"pattern": "_total$"}), Some("_total$"), [false, true]),
            (json!({"pattern": "^total"}), Some("^total"), [false, false]),
            (json!({"type": "gauge"}), None, [true, false]),
            (json!({"contains": "http", "pattern": "rss"}), Some("http rss"), [false, false]),
        ] {
            let plan = plan(&FindMetrics, &arguments).unwrap();
            let select = plan.select.unwrap();
            assert_eq!([&memory, &requests].map(|metric| select.keep_record(metric)), fits, "{arguments}");
            let AnyRequest::Metadata(request) = plan.request else { unreachable!() };
            assert_eq!((request.what.as_str(), request.name.as_deref()), ("metrics", name), "{arguments}");
            assert_eq!((request.start, request.end, request.limit), (NOW, NOW, Some(50)), "{arguments}");
        }
    }

    #[test]
    fn what_was_masked_is_no_oracle() {
        let select = plan(&FindMetrics, &json!({"contains": "hunter2"})).unwrap().select.unwrap();
        assert!(!select.keep_record(&json!("[redacted:password]")));
        assert!(!select.keep_record(&json!({"metric": "[redacted:password]", "help": "x"})));
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (arguments, says) in [
            (json!({"contains": ""}), "arguments.invalid: contains must not be empty"),
            (json!({"pattern": "("}), "arguments.invalid: pattern is not a regular expression"),
            (json!({"pattern": "((a{100}){100}){100}"}), "arguments.invalid: pattern is too large"),
            (json!({"type": "enum"}), "arguments.invalid: type must be one of counter, gauge, histogram, summary"),
            (json!({"limit": 501}), "arguments.invalid: limit must be from 1 to 500"),
            (json!({"namespace": "shop"}), "arguments.unknown: "),
        ] {
            let got = rule(&FindMetrics, &arguments);
            assert!(got.starts_with(says), "{arguments}: {got}");
        }
    }
}
