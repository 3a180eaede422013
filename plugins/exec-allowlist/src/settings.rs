//! What the operator writes: the shipped table (`defaults.json`), what is added to it and what is taken away. Texts only; `table` reads them.
use serde::Deserialize;
use std::collections::BTreeMap;

/// The settings of exec-allowlist; see settings.schema.json. A key that is left out keeps its shipped value; one that is given replaces
/// it whole; `add` and `remove` change what then stands.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub(crate) max_args: Option<usize>,
    pub(crate) max_bytes: Option<usize>,
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) max_read_bytes: Option<u64>,
    pub(crate) wrappers: Option<Vec<String>>,
    pub(crate) dns: Option<Dns>,
    pub(crate) loopback: Option<Loopback>,
    pub(crate) paths: Option<BTreeMap<String, Vec<String>>>,
    pub(crate) types: Option<BTreeMap<String, Type>>,
    pub(crate) commands: Option<Vec<Entry>>,
    pub(crate) add: Add,
    /// Ids of entries.
    pub(crate) remove: Vec<String>,
    /// Further commands for some targets.
    pub(crate) extra: Vec<Extra>,
}

/// What is put beside what stands already.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Add {
    pub(crate) dns: Dns,
    pub(crate) loopback: Loopback,
    pub(crate) paths: BTreeMap<String, Vec<String>>,
    pub(crate) types: BTreeMap<String, Type>,
    pub(crate) commands: Vec<Entry>,
    /// Names of environment variables, for the type `variable`.
    pub(crate) variables: Vec<String>,
}

/// Names that may be looked up.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dns {
    /// Whatever ends in one of these.
    pub(crate) suffixes: Vec<String>,
    /// Namespaces that a two-label name may end in, beside the target's own.
    pub(crate) namespaces: Vec<String>,
    /// Names outside the cluster, whole.
    pub(crate) names: Vec<String>,
}

/// What may be fetched from the container itself.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Loopback {
    pub(crate) hosts: Vec<String>,
    /// "8080" or "8000-8099".
    pub(crate) ports: Vec<String>,
    /// Path and query, whole; `*` stands for characters of one segment.
    pub(crate) paths: Vec<String>,
    /// The same, of pages that a person is asked about first.
    pub(crate) revealing: Vec<String>,
}

/// Commands that only some targets have; every part that is given must match.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extra {
    pub(crate) when: When,
    pub(crate) commands: Vec<Entry>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct When {
    /// Names, or prefixes that end in `*`.
    #[serde(default)]
    pub(crate) namespaces: Vec<String>,
    #[serde(default)]
    pub(crate) pod_labels: BTreeMap<String, String>,
    /// Prefixes of the image as written in the pod.
    #[serde(default)]
    pub(crate) images: Vec<String>,
}

/// One command and its grammar, in the notation that `notation` reads.
#[expect(clippy::struct_excessive_bools, reason = "each is a key that an operator writes")]
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Entry {
    /// Its names, with blanks between.
    pub(crate) command: String,
    /// The middle of its rule ids: `exec.ID`, `exec.ID.flag`, ... The first name, if left out.
    pub(crate) id: Option<String>,
    /// What it is for, in a few words.
    pub(crate) about: String,
    pub(crate) tier: Tier,
    /// The implementations this holds for; empty: every one.
    pub(crate) flavours: Vec<String>,
    /// Folders it may be named by, beside the usual ones.
    pub(crate) folders: Vec<String>,
    /// Each a line: names of options, then perhaps a value.
    pub(crate) options: Vec<String>,
    /// Whether `-ab` is `-a -b`, and `--` ends the options.
    pub(crate) bundles: Bundles,
    /// Whether no option may follow a word.
    pub(crate) options_first: bool,
    /// Whether no option may stand before the first word.
    pub(crate) words_first: bool,
    /// Whether a value may stand behind `=` after one dash too.
    pub(crate) equals: bool,
    /// Of each of these (`-b|--batch`) one must be there.
    pub(crate) needs: Vec<String>,
    /// Of each of these at most one may be there, once.
    pub(crate) once: Vec<String>,
    /// What the words that are no options may be: one of these. Left out: there are none.
    pub(crate) words: Option<Vec<String>>,
    /// What a denied command is completed with, to say what would pass.
    pub(crate) complete: String,
    /// Commands that pass, that a person is asked about, and that are denied; checked at load, shown in denials.
    pub(crate) allow: Vec<String>,
    pub(crate) ask: Vec<String>,
    pub(crate) deny: Vec<String>,
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) max_read_bytes: Option<u64>,
    /// Whether a path is taken by its shape, without the question where it leads.
    pub(crate) by_shape: bool,
    /// Whether it covers so little of the command that a refusal speaks as if there were no entry.
    pub(crate) minor: bool,
}

/// A yes unless said otherwise.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(transparent)]
pub(crate) struct Bundles(pub(crate) bool);

impl Default for Bundles {
    fn default() -> Self {
        Bundles(true)
    }
}

/// How freely a command may run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tier {
    /// It may.
    #[default]
    Safe,
    /// It loads the container or another workload: a person is asked.
    Costly,
    /// It may show what is nobody's business: a person is asked.
    Revealing,
}

impl Tier {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Tier::Safe => "safe",
            Tier::Costly => "costly",
            Tier::Revealing => "revealing",
        }
    }
}

/// A named type of values. One of the kinds is given.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Type {
    /// Words, with blanks between.
    pub(crate) one_of: Option<String>,
    /// Some of these words, joined by commas.
    pub(crate) list_of: Option<String>,
    /// For a list: whether `+` or `-` may stand before each (a sort order).
    pub(crate) signs: bool,
    /// Characters, as in `a-z0-9_.`; a dash that means itself stands last.
    pub(crate) text: Option<String>,
    /// For a text: what it begins with, and how long the rest may be.
    pub(crate) prefix: String,
    pub(crate) max: Option<usize>,
    /// For a text: whether names of credentials are refused.
    pub(crate) closed: bool,
    /// Sets of paths.
    pub(crate) path: Option<Vec<String>>,
    /// Names with one `*` at most, with blanks between.
    pub(crate) like: Option<String>,
    /// A text of several words, each of this notation.
    pub(crate) sentence: Option<String>,
    /// What such a value asks for.
    pub(crate) tier: Tier,
}

/// The settings with nothing left open.
#[derive(Debug, Clone)]
pub(crate) struct Complete {
    pub(crate) max_args: usize,
    pub(crate) max_bytes: usize,
    pub(crate) timeout_ms: u32,
    pub(crate) max_read_bytes: u64,
    pub(crate) wrappers: Vec<Vec<String>>,
    pub(crate) dns: Dns,
    pub(crate) loopback: Loopback,
    pub(crate) paths: BTreeMap<String, Vec<String>>,
    pub(crate) types: BTreeMap<String, Type>,
    pub(crate) commands: Vec<Entry>,
    pub(crate) extra: Vec<Extra>,
    /// Of the commands, so many of the first are shipped ones that rest on something the operator changed.
    pub(crate) forgiven: usize,
}

/// The text of the shipped settings.
pub const DEFAULTS: &str = include_str!("../defaults.json");

impl Settings {
    pub(crate) fn complete(self) -> Result<Complete, String> {
        let shipped: Settings = wardgate_guest::parse_settings(DEFAULTS)?;
        let missing = |key: &str| format!("settings: `{key}` is missing");
        let replaced = self.dns.is_some() || self.loopback.is_some() || self.paths.is_some() || self.types.is_some();
        let as_shipped = !replaced && self.add.is_empty() && self.extra.is_empty() && self.remove.is_empty();
        let mut dns = self.dns.or(shipped.dns).ok_or_else(|| missing("dns"))?;
        dns.suffixes.extend(self.add.dns.suffixes);
        dns.namespaces.extend(self.add.dns.namespaces);
        dns.names.extend(self.add.dns.names);
        let mut loopback = self.loopback.or(shipped.loopback).ok_or_else(|| missing("loopback"))?;
        loopback.hosts.extend(self.add.loopback.hosts);
        loopback.ports.extend(self.add.loopback.ports);
        loopback.paths.extend(self.add.loopback.paths);
        loopback.revealing.extend(self.add.loopback.revealing);
        let mut paths = self.paths.or(shipped.paths).ok_or_else(|| missing("paths"))?;
        for (set, more) in self.add.paths {
            paths.entry(set).or_default().extend(more);
        }
        let mut types = self.types.or(shipped.types).ok_or_else(|| missing("types"))?;
        types.extend(self.add.types);
        if let Some(known) = types.get_mut("variable").and_then(|t| t.like.as_mut()) {
            for name in self.add.variables {
                known.push(' ');
                known.push_str(&name);
            }
        }
        let own = self.commands.is_some();
        let mut commands = self.commands.or(shipped.commands).ok_or_else(|| missing("commands"))?;
        for id in &self.remove {
            let before = commands.len();
            commands.retain(|entry| entry.id() != *id);
            if commands.len() == before {
                return Err(format!("settings: `remove` names {id:?}, which is no command"));
            }
        }
        let unchanged = if own { 0 } else { commands.len() };
        commands.extend(self.add.commands);
        let wrappers = self.wrappers.or(shipped.wrappers).ok_or_else(|| missing("wrappers"))?;
        Ok(Complete {
            max_args: self.max_args.or(shipped.max_args).ok_or_else(|| missing("max_args"))?,
            max_bytes: self.max_bytes.or(shipped.max_bytes).ok_or_else(|| missing("max_bytes"))?,
            timeout_ms: self.timeout_ms.or(shipped.timeout_ms).ok_or_else(|| missing("timeout_ms"))?,
            max_read_bytes: self.max_read_bytes.or(shipped.max_read_bytes).ok_or_else(|| missing("max_read_bytes"))?,
            wrappers: wrappers.iter().map(|w| w.split_ascii_whitespace().map(str::to_owned).collect()).collect(),
            dns,
            loopback,
            paths,
            types,
            commands,
            extra: self.extra,
            forgiven: if as_shipped { 0 } else { unchanged },
        })
    }
}

impl Add {
    fn is_empty(&self) -> bool {
        let Add { dns, loopback, paths, types, commands, variables } = self;
        let lists = [&dns.suffixes, &dns.namespaces, &dns.names, &loopback.hosts, &loopback.ports, &loopback.paths];
        lists.iter().all(|list| list.is_empty())
            && loopback.revealing.is_empty()
            && paths.is_empty()
            && types.is_empty()
            && commands.is_empty()
            && variables.is_empty()
    }
}

impl Entry {
    /// The id that is written, or the first name with dashes for what an id may not hold.
    pub(crate) fn id(&self) -> String {
        let first = || self.command.split_ascii_whitespace().next().unwrap_or_default();
        self.id.clone().unwrap_or_else(|| first().replace(['_', '.'], "-").to_ascii_lowercase())
    }
}
