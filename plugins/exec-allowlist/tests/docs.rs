//! docs/policies/exec-allowlist.md is written from the table; `UPDATE_DOCS=1 cargo test -p exec-allowlist --test docs` writes it anew.
#![allow(clippy::unwrap_used, missing_docs)]

use exec_allowlist::{DEFAULTS, ExecAllowlist};
use serde_json::Value;
use std::{fmt::Write, path::Path};
use wardgate_guest::Reviewer;

const INTRO: &str = include_str!("docs.md");

fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A table's cell: bars would end it.
fn cell(texts: &[&str]) -> String {
    texts.iter().map(|text| format!("`{}`", text.replace('|', "\\|"))).collect::<Vec<_>>().join("<br>")
}

/// A type in words.
fn kind(kind: &Value) -> String {
    let text = |key: &str| kind[key].as_str().unwrap_or_default();
    let mut words = if kind["one_of"].is_string() {
        format!("one of `{}`", text("one_of"))
    } else if kind["list_of"].is_string() {
        format!("of `{}`, joined by commas", text("list_of"))
    } else if kind["like"].is_string() {
        format!("like one of `{}`", text("like"))
    } else if kind["sentence"].is_string() {
        format!("words, each `{}`", text("sentence"))
    } else if kind["path"].is_array() {
        format!("a path of the sets {}", texts(kind, "path").join(", "))
    } else {
        format!("at most {} characters of `{}`, behind `{}`", kind["max"], text("text"), text("prefix"))
            .replace(", behind ``", "")
    };
    if kind["closed"] == true {
        words.push_str("; not a credential's name");
    }
    if let Some(tier) = kind["tier"].as_str() {
        write!(words, "; **{tier}**").unwrap();
    }
    words.replace('|', "\\|")
}

fn page() -> String {
    let table: Value = serde_json::from_str(DEFAULTS).unwrap();
    let mut page = String::from(INTRO);
    page.push_str(
        "\n## Commands\n\nOptions and words are written as above. Where a command has several rows, one of them must take every word.\n\n\
         | command | tier | options | words | passes | asks |\n|---|---|---|---|---|---|\n",
    );
    for command in table["commands"].as_array().unwrap() {
        let names = command["command"].as_str().unwrap().replace(' ', "` `");
        let tier = command["tier"].as_str().unwrap_or("safe");
        let mut words = texts(command, "words");
        for word in &mut words {
            if word.is_empty() {
                *word = "(none)";
            }
        }
        let needs: Vec<String> = texts(command, "needs").iter().map(|need| format!("needs {need}")).collect();
        let needs: Vec<&str> = needs.iter().map(String::as_str).collect();
        let options = cell(&[texts(command, "options"), needs].concat());
        let (words, allow, ask) = (cell(&words), cell(&texts(command, "allow")), cell(&texts(command, "ask")));
        let flavours = texts(command, "flavours");
        let only = if flavours.is_empty() { String::new() } else { format!(" ({} only)", flavours.join(", ")) };
        writeln!(page, "| `{names}`{only} | {tier} | {options} | {words} | {allow} | {ask} |").unwrap();
    }
    page.push_str("\n## Types\n\n| type | stands for |\n|---|---|\n");
    for (name, written) in table["types"].as_object().unwrap() {
        writeln!(page, "| `<{name}>` | {} |", kind(written)).unwrap();
    }
    page.push_str("\n## Paths\n\n`<pid>` is a number or `self`; `*` stands for characters of one segment; `**` for any number of segments, at the end for one or more.\n\n");
    for (set, paths) in table["paths"].as_object().unwrap() {
        let paths: Vec<&str> = paths.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        writeln!(page, "- **{set}**: `{}`", paths.join("` `")).unwrap();
    }
    let loopback = &table["loopback"];
    writeln!(
        page,
        "\nLoopback ports: {}.\nLoopback pages: `{}`.\nLoopback pages that a person is asked about: `{}`.",
        texts(loopback, "ports").join(", "),
        texts(loopback, "paths").join("` `"),
        texts(loopback, "revealing").join("` `")
    )
    .unwrap();
    page.push_str("\n## Rules\n\nIds are stable. Each has a case that trips it in `plugins/exec-allowlist/tests/`.\n\n| rule | stands for |\n|---|---|\n");
    let (_, setup) = ExecAllowlist::configure(wardgate_guest::parse_settings("").unwrap()).unwrap();
    for rule in setup.rules {
        writeln!(page, "| `{}` | {} |", rule.id, rule.description.replace('|', "\\|")).unwrap();
    }
    page
}

#[test]
fn the_page_says_what_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policies/exec-allowlist.md");
    let page = page();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "stale: UPDATE_DOCS=1 cargo test -p exec-allowlist --test docs");
}

#[test]
fn the_settings_that_the_page_shows_load() {
    let shown: Vec<&str> = INTRO.split("```json\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(!shown.is_empty());
    for settings in shown {
        ExecAllowlist::configure(wardgate_guest::parse_settings(settings).unwrap()).map(drop).unwrap();
    }
}
