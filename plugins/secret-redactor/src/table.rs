//! The rules by number: those of structure first, then the providers, then the operator's patterns.
use crate::providers::PROVIDERS;

/// Rules that go by what stands around a secret.
#[rustfmt::skip]
pub(crate) const STRUCTURAL: &[(&str, &str)] = &[
    ("private-key", "A private key: PEM, OpenSSH, PGP, PuTTY; masked to its END line or for 16 KiB"),
    ("jwt", "A JSON Web Token, signed or encrypted, also without its signature"),
    ("bearer-token", "What follows the word Bearer"),
    ("basic-auth", "User and password in base64 after the word Basic"),
    ("authorization-header", "The credentials of an Authorization header"),
    ("cookie", "The values of a Cookie or Set-Cookie header"),
    ("url-credentials", "The password of a URL, or a user that is a token"),
    ("connection-string", "The password of a driver's data source name"),
    ("password-assignment", "The value of a key that names a password"),
    ("secret-assignment", "The value of a key that names a secret"),
    ("token-assignment", "The value of a key that names a token"),
    ("api-key-assignment", "The value of a key that names an API, access, private or other secret key"),
    ("credential-assignment", "The value of a key that names credentials, where it looks random"),
    ("session-id", "The value of a key that names a session, where it looks random"),
    ("signature", "The signature of a signed URL or request"),
    ("pin-code", "A PIN, a one-time or a recovery code by its key"),
    ("card-number", "The number of a payment card by its key, where its check digit is right"),
    ("seed-phrase", "The words of a wallet's seed phrase, by their key"),
    ("name-value-pair", "The value of a pair whose name is a secret's, as in a container's env"),
    ("kubernetes-secret-data", "A value under data or stringData of a Secret"),
    ("command-line-secret", "A secret given as a flag or after a known short flag"),
    ("secret-in-statement", "A secret in SQL, redis, netrc, pgpass and such"),
    ("secret-in-prose", "A secret told in a sentence"),
    ("xml-element", "The text of an element or attribute that names a secret"),
    ("operator-key", "The value of a key that the operator named"),
    ("operator-value", "A value that the operator named by its keyed hash"),
    ("encoded-secret", "Base64 or hex of a text that holds a secret, at any depth, or of what was compressed"),
    ("high-entropy", "A token without a form that no person and no generator of names would write"),
];

/// The number of a structural rule or a provider, by id; use it in `const { … }`, where an id that does not exist is an error of
/// the build.
pub(crate) const fn number(id: &str) -> u32 {
    let mut i = 0;
    while i < STRUCTURAL.len() + PROVIDERS.len() {
        let name = if i < STRUCTURAL.len() { STRUCTURAL[i].0 } else { PROVIDERS[i - STRUCTURAL.len()].id };
        if same(name.as_bytes(), id.as_bytes()) {
            return i as u32;
        }
        i += 1;
    }
    // Out of bounds on purpose: there is no such rule.
    STRUCTURAL[i].0.len() as u32
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

/// The number of provider `index`.
pub(crate) fn provider(index: usize) -> u32 {
    u32::try_from(STRUCTURAL.len() + index).unwrap_or(u32::MAX)
}

/// Id and description of every built-in rule, by number.
pub(crate) fn builtin() -> impl Iterator<Item = (&'static str, &'static str)> {
    STRUCTURAL.iter().copied().chain(PROVIDERS.iter().map(|p| (p.id, p.description)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_kebab_case_and_unique() {
        let ids: Vec<_> = builtin().map(|(id, _)| id).collect();
        assert!(ids.len() >= 120, "{}", ids.len());
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        for id in ids {
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{id}");
        }
    }
}
