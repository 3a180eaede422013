//! The budgets an operator can move, their defaults, and whose budgets hold for a query. `settings.schema.json` and `defaults.json`
//! beside `src` say the same.
use serde::Deserialize;
use wardgate_guest::types::Subject;

/// JSON Schema 2020-12 of [`Settings`].
pub const SCHEMA: &str = include_str!("../settings.schema.json");
/// What the regular expressions of a query may weigh together; see [`wardgate_promql::Limits`].
pub(crate) const PATTERNS: u64 = 20_000;
const DAY: u64 = 86_400;

macro_rules! budgets {
    ($($(#[doc = $doc:literal])+ $name:ident: $type:ty = $default:expr;)+) => {
        /// Budgets. Times are in seconds.
        #[derive(Debug, Clone, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Settings {
            $($(#[doc = $doc])+ pub $name: $type,)+
            /// Budgets of single callers and namespaces; the first that fits holds.
            pub overrides: Vec<Override>,
        }

        impl Default for Settings {
            fn default() -> Self {
                Settings { $($name: $default,)+ overrides: Vec::new() }
            }
        }

        /// Budgets that replace the general ones; what is not named stays.
        #[derive(Debug, Clone, Default, PartialEq, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct Budgets {
            $($(#[doc = $doc])+ pub $name: Option<$type>,)+
        }

        impl Budgets {
            fn over(&self, general: &Settings) -> Settings {
                Settings {
                    $($name: self.$name.clone().unwrap_or_else(|| general.$name.clone()),)+
                    overrides: Vec::new(),
                }
            }
        }
    };
}

budgets! {
    /// Bytes of a query's text.
    max_text_bytes: usize = 4096;
    /// Depth of parentheses.
    max_nesting: usize = 32;
    /// Operators in one query; a long chain is as deep as it is long.
    max_operators: usize = 200;
    /// Different selectors in one query.
    max_selectors: usize = 32;
    /// Subqueries inside each other.
    max_subquery_depth: u32 = 2;
    /// Time between start and end of a range query.
    max_range_seconds: u64 = 1800;
    /// The same for a query that is cheap (`cheap_samples`), where that is longer.
    max_cheap_range_seconds: u64 = 1800;
    /// A query that looks at no more samples than this is cheap.
    cheap_samples: u64 = 1_000_000;
    /// Least step of a range query.
    min_step_seconds: u64 = 10;
    /// Points per series of a range query.
    max_points: u64 = 11_000;
    /// How long ago a query may begin.
    max_age_seconds: u64 = 3660 * DAY;
    /// Ranges and subqueries on the way to a selector, added up; a cheap query may go beyond.
    max_window_seconds: u64 = 31 * DAY;
    /// Offsets on the way to a selector, added up; and how far `@` may be from the query's own time.
    max_offset_seconds: u64 = 31 * DAY;
    /// Least step of a subquery.
    min_subquery_step_seconds: u64 = 5;
    /// Evaluations of one subquery.
    max_subquery_points: u64 = 11_000;
    /// The first parameter of `topk` and its like.
    max_k: u64 = 1000;
    /// Series of one selector.
    max_series: u64 = 50_000;
    /// Series of all different selectors.
    max_series_total: u64 = 50_000;
    /// Series of all mentions of all selectors.
    max_series_loads: u64 = 250_000;
    /// Samples that the query makes the server look at.
    max_samples: u64 = 100_000_000;
    /// Series that go into `count_values`.
    max_count_values_series: u64 = 5_000;
    /// Bytes of the labels that a `label_replace` or `label_join` makes, over all series, reckoned with 128 for each label it takes in.
    max_label_bytes: u64 = 64 << 20;
    /// Bucket series that go into `histogram_quantile` without an aggregation.
    max_histogram_series: u64 = 5_000;
    /// Series of a result that no aggregation has grouped; any result is cut there.
    max_result_series: u64 = 20_000;
    /// Samples of such a result.
    max_result_samples: u64 = 4_000_000;
    /// Bytes of such a result, reckoned with 300 a series and 24 a sample.
    max_result_bytes: u64 = 64 << 20;
    /// Time limit of an allowed query.
    timeout_seconds: u32 = 30;
    /// Experimental functions, aggregators and modifiers that the operator has enabled on the server and allows.
    experimental: Vec<String> = vec![];
    /// Window of a request for metadata.
    max_metadata_window_seconds: u64 = DAY;
    /// Items of a metadata answer.
    max_metadata_items: u32 = 1000;
}

/// Budgets for some callers, some namespaces, or both.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Override {
    /// Names of callers. Empty, together with `groups`: every caller.
    pub users: Vec<String>,
    /// Groups of callers; one is enough.
    pub groups: Vec<String>,
    /// Namespaces: fits if every selector of the query names its namespaces literally, and only these. Empty: any query.
    pub namespaces: Vec<String>,
    /// What replaces the general budgets.
    pub budgets: Budgets,
}

impl Override {
    fn is_for(&self, subject: &Subject) -> bool {
        (self.users.is_empty() && self.groups.is_empty())
            || self.users.contains(&subject.user)
            || subject.groups.iter().any(|group| self.groups.contains(group))
    }

    fn covers(&self, namespaces: Option<&[String]>) -> bool {
        self.namespaces.is_empty()
            || namespaces.is_some_and(|named| named.iter().all(|namespace| self.namespaces.contains(namespace)))
    }
}

impl Settings {
    /// The budgets that hold for a caller's query over `namespaces`; none if it does not keep to namespaces that it names.
    pub(crate) fn of(&self, subject: &Subject, namespaces: Option<&[String]>) -> Settings {
        let fits = self.overrides.iter().find(|o| o.is_for(subject) && o.covers(namespaces));
        fits.map_or_else(|| Settings { overrides: Vec::new(), ..self.clone() }, |found| found.budgets.over(self))
    }

    /// What a caller's text may hold at most before it is parsed; which namespaces it names is not known yet, so the most of what may hold.
    pub(crate) fn text_limits(&self, subject: &Subject) -> wardgate_promql::Limits {
        let theirs = || self.overrides.iter().filter(|o| o.is_for(subject));
        let most = |own: usize, moved: fn(&Budgets) -> Option<usize>| {
            theirs().filter_map(|o| moved(&o.budgets)).fold(own, usize::max)
        };
        wardgate_promql::Limits {
            bytes: most(self.max_text_bytes, |b| b.max_text_bytes),
            nesting: most(self.max_nesting, |b| b.max_nesting),
            operators: most(self.max_operators, |b| b.max_operators),
            patterns: PATTERNS,
        }
    }

    /// Refuses settings that contradict each other, here or in an override.
    pub fn check(&self) -> Result<(), String> {
        self.check_one()?;
        self.overrides.iter().enumerate().try_for_each(|(place, found)| {
            found.budgets.over(self).check_one().map_err(|why| format!("override {}: {why}", place + 1))
        })
    }

    fn check_one(&self) -> Result<(), String> {
        if self.max_text_bytes > 64 * 1024 {
            return Err("settings: `max_text_bytes` may be at most 65536: parsing is quadratic".to_owned());
        }
        // Walking a query recurses once per operator and parenthesis; a component's stack is 1 MiB.
        if self.max_nesting > 200 || self.max_operators > 500 {
            return Err("settings: `max_nesting` may be at most 200 and `max_operators` at most 500".to_owned());
        }
        if self.max_selectors > 32 {
            return Err(
                "settings: `max_selectors` may be at most 32: so many questions can be asked at once".to_owned()
            );
        }
        if self.min_step_seconds == 0 || self.min_subquery_step_seconds == 0 {
            return Err("settings: the least steps must be at least one second".to_owned());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_shipped_defaults_file_is_the_built_in_default() {
        let shipped: Settings = serde_json::from_str(include_str!("../defaults.json")).unwrap();
        assert_eq!(shipped, Settings::default());
    }

    #[test]
    fn the_schema_knows_exactly_the_settings() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).unwrap();
        let defaults: serde_json::Value = serde_json::from_str(include_str!("../defaults.json")).unwrap();
        let known: Vec<_> = schema["properties"].as_object().unwrap().keys().collect();
        let set: Vec<_> = defaults.as_object().unwrap().keys().collect();
        assert_eq!(known, set);
        assert_eq!(schema["additionalProperties"], false);
        for (key, value) in defaults.as_object().unwrap() {
            assert_eq!(&schema["properties"][key]["default"], value, "{key}");
        }
        // An override may move every budget, and nothing else.
        let moved = &schema["properties"]["overrides"]["items"]["properties"]["budgets"];
        let moved: Vec<_> = moved["properties"].as_object().unwrap().keys().collect();
        assert_eq!(moved, set.into_iter().filter(|key| *key != "overrides").collect::<Vec<_>>());
    }

    #[test]
    fn settings_that_a_stack_cannot_carry_are_refused() {
        assert!(Settings { max_operators: 100_000, ..Settings::default() }.check().is_err());
        assert!(Settings { max_text_bytes: 1 << 20, ..Settings::default() }.check().is_err());
        assert!(Settings { max_selectors: 33, ..Settings::default() }.check().is_err());
        assert!(Settings { min_subquery_step_seconds: 0, ..Settings::default() }.check().is_err());
        assert!(Settings::default().check().is_ok());
        let budgets = Budgets { max_operators: Some(100_000), ..Budgets::default() };
        let hidden = Settings { overrides: vec![Override { budgets, ..Override::default() }], ..Settings::default() };
        assert!(hidden.check().unwrap_err().contains("override 1"));
    }

    #[test]
    fn the_first_override_that_fits_holds() {
        let series = |max_series| Budgets { max_series: Some(max_series), ..Budgets::default() };
        let texts = |list: &[&str]| list.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        let settings = Settings {
            overrides: vec![
                Override {
                    users: texts(&["alice"]),
                    namespaces: texts(&["shop"]),
                    budgets: series(1),
                    ..Override::default()
                },
                Override { groups: texts(&["sre"]), budgets: series(2), ..Override::default() },
                Override { namespaces: texts(&["shop", "pay"]), budgets: series(3), ..Override::default() },
            ],
            ..Settings::default()
        };
        let subject = |user: &str, groups: &[&str]| Subject {
            user: user.to_owned(),
            groups: texts(groups),
            session: String::new(),
            incident: None,
        };
        for (user, groups, namespaces, budget) in [
            ("alice", &[][..], Some(&["shop"][..]), 1),
            ("alice", &["sre"], Some(&["pay"]), 2),
            ("bob", &["sre"], None, 2),
            ("bob", &[], Some(&["shop", "pay"]), 3),
            ("bob", &[], Some(&["shop", "kube-system"]), 50_000),
            ("bob", &[], None, 50_000),
        ] {
            let named = namespaces.map(texts);
            let found = settings.of(&subject(user, groups), named.as_deref());
            assert_eq!(found.max_series, budget, "{user} {groups:?} {namespaces:?}");
        }
    }
}
