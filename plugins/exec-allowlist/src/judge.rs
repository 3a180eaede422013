//! The order of the checks: what holds for every command, the one command's grammar, then what must be asked. What a denial offers
//! instead is in `advice`.
use crate::{
    closed,
    examples::Says,
    grammar::{self, Reading, Refusal},
    inquiry::Inquiry,
    path::quote,
    programs, rules,
    settings::{Complete, Tier, When},
    table::{Command, FOLDERS, Flavours, Table, line_of},
    value,
};
use std::collections::{BTreeMap, BTreeSet};
use wardgate_guest::{
    deny,
    types::{Answer, Denial, Exec, Question, Target},
};

/// The configured reviewer.
#[derive(Debug)]
pub struct ExecAllowlist {
    pub(crate) table: Table,
    /// For each name, the commands it may be: index of the extra (none: for every target), and of the command.
    names: BTreeMap<String, Vec<(Option<usize>, usize)>>,
    /// Last parts of all names.
    pub(crate) bare: BTreeSet<String>,
}

/// What becomes of a request.
#[derive(Debug)]
pub(crate) enum Judgement {
    Allowed(Allowed),
    /// A person must be asked first.
    Asked(Denial, Allowed),
    Unanswered(Vec<Question>),
    /// With a request near it that passes.
    Refused(Denial, Option<Vec<String>>),
}

/// A request that may run.
#[derive(Debug)]
pub(crate) struct Allowed {
    pub(crate) rule: String,
    pub(crate) timeout_ms: u32,
    pub(crate) max_read_bytes: u64,
}

/// Why no grammar takes a command.
pub(crate) struct Furthest<'s> {
    pub(crate) command: &'s Command,
    pub(crate) refusal: Refusal,
}

impl ExecAllowlist {
    pub(crate) fn new(settings: Complete) -> Result<Self, String> {
        let forgiven = settings.forgiven;
        let table = Table::new(settings)?;
        let (mut names, mut bare) = (BTreeMap::<String, Vec<_>>::new(), BTreeSet::new());
        let shared = table.commands.iter().enumerate().map(|(i, command)| (None, i, command));
        let extra = table.extra.iter().enumerate();
        let extra = extra
            .flat_map(|(e, (_, commands))| commands.iter().enumerate().map(move |(i, command)| (Some(e), i, command)));
        for (origin, index, command) in shared.chain(extra) {
            for name in &command.names {
                if !command.minor {
                    bare.insert(name.clone());
                }
                let folders = FOLDERS.into_iter().chain(command.folders.iter().map(String::as_str));
                for folder in folders {
                    names.entry(format!("{folder}{name}")).or_default().push((origin, index));
                }
            }
        }
        let mut policy = ExecAllowlist { table, names, bare };
        let (may_change, mistakes): (Vec<_>, Vec<_>) =
            policy.mistakes().into_iter().partition(|m| m.says != Says::Deny && m.entry < forgiven);
        if !mistakes.is_empty() {
            return Err(mistakes.iter().map(|m| m.text.as_str()).collect::<Vec<_>>().join("\n"));
        }
        for mistake in &may_change {
            if let Some(command) = policy.table.commands.get_mut(mistake.entry) {
                command.allow.retain(|argv| *argv != mistake.argv);
                command.ask.retain(|argv| *argv != mistake.argv);
            }
        }
        Ok(policy)
    }

    pub(crate) fn judge(&self, target: &Target, exec: &Exec, answers: &[Answer]) -> Judgement {
        let refuse = |denial: Denial| Judgement::Refused(denial, None);
        if exec.stdin {
            return refuse(deny(rules::STDIN, "a command gets no standard input").remedy("stdin = false"));
        }
        if exec.tty {
            return refuse(deny(rules::TTY, "a command gets no terminal").remedy("tty = false"));
        }
        if !self.wrapper_fits(&exec.wrapper) {
            let reason = "what stands before the command is not one of the host's own wrappers";
            return refuse(deny(rules::WRAPPER, reason).remedy("send the command alone; the host adds its time limit"));
        }
        let refused = match self.words(&exec.argv) {
            Ok(()) => match self.command(target, &exec.argv, answers) {
                Ok(judgement) => return judgement,
                Err(denial) => denial,
            },
            Err(denial) => denial,
        };
        let instead = self.instead(target, &exec.argv);
        let denial = match &instead {
            Some(argv) => {
                let near = format!("what passes: {}", line_of(argv));
                let remedy = match &refused.remedy {
                    Some(remedy) => format!("{near}; {remedy}"),
                    None => near,
                };
                refused.remedy(remedy)
            }
            None => refused,
        };
        Judgement::Refused(denial, instead)
    }

    /// What holds for the words of every command.
    fn words(&self, argv: &[String]) -> Result<(), Denial> {
        let Table { max_args, max_bytes, .. } = self.table;
        if argv.is_empty() || argv.iter().any(String::is_empty) {
            return Err(deny(rules::EMPTY, "the command is empty, or one of its words is")
                .remedy("a program and its arguments, one word each"));
        }
        if argv.len() > max_args {
            return Err(deny(rules::COUNT, format!("{} words", argv.len())).remedy(format!("at most {max_args} words")));
        }
        let bytes: usize = argv.iter().map(String::len).sum();
        if bytes > max_bytes {
            return Err(deny(rules::BYTES, format!("{bytes} bytes")).remedy(format!("at most {max_bytes} bytes")));
        }
        if argv.iter().any(|word| word.bytes().any(|b| b < 0x20 || b == 0x7f)) {
            return Err(deny(rules::CONTROL, "a word holds a control character").remedy("printable ASCII only"));
        }
        if !argv.iter().all(|word| word.is_ascii()) {
            return Err(deny(rules::NON_ASCII, "a word holds a character beyond ASCII").remedy("printable ASCII only"));
        }
        if argv.iter().any(|word| is_shell_syntax(word)) {
            let reason = "there is no shell: pipes, redirections and substitutions mean nothing here";
            return Err(deny(rules::SHELL_SYNTAX, reason)
                .remedy("one command per call; its output is cut and filtered for you"));
        }
        Ok(())
    }

    /// The command itself: its name, its grammar, what must be asked. Err: no grammar takes it, or an answer speaks against it.
    fn command(&self, target: &Target, argv: &[String], answers: &[Answer]) -> Result<Judgement, Denial> {
        let (read, told) = told(argv);
        let Some((name, rest)) = read.split_first() else { return Err(deny(rules::EMPTY, "no command")) };
        let mut readings: Vec<(&Command, Reading)> = vec![];
        for command in self.candidates(target, name) {
            if let Ok(reading) = grammar::read(command, rest, &self.table, &target.namespace) {
                let asks_nothing = reading.tier == Tier::Safe && reading.flavours == Flavours::ALL;
                readings.push((command, reading));
                // No other reading would come before this one, and to refuse is more work than to read.
                if asks_nothing {
                    break;
                }
            }
        }
        if readings.is_empty() {
            return Err(match self.furthest(target, read) {
                Some(Furthest { command, refusal }) if !command.minor => self.no_fit(target, name, command, refusal),
                // Of a multi-call program it is the launcher that is refused: what it would start is not listed.
                _ => self.unlisted(argv.first().map_or(name, String::as_str)),
            });
        }
        if let Err((rule, reason)) = rest.iter().try_for_each(|word| closed::closed_word(word)) {
            return Err(deny(rule, reason).remedy(self.examples(target, name)));
        }
        // What asks for least first; of two, the one that holds everywhere.
        readings.sort_by_key(|(_, reading)| (reading.tier, reading.flavours != Flavours::ALL));
        let mut inquiry = Inquiry::new(answers);
        let mut flavoured = None;
        for (command, reading) in readings {
            if reading.flavours != Flavours::ALL {
                let known = told.or_else(|| inquiry.flavour(name));
                if !known.is_some_and(|flavour| reading.flavours.contains(flavour)) {
                    flavoured = flavoured.or(Some((command, reading.flavours)));
                    continue;
                }
            }
            if !command.by_shape {
                for (word, wanted) in &reading.paths {
                    inquiry.link(word, wanted, &self.table, &target.namespace)?;
                }
            }
            return Ok(match inquiry.open() {
                Some(questions) => Judgement::Unanswered(questions),
                None => self.settled(target, argv, command, reading.tier),
            });
        }
        // Only an implementation that is not known to be this one would pass.
        match (inquiry.open(), flavoured) {
            (Some(questions), _) => Ok(Judgement::Unanswered(questions)),
            (None, Some((command, flavours))) => {
                let reason = format!("these options of {} are harmless in {} only", command.id, flavours.names());
                let remedy = self.examples(target, name);
                Err(deny(rules::FLAVOUR, reason).remedy(remedy).detail("command", command.id.clone()))
            }
            (None, None) => Err(self.unlisted(name)),
        }
    }

    fn settled(&self, target: &Target, argv: &[String], command: &Command, tier: Tier) -> Judgement {
        let Table { timeout_ms, max_read_bytes, .. } = self.table;
        let mut allowed = Allowed {
            rule: format!("exec.{}", command.id),
            timeout_ms: command.timeout_ms.map_or(timeout_ms, |own| own.min(timeout_ms)),
            max_read_bytes: command.max_read_bytes.map_or(max_read_bytes, |own| own.min(max_read_bytes)),
        };
        if tier == Tier::Safe {
            return Judgement::Allowed(allowed);
        }
        allowed.rule = format!("exec.{}.{}", command.id, tier.word());
        let why = match tier {
            Tier::Costly => "it loads the container, the kernel or another workload",
            _ => "it may show what only some people should see",
        };
        let mut person = vec!["kubectl".to_owned(), "exec".to_owned()];
        for (flag, value) in [("-n", &target.namespace), ("", &target.pod), ("-c", &target.container)] {
            if !value.is_empty() {
                person.extend([flag, value].into_iter().filter(|w| !w.is_empty()).map(str::to_owned));
            }
        }
        person.push("--".to_owned());
        person.extend(argv.iter().cloned());
        let denial = deny(&allowed.rule, format!("{}: {why}; a person must agree first", tier.word()))
            .remedy(format!("a person with access can run it: {}", line_of(&person)))
            .detail("command", command.id.clone())
            .detail("tier", tier.word());
        Judgement::Asked(denial, allowed)
    }

    pub(crate) fn candidates<'s>(&'s self, target: &'s Target, name: &str) -> impl Iterator<Item = &'s Command> {
        let places = self.names.get(name).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(move |(origin, index)| match origin {
            None => self.table.commands.get(*index),
            Some(extra) => {
                let (when, commands) = self.table.extra.get(*extra)?;
                if applies(when, target) { commands.get(*index) } else { None }
            }
        })
    }

    /// The grammar that came furthest before it refused.
    pub(crate) fn furthest<'s>(&'s self, target: &'s Target, argv: &[String]) -> Option<Furthest<'s>> {
        let (name, rest) = argv.split_first()?;
        let mut furthest: Option<Furthest> = None;
        for command in self.candidates(target, name) {
            if let Err(refusal) = grammar::read(command, rest, &self.table, &target.namespace)
                && furthest.as_ref().is_none_or(|f| {
                    (!f.command.minor, f.refusal.progress(), f.refusal.is_ruled())
                        < (!command.minor, refusal.progress(), refusal.is_ruled())
                })
            {
                furthest = Some(Furthest { command, refusal });
            }
        }
        furthest
    }

    fn no_fit(&self, target: &Target, name: &str, command: &Command, refusal: Refusal) -> Denial {
        deny(&refusal.rule.id(&command.id), refusal.reason)
            .remedy(self.examples(target, name))
            .detail("command", command.id.clone())
    }

    fn examples(&self, target: &Target, name: &str) -> String {
        let (mut allow, mut ask) = (vec![], vec![]);
        for command in self.candidates(target, name).filter(|c| !c.minor) {
            allow.extend(command.allow.iter().map(|argv| line_of(argv)));
            ask.extend(command.ask.iter().map(|argv| line_of(argv)));
        }
        allow.truncate(4);
        ask.truncate(2);
        match (allow.is_empty(), ask.is_empty()) {
            (false, _) => format!("for example: {}", allow.join("; ")),
            (true, _) => format!("a person can be asked about, for example: {}", ask.join("; ")),
        }
    }

    fn unlisted(&self, name: &str) -> Denial {
        if name.contains(' ') {
            return deny(rules::ONE_WORD, "the whole command is in one word")
                .remedy("one word of the list for each word of the command");
        }
        let bare = name.rsplit('/').next().unwrap_or_default();
        if name.contains('/') && self.bare.contains(bare) {
            return deny(rules::PROGRAM_PATH, format!("{} does not lie in a listed folder", quote(name)))
                .remedy(format!("{bare} alone, or in /bin, /sbin, /usr/bin or /usr/sbin"));
        }
        let (rule, reason, remedy) = programs::about(bare);
        deny(rule, reason).remedy(remedy)
    }

    fn wrapper_fits(&self, wrapper: &[String]) -> bool {
        let word = |(wanted, word): (&String, &String)| match wanted.as_str() {
            "<n>" => value::number(word).is_some_and(|n| (1..=600).contains(&n)),
            _ => wanted == word,
        };
        wrapper.is_empty()
            || self.table.wrappers.iter().any(|w| w.len() == wrapper.len() && w.iter().zip(wrapper).all(word))
    }

    /// Whether the words would run without a question, by their shape.
    pub(crate) fn passes(&self, target: &Target, argv: &[String]) -> bool {
        self.tier(target, argv) == Some(Tier::Safe)
    }

    /// The tier the words would run in where nothing can be asked; none: they are refused.
    pub(crate) fn tier(&self, target: &Target, argv: &[String]) -> Option<Tier> {
        self.words(argv).ok()?;
        let (read, told) = told(argv);
        let (name, rest) = read.split_first()?;
        rest.iter().try_for_each(|word| closed::closed_word(word)).ok()?;
        self.candidates(target, name)
            .filter_map(|command| grammar::read(command, rest, &self.table, &target.namespace).ok())
            .filter(|reading| {
                reading.flavours == Flavours::ALL || told.is_some_and(|flavour| reading.flavours.contains(flavour))
            })
            .map(|reading| reading.tier)
            .min()
    }
}

/// The words as they are meant. A multi-call program is told which of its commands to be, and is then known for its implementation:
/// `busybox df -h` is busybox's `df -h`. Only a bare name is one of its commands; it would not look for a program elsewhere.
fn told(argv: &[String]) -> (&[String], Option<Flavours>) {
    let multi = |name: &str| match name {
        "busybox" => Some(Flavours::BUSYBOX),
        "toybox" => Some(Flavours::TOYBOX),
        _ => None,
    };
    let [program, inner @ ..] = argv else { return (argv, None) };
    let in_a_folder = |folder: &&str| program.strip_prefix(*folder).filter(|rest| !rest.contains('/'));
    let flavour = FOLDERS.iter().find_map(in_a_folder).and_then(multi);
    let plain = inner.first().is_some_and(|n| !n.starts_with('-') && !n.contains('/') && multi(n).is_none());
    if plain && flavour.is_some() { (inner, flavour) } else { (argv, None) }
}

/// Words that only a shell would understand.
fn is_shell_syntax(word: &str) -> bool {
    matches!(word, "|" | "||" | "|&" | "&" | "&&" | ";" | ";;" | "<" | "<<" | "<<<" | ">" | ">>")
        || word.contains(['`', '\n'])
        || ["$(", "${", "<(", ">("].iter().any(|s| word.contains(s))
        || word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '&').starts_with(['>', '<'])
        || (word.len() > 1 && word.ends_with(';'))
}

/// Whether a target is one of those meant; an empty condition means none.
fn applies(when: &When, target: &Target) -> bool {
    let namespace = |pattern: &String| match pattern.strip_suffix('*') {
        Some(prefix) => target.namespace.starts_with(prefix),
        None => target.namespace == *pattern,
    };
    let label = |(key, value): (&String, &String)| target.pod_labels.iter().any(|l| l.key == *key && l.value == *value);
    let empty = when.namespaces.is_empty() && when.pod_labels.is_empty() && when.images.is_empty();
    !empty
        && (when.namespaces.is_empty() || when.namespaces.iter().any(namespace))
        && when.pod_labels.iter().all(label)
        && (when.images.is_empty()
            || when.images.iter().any(|prefix| !prefix.is_empty() && target.image.starts_with(prefix.as_str())))
}
