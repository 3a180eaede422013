//! exec-allowlist: which commands may run in a container, word by word.
//!
//! The table of commands is data (`defaults.json`, with what the operator adds): for each command its names, the options it may have with
//! the types of their values, and what its other words may be. A request passes when one grammar of its command takes every word of it;
//! a tier says whether it runs or a person is asked first. Everything else is denied with the rule, the reason, and what would pass.
mod advice;
mod catalogue;
mod closed;
mod examples;
mod grammar;
mod inquiry;
mod judge;
mod network;
mod notation;
mod path;
mod programs;
mod rules;
mod settings;
mod table;
mod value;

pub use judge::ExecAllowlist;
use judge::{Allowed, Judgement};
pub use settings::{DEFAULTS, Settings};
use wardgate_guest::{
    Reviewer, allow, export_reviewer, no_limits, review, rule,
    types::{Answer, Approval, Context, Exec, Kinds, Limits, Request, Verdict},
};

impl Reviewer for ExecAllowlist {
    const NAME: &'static str = "exec-allowlist";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = include_str!("../settings.schema.json");
    const QUESTIONS: &'static [&'static str] = &["path"];
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<(Self, review::Setup), String> {
        let policy = ExecAllowlist::new(settings.complete()?)?;
        let rules = policy.rules().into_iter().map(|(id, description)| rule(&id, &description)).collect();
        Ok((policy, review::Setup { kinds: Kinds::EXEC, rules }))
    }

    fn review(&self, context: &Context, request: &Request, answers: &[Answer]) -> Verdict {
        let Request::Exec(exec) = request else { return Verdict::Abstain };
        let limits = |allowed: &Allowed| Limits {
            timeout_ms: Some(allowed.timeout_ms),
            max_read_bytes: Some(allowed.max_read_bytes),
            ..no_limits()
        };
        match self.judge(&context.target, exec, answers) {
            Judgement::Allowed(allowed) => allow(&allowed.rule, limits(&allowed)),
            Judgement::Asked(denial, allowed) => {
                Verdict::Ask(Approval { denial, approvers: 1, groups: vec![], limits: limits(&allowed) })
            }
            Judgement::Unanswered(questions) => Verdict::Need(questions),
            Judgement::Refused(mut denial, instead) => {
                denial.instead = instead.map(|argv| Request::Exec(Exec { argv, ..exec.clone() }));
                denial.into()
            }
        }
    }
}

export_reviewer!(ExecAllowlist);
