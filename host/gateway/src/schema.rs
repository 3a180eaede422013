//! JSON Schemas of tools: input schemas are derived and then bounded by the operator's settings, output schemas are put together
//! from a few words. Knows no tool.
use crate::settings::Bounds;
use schemars::JsonSchema;
use serde_json::{Value, json};

/// A JSON object.
pub(crate) type JsonObject = serde_json::Map<String, Value>;

/// The schema of a tool's input struct, in its plainest form: no nulls, no formats, and nothing that is not named.
pub(crate) fn input<T: JsonSchema>() -> JsonObject {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|settings| {
        settings.inline_subschemas = true;
        settings.meta_schema = None;
    });
    let schema = settings.into_generator().into_root_schema_for::<T>().to_value();
    let Value::Object(mut schema) = schema else { return JsonObject::new() };
    schema.remove("title");
    schema.remove("description");
    schema.insert("additionalProperties".into(), Value::Bool(false));
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        for property in properties.values_mut().filter_map(Value::as_object_mut) {
            plain(property);
        }
    }
    schema
}

/// An optional argument is one that may be left out; its type does not change by that.
fn plain(property: &mut JsonObject) {
    property.remove("format");
    if property.get("default").is_some_and(Value::is_null) {
        property.remove("default");
    }
    if let Some(Value::Array(types)) = property.get_mut("type") {
        types.retain(|kind| kind != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            property.insert("type".into(), only);
        }
    }
    if let Some(Value::Object(items)) = property.get_mut("items") {
        plain(items);
    }
}

/// Writes a bound of the operator's into a property.
pub(crate) fn bound(schema: &mut JsonObject, property: &str, words: &[(&str, Value)]) {
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return };
    let Some(Value::Object(rules)) = properties.get_mut(property) else { return };
    for (word, value) in words {
        rules.insert((*word).into(), value.clone());
    }
}

/// The operator's bounds of a list, on the property `limit`.
pub(crate) fn bound_list(schema: &mut JsonObject, bounds: &Bounds) {
    let limit = [("maximum", json!(bounds.max_list_limit)), ("default", json!(bounds.default_list_limit))];
    bound(schema, "limit", &limit);
}

// ---- output schemas ------------------------------------------------------------------------------------------------

/// A tool's output: its answer, or one of the ways a call can end without one. A scalar that redaction may mask allows a string.
/// Terse, because clients load it with every tool: what every answer has is said once, in docs/tools.md.
pub(crate) fn output(answer: &Value, required: &[&str]) -> JsonObject {
    let denial = json!({"required": ["rule", "reason"]});
    let mut properties = json!({
        "call": {}, "outcome": {}, "missing": {}, "note": {}, "redacted": {}, "error": {}, "left_out": {},
        "denied": denial, "approval_required": denial, "also": {}, "unrecorded": {},
    });
    if let (Value::Object(all), Value::Object(own)) = (&mut properties, answer.clone()) {
        all.extend(own);
    }
    let required: Vec<&str> = required.iter().copied().chain(["outcome", "note"]).collect();
    let schema = json!({
        "type": "object",
        "properties": properties,
        "required": ["call"],
        "additionalProperties": false,
        "anyOf": [
            {"required": required},
            {"required": ["denied"]},
            {"required": ["approval_required"]},
            {"required": ["unrecorded"]},
        ],
    });
    match schema {
        Value::Object(schema) => schema,
        _ => JsonObject::new(),
    }
}

/// An input schema as it is listed: without the grammar of strings, which a model knows and a denial explains, and without defaults
/// that change nothing.
pub(crate) fn listed(input: &JsonObject) -> JsonObject {
    let nothing = [json!(false), json!({})];
    with_rules(input, |rules| {
        rules.retain(|word, value| match word.as_str() {
            "pattern" | "minLength" | "maxLength" => false,
            "default" => !nothing.contains(value),
            _ => true,
        });
        if let Some(Value::Object(items)) = rules.get_mut("items") {
            items.remove("maxLength");
        }
    })
}

/// An output schema as it is listed: which fields there are, which of them are lists or objects, and which must be. What they mean stands
/// in docs/tools.md, and what a scalar is says little where redaction may make any of them a string.
pub(crate) fn listed_output(output: &JsonObject) -> JsonObject {
    with_rules(output, |rules| {
        let holds = rules.contains_key("type");
        rules.retain(|word, value| match word.as_str() {
            "type" => matches!(value.as_str(), Some("array" | "object")),
            "required" => !holds,
            _ => false,
        });
    })
}

fn with_rules(schema: &JsonObject, change: impl Fn(&mut JsonObject)) -> JsonObject {
    let mut shown = schema.clone();
    if let Some(Value::Object(properties)) = shown.get_mut("properties") {
        properties.values_mut().filter_map(Value::as_object_mut).for_each(change);
    }
    shown
}

pub(crate) fn lines(description: &str) -> Value {
    json!({"type": "array", "items": {"type": "string"}, "description": description})
}

/// Rows of the cluster's: their keys are not ours to list, and redaction may mask a whole row.
pub(crate) fn rows(description: &str) -> Value {
    json!({"type": "array", "description": description})
}

/// What is not shown for want of room, and which end was kept.
pub(crate) fn truncated() -> Value {
    json!({"type": "object", "description": "lines and bytes that did not fit; kept: first or newest", "required": ["lines", "bytes", "kept"]})
}

/// Where a container's output is from.
pub(crate) fn source() -> Value {
    json!({"type": "object", "required": ["namespace", "pod", "container"]})
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;

    #[derive(Deserialize, JsonSchema)]
    #[allow(dead_code)]
    struct Input {
        /// How many.
        #[schemars(range(min = 1))]
        limit: Option<u32>,
        name: String,
    }

    #[test]
    fn an_optional_argument_has_a_plain_type() {
        let mut schema = input::<Input>();
        bound(&mut schema, "limit", &[("maximum", json!(9))]);
        assert_eq!(
            Value::Object(schema),
            json!({
                "type": "object",
                "properties": {
                    "limit": {"description": "How many.", "type": "integer", "minimum": 1, "maximum": 9},
                    "name": {"type": "string"},
                },
                "required": ["name"],
                "additionalProperties": false,
            })
        );
    }
}
