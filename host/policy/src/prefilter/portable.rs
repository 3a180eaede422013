//! The finder for any processor: one automaton for all literals, then a walk for runs and bytes.
use super::patterns::{Hit, Patterns};
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};

/// Above so many bytes of literals the fast automaton would be too large for the caches, and for a quick start.
const LARGE: usize = 16 << 10;

pub(super) struct Finder {
    /// None where no literal is asked for.
    literals: Option<AhoCorasick>,
    longest: usize,
}

impl Finder {
    /// None where the automaton cannot be built; then everything is shown.
    pub(super) fn new(patterns: &Patterns) -> Option<Self> {
        let texts = || patterns.literals.iter().map(|literal| &literal.text);
        let size: usize = texts().map(|text| text.len()).sum();
        let kind = if size > LARGE { AhoCorasickKind::ContiguousNFA } else { AhoCorasickKind::DFA };
        let build = || {
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .kind(Some(kind))
                .ascii_case_insensitive(true)
                .build(texts())
                .ok()
        };
        let literals = if patterns.literals.is_empty() { None } else { Some(build()?) };
        Some(Self { literals, longest: texts().map(|text| text.len()).max().unwrap_or(0) })
    }

    pub(super) fn find(&self, patterns: &Patterns, text: &[u8], from: usize, to: usize, hits: &mut Vec<Hit>) {
        if let Some(literals) = &self.literals {
            let end = text.len().min(to + self.longest);
            for found in literals.find_overlapping_iter(&text[from..end]) {
                let literal = &patterns.literals[found.pattern().as_usize()];
                let start = from + found.start();
                if start < to && literal.stands(text, start) {
                    hits.push(Hit { start, end: from + found.end(), reach: literal.reach });
                }
            }
        }
        for run in &patterns.runs {
            let mut at = from;
            while at < to {
                let length = text[at..to].iter().take_while(|byte| run.alphabet[usize::from(**byte)]).count();
                if length > 0 && run.counts(&text[at..at + length]) {
                    hits.push(Hit { start: at, end: at + length, reach: run.reach });
                }
                at += length + 1;
            }
        }
        let reach = patterns.bytes_reach;
        let bytes = text[from..to].iter().enumerate().filter(|(_, byte)| patterns.bytes[usize::from(**byte)]);
        hits.extend(bytes.map(|(i, _)| Hit { start: from + i, end: from + i + 1, reach }));
    }
}
