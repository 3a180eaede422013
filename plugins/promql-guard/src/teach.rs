//! What a refusal says beyond its rule: names that exist, and how to write what was meant.
use crate::{
    answers::{ask_names, names},
    query::Refused,
    rules,
    selector::clip,
};
use wardgate_guest::types::{Answer, Denial, Question};

/// Missing metrics that near names are looked up for.
const MISSING: usize = 3;
/// Names in a sentence.
const SHOWN: usize = 5;

/// What to ask about names, once, for a refusal that names could help.
pub(crate) fn names_to_ask(refused: &Refused, answers: &[Answer]) -> Vec<Question> {
    let metrics = metrics(refused);
    // Asked for one, asked for all.
    if metrics.iter().any(|metric| names(metric, answers).is_some()) {
        return Vec::new();
    }
    metrics.into_iter().map(ask_names).collect()
}

/// The metrics that near names help with: those that do not exist, or the one of which there is too much.
fn metrics(refused: &Refused) -> Vec<&str> {
    let mut metrics: Vec<&str> = refused.missing.iter().map(String::as_str).collect();
    if metrics.is_empty()
        && refused.denial.rule == rules::SELECTOR_SERIES.id
        && let Some(estimate) = &refused.estimate
    {
        metrics.extend(estimate.mentions.iter().max_by_key(|(_, series)| *series).map(|(m, _)| m.metric.as_str()));
    }
    metrics.sort_unstable();
    metrics.dedup();
    metrics.truncate(MISSING);
    metrics
}

/// The denial, with the names that exist.
pub(crate) fn with_names(refused: &Refused, answers: &[Answer]) -> Denial {
    let mut denial = refused.denial.clone();
    let own = denial.remedy.take().unwrap_or_default();
    let mut said = Vec::new();
    for metric in metrics(refused) {
        let near = names(metric, answers).unwrap_or_default();
        let too_many = refused.missing.is_empty();
        let useful: Vec<&String> = near.iter().filter(|name| !too_many || name.contains(':')).take(SHOWN).collect();
        if useful.is_empty() {
            continue;
        }
        let list = useful.iter().map(|name| format!("`{}`", clip(name))).collect::<Vec<_>>().join(", ");
        said.push(if too_many {
            format!("Recording rules over `{}` are {list}.", clip(metric))
        } else {
            format!("Pick an exact name; near to `{}` are {list}.", clip(metric))
        });
        denial = denial.detail("near", useful.iter().map(|name| name.as_str()).collect::<Vec<_>>().join(" "));
    }
    said.push(own);
    denial.remedy(said.join(" ").trim_end().to_owned())
}

/// How to write what a text that does not parse may have meant.
pub(crate) fn syntax(what: &str) -> Option<&'static str> {
    let says = |piece: &str| what.contains(piece);
    if says("holt_winters") {
        Some(
            "Prometheus 3 calls it `double_exponential_smoothing`, and it is experimental; `deriv` and `predict_linear` are not.",
        )
    } else if says("unknown function") {
        Some("Use a function of Prometheus; those of MetricsQL (VictoriaMetrics) are not known here.")
    } else if says("expected type matrix") || says("expected type range vector") {
        Some("Give the selector a window, as in `rate(http_requests_total[5m])`.")
    } else if says("expected type vector") || says("expected type instant vector") {
        Some("Take the window off the selector, or put a function such as `rate` or `avg_over_time` around it.")
    } else if says("at least one non-empty matcher") || says("non-empty matcher") {
        Some("Name the metric, as in `up{job=\"api\"}`.")
    } else {
        None
    }
}
