//! Triggers in a form to search for, and the exact test of each of them.
use crate::setup::{Follow, Trigger};
use aho_corasick::AhoCorasick;

/// No trigger looks further behind its first byte: a literal of 64 bytes, then `@` within 256, or a value.
pub(super) const AHEAD: usize = 512;
/// The contract's longest literal.
const LITERAL: usize = 64;
/// A longer value than this is not waited for: what begins like one is handed on.
const VALUE: usize = 64;
/// The contract's distances of `follow`.
const NAME: usize = 16;
const BETWEEN: usize = 3;
const BYTE: usize = 256;

/// A trigger that stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// Its first byte.
    pub(super) start: usize,
    /// Behind its last.
    pub(super) end: usize,
    /// Index into [`Patterns::reaches`].
    pub(super) reach: u16,
}

/// How far around a trigger a finding may lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) before: usize,
    pub(super) after: usize,
    pub(super) across: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Literal {
    pub(super) text: Box<[u8]>,
    pub(super) any_case: bool,
    pub(super) word_start: bool,
    pub(super) follow: Follow,
    pub(super) reach: u16,
}

#[derive(Debug, Clone)]
pub(super) struct Run {
    pub(super) alphabet: Box<[bool; 256]>,
    pub(super) least: usize,
    /// Kinds of characters it must hold, as bits of [`kind`].
    pub(super) mixes: u8,
    pub(super) reach: u16,
}

pub(super) const LOWER: u8 = 1;
pub(super) const UPPER: u8 = 2;
pub(super) const DIGIT: u8 = 4;
pub(super) const SYMBOL: u8 = 8;

/// The kind of a character of an alphabet.
pub(super) fn kind(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => LOWER,
        b'A'..=b'Z' => UPPER,
        b'0'..=b'9' => DIGIT,
        _ => SYMBOL,
    }
}

/// All triggers of one redactor.
#[derive(Debug)]
pub(super) struct Patterns {
    pub(super) literals: Vec<Literal>,
    pub(super) runs: Vec<Run>,
    /// Bytes that are triggers by themselves; all have the widest reach that is asked for any of them.
    pub(super) bytes: Box<[bool; 256]>,
    pub(super) bytes_reach: u16,
    /// One per trigger, and one for the bytes.
    pub(super) reaches: Vec<Reach>,
    /// Bytes behind which no word begins: letters, digits, and what any run is made of.
    pub(super) word: Box<[bool; 256]>,
    /// The widest reach ahead of a trigger, in its line and past line breaks.
    pub(super) before: usize,
    pub(super) before_across: usize,
    /// The same behind it.
    pub(super) after: usize,
    pub(super) after_across: usize,
}

impl Patterns {
    /// None where a trigger's own bytes may span lines.
    pub(super) fn new(triggers: &[Trigger]) -> Option<Self> {
        let spans = |t: &Trigger| {
            t.literals.iter().any(|l| l.text.contains('\n')) || t.runs.iter().any(|r| r.alphabet.contains('\n'))
        };
        if triggers.iter().any(spans) {
            return None;
        }
        let mut reaches = Vec::with_capacity(triggers.len() + 1);
        let (mut literals, mut runs) = (Vec::new(), Vec::new());
        let mut bytes = Box::new([false; 256]);
        let mut widest = Reach { before: 0, after: 0, across: false };
        for trigger in triggers {
            let reach = u16::try_from(reaches.len()).ok()?;
            let around =
                Reach { before: trigger.before as usize, after: trigger.after as usize, across: trigger.across };
            reaches.push(around);
            literals.extend(trigger.literals.iter().map(|l| Literal {
                text: l.text.as_bytes().into(),
                any_case: l.any_case,
                word_start: l.word_start,
                follow: l.follow,
                reach,
            }));
            runs.extend(trigger.runs.iter().map(|r| run(r, reach)));
            for &(first, last) in &trigger.bytes {
                bytes[usize::from(first)..=usize::from(last)].fill(true);
                widest.before = widest.before.max(around.before);
                widest.after = widest.after.max(around.after);
                widest.across |= around.across;
            }
        }
        let bytes_reach = u16::try_from(reaches.len()).ok()?;
        reaches.push(widest);
        let literals = without_implied(literals, &mut reaches)?;
        let mut word = Box::new([false; 256]);
        for (byte, word) in (0..=u8::MAX).zip(word.iter_mut()) {
            *word = byte.is_ascii_alphanumeric() || runs.iter().any(|r: &Run| r.alphabet[usize::from(byte)]);
        }
        let most = |reach: fn(&Reach) -> usize| reaches.iter().map(reach).max().unwrap_or(0);
        Some(Self {
            before: most(|r| r.before),
            before_across: most(|r| if r.across { r.before } else { 0 }),
            after: most(|r| r.after),
            after_across: most(|r| if r.across { r.after } else { 0 }),
            literals,
            runs,
            bytes,
            bytes_reach,
            reaches,
            word,
        })
    }

    /// Whether a word begins at `at`, which is not the text's first byte.
    pub(super) fn begins(&self, text: &[u8], at: usize) -> bool {
        !self.word[usize::from(text[at - 1])]
    }
}

fn run(run: &crate::setup::Run, reach: u16) -> Run {
    let mut alphabet = Box::new([false; 256]);
    run.alphabet.bytes().for_each(|byte| alphabet[usize::from(byte)] = true);
    let mixes = [(run.lower, LOWER), (run.upper, UPPER), (run.digit, DIGIT), (run.symbol, SYMBOL)];
    let mixes = mixes.iter().filter(|(asked, _)| *asked).fold(0, |all, (_, kind)| all | kind);
    Run { alphabet, least: run.min_length as usize, mixes, reach }
}

/// Drops literals that never stand alone: `client_secret=` where `secret` is asked for anyway. What is left answers for them, so that it
/// reaches as much further as they may be longer. None where the search for them cannot be built.
fn without_implied(literals: Vec<Literal>, reaches: &mut [Reach]) -> Option<Vec<Literal>> {
    let general: Vec<usize> = (0..literals.len()).filter(|i| literals[*i].follow == Follow::Anything).collect();
    if general.is_empty() {
        return Some(literals);
    }
    let texts = general.iter().map(|i| &literals[*i].text);
    let search = AhoCorasick::builder().ascii_case_insensitive(true).build(texts).ok()?;
    let implied = |at: usize| {
        let whole = &literals[at];
        search.find_overlapping_iter(&whole.text).any(|found| {
            let by = general[found.pattern().as_usize()];
            by != at
                && literals[by].implies(whole, found.start(), reaches)
                && !(by > at && found.len() == whole.text.len() && whole.implies(&literals[by], 0, reaches))
        })
    };
    let dropped: Vec<bool> = (0..literals.len()).map(implied).collect();
    if dropped.contains(&true) {
        for reach in reaches.iter_mut().filter(|reach| !reach.across) {
            (reach.before, reach.after) = (reach.before + LITERAL, reach.after + LITERAL);
        }
    }
    Some(literals.into_iter().zip(dropped).filter(|(_, dropped)| !dropped).map(|(literal, _)| literal).collect())
}

impl Literal {
    /// Whether it stands, and asks for as much, wherever `other` does, in which its bytes begin at `offset`.
    fn implies(&self, other: &Self, offset: usize, reaches: &[Reach]) -> bool {
        let (mine, others) = (reaches[usize::from(self.reach)], reaches[usize::from(other.reach)]);
        let there = other.text.get(offset..offset + self.text.len());
        let same = if self.any_case {
            there.is_some_and(|there| there.eq_ignore_ascii_case(&self.text))
        } else {
            there == Some(&self.text) && !other.any_case
        };
        let begins = !self.word_start
            || offset.checked_sub(1).map_or(other.word_start, |before| !other.text[before].is_ascii_alphanumeric());
        same && begins
            && self.follow == Follow::Anything
            && !mine.across
            && !others.across
            && mine.before >= others.before
            && mine.after >= others.after
    }

    /// Whether it stands at `at`, with what it asks for around it.
    pub(super) fn stands(&self, text: &[u8], at: usize) -> bool {
        let end = at + self.text.len();
        let Some(bytes) = text.get(at..end) else { return false };
        let same = if self.any_case { bytes.eq_ignore_ascii_case(&self.text) } else { *bytes == *self.text };
        same && self.fits(text, at)
    }

    /// Whether what is around it fits, where its bytes stand at `at`.
    pub(super) fn fits(&self, text: &[u8], at: usize) -> bool {
        let begins = !self.word_start || at == 0 || !text[at - 1].is_ascii_alphanumeric();
        let rest = &text[(at + self.text.len()).min(text.len())..];
        begins
            && match self.follow {
                Follow::Anything => true,
                Follow::Value(least) => value_follows(rest, (least as usize).min(VALUE)),
                Follow::Byte(byte) => byte_follows(rest, byte),
            }
    }
}

fn hard(byte: u8) -> bool {
    matches!(byte, b'"' | b'\'' | b' ' | b'\t' | b'\n')
}

/// Some count it among the quotes, some do not: it counts as either.
fn soft(byte: u8) -> bool {
    matches!(byte, b'\\' | b'`' | b'\r')
}

fn count(text: &[u8], most: usize, of: impl Fn(u8) -> bool) -> usize {
    text.iter().take(most).take_while(|byte| of(**byte)).count()
}

/// Rest of a name, quotes or blanks, `=` or `:`, quotes or blanks, then `least` bytes that are neither.
fn value_follows(text: &[u8], least: usize) -> bool {
    let between = |byte| byte != b'\n' && (hard(byte) || soft(byte));
    let name = count(text, NAME, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'));
    let separator = name + count(&text[name..], BETWEEN, between);
    if !matches!(text.get(separator), Some(b'=' | b':')) {
        return false;
    }
    let text = &text[separator + 1..];
    let skipped = count(text, BETWEEN, between);
    // The value may begin with a byte that could also belong to its quotes.
    let soft = text[..skipped].iter().rev().take_while(|byte| soft(**byte)).count();
    count(&text[skipped - soft..], least, |byte| !hard(byte)) == least
}

/// That byte, before a blank, a quote, a slash or the line's end.
fn byte_follows(text: &[u8], wanted: u8) -> bool {
    let stop = |byte: &u8| *byte == wanted || hard(*byte) || *byte == b'/';
    text.iter().take(BYTE).find(|byte| stop(byte)) == Some(&wanted)
}

impl Run {
    /// Whether `text`, a longest run of the alphabet, is what is asked for.
    pub(super) fn counts(&self, text: &[u8]) -> bool {
        if text.len() < self.least {
            return false;
        }
        let mut left = self.mixes;
        text.iter().any(|byte| {
            left &= !kind(*byte);
            left == 0
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_follow_a_literal() {
        for (text, least, follows) in [
            ("=hunter2", 6, true),
            ("=short", 6, false),
            (": short!", 6, true),
            ("_hash.v2 = 'hunter2'", 6, true),
            ("\\\": \\\"hunter2", 6, true),
            ("    =hunter2", 6, false),
            ("=    hunter2", 6, false),
            ("-x=hunter2", 6, false),
            ("abcdefghijklmnop=hunter2", 6, true),
            ("abcdefghijklmnopq=hunter2", 6, false),
            ("=\nhunter2", 6, false),
            ("=", 0, true),
            ("", 0, false),
        ] {
            assert_eq!(value_follows(text.as_bytes(), least), follows, "{text:?}");
        }
        let far = |n: usize| format!("{}@", "u".repeat(n));
        for (text, follows) in [
            ("user:pw@host", true),
            ("host/@", false),
            ("a b@", false),
            ("", false),
            (&far(255), true),
            (&far(256), false),
        ] {
            assert_eq!(byte_follows(text.as_bytes(), b'@'), follows, "{text:?}");
        }
    }
}
