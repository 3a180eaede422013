//! docs/policies/read-guard.md is written from the rules and the defaults; `UPDATE_DOCS=1 cargo test -p read-guard --test docs` writes it anew.
#![allow(clippy::unwrap_used, missing_docs)]

use read_guard::{ReadGuard, Settings};
use std::{fmt::Write, path::Path};
use wardgate_guest::Reviewer;

const INTRO: &str = "\
# read-guard

<!-- Written by plugins/read-guard/tests/docs.rs from the rule table and defaults.json; edit those. -->

Decides which logs, events and objects may be read, how far back, and how much of them. A bound beyond the settings is denied with the value
that would pass; a bound that a request leaves open becomes a ceiling of what is read. Secrets and ConfigMaps are closed, whatever the
settings say. `settings.schema.json` beside the sources documents every setting.

";

#[test]
fn the_page_says_what_the_rules_say() {
    let mut page = String::from(INTRO);
    page.push_str("## Defaults\n\n```json\n");
    page.push_str(include_str!("../defaults.json"));
    page.push_str("```\n\n## Rules\n\n| rule | stands for |\n|---|---|\n");
    for rule in ReadGuard::configure(Settings::default()).unwrap().1.rules {
        writeln!(page, "| `{}` | {} |", rule.id, rule.description).unwrap();
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/policies/read-guard.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(written == page, "stale: UPDATE_DOCS=1 cargo test -p read-guard --test docs");
}
