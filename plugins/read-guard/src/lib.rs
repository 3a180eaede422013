//! read-guard: which logs, events and objects an agent may read, how far back and how much.
//!
//! Bounds that a request leaves open become ceilings of the allowance; bounds beyond the settings are denied with the value that
//! would pass.
mod rules;
mod settings;

use rules::RULES;
pub use settings::Settings;
use settings::Verb;
use wardgate_guest::{
    Reviewer, allow, deny, export_reviewer, no_limits, review, rule,
    types::{Answer, Context, Denial, Kinds, Limits, Logs, Object, Request, Verdict},
};

/// The configured reviewer.
#[derive(Debug)]
pub struct ReadGuard {
    settings: Settings,
}

impl Reviewer for ReadGuard {
    const NAME: &'static str = "read-guard";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SETTINGS_SCHEMA: &'static str = include_str!("../settings.schema.json");
    type Settings = Settings;

    fn configure(settings: Settings) -> Result<(Self, review::Setup), String> {
        let rules = RULES.iter().map(|(id, description)| rule(id, description)).collect();
        Ok((ReadGuard { settings }, review::Setup { kinds: Kinds::LOGS | Kinds::EVENTS | Kinds::OBJECTS, rules }))
    }

    fn review(&self, _: &Context, request: &Request, _: &[Answer]) -> Verdict {
        let judged = match request {
            Request::Logs(logs) => self.logs(logs),
            Request::Events(object) => self.events(object),
            Request::Objects(object) => self.objects(object),
            _ => return Verdict::Abstain,
        };
        judged.unwrap_or_else(Verdict::Deny)
    }
}

impl ReadGuard {
    fn limits(&self) -> Limits {
        let Settings { timeout_ms, max_read_bytes, .. } = self.settings;
        Limits { timeout_ms: Some(timeout_ms), max_read_bytes: Some(max_read_bytes), ..no_limits() }
    }

    fn logs(&self, logs: &Logs) -> Result<Verdict, Denial> {
        let most = &self.settings.logs;
        let within = |logs: Logs| Request::Logs(logs);
        if let Some(since) = logs.since_seconds
            && !(1..=most.max_since_seconds).contains(&since)
        {
            let nearest = Logs { since_seconds: Some(most.max_since_seconds), ..logs.clone() };
            return Err(beyond(rules::LOGS_SINCE, "since_seconds", since.into(), most.max_since_seconds.into())
                .instead(within(nearest)));
        }
        if let Some(lines) = logs.tail_lines
            && !(1..=most.max_tail_lines).contains(&lines)
        {
            let nearest = Logs { tail_lines: Some(most.max_tail_lines), ..logs.clone() };
            return Err(beyond(rules::LOGS_TAIL, "tail_lines", lines.into(), most.max_tail_lines.into())
                .instead(within(nearest)));
        }
        if let Some(bytes) = logs.limit_bytes
            && !(1..=most.max_limit_bytes).contains(&bytes)
        {
            let nearest = Logs { limit_bytes: Some(most.max_limit_bytes), ..logs.clone() };
            return Err(beyond(rules::LOGS_BYTES, "limit_bytes", bytes, most.max_limit_bytes).instead(within(nearest)));
        }
        if logs.previous && !most.previous {
            return Err(deny(rules::LOGS_PREVIOUS, "logs of earlier runs are switched off here")
                .remedy("previous = false reads the running container"));
        }
        let length = logs.pattern.as_deref().map_or(0, |pattern| pattern.chars().count());
        if length > most.max_pattern_length {
            return Err(beyond(
                rules::LOGS_PATTERN,
                "characters of pattern",
                length as u64,
                most.max_pattern_length as u64,
            ));
        }
        let lines = logs.tail_lines.unwrap_or(most.max_tail_lines);
        Ok(allow(rules::LOGS, Limits { max_lines: Some(lines), ..self.limits() }))
    }

    fn events(&self, object: &Object) -> Result<Verdict, Denial> {
        if !matches!(object.verb.as_str(), "get" | "list") {
            return Err(deny(rules::EVENTS_VERB, "events can only be listed or got").remedy("verb = list"));
        }
        never(object)?;
        let items = self.bounds(object, self.settings.events.max_items)?;
        Ok(allow(rules::EVENTS, Limits { max_items: Some(items), ..self.limits() }))
    }

    fn objects(&self, object: &Object) -> Result<Verdict, Denial> {
        let may = &self.settings.objects;
        never(object)?;
        let verb = match object.verb.as_str() {
            "get" => Some(Verb::Get),
            "list" => Some(Verb::List),
            _ => None,
        };
        let Some(verb) = verb.filter(|verb| may.verbs.contains(verb)) else {
            return Err(deny(rules::OBJECTS_VERB, "this verb is not allowed on objects")
                .remedy("get or list: nothing here writes"));
        };
        // An empty group is what a caller writes who knows the plural name only.
        let listed = may
            .kinds
            .iter()
            .any(|k| k.kind == object.kind && (object.api_group.is_empty() || k.group == object.api_group));
        if !listed {
            let kinds: Vec<&str> = may.kinds.iter().map(|k| k.kind.as_str()).collect();
            return Err(deny(rules::OBJECTS_KIND, "objects of this kind are not on the list")
                .remedy(format!("one of {}", kinds.join(", "))));
        }
        match (verb, object.name.as_deref()) {
            (Verb::Get, None | Some("")) => {
                return Err(deny(rules::OBJECTS_NAME, "get needs the object's name").remedy("add a name, or list"));
            }
            (Verb::List, Some(_)) => {
                return Err(deny(rules::OBJECTS_NAME, "list takes no name").remedy("get reads one object by name"));
            }
            _ => {}
        }
        let items = self.bounds(object, may.max_items)?;
        Ok(allow(rules::OBJECTS, Limits { max_items: Some(items), ..self.limits() }))
    }

    /// The bounds that events and objects share; how many items may come.
    fn bounds(&self, object: &Object, max_items: u32) -> Result<u32, Denial> {
        if let Some(limit) = object.limit
            && !(1..=max_items).contains(&limit)
        {
            return Err(beyond(rules::LIMIT, "limit", limit.into(), max_items.into()));
        }
        if let Some(selector) = &object.selector {
            let plain = selector.bytes().all(|b| (0x20..0x7f).contains(&b));
            if !plain || selector.len() > self.settings.max_selector_length {
                let reason =
                    format!("the label selector has {} bytes, or some that are not printable ASCII", selector.len());
                let remedy = format!("key=value pairs, at most {} characters", self.settings.max_selector_length);
                return Err(deny(rules::SELECTOR, reason).remedy(remedy));
            }
        }
        if let Some(selector) = object.field_selector.as_deref().filter(|text| !text.is_empty()) {
            let named = |term: &str| {
                let field = term.split(['=', '!']).next().unwrap_or_default();
                term.contains('=') && self.settings.field_selectors.iter().any(|f| f == field)
            };
            if selector.len() > self.settings.max_selector_length || !selector.split(',').all(named) {
                return Err(deny(rules::FIELD_SELECTOR, "the field selector names a field that is not on the list")
                    .remedy(format!(
                        "field=value or field!=value, joined by commas; fields: {}",
                        self.settings.field_selectors.join(", ")
                    )));
            }
        }
        Ok(object.limit.unwrap_or(max_items))
    }
}

/// What no setting opens, whatever group or spelling it comes under.
fn never(object: &Object) -> Result<(), Denial> {
    let kind = object.kind.to_ascii_lowercase();
    let is = |name: &str| kind.split('/').any(|part| part.trim_end_matches('s') == name);
    if is("secret") {
        return Err(deny(rules::OBJECTS_SECRETS, "Secrets hold credentials and are never shown, not even their names")
            .remedy("a pod's status and events say whether a Secret it mounts is missing"));
    }
    if is("configmap") {
        return Err(deny(rules::OBJECTS_CONFIGMAPS, "ConfigMaps often hold credentials and are never shown").remedy(
            "a pod's events say whether a ConfigMap it mounts is missing; deployments show which revision uses which",
        ));
    }
    Ok(())
}

fn beyond(rule: &str, what: &str, asked: u64, most: u64) -> Denial {
    deny(rule, format!("{what} is {asked}; it may be 1 to {most}"))
        .remedy(format!("give {what} from 1 to {most}, or leave it out"))
        .detail("asked", asked.to_string())
        .detail("most", most.to_string())
}

export_reviewer!(ReadGuard);
