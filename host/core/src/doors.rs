//! The doors of the road: what the other crates implement. Every trait is dyn-compatible; none of the implementors knows another.
use crate::{
    Answer, AnyRequest, Body, BoxFuture, Channel, Committed, Context, Denial, Exec, Fault, Form, Known, Limits,
    Opinion, Outcome, Place, Question, Request, Source, Subject, Target, Unanswered,
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

/// Finds out what a call is about. Implemented by `cluster`.
pub trait Lookup: Send + Sync {
    /// The targets that a place names: one, or several for many namespaces or pods. Only namespaces that the floor lets
    /// through are found by a place that names none. A denial says what is missing, or which names there are.
    fn resolve<'a>(&'a self, place: &'a Place, request: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>>;

    /// The answer to a reviewer's question, from the closed list of kinds; bounded by the implementor and by the road.
    /// Where only a command in the target's container can tell, [`Unanswered::Unavailable`] unless an answer is cached.
    fn answer<'a>(&'a self, target: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>>;

    /// The command that would answer a question for which `answer` knew none. The road runs it as a call of its own, for a call
    /// that travels and never for one that is only judged.
    fn errand(&self, target: &Target, question: &Question) -> Option<Errand> {
        let _ = (target, question);
        None
    }

    /// What an errand found, to be kept for a while.
    fn learn(&self, target: &Target, question: &Question, outcome: &Result<Known, Unanswered>) {
        let _ = (target, question, outcome);
    }
}

/// A look-up that runs a command. Its words are the host's own; only the question's subject is among them.
pub struct Errand {
    /// The fixed command.
    pub request: Exec,
    /// Who runs it.
    pub backend: Arc<dyn Backend<Exec>>,
}

/// What a look-up found.
#[derive(Clone, Debug, Default)]
pub struct Facts {
    /// In order; at most [`crate::Road::TARGETS`].
    pub targets: Vec<Target>,
    /// Names of targets beyond that bound.
    pub left_out: Vec<String>,
    /// Further facts for reviewers, under documented keys.
    pub attributes: BTreeMap<String, String>,
}

/// Makes a request canonical before it is reviewed: defaults, tenancy, the host's own wrapper. Pure. After it the request does
/// not change by a byte.
pub trait Prepare<R>: Send + Sync {
    /// The request as its backend will run it.
    fn prepare(&self, request: R, context: &Context) -> Result<R, Denial>;
}

/// Asks the reviewers. Infallible by type: whoever cannot answer has denied. Implemented by `policy`.
pub trait Reviewers: Send + Sync {
    /// All opinions on this request; the road merges them.
    fn review<'a>(
        &'a self,
        context: &'a Context,
        request: &'a AnyRequest,
        answers: &'a [Answer],
    ) -> BoxFuture<'a, Vec<Opinion>>;

    /// The digest of the policy set these opinions come from.
    fn set_digest(&self) -> &str;

    /// Requests of this kind that pass, or that a person is asked about, under the settings in force. Advice for a tool's
    /// description: each of them is reviewed all the same.
    fn samples(&self, kind: &str) -> Vec<Sample> {
        let _ = kind;
        Vec::new()
    }
}

/// One request that a reviewer lets pass, in the words of the tool that makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// Under which rule.
    pub rule: String,
    /// What it is for.
    pub about: String,
    /// The request: for a command its words, joined by blanks.
    pub line: String,
    /// Whether a person is asked first.
    pub asks: bool,
}

/// Runs one kind of request. A system that cannot run a kind does not implement it. Implemented by `cluster`.
pub trait Backend<R: Request>: Prepare<R> {
    /// Begins; the source borrows nothing from the call.
    fn run<'a>(&'a self, call: &'a Committed<R>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>>;
}

/// Opens one redaction per channel. Implemented by `policy`.
pub trait Redactors: Send + Sync {
    /// A fresh scanner of every redactor.
    fn open<'a>(
        &'a self,
        context: &'a Context,
        channel: Channel,
        form: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>>;

    /// How masks are told apart; without it equal and different secrets look the same.
    fn tags(&self) -> Option<Arc<dyn Tags>> {
        None
    }
}

/// Makes short keyed tags, so that a reader sees which masks hide the same value and learns nothing else about it.
pub trait Tags: Send + Sync {
    /// A few letters or digits: the same for the same bytes, and nothing that can be tried out without the key.
    fn tag(&self, secret: &[u8]) -> String;
}

/// One channel's redaction. It sees bytes and answers with ranges; it has no way to put words in.
pub trait Redaction: Send {
    /// The bytes that follow those seen so far. Never raced: it carries its own deadline.
    fn scan<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<Progress, RedactionFailed>>;

    /// No more bytes: what was undecided is decided.
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<Vec<Finding>, RedactionFailed>>;
}

/// A byte range of one channel, counted from its first byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Which rule found it.
    pub rule: Arc<str>,
    /// First byte.
    pub start: u64,
    /// One past the last.
    pub end: u64,
}

/// What redaction has decided so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// They cannot change any more, and lie below `settled`.
    pub findings: Vec<Finding>,
    /// Every byte below is decided.
    pub settled: u64,
}

/// A redactor trapped, ran late, or gave an impossible answer. The words are the host's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RedactionFailed {
    /// Whose fault.
    pub plugin: String,
    /// What happened.
    pub what: String,
}

/// Makes intents, refusals and outcomes durable. Implemented by `evidence`.
pub trait Ledger: Send + Sync {
    /// Returns once the intent is on disk and, for a recorded kind, its recording is open with space reserved.
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>>;

    /// A call that ended before it ran: refused, asked about, judged, or past its deadline. Returns once it is on disk.
    fn refuse<'a>(&'a self, intent: &'a Intent, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>>;

    /// A call that never became a request. Returns once it is on disk.
    fn turn_away<'a>(&'a self, away: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>>;
}

/// Calls of this host that are committed and that the API server has not asked about yet. Implemented by whoever serves its webhook.
pub trait Unadmitted: Send + Sync {
    /// The call that this request belongs to. It is taken: a call admits one request.
    fn take(&self, context: &Context, request: &AnyRequest) -> Option<Awaited>;
}

/// A committed call, as far as its second review needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaited {
    /// Its name.
    pub id: CallId,
    /// What its reviewers were told.
    pub answers: Vec<Answer>,
}

/// What `commit` opened.
pub struct Opened {
    /// The reserved place of the outcome.
    pub slip: Box<dyn Slip>,
    /// Open for recorded kinds.
    pub recording: Option<Box<dyn Recording>>,
}

/// The reserved place of one outcome. Dropped without `settle`, it must put "abandoned" on record.
pub trait Slip: Send {
    /// Returns once the outcome is on disk. A recording was finished before.
    fn settle<'a>(self: Box<Self>, outcome: &'a Outcome, body: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>>;
}

/// Nothing could be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LedgerDown;

/// An open recording.
pub trait Recording: Send {
    /// Raw bytes as they were read: sealed to the operators' key, or only digested and counted. Returns once they are safe
    /// as far as one flush at the end can make them.
    fn seal<'a>(&'a mut self, channel: Channel, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), RecordingDown>>;

    /// Released text; `read_at` is when its first byte was read, milliseconds since the epoch.
    fn show<'a>(
        &'a mut self,
        channel: Channel,
        read_at: u64,
        text: &'a str,
    ) -> BoxFuture<'a, Result<(), RecordingDown>>;

    /// Closes and flushes it; called once, before the slip settles.
    fn finish<'a>(self: Box<Self>, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), RecordingDown>>;
}

/// Nothing more could be recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingDown;

/// Time: core needs no runtime, and tests need no sleep.
pub trait Clock: Send + Sync {
    /// Milliseconds since the epoch.
    fn now(&self) -> u64;
    /// Completes after that long.
    fn after(&self, time: Duration) -> BoxFuture<'static, ()>;
}

/// Names for calls. Random in production, counted in a simulation.
pub trait Ids: Send + Sync {
    /// One that was never used: a UUID in its usual form. It is also the Audit-ID that Kubernetes gets.
    fn fresh(&self) -> CallId;
}

/// A call's name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallId(String);

impl CallId {
    /// From its text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for CallId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which redacted lines and documents an answer shows. The road asks it after redaction: matched against raw bytes it would be an
/// oracle for what was masked.
pub trait Select: Send + Sync {
    /// Whether this line of a log stays.
    fn keep(&self, line: &str) -> bool;

    /// Whether this document stays, masked as it is.
    fn keep_record(&self, document: &serde_json::Value) -> bool {
        let _ = document;
        true
    }
}

/// All that a call is about, for the record: the reviewers' whole input, unredacted, and what they said.
#[derive(Clone, Debug, Serialize)]
pub struct Intent {
    /// The call.
    pub id: CallId,
    /// The call it serves, for a look-up that is a call of its own; the first attempt, for a call that was prepared anew; the committed
    /// call of this host's own, for a request at the admission gate that belongs to one.
    pub parent: Option<CallId>,
    /// The tool that was called.
    pub tool: String,
    /// Milliseconds since the epoch.
    pub arrived: u64,
    /// As the caller wrote it.
    pub place: Place,
    /// As the caller wrote it.
    pub asked: AnyRequest,
    /// The caller.
    pub subject: Subject,
    /// One per target: context, prepared request, questions and answers, opinions.
    pub parts: Vec<Heard>,
    /// Targets beyond the bound, and parts that were denied where others were not.
    pub left_out: Vec<String>,
    /// What the call was held to.
    pub limits: Limits,
    /// The policy set that decided.
    pub policy_set: String,
    /// Whether its output is recorded.
    pub recorded: bool,
}

/// One target's hearing.
#[derive(Clone, Debug, Serialize)]
pub struct Heard {
    /// With its target.
    pub context: Context,
    /// Not changed by a byte from here on.
    pub request: AnyRequest,
    /// Asked and answered, over all rounds.
    pub answers: Vec<Answer>,
    /// Of the last round.
    pub opinions: Vec<Opinion>,
    /// The host's own denial, if it came to that.
    pub floor: Option<Denial>,
}

/// A call that never became a request.
#[derive(Clone, Debug, Serialize)]
pub struct TurnedAway {
    /// The call.
    pub id: CallId,
    /// Milliseconds since the epoch.
    pub arrived: u64,
    /// Who.
    pub subject: Subject,
    /// What was called, bounded and escaped.
    pub tool: String,
    /// Why not.
    pub denial: Denial,
}
