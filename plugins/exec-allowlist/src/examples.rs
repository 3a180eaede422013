//! The examples of the table, checked at load: what passes, what asks, what is denied.
use crate::{
    grammar,
    judge::ExecAllowlist,
    settings::Tier,
    table::{Command, Flavours, line_of},
};
use wardgate_guest::types::Target;

/// The namespace that examples are read in.
const EXAMPLES: &str = "shop";

/// An example that is not what it says.
pub(crate) struct Mistake {
    pub(crate) text: String,
    pub(crate) argv: Vec<String>,
    /// Index into the commands, those of extras behind.
    pub(crate) entry: usize,
    pub(crate) says: Says,
}

/// What an example shows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Says {
    Allow,
    Ask,
    Deny,
}

impl ExecAllowlist {
    /// Every example that is not what it says.
    pub(crate) fn mistakes(&self) -> Vec<Mistake> {
        let mut mistakes = vec![];
        for (entry, command) in self.table.all().enumerate() {
            for (examples, says) in
                [(&command.allow, Says::Allow), (&command.ask, Says::Ask), (&command.deny, Says::Deny)]
            {
                for argv in examples {
                    if let Some(what) = self.mistake(command, argv, says) {
                        mistakes.push(Mistake {
                            text: format!("settings: command {}: its example {:?} {what}", command.id, line_of(argv)),
                            argv: argv.clone(),
                            entry,
                            says,
                        });
                    }
                }
            }
        }
        mistakes
    }

    /// In what an example is not as it says.
    fn mistake(&self, command: &Command, argv: &[String], says: Says) -> Option<String> {
        let (name, rest) = argv.split_first()?;
        if !command.names.contains(name) {
            return Some("is of another command".into());
        }
        let own = grammar::read(command, rest, &self.table, EXAMPLES).map(|r| (r.tier, r.flavours));
        match (says, own) {
            (Says::Deny, own) => {
                // No other entry of the same name may let it through either.
                let target = Target { namespace: EXAMPLES.into(), ..Target::default() };
                let through =
                    own.is_ok_and(|(_, flavours)| flavours == Flavours::ALL) || self.tier(&target, argv).is_some();
                through.then(|| "is not denied".into())
            }
            (_, Err(refusal)) => Some(format!("does not pass: {}", refusal.reason)),
            (_, Ok((tier, _))) if (tier != Tier::Safe) != (says == Says::Ask) => Some(format!("is {}", tier.word())),
            _ => None,
        }
    }
}
