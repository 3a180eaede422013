//! One layer of base64, enough to tell what a blob says. Not for keeping what was decoded.

/// Decodes the standard and the URL alphabet, padded or not, at most `most` bytes; stops at the first byte of neither.
pub(crate) fn decode(text: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(most.min(text.len() * 3 / 4));
    let (mut bits, mut count) = (0u32, 0);
    for &b in text {
        let Some(six) = sextet(b) else { break };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count & 0xff) as u8);
            if out.len() >= most {
                break;
            }
        }
    }
    out
}

fn sextet(b: u8) -> Option<u8> {
    Some(match b {
        b'A'..=b'Z' => b - b'A',
        b'a'..=b'z' => b - b'a' + 26,
        b'0'..=b'9' => b - b'0' + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
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
    fn both_alphabets_decode() {
        assert_eq!(decode(b"dXNlcjpwYXNz", 99), b"user:pass");
        assert_eq!(decode(b"dXNlcjpwYXNzMQ==", 99), b"user:pass1");
        assert_eq!(decode(b"_-8", 99), [0xff, 0xef]);
        assert!(is_base64(b"cGFzcw==") && !is_base64(b"a b") && !is_base64(b"abcde"));
    }
}
