//! What comes out at the end of the road. Text in here was redacted, cut to the budget, and made visible.
use crate::{Channel, Cursor, Denial, Ending, FaultKind, Keep};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// How a call ended; goes on record and to the agent. A denial in here was redacted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Nobody touched the cluster.
    Refused(Vec<Denial>),
    /// Nobody touched the cluster yet: people must say yes first.
    NeedsApproval(Vec<Denial>),
    /// It ran to its end.
    Complete(Ending),
    /// It was cut; what is there is still true.
    Cut(Cut),
    /// The record could not be written, so nothing is shown.
    Unrecorded,
}

/// Why an answer stopped early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cut {
    /// Its time was over.
    Deadline,
    /// The caller left.
    Stopped,
    /// The read limit was met: for a log this means the newest lines are missing.
    ReadLimit,
    /// The recording could not go on.
    Recorder,
    /// A redactor failed; the rest is withheld.
    Redactor {
        /// Whose fault.
        plugin: String,
        /// What happened, in the host's words.
        what: String,
    },
    /// The far end failed; its words, redacted, are on the channel `error`.
    Backend(FaultKind),
}

/// The text of one channel of one part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LaneText {
    /// Index into [`Body::parts`].
    pub part: usize,
    /// Which stream.
    pub channel: Channel,
    /// Whole lines without their line breaks, in order.
    pub lines: Vec<String>,
    /// Lines that were read.
    pub lines_read: u64,
    /// Lines that a pattern kept, where there was one.
    pub lines_matched: Option<u64>,
    /// Lines that are not shown for want of room.
    pub lines_cut: u64,
    /// Bytes of those, and of lines cut short.
    pub bytes_cut: u64,
    /// Which end was kept.
    pub kept: Keep,
}

/// One redacted JSON document.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordText {
    /// Index into [`Body::parts`].
    pub part: usize,
    /// Which stream.
    pub channel: Channel,
    /// Masked, scalar by scalar.
    pub value: Value,
}

/// Where a part's bytes came from.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize)]
pub struct PartName {
    /// Empty for the cluster.
    pub namespace: String,
    /// Empty where there is none.
    pub pod: String,
    /// Empty where there is none.
    pub container: String,
}

/// What the agent may see.
#[derive(Clone, Debug, PartialEq, Default, Serialize)]
pub struct Body {
    /// The targets, in order.
    pub parts: Vec<PartName>,
    /// Text.
    pub lanes: Vec<LaneText>,
    /// Documents.
    pub records: Vec<RecordText>,
    /// Documents that are not shown for want of room.
    pub records_cut: u64,
    /// Documents that the caller's own selection left out.
    pub records_passed_over: u64,
    /// How many there are, if the far end said.
    pub total: Option<u64>,
    /// Where a list goes on.
    pub next: Option<Cursor>,
    /// Masks by rule.
    pub masked: BTreeMap<String, u64>,
    /// Bytes read from the far end.
    pub read_bytes: u64,
    /// Targets that were not asked, and why.
    pub left_out: Vec<String>,
}

impl Body {
    /// The lines of a channel, over all parts.
    pub fn lines(&self, channel: Channel) -> impl Iterator<Item = &str> {
        self.lanes.iter().filter(move |lane| lane.channel == channel).flat_map(|lane| &lane.lines).map(String::as_str)
    }
}

/// The only thing that an agent's result can be built from. Made by the road alone.
#[must_use]
#[derive(Debug)]
pub struct Settled {
    pub(crate) id: crate::CallId,
    pub(crate) outcome: Outcome,
    pub(crate) body: Body,
}

impl Settled {
    /// The call's name, for the trail.
    pub fn id(&self) -> &crate::CallId {
        &self.id
    }

    /// How it ended.
    pub fn outcome(&self) -> &Outcome {
        &self.outcome
    }

    /// What the agent reads.
    pub fn body(&self) -> &Body {
        &self.body
    }
}

/// A denial as it may be shown: every text bounded, redacted as one document on the channel `denial`, and made visible. If the
/// redactors fail, only the rule is left.
pub(crate) async fn tell(redactors: &dyn crate::Redactors, context: &crate::Context, denial: Denial) -> Denial {
    const TEXT: usize = 2 << 10;
    let rule: String = denial.rule.chars().filter(char::is_ascii_graphic).take(128).collect();
    let bounded = |text: &str| -> String { text.chars().take(TEXT).collect() };
    let details: serde_json::Map<String, Value> =
        denial.details.iter().take(32).map(|(key, value)| (bounded(key), Value::String(bounded(value)))).collect();
    let instead = denial.instead.as_ref().and_then(|instead| serde_json::to_value(instead).ok());
    let document = serde_json::json!({
        "reason": bounded(&denial.reason), "remedy": denial.remedy.as_deref().map(bounded), "details": details, "instead": instead,
    });
    let withheld =
        || Denial::new(rule.clone(), "the reason is withheld: the redactors failed").remedy("ask an operator");
    let Ok(bytes) = serde_json::to_vec(&document) else { return withheld() };
    let contexts = [context.clone()];
    let limits = crate::Limits { released_bytes: 1 << 20, items: 1, series: 1, ..crate::Limits::default() };
    let mut release = crate::release::Release::new(redactors, &contexts, limits, Keep::First, None, None);
    if release.record(0, Channel::Denial, &bytes, context.now).await.is_err() || release.finish().await.is_err() {
        return withheld();
    }
    let Some(RecordText { value: Value::Object(mut shown), .. }) = release.body.records.pop() else {
        return withheld();
    };
    let mut text = |key: &str| match shown.remove(key) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let (reason, remedy) = (text("reason").unwrap_or_default(), text("remedy"));
    let details = match shown.remove("details") {
        Some(Value::Object(map)) => {
            map.into_iter().map(|(k, v)| (k, v.as_str().map_or_else(|| v.to_string(), String::from))).collect()
        }
        _ => BTreeMap::new(),
    };
    // A request that was masked is not the request that was reviewed.
    let unchanged = shown.remove("instead") == instead;
    Denial { rule, reason, remedy, instead: denial.instead.filter(|_| unchanged), details }
}
