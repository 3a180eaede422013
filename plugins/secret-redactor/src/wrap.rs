//! Tokens that a line's end cut in two: what on the next line is the rest of them.
use crate::{
    allow::object_name,
    detect::Detector,
    judge::generated,
    randomness::{is_hex, is_worded, random},
    site::Mask,
    table::number,
    text::{Mix, is_blank, is_token, skip},
};

/// The longest line that may be the rest of a token.
const LONGEST: usize = 256;

/// The most bytes that may stand between a token's first part and its line's end.
const TAIL: usize = 160;

/// What follows a line that ends within a token.
pub(crate) enum Next {
    /// The next line is not all there yet.
    Wait,
    /// The token goes on from the one place to the other. The break, and what stands around it, stays: lines map one to one.
    Apart(usize, usize),
    /// It ended with the line.
    Ends,
}

/// What stands between a token's first part and its line's end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    Nothing,
    /// A backslash.
    Continued,
    /// A quote, perhaps with a plus or a backslash behind it.
    Quoted(u8),
    /// The bar that ends a table's cell.
    Cell,
    /// The rest of a log line in JSON.
    Json,
}

/// The line's end behind the token part that ends at `i`, and what stands between.
fn tail(text: &[u8], i: usize) -> Option<(usize, Tail)> {
    let far = text.len().min(i + TAIL);
    let line_end = i + memchr::memchr(b'\n', &text[i..far])?;
    let rest = text[i..line_end].trim_ascii_end();
    let tail = match rest {
        [] => Tail::Nothing,
        [b'\\'] => Tail::Continued,
        [q @ (b'"' | b'\'')] => Tail::Quoted(*q),
        [q @ (b'"' | b'\''), more @ ..] if matches!(more.trim_ascii(), b"+" | b"\\" | b"." | b"..") => Tail::Quoted(*q),
        _ if rest.trim_ascii() == b"|" || rest.trim_ascii() == "\u{2502}".as_bytes() => Tail::Cell,
        [b'"', b',' | b'}', ..] | [b'\\', b'n', b'"', ..] if rest.ends_with(b"}") => Tail::Json,
        _ => return None,
    };
    Some((line_end, tail))
}

/// Whether nothing but what may stand within a wrapped token follows `i` in its line.
pub(crate) fn may_end_a_line(text: &[u8], i: usize) -> bool {
    tail(text, i).is_some()
}

/// Whether the token whose part ends at `i`, with its line, goes on in the next line; `end`: no more text will come. None where `i` is
/// not at a line's end.
pub(crate) fn goes_on(text: &[u8], i: usize, end: bool) -> Option<Next> {
    let (line_end, tail) = tail(text, i)?;
    let start = line_end + 1;
    let far = text.len().min(start + LONGEST);
    let next_end = match memchr::memchr(b'\n', &text[start..far]) {
        Some(n) => start + n,
        None if end || far == start + LONGEST => far,
        None => return Some(Next::Wait),
    };
    if tail == Tail::Json {
        return Some(json_line(text, i, start, next_end));
    }
    let drawn = |b: u8| tail == Tail::Cell && matches!(b, 0xe2 | 0x94 | 0x82);
    let first =
        skip(text, start, next_end, |b| is_blank(b) || drawn(b) || matches!(b, b'>' | b'|' | b'"' | b'\'' | b'+'));
    let last = skip(text, first, next_end, is_rest);
    let alone = skip(text, last, next_end, |b| {
        is_blank(b) || drawn(b) || matches!(b, b'"' | b'\'' | b',' | b';' | b')' | b'+' | b'\\' | b'|' | b'\r')
    }) == next_end;
    // Text that was broken at a width goes on in the next line's first word.
    let line = memchr::memrchr(b'\n', &text[i.saturating_sub(LONGEST * 2)..i])
        .map_or(0, |n| i.saturating_sub(LONGEST * 2) + n + 1);
    let word = &text[first..last];
    let broken = (76..=132).contains(&(line_end - line))
        && tail == Tail::Nothing
        && text.get(last).is_none_or(|b| *b <= b' ')
        && word.len() >= 10
        && Mix::of(word).kinds() == 3
        && random(word);
    let before = text[..i].strip_suffix(b"\r").unwrap_or(&text[..i]);
    let rest = &text[first..last];
    // The next log line begins with its date.
    let dated = rest.iter().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b'T' | b'Z'));
    let soft = tail == Tail::Nothing && !dated && quoted_printable(before);
    let framed = match tail {
        Tail::Quoted(quote) => first > start && text[first - 1] == quote,
        Tail::Cell => text[start..first].iter().any(|b| *b == b'|' || drawn(*b)),
        _ => true,
    };
    Some(if !framed || rest.len() < 4 || !(soft || broken || (alone && is_random_rest(rest))) {
        Next::Ends
    } else {
        Next::Apart(first, last)
    })
}

/// A log line in JSON whose text begins where that of the line before ended: `{"log":"FIRST","stream":…}`, `{"log":"REST\n",…}`.
fn json_line(text: &[u8], i: usize, start: usize, end: usize) -> Next {
    let near = i.saturating_sub(LONGEST * 2);
    let Some(line) = memchr::memrchr(b'\n', &text[near..i]).map(|n| near + n + 1).or((near == 0).then_some(0)) else {
        return Next::Ends;
    };
    let Some(frame) = memchr::memmem::find(&text[line..i.min(line + 64)], b"\":\"").map(|n| n + 3) else {
        return Next::Ends;
    };
    let same = text[line] == b'{' && text[start..end].starts_with(&text[line..line + frame]);
    let first = start + frame;
    let last = if same { skip(text, first, end, is_rest) } else { first };
    let last = last.min(end);
    let first = first.min(last);
    let closed = text[last..end].starts_with(b"\"") || text[last..end].starts_with(b"\\n\"");
    if closed && last - first >= 4 && is_random_rest(&text[first..last]) {
        Next::Apart(first, last)
    } else {
        Next::Ends
    }
}

/// Whether a mask ends with its line, within what may be a token. One of a kind that has a length has it, and is whole.
pub(crate) fn may_go_on(detector: &Detector, text: &[u8], mask: &Mask) -> bool {
    const NEVER: [u32; 4] = [
        const { number("private-key") },
        const { number("secret-in-prose") },
        const { number("pin-code") },
        const { number("xml-element") },
    ];
    let token = text[mask.start..mask.end].iter().rev().take(4).take_while(|b| is_token(**b)).count();
    token == 4 && !NEVER.contains(&mask.rule) && may_end_a_line(text, mask.end) && !detector.is_of_one_length(mask.rule)
}

fn is_rest(b: u8) -> bool {
    b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-' | b'=' | b'.')
}

/// The line ends in a soft break: `=`, after text that is escaped so.
fn quoted_printable(before: &[u8]) -> bool {
    let line = &before[memchr::memrchr(b'\n', before).map_or(0, |n| n + 1)..];
    let line = &line[line.len().saturating_sub(LONGEST)..];
    line.ends_with(b"=")
        && !line.ends_with(b"==")
        // A line of nothing but base64 ends in its padding.
        && line[..line.len() - 1].trim_ascii().iter().any(|b| is_blank(*b) || *b == b'=')
        && (line.len() >= 70
            || line[..line.len() - 1]
                .windows(3)
                .any(|w| w[0] == b'=' && w[1..].iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))))
}

/// A single word that no person wrote.
fn is_random_rest(rest: &[u8]) -> bool {
    let body = &rest[..rest.len() - rest.iter().rev().take_while(|b| **b == b'=').count()];
    let mix = Mix::of(body);
    if body.contains(&b'=') || is_name(body) {
        return false;
    }
    random(body)
        || (is_hex(body) && mix.digit > 0 && body.len() >= 4)
        || (mix.kinds() >= 2
            && mix.digit > 0
            && mix.changes >= 2
            && mix.other * 4 <= body.len()
            && !body.contains(&b'.')
            && !(body.contains(&b'/') && object_name(body)))
        || (mix.upper > 0 && mix.lower > 0 && mix.changes >= 3)
}

/// The next line is a word of its own: a class, a condition, an object's name, a time.
fn is_name(word: &[u8]) -> bool {
    let dated = |b: &u8| b.is_ascii_digit() || matches!(b, b'-' | b'.' | b':' | b'T' | b'Z');
    let letters = word.iter().all(u8::is_ascii_alphabetic);
    (word.len() >= 8 && word.iter().all(dated))
        || (word.contains(&b'-') && (object_name(word) || generated(word)))
        || (letters && is_worded(word, 4, 0))
}
