//! Reads a log for people: lists calls, shows one, finds its recording. Does not verify; [`crate::verify`] does. Must not write.
use crate::{
    chain::RECORDINGS,
    disk::{Access, Disk, File, RealDisk, SharedDisk, read_all},
    lines::{Lines, Next, segment_name, segment_number},
    record::{Kind, Record, parse},
    recording::file_name,
};
use serde::Serialize;
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

/// Bytes of a recording that are read at most.
pub(crate) const RECORDING_MAX: u64 = 1 << 30;

/// Which calls a list holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filter {
    /// The newest this many.
    pub limit: usize,
    /// Not older, milliseconds since the epoch.
    pub since: Option<u64>,
    /// Of this user.
    pub user: Option<String>,
    /// Of this session.
    pub session: Option<String>,
    /// About this incident.
    pub incident: Option<String>,
    /// Through this tool.
    pub tool: Option<String>,
}

impl Default for Filter {
    fn default() -> Self {
        Self { limit: 100, since: None, user: None, session: None, incident: None, tool: None }
    }
}

/// One call in a list. Its words are those of callers and clusters: whoever prints it makes them visible first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CallLine {
    /// Its first record.
    pub seq: u64,
    /// When that was written, milliseconds since the epoch.
    pub time: u64,
    /// The call.
    pub call: String,
    /// Who.
    pub user: String,
    /// The session as the client named it.
    pub session: String,
    /// What it was about, as the client said.
    pub incident: Option<String>,
    /// Through which tool.
    pub tool: String,
    /// `NAMESPACE/POD/CONTAINER`, as far as named; several are counted.
    pub target: String,
    /// The request's kind; empty for what never became one.
    pub kind: String,
    /// `allow`, `ask`, `deny`, or `turned_away`.
    pub verdict: String,
    /// Rules of that verdict.
    pub rules: Vec<String>,
    /// How it ended; `open` while it runs.
    pub outcome: String,
    /// Masks in all.
    pub masked: u64,
    /// Whether there is a recording.
    pub recorded: bool,
}

/// A recording, as found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Played {
    /// The cast.
    pub path: PathBuf,
    /// The side file.
    pub side: PathBuf,
    /// asciicast v3.
    pub cast: String,
    /// Whether both files are the ones whose digests are on record; `None` where no outcome names them.
    pub matches: Option<bool>,
}

/// Why something could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The disk said no.
    #[error("reading the evidence: {0}")]
    Disk(#[from] io::Error),
    /// No such call.
    #[error("no call of that name is on record")]
    NoCall,
    /// No recording.
    #[error("that call has no recording")]
    NoRecording,
}

/// A log as a reader sees it; it may be written at the same time.
pub struct Reader {
    disk: SharedDisk,
    dir: PathBuf,
}

impl Reader {
    /// Of a directory.
    pub fn new(dir: impl AsRef<Path>) -> Self {
        Self::on(Arc::new(RealDisk), dir)
    }

    /// On a disk of the caller's.
    pub fn on(disk: Arc<dyn Disk>, dir: impl AsRef<Path>) -> Self {
        Self { disk, dir: dir.as_ref().into() }
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Whether there is a log at all.
    pub fn is_log(&self) -> io::Result<bool> {
        Ok(self.disk.list(&self.dir)?.iter().any(|name| segment_number(name).is_some()))
    }

    /// Every record in order, until `each` says stop. A line that is none is left out.
    pub fn records(&self, mut each: impl FnMut(Record) -> bool) -> io::Result<()> {
        let mut numbers: Vec<u64> = self.disk.list(&self.dir)?.iter().filter_map(|name| segment_number(name)).collect();
        numbers.sort_unstable();
        for number in numbers {
            let file: Arc<dyn File> = match self.disk.open(&self.dir.join(segment_name(number)), Access::Read) {
                Ok(file) => file.into(),
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let mut lines = Lines::new(file);
            while let Next::Line(text) = lines.next()? {
                if let Ok(record) = parse(text)
                    && !each(record)
                {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The newest calls that fit, oldest first; memory is bounded by `filter.limit`.
    pub fn calls(&self, filter: &Filter) -> io::Result<Vec<CallLine>> {
        let mut lines: BTreeMap<u64, CallLine> = BTreeMap::new();
        let mut places: HashMap<String, u64> = HashMap::new();
        self.records(|record| {
            let Some(call) = &record.call else { return true };
            if let Some(line) = begin(&record, call).filter(|line| fits(line, filter)) {
                places.insert(call.clone(), line.seq);
                lines.insert(line.seq, line);
                if lines.len() > filter.limit
                    && let Some((_, gone)) = lines.pop_first()
                {
                    places.remove(&gone.call);
                }
            } else if let Some(line) = places.get(call).and_then(|seq| lines.get_mut(seq)) {
                end(&record, line);
            }
            true
        })?;
        Ok(lines.into_values().collect())
    }

    /// All records of one call.
    pub fn call(&self, call: &str) -> Result<Vec<Record>, ReadError> {
        let mut records = Vec::new();
        self.records(|record| {
            let last = matches!(record.kind, Kind::Outcome | Kind::Abandoned | Kind::Refused | Kind::TurnedAway);
            let ours = record.call.as_deref() == Some(call);
            if ours {
                records.push(record);
            }
            !(ours && last)
        })?;
        if records.is_empty() { Err(ReadError::NoCall) } else { Ok(records) }
    }

    /// A call's recording, compared with the digests on record.
    pub fn recording(&self, call: &str) -> Result<Played, ReadError> {
        let records = self.call(call)?;
        let (Some(cast), Some(side)) = (file_name(call, "cast"), file_name(call, "jsonl")) else {
            return Err(ReadError::NoRecording);
        };
        let dir = self.dir.join(RECORDINGS);
        let (path, side) = (dir.join(cast), dir.join(side));
        let bytes = match read_all(&*self.disk, &path, RECORDING_MAX) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ReadError::NoRecording),
            other => other?,
        };
        let on_record = records.iter().find(|r| r.kind == Kind::Outcome).and_then(|r| r.data.get("recording"));
        let digest = |key: &str| on_record?.get(key)?.get("sha256")?.as_str();
        let matches = match (digest("cast"), digest("side")) {
            (Some(a), Some(b)) => {
                let other = read_all(&*self.disk, &side, RECORDING_MAX).unwrap_or_default();
                Some(crate::canonical::sha256_hex(&bytes) == a && crate::canonical::sha256_hex(&other) == b)
            }
            _ => None,
        };
        // While the call runs, or after a crash, the reserved rest of the file is zeros.
        let used = bytes.iter().rposition(|b| *b != 0).map_or(0, |n| n + 1);
        let cast = String::from_utf8_lossy(&bytes[..used]).into_owned();
        Ok(Played { path, side, cast, matches })
    }
}

fn fits(line: &CallLine, filter: &Filter) -> bool {
    let same = |wanted: &Option<String>, found: &str| wanted.as_deref().is_none_or(|wanted| wanted == found);
    filter.since.is_none_or(|since| line.time >= since)
        && same(&filter.user, &line.user)
        && same(&filter.session, &line.session)
        && same(&filter.tool, &line.tool)
        && same(&filter.incident, line.incident.as_deref().unwrap_or_default())
}

fn text(value: &Value, path: &str) -> String {
    value.pointer(path).and_then(Value::as_str).unwrap_or_default().into()
}

/// The line of a call's first record.
fn begin(record: &Record, call: &str) -> Option<CallLine> {
    let (intent, verdict) = match record.kind {
        Kind::Intent => (&record.data, "allow"),
        Kind::Refused => (record.data.get("intent")?, "deny"),
        Kind::TurnedAway => (&record.data, "turned_away"),
        _ => return None,
    };
    let mut line = CallLine {
        seq: record.seq,
        time: record.time,
        call: call.into(),
        user: text(intent, "/subject/user"),
        session: text(intent, "/subject/session"),
        incident: intent.pointer("/subject/incident").and_then(Value::as_str).map(String::from),
        tool: text(intent, "/tool"),
        target: target(intent),
        kind: text(intent, "/asked/kind"),
        verdict: verdict.into(),
        rules: rules(intent, verdict),
        outcome: "open".into(),
        masked: 0,
        recorded: record.begins_a_recording(),
    };
    match record.kind {
        Kind::Refused => {
            line.outcome = outcome(record.data.get("outcome"));
            match line.outcome.as_str() {
                "needs_approval" => line.verdict = "ask".into(),
                // A judgement that allowed: nothing ran.
                "unknown" => line.verdict = "allow".into(),
                _ => {}
            }
            line.rules = rules_of_outcome(record.data.get("outcome")).unwrap_or(line.rules);
        }
        Kind::TurnedAway => {
            line.outcome = "refused".into();
            line.rules = vec![text(intent, "/denial/rule")];
        }
        _ => {}
    }
    Some(line)
}

fn end(record: &Record, line: &mut CallLine) {
    match record.kind {
        Kind::Outcome => {
            line.outcome = outcome(record.data.get("outcome"));
            let masked = record.data.get("masked").and_then(Value::as_object);
            line.masked = masked.map_or(0, |rules| rules.values().filter_map(Value::as_u64).sum());
        }
        Kind::Abandoned => line.outcome = "abandoned".into(),
        _ => {}
    }
}

/// An outcome in a word or two: `exit 3`, `cut: deadline`.
fn outcome(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(word)) => word.clone(),
        Some(Value::Object(members)) => match members.iter().next().map(|(key, value)| (key.as_str(), value)) {
            Some(("complete", Value::String(word))) => word.clone(),
            Some(("complete", Value::Object(ending))) => {
                ending.get("exit").map_or_else(|| "complete".into(), |status| format!("exit {status}"))
            }
            Some(("cut", Value::String(why))) => format!("cut: {why}"),
            Some(("cut", Value::Object(why))) => {
                let (key, value) = why.iter().next().map_or(("", None), |(k, v)| (k.as_str(), v.as_str()));
                value.map_or_else(|| format!("cut: {key}"), |value| format!("cut: {key} {value}"))
            }
            Some((key, _)) => key.into(),
            None => String::new(),
        },
        _ => String::new(),
    }
}

fn rules_of_outcome(value: Option<&Value>) -> Option<Vec<String>> {
    let denials = value?.as_object()?.values().next()?.as_array()?;
    Some(denials.iter().map(|denial| text(denial, "/rule")).collect())
}

/// The rules whose opinions were of this verdict.
fn rules(intent: &Value, verdict: &str) -> Vec<String> {
    let parts = intent.get("parts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut rules: Vec<String> = Vec::new();
    for opinion in parts.iter().filter_map(|part| part.get("opinions")?.as_array()).flatten() {
        let counts = opinion.get("monitor").and_then(Value::as_bool) != Some(true);
        let rule = opinion.pointer(&format!("/verdict/{verdict}/rule")).and_then(Value::as_str);
        if let Some(rule) = rule.filter(|rule| counts && !rules.iter().any(|known| known == rule)) {
            rules.push(rule.into());
        }
    }
    rules
}

fn target(intent: &Value) -> String {
    let parts = intent.get("parts").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let name = |value: &Value, path: &str| -> String {
        ["namespace", "pod", "container"]
            .iter()
            .map(|key| text(value, &format!("{path}/{key}")))
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join("/")
    };
    let first = parts.first().map(|part| name(part, "/context/target")).unwrap_or_default();
    let first = if first.is_empty() { name(intent, "/place") } else { first };
    if parts.len() > 1 { format!("{first} and {} more", parts.len() - 1) } else { first }
}
