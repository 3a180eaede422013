//! Laws that hold for every word.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::{exec, of, review, rule};
use proptest::prelude::*;

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
    fn a_control_or_foreign_character_anywhere_denies(at in 0usize..12, c in prop::char::any()) {
        prop_assume!(!(' '..='~').contains(&c));
        let mut path = String::from("/proc/meminfo");
        path.insert(at + 1, c);
        let verdict = review(exec(&["cat", &path]));
        let (says, rule) = rule(&verdict);
        prop_assert!(says == "deny" && matches!(rule, "exec.argv.control" | "exec.argv.non-ascii"), "{rule}");
    }

    #[test]
    fn no_path_of_another_root_passes(pid in "[0-9]{1,7}|self|thread-self", way in "root|cwd|fd/[0-9]{1,3}|environ|mem|maps|task/1/environ", rest in "(/[a-z.]{1,8}){0,3}") {
        let path = format!("/proc/{pid}/{way}{rest}");
        for command in ["cat", "head", "tail", "stat", "ls", "wc", "sha256sum", "du", "df", "readlink", "file", "lsof", "fuser", "mountpoint", "findmnt"] {
            prop_assert_eq!(rule(&review(exec(&[command, &path]))).0, "deny", "{} {}", command, path);
        }
    }
}
