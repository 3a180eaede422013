//! The road of a call: its states, and the only functions that lead from one to the next.
//!
//! ```text
//! Call ─resolve─▶ Resolved ─prepare─▶ Prepared ─review─▶ Reviewed ─commit─▶ Underway ─run─▶ Answered ─release─▶ Released ─settle─▶ Settled
//!        └────────────────┴──────────────────┴─ refused, on record ──────────────────────────────────────────────────────────────▶┘
//! ```
//!
//! The states, and who leads from one to the next, stand here; the steps before the commit in `road/hearing.rs`, those after it in
//! `road/answer.rs`, look-ups that run a command in `road/errand.rs`. How opinions are gathered and merged is `review.rs`, what is done
//! with bytes `release.rs`.
//!
//! A step consumes the state before it; every state but three is private to the road. [`Committed`] is a backend's proof that
//! the intent is on disk, [`Settled`] the only thing a result can be built from, [`Judgement`] what a review alone ends in.
//! Keeps invariants 1, 2, 7 and 9 of the design.
use crate::{
    Backend, Body, CallId, Clock, Context, Cut, Denial, Ending, Facts, FaultKind, Floor, Ids, Intent, Ledger,
    LedgerDown, Limits, Lookup, Opened, Origin, Outcome, Place, Prepare, Recording, Redactors, Request, Reviewers,
    Select, Settled, Slip, Source, Stop, Subject, Target, TurnedAway, Unadmitted, race::kept,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

mod answer;
mod errand;
mod hearing;
mod processes;

/// Everything a call needs on its way; one value per policy set, so that a call finishes on the set it began with.
#[derive(Clone)]
pub struct Road {
    /// Who decides.
    pub reviewers: Arc<dyn Reviewers>,
    /// Who points at secrets.
    pub redactors: Arc<dyn Redactors>,
    /// Who finds out what a place is.
    pub lookup: Arc<dyn Lookup>,
    /// Who remembers.
    pub ledger: Arc<dyn Ledger>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Names of calls.
    pub ids: Arc<dyn Ids>,
    /// The host's own ceilings.
    pub limits: Limits,
    /// The host's own rules.
    pub floor: Floor,
}

/// One well-formed request of one known subject.
#[derive(Clone)]
pub struct Call<R> {
    /// Who.
    pub subject: Subject,
    /// About what, as the caller wrote it.
    pub place: Place,
    /// What.
    pub request: R,
    /// Through which tool.
    pub tool: &'static str,
    /// Which redacted lines of a log the answer shows.
    pub select: Option<Arc<dyn Select>>,
    /// Further facts for reviewers, under documented keys.
    pub attributes: BTreeMap<String, String>,
}

/// One target of a call with its request, both as reviewed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part<R> {
    /// On what.
    pub target: Target,
    /// What, to the byte.
    pub request: R,
}

/// A reviewed request whose intent is on disk: the proof a backend asks for. Made by the road alone, not `Clone`.
#[must_use]
pub struct Committed<R> {
    id: CallId,
    subject: Subject,
    parts: Vec<Part<R>>,
    limits: Limits,
}

impl<R> Committed<R> {
    /// The call's name; Kubernetes gets it as Audit-ID.
    pub fn id(&self) -> &CallId {
        &self.id
    }
    /// Who asked.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }
    /// What to run, in this order.
    pub fn parts(&self) -> &[Part<R>] {
        &self.parts
    }
    /// Within which limits, for all parts together.
    pub fn limits(&self) -> Limits {
        self.limits
    }
}

/// What a review alone ends in: `policy check`, the admission gate and replay ask for no more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The merged verdict.
    pub ruling: Ruling,
    /// Rules that allowed, for the record.
    pub rules: Vec<String>,
    /// At the admission gate: the committed call of this host's own that the request belongs to.
    pub of: Option<CallId>,
}

/// What a review may draw on beside caches.
#[derive(Clone, Copy)]
enum Basis<'a> {
    Nothing,
    /// Commands of the host's own, for a call that travels.
    Errands,
    /// Calls of this host that are on record and under way, for a request that the API server's admission met.
    Record(&'a dyn Unadmitted),
}

/// A merged verdict. A denial in here was redacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Within these limits.
    Allow(Limits),
    /// After people said yes.
    Ask(Vec<Denial>),
    /// No.
    Deny(Vec<Denial>),
}

// ---- the states ----------------------------------------------------------------------------------------------------

struct Arrived<R> {
    id: CallId,
    parent: Option<CallId>,
    origin: Origin,
    when: u64,
    call: Call<R>,
}
struct Resolved<R> {
    at: Arrived<R>,
    facts: Facts,
}
struct Prepared<R> {
    at: Arrived<R>,
    parts: Vec<(Context, R)>,
    left_out: Vec<String>,
}
struct Reviewed<R> {
    at: Arrived<R>,
    parts: Vec<(Context, R)>,
    intent: Intent,
    rules: Vec<String>,
}
struct Underway<R> {
    committed: Committed<R>,
    contexts: Vec<Context>,
    select: Option<Arc<dyn Select>>,
    left_out: Vec<String>,
    slip: Box<dyn Slip>,
    recording: Option<Box<dyn Recording>>,
}
struct Answered<R> {
    underway: Underway<R>,
    source: Box<dyn Source>,
    cut: Option<Cut>,
}
struct Released {
    id: CallId,
    outcome: Outcome,
    body: Body,
    slip: Box<dyn Slip>,
}
/// A call that will not run, with all that was heard about it.
struct Refused {
    intent: Intent,
    outcome: Outcome,
}

// ---- the ways ------------------------------------------------------------------------------------------------------

impl Road {
    /// Targets of one call at most; the rest are named as left out.
    pub const TARGETS: usize = 50;
    /// Rounds of questions.
    pub const ROUNDS: usize = 3;
    /// Share of a call's time that look-ups may take.
    const LOOKUP_SHARE: u32 = 2;

    /// The whole way. Not a `Result`: whatever happens, the agent gets something settled. Spawn it and signal `stop`; a future
    /// dropped midway leaves "abandoned" on record.
    pub async fn travel<R: Request>(&self, call: Call<R>, backend: Arc<dyn Backend<R>>, stop: Stop) -> Settled {
        let (mut stop, began) = (kept(stop), self.clock.now());
        let settled = self.attempt(call.clone(), None, &*backend, &mut stop, began).await;
        match settled.outcome {
            // Nothing of it ran, and the backend knows now how to prepare it.
            Outcome::Cut(Cut::Backend(FaultKind::Unprepared)) => {
                self.attempt(call, Some(settled.id), &*backend, &mut stop, began).await
            }
            _ => settled,
        }
    }

    async fn attempt<R: Request>(
        &self,
        call: Call<R>,
        parent: Option<CallId>,
        backend: &dyn Backend<R>,
        stop: &mut Stop,
        began: u64,
    ) -> Settled {
        let arrived = self.arrived(call, parent, Origin::Gateway);
        match self.review(arrived, backend, stop, Basis::Errands).await {
            Err(refused) => refused.settle(self).await,
            Ok(reviewed) => match reviewed.commit(self).await {
                Err(settled) => settled,
                Ok(underway) => {
                    let mut deadline = kept(self.clock.after(self.left(underway.committed.limits.time, began)));
                    match underway.run(backend, stop, &mut deadline).await {
                        Ok(answered) => answered.release(self, stop, &mut deadline).await.settle().await,
                        Err(released) => released.settle().await,
                    }
                }
            },
        }
    }

    /// What look-ups since the call's arrival left of its time; half of it in any case, so that what was committed can run.
    fn left(&self, time: Duration, began: u64) -> Duration {
        let spent = Duration::from_millis(self.clock.now().saturating_sub(began));
        time.saturating_sub(spent).max(time / Self::LOOKUP_SHARE)
    }

    /// Review alone: no backend, no errands, nothing released, nothing settled. On record as far as this road's ledger keeps one.
    pub async fn judge<R: Request>(&self, call: Call<R>, prepare: &dyn Prepare<R>, stop: Stop) -> Judgement {
        self.judged(self.arrived(call, None, Origin::Gateway), prepare, stop, Basis::Nothing).await
    }

    /// The same for a request that the API server's admission met. Where it belongs to a call that this host committed, it is heard with
    /// that call's answers, and what a person was to be asked about was settled before the commit. A denial stays one.
    pub async fn judge_admission<R: Request>(
        &self,
        call: Call<R>,
        prepare: &dyn Prepare<R>,
        unadmitted: &dyn Unadmitted,
        stop: Stop,
    ) -> Judgement {
        self.judged(self.arrived(call, None, Origin::Admission), prepare, stop, Basis::Record(unadmitted)).await
    }

    async fn judged<R: Request>(
        &self,
        arrived: Arrived<R>,
        prepare: &dyn Prepare<R>,
        stop: Stop,
        basis: Basis<'_>,
    ) -> Judgement {
        let (intent, outcome, ruling, rules) = match self.review(arrived, prepare, &mut kept(stop), basis).await {
            Ok(reviewed) => {
                let limits = reviewed.intent.limits;
                (reviewed.intent, Outcome::Complete(Ending::Unknown), Ruling::Allow(limits), reviewed.rules)
            }
            Err(Refused { intent, outcome }) => {
                let ruling = match &outcome {
                    Outcome::NeedsApproval(asks) => Ruling::Ask(asks.clone()),
                    Outcome::Refused(denials) => Ruling::Deny(denials.clone()),
                    _ => Ruling::Deny(vec![]),
                };
                (intent, outcome, ruling, vec![])
            }
        };
        match self.ledger.refuse(&intent, &outcome).await {
            Ok(()) => Judgement { ruling, rules, of: intent.parent },
            Err(LedgerDown) => Judgement { ruling: Ruling::Deny(vec![unrecorded()]), rules: vec![], of: intent.parent },
        }
    }

    /// A call that never became a request: unknown tool, bad arguments, over quota. On record, no backend.
    pub async fn turn_away(&self, subject: Subject, tool: &str, why: Denial) -> Settled {
        let id = self.ids.fresh();
        let tool = tool.chars().take(128).flat_map(char::escape_default).collect();
        let context = Context {
            subject,
            target: Target::default(),
            origin: Origin::Gateway,
            now: self.clock.now(),
            attributes: BTreeMap::new(),
        };
        let shown = self.tell(&context, vec![why.clone()]).await;
        let away = TurnedAway { id: id.clone(), arrived: context.now, subject: context.subject, tool, denial: why };
        let outcome = match self.ledger.turn_away(&away).await {
            Ok(()) => Outcome::Refused(shown),
            Err(LedgerDown) => Outcome::Unrecorded,
        };
        Settled { id, outcome, body: Body::default() }
    }

    fn arrived<R: Request>(&self, call: Call<R>, parent: Option<CallId>, origin: Origin) -> Arrived<R> {
        Arrived { id: self.ids.fresh(), parent, origin, when: self.clock.now(), call }
    }

    async fn review<R: Request>(
        &self,
        arrived: Arrived<R>,
        prepare: &dyn Prepare<R>,
        stop: &mut Stop,
        basis: Basis<'_>,
    ) -> Result<Reviewed<R>, Refused> {
        let mut deadline = kept(self.clock.after(self.limits.time / Self::LOOKUP_SHARE));
        let resolved = arrived.resolve(self, stop, &mut deadline).await?;
        let prepared = resolved.prepare(self, prepare).await?;
        prepared.review(self, prepare, stop, &mut deadline, basis).await
    }
}

// ---- the steps: before the commit in `hearing`, the commit here, after it in `answer` ------------------------------------

impl<R: Request> Reviewed<R> {
    async fn commit(self, road: &Road) -> Result<Underway<R>, Settled> {
        let Self { at, parts, intent, .. } = self;
        match road.ledger.commit(&intent).await {
            Ok(Opened { recording: None, .. }) if R::RECORDED => {
                Err(Settled { id: at.id, outcome: Outcome::Unrecorded, body: Body::default() })
            }
            Ok(Opened { slip, recording }) => {
                let contexts = parts.iter().map(|(context, _)| context.clone()).collect();
                let parts =
                    parts.into_iter().map(|(context, request)| Part { target: context.target, request }).collect();
                let committed = Committed { id: at.id, subject: at.call.subject, parts, limits: intent.limits };
                Ok(Underway { committed, contexts, select: at.call.select, left_out: intent.left_out, slip, recording })
            }
            Err(LedgerDown) => Err(Settled { id: at.id, outcome: Outcome::Unrecorded, body: Body::default() }),
        }
    }
}

impl Refused {
    async fn settle(self, road: &Road) -> Settled {
        let Self { intent, outcome } = self;
        let kept = road.ledger.refuse(&intent, &outcome).await;
        let outcome = if kept.is_ok() { outcome } else { Outcome::Unrecorded };
        Settled { id: intent.id, outcome, body: Body { left_out: intent.left_out, ..Body::default() } }
    }
}

fn unrecorded() -> Denial {
    Denial::new("evidence.down", "the record could not be written")
        .remedy("ask an operator to look at the evidence directory")
}
