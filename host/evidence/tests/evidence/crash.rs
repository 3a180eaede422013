//! Power cuts and kills: what a caller was told is on disk is on disk.
use crate::common::{DONE, HandClock, body, call, dir, inline, intent, open, segments};
use proptest::prelude::*;
use std::{collections::BTreeSet, io, sync::Arc};
use wardgate_core::{Ledger, LedgerDown};
use wardgate_evidence::{
    EvidenceLog, Kind, OpenError, Options, Reader, Report,
    memory::{MemoryDisk, Operation},
    verify::{Note, verify},
};

fn records(disk: &MemoryDisk) -> BTreeSet<(String, &'static str)> {
    let mut found = BTreeSet::new();
    Reader::on(Arc::new(disk.clone()), dir())
        .records(|record| {
            if let Some(call) = record.call {
                found.insert((call, record.kind.as_str()));
            }
            true
        })
        .unwrap();
    found
}

fn check(disk: &MemoryDisk) -> Report {
    verify(disk, &dir(), None, None).unwrap()
}

/// Runs calls until the disk refuses; returns what was acknowledged.
async fn until_refused(log: &EvidenceLog) -> BTreeSet<(String, &'static str)> {
    let mut told = BTreeSet::new();
    for n in 0..12 {
        let name = format!("call-{n}");
        let Ok(opened) = log.commit(&intent(&name)).await else { break };
        told.insert((name.clone(), "intent"));
        if n % 3 != 2 && opened.slip.settle(&DONE, &body("text")).await.is_ok() {
            told.insert((name, "outcome"));
        }
    }
    told
}

/// The power goes at any operation, and of every unflushed sector and name a coin decides.
#[tokio::test]
async fn acknowledged_records_survive_a_power_cut_at_any_operation() {
    let mut cuts = 0;
    for cut in 0..400u64 {
        let disk = MemoryDisk::new(16 << 20);
        let log = open(&disk, Options { checkpoint_records: 5, ..inline() });
        let mut left = cut;
        let gone = Arc::new(std::sync::atomic::AtomicBool::new(false));
        let flag = gone.clone();
        disk.set_fault(move |_: &Operation| {
            left = left.saturating_sub(1);
            (left == 0).then(|| {
                flag.store(true, std::sync::atomic::Ordering::SeqCst);
                io::ErrorKind::BrokenPipe
            })
        });
        let told = until_refused(&log).await;
        if !gone.load(std::sync::atomic::Ordering::SeqCst) {
            break;
        }
        cuts += 1;
        for seed in 0..6u64 {
            let mut state = cut * 31 + seed;
            let after = disk.after_power_cut(|| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                state >> 63 == 1
            });
            let log = open(&after, inline());
            let report = check(&after);
            assert!(report.ok, "cut {cut} seed {seed}: {:?}", report.problems);
            let found = records(&after);
            assert!(told.is_subset(&found), "cut {cut} seed {seed}: lost {:?}", told.difference(&found));
            for (name, kind) in &found {
                let ended = ["outcome", "abandoned"].iter().any(|end| found.contains(&(name.clone(), *end)));
                assert!(*kind != "intent" || ended, "cut {cut} seed {seed}: {name} is still open");
            }
            call(&log, "after").await;
            assert!(check(&after).ok);
        }
    }
    assert!(cuts > 30, "{cuts}");
}

/// The last flush, cut at every byte.
#[tokio::test]
async fn a_tail_torn_at_any_byte_is_recognised_and_kept_aside() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, Options { segment_bytes: 64 << 10, ..inline() });
    call(&log, "first").await;
    let path = segments(&disk).pop().unwrap();
    let used = |bytes: &[u8]| bytes.iter().rposition(|b| *b != 0).unwrap() + 1;
    let before = used(&disk.read(&path).unwrap());
    let _open = log.commit(&intent("second")).await.unwrap();
    let whole = disk.read(&path).unwrap();
    let end = used(&whole);
    assert!(end > before + 500);
    for len in before..end {
        let after = disk.after_kill();
        let mut torn = whole.clone();
        torn[len..].fill(0);
        after.put(&path, &torn);
        let log = open(&after, Options { segment_bytes: 64 << 10, ..inline() });
        let report = check(&after);
        assert!(report.ok, "{len}: {:?}", report.problems);
        let notes: Vec<_> = report.notes.iter().filter(|n| matches!(n, Note::Recovered { .. })).collect();
        if len == before {
            assert!(notes.is_empty(), "nothing was torn");
        } else {
            let [Note::Recovered { bytes, kept, there: true, .. }] = notes[..] else { panic!("{len}: {notes:?}") };
            assert_eq!(*bytes, (len - before) as u64);
            assert_eq!(after.read(&dir().join(kept)).unwrap(), &whole[before..len], "not a byte is discarded");
        }
        call(&log, "third").await;
        assert!(check(&after).ok);
    }
}

/// A record that a later flush followed was durable: whatever is wrong with it now, no power cut did it.
#[tokio::test]
async fn a_record_edited_before_the_next_open_is_not_taken_for_a_torn_one() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, Options { segment_bytes: 64 << 10, ..inline() });
    for n in 0..4 {
        call(&log, &format!("call-{n}")).await;
    }
    let path = segments(&disk).pop().unwrap();
    let bytes = disk.read(&path).unwrap();
    let ends: Vec<usize> = bytes.iter().enumerate().filter(|(_, b)| **b == b'\n').map(|(at, _)| at).collect();
    for (line, end) in ends.iter().enumerate().take(ends.len() - 1) {
        for value in [b'x', 0, b'\n'] {
            let after = disk.after_kill();
            let mut forged = bytes.clone();
            forged[end - 30] = value;
            after.put(&path, &forged);
            let opened = EvidenceLog::open_on(Arc::new(after), dir(), inline(), HandClock::new());
            let Err(OpenError::Damaged { segment: 1, line: found }) = opened.map(drop) else {
                panic!("line {} -> {value}: must not open", line + 1)
            };
            assert!(found <= line as u64 + 1);
        }
    }
}

#[tokio::test]
async fn a_full_disk_refuses_calls_and_stays_down_until_it_is_opened_again() {
    let disk = MemoryDisk::new(200 << 10);
    let log = open(&disk, inline());
    let mut served = 0;
    while log.commit(&intent(&format!("call-{served}"))).await.is_ok() {
        served += 1;
        assert!(served < 1000);
    }
    let why = log.health().down.unwrap();
    assert!(why.contains("disk is full"), "{why}");
    disk.set_capacity(16 << 20);
    assert_eq!(log.commit(&intent("late")).await.map(drop), Err(LedgerDown), "room alone does not bring it back");
    drop(log);
    let after = disk.after_kill();
    let log = open(&after, inline());
    call(&log, "again").await;
    assert!(check(&after).ok);
}

#[tokio::test]
async fn a_failed_flush_is_never_tried_again() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let mut failed = false;
    disk.set_fault(move |operation| {
        let fails = matches!(operation, Operation::Sync(_)) && !failed;
        failed |= fails;
        fails.then_some(io::ErrorKind::Other)
    });
    assert!(log.commit(&intent("a")).await.is_err());
    let writes = disk.writes();
    assert!(log.commit(&intent("b")).await.is_err());
    assert!(log.refuse(&intent("c"), &DONE).await.is_err());
    assert_eq!(disk.writes(), writes);
}

/// A real process, a real disk, a real SIGKILL.
#[test]
fn acknowledged_records_survive_a_kill() {
    const CHILD: &str = "WARDGATE_EVIDENCE_TEST_CHILD";
    if let Ok(dir) = std::env::var(CHILD) {
        return child(&dir);
    }
    use std::io::BufRead;
    let dir = tempfile::tempdir().unwrap();
    let mut told = BTreeSet::new();
    for round in 0..3 {
        let mut process = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "crash::acknowledged_records_survive_a_kill", "--nocapture", "--test-threads=1"])
            .env(CHILD, dir.path())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let out = io::BufReader::new(process.stdout.take().unwrap());
        let mut seen = 0;
        for line in out.lines() {
            let line = line.unwrap();
            if let Some(name) = line.strip_prefix("on record ") {
                told.insert(name.to_owned());
                seen += 1;
                if seen == 200 + round * 37 {
                    process.kill().unwrap();
                }
            }
        }
        process.wait().unwrap();
        assert!(seen >= 200);
        let log =
            EvidenceLog::open(dir.path(), Options { segment_bytes: 64 << 10, ..Options::default() }, HandClock::new());
        drop(log.unwrap());
        let mut found = BTreeSet::new();
        Reader::new(dir.path())
            .records(|record| {
                if record.kind == Kind::Outcome {
                    found.extend(record.call);
                }
                true
            })
            .unwrap();
        assert!(told.is_subset(&found), "lost {:?}", told.difference(&found));
    }
    // The last writer closes by itself once it is dropped.
    let mut report;
    for _ in 0..100 {
        report = verify(&wardgate_evidence::RealDisk, dir.path(), None, None).unwrap();
        assert!(report.ok, "{:?}", report.problems);
        if !report.notes.contains(&Note::Live) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    panic!("the dropped log still holds its lock");
}

#[allow(clippy::print_stdout)]
fn child(dir: &str) {
    let options = Options { segment_bytes: 64 << 10, ..Options::default() };
    // The parent's own log gives its lock back only a moment after it is dropped.
    let begun = std::time::Instant::now();
    let log = loop {
        match EvidenceLog::open(dir, options.clone(), HandClock::new()) {
            Err(wardgate_evidence::OpenError::Locked) if begun.elapsed().as_secs() < 20 => {
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            opened => break opened.unwrap(),
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).build().unwrap();
    runtime.block_on(async {
        let base = std::process::id();
        let tasks: Vec<_> = (0..8)
            .map(|client| {
                let log = log.clone();
                tokio::spawn(async move {
                    for n in 0..100_000 {
                        let name = format!("{base}-{client}-{n}");
                        call(&log, &name).await;
                        println!("on record {name}");
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
    });
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    /// Many opens, each ended by a kill in the middle of calls.
    #[test]
    fn the_chain_goes_on_over_any_number_of_kills(calls in proptest::collection::vec(0usize..6, 1..8)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let mut disk = MemoryDisk::new(16 << 20);
            for (round, count) in calls.iter().enumerate() {
                let log = open(&disk, inline());
                let mut open_slips = Vec::new();
                for n in 0..*count {
                    open_slips.push(log.commit(&intent(&format!("c-{round}-{n}"))).await.unwrap());
                }
                disk = disk.after_kill();
            }
            let log = open(&disk, inline());
            let found = records(&disk);
            let intents = found.iter().filter(|(_, kind)| *kind == "intent").count();
            let abandoned = found.iter().filter(|(_, kind)| *kind == "abandoned").count();
            assert_eq!((intents, abandoned), (calls.iter().sum(), calls.iter().sum()));
            assert!(check(&disk).ok);
            drop(log);
        });
    }
}
