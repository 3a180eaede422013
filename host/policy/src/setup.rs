//! What a plugin says of itself at load, in the host's own words: they go into the compile cache, to `inspect`, and to the
//! prefilter, none of which need to know the engine. Knows no bindings.
use serde::{Deserialize, Serialize};

/// What `describe` returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Descriptor {
    /// Its name; equal to the signed one.
    pub name: String,
    /// Its version; equal to the signed one.
    pub version: String,
    /// JSON Schema 2020-12 of its settings.
    pub settings_schema: String,
    /// Every question kind it may ask.
    pub questions: Vec<String>,
}

/// A rule that a plugin can name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rule {
    /// Stable and documented.
    pub id: String,
    /// For people. `; for example: REQUEST` at its end makes that request part of a tool's description (`samples.rs`).
    pub description: String,
}

/// What a reviewer's `configure` returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewerSetup {
    /// The kinds of request it wants to see, as in [`wardgate_core::AnyRequest::kind`].
    pub kinds: Vec<String>,
    /// Every rule id it can name.
    pub rules: Vec<Rule>,
}

/// What a redactor's `configure` returned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedactorSetup {
    /// Every rule it can name, by index.
    pub rules: Vec<Rule>,
    /// What the host must show it.
    pub attention: Attention,
}

/// What a byte must be near to for a redactor to have anything to say about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// All bytes.
    Everything,
    /// Bytes near one of these.
    Near(Vec<Trigger>),
}

/// As in `wit/policy.wit`, field by field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Texts.
    pub literals: Vec<Literal>,
    /// Runs of an alphabet.
    pub runs: Vec<Run>,
    /// Byte ranges, both ends included.
    pub bytes: Vec<(u8, u8)>,
    /// A finding may begin this much ahead of the trigger.
    pub before: u32,
    /// A finding may end this much behind it.
    pub after: u32,
    /// Past line breaks too.
    pub across: bool,
}

/// A text that triggers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Literal {
    /// 2 to 64 bytes.
    pub text: String,
    /// Without regard to ASCII case.
    pub any_case: bool,
    /// Only where no ASCII letter or digit stands before it.
    pub word_start: bool,
    /// What must come after.
    pub follow: Follow,
}

/// What must come after a literal, in its line; see the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Follow {
    /// Nothing in particular.
    Anything,
    /// A separator, then at least this many bytes of a value.
    Value(u32),
    /// This byte within 256.
    Byte(u8),
}

/// A longest run of bytes of an alphabet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// ASCII.
    pub alphabet: String,
    /// At least this long.
    pub min_length: u32,
    /// It must hold lower-case letters.
    pub lower: bool,
    /// It must hold upper-case letters.
    pub upper: bool,
    /// It must hold digits.
    pub digit: bool,
    /// It must hold something that is neither letter nor digit.
    pub symbol: bool,
}

/// The contract's bounds on what `describe` and `configure` return. A component beyond one does not load.
pub(crate) mod bounds {
    pub(crate) const RULES: usize = 1_024;
    pub(crate) const RULE_ID: usize = 128;
    pub(crate) const DESCRIPTION: usize = 2 << 10;
    pub(crate) const SCHEMA: usize = 256 << 10;
    pub(crate) const QUESTIONS: usize = 32;
    pub(crate) const TRIGGERS: usize = 256;
    pub(crate) const LITERALS: usize = 4_096;
    pub(crate) const RUNS: usize = 8;
    pub(crate) const RANGES: usize = 64;
    pub(crate) const REACH: u32 = 64 << 10;
}

impl Descriptor {
    /// The first bound that this breaks.
    pub(crate) fn broken(&self) -> Option<&'static str> {
        let long = self.name.len() > 100 || self.version.len() > 100;
        let questions = self.questions.len() > bounds::QUESTIONS || self.questions.iter().any(|q| q.len() > 64);
        [
            (long, "its name or version"),
            (self.settings_schema.len() > bounds::SCHEMA, "its schema"),
            (questions, "its questions"),
        ]
        .into_iter()
        .find_map(|(broken, what)| broken.then_some(what))
    }
}

impl ReviewerSetup {
    pub(crate) fn broken(&self) -> Option<&'static str> {
        broken_rules(&self.rules)
    }
}

impl RedactorSetup {
    pub(crate) fn broken(&self) -> Option<&'static str> {
        let Attention::Near(triggers) = &self.attention else { return broken_rules(&self.rules) };
        let all = |count: fn(&Trigger) -> usize| triggers.iter().map(count).sum::<usize>();
        let literal = |l: &Literal| (2..=64).contains(&l.text.len());
        let run =
            |r: &Run| r.alphabet.is_ascii() && !r.alphabet.is_empty() && r.alphabet.len() <= 128 && r.min_length > 0;
        let checks = [
            (triggers.len() > bounds::TRIGGERS, "too many triggers"),
            (all(|t| t.literals.len()) > bounds::LITERALS, "too many literals"),
            (!triggers.iter().flat_map(|t| &t.literals).all(literal), "a literal of less than 2 or more than 64 bytes"),
            (all(|t| t.runs.len()) > bounds::RUNS, "too many runs"),
            (!triggers.iter().flat_map(|t| &t.runs).all(run), "a run without a usable alphabet or length"),
            (all(|t| t.bytes.len()) > bounds::RANGES, "too many byte ranges"),
            (
                triggers.iter().flat_map(|t| &t.bytes).any(|(first, last)| first > last),
                "a byte range that ends before it begins",
            ),
            (triggers.iter().any(|t| t.before > bounds::REACH || t.after > bounds::REACH), "a reach beyond 64 KiB"),
        ];
        broken_rules(&self.rules).or_else(|| checks.into_iter().find_map(|(broken, what)| broken.then_some(what)))
    }
}

fn broken_rules(rules: &[Rule]) -> Option<&'static str> {
    let id = |id: &str| {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b"._-/:".contains(&b);
        (1..=bounds::RULE_ID).contains(&id.len()) && id.bytes().all(fits)
    };
    let mut ids: Vec<&str> = rules.iter().map(|r| r.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    let checks = [
        (rules.is_empty(), "no rules"),
        (rules.len() > bounds::RULES, "too many rules"),
        (!rules.iter().all(|r| id(&r.id)), "a rule id that is not 1 to 128 letters, digits or . _ - / :"),
        (rules.iter().any(|r| r.description.len() > bounds::DESCRIPTION), "a rule description beyond 2 KiB"),
        (ids.len() != rules.len(), "a rule id twice"),
    ];
    checks.into_iter().find_map(|(broken, what)| broken.then_some(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(id: &str) -> Rule {
        Rule { id: id.into(), description: String::new() }
    }

    fn trigger() -> Trigger {
        let literal = Literal { text: "AKIA".into(), any_case: false, word_start: true, follow: Follow::Anything };
        Trigger { literals: vec![literal], runs: vec![], bytes: vec![], before: 0, after: 0, across: false }
    }

    #[test]
    fn setups_out_of_bounds_are_named() {
        let near = |t: Trigger| RedactorSetup { rules: vec![rule("a")], attention: Attention::Near(vec![t]) };
        let literal = |text: &str| Literal { text: text.into(), ..trigger().literals[0].clone() };
        let run = |alphabet: &str, min_length| Run {
            alphabet: alphabet.into(),
            min_length,
            lower: false,
            upper: false,
            digit: false,
            symbol: false,
        };
        assert_eq!(near(trigger()).broken(), None);
        for (setup, what) in [
            (near(Trigger { literals: vec![literal("x")], ..trigger() }), "a literal of"),
            (near(Trigger { literals: vec![literal("xx"); 4_097], ..trigger() }), "too many literals"),
            (near(Trigger { runs: vec![run("é", 9)], ..trigger() }), "a run without"),
            (near(Trigger { runs: vec![run("ab", 9); 9], ..trigger() }), "too many runs"),
            (near(Trigger { bytes: vec![(9, 8)], ..trigger() }), "a byte range"),
            (near(Trigger { before: 65_537, ..trigger() }), "a reach"),
            (RedactorSetup { rules: vec![], attention: Attention::Everything }, "no rules"),
            (RedactorSetup { rules: vec![rule("a"), rule("a")], attention: Attention::Everything }, "a rule id twice"),
            (RedactorSetup { rules: vec![rule("a\nb")], attention: Attention::Everything }, "a rule id that"),
        ] {
            assert!(setup.broken().is_some_and(|b| b.starts_with(what)), "{what}: {:?}", setup.broken());
        }
    }
}
