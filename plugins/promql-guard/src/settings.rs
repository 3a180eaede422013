//! The budgets an operator can move, and their defaults. `settings.schema.json` and `defaults.json` beside `src` say the same.
use serde::Deserialize;

/// JSON Schema 2020-12 of [`Settings`].
pub const SCHEMA: &str = include_str!("../settings.schema.json");

/// Budgets. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Bytes of a query's text.
    pub max_text_bytes: usize,
    /// Depth of parentheses.
    pub max_nesting: usize,
    /// Operators in one query; a long chain is as deep as it is long.
    pub max_operators: usize,
    /// Different selectors in one query.
    pub max_selectors: usize,
    /// Subqueries inside each other.
    pub max_subquery_depth: u32,
    /// Time between start and end of a range query.
    pub max_range_seconds: u64,
    /// Least step of a range query.
    pub min_step_seconds: u64,
    /// Points per series of a range query.
    pub max_points: u64,
    /// How long ago a query may begin.
    pub max_age_seconds: u64,
    /// Ranges and subqueries on the way to a selector, added up.
    pub max_window_seconds: u64,
    /// Offsets on the way to a selector, added up; and how far `@` may be from the query's own time.
    pub max_offset_seconds: u64,
    /// Least step of a subquery.
    pub min_subquery_step_seconds: u64,
    /// Evaluations of one subquery.
    pub max_subquery_points: u64,
    /// The first parameter of `topk` and its like.
    pub max_k: u64,
    /// Series of one selector.
    pub max_series: u64,
    /// Series of all different selectors.
    pub max_series_total: u64,
    /// Series of all mentions of all selectors.
    pub max_series_loads: u64,
    /// Samples that the query makes the server look at.
    pub max_samples: u64,
    /// Series that go into `count_values`.
    pub max_count_values_series: u64,
    /// Bucket series that go into `histogram_quantile` without an aggregation.
    pub max_histogram_series: u64,
    /// Series of a result that no aggregation has grouped; any result is cut there.
    pub max_result_series: u64,
    /// Samples of such a result.
    pub max_result_samples: u64,
    /// Time limit of an allowed query.
    pub timeout_seconds: u32,
    /// Experimental functions, aggregators and modifiers that the operator has enabled on the server and allows.
    pub experimental: Vec<String>,
    /// Window of a request for metadata.
    pub max_metadata_window_seconds: u64,
    /// Items of a metadata answer.
    pub max_metadata_items: u32,
}

const DAY: u64 = 86_400;

impl Default for Settings {
    fn default() -> Self {
        Settings {
            max_text_bytes: 4096,
            max_nesting: 32,
            max_operators: 200,
            max_selectors: 32,
            max_subquery_depth: 2,
            max_range_seconds: 1800,
            min_step_seconds: 10,
            max_points: 11_000,
            max_age_seconds: 3660 * DAY,
            max_window_seconds: 31 * DAY,
            max_offset_seconds: 31 * DAY,
            min_subquery_step_seconds: 5,
            max_subquery_points: 11_000,
            max_k: 1000,
            max_series: 50_000,
            max_series_total: 50_000,
            max_series_loads: 250_000,
            max_samples: 100_000_000,
            max_count_values_series: 5_000,
            max_histogram_series: 5_000,
            max_result_series: 20_000,
            max_result_samples: 4_000_000,
            timeout_seconds: 30,
            experimental: vec![],
            max_metadata_window_seconds: DAY,
            max_metadata_items: 1000,
        }
    }
}

/// What the regular expressions of a query may weigh together; see [`wardgate_promql::Limits`].
const PATTERNS: u64 = 20_000;

impl Settings {
    /// What a text may hold at most before it is parsed.
    pub(crate) fn text_limits(&self) -> wardgate_promql::Limits {
        wardgate_promql::Limits {
            bytes: self.max_text_bytes,
            nesting: self.max_nesting,
            operators: self.max_operators,
            patterns: PATTERNS,
        }
    }

    /// Refuses settings that contradict each other.
    pub fn check(&self) -> Result<(), String> {
        if self.max_text_bytes > 64 * 1024 {
            return Err("settings: `max_text_bytes` may be at most 65536: parsing is quadratic".to_owned());
        }
        // Walking a query recurses once per operator and parenthesis; a component's stack is 1 MiB.
        if self.max_nesting > 200 || self.max_operators > 500 {
            return Err("settings: `max_nesting` may be at most 200 and `max_operators` at most 500".to_owned());
        }
        if self.max_selectors > 32 {
            return Err(
                "settings: `max_selectors` may be at most 32: so many questions can be asked at once".to_owned()
            );
        }
        if self.min_step_seconds == 0 || self.min_subquery_step_seconds == 0 {
            return Err("settings: the least steps must be at least one second".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_defaults_file_is_the_built_in_default() {
        let shipped: Settings = serde_json::from_str(include_str!("../defaults.json")).unwrap();
        assert_eq!(shipped, Settings::default());
    }

    #[test]
    fn the_schema_knows_exactly_the_settings() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let defaults: serde_json::Value = serde_json::from_str(include_str!("../defaults.json")).unwrap();
        let known: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        let set: Vec<_> = defaults.as_object().unwrap().keys().collect();
        assert_eq!(known, set);
        assert_eq!(schema["additionalProperties"], false);
        for (key, value) in defaults.as_object().unwrap() {
            assert_eq!(&schema["properties"][key]["default"], value, "{key}");
        }
    }

    #[test]
    fn settings_that_a_stack_cannot_carry_are_refused() {
        assert!(Settings { max_operators: 100_000, ..Settings::default() }.check().is_err());
        assert!(Settings { max_text_bytes: 1 << 20, ..Settings::default() }.check().is_err());
        assert!(Settings { max_selectors: 33, ..Settings::default() }.check().is_err());
        assert!(Settings { min_subquery_step_seconds: 0, ..Settings::default() }.check().is_err());
        assert!(Settings::default().check().is_ok());
    }
}
