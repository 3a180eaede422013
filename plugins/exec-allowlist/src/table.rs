//! The table as the reviewer uses it: every text of the settings read, checked and joined, once, at load.
use crate::{
    notation::{self, Types},
    path::Patterns,
    settings::{Complete, Entry, Loopback, Tier, Type, When},
};
use std::{collections::BTreeMap, sync::Arc};

/// Folders that a command may be named by; a bare name stands for what the container's PATH finds.
pub(crate) const FOLDERS: [&str; 5] = ["", "/bin/", "/sbin/", "/usr/bin/", "/usr/sbin/"];

/// One command and its grammar.
#[derive(Debug)]
pub(crate) struct Command {
    pub(crate) id: String,
    pub(crate) about: String,
    pub(crate) names: Vec<String>,
    pub(crate) folders: Vec<String>,
    pub(crate) tier: Tier,
    pub(crate) flavours: Flavours,
    pub(crate) options: Vec<Opt>,
    pub(crate) style: Style,
    pub(crate) needs: Vec<Vec<String>>,
    pub(crate) once: Vec<Vec<String>>,
    pub(crate) forms: Vec<Vec<Word>>,
    pub(crate) complete: Vec<String>,
    pub(crate) allow: Vec<Vec<String>>,
    pub(crate) ask: Vec<Vec<String>>,
    pub(crate) deny: Vec<Vec<String>>,
    pub(crate) timeout_ms: Option<u32>,
    pub(crate) max_read_bytes: Option<u64>,
    pub(crate) by_shape: bool,
    pub(crate) minor: bool,
}

/// How its options are read.
#[expect(clippy::struct_excessive_bools, reason = "each is a habit of some programs; any may meet any other")]
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// `-ab` is `-a -b`, and `--` ends the options.
    pub(crate) bundles: bool,
    /// No option may follow a word.
    pub(crate) options_first: bool,
    /// No option may stand before the first word, which says what they mean.
    pub(crate) words_first: bool,
    /// `-name=value` is `-name value`, as Go's flags are written.
    pub(crate) equals: bool,
}

/// One option under all its names.
#[derive(Debug)]
pub(crate) struct Opt {
    pub(crate) names: Vec<String>,
    /// None: it stands alone.
    pub(crate) value: Option<Value>,
    /// It may stand alone; a value only follows in the same word.
    pub(crate) optional: bool,
    /// `-100`: the value is the whole option.
    pub(crate) dash_number: bool,
    pub(crate) tier: Tier,
    pub(crate) flavours: Flavours,
}

/// So many words of one type.
#[derive(Debug)]
pub(crate) struct Word {
    pub(crate) value: Value,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

/// What a word or value must be.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    /// A decimal number, both ends included.
    Number {
        min: u64,
        max: u64,
    },
    /// A time in seconds, a fraction allowed, at most this.
    Seconds(u64),
    OneOf(Vec<String>),
    /// Some of these, joined by commas; perhaps with a sign each.
    List {
        of: Vec<String>,
        signs: bool,
    },
    Text(Arc<Text>),
    Path(Arc<Patterns>),
    /// Names with one `*` at most.
    Like(Vec<String>),
    Sentence(Arc<Value>),
    ClusterName,
    /// An address of a private network or of loopback, with this before it.
    PrivateAddress(&'static str),
    /// An address, perhaps with a port or the length of its prefix; `*` and `:PORT` too. Never a name.
    NetAddress,
    LoopbackUrl,
    /// `localhost:PORT`, `127.0.0.1:PORT`, `[::1]:PORT` or `:PORT`.
    LoopbackPort,
    RevealingUrl,
    CurlFormat,
    /// An environment variable whose name does not say that it holds a secret.
    OtherVariable,
    Either(Vec<Value>),
    Tiered(Tier, Arc<Value>),
}

/// A text of an alphabet.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) prefix: String,
    pub(crate) alphabet: [bool; 128],
    pub(crate) max: usize,
    /// Whether names of credentials are refused.
    pub(crate) closed: bool,
}

/// Implementations of a command, as a set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Flavours(u8);

impl Flavours {
    pub(crate) const GNU: Flavours = Flavours(1);
    pub(crate) const BUSYBOX: Flavours = Flavours(2);
    pub(crate) const TOYBOX: Flavours = Flavours(4);
    pub(crate) const BSD: Flavours = Flavours(8);
    /// Every one, those that nobody has named included.
    pub(crate) const ALL: Flavours = Flavours(0xff);

    pub(crate) fn of<'n>(names: impl Iterator<Item = &'n str>) -> Result<Flavours, String> {
        let mut set = Flavours(0);
        for name in names {
            set.0 |= match name {
                "gnu" => Self::GNU.0,
                "busybox" => Self::BUSYBOX.0,
                "toybox" => Self::TOYBOX.0,
                "bsd" => Self::BSD.0,
                _ => return Err(format!("there is no flavour {name:?}: gnu, busybox, toybox, bsd")),
            };
        }
        Ok(set)
    }

    pub(crate) fn and(self, other: Flavours) -> Flavours {
        Flavours(self.0 & other.0)
    }

    pub(crate) fn contains(self, one: Flavours) -> bool {
        self.0 & one.0 != 0
    }

    pub(crate) fn names(self) -> String {
        let all = [(Self::GNU, "GNU"), (Self::BUSYBOX, "busybox"), (Self::TOYBOX, "toybox"), (Self::BSD, "BSD")];
        let names: Vec<&str> = all.iter().filter(|(f, _)| self.contains(*f)).map(|(_, name)| *name).collect();
        names.join(" or ")
    }
}

/// Everything the reviewer decides by.
#[derive(Debug)]
pub(crate) struct Table {
    pub(crate) max_args: usize,
    pub(crate) max_bytes: usize,
    pub(crate) timeout_ms: u32,
    pub(crate) max_read_bytes: u64,
    pub(crate) wrappers: Vec<Vec<String>>,
    pub(crate) dns: crate::settings::Dns,
    pub(crate) loopback: Loopback,
    pub(crate) commands: Vec<Command>,
    pub(crate) extra: Vec<(When, Vec<Command>)>,
}

impl Table {
    pub(crate) fn new(settings: Complete) -> Result<Self, String> {
        let Complete { max_args, max_bytes, timeout_ms, max_read_bytes, wrappers, dns, loopback, .. } = settings;
        let (paths, types) = (settings.paths, settings.types);
        let mut known: BTreeMap<&str, Value> = BTreeMap::new();
        // Sentences are made of other types, so they come last.
        for sentences in [false, true] {
            for (name, written) in types.iter().filter(|(_, t)| t.sentence.is_some() == sentences) {
                let lookup = |inner: &str| find(&known, inner);
                let value = named(written, &paths, &lookup).map_err(|why| format!("settings: type {name}: {why}"))?;
                known.insert(name, value);
            }
        }
        let lookup = |name: &str| find(&known, name);
        let read =
            |entry: &Entry| command(entry, &lookup).map_err(|why| format!("settings: command {}: {why}", entry.id()));
        let commands = settings.commands.iter().map(read).collect::<Result<_, _>>()?;
        let extra = settings.extra.into_iter().map(|extra| {
            let commands = extra.commands.iter().map(read).collect::<Result<_, String>>()?;
            Ok((extra.when, commands))
        });
        let extra = extra.collect::<Result<_, String>>()?;
        Ok(Table { max_args, max_bytes, timeout_ms, max_read_bytes, wrappers, dns, loopback, commands, extra })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Command> {
        self.commands.iter().chain(self.extra.iter().flat_map(|(_, commands)| commands))
    }
}

fn find(known: &BTreeMap<&str, Value>, name: &str) -> Result<Value, String> {
    Ok(match name {
        "pid" => Value::Number { min: 1, max: 4_194_304 },
        "port" => Value::Number { min: 1, max: 65_535 },
        "seconds" => Value::Seconds(60),
        "net-address" => Value::NetAddress,
        "cluster-name" => Value::ClusterName,
        "private-address" => Value::PrivateAddress(""),
        "dns-server" => Value::Tiered(Tier::Revealing, Arc::new(Value::PrivateAddress(""))),
        "dig-server" => Value::Tiered(Tier::Revealing, Arc::new(Value::PrivateAddress("@"))),
        "loopback-url" => Value::LoopbackUrl,
        "loopback-port" => Value::LoopbackPort,
        "revealing-url" => Value::Tiered(Tier::Revealing, Arc::new(Value::RevealingUrl)),
        "curl-format" => Value::CurlFormat,
        "other-variable" => Value::Tiered(Tier::Revealing, Arc::new(Value::OtherVariable)),
        _ => known.get(name).cloned().ok_or_else(|| format!("there is no type <{name}>"))?,
    })
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn named(written: &Type, paths: &BTreeMap<String, Vec<String>>, types: Types) -> Result<Value, String> {
    let kinds = [
        written.one_of.is_some(),
        written.list_of.is_some(),
        written.text.is_some(),
        written.path.is_some(),
        written.like.is_some(),
        written.sentence.is_some(),
    ];
    if kinds.iter().filter(|k| **k).count() != 1 {
        return Err("it is one of one_of, list_of, text, path, like and sentence".into());
    }
    let value = if let Some(of) = &written.one_of {
        Value::OneOf(words(of))
    } else if let Some(of) = &written.list_of {
        Value::List { of: words(of), signs: written.signs }
    } else if let Some(alphabet) = &written.text {
        let max = written.max.ok_or("a text has a `max`")?;
        Value::Text(Arc::new(Text {
            prefix: written.prefix.clone(),
            alphabet: class(alphabet)?,
            max,
            closed: written.closed,
        }))
    } else if let Some(sets) = &written.path {
        let mut patterns = vec![];
        for set in sets {
            patterns.extend(paths.get(set).ok_or_else(|| format!("there is no set of paths {set:?}"))?.iter().cloned());
        }
        Value::Path(Arc::new(Patterns::new(&patterns)?))
    } else if let Some(like) = &written.like {
        Value::Like(words(like))
    } else {
        Value::Sentence(Arc::new(notation::value(written.sentence.as_deref().unwrap_or_default(), types)?))
    };
    Ok(if written.tier == Tier::Safe { value } else { Value::Tiered(written.tier, Arc::new(value)) })
}

/// `a-z0-9_`: ASCII characters and ranges of them.
fn class(text: &str) -> Result<[bool; 128], String> {
    let mut set = [false; 128];
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(&first) = bytes.get(at) {
        let last = if bytes.get(at + 1) == Some(&b'-') { bytes.get(at + 2).copied() } else { None };
        at += if last.is_some() { 3 } else { 1 };
        let last = last.unwrap_or(first);
        let slots = set.get_mut(usize::from(first)..=usize::from(last)).filter(|_| (b' '..=b'~').contains(&first));
        slots.ok_or_else(|| format!("{text:?} is no class of printable ASCII"))?.fill(true);
    }
    Ok(set)
}

fn command(entry: &Entry, types: Types) -> Result<Command, String> {
    let id = entry.id();
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return Err("its id must be of lower-case letters, digits and dashes".into());
    }
    let names = words(&entry.command);
    if names.is_empty() || names.iter().any(|name| name.contains('/')) {
        return Err("`command` has bare names, with blanks between; `folders` says where else they lie".into());
    }
    if let Some(folder) = entry.folders.iter().find(|f| !(f.starts_with('/') && f.ends_with('/') && !f.contains("..")))
    {
        return Err(format!("folder {folder:?} must be absolute and end in a slash"));
    }
    if entry.allow.is_empty() && entry.ask.is_empty() {
        return Err("it needs an example that passes, in `allow` or `ask`".into());
    }
    let groups = |lines: &[String]| lines.iter().map(|l| l.split('|').map(str::to_owned).collect()).collect();
    let split = |lines: &[String]| lines.iter().map(|line| words_of(line)).collect();
    let forms = match &entry.words {
        None => vec![vec![]],
        Some(forms) => forms.iter().map(|line| notation::form(line, types)).collect::<Result<_, _>>()?,
    };
    Ok(Command {
        id,
        about: entry.about.clone(),
        names,
        folders: entry.folders.clone(),
        tier: entry.tier,
        flavours: match entry.flavours.as_slice() {
            [] => Flavours::ALL,
            some => Flavours::of(some.iter().map(String::as_str))?,
        },
        options: entry.options.iter().map(|line| notation::option(line, types)).collect::<Result<_, _>>()?,
        style: Style {
            bundles: entry.bundles.0,
            options_first: entry.options_first,
            words_first: entry.words_first,
            equals: entry.equals,
        },
        needs: groups(&entry.needs),
        once: groups(&entry.once),
        forms,
        complete: words(&entry.complete),
        allow: split(&entry.allow),
        ask: split(&entry.ask),
        deny: split(&entry.deny),
        timeout_ms: entry.timeout_ms,
        max_read_bytes: entry.max_read_bytes,
        by_shape: entry.by_shape,
        minor: entry.minor,
    })
}

/// The words of a command written in one line; quotes join, as a person would write it for a shell.
pub(crate) fn words_of(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut open) = (vec![], String::new(), None, false);
    for c in line.chars() {
        match quote {
            Some(end) if c == end => quote = None,
            None if c == '\'' || c == '"' => (quote, open) = (Some(c), true),
            None if c.is_ascii_whitespace() => {
                if open || !word.is_empty() {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            _ => word.push(c),
        }
    }
    if open || !word.is_empty() {
        words.push(word);
    }
    words
}

/// A command as one line that a shell would split into the same words.
pub(crate) fn line_of(argv: &[String]) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-=:,+@%".contains(c);
    let word = |w: &String| {
        if !w.is_empty() && w.chars().all(plain) { w.clone() } else { format!("'{}'", w.replace('\'', "'\\''")) }
    };
    argv.iter().map(word).collect::<Vec<_>>().join(" ")
}
