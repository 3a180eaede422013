//! Prometheus' own conformance files, run against this evaluator. They are not part of this repository:
//! `PROMQLTEST_DIR=…/promql/promqltest/testdata cargo test -p wardgate-cluster promqltest -- --ignored --nocapture`.
//!
//! What the subset refuses is counted and passed over; what it answers must be what Prometheus answers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, clippy::cast_possible_truncation, clippy::float_cmp)]

use super::{Answer, Bounds, Labels, NAME, QueryError, Sample, evaluate};
use crate::mirror::{metrics::Reader, promql::Store};
use std::collections::BTreeMap;

#[derive(Default)]
struct Tally {
    same: usize,
    refused: usize,
    passed_over: usize,
    different: Vec<String>,
}

#[test]
#[ignore = "needs Prometheus' test files: set PROMQLTEST_DIR"]
fn answers_are_those_of_prometheus() {
    let dir = std::env::var("PROMQLTEST_DIR").unwrap();
    let mut tally = Tally::default();
    let mut files: Vec<_> = std::fs::read_dir(dir).unwrap().map(|f| f.unwrap().path()).collect();
    files.sort();
    for file in files.iter().filter(|f| f.extension().is_some_and(|e| e == "test")) {
        // About features that Prometheus has switched off by default, or that no capture can hold.
        let off = ["type_and_unit.test", "name_label_dropping.test", "start_timestamps.test", "native_histograms.test"];
        if off.iter().any(|off| file.ends_with(off)) {
            continue;
        }
        let before = (tally.same, tally.different.len());
        run(&file.file_name().unwrap().to_string_lossy(), &std::fs::read_to_string(file).unwrap(), &mut tally);
        println!("{}: {} same, {} different", file.display(), tally.same - before.0, tally.different.len() - before.1);
    }
    for different in &tally.different {
        println!("{different}");
    }
    let Tally { same, refused, passed_over, different } = tally;
    println!("{same} same, {refused} refused, {passed_over} passed over, {} different", different.len());
    assert!(different.is_empty());
}

fn run(file: &str, text: &str, tally: &mut Tally) {
    // Names of native histograms, which no capture holds.
    let (mut reader, mut lost) = (Reader::default(), Vec::<String>::new());
    let mut lines = text.lines().enumerate().peekable();
    while let Some((at, line)) = lines.next() {
        let line = line.split(" #").next().unwrap().trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let mut block = Vec::new();
        while let Some((_, next)) = lines.peek() {
            if next.trim().is_empty() || !next.starts_with([' ', '\t']) {
                break;
            }
            block.push(lines.next().unwrap().1.trim());
        }
        block.retain(|l| !l.starts_with('#'));
        match line.split_whitespace().next().unwrap() {
            "clear" => (reader, lost) = (Reader::default(), Vec::new()),
            word if word.starts_with("load") => {
                let line = line.replace("load_with_nhcb", "load");
                for series in block {
                    if word != "load" {
                        // Beside the classic buckets it makes a native histogram of their base name.
                        lost.push(series.split("_bucket").next().unwrap().to_owned());
                    }
                    if reader.read(file, &format!("{line}\n{series}"), 0).is_err() {
                        lost.push(series.split(['{', ' ']).next().unwrap().to_owned());
                    }
                }
            }
            word if word.starts_with("eval") => {
                // Some series of these were native histograms.
                let mixed = ["_mix[", "data(_histogram"].iter().any(|name| line.contains(name));
                let odd = |l: &&str| l.contains("{{") || l.contains('\'') || l.starts_with("expect string");
                if mixed
                    || line
                        .split(|c: char| !c.is_alphanumeric() && c != '_')
                        .any(|word| lost.iter().any(|name| name == word))
                    || block.iter().any(odd)
                {
                    tally.passed_over += 1;
                    continue;
                }
                let (series, about) = std::mem::take(&mut reader).finish();
                let store = Store::new(series.clone(), about);
                eval(&format!("{file}:{}", at + 1), line, &block, &store, tally);
                reader = Reader::of(series);
            }
            _ => tally.passed_over += 1,
        }
    }
}

fn millis(text: &str) -> i64 {
    let (text, sign) = text.strip_prefix('-').map_or((text, 1), |t| (t, -1));
    let plain = text.parse::<f64>().map(|s| (s * 1000.0) as i64);
    let ms = plain.unwrap_or_else(|_| {
        wardgate_promql::promql_parser::util::parse_duration(text).unwrap_or_default().as_millis() as i64
    });
    sign * ms
}

fn eval(place: &str, line: &str, block: &[&str], store: &Store, tally: &mut Tally) {
    let words: Vec<&str> = line.split_whitespace().collect();
    let after = |n: usize| {
        let mut rest = line;
        for _ in 0..n {
            rest = rest.trim_start().split_once(char::is_whitespace).unwrap().1;
        }
        rest.trim()
    };
    let (start, end, step, query) = match words[1] {
        "instant" => (millis(words[3]), millis(words[3]), 0, after(4)),
        _ => (millis(words[3]), millis(words[5]), millis(words[7]), after(8)),
    };
    let fails = words[0] == "eval_fail" || block.iter().any(|l| l.starts_with("expect fail"));
    let ordered = words[0] == "eval_ordered" || block.iter().any(|l| l.starts_with("expect ordered"));
    let expected: Vec<&str> = block.iter().copied().filter(|l| !l.starts_with("expect")).collect();
    match evaluate(store, query, start, end, step, Bounds::default()) {
        Err(QueryError::Unsupported { .. } | QueryError::TooMuch { .. } | QueryError::Parse(_)) => tally.refused += 1,
        Err(QueryError::Evaluation(_)) if fails => tally.same += 1,
        Err(error) => tally.different.push(format!("{place}: {query}: {error}")),
        // A range selector's answer has times of its own, which the expectations cannot say.
        Ok(Answer::Matrix(_)) if words[1] == "instant" => tally.passed_over += 1,
        Ok(_) if fails => tally.different.push(format!("{place}: {query}: should fail")),
        Ok(answer) => match compare(&answer, &expected, start, step, ordered) {
            Ok(()) => tally.same += 1,
            Err(why) => tally.different.push(format!("{place}: {query}: {why}")),
        },
    }
}

fn close(a: f64, b: f64) -> bool {
    (a.is_nan() && b.is_nan()) || a == b || (a - b).abs() <= 1e-6 * a.abs().max(b.abs())
}

fn compare(answer: &Answer, expected: &[&str], start: i64, step: i64, ordered: bool) -> Result<(), String> {
    let wanted = |line: &str| -> (Labels, Vec<Sample>) {
        let mut reader = Reader::default();
        let line = line.strip_prefix("{}").map_or_else(|| line.to_owned(), |rest| format!("anonymous {rest}"));
        reader
            .read("expected", &format!("load {}ms\n{line}", step.max(1)), start)
            .unwrap_or_else(|e| panic!("{line}: {e}"));
        let mut one = reader.finish().0.remove(0);
        if one.labels.value(NAME) == "anonymous" {
            one.labels.set(NAME, "");
        }
        (one.labels, one.samples)
    };
    match answer {
        Answer::Scalar(s) => {
            let v: f64 = expected.first().ok_or("nothing expected")?.parse().map_err(|_| "not a number")?;
            if close(v, s.v) { Ok(()) } else { Err(format!("{} for {v}", s.v)) }
        }
        Answer::Text(_, t) => {
            if expected.first().is_some_and(|e| e.contains(&t[..])) {
                Ok(())
            } else {
                Err(format!("{t:?} for {expected:?}"))
            }
        }
        Answer::Vector(points) => {
            let want: Vec<_> = expected.iter().map(|line| wanted(line)).collect();
            if ordered {
                let same = want.len() == points.len()
                    && want.iter().zip(points).all(|(w, p)| w.0 == p.0 && close(w.1[0].v, p.1.v));
                return if same { Ok(()) } else { Err(format!("{points:?} for {expected:?}")) };
            }
            let got = points.iter().map(|(l, s)| (l.clone(), vec![Sample { t: start, v: s.v }])).collect();
            same(got, want)
        }
        Answer::Matrix(lanes) => {
            let want = expected.iter().map(|line| wanted(line)).filter(|(_, s)| !s.is_empty()).collect();
            same(lanes.clone(), want)
        }
    }
}

fn same(got: Vec<(Labels, Vec<Sample>)>, want: Vec<(Labels, Vec<Sample>)>) -> Result<(), String> {
    let (got, want): (BTreeMap<_, _>, BTreeMap<_, _>) = (got.into_iter().collect(), want.into_iter().collect());
    let equal = got.len() == want.len()
        && got.iter().zip(&want).all(|(g, w)| {
            g.0 == w.0 && g.1.len() == w.1.len() && g.1.iter().zip(w.1).all(|(a, b)| a.t == b.t && close(a.v, b.v))
        });
    if equal { Ok(()) } else { Err(format!("\n     got {got:?}\n  wanted {want:?}")) }
}
