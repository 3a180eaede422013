//! Streams of redactors: findings do not depend on chunks, several redactors are put together, and one that misbehaves ends its
//! stream instead of letting bytes through.
use crate::kit::*;
use wardgate_core::{Channel, Finding, Form, Redaction, RedactionFailed, Redactors};
use wardgate_policy::{
    PolicySet, SetSource,
    redact::{Prefilter, Prefilters, Stretch},
    setup::RedactorSetup,
};

async fn open(set: &PolicySet) -> Box<dyn Redaction> {
    set.open(&context(), Channel::Log, Form::Text).await.unwrap()
}

/// All findings of a text shown in pieces; checks on the way that findings lie below `settled`, and that it only grows.
async fn found(set: &PolicySet, text: &[u8], cut: usize) -> Result<Vec<(u64, u64)>, RedactionFailed> {
    let mut stream = open(set).await;
    let (mut all, mut settled): (Vec<Finding>, u64) = (Vec::new(), 0);
    for piece in text.chunks(cut) {
        let progress = stream.scan(piece).await?;
        assert!(progress.settled >= settled);
        assert!(
            progress.findings.iter().all(|f| f.end <= progress.settled && f.start >= settled),
            "{progress:?} after {settled}"
        );
        settled = progress.settled;
        all.extend(progress.findings);
    }
    all.extend(stream.finish().await?);
    Ok(all.into_iter().map(|f| (f.start, f.end)).collect())
}

async fn failure(scanner: Scanner, text: &[u8]) -> RedactionFailed {
    let set = redactors(&[scanner.wat()]).unwrap();
    found(&set, text, 1 << 20).await.unwrap_err()
}

#[tokio::test]
async fn findings_do_not_depend_on_how_the_stream_was_cut() {
    let set = redactors(&[Scanner::default().wat()]).unwrap();
    let text: Vec<u8> = (0..200_000_u32).map(|i| if i % 977 == 5 { b'X' } else { b'.' }).collect();
    let whole = found(&set, &text, text.len()).await.unwrap();
    assert_eq!(whole.len(), text.iter().filter(|b| **b == b'X').count());
    for cut in [777, 4_096, PAGE, PAGE + 1] {
        assert_eq!(found(&set, &text, cut).await.unwrap(), whole, "cut every {cut}");
    }
}

#[tokio::test]
async fn bytes_count_as_decided_once_every_redactor_decided_them() {
    let slow = Scanner { holds: 10, ..Scanner::default() };
    let set = redactors(&[Scanner::default().wat(), slow.wat()]).unwrap();
    let mut stream = open(&set).await;
    let mut text = [b'.'; 40];
    text[35] = b'X'; // in what the slow one holds back
    let failed = stream.scan(&text).await;
    assert!(failed.is_err(), "it found something where it had not decided yet");
    let mut stream = open(&set).await;
    let progress = stream.scan(&[b'.'; 40]).await.unwrap();
    assert_eq!((progress.settled, progress.findings.len()), (30, 0));
    assert!(stream.finish().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_finding_that_one_redactor_has_not_reached_is_held_back_whole() {
    // The first finds 25..40 of 40 bytes; the second has decided 30: nothing from 25 on may be released yet.
    let wide = "(i32.store (i32.const 131072) (i32.const 0)) (i64.store (i32.const 131080) (i64.const 25))
        (i64.store (i32.const 131088) (i64.const 40)) (i32.store (i32.const 2052) (i32.const 1))";
    let wide = Scanner { progress: wide.into(), ..Scanner::default() };
    let slow = Scanner { holds: 10, ..Scanner::default() };
    let set = redactors(&[wide.wat(), slow.wat()]).unwrap();
    let mut stream = open(&set).await;
    let progress = stream.scan(&[b'.'; 40]).await.unwrap();
    assert_eq!((progress.settled, progress.findings.len()), (25, 0));
    let last = stream.finish().await.unwrap();
    assert_eq!((last[0].start, last[0].end, &*last[0].rule), (25, 40, "test.x"));
}

#[tokio::test]
async fn one_that_traps_loops_or_eats_memory_ends_the_stream() {
    for (scan, says) in [
        ("(unreachable)", "trapped"),
        ("(loop (br 0))", "deadline"),
        ("(drop (memory.grow (i32.const 1000)))", "memory"),
    ] {
        let failed = failure(Scanner { scan: scan.into(), ..Scanner::default() }, b"abc").await;
        assert_eq!(failed.plugin, "test-0");
        assert!(failed.what.contains(says), "{says}: {}", failed.what);
    }
    let failed = failure(Scanner { finish: "(unreachable)".into(), ..Scanner::default() }, b"abc").await;
    assert!(failed.what.contains("trapped"), "{}", failed.what);
}

#[tokio::test]
async fn one_that_fails_when_it_is_opened_shows_nothing() {
    let set = redactors(&[Scanner { construct: "(unreachable)".into(), ..Scanner::default() }.wat()]).unwrap();
    // It is opened when there is something to show it, and never asked about a stream that holds nothing.
    let mut stream = open(&set).await;
    assert!(stream.scan(b"abc").await.is_err());
    assert!(stream.finish().await.is_err());
    assert!(open(&set).await.finish().await.unwrap().is_empty());
}

#[tokio::test]
async fn after_a_fault_the_stream_stays_dead() {
    let scan = "(if (i32.eq (i32.load8_u (i32.load offset=8 (local.get 1))) (i32.const 33)) (then (unreachable)))";
    let set = redactors(&[Scanner { scan: scan.into(), ..Scanner::default() }.wat()]).unwrap();
    let mut stream = open(&set).await;
    assert!(stream.scan(b"abc").await.is_ok());
    assert!(stream.scan(b"!").await.is_err());
    assert!(stream.scan(b"abc").await.is_err());
    assert!(stream.finish().await.is_err());
}

#[tokio::test]
async fn impossible_answers_end_the_stream() {
    let finding = |rule: u32, start: i64, end: i64| {
        format!(
            "(i32.store (i32.const 131072) (i32.const {rule})) (i64.store (i32.const 131080) (i64.const {start}))
             (i64.store (i32.const 131088) (i64.const {end})) (i32.store (i32.const 2052) (i32.const 1))"
        )
    };
    for (what, progress) in [
        ("settled beyond what it saw", "(i64.store (i32.const 2056) (i64.const 11))".to_owned()),
        ("settled below zero", "(i64.store (i32.const 2056) (i64.const -1))".to_owned()),
        ("a rule that it does not have", finding(1, 0, 1)),
        ("an empty finding", finding(0, 4, 4)),
        ("a finding that ends before it begins", finding(0, 5, 4)),
        ("a finding beyond what it settled", finding(0, 5, 11)),
        ("a finding at the end of the world", finding(0, 5, -1)),
        ("more findings than fit", "(i32.store (i32.const 2052) (i32.const 4097))".to_owned()),
        (
            "findings out of its memory",
            "(i32.store (i32.const 2048) (i32.const -24)) (i32.store (i32.const 2052) (i32.const 9))".to_owned(),
        ),
    ] {
        let set = redactors(&[Scanner { progress, ..Scanner::default() }.wat()]).unwrap();
        assert!(open(&set).await.scan(b"0123456789").await.is_err(), "{what}");
    }
}

#[tokio::test]
async fn unsettling_what_was_settled_ends_the_stream() {
    // The second call, which begins at 5, says that 3 bytes are settled.
    let progress = "(if (i64.gt_u (global.get $end) (i64.const 5)) (then (i64.store (i32.const 2056) (i64.const 3))))";
    let set = redactors(&[Scanner { progress: progress.into(), ..Scanner::default() }.wat()]).unwrap();
    let mut stream = open(&set).await;
    assert_eq!(stream.scan(b"01234").await.unwrap().settled, 5);
    assert!(stream.scan(b"56789").await.is_err());
}

#[tokio::test]
async fn without_a_redactor_nothing_can_be_shown() {
    let set = reviewer(&Hand::default().wat()).unwrap();
    let failed = set.open(&context(), Channel::Log, Form::Text).await.err().unwrap();
    assert!(failed.what.contains("no redactor"), "{}", failed.what);
}

#[tokio::test]
async fn open_streams_hold_places_and_give_them_back() {
    let host = wardgate_policy::Host::new(wardgate_policy::engine::Settings { streams: 2, ..settings() }).unwrap();
    let publisher = Publisher::new();
    let modules =
        vec![publisher.signed(&component("redactor", &Scanner::default().wat()), predicate("test-a", "redactor"))];
    let trust = publisher.trusted("");
    let source =
        SetSource { modules, trust: &trust, plugins: &[], cache: None, now: NOW.parse().unwrap(), prefilter: None };
    let set = PolicySet::load(&host, source).unwrap();
    let (_first, second) = (open(&set).await, open(&set).await);
    let failed = set.open(&context(), Channel::Log, Form::Text).await.err().unwrap();
    assert!(failed.what.contains("wait too long"), "{}", failed.what);
    drop(second);
    drop(open(&set).await);
}

/// Shows only lines that hold an `X`, several a call, and starts over from wherever the redactor stopped.
#[derive(Default)]
struct Lines {
    text: Vec<u8>,
    at: usize,
    ended: bool,
    open: bool,
}

struct AllLines;

impl Prefilters for AllLines {
    fn open(&self) -> Box<dyn Prefilter> {
        Box::new(Lines::default())
    }
}

impl Prefilter for Lines {
    fn push(&mut self, bytes: &[u8]) {
        self.text.extend_from_slice(bytes);
    }

    fn end(&mut self) {
        self.ended = true;
    }

    fn next(&mut self) -> Vec<Stretch> {
        let mut all: Vec<Stretch> = Vec::new();
        let mut size = 0;
        while let Some(line) = self.text[self.at..].split_inclusive(|b| *b == b'\n').next().map(<[u8]>::to_vec) {
            if (line.last() != Some(&b'\n') && !self.ended) || size + line.len() > PAGE {
                break;
            }
            if self.open || line.contains(&b'X') {
                size += line.len();
                match all.last_mut().filter(|last| last.offset + last.bytes.len() as u64 == self.at as u64) {
                    Some(last) => last.bytes.extend_from_slice(&line),
                    None => all.push(Stretch { offset: self.at as u64, bytes: line.clone() }),
                }
            }
            self.at += line.len();
        }
        all
    }

    fn shown(&mut self, upto: u64, open: bool) {
        self.open = open;
        if open {
            self.at = usize::try_from(upto).unwrap();
        }
    }

    fn decided(&self) -> u64 {
        self.at as u64
    }
}

/// The law: what a prefilter skips must not change what is found.
#[tokio::test]
async fn findings_do_not_depend_on_what_the_prefilter_skipped() {
    let publisher = Publisher::new();
    let module = publisher.signed(&component("redactor", &Scanner::default().wat()), predicate("test-a", "redactor"));
    let trust = publisher.trusted("");
    let make = |_: &RedactorSetup| Some(std::sync::Arc::new(AllLines) as std::sync::Arc<dyn Prefilters>);
    let with = |prefilter| {
        let source = SetSource {
            modules: vec![module.clone()],
            trust: &trust,
            plugins: &[],
            cache: None,
            now: NOW.parse().unwrap(),
            prefilter,
        };
        PolicySet::load(&host(), source).unwrap()
    };
    let (all, filtered) = (with(None), with(Some(make)));
    let text: Vec<u8> = (0..3_000_u32)
        .flat_map(|i| if i % 7 == 3 { b"a line with X in it\n".to_vec() } else { b"a line without\n".to_vec() })
        .collect();
    let whole = found(&all, &text, text.len()).await.unwrap();
    assert_eq!(whole.len(), 429 - 1 + usize::from(3_000 % 7 > 3));
    for cut in [501, 8_192, text.len()] {
        assert_eq!(found(&filtered, &text, cut).await.unwrap(), whole, "cut every {cut}");
    }
}
