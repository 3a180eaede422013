//! When a query is evaluated, and how often: its start, end and step against the budgets of time.
use crate::{cost::show, rules, settings::Settings, verdict::deny};
use wardgate_guest::types::{Context, Denial, Query};

/// How far the caller's clock may run ahead of the host's.
pub(crate) const SKEW_MS: u64 = 5 * 60 * 1000;
/// Beyond this, times are nonsense; keeping below keeps sums from overflowing.
pub(crate) const FAR: i64 = i64::MAX / 16;

/// When and how a query is evaluated. Times in ms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Timing {
    /// The host's clock.
    pub now: i64,
    /// First evaluation.
    pub start: i64,
    /// Last evaluation.
    pub end: i64,
    /// Evaluations.
    pub points: u64,
    /// How often targets are scraped.
    pub scrape: u64,
    /// Step of a subquery that names none.
    pub evaluation: u64,
    /// How far an instant selector looks back.
    pub lookback: u64,
    /// The range is longer than a query may have that is not cheap.
    pub long: bool,
}

/// Reads a query's times; denied if they make no sense or break a budget.
pub(crate) fn check(context: &Context, query: &Query, settings: &Settings) -> Result<Timing, Denial> {
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
    let points = if duration == 0 { 1 } else { points(query, settings)? };
    let longest = settings.max_range_seconds.saturating_mul(1000);
    let longest_cheap = settings.max_cheap_range_seconds.saturating_mul(1000).max(longest);
    if duration > longest_cheap {
        return Err(too_long(duration, longest_cheap));
    }
    let attribute = |key: &str, default: u64| {
        let given = context.attributes.iter().find(|a| a.key == key).and_then(|a| a.value.parse::<u64>().ok());
        given.filter(|ms| *ms > 0).unwrap_or(default)
    };
    Ok(Timing {
        now: signed(context.now.saturating_add(SKEW_MS)),
        start: signed(query.start),
        end: signed(query.end),
        points,
        scrape: attribute("prometheus.scrape-interval-ms", 30_000),
        evaluation: attribute("prometheus.evaluation-interval-ms", 60_000),
        lookback: attribute("prometheus.lookback-ms", 300_000),
        long: duration > longest,
    })
}

fn points(query: &Query, settings: &Settings) -> Result<u64, Denial> {
    let least = settings.min_step_seconds.saturating_mul(1000);
    if query.step == 0 {
        return Err(deny(rules::RANGE_STEP, "a range query needs a step"));
    }
    let points = (query.end - query.start) / query.step + 1;
    if points > settings.max_points {
        return Err(deny(
            rules::RANGE_POINTS,
            format!("the range gives {points} points per series, the limit is {}", settings.max_points),
        )
        .detail("points", points.to_string())
        .detail("budget", settings.max_points.to_string()));
    }
    if query.step < least {
        return Err(deny(rules::RANGE_STEP, format!("the step is {}, the least is {}", show(query.step), show(least)))
            .detail("step_ms", query.step.to_string())
            .detail("budget_ms", least.to_string()));
    }
    Ok(points)
}

/// Refuses a range for its length.
pub(crate) fn too_long(duration: u64, longest: u64) -> Denial {
    deny(rules::RANGE_DURATION, format!("the range spans {}, the limit is {}", show(duration), show(longest)))
        .detail("duration_ms", duration.to_string())
        .detail("budget_ms", longest.to_string())
}

fn signed(ms: u64) -> i64 {
    i64::try_from(ms).unwrap_or(FAR).min(FAR)
}
