//! How many series a metric has where no server can be asked: named metrics, and shapes of names.
//!
//! A key with `*` stands for every name of that shape: `node_*`, `*_bucket`, `*:*`. A name of its own wins over shapes, and of the shapes
//! that fit the one that says most (the most letters) wins. A matcher that names one thing of many narrows the estimate.
use crate::{Kind, Limits, kind, literals, metric, parse};
use promql_parser::parser::{Expr, VectorSelector};
use std::collections::HashMap;

/// Of so many series one named object has one. Few enough to hold for a busy namespace, too.
const OBJECTS: u64 = 20;
/// Histograms have about so many buckets.
const BUCKETS: u64 = 10;
/// Labels whose values are objects of a cluster: a matcher that names one keeps to few series.
const OBJECT_LABELS: &[&str] = &[
    "namespace",
    "pod",
    "container",
    "name",
    "instance",
    "node",
    "host",
    "hostname",
    "service",
    "deployment",
    "daemonset",
    "statefulset",
    "workload",
    "ingress",
    "app",
    "application",
    "release",
    "queue",
    "topic",
    "datname",
    "uri",
    "path",
    "route",
    "handler",
    "persistentvolumeclaim",
    "cluster_name",
];
/// Metrics that programs of many jobs have: of these one job is one object. Others are of one exporter, and its job is all of them.
const OF_MANY_JOBS: &[&str] = &[
    "http_",
    "grpc_",
    "rpc_",
    "go_",
    "process_",
    "promhttp_",
    "jvm_",
    "python_",
    "nodejs_",
    "dotnet_",
    "aspnetcore_",
    "hikaricp_",
    "tomcat_",
    "logback_",
    "db_",
    "messaging_",
    "scrape_",
    "up",
];
/// Selectors are short, and come from text that was parsed before.
const SELECTOR: Limits = Limits { bytes: 8192, nesting: 4, operators: 200, patterns: u64::MAX };

/// How many series a selector touches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// The number.
    pub series: u64,
    /// The metric's number was divided because of a matcher: it is a guess, no bound.
    pub narrowed: bool,
}

/// Series by metric.
#[derive(Debug, Default, Clone)]
pub struct Catalogue {
    named: HashMap<String, u64>,
    /// The pieces between the stars, the one that says most first.
    shapes: Vec<(Vec<String>, u64)>,
}

impl Catalogue {
    /// How many series a metric has, if its name or its shape is known.
    pub fn series(&self, metric: &str) -> Option<u64> {
        self.named.get(metric).copied().or_else(|| {
            let shape = self.shapes.iter().find(|(pieces, _)| fits(pieces, metric));
            // OpenTelemetry's names keep their dots on some servers.
            let dotted = || metric.contains('.').then(|| self.series(&metric.replace('.', "_"))).flatten();
            shape.map(|(_, series)| *series).or_else(dotted)
        })
    }

    /// How many series a canonical selector touches, if its metric is known.
    pub fn estimate(&self, selector: &str) -> Option<Estimate> {
        let Ok(Expr::VectorSelector(selector)) = parse(selector, SELECTOR) else { return None };
        let all = self.series(metric(&selector)?)?;
        let part = narrowing(&selector, metric(&selector)?);
        Some(Estimate { series: all.div_ceil(part), narrowed: part > 1 && all > 1 })
    }

    /// The names that are known by themselves.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.named.keys().map(String::as_str)
    }
}

impl FromIterator<(String, u64)> for Catalogue {
    fn from_iter<I: IntoIterator<Item = (String, u64)>>(entries: I) -> Self {
        let mut catalogue = Catalogue::default();
        for (name, series) in entries {
            if name.contains('*') {
                catalogue.shapes.push((name.split('*').map(str::to_owned).collect(), series));
            } else {
                catalogue.named.insert(name, series);
            }
        }
        // Of two that say as much the larger estimate comes first: unknown counts as expensive.
        let says = |pieces: &[String]| pieces.iter().map(String::len).sum::<usize>();
        catalogue.shapes.sort_by(|a, b| (says(&b.0), b.1, &b.0).cmp(&(says(&a.0), a.1, &a.0)));
        catalogue
    }
}

/// By how much a selector's matchers narrow it. Only the one that does most counts: what names a pod names its namespace, too.
fn narrowing(selector: &VectorSelector, metric: &str) -> u64 {
    let many_jobs = OF_MANY_JOBS.iter().any(|shared| metric.starts_with(shared));
    let by_matcher = selector.matchers.matchers.iter().map(|matcher| {
        let named = match kind(matcher) {
            Kind::Equal(value) => u64::from(!value.is_empty()),
            Kind::Pattern(pattern) => match literals(pattern) {
                Some(names) if names.iter().all(|name| !name.is_empty()) => names.len() as u64,
                // Bounds of buckets are written as patterns since some servers say `1` and others `1.0`.
                _ if matcher.name == "le" && !pattern.contains(['*', '+']) => {
                    1 + pattern.bytes().filter(|b| matches!(b, b'|' | b'?')).count() as u64
                }
                _ => 0,
            },
            Kind::NotEqual(_) | Kind::NotPattern(_) => 0,
        };
        let label = matcher.name.as_str();
        let of = if label == "le" {
            BUCKETS
        } else if (label == "job" && many_jobs)
            || OBJECT_LABELS.iter().any(|known| label == *known || label.ends_with(&format!("_{known}")))
        {
            OBJECTS
        } else {
            1
        };
        u64::checked_div(of, named).map_or(1, |share| share.max(1))
    });
    by_matcher.max().unwrap_or(1)
}

/// Whether a name is the pieces, in order, with anything between them.
fn fits(pieces: &[String], name: &str) -> bool {
    let [first, middle @ .., last] = pieces else { return false };
    let Some(mut rest) = name.strip_prefix(first.as_str()) else { return false };
    for piece in middle {
        let Some(at) = rest.find(piece.as_str()) else { return false };
        rest = &rest[at + piece.len()..];
    }
    rest.ends_with(last.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn catalogue(entries: &[(&str, u64)]) -> Catalogue {
        entries.iter().map(|(name, series)| ((*name).to_owned(), *series)).collect()
    }

    #[test]
    fn a_name_wins_over_its_shape_and_a_longer_shape_over_a_shorter() {
        let known = catalogue(&[
            ("node_*", 400),
            ("node_*_seconds_bucket", 4000),
            ("node_load1", 100),
            ("*:*", 500),
            ("namespace*:*", 60),
        ]);
        for (metric, series) in [
            ("node_load1", Some(100)),
            ("node_load15", Some(400)),
            ("node_", Some(400)),
            ("node_x_seconds_bucket", Some(4000)),
            ("namespace:cpu:sum", Some(60)),
            ("namespace_pod:cpu:sum", Some(60)),
            ("job:up:count", Some(500)),
            (":up:count", Some(500)),
            ("up", None),
            ("a_node_load1", None),
            ("node.load1", Some(100)),
            ("node.load15", Some(400)),
            ("a.node.load1", None),
            ("", None),
        ] {
            assert_eq!(known.series(metric), series, "{metric}");
        }
    }

    #[test]
    fn pieces_of_a_shape_do_not_overlap() {
        let known = catalogue(&[("a_*_a", 1), ("*ab*ab", 2)]);
        assert_eq!(known.series("a_a"), None);
        assert_eq!(known.series("a_b_a"), Some(1));
        assert_eq!(known.series("xab"), None);
        assert_eq!(known.series("xabab"), Some(2));
    }

    #[test]
    fn a_matcher_that_names_one_thing_of_many_narrows_the_estimate() {
        let known = catalogue(&[("m", 2000), ("one", 1)]);
        for (selector, series) in [
            ("m", 2000),
            ("m{namespace=\"shop\"}", 100),
            ("m{destination_service_namespace=\"shop\"}", 100),
            ("m{namespace=\"shop\",pod=\"cart-0\"}", 100),
            ("m{namespace=~\"shop\"}", 100),
            ("m{namespace=~\"shop|pay\"}", 200),
            ("m{le=\"0.5\"}", 200),
            ("m{le=~\"1(\\\\.0)?\"}", 400),
            ("m{le=~\".+\"}", 2000),
            ("m{namespace=~\"shop.*\"}", 2000),
            ("m{namespace=~\".+\"}", 2000),
            ("m{namespace=~\"shop|\"}", 2000),
            ("m{namespace!=\"shop\"}", 2000),
            ("m{namespace=\"\"}", 2000),
            ("m{code=\"200\"}", 2000),
            ("one{namespace=\"shop\"}", 1),
        ] {
            let narrowed = series < 2000 && selector.starts_with('m');
            assert_eq!(known.estimate(selector), Some(Estimate { series, narrowed }), "{selector}");
        }
        assert_eq!(known.estimate("unknown{namespace=\"shop\"}"), None);
        assert_eq!(known.estimate("{namespace=\"shop\"}"), None);
    }

    #[test]
    fn a_job_is_one_of_many_only_where_many_jobs_have_the_metric() {
        let known = catalogue(&[("http_requests_total", 2000), ("node_load1", 2000), ("up", 2000)]);
        let series = |selector: &str| known.estimate(selector).unwrap().series;
        assert_eq!(series("http_requests_total{job=\"api\"}"), 100);
        assert_eq!(series("up{job=~\"api|web\"}"), 200);
        assert_eq!(series("http_requests_total{job!=\"api\"}"), 2000);
        assert_eq!(series("node_load1{job=\"node-exporter\"}"), 2000);
    }

    #[test]
    fn of_shapes_that_say_as_much_the_dearer_counts() {
        assert_eq!(catalogue(&[("a_*", 1), ("*_b", 9)]).series("a_b"), Some(9));
    }
}
