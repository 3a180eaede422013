//! What passes under the settings that a set was loaded with, out of the rules that its reviewers announced. A rule whose description
//! ends in `; for example: REQUEST` lets that request pass; one that begins with `asks a person first` asks about it.
use crate::setup::Rule;
use wardgate_core::{Sample, hygiene};

/// Stands before the example in a rule's description.
const EXAMPLE: &str = "; for example: ";
/// Begins the description of a rule that asks.
const ASKS: &str = "asks a person first";
/// Characters of one example; a longer one is left out, because a part of a request is another request.
const LONGEST: usize = 160;

/// The samples among these rules, in their order.
pub(crate) fn of(rules: &[Rule]) -> impl Iterator<Item = Sample> + '_ {
    rules.iter().filter_map(|Rule { id, description }| {
        let (about, line) = description.rsplit_once(EXAMPLE)?;
        let fits = !line.is_empty() && line.chars().count() <= LONGEST && hygiene::visible(line) == line;
        fits.then(|| Sample {
            rule: id.clone(),
            about: hygiene::visible(about),
            line: line.into(),
            asks: description.starts_with(ASKS),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_and_plain_examples_are_samples() {
        let rule = |id: &str, description: &str| Rule { id: id.into(), description: description.into() };
        let long = format!("much; for example: {}", "x".repeat(LONGEST + 1));
        let rules = [
            rule("exec.ss", "sockets; for example: ss -tan"),
            rule("exec.du.costly", "asks a person first (costly): sizes; for example: du -xh /"),
            rule("exec.ss.flag", "an option that ss may not have"),
            rule("exec.long", &long),
            rule("exec.odd", "tricks; for example: ss\u{202e} -tan"),
            rule("exec.none", "nothing; for example: "),
        ];
        let found: Vec<_> = of(&rules).map(|sample| (sample.rule, sample.line, sample.asks)).collect();
        assert_eq!(
            found,
            [("exec.ss".into(), "ss -tan".into(), false), ("exec.du.costly".into(), "du -xh /".to_owned(), true),]
        );
    }
}
