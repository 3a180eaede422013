//! The tools, one file each. [`ALL`] is the one list of them: it makes `tools/list`, the docs and the metrics.
//!
//! A tool maps arguments to a request of core's and a settled body to structured content. It cannot reach a backend, and it
//! cannot build an MCP result.
#[cfg(test)]
mod docs;
mod events;
mod exec;
mod find_metrics;
mod get;
mod labels;
mod list;
mod logs;
mod query;
mod saved;
mod sparkline;
mod standing;
mod top;

use crate::{
    arguments::Checker,
    draft::{Counts, Draft, Rows},
    gateway::Backends,
    schema::JsonObject,
    settings::Bounds,
};
use regex::{Regex, RegexBuilder};
use serde_json::{Value, json};
use std::sync::Arc;
use wardgate_core::{AnyRequest, Channel, Denial, Keep, Place, Select, Settled};

/// Every tool, in the order in which they are listed.
pub(crate) const ALL: [&dyn Tool; 12] = [
    &logs::Logs,
    &events::Events,
    &list::List,
    &get::Get,
    &top::Top,
    &exec::Exec,
    &query::Query,
    &saved::Saved,
    &find_metrics::FindMetrics,
    &labels::Labels,
    &standing::TARGETS,
    &standing::ALERTS,
];

/// One tool.
pub(crate) trait Tool: Send + Sync {
    /// As agents call it.
    fn name(&self) -> &'static str;
    /// As people read it.
    fn title(&self) -> &'static str;
    /// Tells a model when to use it and what comes back.
    fn description(&self) -> &'static str;
    /// The kind of request whose samples, made from the active settings, its description ends with.
    fn samples(&self) -> Option<&'static str> {
        None
    }
    /// Its arguments, within the operator's bounds.
    fn input(&self, bounds: &Bounds) -> JsonObject;
    /// Properties whose enum is advice.
    fn loose(&self) -> &'static [&'static str] {
        &[]
    }
    /// Its structured content.
    fn output(&self) -> JsonObject;
    /// Whether the text content repeats the structured content; if not, it is a summary that repeats no rows.
    fn repeats(&self) -> bool {
        true
    }
    /// Whether its backend is there.
    fn available(&self, backends: &Backends) -> bool;
    /// What to ask for. The arguments keep to the schema.
    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial>;
    /// The arguments of a call that would pass, in place of these: a reviewer's advice in the tool's own words.
    fn instead(&self, _arguments: &JsonObject, _advice: &AnyRequest) -> Option<JsonObject> {
        None
    }
    /// How the answer reads.
    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft;
}

/// Checked arguments and what it takes to understand them.
pub(crate) struct Asked<'a> {
    pub(crate) arguments: JsonObject,
    pub(crate) checker: &'a Checker,
    pub(crate) bounds: &'a Bounds,
    /// Milliseconds since the epoch.
    pub(crate) now: u64,
}

impl Asked<'_> {
    /// The arguments as the tool's own struct.
    pub(crate) fn parse<T: serde::de::DeserializeOwned>(&self) -> Result<T, Denial> {
        serde_json::from_value(Value::Object(self.arguments.clone()))
            .map_err(|error| Denial::new("arguments.invalid", error.to_string()))
    }

    /// A denial of one argument.
    pub(crate) fn wrong(&self, name: &str, wrong: &str) -> Denial {
        self.checker.invalid(name, wrong)
    }
}

/// What a tool asks the road for.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) place: Place,
    pub(crate) request: AnyRequest,
    pub(crate) select: Option<Arc<dyn Select>>,
    /// What it was made from.
    pub(crate) arguments: JsonObject,
    /// What the tool knows of the answer before it comes.
    pub(crate) says: JsonObject,
}

impl Plan {
    fn of(place: Place, request: AnyRequest) -> Self {
        Self { place, request, select: None, arguments: JsonObject::new(), says: JsonObject::new() }
    }
}

// ---- what several tools share --------------------------------------------------------------------------------------

/// A DNS label, as namespaces and containers are named (RFC 1123).
pub(crate) const LABEL: &str = "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$";
/// A DNS subdomain, as other objects are named (RFC 1123).
pub(crate) const SUBDOMAIN: &str = "^[a-z0-9]([-.a-z0-9]*[a-z0-9])?$";
/// What a label selector is written with.
pub(crate) const SELECTOR: &str = r"^[A-Za-z0-9._/,=!() -]+$";

/// What a list's text says instead of repeating rows.
fn summary(shown: &JsonObject, what: &str) -> String {
    let number = |key: &str| shown.get(key).and_then(Value::as_u64);
    let mut text = format!("{} {what} in structuredContent.items", number("shown").unwrap_or(0));
    if let Some(total) = number("total") {
        text.push_str(&format!(" of {total}"));
    }
    if let Some(cut) = number("not_shown").filter(|cut| *cut > 0) {
        text.push_str(&format!("; {cut} more did not fit"));
    }
    for key in ["advice", "missing", "note"] {
        if let Some(more) = shown.get(key).and_then(Value::as_str) {
            text.push_str("; ");
            text.push_str(more);
        }
    }
    if let Some(cursor) = shown.get("next_cursor").and_then(Value::as_str) {
        text.push_str("; more with cursor ");
        text.push_str(cursor);
    }
    text
}

/// A regular expression of the caller's, compiled within bounds: the engine is linear in the text, and its size is what a pattern could
/// blow up.
fn compiled(argument: &str, pattern: &str, asked: &Asked<'_>) -> Result<Regex, Denial> {
    let built = RegexBuilder::new(pattern).size_limit(1 << 20).dfa_size_limit(1 << 20).nest_limit(50).build();
    built.map_err(|error| match error {
        regex::Error::CompiledTooBig(_) => asked.wrong(argument, "is too large once compiled: use fewer repetitions"),
        _ => asked.wrong(argument, "is not a regular expression in Rust's syntax (no look-around, no backreferences)"),
    })
}

/// Documents that fit what the caller looks for, asked after redaction.
struct Fits<F>(F);

impl<F: Fn(&Value) -> bool + Send + Sync> Select for Fits<F> {
    fn keep(&self, _: &str) -> bool {
        true
    }
    fn keep_record(&self, document: &Value) -> bool {
        (self.0)(document)
    }
}

/// The draft of a list that Prometheus gave whole: what fits, at most `limit`, and how many more there are.
fn page_of_series(settled: &Settled, limit: u32, advice: &'static str, row: fn(&Value) -> Value) -> Draft {
    let body = settled.body();
    let mut draft = Draft::new(settled);
    let all: Vec<_> = body.records.iter().filter(|record| record.channel == Channel::Series).collect();
    let items: Vec<Value> = all.iter().take(limit as usize).map(|record| row(&record.value)).collect();
    let cut = body.records_cut + (all.len() - items.len()) as u64;
    draft.put("shown", json!(items.len()));
    if let Some(total) = body.total {
        draft.put("total", json!(total.saturating_sub(body.records_passed_over)));
    }
    if cut > 0 {
        draft.put("not_shown", json!(cut));
    }
    draft.put("items", Value::Array(items));
    draft.rows(Rows { key: "items", keep: Keep::First, counts: Counts::Items });
    draft.advice(advice);
    let unparsed: Vec<&str> = body.lines(Channel::Series).collect();
    if !unparsed.is_empty() {
        draft.put("unparsed", json!(unparsed));
        draft.rows(Rows { key: "unparsed", keep: Keep::First, counts: Counts::Lines });
    }
    draft.missing_if_read_limit("the read limit was met: items are missing");
    draft
}

/// How many items a request for metadata asks for.
fn limit(plan: &Plan) -> u32 {
    match &plan.request {
        AnyRequest::Metadata(request) => request.limit.unwrap_or(u32::MAX),
        _ => u32::MAX,
    }
}

/// The output schema of such a list.
fn series_output(what: &str) -> JsonObject {
    rows_output(what, false)
}

/// The output schema of a list that has pages.
fn list_output(what: &str) -> JsonObject {
    rows_output(what, true)
}

/// What lists share is said once, in docs/tools.md: a model reads this with every tool.
fn rows_output(what: &str, pages: bool) -> JsonObject {
    let (number, word) = (json!({"type": "integer"}), json!({"type": "string"}));
    let mut own = json!({
        "items": crate::schema::rows(what), "shown": number, "total": number, "not_shown": number, "advice": word, "unparsed": {},
    });
    if pages {
        own["next_cursor"] = word;
    }
    crate::schema::output(&own, &["items", "shown"])
}

#[cfg(test)]
pub(crate) mod testing {
    //! What every tool's test needs: a plan from arguments written as JSON.
    #![allow(clippy::unwrap_used)]
    use super::*;

    pub(crate) const NOW: u64 = 1_800_000_000_000;

    pub(crate) fn plan(tool: &dyn Tool, arguments: &Value) -> Result<Plan, Denial> {
        let bounds = Bounds::default();
        let checker = Checker::new(tool.name(), &tool.input(&bounds), tool.loose()).unwrap();
        let arguments = checker.check(arguments.as_object().unwrap().clone())?;
        tool.plan(Asked { arguments, checker: &checker, bounds: &bounds, now: NOW })
    }

    pub(crate) fn rule(tool: &dyn Tool, arguments: &Value) -> String {
        plan(tool, arguments).err().map(|denial| format!("{}: {}", denial.rule, denial.reason)).unwrap_or_default()
    }

    #[test]
    fn every_tool_has_a_description_a_schema_and_a_name_of_its_own() {
        let mut names: Vec<_> = ALL.iter().map(|tool| tool.name()).collect();
        for tool in ALL {
            assert!(tool.description().len() > 80 && !tool.title().is_empty(), "{}", tool.name());
            Checker::new(tool.name(), &tool.input(&Bounds::default()), tool.loose()).unwrap();
            for rules in tool.input(&Bounds::default())["properties"].as_object().unwrap().values() {
                assert!(rules.get("description").is_some(), "{}: {rules}", tool.name());
            }
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
    }
}
