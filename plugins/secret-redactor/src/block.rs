//! Armoured blocks: private keys are masked from BEGIN to END, public ones only keep the random text within from being judged.
use crate::text::skip;

/// The longest block that is followed.
pub(crate) const LONGEST: u64 = 16 << 10;

/// A block whose end has not come. Offsets count plain bytes from the scanner's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Block {
    pub(crate) private: bool,
    pub(crate) start: u64,
    /// The quote before BEGIN, which ends the block as well.
    quote: Option<u8>,
    /// The form of `PuTTY`, which ends with its MAC.
    putty: bool,
}

/// A marker that stands at `at`.
enum Marker {
    Begin { private: bool, putty: bool },
    End { end: usize, putty: bool },
}

/// Where the next block begins in `text[from..to]`, and the block. `marks`: where markers may stand, in order.
pub(crate) fn next_begin(text: &[u8], marks: &[usize], from: usize, to: usize, base: u64) -> Option<(usize, Block)> {
    marks.iter().filter(|at| **at >= from).take_while(|at| **at < to).find_map(|&at| {
        let Some(Marker::Begin { private, putty }) = marker(text, at) else { return None };
        let quote = at.checked_sub(1).map(|i| text[i]).filter(|b| matches!(b, b'"' | b'\''));
        Some((at, Block { private, start: base + at as u64, quote, putty }))
    })
}

impl Block {
    /// Where the block ends, if it does so by a byte before `to`.
    pub(crate) fn end(&self, text: &[u8], marks: &[usize], from: usize, to: usize, base: u64) -> Option<usize> {
        let last = usize::try_from((self.start + LONGEST).saturating_sub(base)).unwrap_or(usize::MAX);
        let stop = to.min(last);
        let begin = usize::try_from(self.start.saturating_sub(base)).unwrap_or(0);
        let body = from.max(begin + usize::from(self.start >= base));
        let mut end = (last <= to).then_some(last);
        for &at in marks.iter().filter(|at| **at >= body).take_while(|at| **at < stop) {
            match marker(text, at) {
                Some(Marker::End { end: e, putty }) if e > body && putty == self.putty => {
                    end = Some(e);
                    break;
                }
                // Another block: this one had no end.
                Some(Marker::Begin { .. }) => {
                    end = Some(at);
                    break;
                }
                _ => {}
            }
        }
        let before = end.unwrap_or(stop).min(stop);
        if let Some(quote) = self.quote {
            let closing = (body..before).find(|i| text[*i] == quote && (*i == 0 || text[*i - 1] != b'\\'));
            end = closing.or(end);
        }
        if !self.private {
            let before = end.unwrap_or(stop).min(stop);
            let foreign = (body..before).find(|i| !is_body(text[*i]));
            end = foreign.or(end);
        }
        end
    }
}

/// What the body of an armoured block is made of, its headers and escapes included.
fn is_body(b: u8) -> bool {
    b.is_ascii_alphanumeric()
        || matches!(b, b'+' | b'/' | b'=' | b'-' | b':' | b',' | b'.' | b'\\' | b' ' | b'\t' | b'\r' | b'\n')
}

fn marker(text: &[u8], at: usize) -> Option<Marker> {
    let rest = &text[at..];
    if rest.starts_with(b"PuTTY-User-Key-File") {
        return Some(Marker::Begin { private: true, putty: true });
    }
    if rest.starts_with(b"Private-MAC:") {
        let end = skip(rest, 12, rest.len().min(128), |b| b == b' ' || b.is_ascii_hexdigit());
        return Some(Marker::End { end: at + end, putty: true });
    }
    let label = |lead: &[u8]| {
        rest.starts_with(lead).then(|| {
            let end = skip(rest, lead.len(), rest.len().min(lead.len() + 64), |b| {
                b.is_ascii_uppercase() || b.is_ascii_digit() || b == b' '
            });
            (lead.len(), end)
        })
    };
    if let Some((start, end)) = label(b"-----BEGIN ").or_else(|| label(b"---- BEGIN SSH2")) {
        let name = &rest[start..end];
        // A label that the stream cuts off may be a private key's.
        let private = memchr::memmem::find(name, b"PRIVATE").is_some()
            || rest[start..].starts_with(b"OpenVPN Static")
            || end == rest.len();
        return Some(Marker::Begin { private, putty: false });
    }
    let (_, end) = label(b"-----END ").or_else(|| label(b"---- END SSH2"))?;
    let dashes = skip(rest, end, rest.len().min(end + 5), |b| b == b'-');
    Some(Marker::End { end: at + dashes, putty: false })
}
