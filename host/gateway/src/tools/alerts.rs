//! `prom_alerts`: which alerts fire, or are about to.
use super::{Asked, LABEL, Plan, Tool};
use crate::{
    draft::Draft,
    gateway::Backends,
    schema::{self, JsonObject},
    settings::Bounds,
};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;
use wardgate_core::{Denial, Settled};

pub(crate) struct Alerts;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// Only alerts of this name, like KubePodCrashLooping.
    #[schemars(length(min = 1, max = 200))]
    alert: Option<String>,
    /// Only alerts about this namespace.
    #[schemars(length(min = 1, max = 63), regex(pattern = LABEL))]
    namespace: Option<String>,
    /// Alerts at most.
    #[schemars(range(min = 1))]
    limit: Option<u32>,
}

impl Tool for Alerts {
    fn name(&self) -> &'static str {
        "prom_alerts"
    }

    fn title(&self) -> &'static str {
        "Show alerts"
    }

    fn description(&self) -> &'static str {
        "Shows the alerts of Prometheus' rules about the namespaces open to you, firing ones first, pending ones after. Start here \
         when you are asked what is wrong. Alerts without a namespace label, about nodes for one, are not shown."
    }

    fn input(&self, bounds: &Bounds) -> JsonObject {
        let mut schema = schema::input::<Input>();
        schema::bound_list(&mut schema, bounds);
        schema
    }

    fn output(&self) -> JsonObject {
        super::series_output(
            "labels, state (firing or pending), since, value and annotations, as far as they are known",
        )
    }

    fn repeats(&self) -> bool {
        false
    }

    fn available(&self, backends: &Backends) -> bool {
        backends.metadata.is_some()
    }

    fn plan(&self, asked: Asked<'_>) -> Result<Plan, Denial> {
        let Input { alert, namespace, limit } = asked.parse()?;
        Ok(super::targets::labelled(&asked, "alerts", ("alertname", alert), namespace, limit))
    }

    fn draft(&self, plan: &Plan, settled: &Settled) -> Draft {
        let advice = "name an alert or a namespace, or raise limit";
        let mut draft = super::page_of_series(settled, super::limit(plan), advice, Value::clone);
        draft.summary(|shown| super::summary(shown, "alerts"));
        draft
    }
}
