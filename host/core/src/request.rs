//! The closed list of requests. A new kind is added here, in the contract, and nowhere else.
use serde::{Deserialize, Serialize};

/// Read a container's log.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Logs {
    /// Only lines younger than this.
    pub since_seconds: Option<u32>,
    /// Only this many lines from the end; always set once prepared.
    pub tail_lines: Option<u32>,
    /// Only this many bytes.
    pub limit_bytes: Option<u64>,
    /// The log of the container's earlier run.
    pub previous: bool,
    /// A regular expression over redacted lines; applied by the host after redaction, never by the far end.
    pub pattern: Option<String>,
}

/// Read one object, or many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// One, by name.
    Get,
    /// Many.
    #[default]
    List,
}

impl Verb {
    /// Kubernetes' own word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "get",
            Self::List => "list",
        }
    }
}

/// Which objects. `kind` is the resource's plural name (`pods`); in an events request it is that of the object concerned.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    /// Get or list.
    pub verb: Verb,
    /// The API group, `""` for core.
    pub api_group: String,
    /// The resource's plural name; in an events request `""` means events about any object.
    pub kind: String,
    /// One object's name.
    pub name: Option<String>,
    /// A label selector, evaluated by the API server.
    pub label_selector: Option<String>,
    /// A field selector, evaluated by the API server; listed fields only.
    pub field_selector: Option<String>,
    /// At most this many.
    pub limit: Option<u32>,
    /// Where the last answer stopped.
    pub cursor: Option<crate::Cursor>,
}

/// Events of a namespace, or about one object.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Events(pub Selection);

/// Objects in compact form.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Objects(pub Selection);

/// Run a command. There is no way to say standard input or a terminal.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Exec {
    /// The command as the caller asked for it.
    pub argv: Vec<String>,
    /// What the host puts before it, its own time limit; empty for none.
    pub wrapper: Vec<String>,
}

impl Exec {
    /// What runs: the wrapper, then the command.
    pub fn command(&self) -> impl Iterator<Item = &str> {
        self.wrapper.iter().chain(&self.argv).map(String::as_str)
    }
}

/// PromQL to evaluate. Times in milliseconds since the epoch; an instant query has `start == end` and `step == 0`.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Query {
    /// The text that the server gets: every rewrite was made before the review.
    pub text: String,
    /// First evaluation.
    pub start: u64,
    /// Last evaluation.
    pub end: u64,
    /// Between two evaluations.
    pub step: u64,
}

/// What Prometheus knows without evaluating.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Metadata {
    /// `metrics`, `label-values`, `targets`, `alerts`.
    pub what: String,
    /// For `label-values` the label's name. Otherwise what the caller looks for, in the caller's words: it stands on record, and what
    /// does not fit it is left out after redaction, by the host.
    pub name: Option<String>,
    /// A PromQL selector; `label-values` needs one.
    pub selector: Option<String>,
    /// Window, milliseconds since the epoch.
    pub start: u64,
    /// Window, milliseconds since the epoch.
    pub end: u64,
    /// At most this many values.
    pub limit: Option<u32>,
}

/// Any request: what reviewers, the ledger and the contract see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "arguments", rename_all = "snake_case")]
pub enum AnyRequest {
    /// A container's log.
    Logs(Logs),
    /// Events.
    Events(Selection),
    /// Objects.
    Objects(Selection),
    /// A command.
    Exec(Exec),
    /// PromQL.
    Query(Query),
    /// Prometheus' own index.
    Metadata(Metadata),
}

impl AnyRequest {
    /// The kind's word, as in the contract.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Logs(_) => "logs",
            Self::Events(_) => "events",
            Self::Objects(_) => "objects",
            Self::Exec(_) => "exec",
            Self::Query(_) => "query",
            Self::Metadata(_) => "metadata",
        }
    }
}

/// Which end of an answer that is too long survives.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Keep {
    /// The beginning.
    First,
    /// The end.
    Newest,
}

mod sealed {
    pub trait Sealed {}
}

/// A request the road knows. Sealed: there is no request that reviewers cannot see.
pub trait Request: sealed::Sealed + Clone + Send + Sync + 'static {
    /// Which end survives the budget.
    const KEEP: Keep;
    /// Whether every byte is recorded before any of it may be released.
    const RECORDED: bool;
    /// As reviewers see it.
    fn any(&self) -> AnyRequest;
    /// Back again, if it is of this kind.
    fn from_any(any: AnyRequest) -> Option<Self>;
}

macro_rules! request {
    ($kind:ident, $keep:ident, $recorded:literal, $into:expr, $back:pat => $value:expr) => {
        impl sealed::Sealed for $kind {}
        impl Request for $kind {
            const KEEP: Keep = Keep::$keep;
            const RECORDED: bool = $recorded;
            fn any(&self) -> AnyRequest {
                $into(self)
            }
            fn from_any(any: AnyRequest) -> Option<Self> {
                match any {
                    $back => Some($value),
                    _ => None,
                }
            }
        }
    };
}
request!(Logs, Newest, false, |r: &Logs| AnyRequest::Logs(r.clone()), AnyRequest::Logs(r) => r);
request!(Events, Newest, false, |r: &Events| AnyRequest::Events(r.0.clone()), AnyRequest::Events(r) => Events(r));
request!(Objects, First, false, |r: &Objects| AnyRequest::Objects(r.0.clone()), AnyRequest::Objects(r) => Objects(r));
request!(Exec, First, true, |r: &Exec| AnyRequest::Exec(r.clone()), AnyRequest::Exec(r) => r);
request!(Query, First, false, |r: &Query| AnyRequest::Query(r.clone()), AnyRequest::Query(r) => r);
request!(Metadata, First, false, |r: &Metadata| AnyRequest::Metadata(r.clone()), AnyRequest::Metadata(r) => r);
