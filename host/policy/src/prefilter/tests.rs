//! Random triggers and texts: whatever the oracle wants is shown, under the contract's laws, however the stream is cut and
//! whenever the redactor is open; and both finders find the same.
#![allow(clippy::unwrap_used, clippy::panic)]
use super::*;
use crate::{
    redact::{Prefilters, Stretch},
    setup::{Follow, Literal, Rule, Run, Trigger},
};
use proptest::{collection::vec, prelude::*, sample::select};

/// A redactor that is open as often as it likes, and keeps account of what it saw.
struct Viewer<'a> {
    setup: &'a RedactorSetup,
    text: &'a [u8],
    seen: Vec<bool>,
    upto: usize,
    open: bool,
    /// Decides by turns whether it is open behind a stretch.
    moods: &'a [bool],
    turn: usize,
}

impl Viewer<'_> {
    /// Takes the stretches of a call; says how far, and whether it is open there.
    fn scan(&mut self, stretches: &[Stretch]) -> (u64, bool) {
        assert!(stretches.iter().map(|s| s.bytes.len()).sum::<usize>() <= 64 << 10);
        assert!(stretches.windows(2).all(|two| two[0].offset + (two[0].bytes.len() as u64) < two[1].offset));
        for Stretch { offset, bytes } in stretches {
            let start = usize::try_from(*offset).unwrap();
            assert!(!bytes.is_empty() && start >= self.upto);
            assert_eq!(bytes, &self.text[start..start + bytes.len()]);
            if start > self.upto {
                assert!(!self.open, "left out {}..{start} while it was open", self.upto);
                let line = self.text[..start].iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
                assert!(oracle::begins(self.setup, self.text, start), "{start} is no beginning ({line})");
            }
            self.upto = start + bytes.len();
            self.seen[start..self.upto].fill(true);
            self.turn += 1;
            self.open = self.moods.get(self.turn % self.moods.len().max(1)).copied().unwrap_or(false);
            if self.open {
                break;
            }
        }
        (self.upto as u64, self.open)
    }
}

/// Which bytes a redactor sees of a stream that is cut like that.
fn seen(filter: &dyn Prefilters, setup: &RedactorSetup, text: &[u8], cuts: &[usize], moods: &[bool]) -> Vec<bool> {
    let mut viewer = Viewer { setup, text, seen: vec![false; text.len()], upto: 0, open: false, moods, turn: 0 };
    let mut stream = filter.open();
    let mut drain = |stream: &mut Box<dyn Prefilter>| loop {
        let next = stream.next();
        let decided = usize::try_from(stream.decided()).unwrap();
        if next.is_empty() {
            if !viewer.open {
                assert!(viewer.upto <= decided);
                viewer.upto = decided;
            }
            return decided;
        }
        let (upto, open) = viewer.scan(&next);
        stream.shown(upto, open);
    };
    let (mut rest, mut cuts) = (text, cuts.iter().cycle());
    while !rest.is_empty() {
        let (piece, more) = rest.split_at(rest.len().min(cuts.next().copied().unwrap_or(usize::MAX).max(1)));
        stream.push(piece);
        drain(&mut stream);
        rest = more;
    }
    stream.end();
    let decided = drain(&mut stream);
    assert_eq!(decided, text.len(), "nothing is left behind");
    viewer.seen
}

fn check(setup: &RedactorSetup, text: &[u8], cuts: &[usize], moods: &[bool]) {
    for filter in [make(setup), make_portable(setup)].into_iter().flatten() {
        let seen = seen(&*filter, setup, text, cuts, moods);
        for range in oracle::wanted(setup, text) {
            if let Some(missed) = range.clone().find(|i| !seen[*i]) {
                panic!("{missed} of {range:?} was skipped: {:?}", String::from_utf8_lossy(&text[range.clone()]));
            }
        }
    }
}

fn setup(triggers: Vec<Trigger>) -> RedactorSetup {
    let rules = vec![Rule { id: "r".into(), description: String::new() }];
    RedactorSetup { rules, attention: Attention::Near(triggers) }
}

fn literals() -> impl Strategy<Value = Literal> {
    let follow = prop_oneof![
        3 => Just(Follow::Anything),
        2 => (0_u32..9).prop_map(Follow::Value),
        1 => select(&b"@/:"[..]).prop_map(Follow::Byte),
    ];
    let text =
        select(&["ab", "key", "Secret", "pass", "a-b.c", "://", "aaaaaaaaaaaab", "ключ", "key=", "\\u00", "b1"][..]);
    let random = "[abAB01=:/_-]{2,12}";
    (prop_oneof![text.prop_map(String::from), random], any::<bool>(), any::<bool>(), follow)
        .prop_map(|(text, any_case, word_start, follow)| Literal { text, any_case, word_start, follow })
}

fn runs() -> impl Strategy<Value = Run> {
    let alphabet = select(&["ab01", "abABcd019+/", "0123456789abcdef", "=-_:/", "a"][..]);
    (alphabet, prop_oneof![1_u32..6, 10_u32..80], 0_u8..16).prop_map(|(alphabet, min_length, kinds)| Run {
        alphabet: alphabet.into(),
        min_length,
        lower: kinds & 1 != 0,
        upper: kinds & 2 != 0,
        digit: kinds & 4 != 0,
        symbol: kinds & 8 != 0,
    })
}

fn triggers() -> impl Strategy<Value = Vec<Trigger>> {
    let reach = || prop_oneof![3 => Just(0_u32), 2 => 1_u32..40, 1 => 40_u32..6_000];
    let bytes = select(&[(0x1b, 0x1b), (0x80, 0xff), (0x00, 0x1f), (b'@', b'@')][..]);
    let one = (vec(literals(), 0..6), vec(runs(), 0..3), vec(bytes, 0..2), reach(), reach(), any::<bool>()).prop_map(
        |(literals, runs, bytes, before, after, across)| Trigger { literals, runs, bytes, before, after, across },
    );
    vec(one, 0..4)
}

/// Text that is near to what is looked for: pieces of it, cut and joined, in lines that are short, or long, or endless.
fn texts() -> impl Strategy<Value = Vec<u8>> {
    let near = select(
        &[
            "ab",
            "key",
            "KEY=",
            "secret: ",
            "SecreT",
            "pass",
            "://u:p@",
            "aaaaaaaaaaaa",
            "b1",
            "ключ",
            "01ab",
            "\u{1b}[1m",
            "a-b.c",
            "=",
            ":",
            "'",
            "\\\"",
            " ",
            "0a1b2c3d4e5f",
            "ab01AB",
            "@",
            "/",
            "value",
            "-----",
        ][..],
    );
    let filler = prop_oneof![
        4 => near.prop_map(|s| s.as_bytes().to_vec()),
        3 => Just(b"\n".to_vec()),
        3 => "[ -~]{0,60}".prop_map(String::into_bytes),
        1 => (0_usize..9_000).prop_map(|n| b"x. ".iter().copied().cycle().take(n).collect()),
        1 => (0_usize..20_000).prop_map(|n| vec![b'q'; n]),
        1 => (0_usize..9_000).prop_map(|n| b"ab01".iter().copied().cycle().take(n).collect()),
        1 => (0_usize..400).prop_map(|n| b"INFO all is well\n".iter().copied().cycle().take(n * 17).collect()),
        1 => vec(any::<u8>(), 0..80),
    ];
    vec(filler, 0..60).prop_map(|parts| parts.concat())
}

fn cuts() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![usize::MAX]),
        Just(vec![1]),
        vec(1_usize..40, 1..5),
        vec(prop_oneof![1_usize..9_000, 60_000_usize..70_000], 1..5),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_the_oracle_wants_is_skipped(
        triggers in triggers(),
        text in texts(),
        cuts in cuts(),
        moods in prop_oneof![Just(vec![]), vec(any::<bool>(), 1..7)],
    ) {
        check(&setup(triggers), &text, &cuts, &moods);
    }

    #[test]
    fn both_finders_find_the_same(triggers in triggers(), text in texts()) {
        let Some(patterns) = Patterns::new(&triggers) else { return Ok(()) };
        let found = |finder: Finder| {
            let mut hits = Vec::new();
            let compiled = Compiled { patterns: Patterns::new(&triggers).unwrap(), finder };
            compiled.find(&text, 0, text.len(), &mut Scratch::default(), &mut hits);
            hits
        };
        let portable = found(Finder::portable(&patterns).unwrap());
        let best = found(Finder::best(&patterns).unwrap());
        // The vector finder reports bytes from the first to the last of a block, and leaves out literals that such a byte implies.
        let bytes = |hit: &Hit| hit.reach == patterns.bytes_reach;
        let within = |hit: &Hit| best.iter().filter(|h| bytes(h)).any(|h| h.start < hit.end && hit.start < h.end);
        for hit in &portable {
            let there = if bytes(hit) { within(hit) } else { best.contains(hit) || within(hit) };
            prop_assert!(there, "{:?} {:?}", hit, String::from_utf8_lossy(&text[hit.start..hit.end]));
        }
        for hit in &best {
            let there = |h: &Hit| if bytes(hit) { bytes(h) && h.start == hit.start } else { h == hit };
            prop_assert!(portable.iter().any(there), "{hit:?}");
        }
    }
}

fn literal(text: &str) -> Literal {
    Literal { text: text.into(), any_case: true, word_start: false, follow: Follow::Anything }
}

fn trigger(text: &str) -> Trigger {
    Trigger { literals: vec![literal(text)], runs: vec![], bytes: vec![], before: 0, after: 0, across: false }
}

#[test]
fn ordinary_lines_are_left_out_and_the_trigger_s_line_is_not() {
    let setup = setup(vec![trigger("password")]);
    let text = [b"all is well\n".repeat(1_000), b"the Password is\n".to_vec(), b"all is well\n".repeat(1_000)].concat();
    for filter in [make(&setup).unwrap(), make_portable(&setup).unwrap()] {
        for cut in [1, 7, 4_096, usize::MAX] {
            let seen = seen(&*filter, &setup, &text, &[cut], &[]);
            let shown = seen.iter().filter(|seen| **seen).count();
            assert_eq!((shown, seen[12_000]), (16, true), "cut every {cut}");
        }
    }
}

#[test]
fn a_trigger_that_spans_lines_by_itself_is_not_searched_for() {
    assert!(make(&setup(vec![trigger("a\nb")])).is_none());
    let everything = RedactorSetup { attention: Attention::Everything, ..setup(vec![]) };
    assert!(make(&everything).is_none());
}

/// A line without an end, and bytes that are no text: what is kept does not grow with the stream.
#[test]
fn memory_does_not_grow_with_an_endless_line() {
    let run =
        Run { alphabet: "xyz0123456789".into(), min_length: 40, lower: true, upper: false, digit: true, symbol: false };
    let across = Trigger { before: 60_000, after: 60_000, across: true, ..trigger("needle") };
    let setup = setup(vec![trigger("password"), Trigger { runs: vec![run], ..trigger("token") }, across]);
    let filter = make(&setup).unwrap();
    let lines: [&[u8]; 4] = [b"x", b"word by word, ", b"\0\xff\x80a", b"needle "];
    for line in lines {
        let chunk: Vec<u8> = line.iter().copied().cycle().take(64 << 10).collect();
        let mut stream = filter.open();
        let mut behind = 0;
        for round in 1..=400_u64 {
            stream.push(&chunk);
            loop {
                let next = stream.next();
                let Some(last) = next.last() else { break };
                stream.shown(last.offset + last.bytes.len() as u64, false);
            }
            behind = behind.max(round * chunk.len() as u64 - stream.decided());
        }
        assert!(behind < 140 << 10, "{:?}: {behind}", String::from_utf8_lossy(line));
    }
}
