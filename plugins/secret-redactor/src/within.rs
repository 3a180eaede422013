//! Values that are more than one word or stand within another: objects and lists, groups that blanks divide, codes in a row, and what
//! stands in for an expression.
use crate::{
    judge::groups,
    model::naturalness,
    text::{Mix, is_blank, is_quote, skip},
    value::{Value, value_at},
};

/// `abcd efgh ijkl mnop`: a password of programs, in four to eight groups of four that blanks divide. Where the last one ends.
pub(crate) fn spaced_groups(text: &[u8], value: Value, limit: usize) -> Option<usize> {
    let group = |i: usize| skip(text, i, limit.min(i + 5), |b| b.is_ascii_alphanumeric()) == i + 4;
    if value.quoted || value.end != value.start + 4 || !group(value.start) {
        return None;
    }
    let (mut end, mut count) = (value.end, 1);
    while count < 8 && end + 5 <= limit && text[end] == b' ' && group(end + 1) {
        end += 5;
        count += 1;
    }
    let behind = skip(text, end, limit.min(end + 1), |b| b == b' ');
    let ends = behind >= limit || !text[behind].is_ascii_alphanumeric();
    // Words of four letters make sentences, too.
    let odd =
        text[value.start..end].split(|b| *b == b' ').filter(|w| naturalness(w) < -2 || Mix::of(w).kinds() > 1).count();
    (count >= 4 && ends && odd >= 2).then_some(end)
}

/// `5rogq-9av79 scxx8-kgmas`: where the codes that follow the first end.
pub(crate) fn further_codes(text: &[u8], first: usize, end: usize, limit: usize) -> usize {
    let mut end = end;
    for _ in 0..32 {
        let start = skip(text, end, limit, |b| is_blank(b) || b == b',');
        let stop = skip(text, start, limit, |b| b.is_ascii_alphanumeric() || b == b'-');
        let code = &text[start..stop];
        let alike = code.len() >= 6 && code.len() == first && Mix::of(code).digit > 0;
        if start == end || !(alike || groups(code)) {
            break;
        }
        end = stop;
    }
    end
}

/// `process.env.PASS || 'VALUE'`: what stands in for an expression that has no value.
pub(crate) fn otherwise(text: &[u8], value: Value, limit: usize, cut: bool) -> Option<Value> {
    const OPERATORS: [&[u8]; 4] = [b"|| ", b"?? ", b"or ", b"?: "];
    let after = skip(text, value.end, limit, is_blank);
    let operator = OPERATORS.iter().find(|o| text[after..limit].starts_with(o))?;
    Some(value_at(text, after + operator.len(), limit, cut)).filter(|v| v.quoted)
}

/// The value within `{"value": "VALUE", …}` and its like.
pub(crate) fn inner(text: &[u8], i: usize, limit: usize, cut: bool) -> Option<Value> {
    const NAMES: &[&[u8]] = &[
        b"value",
        b"plaintext",
        b"plain",
        b"data",
        b"default",
        b"S",
        b"secretValue",
        b"current",
        b"string",
        b"stringValue",
    ];
    let mut at = i + 1;
    // A type or a note may stand before it.
    for _ in 0..4 {
        at = skip(text, at, limit, |b| is_blank(b) || matches!(b, b'\\' | b',') || is_quote(b));
        let end = skip(text, at, limit, |b| b.is_ascii_alphanumeric() || b == b'_');
        let sep = skip(text, end, limit, |b| is_blank(b) || b == b'\\' || is_quote(b));
        if end == at || sep >= limit || text[sep] != b':' {
            return None;
        }
        let value = value_at(text, sep + 1, limit, cut);
        if NAMES.iter().any(|n| text[at..end].eq_ignore_ascii_case(n)) {
            return Some(value).filter(|v| v.quoted);
        }
        at = value.end;
    }
    None
}

/// An object, a list or a struct begins here.
pub(crate) fn nested(text: &[u8], i: usize, limit: usize) -> bool {
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
                let field = rest[0] == b'{' && end > 1 && end < rest.len() && matches!(rest[end], b':' | b'=' | b' ');
                field || list_of_names(&text[i..limit])
            }
        }
}

/// `[one]`, `[one, two]`: a list of bare words, closed within the line.
pub(crate) fn list_of_names(rest: &[u8]) -> bool {
    let end = skip(rest, 1, rest.len().min(512), |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b',' | b' ' | b'/' | b':')
    });
    let behind = rest.get(end + 1).copied();
    rest[0] == b'['
        && rest.get(end) == Some(&b']')
        && behind.is_none_or(|b| matches!(b, b' ' | b',' | b';' | b')' | b'}' | b']'))
}
