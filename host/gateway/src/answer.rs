//! The one place where MCP results and errors of calls are built, and they are built from [`Settled`] alone: a lint forbids their
//! constructors everywhere else (invariant 1).
#![allow(clippy::disallowed_methods, clippy::disallowed_types)]
use crate::{
    draft::{Fitted, Wire},
    schema::JsonObject,
    tools::{Plan, Tool},
};
use rmcp::model::{CallToolResponse, CallToolResult, ContentBlock, ErrorCode, ErrorData};
use serde_json::{Value, json};
use wardgate_core::{Denial, Outcome, Settled};

/// What a handler of the protocol can fail with.
pub(crate) type ProtocolError = ErrorData;

/// The result of a call that a tool's plan was made for.
pub(crate) fn of(tool: &dyn Tool, plan: &Plan, settled: &Settled, wire: Wire) -> CallToolResponse {
    match settled.outcome() {
        Outcome::Complete(_) | Outcome::Cut(_) => {
            let draft = tool.draft(plan, settled);
            let failed = draft.failed;
            let Fitted { structured, text } = draft.fit(settled, wire);
            result(structured, text, failed, wire)
        }
        Outcome::Refused(_) | Outcome::NeedsApproval(_) | Outcome::Unrecorded => {
            turned_away(Some((tool, plan)), settled, wire)
        }
    }
}

/// The result of a call that did not run: denied, waiting for people, or not on record. A tool error, so that a model reads it.
pub(crate) fn turned_away(asked: Option<(&dyn Tool, &Plan)>, settled: &Settled, wire: Wire) -> CallToolResponse {
    let structured = refusal(asked, settled, wire.budget);
    let text = Value::Object(structured.clone()).to_string();
    result(structured, text, true, wire)
}

/// A tool that does not exist is a protocol error (MCP 2026-07-28, server/tools, error handling).
pub(crate) fn unknown_tool(settled: &Settled) -> ProtocolError {
    invalid("unknown tool", settled)
}

/// No call of a tool at all, and nothing about the cluster.
pub(crate) fn unknown_method(method: String) -> ProtocolError {
    ErrorData::new(ErrorCode::METHOD_NOT_FOUND, method, None)
}

/// And so is a call that is none.
pub(crate) fn malformed(settled: &Settled) -> ProtocolError {
    invalid("malformed tools/call", settled)
}

fn invalid(what: &'static str, settled: &Settled) -> ProtocolError {
    ErrorData::invalid_params(what, Some(Value::Object(refusal(None, settled, 16 << 10))))
}

fn result(structured: JsonObject, text: String, failed: bool, wire: Wire) -> CallToolResponse {
    let content = vec![ContentBlock::text(text)];
    let mut result = if failed { CallToolResult::error(content) } else { CallToolResult::success(content) };
    if wire.structured {
        result.structured_content = Some(Value::Object(structured));
    }
    CallToolResponse::from(result)
}

fn refusal(asked: Option<(&dyn Tool, &Plan)>, settled: &Settled, budget: usize) -> JsonObject {
    let mut map = JsonObject::new();
    match settled.outcome() {
        Outcome::Refused(denials) => said(&mut map, "denied", denials, asked),
        Outcome::NeedsApproval(denials) => said(&mut map, "approval_required", denials, asked),
        _ => {
            let words = "the evidence of this call could not be written, so nothing is shown; an operator must look at the \
                         evidence store before calls can go on";
            map.insert("unrecorded".into(), words.into());
        }
    }
    let left_out = &settled.body().left_out;
    if !left_out.is_empty() {
        map.insert("left_out".into(), json!(left_out));
    }
    map.insert("call".into(), settled.id().as_str().into());
    shorten(&mut map, budget);
    map
}

fn said(map: &mut JsonObject, key: &str, denials: &[Denial], asked: Option<(&dyn Tool, &Plan)>) {
    let mut told = denials.iter().map(|denial| {
        let mut told = json!(denial);
        if let (Some((tool, plan)), Some(advice)) = (asked, &denial.instead)
            && let Some(arguments) = tool.instead(&plan.arguments, advice)
        {
            told["instead"] = json!({"tool": tool.name(), "arguments": arguments});
        }
        told
    });
    let refused = || json!(Denial::new("call.refused", "the call was refused"));
    map.insert(key.into(), told.next().unwrap_or_else(refused));
    let also: Vec<Value> = told.collect();
    if !also.is_empty() {
        map.insert("also".into(), Value::Array(also));
    }
}

/// Denials are bounded one by one, but many of them, or long details, can outgrow the budget: the rule, the reason and the remedy
/// of the first go last.
fn shorten(map: &mut JsonObject, budget: usize) {
    // Structured content, and the same again as an escaped string.
    let over = |map: &JsonObject| {
        let json = serde_json::to_string(map).unwrap_or_default();
        2 * json.len() + json.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count() > budget
    };
    for key in ["left_out", "also"] {
        if over(map) {
            map.shift_remove(key);
        }
    }
    for part in ["details", "instead"] {
        for key in ["denied", "approval_required"] {
            if over(map)
                && let Some(Value::Object(denial)) = map.get_mut(key)
            {
                denial.shift_remove(part);
            }
        }
    }
    for key in ["denied", "approval_required"] {
        if over(map)
            && let Some(Value::Object(denial)) = map.get_mut(key)
        {
            for part in ["reason", "remedy"] {
                if let Some(Value::String(text)) = denial.get_mut(part) {
                    *text = text.chars().take(500).collect();
                }
            }
        }
    }
}
