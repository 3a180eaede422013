//! Tokens that a line's end cut in two: what on the next line is the rest of them.
use crate::{
    randomness::{is_hex, random},
    site::Mask,
    table::number,
    text::{Mix, is_blank, is_token, skip},
};

/// The longest line that may be the rest of a token.
const LONGEST: usize = 256;

/// What follows a line that ends within a token.
pub(crate) enum Next {
    /// The next line is not all there yet.
    Wait,
    /// The token goes on to this place.
    To(usize),
    /// It ended with the line.
    Ends,
}

/// Whether the token that ends at the line break `text[i]` goes on behind it; `end`: no more text will come.
pub(crate) fn goes_on(text: &[u8], i: usize, end: bool) -> Next {
    let start = i + 1;
    let far = text.len().min(start + LONGEST);
    let line_end = match memchr::memchr(b'\n', &text[start..far]) {
        Some(n) => start + n,
        None if end || far == start + LONGEST => far,
        None => return Next::Wait,
    };
    let first = skip(text, start, line_end, |b| is_blank(b) || matches!(b, b'>' | b'|' | b'"' | b'\''));
    let last = skip(text, first, line_end, is_rest);
    let alone = skip(text, last, line_end, |b| is_blank(b) || matches!(b, b'"' | b'\'' | b',' | b'\\' | b'|' | b'\r'))
        == line_end;
    let before = text[..i].strip_suffix(b"\r").unwrap_or(&text[..i]);
    let soft = quoted_printable(before);
    let rest = &text[first..last];
    if rest.len() >= 4 && (soft || (alone && is_random_rest(rest))) { Next::To(last) } else { Next::Ends }
}

/// Whether a mask ends with its line, within what may be a token.
pub(crate) fn may_go_on(text: &[u8], mask: &Mask) -> bool {
    const NEVER: [u32; 4] = [
        const { number("private-key") },
        const { number("secret-in-prose") },
        const { number("pin-code") },
        const { number("xml-element") },
    ];
    let token = text[mask.start..mask.end].iter().rev().take_while(|b| is_token(**b)).count();
    let break_at = mask.end + usize::from(text.get(mask.end) == Some(&b'\r'));
    token >= 4 && text.get(break_at) == Some(&b'\n') && !NEVER.contains(&mask.rule)
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
        && (line.len() >= 70
            || line[..line.len() - 1]
                .windows(3)
                .any(|w| w[0] == b'=' && w[1..].iter().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(b))))
}

/// A single word that no person wrote.
fn is_random_rest(rest: &[u8]) -> bool {
    let body = &rest[..rest.len() - rest.iter().rev().take_while(|b| **b == b'=').count()];
    let mix = Mix::of(body);
    if body.contains(&b'=') {
        return false;
    }
    random(body)
        || (is_hex(body) && mix.digit > 0 && body.len() >= 4)
        || (mix.kinds() >= 2
            && mix.digit > 0
            && mix.changes >= 2
            && mix.other * 4 <= body.len()
            && !body.contains(&b'.'))
        || (mix.upper > 0 && mix.lower > 0 && mix.changes >= 3)
}
