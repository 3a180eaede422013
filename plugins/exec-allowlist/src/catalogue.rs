//! Every rule id that these settings can name, and what it stands for; from the commands' own the tool's description is made.
use crate::{
    judge::ExecAllowlist,
    rules,
    settings::Tier,
    table::{Command, Value, line_of},
};
use std::collections::{BTreeMap, BTreeSet};

impl ExecAllowlist {
    /// Every rule id and its description.
    pub(crate) fn rules(&self) -> Vec<(String, String)> {
        let mut all: BTreeMap<String, String> =
            rules::RULES.iter().map(|(id, description)| ((*id).to_owned(), (*description).to_owned())).collect();
        for (place, command) in self.table.all().enumerate() {
            let id = &command.id;
            let mut add = |end: &str, description: String| {
                all.entry(format!("exec.{id}{end}")).or_insert(description);
            };
            let about =
                if command.about.is_empty() { format!("{id} as its grammar allows it") } else { command.about.clone() };
            let example = |examples: &[Vec<String>]| examples.first().map(|argv| line_of(argv)).unwrap_or_default();
            if !command.allow.is_empty() {
                add("", format!("{about}; for example: {}", example(&command.allow)));
            }
            for tier in command.tiers() {
                let word = tier.word();
                add(
                    &format!(".{word}"),
                    format!("asks a person first ({word}): {about}; for example: {}", example(&command.ask)),
                );
            }
            // Of those that cover little a refusal never speaks.
            if command.minor {
                continue;
            }
            add(".flag", format!("an option that {id} may not have"));
            add(".words", format!("a word that {id} may not have, or one that is missing"));
            if command.options.iter().any(|o| o.value.is_some()) {
                add(".value", format!("a value that an option of {id} may not have"));
            }
            // Several grammars may share a name. Of those that stop at the first word, the first one's refusal stands.
            let earlier = self.table.commands.iter().take(place).filter(|other| !other.minor);
            let taken: BTreeSet<&String> = earlier.flat_map(|other| &other.names).collect();
            if !command.needs.is_empty() && command.names.iter().any(|name| !taken.contains(name)) {
                add(".required", format!("an option that {id} must have"));
            }
        }
        all.into_iter().collect()
    }
}

impl Command {
    /// What a person may be asked about.
    fn tiers(&self) -> BTreeSet<Tier> {
        fn of(value: &Value) -> Vec<Tier> {
            match value {
                Value::Tiered(tier, inner) => of(inner).into_iter().map(|t| t.max(*tier)).collect(),
                Value::Either(all) => all.iter().flat_map(of).collect(),
                Value::Sentence(inner) => of(inner),
                _ => vec![Tier::Safe],
            }
        }
        let options = self.options.iter().flat_map(|o| o.value.iter().flat_map(of).chain([o.tier]));
        let words = self.forms.iter().flatten().flat_map(|w| of(&w.value));
        options.chain(words).map(|tier| tier.max(self.tier)).chain([self.tier]).filter(|t| *t != Tier::Safe).collect()
    }
}
