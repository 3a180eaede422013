//! One stream on its way through the detector: what is held back, what stays open, what is settled.
//!
//! A line is decided when its end has come, a long one in part; an anchor is judged once everything its rule may read is there.
//! So the findings are those of the whole text, however it was cut, and whatever was skipped for want of a trigger.
use crate::{
    anchors::{LOOK_AHEAD, LOOK_BACK},
    block::{self, Block},
    detect::Detector,
    normal::Plain,
    partial::Joiner,
    section::{self, Section, Then},
    site::{Form, Mask},
    table::number,
    text::{Until, is_blank, is_quote, is_token},
    wrap,
};

/// A line longer than this is decided in part.
const LONG_LINE: usize = 16 << 10;
/// A mask may begin so far before its anchor.
const MASK_BACK: usize = 256;

/// A stretch of the stream that must not be read: raw offsets, and the rule's number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Found {
    /// First byte.
    pub start: u64,
    /// Behind the last byte.
    pub end: u64,
    /// Number of the rule.
    pub rule: u32,
}

/// What a scan decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Final findings, all below `settled`.
    pub found: Vec<Found>,
    /// Every byte before this is decided.
    pub settled: u64,
    /// Every following byte is wanted.
    pub open: bool,
}

/// A mask on its way out. `from` is raw; `to` counts plain bytes.
#[derive(Clone, Copy, Debug)]
struct Pending {
    rule: u32,
    from: u64,
    start: u64,
    to: u64,
    until: Option<Until>,
}

/// The state of one stream.
#[derive(Debug)]
pub struct Scanner<'d> {
    detector: &'d Detector,
    form: Form,
    plain: Plain,
    /// Plain offset of the buffer's first byte.
    base: u64,
    /// Everything before this place in the buffer is judged.
    decided: usize,
    begun: bool,
    pending: Vec<Pending>,
    /// Masks whose end has not come.
    unended: Vec<Pending>,
    block: Option<Block>,
    sections: Vec<Section>,
    masks: Vec<Mask>,
    /// Where blocks and sections may begin or end.
    marks: Vec<usize>,
    joiner: Joiner,
    settled: u64,
    next: u64,
}

impl<'d> Scanner<'d> {
    /// A scanner at a stream's start; `scalars`: one scalar a line.
    pub fn new(detector: &'d Detector, scalars: bool) -> Scanner<'d> {
        Scanner::of(detector, Form { scalars, depth: 0 })
    }

    /// A scanner of text that was decoded out of another.
    pub(crate) fn within(detector: &'d Detector, depth: u8) -> Scanner<'d> {
        Scanner::of(detector, Form { scalars: false, depth })
    }

    fn of(detector: &'d Detector, form: Form) -> Scanner<'d> {
        Scanner {
            detector,
            form,
            plain: Plain::default(),
            base: 0,
            decided: 0,
            begun: false,
            pending: Vec::new(),
            unended: Vec::new(),
            block: None,
            sections: Vec::new(),
            masks: Vec::new(),
            marks: Vec::new(),
            joiner: Joiner::default(),
            settled: 0,
            next: 0,
        }
    }

    /// Takes the next bytes, which begin at `offset` of the stream. Returns whether the stream is open behind them.
    pub fn push(&mut self, offset: u64, bytes: &[u8], found: &mut Vec<Found>) -> bool {
        if offset != self.next || !self.begun {
            // What was open before a jump will get no more bytes.
            if self.begun {
                self.decide(true, found);
            }
            self.restart(offset);
        }
        self.next = offset + bytes.len() as u64;
        // Large pieces are taken in parts, so that the buffer stays small.
        for part in bytes.chunks(64 << 10) {
            self.plain.push(part);
            self.decide(false, found);
        }
        self.is_open()
    }

    /// What is settled, after the pushes of one call.
    pub fn progress(&self, found: Vec<Found>) -> Progress {
        Progress { found, settled: self.settled, open: self.is_open() }
    }

    /// The stream's end: what is undecided is judged as it stands.
    pub fn finish(&mut self, found: &mut Vec<Found>) {
        if self.begun {
            self.decide(true, found);
        }
    }

    fn is_open(&self) -> bool {
        self.settled < self.next || self.block.is_some() || !self.sections.is_empty() || !self.unended.is_empty()
    }

    fn restart(&mut self, offset: u64) {
        self.plain.restart(offset);
        self.base = 0;
        self.decided = 0;
        self.begun = true;
        self.pending.clear();
        self.unended.clear();
        self.block = None;
        self.sections.clear();
        self.joiner = Joiner::default();
        self.settled = offset;
        self.next = offset;
    }

    /// Judges what can be judged and hands out what is settled.
    fn decide(&mut self, end: bool, found: &mut Vec<Found>) {
        let joints = self.joiner.look(&self.plain.text);
        self.plain.leave_out(&joints.cuts);
        let text = std::mem::take(&mut self.plain.text);
        let limit = self.limit(&text[..joints.wait.filter(|_| !end).unwrap_or(text.len())], end);
        let whole_lines = end || (limit > 0 && text[limit - 1] == b'\n');
        if limit > self.decided {
            self.judge(&text, limit, end);
        }
        self.extend(&text, end);
        self.plain.text = text;
        let settle = if whole_lines { limit } else { limit.saturating_sub(MASK_BACK).max(self.line_start(limit)) };
        // A mask that waits for the next line is not settled beyond its own; a value that waits for its name is not settled at all.
        let unended = self.unended.iter().filter(|p| p.until.is_some_and(Until::waits_for_a_line));
        let held = self.sections.iter().filter_map(Section::holds).map(|offset| self.place(offset));
        let ends = unended.map(|p| self.place(if p.until == Some(Until::Broken) { p.start } else { p.to }));
        let waits = ends.chain(held).min();
        let settle = if end { settle } else { settle.min(waits.unwrap_or(settle)) };
        if limit > self.decided || end || whole_lines {
            self.decided = self.decided.max(limit);
            self.hand_out(settle.max(self.settled_place()), end, found);
        }
        let held = self.sections.iter().filter_map(Section::holds).map(|offset| self.place(offset)).min();
        let keep = self.decided.saturating_sub(LOOK_BACK + 1).min(held.unwrap_or(usize::MAX));
        if keep > LOOK_AHEAD || (keep > 0 && self.plain.text.len() > LONG_LINE) {
            self.plain.drop_front(keep);
            self.joiner.drop_front(keep);
            self.base += keep as u64;
            self.decided -= keep;
        }
    }

    fn place(&self, offset: u64) -> usize {
        usize::try_from(offset.saturating_sub(self.base)).unwrap_or(0)
    }

    /// The place of the last settlement, so that it never goes back.
    fn settled_place(&self) -> usize {
        let len = self.plain.text.len();
        let (mut low, mut high) = (0, len);
        while low < high {
            let middle = low.midpoint(high);
            if self.plain.raw(middle) < self.settled { low = middle + 1 } else { high = middle }
        }
        low
    }

    fn line_start(&self, limit: usize) -> usize {
        memchr::memrchr(b'\n', &self.plain.text[limit.saturating_sub(MASK_BACK)..limit])
            .map_or(0, |n| limit.saturating_sub(MASK_BACK) + n + 1)
    }

    /// How far anchors may be judged.
    fn limit(&self, text: &[u8], end: bool) -> usize {
        if end {
            return text.len();
        }
        let lines = memchr::memrchr(b'\n', &text[self.decided..]).map_or(self.decided, |n| self.decided + n + 1);
        if text.len() - lines > LONG_LINE { lines.max(text.len() - LOOK_AHEAD - 64) } else { lines }
    }

    fn judge(&mut self, text: &[u8], limit: usize, end: bool) {
        let mut masks = std::mem::take(&mut self.masks);
        masks.clear();
        let mut places = std::mem::take(&mut self.marks);
        places.clear();
        self.detector.find(text, self.decided, limit, self.form, &mut masks, &mut places);
        places.sort_unstable();
        self.marks = places;
        self.follow_sections(text, limit, &mut masks);
        if end {
            let (detector, place) = (self.detector, (self.base, self.form.depth));
            self.sections.drain(..).for_each(|section| section.ended(detector, place, &mut masks));
        }
        let continues = self.blocks(text, limit, &mut masks);
        masks.sort_unstable_by_key(|m| (m.rule, m.start, m.end));
        masks.dedup_by(|next, kept| {
            let same = kept.rule == next.rule && next.start < kept.end && kept.until.is_none() && next.until.is_none();
            if same {
                kept.end = kept.end.max(next.end);
            }
            same || kept == next
        });
        // Masks come by rule, and in each in order. Those of this text that none before reaches into need not look for it.
        let before = self.unended.len();
        let (mut rule, mut first, mut reach) = (u32::MAX, before, 0);
        for mask in &masks {
            // A block's mask goes on where it stopped, with what was left out of the plain text in between.
            let joins = continues && mask.start == self.decided && mask.rule == const { number("private-key") };
            let from = if joins { self.plain.raw_behind(mask.start) } else { u64::MAX };
            let (start, to) = (self.base + mask.start as u64, self.base + mask.end as u64);
            let until = mask.until.or_else(|| wrap::may_go_on(self.detector, text, mask).then_some(Until::Wrap));
            let pending = Pending { rule: mask.rule, from, start, to, until };
            if until.is_none() {
                self.pending.push(pending);
                continue;
            }
            if rule != mask.rule {
                (rule, first, reach) = (mask.rule, self.unended.len(), 0);
            }
            // Text without an end may begin a value every few bytes: they all end together.
            let same = |p: &Pending| p.rule == mask.rule && p.until == until && p.start <= start && p.to >= start;
            let of_others = self.unended[..before].iter().position(same);
            let behind = if reach >= start { first } else { self.unended.len() };
            match of_others.or_else(|| self.unended[behind..].iter().position(same).map(|n| behind + n)) {
                Some(other) => self.unended[other].to = self.unended[other].to.max(to),
                None => self.unended.push(pending),
            }
            reach = reach.max(to);
        }
        self.masks = masks;
    }

    /// Follows armoured blocks through `text[decided..limit]`: masks the private, frees the random text of the public. Returns
    /// whether the mask of a block that was open goes on.
    fn blocks(&mut self, text: &[u8], limit: usize, masks: &mut Vec<Mask>) -> bool {
        let mut at = self.decided;
        let was_open = self.block.is_some();
        let mut continues = false;
        let within = [
            const { number("high-entropy") },
            const { number("private-key-der") },
            const { number("ssh-private-key") },
        ];
        loop {
            let Some(block) = self.block else {
                let Some((begin, block)) = block::next_begin(text, after(&self.marks, at), at, limit, self.base) else {
                    return continues;
                };
                self.block = Some(block);
                at = begin;
                continue;
            };
            let end = block.end(text, after(&self.marks, at), at, limit, self.base);
            let stop = end.unwrap_or(limit);
            masks.retain(|m| !(within.contains(&m.rule) && m.start >= at && m.start < stop.max(at)));
            continues |= was_open
                && at == self.decided
                && stop > at
                && (block.start < self.base || base_start(&block, self.base) < at);
            if block.private && stop > at && self.detector.is_enabled(const { number("private-key") }) {
                masks.push(Mask { rule: const { number("private-key") }, start: at, end: stop, until: None });
            }
            if end.is_none() {
                return continues;
            }
            self.block = None;
            at = stop.max(at);
            if at >= limit {
                return continues;
            }
        }
    }

    /// Follows what goes on over lines through the whole lines of `text[decided..limit]`.
    fn follow_sections(&mut self, text: &[u8], limit: usize, masks: &mut Vec<Mask>) {
        let mut at = self.decided;
        while at < limit {
            if self.sections.is_empty() {
                let Some(found) = after(&self.marks, at).first().copied().filter(|mark| *mark < limit) else { return };
                let near = at.max(found.saturating_sub(LOOK_BACK));
                let line = memchr::memrchr(b'\n', &text[near..found]).map(|n| near + n + 1);
                let Some(start) = line.or((near == at).then_some(at)) else {
                    let Some(end) = memchr::memchr(b'\n', &text[found..limit]) else { return };
                    at = found + end + 1;
                    continue;
                };
                at = start;
            }
            let end = memchr::memchr(b'\n', &text[at..limit]).map(|n| at + n);
            let stop = trim(text, at, end.unwrap_or(limit));
            let whole = (at == 0 || text[at - 1] == b'\n') && stop - at <= LOOK_AHEAD;
            let (detector, base, depth) = (self.detector, self.base, self.form.depth);
            if whole {
                self.sections
                    .retain_mut(|s| matches!(s.line(detector, text, (at, stop), (base, depth), masks), Then::Stay));
            } else {
                self.sections.clear();
            }
            let marked = after(&self.marks, at).first().is_some_and(|mark| *mark < end.unwrap_or(limit));
            if let (Some(_), true, true) = (end, whole, marked) {
                section::open(detector, text, (at, stop), base, self.form.scalars, &mut self.sections);
            }
            at = end.map_or(limit, |e| e + 1);
        }
    }

    /// Follows masks whose end has not come through what is there.
    fn extend(&mut self, text: &[u8], end: bool) {
        let mut next = 0;
        while next < self.unended.len() {
            let mut more_of_it = None;
            let pending = &mut self.unended[next];
            next += 1;
            let Some(until) = pending.until else { continue };
            let mut i = usize::try_from(pending.to.saturating_sub(self.base)).unwrap_or(0);
            let mut done = end;
            while i < text.len() {
                let b = text[i];
                let more = match until {
                    Until::Token => is_token(b),
                    Until::Word => b > b' ' && !is_quote(b) && !is_blank(b) && b != b'<',
                    Until::Quote(q) => b != b'\n' && (b != q || escaped(text, i)),
                    Until::Line => b != b'\n',
                    Until::Scalar if b == b'\n' => {
                        if i + 2 >= text.len() && !end {
                            break;
                        }
                        text.get(i + 1..i + 3) == Some(b"  ")
                    }
                    Until::Scalar => true,
                    Until::Wrap | Until::Broken => match wrap::goes_on(text, i, end) {
                        None => until == Until::Wrap && is_token(b),
                        Some(wrap::Next::Wait) => break,
                        Some(wrap::Next::Apart(first, last)) => {
                            pending.until = Some(Until::Wrap);
                            let (start, to) = (self.base + first as u64, self.base + last as u64);
                            more_of_it = Some(Pending { from: u64::MAX, start, to, ..*pending });
                            false
                        }
                        Some(wrap::Next::Ends) => false,
                    },
                };
                if !more {
                    done = true;
                    break;
                }
                i += 1;
            }
            pending.to = self.base + i as u64;
            if done {
                // What would only have been a token with the next line's help is none.
                if pending.until == Some(Until::Broken) {
                    pending.to = pending.start;
                }
                pending.until = None;
            }
            self.unended.extend(more_of_it);
        }
        let pending = &mut self.pending;
        self.unended.retain(|p| {
            if p.until.is_none() {
                pending.push(*p);
            }
            p.until.is_some()
        });
    }

    /// Hands out what lies before `settle`; a mask that goes on behind it is handed out in parts that touch.
    fn hand_out(&mut self, settle: usize, end: bool, found: &mut Vec<Found>) {
        // The mask of an open block goes on right behind its last byte, whatever is left out of the plain text there.
        let settled = match &self.block {
            _ if end => self.plain.raw_end,
            Some(block) if block.private => self.plain.raw_behind(settle),
            _ => self.plain.raw(settle),
        };
        // So does one that may go on with the next line.
        let waiting = self.unended.iter().filter(|_| !end).filter(|p| p.until.is_some_and(Until::waits_for_a_line));
        let settled = waiting.map(|p| self.plain.raw_behind(self.place(p.to))).fold(settled, u64::min);
        let border = self.base + settle as u64;
        let (plain, base) = (&self.plain, self.base);
        let place = |offset: u64| usize::try_from(offset.saturating_sub(base)).unwrap_or(0);
        let mut hand = |p: &mut Pending| {
            if p.start >= border && !end {
                return true;
            }
            if p.from == u64::MAX {
                p.from = plain.raw(place(p.start));
            }
            let over = p.until.is_none() && p.to <= border;
            let stop = if end || p.to <= border { plain.raw_behind(place(p.to)) } else { settled };
            if stop > p.from {
                found.push(Found { start: p.from, end: stop, rule: p.rule });
                p.from = stop;
            }
            // What remains begins where this part ended.
            p.start = border;
            !(over || end)
        };
        self.pending.retain_mut(&mut hand);
        self.unended.retain_mut(&mut hand);
        self.settled = settled.max(self.settled);
    }
}

/// The place of a block's BEGIN in the buffer; 0 when it is gone from there.
fn base_start(block: &Block, base: u64) -> usize {
    usize::try_from(block.start.saturating_sub(base)).unwrap_or(0)
}

/// The marks from `at` on.
fn after(marks: &[usize], at: usize) -> &[usize] {
    &marks[marks.partition_point(|m| *m < at)..]
}

fn trim(text: &[u8], start: usize, end: usize) -> usize {
    if end > start && text[end - 1] == b'\r' { end - 1 } else { end }
}

/// An odd number of backslashes stands before.
fn escaped(text: &[u8], i: usize) -> bool {
    text[i.saturating_sub(64)..i].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}
