//! Saved queries: PromQL that is known to be safe and useful, with typed parameters in the places of values.
//!
//! Owns the form of a saved query, the shipped catalogue, and how a text is made of a query and a caller's values. A value only ever
//! becomes one token of its type, so no value can change what the rest of the query says. Knows no tool, no cluster and no budget: what
//! comes out is a query like any other, and goes the whole road.
#[cfg(test)]
mod docs;
mod parameter;
mod template;

pub use parameter::{BadType, Parameter, ParameterType, Word};

use crate::schema::JsonObject;
use parameter::Refused;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    collections::BTreeMap,
    fmt::Write as _,
    sync::{Arc, LazyLock},
};
use template::Template;

/// One saved query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SavedQuery {
    /// What it answers, in half a sentence: a model chooses by it. At most 100 characters.
    pub description: String,
    /// PromQL with `${parameter}` where a whole value stands, never within quotes: `rate(x{namespace=${namespace}}[${window}])`.
    pub query: String,
    /// The unit of the values, like "bytes per second" or "ratio, 0 to 1".
    pub unit: String,
    /// How to read the answer, in a sentence or two.
    pub reading: String,
    /// What must export the metrics, like "kube-state-metrics"; said when an answer is empty. Default: nothing is said.
    #[serde(default)]
    pub needs: String,
    /// Its parameters by name. Each must stand in the query. Default none.
    #[serde(default)]
    pub parameters: BTreeMap<String, Parameter>,
}

/// Why a saved query cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SavedQueryError {
    /// Names are what a model calls.
    #[error("a name has 1 to 63 of a-z, 0-9 and _, and begins with a letter")]
    Name,
    /// A field that must say something.
    #[error("{0} must not be empty")]
    Empty(&'static str),
    /// A field that says too much: every model loads it.
    #[error("{field} has {length} characters; at most {most}")]
    TooLong {
        /// Which.
        field: &'static str,
        /// How many.
        length: usize,
        /// The limit.
        most: usize,
    },
    /// A placeholder that a value could break out of.
    #[error("${{{0}}} stands within quotes or a comment; leave the quotes out: values are quoted by their type")]
    Quoted(String),
    /// A placeholder that does not end.
    #[error("a placeholder is not closed: ${{{0}")]
    Open(String),
    /// A placeholder nobody can fill.
    #[error("${{{0}}} stands in the query and is not among its parameters")]
    Undeclared(String),
    /// A parameter that changes nothing.
    #[error("parameter {0} does not stand in the query")]
    Unused(String),
    /// A parameter whose own values do not fit each other.
    #[error("parameter {name}: {why}")]
    Parameter {
        /// Which.
        name: String,
        /// What is wrong.
        why: BadType,
    },
    /// It is no query, whatever the values.
    #[error("it does not parse with its parameters filled in: {0}")]
    Syntax(String),
    /// One of many.
    #[error("there are {count} saved queries; at most {most}")]
    TooMany {
        /// How many.
        count: usize,
        /// The limit.
        most: usize,
    },
}

/// Every model loads the names of all queries with the tool.
const MOST: usize = 200;
const LONGEST: [(&str, usize); 5] =
    [("description", 100), ("query", 4096), ("unit", 100), ("reading", 400), ("needs", 200)];

/// The queries that can be asked for, ready to be filled in. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue(Arc<BTreeMap<String, Ready>>);

#[derive(Debug, PartialEq, Eq)]
struct Ready {
    query: SavedQuery,
    template: Template,
}

/// What a caller's name and values came to.
#[derive(Debug)]
pub(crate) struct Filled<'a> {
    pub(crate) text: String,
    pub(crate) query: &'a SavedQuery,
}

/// Why a call names no query.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unfit {
    /// In terms of the tool's arguments.
    pub(crate) argument: String,
    pub(crate) wrong: String,
}

static SHIPPED: LazyLock<BTreeMap<String, SavedQuery>> = LazyLock::new(|| {
    // A test reads it; what ships is what was tested.
    toml::from_str(include_str!("catalogue.toml")).unwrap_or_default()
});

impl Default for Catalogue {
    /// The shipped ones.
    fn default() -> Self {
        static READY: LazyLock<Catalogue> =
            LazyLock::new(|| Catalogue::with(&BTreeMap::new()).unwrap_or_else(|_| Catalogue(Arc::default())));
        READY.clone()
    }
}

impl Catalogue {
    /// The shipped queries and an operator's own; one of a shipped name takes its place.
    pub(crate) fn with(own: &BTreeMap<String, SavedQuery>) -> Result<Self, (String, SavedQueryError)> {
        let mut all = SHIPPED.clone();
        all.extend(own.iter().map(|(name, query)| (name.clone(), query.clone())));
        if all.len() > MOST {
            return Err((String::new(), SavedQueryError::TooMany { count: all.len(), most: MOST }));
        }
        let ready = all.into_iter().map(|(name, query)| match Ready::of(&name, query) {
            Ok(ready) => Ok((name, ready)),
            Err(why) => Err((name, why)),
        });
        Ok(Self(Arc::new(ready.collect::<Result<_, _>>()?)))
    }

    /// The names, in order.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Every query, a line each, under the parameters that it takes; a default is shown where it is not the usual one.
    pub(crate) fn listing(&self) -> String {
        let usual = self.usual();
        let said: Vec<String> = usual.iter().map(|(name, default)| assigned(name, default)).collect();
        let mut out = format!(" Those with ? may be left out, and are {} unless shown otherwise:", said.join(", "));
        let mut groups: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for (name, ready) in self.0.iter() {
            let (needed, other): (Vec<_>, Vec<_>) =
                ready.query.parameters.iter().partition(|(_, p)| p.default.is_none());
            let shown = needed.into_iter().chain(other).map(|(name, parameter)| match &parameter.default {
                Some(default) if usual.get(name.as_str()) == Some(&default.to_string()) => format!("{name}?"),
                Some(default) => assigned(name, &default.to_string()),
                None => name.clone(),
            });
            let group = groups.entry(shown.collect::<Vec<_>>().join(", ")).or_default();
            group.push(format!("{name}: {}", ready.query.description));
        }
        for (parameters, queries) in groups {
            let _ = write!(out, "\n({parameters})\n{}", queries.join("\n"));
        }
        out
    }

    /// The defaults that parameters of a name mostly have, so that a list need not repeat them.
    fn usual(&self) -> BTreeMap<&str, String> {
        let mut counts: BTreeMap<&str, BTreeMap<String, usize>> = BTreeMap::new();
        for (name, parameter) in self.0.values().flat_map(|ready| &ready.query.parameters) {
            if let Some(default) = &parameter.default {
                *counts.entry(name).or_default().entry(default.to_string()).or_default() += 1;
            }
        }
        let most = |defaults: BTreeMap<String, usize>| defaults.into_iter().max_by_key(|(_, count)| *count);
        let often = counts.into_iter().filter_map(|(name, defaults)| Some((name, most(defaults)?)));
        often.filter(|(_, (_, count))| *count > 1).map(|(name, (default, _))| (name, default)).collect()
    }

    /// All of them, for the documentation.
    #[cfg(test)]
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &SavedQuery)> {
        self.0.iter().map(|(name, ready)| (name.as_str(), &ready.query))
    }

    /// The text for a name and values.
    pub(crate) fn fill(&self, name: &str, values: &JsonObject) -> Result<Filled<'_>, Unfit> {
        let Some(ready) = self.0.get(name) else {
            let wrong = match nearest(name, self.names()) {
                Some(near) => format!("is no saved query; did you mean {near}?"),
                None => "is no saved query".to_owned(),
            };
            return Err(Unfit { argument: "name".to_owned(), wrong });
        };
        let parameters = &ready.query.parameters;
        if let Some(unknown) = values.keys().find(|key| !parameters.contains_key(*key)) {
            let shown: String = unknown.chars().take(64).collect();
            let near = nearest(&shown, parameters.keys().map(String::as_str));
            let hint = near.map_or(String::new(), |near| format!("; did you mean {near}?"));
            let wrong = format!("has {shown:?}, which {name}({}) does not take{hint}", signature(&ready.query));
            return Err(Unfit { argument: "parameters".to_owned(), wrong });
        }
        let mut tokens = BTreeMap::new();
        for (key, parameter) in parameters {
            let token = match values.get(key).filter(|value| !value.is_null()) {
                Some(value) => parameter.token(value),
                None => match &parameter.default {
                    Some(default) => parameter.token(&Value::String(default.to_string())),
                    None => {
                        let wrong = format!("lacks {key}: {name}({})", signature(&ready.query));
                        return Err(Unfit { argument: "parameters".to_owned(), wrong });
                    }
                },
            };
            let token = token.map_err(|Refused(wrong)| Unfit { argument: format!("parameters.{key}"), wrong })?;
            tokens.insert(key.as_str(), token);
        }
        Ok(Filled { text: ready.template.fill(&tokens), query: &ready.query })
    }
}

impl Ready {
    fn of(name: &str, query: SavedQuery) -> Result<Self, SavedQueryError> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.len() > 63 || !name.starts_with(|c: char| c.is_ascii_lowercase()) || !name.chars().all(plain) {
            return Err(SavedQueryError::Name);
        }
        let fields = [&query.description, &query.query, &query.unit, &query.reading, &query.needs];
        for ((field, most), text) in LONGEST.into_iter().zip(fields) {
            if text.trim().is_empty() && field != "needs" {
                return Err(SavedQueryError::Empty(field));
            }
            let length = text.chars().count();
            if length > most {
                return Err(SavedQueryError::TooLong { field, length, most });
            }
        }
        let template = Template::parse(&query.query)?;
        if let Some(unknown) = template.slots().find(|slot| !query.parameters.contains_key(*slot)) {
            return Err(SavedQueryError::Undeclared(unknown.to_owned()));
        }
        if let Some(unused) = query.parameters.keys().find(|key| template.slots().all(|slot| slot != *key)) {
            return Err(SavedQueryError::Unused(unused.clone()));
        }
        let mut tokens = BTreeMap::new();
        for (key, parameter) in &query.parameters {
            let bad = |why| SavedQueryError::Parameter { name: key.clone(), why };
            tokens.insert(key.as_str(), parameter.check(key).map_err(bad)?);
        }
        let limits = wardgate_promql::Limits { bytes: 16 << 10, nesting: 64, operators: 400, patterns: 50_000 };
        wardgate_promql::parse(&template.fill(&tokens), limits)
            .map_err(|trouble| SavedQueryError::Syntax(trouble.to_string()))?;
        Ok(Self { query, template })
    }
}

/// The parameters as a model reads them: `namespace, window=5m`; those that must be named come first.
fn signature(query: &SavedQuery) -> String {
    let (needed, other): (Vec<_>, Vec<_>) = query.parameters.iter().partition(|(_, p)| p.default.is_none());
    let shown = |(name, parameter): &(&String, &Parameter)| match &parameter.default {
        Some(default) => assigned(name, &default.to_string()),
        None => (*name).clone(),
    };
    needed.iter().chain(&other).map(shown).collect::<Vec<_>>().join(", ")
}

fn assigned(name: &str, default: &str) -> String {
    format!("{name}={}", if default.is_empty() { "\"\"" } else { default })
}

fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let shown: String = name.chars().take(64).collect::<String>().to_lowercase();
    known
        .map(|known| (strsim::jaro_winkler(&shown, known), known))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn query(text: &str) -> SavedQuery {
        toml::from_str(text).unwrap()
    }

    fn refused(name: &str, text: &str) -> String {
        let own = BTreeMap::from([(name.to_owned(), query(text))]);
        Catalogue::with(&own).unwrap_err().1.to_string()
    }

    const WORDS: &str = "description = \"d\"\nunit = \"u\"\nreading = \"r\"\n";

    #[test]
    fn the_shipped_catalogue_is_read_whole() {
        let shipped: BTreeMap<String, SavedQuery> = toml::from_str(include_str!("catalogue.toml")).unwrap();
        Catalogue::with(&shipped).unwrap();
        assert_eq!(Catalogue::default().names().count(), shipped.len());
        assert!(shipped.len() >= 50);
        for (name, query) in &shipped {
            assert!(!query.needs.is_empty(), "{name} does not say what exports its metrics");
        }
    }

    #[test]
    fn values_become_tokens_of_their_type() {
        let catalogue = Catalogue::default();
        let fill = |name: &str, values: Value| catalogue.fill(name, values.as_object().unwrap()).unwrap().text;
        assert_eq!(
            fill("pod_restarts", json!({"namespace": "shop", "pods": "cart-v1.2", "window": "30m"})),
            "sum by (pod, container) (increase(kube_pod_container_status_restarts_total{namespace=\"shop\", \
             pod=~\"cart-v1\\\\.2.*\"}[30m])) > 0"
        );
        assert_eq!(
            fill("latency_quantile", json!({"namespace": "shop", "quantile": 0.5})),
            "histogram_quantile(0.5, sum by (le, service) (rate(http_request_duration_seconds_bucket{namespace=\"shop\"}[5m])))"
        );
    }

    #[test]
    fn no_value_changes_what_the_rest_of_a_query_says() {
        let catalogue = Catalogue::default();
        let own = query(&format!(
            "{WORDS}query = 'up{{namespace=${{namespace}}, instance=${{instance}}}} > ${{n}}'\n[parameters]\nnamespace = {{ type = \"namespace\" }}\n\
             instance = {{ type = \"text\" }}\nn = {{ type = \"number\" }}\n"
        ));
        let mine = Catalogue::with(&BTreeMap::from([("mine".to_owned(), own)])).unwrap();
        for hostile in [
            "shop\"} or up{namespace=\"",
            "shop\", pod=~\".*",
            "a\\",
            "\\\"} or vector(1) or up{a=\"",
            "`} or up{a=`",
            "${namespace}",
            "# x",
            "5m] offset 1y",
            "5m:1s",
            "*",
            ".*",
            "a|b",
            "é",
            "",
            "a\nb",
            "Shop",
            "0.9) or vector(1",
            "NaN",
            "1e400",
        ] {
            for name in catalogue.names() {
                let query = &catalogue.0[name].query;
                for (key, parameter) in &query.parameters {
                    let mut values: JsonObject =
                        query.parameters.iter().map(|(k, p)| (k.clone(), json!(p.sample()))).collect();
                    values.insert(key.clone(), json!(hostile));
                    let Ok(filled) = catalogue.fill(name, &values) else { continue };
                    // What is let through is a value of its type: words, an empty prefix, one name.
                    let name_only = hostile.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                    assert!(name_only || parameter.kind == ParameterType::Text, "{name} {key}: {}", filled.text);
                }
            }
            let values = json!({"namespace": "shop", "instance": hostile, "n": 1});
            if let Ok(filled) = mine.fill("mine", values.as_object().unwrap()) {
                let limits = wardgate_promql::Limits { bytes: 4096, nesting: 8, operators: 8, patterns: 1000 };
                let expr = wardgate_promql::parse(&filled.text, limits).unwrap();
                let [selector] = wardgate_promql::selectors(&expr)[..] else { unreachable!("{}", filled.text) };
                let kept = selector.matchers.matchers.iter().any(|m| m.name == "instance" && m.value == hostile);
                assert!(kept, "{}", filled.text);
            } else {
                assert!(hostile.contains(char::is_control), "{hostile:?} is a fine label value");
            }
        }
    }

    #[test]
    fn a_call_that_does_not_fit_says_what_would() {
        let catalogue = Catalogue::default();
        for (name, values, argument, says) in [
            ("pod_restart", json!({}), "name", "is no saved query; did you mean pod_restarts?"),
            ("pod_restarts", json!({}), "parameters", "lacks namespace: pod_restarts(namespace, pods=\"\", window=1h)"),
            ("pod_restarts", json!({"namspace": "a"}), "parameters", "has \"namspace\", which pod_restarts(namespace,"),
            ("pod_restarts", json!({"namspace": "a"}), "parameters", "did you mean namespace?"),
            ("pod_restarts", json!({"namespace": "A"}), "parameters.namespace", "is no name of a namespace"),
            ("pod_restarts", json!({"namespace": 5}), "parameters.namespace", "must be a string"),
            ("pod_restarts", json!({"namespace": "a", "window": "1y"}), "parameters.window", "must be from 5m to 7d"),
            ("pod_restarts", json!({"namespace": "a", "window": "1s"}), "parameters.window", "must be from 5m to 7d"),
            ("pod_restarts", json!({"namespace": "a", "window": "soon"}), "parameters.window", "is no duration"),
            (
                "latency_quantile",
                json!({"namespace": "a", "quantile": 99}),
                "parameters.quantile",
                "must be from 0 to 1",
            ),
            ("latency_quantile", json!({"namespace": "a", "by": "a b"}), "parameters.by", "is no name of a label"),
        ] {
            let unfit = catalogue.fill(name, values.as_object().unwrap()).unwrap_err();
            assert_eq!(unfit.argument, argument, "{name} {values}: {}", unfit.wrong);
            assert!(unfit.wrong.contains(says), "{name} {values}: {}", unfit.wrong);
        }
    }

    #[test]
    fn an_operators_query_is_held_to_the_same_form() {
        for (name, text, says) in [
            ("Mine", format!("{WORDS}query = 'up'"), "a name has 1 to 63"),
            ("mine", WORDS.to_owned() + "query = ' '", "query must not be empty"),
            ("mine", format!("{WORDS}query = 'up{{a=\"${{x}}\"}}'"), "${x} stands within quotes"),
            ("mine", format!("{WORDS}query = 'up # ${{x}}'"), "${x} stands within quotes or a comment"),
            ("mine", format!("{WORDS}query = 'up{{a=${{x'"), "a placeholder is not closed: ${x"),
            ("mine", format!("{WORDS}query = 'up{{a=${{x}}}}'"), "${x} stands in the query and is not among"),
            ("mine", format!("{WORDS}query = 'up'\nparameters.x.type = 'pod'"), "parameter x does not stand in"),
            ("mine", format!("{WORDS}query = 'rate(up)'"), "it does not parse with its parameters filled in"),
            (
                "mine",
                format!("{WORDS}query = 'rate(up[${{w}}])'\nparameters.w = {{ type = 'duration', default = '1x' }}"),
                "parameter w: its default is no duration",
            ),
            (
                "mine",
                format!("{WORDS}query = 'up > ${{n}}'\nparameters.n = {{ type = 'number', min = 5, max = 1 }}"),
                "parameter n: its min is above its max",
            ),
            (
                "mine",
                format!("{WORDS}query = 'up{{a=${{n}}}}'\nparameters.n = {{ type = 'choice' }}"),
                "parameter n: a choice needs values",
            ),
            (
                "mine",
                format!("{WORDS}query = 'up{{pod=${{n}}}}'\nparameters.n = {{ type = 'pod', max = 1 }}"),
                "parameter n: only durations and numbers have min and max",
            ),
        ] {
            let got = refused(name, &text);
            assert!(got.contains(says), "{text}: {got}");
        }
        assert!(toml::from_str::<SavedQuery>(&format!("{WORDS}query = 'up'\nunits = 'x'")).is_err());
    }

    #[test]
    fn an_operators_query_takes_the_place_of_a_shipped_one() {
        let own = BTreeMap::from([("targets_down".to_owned(), query(&format!("{WORDS}query = 'up == 0'")))]);
        let catalogue = Catalogue::with(&own).unwrap();
        assert_eq!(catalogue.fill("targets_down", &JsonObject::new()).unwrap().text, "up == 0");
        assert_eq!(catalogue.names().count(), Catalogue::default().names().count());
    }
}
