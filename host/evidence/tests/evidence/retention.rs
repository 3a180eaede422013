//! Old evidence goes whole, verified and on record.
use crate::common::{DONE, HandClock, body, call, dir, exec, inline, segments};
use std::{io, path::PathBuf, sync::Arc};
use wardgate_core::Ledger;
use wardgate_evidence::{
    Disk, EvidenceLog, Head, Options, Retention,
    memory::{MemoryDisk, Operation},
    retention::RetentionError,
    verify::{Fault, Note, Unchecked, verify},
};

fn start(disk: &MemoryDisk, retention: Retention, clock: &Arc<HandClock>) -> Arc<EvidenceLog> {
    EvidenceLog::open_on(Arc::new(disk.clone()), dir(), Options { retention, ..inline() }, clock.clone()).unwrap()
}

/// Inline mode answers before it is asked, but `retain` must not run inside a runtime.
async fn retain(log: &Arc<EvidenceLog>) -> Result<wardgate_evidence::retention::Dropped, RetentionError> {
    let log = log.clone();
    tokio::task::spawn_blocking(move || log.retain()).await.unwrap()
}

async fn record(log: &EvidenceLog, name: &str) {
    let opened = log.commit(&exec(name)).await.unwrap();
    opened.recording.unwrap().finish(&DONE).await.unwrap();
    opened.slip.settle(&DONE, &body("x")).await.unwrap();
}

#[tokio::test]
async fn segments_beyond_an_age_go_with_their_recordings_and_the_rest_verifies() {
    let disk = MemoryDisk::new(16 << 20);
    let clock = HandClock::new();
    let log = start(&disk, Retention { max_age_ms: Some(1000), max_bytes: None }, &clock);
    record(&log, "old").await;
    for n in 0..8 {
        call(&log, &format!("c-{n}")).await;
    }
    clock.pass(5000);
    record(&log, "young").await;
    let before = segments(&disk).len();
    assert!(before >= 3);
    let old_head = verify(&disk, &dir(), None, None).unwrap();
    let dropped = retain(&log).await.unwrap();
    assert_eq!((dropped.segments, dropped.recordings), ((before - segments(&disk).len()) as u64, 1));
    assert!(dropped.segments >= 1);
    let recordings: Vec<PathBuf> =
        disk.paths().into_iter().filter(|p| p.parent().unwrap().ends_with("recordings")).collect();
    assert_eq!(recordings.len(), 2, "{recordings:?}");
    let report = verify(&disk, &dir(), None, None).unwrap();
    assert!(report.ok, "{:?}", report.problems);
    assert!(report.notes.iter().any(|note| matches!(note, Note::Pruned { .. })));
    let kept = Head { seq: old_head.last_seq, hash: old_head.head.unwrap() };
    assert!(verify(&disk, &dir(), Some(kept), None).unwrap().ok, "a young head is still there");
    let gone = Head { seq: Some(1), hash: wardgate_evidence::Hash::of(b"record 1") };
    let report = verify(&disk, &dir(), Some(gone), None).unwrap();
    assert!(report.ok && report.unchecked.contains(&Unchecked::HeadPruned));
}

#[tokio::test]
async fn segments_beyond_a_size_go_oldest_first_and_the_log_goes_on() {
    let disk = MemoryDisk::new(16 << 20);
    let clock = HandClock::new();
    let log = start(&disk, Retention { max_age_ms: None, max_bytes: Some(20 << 10) }, &clock);
    for round in 0..4 {
        for n in 0..10 {
            call(&log, &format!("c-{round}-{n}")).await;
        }
        retain(&log).await.unwrap();
        let report = verify(&disk, &dir(), None, None).unwrap();
        assert!(report.ok, "{:?}", report.problems);
        // What closed segments hold, the open one, and one that the records about pruning may have begun.
        assert!(segments(&disk).len() <= 5, "{}", segments(&disk).len());
    }
    log.close().await.unwrap();
    drop(log);
    let log = start(&disk, Retention::default(), &clock);
    call(&log, "after").await;
    assert!(verify(&disk, &dir(), None, None).unwrap().ok);
}

#[tokio::test]
async fn a_segment_that_does_not_verify_is_kept() {
    let disk = MemoryDisk::new(16 << 20);
    let clock = HandClock::new();
    let log = start(&disk, Retention { max_age_ms: Some(0), max_bytes: None }, &clock);
    for n in 0..10 {
        call(&log, &format!("c-{n}")).await;
    }
    clock.pass(5000);
    let first = segments(&disk)[0].clone();
    let mut forged = disk.read(&first).unwrap();
    forged[700] ^= 1;
    disk.put(&first, &forged);
    let before = segments(&disk);
    assert!(matches!(retain(&log).await, Err(RetentionError::Unverified { segment: 1, .. })));
    assert_eq!(segments(&disk), before);
}

#[tokio::test]
async fn a_crash_between_the_record_and_the_removal_leaves_a_log_that_verifies() {
    let disk = MemoryDisk::new(16 << 20);
    let clock = HandClock::new();
    let retention = Retention { max_age_ms: Some(0), max_bytes: None };
    let log = start(&disk, retention, &clock);
    for n in 0..10 {
        call(&log, &format!("c-{n}")).await;
    }
    clock.pass(5000);
    disk.set_fault(|operation| {
        let removal = matches!(operation, Operation::Directory(path) if path.ends_with("segment-000000001.log"));
        removal.then_some(io::ErrorKind::Other)
    });
    assert!(matches!(retain(&log).await, Err(RetentionError::Disk(_))));
    let after = disk.after_kill();
    assert!(verify(&after, &dir(), None, None).unwrap().ok);
    let log = start(&after, retention, &clock);
    assert!(retain(&log).await.unwrap().segments >= 1);
    let report = verify(&after, &dir(), None, None).unwrap();
    assert!(report.ok, "{:?}", report.problems);
}

#[tokio::test]
async fn more_than_was_pruned_must_not_be_missing() {
    let disk = MemoryDisk::new(16 << 20);
    let clock = HandClock::new();
    let log = start(&disk, Retention { max_age_ms: None, max_bytes: Some(40 << 10) }, &clock);
    for n in 0..24 {
        call(&log, &format!("c-{n}")).await;
    }
    retain(&log).await.unwrap();
    log.close().await.unwrap();
    disk.remove(&segments(&disk)[0]).unwrap();
    let report = verify(&disk, &dir(), None, None).unwrap();
    assert_eq!(report.problems.iter().map(|p| p.fault.clone()).collect::<Vec<_>>(), [Fault::MissingBeginning]);
}

#[test]
fn the_disk_gauge_counts_in_thousandths() {
    let disk = MemoryDisk::new(1000);
    disk.put(&dir().join("x"), &[0; 800]);
    assert_eq!(disk.space(&dir()).unwrap().used_permille(), 800);
}
