//! One layer of base64, enough to tell what a blob says. Not for keeping what was decoded.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// The bytes of the standard and the URL alphabet, padded or not, until the first byte of neither.
fn bytes(text: &[u8]) -> impl Iterator<Item = u8> {
    let (mut bits, mut count) = (0u32, 0);
    text.iter().map_while(|b| sextet(*b)).filter_map(move |six| {
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count < 8 {
            return None;
        }
        count -= 8;
        Some((bits >> count & 0xff) as u8)
    })
}

/// Decodes both alphabets, at most `most` bytes.
pub(crate) fn decode(text: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(most.min(text.len() * 3 / 4));
    out.extend(bytes(text).take(most));
    out
}

/// What the base64 of any text that holds `word` has in common, for each of the three places where the word may begin.
pub(crate) fn pieces(word: &str) -> [String; 3] {
    std::array::from_fn(|offset| {
        let bits = (offset * 8).div_ceil(6)..(offset + word.len()) * 8 / 6;
        let byte = |i: usize| i.checked_sub(offset).and_then(|i| word.as_bytes().get(i)).copied().unwrap_or(0);
        bits.map(|i| {
            let at = i * 6;
            let pair = u16::from(byte(at / 8)) << 8 | u16::from(byte(at / 8 + 1));
            char::from(ALPHABET[usize::from(pair >> (10 - at % 8) & 63)])
        })
        .collect()
    })
}

/// What no digit of base64 stands for.
const NONE: u8 = 0xff;
/// The values of both alphabets' digits. A table, for the characters of a blob cannot be foretold.
const SEXTETS: [u8; 256] = {
    let mut table = [NONE; 256];
    let mut i = 0;
    while i < 64 {
        table[ALPHABET[i] as usize] = i as u8;
        i += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
};

fn sextet(b: u8) -> Option<u8> {
    Some(SEXTETS[usize::from(b)]).filter(|six| *six != NONE)
}

/// The first eight bytes of what `decode` would say, and how many of them there are.
pub(crate) fn head(text: &[u8]) -> ([u8; 8], usize) {
    let (mut out, mut length) = ([0; 8], 0);
    for (place, byte) in out.iter_mut().zip(bytes(text)) {
        *place = byte;
        length += 1;
    }
    (out, length)
}

/// Whether of what `decode` would say one byte in `share` may be other than `plain`; false as soon as there are more.
pub(crate) fn is_mostly(text: &[u8], most: usize, share: usize, plain: impl Fn(u8) -> bool) -> bool {
    // Perhaps it says less.
    let all = most.min(text.len() * 3 / 4);
    let mut odd = 0;
    bytes(text).take(most).all(|byte| {
        odd += usize::from(!plain(byte));
        odd * share <= all
    })
}

/// Whether `value` is nothing but base64, padding included.
pub(crate) fn is_base64(value: &[u8]) -> bool {
    let body = value.len() - value.iter().rev().take_while(|b| **b == b'=').count();
    value.len() - body <= 2 && body % 4 != 1 && value[..body].iter().all(|b| sextet(*b).is_some())
}

/// Printable ASCII with line breaks, or UTF-8 text: what a person could read.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && bytes.iter().all(|b| matches!(b, b'\t' | b'\n' | b'\r' | b' '..=b'~'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_those_of_every_offset() {
        // base64("secret"), base64("xsecret"), base64("xxsecret")
        assert_eq!(pieces("secret"), ["c2VjcmV0", "NlY3Jld", "zZWNyZX"].map(String::from));
    }

    #[test]
    fn a_head_is_the_beginning_of_the_whole() {
        for text in ["dXNlcjpwYXNz", "dXNlcjpwYXNzMQ==", "_-8", "a", "", "dXN lcjp", "AAAAAAAAAAAAAAAAAAAA"] {
            let (head, length) = head(text.as_bytes());
            assert_eq!(head[..length], decode(text.as_bytes(), 8), "{text}");
        }
    }

    #[test]
    fn both_alphabets_decode() {
        assert_eq!(decode(b"dXNlcjpwYXNz", 99), b"user:pass");
        assert_eq!(decode(b"dXNlcjpwYXNzMQ==", 99), b"user:pass1");
        assert_eq!(decode(b"_-8", 99), [0xff, 0xef]);
        assert!(is_base64(b"cGFzcw==") && !is_base64(b"a b") && !is_base64(b"abcde"));
    }
}
