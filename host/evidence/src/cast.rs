//! The lines of a recording: asciicast v3 for players, and a side file that keeps the channels apart. Must not know files.
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use wardgate_core::{Channel, Cut, Ending, Outcome};

/// Columns and rows that a player is told: the output never saw a terminal.
const TERM: (u16, u16) = (120, 40);

/// Writes events with the time since the one before.
pub(crate) struct Cast {
    last: u64,
    channel: Channel,
}

impl Cast {
    /// With the header line.
    pub(crate) fn begin(started: u64, title: &str, call: &str, out: &mut Vec<u8>) -> Self {
        let header = json!({
            "version": 3, "term": {"cols": TERM.0, "rows": TERM.1}, "timestamp": started / 1000, "title": title,
            "tags": ["wardgate", call],
        });
        push(&header, out);
        Self { last: started, channel: Channel::Stdout }
    }

    /// Released text. A player is a terminal: a line feed alone would only go down, so it gets a carriage return as well.
    pub(crate) fn show(&mut self, channel: Channel, at: u64, text: &str, out: &mut Vec<u8>) {
        if channel != self.channel {
            self.channel = channel;
            self.event(at, "m", channel.as_str(), out);
        }
        self.event(at, "o", &text.replace('\n', "\r\n"), out);
    }

    /// The last event: an exit status, or why there is none.
    pub(crate) fn end(&mut self, at: u64, outcome: &Outcome, out: &mut Vec<u8>) {
        match outcome {
            Outcome::Complete(Ending::Exit(status)) => self.event(at, "x", &status.to_string(), out),
            other => self.event(at, "m", &format!("end: {}", word(other)), out),
        }
    }

    fn event(&mut self, at: u64, code: &str, data: &str, out: &mut Vec<u8>) {
        // One channel's text may be decided later than another's that was read after it; time in a cast never runs back.
        let interval = at.saturating_sub(self.last);
        self.last = self.last.max(at);
        out.extend_from_slice(format!("[{}.{:03}, \"{code}\", ", interval / 1000, interval % 1000).as_bytes());
        crate::canonical::write_text(data, out);
        out.extend_from_slice(b"]\n");
    }
}

/// How a call ended, in a word.
pub(crate) fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Refused(_) => "refused",
        Outcome::NeedsApproval(_) => "needs_approval",
        Outcome::Complete(Ending::Complete) => "complete",
        Outcome::Complete(Ending::Exit(_)) => "exit",
        Outcome::Complete(Ending::Unknown) => "unknown",
        Outcome::Cut(Cut::Deadline) => "cut: deadline",
        Outcome::Cut(Cut::Stopped) => "cut: stopped",
        Outcome::Cut(Cut::ReadLimit) => "cut: read_limit",
        Outcome::Cut(Cut::Recorder) => "cut: recorder",
        Outcome::Cut(Cut::Redactor { .. }) => "cut: redactor",
        Outcome::Cut(Cut::Backend(_)) => "cut: backend",
        Outcome::Unrecorded => "unrecorded",
    }
}

/// Bytes and sha256 of something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Digested {
    /// How many.
    pub bytes: u64,
    /// In hex.
    pub sha256: String,
}

pub(crate) fn side_begin(call: &str, started: u64, out: &mut Vec<u8>) {
    push(&json!({"wardgate_recording": 1, "call": call, "started": started}), out);
}

pub(crate) fn side_show(channel: Channel, at: u64, text: &str, out: &mut Vec<u8>) {
    push(&json!({"at": at, "channel": channel, "text": text}), out);
}

pub(crate) fn side_end(at: u64, outcome: &Outcome, raw: &BTreeMap<Channel, Digested>, out: &mut Vec<u8>) {
    let outcome = serde_json::to_value(outcome).unwrap_or(Value::Null);
    let raw: serde_json::Map<String, Value> = raw
        .iter()
        .map(|(channel, d)| (channel.as_str().to_owned(), json!({"bytes": d.bytes, "sha256": d.sha256})))
        .collect();
    push(&json!({"at": at, "outcome": outcome, "raw": raw}), out);
}

fn push(value: &Value, out: &mut Vec<u8>) {
    crate::canonical::write(value, out);
    out.push(b'\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stderr_is_marked_before_its_text_and_time_never_runs_back() {
        let mut out = Vec::new();
        let mut cast = Cast::begin(1_700_000_000_000, "web-0: ss -tan", "c-1", &mut out);
        cast.show(Channel::Stdout, 1_700_000_000_250, "one\n", &mut out);
        cast.show(Channel::Stderr, 1_700_000_001_300, "bad \"x\"\n", &mut out);
        cast.show(Channel::Stdout, 1_700_000_000_900, "two\n", &mut out);
        cast.end(1_700_000_002_000, &Outcome::Complete(Ending::Exit(3)), &mut out);
        let text = String::from_utf8_lossy(&out);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                r#"{"tags":["wardgate","c-1"],"term":{"cols":120,"rows":40},"timestamp":1700000000,"title":"web-0: ss -tan","version":3}"#,
                r#"[0.250, "o", "one\r\n"]"#,
                r#"[1.050, "m", "stderr"]"#,
                r#"[0.000, "o", "bad \"x\"\r\n"]"#,
                r#"[0.000, "m", "stdout"]"#,
                r#"[0.000, "o", "two\r\n"]"#,
                r#"[0.700, "x", "3"]"#,
            ]
        );
    }
}
