//! What the guard asks, how it takes answers, what it says when it refuses.
#![allow(clippy::unwrap_used, clippy::panic, clippy::unnecessary_wraps, clippy::type_complexity, missing_docs)]
mod common;

use common::{DAY, NOW, context, guard, guard_with, instant, range};
use promql_guard::{PromqlGuard, Settings};
use wardgate_guest::{
    Reviewer, label,
    types::{Answer, Bound, Context, Denial, Known, Logs, Metadata, Query, Question, Request, Value, Verdict},
};

fn number(series: u64, bound: Bound) -> Result<Known, String> {
    Ok(Known { value: Value::Number(series), bound })
}

fn questions_in(context: &Context, query: &Query) -> Vec<Question> {
    let (guard, _) = PromqlGuard::configure(Settings::default()).unwrap();
    match guard.review(context, &Request::Query(query.clone()), &[]) {
        Verdict::Need(questions) => questions,
        other => panic!("{other:?}"),
    }
}

fn questions(query: &Query) -> Vec<Question> {
    questions_in(&context(), query)
}

/// Subject and window, relative to now in seconds.
fn windows(query: &Query) -> Vec<(String, i64, i64)> {
    let seconds = |at: u64| (i64::try_from(at).unwrap() - i64::try_from(NOW).unwrap()) / 1000;
    questions(query)
        .into_iter()
        .map(|q| {
            let window = q.window.unwrap();
            (q.subject, seconds(window.start), seconds(window.end))
        })
        .collect()
}

fn verdict(query: &Query, answer: &Result<Known, String>) -> Verdict {
    guard().ask_with(&Request::Query(query.clone()), |_| answer.clone()).verdict
}

fn refused(query: &Query, answer: &Result<Known, String>) -> Denial {
    match verdict(query, answer) {
        Verdict::Deny(denial) => denial,
        other => panic!("{}: {other:?}", query.text),
    }
}

#[test]
fn the_window_of_a_question_is_what_prometheus_would_read() {
    let day = i64::try_from(DAY).unwrap();
    let cases: &[(Query, &[(&str, i64, i64)])] = &[
        (instant("up"), &[("up", -300, 0)]),
        (instant("up offset 1h"), &[("up", -3900, -3600)]),
        (instant("rate(up[10m])"), &[("up", -600, 0)]),
        (instant("rate(up[10m] offset 1d)"), &[("up", -day - 600, -day)]),
        (range("rate(up[10m])", 1800, 30), &[("up", -2400, 0)]),
        (range("up @ start()", 1800, 30), &[("up", -2100, -1800)]),
        (range("rate(up[5m] @ end() offset 1m)", 1800, 30), &[("up", -360, -60)]),
        (instant("max_over_time(rate(up[5m])[1h:1m])"), &[("up", -3900, 0)]),
        (instant("max_over_time((up offset 10m)[1h:1m] offset 1d)"), &[("up", -day - 3600 - 600 - 300, -day - 600)]),
        // `@` of the subquery moves what is inside; `@` inside is not moved by the subquery.
        (range("max_over_time(up[1h:1m] @ start())", 1800, 30), &[("up", -1800 - 3600 - 300, -1800)]),
        (range("max_over_time((up @ end())[1h:1m] offset 2h)", 1800, 30), &[("up", -300, 0)]),
        // The same selector in one stretch of time is asked about once, in two stretches twice.
        (instant("rate(up[5m]) / rate(up[1h])"), &[("up", -3600, 0)]),
        (instant("up - up offset 1w"), &[("up", -7 * day - 300, -7 * day), ("up", -300, 0)]),
        (instant("up{job='a'} + {__name__=\"up\", job=\"a\"}"), &[("up{job=\"a\"}", -300, 0)]),
    ];
    for (query, expected) in cases {
        let expected: Vec<_> = expected.iter().map(|(s, a, b)| ((*s).to_owned(), *a, *b)).collect();
        assert_eq!(windows(query), expected, "{}", query.text);
    }
    assert_eq!(questions(&instant("up"))[0].stop_at, Some(50_001));
    assert_eq!(questions(&instant("up"))[0].kind, "series");
}

#[test]
fn intervals_come_from_the_context() {
    let attributes = vec![label("prometheus.lookback-ms", "60000")];
    let asked = questions_in(&Context { attributes, ..context() }, &instant("up"));
    assert_eq!(asked[0].window.unwrap().start, NOW - 60_000);
    // A scrape every second makes 30 times the samples: the same query is now too dear.
    let (guard, _) = PromqlGuard::configure(Settings::default()).unwrap();
    let request = Request::Query(instant("sum(rate(up[1h]))"));
    let attributes = vec![label("prometheus.scrape-interval-ms", "1000")];
    let quick = Context { attributes, ..context() };
    for (context, passes) in [(context(), true), (quick, false)] {
        let Verdict::Need(questions) = guard.review(&context, &request, &[]) else { panic!() };
        let answers: Vec<_> =
            questions.into_iter().map(|question| Answer { question, outcome: number(40_000, Bound::Exact) }).collect();
        let verdict = guard.review(&context, &request, &answers);
        assert_eq!(matches!(verdict, Verdict::Allow(_)), passes, "{verdict:?}");
    }
}

#[test]
fn a_bound_counts_for_what_it_says() {
    let query = instant("count(up)");
    let allowed = |answer| matches!(verdict(&query, &answer), Verdict::Allow(_));
    for (series, bound, passes) in [
        (50_000, Bound::Exact, true),
        (50_001, Bound::Exact, false),
        (50_000, Bound::AtMost, true),
        (50_001, Bound::AtMost, false),
        (50_001, Bound::AtLeast, false),
        // Counting stopped early: how many there are is not known.
        (10, Bound::AtLeast, false),
        // Learned earlier: a fifth is added.
        (41_666, Bound::About, true),
        (41_668, Bound::About, false),
        (0, Bound::Exact, true),
    ] {
        assert_eq!(allowed(number(series, bound)), passes, "{series} {bound:?}");
    }
}

#[test]
fn what_nobody_knows_is_denied_with_a_way_out() {
    let query = instant("count(uup)");
    for (answer, remedy) in [
        (Err("missing".to_owned()), "spelling"),
        (Err("unavailable".to_owned()), "Narrow"),
        (Err("timeout".to_owned()), "Narrow"),
        (Err("<script>".to_owned()), "Narrow"),
        (Ok(Known { value: Value::Text("12".into()), bound: Bound::Exact }), "prom_find_metrics"),
    ] {
        let denial = refused(&query, &answer);
        assert_eq!(denial.rule, "promql.selector.unknown", "{answer:?}");
        assert!(denial.remedy.unwrap().contains(remedy), "{answer:?}");
        assert!(!denial.reason.contains('<'), "the host's word is not repeated: {}", denial.reason);
    }
}

#[test]
fn a_denial_gives_selector_estimate_and_budget() {
    let denial = refused(&instant("count(up{job=\"x\"})"), &number(60_000, Bound::AtMost));
    let detail = |key: &str| denial.details.iter().find(|l| l.key == key).map(|l| l.value.as_str());
    assert_eq!(detail("selector"), Some("up{job=\"x\"}"));
    assert_eq!(detail("series"), Some("60000"));
    assert_eq!(detail("bound"), Some("at-most"));
    assert_eq!(detail("budget"), Some("50000"));
    assert!(denial.reason.contains("up to 60000 series"), "{}", denial.reason);
}

#[test]
fn a_rewritten_query_keeps_the_question_and_passes() {
    let few = number(100, Bound::Exact);
    let many = number(16_000, Bound::Exact);
    let cases = [
        ("a finer step than allowed", range("sum(up)", 1800, 1), &few, "sum(up)", 1800, 10),
        ("a longer range than allowed", range("sum(up)", 7 * DAY, 60), &few, "sum(up)", 1800, 60),
        ("too many points", range("sum(up)", 7 * DAY, 1), &few, "sum(up)", 1800, 10),
        ("too many samples at this step", range("sum(rate(up[30m]))", 1800, 10), &many, "sum(rate(up[30m]))", 1800, 30),
        ("a subquery that is too fine", instant("max_over_time(up[1h:1s])"), &few, "max_over_time(up[1h:10s])", 0, 0),
        (
            "a subquery with too many evaluations",
            instant("max_over_time(sum(up)[30d:])"),
            &few,
            "max_over_time(sum(up)[30d:5m])",
            0,
            0,
        ),
        (
            "an ungrouped histogram",
            instant("histogram_quantile(0.9, rate(up_bucket[5m]))"),
            &many,
            "histogram_quantile(0.9, sum by (le) (rate(up_bucket[5m])))",
            0,
            0,
        ),
        ("a large result", instant("up"), &number(30_000, Bound::Exact), "topk(10, up)", 0, 0),
        ("a large result of a range", range("up", 1800, 30), &number(30_000, Bound::Exact), "topk(10, up)", 1800, 30),
        (
            "names in a pattern",
            instant("{__name__=~\"up|down\",job=\"x\"}"),
            &few,
            "(up{job=\"x\"} or down{job=\"x\"})",
            0,
            0,
        ),
        (
            "names in a pattern under a window",
            instant("sum(rate({__name__=~\"a_total|b_total\"}[5m]))"),
            &few,
            "sum((rate(a_total[5m]) or rate(b_total[5m])))",
            0,
            0,
        ),
        ("one name as a pattern", instant("{__name__=~\"up\"}"), &few, "up", 0, 0),
        ("more series than anybody reads", instant("topk(1e9, up)"), &few, "topk(10, up)", 0, 0),
        ("k that is not a number", instant("bottomk(scalar(up), up)"), &few, "bottomk(10, up)", 0, 0),
        (
            "copies",
            instant("count(up or up or up or up or up or up or up or up or up)"),
            &number(40_000, Bound::Exact),
            "count(up)",
            0,
            0,
        ),
        (
            "a window that is too long",
            instant("avg_over_time(up[7d])"),
            &number(16_000, Bound::Exact),
            "avg_over_time(up[1d])",
            0,
            0,
        ),
        (
            "a long window over a range",
            range("avg_over_time(up[7d])", 1800, 30),
            &number(1500, Bound::Exact),
            "avg_over_time(up[7d])",
            0,
            0,
        ),
        ("a window asked for at every step", range("up[5m]", 1800, 30), &few, "up[5m]", 0, 0),
    ];
    for (what, query, answer, text, seconds, step) in cases {
        let denial = refused(&query, answer);
        let Some(Request::Query(instead)) = denial.instead else {
            panic!("{what}: nothing instead: {}", denial.reason)
        };
        assert_eq!(instead.text, text, "{what}");
        assert_eq!(
            (instead.end, instead.end - instead.start, instead.step),
            (NOW, seconds * 1000, step * 1000),
            "{what}"
        );
        assert!(matches!(verdict(&instead, answer), Verdict::Allow(_)), "{what}: the rewritten query is refused");
    }
}

#[test]
fn nothing_is_proposed_that_would_not_pass() {
    // However short the range, so many series do not pass.
    assert_eq!(refused(&range("sum(rate(up[1h]))", 3600, 1), &number(60_000, Bound::Exact)).instead, None);
    assert_eq!(refused(&instant("{job=~\".+\"}"), &number(1, Bound::Exact)).instead, None);
    assert_eq!(refused(&range("{job=~\".+\"}", 3600, 1), &number(1, Bound::Exact)).instead, None);
}

#[test]
fn limits_are_exact() {
    let few = number(10, Bound::Exact);
    let passes = |query: &Query| matches!(verdict(query, &few), Verdict::Allow(_));
    let rule = |query: &Query| refused(query, &few).rule;
    let pairs: &[(&str, Query, Query)] = &[
        ("promql.range.duration", range("sum(up)", 1800, 30), range("sum(up)", 1801, 30)),
        ("promql.range.step", range("sum(up)", 1800, 10), range("sum(up)", 1800, 9)),
        ("promql.range.points", range("sum(up)", 1800, 10), range("sum(up)", 110_000, 10)),
        ("promql.offset", instant("up offset 31d"), instant("up offset 31d1ms")),
        ("promql.offset", instant("up offset 1ms"), instant("up offset -1ms")),
        ("promql.offset", instant("up @ 1765756800"), instant("up @ 1765756799")),
        ("promql.subquery.step", instant("max_over_time(up[1h:5s])"), instant("max_over_time(up[1h:4999ms])")),
        ("promql.cost.evaluations", instant("max_over_time(up[10999m:1m])"), instant("max_over_time(up[11000m:1m])")),
        ("promql.aggregate.k", instant("topk(1000, up)"), instant("topk(1001, up)")),
        (
            "promql.nesting",
            instant("max_over_time(max_over_time(up[5m:1m])[5m:1m])"),
            instant("max_over_time(max_over_time(max_over_time(up[5m:1m])[5m:1m])[5m:1m])"),
        ),
        ("promql.experimental", instant("sort(up)"), instant("sort_by_label(up, \"a\")")),
        ("promql.selector.nameless", instant("{__name__=\"up\"}"), instant("{__name__=~\"up\"}")),
        ("promql.parse", instant("up[5m]"), range("up[5m]", 60, 30)),
    ];
    for (id, near, over) in pairs {
        assert!(passes(near), "{id}: {} is refused", near.text);
        assert_eq!(&rule(over), id, "{}", over.text);
    }
    let text = |n: usize| format!("up{{a=\"{}\"}}", "x".repeat(n - 8));
    assert!(passes(&instant(&text(4096))));
    assert_eq!(rule(&instant(&text(4097))), "promql.text.length");
    let sum = |n: usize| (0..n).map(|i| format!("a{i}")).collect::<Vec<_>>().join(" + ");
    assert!(passes(&instant(&sum(32))));
    assert_eq!(rule(&instant(&sum(33))), "promql.selector.count");
}

#[test]
fn a_window_is_bounded_by_what_it_costs() {
    let month = instant("sum(last_over_time(up[31d]))");
    let quarter = instant("sum(last_over_time(up[92d]))");
    // 92 days of one series are 265,000 samples; of a hundred, 26 millions.
    assert!(matches!(verdict(&quarter, &number(1, Bound::Exact)), Verdict::Allow(_)));
    assert!(matches!(verdict(&month, &number(100, Bound::Exact)), Verdict::Allow(_)));
    let denial = refused(&quarter, &number(100, Bound::Exact));
    assert_eq!(denial.rule, "promql.window");
    let Some(Request::Query(instead)) = denial.instead else { panic!("a shorter window passes") };
    assert_eq!(instead.text, "sum(last_over_time(up[1w]))");
    // What is dear with a single series is refused without a look-up.
    assert_eq!(guard().ask(&instant("sum(last_over_time(up[1y]))")).looked_up, 0);
}

#[test]
fn a_longer_range_is_for_cheap_queries_where_the_operator_allows() {
    let settings = Settings { max_cheap_range_seconds: DAY, ..Settings::default() };
    let rule = |query: &Query, series: u64| {
        let host = |_: &Question| number(series, Bound::Exact);
        match guard_with(settings.clone()).ask_with(&Request::Query(query.clone()), host).verdict {
            Verdict::Allow(allowance) => allowance.rule,
            Verdict::Deny(denial) => denial.rule,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(rule(&range("sum(up)", DAY, 60), 100), "promql.within-budget");
    assert_eq!(rule(&range("sum(up)", DAY, 60), 1000), "promql.range.duration");
    assert_eq!(rule(&range("sum(up)", DAY + 60, 60), 1), "promql.range.duration");
}

#[test]
fn a_question_counts_no_further_than_refuses() {
    let stop = |query: &Query| questions(query)[0].stop_at;
    assert_eq!(stop(&instant("sum(up)")), Some(50_001));
    // A day holds 2,880 samples at a scrape each 30 s: 34,722 series are a hundred million.
    assert_eq!(stop(&instant("sum(rate(up[1d]))")), Some(34_723));
    assert_eq!(stop(&range("sum(rate(up[1d]))", 1800, 30)), Some(570));
    let denial = refused(&range("sum(rate(up[1d]))", 1800, 30), &number(570, Bound::AtLeast));
    assert_eq!(denial.rule, "promql.cost.samples");
    assert!(denial.reason.contains("at least"), "{}", denial.reason);
    assert_eq!(
        refused(&range("sum(rate(up[1d]))", 1800, 30), &number(569, Bound::AtLeast)).rule,
        "promql.cost.samples"
    );
    assert_eq!(
        refused(&range("sum(rate(up[1d]))", 1800, 30), &number(300, Bound::AtLeast)).rule,
        "promql.selector.unknown"
    );
}

#[test]
fn a_slip_of_the_pen_is_answered_with_the_name_that_was_meant() {
    let denial = guard().denial(&instant("count(ALERTS_FOR_STAT offset 1h)"));
    assert_eq!(denial.rule, "promql.selector.unknown");
    let remedy = denial.remedy.unwrap();
    assert!(remedy.contains("`ALERTS_FOR_STATE`"), "{remedy}");
    let Some(Request::Query(instead)) = denial.instead else { panic!("the right name passes") };
    assert_eq!(instead.text, "count(ALERTS_FOR_STATE offset 1h)");
}

#[test]
fn too_many_series_are_answered_with_the_recording_rules_there_are() {
    let host = |question: &Question| match question.kind.as_str() {
        "metric-names" => {
            let names = ["job:up:count".to_owned(), "up_again".to_owned()].into();
            Ok(Known { value: Value::Texts(names), bound: Bound::About })
        }
        _ => number(60_000, Bound::Exact),
    };
    let Verdict::Deny(denial) = guard().ask_with(&Request::Query(instant("sum(up)")), host).verdict else { panic!() };
    let remedy = denial.remedy.unwrap();
    assert!(remedy.contains("`job:up:count`") && !remedy.contains("up_again"), "{remedy}");
    assert!(remedy.contains("Narrow the selector"), "{remedy}");
}

#[test]
fn budgets_of_a_namespace_hold_for_queries_that_keep_to_it() {
    let settings: Settings = serde_json::from_str(
        r#"{"overrides": [
            {"namespaces": ["shop"], "budgets": {"max_series": 10}},
            {"groups": ["batch"], "budgets": {"max_range_seconds": 60}}]}"#,
    )
    .unwrap();
    let guard = guard_with(settings);
    let rule =
        |query: &Query| match guard.ask_with(&Request::Query(query.clone()), |_| number(11, Bound::Exact)).verdict {
            Verdict::Allow(allowance) => allowance.rule,
            Verdict::Deny(denial) => denial.rule,
            other => panic!("{other:?}"),
        };
    for (text, expected) in [
        ("up{namespace=\"shop\"}", "promql.selector.series"),
        ("up{namespace=~\"shop\"}", "promql.selector.series"),
        ("up{namespace=\"shop\"} + down{namespace=\"shop\"}", "promql.selector.series"),
        ("up{namespace=\"shop\"} + down", "promql.within-budget"),
        ("up{namespace=~\"shop.*\"}", "promql.within-budget"),
        ("up{namespace!=\"shop\"}", "promql.within-budget"),
        ("up{namespace=~\"shop|pay\"}", "promql.within-budget"),
        ("up", "promql.within-budget"),
    ] {
        assert_eq!(rule(&instant(text)), expected, "{text}");
    }
    assert_eq!(rule(&range("sum(up)", 600, 60)), "promql.within-budget");
}

#[test]
fn an_expression_fixed_by_at_is_counted_once() {
    let dear = number(40_000, Bound::Exact);
    assert_eq!(refused(&range("sum(rate(up[15m]))", 1800, 10), &dear).rule, "promql.cost.samples");
    assert!(matches!(verdict(&range("sum(rate(up[15m] @ end()))", 1800, 10), &dear), Verdict::Allow(_)));
    // `time()` and its like move on even if the selector does not.
    let moving = range("sum(rate(up[15m] @ end())) + time()", 1800, 10);
    assert!(matches!(verdict(&moving, &dear), Verdict::Allow(_)));
}

#[test]
fn copies_of_a_selector_count_each_time_they_are_read() {
    let copies = |n: usize| instant(&vec!["count(up)"; n].join(" + "));
    let answer = number(50_000, Bound::Exact);
    assert!(matches!(verdict(&copies(5), &answer), Verdict::Allow(_)));
    assert_eq!(refused(&copies(6), &answer).rule, "promql.cost.fanout");
}

#[test]
fn a_sample_of_a_native_histogram_counts_as_many() {
    let samples = |text: &str| refused(&range(text, 1800, 10), &number(50_000, Bound::Exact)).details;
    let figure = |text: &str| samples(text).iter().find(|d| d.key == "samples_per_evaluation").unwrap().value.clone();
    for (text, each) in [
        ("histogram_quantile(0.9, sum(rate(request_seconds[15m])))", "600"),
        ("histogram_count(sum by (job) (rate(request_seconds[15m])))", "600"),
        ("histogram_quantile(0.9, sum by (le) (rate(request_seconds_bucket[15m])))", "30"),
        ("histogram_quantile(0.9, sum by (le) (max_over_time(job:request_seconds_bucket:rate5m[15m])))", "30"),
        ("sum(rate(request_seconds[15m]))", "30"),
    ] {
        assert_eq!(figure(text), each, "{text}");
    }
}

#[test]
fn several_selectors_of_one_metric_share_its_bound() {
    // What is known is a bound of the whole metric: it is not counted twice.
    let query = instant("count(up{a=\"1\"}) / count(up{a=\"2\"})");
    assert!(matches!(verdict(&query, &number(40_000, Bound::AtMost)), Verdict::Allow(_)));
    assert_eq!(refused(&query, &number(40_000, Bound::Exact)).rule, "promql.selector.series");
    let two = instant("count(up) / count(down)");
    assert_eq!(refused(&two, &number(40_000, Bound::AtMost)).rule, "promql.selector.series");
}

#[test]
fn times_that_make_no_sense_are_refused() {
    let rule = |start: u64, end: u64, step: u64| {
        refused(&Query { text: "up".into(), start, end, step }, &number(1, Bound::Exact)).rule
    };
    assert_eq!(rule(NOW, NOW - 1, 0), "promql.range.time");
    assert_eq!(rule(NOW + 400_000, NOW + 400_000, 0), "promql.range.time");
    assert_eq!(rule(0, 0, 0), "promql.range.time");
    assert_eq!(rule(u64::MAX, u64::MAX, 0), "promql.range.time");
    assert_eq!(rule(NOW - 1000, NOW, 0), "promql.range.step");
    assert_eq!(rule(0, NOW, u64::MAX), "promql.range.time");
    // A caller's clock may run a little ahead.
    let ahead = Query { start: NOW + 200_000, end: NOW + 200_000, ..instant("up") };
    assert!(matches!(verdict(&ahead, &number(1, Bound::Exact)), Verdict::Allow(_)));
}

#[test]
fn an_operator_moves_the_budgets() {
    let wide = Settings { max_range_seconds: DAY, max_series: 100, ..Settings::default() };
    assert!(guard_with(wide.clone()).passes(&range("sum(count:up1)", 3600, 60)));
    let denial = guard_with(wide).denial(&instant("count(up)"));
    assert_eq!(denial.rule, "promql.selector.series");
    let allowed = Settings { experimental: vec!["limitk".into(), "fill".into()], ..Settings::default() };
    assert!(guard_with(allowed.clone()).passes(&instant("limitk(5, up)")));
    assert!(guard_with(allowed.clone()).passes(&instant("up / fill (0) up")));
    assert!(!guard_with(allowed).passes(&instant("info(up)")));
}

#[test]
fn an_allowance_carries_limits_of_the_result() {
    let Verdict::Allow(allowance) = guard().ask(&instant("up")).verdict else { panic!() };
    assert_eq!(allowance.rule, "promql.within-budget");
    assert_eq!(allowance.limits.max_series, Some(20_000));
    assert_eq!(allowance.limits.max_samples, Some(4_000_000));
    assert_eq!(allowance.limits.timeout_ms, Some(30_000));
}

fn metadata(what: &str, name: Option<&str>, selector: Option<&str>) -> Metadata {
    Metadata {
        what: what.into(),
        name: name.map(Into::into),
        selector: selector.map(Into::into),
        start: NOW - 3_600_000,
        end: NOW,
        limit: Some(100),
    }
}

#[test]
fn metadata_is_bounded() {
    let guard = guard();
    let ask = |request: Metadata, series: u64| {
        guard.ask_with(&Request::Metadata(request), |_| number(series, Bound::Exact)).verdict
    };
    let allowed = |request: Metadata| matches!(ask(request, 10), Verdict::Allow(_));
    let rule = |request: Metadata| match ask(request, 10) {
        Verdict::Deny(denial) => denial.rule,
        other => panic!("{other:?}"),
    };
    assert!(allowed(metadata("metrics", None, None)));
    assert!(allowed(metadata("targets", None, None)));
    assert!(allowed(metadata("alerts", None, None)));
    assert!(allowed(metadata("label-values", Some("pod"), Some("up{namespace=\"shop\"}"))));
    assert!(allowed(metadata("series", None, Some("up"))));
    assert_eq!(rule(metadata("federate", None, Some("up"))), "promql.metadata.kind");
    assert_eq!(rule(metadata("", None, None)), "promql.metadata.kind");
    assert_eq!(rule(metadata("series", None, None)), "promql.metadata.selector");
    assert_eq!(rule(metadata("label-values", None, Some("up"))), "promql.metadata.selector");
    assert_eq!(rule(metadata("label-values", Some("pod"), None)), "promql.metadata.selector");
    assert_eq!(rule(metadata("series", None, Some("rate(up[5m])"))), "promql.metadata.selector");
    assert_eq!(rule(metadata("series", None, Some("up offset 1d"))), "promql.metadata.selector");
    assert_eq!(rule(metadata("series", None, Some("up[5m]"))), "promql.metadata.selector");
    assert_eq!(rule(metadata("series", None, Some("{job=~\".+\"}"))), "promql.selector.nameless");
    assert_eq!(rule(metadata("metrics", None, Some("{job=~\".+\"}"))), "promql.selector.nameless");
    assert_eq!(rule(metadata("series", None, Some("up{"))), "promql.parse");
    assert_eq!(rule(Metadata { limit: Some(1001), ..metadata("metrics", None, None) }), "promql.metadata.limit");
    assert!(allowed(Metadata { limit: Some(1000), ..metadata("metrics", None, None) }));
    assert_eq!(rule(Metadata { start: 0, ..metadata("series", None, Some("up")) }), "promql.metadata.window");
    assert_eq!(rule(Metadata { start: NOW + 1, ..metadata("metrics", None, None) }), "promql.range.time");
    let Verdict::Deny(denial) = ask(metadata("series", None, Some("up")), 50_001) else { panic!() };
    assert_eq!(denial.rule, "promql.selector.series");
    // What is proposed passes.
    let Verdict::Deny(denial) = ask(Metadata { start: 0, ..metadata("series", None, Some("up")) }, 10) else {
        panic!()
    };
    let Some(Request::Metadata(instead)) = denial.instead else { panic!() };
    assert!(allowed(instead));
}

#[test]
fn other_requests_are_none_of_its_business() {
    let (guard, setup) = PromqlGuard::configure(Settings::default()).unwrap();
    let logs = Logs { since_seconds: None, tail_lines: None, limit_bytes: None, previous: false, pattern: None };
    assert_eq!(guard.review(&context(), &Request::Logs(logs), &[]), Verdict::Abstain);
    assert_eq!(setup.rules.len(), promql_guard::rules::ALL.len());
}
