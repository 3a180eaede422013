//! What comes from the far end: raw bytes, the pieces of a source, its faults. Nothing here can show those bytes to anyone.
use crate::{BoxFuture, Question};
use serde::{Deserialize, Serialize};

/// Bytes from outside that nobody has redacted. It says its length and nothing else; the road alone reads it.
pub struct Raw(pub(crate) Vec<u8>);

impl Raw {
    /// Anyone may hand bytes in.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// How many bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Which stream bytes belong to. Each channel of each part of a call is redacted on its own.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A container's log.
    Log,
    /// A command's standard output.
    Stdout,
    /// A command's standard error.
    Stderr,
    /// Kubernetes events.
    Event,
    /// Kubernetes objects.
    Object,
    /// Series and other answers of Prometheus.
    Series,
    /// The words of a backend's error.
    Error,
    /// The words of a reviewer.
    Denial,
}

impl Channel {
    /// As in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Log => "log",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
            Self::Event => "event",
            Self::Object => "object",
            Self::Series => "series",
            Self::Error => "error",
            Self::Denial => "denial",
        }
    }
}

/// How a redactor is shown a channel; see `wit/policy.wit`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Form {
    /// Bytes as they came.
    Text,
    /// `POINTER: VALUE` for each scalar of a JSON document.
    Scalars,
}

/// What a source yields.
pub enum Piece {
    /// What follows belongs to this part of the call; parts come in order, the first needs no announcement.
    Part(usize),
    /// Some bytes of a channel.
    Bytes(Channel, Raw),
    /// One whole JSON document, at most [`Piece::RECORD`] bytes.
    Record(Channel, Raw),
    /// How many items, series or lines there are, shown or not.
    Total(u64),
    /// Where the next page begins.
    Next(Cursor),
    /// The last one.
    End(Ending),
}

impl Piece {
    /// Bytes of one record at most.
    pub const RECORD: usize = 1 << 20;
}

/// How the far end finished. A stream that just stops is `Unknown`, never success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// In order.
    Complete,
    /// With a command's exit status.
    Exit(i32),
    /// It hung up without saying.
    Unknown,
}

/// A pull: nothing is read from the far end until everything before it was recorded and scanned. That is all the
/// backpressure there is.
pub trait Source: Send {
    /// The next piece; cancel safe: a dropped future loses no bytes. Not called again after `End` or a fault.
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>>;

    /// Asked once, where it was cut or ended as `Unknown`: what may still go on at the far end.
    fn left_behind(&self) -> Option<LeftBehind> {
        None
    }
}

/// What may still go on at the far end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// In the host's own words. They reach the agent on the channel `error`.
    pub words: String,
    /// Which process it is; the road looks for it once, by [`crate::Lookup::errand`].
    pub process: Option<Question>,
}

/// A backend's error: the kind is ours, the words are the cluster's and travel as raw bytes.
pub struct Fault {
    /// Ours.
    pub kind: FaultKind,
    /// Theirs.
    pub text: Raw,
}

impl Fault {
    /// A fault with the far end's words.
    pub fn new(kind: FaultKind, text: impl Into<Vec<u8>>) -> Self {
        Self { kind, text: Raw::new(text) }
    }
}

/// What went wrong at the far end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// What was asked for is not there.
    Missing,
    /// The far end would not: permission, admission.
    Refused,
    /// The far end did not understand.
    Invalid,
    /// Not reachable, or overloaded.
    Unavailable,
    /// This backend has no such thing.
    Unsupported,
    /// The target changed between the review and the run, or while it ran.
    Changed,
    /// What [`crate::Prepare`] put into the request does not fit its target, so nothing of it ran. The backend has learned it: the
    /// road prepares, reviews and commits the call anew, once.
    Unprepared,
    /// The stream broke off.
    Broken,
}

/// Where a list goes on. Its grammar keeps it from carrying anything but a position: letters, digits and `. _ - / : ~`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor(String);

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCursor;

impl std::fmt::Display for NoCursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a cursor: pass on, unchanged, the one that an earlier answer gave")
    }
}

impl Cursor {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Cursor {
    type Error = NoCursor;
    fn try_from(text: String) -> Result<Self, NoCursor> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-/:~".contains(&b);
        if (1..=700).contains(&text.len()) && text.bytes().all(fits) { Ok(Self(text)) } else { Err(NoCursor) }
    }
}

impl From<Cursor> for String {
    fn from(cursor: Cursor) -> Self {
        cursor.0
    }
}
