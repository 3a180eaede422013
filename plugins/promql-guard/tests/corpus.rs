//! Lists of queries against the shipped estimate of a mid-size cluster: what people ask must pass, what breaks servers must not.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs)]
mod common;

use common::{Asked, DAY, NOW, guard, instant, range};
use wardgate_guest::types::{Query, Request, Verdict};

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
}

/// Those of a list of ordinary queries that are denied, and why; with how many were asked.
fn denied(list: &'static str) -> (usize, Vec<String>) {
    let guard = guard();
    let mut asked = 0;
    let mut failed = Vec::new();
    for line in lines(list) {
        let (how, text) = line.split_once('\t').unwrap();
        let mut forms = vec![instant(text)];
        if how == "r" {
            forms.push(range(text, 1800, 30));
        }
        for query in forms {
            asked += 1;
            if let Asked { verdict: Verdict::Deny(denial), .. } = guard.ask(&query) {
                failed.push(format!("{}: {text}\n    {}", denial.rule, denial.reason));
            }
        }
    }
    (asked, failed)
}

/// A query of a list of those that must be denied: its rule, itself.
fn negative(line: &'static str) -> (&'static str, Query) {
    let mut parts = line.splitn(3, '\t');
    let (rule, how, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap_or_default());
    let query = match how.split(':').collect::<Vec<_>>()[..] {
        ["r", seconds, step] => Query {
            start: NOW - seconds.parse::<u64>().unwrap() * 1000,
            // The fraction of a second counts.
            step: std::time::Duration::from_secs_f64(step.parse().unwrap()).as_millis().try_into().unwrap(),
            ..instant(text)
        },
        ["i"] => instant(text),
        [ago] => {
            let at = NOW - ago.trim_start_matches('@').parse::<u64>().unwrap() * 1000;
            Query { start: at, end: at, ..instant(text) }
        }
        _ => panic!("{how}"),
    };
    (rule, query)
}

/// Those of a list of queries that must be denied which are not, or by another rule.
fn misjudged(list: &'static str) -> Vec<String> {
    let guard = guard();
    let mut failed = Vec::new();
    for line in lines(list) {
        let (rule, query) = negative(line);
        let text = &query.text;
        match guard.ask(&query).verdict {
            Verdict::Deny(denial) if denial.rule == rule => {
                assert!(!denial.reason.is_empty() && denial.remedy.is_some(), "{text}");
            }
            Verdict::Deny(denial) => failed.push(format!("{rule}, not {}: {text}\n    {}", denial.rule, denial.reason)),
            other => failed.push(format!("{rule}: {text}: {other:?}")),
        }
    }
    failed
}

#[test]
fn queries_of_an_on_call_day_pass_with_default_budgets() {
    let (asked, failed) = denied(include_str!("positives.txt"));
    assert!(asked > 160, "only {asked} queries");
    assert!(failed.is_empty(), "{} of {asked} denied:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn ordinary_queries_beyond_kube_prometheus_pass_with_default_budgets() {
    let (asked, failed) = denied(include_str!("ordinary.txt"));
    assert!(asked > 300, "only {asked} queries");
    assert!(failed.is_empty(), "{} of {asked} denied:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn queries_that_break_servers_are_denied_each_by_its_rule() {
    let failed = misjudged(include_str!("negatives.tsv"));
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn other_queries_that_break_servers_are_denied_each_by_its_rule() {
    let failed = misjudged(include_str!("pathological.tsv"));
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn ordinary_queries_that_the_guard_was_not_made_with_pass() {
    let (asked, failed) = denied(include_str!("rehearsed.txt"));
    assert!(asked > 250, "only {asked} queries");
    assert!(failed.is_empty(), "{} of {asked} denied:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn queries_in_new_costumes_are_denied_each_by_its_rule() {
    let failed = misjudged(include_str!("unasked.tsv"));
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn what_is_asked_at_night_is_answered_and_what_breaks_servers_is_not() {
    let (asked, failed) = denied(include_str!("night.txt"));
    assert!(asked > 250, "only {asked} queries");
    assert!(failed.is_empty(), "{} of {asked} denied:\n{}", failed.len(), failed.join("\n"));
    let failed = misjudged(include_str!("night.tsv"));
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

/// What a denial proposes passes, and ends at the same time.
#[test]
fn proposals_for_denied_queries_pass() {
    let guard = guard();
    let lists = ["negatives", "pathological", "unasked", "night"];
    let texts = [
        include_str!("negatives.tsv"),
        include_str!("pathological.tsv"),
        include_str!("unasked.tsv"),
        include_str!("night.tsv"),
    ];
    for (list, text) in lists.into_iter().zip(texts) {
        let mut proposed = 0;
        for (_, query) in lines(text).map(negative) {
            if let Verdict::Deny(denial) = guard.ask(&query).verdict
                && let Some(Request::Query(instead)) = denial.instead
            {
                proposed += 1;
                assert!(guard.passes(&instead), "{}: {instead:?}", query.text);
                assert!(instead.end == query.end || query.start > query.end, "{}: {instead:?}", query.text);
            }
        }
        assert!(proposed > 10, "{list}: only {proposed} proposals");
    }
}

/// The burn rates of an API server's objectives, in the shape of kube-prometheus' rules (Apache-2.0): how many requests were too slow or
/// failed, of all, over a window. Rules are evaluated at one time.
fn burn_rate(requests: &str, verbs: &str, bounds: &[&str], window: &str) -> String {
    let rate = |metric: &str, more: &str| {
        format!("sum by (cluster) (rate({metric}{{job=\"apiserver\",verb=~\"{verbs}\"{more}}}[{window}]))")
    };
    let inside = ",subresource!~\"proxy|attach|log|exec|portforward\"";
    let fast: Vec<String> =
        bounds.iter().map(|bound| rate(&format!("{requests}_bucket"), &format!("{inside},{bound}"))).collect();
    let all = rate(&format!("{requests}_count"), inside);
    let (failed, every) = (rate("apiserver_request_total", ",code=~\"5..\""), rate("apiserver_request_total", ""));
    format!("(({all} - (({} or vector(0)))) + {failed}) / {every}", fast.join(" + "))
}

#[test]
fn the_objectives_of_an_api_server_pass_but_for_those_over_days_which_a_recording_rule_holds() {
    let guard = guard();
    let (mut asked, mut denied) = (0, Vec::new());
    for requests in ["apiserver_request_sli_duration_seconds", "apiserver_request_slo_duration_seconds"] {
        let read = ["scope=~\"resource|\",le=\"1\"", "scope=\"namespace\",le=\"5\"", "scope=\"cluster\",le=\"30\""];
        for (verbs, bounds) in [("LIST|GET", &read[..]), ("POST|PUT|PATCH|DELETE", &["le=\"1\""])] {
            for window in ["5m", "30m", "1h", "2h", "6h", "1d", "3d"] {
                asked += 1;
                let query = instant(&burn_rate(requests, verbs, bounds, window));
                if let Verdict::Deny(denial) = guard.ask(&query).verdict {
                    assert!(
                        denial.reason.contains("apiserver_request_total") && denial.instead.is_some(),
                        "{denial:?}"
                    );
                    denied.push((denial.rule, window));
                }
            }
        }
        for text in [
            format!(
                "histogram_quantile(0.99, sum by (cluster, le, resource) (rate({requests}_bucket{{verb=~\"LIST|GET\"}}[5m]))) > 0"
            ),
            format!("sum by (cluster, verb, scope) (increase({requests}_count[1h]))"),
            format!("sum by (cluster, verb, scope, le) (increase({requests}_bucket[1h]))"),
            format!(
                "sum by (cluster, verb, scope) (avg_over_time(cluster_verb_scope:{requests}_count:increase1h[30d]) * 24 * 30)"
            ),
            format!(
                "sum by (cluster, verb, scope, le) (avg_over_time(cluster_verb_scope_le:{requests}_bucket:increase1h[30d]) * 24 * 30)"
            ),
        ] {
            asked += 1;
            assert!(guard.passes(&instant(&text)), "{text}");
        }
    }
    assert_eq!((asked, denied), (38, vec![("promql.cost.samples".to_owned(), "3d"); 4]));
}

#[test]
fn every_denying_rule_is_tripped_by_some_query() {
    let tripped: Vec<_> = lines(include_str!("negatives.tsv")).map(|l| l.split_once('\t').unwrap().0).collect();
    // Text of 4 KiB and lists of 33 selectors stand in tests of their own; metadata has its own file.
    let elsewhere = ["promql.text.length", "promql.selector.count"];
    for rule in promql_guard::rules::ALL.iter().filter(|r| !r.remedy.is_empty() && !r.id.contains("metadata")) {
        assert!(tripped.contains(&rule.id) || elsewhere.contains(&rule.id), "{} is never tripped", rule.id);
    }
}

#[test]
fn what_is_denied_statically_has_nothing_looked_up() {
    let guard = guard();
    for text in [
        "{__name__=~\".+\"}",
        "max_over_time(rate(up[5m])[30d:1s])",
        "sum_over_time(vector(1)[7d:10s])",
        "rate(up[1y])",
        "topk(1e9, up)",
        "up offset 365d",
    ] {
        assert_eq!(guard.ask(&instant(text)).looked_up, 0, "{text}");
    }
    assert_eq!(guard.ask(&range("sum(up)", DAY, 60)).looked_up, 0);
}
