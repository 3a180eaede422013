//! The shipped table against commands that must pass and attacks that must not, and every rule against a case of its own.
#![allow(clippy::unwrap_used, missing_docs)]

use exec_allowlist::{DEFAULTS, ExecAllowlist, Settings};
use proptest::prelude::*;
use std::{collections::BTreeSet, sync::OnceLock};
use wardgate_guest::{
    Reviewer,
    types::{Context, Exec, Label, Logs, Request, Target, Verdict},
};

fn policy() -> &'static ExecAllowlist {
    static POLICY: OnceLock<ExecAllowlist> = OnceLock::new();
    POLICY.get_or_init(|| configured("{}").unwrap())
}

fn configured(settings: &str) -> Result<ExecAllowlist, String> {
    let settings: Settings = wardgate_guest::parse_settings(settings)?;
    ExecAllowlist::configure(settings).map(|(policy, _)| policy)
}

fn context() -> Context {
    Context { target: Target { namespace: "shop".into(), ..Target::default() }, ..Context::default() }
}

fn exec(argv: &[&str]) -> Exec {
    Exec { argv: argv.iter().map(|word| (*word).to_owned()).collect(), wrapper: vec![], stdin: false, tty: false }
}

fn review(exec: Exec) -> Verdict {
    policy().review(&context(), &Request::Exec(exec), &[])
}

/// The rule that decided, and whether it allowed.
fn rule(verdict: &Verdict) -> (bool, &str) {
    match verdict {
        Verdict::Allow(allowance) => (true, &allowance.rule),
        Verdict::Deny(denial) => (false, &denial.rule),
        other => unreachable!("{other:?}"),
    }
}

/// A line of a case file, split at blanks; `\n`, `\t`, `\0`, `\s` and `\u{..}` in it are decoded, `\e` is an empty word.
fn words(line: &str) -> Vec<String> {
    let decode = |word: &str| {
        let mut text =
            word.replace("\\n", "\n").replace("\\t", "\t").replace("\\0", "\0").replace("\\s", " ").replace("\\e", "");
        while let Some((head, tail)) = text.clone().split_once("\\u{") {
            let (code, tail) = tail.split_once('}').unwrap();
            text = format!("{head}{}{tail}", char::from_u32(u32::from_str_radix(code, 16).unwrap()).unwrap());
        }
        text
    };
    line.split(' ').filter(|word| !word.is_empty()).map(decode).collect()
}

fn lines(text: &'static str) -> impl Iterator<Item = &'static str> {
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'))
}

#[test]
fn what_people_need_passes() {
    let denied: Vec<String> = lines(include_str!("passes.txt"))
        .filter_map(|line| match review(Exec { argv: words(line), ..exec(&[]) }) {
            Verdict::Deny(denial) => Some(format!("{line}\n    {}: {}", denial.rule, denial.reason)),
            _ => None,
        })
        .collect();
    assert!(denied.is_empty(), "denied:\n{}", denied.join("\n"));
}

#[test]
fn every_attack_is_denied_by_the_rule_that_names_it() {
    let mut wrong = vec![];
    for line in lines(include_str!("attacks.txt")) {
        let (expected, command) = line.split_once('\t').unwrap();
        let verdict = review(Exec { argv: words(command), ..exec(&[]) });
        if rule(&verdict) != (false, expected) {
            wrong.push(format!("{command}\n    expected {expected}, got {:?}", rule(&verdict)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn stdin_terminal_and_foreign_wrappers_are_denied() {
    let uptime = || exec(&["uptime"]);
    let wrapped = |words: &[&str]| Exec { wrapper: exec(words).argv, ..uptime() };
    assert_eq!(rule(&review(Exec { stdin: true, ..uptime() })), (false, "exec.stdin"));
    assert_eq!(rule(&review(Exec { tty: true, ..uptime() })), (false, "exec.tty"));
    for passes in [&["timeout", "-s", "KILL", "10"][..], &[]] {
        assert_eq!(rule(&review(wrapped(passes))), (true, "exec.uptime"), "{passes:?}");
    }
    for trips in [
        &["timeout", "-s", "KILL", "x"][..],
        &["timeout", "10"],
        &["timeout", "-s", "KILL", "0"],
        &["sh", "-c"],
        &["timeout", "-s", "KILL", "10", "sh"],
    ] {
        assert_eq!(rule(&review(wrapped(trips))), (false, "exec.wrapper"), "{trips:?}");
    }
}

/// Words that trip each kind of rule, tried upon every command's own example.
fn mutations(example: &[String]) -> Vec<Vec<String>> {
    let with = |extra: &[&str]| [example.to_vec(), exec(extra).argv].concat();
    let mut all = vec![
        vec![example[0].clone()],
        with(&["--no-such-option"]),
        with(&["surplus"]),
        with(&["/proc/meminfo", "surplus", "surplus"]),
        vec![example[0].clone(), "surplus".into(), "surplus".into(), "surplus".into()],
    ];
    for word in 1..example.len() {
        all.push([&example[..word], &example[word + 1..]].concat());
    }
    // Every option that takes a value, with a value that nothing takes.
    let table: serde_json::Value = serde_json::from_str(DEFAULTS).unwrap();
    for command in table["commands"].as_array().unwrap() {
        for name in command["options"].as_array().into_iter().flatten().flat_map(|o| o["names"].as_array().unwrap()) {
            let name = name.as_str().unwrap();
            all.push([vec![example[0].clone(), name.to_owned(), "no!value".into()], example[1..].to_vec()].concat());
        }
        if command["dash_number"].is_object() {
            all.push([vec![example[0].clone(), "-999999".into()], example[1..].to_vec()].concat());
        }
    }
    all
}

#[test]
fn every_rule_has_a_case_that_trips_it_and_a_near_miss() {
    let (_, setup) = ExecAllowlist::configure(wardgate_guest::parse_settings("{}").unwrap()).unwrap();
    let mut seen: BTreeSet<String> = ["exec.stdin", "exec.tty", "exec.wrapper"].map(str::to_owned).into();
    seen.extend(lines(include_str!("attacks.txt")).map(|line| line.split_once('\t').unwrap().0.to_owned()));
    let table: serde_json::Value = serde_json::from_str(DEFAULTS).unwrap();
    for command in table["commands"].as_array().unwrap() {
        for example in command["examples"].as_array().unwrap() {
            let argv = words(example.as_str().unwrap());
            // The near miss: one change away it passes.
            let verdict = review(Exec { argv: argv.clone(), ..exec(&[]) });
            assert!(rule(&verdict).0, "{example}");
            seen.insert(rule(&verdict).1.to_owned());
            for argv in mutations(&argv) {
                seen.insert(rule(&review(Exec { argv, ..exec(&[]) })).1.to_owned());
            }
        }
    }
    let untested: Vec<&String> = setup.rules.iter().map(|r| &r.id).filter(|id| !seen.contains(*id)).collect();
    assert!(untested.is_empty(), "no case trips {untested:?}");
    let unnamed: Vec<&String> = seen.iter().filter(|id| !setup.rules.iter().any(|r| r.id == **id)).collect();
    assert!(unnamed.is_empty(), "rules that the setup does not list: {unnamed:?}");
}

#[test]
fn a_denial_offers_what_would_pass() {
    for (asked, offered) in [
        ("tail -f /var/log/app.log", "tail -n 100 /var/log/app.log"),
        ("tail -n 5000 /var/log/app.log", "tail -n 2000 /var/log/app.log"),
        ("tail -n5000 /var/log/app.log", "tail -n2000 /var/log/app.log"),
        ("top", "top -b -n 1"),
        ("vmstat 1", "vmstat 1 2"),
        ("sh -c ps\\saux", "ps aux"),
        ("timeout 5 df -h", "df -h"),
        ("busybox free -m", "free -m"),
        ("df\\s-h", "df -h"),
        ("/tmp/ss -tan", "ss -tan"),
        ("free --hum", "free --human"),
    ] {
        let verdict = review(Exec { argv: words(asked), ..exec(&[]) });
        let Verdict::Deny(denial) = verdict else { unreachable!("{asked} passed") };
        let Some(Request::Exec(instead)) = denial.instead else { unreachable!("{asked}: nothing offered") };
        assert_eq!(instead.argv, words(offered), "{asked}");
        assert!(rule(&review(instead)).0);
        assert!(denial.remedy.is_some(), "{asked}");
    }
}

#[test]
fn an_allowance_has_a_time_and_a_byte_limit() {
    let Verdict::Allow(allowance) = review(exec(&["df", "-h"])) else { unreachable!() };
    assert_eq!((allowance.limits.timeout_ms, allowance.limits.max_read_bytes), (Some(10_000), Some(1 << 20)));
}

#[test]
fn other_requests_are_left_alone() {
    let logs = Logs { since_seconds: None, tail_lines: None, limit_bytes: None, previous: false, pattern: None };
    assert!(matches!(policy().review(&context(), &Request::Logs(logs), &[]), Verdict::Abstain));
}

#[test]
fn extra_commands_hold_for_their_targets_only() {
    let policy = configured(
        r#"{"extra": [{"when": {"namespaces": ["shop"], "pod_labels": {"app": "cache"}, "images": ["redis:"]},
            "commands": [{"id": "redis-ping", "names": ["redis-cli"], "forms": [[{"value": {"choice": ["ping"]}}]], "examples": ["redis-cli ping"]}]}]}"#,
    )
    .unwrap();
    let label = |value: &str| vec![Label { key: "app".into(), value: value.into() }];
    let cache =
        Target { namespace: "shop".into(), pod_labels: label("cache"), image: "redis:7".into(), ..Target::default() };
    let judge = |target: Target| {
        let context = Context { target, ..Context::default() };
        rule(&policy.review(&context, &Request::Exec(exec(&["redis-cli", "ping"])), &[])).0
    };
    assert!(judge(cache.clone()));
    assert!(!judge(Target { namespace: "bank".into(), ..cache.clone() }));
    assert!(!judge(Target { pod_labels: label("web"), ..cache.clone() }));
    assert!(!judge(Target { image: "evil/redis:7".into(), ..cache }));
}

#[test]
fn an_extra_without_a_condition_holds_nowhere() {
    let settings = r#"{"extra": [{"when": {}, "commands": [{"id": "x", "names": ["x"], "examples": ["x"]}]}]}"#;
    let verdict = configured(settings).unwrap().review(&context(), &Request::Exec(exec(&["x"])), &[]);
    assert_eq!(rule(&verdict), (false, "exec.command.unlisted"));
}

#[test]
fn a_table_with_a_mistake_does_not_load() {
    for (settings, says) in [
        (r#"{"comands": []}"#, "`comands`"),
        (r#"{"commands": [{"id": "x", "names": ["x"], "examples": ["x y"]}]}"#, "does not pass"),
        (r#"{"commands": [{"id": "x", "names": ["x"], "examples": []}]}"#, "needs an example"),
        (r#"{"commands": [{"id": "X", "names": ["x"], "examples": ["x"]}]}"#, "lower-case"),
        (r#"{"commands": [{"id": "x", "names": ["./x"], "examples": ["x"]}]}"#, "absolute"),
        (
            r#"{"commands": [{"id": "x", "names": ["x"], "forms": [[{"value": {"path": ["nowhere"]}}]], "examples": ["x"]}]}"#,
            "nowhere",
        ),
    ] {
        let error = configured(settings).unwrap_err();
        assert!(error.contains(says), "{settings}: {error}");
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
        if rule(&review(Exec { argv: argv.clone(), ..exec(&[]) })).0 {
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
        let (allowed, rule) = rule(&verdict);
        prop_assert!(!allowed && matches!(rule, "exec.argv.control" | "exec.argv.non-ascii"), "{rule}");
    }

    #[test]
    fn no_path_of_another_root_passes(pid in "[0-9]{1,7}|self|thread-self", way in "root|cwd|fd/[0-9]{1,3}|environ|mem|maps|task/1/environ", rest in "(/[a-z.]{1,8}){0,3}") {
        let path = format!("/proc/{pid}/{way}{rest}");
        for command in ["cat", "head", "tail", "stat", "ls", "wc", "sha256sum", "du", "df"] {
            prop_assert!(!rule(&review(exec(&[command, &path]))).0, "{command} {path}");
        }
    }
}
