//! One redactor over one stream: an instance that lives as long as the stream, shown stretch after stretch. What it answers is
//! checked; after a fault nothing of it counts any more.
use crate::{
    bindings::{
        redaction::{Finding, Progress, Source, Stretch},
        redactor::Redactor,
        types::Context,
    },
    fault::Fault,
    guard::Guard,
    load::Loaded,
};
use std::{sync::Arc, time::Duration};
use wasmtime::{Store, component::ResourceAny};

/// The contract's bounds on one call.
pub(crate) const SHOWN: usize = 64 << 10;
const FINDINGS: usize = 4_096;

/// A stream under one scanner.
pub(crate) struct Scan {
    plugin: Arc<Loaded<Redactor>>,
    store: Store<Guard>,
    world: Redactor,
    scanner: ResourceAny,
    shown: u64,
    settled: u64,
    open: bool,
    dead: bool,
}

impl Scan {
    /// A fresh instance with a scanner in it, within the time of one call.
    pub(crate) fn new(plugin: Arc<Loaded<Redactor>>, context: &Context, source: &Source) -> Result<Self, Fault> {
        let time = plugin.host.settings.scan.time;
        let (mut store, world) = plugin.fresh(time)?;
        let scanner = world.wardgate_policy_redaction().scanner().call_constructor(&mut store, context, source);
        let scanner = Fault::check(scanner, &store, time)?;
        Ok(Self { plugin, store, world, scanner, shown: 0, settled: 0, open: false, dead: false })
    }

    /// Below this, everything is decided.
    pub(crate) fn settled(&self) -> u64 {
        self.settled
    }

    /// The end of what it took.
    pub(crate) fn shown(&self) -> u64 {
        self.shown
    }

    /// It wants every byte from there on.
    pub(crate) fn open(&self) -> bool {
        self.open
    }

    /// Shows stretches: in order, with gaps between them, at most 64 KiB in all; nothing may be left out while it is open. If it is
    /// open at the end of one it took no later ones, and the caller goes on at [`Scan::shown`]. Each call has its own deadline.
    pub(crate) fn show(&mut self, stretches: &[Stretch]) -> Result<Vec<Finding>, Fault> {
        if std::mem::replace(&mut self.dead, true) {
            return Err(Fault::Dead);
        }
        let (Some(first), Some(last)) = (stretches.first(), stretches.last()) else {
            self.dead = false;
            return Ok(Vec::new());
        };
        let gaps = stretches.windows(2).all(|pair| end(&pair[0]) < pair[1].offset);
        let size: usize = stretches.iter().map(|stretch| stretch.bytes.len()).sum();
        let follows = if self.open { first.offset == self.shown } else { first.offset >= self.shown };
        if !gaps || !follows || size > SHOWN {
            return Err(Fault::Engine("the host showed it the wrong stretches".into()));
        }
        let time = self.arm();
        let call = self.world.wardgate_policy_redaction();
        let progress = call.scanner().call_scan(&mut self.store, self.scanner, stretches);
        let Progress { findings, settled, open } = Fault::check(progress, &self.store, time)?;
        // What was skipped counts as settled.
        let from = if first.offset > self.shown { first.offset } else { self.settled };
        if settled < from || settled > end(last) {
            return Err(Fault::Answer("it settled bytes that it was not shown, or unsettled some"));
        }
        self.valid(&findings, from, settled)?;
        // Only in the stretch where it became open can it have stopped, and before that one everything was settled.
        let stands = stretches.iter().find(|stretch| settled <= end(stretch)).filter(|_| open || settled < end(last));
        self.shown = stands.map_or(end(last), end);
        self.open = open || settled < self.shown;
        (self.settled, self.dead) = (settled, false);
        Ok(findings)
    }

    /// Bytes were skipped that held none of its triggers: they are settled.
    pub(crate) fn skip_to(&mut self, offset: u64) {
        if !self.open && !self.dead && offset > self.shown {
            (self.shown, self.settled) = (offset, offset);
        }
    }

    /// No more bytes. The instance goes with it.
    pub(crate) fn finish(mut self) -> Result<Vec<Finding>, Fault> {
        if self.dead {
            return Err(Fault::Dead);
        }
        let time = self.arm();
        let findings = self.world.wardgate_policy_redaction().scanner().call_finish(&mut self.store, self.scanner);
        let findings = Fault::check(findings, &self.store, time)?;
        self.valid(&findings, self.settled, self.shown)?;
        Ok(findings)
    }

    fn arm(&mut self) -> Duration {
        let time = self.plugin.host.settings.scan.time;
        self.plugin.host.arm(&mut self.store, time);
        time
    }

    /// Findings lie between what was settled before and what is now, and name a rule.
    fn valid(&self, findings: &[Finding], from: u64, to: u64) -> Result<(), Fault> {
        let rules = self.plugin.setup.rules.len() as u64;
        let fits = |f: &Finding| from <= f.start && f.start < f.end && f.end <= to && u64::from(f.rule) < rules;
        match findings {
            many if many.len() > FINDINGS => Err(Fault::Answer("more than 4,096 findings")),
            all if !all.iter().all(fits) => Err(Fault::Answer("a finding outside of what it settled, or of no rule")),
            _ => Ok(()),
        }
    }
}

fn end(stretch: &Stretch) -> u64 {
    stretch.offset + stretch.bytes.len() as u64
}
