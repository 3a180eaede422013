//! Stand-ins for policy, evidence and cluster. Fakes: the real ones have their own tests; here the road itself is under test.
#![allow(
    dead_code,
    clippy::unnecessary_literal_bound,
    clippy::unwrap_used,
    clippy::missing_docs_in_private_items,
    missing_docs,
    unreachable_pub
)]
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering::SeqCst},
    },
};
use wardgate_core::*;
pub use wardgate_standins::{Count, Masks, Open, Places, Tokio};

// ---- policy --------------------------------------------------------------------------------------------------------

/// Denies shells, asks about `reboot`, needs to know about `cat`, abstains from events, allows the rest.
pub struct Rules;

impl Reviewers for Rules {
    fn review<'a>(
        &'a self,
        _: &'a Context,
        request: &'a AnyRequest,
        answers: &'a [Answer],
    ) -> BoxFuture<'a, Vec<Opinion>> {
        Box::pin(async move {
            tokio::task::yield_now().await;
            let verdict = match request {
                AnyRequest::Exec(e) if e.argv[0] == "sh" => Verdict::Deny(Denial {
                    instead: Some(Box::new(AnyRequest::Exec(Exec {
                        argv: vec![e.argv.get(1).cloned().unwrap_or("id".into())],
                        wrapper: vec![],
                    }))),
                    ..Denial::new("exec.shell", "a shell runs anything, KEY12345678 too").remedy("name the command")
                }),
                AnyRequest::Exec(e) if e.argv[0] == "reboot" => Verdict::Ask(Approval {
                    denial: Denial::new("exec.ask", "people decide"),
                    approvers: 1,
                    groups: vec![],
                    caps: Caps::default(),
                }),
                AnyRequest::Exec(e) if e.argv[0] == "cat" && answers.is_empty() => {
                    Verdict::Need(vec![path(e.argv.get(1).map_or("", String::as_str))])
                }
                AnyRequest::Exec(e) if e.argv[0] == "forever" => {
                    Verdict::Need(vec![path(&format!("{}", answers.len()))])
                }
                AnyRequest::Events(_) => Verdict::Abstain,
                _ => Open::yes(),
            };
            Open::opinion(verdict)
        })
    }
    fn set_digest(&self) -> &str {
        "set"
    }
}

fn path(subject: &str) -> Question {
    Question { kind: "path".into(), subject: subject.into(), window: None, stop_at: None, arguments: BTreeMap::new() }
}

/// KEY followed by 8 digits.
#[allow(non_upper_case_globals)]
pub const Keys: Masks = Masks { rule: "key", word: b"KEY", digits: 8 };

/// A hostile redactor: decides nothing, ever.
pub struct Hoarder;
struct Hoard;
impl Redactors for Hoarder {
    fn open<'a>(
        &'a self,
        _: &'a Context,
        _: Channel,
        _: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>> {
        Box::pin(async { Ok(Box::new(Hoard) as _) })
    }
}
impl Redaction for Hoard {
    fn scan<'a>(&'a mut self, _: &'a [u8]) -> BoxFuture<'a, Result<Progress, RedactionFailed>> {
        Box::pin(async { Ok(Progress::default()) })
    }
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<Vec<Finding>, RedactionFailed>> {
        Box::pin(async { Ok(vec![]) })
    }
}

/// A redactor that traps on the second chunk.
pub struct Trapper;
struct Trap(u8);
impl Redactors for Trapper {
    fn open<'a>(
        &'a self,
        _: &'a Context,
        _: Channel,
        _: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>> {
        Box::pin(async { Ok(Box::new(Trap(0)) as _) })
    }
}
impl Redaction for Trap {
    fn scan<'a>(&'a mut self, b: &'a [u8]) -> BoxFuture<'a, Result<Progress, RedactionFailed>> {
        self.0 += 1;
        let r = if self.0 > 1 {
            Err(RedactionFailed { plugin: "p".into(), what: "trap".into() })
        } else {
            Ok(Progress { findings: vec![], settled: b.len() as u64 })
        };
        Box::pin(async move { r })
    }
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<Vec<Finding>, RedactionFailed>> {
        Box::pin(async { Ok(vec![]) })
    }
}

// ---- evidence ------------------------------------------------------------------------------------------------------

#[derive(Clone, Default)]
pub struct Book {
    pub lines: Arc<Mutex<Vec<String>>>,
    pub tape: Arc<Mutex<Vec<String>>>,
    /// Bytes a recording takes before it is full.
    pub room: Option<usize>,
    pub down: bool,
}

struct Place_ {
    book: Book,
    open: bool,
}

impl Book {
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
    fn write(&self, line: String) -> Result<(), LedgerDown> {
        if self.down {
            return Err(LedgerDown);
        }
        self.lines.lock().unwrap().push(line);
        Ok(())
    }
}

impl Ledger for Book {
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(async move {
            self.write(format!("intent {}", intent.asked.kind()))?;
            let recording =
                intent.recorded.then(|| Box::new(Tape { book: self.clone(), used: 0 }) as Box<dyn Recording>);
            Ok(Opened { slip: Box::new(Place_ { book: self.clone(), open: true }), recording })
        })
    }
    fn refuse<'a>(&'a self, intent: &'a Intent, _: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move { self.write(format!("refused {}", intent.asked.kind())) })
    }
    fn turn_away<'a>(&'a self, away: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move { self.write(format!("turned away {}", away.tool)) })
    }
}

impl Slip for Place_ {
    fn settle<'a>(mut self: Box<Self>, outcome: &'a Outcome, _: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move {
            self.open = false;
            self.book.write(format!("outcome {outcome:?}"))
        })
    }
}

impl Drop for Place_ {
    fn drop(&mut self) {
        if self.open {
            let _ = self.book.write("abandoned".into());
        }
    }
}

struct Tape {
    book: Book,
    used: usize,
}

impl Recording for Tape {
    fn seal<'a>(&'a mut self, _: Channel, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async move {
            self.used += bytes.len();
            if self.book.room.is_some_and(|room| self.used > room) { Err(RecordingDown) } else { Ok(()) }
        })
    }
    fn show<'a>(&'a mut self, channel: Channel, _: u64, text: &'a str) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async move {
            self.book.tape.lock().unwrap().push(format!("{}: {text}", channel.as_str()));
            Ok(())
        })
    }
    fn finish<'a>(self: Box<Self>, _: &'a Outcome) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async move {
            self.book.tape.lock().unwrap().push("end".into());
            Ok(())
        })
    }
}

// ---- cluster -------------------------------------------------------------------------------------------------------

pub enum Step {
    Bytes(Channel, &'static str),
    Record(&'static str),
    Part(usize),
    Hang,
    End(Ending),
    Broken(&'static str),
}

pub struct Cluster {
    pieces: Mutex<VecDeque<Step>>,
    pub pulls: Arc<AtomicUsize>,
    pub closed: Arc<AtomicUsize>,
}

struct Wire {
    left: VecDeque<Step>,
    pulls: Arc<AtomicUsize>,
    closed: Arc<AtomicUsize>,
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.closed.fetch_add(1, SeqCst);
    }
}

impl Source for Wire {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        Box::pin(async move {
            self.pulls.fetch_add(1, SeqCst);
            match self.left.pop_front() {
                Some(Step::Bytes(channel, text)) => Ok(Piece::Bytes(channel, Raw::new(text))),
                Some(Step::Record(text)) => Ok(Piece::Record(Channel::Object, Raw::new(text))),
                Some(Step::Part(part)) => Ok(Piece::Part(part)),
                Some(Step::End(ending)) => Ok(Piece::End(ending)),
                None => Ok(Piece::End(Ending::Unknown)),
                Some(Step::Broken(text)) => Err(Fault::new(FaultKind::Broken, text)),
                Some(Step::Hang) => std::future::pending().await,
            }
        })
    }
}

impl Cluster {
    pub fn new(pieces: impl IntoIterator<Item = Step>) -> Arc<Self> {
        Arc::new(Self {
            pieces: Mutex::new(pieces.into_iter().collect()),
            pulls: Arc::default(),
            closed: Arc::default(),
        })
    }
}

impl<R: Request> Prepare<R> for Cluster {
    fn prepare(&self, request: R, _: &Context) -> Result<R, Denial> {
        Ok(request)
    }
}

impl<R: Request> Backend<R> for Cluster {
    fn run<'a>(&'a self, call: &'a Committed<R>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            if let AnyRequest::Exec(exec) = call.parts()[0].request.any() {
                match exec.argv[0].as_str() {
                    "hang" => std::future::pending::<()>().await,
                    "unprepared" => return Err(Fault::new(FaultKind::Unprepared, "")),
                    "missing" => return Err(Fault::new(FaultKind::Missing, "no such file, KEY12345678")),
                    _ => {}
                }
            }
            let left = std::mem::take(&mut *self.pieces.lock().unwrap());
            Ok(Box::new(Wire { left, pulls: self.pulls.clone(), closed: self.closed.clone() }) as Box<dyn Source>)
        })
    }
}

// ---- all of it together ----------------------------------------------------------------------------------------------

pub fn road(book: &Book, redactors: impl Redactors + 'static) -> Road {
    Road {
        reviewers: Arc::new(Rules),
        redactors: Arc::new(redactors),
        lookup: Arc::new(Places::default()),
        ledger: Arc::new(book.clone()),
        clock: Arc::new(Tokio),
        ids: Arc::new(Count::default()),
        limits: Limits::default(),
        floor: Floor::default(),
    }
}

pub fn call<R>(request: R) -> Call<R> {
    let place = Place { namespace: Some("shop".into()), pod: Some("pod".into()), ..Place::default() };
    Call { subject: Subject::named("agent"), place, request, tool: "test", select: None, attributes: BTreeMap::new() }
}

pub fn exec(words: &str) -> Call<Exec> {
    call(Exec { argv: words.split(' ').map(Into::into).collect(), wrapper: vec![] })
}

pub fn text(settled: &Settled, channel: Channel) -> String {
    settled.body().lines(channel).collect::<Vec<_>>().join("\n")
}
