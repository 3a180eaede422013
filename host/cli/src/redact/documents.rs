//! `--channel object`: a stream of JSON documents, redacted scalar by scalar. What is no finding stays as it was written: numbers to
//! their last digit, spaces, escapes, order.
//!
//! A document is written anew where its text cannot be kept: a masked key, or a member that is there twice, of which readers see one.
use super::failed;
use anyhow::{Result, anyhow};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::{Value, json, value::RawValue};
use std::{
    cell::Cell,
    collections::VecDeque,
    fmt,
    io::{self, Read, Write},
    ops::Range,
    rc::Rc,
};
use wardgate_core::{hygiene, release::DocumentStage};

/// Bytes of one document: it is held whole until it is decided.
const DOCUMENT: usize = 64 << 20;

/// What is wanted besides the masks.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    pub(super) hygiene: bool,
    pub(super) findings: bool,
}

struct Waiting {
    /// Where it begins in the input.
    at: usize,
    text: Box<RawValue>,
    value: Value,
}

/// Redacts documents until the input ends. One that is no JSON ends it; those before it are written first.
pub(super) async fn run(mut stage: DocumentStage, wanted: Wanted) -> Result<()> {
    let room = Rc::new(Cell::new(DOCUMENT));
    let input = Bounded { input: io::stdin().lock(), room: room.clone() };
    let mut documents = serde_json::Deserializer::from_reader(input).into_iter::<Box<RawValue>>();
    let mut waiting = VecDeque::new();
    let broken = loop {
        let text = match documents.next() {
            None => break None,
            Some(Ok(text)) => text,
            Some(Err(error)) => break Some(error),
        };
        let value: Value = match serde_json::from_str(text.get()) {
            Ok(value) => value,
            Err(error) => break Some(error),
        };
        room.set(DOCUMENT);
        waiting.push_back(Waiting { at: documents.byte_offset() - text.get().len(), text, value: value.clone() });
        let decided = stage.feed(value).await.map_err(failed)?;
        write(decided, &mut waiting, wanted)?;
    };
    write(stage.finish().await.map_err(failed)?, &mut waiting, wanted)?;
    match broken {
        None => Ok(()),
        Some(error) if error.is_io() => Err(anyhow!("{error}; one document an item: jq -c '.items[]'")),
        Some(error) => {
            Err(anyhow!("standard input is no stream of JSON documents: {error}; what came before is written"))
        }
    }
}

/// Standard input, as far as one document may go.
struct Bounded<R> {
    input: R,
    room: Rc<Cell<usize>>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = self.room.get();
        if room == 0 {
            return Err(io::Error::other(format!("a document is larger than {} MiB", DOCUMENT >> 20)));
        }
        let most = buffer.len().min(room);
        let read = self.input.read(&mut buffer[..most])?;
        self.room.set(room - read);
        Ok(read)
    }
}

fn write(decided: Vec<Value>, waiting: &mut VecDeque<Waiting>, wanted: Wanted) -> Result<()> {
    let mut out = io::stdout().lock();
    for masked in decided {
        let before = waiting.pop_front().ok_or_else(|| anyhow!("more documents were decided than read"))?;
        let Waiting { at, text, value } = &before;
        let mut splice = Splice { origin: text.get().as_ptr() as usize, hygiene: wanted.hygiene, edits: Vec::new() };
        let edits = if splice.walk(text, value, &masked).is_some() {
            writeln!(out, "{}", spliced(text.get(), &splice.edits))?;
            splice.edits
        } else {
            let edit = Edit { range: 0..text.get().len(), json: masked.to_string() };
            writeln!(out, "{}", if wanted.hygiene { visible(masked) } else { masked })?;
            vec![edit]
        };
        for Edit { range, json } in edits.iter().filter(|_| wanted.findings) {
            for rule in rules(json) {
                eprintln!("{}", json!({"rule": rule, "start": at + range.start, "end": at + range.end}));
            }
        }
    }
    Ok(out.flush()?)
}

/// A range of a document's text, and the JSON that stands there now.
struct Edit {
    range: Range<usize>,
    json: String,
}

fn spliced(text: &str, edits: &[Edit]) -> String {
    let (mut out, mut from) = (String::with_capacity(text.len()), 0);
    for Edit { range, json } in edits {
        out.push_str(&text[from..range.start]);
        out.push_str(json);
        from = range.end;
    }
    out.push_str(&text[from..]);
    out
}

/// The scalars of one document that changed, in order.
struct Splice {
    /// Where its text begins in memory.
    origin: usize,
    hygiene: bool,
    edits: Vec<Edit>,
}

impl Splice {
    /// `None` where the document's text cannot be kept.
    fn walk(&mut self, text: &RawValue, before: &Value, after: &Value) -> Option<()> {
        match (before, after) {
            (Value::Object(old), Value::Object(new)) => {
                let Members(members) = serde_json::from_str(text.get()).ok()?;
                if members.len() != old.len() || (self.hygiene && old.keys().any(|key| hygiene::visible(key) != *key)) {
                    return None;
                }
                members.iter().try_for_each(|(key, text)| self.walk(text, old.get(key)?, new.get(key)?))
            }
            (Value::Array(old), Value::Array(new)) if old.len() == new.len() => {
                let items: Vec<&RawValue> = serde_json::from_str(text.get()).ok()?;
                items.iter().zip(old.iter().zip(new)).try_for_each(|(text, (old, new))| self.walk(text, old, new))
            }
            _ => {
                let made_visible = self.hygiene.then(|| visible(after.clone()));
                let shown = made_visible.as_ref().unwrap_or(after);
                if shown != before {
                    let start = (text.get().as_ptr() as usize).checked_sub(self.origin)?;
                    self.edits.push(Edit { range: start..start + text.get().len(), json: shown.to_string() });
                }
                Some(())
            }
        }
    }
}

fn visible(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(hygiene::visible(&text)),
        Value::Array(items) => items.into_iter().map(visible).collect(),
        Value::Object(map) => map.into_iter().map(|(key, value)| (hygiene::visible(&key), visible(value))).collect(),
        other => other,
    }
}

/// The rules that the masks in a text name.
fn rules(text: &str) -> impl Iterator<Item = &str> {
    text.split("[redacted:").skip(1).filter_map(|rest| rest.split([' ', ']']).next())
}

/// An object's members with their texts, each as often as it is there.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members<'de>, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shown(text: &str, after: &Value, hygiene: bool) -> Option<String> {
        let raw: Box<RawValue> = serde_json::from_str(text).unwrap();
        let before = serde_json::from_str(text).unwrap();
        let mut splice = Splice { origin: raw.get().as_ptr() as usize, hygiene, edits: Vec::new() };
        splice.walk(&raw, &before, after)?;
        Some(spliced(raw.get(), &splice.edits))
    }

    #[test]
    fn what_did_not_change_stays_to_the_letter() {
        let text = r#"{ "n" : 1.10, "big":12345678901234567890123 ,"z":-0, "e":1.0e5,"s":"caf\u00e9", "a":[ {"p":"hunter2"}, "hunter2" ]}"#;
        let mut after: Value = serde_json::from_str(text).unwrap();
        assert_eq!(shown(text, &after, false).unwrap(), text);
        after["a"][0]["p"] = "[redacted:p]".into();
        after["a"][1] = "[redacted:p]".into();
        assert_eq!(shown(text, &after, false).unwrap(), text.replace("hunter2", "[redacted:p]"));
    }

    #[test]
    fn a_document_whose_text_cannot_be_kept_is_written_anew() {
        assert_eq!(
            shown(r#"{"a":"hunter2","a":"b"}"#, &json!({"a": "b"}), false),
            None,
            "the first one would be shown"
        );
        assert_eq!(shown(r#"{"hunter2":1}"#, &json!({"[redacted:p]": 1}), false), None);
    }

    #[test]
    fn hygiene_shows_what_json_hides() {
        let text = "{\"a\":\"x\u{202e}y\",\"b\":\"\\u001b[2J\",\"c\":1.50}";
        let after = serde_json::from_str(text).unwrap();
        assert_eq!(shown(text, &after, true).unwrap(), r#"{"a":"x\\u{202e}y","b":"\\x1b[2J","c":1.50}"#);
    }
}
