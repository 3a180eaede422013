//! One command's grammar applied to its words, the way getopt would read them: what getopt would take for something else than what is
//! listed is refused, abbreviations of long options included.
use crate::{
    path::quote,
    settings::Tier,
    table::{Command, Flavours, Opt, Table, Value, Word},
    value::{self, Fit},
};

/// Paths among the words, each with what it had to fit.
type Paths<'a> = Vec<(&'a str, &'a Value)>;

/// Words that fit a command's grammar: how freely it may run, where, and what must be asked first.
pub(crate) struct Reading<'a> {
    pub(crate) tier: Tier,
    /// The implementations in which this is what it seems.
    pub(crate) flavours: Flavours,
    pub(crate) paths: Paths<'a>,
}

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

    /// Whether a rule that is not the command's own speaks.
    pub(crate) fn is_ruled(&self) -> bool {
        matches!(self.rule, Rule::Shared(_))
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

/// Reads the arguments (without the command's name).
pub(crate) fn read<'a>(
    command: &'a Command,
    args: &'a [String],
    table: &'a Table,
    namespace: &'a str,
) -> Result<Reading<'a>, Refusal> {
    let reading = Reading { tier: command.tier, flavours: command.flavours, paths: vec![] };
    let mut reader = Reader { command, args, table, namespace, present: vec![], words: vec![], reading };
    reader.options()?;
    reader.required()?;
    reader.forms()?;
    Ok(reader.reading)
}

struct Reader<'a> {
    command: &'a Command,
    args: &'a [String],
    table: &'a Table,
    namespace: &'a str,
    /// Names of the options seen.
    present: Vec<String>,
    /// Words that are no options, with their places.
    words: Vec<(usize, &'a str)>,
    reading: Reading<'a>,
}

impl<'a> Reader<'a> {
    fn options(&mut self) -> Result<(), Refusal> {
        let mut at = 0;
        let mut ended = false;
        while let Some(arg) = self.args.get(at) {
            let text = arg.as_str();
            at += if ended || !is_option(text, self.command) {
                if self.command.style.words_first && self.words.is_empty() {
                    self.first(at, text)?;
                }
                self.words.push((at, text));
                1
            } else if text == "--" && self.command.style.bundles {
                ended = true;
                1
            } else if self.command.style.options_first && !self.words.is_empty() {
                let reason = format!("{} stands behind a word; options come first", quote(text));
                return Err(Refusal { at, rule: Rule::Flag, reason, nearest: None });
            } else if self.command.style.words_first && self.words.is_empty() {
                let reason = format!("{} stands before the first word; options come behind it", quote(text));
                return Err(Refusal { at, rule: Rule::Flag, reason, nearest: None });
            } else {
                self.option(at, text)?
            };
        }
        Ok(())
    }

    /// Whether a form begins with this word: where it says what the options mean, they need not be read otherwise.
    fn first(&self, at: usize, text: &str) -> Result<(), Refusal> {
        let mut refused = None;
        for word in self.command.forms.iter().filter_map(|form| form.first()) {
            match value::check(&word.value, text, self.table, self.namespace) {
                Ok(_) => return Ok(()),
                Err(why) => refused = Some(why),
            }
        }
        let why = refused.map_or_else(|| "it takes no words".into(), |refused| refused.reason);
        Err(words_refused(at, why))
    }

    /// Reads the option at `at`; how many words it took.
    fn option(&mut self, at: usize, text: &str) -> Result<usize, Refusal> {
        if let Some(number) = self.command.options.iter().find(|o| o.dash_number)
            && let Some(digits) = text.strip_prefix('-').filter(|d| value::number(d).is_some())
        {
            self.value(number, at, Glued { text: self.tail(at, text.len() - digits.len()), before: "-" })?;
            return Ok(1);
        }
        if let Some(option) = find(self.command, text) {
            self.see(option, text);
            if option.value.is_none() || option.optional {
                return Ok(1);
            }
            self.next_value(option, at, text)?;
            return Ok(2);
        }
        if text.starts_with("--") || self.command.style.equals {
            if let Some((name, _)) = text.split_once('=')
                && let Some(option) = find(self.command, name)
                && option.value.is_some()
            {
                self.see(option, name);
                let cut = name.len() + 1;
                self.value(option, at, Glued { text: self.tail(at, cut), before: &text[..cut] })?;
                return Ok(1);
            }
            return Err(self.unlisted(at, text));
        }
        if self.command.style.bundles && text.starts_with('-') {
            self.bundle(at, text)
        } else {
            Err(self.unlisted(at, text))
        }
    }

    /// `-abnVALUE`: options that stand alone, then perhaps one with its value in the same word or the next.
    fn bundle(&mut self, at: usize, text: &str) -> Result<usize, Refusal> {
        for (i, letter) in text.char_indices().skip(1) {
            let short = format!("-{letter}");
            let Some(option) = find(self.command, &short) else {
                let refusal = self.unlisted(at, &short);
                let others = text.replacen(letter, "", 1);
                return Err(Refusal { nearest: (others.len() > 1).then_some(others), ..refusal });
            };
            self.see(option, &short);
            if option.value.is_none() {
                continue;
            }
            let cut = i + letter.len_utf8();
            if cut < text.len() {
                self.value(option, at, Glued { text: self.tail(at, cut), before: &text[..cut] })?;
                return Ok(1);
            }
            if option.optional {
                return Ok(1);
            }
            self.next_value(option, at, &short)?;
            return Ok(2);
        }
        Ok(1)
    }

    fn see(&mut self, option: &Opt, name: &str) {
        self.present.push(name.to_owned());
        self.reading.tier = self.reading.tier.max(option.tier);
        self.reading.flavours = self.reading.flavours.and(option.flavours);
    }

    /// The word at `at` from its byte `cut` on.
    fn tail(&self, at: usize, cut: usize) -> &'a str {
        self.args.get(at).and_then(|word| word.get(cut..)).unwrap_or_default()
    }

    fn next_value(&mut self, option: &'a Opt, at: usize, name: &str) -> Result<(), Refusal> {
        if self.args.get(at + 1).is_none() {
            let reason = format!("{} needs a value", quote(name));
            return Err(Refusal { at, rule: Rule::Value, reason, nearest: None });
        }
        self.value(option, at + 1, Glued { text: self.tail(at + 1, 0), before: "" })
    }

    /// Checks an option's value.
    fn value(&mut self, option: &'a Opt, at: usize, given: Glued<'a, '_>) -> Result<(), Refusal> {
        let Some(wanted) = &option.value else { return Ok(()) };
        match value::check(wanted, given.text, self.table, self.namespace) {
            Ok(fit) => {
                self.take(fit, given.text, wanted);
                Ok(())
            }
            Err(refused) => Err(Refusal {
                at,
                rule: refused.rule.map_or(Rule::Value, Rule::Shared),
                reason: if option.dash_number {
                    refused.reason
                } else {
                    format!("{}: {}", option.names.join(", "), refused.reason)
                },
                nearest: refused.nearest.map(|nearest| format!("{}{nearest}", given.before)),
            }),
        }
    }

    fn take(&mut self, fit: Fit, text: &'a str, wanted: &'a Value) {
        self.reading.tier = self.reading.tier.max(fit.tier);
        if fit.path {
            self.reading.paths.push((text, wanted));
        }
    }

    fn unlisted(&self, at: usize, text: &str) -> Refusal {
        let name = text.split('=').next().unwrap_or_default();
        let known = self.command.options.iter().flat_map(|o| &o.names);
        let longer = known.filter(|k| name.len() > 2 && name.starts_with("--") && k.starts_with(name)).min();
        let reason = match longer {
            Some(long) => format!("{} is an abbreviation; options are written out: {long}", quote(text)),
            None => format!("{} does not allow {}", self.command.id, quote(text)),
        };
        Refusal { at, rule: Rule::Flag, reason, nearest: longer.map(|long| text.replacen(name, long, 1)) }
    }

    /// What must be there is, and what shuts the other out does not stand together.
    fn required(&self) -> Result<(), Refusal> {
        for group in &self.command.needs {
            if !group.iter().any(|name| self.present.contains(name)) {
                let reason = format!("{} needs {}", self.command.id, group.join(" or "));
                return Err(Refusal { at: self.args.len(), rule: Rule::Required, reason, nearest: None });
            }
        }
        for group in &self.command.once {
            if self.present.iter().filter(|name| group.contains(name)).count() > 1 {
                let reason = format!("at most one of {} may be given, once", group.join(", "));
                return Err(Refusal { at: self.args.len(), rule: Rule::Flag, reason, nearest: None });
            }
        }
        Ok(())
    }

    /// Of the forms that fit the one that asks for least; else the refusal of the form that went furthest.
    fn forms(&mut self) -> Result<(), Refusal> {
        let mut best: Option<(Tier, Paths<'a>)> = None;
        let mut furthest: Option<(Weight, Refusal)> = None;
        for form in &self.command.forms {
            match self.form(form) {
                Ok(found) => {
                    if best.as_ref().is_none_or(|(tier, _)| found.0 < *tier) {
                        best = Some(found);
                    }
                }
                Err((weight, refusal)) => {
                    if furthest.as_ref().is_none_or(|(w, f)| (f.at, *w) < (refusal.at, weight)) {
                        furthest = Some((weight, refusal));
                    }
                }
            }
        }
        match best {
            Some((tier, paths)) => {
                self.reading.tier = self.reading.tier.max(tier);
                self.reading.paths.extend(paths);
                Ok(())
            }
            None => {
                Err(furthest
                    .map_or_else(|| words_refused(self.args.len(), "it takes no such words".into()), |(_, f)| f))
            }
        }
    }

    fn form(&self, form: &'a [Word]) -> Result<(Tier, Paths<'a>), (Weight, Refusal)> {
        let (mut tier, mut paths) = (Tier::Safe, vec![]);
        let mut words = self.words.iter().peekable();
        for spec in form {
            let mut count = 0;
            while count < spec.max
                && let Some((at, text)) = words.peek()
            {
                match value::check(&spec.value, text, self.table, self.namespace) {
                    Ok(fit) => {
                        tier = tier.max(fit.tier);
                        if fit.path {
                            paths.push((*text, &spec.value));
                        }
                        words.next();
                        count += 1;
                    }
                    Err(_) if count >= spec.min && form.len() > 1 => break,
                    Err(refused) => {
                        let weight = match (refused.rule, &refused.nearest) {
                            (Some(_), _) => Weight::Ruled,
                            (None, Some(_)) => Weight::Near,
                            (None, None) => Weight::Value,
                        };
                        let rule = refused.rule.map_or(Rule::Words, Rule::Shared);
                        let refusal = Refusal { at: *at, rule, reason: refused.reason, nearest: refused.nearest };
                        return Err((weight, refusal));
                    }
                }
            }
            if count < spec.min {
                return Err((Weight::Count, words_refused(self.args.len(), "a word is missing".into())));
            }
        }
        match words.next() {
            None => Ok((tier, paths)),
            Some((at, text)) => {
                Err((Weight::Count, words_refused(*at, format!("{} is one word too many", quote(text)))))
            }
        }
    }
}

/// How much a form's refusal says; of two at the same place the heavier one is told.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// A word too many, or one that is missing.
    Count,
    Value,
    /// With a value that would do.
    Near,
    /// By a rule of its own: a closed place, say.
    Ruled,
}

/// A value, and what stands before it in its word.
#[derive(Clone, Copy)]
struct Glued<'a, 'b> {
    text: &'a str,
    before: &'b str,
}

fn words_refused(at: usize, reason: String) -> Refusal {
    Refusal { at, rule: Rule::Words, reason, nearest: None }
}

/// Whether getopt would take the word for an option: a dash and more. A plus only where the table lists such an option (`dig +short`).
fn is_option(text: &str, command: &Command) -> bool {
    (text.len() > 1 && text.starts_with('-'))
        || (text.starts_with('+') && command.options.iter().flat_map(|o| &o.names).any(|name| name.starts_with('+')))
}

fn find<'c>(command: &'c Command, name: &str) -> Option<&'c Opt> {
    command.options.iter().find(|option| option.names.iter().any(|n| n == name))
}
