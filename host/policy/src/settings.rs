//! A plugin's settings: the operator's JSON, held against the JSON Schema that the plugin describes itself with.
use crate::{fault::LoadError, text};
use jsonschema::PatternOptions;
use serde_json::Value;

/// Complaints that are listed; the rest is counted.
const LISTED: usize = 8;

/// Settings for a plugin that was given none.
pub(crate) fn none() -> Value {
    Value::Object(serde_json::Map::new())
}

/// Refuses settings that do not fit, with a path and a reason each. The schema is signed but foreign: its references lead
/// nowhere outside it, and its patterns run in linear time.
pub(crate) fn check(schema: &str, settings: &Value) -> Result<(), LoadError> {
    let unusable = |why: String| LoadError::Schema(text::escape(&why, 300));
    let schema: Value = serde_json::from_str(schema).map_err(|e| unusable(e.to_string()))?;
    let validator = jsonschema::draft202012::options()
        .offline()
        .with_pattern_options(PatternOptions::regex())
        .build(&schema)
        .map_err(|e| unusable(e.to_string()))?;
    let complaint = |error: jsonschema::ValidationError<'_>| {
        let path = error.instance_path().to_string();
        let place = if path.is_empty() { "(all of them)" } else { &path };
        text::escape(&format!("{place}: {error}"), 300)
    };
    let mut errors = validator.iter_errors(settings);
    let mut listed: Vec<String> = errors.by_ref().take(LISTED).map(complaint).collect();
    let more = errors.count();
    if more > 0 {
        listed.push(format!("and {more} more"));
    }
    if listed.is_empty() { Ok(()) } else { Err(LoadError::SettingsMismatch(listed)) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_misfit_says_where_and_why() {
        let schema = json!({"type": "object", "additionalProperties": false, "properties": {"limits": {"type": "object", "properties": {"lines": {"type": "integer", "maximum": 10}}}}}).to_string();
        assert!(check(&schema, &json!({"limits": {"lines": 10}})).is_ok());
        let says = |settings: Value| check(&schema, &settings).unwrap_err().to_string();
        let shown = says(json!({"limits": {"lines": 11}}));
        assert!(shown.contains("/limits/lines") && shown.contains("10"), "{shown}");
        assert!(says(json!({"lmits": {}})).contains("lmits"));
    }

    #[test]
    fn a_schema_cannot_reach_outside_itself() {
        for reference in ["https://example.org/x.json", "file:///etc/passwd"] {
            let schema = json!({"$ref": reference}).to_string();
            assert!(matches!(check(&schema, &json!({})), Err(LoadError::Schema(_))), "{reference}");
        }
        assert!(matches!(check("{", &json!({})), Err(LoadError::Schema(_))));
        assert!(matches!(check(r#"{"type": 7}"#, &json!({})), Err(LoadError::Schema(_))));
    }
}
