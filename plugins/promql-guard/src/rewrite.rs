//! A query that would pass, where a small change makes one. Only changes that keep the question: a shorter range that ends at the same
//! time, a coarser step, one value instead of many, a shorter window, exact names for a pattern or a slip of the pen, each operand of
//! `or` once, a grouped histogram, the largest few of a large result.
use crate::{answers::names, query::Refused, rules, settings::Settings};
use std::{collections::HashSet, time::Duration};
use wardgate_guest::types::{Answer, Query};
use wardgate_promql::{
    Kind, equal, kind, literals,
    promql_parser::{
        label::METRIC_NAME,
        parser::{self, Expr, VectorSelector, token::T_LOR, value::ValueType},
    },
    render,
};

/// Steps that people use, in seconds.
const STEPS: &[u64] = &[10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
/// Windows that people use, in seconds, the longest first.
const WINDOWS: &[u64] = &[604_800, 86_400, 21_600, 3600, 1800, 900, 300];
/// Fewer points than this are no answer to a range query.
const LEAST_POINTS: u64 = 6;
/// Names that a pattern is spelt out for.
const NAMES: usize = 8;
/// What is left of a large result.
const LARGEST: u64 = 10;

/// A changed query; the text is the old one unless there is a new tree.
pub(crate) struct Candidate {
    pub(crate) expr: Option<Expr>,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) step: u64,
}

impl Candidate {
    fn of(query: &Query) -> Self {
        Candidate { expr: None, start: query.start, end: query.end, step: query.step }
    }

    fn with(query: &Query, expr: Expr) -> Self {
        Candidate { expr: Some(expr), ..Candidate::of(query) }
    }

    /// The query to propose.
    pub(crate) fn query(&self, old: &Query) -> Query {
        let text = self.expr.as_ref().map_or_else(|| old.text.clone(), render);
        Query { text, start: self.start, end: self.end, step: self.step }
    }
}

/// The first change that passes.
pub(crate) fn instead(
    query: &Query,
    expr: &Expr,
    refused: &Refused,
    answers: &[Answer],
    settings: &Settings,
    mut passes: impl FnMut(&Candidate) -> bool,
) -> Option<Candidate> {
    let rule = refused.denial.rule.as_str();
    let is = |r: rules::Rule| r.id == rule;
    let ranged = query.end > query.start;
    let mut tried: Vec<Candidate> = Vec::new();
    if is(rules::RANGE_TIME) && query.start > query.end {
        tried.push(Candidate { start: query.end, end: query.start, ..Candidate::of(query) });
    } else if is(rules::RANGE_DURATION) || is(rules::RANGE_POINTS) || is(rules::RANGE_STEP) {
        let longest = settings.max_range_seconds.saturating_mul(1000);
        let start = query.start.max(query.end.saturating_sub(longest));
        tried.extend(coarser(&Query { start, ..query.clone() }, settings));
    } else if is(rules::COST_EVALUATIONS) || is(rules::SUBQUERY_STEP) {
        tried.extend(STEPS.iter().map(|step| Candidate::with(query, with_subquery_step(expr, *step))));
    } else if is(rules::COST_SAMPLES) || is(rules::WINDOW) {
        if ranged && is(rules::COST_SAMPLES) {
            tried.extend(coarser(query, settings));
        }
        let at_once = Candidate { start: query.end, step: 0, ..Candidate::of(query) };
        let shorter = |times: &Candidate| {
            let times = (times.start, times.end, times.step);
            WINDOWS.iter().filter_map(move |seconds| {
                let expr = with_windows(expr, *seconds)?;
                Some(Candidate { expr: Some(expr), start: times.0, end: times.1, step: times.2 })
            })
        };
        let shortened: Vec<_> = shorter(&Candidate::of(query)).collect();
        if ranged {
            tried.push(at_once);
        }
        tried.extend(shortened);
    } else if is(rules::HISTOGRAM_UNGROUPED) {
        tried.push(Candidate::with(query, with_grouped_histogram(expr)));
    } else if is(rules::RESULT_SERIES) {
        if ranged {
            tried.extend(coarser(query, settings));
        }
        if expr.value_type() == ValueType::Vector {
            tried.extend(largest(expr).map(|expr| Candidate::with(query, expr)));
        } else {
            tried.extend(WINDOWS.iter().filter_map(|s| Some(Candidate::with(query, with_windows(expr, *s)?))));
        }
    } else if is(rules::AGGREGATE_K) {
        tried.push(Candidate::with(query, with_small_k(expr, settings)));
    } else if is(rules::COST_FANOUT) {
        tried.extend(without_copies(expr).map(|expr| Candidate::with(query, expr)));
    } else if is(rules::SELECTOR_NAMELESS) {
        tried.extend(with_names_spelt_out(expr).map(|expr| Candidate::with(query, expr)));
    } else if is(rules::SELECTOR_UNKNOWN) && !refused.missing.is_empty() {
        tried.extend(with_near_names(expr, &refused.missing, answers).map(|expr| Candidate::with(query, expr)));
    } else if is(rules::PARSE) && ranged && expr.value_type() == ValueType::Matrix {
        tried.push(Candidate { start: query.end, step: 0, ..Candidate::of(query) });
    }
    tried.into_iter().find(|candidate| passes(candidate))
}

/// The same query with coarser and coarser steps, as long as some points are left.
fn coarser(query: &Query, settings: &Settings) -> Vec<Candidate> {
    let least = query.step.max(settings.min_step_seconds.saturating_mul(1000));
    let duration = query.end - query.start;
    std::iter::once(least)
        .chain(STEPS.iter().map(|s| s * 1000).filter(|s| *s > least))
        .take_while(|step| *step == least || duration / step + 1 >= LEAST_POINTS)
        .map(|step| Candidate { step, ..Candidate::of(query) })
        .collect()
}

fn with_subquery_step(expr: &Expr, seconds: u64) -> Expr {
    let step = Duration::from_secs(seconds);
    map(expr, &mut |node| {
        if let Expr::Subquery(subquery) = node {
            // A step that is coarser already stays; a default one is written out.
            subquery.step = Some(subquery.step.map_or(step, |s| s.max(step)));
        }
    })
}

/// Every window that is longer cut to so many seconds; none if none is longer.
fn with_windows(expr: &Expr, seconds: u64) -> Option<Expr> {
    let most = Duration::from_secs(seconds);
    let mut changed = false;
    let copy = map(expr, &mut |node| {
        let range = match node {
            Expr::MatrixSelector(matrix) => &mut matrix.range,
            Expr::Subquery(subquery) => &mut subquery.range,
            _ => return,
        };
        if *range > most {
            *range = most;
            changed = true;
        }
    });
    changed.then_some(copy)
}

fn with_grouped_histogram(expr: &Expr) -> Expr {
    map(expr, &mut |node| {
        if let Expr::Call(call) = node
            && call.func.name == "histogram_quantile"
            && let Some(argument) = call.args.args.get_mut(1)
            && matches!(crate::cost::unwrap_parens(argument), Expr::Call(_) | Expr::VectorSelector(_))
            && let Some(grouped) = around("sum by (le) (up)", argument)
        {
            **argument = grouped;
        }
    })
}

/// The largest few of what an expression gives; inside a `sort`, whose order it keeps.
fn largest(expr: &Expr) -> Option<Expr> {
    around(&format!("topk({LARGEST}, up)"), expr)
}

/// An aggregation written with `up` in it, around an expression instead.
fn around(aggregation: &str, inner: &Expr) -> Option<Expr> {
    let mut outer = parser::parse(aggregation).ok()?;
    if let Expr::Aggregate(aggregate) = &mut outer {
        *aggregate.expr = inner.clone();
    }
    Some(outer)
}

fn with_small_k(expr: &Expr, settings: &Settings) -> Expr {
    map(expr, &mut |node| {
        if let Expr::Aggregate(aggregate) = node
            && matches!(aggregate.op.to_string().as_str(), "topk" | "bottomk" | "limitk")
            && let Some(parameter) = &mut aggregate.param
            && !matches!(&**parameter, Expr::NumberLiteral(k) if (0.0..=1000.0).contains(&k.val))
            && let Ok(few) = parser::parse(&LARGEST.min(settings.max_k).to_string())
        {
            **parameter = few;
        }
    })
}

/// Each operand of a chain of `or` once; none if each stands there once.
fn without_copies(expr: &Expr) -> Option<Expr> {
    let mut changed = false;
    let copy = map(expr, &mut |node| {
        let mut operands = Vec::new();
        chain(node, &mut operands);
        let mut seen = HashSet::new();
        let total = operands.len();
        operands.retain(|operand| seen.insert(render(operand)));
        if operands.len() < total
            && let Some(rest) = joined(operands)
        {
            *node = rest;
            changed = true;
        }
    });
    changed.then_some(copy)
}

fn chain(expr: &Expr, operands: &mut Vec<Expr>) {
    match expr {
        Expr::Binary(binary)
            if binary.op.id() == T_LOR && binary.modifier.as_ref().is_none_or(|m| m.matching.is_none()) =>
        {
            chain(&binary.lhs, operands);
            chain(&binary.rhs, operands);
        }
        Expr::Paren(paren) if matches!(&*paren.expr, Expr::Binary(b) if b.op.id() == T_LOR) => {
            chain(&paren.expr, operands);
        }
        other => operands.push(other.clone()),
    }
}

/// Expressions joined by `or`.
fn joined(operands: Vec<Expr>) -> Option<Expr> {
    let mut operands = operands.into_iter();
    let first = operands.next()?;
    operands.try_fold(first, |left, right| {
        let mut both = parser::parse("up or up").ok()?;
        if let Expr::Binary(binary) = &mut both {
            *binary.lhs = left;
            *binary.rhs = right;
        }
        Some(both)
    })
}

/// Selectors whose name is a pattern of a few literal names, spelt out: `{__name__=~"a|b"}` is `(a or b)`, and so is a function around a
/// window of them. None if a nameless selector is left.
fn with_names_spelt_out(expr: &Expr) -> Option<Expr> {
    let copy = map(expr, &mut |node| {
        let found = match node {
            Expr::VectorSelector(selector) => spelt_out(selector),
            Expr::Call(call) => call.args.args.iter().find_map(|argument| match &**argument {
                Expr::MatrixSelector(matrix) => spelt_out(&matrix.vs),
                _ => None,
            }),
            _ => None,
        };
        let Some(selectors) = found else { return };
        let each: Option<Vec<Expr>> = selectors
            .into_iter()
            .map(|selector| {
                let mut one = node.clone();
                match &mut one {
                    Expr::VectorSelector(old) => *old = selector,
                    Expr::Call(call) => {
                        let window = call.args.args.iter_mut().find_map(|a| match &mut **a {
                            Expr::MatrixSelector(matrix) => Some(matrix),
                            _ => None,
                        });
                        window?.vs = selector;
                    }
                    _ => return None,
                }
                Some(one)
            })
            .collect();
        let Some(all) = each.and_then(joined) else { return };
        let Ok(mut paren) = parser::parse("(up)") else { return };
        if let (Expr::Paren(paren), Expr::Binary(_)) = (&mut paren, &all) {
            *paren.expr = all;
        } else {
            paren = all;
        }
        *node = paren;
    });
    let named = wardgate_promql::selectors(&copy).iter().all(|s| wardgate_promql::metric(s).is_some());
    named.then_some(copy)
}

/// A nameless selector with each of the names that its pattern lists.
fn spelt_out(selector: &VectorSelector) -> Option<Vec<VectorSelector>> {
    if wardgate_promql::metric(selector).is_some() {
        return None;
    }
    let is_name = |m: &&_| -> bool { matches!(kind(m), Kind::Pattern(_)) };
    let mut patterns = selector.matchers.matchers.iter().filter(|m| m.name == METRIC_NAME);
    let (Some(matcher), None) = (patterns.next().filter(is_name), patterns.next()) else { return None };
    let Kind::Pattern(pattern) = kind(matcher) else { return None };
    let names = literals(pattern).filter(|names| names.len() <= NAMES && names.iter().all(|n| !n.is_empty()))?;
    let with = |name: String| {
        let mut one = selector.clone();
        one.matchers.matchers.retain(|m| m.name != METRIC_NAME);
        one.matchers.matchers.push(equal(METRIC_NAME, &name));
        one
    };
    Some(names.into_iter().map(with).collect())
}

/// Metrics that do not exist replaced by the nearest that do; none if one has no near name.
fn with_near_names(expr: &Expr, missing: &[String], answers: &[Answer]) -> Option<Expr> {
    let mut left = false;
    let copy = map(expr, &mut |node| {
        let selector = match node {
            Expr::VectorSelector(selector) => selector,
            Expr::MatrixSelector(matrix) => &mut matrix.vs,
            _ => return,
        };
        let Some(metric) = wardgate_promql::metric(selector).map(str::to_owned) else { return };
        if !missing.contains(&metric) {
            return;
        }
        let Some(nearest) = names(&metric, answers).and_then(<[String]>::first) else {
            left = true;
            return;
        };
        selector.name = None;
        selector.matchers.matchers.retain(|m| m.name != METRIC_NAME);
        selector.matchers.matchers.push(equal(METRIC_NAME, nearest));
    });
    (!left).then_some(copy)
}

/// A copy of a tree with every node changed, leaves first.
fn map(expr: &Expr, change: &mut dyn FnMut(&mut Expr)) -> Expr {
    let mut copy = expr.clone();
    visit(&mut copy, change);
    copy
}

fn visit(expr: &mut Expr, change: &mut dyn FnMut(&mut Expr)) {
    match expr {
        Expr::Aggregate(aggregate) => {
            if let Some(parameter) = &mut aggregate.param {
                visit(parameter, change);
            }
            visit(&mut aggregate.expr, change);
        }
        Expr::Unary(unary) => visit(&mut unary.expr, change),
        Expr::Binary(binary) => {
            visit(&mut binary.lhs, change);
            visit(&mut binary.rhs, change);
        }
        Expr::Paren(paren) => visit(&mut paren.expr, change),
        Expr::Subquery(subquery) => visit(&mut subquery.expr, change),
        Expr::Call(call) => call.args.args.iter_mut().for_each(|a| visit(a, change)),
        Expr::NumberLiteral(_)
        | Expr::StringLiteral(_)
        | Expr::VectorSelector(_)
        | Expr::MatrixSelector(_)
        | Expr::Extension(_) => {}
    }
    change(expr);
}
