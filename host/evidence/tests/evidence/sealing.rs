//! Sealed output: to whoever holds a key and to nobody else; whole or the call is cut; gone with what it belongs to.
use crate::common::{body, dir, exec, inline, open};
use std::{collections::BTreeMap, io, path::PathBuf, sync::Arc};
use wardgate_core::{Channel, Cut, Ending, Ledger, LedgerDown, Outcome, RecordingDown};
use wardgate_evidence::{
    Identities, Options, Reader, Recipients, RevealError, Revealed,
    memory::{MemoryDisk, Operation},
    seal::{ExposeSecret, OpenSealError, generate},
    verify::{Fault, verify},
};

const DONE: Outcome = Outcome::Complete(Ending::Exit(0));

struct Keys {
    identities: Identities,
    options: Options,
}

fn keys() -> Keys {
    let (secret, recipient) = generate();
    let recipients = Recipients::read([recipient.as_str()]).unwrap();
    Keys {
        identities: Identities::read(secret.expose_secret()).unwrap(),
        options: Options { recipients, recording_bytes: 1 << 20, ..inline() },
    }
}

fn sealed(call: &str) -> PathBuf {
    dir().join("recordings").join(format!("{call}.age"))
}

fn reveal(disk: &MemoryDisk, keys: &Identities) -> Result<(Revealed, BTreeMap<String, Vec<u8>>), RevealError> {
    let mut shown: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let told = Reader::on(Arc::new(disk.clone()), dir()).reveal("c-1", keys, |channel, bytes| {
        shown.entry(channel.into()).or_default().extend_from_slice(bytes);
        Ok(())
    })?;
    Ok((told, shown))
}

async fn record(disk: &MemoryDisk, options: &Options, pieces: &[(Channel, Vec<u8>)]) {
    let log = open(disk, options.clone());
    let opened = log.commit(&exec("c-1")).await.unwrap();
    let mut tape = opened.recording.unwrap();
    for (channel, bytes) in pieces {
        tape.seal(*channel, bytes).await.unwrap();
        tape.show(*channel, 1_800_000_000_000, "[masked]\n").await.unwrap();
    }
    tape.finish(&DONE).await.unwrap();
    opened.slip.settle(&DONE, &body("x")).await.unwrap();
}

fn binary(n: usize) -> Vec<u8> {
    (0_u8..251).cycle().step_by(7).take(n).collect()
}

#[tokio::test]
async fn what_runs_is_sealed_on_the_disk_while_it_runs() {
    let (disk, keys) = (MemoryDisk::new(16 << 20), keys());
    let log = open(&disk, keys.options.clone());
    let mut tape = log.commit(&exec("c-1")).await.unwrap().recording.unwrap();
    // From the start: a gateway that is killed leaves an age file, not room that was reserved for one.
    assert!(disk.read(&sealed("c-1")).unwrap().starts_with(b"age-encryption.org/v1\n"));
    let shown = |disk: &MemoryDisk| disk.read(&sealed("c-1")).unwrap().iter().filter(|byte| **byte != 0).count();
    let header = shown(&disk);
    for _ in 0..3 {
        tape.seal(Channel::Stdout, &binary(32 << 10)).await.unwrap();
    }
    assert!(shown(&disk) > header + (60 << 10), "a whole piece is kept back until the end");
}

#[tokio::test]
async fn a_person_with_the_key_reads_every_channel_to_the_byte_and_nobody_else_any() {
    let (disk, keys) = (MemoryDisk::new(16 << 20), keys());
    let pieces = [
        (Channel::Stdout, b"token=hunter2\n".to_vec()),
        (Channel::Stderr, vec![0xff, 0, 0x80]),
        (Channel::Stdout, binary(9000)),
    ];
    record(&disk, &keys.options, &pieces).await;
    let (told, shown) = reveal(&disk, &keys.identities).unwrap();
    assert_eq!(shown["stdout"], [b"token=hunter2\n".to_vec(), binary(9000)].concat());
    assert_eq!(shown["stderr"], [0xff, 0, 0x80]);
    assert_eq!((told.vouched, told.ends_early, told.channels["stdout"].bytes), (true, None, 9014));
    for path in disk.paths() {
        assert!(!disk.read(&path).unwrap().windows(7).any(|window| window == b"hunter2"), "{path:?}");
    }
    let stranger = self::keys().identities;
    assert!(matches!(reveal(&disk, &stranger), Err(RevealError::Closed(OpenSealError::WrongKey))));
    let records = Reader::on(Arc::new(disk.clone()), dir()).call("c-1").unwrap();
    let on_record = &records.last().unwrap().data["recording"]["sealed"];
    assert_eq!(on_record["to"][0].as_str().unwrap(), keys.options.recipients.names()[0]);
}

#[tokio::test]
async fn without_a_key_nothing_raw_is_kept_and_reveal_says_so() {
    let (disk, keys) = (MemoryDisk::new(16 << 20), keys());
    record(&disk, &inline(), &[(Channel::Stdout, b"token=hunter2\n".to_vec())]).await;
    assert!(!disk.paths().contains(&sealed("c-1")));
    assert!(matches!(reveal(&disk, &keys.identities), Err(RevealError::NotSealed)));
    assert!(verify(&disk, &dir(), None, None).unwrap().ok);
}

#[tokio::test]
async fn a_changed_missing_or_exchanged_seal_is_found_by_verify_and_by_reveal() {
    let (disk, keys) = (MemoryDisk::new(16 << 20), keys());
    record(&disk, &keys.options, &[(Channel::Stdout, b"as it was\n".to_vec())]).await;
    let whole = disk.read(&sealed("c-1")).unwrap();
    for n in 0..whole.len() {
        let mut forged = whole.clone();
        forged[n] ^= 1;
        disk.put(&sealed("c-1"), &forged);
        let report = verify(&disk, &dir(), None, None).unwrap();
        assert_eq!(report.problems[0].fault, Fault::RecordingChanged { file: "c-1.age".into() }, "byte {n}");
        assert!(matches!(reveal(&disk, &keys.identities), Err(RevealError::Changed)));
    }
    // Whoever knows the public key can seal something else to it: the digest on record is what tells.
    let other = MemoryDisk::new(16 << 20);
    record(&other, &keys.options, &[(Channel::Stdout, b"as it never was\n".to_vec())]).await;
    disk.put(&sealed("c-1"), &other.read(&sealed("c-1")).unwrap());
    assert!(matches!(reveal(&disk, &keys.identities), Err(RevealError::Changed)));
    wardgate_evidence::Disk::remove(&disk, &sealed("c-1")).unwrap();
    assert!(matches!(reveal(&disk, &keys.identities), Err(RevealError::Gone)));
    let report = verify(&disk, &dir(), None, None).unwrap();
    assert_eq!(report.problems[0].fault, Fault::RecordingMissing { file: "c-1.age".into() });
}

#[tokio::test]
async fn its_room_is_reserved_before_the_call_runs_and_given_back() {
    let keys = keys();
    let need = |options: &Options| {
        let options = options.clone();
        async move {
            let disk = MemoryDisk::new(16 << 20);
            let log = open(&disk, options);
            let opened = log.commit(&exec("c-1")).await.unwrap();
            let used = wardgate_evidence::Disk::space(&disk, &dir()).unwrap();
            drop(opened);
            used.total - used.free
        }
    };
    let without = need(&Options { recipients: Recipients::default(), ..keys.options.clone() }).await;
    let with = need(&keys.options).await;
    assert!(with >= without + 16 * 1024 * 3 / 2, "{with} {without}");

    // Room for two files but not for three: no commit, and nothing stays behind.
    let disk = MemoryDisk::new(without + (8 << 10));
    let log = open(&disk, keys.options.clone());
    assert_eq!(log.commit(&exec("c-1")).await.map(drop), Err(LedgerDown));
    assert!(disk.paths().iter().all(|path| path.parent() == Some(&dir())), "{:?}", disk.paths());

    let disk = MemoryDisk::new(16 << 20);
    record(&disk, &keys.options, &[(Channel::Stdout, b"short\n".to_vec())]).await;
    assert!(disk.read(&sealed("c-1")).unwrap().len() < 1024, "what was not used is given back");
}

#[tokio::test]
async fn what_a_call_may_read_fits_and_more_is_down() {
    let (disk, keys) = (MemoryDisk::new(64 << 20), keys());
    // All that the limit lets a call read, and a backend's words on top.
    record(&disk, &keys.options, &[(Channel::Stdout, binary(16 << 10)), (Channel::Error, binary(64 << 10))]).await;
    assert_eq!(reveal(&disk, &keys.identities).unwrap().1["error"].len(), 64 << 10);

    let log = open(&MemoryDisk::new(64 << 20), keys.options.clone());
    let mut tape = log.commit(&exec("c-2")).await.unwrap().recording.unwrap();
    let mut sealed = 0;
    while tape.seal(Channel::Stdout, &binary(32 << 10)).await.is_ok() {
        sealed += 1;
        assert!(sealed < 100);
    }
    assert_eq!(tape.seal(Channel::Stdout, b"x").await, Err(RecordingDown), "a write error is final");
}

#[tokio::test]
async fn a_seal_that_cannot_be_written_cuts_the_call() {
    for fails in ["write", "sync"] {
        let (disk, keys) = (MemoryDisk::new(16 << 20), keys());
        let log = open(&disk, Options { recording_bytes: 4 << 20, ..keys.options });
        let mut large = exec("c-1");
        large.limits.read_bytes = 1 << 20;
        let mut tape = log.commit(&large).await.unwrap().recording.unwrap();
        disk.set_fault(move |operation| {
            let ours = |path: &PathBuf| path.extension().is_some_and(|e| e == "age");
            let hit = match operation {
                Operation::Write(path, ..) => fails == "write" && ours(path),
                Operation::Sync(path) => fails == "sync" && ours(path),
                _ => false,
            };
            hit.then_some(io::ErrorKind::Other)
        });
        let mut cut = false;
        for _ in 0..8 {
            cut |= tape.seal(Channel::Stdout, &binary(64 << 10)).await == Err(RecordingDown);
        }
        assert_eq!(cut, fails == "write");
        assert_eq!(tape.finish(&Outcome::Cut(Cut::Recorder)).await, Err(RecordingDown));
    }
}

#[tokio::test]
async fn it_is_durable_when_finish_returns_and_an_abandoned_one_opens_as_far_as_it_goes() {
    let (disk, keys) = (MemoryDisk::new(16 << 20), keys());
    record(&disk, &keys.options, &[(Channel::Stdout, binary(5000))]).await;
    let after = disk.after_power_cut(|| false);
    assert_eq!(reveal(&after, &keys.identities).unwrap().1["stdout"], binary(5000));

    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, Options { recording_bytes: 4 << 20, ..keys.options.clone() });
    let mut large = exec("c-1");
    large.limits.read_bytes = 1 << 20;
    let mut opened = log.commit(&large).await.unwrap();
    let mut tape = opened.recording.take().unwrap();
    tape.seal(Channel::Stdout, &binary(300 << 10)).await.unwrap();
    tape.show(Channel::Stdout, 1_800_000_000_000, "x\n").await.unwrap();
    tape.seal(Channel::Stdout, &binary(10)).await.unwrap();
    let killed = disk.after_kill();
    let (told, shown) = reveal(&killed, &keys.identities).unwrap();
    assert_eq!((told.vouched, told.ends_early.is_some()), (false, true));
    assert!(binary(300 << 10).starts_with(&shown["stdout"]) && !shown["stdout"].is_empty());
    drop((tape, opened));
    let (told, shown) = reveal(&disk, &keys.identities).unwrap();
    assert_eq!((told.vouched, told.ends_early), (false, None));
    assert_eq!(shown["stdout"], [binary(300 << 10), binary(10)].concat());
}
