//! The road of a call: its states, and the only functions that lead from one to the next.
//!
//! ```text
//! Call ─resolve─▶ Resolved ─prepare─▶ Prepared ─review─▶ Reviewed ─commit─▶ Underway ─run─▶ Answered ─release─▶ Released ─settle─▶ Settled
//!        └────────────────┴──────────────────┴─ refused, on record ──────────────────────────────────────────────────────────────▶┘
//! ```
//!
//! How opinions are gathered and merged stands in `review.rs`, what is done with bytes in `release.rs`, look-ups that run a command
//! in `road/errand.rs`.
//!
//! A step consumes the state before it; every state but three is private to this page. [`Committed`] is a backend's proof that
//! the intent is on disk, [`Settled`] the only thing a result can be built from, [`Judgement`] what a review alone ends in.
//! Keeps invariants 1, 2, 7 and 9 of the design.
use crate::{
    Backend, Body, BoxFuture, CallId, Channel, Clock, Context, Cut, Denial, Ending, Facts, Fault, FaultKind, Floor,
    Heard, Ids, Intent, Ledger, LedgerDown, Limits, Lookup, Opened, Origin, Outcome, Piece, Place, Prepare, Raw,
    Recording, Redactors, Request, Reviewers, Select, Settled, Slip, Source, Stop, Subject, Target, TurnedAway,
    Unadmitted,
    race::{Deadline, Won, first, kept},
    release::Release,
    review::{Merged, merge},
    settled::PartName,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};

mod errand;
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

// ---- the steps -----------------------------------------------------------------------------------------------------

impl<R: Request> Arrived<R> {
    async fn resolve(self, road: &Road, stop: &mut Stop, deadline: &mut Deadline) -> Result<Resolved<R>, Refused> {
        let any = self.call.request.any();
        let denial = match first(road.lookup.resolve(&self.call.place, &any), stop, deadline).await {
            Won::First(Ok(facts)) if facts.targets.is_empty() => {
                Denial::new("target.none", "nothing that may be looked at fits")
                    .remedy("name a namespace that k8s_list lists under namespaces")
            }
            Won::First(Ok(mut facts)) => {
                let over = facts.targets.split_off(facts.targets.len().min(Road::TARGETS));
                facts.left_out.extend(over.iter().map(name));
                return Ok(Resolved { at: self, facts });
            }
            Won::First(Err(denial)) => denial,
            Won::Stopped => Denial::new("call.stopped", "the caller left before the call ran"),
            Won::Late => Denial::new("call.lookup-deadline", "finding out what the call is about took too long")
                .remedy("try again, or name one pod or namespace"),
        };
        Err(self.refuse(road, denial).await)
    }

    fn context(&self, target: Target, found: &BTreeMap<String, String>) -> Context {
        let mut attributes = self.call.attributes.clone();
        attributes.extend(found.iter().map(|(key, value)| (key.clone(), value.clone())));
        attributes.insert("tool".into(), self.call.tool.into());
        Context { subject: self.call.subject.clone(), target, origin: self.origin, now: self.when, attributes }
    }

    fn intent(&self, road: &Road, parts: Vec<Heard>, left_out: Vec<String>, limits: Limits) -> Intent {
        Intent {
            id: self.id.clone(),
            parent: self.parent.clone(),
            tool: self.call.tool.into(),
            arrived: self.when,
            place: self.call.place.clone(),
            asked: self.call.request.any(),
            subject: self.call.subject.clone(),
            parts,
            left_out,
            limits,
            policy_set: road.reviewers.set_digest().into(),
            recorded: R::RECORDED,
        }
    }

    async fn refuse(self, road: &Road, denial: Denial) -> Refused {
        let context = self.context(Target::default(), &BTreeMap::new());
        let shown = road.tell(&context, vec![denial.clone()]).await;
        let heard =
            Heard { request: self.call.request.any(), context, answers: vec![], opinions: vec![], floor: Some(denial) };
        Refused { intent: self.intent(road, vec![heard], vec![], road.limits), outcome: Outcome::Refused(shown) }
    }
}

impl<R: Request> Resolved<R> {
    async fn prepare(self, road: &Road, prepare: &dyn Prepare<R>) -> Result<Prepared<R>, Refused> {
        let Self { at, facts: Facts { targets, mut left_out, attributes } } = self;
        let (mut parts, mut refused) = (Vec::with_capacity(targets.len()), Vec::new());
        for target in targets {
            let context = at.context(target, &attributes);
            let ready = prepare.prepare(at.call.request.clone(), &context);
            match ready.and_then(|request| road.floor.check(&context, &request.any()).map(|()| request)) {
                Ok(request) => parts.push((context, request)),
                Err(denial) => refused.push((context, denial)),
            }
        }
        if parts.is_empty() && !refused.is_empty() {
            let (context, denial) = refused.swap_remove(0);
            let shown = road.tell(&context, vec![denial.clone()]).await;
            let heard = Heard {
                request: at.call.request.any(),
                context,
                answers: vec![],
                opinions: vec![],
                floor: Some(denial),
            };
            return Err(Refused {
                intent: at.intent(road, vec![heard], left_out, road.limits),
                outcome: Outcome::Refused(shown),
            });
        }
        left_out.extend(refused.iter().map(|(context, denial)| format!("{} ({})", name(&context.target), denial.rule)));
        Ok(Prepared { at, parts, left_out })
    }
}

impl<R: Request> Prepared<R> {
    async fn review(
        self,
        road: &Road,
        prepare: &dyn Prepare<R>,
        stop: &mut Stop,
        deadline: &mut Deadline,
        basis: Basis<'_>,
    ) -> Result<Reviewed<R>, Refused> {
        let Self { mut at, parts, mut left_out } = self;
        let (mut heard, mut allowed, mut rules, mut limits) = (vec![], vec![], vec![], road.limits);
        let (mut denials, mut asks) = (Vec::<(Context, Denial)>::new(), Vec::<(Context, Denial)>::new());
        for (context, request) in parts {
            let any = request.any();
            let own = if let Basis::Record(unadmitted) = basis { unadmitted.take(&context, &any) } else { None };
            let errands_of = matches!(basis, Basis::Errands).then_some(&at.id);
            let on_record = own.as_ref().map_or(&[][..], |own| &own.answers);
            let (answers, opinions) = road.rounds(&context, &any, on_record, errands_of, stop, deadline).await;
            let committed = own.is_some();
            at.parent = own.map(|own| own.id).or(at.parent);
            match merge(&opinions) {
                Merged::Allow(by) => {
                    for allowance in by {
                        limits = limits.lowered_by(&allowance.caps);
                        rules.push(allowance.rule);
                    }
                    allowed.push((context.clone(), request));
                }
                Merged::Ask(ask) if committed => {
                    rules.extend(ask.into_iter().map(|denial| denial.rule));
                    allowed.push((context.clone(), request));
                }
                Merged::Ask(ask) => asks.extend(ask.into_iter().map(|denial| (context.clone(), denial))),
                Merged::Deny(deny) => {
                    for denial in deny {
                        let denial = road.checked_instead(prepare, &context, denial, &answers).await;
                        denials.push((context.clone(), denial));
                    }
                }
            }
            heard.push(Heard { context, request: any, answers, opinions, floor: None });
        }
        if allowed.is_empty() {
            let denied = !denials.is_empty();
            let told = if denied { denials } else { asks };
            let mut shown = vec![];
            for (context, denial) in told.into_iter().take(8) {
                shown.extend(road.tell(&context, vec![denial]).await);
            }
            let outcome = if denied { Outcome::Refused(shown) } else { Outcome::NeedsApproval(shown) };
            return Err(Refused { intent: at.intent(road, heard, left_out, road.limits), outcome });
        }
        left_out.extend(
            denials.iter().chain(&asks).map(|(context, denial)| format!("{} ({})", name(&context.target), denial.rule)),
        );
        rules.sort();
        rules.dedup();
        let intent = at.intent(road, heard, left_out, limits);
        Ok(Reviewed { at, parts: allowed, intent, rules })
    }
}

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

impl<R: Request> Underway<R> {
    async fn run(
        self,
        backend: &dyn Backend<R>,
        stop: &mut Stop,
        deadline: &mut Deadline,
    ) -> Result<Answered<R>, Released> {
        let cut = match first(backend.run(&self.committed), stop, deadline).await {
            Won::First(Ok(source)) => return Ok(Answered { underway: self, source, cut: None }),
            // An error's words take the same road as any other bytes of the cluster.
            Won::First(Err(Fault { kind, text })) => {
                return Ok(Answered {
                    underway: self,
                    source: Box::new(Words(Some(text))),
                    cut: Some(Cut::Backend(kind)),
                });
            }
            Won::Stopped => Cut::Stopped,
            Won::Late => Cut::Deadline,
        };
        let (body, mut outcome) = (Body { parts: names(&self.contexts), ..Body::default() }, Outcome::Cut(cut));
        if let Some(recording) = self.recording
            && recording.finish(&outcome).await.is_err()
        {
            outcome = Outcome::Cut(Cut::Recorder);
        }
        Err(Released { id: self.committed.id, outcome, body, slip: self.slip })
    }
}

impl<R: Request> Answered<R> {
    async fn release(self, road: &Road, stop: &mut Stop, deadline: &mut Deadline) -> Released {
        let Self { underway: Underway { committed, contexts, select, left_out, slip, recording }, mut source, cut } =
            self;
        let limits = committed.limits;
        let mut release = Release::new(&*road.redactors, &contexts, limits, R::KEEP, select, recording);
        let (mut read, mut part, mut words) = (0_u64, 0, None);
        let mut outcome = loop {
            // Only the far end is raced: recording, redactors and ledger always finish what they began.
            let piece = match first(source.next(), stop, deadline).await {
                Won::First(Ok(piece)) => piece,
                Won::First(Err(Fault { kind, text })) => {
                    words = Some(text);
                    break Outcome::Cut(Cut::Backend(kind));
                }
                Won::Stopped => break Outcome::Cut(Cut::Stopped),
                Won::Late => break Outcome::Cut(Cut::Deadline),
            };
            let released = match piece {
                Piece::End(ending) => break cut.map_or(Outcome::Complete(ending), Outcome::Cut),
                Piece::Part(next) => {
                    part = next.min(contexts.len().saturating_sub(1));
                    release.finish().await
                }
                Piece::Total(total) => {
                    release.body.total = Some(total);
                    continue;
                }
                Piece::Next(cursor) => {
                    release.body.next = Some(cursor);
                    continue;
                }
                Piece::Bytes(channel, raw) => {
                    // Up to the limit and not a byte more: what lies beyond was never read as far as anyone can tell.
                    let room = usize::try_from(limits.read_bytes.saturating_sub(read)).unwrap_or(usize::MAX);
                    let bytes = &raw.0[..raw.len().min(room)];
                    read += bytes.len() as u64;
                    let cut = bytes.len() < raw.len();
                    let released = release.bytes(part, channel, bytes, road.clock.now()).await;
                    if cut && released.is_ok() {
                        break Outcome::Cut(Cut::ReadLimit);
                    }
                    released
                }
                Piece::Record(channel, raw) => {
                    read += raw.len() as u64;
                    if read > limits.read_bytes {
                        break Outcome::Cut(Cut::ReadLimit);
                    }
                    release.record(part, channel, &raw.0, road.clock.now()).await
                }
            };
            if let Err(halt) = released {
                break Outcome::Cut(halt.cut());
            }
        };
        let unfinished = matches!(outcome, Outcome::Cut(_) | Outcome::Complete(Ending::Unknown));
        let unshown = matches!(outcome, Outcome::Cut(Cut::Recorder | Cut::Redactor { .. }));
        let behind = if unfinished && !unshown { source.left_behind() } else { None };
        drop(source); // the far end is closed before anything else is waited for
        let behind = match (behind, contexts.get(part)) {
            (Some(behind), Some(context)) => Some(road.trace(&committed.id, context, behind).await),
            _ => None,
        };
        let words = words.into_iter().map(|text| text.0).chain(behind.map(String::into_bytes));
        for text in words {
            if matches!(outcome, Outcome::Cut(Cut::Recorder | Cut::Redactor { .. })) {
                break;
            }
            let text = &text[..text.len().min(64 << 10)];
            if let Err(halt) = release.bytes(part, Channel::Error, text, road.clock.now()).await {
                outcome = Outcome::Cut(halt.cut());
            }
        }
        if let Err(halt) = release.finish().await
            && !matches!(outcome, Outcome::Cut(Cut::Recorder | Cut::Redactor { .. }))
        {
            outcome = Outcome::Cut(halt.cut());
        }
        if let Err(halt) = release.close(&outcome).await {
            outcome = Outcome::Cut(halt.cut());
        }
        let body = Body { parts: names(&contexts), read_bytes: read, left_out, ..release.body };
        Released { id: committed.id, outcome, body, slip }
    }
}

impl Released {
    async fn settle(self) -> Settled {
        let Self { id, outcome, body, slip } = self;
        match slip.settle(&outcome, &body).await {
            Ok(()) => Settled { id, outcome, body },
            Err(LedgerDown) => Settled { id, outcome: Outcome::Unrecorded, body: Body::default() },
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

// ---- words ---------------------------------------------------------------------------------------------------------

fn unrecorded() -> Denial {
    Denial::new("evidence.down", "the record could not be written")
        .remedy("ask an operator to look at the evidence directory")
}

fn name(target: &Target) -> String {
    [&target.namespace, &target.pod, &target.container]
        .into_iter()
        .filter(|word| !word.is_empty())
        .cloned()
        .collect::<Vec<_>>()
        .join("/")
}

fn names(contexts: &[Context]) -> Vec<PartName> {
    let part =
        |t: &Target| PartName { namespace: t.namespace.clone(), pod: t.pod.clone(), container: t.container.clone() };
    contexts.iter().map(|context| part(&context.target)).collect()
}

/// An error's words as a source of their own.
struct Words(Option<Raw>);

impl Source for Words {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        let piece = match self.0.take() {
            Some(raw) => Piece::Bytes(Channel::Error, raw),
            None => Piece::End(Ending::Complete),
        };
        Box::pin(std::future::ready(Ok(piece)))
    }
}
