//! A parameter of a saved query: its type, what values it takes, and the PromQL token that a value becomes.
use regex::Regex;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{fmt, sync::LazyLock};

/// What a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ParameterType {
    /// A namespace, written as a string: `namespace=${namespace}`.
    Namespace,
    /// A pod or another object by its whole name, written as a string.
    Pod,
    /// What names begin with, written as a pattern of a string: `pod=~${pods}`. Empty is every name.
    Prefix,
    /// Any text without control characters, at most 200 characters, written as a string.
    Text,
    /// One of `values`, written as a string.
    Choice,
    /// A metric's name or its beginning, written as it is: `rate(${metric}_total[5m])`.
    Metric,
    /// A label's name, written as it is: `by (${label})`.
    Label,
    /// A duration like 5m, 1h30m or 7d, written as it is: `[${window}]`.
    Duration,
    /// A number from 0 to 1.
    Quantile,
    /// A number.
    Number,
    /// A whole number.
    Integer,
}

/// A parameter of a saved query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    /// What it is: which values are taken, and how they are written into the query.
    #[serde(rename = "type")]
    pub kind: ParameterType,
    /// What it stands for. Default: its type says it.
    #[serde(default)]
    pub description: String,
    /// What holds if a caller names none. Default: it must be named.
    pub default: Option<Word>,
    /// The least duration or number. Default none.
    pub min: Option<Word>,
    /// The longest duration or largest number. Default none.
    pub max: Option<Word>,
    /// What a choice chooses from. Default none.
    #[serde(default)]
    pub values: Vec<String>,
}

/// A string, or a number as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Word(String);

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Word {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a string or a number")]
        enum Given {
            Whole(i64),
            Number(f64),
            Text(String),
        }
        Ok(Self(match Given::deserialize(from)? {
            Given::Whole(number) => number.to_string(),
            Given::Number(number) => number.to_string(),
            Given::Text(text) => text,
        }))
    }
}

impl JsonSchema for Word {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Word".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": ["string", "number"]})
    }
}

/// Why a parameter is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadType {
    /// Names stand between `${` and `}`, and in a call's arguments.
    #[error("a name has 1 to 63 of a-z, 0-9 and _, and begins with a letter")]
    Name,
    /// Its own default would be refused.
    #[error("its default {0}")]
    Default(String),
    /// A bound that is no value of its type.
    #[error("its bound {0}")]
    Bound(String),
    /// Nothing lies between.
    #[error("its min is above its max")]
    Order,
    /// Bounds of something without an order.
    #[error("only durations and numbers have min and max")]
    Boundless,
    /// A choice of nothing.
    #[error("a choice needs values, each without control characters and at most 200 characters")]
    NoChoice,
    /// Values of something that is no choice.
    #[error("only a choice has values")]
    NotAChoice,
}

/// Why a value is refused, as the end of a sentence that begins with its name.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused(pub(super) String);

type Token = Result<String, Refused>;

/// What a value must look like. A pattern that did not compile would match nothing.
struct Shape(LazyLock<Option<Regex>>);

impl Shape {
    fn is_match(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|pattern| pattern.is_match(text))
    }
}

macro_rules! shape {
    ($name:ident, $pattern:literal) => {
        static $name: Shape = Shape(LazyLock::new(|| Regex::new($pattern).ok()));
    };
}
shape!(LABEL_DNS, "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$");
shape!(SUBDOMAIN, "^[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?$");
shape!(PREFIX, "^[-.a-z0-9]{0,253}$");
shape!(METRIC, "^[a-zA-Z_:][a-zA-Z0-9_:]{0,199}$");
shape!(LABEL, "^[a-zA-Z_][a-zA-Z0-9_]{0,99}$");
shape!(DURATION, "^([0-9]{1,9}(ms|s|m|h|d|w|y)){1,7}$");
shape!(PARAMETER, "^[a-z][a-z0-9_]{0,62}$");

/// Whether a name can be a parameter's.
fn is_name(name: &str) -> bool {
    PARAMETER.is_match(name)
}

impl Parameter {
    /// The token that a value becomes.
    pub(super) fn token(&self, value: &Value) -> Token {
        let no = |what: &str| Err(Refused(what.to_owned()));
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) if self.is_number() => number.to_string(),
            _ if self.is_number() => return no("must be a number"),
            _ => return no("must be a string"),
        };
        let when = |fits: bool, token: String, wrong: &str| if fits { Ok(token) } else { no(wrong) };
        match self.kind {
            ParameterType::Namespace => {
                when(LABEL_DNS.is_match(&text), quoted(&text), "is no name of a namespace: a-z, 0-9 and -")
            }
            ParameterType::Pod => {
                when(SUBDOMAIN.is_match(&text), quoted(&text), "is no name of an object: a-z, 0-9, - and .")
            }
            ParameterType::Prefix => {
                let pattern = quoted(&format!("{}.*", text.replace('.', "\\.")));
                when(PREFIX.is_match(&text), pattern, "is no beginning of a name: a-z, 0-9, - and .; it is no pattern")
            }
            ParameterType::Text => {
                when(is_text(&text), quoted(&text), "must have no control characters and at most 200 characters")
            }
            ParameterType::Choice => {
                let wrong = format!("must be one of {}", self.values.join(", "));
                when(self.values.contains(&text), quoted(&text), &wrong)
            }
            ParameterType::Metric => when(METRIC.is_match(&text), text.clone(), "is no name of a metric"),
            ParameterType::Label => when(LABEL.is_match(&text), text.clone(), "is no name of a label"),
            ParameterType::Duration => {
                let Some(ms) = milliseconds(&text) else { return no("is no duration like 5m, 1h30m or 7d") };
                let bound = |word: &Option<Word>| word.as_ref().and_then(|word| milliseconds(&word.0));
                let fits =
                    bound(&self.min).is_none_or(|least| least <= ms) && bound(&self.max).is_none_or(|most| ms <= most);
                when(fits && ms > 0, text.clone(), &self.range())
            }
            ParameterType::Quantile | ParameterType::Number | ParameterType::Integer => self.number(&text),
        }
    }

    fn is_number(&self) -> bool {
        matches!(self.kind, ParameterType::Quantile | ParameterType::Number | ParameterType::Integer)
    }

    fn number(&self, text: &str) -> Token {
        let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite());
        let Some(number) = number else { return Err(Refused("must be a number".to_owned())) };
        if self.kind == ParameterType::Integer && number.fract() != 0.0 {
            return Err(Refused("must be a whole number".to_owned()));
        }
        let (least, most) = self.bounds();
        if least.is_some_and(|least| number < least) || most.is_some_and(|most| number > most) {
            return Err(Refused(self.range()));
        }
        // A sign must not run into an operator before it.
        Ok(if number < 0.0 { format!("({number})") } else { number.to_string() })
    }

    fn bounds(&self) -> (Option<f64>, Option<f64>) {
        let own = |word: &Option<Word>| word.as_ref().and_then(|word| word.0.trim().parse::<f64>().ok());
        let of_type = (self.kind == ParameterType::Quantile).then_some((0.0, 1.0));
        (own(&self.min).or(of_type.map(|b| b.0)), own(&self.max).or(of_type.map(|b| b.1)))
    }

    fn range(&self) -> String {
        let of_type = |bound: &str| (self.kind == ParameterType::Quantile).then(|| bound.to_owned());
        let least = self.min.as_ref().map(ToString::to_string).or_else(|| of_type("0"));
        let most = self.max.as_ref().map(ToString::to_string).or_else(|| of_type("1"));
        match (least, most) {
            (Some(least), Some(most)) => format!("must be from {least} to {most}"),
            (Some(least), None) => format!("must be at least {least}"),
            (None, Some(most)) => format!("must be at most {most}"),
            (None, None) => "must be more than 0".to_owned(),
        }
    }

    /// A value that it takes.
    pub(super) fn sample(&self) -> String {
        if let Some(word) = self.default.as_ref().or(self.min.as_ref()).or(self.max.as_ref()) {
            return word.0.clone();
        }
        match self.kind {
            ParameterType::Choice => self.values.first().cloned().unwrap_or_default(),
            ParameterType::Metric => "x".to_owned(),
            ParameterType::Duration => "5m".to_owned(),
            ParameterType::Quantile => "0.9".to_owned(),
            ParameterType::Number | ParameterType::Integer => "1".to_owned(),
            _ => "a".to_owned(),
        }
    }

    /// A token of it, if its own words hold.
    pub(super) fn check(&self, name: &str) -> Result<String, BadType> {
        if !is_name(name) {
            return Err(BadType::Name);
        }
        let ordered = self.is_number() || self.kind == ParameterType::Duration;
        if !ordered && (self.min.is_some() || self.max.is_some()) {
            return Err(BadType::Boundless);
        }
        match (self.kind == ParameterType::Choice, self.values.is_empty()) {
            (true, false) if self.values.iter().all(|value| is_text(value)) => {}
            (true, _) => return Err(BadType::NoChoice),
            (false, false) => return Err(BadType::NotAChoice),
            (false, true) => {}
        }
        let free = Self { min: None, max: None, ..self.clone() };
        for bound in [&self.min, &self.max].into_iter().flatten() {
            free.token(&Value::String(bound.0.clone())).map_err(|Refused(wrong)| BadType::Bound(wrong))?;
        }
        if let (Some(least), Some(most)) = (&self.min, &self.max) {
            let durations = (milliseconds(&least.0), milliseconds(&most.0));
            let crossed = match (self.kind, durations, self.bounds()) {
                (ParameterType::Duration, (Some(least), Some(most)), _) => least > most,
                (_, _, (Some(least), Some(most))) => least > most,
                _ => false,
            };
            if crossed {
                return Err(BadType::Order);
            }
        }
        self.token(&Value::String(self.sample())).map_err(|Refused(wrong)| BadType::Default(wrong))
    }
}

fn is_text(text: &str) -> bool {
    text.chars().count() <= 200 && !text.contains(char::is_control)
}

/// A PromQL string literal. The text holds no control characters.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Milliseconds of a duration as PromQL writes it.
fn milliseconds(text: &str) -> Option<u64> {
    if !DURATION.is_match(text) {
        return None;
    }
    let mut sum = 0u64;
    let mut number = 0u64;
    let mut unit = String::new();
    for c in text.chars().chain(['0']) {
        match c.to_digit(10) {
            Some(digit) => {
                if !unit.is_empty() {
                    sum = sum.saturating_add(number.saturating_mul(factor(&unit)?));
                    unit.clear();
                    number = 0;
                }
                number = number.saturating_mul(10).saturating_add(digit.into());
            }
            None => unit.push(c),
        }
    }
    Some(sum)
}

fn factor(unit: &str) -> Option<u64> {
    const SECOND: u64 = 1000;
    Some(match unit {
        "ms" => 1,
        "s" => SECOND,
        "m" => 60 * SECOND,
        "h" => 3600 * SECOND,
        "d" => 86_400 * SECOND,
        "w" => 7 * 86_400 * SECOND,
        "y" => 365 * 86_400 * SECOND,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(kind: ParameterType) -> Parameter {
        let none = || None;
        Parameter { kind, description: String::new(), default: none(), min: none(), max: none(), values: vec![] }
    }

    #[test]
    fn durations_are_read_as_prometheus_reads_them() {
        for (text, ms) in [
            ("5m", Some(300_000)),
            ("1h30m", Some(5_400_000)),
            ("90s", Some(90_000)),
            ("500ms", Some(500)),
            ("1w", Some(604_800_000)),
            ("0s", Some(0)),
            ("5", None),
            ("m", None),
            ("5 m", None),
            ("5M", None),
            ("-5m", None),
            ("1h 30m", None),
            ("99999999999h", None),
        ] {
            assert_eq!(milliseconds(text), ms, "{text}");
        }
    }

    #[test]
    fn a_value_is_written_by_its_type() {
        use ParameterType::*;
        for (kind, value, token) in [
            (Namespace, json!("shop"), Ok("\"shop\"")),
            (Namespace, json!("kube.system"), Err("is no name of a namespace")),
            (Pod, json!("cart-0.x"), Ok("\"cart-0.x\"")),
            (Prefix, json!(""), Ok("\".*\"")),
            (Prefix, json!("a.b"), Ok("\"a\\\\.b.*\"")),
            (Prefix, json!("a.*"), Err("is no beginning of a name")),
            (Text, json!("a \"b\" \\ é"), Ok("\"a \\\"b\\\" \\\\ é\"")),
            (Text, json!("a\u{7f}"), Err("must have no control")),
            (Metric, json!("a:b_total"), Ok("a:b_total")),
            (Metric, json!("a{}"), Err("is no name of a metric")),
            (Label, json!("__name__"), Ok("__name__")),
            (Duration, json!("1h30m"), Ok("1h30m")),
            (Duration, json!("0s"), Err("must be more than 0")),
            (Duration, json!(300), Err("must be a string")),
            (Quantile, json!(0.99), Ok("0.99")),
            (Quantile, json!("0.5"), Ok("0.5")),
            (Quantile, json!(1.5), Err("must be from 0 to 1")),
            (Number, json!(-2), Ok("(-2)")),
            (Number, json!("inf"), Err("must be a number")),
            (Number, json!(true), Err("must be a number")),
            (Integer, json!(3.0), Ok("3")),
            (Integer, json!(3.5), Err("must be a whole number")),
        ] {
            let got = of(kind).token(&value);
            match (&got, token) {
                (Ok(got), Ok(token)) => assert_eq!(got, token),
                (Err(Refused(got)), Err(wrong)) => assert!(got.starts_with(wrong), "{kind:?} {value}: {got}"),
                _ => unreachable!("{kind:?} {value}: {got:?}"),
            }
        }
    }
}
