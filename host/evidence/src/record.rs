//! One record: its members, its line, and the strict reading of a line. Must not know files or segments. The format is
//! `docs/evidence.md`.
use crate::canonical::{self, hex, sha256, unhex32};
use serde::Serialize;
use serde_json::{Value, json};

/// The version that every record carries.
pub const VERSION: u64 = 1;
/// Bytes of one line at most, its line break included.
pub const LINE_MAX: usize = 8 << 20;
/// Numbers end where JSON's whole numbers stop being exact everywhere.
const SEQ_MAX: u64 = 1 << 53;

/// sha256 of a record's line, without its line break.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Hash(pub(crate) [u8; 32]);

impl Hash {
    /// What the first record of a log has before it.
    pub const NONE: Self = Self([0; 32]);

    /// Of a line.
    pub fn of(line: &[u8]) -> Self {
        Self(sha256(line))
    }
}

impl std::fmt::Display for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&hex(&self.0))
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{self}")
    }
}

impl Serialize for Hash {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What a record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A call is about to run.
    Intent,
    /// How it ended.
    Outcome,
    /// A call that did not run.
    Refused,
    /// A call that never became a request.
    TurnedAway,
    /// A call whose outcome nobody will ever write.
    Abandoned,
    /// A signed statement about everything before it.
    Checkpoint,
    /// A writer begins.
    Open,
    /// A writer ends in order.
    Close,
    /// A segment begins.
    Segment,
    /// Old segments were dropped.
    Pruned,
}

impl Kind {
    const ALL: [Self; 10] = [
        Self::Intent,
        Self::Outcome,
        Self::Refused,
        Self::TurnedAway,
        Self::Abandoned,
        Self::Checkpoint,
        Self::Open,
        Self::Close,
        Self::Segment,
        Self::Pruned,
    ];

    /// As on record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Intent => "intent",
            Self::Outcome => "outcome",
            Self::Refused => "refused",
            Self::TurnedAway => "turned_away",
            Self::Abandoned => "abandoned",
            Self::Checkpoint => "checkpoint",
            Self::Open => "open",
            Self::Close => "close",
            Self::Segment => "segment",
            Self::Pruned => "pruned",
        }
    }
}

/// What a writer puts on record; place and time are the log's own.
pub(crate) struct Entry<'a> {
    pub(crate) kind: Kind,
    pub(crate) call: Option<&'a str>,
    /// Canonical JSON.
    pub(crate) data: &'a [u8],
    /// The last record that was durable when this one was written: both can never be of one flush.
    pub(crate) flushed: u64,
}

/// The line of a record, without its line break.
pub(crate) fn line(entry: &Entry<'_>, seq: u64, prev: Hash, time: u64) -> Vec<u8> {
    let mut head = Vec::with_capacity(entry.data.len() + 320);
    head.extend_from_slice(b"{\"call\":");
    match entry.call {
        Some(call) => canonical::write_text(call, &mut head),
        None => head.extend_from_slice(b"null"),
    }
    head.extend_from_slice(b",\"data\":");
    head.extend_from_slice(entry.data);
    head.extend_from_slice(format!(",\"flushed\":{},\"prev\":\"{prev}\",\"seq\":{seq},", entry.flushed).as_bytes());
    let tail = format!("\"time\":{time},\"type\":\"{}\",\"v\":{VERSION}}}", entry.kind.as_str());
    let sum = sum(&head, tail.as_bytes());
    head.extend_from_slice(format!("\"sum\":\"{sum}\",").as_bytes());
    head.extend_from_slice(tail.as_bytes());
    head
}

/// Half a sha256 over the line without this member: finds an accident in a record that nothing follows yet.
fn sum(head: &[u8], tail: &[u8]) -> String {
    use sha2::Digest;
    let digest = sha2::Sha256::new().chain_update(head).chain_update(tail).finalize();
    hex(&digest[..16])
}

/// A record as read.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What it says.
    pub kind: Kind,
    /// About which call.
    pub call: Option<String>,
    /// The rest, by kind.
    pub data: Value,
    /// The last record that was durable when this one was written.
    pub flushed: u64,
    /// Its place, from 1.
    pub seq: u64,
    /// The record before it.
    pub prev: Hash,
    /// Milliseconds since the epoch.
    pub time: u64,
    /// Of its own line.
    pub hash: Hash,
}

impl Record {
    /// Whether it is the intent of a call that is recorded.
    pub(crate) fn begins_a_recording(&self) -> bool {
        self.kind == Kind::Intent && self.data.get("recorded").and_then(Value::as_bool) == Some(true)
    }

    /// The whole record as JSON.
    pub fn to_json(&self) -> Value {
        json!({
            "seq": self.seq, "time": self.time, "type": self.kind, "call": self.call, "data": self.data,
            "prev": self.prev, "hash": self.hash, "v": VERSION,
        })
    }
}

/// Why a line is no record. Never holds text of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// Not JSON, or not UTF-8.
    #[error("the line is not JSON")]
    Syntax,
    /// JSON in another form than the one it must have.
    #[error("the line is not in canonical form")]
    Form,
    /// A member is missing, strange, or of another type.
    #[error("the line does not have a record's members")]
    Members,
    /// Of a version that this build does not know.
    #[error("the record is of a version that this build does not know")]
    Version,
    /// The record is not what was written.
    #[error("the record does not match its own sum")]
    Sum,
}

/// Reads one line, without its line break. Strict: exactly the bytes that a writer would have written.
pub fn parse(text: &[u8]) -> Result<Record, Malformed> {
    let value: Value = serde_json::from_slice(text).map_err(|_| Malformed::Syntax)?;
    let Value::Object(mut members) = value else { return Err(Malformed::Members) };
    if members.get("v").and_then(Value::as_u64) != Some(VERSION) {
        return Err(Malformed::Version);
    }
    let mut take = |key: &str| members.swap_remove(key).ok_or(Malformed::Members);
    let word = |value: Value| if let Value::String(text) = value { Ok(text) } else { Err(Malformed::Members) };
    let number = |value: Value| value.as_u64().ok_or(Malformed::Members);
    let call = match take("call")? {
        Value::Null => None,
        other => Some(word(other)?),
    };
    let data = take("data")?;
    let prev = unhex32(&word(take("prev")?)?).map(Hash).ok_or(Malformed::Members)?;
    let (seq, time, flushed) = (number(take("seq")?)?, number(take("time")?)?, number(take("flushed")?)?);
    let kind = word(take("type")?)?;
    let kind = Kind::ALL.into_iter().find(|k| k.as_str() == kind).ok_or(Malformed::Members)?;
    let _sum = word(take("sum")?)?;
    take("v")?;
    if !members.is_empty() || !canonical::is_whole(&data) || flushed >= seq || seq > SEQ_MAX {
        return Err(Malformed::Members);
    }
    let bytes = canonical::canonical(&data);
    let again = line(&Entry { kind, call: call.as_deref(), data: &bytes, flushed }, seq, prev, time);
    if again != text {
        // Same length and all but the sum equal: what was written there has changed. Else it is another form of JSON.
        return Err(if again.len() == text.len() { Malformed::Sum } else { Malformed::Form });
    }
    Ok(Record { kind, call, data, flushed, seq, prev, time, hash: Hash::of(text) })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn sample() -> Vec<u8> {
        let entry = Entry { kind: Kind::Intent, call: Some("c-1"), data: br#"{"a":[1,2],"text":"x\ny"}"#, flushed: 5 };
        line(&entry, 7, Hash([9; 32]), 1234)
    }

    #[test]
    fn a_record_reads_back_as_written() {
        let record = parse(&sample()).unwrap();
        assert_eq!(
            (record.kind, record.seq, record.time, record.call.as_deref()),
            (Kind::Intent, 7, 1234, Some("c-1"))
        );
        assert_eq!(record.prev, Hash([9; 32]));
        assert_eq!(record.data["text"], "x\ny");
    }

    #[test]
    fn any_changed_byte_of_a_line_is_noticed() {
        let line = sample();
        for at in 0..line.len() {
            for value in [0, b' ', b'0', b'"', line[at] ^ 1, line[at] ^ 0x80] {
                let mut forged = line.clone();
                forged[at] = value;
                assert_eq!(parse(&forged).is_ok(), forged == line, "byte {at}");
            }
        }
    }

    #[test]
    fn another_form_of_the_same_json_is_refused() {
        let text = String::from_utf8(sample()).unwrap();
        for forged in [
            text.replace("[1,2]", "[1, 2]"),
            text.replace("[1,2]", "[1,2.0]"),
            text.replace("\\n", "\\u000a"),
            text.replace("\"seq\":7", "\"seq\":6,\"seq\":7"),
            format!("{text} "),
        ] {
            assert!(parse(forged.as_bytes()).is_err(), "{forged}");
        }
    }

    proptest! {
        #[test]
        fn no_line_panics_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..400), at in 0usize..300) {
            let _ = parse(&bytes);
            let mut line = sample();
            let at = at.min(line.len());
            line.splice(at..at, bytes);
            let _ = parse(&line);
        }
    }
}
