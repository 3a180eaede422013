//! A redactor small enough to be right by looking at it: a word and so many digits behind it are a secret.
use wardgate_core::{BoxFuture, Channel, Context, Finding, Form, Progress, Redaction, RedactionFailed, Redactors};

/// Masks `word` followed by `digits` digits.
#[derive(Clone, Copy, Debug)]
pub struct Masks {
    /// The rule's name.
    pub rule: &'static str,
    /// How a secret begins.
    pub word: &'static [u8],
    /// How many digits follow.
    pub digits: usize,
}

/// One channel of it: right at any chunk boundary, because what may be a secret's beginning stays undecided.
#[derive(Clone, Debug)]
pub struct Scan {
    masks: Masks,
    at: u64,
    held: Vec<u8>,
}

impl Scan {
    /// At the beginning of a channel.
    pub fn new(masks: Masks) -> Self {
        Self { masks, at: 0, held: Vec::new() }
    }

    /// The channel's next bytes, to be looked at by [`Self::step`].
    pub fn take(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// Decides as far as it can: to the end if these are the channel's `last` bytes.
    pub fn step(&mut self, last: bool) -> Progress {
        let Masks { rule, word, digits } = self.masks;
        let whole = word.len() + digits;
        let (mut findings, mut i) = (Vec::new(), 0);
        while i < self.held.len() {
            let rest = &self.held[i..];
            let like = rest.iter().take(whole).enumerate().all(|(n, byte)| match word.get(n) {
                Some(letter) => byte == letter,
                None => byte.is_ascii_digit(),
            });
            if like && rest.len() >= whole {
                let start = self.at + i as u64;
                findings.push(Finding { rule: rule.into(), start, end: start + whole as u64 });
                i += whole;
            } else if like && !last {
                break;
            } else {
                i += 1;
            }
        }
        self.held.drain(..i);
        self.at += i as u64;
        Progress { findings, settled: self.at }
    }
}

impl Redactors for Masks {
    fn open<'a>(
        &'a self,
        _: &'a Context,
        _: Channel,
        _: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>> {
        Box::pin(async { Ok(Box::new(Scan::new(*self)) as _) })
    }
}

impl Redaction for Scan {
    fn scan<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<Progress, RedactionFailed>> {
        self.take(bytes);
        let progress = self.step(false);
        Box::pin(async move { Ok(progress) })
    }
    fn finish(mut self: Box<Self>) -> BoxFuture<'static, Result<Vec<Finding>, RedactionFailed>> {
        Box::pin(async move { Ok(self.step(true).findings) })
    }
}
