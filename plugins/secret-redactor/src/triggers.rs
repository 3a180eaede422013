//! What the host is asked to look for: the literals of the rules, the run that stands for tokens without a form, and the bytes
//! that hide text. Made from the same table as the scanner's anchors.
use crate::{
    anchors::{Follow, LOOK_BACK, RUN_ALPHABET, RUN_LENGTH},
    detect::Detector,
    normal::{ODD, WIDE},
};
use wardgate_guest::redaction as wit;

/// The triggers; everything, when an operator's pattern may begin with any byte, or a value is known by its hash alone.
pub(crate) fn attention(detector: &Detector) -> wit::Attention {
    if detector.settings.exact.is_some() || detector.settings.patterns.iter().any(|p| p.starts.is_empty()) {
        return wit::Attention::Everything;
    }
    let reach = u32::try_from(LOOK_BACK).unwrap_or(u32::MAX);
    let literals = |across: bool| -> Vec<wit::Literal> {
        detector
            .literals
            .iter()
            .filter(|l| l.across == across)
            .map(|l| wit::Literal {
                // A trigger that holds a line's end makes the host show everything; the line itself is enough.
                text: String::from_utf8_lossy(&l.text).trim_end_matches(['\r', '\n']).to_owned(),
                any_case: l.any_case,
                word_start: l.word_start,
                follow: match l.follow {
                    Follow::Anything => wit::Follow::Anything,
                    Follow::Value(least) => wit::Follow::Value(least),
                    Follow::Byte(byte) => wit::Follow::Byte(byte),
                },
            })
            .collect()
    };
    let run = wit::Run {
        alphabet: RUN_ALPHABET.to_owned(),
        min_length: u32::try_from(RUN_LENGTH).unwrap_or(u32::MAX),
        mixes: wit::Characters::LOWER | wit::Characters::UPPER | wit::Characters::DIGIT,
    };
    let bytes = ODD.iter().copied().chain([(WIDE, WIDE)]).map(|(first, last)| wit::ByteRange { first, last }).collect();
    wit::Attention::Near(vec![
        wit::Trigger { literals: literals(false), runs: vec![run], bytes, before: reach, after: 0, across: false },
        wit::Trigger { literals: literals(true), runs: vec![], bytes: vec![], before: reach, after: 0, across: true },
    ])
}
