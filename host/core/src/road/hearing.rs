//! The steps before the commit: what the call is about, what exactly is asked, and what reviewers say. Touches the cluster through
//! look-ups alone.
use super::{Arrived, Basis, Prepared, Refused, Resolved, Reviewed, Road};
use crate::{
    Context, Denial, Facts, Heard, Intent, Limits, Outcome, Prepare, Request, Stop, Target,
    race::{Deadline, Won, first},
    review::{Merged, merge},
};
use std::collections::BTreeMap;

impl<R: Request> Arrived<R> {
    pub(super) async fn resolve(
        self,
        road: &Road,
        stop: &mut Stop,
        deadline: &mut Deadline,
    ) -> Result<Resolved<R>, Refused> {
        let any = self.call.request.any();
        let denial = match first(road.lookup.resolve(&self.call.place, &any), stop, deadline).await {
            Won::First(Ok(facts)) if facts.targets.is_empty() => {
                Denial::new("target.none", "nothing that may be looked at fits")
                    .remedy("name a namespace that k8s_list lists under namespaces")
            }
            Won::First(Ok(mut facts)) => {
                let over = facts.targets.split_off(facts.targets.len().min(Road::TARGETS));
                facts.left_out.extend(over.iter().map(Target::path));
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
    pub(super) async fn prepare(self, road: &Road, prepare: &dyn Prepare<R>) -> Result<Prepared<R>, Refused> {
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
        left_out.extend(refused.iter().map(|(context, denial)| format!("{} ({})", context.target.path(), denial.rule)));
        Ok(Prepared { at, parts, left_out })
    }
}

impl<R: Request> Prepared<R> {
    pub(super) async fn review(
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
            denials.iter().chain(&asks).map(|(context, denial)| format!("{} ({})", context.target.path(), denial.rule)),
        );
        rules.sort();
        rules.dedup();
        let intent = at.intent(road, heard, left_out, limits);
        Ok(Reviewed { at, parts: allowed, intent, rules })
    }
}
