//! Values that are no secrets whatever their key says. Every shape matches the **whole** value, so that a word of a shape inside
//! a secret never sets the secret free.
use crate::{
    lists::Lists,
    model::naturalness,
    template::{format_field, masked_word, template, templates},
    text::{Mix, reads, skip},
};
use std::sync::LazyLock;

/// The longest value that may be harmless.
const LONGEST: usize = 256;

/// Whether a whole value is a placeholder, a reference or an identifier.
pub(crate) fn harmless(value: &[u8]) -> bool {
    if value.is_empty() || value.len() > LONGEST {
        return value.is_empty() || sealed(value);
    }
    if value.iter().all(u8::is_ascii_alphanumeric) {
        return (value.len() <= 24 && word(value)) || filler(value) || timestamp(value) || number(value);
    }
    word(value)
        || punctuation(value)
        || template(value)
        || format_field(value)
        || templates(value)
        || encrypted(value)
        || alternatives(value)
        || filler(value)
        || uuid(value)
        || digest(value)
        || path(value)
        || plain_url(value)
        || reference(value)
        || code(value)
        || timestamp(value)
}

#[rustfmt::skip]
const WORDS: &[&str] = &[
    "null", "nil", "none", "undefined", "true", "false", "yes", "no", "on", "off", "n/a", "na", "nan", "unset",
    "empty", "missing", "required", "optional", "enabled", "disabled", "unknown", "invalid", "expired",
    "redacted", "masked", "hidden", "filtered", "removed", "omitted", "scrubbed", "sanitized", "protected",
    "secret", "password", "token", "string", "str", "bytes", "byte", "bool", "boolean", "int", "integer",
    "object", "array", "char", "text", "example", "placeholder", "your-password", "your_password",
    "yourpassword", "your-token", "your_token", "your-secret", "your_secret", "your-api-key", "your_api_key",
    "your-password-here", "your_password_here", "your-token-here", "your_token_here", "your-secret-here",
    "your_secret_here", "your-api-key-here", "your_api_key_here", "insert-here", "secretkeyref",
    "configmapkeyref", "valuefrom", "fieldref", "basic", "bearer", "digest", "oauth", "oauth2", "ldap", "saml",
    "oidc", "jwt", "opaque", "set", "not_set", "not-set", "valid", "default", "****", "kubernetes.io/tls",
    "kubernetes.io/dockerconfigjson", "kubernetes.io/service-account-token", "<nil>", "(nil)", "ok", "failed",
    "success", "error", "anonymous", "stdin", "prompt", "env", "vault", "file", "md5", "sha1", "sha256",
    "sha512", "bcrypt", "argon2", "plain", "plaintext", "scram-sha-256", "trust", "peer", "cleartext", "x509",
    "certificate", "sensitive", "confidential", "private", "public", "-", "todo", "tbd", "fixme", "interactive", "void", "pending",
    "rs256", "rs384", "rs512", "es256", "es384", "es512", "hs256", "hs384", "hs512", "ps256", "eddsa", "unchanged", "notset", "not-applicable", "secretstring",
    "string!", "id!", "confirmed", "nullable", "references",
];

fn word(value: &[u8]) -> bool {
    static TABLE: LazyLock<Lists> = LazyLock::new(|| Lists::of_one(WORDS));
    // `(unchanged)`: a remark in the value's place.
    let remark = value.strip_prefix(b"(").and_then(|v| v.strip_suffix(b")"));
    remark.is_some_and(|r| (3..=20).contains(&r.len()) && r.iter().all(u8::is_ascii_lowercase)) || TABLE.hold(value)
}

/// What a cipher made of a value: `ENC[AES256_GCM,data:…]` of SOPS.
fn encrypted(value: &[u8]) -> bool {
    jasypt(value)
        || value.starts_with(b"ENC[")
            && value.ends_with(b"]")
            && value[4..value.len() - 1]
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b',' | b':' | b'_' | b'.'))
            && (value.starts_with(b"ENC[AES256_GCM,") || value == b"ENC[...]")
}

/// `ENC(BASE64)`: what Jasypt made of a value.
fn jasypt(value: &[u8]) -> bool {
    let body = value.strip_prefix(b"ENC(").and_then(|v| v.strip_suffix(b")"));
    body.is_some_and(|b| b.len() >= 20 && b.len().is_multiple_of(4) && crate::base64::is_base64(b))
}

/// What `kubeseal` made of a value: the length of an RSA block, the block, and what it opens.
pub(crate) fn sealed(value: &[u8]) -> bool {
    value.len() >= 600 && value.starts_with(b"Ag") && matches!(value[2], b'A'..=b'D') && crate::base64::is_base64(value)
}

/// `0x1f`: a number.
fn number(value: &[u8]) -> bool {
    value.strip_prefix(b"0x").is_some_and(|v| {
        // Forty digits are an account of a chain.
        ((1..=16).contains(&v.len()) || v.len() == 40) && v.iter().all(u8::is_ascii_hexdigit)
    })
}

/// Nothing but brackets and the signs between values: the rest of a statement.
fn punctuation(value: &[u8]) -> bool {
    value.iter().all(|b| {
        matches!(b, b'(' | b')' | b'[' | b']' | b'{' | b'}' | b',' | b';' | b':' | b'"' | b'\'' | b'`' | b'\\')
    })
}

/// `none|publish|automation`: what a program takes, in its usage.
fn alternatives(value: &[u8]) -> bool {
    value.contains(&b'|')
        && value
            .split(|b| *b == b'|')
            .all(|w| (2..=16).contains(&w.len()) && w.iter().all(u8::is_ascii_lowercase) && naturalness(w) > -8)
}

/// One character again and again, or stars with a few readable ones left by another mask.
fn filler(value: &[u8]) -> bool {
    let first = value[0];
    let same = value.iter().all(|b| *b == first);
    (same && matches!(first, b'*' | b'x' | b'X' | b'.' | b'-' | b'#' | b'?' | b'_' | b'0' | b'='))
        || (value.len() >= 3 && value.iter().all(|b| matches!(b, b'*' | 0xe2 | 0x80 | 0xa2 | 0x97 | 0x8f)))
        || (value.len() > 8 && value.iter().filter(|b| **b == b'*').count() * 3 >= value.len() * 2)
        || starred(value)
}

/// `****4242`, `***stripped***`: stars before the last few characters, or around a word of small letters.
fn starred(value: &[u8]) -> bool {
    let stars = value.iter().take_while(|b| **b == b'*').count();
    let tail = &value[stars..];
    let lower = skip(tail, 0, tail.len(), |b| b.is_ascii_lowercase());
    // `***REDACTED***`
    let upper = skip(tail, 0, tail.len(), |b| b.is_ascii_uppercase());
    let word = if upper >= 6 { upper } else { lower };
    // `**redacted**`
    if stars == 2 && lower > 0 && &tail[lower..] == b"**" && masked_word(&tail[..lower]) {
        return true;
    }
    let closed =
        word >= 3 && tail.len() > word && tail[word..].iter().all(|b| *b == b'*') && naturalness(&tail[..word]) > -8;
    stars >= 3 && ((stars >= 4 && tail.len() <= 4 && tail.iter().all(u8::is_ascii_alphanumeric)) || closed)
}

/// 8-4-4-4-12 hex digits, braces and `urn:uuid:` allowed.
pub(crate) fn uuid(value: &[u8]) -> bool {
    let value = value.strip_prefix(b"urn:uuid:").unwrap_or(value);
    let value = value.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")).unwrap_or(value);
    value.len() == 36
        && value
            .iter()
            .enumerate()
            .all(|(i, b)| if matches!(i, 8 | 13 | 18 | 23) { *b == b'-' } else { b.is_ascii_hexdigit() })
}

/// `sha256:…` and its like.
fn digest(value: &[u8]) -> bool {
    if !matches!(value[0].to_ascii_lowercase(), b'h' | b's' | b'm') {
        return false;
    }
    for (name, least) in [
        ("hmac-sha256", 43),
        ("hmac-sha512", 64),
        ("sha256", 43),
        ("sha512", 64),
        ("sha384", 56),
        ("sha1", 27),
        ("md5", 32),
    ] {
        if reads(value, 0, name.as_bytes()) && value.len() > name.len() && matches!(value[name.len()], b':' | b'-') {
            let rest = &value[name.len() + 1..];
            return rest.len() >= least
                && rest.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='));
        }
    }
    false
}

/// A file's path whose parts read like names.
pub(crate) fn path(value: &[u8]) -> bool {
    let windows = value.len() > 3
        && value[0].is_ascii_alphabetic()
        && (value[1..].starts_with(b":\\") || value[1..].starts_with(b":/"));
    let rooted = value[0] == b'/'
        || value.starts_with(b"./")
        || value.starts_with(b"../")
        || value.starts_with(b"~/")
        || windows;
    let body = value.iter().all(|b| {
        b.is_ascii_alphanumeric() || matches!(b, b'/' | b'\\' | b'.' | b'-' | b'_' | b'~' | b':' | b'@' | b'+')
    });
    rooted && body && value.split(|b| matches!(b, b'/' | b'\\' | b'.' | b'-' | b'_' | b'~' | b':' | b'@')).all(part)
}

/// A part of a path or name: short, or digits or hex, or a readable word.
fn part(part: &[u8]) -> bool {
    let mix = Mix::of(part);
    part.len() <= 5
        || mix.digit == part.len()
        || crate::randomness::is_hex(part)
        || (mix.changes <= 4 && naturalness(part) > -4)
}

/// A URL without user, password and query.
fn plain_url(value: &[u8]) -> bool {
    let mut colons = memchr::memchr_iter(b':', value);
    let Some(colon) = colons.find(|colon| value[*colon..].starts_with(b"://")) else { return false };
    let scheme = &value[..colon];
    let rest = &value[colon + 3..];
    (2..=16).contains(&colon)
        && scheme.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
        && rest.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_' | b':' | b',' | b'~'))
        && rest.split(|b| !b.is_ascii_alphanumeric()).all(|p| p.len() <= 5 || !crate::randomness::random(p))
}

/// Names of secrets that live elsewhere.
fn reference(value: &[u8]) -> bool {
    let schemes: [&[u8]; 9] = [
        b"arn:aws:",
        b"vault:",
        b"op://",
        b"ssm:",
        b"gcp:secretmanager:",
        b"secretsmanager:",
        b"awskms:",
        b"file:",
        b"projects/",
    ];
    schemes.iter().any(|s| value.starts_with(s))
        && value
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_' | b':' | b'#' | b'@'))
        && value.split(|b| !b.is_ascii_alphanumeric()).all(|p| p.len() <= 6 || part(p))
}

/// Source code: `os.getenv("X")`, `config.password`, `getToken()`.
fn code(value: &[u8]) -> bool {
    #[rustfmt::skip]
    const ROOTS: &[&str] = &[
        "os", "process", "env", "environ", "config", "cfg", "conf", "settings", "self", "this", "request", "req",
        "secrets", "var", "local", "data", "module", "ctx", "context", "props", "options", "opts", "params", "args",
        "app", "system", "environment", "input", "form", "user", "client", "values",
    ];
    let end = skip(value, 0, value.len(), |b| b.is_ascii_alphanumeric() || b == b'_');
    let rest = &value[end..];
    let call = rest.first() == Some(&b'(')
        && end >= 3
        && value[..end].iter().all(|b| b.is_ascii_alphabetic() || *b == b'_')
        && (matches!(rest, b"(" | b"({" | b"([") || rest.ends_with(b")") || rest.ends_with(b");"))
        && rest.iter().all(|b| {
            b.is_ascii_alphabetic() || matches!(b, b'(' | b')' | b'{' | b'[' | b'_' | b'.' | b';' | b'"' | b'\'' | b',')
        });
    let chain = rest.first() == Some(&b'.')
        && ROOTS.iter().any(|r| value[..end].eq_ignore_ascii_case(r.as_bytes()))
        && rest
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'(' | b')' | b'[' | b']' | b'"' | b'\''));
    let wrapper =
        value.starts_with(b"SecretString(") || value.starts_with(b"Secret(") || value.starts_with(b"Optional.empty");
    call || chain
        || (wrapper
            && value.iter().all(|b| b.is_ascii_alphabetic() || matches!(b, b'(' | b')' | b'*' | b'.' | b'\'' | b'"')))
}

/// A date, a time or a duration.
fn timestamp(value: &[u8]) -> bool {
    let date = value.len() >= 10
        && value[..10]
            .iter()
            .enumerate()
            .all(|(i, b)| if matches!(i, 4 | 7) { matches!(b, b'-' | b'/') } else { b.is_ascii_digit() })
        && value[10..]
            .iter()
            .all(|b| b.is_ascii_digit() || matches!(b, b'T' | b'Z' | b':' | b'.' | b'+' | b'-' | b' '));
    let units = skip(value, 0, value.len(), |b| b.is_ascii_digit() || b == b'.') > 0
        && value
            .split(|b| b.is_ascii_digit() || *b == b'.')
            .all(|u| matches!(u, b"" | b"ms" | b"s" | b"m" | b"h" | b"d" | b"us" | b"ns"))
        && value.last().is_some_and(u8::is_ascii_alphabetic);
    date || units
}

/// Digits only.
pub(crate) fn digits(value: &[u8]) -> bool {
    value.iter().all(u8::is_ascii_digit)
}

/// Words of letters joined by `-`, `_`, `.`, `/` or `:`, perhaps with a short suffix as Kubernetes makes: an object's name.
pub(crate) fn object_name(value: &[u8]) -> bool {
    if value.len() > 128 {
        return false;
    }
    let mut parts = value.split(|b| matches!(b, b'-' | b'_' | b'.' | b'/' | b':')).peekable();
    let mut count = 0;
    let mut words = 0;
    let mut numbered = false;
    while let Some(p) = parts.next() {
        let mix = Mix::of(p);
        let word = mix.digit == 0
            && mix.other == 0
            && (mix.lower == p.len() || mix.upper == p.len() || mix.upper <= 1)
            && (p.len() < 8 || naturalness(p) > -3);
        let suffix = parts.peek().is_none() && count > 0 && p.len() <= 10 && mix.upper == 0 && mix.other == 0;
        let short = p.len() <= 3 && mix.other == 0 && count > 0;
        // `oauth2-proxy`, `k8s-api`: one word of several may have a number.
        let stem = p.len() - p.iter().rev().take_while(|b| b.is_ascii_digit()).count();
        let versioned = parts.peek().is_some()
            && !numbered
            && mix.digit == 1
            && mix.upper == 0
            && stem >= 2
            && stem < p.len()
            && (stem < 8 || naturalness(&p[..stem]) > 0)
            && value.contains(&b'-');
        numbered |= versioned;
        if !(word || suffix || short || versioned || digits(p)) {
            return false;
        }
        words += usize::from(word && p.len() > 1);
        count += 1;
    }
    words > 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_references_and_ids_are_harmless() {
        for value in [
            "${TOKEN}",
            "$(X)",
            "$DB_PASSWORD",
            "{{ .Values.password }}",
            "<redacted>",
            "<your token>",
            "[redacted:jwt #7f3a]",
            "[REDACTED]",
            "***",
            "xxxxxxxx",
            "null",
            "true",
            "None",
            "secretKeyRef",
            "123e4567-e89b-12d3-a456-426614174000",
            "/run/secrets/db-password",
            "https://vault.example.com/v1/auth",
            "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "os.getenv(\"DB_PASSWORD\")",
            "process.env.TOKEN",
            "15m0s",
            "2026-11-24T00:00:00Z",
            "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db",
            "%s",
            "%(password)s",
            "%!s(MISSING)",
        ] {
            assert!(harmless(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn a_shape_inside_a_secret_does_not_free_it() {
        for value in [
            "hunter2",
            "falsehunter2",
            "null8Kd0",
            "x${TOKEN}y1",
            "S3cret<redacted>",
            "example-9fK2",
            "true!Horse",
            "/S3cr3tPassw0rdXyZ9",
            "${X:-hunter2}",
            "[redacted]hunter2",
            "***hunter2",
            "123e4567-e89b-12d3-a456-426614174000x",
            "placeholder1",
            "xxxxhunter2xxxx",
        ] {
            assert!(!harmless(value.as_bytes()), "{value}");
        }
    }

    #[test]
    fn object_names_are_told_from_passwords() {
        for name in ["my-tls-secret", "kube-system/bootstrap-token-abc12", "default-token-x7k2p", "payments-db"] {
            assert!(object_name(name.as_bytes()), "{name}");
        }
        for value in ["hunter2", "Tr0ub4dor&3", "s3cr3t-p4ssw0rd"] {
            assert!(!object_name(value.as_bytes()), "{value}");
        }
    }
}
