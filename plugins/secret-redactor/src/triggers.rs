//! What the host is asked to look for: the literals of the rules, the run that stands for tokens without a form, and the bytes
//! that hide text. Made from the same table as the scanner's anchors.
use crate::{
    anchors::{Follow, LOOK_BACK, Literal, RUN_ALPHABET, RUN_LENGTH},
    detect::Detector,
    normal::{ODD, WIDE},
};
use std::collections::BTreeSet;
use wardgate_guest::redaction as wit;

/// The triggers; everything, when an operator's pattern may begin with any byte, or a value is known by its hash alone.
pub(crate) fn attention(detector: &Detector) -> wit::Attention {
    if detector.settings.exact.is_some() || detector.settings.patterns.iter().any(|p| p.starts.is_empty()) {
        return wit::Attention::Everything;
    }
    let reach = u32::try_from(LOOK_BACK).unwrap_or(u32::MAX);
    let literals = |across: bool| distinct(&detector.literals, across);
    let run = wit::Run {
        alphabet: RUN_ALPHABET.to_owned(),
        min_length: u32::try_from(RUN_LENGTH).unwrap_or(u32::MAX),
        mixes: wit::Characters::LOWER | wit::Characters::UPPER | wit::Characters::DIGIT,
    };
    let bytes = ODD.iter().copied().chain([(WIDE, WIDE)]).map(|(first, last)| wit::ByteRange { first, last }).collect();
    wit::Attention::Near(vec![
        wit::Trigger {
            literals: literals(false),
            runs: vec![run],
            bytes: vec![],
            before: reach,
            after: 0,
            across: false,
        },
        // What hides text may hide a literal of these.
        wit::Trigger { literals: literals(true), runs: vec![], bytes, before: reach, after: 0, across: true },
    ])
}

/// What the host is asked to look for: each once, though several rules may begin there, and none that begins with another: where that
/// one stands, the text is shown already.
fn distinct(literals: &[Literal], across: bool) -> Vec<wit::Literal> {
    let mut seen = BTreeSet::new();
    let ours = literals.iter().filter(|l| l.across == across);
    let all: Vec<wit::Literal> = ours.filter_map(|l| asked(l, &mut seen)).collect();
    // In this order the beginnings of a text stand before it, and of equal texts the one that asks for more stands first.
    let folded: Vec<String> = all.iter().map(|l| l.text.to_ascii_lowercase()).collect();
    let anything = |i: usize| matches!(all[i].follow, wit::Follow::Anything);
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by_key(|i| (&folded[*i], !anything(*i), !all[*i].any_case, all[*i].word_start));
    let mut kept = vec![true; all.len()];
    let mut beginnings: Vec<usize> = Vec::new();
    for i in order {
        while beginnings.last().is_some_and(|b| !folded[i].starts_with(&folded[*b])) {
            beginnings.pop();
        }
        let shows = |b: &&usize| {
            let (short, long) = (&all[**b], &all[i]);
            (short.any_case || (!long.any_case && long.text.starts_with(&short.text)))
                && (long.word_start || !short.word_start)
        };
        kept[i] = !beginnings.iter().any(|b| shows(&b));
        if kept[i] && anything(i) {
            beginnings.push(i);
        }
    }
    all.into_iter().zip(kept).filter_map(|(l, kept)| kept.then_some(l)).collect()
}

/// What the host is asked for by a literal, if it is not `seen`.
fn asked(l: &Literal, seen: &mut BTreeSet<(String, bool, bool, (i32, u32))>) -> Option<wit::Literal> {
    // A trigger that holds a line's end makes the host show everything; the line itself is enough.
    let text = String::from_utf8_lossy(&l.text).trim_end_matches(['\r', '\n']).to_owned();
    let (kind, follow) = match l.follow {
        Follow::Anything => ((0, 0), wit::Follow::Anything),
        Follow::Value(least) => ((1, least), wit::Follow::Value(least)),
        Follow::Byte(byte) => ((2, u32::from(byte)), wit::Follow::Byte(byte)),
    };
    seen.insert((text.clone(), l.any_case, l.word_start, kind)).then_some(wit::Literal {
        text,
        any_case: l.any_case,
        word_start: l.word_start,
        follow,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_with_another_is_not_asked_for() {
        let literal = |text: &str, any_case, word_start, follow| {
            Literal::new(text, any_case, word_start, follow, crate::anchors::Role::Lines)
        };
        let all = [
            literal("pass", true, true, Follow::Anything),
            literal("PASSword", true, true, Follow::Value(3)),
            literal("password:", true, false, Follow::Anything),
            literal("Password: |", false, false, Follow::Anything),
            literal("tok", false, false, Follow::Anything),
            literal("token", true, false, Follow::Anything),
        ];
        let texts: Vec<_> = distinct(&all, false).into_iter().map(|l| l.text).collect();
        assert_eq!(texts, ["pass", "password:", "tok", "token"]);
    }

    #[test]
    fn literals_are_within_the_contract() {
        let all = crate::anchors::literals();
        let count: usize = [false, true].into_iter().map(|across| distinct(&all, across).len()).sum();
        // The contract's bound is 4,096; the rest is the operators'.
        assert!(count <= 3584, "{count}");
        assert!(all.iter().all(|l| (2..=64).contains(&l.text.len())));
    }
}
