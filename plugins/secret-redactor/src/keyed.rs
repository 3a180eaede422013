//! Rules that go by a key: assignments in every notation, elements, flags, pairs of name and value, headers.
use crate::{
    allow::{digits, harmless, object_name, uuid},
    anchors::separator,
    base64,
    detect::Detector,
    keys::{Meaning, Strength, meaning},
    randomness::random,
    site::{Mask, Site},
    table::number,
    text::{Until, find, is_blank, is_name, is_quote, reads, skip, skip_back},
    value::{Value, value_at},
};

/// Where a value stands, as far as that tells prose from data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Setting {
    /// `key=value`, a quoted value, a scalar.
    Data,
    /// `key: value` at the beginning of a line.
    Yaml,
    /// `key: value` within a line.
    Within,
}

fn name_or_dash(b: u8) -> bool {
    is_name(b) || matches!(b, b'-' | b'$')
}

impl Detector {
    /// `KEY = VALUE`, `KEY: VALUE`, `"KEY":"VALUE"`.
    pub(crate) fn assignment(&self, site: Site, word_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let Some(sep) = separator(text, word_end, limit, 0) else {
            return;
        };
        let start = skip_back(text, at, site.floor.max(at.saturating_sub(64)), |b| name_or_dash(b) || b >= 0x80);
        let end = skip(text, word_end, sep, is_name);
        let Some(said) = self.meaning(&text[start..end]) else { return };
        if text[sep] == b':' && text.get(sep + 1) == Some(&b':') {
            return;
        }
        let mut from = sep + 1;
        while from < limit && matches!(text[from], b'=' | b'>' | b'~') && from < sep + 3 {
            from += 1;
        }
        if site.scalars
            && let Some(mask) = self.scalar(site, said, sep)
        {
            out.push(mask);
            return;
        }
        let before = skip_back(text, start, site.floor, |b| matches!(b, b' ' | b'\t' | b'-' | b'"' | b'\'' | b'+'));
        let leads = before == site.floor && site.line_start;
        let quoted_key = start > site.floor && is_quote(text[start - 1]);
        let setting = if text[sep] == b'=' || quoted_key {
            Setting::Data
        } else if leads {
            Setting::Yaml
        } else {
            Setting::Within
        };
        match said.strength {
            Strength::Authorization => self.authorization(site, from, out),
            Strength::Cookie => self.cookie(site, &text[start..end], from, out),
            _ => self.value(site, said, value_at(text, from, limit, site.cut), setting, out),
        }
    }

    /// `\"KEY\":\"VALUE\"`, at any depth, and `KEY\u0022:`.
    pub(crate) fn escaped_assignment(&self, site: Site, word_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let word_end = word_end - 1;
        let mut i = skip(text, word_end, limit.min(word_end + 8), |b| b == b'\\');
        if i < limit && is_quote(text[i]) {
            i += 1;
        } else if reads(text, i, b"u0022") {
            i += 5;
        } else {
            return;
        }
        i = skip(text, i, limit, is_blank);
        if i >= limit || !matches!(text[i], b':' | b'=' | b',') {
            return;
        }
        let start = skip_back(text, at, site.floor.max(at.saturating_sub(64)), name_or_dash);
        let Some(said) = self.meaning(&text[start..word_end]) else { return };
        match said.strength {
            Strength::Authorization => self.authorization(site, i + 1, out),
            Strength::Cookie => self.cookie(site, &text[start..word_end], i + 1, out),
            _ => self.value(site, said, value_at(text, i + 1, limit, site.cut), Setting::Data, out),
        }
    }

    /// `<KEY>VALUE</KEY>` and `<x name="KEY">VALUE</x>`.
    pub(crate) fn element(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let start = skip_back(text, at, site.floor.max(at.saturating_sub(64)), name_or_dash);
        if start == site.floor || !matches!(text[start - 1], b'<' | b':' | b'"' | b';') {
            return;
        }
        let name_end = skip(text, start, literal_end, name_or_dash);
        let Some(said) = self.meaning(&text[start..name_end]) else { return };
        let end = memchr::memchr(b'<', &text[literal_end..limit]).map_or(limit, |n| literal_end + n);
        let value =
            Value { start: literal_end, end, quoted: true, until: (end == limit && site.cut).then_some(Until::Word) };
        if end > literal_end && self.is_secret(said, &text[literal_end..end], true) {
            out.push(site.mask(const { number("xml-element") }, value.start, value.end, value.until));
        }
    }

    /// `--KEY VALUE`, `"--KEY", "VALUE"`.
    pub(crate) fn flag(&self, site: Site, literal_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let start = skip_back(text, at, site.floor.max(at.saturating_sub(64)), name_or_dash);
        let end = skip(text, at, literal_end, name_or_dash);
        if !text[start..=at].starts_with(b"-") {
            return;
        }
        let Some(said) = self.meaning(&text[start..end]) else { return };
        let from = skip(text, literal_end, limit, |b| is_blank(b) || b == b',');
        let value = value_at(text, from, limit, site.cut);
        let bytes = &text[value.start..value.end];
        if bytes.is_empty()
            || (bytes[0] == b'-' && !value.quoted)
            || bytes.starts_with(b"--")
            || (!value.quoted && said_in_prose(text, value, limit))
        {
            return;
        }
        let said = Meaning {
            strength: if said.strength == Strength::Weak { Strength::Likely } else { said.strength },
            ..said
        };
        if self.is_secret(said, bytes, value.quoted) {
            out.push(site.mask(
                self.label(text, value, const { number("command-line-secret") }),
                value.start,
                value.end,
                value.until,
            ));
        }
    }

    /// `{"name": "KEY", "value": "VALUE"}` in any order, and the two lines that YAML and scalars make of it.
    pub(crate) fn pair(&self, site: Site, word_end: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, .. } = site;
        let word_end = skip_back(text, word_end, at, |b| b == b'\\');
        let mut sep = skip(text, word_end, limit, |b| matches!(b, b'\\' | b'"' | b'\'') || is_blank(b));
        if reads(text, sep, b"u0022") {
            sep = skip(text, sep + 5, limit, is_blank);
        }
        if sep >= limit
            || !matches!(text[sep], b':' | b'=')
            || (at > site.floor && matches!(text[at - 1], b'_' | b'.' | b'-'))
        {
            return;
        }
        let value = value_at(text, sep + 1, limit, site.cut);
        let Some(name) = self.name_before(site).or_else(|| name_after(site, value)).or_else(|| name_above(site)) else {
            return;
        };
        let Some(said) = self.meaning(&text[name.start..name.end]) else { return };
        if matches!(said.strength, Strength::Authorization | Strength::Cookie) {
            self.value(site, Meaning { strength: Strength::Certain, ..said }, value, Setting::Data, out);
            return;
        }
        let mut value = value;
        if site.scalars && text[sep] == b':' {
            value = Value {
                start: (sep + 2).min(limit),
                end: limit,
                quoted: true,
                until: Some(if site.cut { Until::Line } else { Until::Scalar }),
            };
        }
        if value.end > value.start && self.is_secret(said, &text[value.start..value.end], true) {
            out.push(site.mask(
                self.label(text, value, const { number("name-value-pair") }),
                value.start,
                value.end,
                value.until,
            ));
        }
    }

    /// The name of a pair, before its value in the same braces.
    fn name_before(&self, site: Site) -> Option<Value> {
        let floor = site.floor.max(site.at.saturating_sub(300));
        let near = &site.text[floor..site.at];
        let open = near.iter().rposition(|b| matches!(b, b'{' | b'}')).map_or(0, |n| n + 1);
        let braces = &near[open..];
        let named = |end: usize| {
            [b"name".as_slice(), b"key"].iter().any(|w| {
                end >= w.len()
                    && reads(braces, end - w.len(), w)
                    && (end == w.len() || !braces[end - w.len() - 1].is_ascii_alphanumeric())
            })
        };
        (3..=braces.len())
            .rev()
            .filter(|end| named(*end))
            .find_map(|end| name_at(site.text, floor + open + end, site.at))
    }

    /// The whole of a scalar, where the anchor is its pointer's last segment.
    fn scalar(&self, site: Site, said: Meaning, sep: usize) -> Option<Mask> {
        let Site { text, floor, limit, .. } = site;
        if !site.line_start
            || text.get(floor) != Some(&b'/')
            || text.get(sep..sep + 2) != Some(b": ")
            || memchr::memmem::find(&text[floor..sep], b": ").is_some()
        {
            return None;
        }
        let value = Value {
            start: sep + 2,
            end: limit,
            quoted: true,
            until: Some(if site.cut { Until::Line } else { Until::Scalar }),
        };
        let said = if matches!(said.strength, Strength::Authorization | Strength::Cookie) {
            Meaning { strength: Strength::Certain, ..said }
        } else {
            said
        };
        (limit > sep + 2 && self.is_secret(said, &text[value.start..limit], true))
            .then(|| site.mask(self.label(text, value, said.rule), value.start, limit, value.until))
    }

    fn value(&self, site: Site, said: Meaning, value: Value, setting: Setting, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let bytes = &text[value.start..value.end];
        if bytes.is_empty() || (!value.quoted && nested(text, value.start, limit)) {
            return;
        }
        let mut value = value;
        if said.strength == Strength::Phrase && !value.quoted {
            value.end = limit;
        }
        if !value.quoted
            && setting != Setting::Data
            && said_in_prose(text, value, limit)
            && (setting == Setting::Within || refused(bytes))
        {
            return;
        }
        if self.is_secret(said, &text[value.start..value.end], value.quoted || setting == Setting::Data) {
            out.push(site.mask(self.label(text, value, said.rule), value.start, value.end, value.until));
        }
    }

    /// Whether a value is a secret under a key of that meaning.
    pub(crate) fn is_secret(&self, said: Meaning, value: &[u8], data: bool) -> bool {
        let value = value.trim_ascii();
        if value.is_empty() || harmless(value) || self.settings.allows(value) {
            return false;
        }
        match said.strength {
            Strength::Certain | Strength::Authorization | Strength::Cookie => !digits(value) || value.len() >= 3,
            Strength::Phrase => value.split(|b| *b == b' ').count() >= 8,
            Strength::Pin => (digits(value) && (3..=12).contains(&value.len())) || likely(value, data),
            Strength::Likely => likely(value, data),
            Strength::Weak => weak(value),
        }
    }

    pub(crate) fn meaning(&self, key: &[u8]) -> Option<Meaning> {
        meaning(key, &self.settings.keys)
    }

    /// The provider's rule, where the value is a provider's token; else `rule`.
    pub(crate) fn label(&self, text: &[u8], value: Value, rule: u32) -> u32 {
        self.token_rule(text, value.start, value.end).unwrap_or(rule)
    }

    /// What follows `Authorization:`.
    pub(crate) fn authorization(&self, site: Site, from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let value = value_at(text, from, limit, site.cut);
        let scheme_end = skip(text, value.start, limit, |b| b.is_ascii_alphanumeric() || b == b'-');
        let scheme = &text[value.start..scheme_end];
        let is = |list: &[&str]| list.iter().any(|s| scheme.eq_ignore_ascii_case(s.as_bytes()));
        let after = skip(text, scheme_end, limit, |b| is_blank(b) || b == b'=');
        let rule = const { number("authorization-header") };
        let secret = if after > scheme_end && is(MANY) {
            Value {
                start: after,
                end: if value.quoted { value.end.max(after) } else { limit },
                quoted: true,
                until: site.cut.then_some(Until::Line),
            }
        } else if after > scheme_end && is(ONE) {
            let inner = value_at(text, after, if value.quoted { value.end.max(after) } else { limit }, site.cut);
            Value { until: if value.quoted { value.until } else { inner.until }, ..inner }
        } else {
            let said = Meaning { strength: Strength::Likely, rule };
            self.value(site, said, value, Setting::Data, out);
            return;
        };
        let bytes = &text[secret.start..secret.end];
        let rule = if scheme.eq_ignore_ascii_case(b"bearer") {
            const { number("bearer-token") }
        } else if scheme.eq_ignore_ascii_case(b"basic") {
            const { number("basic-auth") }
        } else {
            rule
        };
        if bytes.len() >= 4 && !harmless(bytes) && !said_in_prose(text, secret, limit) && !self.settings.allows(bytes) {
            out.push(site.mask(self.label(text, secret, rule), secret.start, secret.end, secret.until));
        }
    }

    /// The values of a cookie header; attributes stay.
    fn cookie(&self, site: Site, key: &[u8], from: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let whole = value_at(text, from, limit, site.cut);
        let end = if whole.quoted { whole.end } else { limit };
        let set = find(key, b"set").is_some();
        let mut i = whole.start;
        let mut first = true;
        while i < end {
            let next = memchr::memchr(b';', &text[i..end]).map_or(end, |n| i + n);
            let part = skip(text, i, next, is_blank);
            let name_end = skip(text, part, next, |b| b != b'=' && !is_blank(b) && !is_quote(b));
            if name_end < next && text[name_end] == b'=' && name_end > part {
                let value = value_at(text, name_end + 1, next, site.cut && next == limit);
                let bytes = &text[value.start..value.end];
                if (!set || first) && !harmless(bytes) && (likely(bytes, true) || weak(bytes)) {
                    out.push(site.mask(
                        self.label(text, value, const { number("cookie") }),
                        value.start,
                        value.end,
                        value.until,
                    ));
                }
            } else if first && name_end >= next.min(part + 16) {
                let bytes = &text[part..name_end];
                if weak(bytes) {
                    out.push(site.mask(const { number("cookie") }, part, name_end, None));
                }
                if !whole.quoted {
                    return;
                }
            }
            first = false;
            i = next + 1;
        }
    }
}

/// Schemes of Authorization with one word of credentials.
#[rustfmt::skip]
const ONE: &[&str] = &[
    "bearer", "basic", "token", "apikey", "api-key", "negotiate", "ntlm", "key", "jwt", "splunk", "ssws",
    "genie-key", "genieKey", "pve-api-token", "bot", "client-id",
];

/// Schemes of Authorization with many parts.
#[rustfmt::skip]
const MANY: &[&str] = &[
    "digest", "hawk", "oauth", "signature", "aws4-hmac-sha256", "aws", "hmac", "sharedkey", "sharedkeylite",
    "mac", "sharedaccesssignature",
];

/// Not a plain word, not an object's name, not a number.
fn likely(value: &[u8], data: bool) -> bool {
    if value.len() > 256 {
        return true;
    }
    let spaces = value.iter().filter(|b| **b == b' ').count();
    let sentence =
        spaces > 0 && value.split(|b| *b == b' ').all(|w| object_name(w.trim_ascii()) || w.len() < 4 || !random(w));
    let plain = value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':'));
    let words = plain && (value.len() < 16 || object_name(value));
    value.len() >= if data { 5 } else { 6 }
        && !digits(value)
        && !sentence
        && !words
        && !object_name(value)
        && !address(value)
}

/// Looks random as a whole, or in its parts.
fn weak(value: &[u8]) -> bool {
    if uuid(value) || address(value) {
        return false;
    }
    let trimmed = value.trim_ascii_end();
    let trimmed = &trimmed[..trimmed.len() - trimmed.iter().rev().take_while(|b| **b == b'=').count()];
    random(trimmed) && !object_name(trimmed) && trimmed.iter().all(|b| !matches!(b, b' ' | b'{' | b'(' | b'<'))
}

/// `host:port`, an IP address, a mail address.
fn address(value: &[u8]) -> bool {
    let ip = value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'/')) && value.contains(&b'.');
    let mail = value.iter().filter(|b| **b == b'@').count() == 1
        && value.split(|b| *b == b'@').all(|p| object_name(p) || p.is_empty());
    ip || mail
}

/// An object, a list or a struct begins here.
fn nested(text: &[u8], i: usize, limit: usize) -> bool {
    let rest = &text[i..limit.min(i + 24)];
    if rest.starts_with(b"map[")
        || rest.starts_with(b"struct")
        || (rest.len() > 1 && rest[0] == b'&' && (rest[1] == b'{' || rest[1].is_ascii_uppercase()))
    {
        return true;
    }
    matches!(rest.first(), Some(b'{' | b'[' | b'('))
        && match rest.get(1) {
            None | Some(b'"' | b'\'' | b' ' | b'\\' | b'}' | b']' | b')' | b'{' | b'[' | b'\n') => true,
            Some(_) => {
                // A struct; in other brackets a name is a value's.
                let end = skip(rest, 1, rest.len(), |b| b.is_ascii_alphanumeric() || b == b'_');
                rest[0] == b'{' && end > 1 && end < rest.len() && matches!(rest[end], b':' | b'=' | b' ')
            }
        }
}

/// A word of a sentence: small letters only, followed by another word, or one of those that error messages use.
pub(crate) fn said_in_prose(text: &[u8], value: Value, limit: usize) -> bool {
    let bytes = text[value.start..value.end].trim_ascii_end();
    let word = bytes
        .strip_suffix(b",")
        .or_else(|| bytes.strip_suffix(b"."))
        .or_else(|| bytes.strip_suffix(b":"))
        .or_else(|| bytes.strip_suffix(b";"))
        .unwrap_or(bytes);
    let letters = !word.is_empty()
        && word.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'\'' | b'-'))
        && word[1..].iter().all(|b| !b.is_ascii_uppercase());
    if !letters {
        return false;
    }
    let goes_on = text.get(value.end).is_some_and(|b| *b == b' ')
        && value.end + 1 < limit
        && text[value.end + 1].is_ascii_alphabetic();
    goes_on || word.len() < bytes.len() || refused(word)
}

/// Words that error messages and forms put after `password:`.
fn refused(word: &[u8]) -> bool {
    #[rustfmt::skip]
    const WORDS: &[&str] = &[
        "incorrect", "invalid", "required", "missing", "expired", "failed", "error", "wrong", "empty", "not",
        "must", "too", "is", "the", "for", "cannot", "unexpected", "connection", "authentication", "authorization",
        "unauthorized", "forbidden", "denied", "accepted", "rejected", "changed", "updated", "reset", "refreshed",
        "created", "deleted", "rotated", "mounted", "found", "unknown", "unable", "could", "no", "user",
        "permission", "access", "timeout", "context", "request", "unmarshal", "malformed", "bad", "was", "has",
        "are", "will", "should", "may", "can", "please", "enter", "prompt", "ok", "valid", "success", "successful",
        "refresh", "rotation", "using", "from", "with", "and", "or", "to", "in", "on", "of", "a", "an", "get",
        "list", "watch", "revoked", "signature", "parse", "verify", "verification", "login", "hidden",
    ];
    WORDS.iter().any(|w| word.eq_ignore_ascii_case(w.as_bytes()))
}

/// The value that stands at `i` after a quote and a separator, as a key's name.
fn name_at(text: &[u8], i: usize, limit: usize) -> Option<Value> {
    let mut sep = skip(text, i, limit, |b| matches!(b, b'\\' | b'"' | b'\'') || is_blank(b));
    if reads(text, sep, b"u0022") {
        sep = skip(text, sep + 5, limit, is_blank);
    }
    (sep < limit && matches!(text[sep], b':' | b'=')).then(|| value_at(text, sep + 1, limit, false))
}

/// The name of a pair, behind its value in the same braces.
fn name_after(site: Site, value: Value) -> Option<Value> {
    let limit = site.limit.min(value.end + 300);
    let near = &site.text[value.end..limit];
    let close = near.iter().position(|b| matches!(b, b'{' | b'}')).unwrap_or(near.len());
    let braces = &near[..close];
    let at = find(braces, b"name\"")
        .or_else(|| find(braces, b"name\\"))
        .map(|n| n + 4)
        .or_else(|| find(braces, b"key\"").or_else(|| find(braces, b"key\\")).map(|n| n + 3))?;
    name_at(site.text, value.end + at, value.end + close)
}

/// The name of a pair, on one of the two lines above: `- name: KEY`, `"name": "KEY",`, `/env/3/name: KEY`.
fn name_above(site: Site) -> Option<Value> {
    let Site { text, floor, at, back, .. } = site;
    if !site.line_start || floor == 0 {
        return None;
    }
    let indent = &text[floor..at];
    if !indent.iter().all(|b| is_blank(*b) || matches!(b, b'"' | b'-')) && indent.first() != Some(&b'/') {
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
        } else {
            let key = skip(text, start, end, |b| is_blank(b) || matches!(b, b'"' | b'-'));
            for word in [b"name".as_slice(), b"key"] {
                if reads(text, key, word) {
                    return name_at(text, key + word.len(), end);
                }
            }
        }
        if start == back || start == 0 {
            return None;
        }
        end = start - 1;
    }
    None
}

/// What a base64 value under `data:` says: a secret's text, or bytes that only chance could have made.
pub(crate) fn encoded_secret(value: &[u8], certain: bool) -> bool {
    if value.len() < 4 || !base64::is_base64(value) {
        return false;
    }
    let bytes = base64::decode(value, 256);
    certain
        || (value.len() >= 8 && value.len().is_multiple_of(4) && base64::is_text(&bytes) && bytes.len() >= 4)
        || random(value)
}
