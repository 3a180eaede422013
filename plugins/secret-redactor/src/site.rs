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
    pub(crate) fn new(text: &'a [u8], at: usize, Form { scalars, depth }: Form) -> Site<'a> {
        let back = at.saturating_sub(LOOK_BACK);
        let newline = memchr::memrchr(b'\n', &text[back..at]);
        let floor = newline.map_or(back, |n| back + n + 1);
        let far = text.len().min(at + LOOK_AHEAD);
        let end = memchr::memchr(b'\n', &text[at..far]);
        let mut limit = end.map_or(far, |n| at + n);
        if end.is_some() && limit > at && text[limit - 1] == b'\r' {
            limit -= 1;
        }
        let cut = end.is_none() && far == at + LOOK_AHEAD;
        Site { text, at, floor, back, limit, cut, line_start: newline.is_some() || at < LOOK_BACK, scalars, depth }
    }

    /// A mask that ends where its value ends.
    pub(crate) fn mask(&self, rule: u32, start: usize, end: usize, until: Option<Until>) -> Mask {
        Mask { rule, start, end, until }
    }
}
