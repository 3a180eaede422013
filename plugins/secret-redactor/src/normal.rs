//! Text as it is meant: escape sequences, control, zero-width and direction marks left out, full-width letters and typographic
//! quotes turned plain; with a map from every byte back to where it came from. Lines that hold none of these are copied.

/// Where a stretch of plain text came from.
#[derive(Clone, Copy, Debug)]
struct Segment {
    clean: usize,
    raw: u64,
    /// Raw bytes of the first clean byte.
    width: u64,
}

/// Plain text and its origin.
#[derive(Debug, Default)]
pub(crate) struct Plain {
    pub(crate) text: Vec<u8>,
    segments: Vec<Segment>,
    /// Bytes of a sequence whose end has not come.
    partial: Vec<u8>,
    /// The raw offset behind everything that was understood.
    pub(crate) raw_end: u64,
}

/// The longest sequence that is waited for.
const LONGEST: usize = 256;

/// Bytes that begin something to be changed; also the byte ranges of the trigger.
pub(crate) const ODD: [(u8, u8); 6] =
    [(0x00, 0x08), (0x0b, 0x0c), (0x0e, 0x1f), (0x7f, 0x7f), (0xc2, 0xc2), (0xe2, 0xe2)];
/// Full-width forms and the byte order mark.
pub(crate) const WIDE: u8 = 0xef;

/// Begins the ideographic blank, and many a character that stays; its trigger is the blank itself.
const IDEOGRAPHIC: u8 = 0xe3;

// Without branches, so that blocks of it become vector code.
#[allow(clippy::needless_bitwise_bool)]
fn is_odd(b: u8) -> bool {
    ((b < 0x20) & (b != b'\t') & (b != b'\n') & (b != b'\r'))
        | (b == 0x7f)
        | (b == 0xc2)
        | (b == 0xe2)
        | (b == IDEOGRAPHIC)
        | (b == WIDE)
}

enum Step {
    Drop(usize),
    Put(u8, usize),
    Copy,
    More,
}

impl Plain {
    /// Starts anew at a raw offset.
    pub(crate) fn restart(&mut self, raw: u64) {
        self.text.clear();
        self.segments.clear();
        self.partial.clear();
        self.raw_end = raw;
    }

    /// Adds bytes that follow those before.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        if self.partial.is_empty() {
            self.understand(bytes);
        } else {
            let mut joined = std::mem::take(&mut self.partial);
            joined.extend_from_slice(bytes);
            self.understand(&joined);
        }
    }

    /// Forgets the first `n` bytes of plain text.
    pub(crate) fn drop_front(&mut self, n: usize) {
        self.text.drain(..n);
        let keep = self.segments.partition_point(|s| s.clean <= n).saturating_sub(1);
        self.segments.drain(..keep);
        for segment in &mut self.segments {
            if segment.clean < n {
                segment.raw += (n - segment.clean) as u64 + if n > segment.clean { segment.width - 1 } else { 0 };
                segment.width = 1;
                segment.clean = 0;
            } else {
                segment.clean -= n;
            }
        }
    }

    /// Leaves stretches of plain text out, in order; raw offsets of the rest stay as they are.
    pub(crate) fn leave_out(&mut self, cuts: &[std::ops::Range<usize>]) {
        for cut in cuts.iter().rev().filter(|c| !c.is_empty()) {
            let resumes = (cut.end < self.text.len()).then(|| self.raw(cut.end));
            let gone = cut.len();
            let first = self.segments.partition_point(|s| s.clean < cut.start);
            let behind = self.segments.partition_point(|s| s.clean <= cut.end);
            let width = match self.segments.get(behind.wrapping_sub(1)) {
                Some(s) if s.clean == cut.end => s.width,
                _ => 1,
            };
            let resume = resumes.map(|raw| Segment { clean: cut.start, raw, width });
            for segment in &mut self.segments[behind..] {
                segment.clean -= gone;
            }
            self.segments.splice(first..behind, resume);
            self.text.drain(cut.clone());
        }
    }

    /// The raw offset of a plain byte; of the end, for the text's length.
    pub(crate) fn raw(&self, clean: usize) -> u64 {
        if clean >= self.text.len() {
            return self.raw_end;
        }
        let (segment, offset) = self.segment(clean);
        segment.raw + if offset == 0 { 0 } else { offset + segment.width - 1 }
    }

    /// The raw offset behind the plain byte before `clean`.
    pub(crate) fn raw_behind(&self, clean: usize) -> u64 {
        if clean == 0 {
            return self.raw(0);
        }
        let (segment, offset) = self.segment(clean - 1);
        segment.raw + offset + segment.width
    }

    fn segment(&self, clean: usize) -> (Segment, u64) {
        let at = self.segments.partition_point(|s| s.clean <= clean).saturating_sub(1);
        let segment = self.segments.get(at).copied().unwrap_or(Segment { clean: 0, raw: 0, width: 1 });
        (segment, (clean - segment.clean) as u64)
    }

    fn understand(&mut self, bytes: &[u8]) {
        let mut i = 0;
        while i < bytes.len() {
            let odd = i + next_odd(&bytes[i..]);
            if odd > i {
                self.copy(&bytes[i..odd], 1);
                i = odd;
                continue;
            }
            match step(&bytes[i..]) {
                Step::Drop(n) => {
                    self.raw_end += n as u64;
                    i += n;
                }
                Step::Put(byte, n) => {
                    self.copy(&[byte], n as u64);
                    i += n;
                }
                Step::Copy => {
                    self.copy(&bytes[i..=i], 1);
                    i += 1;
                }
                Step::More => {
                    self.partial = bytes[i..].to_vec();
                    return;
                }
            }
        }
    }

    /// Appends plain bytes; `width` is the raw length of the first.
    fn copy(&mut self, bytes: &[u8], width: u64) {
        let clean = self.text.len();
        let continues = width == 1 && clean > 0 && self.raw_behind(clean) == self.raw_end;
        if !continues {
            self.segments.push(Segment { clean, raw: self.raw_end, width });
        }
        self.text.extend_from_slice(bytes);
        self.raw_end += bytes.len() as u64 + width - 1;
    }
}

/// The place of the first odd byte, or the length.
fn next_odd(bytes: &[u8]) -> usize {
    let mut i = 0;
    // Blocks without branches, which the compiler turns into vector code.
    for block in bytes.chunks_exact(64) {
        if block.iter().fold(false, |odd, b| odd | is_odd(*b)) {
            break;
        }
        i += 64;
    }
    bytes[i..].iter().position(|b| is_odd(*b)).map_or(bytes.len(), |n| i + n)
}

/// What the odd byte in front means.
fn step(bytes: &[u8]) -> Step {
    match bytes[0] {
        0x1b => escape(bytes),
        0xc2 => match bytes.get(1) {
            None => Step::More,
            Some(0xad) => Step::Drop(2),
            Some(0xa0) => Step::Put(b' ', 2),
            Some(_) => Step::Copy,
        },
        0xe2 => match bytes.get(1..3) {
            None if bytes.len() < 3 && bytes.get(1).is_none_or(|b| matches!(b, 0x80 | 0x81 | 0x88)) => Step::More,
            Some([0x80, 0x8b..=0x8f | 0xaa..=0xae] | [0x81, 0xa0..=0xaf]) => Step::Drop(3),
            Some([0x80, 0x80..=0x8a | 0xaf] | [0x81, 0x9f]) => Step::Put(b' ', 3),
            Some([0x88, 0xb6]) => Step::Put(b':', 3),
            Some([0x80, 0x98 | 0x99]) => Step::Put(b'\'', 3),
            Some([0x80, 0x9c | 0x9d]) => Step::Put(b'"', 3),
            _ => Step::Copy,
        },
        IDEOGRAPHIC => match bytes.get(1..3) {
            None if bytes.len() < 3 && bytes.get(1).is_none_or(|b| *b == 0x80) => Step::More,
            Some([0x80, 0x80]) => Step::Put(b' ', 3),
            _ => Step::Copy,
        },
        WIDE => match bytes.get(1..3) {
            None if bytes.len() < 3 && bytes.get(1).is_none_or(|b| matches!(b, 0xb9 | 0xbb..=0xbd)) => Step::More,
            Some([0xbb, 0xbf]) => Step::Drop(3),
            Some([0xb9, 0xa6]) => Step::Put(b'=', 3),
            Some([0xb9, 0x95]) => Step::Put(b':', 3),
            Some([0xbc, b @ 0x81..=0xbf]) => Step::Put(b - 0x81 + 0x21, 3),
            Some([0xbd, b @ 0x80..=0x9e]) => Step::Put(b - 0x80 + 0x60, 3),
            _ => Step::Copy,
        },
        _ => Step::Drop(1),
    }
}

/// CSI, OSC and two-byte sequences; one that is broken or too long is left out with its first byte alone.
fn escape(bytes: &[u8]) -> Step {
    let Some(kind) = bytes.get(1) else { return Step::More };
    let most = bytes.len().min(LONGEST);
    let unfinished = || if bytes.len() < LONGEST { Step::More } else { Step::Drop(1) };
    match kind {
        b'[' => {
            for (i, b) in bytes[..most].iter().enumerate().skip(2) {
                match b {
                    0x40..=0x7e => return Step::Drop(i + 1),
                    0x20..=0x3f => {}
                    _ => return Step::Drop(1),
                }
            }
            unfinished()
        }
        b']' => {
            for (i, b) in bytes[..most].iter().enumerate().skip(2) {
                match b {
                    0x07 => return Step::Drop(i + 1),
                    0x1b if i + 1 >= bytes.len() => return Step::More,
                    0x1b if bytes[i + 1] == b'\\' => return Step::Drop(i + 2),
                    0x1b | b'\n' => return Step::Drop(1),
                    _ => {}
                }
            }
            unfinished()
        }
        b'(' | b')' => {
            if bytes.len() < 3 {
                Step::More
            } else {
                Step::Drop(3)
            }
        }
        0x30..=0x7e => Step::Drop(2),
        _ => Step::Drop(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &[u8]) -> Plain {
        let mut plain = Plain::default();
        plain.restart(0);
        plain.push(text);
        plain
    }

    #[test]
    fn what_hides_a_token_is_left_out() {
        for (text, clean) in [
            ("pass\x1b[31mword\x1b[0m=x", "password=x"),
            ("a\u{200b}b\u{feff}c\u{ad}d\u{2066}e", "abcde"),
            ("\u{ff50}\u{ff41}\u{ff53}\u{ff53}\u{ff1a}x", "pass:x"),
            ("\u{201c}q\u{201d}", "\"q\""),
            ("\x1b]8;;http://x\x07link\x1b]8;;\x1b\\", "link"),
            ("a\0b\x08c", "abc"),
            ("h\u{e9}llo \u{5bc6}\u{7801}", "h\u{e9}llo \u{5bc6}\u{7801}"),
        ] {
            assert_eq!(String::from_utf8_lossy(&plain(text.as_bytes()).text), clean);
        }
    }

    #[test]
    fn every_byte_maps_back_at_every_split() {
        let text = "x\x1b[1mab\u{200b}c\u{ff50}d\0e\u{201c}f".as_bytes();
        let whole = plain(text);
        for split in 0..=text.len() {
            let mut parts = Plain::default();
            parts.restart(0);
            parts.push(&text[..split]);
            parts.push(&text[split..]);
            assert_eq!(parts.text, whole.text);
            for i in 0..whole.text.len() {
                assert_eq!(
                    (parts.raw(i), parts.raw_behind(i + 1)),
                    (whole.raw(i), whole.raw_behind(i + 1)),
                    "{split} {i}"
                );
                let ascii = text[usize::try_from(whole.raw(i)).unwrap_or_default()];
                assert!(ascii == whole.text[i] || ascii >= 0x80);
            }
            let before: Vec<_> = (3..whole.text.len()).map(|i| (parts.raw(i), parts.raw_behind(i + 1))).collect();
            parts.drop_front(3);
            assert_eq!(
                before,
                (0..parts.text.len()).map(|i| (parts.raw(i), parts.raw_behind(i + 1))).collect::<Vec<_>>()
            );
        }
    }
}
