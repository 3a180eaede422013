//! The patterns of tokens, each as a table of its own: whole when the rules are compiled, so that reading a text builds nothing. The
//! few whose table would be large are read by an automaton that is built as it goes.
use regex_automata::{
    Anchored, Input,
    hybrid::dfa::{Cache, DFA},
    nfa::thompson,
    util::syntax,
};
use std::{cell::RefCell, collections::BTreeMap};

/// The most states of a table. What counts to some hundred bytes has some hundred; only what may be read in many ways has more.
const MOST_STATES: usize = 2048;
/// What a lazy automaton may remember.
const CACHE: usize = 2 << 20;

/// One pattern, matched from a given place on.
pub(crate) enum Pattern {
    Table(Table),
    Lazy(Box<(DFA, RefCell<Cache>)>),
}

/// The states of a pattern. A state is the place of its row, and marked when what was read up to it is a match.
pub(crate) struct Table {
    /// The kind of a byte, as far as the pattern tells bytes apart.
    kinds: Box<[u8; 256]>,
    first: u32,
    /// The states behind a state, by the kind of the next byte.
    rows: Vec<u32>,
}

/// The row of the state that no byte leads out of.
const DEAD: u32 = 0;
const MATCH: u32 = 1 << 31;

impl Pattern {
    /// Compiles a pattern.
    pub(crate) fn new(regex: &str) -> Result<Pattern, String> {
        let compiled = |capacity| {
            DFA::builder()
                .configure(DFA::config().cache_capacity(capacity).skip_cache_capacity_check(true))
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .thompson(thompson::Config::new().utf8(false))
                .build(regex)
                .map_err(|e| format!("patterns: {e}"))
        };
        // While states are told apart by what the automaton calls them, it must forget none.
        let dfa = compiled(usize::MAX >> 1)?;
        if let Some(table) = Table::of(&dfa) {
            return Ok(Pattern::Table(table));
        }
        let dfa = compiled(CACHE)?;
        let cache = RefCell::new(dfa.create_cache());
        Ok(Pattern::Lazy(Box::new((dfa, cache))))
    }

    /// The end of the match that begins at `at`, no further than `limit`.
    pub(crate) fn matches(&self, text: &[u8], at: usize, limit: usize) -> Option<usize> {
        match self {
            Pattern::Table(table) => table.longest(&text[at..limit]).map(|n| at + n),
            Pattern::Lazy(lazy) => {
                let input = Input::new(text).range(at..limit).anchored(Anchored::Yes);
                let found = lazy.0.try_search_fwd(&mut lazy.1.borrow_mut(), &input).ok().flatten();
                found.map(|m| m.offset()).filter(|end| *end > at)
            }
        }
    }

    /// Whether more bytes could make `text` a match, of which no beginning is one.
    pub(crate) fn may_match(&self, text: &[u8]) -> bool {
        match self {
            Pattern::Table(table) => table.survives(text),
            Pattern::Lazy(lazy) => {
                let mut cache = lazy.1.borrow_mut();
                let input = Input::new(text).anchored(Anchored::Yes);
                let Ok(mut state) = lazy.0.start_state_forward(&mut cache, &input) else { return true };
                for byte in text {
                    match lazy.0.next_state(&mut cache, state, *byte) {
                        Ok(next) if next.is_dead() => return false,
                        Ok(next) => state = next,
                        Err(_) => return true,
                    }
                }
                true
            }
        }
    }

    /// How much memory the pattern takes, or may take.
    pub(crate) fn memory_usage(&self) -> usize {
        match self {
            Pattern::Table(table) => 256 + table.rows.len() * 4,
            Pattern::Lazy(_) => CACHE,
        }
    }
}

impl Table {
    /// The table of all states that `dfa` has; none when they are too many, or when what stands around a match counts.
    fn of(dfa: &DFA) -> Option<Table> {
        if !dfa.get_nfa().look_set_any().is_empty() {
            return None;
        }
        let mut cache = dfa.create_cache();
        let classes = dfa.byte_classes();
        let mut kinds = Box::new([0; 256]);
        let mut examples = Vec::new();
        for byte in 0..=u8::MAX {
            let class = classes.get(byte);
            if usize::from(class) == examples.len() {
                examples.push(byte);
            }
            kinds[usize::from(byte)] = class;
        }
        let count = examples.len();
        let start = dfa.start_state_forward(&mut cache, &Input::new(b"").anchored(Anchored::Yes)).ok()?;
        let mut states = vec![start];
        let mut numbers = BTreeMap::from([(start, 1)]);
        let (mut next, mut matches) = (vec![0; count], vec![false]);
        let mut at = 0;
        while at < states.len() {
            let state = states[at];
            at += 1;
            matches.push(dfa.next_eoi_state(&mut cache, state).ok()?.is_match());
            for example in &examples {
                let to = dfa.next_state(&mut cache, state, *example).ok()?;
                if to.is_dead() {
                    next.push(0);
                    continue;
                }
                let number = *numbers.entry(to).or_insert_with(|| {
                    states.push(to);
                    states.len()
                });
                next.push(number);
            }
            if states.len() >= MOST_STATES {
                return None;
            }
        }
        let state = |number: usize| (number * count) as u32 | if matches[number] { MATCH } else { 0 };
        let rows = next.into_iter().map(state).collect();
        Some(Table { kinds, first: state(1), rows })
    }

    fn step(&self, state: u32, byte: u8) -> u32 {
        self.rows[(state & !MATCH) as usize + usize::from(self.kinds[usize::from(byte)])]
    }

    /// The length of the match that `text` begins with.
    fn longest(&self, text: &[u8]) -> Option<usize> {
        let mut state = self.first;
        let mut end = None;
        for (i, byte) in text.iter().enumerate() {
            state = self.step(state, *byte);
            if state == DEAD {
                break;
            }
            if state & MATCH != 0 {
                end = Some(i + 1);
            }
        }
        end
    }

    fn survives(&self, text: &[u8]) -> bool {
        let mut state = self.first;
        text.iter().all(|byte| {
            state = self.step(state, *byte);
            state != DEAD
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{providers::PROVIDERS, warm};

    #[test]
    fn a_table_finds_what_the_automaton_finds() {
        let (mut seed, mut lazy) = (5, 0);
        for provider in PROVIDERS {
            let Pattern::Table(table) = Pattern::new(provider.secret).unwrap() else {
                lazy += 1;
                continue;
            };
            let dfa =
                DFA::builder().syntax(syntax::Config::new().unicode(false).utf8(false)).build(provider.secret).unwrap();
            let mut cache = dfa.create_cache();
            for text in [provider.example, provider.near_miss] {
                let text = warm::expand(text, &mut seed);
                for at in 0..text.len() {
                    let input = Input::new(&text).range(at..).anchored(Anchored::Yes);
                    let found = dfa.try_search_fwd(&mut cache, &input).unwrap().map(|m| m.offset() - at);
                    assert_eq!(table.longest(&text.as_bytes()[at..]), found, "{} {text}", provider.id);
                }
            }
        }
        assert!(lazy < 4, "{lazy} of {}", PROVIDERS.len());
    }

    #[test]
    fn only_what_is_large_or_looks_around_is_built_as_it_goes() {
        for (regex, table) in [("acme_[a-z]{8}", true), ("x[a-z]{3000}", false), ("a(?:b|c){2,5}", true)] {
            let pattern = Pattern::new(regex).unwrap();
            assert_eq!(matches!(pattern, Pattern::Table(_)), table, "{regex}");
        }
        let lazy = Pattern::new("x[a-z]{3000}").unwrap();
        let text = [b"x".as_slice(), &[b'q'; 4000]].concat();
        assert_eq!(lazy.matches(&text, 0, text.len()), Some(3001));
        assert!(lazy.may_match(&text[..100]) && !lazy.may_match(b"xq1"));
    }
}
