//! The review of requests for what Prometheus knows without evaluating: names, label values, series, targets, alerts.
use crate::{
    answers, cost, query, rules,
    selector::{self, clip},
    settings::Settings,
    timing,
    verdict::deny,
};
use wardgate_guest::types::{Allowance, Answer, Bound, Context, Denial, Limits, Metadata, Request, Verdict};
use wardgate_promql::promql_parser::parser::Expr;

/// Kinds that need no selector: the host answers them from its catalogue, or from a bounded status call.
const PLAIN: &[&str] = &["metrics", "targets", "alerts"];
/// Kinds that read an index, and so need one.
const SELECTED: &[&str] = &["label-values", "series"];

/// Reviews a request for metadata.
pub(crate) fn review(context: &Context, metadata: &Metadata, answers: &[Answer], settings: &Settings) -> Verdict {
    let settings = settings.of(&context.subject, None);
    judge(context, metadata, answers, &settings).unwrap_or_else(Into::into)
}

fn judge(context: &Context, metadata: &Metadata, answers: &[Answer], settings: &Settings) -> Result<Verdict, Denial> {
    let what = metadata.what.as_str();
    let selected = SELECTED.contains(&what);
    if !selected && !PLAIN.contains(&what) {
        return Err(deny(rules::METADATA_KIND, format!("`{}` is no kind of metadata", clip(what))));
    }
    if metadata.limit.is_some_and(|limit| limit > settings.max_metadata_items) {
        let limit = metadata.limit.unwrap_or_default();
        return Err(deny(
            rules::METADATA_LIMIT,
            format!("{limit} items are asked for, the limit is {}", settings.max_metadata_items),
        )
        .instead(Request::Metadata(Metadata { limit: Some(settings.max_metadata_items), ..metadata.clone() }))
        .detail("budget", settings.max_metadata_items.to_string()));
    }
    check_window(context, metadata, settings)?;
    if what == "label-values" && metadata.name.as_deref().is_none_or(str::is_empty) {
        return Err(deny(rules::METADATA_SELECTOR, "label values are asked for without the label's name"));
    }
    let Some(text) = &metadata.selector else {
        return if selected {
            Err(deny(rules::METADATA_SELECTOR, format!("`{what}` is asked for without a selector")))
        } else {
            Ok(allow(settings))
        };
    };
    let expr = query::parse(text, settings.text_limits(&context.subject))?;
    let Expr::VectorSelector(selector) = cost::unwrap_parens(&expr) else {
        return Err(deny(rules::METADATA_SELECTOR, format!("`{}` is not a plain selector", clip(text))));
    };
    if selector.at.is_some() || selector.offset.is_some() {
        return Err(deny(rules::METADATA_SELECTOR, "a selector for metadata takes no `offset` and no `@`"));
    }
    selector::check_selector(selector)?;
    if !selected {
        return Ok(allow(settings));
    }
    let signed = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX);
    let subject = wardgate_promql::selector(selector);
    let question = answers::ask(&subject, (signed(metadata.start), signed(metadata.end)), settings.max_series + 1);
    let Some(answer) = answers.iter().find(|a| answers::same(&a.question, &question)) else {
        return Ok(Verdict::Need(vec![question]));
    };
    let series = answers::read(answer)?;
    let number = series.series;
    if number > settings.max_series {
        return Err(deny(
            rules::SELECTOR_SERIES,
            format!("`{}` touches {number} series, the limit is {}", clip(&subject), settings.max_series),
        )
        .detail("selector", clip(&subject))
        .detail("series", number.to_string())
        .detail("budget", settings.max_series.to_string()));
    }
    if series.bound == Bound::AtLeast {
        let reason = format!("`{}` has at least {number} series; how many more is not known", clip(&subject));
        return Err(deny(rules::SELECTOR_UNKNOWN, reason).detail("selector", clip(&subject)));
    }
    Ok(allow(settings))
}

fn check_window(context: &Context, metadata: &Metadata, settings: &Settings) -> Result<(), Denial> {
    if metadata.start > metadata.end {
        return Err(deny(rules::RANGE_TIME, "the window starts after it ends"));
    }
    let longest = settings.max_metadata_window_seconds.saturating_mul(1000);
    let window = metadata.end - metadata.start;
    if window > longest {
        return Err(deny(
            rules::METADATA_WINDOW,
            format!("the window spans {}, the limit is {}", cost::show(window), cost::show(longest)),
        )
        .instead(Request::Metadata(Metadata { start: metadata.end - longest, ..metadata.clone() }))
        .detail("budget_ms", longest.to_string()));
    }
    if metadata.end > context.now.saturating_add(timing::SKEW_MS) {
        return Err(deny(rules::RANGE_TIME, "the window ends in the future"));
    }
    Ok(())
}

fn allow(settings: &Settings) -> Verdict {
    Verdict::Allow(Allowance {
        rule: rules::METADATA_ALLOWED.id.to_owned(),
        limits: Limits {
            timeout_ms: Some(settings.timeout_seconds.saturating_mul(1000)),
            max_items: Some(settings.max_metadata_items),
            ..wardgate_guest::no_limits()
        },
    })
}
