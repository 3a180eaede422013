//! What a verifier found: problems, what it could not check, and what is worth knowing. Must not know how.
use crate::{
    canonical::unhex32,
    lines::segment_name,
    record::{Hash, Malformed},
};
use serde::Serialize;

/// A head that was kept elsewhere: `HASH` or `SEQ:HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Which record, where that was kept as well.
    pub seq: Option<u64>,
    /// Its hash.
    pub hash: Hash,
}

impl From<Hash> for Head {
    fn from(hash: Hash) -> Self {
        Self { seq: None, hash }
    }
}

/// Neither `HASH` nor `SEQ:HASH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a head is 64 lower-case hex digits, or a record's number, a colon and those")]
pub struct NoHead;

impl std::str::FromStr for Head {
    type Err = NoHead;
    fn from_str(text: &str) -> Result<Self, NoHead> {
        let (seq, hash) = match text.split_once(':') {
            Some((seq, hash)) => (Some(seq.parse().map_err(|_| NoHead)?), hash),
            None => (None, text),
        };
        Ok(Self { seq, hash: unhex32(hash).map(Hash).ok_or(NoHead)? })
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Nothing is wrong, as far as it was checked; see `unchecked`.
    pub ok: bool,
    /// What is wrong, in the order of the log; at most 100.
    pub problems: Vec<Problem>,
    /// How many there are in all.
    pub problem_count: u64,
    /// What nobody can tell from what was given.
    pub unchecked: Vec<Unchecked>,
    /// Worth knowing, and no fault: recoveries, prunings.
    pub notes: Vec<Note>,
    /// Segments read.
    pub segments: u64,
    /// Records read.
    pub records: u64,
    /// The first record's number, if there is one.
    pub first_seq: Option<u64>,
    /// The last record's number.
    pub last_seq: Option<u64>,
    /// The last record's hash: keep it elsewhere.
    pub head: Option<Hash>,
    /// Recordings that are the ones on record.
    pub recordings: u64,
    /// Checkpoints whose signature holds.
    pub checkpoints: u64,
    /// The last of them.
    pub last_checkpoint: Option<u64>,
    /// The key they were checked with.
    pub key: Option<String>,
    /// The log's name.
    pub log: Option<String>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Which segment.
    pub segment: u64,
    /// Which line of it, from 1; 0 for the segment as a whole.
    pub line: u64,
    /// The record's number: its own, or the one that should stand there.
    pub seq: Option<u64>,
    /// What.
    #[serde(flatten)]
    pub fault: Fault,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} line {}", segment_name(self.segment), self.line)?;
        if let Some(seq) = self.seq {
            write!(f, " (record {seq})")?;
        }
        write!(f, ": {}", self.fault)
    }
}

/// What can be wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Edited, or damaged.
    #[error("edited or damaged: {why}")]
    Edited {
        /// In what way.
        #[serde(serialize_with = "as_text")]
        why: Malformed,
    },
    /// This record does not follow the one before it.
    #[error(
        "does not follow the record before it: that one was edited, or records were removed, inserted or moved here (record \
         {expected_seq} should stand here)"
    )]
    Broken {
        /// What should stand here.
        expected_seq: u64,
    },
    /// A segment is missing.
    #[error("{count} segments are missing before this one")]
    MissingSegments {
        /// How many.
        count: u64,
    },
    /// The log does not begin with its first record, and no signed record says why.
    #[error("the beginning of the log is missing, and no signed record says that it was pruned")]
    MissingBeginning,
    /// A segment that others follow does not end with a checkpoint.
    #[error("the segment does not end with its checkpoint: its tail is missing")]
    MissingEnd,
    /// Bytes that are no record.
    #[error(
        "{bytes} bytes after the last whole record are none: a write that a power cut tore, or damage; opening the log for \
         writing keeps them aside and says so on record"
    )]
    Torn {
        /// How many.
        bytes: u64,
    },
    /// The signature does not hold.
    #[error("the checkpoint's signature does not hold under this key")]
    Signature,
    /// A record of another log.
    #[error("the record belongs to another log")]
    OtherLog,
    /// The head that was kept elsewhere is not in the log.
    #[error("the head that was kept elsewhere is not in this log: its tail was cut, or the log was rewritten")]
    HeadMissing,
    /// A record that has the number of the kept head is another one.
    #[error("record {seq} is not the one whose hash was kept elsewhere: the log was rewritten")]
    HeadDiffers {
        /// Its number.
        seq: u64,
    },
    /// A recording is gone.
    #[error("the call's recording {file} is missing")]
    RecordingMissing {
        /// Which file.
        file: String,
    },
    /// A recording is another one.
    #[error("the call's recording {file} is not the one that was recorded")]
    RecordingChanged {
        /// Which file.
        file: String,
    },
    /// There is nothing to read.
    #[error("there is no log in this directory")]
    Empty,
}

/// What could not be checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum Unchecked {
    /// Give `--head`.
    #[error(
        "without a head kept elsewhere nobody can tell whether records were cut off the end, or the whole log rewritten by \
         someone who holds the signing key; pass --head with the newest one you kept"
    )]
    NoHead,
    /// Give the head kept elsewhere a newer successor.
    #[error(
        "what follows the head kept elsewhere could have been cut or rewritten by someone who holds the signing key"
    )]
    AfterHead,
    /// No signature covers the last records.
    #[error("no signature covers the records after the last checkpoint")]
    UnsignedTail,
    /// Give `--key`.
    #[error("the public key was taken from the log's own directory; pass the one you kept elsewhere")]
    KeyFromLog,
    /// There is no key at all.
    #[error("there is no public key: no signature was checked")]
    NoKey,
    /// It was pruned.
    #[error("the head kept elsewhere is older than the oldest record that retention left")]
    HeadPruned,
}

/// Worth knowing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// An earlier power cut.
    #[error(
        "record {seq} says that a power cut tore the log's end; {bytes} bytes were kept in {kept}{}",
        if *there { "" } else { ", which is not there" }
    )]
    Recovered {
        /// The record that says so.
        seq: u64,
        /// Bytes that were cut off and kept aside.
        bytes: u64,
        /// The file they are in.
        kept: String,
        /// Whether that file is there.
        there: bool,
    },
    /// Old segments were dropped, and a signed record says so.
    #[error("retention dropped the records up to {through}, and a signed record says so")]
    Pruned {
        /// The last record that is gone.
        through: u64,
    },
    /// Files that no outcome names: an abandoned call's, or somebody put them there.
    #[error(
        "no outcome vouches for {count} files in recordings/ (an abandoned call leaves such files; anybody else may have put \
         them there): {}",
        files.join(", ")
    )]
    Loose {
        /// How many.
        count: u64,
        /// The first of them.
        files: Vec<String>,
    },
    /// Somebody writes this log just now: what its last flush has not finished was left out.
    #[error("the log is being written just now; what its last flush has not finished was left out")]
    Live,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn as_text<S: serde::Serializer>(why: &Malformed, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(why)
}
