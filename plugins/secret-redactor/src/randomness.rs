//! Whether chance wrote a token or a person did: kinds of character, their changes, and a model of character pairs. Shannon's
//! entropy alone cannot tell a pod's name from a password.
use crate::{model::naturalness, text::Mix};

/// A run of letters, digits and base64 symbols that no name would be.
pub(crate) fn random(token: &[u8]) -> bool {
    let mix = Mix::of(token);
    let n = token.len();
    if n < 12 || mix.kinds() < 2 {
        return false;
    }
    if is_hex(token) {
        return mix.digit > 0 && mix.changes * 4 >= n && !is_counter(token);
    }
    let pairs = naturalness(token);
    match mix.kinds() {
        3 => pairs < bound(n) && mix.changes * 4 >= n,
        _ => pairs < bound(n) && mix.changes * 5 >= n && mix.digit > 0,
    }
}

/// The threshold, in the model's units: short tokens scatter wider.
fn bound(n: usize) -> i32 {
    match n {
        0..16 => -7,
        16..24 => -12,
        24..32 => -15,
        _ => -18,
    }
}

/// Hex digits of one case only.
pub(crate) fn is_hex(token: &[u8]) -> bool {
    token.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        || token.iter().all(|b| matches!(b, b'0'..=b'9' | b'A'..=b'F'))
}

/// Few different characters: padding, counters, `0000…`.
fn is_counter(token: &[u8]) -> bool {
    let mut seen = [false; 256];
    for b in token {
        seen[usize::from(*b)] = true;
    }
    seen.iter().filter(|s| **s).count() < 6
}

/// Whether a run that stands in text without a secret's name is a secret all the same: all three kinds of character, at least
/// `least` of them, and no name.
pub(crate) fn secret_run(token: &[u8], least: usize) -> bool {
    let mix = Mix::of(token);
    token.len() >= least
        && !of_an_id(token.len())
        && mix.kinds() == 3
        && mix.digit * 40 >= token.len()
        && mix.lower * 8 >= token.len()
        && mix.upper * 12 >= token.len()
        && !has_long_hex(token)
        && mixes_case(token)
        && naturalness(token) < bound(token.len())
        && mix.changes * 4 >= token.len()
        && !has_words(token)
}

/// 16 bytes in base64, or as many characters as the generators of short ids make: ids of nodes, clusters and sessions, MD5, nonces.
fn of_an_id(length: usize) -> bool {
    matches!(length, 21 | 22)
}

/// Some part of the token has letters of both cases: `zone/Z08…` and `cache-fra-2p9-FRA` are names whose parts have one each.
fn mixes_case(token: &[u8]) -> bool {
    token
        .split(|b| !b.is_ascii_alphanumeric())
        .any(|part| part.iter().any(u8::is_ascii_lowercase) && part.iter().skip(1).any(u8::is_ascii_uppercase))
}

/// A stretch of lower-case hex digits within: an id that is glued to a name.
fn has_long_hex(token: &[u8]) -> bool {
    let mut run = 0;
    let mut most = 0;
    for b in token {
        run = if matches!(b, b'0'..=b'9' | b'a'..=b'f') { run + 1 } else { 0 };
        most = most.max(run);
    }
    most >= 16
}

/// Most of the token is words: stretches of letters of one word shape that read like names.
fn has_words(token: &[u8]) -> bool {
    is_worded(token, 5, 8)
}

/// Most of the token is stretches of at least `least` letters, of one word shape, that read more natural than that.
pub(crate) fn is_worded(token: &[u8], least: usize, natural: i32) -> bool {
    let mut worded = 0;
    let mut i = 0;
    while i < token.len() {
        let start = i;
        while i < token.len() && token[i].is_ascii_alphabetic() && (i == start || token[i].is_ascii_lowercase()) {
            i += 1;
        }
        if i - start >= least && naturalness(&token[start..i]) > natural {
            worded += i - start;
        }
        i = i.max(start + 1);
    }
    worded * 2 >= token.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_is_told_from_names() {
        for token in
            ["q7Zp0xW9vK3jT8bR2mYs", "Xk9fQ2vB7nLq4WzR8tHc", "9f86d081884c7d659a2feaa0c55ad015", "kJ8sLmQ2vN4xZ7bT"]
        {
            assert!(random(token.as_bytes()), "{token}");
        }
        for name in [
            "kube-controller-manager",
            "payment-service-7d9f8b6c5d-x2x9z",
            "application/json",
            "2026-11-24T00:00:00Z",
            "HttpServerV2Handler",
        ] {
            assert!(!random(name.as_bytes()), "{name}");
        }
    }
}
