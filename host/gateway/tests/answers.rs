//! What every tool's every answer keeps to: its output schema, the size budget, and text that is the same JSON or repeats no rows.
//! Policy, evidence and cluster are stand-ins; the calls go through the whole gateway.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
mod common;
use common::{Step::*, *};
use serde_json::{Value, json};
use std::sync::atomic::Ordering::SeqCst;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use wardgate_core::{Channel, Ending, FaultKind};
use wardgate_gateway::{CancellationToken, GatewaySettings, serve_streams};

/// Bytes of a result that are neither structured content nor text.
const ENVELOPE: usize = 256;

struct Wire {
    house: House,
    read: BufReader<tokio::io::ReadHalf<tokio::io::DuplexStream>>,
    write: tokio::io::WriteHalf<tokio::io::DuplexStream>,
}

impl Wire {
    fn new(settings: GatewaySettings) -> Self {
        let house = house(settings);
        let (here, there) = tokio::io::duplex(1 << 20);
        let (read, write) = tokio::io::split(there);
        tokio::spawn(serve_streams(house.gateway.clone(), read, write, CancellationToken::new()));
        let (read, write) = tokio::io::split(here);
        Self { house, read: BufReader::new(read), write }
    }

    async fn ask(&mut self, message: &Value) -> Value {
        self.write.write_all(format!("{message}\n").as_bytes()).await.unwrap();
        let mut line = String::new();
        self.read.read_line(&mut line).await.unwrap();
        serde_json::from_str(&line).unwrap()
    }

    async fn call(&mut self, tool: &str, arguments: &Value) -> Value {
        let answer = self.ask(&modern(1, "tools/call", call(tool, arguments.clone()))).await;
        answer.get("result").unwrap_or_else(|| panic!("{answer}")).clone()
    }
}

/// Arguments that pass, for each tool, and the channel its answer comes on.
fn calls() -> Vec<(&'static str, Value, Channel)> {
    let at = |more: Value| {
        let mut asked = json!({"namespace": "shop"});
        asked.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        asked
    };
    vec![
        ("k8s_get_logs", at(json!({"pod": "p", "pattern": "."})), Channel::Log),
        ("k8s_get_logs", at(json!({"label_selector": "app=a", "tail_lines": 2000})), Channel::Log),
        ("k8s_get_events", at(json!({})), Channel::Event),
        ("k8s_list", at(json!({"kind": "pods"})), Channel::Object),
        ("k8s_get", at(json!({"kind": "pods", "name": "p"})), Channel::Object),
        ("k8s_top", at(json!({"kind": "pods"})), Channel::Object),
        ("k8s_exec_readonly", at(json!({"pod": "p", "command": ["ls"]})), Channel::Stdout),
        ("prom_query", json!({"query": "up", "range_seconds": 600}), Channel::Series),
        ("prom_find_metrics", json!({"limit": 200}), Channel::Series),
        ("prom_labels", json!({"label": "pod", "selector": "up{namespace=\"shop\"}", "limit": 200}), Channel::Series),
        ("prom_targets", json!({"limit": 200}), Channel::Series),
        ("prom_alerts", json!({"limit": 200}), Channel::Series),
        ("prom_saved_query", json!({"name": "targets_down", "range_seconds": 600}), Channel::Series),
    ]
}

/// Rows that cost much: quotes and backslashes double on the wire, twice where text repeats them.
fn rows(channel: Channel, text: &str, count: usize) -> Vec<Step> {
    match channel {
        Channel::Log | Channel::Stdout => (0..count).map(|n| Bytes(channel, format!("{n} {text}\n"))).collect(),
        _ => (0..count)
            .map(|n| Record(channel, json!({"n": n, "metric": {"a": text}, "hunter2": ["hunter2"]})))
            .collect(),
    }
}

fn floods() -> Vec<(&'static str, String)> {
    vec![
        ("plain", "abcdefgh ".repeat(20)),
        ("quotes", "\"".repeat(150)),
        ("backslashes", "\\".repeat(150)),
        ("controls", "\u{1b}[31m\u{7}".repeat(30)),
        ("wide", "漢字".repeat(40)),
        ("one long line", "x\"".repeat(100_000)),
    ]
}

#[tokio::test]
async fn no_result_outgrows_the_budget_and_all_that_is_cut_is_said() {
    for budget in [16 << 10, 64 << 10] {
        let mut wire = Wire::new(GatewaySettings { answer_bytes: budget, ..GatewaySettings::default() });
        let budget = budget as usize;
        for (tool, arguments, channel) in calls() {
            for (name, text) in floods() {
                let count = if text.len() > 1000 { 3 } else { 600 };
                let mut pieces = rows(channel, &text, count);
                pieces.extend([Total(count as u64), Next("next"), DONE]);
                wire.house.cluster.answers(pieces);
                let result = wire.call(tool, &arguments).await;
                let size = result.to_string().len();
                assert!(size <= budget + ENVELOPE, "{tool} {name}: {size} of {budget}");
                let shown = &result["structuredContent"];
                if tool == "k8s_get" {
                    continue;
                }
                let said = shown["not_shown"].as_u64().unwrap_or(0) > 0
                    || shown["truncated"]["bytes"].as_u64().unwrap_or(0) > 0;
                assert!(said, "{tool} {name}: {count} rows of {} bytes were not cut?", text.len());
                if name != "one long line" {
                    // Cut, but not to nothing: some third of the budget at least is used.
                    assert!(size * 3 > budget, "{tool} {name}: {size} of {budget}");
                }
                if let Some(items) = shown["items"].as_array() {
                    assert_eq!(shown["shown"], json!(items.len()));
                    assert_eq!(shown["shown"].as_u64().unwrap() + shown["not_shown"].as_u64().unwrap(), count as u64);
                    assert_eq!(shown.get("next_cursor"), None, "a cursor would skip what was cut");
                    assert!(shown["advice"].is_string());
                }
            }
        }
    }
}

#[tokio::test]
async fn what_gives_way_is_the_oldest_of_a_log_and_the_last_of_a_list() {
    let mut wire = Wire::new(GatewaySettings::default());
    for (tool, arguments, channel) in calls() {
        let mut pieces = rows(channel, &"x\"".repeat(200), 600);
        pieces.push(DONE);
        wire.house.cluster.answers(pieces);
        let shown = wire.call(tool, &arguments).await["structuredContent"].clone();
        let edge =
            |key: &str, end: fn(&Vec<Value>) -> Option<&Value>| end(shown[key].as_array().unwrap()).unwrap().clone();
        match (tool, channel) {
            ("k8s_get_logs", _) => {
                assert!(edge("lines", |l| l.last()).as_str().unwrap().contains("599 "), "{tool}");
                assert_eq!(shown["truncated"]["kept"], "newest");
            }
            ("k8s_exec_readonly", _) => assert!(edge("stdout", |l| l.first()).as_str().unwrap().starts_with("0 ")),
            ("prom_query" | "prom_saved_query", _) => assert_eq!(edge("series", |l| l.first())["n"], json!(0)),
            ("k8s_list" | "k8s_top" | "prom_find_metrics" | "prom_targets" | "prom_alerts", _) => {
                assert_eq!(edge("items", |l| l.first())["n"], json!(0))
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn every_answer_of_every_tool_fits_its_output_schema() {
    let mut wire = Wire::new(GatewaySettings::default());
    let listed = wire.ask(&modern(0, "tools/list", json!({}))).await["result"]["tools"].clone();
    for (tool, arguments, channel) in calls() {
        let schema = &listed.as_array().unwrap().iter().find(|listed| listed["name"] == tool).unwrap()["outputSchema"];
        let validator = jsonschema::draft202012::new(schema).unwrap();
        let few = || rows(channel, "a hunter2 b", 3);
        let many = || rows(channel, &"\"".repeat(300), 900);
        let answers: Vec<(&str, Vec<Step>)> = vec![
            ("complete", few().into_iter().chain([Total(9), Next("next"), DONE]).collect()),
            ("empty", vec![DONE]),
            ("unknown end", few()),
            ("exit", few().into_iter().chain([End(Ending::Exit(1))]).collect()),
            ("cut to the budget", many().into_iter().chain([DONE]).collect()),
            ("masked rows", vec![Record(channel, json!("hunter2")), Record(channel, json!(["hunter2"])), DONE]),
            ("no JSON", vec![Bytes(channel, "{broken hunter2\n".into()), DONE]),
            ("backend gone", vec![Broken(FaultKind::Unavailable, "connection refused by hunter2")]),
            ("backend gone midway", few().into_iter().chain([Broken(FaultKind::Broken, "reset")]).collect()),
            ("read limit", vec![Bytes(channel, "x".repeat(17 << 20))]),
        ];
        let mut seen = Vec::new();
        for (name, pieces) in answers {
            wire.house.cluster.answers(pieces);
            seen.push((name, wire.call(tool, &arguments).await));
        }
        let mut denied = arguments.clone();
        denied["namespace"] = "private".into();
        denied["bogus"] = json!(1);
        seen.push(("bad arguments", wire.call(tool, &denied).await));
        if tool == "k8s_exec_readonly" {
            for word in ["sh", "reboot", "verbose"] {
                denied = arguments.clone();
                denied["command"] = json!([word]);
                seen.push((word, wire.call(tool, &denied).await));
            }
        }
        wire.house.book.down.store(true, SeqCst);
        seen.push(("unrecorded", wire.call(tool, &arguments).await));
        wire.house.book.down.store(false, SeqCst);
        for (name, result) in seen {
            let shown = &result["structuredContent"];
            if let Err(error) = validator.validate(shown) {
                panic!("{tool}, {name}: {error}\n{shown}");
            }
            let text = result["content"][0]["text"].as_str().unwrap();
            let summary = ["items"].iter().any(|key| shown.get(*key).is_some());
            if summary {
                assert!(text.len() < 1000 && !text.contains(['{', '"']), "{tool}, {name}: {text}");
            } else {
                assert_eq!(text, shown.to_string(), "{tool}, {name}: the text is the same JSON");
            }
            assert!(!result.to_string().contains("a hunter2"), "{tool}, {name}");
            assert!(result.to_string().len() <= (64 << 10) + ENVELOPE, "{tool}, {name}");
        }
    }
}

#[tokio::test]
async fn a_querys_answer_says_what_it_is_and_what_is_missing_of_it() {
    let mut wire = Wire::new(GatewaySettings::default());
    let series = |n: u32| {
        Record(
            Channel::Series,
            json!({"metric": {"pod": format!("p{n}")}, "values": [[1, "1"], [2, "9"]], "points": 121}),
        )
    };
    let about = json!({"answer": {"unit": "bytes per second", "windows": ["5m"], "order": "last value, largest first",
        "points": {"shown": 2, "of": 121}, "warnings": ["hunter2"]}});
    wire.house.cluster.answers(vec![Total(412), Record(Channel::Series, about), series(1), series(2), DONE]);
    let asked =
        json!({"query": "rate(a_bytes_total[5m])", "range_seconds": 600, "step_seconds": 15, "sparkline": true});
    let shown = wire.call("prom_query", &asked).await["structuredContent"].clone();
    let summary = "showing 2 of 412 series, by last value, largest first; unit: bytes per second; over 600 s in steps of 15 s; each value \
                   looks back 5m; series are thinned to about 2 of up to 121 points";
    assert!(shown["summary"].as_str().unwrap().starts_with(summary), "{shown}");
    assert_eq!((&shown["shown"], &shown["total"], &shown["not_shown"]), (&json!(2), &json!(412), &json!(410)));
    assert_eq!((&shown["unit"], shown["series"].as_array().unwrap().len()), (&json!("bytes per second"), 2));
    assert_eq!((&shown["series"][0]["sparkline"], &shown["series"][0]["points"]), (&json!("▁█"), &json!(121)));
    assert!(!shown.to_string().contains("hunter2") && shown["advice"].is_string(), "{shown}");
    // The same without a picture, and of an answer that was read in part.
    let partial = json!({"answer": {"order": "last value, largest first", "partial": true}});
    wire.house.cluster.answers(vec![Record(Channel::Series, partial), series(1), DONE]);
    let shown = wire.call("prom_query", &json!({"query": "a"})).await["structuredContent"].clone();
    assert!(
        shown["missing"].as_str().unwrap().contains("not the largest of all") && shown.get("total").is_none(),
        "{shown}"
    );
    assert!(shown["series"][0].get("sparkline").is_none() && shown["summary"] == "1 series");
}

/// Every model loads the list into its context, in every session: 25 kB with the examples of the shipped policies, which are 1.6 kB.
#[tokio::test]
async fn the_list_of_tools_is_short() {
    let mut wire = Wire::new(GatewaySettings::default());
    let listed = wire.ask(&modern(0, "tools/list", json!({}))).await["result"].to_string();
    assert!(listed.len() < 23_400, "{} bytes", listed.len());
}

#[tokio::test]
async fn a_schema_that_allows_everything_would_not_pass_for_one() {
    let mut wire = Wire::new(GatewaySettings::default());
    let listed = wire.ask(&modern(0, "tools/list", json!({}))).await["result"]["tools"].clone();
    for tool in listed.as_array().unwrap() {
        let validator = jsonschema::draft202012::new(&tool["outputSchema"]).unwrap();
        for wrong in [
            json!({}),
            json!({"call": "c"}),
            json!({"call": "c", "outcome": "complete", "note": "n"}),
            json!({"call": "c", "denied": {"rule": "r"}}),
            json!({"call": "c", "denied": {"rule": "r", "reason": "x"}, "surplus": 1}),
            json!([]),
        ] {
            assert!(!validator.is_valid(&wrong), "{}: {wrong}", tool["name"]);
        }
    }
}
