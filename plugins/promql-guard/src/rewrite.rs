//! A query that would pass, where a small change makes one. Only changes that keep the question: a shorter range that ends at the same
//! time, a coarser step, a grouped histogram, the largest few of a large result.
use crate::{cost::Estimate, query, rules, settings::Settings};
use std::time::Duration;
use wardgate_guest::types::{Answer, Context, Denial, Query};
use wardgate_promql::{
    promql_parser::parser::{self, Expr},
    render,
};

/// Steps that people use, in seconds.
const STEPS: &[u64] = &[10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 21_600, 43_200, 86_400];
/// Fewer points than this are no answer to a range query.
const LEAST_POINTS: u64 = 6;

/// A rewritten query that passes by the answers there are, if one of the changes makes one.
pub(crate) fn instead(
    context: &Context,
    query: &Query,
    expr: &Expr,
    denial: &Denial,
    estimate: Option<&Estimate>,
    answers: &[Answer],
    settings: &Settings,
) -> Option<Query> {
    let passes = |candidate: &Query| query::would_pass(context, candidate, answers, settings);
    let rule = denial.rule.as_str();
    let is = |r: rules::Rule| r.id == rule;
    let ranged = query.end > query.start;
    if is(rules::RANGE_DURATION) || is(rules::RANGE_POINTS) || is(rules::RANGE_STEP) {
        let longest = settings.max_range_seconds.saturating_mul(1000);
        let start = query.start.max(query.end.saturating_sub(longest));
        return coarser(&Query { start, ..query.clone() }, settings).find(passes);
    }
    if is(rules::COST_EVALUATIONS) || is(rules::SUBQUERY_STEP) {
        return STEPS
            .iter()
            .map(|step| Query { text: render(&with_subquery_step(expr, *step)), ..query.clone() })
            .find(passes);
    }
    if is(rules::COST_SAMPLES) && ranged && estimate.is_some() {
        return coarser(query, settings).find(passes);
    }
    if is(rules::HISTOGRAM_UNGROUPED) {
        let text = render(&with_grouped_histogram(expr));
        return Some(Query { text, ..query.clone() }).filter(passes);
    }
    if is(rules::RESULT_SERIES) && estimate.is_some() {
        if ranged {
            return coarser(query, settings).find(passes);
        }
        let text = format!("topk(10, {})", render(expr));
        return Some(Query { text, ..query.clone() }).filter(passes);
    }
    None
}

/// The same query with coarser and coarser steps, as long as some points are left.
fn coarser<'a>(query: &'a Query, settings: &'a Settings) -> impl Iterator<Item = Query> + 'a {
    let least = query.step.max(settings.min_step_seconds.saturating_mul(1000));
    let duration = query.end - query.start;
    std::iter::once(least)
        .chain(STEPS.iter().map(|s| s * 1000).filter(move |s| *s > least))
        .take_while(move |step| *step == least || duration / step + 1 >= LEAST_POINTS)
        .map(|step| Query { step, ..query.clone() })
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

fn with_grouped_histogram(expr: &Expr) -> Expr {
    map(expr, &mut |node| {
        if let Expr::Call(call) = node
            && call.func.name == "histogram_quantile"
            && let Some(argument) = call.args.args.get_mut(1)
            && matches!(crate::cost::unwrap_parens(argument), Expr::Call(_))
        {
            let text = format!("sum by (le) ({})", render(argument));
            if let Ok(grouped) = parser::parse(&text) {
                **argument = grouped;
            }
        }
    })
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
