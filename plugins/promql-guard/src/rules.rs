//! The rules this guard can name. Ids are stable: agents, dashboards and evidence refer to them.

/// One rule: its id, what it says, and what to do about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Stable id.
    pub id: &'static str,
    /// What the rule holds, in a sentence.
    pub description: &'static str,
    /// What an author of queries can do, in a sentence. Empty for rules that allow.
    pub remedy: &'static str,
}

macro_rules! rules {
    ($($name:ident = $id:literal, $description:literal, $remedy:literal;)*) => {
        $(#[doc = $description] pub const $name: Rule = Rule { id: $id, description: $description, remedy: $remedy };)*
        /// Every rule, in the order in which they are looked at.
        pub const ALL: &[Rule] = &[$($name),*];
    };
}

rules! {
    TEXT_LENGTH = "promql.text.length", "The text of a query has a limit; parsing has to stay cheap.",
        "Shorten the query: use a recording rule, or a regular expression in place of a long list.";
    NESTING = "promql.nesting", "Parentheses, operators and subqueries can be nested and chained only so far.",
        "Split the query into several.";
    PARSE = "promql.parse", "A query that cannot be parsed, or whose type does not fit the request, is denied.",
        "Correct the syntax; the reason says where the trouble starts.";
    EXPERIMENTAL = "promql.experimental", "Experimental and foreign syntax is denied by its name: its cost is not known.",
        "Write the query in stable PromQL.";
    REGEX = "promql.regex", "Regular expressions that are expensive to compile (large counted repetitions, many Unicode classes) are denied.",
        "Use `+` or `*` in place of a counted repetition, `[0-9]` and `[a-z]` in place of `\\d` and `\\w`.";
    RANGE_TIME = "promql.range.time", "Start must not be after end, the end must not lie in the future, the start not before anything kept.",
        "Correct start and end; times are absolute.";
    RANGE_POINTS = "promql.range.points", "A range query returns a limited number of points per series.",
        "Raise the step or shorten the range.";
    RANGE_STEP = "promql.range.step", "A range query has a least step; nothing is scraped more often.",
        "Raise the step.";
    RANGE_DURATION = "promql.range.duration", "The time between start and end has a limit.",
        "Shorten the range, or ask for a single value over it (`avg_over_time(...)`, `increase(...)`) as an instant query.";
    SELECTOR_NAMELESS = "promql.selector.nameless", "Every selector must name its metric exactly; one that does not reads every metric's index.",
        "Name one metric, as in `up{job=\"api\"}`; prom_find_metrics finds names.";
    SELECTOR_COUNT = "promql.selector.count", "A query may hold a limited number of different selectors.",
        "Split the query into several.";
    SUBQUERY_STEP = "promql.subquery.step", "A subquery has a least step; nothing is scraped more often.",
        "Give the subquery a step no finer than the scrape interval, as in `[1h:1m]`.";
    WINDOW = "promql.window", "The windows inside a query (ranges and subqueries, added up) have a limit.",
        "Shorten the window, or use a recording rule that already holds the long view.";
    OFFSET = "promql.offset", "`offset` and `@` reach back only so far, and never into the future.",
        "Use a smaller offset, or ask for the older time as the time of the query.";
    AGGREGATE_K = "promql.aggregate.k", "`topk`, `bottomk` and `limitk` take a literal number of a sensible size.",
        "Ask for the few series that matter, as in `topk(10, ...)`.";
    COST_EVALUATIONS = "promql.cost.evaluations", "A subquery evaluates its inner expression a limited number of times.",
        "Give the subquery a coarser step or a shorter range.";
    SELECTOR_UNKNOWN = "promql.selector.unknown", "A selector whose number of series nobody can tell counts as expensive.",
        "Check the metric's name with prom_find_metrics, or narrow the selector with `=` matchers and ask again.";
    SELECTOR_SERIES = "promql.selector.series", "One selector, and all different selectors together, may touch a limited number of series.",
        "Narrow the selector with `=` matchers, for instance `namespace=\"...\"`, or use a recording rule.";
    COST_FANOUT = "promql.cost.fanout", "Series loaded by all mentions of all selectors together have a limit: a copy is read again.",
        "Mention each selector once; drop `or` chains.";
    COST_SAMPLES = "promql.cost.samples", "Series times samples per evaluation times evaluations, over the whole query, has a limit.",
        "Narrow the selectors, shorten the windows in brackets, or raise the step.";
    COST_COUNT_VALUES = "promql.cost.count-values", "`count_values` makes a series of every value, so it takes few series in.",
        "Aggregate first, or use `count` with a comparison.";
    COST_LABELS = "promql.cost.labels", "The labels that `label_replace` and `label_join` make have a limit in bytes, over all series: nested, they grow by multiplication.",
        "Make a label of one capture (`$1`) or of few labels, once.";
    HISTOGRAM_UNGROUPED = "promql.histogram.ungrouped", "`histogram_quantile` over many buckets must group them first.",
        "Wrap the rate: `histogram_quantile(0.99, sum by (le) (rate(...)))`.";
    RESULT_SERIES = "promql.result.series", "A result has a limited number of series and of samples.",
        "Aggregate (`sum by (namespace) (...)`), take `topk(10, ...)`, or narrow the selector.";
    METADATA_KIND = "promql.metadata.kind", "Only documented kinds of metadata can be asked for.",
        "Ask for metrics, label-values, series, targets or alerts.";
    METADATA_SELECTOR = "promql.metadata.selector", "Label values and series need one selector that names its metric, without range, `offset` or `@`.",
        "Give a selector such as `up{job=\"api\"}`.";
    METADATA_WINDOW = "promql.metadata.window", "Metadata is asked for over a limited window.",
        "Shorten the window.";
    METADATA_LIMIT = "promql.metadata.limit", "Metadata is returned in limited numbers.",
        "Lower the limit, or narrow the selector.";
    WITHIN_BUDGET = "promql.within-budget", "The query's cost, estimated from the series it touches, is within every budget.", "";
    METADATA_ALLOWED = "promql.metadata.allowed", "The metadata asked for is within every bound.", "";
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn rule_ids_are_unique_and_of_one_family() {
        let ids: HashSet<_> = ALL.iter().map(|r| r.id).collect();
        assert_eq!(ids.len(), ALL.len());
        for rule in ALL {
            assert!(rule.id.starts_with("promql."), "{}", rule.id);
            assert!(rule.description.ends_with('.'), "{}", rule.id);
        }
    }
}
