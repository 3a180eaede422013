//! Where a value begins and ends, after a `=`, a `:` or a blank: quotes of every depth of escaping, and bare values of logfmt,
//! YAML, query strings and struct dumps. Quotes are never part of the value.
use crate::{
    notations::unwrapped,
    text::{Until, skip},
};

/// A value's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) quoted: bool,
    /// Where it goes on, when `end` is the limit and not the value's own end.
    pub(crate) until: Option<Until>,
}

/// The longest bare value that is read as a whole; a longer one goes on to the next blank or quote.
const BARE: usize = 1024;

/// How a quoted value was opened.
enum Opening {
    Quote { escapes: usize, quote: u8, length: usize },
    Word(&'static [u8]),
}

/// Reads the value at `i`, blanks before it skipped. `limit` ends the line or what may be looked at (`cut`).
pub(crate) fn value_at(text: &[u8], i: usize, limit: usize, cut: bool) -> Value {
    let mut i = unwrapped(text, i, limit);
    if i + 1 < limit
        && matches!(text[i], b'b' | b'B' | b'u' | b'U' | b'r' | b'R' | b'@' | b'N')
        && matches!(text[i + 1], b'"' | b'\'')
    {
        i += 1;
    }
    match opening(text, i, limit) {
        Some(Opening::Quote { escapes, quote, length }) => quoted(text, i + length, limit, cut, escapes, quote),
        Some(Opening::Word(word)) => {
            let start = i + word.len();
            let end = memchr::memmem::find(&text[start..limit], word).map_or(limit, |at| start + at);
            Value { start, end, quoted: true, until: (end == limit && cut).then_some(Until::Word) }
        }
        None => bare(text, i, limit, cut),
    }
}

fn opening(text: &[u8], i: usize, limit: usize) -> Option<Opening> {
    let j = skip(text, i, limit, |b| b == b'\\');
    let escapes = j - i;
    if j < limit && matches!(text[j], b'"' | b'\'' | b'`') {
        return Some(Opening::Quote { escapes, quote: text[j], length: escapes + 1 });
    }
    if i >= limit || !matches!(text[i], b'\\' | b'&' | b'%') {
        return None;
    }
    let words: [&[u8]; 13] = [
        b"\\x22",
        b"\\\\x22",
        b"\\x27",
        b"\\u0022",
        b"\\\\u0022",
        b"&quot;",
        b"&#34;",
        b"&apos;",
        b"&#39;",
        b"%22",
        b"%27",
        b"%2522",
        b"\\u0027",
    ];
    words.into_iter().find(|w| text[i..limit].starts_with(w)).map(Opening::Word)
}

/// To the quote at the same depth of escaping, or to one that is less deep and so ends what is around.
fn quoted(text: &[u8], start: usize, limit: usize, cut: bool, escapes: usize, quote: u8) -> Value {
    let mut i = start;
    while i < limit {
        match text[i] {
            b'\\' => {
                let run = skip(text, i, limit, |b| b == b'\\') - i;
                if i + run < limit && text[i + run] == quote && run == escapes {
                    break;
                }
                // An escaped byte is skipped with its backslashes, a quote at a greater depth is.
                let steps_over = run % 2 == 1 && (escapes == 0 || run > escapes);
                i += run + usize::from(steps_over);
            }
            b if b == quote || (b == b'"' && escapes > 0) => break,
            _ => i += 1,
        }
    }
    let end = i.min(limit);
    Value { start, end, quoted: true, until: (end == limit && cut).then_some(Until::Quote(quote)) }
}

fn bare(text: &[u8], start: usize, limit: usize, cut: bool) -> Value {
    if let Some(end) = placeholder(text, start, limit) {
        return Value { start, end, quoted: false, until: None };
    }
    // `(not hunter2)`: a bracket with a blank in it, and something that is no word.
    if text.get(start) == Some(&b'(')
        && let Some(close) = memchr::memchr(b')', &text[start..limit.min(start + 80)])
        && text[start..start + close].contains(&b' ')
        && text[start..start + close].iter().any(u8::is_ascii_digit)
    {
        return Value { start, end: start + close + 1, quoted: false, until: None };
    }
    // Text without blanks may hold a key every few bytes: what each of them reads is bounded.
    let (limit, cut) = if limit > start + BARE { (start + BARE, true) } else { (limit, cut) };
    let mut i = start;
    while i < limit {
        let b = text[i];
        let stop = match b {
            0..=b' ' | b'"' | b'`' => true,
            b'\'' => i + 1 == limit || !text[i + 1].is_ascii_alphanumeric(),
            b'&' if escape_ends(text, i, limit) => true,
            b'%' if escaped_field(text, i, limit) => true,
            b'<' => i > start && (i + 1 == limit || matches!(text[i + 1], b'/' | b'b')),
            b'\\' => i + 1 < limit && (matches!(text[i + 1], b'"' | b'\'' | b'\\') || newline_escape(text, i, limit)),
            b',' | b';' | b'&' | b'|' => next_field(text, i + 1, limit),
            b')' | b']' | b'}' | b'>' => {
                !balanced(&text[start..i], b)
                    && (i + 1 >= limit
                        || matches!(
                            text[i + 1],
                            0..=b' ' | b',' | b';' | b'.' | b')' | b']' | b'}' | b'>' | b'"' | b'\'' | b'\\' | b':'
                        ))
            }
            _ => false,
        };
        if stop {
            break;
        }
        i += 1;
    }
    Value { start, end: i, quoted: false, until: (i == limit && cut).then_some(Until::Word) }
}

/// `&quot;`, `&lt;`, `&amp;NAME=`: the value's end, in text escaped for HTML.
fn escape_ends(text: &[u8], i: usize, limit: usize) -> bool {
    let rest = &text[i..limit.min(i + 8)];
    rest.starts_with(b"&quot;")
        || rest.starts_with(b"&lt;")
        || rest.starts_with(b"&#34;")
        || rest.starts_with(b"&apos;")
        || rest.starts_with(b"&#39;")
        || (rest.starts_with(b"&amp;") && next_field(text, i + 5, limit))
        || next_field(text, i + 1, limit)
}

/// `%26NAME%3D`: the next field of a query that stands within another.
fn escaped_field(text: &[u8], i: usize, limit: usize) -> bool {
    const ENDS: &[&[u8]] = &[b"%26", b"%2526", b"%3B", b"%22", b"%2C"];
    let Some(name) = ENDS.iter().find(|w| text[i..limit].starts_with(w)) else { return false };
    if *name == b"%22" {
        return true;
    }
    let end =
        skip(text, i + name.len(), limit.min(i + 48), |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
    end > i + name.len()
        && (end >= limit || text[end..].starts_with(b"%3") || text[end..].starts_with(b"%253") || text[end] == b'=')
}

/// The end of a bracketed placeholder with blanks in it, where nothing else is joined to it.
fn placeholder(text: &[u8], start: usize, limit: usize) -> Option<usize> {
    let close = match text[start..limit] {
        [b'<', ..] => b'>',
        [b'[', ..] | [b'E', b'N', b'C', b'[', ..] => b']',
        [b'(', ..] | [b'$', b'(', ..] => b')',
        [b'$', b'{', ..] => b'}',
        _ => return None,
    };
    let mut end = start + memchr::memchr(close, &text[start..limit.min(start + 120)])? + 1;
    end = skip(text, end, limit.min(end + 1), |b| b == close);
    let alone = end >= limit
        || matches!(
            text[end],
            0..=b' ' | b',' | b';' | b'"' | b'\'' | b')' | b'}' | b']' | b'&' | b'\\' | b'|' | b'<' | b'@'
        );
    (alone && crate::allow::harmless(&text[start..end])).then_some(end)
}

/// `\n`, `\r` or `\t`, and then no letter that would make it a path.
fn newline_escape(text: &[u8], i: usize, limit: usize) -> bool {
    matches!(text[i + 1], b'n' | b'r' | b't')
        && (i + 2 >= limit || !text[i + 2].is_ascii_lowercase() || text[i + 1] == b'n')
}

/// Whether the bracket closes one that the value itself opened.
fn balanced(value: &[u8], close: u8) -> bool {
    let open = match close {
        b')' => b'(',
        b']' => b'[',
        b'}' => b'{',
        _ => b'<',
    };
    value.iter().filter(|b| **b == open).count() > value.iter().filter(|b| **b == close).count()
}

/// Whether a separator is followed by the next field, or by nothing.
fn next_field(text: &[u8], i: usize, limit: usize) -> bool {
    if i >= limit
        || matches!(text[i], 0..=b' ' | b'"' | b'\'' | b'\\' | b'{' | b'[' | b'}' | b']' | b')' | b'&' | b'|' | b'<')
    {
        return true;
    }
    let end = skip(text, i, limit.min(i + 40), |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b' ' | b'[' | b']')
    });
    end > i && end < limit && matches!(text[end], b'=' | b':')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> &str {
        let v = value_at(text.as_bytes(), 0, text.len(), false);
        &text[v.start..v.end]
    }

    #[test]
    fn values_end_where_their_notation_says() {
        for (text, value) in [
            ("hunter2 next", "hunter2"),
            (" \"hun ter2\", x", "hun ter2"),
            ("'hunter2')", "hunter2"),
            (r#"\"hunter2\",\"user\""#, "hunter2"),
            (r#"\\\"hunter2\\\"}"#, "hunter2"),
            (r"\u0022hunter2\u0022,", "hunter2"),
            (r#""a\"b\\" rest"#, r#"a\"b\\"#),
            (r#""a\\\"b" rest"#, r#"a\\\"b"#),
            ("p@ss;w0rd,x!&y tail", "p@ss;w0rd,x!&y"),
            ("hunter2&user=bob", "hunter2"),
            ("hunter2;Server=db", "hunter2"),
            ("hunter2, user=bob", "hunter2"),
            ("hunter2}", "hunter2"),
            ("hunter2)]", "hunter2"),
            ("p(a)ss)", "p(a)ss"),
            ("&quot;hunter2&quot;", "hunter2"),
            ("hunter2</password>", "hunter2"),
            ("b'hunter2'", "hunter2"),
            (r"hunter2\nnext", "hunter2"),
        ] {
            assert_eq!(read(text), value, "{text}");
        }
    }
}
