//! What a selector must be before anything is asked about it.
use crate::{patterns, rules, verdict::deny};
use wardgate_guest::types::Denial;
use wardgate_promql::{
    Kind,
    promql_parser::{label::METRIC_NAME, parser::VectorSelector},
};

/// Denies a selector that names no metric, or that is not Prometheus' own syntax.
pub(crate) fn check_selector(selector: &VectorSelector) -> Result<&str, Denial> {
    if wardgate_promql::has_alternatives(selector) {
        return Err(deny(rules::EXPERIMENTAL, "`or` between matchers is not PromQL (MetricsQL has it)")
            .remedy("Use a regular expression (`=~\"a|b\"`), or `or` between two selectors."));
    }
    for matcher in &selector.matchers.matchers {
        if let Kind::Pattern(pattern) | Kind::NotPattern(pattern) = wardgate_promql::kind(matcher) {
            check_pattern(pattern)?;
        }
    }
    wardgate_promql::metric(selector).ok_or_else(|| {
        let text = wardgate_promql::selector(selector);
        let regex =
            selector.matchers.matchers.iter().any(|m| m.name == METRIC_NAME && wardgate_promql::kind(m).is_pattern());
        let why = if regex { "matches metric names by a regular expression" } else { "does not name its metric" };
        deny(rules::SELECTOR_NAMELESS, format!("the selector `{}` {why}", clip(&text))).detail("selector", clip(&text))
    })
}

/// A text short enough for a sentence.
pub(crate) fn clip(text: &str) -> String {
    const MOST: usize = 200;
    match text.char_indices().nth(MOST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Denies a regular expression that Prometheus would refuse.
pub(crate) fn check_pattern(pattern: &str) -> Result<(), Denial> {
    match patterns::fault(pattern) {
        None => Ok(()),
        Some(why) => {
            Err(deny(rules::PARSE, format!("the regular expression `{}` does not parse: {why}", clip(pattern)))
                .remedy("Regular expressions are RE2's, anchored at both ends; `=` and `!=` take a value as it stands.")
                .detail("pattern", clip(pattern)))
        }
    }
}
