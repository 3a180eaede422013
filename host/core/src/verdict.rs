//! What reviewers ask and answer. The same shapes as in `wit/policy.wit`, owned by the host.
use crate::{AnyRequest, Caps};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One reviewer's answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// No opinion; counts neither way.
    Abstain,
    /// Yes, within these caps.
    Allow(Allowance),
    /// Yes, after people said so.
    Ask(Approval),
    /// No.
    Deny(Denial),
    /// It must know more first.
    Need(Vec<Question>),
}

/// A yes.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Allowance {
    /// The rule that allowed.
    pub rule: String,
    /// What it holds the call to.
    pub caps: Caps,
}

/// A no that teaches.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Denial {
    /// Stable and documented.
    pub rule: String,
    /// Why.
    pub reason: String,
    /// What would pass.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remedy: Option<String>,
    /// A request that would pass; shown only if it was reviewed and does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instead: Option<Box<AnyRequest>>,
    /// The figures behind the reason.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub details: BTreeMap<String, String>,
}

impl Denial {
    /// A denial with its rule and reason.
    pub fn new(rule: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { rule: rule.into(), reason: reason.into(), ..Self::default() }
    }

    /// The same, with what would pass.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// The same, with one more figure.
    #[must_use]
    pub fn detail(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.details.insert(key.into(), value.into());
        self
    }
}

/// A yes that people must confirm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Approval {
    /// Why, as an agent reads it until then.
    pub denial: Denial,
    /// How many people.
    pub approvers: u32,
    /// From which groups; any, when empty.
    pub groups: Vec<String>,
    /// What it then runs under.
    pub caps: Caps,
}

/// Milliseconds since the epoch, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// First.
    pub start: u64,
    /// Last.
    pub end: u64,
}

/// Something a reviewer must know first; `kind` is from the contract's list.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Question {
    /// `series`, `path`, …
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// When.
    pub window: Option<Window>,
    /// Counting beyond this is wasted.
    pub stop_at: Option<u64>,
    /// More, by kind.
    pub arguments: BTreeMap<String, String>,
}

/// An answer's value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Value {
    /// A count.
    Number(u64),
    /// One text.
    Text(String),
    /// Many.
    Texts(Vec<String>),
}

/// How a value relates to the truth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// It is the truth.
    Exact,
    /// The truth is no more.
    AtMost,
    /// Counting stopped there.
    AtLeast,
    /// Learned from an earlier run.
    About,
}

/// A known value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Known {
    /// What.
    pub value: Value,
    /// How sure.
    pub bound: Bound,
}

/// Why there is no answer: one documented word, never text of the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unanswered {
    /// It does not exist.
    Missing,
    /// This host cannot find out.
    Unsupported,
    /// Not now.
    Unavailable,
    /// Not in time.
    Timeout,
    /// It may not be asked.
    Refused,
}

impl Unanswered {
    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Unsupported => "unsupported",
            Self::Unavailable => "unavailable",
            Self::Timeout => "timeout",
            Self::Refused => "refused",
        }
    }
}

/// A question with its outcome; both stand on record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// What was asked.
    pub question: Question,
    /// What came back.
    pub outcome: Result<Known, Unanswered>,
}

/// Which plugin, to the byte.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PluginId {
    /// As signed.
    pub name: String,
    /// As signed.
    pub version: String,
    /// sha256 of the component, hex.
    pub digest: String,
}

/// Who said what. All of them go on record, not only the one that decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opinion {
    /// Who.
    pub plugin: PluginId,
    /// On trial: recorded, but it does not count.
    pub monitor: bool,
    /// What.
    pub verdict: Verdict,
}
