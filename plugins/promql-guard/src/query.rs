//! The review of a query: static checks, then questions, then budgets.
use crate::{
    answers::{SERIES, Series, ask, of, read, same},
    budgets,
    cost::{self, Estimate, Mention, Timing, clip, show},
    rewrite, rules,
    settings::Settings,
    verdict::deny,
};
use std::collections::HashMap;
use wardgate_guest::types::{Allowance, Answer, Bound, Context, Denial, Limits, Query, Question, Request, Verdict};
use wardgate_promql::{
    Trouble,
    promql_parser::parser::{Expr, value::ValueType},
};

/// How far the caller's clock may run ahead of the host's.
pub(crate) const SKEW_MS: u64 = 5 * 60 * 1000;

/// Reviews a query.
pub(crate) fn review(context: &Context, query: &Query, answers: &[Answer], settings: &Settings) -> Verdict {
    match judge(context, query, answers, settings) {
        Ok(verdict) => verdict,
        Err(refused) => {
            let Refused { mut denial, expr, estimate } = *refused;
            if let Some(expr) = expr {
                denial.instead = rewrite::instead(context, query, &expr, &denial, estimate.as_ref(), answers, settings)
                    .map(Request::Query);
            }
            denial.into()
        }
    }
}

/// Whether a query would pass with the answers there are, whatever the windows they were given for. For rewritten queries.
pub(crate) fn would_pass(context: &Context, query: &Query, answers: &[Answer], settings: &Settings) -> bool {
    let Ok(planned) = plan(context, query, settings) else { return false };
    let by_subject = |mention: &Mention| {
        answers
            .iter()
            .filter(|a| a.question.kind == SERIES && a.question.subject == mention.subject)
            .filter_map(|a| read(a, settings).ok())
            .max()
    };
    // A selector that has no answer yet is taken at its least: the host asks again before it shows what we propose.
    let mut bounds = HashMap::new();
    let mut series = |mention: &Mention| {
        let Some(known) = by_subject(mention) else { return 1 };
        bounds.insert(mention.subject.clone(), known);
        known.series
    };
    let estimate = cost::estimate(&planned.expr, planned.timing, settings, &mut series);
    estimate.and_then(|estimate| budgets::check(&estimate, &bounds, settings)).is_ok()
}

struct Refused {
    denial: Denial,
    expr: Option<Expr>,
    estimate: Option<Estimate>,
}

impl From<Denial> for Box<Refused> {
    fn from(denial: Denial) -> Self {
        Box::new(Refused { denial, expr: None, estimate: None })
    }
}

struct Planned {
    expr: Expr,
    timing: Timing,
}

/// Parses and checks what can be checked without knowing any series.
fn plan(context: &Context, query: &Query, settings: &Settings) -> Result<Planned, Box<Refused>> {
    let expr = parse(&query.text, settings)?;
    let refuse = |denial, expr| Box::new(Refused { denial, expr: Some(expr), estimate: None });
    let timing = match check_range(context, query, settings) {
        Ok(timing) => timing,
        Err(denial) => return Err(refuse(denial, expr)),
    };
    let range = query.end > query.start;
    if range && matches!(expr.value_type(), ValueType::Matrix | ValueType::String) {
        let denial = deny(
            rules::PARSE,
            format!("a range query gives a value at every step; this expression is a {}", expr.value_type()),
        )
        .remedy("Put a function around it, as in `rate(...)`, or ask for one instant.");
        return Err(refuse(denial, expr));
    }
    // With the least that is possible, one series each, this already finds what no narrowing helps.
    let least = cost::estimate(&expr, timing, settings, &mut |_| 1);
    match least.and_then(|least| budgets::check(&least, &HashMap::new(), settings)) {
        Ok(()) => Ok(Planned { expr, timing }),
        Err(denial) => Err(refuse(denial, expr)),
    }
}

/// Parses a text.
pub(crate) fn parse(text: &str, settings: &Settings) -> Result<Expr, Denial> {
    wardgate_promql::parse(text, settings.text_limits()).map_err(|trouble| {
        let rule = match &trouble {
            Trouble::TooLong { .. } => rules::TEXT_LENGTH,
            Trouble::TooDeep { .. } | Trouble::TooManyOperators { .. } => rules::NESTING,
            Trouble::Syntax { .. } => rules::PARSE,
            Trouble::Experimental(_) => rules::EXPERIMENTAL,
            Trouble::DearPatterns { .. } => rules::REGEX,
            Trouble::Duration { .. } => rules::WINDOW,
        };
        let mut denial = deny(rule, clip(&trouble.to_string()));
        if let Trouble::TooLong { bytes, most } = trouble {
            denial = denial.detail("bytes", bytes.to_string()).detail("budget", most.to_string());
        }
        match trouble.at() {
            Some(at) => denial.detail("character", at.to_string()),
            None => denial,
        }
    })
}

fn check_range(context: &Context, query: &Query, settings: &Settings) -> Result<Timing, Denial> {
    let time = |reason: String| Err(deny(rules::RANGE_TIME, reason));
    if query.start > query.end {
        return time("the query starts after it ends".to_owned());
    }
    if query.end > context.now.saturating_add(SKEW_MS) {
        return time(format!("the query ends {} in the future", show(query.end - context.now)));
    }
    let age = context.now.saturating_sub(query.start);
    let oldest = settings.max_age_seconds.saturating_mul(1000);
    if age > oldest {
        return time(format!("the query begins {} ago, the limit is {}", show(age), show(oldest)));
    }
    let duration = query.end - query.start;
    let points = if duration == 0 {
        1
    } else {
        let least = settings.min_step_seconds.saturating_mul(1000);
        if query.step == 0 {
            return Err(deny(rules::RANGE_STEP, "a range query needs a step"));
        }
        let points = duration / query.step + 1;
        if points > settings.max_points {
            return Err(deny(
                rules::RANGE_POINTS,
                format!("the range gives {points} points per series, the limit is {}", settings.max_points),
            )
            .detail("points", points.to_string())
            .detail("budget", settings.max_points.to_string()));
        }
        if query.step < least {
            return Err(deny(
                rules::RANGE_STEP,
                format!("the step is {}, the least is {}", show(query.step), show(least)),
            )
            .detail("step_ms", query.step.to_string())
            .detail("budget_ms", least.to_string()));
        }
        let longest = settings.max_range_seconds.saturating_mul(1000);
        if duration > longest {
            return Err(deny(
                rules::RANGE_DURATION,
                format!("the range spans {}, the limit is {}", show(duration), show(longest)),
            )
            .detail("duration_ms", duration.to_string())
            .detail("budget_ms", longest.to_string()));
        }
        points
    };
    let attribute = |key: &str, default: u64| {
        let given = context.attributes.iter().find(|a| a.key == key).and_then(|a| a.value.parse::<u64>().ok());
        given.filter(|ms| *ms > 0).unwrap_or(default)
    };
    let signed = |ms: u64| i64::try_from(ms).unwrap_or(i64::MAX / 16).min(i64::MAX / 16);
    Ok(Timing {
        now: signed(context.now.saturating_add(SKEW_MS)),
        start: signed(query.start),
        end: signed(query.end),
        points,
        scrape: attribute("prometheus.scrape-interval-ms", 30_000),
        evaluation: attribute("prometheus.evaluation-interval-ms", 60_000),
        lookback: attribute("prometheus.lookback-ms", 300_000),
    })
}

fn judge(context: &Context, query: &Query, answers: &[Answer], settings: &Settings) -> Result<Verdict, Box<Refused>> {
    let Planned { expr, timing } = plan(context, query, settings)?;
    let least = cost::estimate(&expr, timing, settings, &mut |_| 1)?;
    let subjects = cost::subjects(&least);
    let questions: Vec<Question> = subjects
        .iter()
        .flat_map(|(subject, windows)| windows.iter().map(|window| ask(subject, *window, settings)))
        .collect();
    if questions.len() > settings.max_selectors {
        let denial = deny(
            rules::SELECTOR_COUNT,
            format!("the query reads {} different selectors, the limit is {}", questions.len(), settings.max_selectors),
        )
        .detail("selectors", questions.len().to_string())
        .detail("budget", settings.max_selectors.to_string());
        return Err(denial.into());
    }
    let mut known: HashMap<(&str, (i64, i64)), Series> = HashMap::new();
    let mut open = Vec::new();
    for question in &questions {
        match answers.iter().find(|a| same(&a.question, question)) {
            None => open.push(question.clone()),
            Some(answer) => {
                let series = read(answer, settings)
                    .map_err(|denial| Box::new(Refused { denial, expr: Some(expr.clone()), estimate: None }))?;
                known.insert((&question.subject, of(question)), series);
            }
        }
    }
    if !open.is_empty() {
        return Ok(Verdict::Need(open));
    }
    let mut bounds: HashMap<String, Series> = HashMap::new();
    let mut series = |mention: &Mention| {
        let found = known
            .iter()
            .filter(|((subject, window), _)| {
                *subject == mention.subject && window.0 <= mention.window.0 && mention.window.1 <= window.1
            })
            .map(|(_, series)| *series)
            .max();
        // Every mention lies within one of the questions; if one did not, it would count as over every budget.
        let found = found.unwrap_or(Series { series: u64::MAX, bound: Bound::AtMost });
        bounds.entry(mention.subject.clone()).and_modify(|s| *s = found.max(*s)).or_insert(found);
        found.series
    };
    let estimate = cost::estimate(&expr, timing, settings, &mut series)?;
    match budgets::check(&estimate, &bounds, settings) {
        Ok(()) => Ok(Verdict::Allow(Allowance { rule: rules::WITHIN_BUDGET.id.to_owned(), limits: limits(settings) })),
        Err(denial) => Err(Box::new(Refused { denial, expr: Some(expr), estimate: Some(estimate) })),
    }
}

fn limits(settings: &Settings) -> Limits {
    Limits {
        timeout_ms: Some(settings.timeout_seconds.saturating_mul(1000)),
        max_series: Some(u32::try_from(settings.max_result_series).unwrap_or(u32::MAX)),
        max_samples: Some(settings.max_result_samples),
        ..wardgate_guest::no_limits()
    }
}
