//! Holds a call's arguments to the tool's input schema: what `tools/list` publishes is what is enforced, because it is the same
//! data. Errors name the argument, what was wrong, and what would pass.
use crate::schema::JsonObject;
use regex::Regex;
use serde_json::Value;
use std::fmt::Write as _;
use wardgate_core::Denial;

/// The rules of one tool's arguments, read from its schema once.
pub(crate) struct Checker {
    tool: &'static str,
    properties: Vec<Property>,
    required: Vec<String>,
}

struct Property {
    name: String,
    types: Vec<String>,
    choices: Vec<String>,
    minimum: Option<f64>,
    maximum: Option<f64>,
    shortest: Option<u64>,
    longest: Option<u64>,
    pattern: Option<Regex>,
    fewest: Option<u64>,
    most: Option<u64>,
    items: Option<Box<Property>>,
    loose: bool,
}

/// A schema of ours that the checker cannot read: a defect of this crate, found when the gateway starts.
#[derive(Debug, thiserror::Error)]
#[error("the input schema of {tool} is broken at {property}")]
pub struct BrokenSchema {
    /// Whose.
    pub tool: &'static str,
    /// Where.
    pub property: String,
}

impl Checker {
    /// `loose`: properties whose listed choices are advice, because aliases are understood as well.
    pub(crate) fn new(tool: &'static str, schema: &JsonObject, loose: &[&str]) -> Result<Self, BrokenSchema> {
        let broken = |property: &str| BrokenSchema { tool, property: property.into() };
        let listed = schema.get("properties").and_then(Value::as_object).ok_or_else(|| broken("properties"))?;
        let mut properties = Vec::with_capacity(listed.len());
        for (name, rules) in listed {
            let mut property = Property::read(name, rules).ok_or_else(|| broken(name))?;
            property.loose = loose.contains(&name.as_str());
            properties.push(property);
        }
        Ok(Self { tool, properties, required: texts(schema.get("required")) })
    }

    /// The arguments without nulls, if they keep to the schema.
    pub(crate) fn check(&self, arguments: JsonObject) -> Result<JsonObject, Denial> {
        let mut kept = JsonObject::new();
        for (name, value) in arguments {
            let Some(property) = self.properties.iter().find(|property| property.name == name) else {
                return Err(self.unknown(&name));
            };
            // Some clients send every optional argument, as null.
            if value.is_null() {
                continue;
            }
            property.check(&value).map_err(|wrong| self.invalid(&name, &wrong))?;
            kept.insert(name, whole(value));
        }
        match self.required.iter().find(|name| !kept.contains_key(*name)) {
            None => Ok(kept),
            Some(name) => Err(Denial::new("arguments.missing", format!("{} needs {name}", self.tool)).remedy(format!(
                "name {}; the arguments are {}",
                self.required.join(", "),
                self.names()
            ))),
        }
    }

    /// A denial of one argument.
    pub(crate) fn invalid(&self, name: &str, wrong: &str) -> Denial {
        Denial::new("arguments.invalid", format!("{name} {wrong}"))
            .remedy(format!("correct {name} and call {} again", self.tool))
    }

    fn unknown(&self, name: &str) -> Denial {
        let shown: String = name.chars().take(64).collect();
        let nearest = self
            .properties
            .iter()
            .map(|property| (strsim::jaro_winkler(&shown.to_lowercase(), &property.name), &property.name))
            .filter(|(likeness, _)| *likeness > 0.7)
            .max_by(|a, b| a.0.total_cmp(&b.0));
        let mut remedy = String::new();
        if let Some((_, nearest)) = nearest {
            let _ = write!(remedy, "did you mean {nearest}? ");
        }
        let _ = write!(remedy, "The arguments are {}", self.names());
        Denial::new("arguments.unknown", format!("{shown:?} is not an argument of {}", self.tool)).remedy(remedy)
    }

    fn names(&self) -> String {
        self.properties.iter().map(|property| property.name.as_str()).collect::<Vec<_>>().join(", ")
    }
}

/// An integer that was written as 5.0 is 5.
fn whole(value: Value) -> Value {
    match value.as_f64() {
        Some(number) if value.is_f64() && number.fract() == 0.0 && (0.0..9e15).contains(&number) => {
            // In range and whole, as was just asked.
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
            Value::from(number as u64)
        }
        _ => value,
    }
}

fn texts(value: Option<&Value>) -> Vec<String> {
    match value {
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(String::from).collect(),
        _ => vec![],
    }
}

impl Property {
    fn read(name: &str, rules: &Value) -> Option<Self> {
        let pattern = match rules.get("pattern") {
            None => None,
            Some(pattern) => Some(Regex::new(pattern.as_str()?).ok()?),
        };
        let items = match rules.get("items") {
            None => None,
            Some(items) => Some(Box::new(Self::read(name, items)?)),
        };
        let types = texts(rules.get("type"));
        let count = |key: &str| rules.get(key).and_then(Value::as_u64);
        (!types.is_empty()).then(|| Self {
            name: name.into(),
            types,
            choices: texts(rules.get("enum")),
            minimum: rules.get("minimum").and_then(Value::as_f64),
            maximum: rules.get("maximum").and_then(Value::as_f64),
            shortest: count("minLength"),
            longest: count("maxLength"),
            pattern,
            fewest: count("minItems"),
            most: count("maxItems"),
            items,
            loose: false,
        })
    }

    fn check(&self, value: &Value) -> Result<(), String> {
        let is = |kind: &String| match kind.as_str() {
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "number" => value.is_number(),
            "integer" => value.is_u64() || value.is_i64() || value.as_f64().is_some_and(|n| n.fract() == 0.0),
            "array" => value.is_array(),
            "object" => value.is_object(),
            _ => false,
        };
        if !self.types.iter().any(is) {
            return Err(format!("must be {}", self.types.iter().map(|kind| a(kind)).collect::<Vec<_>>().join(" or ")));
        }
        match value {
            Value::Number(number) => self.number(number.as_f64().unwrap_or(f64::NAN)),
            Value::String(text) => self.text(text),
            Value::Array(list) => self.list(list),
            _ => Ok(()),
        }
    }

    fn number(&self, number: f64) -> Result<(), String> {
        let low = self.minimum.is_some_and(|least| number < least);
        let high = self.maximum.is_some_and(|most| number > most);
        if number.is_finite() && !low && !high {
            return Ok(());
        }
        Err(match (self.minimum, self.maximum) {
            (Some(least), Some(most)) => format!("must be from {least} to {most}"),
            (Some(least), None) => format!("must be at least {least}"),
            (None, Some(most)) => format!("must be at most {most}"),
            (None, None) => "must be a number".into(),
        })
    }

    fn text(&self, text: &str) -> Result<(), String> {
        let length = text.chars().count() as u64;
        if self.shortest.is_some_and(|least| length < least) {
            return Err(if length == 0 { "must not be empty".into() } else { "is too short".into() });
        }
        if let Some(most) = self.longest
            && length > most
        {
            return Err(format!("has {length} characters; at most {most}"));
        }
        if !self.choices.is_empty() && !self.loose && !self.choices.iter().any(|choice| choice == text) {
            return Err(format!("must be one of {}", self.choices.join(", ")));
        }
        match &self.pattern {
            Some(pattern) if !pattern.is_match(text) => Err(format!("does not look like {}", pattern.as_str())),
            _ => Ok(()),
        }
    }

    fn list(&self, list: &[Value]) -> Result<(), String> {
        let length = list.len() as u64;
        if self.fewest.is_some_and(|least| length < least) {
            return Err("must not be empty".into());
        }
        if let Some(most) = self.most
            && length > most
        {
            return Err(format!("has {length} entries; at most {most}"));
        }
        let Some(items) = &self.items else { return Ok(()) };
        list.iter()
            .enumerate()
            .try_for_each(|(index, value)| items.check(value).map_err(|wrong| format!("entry {index} {wrong}")))
    }
}

fn a(kind: &str) -> &'static str {
    match kind {
        "string" => "a string",
        "boolean" => "true or false",
        "number" => "a number",
        "integer" => "a whole number",
        "array" => "a list",
        _ => "an object",
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn checker() -> Checker {
        let schema = json!({"properties": {
            "namespace": {"type": "string", "minLength": 1, "maxLength": 5, "pattern": "^[a-z]+$"},
            "tail_lines": {"type": "integer", "minimum": 1, "maximum": 9},
            "previous": {"type": "boolean"},
            "command": {"type": "array", "minItems": 1, "maxItems": 2, "items": {"type": "string", "maxLength": 3}},
            "kind": {"type": "string", "enum": ["pods", "nodes"]},
            "start": {"type": ["string", "number"]},
        }, "required": ["namespace"]});
        Checker::new("k8s_x", schema.as_object().unwrap(), &[]).unwrap()
    }

    #[test]
    fn what_is_refused_says_what_would_pass() {
        for (arguments, rule, says) in [
            (json!({}), "arguments.missing", "k8s_x needs namespace"),
            (json!({"namespace": null}), "arguments.missing", "k8s_x needs namespace"),
            (json!({"namespace": 5}), "arguments.invalid", "namespace must be a string"),
            (json!({"namespace": ""}), "arguments.invalid", "namespace must not be empty"),
            (json!({"namespace": "toolong"}), "arguments.invalid", "namespace has 7 characters; at most 5"),
            (json!({"namespace": "A"}), "arguments.invalid", "namespace does not look like ^[a-z]+$"),
            (json!({"namespace": "a", "tail_lines": 0}), "arguments.invalid", "tail_lines must be from 1 to 9"),
            (json!({"namespace": "a", "tail_lines": "5"}), "arguments.invalid", "tail_lines must be a whole number"),
            (json!({"namespace": "a", "tail_lines": 1.5}), "arguments.invalid", "tail_lines must be a whole number"),
            (json!({"namespace": "a", "command": []}), "arguments.invalid", "command must not be empty"),
            (json!({"namespace": "a", "command": "ls"}), "arguments.invalid", "command must be a list"),
            (json!({"namespace": "a", "command": ["ls", "long"]}), "arguments.invalid", "command entry 1 has 4"),
            (json!({"namespace": "a", "command": ["a", "b", "c"]}), "arguments.invalid", "command has 3 entries"),
            (json!({"namespace": "a", "kind": "secrets"}), "arguments.invalid", "kind must be one of pods, nodes"),
            (json!({"namespace": "a", "start": []}), "arguments.invalid", "start must be a string or a number"),
            (json!({"namespace": "a", "pod": "x"}), "arguments.unknown", "\"pod\" is not an argument of k8s_x"),
        ] {
            let denial = checker().check(arguments.as_object().unwrap().clone()).unwrap_err();
            assert_eq!(denial.rule, rule, "{arguments}");
            assert!(denial.reason.starts_with(says), "{arguments}: {}", denial.reason);
        }
    }

    #[test]
    fn an_unknown_argument_names_the_nearest_and_the_list() {
        let arguments = json!({"namespace": "a", "tailLines": 5});
        let denial = checker().check(arguments.as_object().unwrap().clone()).unwrap_err();
        let remedy = denial.remedy.unwrap();
        assert!(remedy.starts_with("did you mean tail_lines? The arguments are "), "{remedy}");
    }

    #[test]
    fn nulls_are_dropped_and_whole_floats_are_integers() {
        let arguments = json!({"namespace": "a", "tail_lines": 5.0, "previous": null, "start": 1.5});
        let kept = checker().check(arguments.as_object().unwrap().clone()).unwrap();
        assert_eq!(Value::Object(kept), json!({"namespace": "a", "tail_lines": 5, "start": 1.5}));
    }
}
