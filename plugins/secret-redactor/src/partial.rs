//! Lines that a container runtime cut at its limit: `TIME stdout P FIRST PART`, then `TIME stdout F THE REST`. The break and the
//! header between the parts are left out of the plain text, so that every rule sees the line as it was written.
use crate::text::skip;
use std::ops::Range;

/// The longest header.
const HEADER: usize = 64;

/// What joins parts: how far it has looked, and whether the line there is a part.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Joiner {
    /// Plain offset of the first byte not looked at.
    pub(crate) seen: usize,
    within: bool,
}

/// The stretches to be left out, and the line break that nothing may be decided behind.
#[derive(Debug, Default)]
pub(crate) struct Joints {
    pub(crate) cuts: Vec<Range<usize>>,
    pub(crate) wait: Option<usize>,
}

enum Header {
    None,
    More,
    Part { end: usize, last: bool },
}

impl Joiner {
    /// Looks through what is new of `text`; offsets in the answer are those before any cut.
    pub(crate) fn look(&mut self, text: &[u8]) -> Joints {
        let mut joints = Joints::default();
        let mut at = self.seen.min(text.len());
        loop {
            if !self.within {
                let Some(header) = next_part(text, at) else {
                    // A header that is not all there yet is looked at again.
                    self.seen = text.len().saturating_sub(HEADER).max(at);
                    break;
                };
                self.within = true;
                at = header;
            }
            let Some(line_end) = memchr::memchr(b'\n', &text[at..]).map(|n| at + n) else {
                self.seen = text.len();
                break;
            };
            match header(text, line_end + 1) {
                Header::More => {
                    self.seen = line_end;
                    joints.wait = Some(line_end);
                    break;
                }
                Header::None => {
                    self.within = false;
                    at = line_end + 1;
                }
                Header::Part { end, last } => {
                    joints.cuts.push(line_end..end);
                    self.within = !last;
                    at = end;
                }
            }
        }
        let left_out: usize = joints.cuts.iter().map(ExactSizeIterator::len).sum();
        self.seen -= left_out;
        joints.wait = joints.wait.map(|w| w - left_out);
        joints
    }

    /// The first `n` bytes are gone.
    pub(crate) fn drop_front(&mut self, n: usize) {
        self.seen = self.seen.saturating_sub(n);
    }
}

/// The end of the next header of a part that is not the last, from `at` on.
fn next_part(text: &[u8], at: usize) -> Option<usize> {
    let mut from = at;
    while let Some(n) = memchr::memmem::find(&text[from..], b" P ") {
        let mark = from + n;
        let near = mark.saturating_sub(HEADER);
        let start = memchr::memrchr(b'\n', &text[near..mark]).map_or(near, |n| near + n + 1);
        if let Header::Part { end, last: false } = header(text, start)
            && end == mark + 3
        {
            return Some(end);
        }
        from = mark + 3;
    }
    None
}

/// The header of a line that begins at `at`.
fn header(text: &[u8], at: usize) -> Header {
    let far = text.len().min(at + HEADER);
    let time = skip(text, at, far, |b| b.is_ascii_digit() || matches!(b, b'-' | b':' | b'.' | b'T' | b'Z' | b'+'));
    let more = |i: usize| if i == text.len() { Header::More } else { Header::None };
    if time == far {
        return more(far);
    }
    if time - at < 20 || text[at + 4] != b'-' || text[at + 10] != b'T' {
        return Header::None;
    }
    let rest = &text[time..far];
    for stream in [b" stdout ".as_slice(), b" stderr "] {
        let known = rest.len().min(stream.len());
        if rest[..known] != stream[..known] {
            continue;
        }
        let mark = time + stream.len();
        if mark + 1 >= text.len() {
            return Header::More;
        }
        return match &text[mark..mark + 2] {
            b"P " => Header::Part { end: mark + 2, last: false },
            b"F " => Header::Part { end: mark + 2, last: true },
            _ => Header::None,
        };
    }
    Header::None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        for cut in Joiner::default().look(&bytes).cuts.into_iter().rev() {
            bytes.drain(cut);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    #[test]
    fn parts_of_a_line_are_joined_and_others_are_not() {
        let time = "2026-11-24T10:00:07.123456789Z";
        assert_eq!(
            joined(&format!(
                "{time} stdout P one \n{time} stdout P two \n{time} stdout F three\n{time} stdout F four\n"
            )),
            format!("{time} stdout P one two three\n{time} stdout F four\n")
        );
        let other = format!("a stdout P b\n{time} stdout F c\n{time} stdout P d\nplain\n");
        assert_eq!(joined(&other), other);
    }
}
