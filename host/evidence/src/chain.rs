//! The writing end of the log: the chain, its segments, checkpoints. Single-threaded;
//! who calls it is `queue.rs`' business. Must not know what calls are.
//!
//! Keeps invariant 2: `write` returns only after one flush made every record of the batch durable.
use crate::{
    disk::{Access, File, Lock, SharedDisk},
    key::{SigningKey, statement},
    lines::segment_name,
    options::{Announced, Options, WriterMode},
    record::{Entry, Hash, Kind, LINE_MAX, line},
    recovery::Found,
};
use serde_json::json;
use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
};
use wardgate_core::Clock;

/// Room that every segment keeps for its last checkpoint.
const CHECKPOINT_ROOM: u64 = 1024;
/// File of the one writer's lock.
pub(crate) const LOCK: &str = "writer.lock";
/// Directory of recordings.
pub(crate) const RECORDINGS: &str = "recordings";
/// Why a log does not open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The disk said no.
    #[error("{what}: {source}")]
    Disk {
        /// What was tried.
        what: String,
        /// Its answer.
        source: io::Error,
    },
    /// One writer at a time.
    #[error("another process writes this log; stop it first, or use another directory")]
    Locked,
    /// Not what a power cut leaves behind.
    #[error(
        "segment {segment} is damaged at line {line}, and not as a power cut damages; run `wardgate evidence verify`, then \
         move the directory aside to begin a new log"
    )]
    Damaged {
        /// Which.
        segment: u64,
        /// Which.
        line: u64,
    },
    /// A log is signed by one key all along.
    #[error(
        "the log was signed by key {log}, but {} holds key {found}; restore the key or begin a new directory",
        crate::key::PRIVATE
    )]
    KeyChanged {
        /// The log's.
        log: String,
        /// The file's.
        found: String,
    },
}

pub(crate) fn disk<T>(what: &str, result: io::Result<T>) -> Result<T, OpenError> {
    result.map_err(|source| OpenError::Disk { what: what.into(), source })
}

/// A record to be written.
pub(crate) struct Say {
    pub(crate) kind: Kind,
    pub(crate) call: Option<String>,
    /// Canonical JSON.
    pub(crate) data: Vec<u8>,
}

pub(crate) struct Writer {
    disk: SharedDisk,
    dir: PathBuf,
    options: Options,
    clock: Arc<dyn Clock>,
    key: SigningKey,
    log: String,
    file: Arc<dyn File>,
    number: u64,
    /// Durable bytes of the segment.
    at: u64,
    /// Written to the next flush.
    buffer: Vec<u8>,
    in_segment: u64,
    seq: u64,
    /// The last durable record.
    flushed: u64,
    head: Hash,
    open_calls: BTreeSet<String>,
    since_checkpoint: u64,
    checkpoint_time: u64,
    announce: Vec<Announced>,
    spare: Option<JoinHandle<io::Result<Arc<dyn File>>>>,
    _lock: Box<dyn Lock>,
}

impl Writer {
    /// Opens or begins a log, and puts on record what an earlier writer left undone.
    pub(crate) fn open(
        disk_: SharedDisk,
        dir: &Path,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, OpenError> {
        disk("making the evidence directory", disk_.create_dir(dir))?;
        disk("making the directory of recordings", disk_.create_dir(&dir.join(RECORDINGS)))?;
        let lock = acquire(&disk_, &dir.join(LOCK), options.writer)?;
        let key = disk("opening the installation's key", SigningKey::open(&disk_, dir))?;
        let names = disk("listing the evidence directory", disk_.list(dir))?;
        for name in names.iter().filter(|name| name.starts_with("next-") || name.strip_suffix(".part").is_some()) {
            disk("removing an unused file", disk_.remove(&dir.join(name)))?;
        }
        let found = Found::read(&disk_, dir, &names)?;
        if let Some(signed) = &found.key
            && *signed != key.public.id()
        {
            return Err(OpenError::KeyChanged { log: signed.clone(), found: key.public.id() });
        }
        let torn = match &found.torn {
            Some(torn) => Some(disk("keeping a torn tail aside", torn.keep(&disk_, dir))?),
            None => None,
        };
        let file = disk("preparing the segment", prepare(&disk_, dir, found.number, found.at, options.segment_bytes))?;
        let now = clock.now();
        let mut writer = Self {
            disk: disk_,
            dir: dir.into(),
            clock,
            key,
            log: found.log.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            file,
            number: found.number,
            at: found.at,
            buffer: Vec::new(),
            in_segment: found.in_segment,
            seq: found.seq,
            flushed: found.seq - 1,
            head: found.head,
            open_calls: found.open_calls.clone(),
            since_checkpoint: 0,
            checkpoint_time: now,
            announce: Vec::new(),
            spare: None,
            options,
            _lock: lock,
        };
        let begin = |writer: &mut Self| -> io::Result<()> {
            writer.prepare_spare()?;
            // The record names its segment, so the segment must be known first.
            writer.make_room(1024)?;
            let data = json!({
                "abandoned": found.open_calls.len(), "key": writer.key.public.id(), "log": writer.log,
                "segment": writer.number, "torn": torn,
            });
            writer.push(Kind::Open, None, &crate::canonical::canonical(&data))?;
            for call in &found.open_calls {
                writer.put(Kind::Abandoned, Some(call), br#"{"found":"at open"}"#)?;
            }
            writer.checkpoint()?;
            writer.flush()
        };
        disk("writing the first record", begin(&mut writer))?;
        Ok(writer)
    }

    /// Returns once all of them are durable.
    pub(crate) fn write<'a>(&mut self, batch: impl Iterator<Item = &'a Say>) -> io::Result<()> {
        for say in batch {
            self.put(say.kind, say.call.as_deref(), &say.data)?;
        }
        if self.checkpoint_due() {
            self.checkpoint()?;
        }
        self.flush()
    }

    /// Signs what has gathered if it is time.
    pub(crate) fn tick(&mut self) -> io::Result<()> {
        if self.checkpoint_due() { self.sign() } else { Ok(()) }
    }

    /// Signs what has gathered.
    pub(crate) fn sign(&mut self) -> io::Result<()> {
        self.checkpoint()?;
        self.flush()
    }

    /// The last records of this writer.
    pub(crate) fn close(&mut self) -> io::Result<()> {
        let open = json!({"open_calls": self.open_calls});
        self.put(Kind::Close, None, &crate::canonical::canonical(&open))?;
        self.checkpoint()?;
        self.flush()?;
        if let Some(spare) = self.spare.take() {
            let _ = spare.join();
        }
        self.disk.remove(&self.dir.join(next_name(self.number + 1)))?;
        self.file.set_size(self.at)?;
        self.file.sync()
    }

    /// The last record's place and hash.
    pub(crate) fn head(&self) -> (u64, Hash) {
        (self.seq - 1, self.head)
    }

    fn put(&mut self, kind: Kind, call: Option<&str>, data: &[u8]) -> io::Result<()> {
        self.make_room(data.len() + call.map_or(0, str::len) + 400)?;
        self.push(kind, call, data)
    }

    /// Begins a new segment if this one cannot take so many bytes.
    fn make_room(&mut self, bytes: usize) -> io::Result<()> {
        let end = self.at + (self.buffer.len() + bytes) as u64 + CHECKPOINT_ROOM;
        if end > self.options.segment_bytes && self.in_segment > 1 { self.rotate() } else { Ok(()) }
    }

    fn push(&mut self, kind: Kind, call: Option<&str>, data: &[u8]) -> io::Result<()> {
        let line = line(&Entry { kind, call, data, flushed: self.flushed }, self.seq, self.head, self.clock.now());
        if line.len() >= LINE_MAX {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the record is longer than a record may be"));
        }
        self.head = Hash::of(&line);
        self.buffer.extend_from_slice(&line);
        self.buffer.push(b'\n');
        self.seq += 1;
        self.in_segment += 1;
        self.since_checkpoint += 1;
        match (kind, call) {
            (Kind::Intent, Some(call)) => _ = self.open_calls.insert(call.into()),
            (Kind::Outcome | Kind::Abandoned, Some(call)) => _ = self.open_calls.remove(call),
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.buffer.is_empty() {
            self.file.write_at(&self.buffer, self.at)?;
            self.file.sync()?;
            self.at += self.buffer.len() as u64;
            self.buffer.clear();
            self.flushed = self.seq - 1;
        }
        for announced in self.announce.drain(..) {
            tracing::info!(
                target: "wardgate::evidence", seq = announced.seq, head = %announced.head, log = announced.log,
                "evidence checkpoint"
            );
            if let Some(hear) = &self.options.on_checkpoint {
                hear(&announced);
            }
        }
        Ok(())
    }

    fn checkpoint_due(&self) -> bool {
        self.since_checkpoint > 0
            && (self.since_checkpoint >= self.options.checkpoint_records
                || self.clock.now().saturating_sub(self.checkpoint_time) >= self.options.checkpoint_ms)
    }

    fn checkpoint(&mut self) -> io::Result<()> {
        if self.since_checkpoint == 0 {
            return Ok(());
        }
        let (time, key) = (self.clock.now(), self.key.public.id());
        let signature = self.key.sign(&statement(&self.log, self.seq, self.head, time))?;
        let data = json!({"at": time, "key": key, "log": self.log, "signature": signature});
        self.push(Kind::Checkpoint, None, &crate::canonical::canonical(&data))?;
        self.since_checkpoint = 0;
        self.checkpoint_time = time;
        let (seq, head) = self.head();
        self.announce.push(Announced { seq, head, time, log: self.log.clone(), key });
        Ok(())
    }

    fn rotate(&mut self) -> io::Result<()> {
        // The last record of a segment is a checkpoint, even if one stands right before it.
        self.since_checkpoint = self.since_checkpoint.max(1);
        self.checkpoint()?;
        self.flush()?;
        self.file.set_size(self.at)?;
        let next = self.number + 1;
        let file = match self.spare.take() {
            Some(making) => making.join().map_err(|_| io::Error::other("the next segment could not be made"))??,
            None => make_spare(&self.disk, &self.dir, next, self.options.segment_bytes)?,
        };
        self.disk.rename(&self.dir.join(next_name(next)), &self.dir.join(segment_name(next)))?;
        self.disk.sync_dir(&self.dir)?;
        (self.file, self.number, self.at, self.in_segment) = (file, next, 0, 0);
        self.prepare_spare()?;
        let data = json!({
            "key": self.key.public.id(), "log": self.log, "open_calls": self.open_calls, "segment": self.number,
        });
        self.push(Kind::Segment, None, &crate::canonical::canonical(&data))
    }

    /// The next segment is written full of zeros ahead of time: a flush into blocks that exist costs no journal.
    fn prepare_spare(&mut self) -> io::Result<()> {
        if self.options.writer == WriterMode::Inline {
            return Ok(());
        }
        let (disk, dir, next, size) =
            (self.disk.clone(), self.dir.clone(), self.number + 1, self.options.segment_bytes);
        let making = std::thread::Builder::new()
            .name("evidence-ahead".into())
            .spawn(move || make_spare(&disk, &dir, next, size))?;
        self.spare = Some(making);
        Ok(())
    }
}

fn acquire(disk: &SharedDisk, path: &Path, mode: WriterMode) -> Result<Box<dyn Lock>, OpenError> {
    // A verifier holds the lock for a moment to learn whether someone writes.
    let tries = if mode == WriterMode::Inline { 1 } else { 20 };
    for left in (0..tries).rev() {
        match disk.lock(path) {
            Ok(lock) => return Ok(lock),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                if left > 0 {
                    std::thread::sleep(std::time::Duration::from_millis(50));
                }
            }
            Err(source) => return Err(OpenError::Disk { what: "locking the evidence directory".into(), source }),
        }
    }
    Err(OpenError::Locked)
}

fn next_name(number: u64) -> String {
    format!("next-{number:09}")
}

fn make_spare(disk: &SharedDisk, dir: &Path, number: u64, size: u64) -> io::Result<Arc<dyn File>> {
    let path = dir.join(next_name(number));
    disk.remove(&path)?;
    let file: Arc<dyn File> = disk.open(&path, Access::New)?.into();
    zeros(&*file, 0, size)?;
    file.sync()?;
    Ok(file)
}

fn zeros(file: &dyn File, from: u64, to: u64) -> io::Result<()> {
    let block = vec![0; 1 << 20];
    let mut at = from;
    while at < to {
        let n = usize::try_from(to - at).unwrap_or(usize::MAX).min(block.len());
        file.write_at(&block[..n], at)?;
        at += n as u64;
    }
    Ok(())
}

/// The segment to go on in: zeros from the last good record to its end.
fn prepare(disk: &SharedDisk, dir: &Path, number: u64, at: u64, size: u64) -> io::Result<Arc<dyn File>> {
    let path = dir.join(segment_name(number));
    let file: Arc<dyn File> = match disk.open(&path, Access::Write) {
        Ok(file) => file.into(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => disk.open(&path, Access::New)?.into(),
        Err(error) => return Err(error),
    };
    let end = file.size()?.max(size);
    zeros(&*file, at, end)?;
    file.sync()?;
    disk.sync_dir(dir)?;
    Ok(file)
}
