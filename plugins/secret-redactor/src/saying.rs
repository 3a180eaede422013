//! What a program says after a key's word that is no value: sentences, names of tests, resources and modules, digests of Secrets.
use crate::{
    allow::object_name,
    lists::Lists,
    model::naturalness,
    randomness::is_hex,
    site::Site,
    text::{Mix, is_blank, is_quote, skip, skip_back},
    value::Value,
};
use std::sync::LazyLock;

/// How much of a line is read as a sentence, and how many words of it.
const FAR: usize = 160;
const WORDS: usize = 12;

/// Words that hold sentences together, and that nobody picks for a passphrase.
#[rustfmt::skip]
const JOINING: &[&str] = &[
    "is", "was", "are", "be", "been", "not", "no", "must", "should", "can", "cannot", "could", "will", "would", "has", "have", "had",
    "at", "in", "on", "of", "to", "for", "by", "with", "from", "after", "before", "and", "or", "the", "a", "an", "if", "when",
    "than", "as", "into", "via", "due", "until", "because", "while", "already", "does", "did", "this", "that", "its", "required",
    "invalid", "failed", "found", "expired", "missing", "empty", "exceeded", "denied", "again", "complete", "completed", "successfully",
];

/// Whether a bare value begins a sentence: letters only, and among the words behind it one that joins sentences, or an ellipsis.
pub(crate) fn is_sentence(text: &[u8], value: Value, limit: usize) -> bool {
    static TABLE: LazyLock<Lists> = LazyLock::new(|| Lists::of_one(JOINING));
    if value.quoted || value.end <= value.start {
        return false;
    }
    let said = &text[value.start..limit.min(value.start + FAR)];
    let mut words = said.split(|b| is_blank(*b)).filter(|w| !w.is_empty());
    let Some(first) = words.next() else { return false };
    if first.len() > 5 && first.ends_with(b"...") && first[1..first.len() - 3].iter().all(u8::is_ascii_lowercase) {
        return true;
    }
    let first = first.strip_suffix(b",").or_else(|| first.strip_suffix(b":")).unwrap_or(first);
    let plain = first.len() >= 2
        && first.iter().all(|b| b.is_ascii_alphabetic() || *b == b'\'')
        && (first[1..].iter().all(u8::is_ascii_lowercase) || first.iter().all(u8::is_ascii_uppercase))
        && naturalness(first) > -8;
    plain
        && words.take(WORDS).any(|word| {
            let bare = word
                .strip_suffix(b".")
                .or_else(|| word.strip_suffix(b","))
                .or_else(|| word.strip_suffix(b":"))
                .or_else(|| word.strip_suffix(b";"))
                .unwrap_or(word);
            TABLE.hold(bare)
                || (bare.len() > 5 && bare.ends_with(b"ly") && bare.iter().all(u8::is_ascii_lowercase))
                || (word.ends_with(b"...") && word[..word.len() - 3].iter().all(u8::is_ascii_lowercase))
        })
}

/// Whether the key `text[start..end]` and its value are a line that says something about a secret and holds none.
pub(crate) fn is_no_value(site: Site, (start, end): (usize, usize), value: Value) -> bool {
    let Site { text, floor, limit, .. } = site;
    if value.quoted || value.end <= value.start {
        return false;
    }
    let bytes = &text[value.start..value.end];
    digest_of(&text[floor..start], bytes)
        || field(&text[end..value.start], bytes)
        || annotation(&text[floor..start], bytes)
        || pam(text, (floor, start, end), value, limit)
        || outcome_of_a_test(&text[start..end], bytes, &text[value.end..limit])
}

/// `checksum/secret: HEX`: the digest by which a rollout notices a change.
fn digest_of(before: &[u8], bytes: &[u8]) -> bool {
    const DIGESTS: &[&[u8]] = &[b"checksum/", b"hash/", b"sha256/", b"digest/", b"checksum-", b"hash-"];
    bytes.len() >= 8 && is_hex(bytes) && DIGESTS.iter().any(|d| before.ends_with(d))
}

/// `renew token: accessor=X`, `credentials: provider=X`: behind the colon another field begins.
fn field(between: &[u8], bytes: &[u8]) -> bool {
    let name = skip(bytes, 0, bytes.len(), |b| b.is_ascii_lowercase() || b == b'_');
    between.ends_with(b": ")
        && (4..=24).contains(&name)
        && bytes.get(name) == Some(&b'=')
        && bytes.len() > name + 1
        && bytes[name + 1] != b'='
        && naturalness(&bytes[..name]) > -2
}

/// `nginx.ingress.kubernetes.io/auth-secret: NAME`: an annotation that refers to an object.
fn annotation(before: &[u8], bytes: &[u8]) -> bool {
    let domain = before.strip_suffix(b"/").unwrap_or_default();
    let start = skip_back(domain, domain.len(), 0, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    domain[start..].contains(&b'.') && domain[start..].iter().any(u8::is_ascii_lowercase) && object_name(bytes)
}

/// `pam_unix(passwd:chauthtok)`: a service and what it was asked for.
fn pam(text: &[u8], (floor, start, end): (usize, usize, usize), value: Value, limit: usize) -> bool {
    let module = skip_back(text, start.saturating_sub(1), floor, |b| b.is_ascii_alphanumeric() || b == b'_');
    start > floor
        && text[start - 1] == b'('
        && text[module..start].starts_with(b"pam_")
        && value.start == end + 1
        && value.end < limit
        && text[value.end] == b')'
        && text[value.start..value.end].iter().all(u8::is_ascii_lowercase)
}

/// `PASS: TestName (0.05s)`, `PASS: tests/name.test.ts`: the name of a test that passed.
fn outcome_of_a_test(key: &[u8], bytes: &[u8], behind: &[u8]) -> bool {
    if key != b"PASS" && key != b"Pass" && key != b"XPASS" {
        return false;
    }
    let name = bytes
        .iter()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'/' | b'.' | b'-' | b':' | b'#' | b'[' | b']'));
    let timed = behind.starts_with(b" (") && behind.get(2).is_some_and(u8::is_ascii_digit);
    let test = [b"Test".as_slice(), b"test", b"Benchmark", b"Example", b"Fuzz", b"spec", b"src/"]
        .iter()
        .any(|t| bytes.starts_with(t));
    let compound = bytes.iter().any(|b| matches!(b, b'/' | b'_'))
        || bytes.windows(2).any(|w| w[0].is_ascii_lowercase() && w[1].is_ascii_uppercase());
    let nested = bytes.iter().filter(|b| **b == b'/').count() > 2;
    name && compound && (timed || test || nested) && Mix::of(bytes).digit * 4 <= bytes.len() && naturalness(bytes) > -4
}

/// `"password=" + x`, `"token: ", x`: the quote behind the separator ends the text that the key stands in.
pub(crate) fn ends_its_text(text: &[u8], floor: usize, start: usize, sep: usize, limit: usize) -> bool {
    let quote = skip(text, sep + 1, limit, |b| b == b' ');
    if quote >= limit || !matches!(text[quote], b'"' | b'\'' | b'`') {
        return false;
    }
    let mark = text[quote];
    let opened = text[floor..start].iter().filter(|b| **b == mark).count() % 2 == 1;
    let behind = skip(text, quote + 1, limit, is_blank);
    let goes_on =
        behind >= limit || matches!(text[behind], b'+' | b'.' | b',' | b')' | b';' | b']' | b'}' | b'%' | b'&');
    // `"password:" prompt`: the words are quoted.
    let term = quote == sep + 1 && start > floor && text[start - 1] == mark && behind > quote + 1;
    opened && (goes_on || term) && !is_quote(text[quote.saturating_sub(1)])
}
