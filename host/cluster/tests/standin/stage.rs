//! A road over the stand-in server whose policy, redaction and evidence say yes to everything and remember what they saw.
use crate::server::Server;
use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use wardgate_cluster::{
    kube::{Credential, Kubernetes, Settings},
    live::Live,
};
use wardgate_core::*;
use wardgate_standins::{Count, Open, Tokio};

/// All stand-ins in one.
#[derive(Clone, Default)]
pub struct Book {
    lines: Arc<Mutex<Vec<String>>>,
    sealed: Arc<AtomicU64>,
}

impl Book {
    fn write(&self, line: String) {
        self.lines.lock().unwrap().push(line);
    }
    pub fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
    /// Raw bytes that were recorded.
    pub fn sealed(&self) -> u64 {
        self.sealed.load(SeqCst)
    }
}

/// Allows everything; asks first where the path leads that `cat` is to read.
impl Reviewers for Book {
    fn review<'a>(
        &'a self,
        _: &'a Context,
        request: &'a AnyRequest,
        answers: &'a [Answer],
    ) -> BoxFuture<'a, Vec<Opinion>> {
        let yes = Open::yes();
        let verdict = match (request, answers.first()) {
            (AnyRequest::Exec(exec), None) if exec.argv[0] == "cat" => {
                let subject = exec.argv[1].clone();
                let question =
                    Question { kind: "path".into(), subject, window: None, stop_at: None, arguments: BTreeMap::new() };
                Verdict::Need(vec![question])
            }
            (_, Some(Answer { outcome: Ok(Known { value: Value::Text(path), .. }), .. })) => {
                self.write(format!("leads to {path}"));
                if path.starts_with("/proc/") { Verdict::Deny(Denial::new("link", "no")) } else { yes }
            }
            (_, Some(Answer { outcome: Err(word), .. })) => {
                self.write(format!("no answer: {}", word.as_str()));
                yes
            }
            _ => yes,
        };
        Box::pin(async move { Open::opinion(verdict) })
    }
    fn set_digest(&self) -> &'static str {
        "book"
    }
}

impl Redactors for Book {
    fn open<'a>(
        &'a self,
        context: &'a Context,
        channel: Channel,
        form: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>> {
        Open.open(context, channel, form)
    }
}

impl Ledger for Book {
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(async move {
            let AnyRequest::Exec(Exec { argv, wrapper }) = &intent.parts[0].request else {
                return Ok(Opened { slip: Box::new(self.clone()), recording: None });
            };
            let parent = intent.parent.as_ref().map_or_else(String::new, |id| format!(" for {id}"));
            self.write(format!("intent {}{parent}: {}", intent.id, [wrapper.join(" "), argv.join(" ")].join("|")));
            Ok(Opened { slip: Box::new(self.clone()), recording: Some(Box::new(self.clone())) })
        })
    }
    fn refuse<'a>(&'a self, _: &'a Intent, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move {
            self.write(format!("refused {outcome:?}"));
            Ok(())
        })
    }
    fn turn_away<'a>(&'a self, _: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async { Ok(()) })
    }
}

impl Recording for Book {
    fn seal<'a>(&'a mut self, _: Channel, bytes: &'a [u8]) -> BoxFuture<'a, Result<(), RecordingDown>> {
        self.sealed.fetch_add(bytes.len() as u64, SeqCst);
        Box::pin(async { Ok(()) })
    }
    fn show<'a>(&'a mut self, _: Channel, _: u64, _: &'a str) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async { Ok(()) })
    }
    fn finish<'a>(self: Box<Self>, _: &'a Outcome) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async { Ok(()) })
    }
}

impl Slip for Book {
    fn settle<'a>(self: Box<Self>, outcome: &'a Outcome, _: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move {
            self.write(format!("outcome {outcome:?}"));
            Ok(())
        })
    }
}

/// A road to a stand-in server.
pub struct Stage {
    pub server: Server,
    pub book: Book,
    pub kubernetes: Arc<Kubernetes>,
    pub dir: tempfile::TempDir,
    road: Road,
}

impl Stage {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(set: impl FnOnce(&mut Limits)) -> Self {
        let (server, book, dir) = (Server::start().await, Book::default(), tempfile::tempdir().unwrap());
        let credential = Credential::Kubeconfig { path: server.kubeconfig(dir.path()), context: None };
        let kubernetes = Kubernetes::connect(&credential, Settings::default()).await.unwrap();
        let mut limits = Limits {
            time: Duration::from_millis(1500),
            read_bytes: 1 << 20,
            released_bytes: 64 << 10,
            ..Limits::default()
        };
        set(&mut limits);
        let all = Arc::new(book.clone());
        let road = Road {
            reviewers: all.clone(),
            redactors: all.clone(),
            lookup: Arc::new(Live { kubernetes: kubernetes.clone(), prometheus: None }),
            ledger: all.clone(),
            clock: Arc::new(Tokio),
            ids: Arc::new(Count::default()),
            limits,
            floor: Floor::default(),
        };
        Self { server, book, kubernetes, dir, road }
    }

    pub async fn run<R: Request>(&self, request: R) -> Settled
    where
        Kubernetes: Backend<R>,
    {
        self.run_until(request, never()).await
    }

    pub async fn run_until<R: Request>(&self, request: R, stop: Stop) -> Settled
    where
        Kubernetes: Backend<R>,
    {
        let place = Place { namespace: Some("shop".into()), pod: Some("web-0".into()), ..Place::default() };
        let call = Call {
            subject: Subject::named("agent"),
            place,
            request,
            tool: "test",
            select: None,
            attributes: BTreeMap::new(),
        };
        self.road.travel(call, self.kubernetes.clone(), stop).await
    }

    pub async fn exec(&self, words: &str) -> Settled {
        self.run(Exec { argv: words.split(' ').map(Into::into).collect(), wrapper: vec![] }).await
    }
}

pub fn text(settled: &Settled, channel: Channel) -> String {
    settled.body().lines(channel).collect::<Vec<_>>().join("\n")
}
