//! The review of a query: static checks, then questions, then budgets; and, where it is refused, what to do about it.
use crate::{
    answers::{self, Series, ask, find, of, read},
    budgets,
    cost::{self, Estimate, Mention},
    rewrite::{self, Candidate},
    rules,
    selector::clip,
    settings::Settings,
    teach,
    timing::{self, Timing},
    verdict::deny,
};
use std::collections::HashMap;
use wardgate_guest::types::{Allowance, Answer, Bound, Context, Denial, Limits, Query, Question, Request, Verdict};
use wardgate_promql::{
    Kind, Trouble, kind, literals,
    promql_parser::parser::{Expr, value::ValueType},
    render,
};

/// Reviews a query.
pub(crate) fn review(context: &Context, query: &Query, answers: &[Answer], settings: &Settings) -> Verdict {
    let expr = match parse(&query.text, settings.text_limits(&context.subject)) {
        Ok(expr) => expr,
        Err(denial) => return denial.into(),
    };
    let settings = settings.of(&context.subject, namespaces(&expr).as_deref());
    let settings = &settings;
    // What holds for this caller's other queries may be more than holds for this one.
    if let Err(denial) = parse(&query.text, settings.text_limits(&context.subject)) {
        return denial.into();
    }
    match judge(context, query, &expr, answers, settings) {
        Ok(verdict) => verdict,
        Err(refused) => explain(context, query, &expr, &refused, answers, settings),
    }
}

/// Parses a text.
pub(crate) fn parse(text: &str, limits: wardgate_promql::Limits) -> Result<Expr, Denial> {
    wardgate_promql::parse(text, limits).map_err(|trouble| {
        let rule = match &trouble {
            Trouble::TooLong { .. } => rules::TEXT_LENGTH,
            Trouble::TooDeep { .. } | Trouble::TooManyOperators { .. } => rules::NESTING,
            Trouble::Syntax { .. } => rules::PARSE,
            Trouble::Experimental(_) => rules::EXPERIMENTAL,
            Trouble::DearPatterns { .. } => rules::REGEX,
            Trouble::Duration { .. } => rules::WINDOW,
        };
        let mut denial = deny(rule, clip(&trouble.to_string()));
        match &trouble {
            Trouble::TooLong { bytes, most } => {
                denial = denial.detail("bytes", bytes.to_string()).detail("budget", most.to_string());
            }
            Trouble::Syntax { what, .. } => {
                if let Some(remedy) = teach::syntax(what) {
                    denial = denial.remedy(remedy);
                }
            }
            _ => {}
        }
        match trouble.at() {
            Some(at) => denial.detail("character", at.to_string()),
            None => denial,
        }
    })
}

/// The namespaces a query keeps to, if every one of its selectors names them literally.
fn namespaces(expr: &Expr) -> Option<Vec<String>> {
    let mut all = Vec::new();
    for selector in wardgate_promql::selectors(expr) {
        let named = selector.matchers.matchers.iter().filter(|m| m.name == "namespace").find_map(|m| match kind(m) {
            Kind::Equal(name) => Some(vec![name.to_owned()]),
            Kind::Pattern(pattern) => literals(pattern),
            Kind::NotEqual(_) | Kind::NotPattern(_) => None,
        });
        all.extend(named.filter(|names| names.iter().all(|n| !n.is_empty()))?);
    }
    (!all.is_empty()).then_some(all)
}

/// Why a query is refused, and what was found out about it.
pub(crate) struct Refused {
    pub(crate) denial: Denial,
    pub(crate) estimate: Option<Estimate>,
    /// Metrics of which the host says that there are none.
    pub(crate) missing: Vec<String>,
}

impl From<Denial> for Box<Refused> {
    fn from(denial: Denial) -> Self {
        Box::new(Refused { denial, estimate: None, missing: Vec::new() })
    }
}

/// What can be checked without knowing any series.
fn plan(context: &Context, query: &Query, expr: &Expr, settings: &Settings) -> Result<(Timing, Estimate), Denial> {
    let timing = timing::check(context, query, settings)?;
    if query.end > query.start && matches!(expr.value_type(), ValueType::Matrix | ValueType::String) {
        return Err(deny(
            rules::PARSE,
            format!("a range query gives a value at every step; this expression is a {}", expr.value_type()),
        )
        .remedy("Put a function around it, as in `rate(...)`, or ask for one instant."));
    }
    // With the least that is possible, one series each, this already finds what no narrowing helps.
    let least = cost::estimate(expr, timing, settings, &mut |_| 1)?;
    budgets::check(&least, &HashMap::new(), timing, settings)?;
    Ok((timing, least))
}

/// What is to be asked about the selectors of a query.
fn questions(least: &Estimate, settings: &Settings) -> Result<Vec<Question>, Denial> {
    let mut questions = Vec::new();
    for (subject, windows) in cost::subjects(least) {
        // So many samples one series of the selector costs, over all its mentions; so many series are too many.
        let mentions = least.mentions.iter().filter(|(m, _)| m.subject == subject);
        let each = mentions.map(|(m, _)| m.samples.saturating_mul(m.evaluations)).fold(0, u64::saturating_add);
        let enough = settings.max_series.min(settings.max_samples / each.max(1)).saturating_add(1);
        questions.extend(windows.into_iter().map(|window| ask(subject, window, enough)));
    }
    if questions.len() > settings.max_selectors {
        return Err(deny(
            rules::SELECTOR_COUNT,
            format!("the query reads {} different selectors, the limit is {}", questions.len(), settings.max_selectors),
        )
        .detail("selectors", questions.len().to_string())
        .detail("budget", settings.max_selectors.to_string()));
    }
    Ok(questions)
}

fn judge(
    context: &Context,
    query: &Query,
    expr: &Expr,
    answers: &[Answer],
    settings: &Settings,
) -> Result<Verdict, Box<Refused>> {
    let (timing, least) = plan(context, query, expr, settings)?;
    let questions = questions(&least, settings)?;
    let mut known: HashMap<(&str, (i64, i64)), Series> = HashMap::new();
    let (mut open, mut missing, mut unknown) = (Vec::new(), Vec::new(), None);
    for question in &questions {
        let Some(answer) = find(question, answers) else {
            open.push(question.clone());
            continue;
        };
        match read(answer) {
            Ok(series) => _ = known.insert((&question.subject, of(question)), series),
            Err(denial) => {
                if answers::is_missing(answer) {
                    missing.push(wardgate_promql::metric_of(&question.subject).to_owned());
                }
                unknown.get_or_insert(denial);
            }
        }
    }
    if let Some(denial) = unknown {
        return Err(Box::new(Refused { denial, estimate: None, missing }));
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
    let estimate = cost::estimate(expr, timing, settings, &mut series)?;
    match budgets::check(&estimate, &bounds, timing, settings) {
        Ok(()) => Ok(Verdict::Allow(Allowance { rule: rules::WITHIN_BUDGET.id.to_owned(), limits: limits(settings) })),
        Err(denial) => Err(Box::new(Refused { denial, estimate: Some(estimate), missing })),
    }
}

/// A refusal with what helps: names that exist, and a query that would pass. Asks for what it needs to know for that, once.
fn explain(
    context: &Context,
    query: &Query,
    expr: &Expr,
    refused: &Refused,
    answers: &[Answer],
    settings: &Settings,
) -> Verdict {
    let wanted = teach::names_to_ask(refused, answers);
    if !wanted.is_empty() {
        return Verdict::Need(wanted);
    }
    let mut denial = teach::with_names(refused, answers);
    let asked_already = answers.iter().any(|a| answers::is_from_cache(&a.question));
    let mut unasked = Vec::new();
    let passes = |candidate: &Candidate| {
        let Some(open) = candidate_questions(context, query, candidate, answers, settings) else { return false };
        if open.is_empty() || !asked_already {
            unasked = open;
            return true;
        }
        false
    };
    let found = rewrite::instead(query, expr, refused, answers, settings, passes);
    if found.is_some() && !unasked.is_empty() {
        return Verdict::Need(unasked.into_iter().map(answers::from_cache).collect());
    }
    denial.instead = found.map(|candidate| Request::Query(candidate.query(query)));
    denial.into()
}

/// Whether a rewritten query would pass, and what would have to be known for it yet; none if it would not. What is not known is taken at
/// its least.
fn candidate_questions(
    context: &Context,
    query: &Query,
    candidate: &Candidate,
    answers: &[Answer],
    settings: &Settings,
) -> Option<Vec<Question>> {
    let times = Query { text: String::new(), start: candidate.start, end: candidate.end, step: candidate.step };
    if candidate.expr.is_some() && render(candidate.expr.as_ref()?).len() > settings.max_text_bytes {
        return None;
    }
    let parsed;
    let expr = if let Some(expr) = &candidate.expr {
        expr
    } else {
        parsed = parse(&query.text, settings.text_limits(&context.subject)).ok()?;
        &parsed
    };
    let (timing, least) = plan(context, &times, expr, settings).ok()?;
    let questions = questions(&least, settings).ok()?;
    let mut open = Vec::new();
    let mut known: HashMap<String, Series> = HashMap::new();
    for question in questions {
        match find(&question, answers) {
            None => open.push(question),
            Some(answer) => {
                let series = read(answer).ok()?;
                known.entry(question.subject).and_modify(|s| *s = series.max(*s)).or_insert(series);
            }
        }
    }
    let mut series = |mention: &Mention| known.get(&mention.subject).map_or(1, |s| s.series);
    let estimate = cost::estimate(expr, timing, settings, &mut series).ok()?;
    budgets::check(&estimate, &known, timing, settings).ok()?;
    Some(open)
}

fn limits(settings: &Settings) -> Limits {
    Limits {
        timeout_ms: Some(settings.timeout_seconds.saturating_mul(1000)),
        max_read_bytes: Some(settings.max_result_bytes),
        max_series: Some(u32::try_from(settings.max_result_series).unwrap_or(u32::MAX)),
        max_samples: Some(settings.max_result_samples),
        ..wardgate_guest::no_limits()
    }
}
