//! What an operator can set about the tools: bounds of arguments, the size of an answer, quotas. Owns the words and their
//! defaults; the transports have settings of their own in `http`.
use crate::saved::{Catalogue, SavedQuery, SavedQueryError};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, time::Duration};

/// The tools' settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GatewaySettings {
    /// Bytes of one tool result, structured content and text together. Default 65536. Clients cut or spill what is larger than
    /// about 25,000 tokens; raising it costs the model its context.
    pub answer_bytes: u32,
    /// Seconds that calls in flight get to end by themselves when the gateway stops; then they are cut and settled. Default 20.
    /// Raising it delays a restart.
    pub drain_seconds: u32,
    /// What arguments may say.
    pub bounds: Bounds,
    /// How many calls may run at once.
    pub quotas: Quotas,
    /// Queries for `prom_saved_query` beside the shipped ones, by name; one of a shipped name takes its place. docs/saved-queries.md
    /// shows the form. Default none.
    pub saved_queries: BTreeMap<String, SavedQuery>,
}

impl Default for GatewaySettings {
    fn default() -> Self {
        Self {
            answer_bytes: 64 << 10,
            drain_seconds: 20,
            bounds: Bounds::default(),
            quotas: Quotas::default(),
            saved_queries: BTreeMap::new(),
        }
    }
}

impl GatewaySettings {
    /// The least that `answer_bytes` can be: a denial with its words must fit.
    pub const LEAST_ANSWER: u32 = 16 << 10;

    pub(crate) fn drain(&self) -> Duration {
        Duration::from_secs(u64::from(self.drain_seconds))
    }

    /// Whether the figures make sense together.
    pub fn check(&self) -> Result<(), SettingsError> {
        let Bounds { default_tail_lines, max_tail_lines, default_list_limit, max_list_limit, .. } = self.bounds;
        let Bounds { min_step_seconds, max_step_seconds, min_range_seconds, max_range_seconds, .. } = self.bounds;
        if self.answer_bytes < Self::LEAST_ANSWER {
            return Err(SettingsError::TooSmall { key: "answer_bytes", least: Self::LEAST_ANSWER });
        }
        for (low, high, low_key, high_key) in [
            (1, default_tail_lines, "1", "bounds.default_tail_lines"),
            (default_tail_lines, max_tail_lines, "bounds.default_tail_lines", "bounds.max_tail_lines"),
            (1, default_list_limit, "1", "bounds.default_list_limit"),
            (default_list_limit, max_list_limit, "bounds.default_list_limit", "bounds.max_list_limit"),
            (1, min_step_seconds, "1", "bounds.min_step_seconds"),
            (min_step_seconds, max_step_seconds, "bounds.min_step_seconds", "bounds.max_step_seconds"),
            (min_range_seconds, max_range_seconds, "bounds.min_range_seconds", "bounds.max_range_seconds"),
            (1, self.bounds.max_since_seconds, "1", "bounds.max_since_seconds"),
            (1, self.bounds.max_command_words, "1", "bounds.max_command_words"),
            (1, self.bounds.max_query_chars, "1", "bounds.max_query_chars"),
        ] {
            if low > high {
                return Err(SettingsError::Order { low: low_key, high: high_key });
            }
        }
        for (key, count) in self.quotas.all() {
            if count == 0 {
                return Err(SettingsError::TooSmall { key, least: 1 });
            }
        }
        self.catalogue().map(drop)
    }

    /// The shipped saved queries and the operator's.
    pub(crate) fn catalogue(&self) -> Result<Catalogue, SettingsError> {
        Catalogue::with(&self.saved_queries).map_err(|(name, why)| SettingsError::SavedQuery { name, why })
    }
}

/// Settings that cannot hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Below what works.
    #[error("{key} must be at least {least}")]
    TooSmall {
        /// Which.
        key: &'static str,
        /// How much.
        least: u32,
    },
    /// Two bounds cross.
    #[error("{high} must not be below {low}")]
    Order {
        /// The lower one.
        low: &'static str,
        /// The higher one.
        high: &'static str,
    },
    /// A saved query that cannot be used.
    #[error("saved_queries.{name}: {why}")]
    SavedQuery {
        /// Which.
        name: String,
        /// What is wrong.
        why: SavedQueryError,
    },
}

/// What arguments may say. Policies can be stricter, never more generous.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Bounds {
    /// Seconds back in `k8s_get_logs`, at most. Default 3600. A longer window reads more of the node's disk.
    pub max_since_seconds: u32,
    /// Lines from the end that `k8s_get_logs` asks for when the caller names no number. Default 200.
    pub default_tail_lines: u32,
    /// Lines from the end, at most. Default 2000. More lines than fit an answer are read, redacted and cut.
    pub max_tail_lines: u32,
    /// Characters of a log pattern, at most. Default 200.
    pub max_pattern_chars: u32,
    /// Objects or events of a page when the caller names no number. Default 50.
    pub default_list_limit: u32,
    /// Objects or events of a page, at most. Default 500. A page that does not fit an answer is cut, and says so.
    pub max_list_limit: u32,
    /// Words of a command, at most. Default 64.
    pub max_command_words: u32,
    /// Characters of one PromQL query, at most. Default 4096.
    pub max_query_chars: u32,
    /// Seconds between start and end of a range query, at least. Default 60.
    pub min_range_seconds: u32,
    /// Seconds between start and end of a range query, at most. Default 3600. Longer ranges cost Prometheus more.
    pub max_range_seconds: u32,
    /// Seconds between two points of a range query, at least. Default 5. Smaller steps cost more evaluations.
    pub min_step_seconds: u32,
    /// Seconds between two points of a range query, at most. Default 60.
    pub max_step_seconds: u32,
    /// The saved queries there are; the gateway fills them in from its settings.
    #[serde(skip)]
    pub saved: Catalogue,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            max_since_seconds: 3600,
            default_tail_lines: 200,
            max_tail_lines: 2000,
            max_pattern_chars: 200,
            default_list_limit: 50,
            max_list_limit: 500,
            max_command_words: 64,
            max_query_chars: 4096,
            min_range_seconds: 60,
            max_range_seconds: 3600,
            min_step_seconds: 5,
            max_step_seconds: 60,
            saved: Catalogue::default(),
        }
    }
}

/// How many calls may run at once. A call waits up to two seconds for its place, then it is denied with a hint to retry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Quotas {
    /// Commands in one container. Default 4.
    pub execs_per_container: u32,
    /// Commands in one pod. Default 8.
    pub execs_per_pod: u32,
    /// Commands in one namespace. Default 12.
    pub execs_per_namespace: u32,
    /// Commands of one caller, by the name that was authenticated. Default 12: no caller can take all places.
    pub execs_per_subject: u32,
    /// Commands in all. Default 16. Some container runtimes jam at 32.
    pub execs: u32,
    /// Log calls in all. Default 64.
    pub logs: u32,
    /// Prometheus queries in all. Default 16.
    pub queries: u32,
    /// Calls for objects and events in all. Default 64.
    pub objects: u32,
}

impl Default for Quotas {
    fn default() -> Self {
        Self {
            execs_per_container: 4,
            execs_per_pod: 8,
            execs_per_namespace: 12,
            execs_per_subject: 12,
            execs: 16,
            logs: 64,
            queries: 16,
            objects: 64,
        }
    }
}

impl Quotas {
    fn all(&self) -> [(&'static str, u32); 8] {
        [
            ("quotas.execs_per_container", self.execs_per_container),
            ("quotas.execs_per_pod", self.execs_per_pod),
            ("quotas.execs_per_namespace", self.execs_per_namespace),
            ("quotas.execs_per_subject", self.execs_per_subject),
            ("quotas.execs", self.execs),
            ("quotas.logs", self.logs),
            ("quotas.queries", self.queries),
            ("quotas.objects", self.objects),
        ]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_defaults_hold() {
        GatewaySettings::default().check().unwrap();
    }

    #[test]
    fn bounds_that_cross_are_refused_by_name() {
        let crossed = Bounds { max_tail_lines: 10, ..Bounds::default() };
        let settings = GatewaySettings { bounds: crossed, ..GatewaySettings::default() };
        let error = settings.check().unwrap_err().to_string();
        assert_eq!(error, "bounds.max_tail_lines must not be below bounds.default_tail_lines");
        let none = Quotas { execs: 0, ..Quotas::default() };
        let error = GatewaySettings { quotas: none, ..GatewaySettings::default() }.check().unwrap_err();
        assert_eq!(error, SettingsError::TooSmall { key: "quotas.execs", least: 1 });
    }

    #[test]
    fn an_unknown_key_is_refused() {
        assert!(serde_json::from_str::<GatewaySettings>(r#"{"answer_byts": 1}"#).is_err());
    }
}
