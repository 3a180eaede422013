//! Everything an attacker, or a bad disk, can do to a log at rest.
use crate::common::{DIR, body, call, dir, inline, intent, open, segments, small_log, tiny_log};
use proptest::prelude::*;
use std::path::Path;
use wardgate_core::Ledger;
use wardgate_evidence::{
    Hash, Head, Options, PublicKey, Report,
    memory::MemoryDisk,
    verify::{Fault, Unchecked, verify},
};

fn check(disk: &MemoryDisk) -> Report {
    verify(disk, &dir(), None, None).unwrap()
}

fn against(disk: &MemoryDisk, head: Head) -> Report {
    verify(disk, &dir(), Some(head), None).unwrap()
}

/// A log, its segments' bytes, and the head that was kept elsewhere.
type Sample = (MemoryDisk, Vec<(std::path::PathBuf, Vec<u8>)>, Head);

async fn sample() -> Sample {
    let disk = MemoryDisk::new(16 << 20);
    small_log(&disk).await;
    taken(disk)
}

async fn tiny() -> Sample {
    let disk = MemoryDisk::new(16 << 20);
    tiny_log(&disk).await;
    taken(disk)
}

fn taken(disk: MemoryDisk) -> Sample {
    let report = check(&disk);
    assert!(report.ok, "{:?}", report.problems);
    assert!(report.segments >= 2, "the sample must rotate");
    let head = Head { seq: report.last_seq, hash: report.head.unwrap() };
    let files = segments(&disk).into_iter().map(|path| (path.clone(), disk.read(&path).unwrap())).collect();
    (disk, files, head)
}

#[tokio::test]
async fn an_untouched_log_verifies_and_says_what_it_could_not_check() {
    let (disk, _, head) = sample().await;
    let report = check(&disk);
    assert_eq!(report.unchecked, [Unchecked::KeyFromLog, Unchecked::NoHead]);
    let key = PublicKey::beside(&disk, Path::new(DIR)).unwrap();
    let report = verify(&disk, &dir(), Some(head), Some(key)).unwrap();
    assert!(report.ok);
    assert_eq!(report.unchecked, [], "a head and a key from elsewhere leave nothing open");
    assert!(report.checkpoints >= 3);
}

#[tokio::test]
async fn every_changed_byte_is_found_and_its_segment_and_line_named() {
    let (disk, files, _) = tiny().await;
    for (number, (path, bytes)) in files.iter().enumerate() {
        let mut line = 1;
        for at in 0..bytes.len() {
            // Flipped bits everywhere; the bytes that mean something to the reader on every sixteenth place.
            let others: &[u8] = if at % 16 == 0 { b"\n\0 0\"" } else { b"" };
            for value in [bytes[at] ^ 1].into_iter().chain(others.iter().copied()) {
                if value == bytes[at] {
                    continue;
                }
                let mut forged = bytes.clone();
                forged[at] = value;
                disk.put(path, &forged);
                let report = check(&disk);
                assert!(!report.ok, "{path:?} byte {at} -> {value}");
                let first = &report.problems[0];
                assert_eq!((first.segment, first.line), (number as u64 + 1, line), "byte {at} -> {value}");
            }
            if bytes[at] == b'\n' {
                line += 1;
            }
        }
        disk.put(path, bytes);
    }
    assert!(check(&disk).ok);
}

fn lines_of(bytes: &[u8]) -> Vec<Vec<u8>> {
    bytes.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec).collect()
}

#[tokio::test]
async fn every_removed_doubled_or_swapped_line_is_found() {
    let (disk, files, head) = sample().await;
    let last_file = files.len() - 1;
    for (number, (path, bytes)) in files.iter().enumerate() {
        let lines = lines_of(bytes);
        for n in 0..lines.len() {
            let mut removed = lines.clone();
            removed.remove(n);
            disk.put(path, &removed.concat());
            if number == last_file && n + 1 == lines.len() {
                let report = check(&disk);
                assert!(report.unchecked.contains(&Unchecked::NoHead), "it says what it cannot tell");
                assert!(report.unchecked.contains(&Unchecked::UnsignedTail));
            } else {
                assert!(!check(&disk).ok, "{path:?} without line {}", n + 1);
            }
            assert!(!against(&disk, head).ok, "{path:?} without line {} against a head", n + 1);

            let mut doubled = lines.clone();
            doubled.insert(n, lines[n].clone());
            disk.put(path, &doubled.concat());
            assert!(!check(&disk).ok, "{path:?} line {} twice", n + 1);

            for other in n + 1..lines.len() {
                let mut swapped = lines.clone();
                swapped.swap(n, other);
                disk.put(path, &swapped.concat());
                assert!(!check(&disk).ok, "{path:?} lines {} and {} swapped", n + 1, other + 1);
            }
        }
        disk.put(path, bytes);
    }
}

#[tokio::test]
async fn a_tail_cut_at_any_byte_is_found_against_a_head_kept_elsewhere() {
    let (disk, files, head) = tiny().await;
    let (path, bytes) = files.last().unwrap();
    for len in 0..bytes.len() {
        disk.put(path, &bytes[..len]);
        let report = against(&disk, head);
        assert!(!report.ok, "{len}");
        assert!(report.problems.iter().any(|p| p.fault == Fault::HeadMissing), "{len}: {:?}", report.problems);
    }
}

#[tokio::test]
async fn a_missing_segment_is_named() {
    let (disk, files, head) = sample().await;
    use wardgate_evidence::Disk;
    for (number, (path, bytes)) in files.iter().enumerate() {
        disk.remove(path).unwrap();
        let report = check(&disk);
        let faults: Vec<_> = report.problems.iter().map(|p| &p.fault).collect();
        if number == 0 {
            assert!(faults.contains(&&Fault::MissingBeginning), "{faults:?}");
        } else if number + 1 < files.len() {
            assert!(faults.contains(&&Fault::MissingSegments { count: 1 }), "{faults:?}");
        }
        assert!(!against(&disk, head).ok);
        disk.put(path, bytes);
    }
}

#[tokio::test]
async fn a_log_rewritten_with_its_own_key_is_found_against_a_head_kept_elsewhere() {
    let (disk, files, head) = sample().await;
    use wardgate_evidence::Disk;
    for (path, _) in &files {
        disk.remove(path).unwrap();
    }
    small_log(&disk).await;
    let report = check(&disk);
    assert!(report.ok && report.unchecked.contains(&Unchecked::NoHead), "alone it cannot be told");
    let report = against(&disk, head);
    assert!(report.problems.iter().any(|p| matches!(p.fault, Fault::HeadDiffers { .. })), "{:?}", report.problems);
    assert!(!against(&disk, Head::from(head.hash)).ok);
}

/// Whoever has the disk but not the key can compute sums and the chain anew; the signatures remain.
#[tokio::test]
async fn a_chain_computed_anew_without_the_key_fails_its_signatures() {
    let (disk, _, _) = sample().await;
    let elsewhere = PublicKey::beside(&disk, Path::new(DIR)).unwrap();
    let forger = MemoryDisk::new(16 << 20);
    small_log(&forger).await;
    let report = verify(&forger, &dir(), None, Some(elsewhere)).unwrap();
    assert!(!report.ok && report.problems.iter().any(|p| p.fault == Fault::Signature));
    assert_eq!(report.checkpoints, 0);
}

#[tokio::test]
async fn a_segment_of_another_log_does_not_pass() {
    let (disk, files, _) = sample().await;
    let other = MemoryDisk::new(16 << 20);
    // The same key signs another log.
    for name in ["checkpoint.key", "checkpoint.pub"] {
        other.put(&dir().join(name), &disk.read(&dir().join(name)).unwrap());
    }
    small_log(&other).await;
    for (path, bytes) in files.iter().skip(1) {
        disk.put(path, &other.read(path).unwrap());
        let report = check(&disk);
        assert!(report.problems.iter().any(|p| p.fault == Fault::OtherLog), "{:?}", report.problems);
        disk.put(path, bytes);
    }
}

/// The attack: drop the beginning, and append a record that claims it was pruned. Without a signature it excuses nothing.
#[tokio::test]
async fn an_unsigned_claim_of_pruning_excuses_nothing() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    for n in 0..8 {
        call(&log, &format!("call-{n}")).await;
    }
    log.close().await.unwrap();
    use wardgate_evidence::Disk;
    let first = &segments(&disk)[0];
    let lines = lines_of(&disk.read(first).unwrap());
    let cut = wardgate_evidence::record::parse(lines.last().unwrap().strip_suffix(b"\n").unwrap()).unwrap();
    disk.remove(first).unwrap();
    let last = segments(&disk).pop().unwrap();
    let mut bytes = disk.read(&last).unwrap();
    let end = wardgate_evidence::record::parse(lines_of(&bytes).last().unwrap().strip_suffix(b"\n").unwrap()).unwrap();
    let data = format!(r#"{{"head":"{}","through":{}}}"#, cut.hash, cut.seq);
    bytes.extend_from_slice(&forged("pruned", &data, end.seq + 1, end.hash));
    disk.put(&last, &bytes);
    let report = check(&disk);
    assert_eq!(report.problems.iter().map(|p| p.fault.clone()).collect::<Vec<_>>(), [Fault::MissingBeginning]);
}

/// A record as anyone can make one from the documented format, without this crate's writer.
fn forged(kind: &str, data: &str, seq: u64, prev: Hash) -> Vec<u8> {
    let head = format!(r#"{{"call":null,"data":{data},"flushed":{},"prev":"{prev}","seq":{seq},"#, seq - 1);
    let tail = format!(r#""time":1,"type":"{kind}","v":1}}"#);
    let sum = &wardgate_evidence::canonical::sha256_hex(format!("{head}{tail}").as_bytes())[..32];
    format!("{head}\"sum\":\"{sum}\",{tail}\n").into_bytes()
}

#[tokio::test]
async fn released_text_is_not_in_the_log() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let opened = log.commit(&intent("c-1")).await.unwrap();
    opened.slip.settle(&crate::common::DONE, &body("only-for-the-agent")).await.unwrap();
    for path in disk.paths() {
        let bytes = disk.read(&path).unwrap();
        assert!(!bytes.windows(18).any(|w| w == b"only-for-the-agent"), "{path:?}");
    }
}

#[tokio::test]
async fn a_checkpoint_checks_with_the_documented_statement() {
    let (disk, files, _) = sample().await;
    let key = PublicKey::beside(&disk, Path::new(DIR)).unwrap();
    assert_eq!(PublicKey::from_pem(&key.to_pem()), Ok(key));
    let mut seen = 0;
    for (_, bytes) in &files {
        let last = lines_of(bytes).pop().unwrap();
        let record = wardgate_evidence::record::parse(last.strip_suffix(b"\n").unwrap()).unwrap();
        assert_eq!(record.kind, wardgate_evidence::Kind::Checkpoint, "a segment ends with one");
        seen += 1;
    }
    assert_eq!(seen, files.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever the disk holds, a verifier answers.
    #[test]
    fn forged_input_never_panics_the_verifier(
        first in proptest::collection::vec(any::<u8>(), 0..2000),
        kind in "[a-z_]{1,12}|open|segment|checkpoint|pruned|intent",
        data in "\\{\\}|null|\\{\"log\":[0-9]\\}|\\{\"segment\":1,\"log\":\"x\"\\}|\\{\"torn\":\\{\"kept\":\"../../x\"\\}\\}",
        seq in prop_oneof![1u64..5, Just(u64::MAX)],
    ) {
        let disk = MemoryDisk::new(16 << 20);
        let path = dir().join(wardgate_evidence::segment_name(1));
        disk.put(&path, &first);
        let _ = verify(&disk, &dir(), Some(Head::from(Hash::of(b"x"))), None).unwrap();
        let mut bytes = forged(&kind, &data, seq, Hash::NONE);
        bytes.extend_from_slice(&first);
        bytes.extend_from_slice(&forged(&kind, &data, seq, Hash::of(&first)));
        disk.put(&path, &bytes);
        let report = verify(&disk, &dir(), None, None).unwrap();
        prop_assert!(serde_json::to_string(&report).is_ok());
        let reader = wardgate_evidence::Reader::on(std::sync::Arc::new(disk.clone()), dir());
        let _ = reader.calls(&wardgate_evidence::Filter::default()).unwrap();
        // Nor does it panic a writer that opens it.
        let clock = crate::common::HandClock::new();
        let _ = wardgate_evidence::EvidenceLog::open_on(std::sync::Arc::new(disk), dir(), Options { ..inline() }, clock);
    }
}
