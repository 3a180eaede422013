//! What was counted before: by probes, and by queries that were a bare selector.
use std::{
    collections::{HashMap, VecDeque},
    time::{Duration, Instant},
};
use wardgate_core::{Bound, Window};

/// Selectors that are remembered.
const SELECTORS: usize = 1_000;
/// Windows of one selector that are remembered.
const WINDOWS: usize = 4;
/// By how much two windows may differ at either end, in milliseconds, to be about the same.
const SHIFT: u64 = 60_000;

/// How many series a selector had in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) window: Window,
    pub(super) count: u64,
    pub(super) bound: Bound,
}

/// Counts by canonical selector.
#[derive(Default)]
pub(super) struct Memory(HashMap<String, VecDeque<(Instant, Seen)>>);

impl Memory {
    /// After so long nothing is told any more.
    pub(super) const AGE: Duration = Duration::from_secs(3600);

    /// Remembers, and forgets what is old or too much.
    pub(super) fn put(&mut self, selector: &str, seen: Seen) {
        if self.0.len() >= SELECTORS && !self.0.contains_key(selector) {
            self.0.retain(|_, entries| entries.back().is_some_and(|(at, _)| at.elapsed() < Self::AGE));
            if self.0.len() >= SELECTORS {
                self.0.clear();
            }
        }
        let entries = self.0.entry(selector.to_owned()).or_default();
        if entries.len() >= WINDOWS {
            entries.pop_front();
        }
        entries.push_back((Instant::now(), seen));
    }

    /// The newest count, no older than `age`, of a window that holds this one or is about the same, if it tells enough for somebody who
    /// counts to `stop_at`.
    pub(super) fn get(&self, selector: &str, window: Window, stop_at: u64, age: Duration) -> Option<(u64, Bound)> {
        let entries = self.0.get(selector)?;
        entries.iter().rev().filter(|(at, _)| at.elapsed() <= age).find_map(|(_, seen)| tells(seen, window, stop_at))
    }
}

fn tells(seen: &Seen, window: Window, stop_at: u64) -> Option<(u64, Bound)> {
    let Seen { window: old, count, bound } = *seen;
    let holds = old.start <= window.start && window.end <= old.end;
    let about = old.start.abs_diff(window.start) <= SHIFT && old.end.abs_diff(window.end) <= SHIFT;
    match bound {
        // Counting stopped there: it tells something to those who would have stopped there as well.
        Bound::AtLeast if count < stop_at => None,
        Bound::AtLeast if old == window => Some((count, bound)),
        Bound::AtLeast if about => Some((count, Bound::About)),
        // A wider window with many series says nothing of a narrow one.
        Bound::AtLeast => None,
        _ if old == window => Some((count, bound)),
        Bound::Exact | Bound::AtMost if holds && about => Some((count, Bound::AtMost)),
        // It may be far too much, but it is a bound; only what is enough is taken for an answer.
        Bound::Exact | Bound::AtMost if holds && count < stop_at => Some((count, Bound::AtMost)),
        _ if about => Some((count, Bound::About)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: u64 = 60_000;

    #[test]
    fn what_was_counted_answers_for_windows_that_it_holds_or_is_about() {
        let seen = |bound, count| Seen { window: Window { start: 10 * MINUTE, end: 20 * MINUTE }, count, bound };
        for (bound, count, start, end, stop_at, told) in [
            (Bound::Exact, 5, 10, 20, 9, Some((5, Bound::Exact))),
            (Bound::Exact, 5, 11, 19, 9, Some((5, Bound::AtMost))),
            (Bound::Exact, 5, 15, 16, 9, Some((5, Bound::AtMost))),
            (Bound::Exact, 50, 15, 16, 9, None),
            (Bound::Exact, 5, 11, 21, 9, Some((5, Bound::About))),
            (Bound::Exact, 5, 12, 22, 9, None),
            (Bound::Exact, 5, 0, 20, 9, None),
            (Bound::About, 5, 10, 20, 9, Some((5, Bound::About))),
            (Bound::About, 5, 15, 16, 9, None),
            (Bound::AtLeast, 9, 10, 20, 9, Some((9, Bound::AtLeast))),
            (Bound::AtLeast, 9, 11, 21, 9, Some((9, Bound::About))),
            (Bound::AtLeast, 9, 15, 16, 9, None),
            (Bound::AtLeast, 9, 10, 20, 10, None),
        ] {
            let mut memory = Memory::default();
            memory.put("up", seen(bound, count));
            let window = Window { start: start * MINUTE, end: end * MINUTE };
            let got = memory.get("up", window, stop_at, Memory::AGE);
            assert_eq!(got, told, "{bound:?} {count}, {start} to {end}, up to {stop_at}");
            assert_eq!(memory.get("down", window, stop_at, Memory::AGE), None);
        }
    }

    #[test]
    fn memory_is_bounded() {
        let mut memory = Memory::default();
        for n in 0..5_000_u64 {
            let seen = Seen { window: Window { start: n, end: n }, count: n, bound: Bound::Exact };
            memory.put(&format!("m{}", n % 2_500), seen);
            memory.put("same", seen);
            assert!(memory.0.len() <= SELECTORS && memory.0.values().all(|entries| entries.len() <= WINDOWS));
        }
    }
}
