//! The order of the checks, from what holds for every command to the one command's grammar, and what a denial offers instead.
use crate::{
    grammar::{self, Refusal},
    path::quote,
    programs, rules,
    settings::{Command, Complete, When},
    value,
};
use std::collections::{BTreeMap, BTreeSet};
use wardgate_guest::{
    deny,
    types::{Denial, Exec, Target},
};

/// The configured reviewer.
#[derive(Debug)]
pub struct ExecAllowlist {
    settings: Complete,
    /// For each name, the commands it may be: index of the extra (none: for every target), and of the command.
    names: BTreeMap<String, Vec<(Option<usize>, usize)>>,
    /// Last parts of all names.
    bare: BTreeSet<String>,
}

/// A request that may run.
#[derive(Debug)]
pub(crate) struct Allowed {
    pub(crate) rule: String,
    pub(crate) timeout_ms: u32,
    pub(crate) max_read_bytes: u64,
}

/// A request that may not, and one that might.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) denial: Denial,
    pub(crate) instead: Option<Vec<String>>,
}

impl ExecAllowlist {
    pub(crate) fn new(settings: Complete) -> Result<Self, String> {
        let (mut names, mut bare) = (BTreeMap::<String, Vec<_>>::new(), BTreeSet::new());
        let shared = settings.commands.iter().enumerate().map(|(i, command)| (None, i, command));
        let extra = settings.extra.iter().enumerate();
        let extra = extra
            .flat_map(|(e, extra)| extra.commands.iter().enumerate().map(move |(i, command)| (Some(e), i, command)));
        for (origin, index, command) in shared.chain(extra) {
            well_formed(command, &settings)?;
            for name in &command.names {
                bare.insert(name.rsplit('/').next().unwrap_or_default().to_owned());
                let full: Vec<String> = if name.contains('/') {
                    vec![name.clone()]
                } else {
                    settings.directories.iter().map(|folder| format!("{folder}{name}")).collect()
                };
                for name in full {
                    names.entry(name).or_default().push((origin, index));
                }
            }
        }
        let policy = ExecAllowlist { settings, names, bare };
        policy.check_examples()?;
        Ok(policy)
    }

    /// Every rule id and its description.
    pub(crate) fn rules(&self) -> Vec<(String, String)> {
        let mut all: BTreeMap<String, String> =
            rules::RULES.iter().map(|(id, description)| ((*id).to_owned(), (*description).to_owned())).collect();
        for command in self.settings.commands.iter().chain(self.settings.extra.iter().flat_map(|e| &e.commands)) {
            let id = &command.id;
            let mut add = |end: &str, description: String| all.insert(format!("exec.{id}{end}"), description);
            add("", format!("{id} as its grammar allows it"));
            add(".flag", format!("an option that {id} may not have"));
            add(".words", format!("a word that {id} may not have, or one that is missing"));
            if !command.options.is_empty() || command.dash_number.is_some() {
                add(".value", format!("a value that an option of {id} may not have"));
            }
            // Several grammars may share an id. Of those that stop at the first word, the first one's refusal stands.
            let is_first = self.settings.commands.iter().find(|c| c.id == *id).is_none_or(|c| std::ptr::eq(c, command));
            if !command.required.is_empty() && is_first {
                add(".required", format!("an option that {id} must have"));
            }
        }
        all.into_iter().collect()
    }

    pub(crate) fn judge(&self, target: &Target, exec: &Exec) -> Result<Allowed, Refused> {
        let refuse = |denial: Denial| Refused { denial, instead: None };
        if exec.stdin {
            return Err(refuse(deny(rules::STDIN, "a command gets no standard input").remedy("stdin = false")));
        }
        if exec.tty {
            return Err(refuse(deny(rules::TTY, "a command gets no terminal").remedy("tty = false")));
        }
        if !self.wrapper_fits(&exec.wrapper) {
            let reason = "what stands before the command is not one of the host's own wrappers";
            return Err(refuse(
                deny(rules::WRAPPER, reason).remedy("send the command alone; the host adds its time limit"),
            ));
        }
        self.words(&exec.argv).map_err(refuse)?;
        self.command(target, &exec.argv).map_err(|denial| {
            let instead = self.instead(target, &exec.argv);
            Refused { denial, instead }
        })
    }

    /// What holds for the words of every command.
    fn words(&self, argv: &[String]) -> Result<(), Denial> {
        let Complete { max_args, max_bytes, .. } = self.settings;
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
        let operator = |word: &String| {
            matches!(
                word.as_str(),
                "|" | "||"
                    | "|&"
                    | "&"
                    | "&&"
                    | ";"
                    | ">"
                    | ">>"
                    | "<"
                    | "<<"
                    | "2>"
                    | "2>&1"
                    | "2>/dev/null"
                    | ">/dev/null"
            ) || word.contains('`')
                || word.contains("$(")
                || word.contains("${")
        };
        if argv.iter().any(operator) {
            return Err(deny(
                rules::SHELL_SYNTAX,
                "there is no shell: pipes, redirections and substitutions mean nothing here",
            )
            .remedy("one command per call; its output is cut and filtered for you"));
        }
        Ok(())
    }

    /// The command itself: its name, then its grammar.
    fn command(&self, target: &Target, argv: &[String]) -> Result<Allowed, Denial> {
        let Some((name, rest)) = argv.split_first() else { return Err(deny(rules::EMPTY, "no command")) };
        let candidates: Vec<&Command> = self.candidates(target, name).collect();
        let mut furthest: Option<(&Command, Refusal)> = None;
        for command in &candidates {
            match grammar::check(command, rest, &self.settings, &target.namespace) {
                Ok(()) => {
                    return Ok(Allowed {
                        rule: format!("exec.{}", command.id),
                        timeout_ms: command
                            .timeout_ms
                            .unwrap_or(self.settings.timeout_ms)
                            .min(self.settings.timeout_ms),
                        max_read_bytes: command
                            .max_read_bytes
                            .unwrap_or(self.settings.max_read_bytes)
                            .min(self.settings.max_read_bytes),
                    });
                }
                Err(refusal) if furthest.as_ref().is_none_or(|(_, f)| f.progress() < refusal.progress()) => {
                    furthest = Some((command, refusal));
                }
                Err(_) => {}
            }
        }
        let Some((command, refusal)) = furthest else { return Err(self.unlisted(name)) };
        let examples: Vec<&str> = candidates.iter().flat_map(|c| &c.examples).take(4).map(String::as_str).collect();
        Err(deny(&refusal.rule.id(&command.id), refusal.reason)
            .remedy(format!("what passes, for example: {}", examples.join("; ")))
            .detail("command", command.id.clone()))
    }

    fn candidates<'s>(&'s self, target: &'s Target, name: &str) -> impl Iterator<Item = &'s Command> {
        let places = self.names.get(name).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(move |(origin, index)| match origin {
            None => self.settings.commands.get(*index),
            Some(extra) => {
                let extra = self.settings.extra.get(*extra)?;
                if applies(&extra.when, target) { extra.commands.get(*index) } else { None }
            }
        })
    }

    fn unlisted(&self, name: &str) -> Denial {
        if name.contains(' ') {
            return deny(rules::ONE_WORD, "the whole command is in one word")
                .remedy("one word of the list for each word of the command");
        }
        let bare = name.rsplit('/').next().unwrap_or_default();
        if name.contains('/') && self.bare.contains(bare) {
            let folders: Vec<&str> =
                self.settings.directories.iter().map(|d| if d.is_empty() { "no folder" } else { d }).collect();
            return deny(rules::PROGRAM_PATH, format!("{} does not lie in a listed folder", quote(name)))
                .remedy(format!("{bare} alone; folders: {}", folders.join(", ")));
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
            || self.settings.wrappers.iter().any(|w| w.len() == wrapper.len() && w.iter().zip(wrapper).all(word))
    }

    /// A request near this one that passes, if there is a natural one.
    fn instead(&self, target: &Target, argv: &[String]) -> Option<Vec<String>> {
        let passes = |argv: &Vec<String>| self.words(argv).is_ok() && self.command(target, argv).is_ok();
        let (name, rest) = argv.split_first()?;
        let mut tries = Vec::new();
        let mut commands = self.candidates(target, name).peekable();
        if commands.peek().is_none() {
            // sh -c "CMD", timeout 5 CMD, busybox CMD, "CMD ARG": the command within.
            let text = rest.last().unwrap_or(name);
            tries.push(text.split_ascii_whitespace().map(str::to_owned).collect());
            tries.extend((1..argv.len().min(6)).map(|skip| argv[skip..].to_vec()));
            let bare = name.rsplit('/').next()?.to_owned();
            tries.push([vec![bare], rest.to_vec()].concat());
        }
        for command in commands {
            let Err(refusal) = grammar::check(command, rest, &self.settings, &target.namespace) else { continue };
            let only_replaced = refusal.nearest.is_some();
            let filled = |mut args: Vec<String>| {
                let there = command.fill.first().is_some_and(|first| args.contains(first));
                if !there && !only_replaced {
                    args.splice(0..0, command.fill.iter().cloned());
                }
                [vec![name.clone()], args].concat()
            };
            let mut changed = rest.to_vec();
            if let Some(word) = changed.get_mut(refusal.at) {
                match refusal.nearest {
                    Some(nearest) => *word = nearest,
                    None => drop(changed.remove(refusal.at)),
                }
            }
            tries.push(filled(changed.clone()));
            tries.push([vec![name.clone()], changed].concat());
            tries.extend(command.examples.iter().take(1).map(|example| split(example)));
        }
        tries.into_iter().find(passes)
    }

    /// An example that does not pass is a mistake in the table.
    fn check_examples(&self) -> Result<(), String> {
        for command in self.settings.commands.iter().chain(self.settings.extra.iter().flat_map(|e| &e.commands)) {
            for example in &command.examples {
                let words = split(example);
                let rest = words.get(1..).unwrap_or_default();
                if let Err(refusal) = grammar::check(command, rest, &self.settings, "example") {
                    return Err(format!(
                        "settings: command {}: its example {example:?} does not pass: {}",
                        command.id, refusal.reason
                    ));
                }
            }
        }
        Ok(())
    }
}

fn split(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// What a table must not say.
fn well_formed(command: &Command, settings: &Complete) -> Result<(), String> {
    let id = &command.id;
    let fail = |what: String| Err(format!("settings: command {id}: {what}"));
    if id.is_empty() || !id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-') {
        return fail("its id must be of lower-case letters, digits and dashes".into());
    }
    if command.names.is_empty()
        || command.names.iter().any(|n| n.is_empty() || (n.contains('/') && !n.starts_with('/')))
    {
        return fail("each name must be bare or an absolute path".into());
    }
    if command.examples.is_empty() {
        return fail("it needs an example".into());
    }
    let dashed = |name: &String| (name.starts_with('-') || name.starts_with('+')) && name.len() > 1 && name != "--";
    if !command.flags.iter().chain(command.options.iter().flat_map(|o| &o.names)).all(dashed) {
        return fail("flags and options begin with - or +".into());
    }
    let values = command.options.iter().map(|o| &o.value).chain(command.forms.iter().flatten().map(|w| &w.value));
    for value in values {
        if let crate::settings::Value::Path(sets) = value
            && let Some(unknown) = sets.iter().find(|set| !settings.paths.contains_key(*set))
        {
            return fail(format!("there is no set of paths {unknown:?}"));
        }
    }
    Ok(())
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
