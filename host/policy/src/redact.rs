//! Redaction of one channel: every redactor over the same bytes, their findings put together. Bytes count as decided once every
//! redactor has decided them. It points; masking is the release stage's work.
use crate::{
    bindings::{redaction as r, redactor::Redactor, types::Context},
    fault::Fault,
    load::Loaded,
    scan::{SHOWN, Scan},
};
use std::sync::Arc;
use wardgate_core::{BoxFuture, Finding, Progress, Redaction, RedactionFailed};

/// Findings that wait for the slowest redactor: several calls' worth of the contract's most.
const PENDING: usize = 64 << 10;

/// A part of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stretch {
    /// Of its first byte, in the stream.
    pub offset: u64,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Makes a [`Prefilter`] for each stream of one redactor; built once, from its triggers.
pub trait Prefilters: Send + Sync {
    /// For a stream that begins.
    fn open(&self) -> Box<dyn Prefilter>;
}

/// Decides which bytes of one stream one redactor must be shown. It may always show more: the findings must be the same.
pub trait Prefilter: Send {
    /// The bytes that follow.
    fn push(&mut self, bytes: &[u8]);
    /// No more bytes will come.
    fn end(&mut self);
    /// What to show next: in order, with gaps between, at most 64 KiB in all, beginning only where a word begins. Empty: nothing
    /// more can be decided before more bytes come.
    fn next(&mut self) -> Vec<Stretch>;
    /// The redactor took what was shown up to `upto`; bytes behind it that were shown come again. While it is `open`, what is
    /// shown next must begin at `upto` and leave nothing out.
    fn shown(&mut self, upto: u64, open: bool);
    /// Every byte below was shown, or need not be.
    fn decided(&self) -> u64;
}

/// One redactor's part.
///
/// Its instance is made when there is something to show it: most streams hold no trigger, and then a call costs no sandbox at all.
pub(crate) struct Lane {
    plugin: Arc<Loaded<Redactor>>,
    scanner: Scanner,
    rules: Arc<[Arc<str>]>,
    filter: Option<Box<dyn Prefilter>>,
    /// The end of what the host was given, where nothing filters.
    end: u64,
}

/// What a scanner is made from.
pub(crate) struct Opening {
    pub(crate) context: Arc<Context>,
    pub(crate) source: r::Source,
}

/// The instance of a lane.
enum Scanner {
    /// Nothing was worth showing; every byte below was skipped.
    Unopened(Opening, u64),
    Open(Scan),
    /// While it runs elsewhere; for good after a fault.
    Away,
}

impl Lane {
    pub(crate) fn new(
        plugin: Arc<Loaded<Redactor>>,
        opening: Opening,
        rules: Arc<[Arc<str>]>,
        filter: Option<Box<dyn Prefilter>>,
    ) -> Self {
        Self { plugin, scanner: Scanner::Unopened(opening, 0), rules, filter, end: 0 }
    }

    fn name(&self) -> &str {
        &self.plugin.descriptor.name
    }

    /// Everything below is decided; what the filter still looks at is not.
    fn settled(&self) -> u64 {
        match &self.scanner {
            Scanner::Unopened(_, skipped) => *skipped,
            Scanner::Open(scan) => scan.settled(),
            Scanner::Away => 0,
        }
    }

    fn skip_to(&mut self, offset: u64) {
        match &mut self.scanner {
            Scanner::Unopened(_, skipped) => *skipped = offset.max(*skipped),
            Scanner::Open(scan) => scan.skip_to(offset),
            Scanner::Away => {}
        }
    }

    async fn feed(&mut self, bytes: &[u8], out: &mut Vec<Finding>) -> Result<(), RedactionFailed> {
        let Some(filter) = &mut self.filter else {
            for piece in bytes.chunks(SHOWN) {
                let shown = vec![r::Stretch { offset: self.end, bytes: piece.to_vec() }];
                self.end += piece.len() as u64;
                self.show(shown, out).await?;
            }
            return Ok(());
        };
        filter.push(bytes);
        self.drain(out).await
    }

    /// Shows what the filter has decided on.
    async fn drain(&mut self, out: &mut Vec<Finding>) -> Result<(), RedactionFailed> {
        while let Some(filter) = &mut self.filter {
            let next: Vec<r::Stretch> =
                filter.next().into_iter().map(|s| r::Stretch { offset: s.offset, bytes: s.bytes }).collect();
            if next.is_empty() {
                let decided = filter.decided();
                self.skip_to(decided);
                break;
            }
            self.show(next, out).await?;
            if let (Some(filter), Scanner::Open(scan)) = (&mut self.filter, &self.scanner) {
                filter.shown(scan.shown(), scan.open());
            }
        }
        Ok(())
    }

    async fn show(&mut self, stretches: Vec<r::Stretch>, out: &mut Vec<Finding>) -> Result<(), RedactionFailed> {
        let scanner = std::mem::replace(&mut self.scanner, Scanner::Away);
        let (plugin, slow) = (self.plugin.clone(), self.plugin.is_slow());
        let work = move || {
            let mut scan = scanner.opened(plugin)?;
            let found = scan.show(&stretches)?;
            Ok((scan, found))
        };
        let ran = if slow { tokio::task::spawn_blocking(work).await.unwrap_or(Err(Fault::Dead)) } else { work() };
        let (scan, found) = ran.map_err(|fault| self.fell(&fault))?;
        self.scanner = Scanner::Open(scan);
        self.take(&found, out);
        Ok(())
    }

    async fn finish(mut self) -> Result<Vec<Finding>, RedactionFailed> {
        let mut out = Vec::new();
        if let Some(filter) = &mut self.filter {
            filter.end();
            self.drain(&mut out).await?;
        }
        let ran = match std::mem::replace(&mut self.scanner, Scanner::Away) {
            Scanner::Unopened(..) => return Ok(out),
            Scanner::Away => Err(Fault::Dead),
            Scanner::Open(scan) if self.plugin.is_slow() => {
                tokio::task::spawn_blocking(move || scan.finish()).await.unwrap_or(Err(Fault::Dead))
            }
            Scanner::Open(scan) => scan.finish(),
        };
        let found = ran.map_err(|fault| self.fell(&fault))?;
        self.take(&found, &mut out);
        Ok(out)
    }

    fn fell(&self, fault: &Fault) -> RedactionFailed {
        self.plugin.note(fault);
        failed(self.name(), fault)
    }

    fn take(&self, found: &[r::Finding], out: &mut Vec<Finding>) {
        // The scan checked that the index names a rule.
        let rule = |f: &r::Finding| self.rules.get(f.rule as usize).cloned();
        out.extend(found.iter().filter_map(|f| Some(Finding { rule: rule(f)?, start: f.start, end: f.end })));
    }
}

impl Scanner {
    fn opened(self, plugin: Arc<Loaded<Redactor>>) -> Result<Scan, Fault> {
        match self {
            Self::Open(scan) => Ok(scan),
            Self::Away => Err(Fault::Dead),
            Self::Unopened(Opening { context, source }, skipped) => {
                let mut scan = Scan::new(plugin, &context, &source)?;
                scan.skip_to(skipped);
                Ok(scan)
            }
        }
    }
}

/// All redactors over one channel.
pub(crate) struct Channel {
    lanes: Vec<Lane>,
    /// Found by one redactor where another has not decided yet.
    pending: Vec<Finding>,
    settled: u64,
    /// The places that the instances hold.
    _places: crate::engine::Place,
}

impl Channel {
    pub(crate) fn new(lanes: Vec<Lane>, places: crate::engine::Place) -> Self {
        Self { lanes, pending: Vec::new(), settled: 0, _places: places }
    }

    async fn feed(&mut self, bytes: &[u8]) -> Result<Progress, RedactionFailed> {
        for lane in &mut self.lanes {
            lane.feed(bytes, &mut self.pending).await?;
        }
        let slowest = self.lanes.iter().min_by_key(|lane| lane.settled());
        let settled = slowest.map_or(self.settled, Lane::settled);
        // Whoever never decides makes the host keep what the others find.
        if let Some(lane) = slowest.filter(|_| self.pending.len() > PENDING) {
            return Err(failed(lane.name(), &Fault::Answer("it does not decide, while others find more and more")));
        }
        Ok(self.decide(settled))
    }

    /// What all redactors have decided. A finding that reaches beyond it holds everything from its first byte on back: released
    /// apart from its end, that end could no longer change what its beginning showed.
    fn decide(&mut self, settled: u64) -> Progress {
        let mut settled = settled.max(self.settled);
        self.pending.sort_by_key(|finding| std::cmp::Reverse(finding.start));
        for finding in &self.pending {
            if finding.start < settled && finding.end > settled {
                settled = finding.start.max(self.settled);
            }
        }
        let (mut findings, pending): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.pending).into_iter().partition(|finding| finding.end <= settled);
        findings.sort_by_key(|finding| (finding.start, finding.end));
        (self.pending, self.settled) = (pending, settled);
        Progress { findings, settled }
    }
}

impl Redaction for Channel {
    fn scan<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<Progress, RedactionFailed>> {
        Box::pin(self.feed(bytes))
    }

    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<Vec<Finding>, RedactionFailed>> {
        Box::pin(async move {
            let mut all = self.pending;
            for lane in self.lanes {
                all.extend(lane.finish().await?);
            }
            all.sort_by_key(|finding| (finding.start, finding.end));
            Ok(all)
        })
    }
}

/// The host's own words about a redactor that failed.
pub(crate) fn failed(plugin: &str, fault: &Fault) -> RedactionFailed {
    RedactionFailed { plugin: plugin.to_owned(), what: fault.to_string() }
}
