//! Expressions over a few series, with answers computed by hand.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Answer, Bounds, QueryError, evaluate, number};
use crate::mirror::{metrics::Reader, promql::Store};

/// One hour of samples every 30 s, from time 0; every counter began at 0.
const DATA: &str = r#"
load 30s
  up{job="api",instance="a"} 1x120
  up{job="api",instance="b"} 1x60 0x58 0
  up{job="db",instance="c"} 1x40 stale
  hits_total{job="api",instance="a",code="200"} 0+30x120
  hits_total{job="api",instance="a",code="500"} 0x60 3+3x58 180
  hits_total{job="api",instance="b",code="200"} 0+15x120
  reset_total 0+10x59 0+10x60
  level{pod="p"} 0+1x120
  level{pod="q"} 240-2x120
  took_bucket{le="0.1"} 0+6x120
  took_bucket{le="0.5"} 0+9x120
  took_bucket{le="+Inf"} 0+10x120
  owner{pod="p",team="red"} 1x120
  owner{pod="q",team="blue"} 1x120
"#;

const HOUR: i64 = 3_600_000;

fn store() -> Store {
    let mut reader = Reader::default();
    reader.read("data", DATA, 0).unwrap();
    let (series, about) = reader.finish();
    Store::new(series, about)
}

/// A value to ten decimals: the last bits of a sum are not what a hand computes.
fn rounded(v: f64) -> String {
    number::value(if v.is_finite() { (v * 1e10).round() / 1e10 } else { v })
}

fn show(answer: Answer) -> String {
    let values = |samples: &[super::Sample]| {
        samples.iter().map(|s| format!("{}@{}", rounded(s.v), s.t / 1000)).collect::<Vec<_>>().join(" ")
    };
    match answer {
        Answer::Scalar(s) => rounded(s.v),
        Answer::Text(_, text) => format!("{text:?}"),
        Answer::Vector(points) => {
            points.iter().map(|(l, s)| format!("{l} {}", rounded(s.v))).collect::<Vec<_>>().join(" | ")
        }
        Answer::Matrix(lanes) => {
            lanes.iter().map(|(l, s)| format!("{l} {}", values(s))).collect::<Vec<_>>().join(" | ")
        }
    }
}

fn at(t: i64, query: &str) -> Result<String, QueryError> {
    evaluate(&store(), query, t, t, 0, Bounds::default()).map(show)
}

#[test]
fn expressions_come_to_what_a_hand_computes() {
    for (query, expected) in [
        // selectors
        ("up", r#"up{instance="a", job="api"} 1 | up{instance="b", job="api"} 0"#),
        (r#"up{instance!="a"}"#, r#"up{instance="b", job="api"} 0"#),
        (r#"up{instance=~"a|x"}"#, r#"up{instance="a", job="api"} 1"#),
        (r#"up{instance=~""}"#, ""),
        (r#"up{instance!~"a"}"#, r#"up{instance="b", job="api"} 0"#),
        (r#"{__name__=~"u.",nothing=""}"#, r#"up{instance="a", job="api"} 1 | up{instance="b", job="api"} 0"#),
        (r#"up{job="db"} offset 45m"#, r#"up{instance="c", job="db"} 1"#),
        (r#"up{job="db"} @ 900"#, r#"up{instance="c", job="db"} 1"#),
        (r#"level{pod="p"}[1m]"#, r#"level{pod="p"} 119@3570 120@3600"#),
        // rates: 30 per 30 s, so 1 per second
        (r#"rate(hits_total{instance="a",code="200"}[5m])"#, r#"{code="200", instance="a", job="api"} 1"#),
        (r#"increase(hits_total{instance="a",code="200"}[5m])"#, r#"{code="200", instance="a", job="api"} 300"#),
        (r#"irate(hits_total{instance="b"}[5m])"#, r#"{code="200", instance="b", job="api"} 0.5"#),
        ("resets(reset_total[1h])", "{} 1"),
        (r#"delta(level{pod="q"}[10m])"#, r#"{pod="q"} -40"#),
        (r#"deriv(level{pod="p"}[10m]) * 30"#, r#"{pod="p"} 1"#),
        (r#"predict_linear(level{pod="p"}[10m], 300)"#, r#"{pod="p"} 130"#),
        (r#"idelta(level{pod="q"}[5m])"#, r#"{pod="q"} -2"#),
        (r#"changes(up{instance="b"}[1h])"#, r#"{instance="b", job="api"} 1"#),
        // over time: the last 2 min hold 117, 118, 119, 120
        (r#"sum_over_time(level{pod="p"}[2m])"#, r#"{pod="p"} 474"#),
        (r#"avg_over_time(level{pod="p"}[2m])"#, r#"{pod="p"} 118.5"#),
        (r#"min_over_time(level{pod="p"}[2m])"#, r#"{pod="p"} 117"#),
        (r#"max_over_time(level{pod="p"}[2m])"#, r#"{pod="p"} 120"#),
        (r#"count_over_time(level{pod="p"}[2m])"#, r#"{pod="p"} 4"#),
        (r#"last_over_time(level{pod="p"}[2m])"#, r#"level{pod="p"} 120"#),
        (r#"quantile_over_time(0.5, level{pod="p"}[2m])"#, r#"{pod="p"} 118.5"#),
        (r#"stdvar_over_time(level{pod="p"}[2m])"#, r#"{pod="p"} 1.25"#),
        (r#"present_over_time(up{job="db"}[1h])"#, r#"{instance="c", job="db"} 1"#),
        (r#"max_over_time(rate(hits_total{code="500"}[2m])[30m:1m])"#, r#"{code="500", instance="a", job="api"} 0.1"#),
        // aggregations
        ("sum(up)", "{} 1"),
        ("sum by (job) (up)", r#"{job="api"} 1"#),
        ("count without (instance) (up)", r#"{job="api"} 2"#),
        ("avg(level)", "{} 60"),
        ("min(level)", "{} 0"),
        ("max(level)", "{} 120"),
        ("group(level)", "{} 1"),
        ("stddev(level)", "{} 60"),
        ("stdvar(level)", "{} 3600"),
        ("quantile(0.25, level)", "{} 30"),
        ("topk(1, level)", r#"level{pod="p"} 120"#),
        ("bottomk(1, level)", r#"level{pod="q"} 0"#),
        ("topk(0, level)", ""),
        (r#"count_values("v", up)"#, r#"{v="0"} 1 | {v="1"} 1"#),
        // arithmetic and comparison
        ("1 + 2 * 3 ^ 2", "19"),
        ("-7 % 4", "-3"),
        ("1 / 0", "+Inf"),
        ("2 > bool 1", "1"),
        ("level > 100", r#"level{pod="p"} 120"#),
        ("100 < level", r#"level{pod="p"} 120"#),
        ("level > bool 100", r#"{pod="p"} 1 | {pod="q"} 0"#),
        ("level * 2", r#"{pod="p"} 240 | {pod="q"} 0"#),
        ("-level", r#"{pod="p"} -120 | {pod="q"} -0"#),
        ("level + level", r#"{pod="p"} 240 | {pod="q"} 0"#),
        ("level == level", r#"level{pod="p"} 120 | level{pod="q"} 0"#),
        ("level * on (pod) group_left (team) owner", r#"{pod="p", team="red"} 120 | {pod="q", team="blue"} 0"#),
        ("level * ignoring (team) group_left owner", r#"{pod="p"} 120 | {pod="q"} 0"#),
        ("owner * on (pod) group_right () level", r#"{pod="p"} 120 | {pod="q"} 0"#),
        (
            r#"sum by (job) (rate(hits_total{code=~"5.."}[5m])) / sum by (job) (rate(hits_total[5m]))"#,
            r#"{job="api"} 0.0625"#,
        ),
        // sets
        (r#"level and on (pod) owner{team="red"}"#, r#"level{pod="p"} 120"#),
        (r#"level unless on (pod) owner{team="red"}"#, r#"level{pod="q"} 0"#),
        (r#"level{pod="p"} or level"#, r#"level{pod="p"} 120 | level{pod="q"} 0"#),
        // functions: ranks 5, 7.5 and 9.5 of 10 observations
        ("histogram_quantile(0.5, rate(took_bucket[5m]))", "{} 0.0833333333"),
        ("histogram_quantile(0.75, rate(took_bucket[5m]))", "{} 0.3"),
        ("histogram_quantile(0.95, rate(took_bucket[5m]))", "{} 0.5"),
        ("absent(up)", ""),
        (r#"absent(nothing{job="x",code=~"5.."})"#, r#"{job="x"} 1"#),
        (r#"absent_over_time(up{job="db"}[5m])"#, r#"{job="db"} 1"#),
        ("clamp_max(level, 50)", r#"{pod="p"} 50 | {pod="q"} 0"#),
        ("clamp_min(level, 50)", r#"{pod="p"} 120 | {pod="q"} 50"#),
        ("clamp(level, 10, 50)", r#"{pod="p"} 50 | {pod="q"} 10"#),
        ("round(vector(2.5))", "{} 3"),
        ("round(vector(1.26), 0.5)", "{} 1.5"),
        ("ceil(vector(1.2)) + floor(vector(1.8)) + abs(vector(-3))", "{} 6"),
        ("sqrt(vector(9)) + ln(exp(vector(2))) + log2(vector(8)) + log10(vector(100)) + sgn(vector(-4))", "{} 9"),
        ("scalar(up)", "NaN"),
        (r#"scalar(level{pod="p"})"#, "120"),
        ("time()", "3600"),
        ("timestamp(level offset 1m)", r#"{pod="p"} 3540 | {pod="q"} 3540"#),
        ("sort(level)", r#"level{pod="q"} 0 | level{pod="p"} 120"#),
        ("sort_desc(level)", r#"level{pod="p"} 120 | level{pod="q"} 0"#),
        (r#"label_replace(level{pod="p"}, "short", "x-$1", "pod", "(.).*")"#, r#"level{pod="p", short="x-p"} 120"#),
        (r#"label_join(owner{pod="p"}, "both", "/", "pod", "team")"#, r#"owner{both="p/red", pod="p", team="red"} 1"#),
        (r#""text""#, r#""text""#),
    ] {
        match at(HOUR, query) {
            Ok(got) => assert_eq!(got, expected, "{query}"),
            Err(e) => panic!("{query}: {e}"),
        }
    }
}

#[test]
fn a_range_query_evaluates_every_step() {
    let answer = evaluate(&store(), "sum(level)", 0, 120_000, 60_000, Bounds::default()).unwrap();
    assert_eq!(show(answer), "{} 240@0 238@60 236@120");
    let answer = evaluate(&store(), "level < 3", 0, 120_000, 30_000, Bounds::default()).unwrap();
    assert_eq!(show(answer), r#"level{pod="p"} 0@0 1@30 2@60"#);
    let answer = evaluate(&store(), "time() - @start", 0, 0, 1, Bounds::default());
    assert!(matches!(answer, Err(QueryError::Parse(_))));
}

#[test]
fn a_series_ends_at_its_stale_marker_and_lives_on_over_a_gap_for_five_minutes() {
    assert_eq!(at(1_200_000, r#"up{job="db"}"#).unwrap(), r#"up{instance="c", job="db"} 1"#);
    assert_eq!(at(1_230_000, r#"up{job="db"}"#).unwrap(), "");
    assert_eq!(at(HOUR + 299_999, "sum(level)").unwrap(), "{} 120");
    assert_eq!(at(HOUR + 300_000, "sum(level)").unwrap(), "");
}

#[test]
fn what_prometheus_refuses_is_refused() {
    for (query, why) in [
        ("up{", "does not parse"),
        ("sum(rate(hits_total))", "does not parse"),
        ("1 > 2", "BOOL"),
        ("level + on () owner", "many-to-many"),
        ("owner + on (pod) up", ""),
        ("level == on () group_left () owner", "many-to-many"),
        (r#"hits_total + on (job) up{instance="a"}"#, "group_left"),
        (r#"{__name__=~"level|owner",pod="p"} * 2"#, ""),
        (r#"rate({__name__=~"up|hits_total",instance="b"}[5m])"#, ""),
        (r#"label_replace(level, "pod", "same", "pod", ".*")"#, "same labelset"),
        (r#"label_replace(level, "1x", "", "pod", "")"#, ""),
    ] {
        match at(HOUR, query) {
            Err(e) => assert!(e.to_string().contains(why), "{query}: {e}"),
            Ok(got) if why.is_empty() => drop(got),
            Ok(got) => panic!("{query} came to {got}"),
        }
    }
}

#[test]
fn what_lies_outside_the_subset_is_refused_with_what_it_has() {
    for query in [
        "hour()",
        "limitk(1, level)",
        "level + fill(0) owner",
        r#"level{pod="p" or pod="q"}"#,
        "double_exponential_smoothing(level[5m], 0.5, 0.5)",
    ] {
        match at(HOUR, query) {
            Err(e @ QueryError::Unsupported { .. }) => assert!(e.to_string().contains("histogram_quantile"), "{e}"),
            other => panic!("{query}: {other:?}"),
        }
    }
}

#[test]
fn work_is_bounded_in_every_dimension() {
    let store = store();
    let bounds = Bounds { work: 10_000, steps: 100, depth: 16, text: 1_000 };
    let deep = format!("{}1{}", "(".repeat(40), ")".repeat(40));
    let chain = vec!["1"; 60].join("+");
    for (query, end, step) in [
        ("sum_over_time(vector(1)[1h:1s])", HOUR, 0),
        ("sum_over_time(level[1h])", HOUR, 36_000),
        ("level", HOUR, 1_000),
        (deep.as_str(), 0, 0),
        (chain.as_str(), 0, 0),
        (&" ".repeat(1_001), 0, 0),
    ] {
        let answer = evaluate(&store, query, 0, end, step, bounds);
        assert!(matches!(answer, Err(QueryError::TooMuch { .. })), "{query:.40}: {answer:?}");
    }
}
