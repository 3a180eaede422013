//! What the operator sets: the table of commands and the lists its values are checked against. The shipped table is `defaults.json`.
use serde::Deserialize;
use std::collections::BTreeMap;

/// The settings of exec-allowlist; see settings.schema.json. A key that is left out keeps its default, whole.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    pub(crate) max_args: Option<usize>,
    pub(crate) max_bytes: Option<usize>,
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) max_read_bytes: Option<u64>,
    pub(crate) wrappers: Option<Vec<Vec<String>>>,
    pub(crate) directories: Option<Vec<String>>,
    pub(crate) dns: Option<Dns>,
    pub(crate) loopback: Option<Loopback>,
    pub(crate) paths: Option<BTreeMap<String, Vec<String>>>,
    pub(crate) commands: Option<Vec<Command>>,
    /// Further commands for some targets.
    #[serde(default)]
    pub(crate) extra: Vec<Extra>,
}

/// Names that may be looked up.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dns {
    /// Whatever ends in one of these.
    pub(crate) suffixes: Vec<String>,
    /// Namespaces that a two-label name may end in, beside the target's own.
    pub(crate) namespaces: Vec<String>,
    /// Names outside the cluster, whole.
    #[serde(default)]
    pub(crate) names: Vec<String>,
}

/// What may be fetched from the container itself.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Loopback {
    pub(crate) hosts: Vec<String>,
    /// "8080" or "8000-8099".
    pub(crate) ports: Vec<String>,
    /// Path and query, whole.
    pub(crate) paths: Vec<String>,
}

/// Commands that only some targets have; every part that is given must match.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Extra {
    pub(crate) when: When,
    pub(crate) commands: Vec<Command>,
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

/// One command and its grammar.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Command {
    /// The middle of its rule ids: `exec.ID`, `exec.ID.flag`, ...
    pub(crate) id: String,
    /// A bare name is looked for in `directories`; one with a slash stands as it is.
    pub(crate) names: Vec<String>,
    /// Words that stand alone, letter by letter.
    #[serde(default)]
    pub(crate) flags: Vec<String>,
    /// Whether `-ab` is `-a -b`.
    #[serde(default = "yes")]
    pub(crate) bundles: bool,
    #[serde(default)]
    pub(crate) options: Vec<Opt>,
    /// Of each of these groups one must be there.
    #[serde(default)]
    pub(crate) required: Vec<Vec<String>>,
    /// Of each of these groups at most one may be there, once.
    #[serde(default)]
    pub(crate) exclusive: Vec<Vec<String>>,
    /// `-100` for `-n 100`.
    #[serde(default)]
    pub(crate) dash_number: Option<Number>,
    /// Whether `--` may end the options.
    #[serde(default)]
    pub(crate) end_of_options: bool,
    /// What the words that are no options may be: one of these sequences.
    #[serde(default = "no_words")]
    pub(crate) forms: Vec<Vec<Word>>,
    /// What a denied request is completed with, to say what would pass.
    #[serde(default)]
    pub(crate) fill: Vec<String>,
    /// Commands that pass; checked at load, shown in denials.
    pub(crate) examples: Vec<String>,
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) max_read_bytes: Option<u64>,
}

/// An option that takes a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Opt {
    pub(crate) names: Vec<String>,
    pub(crate) value: Value,
    /// `--name` may stand alone, and its value only follows after `=` (an optional argument).
    #[serde(default)]
    pub(crate) optional: bool,
}

/// So many words of one type.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Word {
    pub(crate) value: Value,
    #[serde(default = "one")]
    pub(crate) min: usize,
    #[serde(default = "one")]
    pub(crate) max: usize,
}

/// What a word or value must be.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Value {
    /// A decimal number, both ends included.
    Number(Number),
    /// One of these.
    Choice(Vec<String>),
    /// Some of these, joined by commas.
    List(List),
    /// Text of an alphabet.
    Text(Text),
    /// A path that one of the named sets lists.
    Path(Vec<String>),
    /// A name in the cluster.
    DnsName,
    /// A URL of this very container.
    LoopbackUrl,
    /// What curl's -w may print.
    CurlFormat,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Number {
    pub(crate) min: u64,
    pub(crate) max: u64,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct List {
    pub(crate) of: Vec<String>,
    /// Whether `+` or `-` may stand before each (a sort order).
    #[serde(default)]
    pub(crate) signs: bool,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Text {
    #[serde(default)]
    pub(crate) prefix: String,
    pub(crate) alphabet: String,
    pub(crate) max: usize,
}

fn yes() -> bool {
    true
}
fn one() -> usize {
    1
}
fn no_words() -> Vec<Vec<Word>> {
    vec![vec![]]
}

/// The settings with nothing left open.
#[derive(Debug, Clone)]
pub(crate) struct Complete {
    pub(crate) max_args: usize,
    pub(crate) max_bytes: usize,
    pub(crate) timeout_ms: u32,
    pub(crate) max_read_bytes: u64,
    pub(crate) wrappers: Vec<Vec<String>>,
    pub(crate) directories: Vec<String>,
    pub(crate) dns: Dns,
    pub(crate) loopback: Loopback,
    pub(crate) paths: BTreeMap<String, Vec<String>>,
    pub(crate) commands: Vec<Command>,
    pub(crate) extra: Vec<Extra>,
}

/// The text of the shipped settings.
pub const DEFAULTS: &str = include_str!("../defaults.json");

impl Settings {
    pub(crate) fn complete(self) -> Result<Complete, String> {
        let shipped: Settings = wardgate_guest::parse_settings(DEFAULTS)?;
        let missing = |key: &str| format!("settings: `{key}` is missing");
        let mut paths = shipped.paths.unwrap_or_default();
        // Sets are replaced by name, so that an operator can widen one without repeating all.
        paths.extend(self.paths.unwrap_or_default());
        Ok(Complete {
            max_args: self.max_args.or(shipped.max_args).ok_or_else(|| missing("max_args"))?,
            max_bytes: self.max_bytes.or(shipped.max_bytes).ok_or_else(|| missing("max_bytes"))?,
            timeout_ms: self.timeout_ms.or(shipped.timeout_ms).ok_or_else(|| missing("timeout_ms"))?,
            max_read_bytes: self.max_read_bytes.or(shipped.max_read_bytes).ok_or_else(|| missing("max_read_bytes"))?,
            wrappers: self.wrappers.or(shipped.wrappers).ok_or_else(|| missing("wrappers"))?,
            directories: self.directories.or(shipped.directories).ok_or_else(|| missing("directories"))?,
            dns: self.dns.or(shipped.dns).ok_or_else(|| missing("dns"))?,
            loopback: self.loopback.or(shipped.loopback).ok_or_else(|| missing("loopback"))?,
            paths,
            commands: self.commands.or(shipped.commands).ok_or_else(|| missing("commands"))?,
            extra: self.extra,
        })
    }
}
