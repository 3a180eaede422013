//! JSON as redactors see it: one `POINTER: VALUE` per scalar, and the way back from ranges to masked scalars and keys.
//!
//! The form is the contract's (`wit/policy.wit`, `form`): `apiVersion`, `kind` and `metadata` come first, control characters of
//! a pointer are escaped, each further line of a value begins with two spaces. An empty object or array counts as a scalar, so
//! that its key is seen as well.
use serde_json::{Map, Value};
use std::{collections::HashMap, ops::Range};

/// A document laid out for redactors.
pub(crate) struct Layout {
    pub(crate) text: Vec<u8>,
    scalars: Vec<Scalar>,
}

struct Scalar {
    /// The keys that lead there: each with its range in the text.
    path: Vec<(String, Range<usize>)>,
    /// Pieces of the value: where they lie in the text, and where in the value's own text.
    pieces: Vec<(Range<usize>, usize)>,
    value: String,
}

/// A masked range of the layout's text.
pub(crate) struct Mask<'a> {
    pub(crate) text: &'a str,
    pub(crate) range: Range<usize>,
    /// One with the mask before it.
    pub(crate) joined: bool,
}

impl Layout {
    pub(crate) fn of(document: &Value) -> Self {
        let mut layout = Self { text: Vec::new(), scalars: Vec::new() };
        layout.walk(document, &mut Vec::new());
        layout
    }

    fn walk(&mut self, value: &Value, path: &mut Vec<String>) {
        match value {
            Value::Object(map) if !map.is_empty() => {
                for key in ordered(map, path.is_empty()) {
                    path.push(key.clone());
                    self.walk(&map[key], path);
                    path.pop();
                }
            }
            Value::Array(items) if !items.is_empty() => {
                for (at, item) in items.iter().enumerate() {
                    path.push(at.to_string());
                    self.walk(item, path);
                    path.pop();
                }
            }
            scalar => self.scalar(scalar, path),
        }
    }

    fn scalar(&mut self, value: &Value, path: &[String]) {
        let mut keys = Vec::with_capacity(path.len());
        for key in path {
            self.text.push(b'/');
            let from = self.text.len();
            push_pointer(key, &mut self.text);
            keys.push((key.clone(), from..self.text.len()));
        }
        self.text.extend_from_slice(b": ");
        let value = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let mut pieces = Vec::new();
        let mut at = 0;
        for line in value.split_inclusive('\n') {
            if at > 0 {
                self.text.extend_from_slice(b"  ");
            }
            let from = self.text.len();
            self.text.extend_from_slice(line.as_bytes());
            pieces.push((from..self.text.len(), at));
            at += line.len();
        }
        self.text.push(b'\n');
        self.scalars.push(Scalar { path: keys, pieces, value });
    }

    /// The document with its masks; ranges are sorted and do not overlap.
    pub(crate) fn masked(&self, mut document: Value, masks: &[Mask<'_>]) -> Value {
        if masks.is_empty() {
            return document;
        }
        let mut values: HashMap<Vec<&str>, String> = HashMap::new();
        let mut keys: HashMap<Vec<&str>, String> = HashMap::new();
        for scalar in &self.scalars {
            let path = || scalar.path.iter().map(|(key, _)| key.as_str());
            for (depth, (_, range)) in scalar.path.iter().enumerate() {
                if let Some(mask) = within(masks, range).next() {
                    keys.insert(path().take(depth + 1).collect(), mask.text.to_owned());
                }
            }
            if let Some(text) = scalar.masked(masks) {
                values.insert(path().collect(), text);
            }
        }
        replace(&mut document, &mut Vec::new(), &values, &keys);
        document
    }
}

impl Scalar {
    fn masked(&self, masks: &[Mask<'_>]) -> Option<String> {
        let mut out = String::new();
        let (mut at, mut any) = (0, false);
        for (range, offset) in &self.pieces {
            for mask in within(masks, range) {
                let from = offset + mask.range.start.max(range.start) - range.start;
                let to = offset + mask.range.end.min(range.end) - range.start;
                out.push_str(&lossy(&self.value, at.min(from)..from));
                // A mask that covers the inserted indent goes on in the next piece: one mask for the reader.
                let begins_here = mask.range.start >= range.start && !mask.joined;
                if begins_here || !any {
                    out.push_str(mask.text);
                }
                (at, any) = (to, true);
            }
        }
        out.push_str(&lossy(&self.value, at..self.value.len()));
        any.then_some(out)
    }
}

/// A mask may end within a character; what is left of that character is not shown.
fn lossy(text: &str, range: Range<usize>) -> String {
    let bytes = &text.as_bytes()[range];
    bytes.utf8_chunks().map(|chunk| chunk.valid()).collect()
}

fn within<'a>(masks: &'a [Mask<'a>], range: &Range<usize>) -> impl Iterator<Item = &'a Mask<'a>> + use<'a> {
    let first = masks.partition_point(|mask| mask.range.end <= range.start);
    let end = range.end;
    masks[first..].iter().take_while(move |mask| mask.range.start < end)
}

fn replace<'v>(
    value: &mut Value,
    path: &mut Vec<&'v str>,
    values: &HashMap<Vec<&'v str>, String>,
    keys: &HashMap<Vec<&'v str>, String>,
) {
    // The maps own paths that outlive this walk; look-ups only need the same words, so those are taken from the maps' side.
    if let Some(text) = values.get(path.as_slice()) {
        *value = Value::String(text.clone());
        return;
    }
    match value {
        Value::Object(map) => {
            let old = std::mem::take(map);
            for (key, mut inner) in old {
                let Some(word) = word(values, keys, path, &key) else {
                    map.insert(key, inner);
                    continue;
                };
                path.push(word);
                replace(&mut inner, path, values, keys);
                let name = keys.get(path.as_slice()).cloned().unwrap_or(key);
                path.pop();
                map.insert(free(map, name), inner);
            }
        }
        Value::Array(items) => {
            for (at, inner) in items.iter_mut().enumerate() {
                let Some(word) = word(values, keys, path, &at.to_string()) else { continue };
                path.push(word);
                replace(inner, path, values, keys);
                path.pop();
            }
        }
        _ => {}
    }
}

/// The next word of the path as some changed path spells it; `None` where nothing below changes.
fn word<'v>(
    values: &HashMap<Vec<&'v str>, String>,
    keys: &HashMap<Vec<&'v str>, String>,
    path: &[&str],
    key: &str,
) -> Option<&'v str> {
    let fits = |p: &&Vec<&'v str>| p.len() > path.len() && p[..path.len()] == *path && p[path.len()] == key;
    values.keys().chain(keys.keys()).find(fits).map(|p| p[path.len()])
}

/// Two masked keys of one object stay two.
fn free(map: &Map<String, Value>, name: String) -> String {
    if !map.contains_key(&name) {
        return name;
    }
    (2..u32::MAX).map(|n| format!("{name} ({n})")).find(|name| !map.contains_key(name)).unwrap_or(name)
}

fn ordered(map: &Map<String, Value>, top: bool) -> Vec<&String> {
    let rank = |key: &str| match key {
        "apiVersion" => 0,
        "kind" => 1,
        "metadata" => 2,
        _ => 3,
    };
    let mut keys: Vec<&String> = map.keys().collect();
    if top {
        keys.sort_by_key(|key| rank(key));
    }
    keys
}

fn push_pointer(key: &str, out: &mut Vec<u8>) {
    for c in key.chars() {
        match c {
            '~' => out.extend_from_slice(b"~0"),
            '/' => out.extend_from_slice(b"~1"),
            c if c.is_control() => out.extend_from_slice(c.escape_default().to_string().as_bytes()),
            c => out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn mask_word(document: &Value, word: &str) -> Value {
        let layout = Layout::of(document);
        let text = String::from_utf8(layout.text.clone()).unwrap();
        let masks: Vec<_> = text
            .match_indices(word)
            .map(|(at, _)| Mask { text: "[redacted:r]", range: at..at + word.len(), joined: false })
            .collect();
        layout.masked(document.clone(), &masks)
    }

    #[test]
    fn a_document_is_laid_out_with_its_kind_first_and_lines_kept_apart() {
        let layout = Layout::of(
            &json!({"spec": {"a/b": [1, true, null]}, "kind": "Pod", "data": "one\n/kind: Secret", "e": {}}),
        );
        let text = String::from_utf8(layout.text).unwrap();
        let seen = "/kind: Pod\n/spec/a~1b/0: 1\n/spec/a~1b/1: true\n/spec/a~1b/2: null\n/data: one\n  /kind: Secret\n/e: {}\n";
        assert_eq!(text, seen);
    }

    #[test]
    fn masks_land_in_their_own_scalar_and_the_json_stays_json() {
        for (document, seen) in [
            (json!({"a": "x KEY y", "b": 1}), json!({"a": "x [redacted:r] y", "b": 1})),
            (json!({"a": ["KEY", "KEY"]}), json!({"a": ["[redacted:r]", "[redacted:r]"]})),
            (json!({"KEY": {"in": "v"}}), json!({"[redacted:r]": {"in": "v"}})),
            (json!({"KEY": {}}), json!({"[redacted:r]": {}})),
            (json!({"xKEY": 1, "yKEY": 2}), json!({"[redacted:r]": 1, "[redacted:r] (2)": 2})),
            (json!("KEY"), json!("[redacted:r]")),
            (json!({"a": "l1\nKEY\nl3"}), json!({"a": "l1\n[redacted:r]\nl3"})),
            (json!({"a": "äKEYö"}), json!({"a": "ä[redacted:r]ö"})),
        ] {
            assert_eq!(mask_word(&document, "KEY"), seen);
        }
    }

    #[test]
    fn a_masked_number_becomes_a_string() {
        assert_eq!(mask_word(&json!({"pin": 4711, "n": 1}), "4711"), json!({"pin": "[redacted:r]", "n": 1}));
    }

    #[test]
    fn a_mask_over_several_lines_is_one_mask() {
        let document = json!({"pem": "-----BEGIN\nabc\nEND-----\nrest"});
        let layout = Layout::of(&document);
        let text = String::from_utf8(layout.text.clone()).unwrap();
        let (from, to) = (text.find("-----BEGIN").unwrap(), text.find("END-----").unwrap() + 8);
        let out = layout.masked(document, &[Mask { text: "[redacted:pem]", range: from..to, joined: false }]);
        assert_eq!(out, json!({"pem": "[redacted:pem]\nrest"}));
    }

    #[test]
    fn a_mask_over_several_scalars_masks_each() {
        let document = json!({"a": "one", "b": "two", "c": 4711});
        let layout = Layout::of(&document);
        let masks = [Mask { text: "[redacted:r]", range: 0..layout.text.len(), joined: false }];
        let out = layout.masked(document, &masks);
        assert!(
            !out.to_string().contains("one") && !out.to_string().contains("two") && !out.to_string().contains("4711")
        );
    }
}
