//! What a prefilter must hand on, said as plainly as it can be said: no buffers, no windows, one byte after the other. Slow; for
//! tests and fuzz targets, which hold every prefilter against it.
use crate::setup::{Attention, Follow, Literal, RedactorSetup, Run, Trigger};
use std::ops::Range;

/// Lines up to this long are handed over whole.
pub const WHOLE_LINE: usize = 4 << 10;

/// Ranges of `text` that the contract says must be shown: around every trigger its reach, and its line where that is not long.
pub fn wanted(setup: &RedactorSetup, text: &[u8]) -> Vec<Range<usize>> {
    let Attention::Near(triggers) = &setup.attention else { return std::iter::once(0..text.len()).collect() };
    let mut all = Vec::new();
    for trigger in triggers {
        for found in occurrences(trigger, text) {
            let line = line(text, &found);
            let around = found.start.saturating_sub(trigger.before as usize)
                ..(found.end + trigger.after as usize).min(text.len());
            let around = if trigger.across { around } else { around.start.max(line.start)..around.end.min(line.end) };
            all.push(around);
            if line.len() <= WHOLE_LINE {
                all.push(line);
            }
        }
    }
    all
}

/// Whether a stretch may begin at `at` after bytes that were left out.
pub fn begins(setup: &RedactorSetup, text: &[u8], at: usize) -> bool {
    let Attention::Near(triggers) = &setup.attention else { return at == 0 };
    let Some(before) = at.checked_sub(1).map(|i| text[i]) else { return true };
    let mut runs = triggers.iter().flat_map(|t| &t.runs);
    before == b'\n' || !(before.is_ascii_alphanumeric() || runs.any(|run| run.alphabet.as_bytes().contains(&before)))
}

fn line(text: &[u8], found: &Range<usize>) -> Range<usize> {
    let start = (0..found.start).rev().find(|i| text[*i] == b'\n').map_or(0, |i| i + 1);
    let end = (found.end - 1..text.len()).find(|i| text[*i] == b'\n').map_or(text.len(), |i| i + 1);
    start..end
}

fn occurrences(trigger: &Trigger, text: &[u8]) -> Vec<Range<usize>> {
    let mut all = Vec::new();
    for at in 0..text.len() {
        let literals = trigger.literals.iter().filter(|literal| stands(literal, text, at));
        all.extend(literals.map(|literal| at..at + literal.text.len()));
        if trigger.bytes.iter().any(|(first, last)| (*first..=*last).contains(&text[at])) {
            all.push(at..at + 1);
        }
        all.extend(trigger.runs.iter().filter_map(|run| begins_at(run, text, at)));
    }
    all
}

fn stands(literal: &Literal, text: &[u8], at: usize) -> bool {
    let wanted = literal.text.as_bytes();
    let Some(bytes) = text.get(at..at + wanted.len()) else { return false };
    let same = |(a, b): (&u8, &u8)| a == b || (literal.any_case && a.eq_ignore_ascii_case(b));
    bytes.iter().zip(wanted).all(same)
        && !(literal.word_start && at > 0 && text[at - 1].is_ascii_alphanumeric())
        && follows(literal.follow, &text[at + wanted.len()..])
}

fn follows(follow: Follow, rest: &[u8]) -> bool {
    let line: Vec<u8> = rest.iter().copied().take_while(|byte| *byte != b'\n').collect();
    let between = |byte: &u8| b"\"' \t".contains(byte);
    match follow {
        Follow::Anything => true,
        Follow::Byte(wanted) => {
            let reached = line.iter().take(256).position(|byte| *byte == wanted);
            reached.is_some_and(|n| !line[..n].iter().any(|byte| between(byte) || *byte == b'/'))
        }
        Follow::Value(least) => {
            let mut at = 0;
            let mut skip = |most: usize, of: &dyn Fn(&u8) -> bool| {
                let end = at + most;
                while at < end && line.get(at).is_some_and(of) {
                    at += 1;
                }
                line.get(at).copied()
            };
            skip(16, &|byte| byte.is_ascii_alphanumeric() || b"_.".contains(byte));
            let separator = skip(3, &between);
            if !matches!(separator, Some(b'=' | b':')) {
                return false;
            }
            skip(1, &|_| true);
            skip(3, &between);
            let value = line[at.min(line.len())..].iter().take_while(|byte| !between(byte)).count();
            value >= least as usize
        }
    }
}

fn begins_at(run: &Run, text: &[u8], at: usize) -> Option<Range<usize>> {
    let within = |byte: &u8| run.alphabet.as_bytes().contains(byte);
    if at > 0 && within(&text[at - 1]) {
        return None;
    }
    let found: Vec<u8> = text[at..].iter().copied().take_while(within).collect();
    let holds = |asked: bool, of: fn(&u8) -> bool| !asked || found.iter().any(of);
    let counts = !found.is_empty()
        && found.len() >= run.min_length as usize
        && holds(run.lower, u8::is_ascii_lowercase)
        && holds(run.upper, u8::is_ascii_uppercase)
        && holds(run.digit, u8::is_ascii_digit)
        && holds(run.symbol, |byte| !byte.is_ascii_alphanumeric());
    counts.then(|| at..at + found.len())
}
