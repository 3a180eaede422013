//! Label selectors, as `kubectl -l` takes them: `a=b,c!=d,e in (f, g),h notin (i),j,!k`. Parsed, never passed on unread.
//!
//! Grammar: Kubernetes, "Labels and Selectors". Bounded: 1 KiB of text, 16 requirements.
use std::collections::BTreeMap;

/// A parsed selector; every requirement must hold.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct LabelSelector(Vec<Requirement>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Requirement {
    In(String, Vec<String>),
    NotIn(String, Vec<String>),
    Exists(String),
    Absent(String),
}

/// Why a text is no selector.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SelectorError {
    /// Too much of it.
    #[error("a label selector has at most 1024 characters and 16 requirements")]
    TooLong,
    /// Not of the grammar.
    #[error("{0:?} is no requirement: write key=value, key!=value, key in (a,b), key notin (a,b), key or !key")]
    Requirement(String),
}

impl LabelSelector {
    /// From its text.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        if text.len() > 1024 {
            return Err(SelectorError::TooLong);
        }
        let mut requirements = Vec::new();
        for part in split(text) {
            requirements.push(
                requirement(part.trim())
                    .ok_or_else(|| SelectorError::Requirement(part.trim().chars().take(80).collect()))?,
            );
            if requirements.len() > 16 {
                return Err(SelectorError::TooLong);
            }
        }
        Ok(Self(requirements))
    }

    /// Whether these labels fit.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.0.iter().all(|requirement| match requirement {
            Requirement::In(key, values) => labels.get(key).is_some_and(|value| values.contains(value)),
            Requirement::NotIn(key, values) => labels.get(key).is_none_or(|value| !values.contains(value)),
            Requirement::Exists(key) => labels.contains_key(key),
            Requirement::Absent(key) => !labels.contains_key(key),
        })
    }
}

/// At commas outside of parentheses.
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut from, mut depth) = (Vec::new(), 0, 0_i32);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[from..]);
    parts
}

fn requirement(text: &str) -> Option<Requirement> {
    if let Some(key) = text.strip_prefix('!') {
        return Some(Requirement::Absent(name(key.trim())?));
    }
    if let Some((key, value)) = text.split_once("!=") {
        return Some(Requirement::NotIn(name(key.trim())?, vec![label_value(value.trim())?]));
    }
    if let Some((key, value)) = text.split_once("==").or_else(|| text.split_once('=')) {
        return Some(Requirement::In(name(key.trim())?, vec![label_value(value.trim())?]));
    }
    if let Some((head, rest)) = text.split_once('(') {
        let values =
            rest.trim().strip_suffix(')')?.split(',').map(|v| label_value(v.trim())).collect::<Option<Vec<_>>>()?;
        let mut words = head.split_whitespace();
        let (key, word, none) = (words.next()?, words.next()?, words.next());
        return match (word, none) {
            ("in", None) => Some(Requirement::In(name(key)?, values)),
            ("notin", None) => Some(Requirement::NotIn(name(key)?, values)),
            _ => None,
        };
    }
    Some(Requirement::Exists(name(text)?))
}

fn name(text: &str) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_./".contains(&b);
    (!text.is_empty() && text.len() <= 317 && text.bytes().all(fits)).then(|| text.to_string())
}

fn label_value(text: &str) -> Option<String> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    (text.len() <= 63 && text.bytes().all(fits)).then(|| text.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn selectors_mean_what_kubectl_means() {
        let labels: BTreeMap<String, String> =
            [("app", "web"), ("tier", "front"), ("x.io/y", "")].map(|(k, v)| (k.into(), v.into())).into();
        for (text, fits) in [
            ("app=web", true),
            ("app==web", true),
            ("app = web , tier=front", true),
            ("app=api", false),
            ("app!=api", true),
            ("gone!=api", true),
            ("app in (api, web)", true),
            ("app notin (api,web)", false),
            ("gone notin (api)", true),
            ("x.io/y", true),
            ("x.io/y=", true),
            ("!gone", true),
            ("!app", false),
        ] {
            assert_eq!(LabelSelector::parse(text).unwrap().matches(&labels), fits, "{text}");
        }
    }

    #[test]
    fn what_is_no_selector_is_refused() {
        for text in [
            "",
            "=",
            "a=b c",
            "a in b",
            "a in (b",
            "a like (b)",
            "a=b,,c=d",
            "a=b;c",
            "a='b'",
            &"x".repeat(1025),
            &"a=b,".repeat(17),
        ] {
            assert!(LabelSelector::parse(text).is_err(), "{text}");
        }
    }
}
