//! The docs hold together: every link leads somewhere, every command that is shown exists, every row of the blueprint is there, and what
//! it names as its test exists.
#![allow(missing_docs, clippy::unwrap_used, clippy::panic)]
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

fn pages() -> Vec<PathBuf> {
    let mut pages = under(&root().join("docs"));
    pages.push(root().join("README.md"));
    pages
}

fn under(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.extension() {
            _ if entry.is_dir() => found.extend(under(&entry)),
            Some(kind) if kind == "md" => found.push(entry),
            _ => {}
        }
    }
    found
}

/// What stands between `open` and `close`, each time.
fn between<'a>(text: &'a str, open: &'a str, close: char) -> impl Iterator<Item = &'a str> {
    text.split(open).skip(1).filter_map(move |rest| rest.split_once(close)).map(|(inside, _)| inside)
}

#[test]
fn every_link_of_the_docs_leads_somewhere() {
    let mut dead = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let links = between(&text, "](", ')').map(|link| link.split('#').next().unwrap());
        let local = links.filter(|link| !link.is_empty() && !link.contains("://"));
        dead.extend(
            local.filter(|link| !page.with_file_name(link).exists()).map(|link| format!("{}: {link}", page.display())),
        );
    }
    assert!(dead.is_empty(), "{dead:#?}");
}

#[test]
fn every_command_that_the_docs_show_exists() {
    let mut shown = BTreeSet::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        let blocks = text.split("```").skip(1).step_by(2).flat_map(str::lines).map(str::to_owned);
        let commands = blocks.filter_map(|line| Some(line.trim().strip_prefix("wardgate ")?.to_owned()));
        let words = |command: String| -> Vec<String> {
            let plain = |word: &&str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
            let words = command.split(' ').take_while(|word| plain(word) && !word.starts_with('-'));
            words.map(str::to_owned).collect()
        };
        shown.extend(commands.map(words));
    }
    assert!(shown.len() >= 5, "{shown:?}");
    for words in shown {
        let ran = Command::new(env!("CARGO_BIN_EXE_wardgate")).args(&words).arg("--help").output().unwrap();
        assert!(ran.status.success(), "wardgate {}: {}", words.join(" "), String::from_utf8_lossy(&ran.stderr));
    }
}

#[test]
fn every_row_of_the_blueprint_stands_and_names_tests_that_exist() {
    let text = fs::read_to_string(root().join("docs/blueprint.md")).unwrap();
    let rows: Vec<_> = text.lines().filter(|line| line.starts_with("| B")).collect();
    let ids: Vec<_> = rows.iter().map(|row| between(row, "| ", ' ').next().unwrap().to_owned()).collect();
    assert_eq!(ids, (1..=37).map(|number| format!("B{number}")).collect::<Vec<_>>());
    for row in rows {
        let columns: Vec<_> = row.split('|').map(str::trim).collect();
        let [_, _, _, stands, _, tests, _] = columns[..] else { panic!("five columns: {row}") };
        let named: Vec<_> = tests.split('`').skip(1).step_by(2).collect();
        assert!(stands.starts_with("not yet") || stands.starts_with("part") || !named.is_empty(), "a test: {row}");
        for path in named {
            assert!(root().join(path).exists(), "{path} is not there: {row}");
        }
    }
}
