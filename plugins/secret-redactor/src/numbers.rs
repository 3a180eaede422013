//! Secrets written as numbers of their bytes or one character in a column: arrays under a secret's key, codes of characters, dumps.
use crate::{
    allow::harmless,
    base64::is_text,
    detect::Detector,
    prose::is_password,
    site::{Mask, Site},
    table::number,
    text::{find, is_blank, skip, skip_back},
};

/// What opens an array of bytes, and what closes it.
const OPENERS: [(&[u8], u8); 8] = [
    (b"[]uint8{", b'}'),
    (b"[]byte{", b'}'),
    (b"<Buffer ", b'>'),
    (b"Uint8Array(", b')'),
    (b"new byte[] {", b'}'),
    (b"bytearray([", b']'),
    (b"[", b']'),
    (b"{0x", b'}'),
];

/// What a text says that holds a secret.
const TELLING: [&[u8]; 6] = [b"pass", b"secret", b"token", b"key=", b"key:", b"pwd"];

/// The least bytes that make an array a secret's.
const LEAST: usize = 8;

/// The numbers of the array that begins at `i`, if it is one of bytes: where the first begins and the last ends.
pub(crate) fn array(text: &[u8], i: usize, limit: usize) -> Option<(usize, usize)> {
    let i = skip(text, i, limit, is_blank);
    let (opener, close) = OPENERS.iter().find(|(o, _)| text[i..limit].starts_with(o))?;
    let bare = opener.starts_with(b"<");
    let start = i + opener.len() - if opener.ends_with(b"0x") { 2 } else { 0 };
    // `Uint8Array(32) [`
    let start = match memchr::memchr(b'[', &text[start..limit.min(start + 8)]) {
        Some(n) if opener.starts_with(b"Uint8") => start + n + 1,
        _ => start,
    };
    let close = if opener.starts_with(b"Uint8") { b']' } else { *close };
    let end = start + memchr::memchr(close, &text[start..limit.min(start + 2048)])?;
    let mut count = 0;
    for piece in text[start..end].trim_ascii().split(|b| *b == if bare { b' ' } else { b',' }) {
        let piece = piece.trim_ascii();
        let hex = piece.strip_prefix(b"0x");
        let digits = hex.unwrap_or(piece);
        let radix = if hex.is_some() || bare { 16 } else { 10 };
        std::str::from_utf8(digits).ok().and_then(|d| u8::from_str_radix(d, radix).ok())?;
        count += 1;
    }
    (count >= LEAST).then(|| {
        let from = skip(text, start, end, is_blank);
        (from, skip_back(text, end, from, is_blank))
    })
}

impl Detector {
    /// An array of bytes behind a word that can only be a secret's.
    pub(crate) fn bytes_behind(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        if let Some((start, end)) = array(site.text, stop - 1, site.limit) {
            out.push(site.mask(const { number("encoded-secret") }, start, end, None));
        }
    }

    /// `String.fromCharCode(105,84,…)`: a text that is a password or holds a secret.
    pub(crate) fn char_codes(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let end = skip(text, stop, limit, |b| b.is_ascii_digit() || matches!(b, b',' | b' '));
        let codes = text[stop..end].split(|b| *b == b',').map(<[u8]>::trim_ascii);
        let says: Option<Vec<u8>> = codes.map(|c| std::str::from_utf8(c).ok()?.parse::<u8>().ok()).collect();
        let Some(says) = says.filter(|s| s.len() >= 6 && s.iter().all(u8::is_ascii_graphic)) else { return };
        if text.get(end) == Some(&b')') && end < limit && is_password(&says, false) {
            out.push(site.mask(const { number("encoded-secret") }, stop, end, None));
        }
    }

    /// `p   w   d   =   5   3   n`, as `od -c` writes text: from behind the separator to the line's end.
    pub(crate) fn spaced(&self, site: Site, stop: usize, out: &mut Vec<Mask>) {
        let Site { text, limit, .. } = site;
        let Some(sep) = text[stop - 1..limit].iter().position(|b| matches!(b, b'=' | b':')).map(|n| stop - 1 + n)
        else {
            return;
        };
        let end = skip_back(text, limit, sep, is_blank);
        let start = skip(text, sep + 1, end, is_blank);
        let one = |w: &[u8]| w.len() == 1 || (w.len() == 2 && w[0] == b'\\');
        let columns = text[start..end].split(|b| *b == b' ').filter(|w| !w.is_empty());
        if columns.clone().count() >= 3 && columns.clone().all(one) {
            out.push(site.mask(const { number("encoded-secret") }, start, end, None));
        }
    }

    /// What ends in the padding of base32, where it says something that holds a secret.
    pub(crate) fn base32_blob(&self, site: Site, out: &mut Vec<Mask>) {
        let Site { text, at, limit, floor, .. } = site;
        let start = skip_back(text, at, floor, |b| matches!(b, b'A'..=b'Z' | b'2'..=b'7'));
        let end = skip(text, at, limit.min(at + 7), |b| b == b'=');
        if at - start < 16 || !(end - start).is_multiple_of(8) {
            return;
        }
        let (mut says, mut bits, mut held) = (Vec::new(), 0u32, 0u32);
        for byte in &text[start..at] {
            let five = if byte.is_ascii_digit() { byte - b'2' + 26 } else { byte - b'A' };
            held = held << 5 | u32::from(five);
            bits += 5;
            if bits >= 8 {
                bits -= 8;
                says.push((held >> bits & 0xff) as u8);
                held &= (1 << bits) - 1;
            }
        }
        if is_text(&says) && !harmless(&says) && TELLING.iter().any(|w| find(&says, w).is_some()) {
            out.push(site.mask(const { number("encoded-secret") }, start, end, None));
        }
    }
}
