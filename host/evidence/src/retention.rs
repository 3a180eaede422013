//! Old segments go, whole and verified, and the log says so before they do. Must not know who writes.
use crate::{
    chain::RECORDINGS,
    disk::{Access, File, SharedDisk},
    key::PublicKey,
    lines::{segment_name, segment_number},
    options::Retention,
    recording::files_of,
    verify::verify_segment,
};
use serde_json::{Value, json};
use std::{io, path::Path, sync::Arc};
use wardgate_core::LedgerDown;

/// What went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Dropped {
    /// Whole segments.
    pub segments: u64,
    /// Records in them.
    pub records: u64,
    /// Recordings of their calls.
    pub recordings: u64,
    /// Bytes of the segments.
    pub bytes: u64,
}

/// Why nothing, or not all, went.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
    /// It stays, with all that follows.
    #[error(
        "segment {segment} does not verify and is not dropped ({problems} problems); run `wardgate evidence verify`"
    )]
    Unverified {
        /// Which.
        segment: u64,
        /// How many.
        problems: u64,
    },
    /// The key is not there.
    #[error("there is no public key beside the log to verify old segments with")]
    NoKey,
    /// The log is down.
    #[error("the log cannot be written, so nothing was dropped")]
    Down,
    /// The disk said no.
    #[error("dropping old segments: {0}")]
    Disk(#[from] io::Error),
}

impl From<LedgerDown> for RetentionError {
    fn from(_: LedgerDown) -> Self {
        Self::Down
    }
}

/// `put` makes a `pruned` record durable and signed.
pub(crate) fn retain(
    disk: &SharedDisk,
    dir: &Path,
    retention: Retention,
    now: u64,
    mut put: impl FnMut(Value) -> Result<(), LedgerDown>,
) -> Result<Dropped, RetentionError> {
    let mut dropped = Dropped::default();
    if retention == Retention::default() {
        return Ok(dropped);
    }
    let key = PublicKey::beside(&**disk, dir).ok_or(RetentionError::NoKey)?;
    let mut numbers: Vec<u64> = disk.list(dir)?.iter().filter_map(|name| segment_number(name)).collect();
    numbers.sort_unstable();
    // The one that is being written stays, whatever its age.
    numbers.pop();
    let size = |number: u64| -> io::Result<u64> { disk.open(&dir.join(segment_name(number)), Access::Read)?.size() };
    let mut total = numbers.iter().map(|&n| size(n)).sum::<io::Result<u64>>()?;
    for number in numbers {
        let bytes = size(number)?;
        let file: Arc<dyn File> = disk.open(&dir.join(segment_name(number)), Access::Read)?.into();
        let (mut last, mut calls) = (None, Vec::new());
        let report = verify_segment(file, number, key, &mut |record| {
            last = Some((record.seq, record.hash, record.time));
            if record.begins_a_recording() {
                calls.extend(record.call.clone());
            }
        })?;
        let Some((through, head, time)) = last else { break };
        let too_old = retention.max_age_ms.is_some_and(|age| time.saturating_add(age) < now);
        let too_much = retention.max_bytes.is_some_and(|max| total > max);
        if !too_old && !too_much {
            break;
        }
        if !report.ok {
            return Err(RetentionError::Unverified { segment: number, problems: report.problem_count });
        }
        put(json!({
            "bytes": bytes, "head": head, "recordings": calls.len(), "records": report.records, "segment": number,
            "through": through,
        }))?;
        for call in &calls {
            for name in files_of(call) {
                disk.remove(&dir.join(RECORDINGS).join(name))?;
            }
        }
        disk.remove(&dir.join(segment_name(number)))?;
        disk.sync_dir(dir)?;
        total -= bytes.min(total);
        dropped.segments += 1;
        dropped.records += report.records;
        dropped.recordings += calls.len() as u64;
        dropped.bytes += bytes;
    }
    Ok(dropped)
}
