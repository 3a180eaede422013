//! What an earlier writer left: where the chain goes on, which calls are still open, and a tail that a power cut tore. Tells such
//! a tail from damage. Must not write, but for the copy of a torn tail.
use crate::{
    chain::{OpenError, disk},
    disk::{Access, File, SharedDisk, write_new},
    lines::{Lines, Next, segment_name, segment_number},
    record::{Hash, Kind, LINE_MAX, Record, parse},
};
use serde_json::json;
use std::{collections::BTreeSet, io, path::Path, sync::Arc};

/// Bytes that an unfinished flush can leave at most; more is damage.
const TORN_MAX: u64 = (LINE_MAX + crate::queue::BATCH_BYTES) as u64;

/// What an earlier writer left.
pub(crate) struct Found {
    pub(crate) number: u64,
    pub(crate) at: u64,
    pub(crate) in_segment: u64,
    pub(crate) seq: u64,
    pub(crate) head: Hash,
    pub(crate) log: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) open_calls: BTreeSet<String>,
    pub(crate) torn: Option<Torn>,
}

/// The start of a write that never ended.
pub(crate) struct Torn {
    file: Arc<dyn File>,
    segment: u64,
    offset: u64,
    bytes: u64,
}

impl Torn {
    fn read(&self) -> io::Result<Vec<u8>> {
        let len = usize::try_from(self.bytes).map_err(io::Error::other)?;
        let mut bytes = vec![0; len];
        let mut at = 0;
        while at < len {
            match self.file.read_at(&mut bytes[at..], self.offset + at as u64)? {
                0 => break,
                n => at += n,
            }
        }
        Ok(bytes)
    }

    /// A copy under a name of its own, and what the `open` record says of it.
    pub(crate) fn keep(&self, disk: &SharedDisk, dir: &Path) -> io::Result<serde_json::Value> {
        let bytes = self.read()?;
        let sha256 = crate::canonical::sha256_hex(&bytes);
        let name = format!("torn-{:09}-{}-{}.bin", self.segment, self.offset, &sha256[..16]);
        write_new(&**disk, dir, &name, &bytes)?;
        tracing::warn!(
            target: "wardgate::evidence", segment = self.segment, offset = self.offset, bytes = self.bytes, kept = name,
            "an unfinished write of an earlier run was cut off and kept aside"
        );
        Ok(json!({"bytes": self.bytes, "kept": name, "offset": self.offset, "segment": self.segment, "sha256": sha256}))
    }
}

impl Found {
    /// What the names of a directory lead to.
    pub(crate) fn read(disk_: &SharedDisk, dir: &Path, names: &[String]) -> Result<Self, OpenError> {
        let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment_number(name)).collect();
        numbers.sort_unstable();
        let Some(last) = numbers.pop() else { return Ok(Self::nothing(1)) };
        let found = Self::scan(disk_, dir, last)?;
        match numbers.last() {
            None if found.in_segment == 0 && last != 1 => Err(OpenError::Damaged { segment: last, line: 1 }),
            // A crash right after rotation: the chain goes on from the segment before.
            Some(&before) if found.in_segment == 0 => {
                let earlier = Self::scan(disk_, dir, before)?;
                if earlier.torn.is_some() || earlier.in_segment == 0 || before + 1 != last {
                    return Err(OpenError::Damaged { segment: before, line: earlier.in_segment + 1 });
                }
                Ok(Self { number: last, at: 0, in_segment: 0, torn: found.torn, ..earlier })
            }
            _ => Ok(found),
        }
    }

    fn nothing(number: u64) -> Self {
        Self {
            number,
            at: 0,
            in_segment: 0,
            seq: 1,
            head: Hash::NONE,
            log: None,
            key: None,
            open_calls: BTreeSet::new(),
            torn: None,
        }
    }

    /// All records of one segment, and what follows the last good one.
    fn scan(disk_: &SharedDisk, dir: &Path, number: u64) -> Result<Self, OpenError> {
        let path = dir.join(segment_name(number));
        let file: Arc<dyn File> = disk("opening the last segment", disk_.open(&path, Access::Read))?.into();
        let size = disk("measuring the last segment", file.size())?;
        let mut lines = Lines::new(file.clone());
        let mut found = Self::nothing(number);
        loop {
            let offset = lines.offset();
            let torn = match disk("reading the last segment", lines.next())? {
                Next::Line(text) => match parse(text) {
                    Ok(record) if found.follows(&record) => {
                        found.take(&record);
                        found.at = offset + text.len() as u64 + 1;
                        continue;
                    }
                    _ => disk("reading the last segment", extent(&*file, offset, size))?,
                },
                Next::Torn { bytes } => bytes,
                Next::End => return Ok(found),
            };
            let damaged = OpenError::Damaged { segment: number, line: found.in_segment + 1 };
            if torn > TORN_MAX {
                return Err(damaged);
            }
            let torn = Torn { file, segment: number, offset, bytes: torn };
            let bytes = disk("reading the last segment", torn.read())?;
            if followed_by_a_later_flush(&bytes, (found.in_segment > 0).then_some(found.seq)) {
                return Err(damaged);
            }
            found.torn = Some(torn);
            return Ok(found);
        }
    }

    fn follows(&self, record: &Record) -> bool {
        match self.in_segment {
            0 => matches!(record.kind, Kind::Open | Kind::Segment),
            _ => record.seq == self.seq && record.prev == self.head,
        }
    }

    fn take(&mut self, record: &Record) {
        self.in_segment += 1;
        self.seq = record.seq + 1;
        self.head = record.hash;
        let text = |key: &str| record.data.get(key).and_then(|v| v.as_str()).map(String::from);
        match record.kind {
            Kind::Open | Kind::Segment => {
                self.log = text("log");
                self.key = text("key");
                if let Some(calls) = record.data.get("open_calls").and_then(|v| v.as_array()) {
                    self.open_calls = calls.iter().filter_map(|v| v.as_str()).map(String::from).collect();
                }
            }
            Kind::Intent => self.open_calls.extend(record.call.clone()),
            Kind::Outcome | Kind::Abandoned => {
                if let Some(call) = &record.call {
                    self.open_calls.remove(call);
                }
            }
            _ => {}
        }
    }
}

/// Whether something after a bad line says that the bad one had been durable before it. Then the line was not torn by a power
/// cut: it was damaged or edited later, and cutting it off would lose records that callers were told are safe.
fn followed_by_a_later_flush(bytes: &[u8], bad: Option<u64>) -> bool {
    for (lines, text) in (0..).zip(bytes.split(|b| matches!(b, b'\n' | 0))) {
        if let Ok(record) = parse(text) {
            let bad = bad.unwrap_or_else(|| record.seq.saturating_sub(lines).max(1));
            if record.flushed >= bad {
                return true;
            }
        }
    }
    false
}

/// Bytes from an offset to the last one that is not zero.
fn extent(file: &dyn File, offset: u64, size: u64) -> io::Result<u64> {
    let mut end = size;
    let mut chunk = vec![0; 64 << 10];
    while end > offset {
        let start = end.saturating_sub(chunk.len() as u64).max(offset);
        let want = usize::try_from(end - start).unwrap_or(chunk.len());
        let read = file.read_at(&mut chunk[..want], start)?;
        if let Some(n) = chunk[..read].iter().rposition(|b| *b != 0) {
            return Ok(start + n as u64 + 1 - offset);
        }
        end = start;
    }
    Ok(0)
}
