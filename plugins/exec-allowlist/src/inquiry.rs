//! What the words do not tell: where a listed path leads, and which implementation a name stands for. Asked as "path" questions; the
//! admission gate and a check offline have no answer, and then the shape of the words decides alone.
use crate::{
    path::{self, quote},
    rules,
    table::{Flavours, Table, Value},
    value,
};
use wardgate_guest::{
    deny, question,
    types::{Answer, Denial, Question, Value as Known},
};

/// What the host knows of one path.
enum Leads<'a> {
    To(&'a str),
    /// Nothing is there.
    Nowhere,
    /// It cannot be asked here, or the image has nothing to ask with.
    Untold,
    /// It could have been told, and was not.
    Refused,
    Unasked,
}

/// The answers so far, and what is still to be asked.
pub(crate) struct Inquiry<'a> {
    answers: &'a [Answer],
    asked: Vec<Question>,
}

impl<'a> Inquiry<'a> {
    pub(crate) fn new(answers: &'a [Answer]) -> Self {
        Inquiry { answers, asked: vec![] }
    }

    /// The questions without an answer, if there are any.
    pub(crate) fn open(self) -> Option<Vec<Question>> {
        if self.asked.is_empty() { None } else { Some(self.asked) }
    }

    fn leads(&mut self, subject: &str) -> Leads<'a> {
        let answer = self.answers.iter().find(|a| a.question.kind == "path" && a.question.subject == subject);
        let Some(answer) = answer else {
            if !self.asked.iter().any(|q| q.subject == subject) {
                self.asked.push(question("path", subject));
            }
            return Leads::Unasked;
        };
        match &answer.outcome {
            Ok(known) => match &known.value {
                Known::Text(real) => Leads::To(real),
                Known::Number(_) | Known::Texts(_) => Leads::Refused,
            },
            Err(word) => match word.as_str() {
                "missing" => Leads::Nowhere,
                "unavailable" | "unsupported" => Leads::Untold,
                _ => Leads::Refused,
            },
        }
    }

    /// Whether a path that is listed by its shape leads to one that is listed, too.
    pub(crate) fn link(&mut self, word: &str, wanted: &Value, table: &Table, namespace: &str) -> Result<(), Denial> {
        if path::is_kernel(word) {
            return Ok(());
        }
        let subject = if word.len() > 1 { word.strip_suffix('/').unwrap_or(word) } else { word };
        match self.leads(subject) {
            Leads::To(real) if real == subject => Ok(()),
            Leads::To(real) => match value::check(wanted, real, table, namespace) {
                Ok(_) => Ok(()),
                Err(refused) => {
                    let reason = format!("{} is a link to {}: {}", quote(word), quote(real), refused.reason);
                    Err(deny(rules::PATH_LINK, reason).remedy("a path that does not leave the listed places"))
                }
            },
            Leads::Nowhere | Leads::Untold | Leads::Unasked => Ok(()),
            Leads::Refused => {
                let reason = format!("where {} leads could not be told", quote(word));
                Err(deny(rules::PATH_UNANSWERED, reason)
                    .remedy("try again; files under /proc and /sys need no such answer"))
            }
        }
    }

    /// The implementation that a command's name stands for, if that can be told. Asks what it needs.
    pub(crate) fn flavour(&mut self, name: &str) -> Option<Flavours> {
        let places = if name.starts_with('/') {
            vec![name.to_owned()]
        } else {
            vec![format!("/bin/{name}"), format!("/usr/bin/{name}")]
        };
        let bare = name.rsplit('/').next().unwrap_or_default();
        let found: Vec<Leads> = places.iter().map(|place| self.leads(place)).collect();
        // A busybox may have hard links for names; those lead to themselves.
        let busybox = self.leads("/bin/busybox");
        let real = found.iter().find_map(|leads| if let Leads::To(real) = leads { Some(*real) } else { None })?;
        match real.rsplit('/').next().unwrap_or_default() {
            "busybox" | "busybox.static" | "busybox-static" => Some(Flavours::BUSYBOX),
            "toybox" => Some(Flavours::TOYBOX),
            "coreutils" => Some(Flavours::GNU),
            file if file == bare => matches!(busybox, Leads::Nowhere).then_some(Flavours::GNU),
            file if file.strip_prefix(bare).is_some_and(|rest| rest == ".openbsd" || rest == ".bsd") => {
                Some(Flavours::BSD)
            }
            _ => None,
        }
    }
}
