//! Whole JSON documents on their way out: laid out for redactors one after another, masked scalar by scalar, cut between
//! documents and never inside one.
use crate::{
    mask::Piece,
    scalars::{Layout, Mask},
};
use serde_json::Value;
use std::{collections::VecDeque, ops::Range, sync::Arc};

struct Waiting {
    part: usize,
    document: Value,
    layout: Layout,
    /// Where its text lies in the channel.
    range: Range<u64>,
    /// What stands there, where, and whether it is a mask begun before.
    masks: Vec<(Arc<str>, Range<usize>, bool)>,
}

/// Documents whose fate redaction has not decided.
#[derive(Default)]
pub(crate) struct Records {
    waiting: VecDeque<Waiting>,
    end: u64,
    decided: u64,
    /// The text of the mask that was begun last.
    mask: Arc<str>,
}

impl Records {
    /// The text that redactors see of one more document.
    pub(crate) fn push(&mut self, part: usize, document: Value) -> Vec<u8> {
        let layout = Layout::of(&document);
        let text = layout.text.clone();
        let range = self.end..self.end + text.len() as u64;
        self.end = range.end;
        self.waiting.push_back(Waiting { part, document, layout, range, masks: Vec::new() });
        text
    }

    /// What the masker let go; decided documents go to `out`.
    pub(crate) fn take(&mut self, piece: &Piece<'_>) {
        let decided = match piece {
            Piece::Clean(bytes, start) => start + bytes.len() as u64,
            Piece::Mask { start, end, joined, text, .. } => {
                if !joined {
                    self.mask = Arc::from(*text);
                }
                for waiting in &mut self.waiting {
                    let (from, to) = (waiting.range.start.max(*start), waiting.range.end.min(*end));
                    if from < to {
                        let within = |offset: u64| usize::try_from(offset - waiting.range.start).unwrap_or(usize::MAX);
                        // A mask that began in an earlier document is a mask of its own in this one.
                        let joined = *joined && waiting.range.start < *start;
                        let range = within(from)..within(to);
                        waiting.masks.push((self.mask.clone(), range, joined));
                    }
                }
                *end
            }
        };
        self.decided = self.decided.max(decided);
    }

    /// The next document that is decided as a whole.
    pub(crate) fn pop(&mut self) -> Option<(usize, Value)> {
        if self.waiting.front()?.range.end > self.decided {
            return None;
        }
        let Waiting { part, document, layout, masks, .. } = self.waiting.pop_front()?;
        let masks: Vec<Mask<'_>> =
            masks.iter().map(|(text, range, joined)| Mask { text, range: range.clone(), joined: *joined }).collect();
        Some((part, layout.masked(document, &masks)))
    }
}
