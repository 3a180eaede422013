//! What the core's doors promise.
use crate::common::{DONE, HandClock, away, body, call, dir, inline, intent, open, small_log};
use std::sync::{Arc, Mutex};
use wardgate_core::{Ledger, LedgerDown};
use wardgate_evidence::{EvidenceLog, Kind, OpenError, Options, Reader, memory::MemoryDisk, verify::verify};

fn kinds(disk: &MemoryDisk) -> Vec<Kind> {
    let mut kinds = Vec::new();
    let reader = Reader::on(Arc::new(disk.clone()), dir());
    reader
        .records(|record| {
            kinds.push(record.kind);
            true
        })
        .unwrap();
    kinds
}

#[tokio::test]
async fn an_intent_is_durable_before_commit_returns_and_an_outcome_before_settle_does() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let opened = log.commit(&intent("c-1")).await.unwrap();
    let cut = disk.after_power_cut(|| false);
    assert!(kinds(&cut).contains(&Kind::Intent));
    opened.slip.settle(&DONE, &body("x")).await.unwrap();
    let cut = disk.after_power_cut(|| false);
    assert!(kinds(&cut).contains(&Kind::Outcome));
}

#[tokio::test]
async fn a_dropped_slip_leaves_abandoned_on_record() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    drop(log.commit(&intent("c-1")).await.unwrap());
    assert_eq!(kinds(&disk), [Kind::Open, Kind::Checkpoint, Kind::Intent, Kind::Abandoned]);
}

#[tokio::test]
async fn a_commit_dropped_while_it_waits_leaves_no_open_intent() {
    let dir = tempfile::tempdir().unwrap();
    let log = EvidenceLog::open(dir.path(), Options::default(), HandClock::new()).unwrap();
    for n in 0..200 {
        let intent = intent(&format!("c-{n}"));
        let mut commit = log.commit(&intent);
        // Polled once: the record is with the writer, and nobody waits for it any more.
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(commit.as_mut().poll(cx))).await;
        drop((polled, commit));
    }
    log.close().await.unwrap();
    let (mut intents, mut ends) = (0, 0);
    Reader::new(dir.path())
        .records(|record| {
            intents += usize::from(record.kind == Kind::Intent);
            ends += usize::from(record.kind == Kind::Abandoned);
            true
        })
        .unwrap();
    assert_eq!((intents, ends), (200, 200));
}

#[tokio::test]
async fn places_are_bounded_and_come_back() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, Options { queue: 4, ..inline() });
    let mut open_calls = Vec::new();
    while let Ok(opened) = log.commit(&intent(&format!("c-{}", open_calls.len()))).await {
        open_calls.push(opened);
        assert!(open_calls.len() < 10);
    }
    assert_eq!(open_calls.len(), 3);
    log.turn_away(&away("a")).await.expect("a place is left for what does not run");
    assert!(log.health().down.is_none(), "being busy is not being down");
    for opened in open_calls {
        opened.slip.settle(&DONE, &body("x")).await.unwrap();
    }
    call(&log, "again").await;
}

#[tokio::test]
async fn a_record_that_is_too_long_refuses_its_call_and_no_other() {
    let disk = MemoryDisk::new(64 << 20);
    let log = open(&disk, inline());
    let mut huge = intent("huge");
    huge.left_out = vec!["x".repeat(9 << 20)];
    assert_eq!(log.commit(&huge).await.map(drop), Err(LedgerDown));
    // Longer than a segment is still a record.
    let mut long = intent("long");
    long.left_out = vec!["x".repeat(100 << 10)];
    drop(log.commit(&long).await.unwrap());
    call(&log, "next").await;
    log.close().await.unwrap();
    let report = verify(&disk, &dir(), None, None).unwrap();
    assert!(report.ok, "{:?}", report.problems);
}

#[tokio::test]
async fn one_writer_at_a_time() {
    let dir = tempfile::tempdir().unwrap();
    let options = || Options { segment_bytes: 64 << 10, ..Options::default() };
    let log = EvidenceLog::open(dir.path(), options(), HandClock::new()).unwrap();
    let second = EvidenceLog::open(dir.path(), options(), HandClock::new());
    assert!(matches!(second.map(drop), Err(OpenError::Locked)));
    log.close().await.unwrap();
    assert!(log.commit(&intent("late")).await.is_err(), "closed is closed");
}

#[tokio::test]
async fn a_closed_log_goes_on_where_it_ended() {
    let disk = MemoryDisk::new(16 << 20);
    small_log(&disk).await;
    let before = kinds(&disk).len();
    let log = open(&disk, inline());
    call(&log, "again").await;
    log.close().await.unwrap();
    assert!(kinds(&disk).len() > before);
    let report = verify(&disk, &dir(), None, None).unwrap();
    assert!(report.ok && report.first_seq == Some(1), "{:?}", report.problems);
}

#[tokio::test]
async fn checkpoints_are_announced_once_durable() {
    let disk = MemoryDisk::new(16 << 20);
    let heard = Arc::new(Mutex::new(Vec::new()));
    let (ear, look) = (heard.clone(), disk.clone());
    let options = Options {
        checkpoint_records: 6,
        on_checkpoint: Some(Arc::new(move |announced| {
            let durable = look.after_power_cut(|| false);
            let head = wardgate_evidence::Head { seq: Some(announced.seq), hash: announced.head };
            let report = verify(&durable, &dir(), Some(head), None).unwrap();
            assert!(report.ok, "{:?}", report.problems);
            ear.lock().unwrap().push(announced.seq);
        })),
        ..inline()
    };
    let log = open(&disk, options);
    for n in 0..10 {
        call(&log, &format!("c-{n}")).await;
    }
    log.close().await.unwrap();
    let heard = heard.lock().unwrap();
    assert!(heard.len() >= 5 && heard.is_sorted(), "{heard:?}");
}

#[tokio::test]
async fn a_checkpoint_is_signed_when_time_has_passed() {
    let disk = MemoryDisk::new(16 << 20);
    let clock = HandClock::new();
    let log = EvidenceLog::open_on(Arc::new(disk.clone()), dir(), inline(), clock.clone()).unwrap();
    call(&log, "a").await;
    let before = kinds(&disk).iter().filter(|k| **k == Kind::Checkpoint).count();
    clock.pass(61_000);
    call(&log, "b").await;
    assert_eq!(kinds(&disk).iter().filter(|k| **k == Kind::Checkpoint).count(), before + 1);
}

#[tokio::test]
async fn another_key_does_not_go_on_with_the_log() {
    let disk = MemoryDisk::new(16 << 20);
    small_log(&disk).await;
    use wardgate_evidence::Disk;
    disk.remove(&dir().join("checkpoint.key")).unwrap();
    let opened = EvidenceLog::open_on(Arc::new(disk), dir(), inline(), HandClock::new());
    assert!(matches!(opened.map(drop), Err(OpenError::KeyChanged { .. })));
}

#[cfg(unix)]
#[tokio::test]
async fn files_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let base = tempfile::tempdir().unwrap();
    let dir = base.path().join("evidence");
    let log =
        EvidenceLog::open(&dir, Options { segment_bytes: 64 << 10, ..Options::default() }, HandClock::new()).unwrap();
    let opened = log.commit(&crate::common::exec("c-1")).await.unwrap();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&dir), mode(&dir.join("recordings"))), (0o700, 0o700));
    let mut files = 0;
    for dir in [dir.clone(), dir.join("recordings")] {
        for entry in std::fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                assert_eq!(mode(&path), 0o600, "{path:?}");
                files += 1;
            }
        }
    }
    assert!(files >= 6, "{files}");
    drop(opened);
    log.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_clients_share_flushes_and_every_record_is_there_once() {
    let dir = tempfile::tempdir().unwrap();
    let log =
        EvidenceLog::open(dir.path(), Options { segment_bytes: 256 << 10, ..Options::default() }, HandClock::new());
    let log = log.unwrap();
    let tasks: Vec<_> = (0..16)
        .map(|client| {
            let log = log.clone();
            tokio::spawn(async move {
                for n in 0..50 {
                    call(&log, &format!("c-{client}-{n}")).await;
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    log.close().await.unwrap();
    let report = verify(&wardgate_evidence::RealDisk, dir.path(), None, None).unwrap();
    assert!(report.ok, "{:?}", report.problems);
    let mut outcomes = std::collections::BTreeSet::new();
    let mut count = 0;
    Reader::new(dir.path())
        .records(|record| {
            if record.kind == Kind::Outcome {
                count += 1;
                outcomes.extend(record.call);
            }
            true
        })
        .unwrap();
    assert_eq!((count, outcomes.len()), (800, 800));
}
