//! What a tool's description says of the active policies: requests that pass, and those that a person is asked about. Bounded: a model
//! reads it in every session.
use std::collections::HashSet;
use wardgate_core::Sample;

/// Bytes of the list of what passes, and of what a person is asked about.
const PASSES: usize = 1200;
const ASKS: usize = 400;

/// Two sentences and their lists; nothing where there is nothing to say.
pub(crate) fn words(samples: &[Sample]) -> String {
    let lines =
        |asks: bool| samples.iter().filter(move |sample| sample.asks == asks).map(|sample| sample.line.as_str());
    let mut text = String::new();
    for (begins, asks, room) in
        [(" Commands that pass, one example each: ", false, PASSES), (" A person is asked first: ", true, ASKS)]
    {
        if lines(asks).next().is_some() {
            text.push_str(begins);
            text.push_str(&joined(lines(asks), room));
            text.push('.');
        }
    }
    text
}

/// As many whole lines as have room, the shorter ones first where not all do; and how many are missing.
fn joined<'a>(lines: impl Iterator<Item = &'a str>, room: usize) -> String {
    let mut seen = HashSet::new();
    let all: Vec<&str> = lines.filter(|line| seen.insert(*line)).collect();
    let mut by_length: Vec<usize> = (0..all.len()).collect();
    by_length.sort_by_key(|&at| all[at].len());
    let (mut used, mut kept) = (0, vec![false; all.len()]);
    for at in by_length {
        used += all[at].len() + 2;
        kept[at] = used <= room;
    }
    let shown: Vec<&str> = all.iter().zip(&kept).filter(|(_, kept)| **kept).map(|(line, _)| *line).collect();
    match all.len() - shown.len() {
        0 => shown.join("; "),
        more => format!("{}; and {more} more", shown.join("; ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(line: &str, asks: bool) -> Sample {
        Sample { rule: "exec.x".into(), about: String::new(), line: line.into(), asks }
    }

    #[test]
    fn what_passes_comes_before_what_is_asked_about() {
        let samples = [sample("du -xh /", true), sample("df -h", false), sample("ss -tan", false)];
        assert_eq!(
            words(&samples),
            " Commands that pass, one example each: df -h; ss -tan. A person is asked first: du -xh /."
        );
        assert_eq!(words(&[]), "");
        assert_eq!(
            words(&[sample("df -h", false), sample("df -h", false)]),
            " Commands that pass, one example each: df -h."
        );
    }

    #[test]
    fn it_is_bounded_and_says_what_is_missing() {
        let samples: Vec<_> = (0..500).map(|n| sample(&format!("command-{n} --with some words"), n % 2 == 0)).collect();
        let text = words(&samples);
        assert!(text.len() < PASSES + ASKS + 200, "{}", text.len());
        assert_eq!(text.matches(" more").count(), 2);
        let one = [sample(&"x".repeat(PASSES), false), sample("df -h", false)];
        assert_eq!(words(&one), " Commands that pass, one example each: df -h; and 1 more.");
    }
}
