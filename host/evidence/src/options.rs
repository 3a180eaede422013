//! What an operator or a test may set. Must not know how it is done.
use crate::{record::Hash, seal::Recipients};
use serde::Serialize;
use std::sync::Arc;

/// Settings of a log; the defaults are meant for production.
#[derive(Clone)]
pub struct Options {
    /// Bytes of a segment. Raising it makes rotation rarer and retention coarser. Least: 4 KiB.
    pub segment_bytes: u64,
    /// A checkpoint is signed after this many records.
    pub checkpoint_records: u64,
    /// And when the last one is this many milliseconds old and something was written since.
    pub checkpoint_ms: u64,
    /// Records that may wait for the disk, places of open calls included; beyond it calls are refused.
    pub queue: usize,
    /// Bytes of one recording's text file at most; an exec that would go on beyond it is cut.
    pub recording_bytes: u64,
    /// Whose keys open the raw output of what is recorded. None: of raw output only length and digest are kept.
    pub recipients: Recipients,
    /// A recording is not opened when less than this would stay free.
    pub min_free_bytes: u64,
    /// What is dropped, and when.
    pub retention: Retention,
    /// Who writes.
    pub writer: WriterMode,
    /// Hears of every signed checkpoint once it is durable; called by the writer, so it must be quick.
    pub on_checkpoint: Option<OnCheckpoint>,
}

/// See [`Options::on_checkpoint`].
pub type OnCheckpoint = Arc<dyn Fn(&Announced) + Send + Sync>;

/// A checkpoint, to be kept where the log's own disk cannot reach: `verify --head` takes `SEQ:HASH`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Announced {
    /// Which record it is.
    pub seq: u64,
    /// Its hash.
    pub head: Hash,
    /// Milliseconds since the epoch.
    pub time: u64,
    /// Which log.
    pub log: String,
    /// Which key signed.
    pub key: String,
}

/// When old segments go. `None` twice: never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Retention {
    /// Segments whose last record is older than this many milliseconds.
    pub max_age_ms: Option<u64>,
    /// The oldest segments beyond this many bytes in all.
    pub max_bytes: Option<u64>,
}

/// Who writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WriterMode {
    /// A thread of its own; records that gather while it flushes share the next flush.
    Thread,
    /// The caller, at once: for simulations that must run the same way twice.
    Inline,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            segment_bytes: 16 << 20,
            checkpoint_records: 1000,
            checkpoint_ms: 60_000,
            queue: 4096,
            recording_bytes: 64 << 20,
            recipients: Recipients::default(),
            min_free_bytes: 64 << 20,
            retention: Retention::default(),
            writer: WriterMode::Thread,
            on_checkpoint: None,
        }
    }
}
