//! One review: a fresh instance, one call, an answer that is checked before anybody believes it.
use crate::{
    bindings::{
        reviewer::Reviewer,
        types::{Answer, Context, Denial, Label, Question, Request, Verdict},
    },
    fault::Fault,
    load::Loaded,
};
use std::time::Duration;

/// The contract's bounds.
const QUESTIONS: usize = 32;
const SUBJECT: usize = 8 << 10;
const TEXT: usize = 2 << 10;
const DETAILS: usize = 32;
const GROUPS: usize = 32;
const ARGUMENTS: usize = 16;

impl Loaded<Reviewer> {
    /// One call of one fresh instance, within `time`.
    pub(crate) fn review(
        &self,
        context: &Context,
        request: &Request,
        answers: &[Answer],
        time: Duration,
    ) -> Result<Verdict, Fault> {
        let (mut store, world) = self.fresh(time)?;
        let verdict = world.wardgate_policy_review().call_review(&mut store, context, request, answers);
        let verdict = Fault::check(verdict, &store, time);
        self.diagnostics.write(std::mem::take(&mut store.data_mut().lines));
        let verdict = verdict?;
        self.valid(&verdict)?;
        Ok(verdict)
    }

    /// Rules it announced, questions it may ask, texts within bounds.
    fn valid(&self, verdict: &Verdict) -> Result<(), Fault> {
        match verdict {
            Verdict::Abstain => Ok(()),
            Verdict::Allow(allow) => self.announced(&allow.rule),
            Verdict::Deny(deny) => self.denial(deny),
            Verdict::Ask(ask) => {
                let groups = ask.groups.len() <= GROUPS && ask.groups.iter().all(|group| group.len() <= TEXT);
                ensure(ask.approvers >= 1 && groups, "an ask that nobody could satisfy, or with too many groups")?;
                self.denial(&ask.denial)
            }
            Verdict::Need(questions) => {
                ensure((1..=QUESTIONS).contains(&questions.len()), "no questions, or more than 32")?;
                questions.iter().try_for_each(|question| self.question(question))
            }
        }
    }

    fn announced(&self, rule: &str) -> Result<(), Fault> {
        ensure(self.setup.rules.iter().any(|known| known.id == rule), "a rule that it never announced")
    }

    fn denial(&self, denial: &Denial) -> Result<(), Fault> {
        let remedy = denial.remedy.as_ref().is_none_or(|remedy| remedy.len() <= TEXT);
        ensure(denial.reason.len() <= TEXT && remedy, "a text beyond 2 KiB")?;
        ensure(fit(&denial.details, DETAILS), "more details than 32, or one beyond 2 KiB")?;
        self.announced(&denial.rule)
    }

    fn question(&self, question: &Question) -> Result<(), Fault> {
        // The descriptor's kinds were held against what is granted when it was loaded.
        ensure(self.descriptor.questions.contains(&question.kind), "a question of a kind that it did not announce")?;
        ensure(question.subject.len() <= SUBJECT && fit(&question.arguments, ARGUMENTS), "a question beyond its bounds")
    }
}

fn fit(labels: &[Label], most: usize) -> bool {
    labels.len() <= most && labels.iter().all(|label| label.key.len() <= 256 && label.value.len() <= TEXT)
}

fn ensure(holds: bool, what: &'static str) -> Result<(), Fault> {
    if holds { Ok(()) } else { Err(Fault::Answer(what)) }
}
