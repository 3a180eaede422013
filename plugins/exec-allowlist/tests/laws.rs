//! Laws that hold for every entry of the table and for every word.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::{exec, of, review, rule};
use exec_allowlist::DEFAULTS;
use proptest::{prelude::*, sample::Index};
use std::{collections::BTreeSet, sync::OnceLock};

/// One entry of the shipped table, as far as the laws need it.
struct Entry {
    names: Vec<String>,
    folders: Vec<String>,
    /// Names of options with whether they take a value.
    options: Vec<(String, bool)>,
    bundles: bool,
    /// Commands that pass or ask.
    examples: Vec<Vec<String>>,
}

fn table() -> &'static [Entry] {
    static TABLE: OnceLock<Vec<Entry>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let table: serde_json::Value = serde_json::from_str(DEFAULTS).unwrap();
        let texts = |value: &serde_json::Value| -> Vec<String> {
            value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
        };
        let split = |text: &str| -> Vec<String> { text.split(' ').map(str::to_owned).collect() };
        let entries = table["commands"].as_array().unwrap().iter().map(|entry| {
            let option = |line: &String| {
                let parts = split(line);
                let is_name = |part: &String| part.starts_with(['-', '+']) && !part.starts_with("-<");
                let valued = parts.iter().any(|part| !is_name(part) && !part.starts_with(['!', '@']));
                parts.into_iter().filter(is_name).map(|name| (name, valued)).collect::<Vec<_>>()
            };
            let lines = [texts(&entry["allow"]), texts(&entry["ask"])].concat();
            Entry {
                names: split(entry["command"].as_str().unwrap()),
                folders: texts(&entry["folders"]),
                options: texts(&entry["options"]).iter().flat_map(option).collect(),
                bundles: entry["bundles"].as_bool().unwrap_or(true),
                examples: lines.iter().map(|line| split(line)).collect(),
            }
        });
        entries.collect()
    })
}

fn denied(argv: &[String]) -> bool {
    rule(&review(of(argv.to_vec()))).0 == "deny"
}

/// Every letter that stands in a short option of any entry of this name.
fn letters(name: &str) -> BTreeSet<char> {
    let entries = table().iter().filter(|entry| entry.names.iter().any(|n| n == name));
    let short = entries.flat_map(|entry| &entry.options).filter(|(option, _)| !option.starts_with("--"));
    short.flat_map(|(option, _)| option.chars()).collect()
}

const SECRETS: [&str; 22] = [
    "/proc/1/environ",
    "/proc/self/environ",
    "/proc/1/mem",
    "/proc/1/maps",
    "/proc/1/root/etc/hosts",
    "/proc/1/cwd",
    "/proc/1/fd/3",
    "/proc/1/task/1/environ",
    "/var/run/secrets/kubernetes.io/serviceaccount/token",
    "/run/secrets/kubernetes.io/serviceaccount",
    "/etc/shadow",
    "/etc/ssl/private/tls.key",
    "/etc/nginx/tls.key",
    "/etc/ssl/certs/server.pem",
    "/root/.ssh/id_rsa",
    "/home/app/.aws/credentials",
    "/var/log/../../etc/shadow",
    "/var//log/app.log",
    "/var/log/./app.log",
    "/etc/hosts.",
    "/dev/mem",
    "/host/etc/shadow",
];

#[test]
fn no_command_takes_a_closed_path_for_a_listed_one_or_beside_it() {
    for entry in table() {
        for example in &entry.examples {
            for secret in SECRETS {
                for at in 1..example.len() {
                    // /dev/null is a place to write nothing to.
                    let (before, path) = example[at].split_at(example[at].find('/').unwrap_or(example[at].len()));
                    if path.starts_with('/') && !path.starts_with("//") && (before.is_empty() || before.ends_with('='))
                    {
                        let mut argv = example.clone();
                        argv[at] = format!("{before}{secret}");
                        assert!(denied(&argv), "{argv:?}");
                    }
                }
                for at in 1..=example.len() {
                    let mut beside = example.clone();
                    beside.insert(at, secret.to_owned());
                    // Behind an option that takes a pattern too, where a program's own reading is another.
                    let with_pattern = [&beside[..1], &["-e".to_owned(), "x".to_owned()], &beside[1..]].concat();
                    for argv in [beside, with_pattern] {
                        assert!(denied(&argv) || ["echo", "printf"].contains(&argv[0].as_str()), "{argv:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn no_long_option_may_be_abbreviated() {
    for entry in table() {
        for (option, _) in entry.options.iter().filter(|(option, _)| option.starts_with("--")) {
            for cut in 3..option.len() {
                let short = &option[..cut];
                let known = table().iter().filter(|other| other.names.iter().any(|n| entry.names.contains(n)));
                if known.flat_map(|other| &other.options).any(|(name, _)| name == short) {
                    continue;
                }
                for example in entry.examples.iter().take(1) {
                    for word in [short.to_owned(), format!("{short}=1")] {
                        let mut argv = example.clone();
                        argv.insert(1, word);
                        assert!(denied(&argv), "{argv:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn a_command_of_another_folder_is_denied() {
    for entry in table() {
        for example in &entry.examples {
            for folder in [
                "/tmp/",
                "./",
                "../bin/",
                "/proc/1/root/bin/",
                "/bin/../tmp/",
                "/bin//",
                "/usr/local/bin/",
                "bin/",
                "/opt/bin/",
            ] {
                let same = |e: &&Entry| e.names.contains(&example[0]) && e.folders.iter().any(|f| f == folder);
                let mut argv = example.clone();
                argv[0] = format!("{folder}{}", argv[0]);
                assert!(denied(&argv) || table().iter().any(|e| same(&e)), "{argv:?}");
            }
        }
    }
}

/// Control characters, and all beyond ASCII.
fn foreign() -> impl Strategy<Value = char> {
    prop_oneof![prop::char::range('\0', '\x1f'), Just('\x7f'), prop::char::range('\u{80}', '\u{10ffff}')]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_bundle_with_a_letter_that_is_not_listed_passes(
        which in any::<Index>(), example in any::<Index>(), taken in prop::collection::vec(any::<Index>(), 0..4),
        foreign in prop::char::range('!', '~'), tail in "[a-zA-Z0-9]{0,4}",
    ) {
        let bundling: Vec<&Entry> = table().iter().filter(|entry| entry.bundles).collect();
        let entry = bundling[which.index(bundling.len())];
        let example = &entry.examples[example.index(entry.examples.len())];
        let known = letters(&example[0]);
        prop_assume!(!known.contains(&foreign) && foreign != '-' && !foreign.is_ascii_digit());
        // Options that stand alone, then one that is not listed: whatever follows, it is no value.
        let alone: Vec<&String> = entry.options.iter().filter(|(o, valued)| o.len() == 2 && !valued).map(|(o, _)| o).collect();
        let mut word = String::from("-");
        if !alone.is_empty() {
            word.extend(taken.iter().map(|i| alone[i.index(alone.len())].chars().nth(1).unwrap()));
        }
        word.push(foreign);
        word.push_str(&tail);
        let mut argv = example.clone();
        argv.insert(1, word);
        prop_assert!(denied(&argv), "{argv:?}");
    }

    #[test]
    fn a_foreign_character_anywhere_in_any_command_denies(which in any::<Index>(), word in any::<Index>(), at in any::<Index>(), c in foreign()) {
        let entry = &table()[which.index(table().len())];
        let mut argv = entry.examples[0].clone();
        let word = word.index(argv.len());
        let at = at.index(argv[word].len() + 1);
        argv[word].insert(at, c);
        let verdict = review(of(argv.clone()));
        let (says, rule) = rule(&verdict);
        prop_assert!(says == "deny" && matches!(rule, "exec.argv.control" | "exec.argv.non-ascii"), "{argv:?} {rule}");
    }
}

proptest! {
    #[test]
    fn no_words_make_it_panic(argv in prop::collection::vec(".{0,40}", 0..8)) {
        let argv: Vec<&str> = argv.iter().map(String::as_str).collect();
        let _ = review(exec(&argv));
    }

    #[test]
    fn nothing_beyond_the_table_runs_after_a_listed_command(word in "[ -~]{1,24}", at in 0usize..6) {
        // One strange word anywhere in a listed command: if it still passes, every word is one that the table can explain.
        let mut argv = exec(&["ps", "-eo", "pid,comm", "--sort=-rss"]).argv;
        argv.insert(at.min(argv.len()), word.clone());
        if rule(&review(of(argv.clone()))).0 == "allow" {
            let shows_arguments = argv.iter().any(|w| w.contains("args") || w.contains("cmd") && w != "ucmd" || w.contains("environ"));
            prop_assert!(!shows_arguments, "{argv:?}");
        }
    }

    #[test]
    fn no_path_of_another_root_passes(pid in "[0-9]{1,7}|self|thread-self", way in "root|cwd|fd/[0-9]{1,3}|environ|mem|maps|task/1/environ", rest in "(/[a-z.]{1,8}){0,3}") {
        let path = format!("/proc/{pid}/{way}{rest}");
        for command in ["cat", "head", "tail", "stat", "ls", "wc", "sha256sum", "du", "df", "readlink", "file", "lsof", "fuser", "mountpoint", "findmnt"] {
            prop_assert_eq!(rule(&review(exec(&[command, &path]))).0, "deny", "{} {}", command, path);
        }
    }
}
