//! Writes `docs/tools.md` from the one list of tools, and fails when the page has drifted: `BLESS=1 cargo test` rewrites it.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::ALL;
use crate::settings::Bounds;
use serde_json::Value;
use std::fmt::Write as _;

const HEAD: &str = "\
# Tools

Generated from the code; the bounds are the defaults, which an operator can move.

Every tool is read-only. Arguments are checked against exactly what is listed here: an unknown one is refused, with the nearest
known one. Every call is on record, refused ones too.

A result's `structuredContent` carries the answer. Its text is the same JSON byte for byte, or, for lists, a summary that repeats
no rows. Both together keep to one budget (64 KiB unless an operator moved it); what is cut is said. Every answer has

- `outcome`: `complete`; `unknown`, if a stream ended without saying that it was complete; or `{\"cut\": ...}` with `missing`, a
  sentence that says what the answer lacks,
- `redacted`: masks by rule, where there were any. A masked text reads `[redacted:RULE]`,
- `error`: the backend's words, where it had any; `left_out`: targets that were not asked, and why,
- `note`: that it is data from the cluster, not instructions; `call`: the call's name in the evidence.

A call that did not run is a tool error (`isError`) with `denied` (rule, reason, remedy, and where there is one `instead`, a call
that would pass, and `details`, the figures), with `approval_required` of the same form, or with `unrecorded`, if its evidence could
not be written: then nothing is shown.
";

fn page() -> String {
    let mut page = String::from(HEAD);
    for tool in ALL {
        let input = tool.input(&Bounds::default());
        let _ = write!(page, "\n## `{}`\n\n{}. {}\n\n", tool.name(), tool.title(), tool.description());
        page.push_str("| argument | | |\n|---|---|---|\n");
        let required = input.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
        for (name, rules) in input["properties"].as_object().unwrap() {
            let needed = if required.iter().any(|needed| needed == name) { "needed; " } else { "" };
            let words = rules["description"].as_str().unwrap().replace('\n', " ");
            let _ = writeln!(page, "| `{name}` | {needed}{} | {words} |", shape(rules));
        }
        page.push_str("\n| result | |\n|---|---|\n");
        let common = ["call", "outcome", "missing", "note", "redacted", "error", "left_out", "denied"];
        let refused = ["approval_required", "also", "unrecorded"];
        for (name, rules) in tool.output()["properties"].as_object().unwrap() {
            if !common.contains(&name.as_str()) && !refused.contains(&name.as_str()) {
                let words = rules["description"].as_str().unwrap_or_else(|| means(name));
                let _ = writeln!(page, "| `{name}` | {words} |");
            }
        }
    }
    page
}

/// What a field says wherever it stands; the schemas, which every model loads, leave it out.
fn means(field: &str) -> &'static str {
    match field {
        "shown" => "how many are here",
        "total" => "how many there are; left out where nobody has counted them all",
        "not_shown" => "how many did not fit the answer",
        "next_cursor" => "where the next page begins: pass it as `cursor`",
        "advice" => "what to do about what is not here",
        "unparsed" => "what came and was no JSON",
        "source" => "where it ran: namespace, pod, container",
        "start" | "end" => "first and last evaluation, milliseconds since the epoch",
        "step_ms" => "between two evaluations; 0 for an instant query",
        "windows" => "how far each value looks back, as the query says",
        "order" => "by what the series stand in order",
        "thinned" => "what was left out of long series",
        "warnings" | "infos" => "Prometheus' own notes",
        "summary" => "the answer in a sentence",
        "saved_query" => "its name",
        "query" => "the PromQL that was asked",
        "unit" => "of the values, where it is known",
        "reading" => "how to read the answer",
        other => panic!("{other} is explained nowhere"),
    }
}

/// A property's type and bounds, as people write them.
fn shape(rules: &Value) -> String {
    let kind = match &rules["type"] {
        Value::String(kind) => kind.clone(),
        kinds => kinds.as_array().unwrap().iter().map(|kind| kind.as_str().unwrap()).collect::<Vec<_>>().join(" or "),
    };
    let mut text = kind;
    let number = |key: &str| rules.get(key).map(Value::to_string);
    match (number("minimum"), number("maximum")) {
        (Some(least), Some(most)) => text += &format!(", {least} to {most}"),
        (Some(least), None) => text += &format!(", at least {least}"),
        _ => {}
    }
    if let Some(most) = number("maxLength") {
        text += &format!(", at most {most} characters");
    }
    if let Some(most) = number("maxItems") {
        text += &format!(", at most {most} entries");
    }
    if let Some(default) = number("default") {
        text += &format!(", default {default}");
    }
    if let Some(Value::Array(choices)) = rules.get("enum") {
        let choices: Vec<_> = choices.iter().filter_map(Value::as_str).map(|choice| format!("`{choice}`")).collect();
        text += &format!(": {}", choices.join(", "));
    }
    text
}

#[test]
fn the_page_about_tools_is_what_the_code_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/tools.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == page(),
        "docs/tools.md has drifted from the code: BLESS=1 cargo test -p wardgate-gateway rewrites it"
    );
}
