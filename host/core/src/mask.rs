//! One channel on its way out: undecided bytes wait here, decided ones leave clean or as a mask. Knows nothing of who decides.
use crate::{Finding, Progress};
use std::sync::Arc;

/// Undecided bytes that a redactor may hold back; beyond it they are masked as one, so that no redactor can make the host
/// hoard.
pub(crate) const HOLD: usize = 256 << 10;

/// The rule under which the host masks what a redactor would not decide.
pub(crate) const WITHHELD: &str = "withheld";

/// What leaves redaction, in order: between two calls nothing is missing and nothing overlaps.
pub enum Piece<'a> {
    /// Bytes that may be shown; the offset of their first.
    Clean(&'a [u8], u64),
    /// A masked range of the stream. `joined`: it goes on where the last mask ended, and is one with it.
    Mask {
        /// Which rule found it.
        rule: &'a Arc<str>,
        /// First byte.
        start: u64,
        /// One past the last.
        end: u64,
        /// No new mask for the reader.
        joined: bool,
    },
}

/// An answer of a redactor that cannot be.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Impossible {
    SettledBackwards,
    SettledBeyondTheEnd,
    FindingOutOfRange,
}

impl Impossible {
    pub(crate) fn words(&self) -> &'static str {
        match self {
            Self::SettledBackwards => "it took back what it had settled",
            Self::SettledBeyondTheEnd => "it settled bytes it had not seen",
            Self::FindingOutOfRange => "a finding lies outside of what it decided",
        }
    }
}

pub(crate) struct Masker {
    /// Offset of the first pending byte.
    base: u64,
    pending: Vec<u8>,
    /// What the redactor last settled; below `base` once the host has masked what was withheld.
    settled: u64,
    /// End of the last mask, and its rule.
    last: Option<(Arc<str>, u64)>,
    withheld: Arc<str>,
}

impl Masker {
    pub(crate) fn new() -> Self {
        Self { base: 0, pending: Vec::new(), settled: 0, last: None, withheld: WITHHELD.into() }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.pending.extend_from_slice(bytes);
    }

    /// Offset one past the last byte pushed.
    pub(crate) fn end(&self) -> u64 {
        self.base + self.pending.len() as u64
    }

    /// Takes what redaction decided and lets decided bytes go.
    pub(crate) fn decide(&mut self, progress: Progress, out: &mut dyn FnMut(Piece<'_>)) -> Result<(), Impossible> {
        if progress.settled < self.settled {
            return Err(Impossible::SettledBackwards);
        }
        if progress.settled > self.end() {
            return Err(Impossible::SettledBeyondTheEnd);
        }
        let fits = |f: &Finding| f.start < f.end && f.start >= self.settled && f.end <= progress.settled;
        if !progress.findings.iter().all(fits) {
            return Err(Impossible::FindingOutOfRange);
        }
        self.settled = progress.settled;
        self.let_go(progress.findings, progress.settled, out);
        if self.pending.len() > HOLD {
            let all = Finding { rule: self.withheld.clone(), start: self.base, end: self.end() };
            self.let_go(vec![all], self.end(), out);
        }
        Ok(())
    }

    fn let_go(&mut self, mut findings: Vec<Finding>, upto: u64, out: &mut dyn FnMut(Piece<'_>)) {
        if upto <= self.base {
            return;
        }
        findings.sort_by_key(|f| (f.start, std::cmp::Reverse(f.end)));
        let at = |offset: u64| usize::try_from(offset - self.base).unwrap_or(usize::MAX).min(self.pending.len());
        let mut from = self.base;
        for finding in findings {
            let (start, end) = (finding.start.max(from), finding.end.min(upto));
            if start >= end {
                continue;
            }
            if start > from {
                out(Piece::Clean(&self.pending[at(from)..at(start)], from));
            }
            let joined = self.last.as_ref().is_some_and(|(rule, ended)| {
                // Overlapping findings are one mask whatever their rules; touching ones only if the rule is the same.
                *ended == start && (*rule == finding.rule || finding.start < start)
            });
            out(Piece::Mask { rule: &finding.rule, start, end, joined });
            from = end;
            self.last = Some((finding.rule, end));
        }
        if from < upto {
            out(Piece::Clean(&self.pending[at(from)..at(upto)], from));
        }
        let gone = at(upto);
        self.pending.drain(..gone);
        self.base = upto;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn finding(rule: &str, start: u64, end: u64) -> Finding {
        Finding { rule: rule.into(), start, end }
    }

    fn run(text: &str, findings: Vec<Finding>) -> String {
        let (mut masker, mut out) = (Masker::new(), String::new());
        masker.push(text.as_bytes());
        let settled = masker.end();
        masker.decide(Progress { findings, settled }, &mut |piece| write(&mut out, &piece)).unwrap();
        out
    }

    fn write(out: &mut String, piece: &Piece<'_>) {
        match piece {
            Piece::Clean(bytes, _) => out.push_str(std::str::from_utf8(bytes).unwrap()),
            Piece::Mask { joined: true, .. } => {}
            Piece::Mask { rule, .. } => out.push_str(&format!("<{rule}>")),
        }
    }

    #[test]
    fn overlaps_are_one_mask_and_touching_ones_of_one_rule_too() {
        for (findings, seen) in [
            (vec![], "0123456789"),
            (vec![finding("a", 2, 4)], "01<a>456789"),
            (vec![finding("a", 2, 6), finding("b", 4, 8)], "01<a>89"),
            (vec![finding("b", 4, 8), finding("a", 2, 6)], "01<a>89"),
            (vec![finding("a", 2, 4), finding("a", 4, 6)], "01<a>6789"),
            (vec![finding("a", 2, 4), finding("b", 4, 6)], "01<a><b>6789"),
            (vec![finding("a", 2, 8), finding("b", 3, 4)], "01<a>89"),
            (vec![finding("a", 0, 10)], "<a>"),
        ] {
            assert_eq!(run("0123456789", findings), seen);
        }
    }

    #[test]
    fn an_impossible_answer_is_refused() {
        for (progress, why) in [
            (Progress { findings: vec![], settled: 11 }, Impossible::SettledBeyondTheEnd),
            (Progress { findings: vec![finding("a", 3, 3)], settled: 10 }, Impossible::FindingOutOfRange),
            (Progress { findings: vec![finding("a", 3, 7)], settled: 6 }, Impossible::FindingOutOfRange),
        ] {
            let mut masker = Masker::new();
            masker.push(b"0123456789");
            assert_eq!(masker.decide(progress, &mut |_| {}).unwrap_err(), why);
        }
        let mut masker = Masker::new();
        masker.push(b"0123456789");
        masker.decide(Progress { findings: vec![], settled: 5 }, &mut |_| {}).unwrap();
        let again = masker.decide(Progress { findings: vec![], settled: 4 }, &mut |_| {});
        assert_eq!(again.unwrap_err(), Impossible::SettledBackwards);
    }

    #[test]
    fn what_is_withheld_beyond_the_bound_is_masked_as_one_and_the_stream_goes_on() {
        let (mut masker, mut out, mut most) = (Masker::new(), String::new(), 0);
        for _ in 0..100 {
            masker.push(&[b'x'; 16 << 10]);
            masker.decide(Progress::default(), &mut |piece| write(&mut out, &piece)).unwrap();
            most = most.max(masker.pending.len());
        }
        assert_eq!(out, "<withheld>");
        assert!(most <= HOLD);
        let end = masker.end();
        masker.push(b"tail");
        masker.decide(Progress { findings: vec![], settled: end + 4 }, &mut |piece| write(&mut out, &piece)).unwrap();
        assert!(out.ends_with("tail"));
    }
}
