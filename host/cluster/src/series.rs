//! A query's answer made fit for a model: the largest series first, no more of them than a call may show, long ones thinned. What is left
//! out is counted and said; every number that is shown is the server's own.
//!
//! Works on what came from the far end, before redaction, which sees all that is shown. One document says what the answer is, under the
//! key [`ABOUT`]; each further one is a series, or the one value of a scalar.
use crate::{promql_floor, records::Documents, unit};
use serde_json::{Map, Value, json};
use std::cmp::Ordering;
use wardgate_core::{Channel, Fault, FaultKind, Limits, Piece, Query};
use wardgate_promql::promql_parser::parser::Expr;

/// The key of the document that says what an answer is. Series have `metric`, scalars `type`.
const ABOUT: &str = "answer";
/// A series is thinned to no fewer points than this; then series give way.
const LEAST: usize = 24;
/// Notes of the server that are passed on, and characters of each.
const NOTES: usize = 5;
const NOTE: usize = 300;

/// What a query came to.
#[derive(Default)]
pub(crate) struct Answer {
    /// `vector`, `matrix`, `scalar` or `string`.
    pub(crate) kind: String,
    pub(crate) result: Value,
    pub(crate) warnings: Vec<String>,
    pub(crate) infos: Vec<String>,
    /// The server had more than could be read; what is here came first.
    pub(crate) partial: bool,
}

/// What is shown of it. `unit_of` knows the unit that a metric's target names, if one does.
pub(crate) fn documents(
    answer: Answer,
    query: &Query,
    limits: &Limits,
    unit_of: &dyn Fn(&str) -> Option<String>,
) -> Result<Documents, Fault> {
    let Answer { kind, result, warnings, infos, partial } = answer;
    let expr = promql_floor::parse(&query.text).ok();
    // As evaluated: a mirror moves a request into its capture.
    let mut about = Map::from_iter([("start".into(), query.start.into()), ("end".into(), query.end.into())]);
    if let Some(unit) = expr.as_ref().and_then(|expr| unit::of(expr, unit_of)) {
        about.insert("unit".into(), unit.into());
    }
    let windows = expr.as_ref().map(unit::windows).unwrap_or_default();
    if !windows.is_empty() {
        about.insert("windows".into(), json!(windows));
    }
    for (key, notes) in [("warnings", warnings), ("infos", infos)] {
        let notes: Vec<String> = notes.iter().take(NOTES).map(|note| note.chars().take(NOTE).collect()).collect();
        if !notes.is_empty() {
            about.insert(key.into(), json!(notes));
        }
    }
    let mut documents = Documents::default();
    match (kind.as_str(), result) {
        ("vector" | "matrix", Value::Array(mut series)) => {
            if partial {
                about.insert("partial".into(), true.into());
            } else {
                documents.piece(Piece::Total(series.len() as u64));
            }
            let sorted = kind == "vector" && expr.as_ref().is_some_and(sorts);
            if !sorted {
                series.sort_by(|a, b| later(last(a), last(b)));
            }
            about.insert("order".into(), if sorted { "the query's own" } else { "last value, largest first" }.into());
            // What the answer is takes the place of one.
            series.truncate(limits.series.saturating_sub(1).max(1) as usize);
            if let Some((most, longest)) = thin_all(&mut series, limits) {
                about.insert("points".into(), json!({"shown": most, "of": longest}));
            }
            documents.push(Channel::Series, &json!({ (ABOUT): about }));
            for one in &series {
                documents.push(Channel::Series, one);
            }
        }
        (kind @ ("scalar" | "string"), value) => {
            documents.push(Channel::Series, &json!({ (ABOUT): about }));
            documents.push(Channel::Series, &json!({"type": kind, "value": value}));
        }
        _ => return Err(Fault::new(FaultKind::Broken, "an answer of an unknown form")),
    }
    Ok(documents)
}

/// Whether the order of an instant query's answer is what it asks for.
fn sorts(expr: &Expr) -> bool {
    match expr {
        Expr::Paren(paren) => sorts(&paren.expr),
        Expr::Call(call) => call.func.name.starts_with("sort"),
        Expr::Aggregate(aggregate) => matches!(aggregate.op.to_string().as_str(), "topk" | "bottomk"),
        _ => false,
    }
}

/// The larger first; what is no number last.
fn later(a: f64, b: f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then_with(|| b.total_cmp(&a))
}

/// The last value of a series, of a native histogram how much it counted.
fn last(series: &Value) -> f64 {
    let point = |point: &Value| number(&point[1]);
    match (&series["values"], &series["histograms"]) {
        (Value::Array(points), _) => points.last().map_or(f64::NAN, point),
        (_, Value::Array(points)) => points.last().map_or(f64::NAN, |point| number(&point[1]["count"])),
        _ if series.get("histogram").is_some() => number(&series["histogram"][1]["count"]),
        _ => point(&series["value"]),
    }
}

fn number(value: &Value) -> f64 {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// The points of a series, floats or native histograms.
fn points(series: &mut Value) -> Option<&mut Vec<Value>> {
    let key = ["values", "histograms"].into_iter().find(|key| series.get(*key).is_some())?;
    series.get_mut(key)?.as_array_mut()
}

/// Thins the series alike, as far as it takes to show them all, and no further than [`LEAST`]. Says to how many points, of how many.
fn thin_all(series: &mut [Value], limits: &Limits) -> Option<(usize, usize)> {
    let mut sizes = Vec::with_capacity(series.len());
    for one in series.iter_mut() {
        let held = points(one).map(std::mem::take).unwrap_or_default();
        let labels = one.to_string().len() + 32;
        // Each point costs about the same.
        let inside: usize = held.iter().map(|point| point.to_string().len() + 1).sum();
        sizes.push((held.len(), inside.div_ceil(held.len().max(1)), labels));
        if let Some(points) = points(one) {
            *points = held;
        }
    }
    let longest = sizes.iter().map(|(count, ..)| *count).max().unwrap_or(0);
    // What is released is written once more in other words around it: commas, escapes, counts.
    let room = usize::try_from(limits.released_bytes).unwrap_or(usize::MAX) / 5 * 4;
    let samples = usize::try_from(limits.samples).unwrap_or(usize::MAX);
    let fits = |most: usize| {
        let bytes: usize = sizes.iter().map(|(count, each, labels)| labels + each * (*count).min(most)).sum();
        bytes <= room && sizes.iter().map(|(count, ..)| (*count).min(most)).sum::<usize>() <= samples
    };
    if longest <= LEAST || fits(longest) {
        return None;
    }
    // The most points that fit; fewer always fit if more do.
    let (mut low, mut high) = (LEAST, longest);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if fits(middle) { low = middle } else { high = middle }
    }
    for one in series.iter_mut() {
        let whole = points(one).map_or(0, |points| points.len());
        if whole > low {
            if let Some(points) = points(one) {
                thin(points, low);
            }
            one["points"] = whole.into();
        }
    }
    Some((low, longest))
}

/// Leaves at most `most` points, four at least: the first, the last, and of each stretch between them the least and the greatest, so that
/// no peak is lost and the least and greatest of all are kept. Points keep their time and their digits.
fn thin(points: &mut Vec<Value>, most: usize) {
    let count = points.len();
    if count <= most.max(4) {
        return;
    }
    let stretches = (most.max(4) - 2) / 2;
    let mut kept = vec![false; count];
    kept[0] = true;
    kept[count - 1] = true;
    let inner = count - 2;
    for stretch in 0..stretches {
        let (from, to) = (1 + inner * stretch / stretches, 1 + inner * (stretch + 1) / stretches);
        let values = || (from..to).map(|at| (at, number(&points[at][1]))).filter(|(_, value)| !value.is_nan());
        match (values().min_by(|a, b| a.1.total_cmp(&b.1)), values().max_by(|a, b| a.1.total_cmp(&b.1))) {
            (Some((least, _)), Some((greatest, _))) => {
                kept[least] = true;
                kept[greatest] = true;
            }
            // Native histograms and what is no number: one stands for the stretch.
            _ => kept[from] = true,
        }
    }
    let mut at = 0;
    points.retain(|_| {
        at += 1;
        kept[at - 1]
    });
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::cast_precision_loss)]
    use super::*;
    use proptest::prelude::*;

    fn points_of(values: &[f64]) -> Vec<Value> {
        values.iter().enumerate().map(|(at, value)| json!([at, value.to_string()])).collect()
    }

    proptest! {
        #[test]
        fn what_is_left_has_the_ends_the_extremes_and_no_other_numbers(
            values in prop::collection::vec(prop_oneof![9 => -1e9..1e9f64, 1 => Just(f64::NAN)], 1..400), most in 0usize..200,
        ) {
            let whole = points_of(&values);
            let mut left = whole.clone();
            thin(&mut left, most);
            prop_assert!(left.len() <= most.max(4) || left.len() == whole.len());
            prop_assert!(left.first() == whole.first() && left.last() == whole.last());
            prop_assert!(left.iter().all(|point| whole.contains(point)));
            prop_assert!(left.windows(2).all(|two| two[0][0].as_u64() < two[1][0].as_u64()));
            let extremes = |points: &[Value]| {
                let numbers = || points.iter().map(|point| number(&point[1])).filter(|value| !value.is_nan());
                (numbers().min_by(f64::total_cmp), numbers().max_by(f64::total_cmp))
            };
            prop_assert_eq!(extremes(&left), extremes(&whole));
        }
    }

    fn shown(kind: &str, text: &str, result: Value, limits: &Limits) -> (Value, Vec<Value>) {
        let query = Query { text: text.into(), start: 0, end: 0, step: 0 };
        let answer = Answer { kind: kind.into(), result, ..Answer::default() };
        let all = documents(answer, &query, limits, &|_| None).map_err(|_| ()).unwrap().written();
        (all[0][ABOUT].clone(), all[1..].to_vec())
    }

    fn vector(values: &[&str]) -> Value {
        values.iter().map(|value| json!({"metric": {"v": value}, "value": [1, value]})).collect()
    }

    #[test]
    fn the_largest_come_first_unless_the_query_sorts() {
        let result = vector(&["2", "NaN", "-Inf", "10", "+Inf", "1e1"]);
        let order = |text: &str| -> Vec<String> {
            let (_, rows) = shown("vector", text, result.clone(), &Limits::default());
            rows.iter().map(|row| row["value"][1].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(order("up"), ["+Inf", "10", "1e1", "2", "-Inf", "NaN"]);
        for text in ["sort(up)", "topk(9, up)", "(bottomk by (a) (9, up))", "sort_by_label(up, \"v\")"] {
            assert_eq!(order(text), ["2", "NaN", "-Inf", "10", "+Inf", "1e1"], "{text}");
        }
    }

    #[test]
    fn more_series_than_may_be_shown_are_cut_at_the_least() {
        let values: Vec<String> = (0..412).map(|n| n.to_string()).collect();
        let values: Vec<&str> = values.iter().map(String::as_str).collect();
        let limits = Limits { series: 21, ..Limits::default() };
        let (about, rows) = shown("vector", "up", vector(&values), &limits);
        assert_eq!((rows.len(), about["order"].as_str().unwrap()), (20, "last value, largest first"));
        assert_eq!((&rows[0]["value"][1], &rows[19]["value"][1]), (&json!("411"), &json!("392")));
    }

    #[test]
    fn long_series_are_thinned_to_what_fits_and_say_so() {
        let lane = |n: usize, count: usize| json!({"metric": {"pod": format!("p{n}")}, "values": (0..count).map(|at| json!([1_795_000_000 + at, format!("0.30000000000000{}", (at * 7 + n) % 100)])).collect::<Vec<_>>()});
        for (series, count, bytes, samples) in [
            (1, 11_000, 32 << 10, 50_000),
            (5, 121, 32 << 10, 50_000),
            (30, 121, 32 << 10, 50_000),
            (3, 1000, 1 << 30, 600),
        ] {
            let limits = Limits { released_bytes: bytes, samples, ..Limits::default() };
            let result: Value = (0..series).map(|n| lane(n, count)).collect();
            let (about, rows) = shown("matrix", "rate(a_total[5m])", result.clone(), &limits);
            let size: usize = rows.iter().map(|row| row.to_string().len()).sum();
            assert!(size as u64 <= bytes, "{series} of {count}: {size}");
            let points = |row: &Value| row["values"].as_array().unwrap().len();
            let shown: Vec<usize> = rows.iter().map(points).collect();
            assert!(
                shown.iter().sum::<usize>() as u64 <= samples && shown.iter().all(|n| *n >= LEAST - 2),
                "{shown:?}"
            );
            if shown[0] < count {
                assert_eq!(
                    (about["points"]["of"].as_u64(), rows[0]["points"].as_u64()),
                    (Some(count as u64), Some(count as u64))
                );
            } else {
                assert!(about.get("points").is_none() && rows[0].get("points").is_none());
            }
        }
        let (about, rows) =
            shown("matrix", "up", json!([lane(0, 20)]), &Limits { released_bytes: 100, ..Limits::default() });
        assert_eq!(
            (about.get("points"), rows[0]["values"].as_array().unwrap().len()),
            (None, 20),
            "short ones stay whole"
        );
    }

    #[test]
    fn native_histograms_are_thinned_and_ordered_like_numbers() {
        let one = |count: &str| json!({"metric": {}, "histograms": (0..200).map(|at| json!([at, {"count": count, "sum": "1", "buckets": [[0, "1", "2", count]]}])).collect::<Vec<_>>()});
        let (_, rows) =
            shown("matrix", "h", json!([one("1"), one("5")]), &Limits { released_bytes: 8 << 10, ..Limits::default() });
        assert_eq!(rows[0]["histograms"].as_array().unwrap().last().unwrap()[1]["count"], "5");
        assert!(rows[0]["histograms"].as_array().unwrap().len() < 100 && rows[0]["points"] == 200);
    }

    #[test]
    fn what_is_no_answer_is_broken() {
        let query = Query { text: "up".into(), start: 0, end: 0, step: 0 };
        for (kind, result) in [("matrix", json!({})), ("streams", json!([]))] {
            let answer = Answer { kind: kind.into(), result, ..Answer::default() };
            assert!(documents(answer, &query, &Limits::default(), &|_| None).is_err());
        }
    }
}
