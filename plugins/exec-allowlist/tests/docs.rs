//! docs/policies/exec-allowlist.md is written from the table; `UPDATE_DOCS=1 cargo test -p exec-allowlist --test docs` writes it anew.
#![allow(clippy::unwrap_used, missing_docs)]

use exec_allowlist::{DEFAULTS, ExecAllowlist};
use serde_json::Value;
use std::{fmt::Write, path::Path};
use wardgate_guest::Reviewer;

const INTRO: &str = "\
# exec-allowlist

<!-- Written by plugins/exec-allowlist/tests/docs.rs from defaults.json and the rule table; edit those. -->

Decides which commands may run in a container. A request is a list of words; there is no shell. For each command a grammar says which
options it may have, what their values may be, and what its other words may be; a command passes when one grammar of its name takes every
word. Everything else is denied, with the rule, the reason, what would pass, and, where there is a natural one, a request that does.

What holds for every command:

- No standard input, no terminal, nothing before the command but the host's own time limit (`timeout -s KILL N`).
- Printable ASCII only; at most the configured number of words and bytes; no empty word.
- Options are written out: GNU's abbreviations are denied. `-ab` is read as `-a -b`, `-n5` and `--name=5` as an option with its value.
- Paths are absolute, without `..`, `.`, `//` or patterns, and stand in a list. Closed whatever the lists say: a process's environment,
  memory, arguments, links and other roots, places of credentials, devices. Links within a container are not followed by the reviewer:
  a listed path that is a link leads where the container says, so output is redacted all the same.
- Names looked up lie in the cluster; URLs name this container's own loopback, a listed port and a listed path.

`settings.schema.json` beside the sources documents every setting. The shipped settings are `policies-wasm/exec-allowlist.settings.json`.
Arguments of processes can hold secrets: `ps -ef` and `ps aux` show them (redacted); columns named with `-o` never do.

";

fn texts<'v>(value: &'v Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

/// A value's type in words.
fn kind(value: &Value) -> String {
    if let Some(name) = value.as_str() {
        return match name {
            "dns_name" => "a name in the cluster",
            "loopback_url" => "a loopback URL",
            _ => "an output format",
        }
        .to_owned();
    }
    let (name, inner) = value.as_object().unwrap().iter().next().unwrap();
    match name.as_str() {
        "number" => format!("{}–{}", inner["min"], inner["max"]),
        "choice" => {
            let words: Vec<&str> = inner.as_array().unwrap().iter().filter_map(Value::as_str).collect();
            match words.len() {
                0..=8 => words.join(" \\| "),
                n => format!("one of {n} words"),
            }
        }
        "list" => format!("of {} columns", inner["of"].as_array().unwrap().len()),
        "path" => format!(
            "a path ({})",
            inner.as_array().unwrap().iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        ),
        _ => match inner["prefix"].as_str() {
            Some(prefix) => format!("`{prefix}` and a short text"),
            None => "a short text".to_owned(),
        },
    }
}

fn page() -> String {
    let table: Value = serde_json::from_str(DEFAULTS).unwrap();
    let mut page = String::from(INTRO);
    page.push_str(
        "## Commands\n\n| command | options alone | options with a value | words | passes |\n|---|---|---|---|---|\n",
    );
    for command in table["commands"].as_array().unwrap() {
        let options = command["options"].as_array().into_iter().flatten();
        let options: Vec<String> =
            options.map(|o| format!("`{}` {}", texts(o, "names").join(" "), kind(&o["value"]))).collect();
        let form = |form: &Value| {
            let words = form.as_array().unwrap().iter().map(|word| {
                let many = word["max"].as_u64().is_some_and(|max| max > 1);
                format!("{}{}", kind(&word["value"]), if many { " .." } else { "" })
            });
            let words: Vec<String> = words.collect();
            if words.is_empty() { "none".to_owned() } else { words.join(", ") }
        };
        let forms: Vec<String> = command["forms"].as_array().into_iter().flatten().map(form).collect();
        let examples: Vec<String> = texts(command, "examples").iter().map(|e| format!("`{e}`")).collect();
        let flags = texts(command, "flags").join(" ");
        let flags = if flags.is_empty() { String::new() } else { format!("`{flags}`") };
        let forms = if forms.is_empty() { "none".to_owned() } else { forms.join("; or ") };
        let name = texts(command, "names")[0];
        writeln!(page, "| `{name}` | {flags} | {} | {forms} | {} |", options.join("; "), examples.join(", ")).unwrap();
    }
    page.push_str("\n## Paths\n\n`<pid>` is a number or `self`; `*` stands for characters of one segment; `**` for one or more segments.\n\n");
    for (set, paths) in table["paths"].as_object().unwrap() {
        let paths: Vec<&str> = paths.as_array().unwrap().iter().filter_map(Value::as_str).collect();
        writeln!(page, "- **{set}**: `{}`", paths.join("` `")).unwrap();
    }
    let loopback = &table["loopback"];
    writeln!(
        page,
        "\nLoopback ports: {}.\nLoopback paths: `{}`.",
        texts(loopback, "ports").join(", "),
        texts(loopback, "paths").join("` `")
    )
    .unwrap();
    page.push_str("\n## Rules\n\nIds are stable. Each has a case that trips it in `plugins/exec-allowlist/tests/`.\n\n| rule | stands for |\n|---|---|\n");
    let (_, setup) = ExecAllowlist::configure(wardgate_guest::parse_settings("").unwrap()).unwrap();
    for rule in setup.rules {
        writeln!(page, "| `{}` | {} |", rule.id, rule.description).unwrap();
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
