//! Settings: the operator's JSON into a policy's own type, with errors that an operator can act on.
use serde::de::DeserializeOwned;

/// Parses settings. Give the type `#[serde(deny_unknown_fields)]`: a misspelt key must be an error, never a default.
/// Empty text counts as `{}`.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let text = if text.trim().is_empty() { "{}" } else { text };
    serde_json::from_str(text).map_err(|e| format!("settings: {e}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields, default)]
    struct Example {
        lines: u32,
    }
    impl Default for Example {
        fn default() -> Self {
            Example { lines: 7 }
        }
    }

    #[test]
    fn empty_settings_are_the_defaults() {
        assert_eq!(parse::<Example>("").unwrap().lines, 7);
        assert_eq!(parse::<Example>("{}").unwrap().lines, 7);
    }

    #[test]
    fn an_unknown_key_is_an_error_that_names_key_and_place() {
        let error = parse::<Example>("{\"linse\": 1}").unwrap_err();
        assert!(error.contains("`linse`") && error.contains("expected `lines`") && error.contains("line 1"), "{error}");
    }
}
