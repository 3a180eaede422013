//! One channel on its way out: undecided bytes wait here, decided ones leave clean or as a mask. Knows nothing of who decides.
use crate::{Finding, Form, Progress, Tags};
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
        /// What stands in the range's place; empty if `joined`.
        text: &'a str,
    },
}

/// Bytes before a mask that are looked at to see whether it stands for a bare JSON value: blanks, a colon, the key's closing quote
/// and the backslashes before it.
const BEFORE: usize = 24;

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
    form: Form,
    tags: Option<Arc<dyn Tags>>,
    /// The last bytes that were let go clean, with nothing masked behind them.
    before: Vec<u8>,
}

impl Masker {
    pub(crate) fn new(form: Form, tags: Option<Arc<dyn Tags>>) -> Self {
        Self {
            base: 0,
            pending: Vec::new(),
            settled: 0,
            last: None,
            withheld: WITHHELD.into(),
            form,
            tags,
            before: Vec::new(),
        }
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
                let clean = &self.pending[at(from)..at(start)];
                out(Piece::Clean(clean, from));
                remember(&mut self.before, clean);
            }
            let joined = self.last.as_ref().is_some_and(|(rule, ended)| {
                // Overlapping findings are one mask whatever their rules; touching ones only if the rule is the same.
                *ended == start && (*rule == finding.rule || finding.start < start)
            });
            let secret = &self.pending[at(start)..at(end)];
            let text = if joined { String::new() } else { self.text(&finding.rule, secret) };
            out(Piece::Mask { rule: &finding.rule, start, end, joined, text: &text });
            self.before.clear();
            from = end;
            self.last = Some((finding.rule, end));
        }
        if from < upto {
            let clean = &self.pending[at(from)..at(upto)];
            out(Piece::Clean(clean, from));
            remember(&mut self.before, clean);
        }
        let gone = at(upto);
        self.pending.drain(..gone);
        self.base = upto;
    }

    /// What the reader sees in the secret's place. A bare JSON value after a quoted key becomes a string, with the quotes of that
    /// key, so that a line of JSON stays one, within another JSON string too.
    fn text(&self, rule: &str, secret: &[u8]) -> String {
        let tag = self.tags.as_ref().map(|tags| format!(" #{}", tags.tag(secret))).unwrap_or_default();
        let mask = format!("[redacted:{rule}{tag}]");
        match closing_quote(&self.before).filter(|_| self.form == Form::Text && bare_value(secret)) {
            Some(quote) => format!("{quote}{mask}{quote}"),
            None => mask,
        }
    }
}

fn remember(before: &mut Vec<u8>, clean: &[u8]) {
    if clean.len() < BEFORE {
        before.extend_from_slice(clean);
        before.drain(..before.len().saturating_sub(BEFORE));
    } else {
        before.clear();
        before.extend_from_slice(&clean[clean.len() - BEFORE..]);
    }
}

/// The quote of a key that ends in `":` and blanks, with the backslashes that stand before it.
fn closing_quote(before: &[u8]) -> Option<String> {
    let key = before.trim_ascii_end().strip_suffix(b":")?.trim_ascii_end().strip_suffix(b"\"")?;
    let escapes = key.iter().rev().take_while(|byte| **byte == b'\\').count();
    // Backslashes all the way back: how many there are is not known.
    (escapes < key.len()).then(|| format!("{}\"", "\\".repeat(escapes)))
}

/// A number or a keyword, as JSON writes them without quotes.
fn bare_value(secret: &[u8]) -> bool {
    matches!(secret, b"true" | b"false" | b"null")
        || (secret.iter().any(u8::is_ascii_digit)
            && secret.iter().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn finding(rule: &str, start: u64, end: u64) -> Finding {
        Finding { rule: rule.into(), start, end }
    }

    fn run(text: &str, findings: Vec<Finding>) -> String {
        let (mut masker, mut out) = (Masker::new(Form::Text, None), String::new());
        masker.push(text.as_bytes());
        let settled = masker.end();
        masker.decide(Progress { findings, settled }, &mut |piece| write(&mut out, &piece)).unwrap();
        out
    }

    fn write(out: &mut String, piece: &Piece<'_>) {
        match piece {
            Piece::Clean(bytes, _) => out.push_str(std::str::from_utf8(bytes).unwrap()),
            Piece::Mask { joined: true, .. } => {}
            Piece::Mask { text, .. } => out.push_str(&text.replace("[redacted:", "<").replace(']', ">")),
        }
    }

    #[test]
    fn a_bare_json_value_becomes_a_string_with_the_quotes_of_its_key() {
        for (text, masked, seen) in [
            (r#"{"pin": 123456}"#, "123456", r#"{"pin": "<r>"}"#),
            (r#"{"pin":-1.5e7,"a":1}"#, "-1.5e7", r#"{"pin":"<r>","a":1}"#),
            (r#"{"secret" : true}"#, "true", r#"{"secret" : "<r>"}"#),
            (r#"{"msg":"{\"pin\":1234}"}"#, "1234", r#"{"msg":"{\"pin\":\"<r>\"}"}"#),
            (r#"{"pin":"123456"}"#, "123456", r#"{"pin":"<r>"}"#),
            ("pin: 123456", "123456", "pin: <r>"),
            (r#""pin": letmein"#, "letmein", r#""pin": <r>"#),
            ("12345678", "12345678", "<r>"),
        ] {
            let start = text.find(masked).unwrap() as u64;
            let found = vec![finding("r", start, start + masked.len() as u64)];
            assert_eq!(run(text, found.clone()), seen);
            // However it is cut.
            for cut in 0..=text.len() {
                let (mut masker, mut out) = (Masker::new(Form::Text, None), String::new());
                masker.push(&text.as_bytes()[..cut]);
                let settled = start.min(cut as u64);
                let progress = Progress { findings: vec![], settled };
                masker.decide(progress, &mut |piece| write(&mut out, &piece)).unwrap();
                masker.push(&text.as_bytes()[cut..]);
                let progress = Progress { findings: found.clone(), settled: masker.end() };
                masker.decide(progress, &mut |piece| write(&mut out, &piece)).unwrap();
                assert_eq!(out, seen, "cut at {cut}");
            }
        }
    }

    #[test]
    fn a_tag_stands_behind_the_rule() {
        struct Length;
        impl Tags for Length {
            fn tag(&self, secret: &[u8]) -> String {
                secret.len().to_string()
            }
        }
        let (mut masker, mut out) = (Masker::new(Form::Text, Some(Arc::new(Length))), String::new());
        masker.push(b"key=hunter2;");
        let progress = Progress { findings: vec![finding("r", 4, 11)], settled: 12 };
        masker.decide(progress, &mut |piece| write(&mut out, &piece)).unwrap();
        assert_eq!(out, "key=<r #7>;");
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
            let mut masker = Masker::new(Form::Text, None);
            masker.push(b"0123456789");
            assert_eq!(masker.decide(progress, &mut |_| {}).unwrap_err(), why);
        }
        let mut masker = Masker::new(Form::Text, None);
        masker.push(b"0123456789");
        masker.decide(Progress { findings: vec![], settled: 5 }, &mut |_| {}).unwrap();
        let again = masker.decide(Progress { findings: vec![], settled: 4 }, &mut |_| {});
        assert_eq!(again.unwrap_err(), Impossible::SettledBackwards);
    }

    #[test]
    fn what_is_withheld_beyond_the_bound_is_masked_as_one_and_the_stream_goes_on() {
        let (mut masker, mut out, mut most) = (Masker::new(Form::Text, None), String::new(), 0);
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
