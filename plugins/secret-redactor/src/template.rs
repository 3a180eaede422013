//! Values that stand for others: templates, references to variables, fields of formats, words of masks. Like all that is allowed, each shape
//! matches the whole value.
use crate::{
    allow::{digits, path},
    model::naturalness,
    text::skip,
};

/// `${X}`, `$(X)`, `$X`, `{{ x }}`, `<x>`, `[redacted…]`, `%s`, `%(x)s`, `#{x}`, `@x@`, `__X__`.
pub(crate) fn template(value: &[u8]) -> bool {
    let wrapped = |open: &[u8], close: &[u8]| {
        value.len() > open.len() + close.len()
            && value.starts_with(open)
            && value.ends_with(close)
            && value[open.len()..value.len() - close.len()]
                .iter()
                .all(|b| !matches!(b, b'{' | b'}' | b'<' | b'>' | b'(' | b'"' | b'\''))
    };
    let name =
        |v: &[u8]| !v.is_empty() && v.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'));
    let shell = |v: &[u8]| {
        v.len() > 1
            && (v[0].is_ascii_uppercase() || v[0] == b'_')
            && v.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || *b == b'_')
    };
    // Whatever the form, it begins with one of these.
    if !matches!(value[0], b'$' | b'{' | b'<' | b'#' | b'%' | b'@' | b'_' | b'[' | b'(') {
        return false;
    }
    (wrapped(b"${", b"}") && !shell_default(value))
        || wrapped(b"$(", b")")
        || (wrapped(b"{{", b"}}") || (value.starts_with(b"{{") && value.ends_with(b"}}")))
        || wrapped(b"${{", b"}}")
        || (value.starts_with(b"${{") && value.ends_with(b"}}"))
        || wrapped(b"<", b">")
        || (value.starts_with(b"<set to the key '") && value.ends_with(b"'>") && value.len() < 120)
        || wrapped(b"#{", b"}")
        || wrapped(b"%(", b")s")
        || (wrapped(b"%", b"%") && name(&value[1..value.len() - 1]))
        || (wrapped(b"@", b"@") && name(&value[1..value.len() - 1]))
        || (wrapped(b"__", b"__") && shell(&value[2..value.len() - 2]))
        || (wrapped(b"[", b"]") && bracketed(&value[1..value.len() - 1]))
        || (wrapped(b"(", b")") && bracketed(&value[1..value.len() - 1]))
        || (value[0] == b'$' && shell(&value[1..]))
        // A statement's parameter.
        || (value[0] == b'$' && (2..=3).contains(&value.len()) && digits(&value[1..]))
        // `@/run/x`: the file that holds it.
        || (value[0] == b'@' && value.len() > 2 && path(&value[1..]))
        || (wrapped(b"__", b"__") && masked_word(&value[2..value.len() - 2]))
        || called_in_braces(value)
        || (value[0] == b'%' && value.len() == 2 && value[1].is_ascii_alphabetic())
        || (value.starts_with(b"%!") && value.ends_with(b")"))
}

/// `__vendor_redacted__`, `redacted`: small letters and a word of masks among them.
pub(crate) fn masked_word(inner: &[u8]) -> bool {
    const MASKS: [&[u8]; 6] = [b"redacted", b"masked", b"filtered", b"hidden", b"removed", b"censored"];
    inner.len() <= 40
        && inner.iter().all(|b| b.is_ascii_lowercase() || *b == b'_')
        && inner.split(|b| *b == b'_').any(|w| MASKS.contains(&w))
}

/// `{t('settings.apiKey')}`: what a template calls.
fn called_in_braces(value: &[u8]) -> bool {
    let Some(inner) = value.strip_prefix(b"{").and_then(|v| v.strip_suffix(b")}")) else { return false };
    let name = skip(inner, 0, inner.len(), |b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'$'));
    name > 0
        && inner.get(name) == Some(&b'(')
        && inner[name + 1..]
            .iter()
            .all(|b| b.is_ascii_alphabetic() || matches!(b, b'.' | b'_' | b'\'' | b'"' | b' ' | b','))
}

/// `${NAME:-value}` with a value that somebody may use.
fn shell_default(value: &[u8]) -> bool {
    let inner = &value[2..value.len() - 1];
    inner.windows(2).any(|w| w == b":-" || w == b":=") && !inner.ends_with(b":-")
}

/// What stands in the brackets of a mask: `redacted:jwt #7f3a`, `FILTERED`, `hidden`.
fn bracketed(inner: &[u8]) -> bool {
    let end = skip(inner, 0, inner.len(), |b| b.is_ascii_alphabetic());
    let first = &inner[..end];
    let masks: [&[u8]; 14] = [
        b"protected",
        b"censored",
        b"sanitized",
        b"set",
        b"redacted",
        b"filtered",
        b"masked",
        b"hidden",
        b"removed",
        b"secret",
        b"sensitive",
        b"omitted",
        b"none",
        b"empty",
    ];
    told(inner)
        || masks.iter().any(|m| first.eq_ignore_ascii_case(m))
            && inner[end..]
                .iter()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b':' | b'-' | b'#' | b' ' | b'_'))
            && inner.len() <= 64
}

/// `not set`, `sensitive value`, `known after apply`: two to five words of small letters.
fn told(inner: &[u8]) -> bool {
    inner.len() <= 48
        && (2..=5).contains(&inner.split(|b| *b == b' ').count())
        && inner
            .split(|b| *b == b' ')
            .all(|w| w.len() >= 2 && w.iter().all(u8::is_ascii_lowercase) && naturalness(w) > -8)
}

/// `{name}`, `{name!r}`, `{name:>8}`: a field of a format.
pub(crate) fn format_field(value: &[u8]) -> bool {
    let Some(inner) = value.strip_prefix(b"{").and_then(|v| v.strip_suffix(b"}")) else { return false };
    let name = skip(inner, 0, inner.len(), |b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'.'));
    let rest = &inner[name..];
    let shown = rest.is_empty()
        || (rest.len() <= 6
            && matches!(rest[0], b'!' | b':')
            && rest[1..]
                .iter()
                .all(|b| b.is_ascii_digit() || matches!(b, b'r' | b's' | b'a' | b'<' | b'>' | b'^' | b'?' | b'd')));
    (name > 0 && shown && (name <= 4 || naturalness(&inner[..name]) > -6)) || inner.is_empty()
}

/// Templates joined by a sign or two: `${HOST}:${PORT}`, `{noop}${PASSWORD}`.
pub(crate) fn templates(value: &[u8]) -> bool {
    let mut rest = value;
    let mut count = 0;
    while !rest.is_empty() {
        let separators =
            skip(rest, 0, rest.len().min(2), |b| matches!(b, b'-' | b'_' | b':' | b'/' | b'.' | b'@' | b','));
        rest = &rest[separators..];
        if rest.is_empty() {
            break;
        }
        let close: &[u8] = match rest {
            [b'{', b'{', ..] | [b'$', b'{', b'{', ..] => b"}}",
            [b'$' | b'#', b'{', ..] | [b'{', ..] => b"}",
            [b'$', b'(', ..] => b")",
            [b'%', b's' | b'd' | b'v' | b'q', ..] => {
                rest = &rest[2..];
                count += 1;
                continue;
            }
            _ => return false,
        };
        let Some(end) = memchr::memmem::find(rest, close).map(|n| n + close.len()) else { return false };
        if !(template(&rest[..end]) || format_field(&rest[..end])) {
            return false;
        }
        rest = &rest[end..];
        count += 1;
    }
    count > 1
}
