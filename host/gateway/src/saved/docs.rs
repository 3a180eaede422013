//! Writes `docs/saved-queries.md` from the shipped catalogue, and fails when the page has drifted: `BLESS=1 cargo test` rewrites it.
#![allow(clippy::unwrap_used)]
use super::{Catalogue, ParameterType, SavedQuery};
use std::{collections::BTreeSet, fmt::Write as _};

const HEAD: &str = "\
# Saved queries

`prom_saved_query` asks PromQL that is known to be safe and useful, by a name and a few typed values. Made from
`host/gateway/src/saved/catalogue.toml`; each query is asked of a real Prometheus in the tests (`just promql-saved`).

A saved query is a query like any other once it is filled in: the namespace floor, the policies, the evidence and the redaction are the
same as for `prom_query`. A value only ever becomes one token of its type, so no value changes what the rest of a query says.

## Your own

Each is a table under `gateway.saved_queries` in the configuration, or in a file of `conf.d`. One of a shipped name takes its place.

```toml
[gateway.saved_queries.queue_lag]
description = \"Messages that wait, by topic\"
query = 'sum by (topic) (kafka_consumergroup_lag{namespace=${namespace}, consumergroup=~${group}}) > ${least}'
unit = \"messages\"
reading = \"A lag that grows means that consumers are slower than producers.\"
needs = \"kafka-exporter\"
[gateway.saved_queries.queue_lag.parameters]
namespace = { type = \"namespace\" }
group = { type = \"prefix\", default = \"\", description = \"Consumer groups whose name begins so.\" }
least = { type = \"integer\", default = 0, min = 0 }
```

`${name}` stands where a whole value stands, never within quotes. When the program starts, and by `wardgate config check`, each is
filled in with samples and parsed; what does not fit, an unknown key or a parameter that is not in the text is an error that says so.

| type | takes | is written as |
|---|---|---|
| `namespace` | a namespace's name | a string: `namespace=${namespace}` |
| `pod` | an object's whole name | a string |
| `prefix` | what names begin with; empty is every name | a pattern: `pod=~${pods}` |
| `text` | at most 200 characters, no control characters | a string |
| `choice` | one of `values` | a string |
| `metric` | a metric's name | itself |
| `label` | a label's name | itself: `by (${by})` |
| `duration` | 5m, 1h30m, 7d, from `min` to `max` | itself: `[${window}]` |
| `quantile` | 0 to 1 | a number |
| `number`, `integer` | from `min` to `max` | a number |

## The shipped ones
";

fn kind(kind: ParameterType) -> String {
    serde_json::to_value(kind).unwrap().as_str().unwrap().to_owned()
}

fn section(page: &mut String, name: &str, query: &SavedQuery) {
    let _ = write!(page, "\n### `{name}`\n\n{}. Values: {}. {}\n", query.description, query.unit, query.reading);
    let _ = writeln!(page, "Needs {}.\n\n```promql\n{}\n```\n", query.needs, query.query);
    if query.parameters.is_empty() {
        return;
    }
    page.push_str("| parameter | type | default | |\n|---|---|---|---|\n");
    for (name, parameter) in &query.parameters {
        let default = match &parameter.default {
            Some(word) => format!("`\"{word}\"`"),
            None => "needed".to_owned(),
        };
        let bounds = match (&parameter.min, &parameter.max) {
            (Some(least), Some(most)) => format!("{least} to {most}. "),
            _ => String::new(),
        };
        let kind = kind(parameter.kind);
        let _ = writeln!(page, "| `{name}` | {kind} | {default} | {bounds}{} |", parameter.description);
    }
}

/// The metrics of selectors that name no namespace: without the operator's word the floor denies them.
fn cluster_metrics() -> BTreeSet<String> {
    let limits = wardgate_promql::Limits { bytes: 8192, nesting: 32, operators: 200, patterns: 50_000 };
    let mut metrics = BTreeSet::new();
    for (name, query) in Catalogue::default().all() {
        let values = query.parameters.iter().map(|(key, parameter)| (key.clone(), parameter.sample().into())).collect();
        let text = Catalogue::default().fill(name, &values).unwrap().text;
        for selector in wardgate_promql::selectors(&wardgate_promql::parse(&text, limits).unwrap()) {
            if selector.matchers.matchers.iter().all(|matcher| matcher.name != "namespace") {
                metrics.insert(wardgate_promql::metric(selector).unwrap().to_owned());
            }
        }
    }
    metrics
}

fn page() -> String {
    let mut page = String::from(HEAD);
    page.push_str("\nThose about nodes and the control plane ask for metrics that bear no namespace. List the ones that may be asked for:\n\n");
    page.push_str("```toml\n[prometheus]\ncluster_metrics = [\n");
    for metric in cluster_metrics() {
        let _ = writeln!(page, "    \"{metric}\",");
    }
    page.push_str("]\n```\n");
    for (name, query) in Catalogue::default().all() {
        section(&mut page, name, query);
    }
    page
}

#[test]
fn the_page_about_saved_queries_is_what_the_catalogue_says() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/saved-queries.md");
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(path, page()).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(written == page(), "docs/saved-queries.md has drifted: BLESS=1 cargo test -p wardgate-gateway rewrites it");
}

/// What the page tells operators to write is read as it stands.
#[test]
fn the_example_of_the_page_holds() {
    let example = HEAD.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    #[derive(serde::Deserialize)]
    struct File {
        gateway: crate::GatewaySettings,
    }
    let file: File = toml::from_str(example).unwrap();
    file.gateway.check().unwrap();
}
