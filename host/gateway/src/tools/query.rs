//! `prom_query`: PromQL at one time, or over a range.
use super::{Asked, Plan, Tool, sparkline};
use crate::{
    draft::{Counts, Draft, Rows},
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};
use wardgate_core::{AnyRequest, Channel, Denial, Keep, Place, Settled};

pub(crate) struct Query;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// PromQL. Every selector names its metric and the namespaces it is about: rate(http_requests_total{namespace="shop"}[5m]).
    #[schemars(length(min = 1))]
    query: String,
    /// At one time: when, RFC 3339 or Unix seconds. Without any time: now.
    #[schemars(extend("type" = ["string", "number"]))]
    time: Option<Time>,
    /// Over a range: its first point.
    #[schemars(extend("type" = ["string", "number"]))]
    start: Option<Time>,
    /// Over a range: its last point. Without it: now.
    #[schemars(extend("type" = ["string", "number"]))]
    end: Option<Time>,
    /// Over a range: seconds back from end, instead of start.
    range_seconds: Option<u32>,
    /// Over a range: seconds between two points. Without it: about 120 points.
    step_seconds: Option<u32>,
    /// A small picture of each series, for people.
    #[serde(default)]
    sparkline: bool,
}

/// RFC 3339, or Unix seconds as a number or a string.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Time {
    Number(f64),
    Text(String),
}

impl JsonSchema for Time {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Time".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "number"]})
    }
}

impl Time {
    /// Milliseconds since the epoch.
    fn millis(&self) -> Option<u64> {
        let seconds = match self {
            Self::Number(seconds) => *seconds,
            Self::Text(text) => match text.trim().parse::<f64>() {
                Ok(seconds) => seconds,
                Err(_) => return u64::try_from(text.trim().parse::<jiff::Timestamp>().ok()?.as_millisecond()).ok(),
            },
        };
        // Up to the year 9999, where a double still counts milliseconds.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        (seconds.is_finite() && (0.0..=253_402_300_799.0).contains(&seconds)).then(|| (seconds * 1000.0).round() as u64)
    }
}

impl Tool for Query {
    fn name(&self) -> &'static str {
        "prom_query"
    }

    fn title(&self) -> &'static str {
        "Query Prometheus"
    }

    fn description(&self) -> &'static str {
        "Evaluates PromQL, at one time or over a range (range_seconds, or start and end). Queries that would cost too much, or \
         reach beyond the namespaces open to you, are denied beforehand, with the figures and what would pass. Aggregate (sum \
         by, topk) rather than fetch many series."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        schema::bound(&mut schema, "query", &[("maxLength", json!(bounds.max_query_chars))]);
        let range = [("minimum", json!(bounds.min_range_seconds)), ("maximum", json!(bounds.max_range_seconds))];
        schema::bound(&mut schema, "range_seconds", &range);
        let step = [("minimum", json!(bounds.min_step_seconds)), ("maximum", json!(bounds.max_step_seconds))];
        schema::bound(&mut schema, "step_seconds", &step);
        schema
    }

    fn output(&self) -> JsonObject {
        let (number, word) = (json!({"type": "integer"}), json!({"type": "string"}));
        schema::output(
            &json!({
                "series": schema::rows("as Prometheus gives them: metric, and value or values; points: how many a thinned one had"),
                "shown": number,
                "total": number,
                "not_shown": number,
                "start": number,
                "end": number,
                "step_ms": number,
                "unit": word,
                "windows": {},
                "order": word,
                "thinned": word,
                "warnings": {},
                "infos": {},
                "summary": word,
                "advice": word,
                "unparsed": {},
            }),
            &["series", "shown"],
        )
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.query.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let input: Input = asked.parse()?;
        let ms = |name: &str, time: &Option<Time>| match time {
            None => Ok(None),
            Some(time) => match time.millis() {
                Some(ms) => Ok(Some(ms)),
                None => Err(asked.wrong(name, "is neither RFC 3339, like 2026-01-31T12:00:00Z, nor Unix seconds")),
            },
        };
        let (time, start, end) = (ms("time", &input.time)?, ms("start", &input.start)?, ms("end", &input.end)?);
        let ranged = start.is_some() || end.is_some() || input.range_seconds.is_some() || input.step_seconds.is_some();
        let (start, end, step) = match (time, ranged) {
            (Some(_), true) => {
                return Err(
                    asked.wrong("time", "is for instant queries: leave out start, end, range_seconds and step_seconds")
                );
            }
            (time, false) => {
                let at = time.unwrap_or(asked.now);
                (at, at, 0)
            }
            (None, true) => range(&asked, start, end, &input)?,
        };
        let sparkline = input.sparkline;
        let request = AnyRequest::Query(wardgate_core::Query { text: input.query, start, end, step });
        let mut plan = Plan::of(Place::default(), request);
        plan.says.insert("sparkline".into(), sparkline.into());
        Ok(plan)
    }

    fn instead(&self, arguments: &JsonObject, advice: &AnyRequest) -> Option<JsonObject> {
        let AnyRequest::Query(query) = advice else { return None };
        let mut instead = JsonObject::new();
        instead.insert("query".into(), json!(query.text));
        if query.step == 0 {
            if let Some(time) = arguments.get("time") {
                instead.insert("time".into(), time.clone());
            }
        } else {
            instead.insert("start".into(), json!(query.start.div_ceil(1000)));
            instead.insert("end".into(), json!(query.end / 1000));
            instead.insert("step_seconds".into(), json!(query.step.div_ceil(1000)));
        }
        if let Some(sparkline) = arguments.get("sparkline") {
            instead.insert("sparkline".into(), sparkline.clone());
        }
        Some(instead)
    }

    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft {
        let body = settled.body();
        let mut draft = Draft::new(settled);
        let all = body.records.iter().filter(|record| record.channel == Channel::Series).map(|record| &record.value);
        let (about, mut series): (Vec<&Value>, Vec<Value>) =
            all.fold((vec![], vec![]), |(mut about, mut series), one| {
                match one.get(ABOUT) {
                    Some(said) => about.push(said),
                    None => series.push(one.clone()),
                }
                (about, series)
            });
        let about = about.first().copied().unwrap_or(&Value::Null);
        if plan.says.get("sparkline") == Some(&Value::Bool(true)) {
            sparkline::draw(&mut series);
        }
        let shown = series.len() as u64;
        draft.put("shown", json!(shown));
        if let Some(total) = body.total {
            draft.put("total", json!(total));
        }
        let cut = body.total.map_or(body.records_cut, |total| total.saturating_sub(shown).max(body.records_cut));
        if cut > 0 {
            draft.put("not_shown", json!(cut));
        }
        draft.put("series", Value::Array(series));
        if let AnyRequest::Query(query) = &plan.request {
            draft.put("start", about.get("start").cloned().unwrap_or_else(|| json!(query.start)));
            draft.put("end", about.get("end").cloned().unwrap_or_else(|| json!(query.end)));
            draft.put("step_ms", json!(query.step));
        }
        for key in ["unit", "windows", "order", "warnings", "infos"] {
            if let Some(said) = about.get(key) {
                draft.put(key, said.clone());
            }
        }
        if let Some(points) = about.get("points") {
            let words = format!(
                "series are thinned to about {} of up to {} points: the first, the last, and of each stretch the least and the greatest",
                points["shown"], points["of"]
            );
            draft.put("thinned", words.into());
        }
        if about.get("partial").is_some() {
            draft.put("missing", PARTIAL.into());
        }
        draft.advice("aggregate: topk(5, ...) or sum by (...) shows what matters in fewer series");
        draft.said(summary);
        draft.rows(Rows { key: "series", keep: Keep::First, counts: Counts::Items });
        let unparsed: Vec<&str> = body.lines(Channel::Series).collect();
        if !unparsed.is_empty() {
            draft.put("unparsed", json!(unparsed));
            draft.rows(Rows { key: "unparsed", keep: Keep::First, counts: Counts::Lines });
        }
        draft.missing_if_read_limit("the read limit was met: series are missing; aggregate, or take a larger step");
        draft
    }
}

/// The document that says what an answer is, among its series.
const ABOUT: &str = "answer";
const PARTIAL: &str = "Prometheus had more than may be read: these are among the series that it sent first, not the largest of all; aggregate";

/// The answer in a sentence, once it is cut to its size.
fn summary(shown: &JsonObject) -> String {
    let number = |key: &str| shown.get(key).and_then(Value::as_u64);
    let text = |key: &str| shown.get(key).and_then(Value::as_str);
    let here = number("shown").unwrap_or(0);
    let mut out = match number("total") {
        Some(total) if total > here => format!("showing {here} of {total} series"),
        _ => format!("{here} series"),
    };
    if let Some(order) = text("order").filter(|_| here > 1) {
        out.push_str(&format!(", by {order}"));
    }
    if let Some(unit) = text("unit") {
        out.push_str(&format!("; unit: {unit}"));
    }
    let seconds = |ms: u64| f64::from(u32::try_from(ms).unwrap_or(u32::MAX)) / 1000.0;
    if let (Some(start), Some(end), Some(step @ 1..)) = (number("start"), number("end"), number("step_ms")) {
        out.push_str(&format!("; over {} s in steps of {} s", seconds(end.saturating_sub(start)), seconds(step)));
    }
    if let Some(windows) = shown.get("windows").and_then(Value::as_array) {
        let windows: Vec<&str> = windows.iter().filter_map(Value::as_str).collect();
        out.push_str(&format!("; each value looks back {}", windows.join(", ")));
    }
    if let Some(thinned) = text("thinned") {
        out.push_str(&format!("; {thinned}"));
    }
    out
}

/// Start, end and step of a range query, within the operator's bounds.
fn range(asked: &Asked<'_>, start: Option<u64>, end: Option<u64>, input: &Input) -> Result<(u64, u64, u64), Denial> {
    let bounds = asked.bounds;
    let end = end.unwrap_or(asked.now);
    let start = match (start, input.range_seconds) {
        (Some(_), Some(_)) => return Err(asked.wrong("range_seconds", "and start cannot both be named")),
        (Some(start), None) => start,
        (None, Some(seconds)) => end.saturating_sub(u64::from(seconds) * 1000),
        (None, None) => return Err(asked.wrong("range_seconds", "or start must be named for a range query")),
    };
    let Some(length) = end.checked_sub(start) else { return Err(asked.wrong("end", "lies before start")) };
    let (least, most) = (u64::from(bounds.min_range_seconds), u64::from(bounds.max_range_seconds));
    if !(least * 1000..=most * 1000).contains(&length) {
        let seconds = length / 1000;
        return Err(
            asked.wrong("start", &format!("and end are {seconds} s apart; the range must be from {least} to {most} s"))
        );
    }
    let step = input.step_seconds.unwrap_or_else(|| {
        let fine = u32::try_from(length.div_ceil(120_000)).unwrap_or(u32::MAX).max(15);
        fine.clamp(bounds.min_step_seconds, bounds.max_step_seconds)
    });
    Ok((start, end, u64::from(step) * 1000))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::testing::{NOW, plan, rule};
    use super::*;

    #[test]
    fn times_become_milliseconds() {
        let minute = 60_000;
        for (more, start, end, step) in [
            (json!({}), NOW, NOW, 0),
            (json!({"time": 1_700_000_000}), 1_700_000_000_000, 1_700_000_000_000, 0),
            (json!({"time": "1700000000.5"}), 1_700_000_000_500, 1_700_000_000_500, 0),
            (json!({"time": "2023-11-14T22:13:20Z"}), 1_700_000_000_000, 1_700_000_000_000, 0),
            (json!({"time": "2023-11-14T23:13:20.25+01:00"}), 1_700_000_000_250, 1_700_000_000_250, 0),
            (json!({"range_seconds": 1800}), NOW - 30 * minute, NOW, 15_000),
            (json!({"range_seconds": 3600}), NOW - 60 * minute, NOW, 30_000),
            (json!({"range_seconds": 600, "step_seconds": 10}), NOW - 10 * minute, NOW, 10_000),
            (json!({"start": 1_700_000_000, "end": 1_700_000_600}), 1_700_000_000_000, 1_700_000_600_000, 15_000),
            (json!({"range_seconds": 60, "end": 1_700_000_000}), 1_699_999_940_000, 1_700_000_000_000, 15_000),
        ] {
            let mut asked = json!({"query": "up"});
            asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let AnyRequest::Query(query) = plan(&Query, &asked).unwrap().request else { unreachable!() };
            assert_eq!((query.start, query.end, query.step), (start, end, step), "{asked}");
        }
    }

    #[test]
    fn what_cannot_be_asked_is_said() {
        for (more, says) in [
            (json!({"time": "yesterday"}), "arguments.invalid: time is neither RFC 3339"),
            (json!({"time": -1}), "arguments.invalid: time is neither"),
            (json!({"time": "nan"}), "arguments.invalid: time is neither"),
            (json!({"time": 1, "range_seconds": 60}), "arguments.invalid: time is for instant queries"),
            (json!({"step_seconds": 10}), "arguments.invalid: range_seconds or start must be named"),
            (json!({"start": 5, "range_seconds": 60}), "arguments.invalid: range_seconds and start cannot both"),
            (json!({"start": 1_700_000_600, "end": 1_700_000_000}), "arguments.invalid: end lies before start"),
            (
                json!({"start": 1_700_000_000, "end": 1_700_086_400}),
                "arguments.invalid: start and end are 86400 s apart",
            ),
            (json!({"range_seconds": 3601}), "arguments.invalid: range_seconds must be from 60 to 3600"),
            (json!({"range_seconds": 600, "step_seconds": 1}), "arguments.invalid: step_seconds must be from 5 to 60"),
            (json!({"query": "x".repeat(4097)}), "arguments.invalid: query has 4097 characters; at most 4096"),
            (json!({"query": ""}), "arguments.invalid: query must not be empty"),
        ] {
            let mut asked = json!({"query": "up"});
            asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let got = rule(&Query, &asked);
            assert!(got.starts_with(says), "{got}");
        }
    }
}
