//! What an operator may change: patterns and key names of their own, shapes to leave readable, rules to switch off.
use crate::exact::Exact;
use regex_automata::{Input, meta, util::syntax};
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use serde::Deserialize;
use std::{cell::RefCell, collections::BTreeSet};

/// The settings' JSON Schema, 2020-12.
pub const SCHEMA: &str = include_str!("../settings.schema.json");

/// The settings as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// Patterns beside the built-in ones.
    patterns: Vec<Pattern>,
    /// Key names whose value is a secret, matched whole and without regard to case.
    keys: Vec<String>,
    /// Regular expressions of values that stay readable; each is matched against the whole value.
    allow: Vec<String>,
    /// Ids of rules that are not to be applied.
    disabled_rules: Vec<String>,
    /// Least length of a token without a form.
    entropy_length: usize,
    /// Exact values, each as `LENGTH:HASH`.
    values: Vec<String>,
    /// The key of those hashes; the host's, never an operator's to write.
    values_key: Option<String>,
}

/// A pattern of the operator's.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Pattern {
    id: String,
    regex: String,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            patterns: vec![],
            keys: vec![],
            allow: vec![],
            disabled_rules: vec![],
            entropy_length: 20,
            values: vec![],
            values_key: None,
        }
    }
}

/// A pattern, checked, with the literals that a match may begin with; none: it may begin at any word.
#[derive(Clone, Debug)]
pub(crate) struct Extra {
    pub(crate) id: String,
    pub(crate) regex: String,
    pub(crate) starts: Vec<String>,
}

/// The settings, checked and compiled.
pub struct Compiled {
    pub(crate) patterns: Vec<Extra>,
    pub(crate) keys: Vec<String>,
    pub(crate) disabled: BTreeSet<String>,
    pub(crate) entropy_length: usize,
    pub(crate) exact: Option<Exact>,
    allow: Option<(meta::Regex, RefCell<meta::Cache>)>,
}

impl std::fmt::Debug for Compiled {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Compiled").field("patterns", &self.patterns.len()).finish_non_exhaustive()
    }
}

impl Settings {
    /// Checks every part; an error names the pattern, key, shape or rule it is about.
    pub fn compile(self) -> Result<Compiled, String> {
        if !(20..=256).contains(&self.entropy_length) {
            return Err(format!("entropy_length is {}: it must be 20 to 256", self.entropy_length));
        }
        let mut ids: BTreeSet<String> = crate::table::builtin().map(|(id, _)| id.to_owned()).collect();
        let mut patterns = Vec::new();
        for p in self.patterns {
            let kebab = !p.id.is_empty()
                && p.id.len() <= 64
                && p.id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !kebab {
                return Err(format!("pattern `{}`: an id is small letters, digits and `-`", p.id));
            }
            if !ids.insert(p.id.clone()) {
                return Err(format!("pattern `{}`: a rule of that id exists", p.id));
            }
            let starts = starts(&p.regex).map_err(|e| format!("pattern `{}`: {e}", p.id))?;
            patterns.push(Extra { id: p.id, regex: p.regex, starts });
        }
        for key in &self.keys {
            if !(3..=64).contains(&key.len())
                || !key.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'.' | b'-'))
            {
                return Err(format!("key `{key}`: 3 to 64 letters, digits, `_`, `.` or `-`"));
            }
        }
        if let Some(unknown) = self.disabled_rules.iter().find(|id| !ids.contains(*id)) {
            return Err(format!("disabled_rules: there is no rule `{unknown}`"));
        }
        let mut whole = Vec::new();
        for shape in &self.allow {
            parse(shape).map_err(|e| format!("allow `{shape}`: {e}"))?;
            whole.push(format!(r"\A(?:{shape})\z"));
        }
        let allow = if whole.is_empty() {
            None
        } else {
            let regex = meta::Regex::builder()
                .syntax(syntax::Config::new().unicode(false).utf8(false))
                .configure(meta::Config::new().utf8_empty(false))
                .build_many(&whole)
                .map_err(|e| format!("allow: {e}"))?;
            let cache = RefCell::new(regex.create_cache());
            Some((regex, cache))
        };
        let keys = self.keys.iter().map(|k| k.to_ascii_lowercase()).collect();
        Ok(Compiled {
            patterns,
            keys,
            disabled: self.disabled_rules.into_iter().collect(),
            entropy_length: self.entropy_length,
            exact: Exact::read(&self.values, self.values_key.as_deref())?,
            allow,
        })
    }
}

impl Compiled {
    /// Whether an operator's shape matches the whole of a value.
    pub fn allows(&self, value: &[u8]) -> bool {
        self.allow
            .as_ref()
            .is_some_and(|(regex, cache)| regex.search_half_with(&mut cache.borrow_mut(), &Input::new(value)).is_some())
    }
}

pub(crate) fn parse(regex: &str) -> Result<regex_syntax::hir::Hir, String> {
    regex_syntax::ParserBuilder::new().unicode(false).utf8(false).build().parse(regex).map_err(|e| e.to_string())
}

/// The literals that every match begins with; none when there is no useful set.
fn starts(regex: &str) -> Result<Vec<String>, String> {
    if regex.len() > 1024 {
        return Err("longer than 1,024 bytes".to_owned());
    }
    let hir = parse(regex)?;
    let properties = hir.properties();
    if !properties.look_set().is_empty() {
        return Err("no anchors or word edges: a match begins and ends at word edges anyway".to_owned());
    }
    if properties.minimum_len().is_none_or(|n| n < 4) {
        return Err("it must match at least 4 bytes".to_owned());
    }
    let seq = Extractor::new().kind(ExtractKind::Prefix).limit_total(64).extract(&hir);
    let Some(found) = seq.literals() else { return Ok(vec![]) };
    let texts: Option<Vec<String>> = found
        .iter()
        .map(|l| {
            std::str::from_utf8(&l.as_bytes()[..l.len().min(64)])
                .ok()
                .filter(|t| t.len() >= 3 && t.is_ascii())
                .map(str::to_owned)
        })
        .collect();
    Ok(texts.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn settings(json: &str) -> Result<Compiled, String> {
        serde_json::from_str::<Settings>(json).map_err(|e| e.to_string())?.compile()
    }

    #[test]
    fn errors_name_their_place() {
        for (json, named) in [
            (r#"{"pattern":[]}"#, "pattern"),
            (r#"{"patterns":[{"id":"acme-token","regex":"acme_("}]}"#, "acme-token"),
            (r#"{"patterns":[{"id":"jwt","regex":"abcdef"}]}"#, "jwt"),
            (r#"{"patterns":[{"id":"acme","regex":"^acme"}]}"#, "word edges"),
            (r#"{"disabled_rules":["no-such"]}"#, "no-such"),
            (r#"{"allow":["("]}"#, "allow `(`"),
            (r#"{"entropy_length":4}"#, "entropy_length"),
            (r#"{"keys":["a b c"]}"#, "a b c"),
        ] {
            let error = settings(json).unwrap_err();
            assert!(error.contains(named), "{json}: {error}");
        }
    }

    #[test]
    fn an_allow_shape_matches_the_whole_value() {
        let compiled = settings(r#"{"allow":["public-[0-9]+|demo"]}"#).unwrap();
        assert!(compiled.allows(b"public-17") && compiled.allows(b"demo"));
        assert!(!compiled.allows(b"demo-hunter2") && !compiled.allows(b"xpublic-17"));
    }

    #[test]
    fn starts_are_taken_from_the_pattern() {
        assert_eq!(starts("acme_[a-z]{8}").unwrap(), ["acme_"]);
        assert_eq!(starts("[a-z]{8}").unwrap(), Vec::<String>::new());
    }
}
