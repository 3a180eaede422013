//! Calls, a clock that is set by hand, and logs on a disk in memory.
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use wardgate_core::{
    Allowance, AnyRequest, Body, BoxFuture, CallId, Channel, Clock, Context, Denial, Ending, Exec, Heard, Intent, Keep,
    LaneText, Ledger, Limits, Logs, Opinion, Origin, Outcome, Place, PluginId, Subject, Target, TurnedAway, Verdict,
};
use wardgate_evidence::{EvidenceLog, Options, WriterMode, memory::MemoryDisk};

pub(crate) struct HandClock(AtomicU64);

impl HandClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicU64::new(1_800_000_000_000)))
    }
    pub(crate) fn pass(&self, ms: u64) {
        self.0.fetch_add(ms, SeqCst);
    }
}

impl Clock for HandClock {
    fn now(&self) -> u64 {
        self.0.load(SeqCst)
    }
    fn after(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

pub(crate) const DIR: &str = "/evidence";

pub(crate) fn dir() -> PathBuf {
    DIR.into()
}

pub(crate) fn inline() -> Options {
    Options {
        segment_bytes: 8 << 10,
        min_free_bytes: 0,
        recording_bytes: 64 << 10,
        writer: WriterMode::Inline,
        ..Options::default()
    }
}

pub(crate) fn open(disk: &MemoryDisk, options: Options) -> Arc<EvidenceLog> {
    EvidenceLog::open_on(Arc::new(disk.clone()), dir(), options, HandClock::new()).unwrap()
}

pub(crate) fn intent(call: &str) -> Intent {
    let target = Target {
        cluster: "test".into(),
        namespace: "shop".into(),
        pod: "web-0".into(),
        container: "app".into(),
        ..Target::default()
    };
    let subject = Subject { session: "s-1".into(), incident: Some("INC-7".into()), ..Subject::named("alice") };
    let request = AnyRequest::Logs(Logs { tail_lines: Some(100), ..Logs::default() });
    let opinion = Opinion {
        plugin: PluginId { name: "read-guard".into(), version: "1.0.0".into(), digest: "ab".repeat(32) },
        monitor: false,
        verdict: Verdict::Allow(Allowance { rule: "read.logs".into(), ..Allowance::default() }),
    };
    Intent {
        id: CallId::new(call),
        parent: None,
        tool: "k8s_get_logs".into(),
        arrived: 1_800_000_000_000,
        place: Place { namespace: Some("shop".into()), pod: Some("web-0".into()), ..Place::default() },
        asked: request.clone(),
        subject: subject.clone(),
        parts: vec![Heard {
            context: Context {
                subject,
                target,
                origin: Origin::Gateway,
                now: 1_800_000_000_000,
                attributes: [("tool".to_owned(), "k8s_get_logs".to_owned())].into(),
            },
            request,
            answers: vec![],
            opinions: vec![opinion],
            floor: None,
        }],
        left_out: vec![],
        limits: Limits { read_bytes: 16 << 10, ..Limits::default() },
        policy_set: "cd".repeat(32),
        recorded: false,
    }
}

pub(crate) fn exec(call: &str) -> Intent {
    let asked = AnyRequest::Exec(Exec { argv: vec!["ss".into(), "-tan".into()], wrapper: vec![] });
    Intent { asked, tool: "k8s_exec_readonly".into(), recorded: true, ..intent(call) }
}

pub(crate) fn body(text: &str) -> Body {
    Body {
        lanes: vec![LaneText {
            part: 0,
            channel: Channel::Log,
            lines: text.lines().map(String::from).collect(),
            lines_read: 1,
            lines_matched: None,
            lines_cut: 0,
            bytes_cut: 0,
            kept: Keep::Newest,
        }],
        masked: [("secret.aws".to_owned(), 2)].into(),
        read_bytes: text.len() as u64,
        ..Body::default()
    }
}

pub(crate) const DONE: Outcome = Outcome::Complete(Ending::Complete);

pub(crate) fn away(call: &str) -> TurnedAway {
    TurnedAway {
        id: CallId::new(call),
        arrived: 1_800_000_000_000,
        subject: Subject::named("mallory"),
        tool: "k8s_delete".into(),
        denial: Denial::new("call.unknown-tool", "there is no such tool"),
    }
}

/// One whole call.
pub(crate) async fn call(log: &EvidenceLog, name: &str) {
    let opened = log.commit(&intent(name)).await.unwrap();
    opened.slip.settle(&DONE, &body("shown")).await.unwrap();
}

/// A log of a few segments with every kind of record, closed in order.
pub(crate) async fn small_log(disk: &MemoryDisk) {
    let log = open(disk, Options { checkpoint_records: 4, ..inline() });
    for n in 0..5 {
        call(&log, &format!("call-{n}")).await;
    }
    log.turn_away(&away("away-0")).await.unwrap();
    let denial = Denial::new("exec.shell", "no shells");
    log.refuse(&intent("refused-0"), &Outcome::Refused(vec![denial])).await.unwrap();
    drop(log.commit(&intent("dropped-0")).await.unwrap());
    log.close().await.unwrap();
}

/// The same in little, for tests that try every byte.
pub(crate) async fn tiny_log(disk: &MemoryDisk) {
    let log = open(disk, Options { segment_bytes: 4 << 10, checkpoint_records: 100, ..inline() });
    call(&log, "call-0").await;
    log.turn_away(&away("away-0")).await.unwrap();
    drop(log.commit(&intent("dropped-0")).await.unwrap());
    log.close().await.unwrap();
}

pub(crate) fn segments(disk: &MemoryDisk) -> Vec<PathBuf> {
    let log = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("segment-");
    disk.paths().into_iter().filter(|path| path.parent() == Some(Path::new(DIR)) && log(path)).collect()
}
