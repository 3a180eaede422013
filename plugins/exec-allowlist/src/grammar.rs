//! One command's grammar applied to its words, the way getopt would read them: what getopt would take for something else than what is
//! listed is refused, abbreviations of long options included.
use crate::{
    path::quote,
    settings::{Command, Complete, Opt, Word},
    value,
};

/// Where and why a command is refused.
pub(crate) struct Refusal {
    /// Index of the word into the arguments; their number, if something is missing.
    pub(crate) at: usize,
    /// A whole rule id, or the end of one of the command's.
    pub(crate) rule: Rule,
    pub(crate) reason: String,
    /// The word that would do instead; none: leave it out.
    pub(crate) nearest: Option<String>,
}

impl Refusal {
    /// How far the reading came. Whoever only misses an option may be another command of the same name.
    pub(crate) fn progress(&self) -> usize {
        if self.rule == Rule::Required { 0 } else { self.at }
    }
}

/// Which rule a refusal falls under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Shared(&'static str),
    Flag,
    Value,
    Words,
    Required,
}

impl Rule {
    pub(crate) fn id(self, command: &str) -> String {
        match self {
            Rule::Shared(id) => id.to_owned(),
            Rule::Flag => format!("exec.{command}.flag"),
            Rule::Value => format!("exec.{command}.value"),
            Rule::Words => format!("exec.{command}.words"),
            Rule::Required => format!("exec.{command}.required"),
        }
    }
}

/// Whether the arguments (without the command's name) fit.
pub(crate) fn check(command: &Command, args: &[String], settings: &Complete, namespace: &str) -> Result<(), Refusal> {
    let mut reader = Reader { command, args, settings, namespace, present: vec![], words: vec![] };
    reader.read()?;
    reader.required()?;
    reader.forms()
}

struct Reader<'a> {
    command: &'a Command,
    args: &'a [String],
    settings: &'a Complete,
    namespace: &'a str,
    /// Names of the options seen.
    present: Vec<String>,
    /// Words that are no options, with their places.
    words: Vec<(usize, &'a str)>,
}

impl Reader<'_> {
    fn read(&mut self) -> Result<(), Refusal> {
        let mut at = 0;
        let mut ended = false;
        while let Some(arg) = self.args.get(at) {
            let text = arg.as_str();
            at += if ended || !is_option(text, self.command) {
                self.words.push((at, text));
                1
            } else if text == "--" && self.command.end_of_options {
                ended = true;
                1
            } else {
                self.option(at, text)?
            };
        }
        Ok(())
    }

    /// Reads the option at `at`; how many words it took.
    fn option(&mut self, at: usize, text: &str) -> Result<usize, Refusal> {
        let command = self.command;
        if command.flags.iter().any(|flag| flag == text) {
            self.present.push(text.to_owned());
            return Ok(1);
        }
        if let (Some(range), Some(digits)) = (command.dash_number, text.strip_prefix('-'))
            && let Some(n) = value::number(digits)
        {
            if (range.min..=range.max).contains(&n) {
                return Ok(1);
            }
            let nearest = Some(format!("-{}", n.clamp(range.min, range.max)));
            return Err(Refusal {
                at,
                rule: Rule::Value,
                reason: format!("{n} is not within {} to {}", range.min, range.max),
                nearest,
            });
        }
        if let Some(option) = find(command, text) {
            self.present.push(text.to_owned());
            if option.optional {
                return Ok(1);
            }
            let Some(value) = self.args.get(at + 1) else {
                return Err(Refusal {
                    at,
                    rule: Rule::Value,
                    reason: format!("{} needs a value", quote(text)),
                    nearest: None,
                });
            };
            self.value(option, at + 1, value, "")?;
            return Ok(2);
        }
        if text.starts_with("--") {
            if let Some((name, value)) = text.split_once('=')
                && let Some(option) = find(command, name)
            {
                self.present.push(name.to_owned());
                self.value(option, at, value, &text[..=name.len()])?;
                return Ok(1);
            }
            return Err(self.unlisted(at, text));
        }
        if command.bundles && text.is_ascii() { self.bundle(at, text) } else { Err(self.unlisted(at, text)) }
    }

    /// `-abnVALUE`: flags, then perhaps an option with its value in the same word or the next.
    fn bundle(&mut self, at: usize, text: &str) -> Result<usize, Refusal> {
        for (i, letter) in text.char_indices().skip(1) {
            let short = format!("-{letter}");
            if self.command.flags.contains(&short) {
                self.present.push(short);
                continue;
            }
            let Some(option) = find(self.command, &short) else { return Err(self.unlisted(at, &short)) };
            self.present.push(short.clone());
            let glued = &text[i + 1..];
            if !glued.is_empty() {
                self.value(option, at, glued, &text[..=i])?;
                return Ok(1);
            }
            let Some(value) = self.args.get(at + 1) else {
                return Err(Refusal {
                    at,
                    rule: Rule::Value,
                    reason: format!("{} needs a value", quote(&short)),
                    nearest: None,
                });
            };
            self.value(option, at + 1, value, "")?;
            return Ok(2);
        }
        Ok(1)
    }

    /// Checks an option's value; `before` is what stands before it in its word.
    fn value(&self, option: &Opt, at: usize, text: &str, before: &str) -> Result<(), Refusal> {
        value::check(&option.value, text, self.settings, self.namespace).map_err(|refused| Refusal {
            at,
            rule: refused.rule.map_or(Rule::Value, Rule::Shared),
            reason: format!("{}: {}", option.names.join(", "), refused.reason),
            nearest: refused.nearest.map(|nearest| format!("{before}{nearest}")),
        })
    }

    fn unlisted(&self, at: usize, text: &str) -> Refusal {
        let name = text.split('=').next().unwrap_or_default();
        let known = self.command.flags.iter().chain(self.command.options.iter().flat_map(|o| &o.names));
        let longer = known.filter(|k| name.len() > 2 && name.starts_with("--") && k.starts_with(name)).min();
        let reason = match longer {
            Some(long) => format!("{} is an abbreviation; options are written out: {long}", quote(text)),
            None => format!("{} does not allow {}", self.command.id, quote(text)),
        };
        Refusal { at, rule: Rule::Flag, reason, nearest: longer.map(|long| text.replacen(name, long, 1)) }
    }

    /// What must be there is, and what shuts the other out does not stand together.
    fn required(&self) -> Result<(), Refusal> {
        for group in &self.command.required {
            if !group.iter().any(|name| self.present.contains(name)) {
                let reason = format!("{} needs {}", self.command.id, group.join(" or "));
                return Err(Refusal { at: self.args.len(), rule: Rule::Required, reason, nearest: None });
            }
        }
        for group in &self.command.exclusive {
            if self.present.iter().filter(|name| group.contains(name)).count() > 1 {
                let reason = format!("at most one of {} may be given, once", group.join(", "));
                return Err(Refusal { at: self.args.len(), rule: Rule::Flag, reason, nearest: None });
            }
        }
        Ok(())
    }

    /// Some form must fit; the refusal is that of the form that went furthest.
    fn forms(&self) -> Result<(), Refusal> {
        let mut furthest: Option<Refusal> = None;
        for form in &self.command.forms {
            match self.form(form) {
                Ok(()) => return Ok(()),
                // A rule that says more (a path's, say) wins over a plain one at the same place.
                Err(refusal) => {
                    let rank = |r: &Refusal| (r.at, matches!(r.rule, Rule::Shared(_)));
                    if furthest.as_ref().is_none_or(|f| rank(f) < rank(&refusal)) {
                        furthest = Some(refusal);
                    }
                }
            }
        }
        Err(furthest.unwrap_or_else(|| words_refused(self.args.len(), "it takes no such words".into())))
    }

    fn form(&self, form: &[Word]) -> Result<(), Refusal> {
        let mut words = self.words.iter().peekable();
        for spec in form {
            let mut count = 0;
            while count < spec.max
                && let Some((at, text)) = words.peek()
            {
                match value::check(&spec.value, text, self.settings, self.namespace) {
                    Ok(()) => {
                        words.next();
                        count += 1;
                    }
                    Err(_) if count >= spec.min && form.len() > 1 => break,
                    Err(refused) => {
                        let rule = refused.rule.map_or(Rule::Words, Rule::Shared);
                        return Err(Refusal { at: *at, rule, reason: refused.reason, nearest: refused.nearest });
                    }
                }
            }
            if count < spec.min {
                return Err(words_refused(self.args.len(), "a word is missing".into()));
            }
        }
        match words.next() {
            None => Ok(()),
            Some((at, text)) => Err(words_refused(*at, format!("{} is one word too many", quote(text)))),
        }
    }
}

fn words_refused(at: usize, reason: String) -> Refusal {
    Refusal { at, rule: Rule::Words, reason, nearest: None }
}

/// Whether getopt would take the word for an option: a dash and more. A plus only where the table lists such a flag (`dig +short`).
fn is_option(text: &str, command: &Command) -> bool {
    (text.len() > 1 && text.starts_with('-'))
        || (text.starts_with('+') && command.flags.iter().any(|f| f.starts_with('+')))
}

fn find<'c>(command: &'c Command, name: &str) -> Option<&'c Opt> {
    command.options.iter().find(|option| option.names.iter().any(|n| n == name))
}
