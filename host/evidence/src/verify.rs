//! Reads a log and says what is wrong with it, and what it could not check, in memory that grows with nothing but the names of
//! recordings. Trusts nothing it reads. Must not write.
use crate::{
    canonical::{hex, unhex32},
    chain::{LOCK, RECORDINGS},
    disk::{Access, Disk, File},
    key::{PublicKey, statement},
    lines::{Lines, Next, segment_name, segment_number},
    loose::Loose,
    record::{Hash, Kind, Record, parse},
    recording::{ENDINGS, file_name},
};
use std::{io, path::Path, sync::Arc};

pub use crate::report::{Fault, Head, NoHead, Note, Problem, Report, Unchecked};

/// Problems that are listed; more are only counted.
const LISTED: usize = 100;

/// Checks the log in a directory. `key`: as kept elsewhere; without it the one beside the log is taken, and the report says so.
pub fn verify(disk: &dyn Disk, dir: &Path, head: Option<Head>, key: Option<PublicKey>) -> io::Result<Report> {
    let live = disk.is_locked(&dir.join(LOCK));
    let mut numbers: Vec<u64> = disk.list(dir)?.iter().filter_map(|name| segment_number(name)).collect();
    numbers.sort_unstable();
    let mut walk = Walk::new(head, key.or_else(|| PublicKey::beside(disk, dir)));
    walk.at = Some((disk, dir));
    walk.loose = Loose::list(disk, dir)?;
    if key.is_none() {
        let what = if walk.key.is_some() { Unchecked::KeyFromLog } else { Unchecked::NoKey };
        walk.report.unchecked.push(what);
    }
    if numbers.is_empty() {
        walk.problem(0, 0, None, Fault::Empty);
    }
    let last = numbers.last().copied();
    let mut before = None;
    for &number in &numbers {
        if let Some(before) = before
            && number != before + 1
        {
            walk.problem(number, 0, None, Fault::MissingSegments { count: number - before - 1 });
        }
        before = Some(number);
        let file: Arc<dyn File> = match disk.open(&dir.join(segment_name(number)), Access::Read) {
            Ok(file) => file.into(),
            // Retention dropped it while we read.
            Err(error) if error.kind() == io::ErrorKind::NotFound && live && walk.report.records == 0 => continue,
            Err(error) => return Err(error),
        };
        walk.segment(file, number, Some(number) == last, live)?;
    }
    let loose = std::mem::take(&mut walk.loose);
    walk.report.notes.extend(loose.note(disk, live));
    if live {
        walk.report.notes.push(Note::Live);
    }
    let mut report = walk.finish();
    for note in &mut report.notes {
        if let Note::Recovered { kept, there, .. } = note {
            let plain = kept.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b));
            *there = plain && disk.open(&dir.join(&kept), Access::Read).is_ok();
        }
    }
    Ok(report)
}

/// Checks one segment by itself, before retention drops it: its chain, its number, its last checkpoint. Every record is shown.
pub(crate) fn verify_segment(
    file: Arc<dyn File>,
    number: u64,
    key: PublicKey,
    seen: &mut dyn FnMut(&Record),
) -> io::Result<Report> {
    let mut walk = Walk::new(None, Some(key));
    walk.part = true;
    walk.seen = Some(seen);
    walk.segment(file, number, false, false)?;
    Ok(walk.finish())
}

struct Walk<'a> {
    /// Where recordings are, when they are to be checked as well.
    at: Option<(&'a dyn Disk, &'a Path)>,
    loose: Loose,
    key: Option<PublicKey>,
    head: Option<Head>,
    head_found: Option<u64>,
    /// What the next record must follow.
    next: Option<(u64, Hash)>,
    /// What the first record claims before it, if it is not the first of all.
    begins_after: Option<(u64, Hash)>,
    begins_at: u64,
    /// A record that accounts for the missing beginning, until a signature covers it.
    excuse: Option<u64>,
    excused: Option<u64>,
    /// A segment by itself.
    part: bool,
    last_kind: Option<Kind>,
    log: Option<String>,
    seen: Option<&'a mut dyn FnMut(&Record)>,
    report: Report,
}

impl<'a> Walk<'a> {
    fn new(head: Option<Head>, key: Option<PublicKey>) -> Self {
        Self {
            at: None,
            loose: Loose::default(),
            key,
            head,
            head_found: None,
            next: None,
            begins_after: None,
            begins_at: 0,
            excuse: None,
            excused: None,
            part: false,
            last_kind: None,
            log: None,
            seen: None,
            report: Report {
                ok: false,
                problems: Vec::new(),
                problem_count: 0,
                unchecked: Vec::new(),
                notes: Vec::new(),
                segments: 0,
                records: 0,
                first_seq: None,
                last_seq: None,
                head: None,
                recordings: 0,
                checkpoints: 0,
                last_checkpoint: None,
                key: key.map(|key| key.id()),
                log: None,
            },
        }
    }

    fn problem(&mut self, segment: u64, line: u64, seq: Option<u64>, fault: Fault) {
        self.report.problem_count += 1;
        if self.report.problems.len() < LISTED {
            self.report.problems.push(Problem { segment, line, seq, fault });
        }
    }

    fn note(&mut self, note: Note) {
        if self.report.notes.len() < LISTED {
            self.report.notes.push(note);
        }
    }

    fn segment(&mut self, file: Arc<dyn File>, number: u64, last: bool, live: bool) -> io::Result<()> {
        self.report.segments += 1;
        let mut lines = Lines::new(file);
        let mut line = 0;
        loop {
            line += 1;
            match lines.next()? {
                Next::Line(text) => match parse(text) {
                    Ok(record) => self.record(&record, number, line),
                    Err(why) => {
                        let hash = Hash::of(text);
                        let seq = self.next.map(|(seq, _)| seq);
                        self.problem(number, line, seq, Fault::Edited { why });
                        self.next = seq.map(|seq| (seq + 1, hash));
                        self.last_kind = None;
                    }
                },
                Next::Torn { .. } if live && last => return Ok(()),
                Next::Torn { bytes } => {
                    self.problem(number, line, self.next.map(|(seq, _)| seq), Fault::Torn { bytes });
                    return Ok(());
                }
                Next::End => {
                    if !last && self.last_kind != Some(Kind::Checkpoint) {
                        self.problem(number, line, self.next.map(|(seq, _)| seq), Fault::MissingEnd);
                    }
                    return Ok(());
                }
            }
        }
    }

    fn record(&mut self, record: &Record, number: u64, line: u64) {
        match self.next {
            None => {
                self.begins_at = number;
                if (record.seq, record.prev) != (1, Hash::NONE) {
                    self.begins_after = Some((record.seq.wrapping_sub(1), record.prev));
                }
                self.report.first_seq = Some(record.seq);
            }
            Some((seq, prev)) if (record.seq, record.prev) != (seq, prev) => {
                self.problem(number, line, Some(record.seq), Fault::Broken { expected_seq: seq });
            }
            Some(_) => {}
        }
        self.begins_with(record, number, line);
        self.loose.record(record);
        match record.kind {
            Kind::Checkpoint => self.checkpoint(record, number, line),
            Kind::Pruned => self.pruned(record),
            Kind::Open => self.recovered(record),
            Kind::Outcome => self.recording(record, number, line),
            _ => {}
        }
        if let Some(head) = self.head {
            if head.hash == record.hash {
                self.head_found = Some(record.seq);
            } else if head.seq == Some(record.seq) {
                self.problem(number, line, Some(record.seq), Fault::HeadDiffers { seq: record.seq });
            }
        }
        if let Some(seen) = &mut self.seen {
            seen(record);
        }
        self.next = Some((record.seq.wrapping_add(1), record.hash));
        self.last_kind = Some(record.kind);
        self.report.records += 1;
        self.report.last_seq = Some(record.seq);
        self.report.head = Some(record.hash);
    }

    /// A log's and a segment's first record name the log and the segment.
    fn begins_with(&mut self, record: &Record, number: u64, line: u64) {
        if !matches!(record.kind, Kind::Open | Kind::Segment) {
            if line == 1 {
                self.problem(number, line, Some(record.seq), Fault::Broken { expected_seq: record.seq });
            }
            return;
        }
        if record.data.get("segment").and_then(serde_json::Value::as_u64) != Some(number) {
            self.problem(number, line, Some(record.seq), Fault::Broken { expected_seq: record.seq });
        }
        let log = record.data.get("log").and_then(|log| log.as_str());
        match (&self.log, log) {
            (Some(known), Some(log)) if known == log => {}
            (None, Some(log)) => self.log = Some(log.into()),
            _ => self.problem(number, line, Some(record.seq), Fault::OtherLog),
        }
    }

    fn checkpoint(&mut self, record: &Record, number: u64, line: u64) {
        let text = |key: &str| record.data.get(key).and_then(|v| v.as_str()).unwrap_or_default();
        if self.log.as_deref() != Some(text("log")) {
            self.problem(number, line, Some(record.seq), Fault::OtherLog);
        }
        let Some(key) = self.key else { return };
        let at = record.data.get("at").and_then(serde_json::Value::as_u64).unwrap_or_default();
        let said = statement(text("log"), record.seq, record.prev, at);
        if text("key") == key.id() && key.verifies(&said, text("signature")) {
            self.report.checkpoints += 1;
            self.report.last_checkpoint = Some(record.seq);
            if let Some(through) = self.excuse {
                self.excused = Some(through);
            }
        } else {
            self.problem(number, line, Some(record.seq), Fault::Signature);
        }
    }

    /// The files of a finished recording, read once more.
    fn recording(&mut self, record: &Record, number: u64, line: u64) {
        let (Some((disk, dir)), Some(call)) = (self.at, &record.call) else { return };
        let Some(said) = record.data.get("recording").filter(|said| !said.is_null()) else { return };
        for (part, extension) in ["cast", "side", "sealed"].into_iter().zip(ENDINGS) {
            // Only what was sealed has a third file.
            if part == "sealed" && said.get(part).is_none_or(serde_json::Value::is_null) {
                continue;
            }
            let digest = said.get(part).and_then(|part| part.get("sha256")?.as_str());
            let Some(file) = file_name(call, extension) else { continue };
            self.loose.accounted(&file);
            let fault =
                match disk.open(&dir.join(RECORDINGS).join(&file), Access::Read).and_then(|file| digest_of(&*file)) {
                    Ok(found) if Some(found.as_str()) == digest => {
                        self.report.recordings += u64::from(part == "cast");
                        continue;
                    }
                    Ok(_) => Fault::RecordingChanged { file },
                    // Retention took the whole segment while we read.
                    Err(_) if disk.open(&dir.join(segment_name(number)), Access::Read).is_err() => continue,
                    Err(_) => Fault::RecordingMissing { file },
                };
            self.problem(number, line, Some(record.seq), fault);
        }
    }

    fn pruned(&mut self, record: &Record) {
        let through = record.data.get("through").and_then(serde_json::Value::as_u64);
        let head = record.data.get("head").and_then(|v| v.as_str()).and_then(unhex32).map(Hash);
        if let (Some((seq, prev)), Some(through), Some(head)) = (self.begins_after, through, head)
            && (seq, prev) == (through, head)
        {
            self.excuse = Some(through);
        }
    }

    fn recovered(&mut self, record: &Record) {
        let Some(torn) = record.data.get("torn").filter(|torn| !torn.is_null()) else { return };
        let bytes = torn.get("bytes").and_then(serde_json::Value::as_u64).unwrap_or_default();
        let kept = torn.get("kept").and_then(|v| v.as_str()).unwrap_or_default().chars().take(200).collect();
        self.note(Note::Recovered { seq: record.seq, bytes, kept, there: false });
    }

    fn finish(mut self) -> Report {
        if self.begins_after.is_some() && !self.part {
            match self.excused {
                Some(through) => self.note(Note::Pruned { through }),
                None => self.problem(self.begins_at, 1, self.report.first_seq, Fault::MissingBeginning),
            }
        }
        let end = self.report.last_seq;
        if let Some(head) = self.head {
            match (self.head_found, head.seq, self.report.first_seq) {
                (Some(seq), _, _) if Some(seq) == end => {}
                (Some(_), _, _) => self.report.unchecked.push(Unchecked::AfterHead),
                (None, Some(seq), Some(first)) if seq < first && self.excused.is_some() => {
                    self.report.unchecked.push(Unchecked::HeadPruned);
                }
                _ => self.problem(0, 0, head.seq, Fault::HeadMissing),
            }
        } else {
            self.report.unchecked.push(Unchecked::NoHead);
        }
        if self.key.is_some() && self.report.last_checkpoint != end {
            self.report.unchecked.push(Unchecked::UnsignedTail);
        }
        self.report.ok = self.report.problem_count == 0;
        self.report.log = self.log.take();
        self.report
    }
}

fn digest_of(file: &dyn File) -> io::Result<String> {
    use sha2::Digest;
    let (mut digest, mut chunk, mut at) = (sha2::Sha256::new(), vec![0; 64 << 10], 0);
    loop {
        match file.read_at(&mut chunk, at)? {
            0 => return Ok(hex(&digest.finalize())),
            read => {
                digest.update(&chunk[..read]);
                at += read as u64;
            }
        }
    }
}
