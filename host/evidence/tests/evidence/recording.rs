//! Recordings: whole or the call is cut, and never a raw byte.
use crate::common::{body, dir, exec, inline, open};
use serde_json::Value;
use std::{io, path::PathBuf, sync::Arc};
use wardgate_core::{Channel, Cut, Ending, Ledger, LedgerDown, Outcome, RecordingDown};
use wardgate_evidence::{
    Disk, Options, Reader,
    memory::{MemoryDisk, Operation},
    verify::{Fault, Note, verify},
};

fn at(call: &str, extension: &str) -> PathBuf {
    dir().join("recordings").join(format!("{call}.{extension}"))
}

const T: u64 = 1_800_000_000_000;

#[tokio::test]
async fn a_recording_holds_released_text_with_times_and_only_digests_of_raw_output() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let opened = log.commit(&exec("c-1")).await.unwrap();
    let mut tape = opened.recording.unwrap();
    tape.seal(Channel::Stdout, b"token=hunter2\n").await.unwrap();
    tape.show(Channel::Stdout, T + 500, "token=[masked]\n").await.unwrap();
    tape.seal(Channel::Stderr, b"warn").await.unwrap();
    tape.seal(Channel::Stderr, b"ing\n").await.unwrap();
    tape.show(Channel::Stderr, T + 1750, "warning\n").await.unwrap();
    let outcome = Outcome::Complete(Ending::Exit(1));
    tape.finish(&outcome).await.unwrap();
    opened.slip.settle(&outcome, &body("x")).await.unwrap();

    let cast = String::from_utf8(disk.read(&at("c-1", "cast")).unwrap()).unwrap();
    let mut lines = cast.lines();
    let header: Value = serde_json::from_str(lines.next().unwrap()).unwrap();
    assert_eq!((header["version"].as_u64(), header["timestamp"].as_u64()), (Some(3), Some(T / 1000)));
    assert_eq!(header["title"], "shop/web-0/app: ss -tan");
    assert_eq!(
        lines.collect::<Vec<_>>(),
        [
            r#"[0.500, "o", "token=[masked]\r\n"]"#,
            r#"[1.250, "m", "stderr"]"#,
            r#"[0.000, "o", "warning\r\n"]"#,
            r#"[0.000, "x", "1"]"#
        ]
    );
    let side = String::from_utf8(disk.read(&at("c-1", "jsonl")).unwrap()).unwrap();
    let lines: Vec<Value> = side.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((&lines[1]["channel"], &lines[1]["text"]), (&"stdout".into(), &"token=[masked]\n".into()));
    let raw = &lines.last().unwrap()["raw"];
    assert_eq!(raw["stderr"]["bytes"], 8);
    assert_eq!(raw["stderr"]["sha256"], wardgate_evidence::canonical::sha256_hex(b"warning\n"));

    let played = Reader::on(Arc::new(disk.clone()), dir()).recording("c-1").unwrap();
    assert_eq!((played.matches, played.cast), (Some(true), cast));
    for path in disk.paths() {
        let bytes = disk.read(&path).unwrap();
        assert!(!bytes.windows(7).any(|w| w == b"hunter2"), "{path:?}");
    }
}

#[tokio::test]
async fn a_changed_or_missing_recording_is_found() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let opened = log.commit(&exec("c-1")).await.unwrap();
    let mut tape = opened.recording.unwrap();
    tape.show(Channel::Stdout, T, "as it was\n").await.unwrap();
    tape.finish(&Outcome::Complete(Ending::Exit(0))).await.unwrap();
    opened.slip.settle(&Outcome::Complete(Ending::Exit(0)), &body("x")).await.unwrap();
    let check = || verify(&disk, &dir(), None, None).unwrap();
    assert_eq!((check().ok, check().recordings), (true, 1));
    for extension in ["cast", "jsonl"] {
        let path = at("c-1", extension);
        let whole = disk.read(&path).unwrap();
        for n in 0..whole.len() {
            let mut forged = whole.clone();
            forged[n] ^= 1;
            disk.put(&path, &forged);
            let file = format!("c-1.{extension}");
            assert_eq!(check().problems[0].fault, Fault::RecordingChanged { file }, "byte {n}");
        }
        let played = Reader::on(Arc::new(disk.clone()), dir()).recording("c-1").unwrap();
        assert_eq!(played.matches, Some(false));
        disk.remove(&path).unwrap();
        assert!(matches!(check().problems[0].fault, Fault::RecordingMissing { .. }));
        disk.put(&path, &whole);
    }
}

#[tokio::test]
async fn a_file_among_the_recordings_that_no_outcome_names_is_noted() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let loose = || {
        let report = verify(&disk, &dir(), None, None).unwrap();
        assert!(report.ok, "{:?}", report.problems);
        report.notes.into_iter().find_map(|note| match note {
            Note::Loose { count, files } => Some((count, files)),
            _ => None,
        })
    };
    let opened = log.commit(&exec("c-1")).await.unwrap();
    let mut tape = opened.recording.unwrap();
    tape.show(Channel::Stdout, T, "seen\n").await.unwrap();
    assert_eq!(loose(), None, "a call that is under way owns its files");
    tape.finish(&Outcome::Complete(Ending::Exit(0))).await.unwrap();
    opened.slip.settle(&Outcome::Complete(Ending::Exit(0)), &body("x")).await.unwrap();
    assert_eq!(loose(), None);
    for n in 0..12 {
        disk.put(&at(&format!("forged-{n:02}"), "cast"), b"{}\n");
    }
    let (count, files) = loose().unwrap();
    assert_eq!((count, files.len(), files[0].as_str()), (12, 10, "forged-00.cast"));
}

#[tokio::test]
async fn a_recording_is_durable_when_finish_returns() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let mut opened = log.commit(&exec("c-1")).await.unwrap();
    let mut tape = opened.recording.take().unwrap();
    tape.show(Channel::Stdout, T, "kept\n").await.unwrap();
    tape.finish(&Outcome::Cut(Cut::Deadline)).await.unwrap();
    let after = disk.after_power_cut(|| false);
    let cast = String::from_utf8(after.read(&at("c-1", "cast")).unwrap()).unwrap();
    assert!(cast.ends_with("[0.000, \"o\", \"kept\\r\\n\"]\n[0.000, \"m\", \"end: cut: deadline\"]\n"), "{cast}");
}

#[tokio::test]
async fn without_room_for_the_recording_there_is_no_commit() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, Options { min_free_bytes: 15 << 20, recording_bytes: 1 << 20, ..inline() });
    let mut large = exec("c-1");
    large.limits.read_bytes = 16 << 20;
    assert_eq!(log.commit(&large).await.map(drop), Err(LedgerDown));
    assert!(!disk.paths().contains(&at("c-1", "cast")));
    assert!(log.health().down.is_none(), "calls that are not recorded go on");
    crate::common::call(&log, "plain").await;
}

#[tokio::test]
async fn space_is_reserved_when_the_call_begins() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let opened = log.commit(&exec("c-1")).await.unwrap();
    let reserved = disk.read(&at("c-1", "cast")).unwrap().len();
    assert!(reserved >= 32 << 10);
    let used = disk.space(&dir()).unwrap();
    disk.set_capacity(used.total - used.free);
    let mut tape = opened.recording.unwrap();
    for n in 0..300 {
        tape.show(Channel::Stdout, T + n, &"y".repeat(100)).await.unwrap();
    }
    tape.finish(&Outcome::Complete(Ending::Exit(0))).await.unwrap();
    assert!(disk.read(&at("c-1", "cast")).unwrap().len() < reserved, "what was not used is given back");
}

#[tokio::test]
async fn a_recording_beyond_its_bound_is_down() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let mut tape = log.commit(&exec("c-1")).await.unwrap().recording.unwrap();
    let mut shown = 0;
    while tape.show(Channel::Stdout, T, &"z".repeat(1000)).await.is_ok() {
        shown += 1;
        assert!(shown < 1000);
    }
    assert!(shown >= 30);
    let _ = tape.finish(&Outcome::Cut(Cut::Recorder)).await;
    let cast = disk.read(&at("c-1", "cast")).unwrap();
    assert!(cast.len() <= 64 << 10 && !cast.contains(&0));
}

#[tokio::test]
async fn a_write_error_is_final() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let mut tape = log.commit(&exec("c-1")).await.unwrap().recording.unwrap();
    tape.seal(Channel::Stdout, b"a").await.unwrap();
    tape.show(Channel::Stdout, T, "a\n").await.unwrap();
    disk.set_fault(|operation| {
        let ours = |path: &PathBuf| path.extension().is_some_and(|e| e == "cast");
        matches!(operation, Operation::Write(path, ..) if ours(path)).then_some(io::ErrorKind::Other)
    });
    assert_eq!(tape.seal(Channel::Stdout, b"b").await, Err(RecordingDown));
    disk.clear_fault();
    assert_eq!(tape.show(Channel::Stdout, T, "b\n").await, Err(RecordingDown));
    assert_eq!(tape.finish(&Outcome::Cut(Cut::Recorder)).await, Err(RecordingDown));
}

#[tokio::test]
async fn an_abandoned_recording_keeps_what_it_has() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let mut opened = log.commit(&exec("c-1")).await.unwrap();
    let mut tape = opened.recording.take().unwrap();
    tape.show(Channel::Stdout, T, "half\n").await.unwrap();
    drop(tape);
    drop(opened);
    let played = Reader::on(Arc::new(disk.clone()), dir()).recording("c-1").unwrap();
    assert!(played.cast.ends_with("\"half\\r\\n\"]\n"), "{}", played.cast);
    assert_eq!(played.matches, None, "no outcome vouches for it");
    assert!(!disk.read(&at("c-1", "cast")).unwrap().contains(&0));
}

#[tokio::test]
async fn a_call_name_cannot_lead_out_of_the_directory() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    for name in ["../../etc/cron.d/x", "a/b", "", ".", &"x".repeat(65), "a\0b"] {
        assert_eq!(log.commit(&exec(name)).await.map(drop), Err(LedgerDown), "{name:?}");
    }
}
