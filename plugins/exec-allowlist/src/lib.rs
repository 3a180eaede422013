//! exec-allowlist: which commands may run in a container, word by word.
//!
//! The table of commands is data (`defaults.json`, or the operator's own): for each command its names, the options it may have with the
//! types of their values, and what its other words may be. A request passes when one grammar of its command takes every word of it.
//! Everything else is denied with the rule, the reason, and what would pass.
mod grammar;
mod judge;
mod path;
mod programs;
mod rules;
mod settings;
mod value;

pub use judge::ExecAllowlist;
pub use settings::{DEFAULTS, Settings};
use wardgate_guest::{
    Reviewer, allow, export_reviewer, no_limits, review, rule,
    types::{Answer, Context, Exec, Kinds, Limits, Request, Verdict},
};

impl Reviewer for ExecAllowlist {
    const NAME: &'static str = "exec-allowlist";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = include_str!("../settings.schema.json");
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<(Self, review::Setup), String> {
        let policy = ExecAllowlist::new(settings.complete()?)?;
        let rules = policy.rules().into_iter().map(|(id, description)| rule(&id, &description)).collect();
        Ok((policy, review::Setup { kinds: Kinds::EXEC, rules }))
    }

    fn review(&self, context: &Context, request: &Request, _: &[Answer]) -> Verdict {
        let Request::Exec(exec) = request else { return Verdict::Abstain };
        let target = &context.target;
        match self.judge(target, exec) {
            Ok(allowed) => {
                let limits = Limits {
                    timeout_ms: Some(allowed.timeout_ms),
                    max_read_bytes: Some(allowed.max_read_bytes),
                    ..no_limits()
                };
                allow(&allowed.rule, limits)
            }
            Err(refused) => {
                let mut denial = refused.denial;
                denial.instead = refused.instead.map(|argv| Request::Exec(Exec { argv, ..exec.clone() }));
                denial.into()
            }
        }
    }
}

export_reviewer!(ExecAllowlist);
