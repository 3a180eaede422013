//! How opinions become one verdict: rounds of questions, the merge, and what a denial may show. Knows no backend and no state of the
//! road.
use crate::{
    Answer, AnyRequest, CallId, Context, Denial, Opinion, Prepare, Request, Road, Stop, Unanswered, Verdict,
    race::{Deadline, Won, first},
};

pub(crate) enum Merged {
    Allow(Vec<crate::Allowance>),
    Ask(Vec<Denial>),
    Deny(Vec<Denial>),
}

/// Deny beats ask beats allow; whoever only watches or abstains counts neither way; a request that nobody claims is denied.
pub(crate) fn merge(opinions: &[Opinion]) -> Merged {
    let (mut deny, mut ask, mut allow) = (vec![], vec![], vec![]);
    for opinion in opinions.iter().filter(|opinion| !opinion.monitor) {
        match &opinion.verdict {
            Verdict::Deny(denial) => deny.push(denial.clone()),
            Verdict::Ask(approval) => ask.push(approval.denial.clone()),
            Verdict::Allow(allowance) => allow.push(allowance.clone()),
            Verdict::Need(_) => deny.push(Denial::new(
                "policy.rounds",
                format!("{} still asks after {} rounds", opinion.plugin.name, Road::ROUNDS),
            )),
            Verdict::Abstain => {}
        }
    }
    if !deny.is_empty() {
        Merged::Deny(deny)
    } else if !ask.is_empty() {
        Merged::Ask(ask)
    } else if !allow.is_empty() {
        Merged::Allow(allow)
    } else {
        Merged::Deny(vec![
            Denial::new("policy.unclaimed", "no policy allows this kind of request")
                .remedy("an operator can load a policy that does"),
        ])
    }
}

impl Road {
    /// Asks, answers, and asks again. A denial ends it: nothing more is looked up for a denied request. What is `on_record` is not
    /// looked up again. Commands are run for answers only on behalf of the call `errands_of`.
    pub(crate) async fn rounds(
        &self,
        context: &Context,
        request: &AnyRequest,
        on_record: &[Answer],
        errands_of: Option<&CallId>,
        stop: &mut Stop,
        deadline: &mut Deadline,
    ) -> (Vec<Answer>, Vec<Opinion>) {
        let mut answers: Vec<Answer> = Vec::new();
        for round in 0..=Self::ROUNDS {
            let opinions = self.reviewers.review(context, request, &answers).await;
            let denied = opinions.iter().any(|o| !o.monitor && matches!(o.verdict, Verdict::Deny(_)));
            let mut questions = Vec::new();
            for opinion in &opinions {
                if let Verdict::Need(needed) = &opinion.verdict {
                    let known = |q: &crate::Question| answers.iter().any(|a| a.question == *q) || questions.contains(q);
                    let new: Vec<_> = needed.iter().filter(|q| !known(q)).cloned().collect();
                    questions.extend(new);
                }
            }
            if denied || questions.is_empty() || round == Self::ROUNDS {
                return (answers, opinions);
            }
            for question in questions {
                if let Some(known) = on_record.iter().find(|answer| answer.question == question) {
                    answers.push(known.clone());
                    continue;
                }
                let outcome = match first(self.lookup.answer(&context.target, &question), stop, deadline).await {
                    Won::First(Err(Unanswered::Unavailable)) if let Some(parent) = errands_of => {
                        self.errand(parent, context, &question, stop, deadline).await
                    }
                    Won::First(outcome) => outcome,
                    Won::Stopped | Won::Late => Err(Unanswered::Timeout),
                };
                answers.push(Answer { question, outcome });
            }
        }
        (answers, vec![])
    }

    /// A denial whose `instead` would pass, judged from answers already on record; otherwise without it.
    pub(crate) async fn checked_instead<R: Request>(
        &self,
        prepare: &dyn Prepare<R>,
        context: &Context,
        mut denial: Denial,
        answers: &[Answer],
    ) -> Denial {
        let Some(instead) = denial.instead.take() else { return denial };
        let Some(request) = R::from_any(*instead.clone()) else { return denial };
        let Ok(request) = prepare.prepare(request, context) else { return denial };
        let any = request.any();
        if self.floor.check(context, &any).is_err() {
            return denial;
        }
        let opinions = self.reviewers.review(context, &any, answers).await;
        let needs = opinions.iter().any(|o| !o.monitor && matches!(o.verdict, Verdict::Need(_)));
        if !needs && matches!(merge(&opinions), Merged::Allow(_)) {
            denial.instead = Some(instead);
        }
        denial
    }

    /// A denial as the agent may read it: a reviewer's words may quote what an answer told it, so they are redacted, bounded
    /// and made visible like anything else.
    pub(crate) async fn tell(&self, context: &Context, denials: Vec<Denial>) -> Vec<Denial> {
        let mut told = Vec::with_capacity(denials.len());
        for denial in denials {
            told.push(crate::settled::tell(&*self.redactors, context, denial).await);
        }
        told
    }
}
