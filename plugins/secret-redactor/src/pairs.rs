//! Pairs of a name and a value: a container's env, Go and Java structs, XML properties, parameters; in any order, on one line or
//! on neighbouring ones.
use crate::{
    allow::digits,
    detect::Detector,
    keys::{Meaning, Strength},
    section::Section,
    site::{Mask, Site},
    source::is_code,
    table::number,
    text::{Until, find, is_blank, is_quote, reads, skip, skip_back},
    value::{Value, value_at},
    within::inner,
};

/// How far from its value a name is looked for.
const NEAR: usize = 300;

impl Detector {
    /// `{"name": "KEY", "value": "VALUE"}` in any order, `<name>KEY</name><value>VALUE</value>`, and the two lines that YAML and
    /// scalars make of it.
    pub(crate) fn pair(&self, site: Site, word_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let word_end = skip_back(text, word_end, at, |b| b == b'\\' || b == b'>');
        let mut sep = skip(text, word_end, limit, |b| matches!(b, b'\\' | b'"' | b'\'') || is_blank(b));
        if reads(text, sep, b"u0022") {
            sep = skip(text, sep + 5, limit, is_blank);
        }
        if sep >= limit
            || !matches!(text[sep], b':' | b'=' | b'>')
            || (at > site.floor && matches!(text[at - 1], b'_' | b'.' | b'-') && !of_an_item(&text[site.floor..at]))
        {
            return;
        }
        let mut value = value_behind(text, sep, limit, site.cut);
        let name = name_before(site).or_else(|| name_after(site, value)).or_else(|| name_of_object(site));
        let Some(name) = name.or_else(|| name_above(site)) else { return };
        let Some(said) = self.meaning(&text[name.start..name.end]) else { return };
        // `"value": {"stringValue": "VALUE"}`
        if !value.quoted && text[value.start..limit].starts_with(b"{") {
            value = inner(text, value.start, limit, site.cut).unwrap_or(value);
        }
        if site.scalars && text[sep] == b':' {
            value = Value {
                start: (sep + 2).min(limit),
                end: limit,
                quoted: true,
                until: Some(if site.cut { Until::Line } else { Until::Scalar }),
            };
        }
        self.named(site, said, value, out);
    }

    /// Masks the value of a pair whose name says so.
    fn named(&self, site: Site, said: Meaning, value: Value, out: &mut Vec<Mask>) {
        let header = matches!(said.strength, Strength::Authorization | Strength::Cookie);
        let said = if header { Meaning { strength: Strength::Certain, ..said } } else { said };
        // Bare, a letter or two is a variable's name.
        let bytes = &site.text[value.start..value.end];
        let count = bytes.len() < 6 && digits(bytes) && said.strength != Strength::Pin;
        let code = !value.quoted && (value.end < value.start + 3 || count || is_code(site, value));
        if value.end > value.start && !code && self.is_secret(said, &site.text[value.start..value.end], true) {
            let rule = self.label(site.text, value, const { number("name-value-pair") });
            out.push(site.mask(rule, value.start, value.end, value.until));
        }
    }

    /// The value of a pair on a line of its own, whose name may stand on the next line.
    pub(crate) fn pair_above_its_name(&self, text: &[u8], start: usize, end: usize, base: u64) -> Option<Section> {
        let first = skip(text, start, end, |b| is_blank(b) || matches!(b, b'-' | b'"' | b'<' | b'{'));
        if end - start > 240 || !reads(text, first, b"value") {
            return None;
        }
        let sep = skip(text, first + 5, end, |b| is_quote(b) || is_blank(b));
        if sep >= end || !matches!(text[sep], b':' | b'>') {
            return None;
        }
        let value = value_behind(text, sep, end, false);
        let inline = find(&text[value.end..end], b"name").is_some();
        (value.end > value.start && !inline)
            .then(|| Section::Named { start: base + value.start as u64, end: base + value.end as u64 })
    }

    /// The mask of a value that stood above the line `text[start..end]`, if that line names it.
    pub(crate) fn named_below(
        &self,
        text: &[u8],
        (start, end): (usize, usize),
        (value, value_end): (usize, usize),
    ) -> Option<Mask> {
        // `- name: KEY` begins the next item of a list.
        if text[skip(text, start, end, is_blank)..end].starts_with(b"- ") {
            return None;
        }
        let name = name_on(text, start, end)?;
        let mut said = self.meaning(&text[name.start..name.end])?;
        if matches!(said.strength, Strength::Authorization | Strength::Cookie) {
            said.strength = Strength::Certain;
        }
        let whole = Value { start: value, end: value_end, quoted: true, until: None };
        self.is_secret(said, &text[value..value_end], true).then(|| Mask {
            rule: self.label(text, whole, const { number("name-value-pair") }),
            start: value,
            end: value_end,
            until: None,
        })
    }
}

/// `env[0].value`: a field of a numbered item.
fn of_an_item(before: &[u8]) -> bool {
    before.ends_with(b"].")
}

/// The value behind a separator; behind a `>` it ends with the element.
fn value_behind(text: &[u8], sep: usize, limit: usize, cut: bool) -> Value {
    if text[sep] != b'>' {
        return value_at(text, sep + 1, limit, cut);
    }
    let start = sep + 1;
    let end = memchr::memchr(b'<', &text[start..limit]).map_or(limit, |n| start + n);
    Value { start, end, quoted: true, until: (end == limit && cut).then_some(Until::Word) }
}

/// Where, in `text[from..to]`, the label of a name ends: `name` or `key`, with nothing of a word before it.
fn labels(text: &[u8], from: usize, to: usize) -> impl DoubleEndedIterator<Item = usize> + '_ {
    (from..to).filter_map(move |i| {
        let label: &[u8] = match text[i] {
            b'n' | b'N' => b"name",
            b'k' | b'K' => b"key",
            b'p' | b'P' => b"property",
            _ => return None,
        };
        let end = i + label.len();
        let parameter = i >= from + 9 && reads(text, i - 9, b"parameter");
        let alone = i == from || !text[i - 1].is_ascii_alphanumeric() || parameter;
        (end <= to && alone && reads(text, i, label)).then_some(end)
    })
}

/// The name of a pair, before its value in the same braces.
pub(crate) fn name_before(site: Site) -> Option<Value> {
    let Site { text, at, .. } = site;
    let floor = site.floor.max(at.saturating_sub(NEAR));
    let mut open = text[floor..at].iter().rposition(|b| matches!(b, b'{' | b'}')).map_or(floor, |n| floor + n + 1);
    // `"key": "KEY", "value": {"stringValue": "VALUE"}`
    let outer =
        skip_back(text, open.saturating_sub(1), floor, |b| is_blank(b) || is_quote(b) || matches!(b, b':' | b'\\'));
    if open > floor && outer >= floor + 5 && text[open - 1] == b'{' && reads(text, outer - 5, b"value") {
        open = text[floor..outer].iter().rposition(|b| matches!(b, b'{' | b'}')).map_or(floor, |n| floor + n + 1);
    }
    labels(text, open, at).rev().find_map(|end| name_at(text, end, at))
}

/// The key of the braces that the value stands in: `"KEY":{"sensitive":true,"value":"VALUE"}`.
fn name_of_object(site: Site) -> Option<Value> {
    let Site { text, at, .. } = site;
    let floor = site.floor.max(at.saturating_sub(NEAR));
    let open = memchr::memrchr(b'{', &text[floor..at]).map(|n| floor + n)?;
    let sep = skip_back(text, open, floor, is_blank);
    let end = sep.checked_sub(2).filter(|e| *e >= floor && text[sep - 1] == b':' && text[*e] == b'"')?;
    let start = skip_back(text, end, floor, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    let alone = memchr::memchr(b'}', &text[open..at]).is_none();
    (start < end && alone).then_some(Value { start, end, quoted: true, until: None })
}

/// The name of a pair, behind its value in the same braces.
fn name_after(site: Site, value: Value) -> Option<Value> {
    let Site { text, .. } = site;
    let limit = site.limit.min(value.end + NEAR);
    let close = text[value.end..limit].iter().position(|b| matches!(b, b'{' | b'}')).map_or(limit, |n| value.end + n);
    labels(text, value.end, close).find_map(|end| name_at(text, end, close))
}

/// The value that stands at `i` after a quote and a separator, as a key's name.
fn name_at(text: &[u8], i: usize, limit: usize) -> Option<Value> {
    let mut sep = skip(text, i, limit, |b| matches!(b, b'\\' | b'"' | b'\'') || is_blank(b));
    if reads(text, sep, b"u0022") {
        sep = skip(text, sep + 5, limit, is_blank);
    }
    (sep < limit && matches!(text[sep], b':' | b'=' | b'>')).then(|| value_behind(text, sep, limit, false))
}

/// The name that a line of its own gives: `- name: KEY`, `"name": "KEY",`, `<name>KEY</name>`.
pub(crate) fn name_on(text: &[u8], start: usize, end: usize) -> Option<Value> {
    let key = skip(text, start, end, |b| is_blank(b) || matches!(b, b'"' | b'-' | b'<' | b'{'));
    [b"name".as_slice(), b"key", b"property"]
        .iter()
        .filter(|word| reads(text, key, word))
        .find_map(|word| name_at(text, key + word.len(), end))
}

/// The name of a pair, on one of the two lines above: `- name: KEY`, `"name": "KEY",`, `/env/3/name: KEY`.
fn name_above(site: Site) -> Option<Value> {
    let Site { text, floor, at, back, .. } = site;
    if !site.line_start || floor == 0 {
        return None;
    }
    let indent = &text[floor..at];
    if !indent.iter().all(|b| is_blank(*b) || matches!(b, b'"' | b'-' | b'<')) && indent.first() != Some(&b'/') {
        return None;
    }
    let mut end = floor - 1;
    for _ in 0..2 {
        let start = memchr::memrchr(b'\n', &text[back..end]).map_or(back, |n| back + n + 1);
        let line = &text[start..end];
        if indent.first() == Some(&b'/') {
            if line.starts_with(indent) {
                let name = start + indent.len();
                if reads(text, name, b"name: ") {
                    return Some(Value { start: name + 6, end, quoted: true, until: None });
                }
            }
        } else if let Some(name) = name_on(text, start, end) {
            return Some(name);
        }
        if start == back || start == 0 {
            return None;
        }
        end = start - 1;
    }
    None
}
