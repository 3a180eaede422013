//! An estimate against the budgets: the first that it breaks, with the figures.
use crate::{
    answers::Series,
    cost::Estimate,
    rules,
    selector::clip,
    settings::Settings,
    timing::{self, Timing},
    verdict::deny,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wardgate_guest::types::{Bound, Denial};

/// Holds an estimate against every budget.
pub(crate) fn check(
    estimate: &Estimate,
    bounds: &HashMap<String, Series>,
    timing: Timing,
    settings: &Settings,
) -> Result<(), Denial> {
    let figures = |denial: Denial| {
        denial
            .detail("samples", estimate.samples.to_string())
            .detail("result_series", estimate.result_series.to_string())
    };
    let word = |subject: &str| match bounds.get(subject).map(|s| s.bound) {
        Some(Bound::AtLeast) => ("at least", "at-least"),
        Some(Bound::AtMost) => ("up to", "at-most"),
        Some(Bound::About) => ("about", "about"),
        Some(Bound::Exact) | None => ("exactly", "exact"),
    };
    // Different selectors, each once; several that only their metric's total is known of are one.
    let mut different: BTreeMap<&str, (&str, u64)> = BTreeMap::new();
    let mut loads = 0u64;
    for (mention, series) in &estimate.mentions {
        if *series > settings.max_series {
            let (said, bound) = word(&mention.subject);
            return Err(figures(
                deny(
                    rules::SELECTOR_SERIES,
                    format!(
                        "`{}` touches {said} {series} series, the limit is {}",
                        clip(&mention.subject),
                        settings.max_series
                    ),
                )
                .detail("selector", clip(&mention.subject))
                .detail("series", series.to_string())
                .detail("bound", bound)
                .detail("budget", settings.max_series.to_string()),
            ));
        }
        loads = loads.saturating_add(*series);
        let entry = different.entry(&mention.subject).or_insert((&mention.metric, 0));
        entry.1 = entry.1.max(*series);
    }
    let mut shared: BTreeSet<(&str, u64)> = BTreeSet::new();
    let mut total = 0u64;
    for (subject, (metric, series)) in &different {
        let of_metric = bounds.get(*subject).is_some_and(|s| s.bound == Bound::AtMost);
        if of_metric && !shared.insert((*metric, *series)) {
            continue;
        }
        total = total.saturating_add(*series);
    }
    if total > settings.max_series_total {
        let (widest, (_, most)) = different.iter().max_by_key(|(_, (_, s))| *s).unwrap_or((&"", &("", 0)));
        return Err(figures(
            deny(
                rules::SELECTOR_SERIES,
                format!(
                    "the query touches {total} series in all, the limit is {}; most are of `{}` ({most})",
                    settings.max_series_total,
                    clip(widest)
                ),
            )
            .detail("selector", clip(widest))
            .detail("series", total.to_string())
            .detail("budget", settings.max_series_total.to_string()),
        ));
    }
    if loads > settings.max_series_loads {
        return Err(figures(
            deny(
                rules::COST_FANOUT,
                format!(
                    "the {} selectors of the query load {loads} series together, the limit is {}",
                    estimate.mentions.len(),
                    settings.max_series_loads
                ),
            )
            .detail("series", loads.to_string())
            .detail("budget", settings.max_series_loads.to_string()),
        ));
    }
    if estimate.samples > settings.cheap_samples {
        if let Some(long) = &estimate.long_window {
            return Err(figures(long.clone()));
        }
        if timing.long {
            let spans = u64::try_from(timing.end - timing.start).unwrap_or_default();
            let denial = timing::too_long(spans, settings.max_range_seconds.saturating_mul(1000));
            return Err(figures(denial.detail("cheap_samples", settings.cheap_samples.to_string())));
        }
    }
    if estimate.samples > settings.max_samples {
        let heavy =
            estimate.mentions.iter().max_by_key(|(m, s)| s.saturating_mul(m.samples).saturating_mul(m.evaluations));
        let said = match word_of(estimate, bounds) {
            Some(Bound::AtLeast) => "at least ",
            Some(Bound::AtMost) => "up to ",
            Some(Bound::About) => "about ",
            Some(Bound::Exact) | None => "",
        };
        let mut reason =
            format!("the query looks at {said}{} samples, the limit is {}", estimate.samples, settings.max_samples);
        let mut denial = deny(rules::COST_SAMPLES, "");
        if let Some((mention, series)) = heavy {
            reason = format!(
                "{reason}; the most go to `{}`: {series} series × {} samples × {} evaluations",
                clip(&mention.subject),
                mention.samples,
                mention.evaluations
            );
            denial = denial
                .detail("selector", clip(&mention.subject))
                .detail("series", series.to_string())
                .detail("samples_per_evaluation", mention.samples.to_string())
                .detail("evaluations", mention.evaluations.to_string());
        }
        denial.reason = reason;
        return Err(figures(denial.detail("budget", settings.max_samples.to_string())));
    }
    if estimate.count_values > settings.max_count_values_series {
        return Err(figures(
            deny(
                rules::COST_COUNT_VALUES,
                format!(
                    "`count_values` takes up to {} series in, the limit is {}",
                    estimate.count_values, settings.max_count_values_series
                ),
            )
            .detail("series", estimate.count_values.to_string())
            .detail("budget", settings.max_count_values_series.to_string()),
        ));
    }
    if estimate.made_labels > settings.max_label_bytes {
        return Err(figures(
            deny(
                rules::COST_LABELS,
                format!(
                    "`label_replace` or `label_join` makes up to {} bytes of labels, the limit is {}",
                    estimate.made_labels, settings.max_label_bytes
                ),
            )
            .detail("bytes", estimate.made_labels.to_string())
            .detail("budget", settings.max_label_bytes.to_string()),
        ));
    }
    if estimate.raw_histogram > settings.max_histogram_series {
        return Err(figures(
            deny(
                rules::HISTOGRAM_UNGROUPED,
                format!(
                    "`histogram_quantile` takes up to {} ungrouped series in, the limit is {}",
                    estimate.raw_histogram, settings.max_histogram_series
                ),
            )
            .detail("series", estimate.raw_histogram.to_string())
            .detail("budget", settings.max_histogram_series.to_string()),
        ));
    }
    let result = |what: &str, number: u64, budget: u64| {
        figures(
            deny(rules::RESULT_SERIES, format!("the result has up to {number} {what}, the limit is {budget}"))
                .detail(what, number.to_string())
                .detail("budget", budget.to_string()),
        )
    };
    if estimate.result_series > settings.max_result_series {
        return Err(result("series", estimate.result_series, settings.max_result_series));
    }
    if estimate.result_samples > settings.max_result_samples {
        return Err(result("samples", estimate.result_samples, settings.max_result_samples));
    }
    if estimate.result_bytes > settings.max_result_bytes {
        return Err(result("bytes", estimate.result_bytes, settings.max_result_bytes));
    }
    // A selector of which only the least is known has broken no budget yet; how much more there is nobody can tell.
    let open =
        bounds.iter().filter(|(_, known)| known.bound == Bound::AtLeast).map(|(s, known)| (s, known.series)).min();
    if let Some((subject, least)) = open {
        let reason = format!("`{}` has at least {least} series; how many more is not known", clip(subject));
        return Err(figures(deny(rules::SELECTOR_UNKNOWN, reason).detail("selector", clip(subject))));
    }
    Ok(())
}

/// What kind of bound the heaviest selector's number is.
fn word_of(estimate: &Estimate, bounds: &HashMap<String, Series>) -> Option<Bound> {
    let heavy = estimate.mentions.iter().max_by_key(|(m, s)| s.saturating_mul(m.samples).saturating_mul(m.evaluations));
    heavy.and_then(|(mention, _)| bounds.get(&mention.subject)).map(|known| known.bound)
}
