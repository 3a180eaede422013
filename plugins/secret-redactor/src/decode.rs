//! Text within text: escapes of JSON, HTML, URLs and shells, base64 and hex. What is found in the decoded text is masked where it
//! stands in the outer one; a blob of base64 or hex is masked whole. Nested encodings are decoded again, to a depth of three.
use crate::{
    base64,
    detect::Detector,
    site::{Mask, Site},
    stream::{Found, Scanner},
    table::number,
    text::{Until, is_blank, reads, skip, skip_back},
    words::ESCAPES,
};

/// How deep encodings within encodings are followed.
const DEEPEST: u8 = 3;
/// How much of a line is decoded around an escape.
const BEFORE: usize = 192;
/// See [`BEFORE`].
const AFTER: usize = 2048;
/// How much of a blob is decoded.
const BLOB: usize = 4096;

/// What joins the pieces of a text that is written in several quotes.
pub(crate) const GLUES: &[&str] = &[
    "' + '",
    "\" + \"",
    "'+'",
    "\"+\"",
    "' . '",
    "\" . \"",
    "'.'",
    "\".\"",
    "' || '",
    "\" & \"",
    "\\\" + \\\"",
    "` + `",
    "\" ++ \"",
    "\" <> \"",
];

/// Decoded text, and where each byte of it came from.
struct Plainer {
    text: Vec<u8>,
    from: Vec<u32>,
    /// Place of the first escape in the decoded text.
    first: Option<usize>,
}

/// The byte that the escape at `i` stands for, and the escape's length.
fn any_escape(text: &[u8], i: usize, limit: usize) -> Option<(u8, usize)> {
    let rest = &text[i..limit.min(i + 12)];
    let code = |a: u8, b: u8| Some(hex(a)? << 4 | hex(b)?);
    match rest {
        [b'\\', ..] => {
            let slashes = rest.iter().take_while(|b| **b == b'\\').count();
            match &rest[slashes..] {
                [b'u' | b'U', b'0', b'0', a, b, ..] => Some((code(*a, *b)?, slashes + 5)),
                [b'x' | b'X', a, b, ..] => Some((code(*a, *b)?, slashes + 3)),
                [a @ b'0'..=b'1', b @ b'0'..=b'7', c @ b'0'..=b'7', ..] => {
                    Some(((a - b'0') << 6 | (b - b'0') << 3 | (c - b'0'), slashes + 3))
                }
                _ => None,
            }
        }
        [b'%', b'2', b'5', a, b, ..] if code(*a, *b).is_some() => Some((code(*a, *b)?, 5)),
        [b'%', a, b, ..] => Some((code(*a, *b)?, 3)),
        [b'&', b'#', b'x' | b'X', a, b, b';', ..] => Some((code(*a, *b)?, 6)),
        [b'&', b'#', tail @ ..] => {
            let digits = tail.iter().take_while(|b| b.is_ascii_digit()).count();
            let code = tail[..digits].iter().try_fold(0u8, |n, b| n.checked_mul(10)?.checked_add(b - b'0'))?;
            (tail.get(digits) == Some(&b';') && digits > 0).then_some((code, digits + 3))
        }
        _ => None,
    }
}

/// An escape of what may stand in a key or a value: letters, digits and some symbols, but no quote, blank or ampersand that would
/// end a value.
fn escape(text: &[u8], i: usize, limit: usize) -> Option<(u8, usize)> {
    any_escape(text, i, limit).filter(|(code, _)| {
        code.is_ascii_alphanumeric() || matches!(code, b'=' | b':' | b'_' | b'-' | b'.' | b'+' | b'/' | b'@' | b'~')
    })
}

/// The stretch of nothing but escapes around `text[start..end]`, where it is that; what is escaped whole is masked whole.
fn escaped_whole(text: &[u8], (from, to): (usize, usize), (start, end): (usize, usize)) -> Option<(usize, usize)> {
    let mut i = from;
    while i < to {
        let begin = i;
        let mut count = 0;
        while i < to
            && let Some((_, length)) = any_escape(text, i, to)
        {
            i += length;
            count += 1;
        }
        if count >= 8 && begin <= start && end <= i {
            return Some((begin, i));
        }
        if i > start {
            return None;
        }
        i = i.max(begin + 1);
    }
    None
}

/// Whether an anchor of escapes stands at `i`.
fn is_anchor(text: &[u8], i: usize) -> bool {
    matches!(text[i], b'\\' | b'%' | b'&') && ESCAPES.iter().any(|e| reads(text, i, e.as_bytes()))
}

fn hex(b: u8) -> Option<u8> {
    char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

fn plainer(text: &[u8], from: usize, to: usize) -> Plainer {
    let mut plainer =
        Plainer { text: Vec::with_capacity(to - from), from: Vec::with_capacity(to - from + 1), first: None };
    let mut i = from;
    while i < to {
        plainer.from.push(i as u32);
        let introduces = matches!(text[i], b'\\' | b'%' | b'&');
        if introduces && let Some((byte, length)) = escape(text, i, to) {
            plainer.first.get_or_insert(plainer.text.len());
            plainer.text.push(byte);
            i += length;
        } else {
            plainer.text.push(text[i]);
            i += 1;
        }
    }
    plainer.from.push(to as u32);
    plainer
}

impl Detector {
    /// The anchor is an escape of a letter, a digit or a separator. The first of a stretch decodes the whole stretch.
    pub(crate) fn escapes(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        if site.depth >= DEEPEST {
            return;
        }
        // `\\u0070`: the anchor may be the last of several backslashes.
        let at = skip_back(text, at, floor, |b| b == b'\\');
        let near = floor.max(at.saturating_sub(64));
        if (near..at).any(|i| is_anchor(text, i)) {
            return;
        }
        let from = floor.max(at.saturating_sub(BEFORE));
        let from = if from == floor { from } else { skip(text, from, at, |b| !is_blank(b)) };
        let to = limit.min(at + AFTER);
        let plainer = plainer(text, from, to);
        let Some(first) = plainer.first else { return };
        let mut masks = Vec::new();
        self.find_within(&plainer.text, site.depth + 1, &mut masks);
        let cut = to < limit || site.cut;
        for mask in masks.into_iter().filter(|m| m.end > first) {
            let inner = (plainer.from[mask.start] as usize, plainer.from[mask.end] as usize);
            let (start, end) = escaped_whole(text, (from, to), inner).unwrap_or(inner);
            out.push(site.mask(mask.rule, start, end, (end == to && cut).then_some(Until::Token)));
        }
    }

    /// The anchor is a telling word in hex: the run of hex digits around it is decoded.
    pub(crate) fn hex_blob(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let start = skip_back(text, at, floor, |b| b.is_ascii_hexdigit());
        let end = skip(text, at, limit, |b| b.is_ascii_hexdigit());
        if (at - start) % 2 != 0 || end - start < 16 || site.depth >= DEEPEST {
            return;
        }
        // Another anchor before this one has decoded the run.
        let decoded: Vec<u8> = text[start..end.min(start + BLOB)]
            .chunks_exact(2)
            .filter_map(|pair| Some(hex(pair[0])? << 4 | hex(pair[1])?))
            .collect();
        if is_readable(&decoded) && self.holds_a_secret(&decoded, site.depth + 1) {
            out.push(site.mask(
                const { number("encoded-secret") },
                start,
                end,
                (end == limit && site.cut).then_some(Until::Token),
            ));
        }
    }

    /// The anchor is a telling word as a list of its bytes: `112 97 115`, `70:61:73`, `0x70, 0x61`.
    pub(crate) fn byte_list(&self, site: Site, radix: u32, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let in_list = |b: u8| match radix {
            16 => b.is_ascii_hexdigit() || matches!(b, b' ' | b',' | b':' | b'x'),
            _ => b.is_ascii_digit() || matches!(b, b' ' | b','),
        };
        let from = skip_back(text, at, floor, in_list);
        let to = skip(text, at, limit, in_list);
        if site.depth >= DEEPEST || to - from < 24 {
            return;
        }
        let mut bytes = Vec::new();
        let (mut start, mut end) = (None, from);
        let mut i = from;
        while i < to && bytes.len() < BLOB {
            i = skip(text, i, to, |b| !b.is_ascii_hexdigit());
            i += if text[i..to].starts_with(b"0x") { 2 } else { 0 };
            let stop = skip(text, i, to, |b| b.is_ascii_hexdigit());
            // `7061 7373`, as xxd groups them.
            if radix == 16 && stop - i == 4 {
                let pair = std::str::from_utf8(&text[i..stop]).ok().and_then(|n| u16::from_str_radix(n, 16).ok());
                if let Some([high, low]) = pair.map(u16::to_be_bytes) {
                    start.get_or_insert(i);
                    bytes.push(high);
                    // What is no text ends what can be read, and is of the same bytes.
                    bytes.push(low);
                    end = stop;
                    i = stop;
                    continue;
                }
            }
            let number = std::str::from_utf8(&text[i..stop]).ok().and_then(|n| u8::from_str_radix(n, radix).ok());
            match number.filter(|b| matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'~')) {
                Some(byte) => {
                    start.get_or_insert(i);
                    bytes.push(byte);
                    end = stop;
                }
                // An offset or a word before the bytes; behind them it ends the list.
                None if i < at => {
                    start = None;
                    bytes.clear();
                }
                None => break,
            }
            i = stop.max(i + 1);
        }
        if let Some(start) = start
            && bytes.len() >= 8
            && self.holds_a_secret(&bytes, site.depth + 1)
        {
            let until = (end == limit && site.cut).then_some(Until::Line);
            out.push(site.mask(const { number("encoded-secret") }, start, end, until));
        }
    }

    /// The anchor joins two pieces of a quoted text: `'abc' + 'def'`. The first of a stretch reads the whole stretch, with the joints
    /// left out; what is found across one is masked on both its sides.
    pub(crate) fn glued(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let glue = |i: usize| GLUES.iter().find(|g| text[i..limit].starts_with(g.as_bytes())).map(|g| g.len());
        let near = floor.max(at.saturating_sub(64));
        if site.depth >= DEEPEST || (near..at).any(|i| glue(i).is_some()) {
            return;
        }
        let from = floor.max(at.saturating_sub(BEFORE));
        let from = if from == floor { from } else { skip(text, from, at, |b| !is_blank(b)) };
        let to = limit.min(at + AFTER);
        let (mut plain, mut places, mut joints) = (Vec::new(), Vec::new(), Vec::new());
        let mut i = from;
        while i < to {
            if let Some(length) = glue(i) {
                joints.push(plain.len());
                i += length;
            } else {
                plain.push(text[i]);
                places.push(i);
                i += 1;
            }
        }
        let mut masks = Vec::new();
        self.find_within(&plain, site.depth + 1, &mut masks);
        for mask in masks {
            let within = joints.iter().copied().filter(|j| mask.start < *j && *j < mask.end);
            let borders: Vec<usize> = [mask.start].into_iter().chain(within).chain([mask.end]).collect();
            if borders.len() > 2 {
                for pair in borders.windows(2) {
                    out.push(site.mask(mask.rule, places[pair[0]], places[pair[1] - 1] + 1, None));
                }
            }
        }
    }

    /// The anchor is a telling word in base64: the run around it is decoded, whatever kinds of character it holds.
    pub(crate) fn base64_blob(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let in_run = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'_' | b'-');
        let start = skip_back(text, at, floor, in_run);
        let end = skip(text, stop, limit, in_run);
        if end - start < 12 || self.base64_says(&text[start..end], site.depth) != Some(true) {
            return;
        }
        let padded = skip(text, end, limit.min(end + 2), |b| b == b'=');
        let until = (padded == limit && site.cut).then_some(Until::Token);
        out.push(site.mask(const { number("encoded-secret") }, start, padded, until));
    }

    /// What a run of base64 says: `None`, nothing that a person could read; otherwise whether a secret stands in it.
    pub(crate) fn base64_says(&self, run: &[u8], depth: u8) -> Option<bool> {
        if depth >= DEEPEST || run.len() < 12 {
            return None;
        }
        let mut readable = None;
        for offset in 0..4.min(run.len()) {
            // Nearly every run is random, and that shows before it is decoded.
            let (head, length) = base64::head(&run[offset..]);
            let zeros = length >= 2 && head[1] == 0;
            let file = head[..length].starts_with(GZIP) || (offset == 0 && FILES.iter().any(|f| head.starts_with(f)));
            if !zeros && !file && !base64::is_mostly(&run[offset..], BLOB * 3 / 4, ODD_SHARE, is_plain) {
                continue;
            }
            let mut decoded = base64::decode(&run[offset..], BLOB * 3 / 4);
            // UTF-16 of ASCII: every second byte is zero.
            if decoded.len() >= 16 && decoded.chunks_exact(2).all(|pair| pair[1] == 0) {
                decoded = decoded.chunks_exact(2).map(|pair| pair[0]).collect();
            }
            if decoded.starts_with(GZIP) && decoded.len() > 40 {
                return Some(true);
            }
            if offset == 0 && FILES.iter().any(|f| decoded.starts_with(f)) {
                return Some(false);
            }
            if is_readable(&decoded) {
                if self.holds_a_secret(&decoded, depth + 1) {
                    return Some(true);
                }
                readable = Some(false);
                break;
            }
        }
        readable
    }

    /// Whether anything is found in a text of its own.
    pub(crate) fn holds_a_secret(&self, text: &[u8], depth: u8) -> bool {
        let mut scanner = Scanner::within(self, depth);
        let mut found: Vec<Found> = Vec::new();
        scanner.push(0, text, &mut found);
        scanner.finish(&mut found);
        !found.is_empty()
    }
}

/// How files of pictures, fonts and programs begin.
const FILES: &[&[u8]] =
    &[b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"\0asm", b"wOFF", b"wOF2", b"%PDF-", b"RIFF", b"\x7fELF", b"OggS"];

/// How what gzip made begins.
const GZIP: &[u8] = &[0x1f, 0x8b, 8];

/// One byte in so many may be odd in a text that a person could read.
const ODD_SHARE: usize = 32;

fn is_plain(b: u8) -> bool {
    matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'~')
}

/// Nearly all of it is what a person could read.
pub(crate) fn is_readable(bytes: &[u8]) -> bool {
    let odd = bytes.iter().filter(|b| !is_plain(**b)).count();
    bytes.len() >= 10 && odd * ODD_SHARE <= bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_every_kind_are_undone() {
        for (text, plain) in [
            (r"password\u003dx", "password=x"),
            (r"password\\u003dx", "password=x"),
            ("password%3Dx%253Ay", "password=x:y"),
            ("&#112;&#x61;ss", "pass"),
            (r"\x70\141ss", "pass"),
            ("a%20b&amp;%22c\\n", "a%20b&amp;%22c\\n"),
        ] {
            assert_eq!(String::from_utf8_lossy(&plainer(text.as_bytes(), 0, text.len()).text), plain);
        }
    }
}
