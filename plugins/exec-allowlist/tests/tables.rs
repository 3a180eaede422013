//! The shipped table against commands that must pass, commands that a person is asked about and attacks that must not run, and every
//! rule against a case of its own.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::{context, exec, lines, of, policy, review, rule, words};
use exec_allowlist::{DEFAULTS, ExecAllowlist};
use std::collections::BTreeSet;
use wardgate_guest::{
    Reviewer,
    types::{Exec, Logs, Request, Verdict},
};

#[test]
fn what_people_need_passes() {
    let denied: Vec<String> = lines(include_str!("passes.txt"))
        .filter_map(|line| match review(of(words(line))) {
            Verdict::Deny(denial) => Some(format!("{line}\n    {}: {}", denial.rule, denial.reason)),
            Verdict::Ask(approval) => Some(format!("{line}\n    asks: {}", approval.denial.rule)),
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
        let verdict = review(of(words(command)));
        if rule(&verdict) != ("deny", expected) {
            wrong.push(format!("{command}\n    expected {expected}, got {:?}", rule(&verdict)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_command_has_so_many_words_and_bytes() {
    let long = format!("/var/log/{}", "a".repeat(2048));
    assert_eq!(rule(&review(exec(&["cat", &long]))), ("deny", "exec.argv.bytes"));
    assert_eq!(rule(&review(exec(&["cat", &long[..1024]]))), ("allow", "exec.cat"));
    assert_eq!(rule(&review(exec(&["echo"; 33]))), ("deny", "exec.argv.count"));
    assert_eq!(rule(&review(exec(&["echo"; 17]))), ("allow", "exec.echo"));
}

#[test]
fn stdin_terminal_and_foreign_wrappers_are_denied() {
    let uptime = || exec(&["uptime"]);
    let wrapped = |words: &[&str]| Exec { wrapper: exec(words).argv, ..uptime() };
    assert_eq!(rule(&review(Exec { stdin: true, ..uptime() })), ("deny", "exec.stdin"));
    assert_eq!(rule(&review(Exec { tty: true, ..uptime() })), ("deny", "exec.tty"));
    for passes in [&["timeout", "-s", "KILL", "10"][..], &[]] {
        assert_eq!(rule(&review(wrapped(passes))), ("allow", "exec.uptime"), "{passes:?}");
    }
    for trips in [
        &["timeout", "-s", "KILL", "x"][..],
        &["timeout", "10"],
        &["timeout", "-s", "KILL", "0"],
        &["sh", "-c"],
        &["timeout", "-s", "KILL", "10", "sh"],
    ] {
        assert_eq!(rule(&review(wrapped(trips))), ("deny", "exec.wrapper"), "{trips:?}");
    }
}

#[test]
fn what_loads_or_reveals_asks_a_person() {
    let mut wrong = vec![];
    for line in lines(include_str!("asks.txt")) {
        let (expected, command) = line.split_once('\t').unwrap();
        let verdict = review(of(words(command)));
        if rule(&verdict) != ("ask", expected) {
            wrong.push(format!("{command}\n    expected {expected}, got {:?}", rule(&verdict)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_ask_names_the_command_that_a_person_would_run() {
    let Verdict::Ask(approval) = review(of(words("grep -i out\\sof /var/log/app.log"))) else { unreachable!() };
    let remedy = approval.denial.remedy.unwrap();
    assert!(remedy.contains("kubectl exec -n shop cart-1 -c cart -- grep -i 'out of' /var/log/app.log"), "{remedy}");
    assert_eq!(approval.approvers, 1);
    assert_eq!(approval.limits.timeout_ms, Some(15_000));
}

/// Words that trip each kind of rule, tried upon every command's own example.
fn mutations(example: &[String], options: &[&str]) -> Vec<Vec<String>> {
    let with = |extra: &[&str]| [example.to_vec(), exec(extra).argv].concat();
    let mut all = vec![
        vec![example[0].clone()],
        with(&["--no-such-option"]),
        with(&["no!surplus"]),
        with(&["/proc/meminfo", "no!surplus", "no!surplus"]),
        vec![example[0].clone(), "no!surplus".into(), "no!surplus".into(), "no!surplus".into()],
        with(&["a"; 24]),
    ];
    for word in 1..example.len() {
        all.push([&example[..word], &example[word + 1..]].concat());
    }
    // Every option that takes a value, with a value that nothing takes.
    for line in options.iter().filter(|line| line.contains(['<', '|', '['])) {
        for name in line.split(' ').filter(|part| part.starts_with(['-', '+'])) {
            let name = if name.starts_with("-<") { "-999999" } else { name };
            let before = |extra: &[&str]| [exec(&[&example[0]]).argv, exec(extra).argv, example[1..].to_vec()].concat();
            all.push(before(&[name, "no`value"]));
            all.push(before(&[name, "no\\!value"]));
            all.push(before(&[&format!("{name}=no\\!value")]));
            all.push(before(&[name, "-1"]));
        }
    }
    all
}

fn table() -> serde_json::Value {
    serde_json::from_str(DEFAULTS).unwrap()
}

fn texts<'v>(value: &'v serde_json::Value, key: &str) -> Vec<&'v str> {
    value[key].as_array().into_iter().flatten().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn every_rule_has_a_case_that_trips_it_and_a_near_miss() {
    let (_, setup) = ExecAllowlist::configure(wardgate_guest::parse_settings("{}").unwrap()).unwrap();
    // Cases of their own: in this file and in questions.rs.
    let elsewhere = [
        "exec.argv.count",
        "exec.argv.bytes",
        "exec.stdin",
        "exec.tty",
        "exec.wrapper",
        "exec.path.link",
        "exec.path.unanswered",
        "exec.httpd",
    ];
    let mut seen: BTreeSet<String> = elsewhere.map(str::to_owned).into();
    seen.extend(lines(include_str!("attacks.txt")).map(|line| line.split_once('\t').unwrap().0.to_owned()));
    seen.extend(lines(include_str!("asks.txt")).map(|line| line.split_once('\t').unwrap().0.to_owned()));
    let table = table();
    for command in table["commands"].as_array().unwrap() {
        let options = texts(command, "options");
        for (kind, says) in [("allow", "allow"), ("ask", "ask"), ("deny", "deny")] {
            for example in texts(command, kind) {
                let argv = words(example);
                let verdict = review(of(argv.clone()));
                // The near miss: one change away it passes.
                assert!(rule(&verdict).0 == says || says == "allow" && rule(&verdict).1 == "exec.flavour", "{example}");
                seen.insert(rule(&verdict).1.to_owned());
                if says != "deny" {
                    seen.extend(
                        mutations(&argv, &options).into_iter().map(|argv| rule(&review(of(argv))).1.to_owned()),
                    );
                }
            }
        }
    }
    let untested: Vec<&String> = setup.rules.iter().map(|r| &r.id).filter(|id| !seen.contains(*id)).collect();
    assert!(untested.is_empty(), "no case trips {untested:?}");
    let unnamed: Vec<&String> = seen.iter().filter(|id| !setup.rules.iter().any(|r| r.id == **id)).collect();
    assert!(unnamed.is_empty(), "rules that the setup does not list: {unnamed:?}");
}

#[test]
fn the_rules_tell_which_commands_there_are() {
    let (_, setup) = ExecAllowlist::configure(wardgate_guest::parse_settings("{}").unwrap()).unwrap();
    let told = |id: &str| setup.rules.iter().find(|rule| rule.id == id).unwrap().description.clone();
    assert!(told("exec.ss").ends_with("; for example: ss -tan"), "{}", told("exec.ss"));
    assert!(told("exec.grep.revealing").starts_with("asks a person first (revealing): "));
    assert!(setup.rules.len() <= 900, "{}", setup.rules.len());
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
        ("nice free -m", "free -m"),
        ("df\\s-h", "df -h"),
        ("/tmp/ss -tan", "ss -tan"),
        ("free --hum", "free --human"),
    ] {
        let verdict = review(of(words(asked)));
        let Verdict::Deny(denial) = verdict else { unreachable!("{asked} passed") };
        let Some(Request::Exec(instead)) = denial.instead else { unreachable!("{asked}: nothing offered") };
        assert_eq!(instead.argv, words(offered), "{asked}");
        assert_eq!(rule(&review(instead)).0, "allow");
        assert!(denial.remedy.is_some(), "{asked}");
    }
}

#[test]
fn an_allowance_has_a_time_and_a_byte_limit() {
    let Verdict::Allow(allowance) = review(exec(&["df", "-h"])) else { unreachable!() };
    assert_eq!((allowance.limits.timeout_ms, allowance.limits.max_read_bytes), (Some(15_000), Some(1 << 20)));
}

#[test]
fn other_requests_are_left_alone() {
    let logs = Logs { since_seconds: None, tail_lines: None, limit_bytes: None, previous: false, pattern: None };
    assert!(matches!(policy().review(&context(), &Request::Logs(logs), &[]), Verdict::Abstain));
}
