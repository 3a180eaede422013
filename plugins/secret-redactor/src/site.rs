//! What a rule may see of the text around its anchor, and what it answers.
use crate::{
    anchors::{LOOK_AHEAD, LOOK_BACK},
    text::Until,
};

/// A stretch to be masked, in offsets of the text at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mask {
    pub(crate) rule: u32,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// How the mask goes on behind `end`, when the end was not reached.
    pub(crate) until: Option<Until>,
}

/// How a text is to be read.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Form {
    /// One scalar a line.
    pub(crate) scalars: bool,
    /// How many encodings it was taken out of.
    pub(crate) depth: u8,
}

/// The line that an anchor stands on, so that its bounds are looked for once and not at each of its anchors.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Line {
    /// Behind the line's end before; 0 also when that is further back than any rule may read.
    start: usize,
    /// The line's end, or the text's. Before any line is known, `start` lies behind it.
    end: usize,
}

impl Line {
    /// No line yet.
    pub(crate) fn unknown() -> Line {
        Line { start: usize::MAX, end: 0 }
    }

    /// Knows the line of `at`.
    fn go_to(&mut self, text: &[u8], at: usize) {
        if self.start <= at && at <= self.end {
            return;
        }
        let back = at.saturating_sub(LOOK_BACK);
        self.start = memchr::memrchr(b'\n', &text[back..at]).map_or(0, |n| back + n + 1);
        self.end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n);
    }
}

/// An anchor and its bounds. A rule reads `text[floor..limit]` (and, where it says so, the lines before) and nothing else: what
/// it finds then depends on the text alone, never on how the text was cut or what was skipped.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site<'a> {
    pub(crate) text: &'a [u8],
    pub(crate) at: usize,
    /// The earliest byte of the anchor's line that may be read.
    pub(crate) floor: usize,
    /// The earliest byte that may be read at all.
    pub(crate) back: usize,
    /// The line's end, or as far as a rule may look.
    pub(crate) limit: usize,
    /// `limit` is not the line's end.
    pub(crate) cut: bool,
    /// `floor` is a line's start.
    pub(crate) line_start: bool,
    /// One scalar a line.
    pub(crate) scalars: bool,
    /// How many encodings the text was taken out of.
    pub(crate) depth: u8,
}

impl<'a> Site<'a> {
    /// The bounds of the anchor at `at`. A host shows `LOOK_BACK` bytes of the line before what a trigger names, so a text that
    /// begins nearer than that begins with the line.
    pub(crate) fn new(text: &'a [u8], at: usize, form: Form) -> Site<'a> {
        let (back, far) = reach(text, at);
        let start = memchr::memrchr(b'\n', &text[back..at]).map(|n| back + n + 1);
        let end = memchr::memchr(b'\n', &text[at..far]).map(|n| at + n);
        Site::within(text, at, form, (start, end))
    }

    /// As `new`, for anchors that come in the text's order: `line` is what is known of the line of the last one.
    pub(crate) fn on(text: &'a [u8], at: usize, form: Form, line: &mut Line) -> Site<'a> {
        line.go_to(text, at);
        let (back, far) = reach(text, at);
        Site::within(text, at, form, (Some(line.start).filter(|s| *s > back), Some(line.end).filter(|e| *e < far)))
    }

    /// The anchor on a line that begins and ends here, if it does within reach.
    fn within(text: &'a [u8], at: usize, form: Form, (start, end): (Option<usize>, Option<usize>)) -> Site<'a> {
        let (back, far) = reach(text, at);
        let mut limit = end.unwrap_or(far);
        if end.is_some() && limit > at && text[limit - 1] == b'\r' {
            limit -= 1;
        }
        Site {
            text,
            at,
            floor: start.unwrap_or(back),
            back,
            limit,
            cut: end.is_none() && far == at + LOOK_AHEAD,
            line_start: start.is_some() || at < LOOK_BACK,
            scalars: form.scalars,
            depth: form.depth,
        }
    }

    /// A mask that ends where its value ends.
    pub(crate) fn mask(&self, rule: u32, start: usize, end: usize, until: Option<Until>) -> Mask {
        Mask { rule, start, end, until }
    }
}

/// How far back and ahead of an anchor rules may read.
fn reach(text: &[u8], at: usize) -> (usize, usize) {
    (at.saturating_sub(LOOK_BACK), text.len().min(at + LOOK_AHEAD))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_known_gives_the_same_bounds() {
        let mut text = Vec::new();
        for length in [0, 3, 0, 511, 512, 513, 40, 5000, 1, 9000] {
            text.extend(std::iter::repeat_n(b'a', length));
            text.extend_from_slice(if length % 2 == 0 { b"\r\n" } else { b"\n" });
        }
        text.extend_from_slice(b"the last line");
        for step in [1, 3, 7, 100, 511] {
            let mut line = Line::unknown();
            for at in (0..text.len()).step_by(step) {
                let (new, known) =
                    (Site::new(&text, at, Form::default()), Site::on(&text, at, Form::default(), &mut line));
                assert_eq!(format!("{:?}", Site { text: b"", ..new }), format!("{:?}", Site { text: b"", ..known }));
            }
        }
    }
}
