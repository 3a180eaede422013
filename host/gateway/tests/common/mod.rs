//! Stand-ins for policy, evidence and cluster. Fakes on purpose: here the gateway is under test; the real ones have their own tests.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::needless_pass_by_value)]
#![allow(missing_docs, unreachable_pub)]
use serde_json::{Value, json};
use std::{
    collections::{BTreeMap, VecDeque},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use wardgate_core::*;
use wardgate_gateway::{Backends, Gateway, GatewaySettings};
pub use wardgate_standins::{Count, Masks, Open, Places, Tokio};

// ---- policy --------------------------------------------------------------------------------------------------------

/// Denies shells, asks about `reboot`, needs to know before `look`, allows the rest.
pub struct Rules;

impl Reviewers for Rules {
    fn review<'a>(
        &'a self,
        _: &'a Context,
        request: &'a AnyRequest,
        answers: &'a [Answer],
    ) -> BoxFuture<'a, Vec<Opinion>> {
        let denial = |rule: &str| Denial::new(rule, "a shell runs anything").remedy("name the command");
        let verdict = match request {
            AnyRequest::Exec(exec) if exec.argv[0] == "sh" => Verdict::Deny(Denial {
                instead: Some(Box::new(AnyRequest::Exec(Exec { argv: vec!["id".into()], wrapper: vec![] }))),
                ..denial("exec.shell").detail("word", "sh")
            }),
            AnyRequest::Exec(exec) if exec.argv[0] == "verbose" => {
                let long = (0..32).fold(denial("exec.verbose"), |d, n| d.detail(format!("k{n}"), "\"x\"".repeat(500)));
                Verdict::Deny(Denial { reason: "\"".repeat(2000), remedy: Some("\\".repeat(2000)), ..long })
            }
            AnyRequest::Exec(exec) if exec.argv[0] == "reboot" => Verdict::Ask(Approval {
                denial: denial("exec.ask"),
                approvers: 1,
                groups: vec![],
                caps: Caps::default(),
            }),
            AnyRequest::Exec(exec) if exec.argv[0] == "look" => match answers.first() {
                None => Verdict::Need(vec![question()]),
                Some(Answer { outcome: Err(_), .. }) => Verdict::Deny(denial("exec.unanswered")),
                Some(Answer { outcome: Ok(_), .. }) => {
                    Verdict::Allow(Allowance { rule: "rules.looked".into(), caps: Caps::default() })
                }
            },
            _ => Verdict::Allow(Allowance { rule: "rules.all".into(), caps: Caps::default() }),
        };
        Box::pin(async move { Open::opinion(verdict) })
    }
    fn set_digest(&self) -> &'static str {
        "set"
    }
    fn samples(&self, kind: &str) -> Vec<Sample> {
        let sample =
            |line: &str, asks| Sample { rule: "rules.all".into(), about: "a sample".into(), line: line.into(), asks };
        if kind == "exec" { vec![sample("id -u", false), sample("reboot", true)] } else { vec![] }
    }
}

/// What [`Rules`] need to know; no look-up of these tests tells them.
pub fn question() -> Question {
    Question { kind: "path".into(), subject: "/x".into(), window: None, stop_at: None, arguments: BTreeMap::new() }
}

/// `hunter2`.
#[allow(non_upper_case_globals)]
pub const Keys: Masks = Masks { rule: "password", word: b"hunter2", digits: 0 };

// ---- evidence ------------------------------------------------------------------------------------------------------

/// What went on record, a line each.
#[derive(Clone, Default)]
pub struct Book {
    lines: Arc<Mutex<Vec<String>>>,
    pub down: Arc<AtomicBool>,
}

impl Book {
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
    fn write(&self, line: String) -> Result<(), LedgerDown> {
        if self.down.load(SeqCst) {
            return Err(LedgerDown);
        }
        self.lines.lock().unwrap().push(line);
        Ok(())
    }
    /// Waits until a line begins so.
    pub async fn saw(&self, start: &str) -> String {
        for _ in 0..500 {
            if let Some(line) = self.lines().into_iter().find(|line| line.starts_with(start)) {
                return line;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("{start:?} never came on record: {:?}", self.lines());
    }
}

struct Place_(Book);

impl Ledger for Book {
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(async move {
            let Subject { user, session, incident, .. } = &intent.subject;
            let session = if session.is_empty() { "none" } else { "some" };
            let about = incident.as_deref().unwrap_or("-");
            self.write(format!("intent {} by {user} session {session} incident {about}", intent.tool))?;
            let recording = intent.recorded.then(|| Box::new(Open) as Box<dyn Recording>);
            Ok(Opened { slip: Box::new(Place_(self.clone())), recording })
        })
    }
    fn refuse<'a>(&'a self, intent: &'a Intent, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move {
            let rule = match outcome {
                Outcome::Refused(denials) | Outcome::NeedsApproval(denials) => denials[0].rule.clone(),
                _ => String::new(),
            };
            self.write(format!("refused {} {rule}", intent.tool))
        })
    }
    fn turn_away<'a>(&'a self, away: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        let TurnedAway { subject, tool, denial, .. } = away;
        Box::pin(async move { self.write(format!("away {tool} by {} {}", subject.user, denial.rule)) })
    }
}

impl Slip for Place_ {
    fn settle<'a>(self: Box<Self>, outcome: &'a Outcome, _: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move { self.0.write(format!("outcome {outcome:?}")) })
    }
}

// ---- cluster -------------------------------------------------------------------------------------------------------

#[derive(Clone)]
pub enum Step {
    Bytes(Channel, String),
    Record(Channel, Value),
    Part(usize),
    Total(u64),
    Next(&'static str),
    Hang,
    End(Ending),
    Broken(FaultKind, &'static str),
}

/// Answers every request with the same pieces, whatever its kind.
#[derive(Clone, Default)]
pub struct Cluster {
    pieces: Arc<Mutex<Vec<Step>>>,
    pub runs: Arc<AtomicU64>,
}

impl Cluster {
    pub fn answers(&self, pieces: impl IntoIterator<Item = Step>) {
        *self.pieces.lock().unwrap() = pieces.into_iter().collect();
    }
}

struct Wire(VecDeque<Step>);

impl Source for Wire {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        Box::pin(async move {
            match self.0.pop_front() {
                Some(Step::Bytes(channel, text)) => Ok(Piece::Bytes(channel, Raw::new(text))),
                Some(Step::Record(channel, value)) => Ok(Piece::Record(channel, Raw::new(value.to_string()))),
                Some(Step::Part(part)) => Ok(Piece::Part(part)),
                Some(Step::Total(total)) => Ok(Piece::Total(total)),
                Some(Step::Next(text)) => Ok(Piece::Next(Cursor::try_from(text.to_string()).unwrap())),
                Some(Step::End(ending)) => Ok(Piece::End(ending)),
                None => Ok(Piece::End(Ending::Unknown)),
                Some(Step::Broken(kind, text)) => Err(Fault::new(kind, text)),
                Some(Step::Hang) => std::future::pending().await,
            }
        })
    }
}

impl<R: Request> Prepare<R> for Cluster {
    fn prepare(&self, request: R, _: &Context) -> Result<R, Denial> {
        Ok(request)
    }
}

impl<R: Request> Backend<R> for Cluster {
    fn run<'a>(&'a self, _: &'a Committed<R>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        self.runs.fetch_add(1, SeqCst);
        let pieces = self.pieces.lock().unwrap().iter().cloned().collect();
        Box::pin(async move { Ok(Box::new(Wire(pieces)) as Box<dyn Source>) })
    }
}

// ---- all of it together ----------------------------------------------------------------------------------------------

#[allow(non_upper_case_globals)]
pub const Atlas: Places = Places { container: "app", mute: true };

/// A gateway over stand-ins.
pub struct House {
    pub gateway: Gateway,
    pub book: Book,
    pub cluster: Cluster,
}

pub fn all(cluster: &Cluster) -> Backends {
    let one = Arc::new(cluster.clone());
    Backends {
        logs: Some(one.clone()),
        events: Some(one.clone()),
        objects: Some(one.clone()),
        exec: Some(one.clone()),
        query: Some(one.clone()),
        metadata: Some(one),
    }
}

pub fn house(settings: GatewaySettings) -> House {
    house_with(settings, all)
}

pub fn house_with(settings: GatewaySettings, backends: impl FnOnce(&Cluster) -> Backends) -> House {
    let (book, cluster) = (Book::default(), Cluster::default());
    let road = Road {
        reviewers: Arc::new(Rules),
        redactors: Arc::new(Keys),
        lookup: Arc::new(Atlas),
        ledger: Arc::new(book.clone()),
        clock: Arc::new(Tokio),
        ids: Arc::new(Count::default()),
        limits: Limits::default(),
        floor: Floor::default(),
    };
    let gateway = Gateway::new(Arc::new(move || road.clone()), backends(&cluster), settings).unwrap();
    House { gateway, book, cluster }
}

pub fn log(text: &str) -> Step {
    Step::Bytes(Channel::Log, text.into())
}

pub const DONE: Step = Step::End(Ending::Complete);

// ---- JSON-RPC as it stands on the wire -------------------------------------------------------------------------------

/// A request of revision 2026-07-28: everything it needs is in it.
pub fn modern(id: u64, method: &str, mut params: Value) -> Value {
    let meta = params["_meta"].as_object().cloned().unwrap_or_default();
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
        "io.modelcontextprotocol/clientInfo": {"name": "test", "version": "1"},
    });
    params["_meta"].as_object_mut().unwrap().extend(meta);
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

pub fn call(tool: &str, arguments: Value) -> Value {
    json!({"name": tool, "arguments": arguments})
}

pub fn initialize(version: &str) -> Value {
    json!({"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {
        "protocolVersion": version, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}})
}
