//! The example of the policy author guide (docs/policies/authoring.md): the operator lists whole commands, nothing else runs.
use serde::Deserialize;
use wardgate_guest::{
    Reviewer, allow, deny, export_reviewer, limits, review, rule,
    types::{Answer, Context, Kinds, Request, Verdict},
};

/// What the operator writes. A misspelt key is an error, never a default.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    commands: Vec<String>,
}

/// The configured policy: frozen once, copied for every call.
#[derive(Debug)]
pub struct Policy {
    commands: Vec<Vec<String>>,
}

impl Reviewer for Policy {
    const NAME: &'static str = "minimal-reviewer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = r#"{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object",
        "additionalProperties":false,"properties":{"commands":{"type":"array","items":{"type":"string"}}}}"#;
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<(Self, review::Setup), String> {
        let words = |line: &String| line.split(' ').map(str::to_owned).collect();
        let commands = settings.commands.iter().map(words).collect();
        let rules = vec![
            rule("minimal.listed", "the whole command is listed"),
            rule("minimal.unlisted", "the command is not listed"),
        ];
        Ok((Policy { commands }, review::Setup { kinds: Kinds::EXEC, rules }))
    }

    fn review(&self, _: &Context, request: &Request, _: &[Answer]) -> Verdict {
        let Request::Exec(exec) = request else { return Verdict::Abstain };
        if !exec.tty && !exec.stdin && self.commands.contains(&exec.argv) {
            return allow("minimal.listed", limits(5_000, 65_536));
        }
        deny("minimal.unlisted", "this command is not listed").remedy("run one of the listed commands").into()
    }
}

export_reviewer!(Policy);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wardgate_guest::types::Exec;

    fn judge(argv: &[&str]) -> Verdict {
        let (policy, _) = Policy::configure(Settings { commands: vec!["uptime".into(), "df -h".into()] }).unwrap();
        let argv = argv.iter().map(|word| (*word).to_owned()).collect();
        let exec = Exec { argv, wrapper: vec![], stdin: false, tty: false };
        policy.review(&Context::default(), &Request::Exec(exec), &[])
    }

    #[test]
    fn a_listed_command_passes_and_one_more_word_does_not() {
        assert!(matches!(judge(&["df", "-h"]), Verdict::Allow(_)));
        assert!(matches!(judge(&["df", "-h", "/"]), Verdict::Deny(_)));
        assert!(matches!(judge(&["df -h"]), Verdict::Deny(_)));
    }
}
