//! Says yes to everything: allows, masks nothing, records nothing.
use wardgate_core::{
    Allowance, Answer, AnyRequest, Body, BoxFuture, Caps, Channel, Context, Finding, Form, Intent, Ledger, LedgerDown,
    Opened, Opinion, Outcome, PluginId, Progress, Recording, RecordingDown, Redaction, RedactionFailed, Redactors,
    Reviewers, Slip, TurnedAway, Verdict,
};

/// Every door of the road, open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Open;

impl Open {
    /// One plugin's vote.
    pub fn opinion(verdict: Verdict) -> Vec<Opinion> {
        let plugin = PluginId { name: "standin".into(), version: "1.0.0".into(), digest: "0".repeat(64) };
        vec![Opinion { plugin, monitor: false, verdict }]
    }

    /// A yes without conditions.
    pub fn yes() -> Verdict {
        Verdict::Allow(Allowance { rule: "standin.yes".into(), caps: Caps::default() })
    }
}

impl Reviewers for Open {
    fn review<'a>(&'a self, _: &'a Context, _: &'a AnyRequest, _: &'a [Answer]) -> BoxFuture<'a, Vec<Opinion>> {
        Box::pin(async { Self::opinion(Self::yes()) })
    }
    fn set_digest(&self) -> &'static str {
        "standins"
    }
}

struct Seen(u64);

impl Redactors for Open {
    fn open<'a>(
        &'a self,
        _: &'a Context,
        _: Channel,
        _: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>> {
        Box::pin(async { Ok(Box::new(Seen(0)) as _) })
    }
}

impl Redaction for Seen {
    fn scan<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<Progress, RedactionFailed>> {
        self.0 += bytes.len() as u64;
        Box::pin(async { Ok(Progress { findings: vec![], settled: self.0 }) })
    }
    fn finish(self: Box<Self>) -> BoxFuture<'static, Result<Vec<Finding>, RedactionFailed>> {
        Box::pin(async { Ok(vec![]) })
    }
}

impl Ledger for Open {
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        let recording = intent.recorded.then(|| Box::new(Self) as Box<dyn Recording>);
        Box::pin(async { Ok(Opened { slip: Box::new(Self), recording }) })
    }
    fn refuse<'a>(&'a self, _: &'a Intent, _: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async { Ok(()) })
    }
    fn turn_away<'a>(&'a self, _: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async { Ok(()) })
    }
}

impl Recording for Open {
    fn seal<'a>(&'a mut self, _: Channel, _: &'a [u8]) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async { Ok(()) })
    }
    fn show<'a>(&'a mut self, _: Channel, _: u64, _: &'a str) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async { Ok(()) })
    }
    fn finish<'a>(self: Box<Self>, _: &'a Outcome) -> BoxFuture<'a, Result<(), RecordingDown>> {
        Box::pin(async { Ok(()) })
    }
}

impl Slip for Open {
    fn settle<'a>(self: Box<Self>, _: &'a Outcome, _: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async { Ok(()) })
    }
}
