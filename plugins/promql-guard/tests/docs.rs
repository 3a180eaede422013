//! The documentation's tables are made from the code. `BLESS=1 cargo test -p promql-guard --test docs` rewrites them.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
use std::{fmt::Write, fs, path::PathBuf};

fn rules() -> String {
    let mut out = String::from("| rule | what it holds | what to do |\n|---|---|---|\n");
    for rule in promql_guard::rules::ALL {
        let remedy = if rule.remedy.is_empty() { "(allows)" } else { rule.remedy };
        writeln!(out, "| `{}` | {} | {} |", rule.id, rule.description, remedy.replace('|', "\\|")).unwrap();
    }
    out
}

fn settings() -> String {
    let schema: serde_json::Value = serde_json::from_str(promql_guard::SCHEMA).unwrap();
    let mut out = String::from("| setting | default | what it holds |\n|---|---|---|\n");
    for (key, value) in schema["properties"].as_object().unwrap() {
        writeln!(out, "| `{key}` | `{}` | {} |", value["default"], value["description"].as_str().unwrap()).unwrap();
    }
    out
}

fn replace(text: &str, name: &str, table: &str) -> String {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&open).unwrap_or_else(|| panic!("no {open}"));
    let (_, after) = rest.split_once(&close).unwrap_or_else(|| panic!("no {close}"));
    format!("{before}{open}{table}{close}{after}")
}

#[test]
fn the_page_tells_what_the_code_does() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/policies/promql-guard.md");
    let text = fs::read_to_string(&path).unwrap();
    let fresh = replace(&replace(&text, "rules", &rules()), "settings", &settings());
    if std::env::var_os("BLESS").is_some() {
        fs::write(&path, &fresh).unwrap();
    }
    assert!(
        text == fresh || std::env::var_os("BLESS").is_some(),
        "the page is stale: BLESS=1 cargo test -p promql-guard --test docs"
    );
}
