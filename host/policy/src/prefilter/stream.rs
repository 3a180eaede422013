//! One stream on its way past the finder: which windows its hits ask for, what waits for more bytes, what may be skipped. Places
//! are counted from the buffer's first byte.
//!
//! `passed <= scanned <= buffer.len()`: what lies below `passed` was shown or skipped, the triggers below `scanned` are known, and
//! windows lie between. The buffer holds no more than what one push brings, the widest reach, and a line that is not long.
use super::{
    Compiled, Scratch,
    oracle::WHOLE_LINE,
    patterns::{AHEAD, Hit},
};
use crate::redact::{Prefilter, Stretch};
use memchr::{memchr, memrchr};
use std::{collections::VecDeque, sync::Arc};

/// The contract's bound on one call.
const SHOWN: usize = 64 << 10;
/// Bytes that are searched at once.
const STEP: usize = 8 << 10;
/// A window in a long line is so much wider than its triggers ask for, on either side.
const MARGIN: usize = 256;
/// How far back the beginning of a word is looked for.
const NEAR: usize = 1 << 10;
/// Shown at first to a redactor that is open; twice as much each time it stays so.
const OPEN: usize = 4 << 10;
/// Where three quarters of so many bytes had to be shown,
const LOOKED: usize = 16 << 10;
/// so many more are shown without a search.
const BLIND: usize = 48 << 10;

pub(super) struct Stream {
    filter: Arc<Compiled>,
    buffer: Vec<u8>,
    /// Of the buffer's first byte.
    base: u64,
    ended: bool,
    /// Behind the last line break there is.
    lines: usize,
    scanned: usize,
    /// Everything below must be shown, as far as it goes beyond `scanned`.
    until: usize,
    /// `scanned` lies within a word, whose rest must be shown.
    cut: bool,
    windows: Windows,
    passed: usize,
    open: bool,
    next_open: usize,
    /// Bytes that are still shown without a search.
    blind: usize,
    searched: usize,
    wanted: usize,
    hits: Vec<Hit>,
    scratch: Scratch,
}

impl Stream {
    pub(super) fn new(filter: Arc<Compiled>) -> Self {
        Self {
            filter,
            buffer: Vec::new(),
            base: 0,
            ended: false,
            lines: 0,
            scanned: 0,
            until: 0,
            cut: false,
            windows: Windows::default(),
            passed: 0,
            open: false,
            next_open: OPEN,
            blind: 0,
            searched: 0,
            wanted: 0,
            hits: Vec::new(),
            scratch: Scratch::default(),
        }
    }

    /// Forgets what is shown and searched, but for the byte before.
    fn compact(&mut self) {
        let gone = self.passed.min(self.scanned.saturating_sub(1));
        if gone * 2 < self.buffer.len() {
            return;
        }
        self.buffer.drain(..gone);
        self.base += gone as u64;
        self.windows.shift(gone);
        for place in [&mut self.lines, &mut self.scanned, &mut self.until, &mut self.passed] {
            *place = place.saturating_sub(gone);
        }
    }

    /// Searches whatever can be: whole lines, and a long one in part.
    fn advance(&mut self) {
        let whole = if self.ended { self.buffer.len() } else { self.lines };
        while self.scanned < whole {
            self.step(whole, true);
        }
        while !self.ended && self.buffer.len() - self.scanned > STEP + AHEAD {
            self.step(self.buffer.len() - AHEAD, false);
        }
    }

    /// Searches a region that ends at `limit` or before; `whole`: a line ends there.
    fn step(&mut self, limit: usize, whole: bool) {
        let from = self.scanned;
        let most = if self.blind > 0 { self.blind.max(STEP) } else { STEP };
        let (to, cut) = self.region(from, limit, whole, most);
        if self.cut {
            // What began before goes on to the end of this word.
            let end = (from + 1..=to).find(|at| self.filter.patterns.begins(&self.buffer, *at)).unwrap_or(to);
            self.until = self.until.max(end + self.filter.patterns.after + MARGIN);
        }
        if self.until > from {
            self.windows.want(from, self.high(self.until, to));
        }
        if self.blind > 0 {
            self.pass_blindly(from, to);
        } else {
            self.search(from, to);
        }
        if cut {
            self.windows.want(self.passed, to);
        }
        self.cut = cut;
        self.scanned = to;
    }

    /// Where a region ends: behind a line, or where a word begins. Also whether it ends within a word, there being nothing better.
    fn region(&self, from: usize, limit: usize, whole: bool, most: usize) -> (usize, bool) {
        if whole && limit - from <= most {
            return (limit, false);
        }
        let end = limit.min(from + most);
        if let Some(line) = memrchr(b'\n', &self.buffer[from..end]) {
            return (from + line + 1, false);
        }
        match self.word(from + 1, end) {
            Some(at) => (at, false),
            None => (end, true),
        }
    }

    /// The last place in `floor..=at` where a word begins, if one is near.
    fn word(&self, floor: usize, at: usize) -> Option<usize> {
        let floor = floor.max(at.saturating_sub(NEAR)).max(1);
        (floor..=at).rev().find(|at| self.filter.patterns.begins(&self.buffer, *at))
    }

    fn search(&mut self, from: usize, to: usize) {
        let mut hits = std::mem::take(&mut self.hits);
        self.filter.find(&self.buffer, from, to, &mut self.scratch, &mut hits);
        hits.sort_unstable();
        // Lines that are handed over whole already.
        let mut whole = 0..0;
        for hit in hits.drain(..) {
            let reach = self.filter.patterns.reaches[usize::from(hit.reach)];
            if !reach.across && whole.start <= hit.start && hit.end <= whole.end {
                continue;
            }
            let low = self.low(hit.start, reach.before, reach.across);
            let mut end = hit.end + reach.after;
            if !reach.across {
                let line = memchr(b'\n', &self.buffer[hit.end - 1..end.min(self.buffer.len())]);
                end = line.map_or(end, |line| hit.end + line);
            }
            let high = self.high(end, to);
            self.until = self.until.max(end);
            self.windows.want(low, high);
            let starts = low == 0 || self.buffer[low - 1] == b'\n';
            if starts && self.buffer[high - 1] == b'\n' {
                whole = low..high;
            }
        }
        self.hits = hits;
        self.searched += to - from;
        self.wanted += self.windows.within(from);
        if self.searched >= LOOKED {
            self.blind = if self.wanted * 4 > self.searched * 3 { BLIND } else { 0 };
            (self.searched, self.wanted) = (0, 0);
        }
    }

    fn pass_blindly(&mut self, from: usize, to: usize) {
        let patterns = &self.filter.patterns;
        let low = self.low(from, patterns.before, patterns.before_across > 0);
        // A trigger may stand at its very end.
        let after = if self.buffer[to - 1] == b'\n' { patterns.after_across } else { patterns.after + AHEAD + MARGIN };
        self.until = self.until.max(to + after);
        self.windows.want(low, to);
        self.blind = self.blind.saturating_sub(to - from);
    }

    /// Where a window begins whose trigger begins at `start`.
    fn low(&self, start: usize, before: usize, across: bool) -> usize {
        let (text, floor) = (&self.buffer, self.passed);
        let first = start.saturating_sub(before).max(floor);
        if !across && let Some(line) = memrchr(b'\n', &text[first..start]) {
            return first + line + 1;
        }
        let back = first.saturating_sub(WHOLE_LINE).max(floor);
        if let Some(line) = memrchr(b'\n', &text[back..first]) {
            return back + line + 1;
        }
        if back == floor {
            return floor;
        }
        self.word(floor, first - MARGIN).unwrap_or(floor)
    }

    /// Where a window ends that must go to `end`, in a region that ends at `to`.
    fn high(&self, end: usize, to: usize) -> usize {
        if end >= to {
            return to;
        }
        let near = to.min(end + WHOLE_LINE);
        // The stream's end ends its last line.
        let last = if self.ended && near == self.buffer.len() { near } else { to.min(end + MARGIN) };
        memchr(b'\n', &self.buffer[end - 1..near]).map_or(last, |line| end + line)
    }

    /// Whatever comes, no trigger asks for bytes before this place.
    fn safe(&self) -> usize {
        if self.ended {
            return self.buffer.len();
        }
        let patterns = &self.filter.patterns;
        let in_line = self.scanned > 0 && self.buffer[self.scanned - 1] != b'\n';
        let in_line = if in_line { patterns.before + MARGIN } else { 0 };
        self.scanned.saturating_sub(in_line.max(patterns.before_across))
    }

    /// How far the stream may be skipped, where nothing is to be shown: a place where a word begins.
    fn frontier(&self) -> usize {
        let most = self.safe();
        if most <= self.passed || most == self.scanned {
            return most.max(self.passed);
        }
        let back = most.saturating_sub(WHOLE_LINE).max(self.passed);
        let line = memrchr(b'\n', &self.buffer[back..most]).map(|line| back + line + 1);
        line.or_else(|| self.word(self.passed, most)).unwrap_or(self.passed)
    }

    fn stretch(&self, from: usize, to: usize) -> Stretch {
        Stretch { offset: self.base + from as u64, bytes: self.buffer[from..to].to_vec() }
    }

    /// Where to end a piece of `from..to` that holds at most `most` bytes: behind a line, if one ends there.
    fn piece(&self, from: usize, to: usize, most: usize) -> usize {
        if to - from <= most {
            return to;
        }
        memrchr(b'\n', &self.buffer[from..from + most]).map_or(from + most, |line| from + line + 1)
    }
}

impl Prefilter for Stream {
    fn push(&mut self, bytes: &[u8]) {
        self.compact();
        if let Some(line) = memrchr(b'\n', bytes) {
            self.lines = self.buffer.len() + line + 1;
        }
        self.buffer.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        self.ended = true;
    }

    fn next(&mut self) -> Vec<Stretch> {
        self.advance();
        if self.open {
            let to = self.piece(self.passed, self.scanned, self.next_open);
            self.next_open = (self.next_open * 2).min(SHOWN);
            return if to > self.passed { vec![self.stretch(self.passed, to)] } else { Vec::new() };
        }
        let mut stretches = Vec::new();
        let (mut left, mut shown, safe) = (SHOWN, self.passed, self.safe());
        for &(from, to) in &self.windows.0 {
            // What lies between may still be asked for by what comes.
            if from > shown && from > safe {
                break;
            }
            let end = self.piece(from, to, left);
            if end > from {
                stretches.push(self.stretch(from, end));
            }
            (left, shown) = (left - (end - from), end);
            if end < to {
                break;
            }
        }
        if stretches.is_empty() {
            self.passed = self.frontier();
        }
        stretches
    }

    fn shown(&mut self, upto: u64, open: bool) {
        let upto = usize::try_from(upto.saturating_sub(self.base)).unwrap_or(usize::MAX).min(self.scanned);
        self.passed = self.passed.max(upto);
        self.windows.pass(self.passed);
        self.open = open;
        if !open {
            self.next_open = OPEN;
        }
    }

    fn decided(&self) -> u64 {
        self.base + self.passed as u64
    }
}

/// Ranges that must be shown: in order, with gaps between.
#[derive(Default)]
struct Windows(VecDeque<(usize, usize)>);

impl Windows {
    /// One that ends behind the beginning of the last.
    fn want(&mut self, mut from: usize, mut to: usize) {
        while let Some(&(first, last)) = self.0.back() {
            if from > last {
                break;
            }
            (from, to) = (from.min(first), to.max(last));
            self.0.pop_back();
        }
        if from < to {
            self.0.push_back((from, to));
        }
    }

    /// How many bytes of them lie behind `from`.
    fn within(&self, from: usize) -> usize {
        self.0.iter().rev().take_while(|(_, to)| *to > from).map(|(first, to)| to - from.max(*first)).sum()
    }

    /// What lies below was shown.
    fn pass(&mut self, upto: usize) {
        while let Some((from, to)) = self.0.front_mut() {
            *from = upto.max(*from);
            if from < to {
                break;
            }
            self.0.pop_front();
        }
    }

    fn shift(&mut self, by: usize) {
        for (from, to) in &mut self.0 {
            (*from, *to) = (*from - by, *to - by);
        }
    }
}
