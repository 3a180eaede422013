//! What the gateway counts about itself, in Prometheus' text format. Label values come from closed lists, or are bounded here.
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{
        counter::Counter,
        family::Family,
        gauge::Gauge,
        histogram::{Histogram, exponential_buckets},
    },
    registry::{Registry, Unit},
};
use std::{
    collections::BTreeSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use wardgate_core::{Outcome, Settled};

/// Rules of policies that get a series of their own.
const RULES: usize = 300;

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct CallLabels {
    tool: String,
    outcome: &'static str,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct RuleLabels {
    rule: String,
}

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct ToolLabels {
    tool: String,
}

/// Counters, and the registry they stand in.
pub(crate) struct Metrics {
    registry: Mutex<Registry>,
    calls: Family<CallLabels, Counter>,
    denials: Family<RuleLabels, Counter>,
    durations: Family<ToolLabels, Histogram>,
    in_flight: Gauge,
    pub(crate) unauthenticated: Counter,
    pub(crate) connections: Gauge,
    rules: Mutex<BTreeSet<String>>,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let mut registry = Registry::with_prefix("wardgate");
        let calls = Family::default();
        let denials = Family::default();
        let durations =
            Family::new_with_constructor((|| Histogram::new(exponential_buckets(0.001, 2.0, 16))) as fn() -> Histogram);
        let (in_flight, connections, unauthenticated) = (Gauge::default(), Gauge::default(), Counter::default());
        registry.register("calls", "Calls by tool and how they ended", calls.clone());
        registry.register("denials", "Denied calls by rule", denials.clone());
        registry.register_with_unit(
            "call_duration",
            "From the call's arrival to its result",
            Unit::Seconds,
            durations.clone(),
        );
        registry.register("calls_in_flight", "Calls that have not settled", in_flight.clone());
        registry.register("connections", "Open HTTP connections", connections.clone());
        registry.register("unauthenticated_requests", "HTTP requests without a valid token", unauthenticated.clone());
        let (registry, rules) = (Mutex::new(registry), Mutex::default());
        Self { registry, calls, denials, durations, in_flight, unauthenticated, connections, rules }
    }

    /// Something else that has metrics, registered by whoever puts the program together.
    pub(crate) fn register(&self, register: impl FnOnce(&mut Registry)) {
        register(&mut self.registry.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(crate) fn begin(&self) -> InFlight {
        self.in_flight.inc();
        InFlight(self.in_flight.clone())
    }

    /// `tool` is one of the listed ones, or `unknown`.
    pub(crate) fn settled(&self, tool: &str, settled: &Settled, took: Duration) {
        let outcome = match settled.outcome() {
            Outcome::Complete(_) => "complete",
            Outcome::Cut(_) => "cut",
            Outcome::Refused(_) => "denied",
            Outcome::NeedsApproval(_) => "approval",
            Outcome::Unrecorded => "unrecorded",
        };
        self.calls.get_or_create(&CallLabels { tool: tool.into(), outcome }).inc();
        self.durations.get_or_create(&ToolLabels { tool: tool.into() }).observe(took.as_secs_f64());
        if let Outcome::Refused(denials) = settled.outcome() {
            for denial in denials {
                self.denials.get_or_create(&RuleLabels { rule: self.known(&denial.rule) }).inc();
            }
        }
    }

    /// A policy can name any rule; series are not free.
    fn known(&self, rule: &str) -> String {
        let mut rules = self.rules.lock().unwrap_or_else(PoisonError::into_inner);
        if rules.contains(rule) || (rules.len() < RULES && rules.insert(rule.into())) {
            rule.into()
        } else {
            "other".into()
        }
    }

    /// The exposition text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        // Writing into a string fails only if an encoder of ours does.
        if encode(&mut text, &registry).is_err() {
            tracing::error!("metrics could not be encoded");
        }
        text
    }
}

/// Counts itself down.
pub(crate) struct InFlight(Gauge);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.dec();
    }
}
