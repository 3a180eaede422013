//! Actors that decide and redact. Their flaws are those that real policies may have; the road must hold against all of them.
use crate::{dice::Dice, executor::SimClock};
use std::{collections::BTreeMap, time::Duration};
use wardgate_core::{
    Allowance, Answer, AnyRequest, Approval, BoxFuture, Caps, Channel, Clock, Context, Denial, Finding, Form, Opinion,
    Progress, Question, Redaction, RedactionFailed, Redactors, Reviewers, Verdict,
};
use wardgate_standins::{Masks, Open, Scan};

/// What a secret of the simulation looks like: this word and eight digits.
pub const WORD: &[u8; 3] = b"KEY";
/// Bytes of a secret.
pub const SECRET: usize = 11;
const SECRETS: Masks = Masks { rule: "sim.key", word: WORD, digits: SECRET - WORD.len() };

/// Says what the request's own tag tells it to: the world writes it there.
pub struct Actors {
    /// Chance.
    pub dice: Dice,
    /// Time.
    pub clock: SimClock,
}

/// What reviewers will say, by the request's first word.
pub const MOODS: [&str; 8] = ["allow", "allow", "allow", "narrow", "deny", "ask", "need", "forever"];

fn question(subject: String) -> Question {
    Question { kind: "path".into(), subject, window: None, stop_at: None, arguments: BTreeMap::new() }
}

fn verdict(mood: &str, quoted: &str, answers: &[Answer]) -> Verdict {
    let allow = |caps| Verdict::Allow(Allowance { rule: "sim.allow".into(), caps });
    match mood {
        "narrow" => allow(Caps { max_read_bytes: Some(300), max_released_bytes: Some(200), ..Caps::default() }),
        "deny" => Verdict::Deny(Denial::new("sim.deny", format!("it said {quoted}")).remedy(format!("not {quoted}"))),
        "ask" => Verdict::Ask(Approval {
            denial: Denial::new("sim.ask", format!("people must see {quoted}")),
            approvers: 1,
            groups: vec![],
            caps: Caps::default(),
        }),
        "need" if answers.len() < 2 => Verdict::Need(vec![question(format!("/{}", answers.len()))]),
        "forever" => Verdict::Need(vec![question(format!("/{}", answers.len()))]),
        _ => allow(Caps::default()),
    }
}

impl Reviewers for Actors {
    fn review<'a>(
        &'a self,
        _: &'a Context,
        request: &'a AnyRequest,
        answers: &'a [Answer],
    ) -> BoxFuture<'a, Vec<Opinion>> {
        Box::pin(async move {
            if self.dice.one_in(3) {
                self.clock.after(Duration::from_millis(self.dice.below(40) as u64)).await;
            }
            let words = match request {
                AnyRequest::Exec(exec) => exec.argv.clone(),
                AnyRequest::Logs(_) => vec!["allow".into()],
                _ => vec![],
            };
            let quoted = words.get(1).map_or("nothing", String::as_str);
            let verdict = words.first().map_or(Verdict::Abstain, |mood| verdict(mood, quoted, answers));
            Open::opinion(verdict)
        })
    }
    fn set_digest(&self) -> &'static str {
        "simulated"
    }
}

/// How a redactor goes wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Manner {
    Honest,
    Hoards,
    Traps(usize),
    /// Not allowed to pass the checks: it forgets what it held back at a chunk's end.
    Forgets,
}

/// Masks [`WORD`] and eight digits.
pub struct Redactor {
    /// Chance.
    pub dice: Dice,
    /// Planted: the redactor forgets a secret's beginning at the end of a chunk.
    pub forgets: bool,
}

struct Mood {
    manner: Manner,
    scan: Scan,
}

impl Redactors for Redactor {
    fn open<'a>(
        &'a self,
        _: &'a Context,
        _: Channel,
        _: Form,
    ) -> BoxFuture<'a, Result<Box<dyn Redaction>, RedactionFailed>> {
        let manner = match self.dice.below(20) {
            _ if self.forgets => Manner::Forgets,
            0 => Manner::Hoards,
            1 => Manner::Traps(self.dice.below(4)),
            _ => Manner::Honest,
        };
        let failed = self.dice.one_in(60).then(|| trap("it did not start"));
        Box::pin(async move {
            match failed {
                Some(failed) => Err(failed),
                None => Ok(Box::new(Mood { manner, scan: Scan::new(SECRETS) }) as Box<dyn Redaction>),
            }
        })
    }
}

fn trap(what: &str) -> RedactionFailed {
    RedactionFailed { plugin: "sim".into(), what: what.into() }
}

impl Redaction for Mood {
    fn scan<'a>(&'a mut self, bytes: &'a [u8]) -> BoxFuture<'a, Result<Progress, RedactionFailed>> {
        let answer = match &mut self.manner {
            Manner::Hoards => Ok(Progress::default()),
            Manner::Traps(0) => Err(trap("trap")),
            manner => {
                if let Manner::Traps(left) = manner {
                    *left -= 1;
                }
                let forgets = *manner == Manner::Forgets;
                self.scan.take(bytes);
                Ok(self.scan.step(forgets))
            }
        };
        Box::pin(std::future::ready(answer))
    }
    fn finish(mut self: Box<Self>) -> BoxFuture<'static, Result<Vec<Finding>, RedactionFailed>> {
        let answer = match self.manner {
            Manner::Hoards => Err(trap("it never decided")),
            _ => Ok(self.scan.step(true).findings),
        };
        Box::pin(std::future::ready(answer))
    }
}
