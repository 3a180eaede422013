//! Whether a value is a secret under a key of that meaning: the less a key promises, the more random its value must look.
use crate::{
    allow::{digits, harmless, object_name, uuid},
    base64,
    checks::is_card_number,
    detect::Detector,
    keys::{Meaning, Strength},
    model::naturalness,
    public::object_id,
    randomness::random,
    table::number,
    text::Mix,
};

impl Detector {
    /// Whether a value is a secret under a key of that meaning.
    pub(crate) fn is_secret(&self, said: Meaning, value: &[u8], data: bool) -> bool {
        let value = value.trim_ascii();
        if value.is_empty() || self.settings.allows(value) {
            return false;
        }
        // DeepL marks the keys of its free plan.
        if uuid(value.strip_suffix(b":fx").unwrap_or(value)) {
            return said.uuid;
        }
        if harmless(value) || value.starts_with(b"h1:") {
            return false;
        }
        let refers = said.rule == const { number("secret-assignment") }
            || (said.strength == Strength::Certain && said.rule == const { number("api-key-assignment") });
        if refers && (secrets_name(value) || path_of_words(value)) {
            return false;
        }
        match said.strength {
            Strength::Certain | Strength::Authorization | Strength::Cookie => !digits(value) || value.len() >= 3,
            Strength::Phrase => value.split(|b| *b == b' ').count() >= 8,
            Strength::Pin => {
                (digits(value) && (3..=12).contains(&value.len()))
                    || likely(value, data)
                    || value.split(|b| matches!(b, b' ' | b',')).filter(|w| !w.is_empty()).all(code)
            }
            Strength::Card => is_card_number(value),
            Strength::Likely => likely(value, data),
            Strength::Stated => stated(value, data),
            Strength::Weak => (weak(value) && !twilio_id(value)) || user_and_password(value),
            Strength::Service => service(value),
        }
    }
}

/// Letters of both cases as no name has them.
pub(crate) fn scrambled(value: &[u8]) -> bool {
    let mix = Mix::of(value);
    value.len() >= 8
        && mix.lower > 0
        && mix.upper > 0
        && mix.other == 0
        && mix.changes >= 3
        && mix.changes * 4 >= value.len()
        && naturalness(value) < -6
}

/// `shop/orders-credentials`, `registry-dockercfg-x7k2p`: the name of a Secret, by its last words.
fn secrets_name(value: &[u8]) -> bool {
    const LAST: &[&[u8]] = &[
        b"-credentials",
        b"-creds",
        b"-tls",
        b"-regcred",
        b"-pull-secret",
        b"-kubeconfig",
        b"-dockerconfig",
        b"-cert",
        b"-certs",
    ];
    let name = value.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'/' | b'.'));
    let generated = value.len() > 6 && value[value.len() - 6] == b'-';
    let stem = if generated { &value[..value.len() - 6] } else { value };
    name && object_name(value)
        && (LAST.iter().any(|l| value.ends_with(l))
            || (generated && [b"-dockercfg".as_slice(), b"-token"].iter().any(|l| stem.ends_with(l))))
}

/// `db/password`: where a secret lies in a store.
fn path_of_words(value: &[u8]) -> bool {
    value.contains(&b'/')
        && value.split(|b| *b == b'/').all(|word| {
            (2..=24).contains(&word.len()) && word.iter().all(|b| b.is_ascii_lowercase() || matches!(b, b'-' | b'_'))
        })
        && naturalness(value) > -4
}

/// Not a plain word, not an object's name, not a number.
pub(crate) fn likely(value: &[u8], data: bool) -> bool {
    if value.len() > 256 || scrambled(value) {
        return true;
    }
    let spaces = value.iter().filter(|b| **b == b' ').count();
    let sentence =
        spaces > 0 && value.split(|b| *b == b' ').all(|w| object_name(w.trim_ascii()) || w.len() < 4 || !random(w));
    let plain = value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'-' | b'_' | b'.' | b'/' | b':'));
    let camel = || value.iter().all(u8::is_ascii_alphabetic) && crate::model::naturalness(value) > 4;
    let words = plain && (value.len() < 16 || object_name(value) || camel());
    value.len() >= if data { 5 } else { 6 }
        && !digits(value)
        && !sentence
        && !words
        && !object_name(value)
        && !address(value)
}

/// Under a key that can only be a credential's: words will do when they are joined by digits or changes of case.
fn stated(value: &[u8], data: bool) -> bool {
    let mix = Mix::of(value);
    likely(value, data)
        || (data
            && value.len() >= 8
            && object_name(value)
            && mix.digit > 0
            && mix.lower > 0
            && !address(value)
            && !generated(value))
        || (data && words_joined(value))
}

/// Four words or more that dashes join, as generators of passphrases write.
pub(crate) fn words_joined(value: &[u8]) -> bool {
    let word = |w: &[u8]| (4..=9).contains(&w.len()) && w.iter().all(u8::is_ascii_lowercase);
    value.split(|b| *b == b'-').count() >= 4 && value.split(|b| *b == b'-').all(word)
}

/// `9p9ar-dazpj`: groups of letters and digits, as recovery codes are printed.
pub(crate) fn groups(value: &[u8]) -> bool {
    let group = |g: &[u8]| (3..=6).contains(&g.len()) && g.iter().all(u8::is_ascii_alphanumeric);
    value.contains(&b'-') && value.iter().any(u8::is_ascii_digit) && value.split(|b| *b == b'-').all(group)
}

/// A code as it is printed beside others.
fn code(value: &[u8]) -> bool {
    groups(value)
        || ((6..=16).contains(&value.len())
            && value.iter().all(u8::is_ascii_alphanumeric)
            && value.iter().any(u8::is_ascii_digit))
}

/// A name that Kubernetes or a release made: it ends in a hash or a version.
pub(crate) fn generated(value: &[u8]) -> bool {
    let last = value.rsplit(|b| matches!(b, b'-' | b'.' | b'/' | b':')).next().unwrap_or_default();
    let mix = Mix::of(last);
    (last.len() == 5 || last.len() >= 8) && mix.upper == 0 && mix.digit > 0 && mix.lower > 0
        || (last.len() <= 3 && last.first() == Some(&b'v'))
}

/// Under the name of a service alone: a token as services make them.
fn service(value: &[u8]) -> bool {
    if object_id(value) {
        return false;
    }
    // `UUID:HEX`
    let joined = |p: &[u8]| uuid(p) || (p.len() >= 16 && crate::randomness::is_hex(p));
    if twilio_id(value) {
        return false;
    }
    let parts = value.contains(&b':') && value.len() >= 48 && value.split(|b| *b == b':').all(joined);
    parts
        || (value.len() >= 20 && weak(value))
        || dense(value)
        || (value.len() >= 32 && crate::randomness::is_hex(value) && random(value))
}

/// `SM` and 32 hex digits: what Twilio names its things by; its keys begin with `SK`.
fn twilio_id(value: &[u8]) -> bool {
    value.len() == 34
        && value[..2].iter().all(u8::is_ascii_uppercase)
        && !value.starts_with(b"SK")
        && crate::randomness::is_hex(&value[2..])
}

/// Letters and digits that change every few characters, and nothing between them: no name has so many.
fn dense(value: &[u8]) -> bool {
    let mix = Mix::of(value);
    let plain = mix.other == 0 && !uuid(value) && value.iter().all(u8::is_ascii_alphanumeric);
    let least = if mix.kinds() == 3 { 16 } else { 24 };
    plain
        && value.len() >= least
        && mix.kinds() >= 2
        && mix.digit * 8 >= value.len()
        && mix.digit * 2 <= value.len()
        && mix.changes * if mix.kinds() == 3 { 3 } else { 4 } >= value.len()
        && naturalness(value) < 0
}

/// Base64 of `user:password`.
fn user_and_password(value: &[u8]) -> bool {
    if value.len() < 12 || !base64::is_base64(value) {
        return false;
    }
    let says = base64::decode(value, 256);
    base64::is_text(&says) && says.iter().filter(|b| **b == b':').count() == 1 && !says.contains(&b' ')
}

/// Looks random as a whole, or in its parts.
pub(crate) fn weak(value: &[u8]) -> bool {
    if uuid(value) || address(value) {
        return false;
    }
    let trimmed = value.trim_ascii_end();
    let trimmed = &trimmed[..trimmed.len() - trimmed.iter().rev().take_while(|b| **b == b'=').count()];
    random(trimmed) && !object_name(trimmed) && trimmed.iter().all(|b| !matches!(b, b' ' | b'{' | b'(' | b'<'))
}

/// `host:port`, an IP address, a mail address.
pub(crate) fn address(value: &[u8]) -> bool {
    let ip = value.iter().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b':' | b'/')) && value.contains(&b'.');
    let mail = value.iter().filter(|b| **b == b'@').count() == 1
        && value.split(|b| *b == b'@').all(|p| object_name(p) || p.is_empty());
    ip || mail
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
