//! What Prometheus knows without evaluating: metrics with their types, values of a label, targets, alerts.
//!
//! Names, types and help of metrics belong to no namespace. Values of a label are read under a selector that the floor has let
//! through. Targets and alerts are shown if their own `namespace` label names an open namespace, and one without that label is not.
use super::{Http, Prometheus, Settings, client::Success, kept::Kept, seconds};
use crate::{promql_floor, promql_tenancy, records::Documents};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::Arc,
    time::Duration,
};
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Denial, Fault, FaultKind, Metadata, Piece, Prepare, Source,
};

/// How long descriptions of metrics are believed: they change with what is deployed.
const AGE: Duration = Duration::from_secs(300);
/// Bytes of all descriptions at most.
const DESCRIPTIONS: usize = 8 << 20;
/// Metrics that are described at most.
const METRICS: usize = 20_000;
/// Values of a label when the caller does not say.
const VALUES: u32 = 200;
/// Characters of one help text.
const HELP: usize = 300;

/// Type, help and unit of each metric, as targets tell them; read when asked for and old.
#[derive(Default)]
pub(super) struct Descriptions(Kept<Known>);

/// What is known of metrics, by name.
#[derive(Default)]
pub(super) struct Known(HashMap<String, About>);

impl Known {
    /// The unit that a metric's target names, if it does.
    pub(super) fn unit(&self, metric: &str) -> Option<String> {
        self.0.get(metric).map(|about| about.unit.clone()).filter(|unit| !unit.is_empty())
    }
}

/// What a target says of a metric.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct About {
    r#type: String,
    help: String,
    unit: String,
}

impl Descriptions {
    /// Where the server does not answer, what it said last.
    pub(super) async fn all(&self, http: &Http) -> Arc<Known> {
        let read = async {
            let form = [("limit", &*METRICS.to_string()), ("limit_per_metric", "1")];
            let read: Success<HashMap<String, Vec<About>>> =
                http.get("api/v1/metadata", &form, DESCRIPTIONS).await.ok()?;
            let first = |(name, told): (String, Vec<About>)| Some((name, told.into_iter().next()?));
            Some(Known(read.data.into_iter().filter_map(first).collect()))
        };
        self.0.get(AGE, read).await
    }
}

impl Prepare<Metadata> for Prometheus {
    fn prepare(&self, request: Metadata, context: &Context) -> Result<Metadata, Denial> {
        let selector = match (&request.selector, request.what.as_str()) {
            (Some(selector), _) => {
                let Settings { tenancy, cluster_metrics, .. } = &self.settings;
                let open = self.namespaces.seen_by(&context.subject);
                Some(promql_tenancy::selector(selector, *tenancy, &open, cluster_metrics)?)
            }
            (None, "label-values") => {
                return Err(Denial::new(promql_floor::RULE, "values of a label are read under a selector")
                    .remedy("name a selector such as up{namespace=\"NAMESPACE\"}"));
            }
            (None, _) => None,
        };
        Ok(Metadata { selector, limit: Some(request.limit.unwrap_or(VALUES)), ..request })
    }
}

impl Backend<Metadata> for Prometheus {
    fn run<'a>(&'a self, call: &'a Committed<Metadata>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            let [part] = call.parts() else { return Err(Fault::new(FaultKind::Unsupported, "one target only")) };
            let most = usize::try_from(call.limits().read_bytes).unwrap_or(usize::MAX);
            let request = &part.request;
            let documents = match (request.what.as_str(), &request.selector) {
                ("metrics", None) => self.metrics().await,
                ("label-values", Some(selector)) => self.values(request, selector, most).await?,
                ("targets", None) => self.targets(most).await?,
                ("alerts", None) => self.alerts(most).await?,
                (what, _) => {
                    let words =
                        format!("{what:?} with this selector: Prometheus has metrics, label-values, targets, alerts");
                    return Err(Fault::new(FaultKind::Unsupported, words));
                }
            };
            Ok(documents.boxed())
        })
    }
}

impl Prometheus {
    /// Every metric that is known by its series or by its description, in order of their names.
    async fn metrics(&self) -> Documents {
        let head = self.catalogue.map.head(&self.http).await;
        let series = &head.series;
        let about = &self.about.all(&self.http).await.0;
        let mut names: BTreeSet<&str> = series.keys().map(String::as_str).collect();
        // A histogram or summary is described by its family's name, which no series carries.
        let has_parts =
            |name: &str| series.contains_key(&format!("{name}_sum")) || series.contains_key(&format!("{name}_bucket"));
        names.extend(about.keys().map(String::as_str).filter(|name| !has_parts(name)));
        let mut documents = Documents::default();
        documents.piece(Piece::Total(names.len() as u64));
        for name in names {
            let described = about.get(name).or_else(|| about.get(family(name)?));
            let mut document = Map::from_iter([("metric".to_owned(), Value::from(name))]);
            if let Some(About { r#type, help, unit }) = described {
                let help: String = help.chars().take(HELP).collect();
                for (key, text) in [("type", r#type), ("help", &help), ("unit", unit)] {
                    if !text.is_empty() {
                        document.insert(key.into(), text.as_str().into());
                    }
                }
            }
            if let Some(series) = series.get(name) {
                document.insert("series".into(), (*series).into());
            }
            documents.push(Channel::Series, &Value::Object(document));
        }
        documents
    }

    async fn values(&self, request: &Metadata, selector: &str, most: usize) -> Result<Documents, Fault> {
        let open = |namespace: &str| self.namespaces.open(namespace);
        promql_floor::check_selector(selector, &open, &self.settings.cluster_metrics)
            .map_err(|denial| Fault::new(FaultKind::Changed, denial.reason))?;
        let label = request.name.as_deref().filter(|name| is_label(name)).ok_or_else(|| {
            Fault::new(FaultKind::Invalid, "a label's name is letters, digits and _, and begins with no digit")
        })?;
        let limit = request.limit.unwrap_or(VALUES);
        let (start, end) = (seconds(request.start), seconds(request.end));
        // One more than is shown tells whether there are more. Older servers know no limit and send all.
        let more = (limit.saturating_add(1)).to_string();
        let form = [("match[]", selector), ("start", &start), ("end", &end), ("limit", &more)];
        let answer: Success<Vec<String>> = self.http.get(&format!("api/v1/label/{label}/values"), &form, most).await?;
        let mut documents = Documents::default();
        let there = answer.data.len() as u64;
        // Where the server stopped there, nobody has counted the rest.
        if there != u64::from(limit) + 1 {
            documents.piece(Piece::Total(there));
        }
        for value in answer.data.iter().take(limit as usize) {
            documents.push(Channel::Series, &json!({"metric": {label: value}}));
        }
        Ok(documents)
    }

    /// Those that are not up first.
    async fn targets(&self, most: usize) -> Result<Documents, Fault> {
        let answer: Success<Targets> = self.http.get("api/v1/targets", &[("state", "active")], most).await?;
        let mut targets = answer.data.active_targets;
        targets.retain(|target| self.shows(&target.labels));
        targets.sort_by(|a, b| (a.health == "up", &a.labels).cmp(&(b.health == "up", &b.labels)));
        let mut documents = Documents::default();
        documents.piece(Piece::Total(targets.len() as u64));
        for target in targets {
            let Target { labels, health, last_error, last_scrape, last_scrape_duration } = target;
            let mut document = json!({"labels": labels, "health": health});
            if !last_error.is_empty() {
                document["error"] = last_error.into();
            }
            if !last_scrape.starts_with("0001-") {
                document["last_scrape"] = last_scrape.into();
                document["scrape_seconds"] = last_scrape_duration;
            }
            documents.push(Channel::Series, &document);
        }
        Ok(documents)
    }

    /// Those that fire first.
    async fn alerts(&self, most: usize) -> Result<Documents, Fault> {
        let answer: Success<Alerts> = self.http.get("api/v1/alerts", &[], most).await?;
        let mut alerts = answer.data.alerts;
        alerts.retain(|alert| self.shows(&alert.labels));
        alerts.sort_by(|a, b| (a.state != "firing", &a.labels).cmp(&(b.state != "firing", &b.labels)));
        let mut documents = Documents::default();
        documents.piece(Piece::Total(alerts.len() as u64));
        for Alert { labels, annotations, state, active_at, value } in alerts {
            let document = json!({
                "labels": labels, "state": state, "since": active_at, "value": value, "annotations": annotations,
            });
            documents.push(Channel::Series, &document);
        }
        Ok(documents)
    }

    fn shows(&self, labels: &BTreeMap<String, String>) -> bool {
        labels.get("namespace").is_some_and(|namespace| self.namespaces.open(namespace))
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Targets {
    active_targets: Vec<Target>,
}

/// What is read of a target. Its URL may hold a password, and what discovery knew of it is long.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Target {
    labels: BTreeMap<String, String>,
    health: String,
    last_error: String,
    last_scrape: String,
    last_scrape_duration: Value,
}

#[derive(Deserialize)]
struct Alerts {
    alerts: Vec<Alert>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Alert {
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    state: String,
    active_at: String,
    value: String,
}

/// The family that a histogram's or summary's series belongs to.
fn family(name: &str) -> Option<&str> {
    ["_bucket", "_sum", "_count", "_total"].into_iter().find_map(|suffix| name.strip_suffix(suffix))
}

/// A label's name as it can stand in a path. Others are escaped in ways that differ between servers.
fn is_label(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|b| b == b'_' || b.is_ascii_alphabetic())
        && bytes.all(|b| b == b'_' || b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_labels_name_is_nothing_that_could_change_a_path() {
        for (name, fits) in [
            ("pod", true),
            ("__name__", true),
            ("_", true),
            ("", false),
            ("9a", false),
            ("a/b", false),
            ("..", false),
            ("a?b", false),
            ("a%2f", false),
            ("é", false),
        ] {
            assert_eq!(is_label(name), fits, "{name}");
        }
    }

    #[test]
    fn series_of_a_histogram_belong_to_its_family() {
        for (name, of) in
            [("a_seconds_bucket", Some("a_seconds")), ("a_sum", Some("a")), ("a_total", Some("a")), ("up", None)]
        {
            assert_eq!(family(name), of, "{name}");
        }
    }
}
