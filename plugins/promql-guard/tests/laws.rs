//! Laws that hold for every text.
#![allow(clippy::unwrap_used, missing_docs)]
mod common;

use common::{Guard, context, instant, range};
use promql_guard::{PromqlGuard, Settings};
use proptest::prelude::*;
use std::{sync::LazyLock, time::Instant};
use wardgate_guest::{
    Reviewer,
    types::{Answer, Bound, Known, Request, Value, Verdict},
};

static GUARD: LazyLock<Guard> = LazyLock::new(common::guard);

/// Texts made of the pieces that matter, mostly not queries.
fn soup() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("up"),
        Just("sum"),
        Just(" by (a) "),
        Just("("),
        Just(")"),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just("5m"),
        Just("1e9"),
        Just("0x"),
        Just(":"),
        Just(" offset "),
        Just(" @ "),
        Just("-"),
        Just("+"),
        Just("start()"),
        Just("=~\""),
        Just("\""),
        Just("`"),
        Just("\\"),
        Just(","),
        Just(" or "),
        Just(" on() group_left "),
        Just("a=\"b\""),
        Just("é"),
        Just("{a=~\"\\é\"}"),
        Just(" offset Inf"),
        Just("1"),
        Just("rate("),
        Just("topk(3,"),
        Just("[1h:1m]"),
        Just("#"),
        Just("\n"),
        Just("Inf"),
        Just("."),
        Just("9999999999"),
    ];
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

/// Queries that parse, nested at random.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("up".to_owned()),
        Just("m{a=\"b\"}".to_owned()),
        Just("rate(m[5m])".to_owned()),
        Just("vector(1)".to_owned()),
        Just("m offset 5m".to_owned()),
        Just("m @ end()".to_owned()),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|e| format!("sum by (a) ({e})")),
            inner.clone().prop_map(|e| format!("topk(5, {e})")),
            inner.clone().prop_map(|e| format!("max_over_time(({e})[30m:1m])")),
            inner.clone().prop_map(|e| format!("-({e})")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a}) or ({b})")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("({a}) * on (a) group_left () ({b})")),
        ]
    })
}

fn allowed(text: &str, series: u64) -> bool {
    let request = Request::Query(instant(text));
    let host = |_: &_| Ok(Known { value: Value::Number(series), bound: Bound::Exact });
    matches!(GUARD.ask_with(&request, host).verdict, Verdict::Allow(_))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(4000) })]

    #[test]
    fn no_text_makes_the_guard_trap(text in soup()) {
        GUARD.ask(&instant(&text));
        GUARD.ask(&range(&text, 1800, 30));
    }

    #[test]
    fn no_bytes_make_the_guard_trap(text in any::<String>()) {
        GUARD.ask(&instant(&text));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    /// More series never make a query cheaper.
    #[test]
    fn cost_grows_with_series(text in expression(), few in 0u64..60_000, more in 0u64..60_000) {
        let (few, more) = (few.min(more), few.max(more));
        prop_assert!(allowed(&text, few) || !allowed(&text, more), "{text}: {few} is refused, {more} allowed");
    }

    /// A query costs no less for standing inside another.
    #[test]
    fn wrapping_never_helps(text in expression(), series in 0u64..60_000) {
        // Grouping may cure a large result, so what is compared stays a grouping.
        let bare = format!("sum by (x) ({text})");
        for wrapped in [format!("abs({bare})"), format!("({bare}) or vector(0)"), format!("max_over_time(({bare})[5m:1m])")] {
            prop_assert!(allowed(&bare, series) || !allowed(&wrapped, series), "{bare} is refused, {wrapped} allowed");
        }
    }

    /// The text the guard would send reads the same again.
    #[test]
    fn review_is_a_pure_function(text in expression(), series in 0u64..60_000) {
        prop_assert_eq!(allowed(&text, series), allowed(&text, series));
    }
}

/// Inputs on which parsers are slow. Generous: a debug build on a busy machine.
#[test]
fn inputs_that_stall_parsers_are_answered_at_once() {
    for text in [
        format!("up{}", "+up".repeat(1300)),
        "-".repeat(4090) + "up",
        format!("{}up{}", "(".repeat(2000), ")".repeat(2000)),
        format!("up{}", " or up".repeat(200)),
        format!("up{{a=~\"{}\"}}", "x|".repeat(2000)),
        format!("up{{{}}}", "a=~\"\\\\pL{20}\",".repeat(9)),
        format!("{}{}", "abs(".repeat(32), ")".repeat(32)),
        format!("sum by ({}) (up)", "a,".repeat(1500) + "a"),
        format!("up{}", "[5m]".repeat(900)),
    ] {
        let began = Instant::now();
        GUARD.ask(&instant(&text));
        assert!(began.elapsed().as_millis() < 1000, "{} took {:?}", &text[..30], began.elapsed());
    }
}

/// Prints how long a review takes; the bound holds for an optimised build.
#[test]
#[ignore = "a measurement: run with --release -- --ignored --nocapture"]
#[allow(clippy::print_stdout)]
fn measure_a_review_of_a_kilobyte() {
    let mut text = String::from(
        "sum by (namespace) (rate(container_cpu_usage_seconds_total{namespace=~\"shop|pay\",container!=\"\"}[5m]))",
    );
    while text.len() < 950 {
        text.push_str(" + sum by (namespace) (rate(container_cpu_usage_seconds_total{namespace=~\"shop|pay\",pod=~\"cart-.*\"}[5m]))");
    }
    let (guard, _) = PromqlGuard::configure(Settings::default()).unwrap();
    let request = Request::Query(instant(&text));
    let mut times: Vec<_> = (0..2000)
        .map(|_| {
            let began = Instant::now();
            let Verdict::Need(questions) = guard.review(&context(), &request, &[]) else { return began.elapsed() };
            let answers: Vec<_> = questions
                .into_iter()
                .map(|question| Answer {
                    question,
                    outcome: Ok(Known { value: Value::Number(100), bound: Bound::Exact }),
                })
                .collect();
            guard.review(&context(), &request, &answers);
            began.elapsed()
        })
        .collect();
    times.sort();
    println!("{} bytes, both rounds: p50 {:?}, p99 {:?}", text.len(), times[1000], times[1980]);
}
