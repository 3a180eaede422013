//! Small builders for the records that every policy makes. They fill in what is usually empty and decide nothing.
use crate::types::{
    Allowance, Context, Denial, Label, Limits, Origin, Question, Request, Rule, Subject, Target, Verdict,
};

/// Limits that limit nothing.
pub fn no_limits() -> Limits {
    Limits {
        timeout_ms: None,
        max_read_bytes: None,
        max_released_bytes: None,
        max_lines: None,
        max_items: None,
        max_series: None,
        max_samples: None,
    }
}

impl Default for Limits {
    fn default() -> Self {
        no_limits()
    }
}

#[allow(clippy::derivable_impls)] // The type is generated code.
impl Default for Subject {
    fn default() -> Self {
        Subject { user: String::new(), groups: vec![], session: String::new(), incident: None }
    }
}

#[allow(clippy::derivable_impls)] // The type is generated code.
impl Default for Target {
    fn default() -> Self {
        Target {
            cluster: String::new(),
            namespace: String::new(),
            namespace_labels: vec![],
            pod: String::new(),
            pod_uid: String::new(),
            pod_labels: vec![],
            node: String::new(),
            container: String::new(),
            image: String::new(),
            image_digest: String::new(),
        }
    }
}

impl Default for Context {
    fn default() -> Self {
        Context {
            subject: Subject::default(),
            target: Target::default(),
            origin: Origin::Gateway,
            now: 0,
            attributes: vec![],
        }
    }
}

/// A time limit and a limit of bytes read; the rest open.
pub fn limits(timeout_ms: u32, max_read_bytes: u64) -> Limits {
    Limits { timeout_ms: Some(timeout_ms), max_read_bytes: Some(max_read_bytes), ..no_limits() }
}

/// The request may go on, by this rule, within these limits.
pub fn allow(rule: &str, limits: Limits) -> Verdict {
    Verdict::Allow(Allowance { rule: rule.to_owned(), limits })
}

/// The request is refused. Add a remedy and more with the methods of [`Denial`]; `.into()` makes it a [`Verdict`].
pub fn deny(rule: &str, reason: impl Into<String>) -> Denial {
    Denial { rule: rule.to_owned(), reason: reason.into(), remedy: None, instead: None, details: vec![] }
}

impl Denial {
    /// What would pass, in words.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.remedy = Some(remedy.into());
        self
    }

    /// A request that would pass; the host reviews it before it shows it.
    #[must_use]
    pub fn instead(mut self, request: Request) -> Self {
        self.instead = Some(request);
        self
    }

    /// One more figure behind the reason.
    #[must_use]
    pub fn detail(mut self, key: &str, value: impl Into<String>) -> Self {
        self.details.push(label(key, value));
        self
    }
}

impl From<Denial> for Verdict {
    fn from(denial: Denial) -> Self {
        Verdict::Deny(denial)
    }
}

/// A key and its value.
pub fn label(key: &str, value: impl Into<String>) -> Label {
    Label { key: key.to_owned(), value: value.into() }
}

/// A rule of a setup: its stable id, and what it stands for.
pub fn rule(id: &str, description: &str) -> Rule {
    Rule { id: id.to_owned(), description: description.to_owned() }
}

/// A question without window, bound or arguments.
pub fn question(kind: &str, subject: impl Into<String>) -> Question {
    Question { kind: kind.to_owned(), subject: subject.into(), window: None, stop_at: None, arguments: vec![] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_carries_what_was_added() {
        let verdict: Verdict = deny("a.b", "too much").remedy("ask for less").detail("asked", "9").into();
        let Verdict::Deny(denial) = verdict else { unreachable!("a denial becomes a denying verdict") };
        assert_eq!(denial.rule, "a.b");
        assert_eq!(denial.remedy.as_deref(), Some("ask for less"));
        assert_eq!(denial.details, [label("asked", "9")]);
    }
}
