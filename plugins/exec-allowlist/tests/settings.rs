//! What operators write: additions, removals, commands for some targets, and mistakes that keep a table from loading.
#![allow(clippy::unwrap_used, missing_docs)]

mod common;
use common::{answered, configured, context, exec, of, rule, unavailable, words};
use wardgate_guest::{
    Reviewer,
    types::{Context, Label, Request, Target},
};

#[test]
fn an_operator_adds_beside_what_is_shipped() {
    let policy = configured(
        r#"{"add": {
            "commands": [{"command": "queuectl", "about": "queues", "folders": ["/opt/queue/bin/"], "options": ["-v --verbose", "-n --limit <1..50>"],
                "words": ["status", "list <queue>", "show <spool>"], "allow": ["queuectl status", "queuectl -n 5 list orders"], "deny": ["queuectl purge"]}],
            "types": {"queue": {"one_of": "orders payments"}, "spool": {"path": ["spool"]}},
            "paths": {"spool": ["/spool/*.q"], "logs": ["/spool/log/**"]},
            "loopback": {"ports": ["7777"], "paths": ["/internal/state"]},
            "dns": {"names": ["status.example.com"]},
            "variables": ["QUEUE_SIZE"]},
          "remove": ["py-spy"]}"#,
    )
    .unwrap();
    for (command, expected) in [
        ("queuectl list payments", ("allow", "exec.queuectl")),
        ("/opt/queue/bin/queuectl status", ("allow", "exec.queuectl")),
        ("/opt/queuectl status", ("deny", "exec.command.path")),
        ("queuectl list refunds", ("deny", "exec.queuectl.words")),
        ("queuectl -n 500 status", ("deny", "exec.queuectl.value")),
        ("queuectl show /spool/a.q", ("allow", "exec.queuectl")),
        ("queuectl show /spool/a.key.q", ("deny", "exec.path.credentials")),
        ("tail -n 5 /spool/log/a/b.log", ("allow", "exec.tail")),
        ("curl localhost:7777/internal/state", ("allow", "exec.curl")),
        ("nslookup status.example.com", ("allow", "exec.nslookup")),
        ("printenv QUEUE_SIZE", ("allow", "exec.printenv")),
        ("py-spy dump --pid 1", ("deny", "exec.command.unlisted")),
        ("ss -tan", ("allow", "exec.ss")),
    ] {
        let verdict = answered(&policy, of(words(command)), &unavailable);
        assert_eq!(rule(&verdict), expected, "{command}");
    }
}

#[test]
fn every_refusal_of_an_added_entry_is_a_rule_that_the_setup_names() {
    let settings = r#"{"add": {"commands": [
        {"command": "x", "allow": ["x"]},
        {"command": "y", "id": "x", "options": ["-n <1..5>"], "needs": ["-n"], "words": ["a"], "allow": ["y -n 1 a"]}]}}"#;
    let settings: exec_allowlist::Settings = wardgate_guest::parse_settings(settings).unwrap();
    let (policy, setup) = exec_allowlist::ExecAllowlist::configure(settings).unwrap();
    for command in ["x", "x b", "x -q", "y", "y a", "y -n 9 a", "y -n 1 b", "y -n 1 a", "y -q"] {
        let verdict = answered(&policy, of(words(command)), &unavailable);
        assert!(setup.rules.iter().any(|known| known.id == rule(&verdict).1), "{command}: {:?}", rule(&verdict));
    }
}

#[test]
fn nothing_an_operator_lists_opens_what_is_closed() {
    let policy =
        configured(r#"{"add": {"paths": {"logs": ["/**", "/proc/<pid>/*", "/root/**", "/var/run/secrets/**"]}}}"#)
            .unwrap();
    for (path, expected) in [
        ("/proc/1/environ", "exec.path.process"),
        ("/var/run/secrets/kubernetes.io/serviceaccount/token", "exec.path.credentials"),
        ("/home/x/.ssh/known_hosts", "exec.path.credentials"),
        ("/root/notes", "exec.path.credentials"),
        ("/dev/mem", "exec.path.device"),
    ] {
        let verdict = answered(&policy, exec(&["cat", path]), &unavailable);
        assert_eq!(rule(&verdict), ("deny", expected), "{path}");
    }
}

#[test]
fn extra_commands_hold_for_their_targets_only() {
    let policy = configured(
        r#"{"extra": [{"when": {"namespaces": ["shop"], "pod_labels": {"app": "cache"}, "images": ["memcached:"]},
            "commands": [{"command": "memcstat", "words": ["slabs"], "allow": ["memcstat slabs"]}]}]}"#,
    )
    .unwrap();
    let label = |value: &str| vec![Label { key: "app".into(), value: value.into() }];
    let cache = Target {
        namespace: "shop".into(),
        pod_labels: label("cache"),
        image: "memcached:1".into(),
        ..Target::default()
    };
    let judge = |target: Target| {
        let context = Context { target, ..Context::default() };
        rule(&policy.review(&context, &Request::Exec(exec(&["memcstat", "slabs"])), &[])).0 == "allow"
    };
    assert!(judge(cache.clone()));
    assert!(!judge(Target { namespace: "bank".into(), ..cache.clone() }));
    assert!(!judge(Target { pod_labels: label("web"), ..cache.clone() }));
    assert!(!judge(Target { image: "evil/memcached:1".into(), ..cache }));
}

#[test]
fn an_extra_without_a_condition_holds_nowhere() {
    let settings = r#"{"extra": [{"when": {}, "commands": [{"command": "x", "allow": ["x"]}]}]}"#;
    let verdict = configured(settings).unwrap().review(&context(), &Request::Exec(exec(&["x"])), &[]);
    assert_eq!(rule(&verdict), ("deny", "exec.command.unlisted"));
}

#[test]
fn a_table_with_a_mistake_does_not_load() {
    let entry = |fields: &str| format!(r#"{{"add": {{"commands": [{{"command": "x", {fields}}}]}}}}"#);
    for (settings, says) in [
        (r#"{"comands": []}"#.to_owned(), "`comands`"),
        (r#"{"remove": ["no-such"]}"#.to_owned(), "no-such"),
        (entry(r#""allow": ["x y"]"#), "does not pass"),
        (entry(r#""allow": []"#), "needs an example"),
        (entry(r#""allow": ["x"], "deny": ["x"]"#), "is not denied"),
        (entry(r#""allow": ["x"], "ask": ["x"]"#), "is safe"),
        (entry(r#""tier": "costly", "allow": ["x"]"#), "is costly"),
        (entry(r#""allow": ["y"]"#), "of another command"),
        (entry(r#""tier": "free", "allow": ["x"]"#), "free"),
        (entry(r#""id": "X", "allow": ["x"]"#), "lower-case"),
        (entry(r#""folders": ["bin"], "allow": ["x"]"#), "absolute"),
        (entry(r#""flavours": ["sun"], "allow": ["x"]"#), "sun"),
        (entry(r#""options": ["n"], "allow": ["x"]"#), "begins with"),
        (entry(r#""options": ["-n <5..1>"], "allow": ["x"]"#), "<1..9>"),
        (entry(r#""options": ["-n <nowhere>"], "allow": ["x"]"#), "<nowhere>"),
        (entry(r#""options": ["-n a b"], "allow": ["x"]"#), "one value"),
        (entry(r#""options": ["-O -|/dev/null"], "allow": ["x"]"#), "stands behind"),
        (entry(r#""options": ["-n !dear"], "allow": ["x"]"#), "dear"),
        (entry(r#""words": ["a{0}"], "allow": ["x a"]"#), "{1,4}"),
        (entry(r#""words": ["a{2,1}"], "allow": ["x a"]"#), "cannot be"),
        (r#"{"add": {"types": {"t": {"path": ["nowhere"]}}}}"#.to_owned(), "nowhere"),
        (r#"{"add": {"types": {"t": {"text": "a-z"}}}}"#.to_owned(), "max"),
        (r#"{"add": {"types": {"t": {"one_of": "a", "like": "b"}}}}"#.to_owned(), "one of"),
        (r#"{"add": {"paths": {"logs": ["var/log"]}}}"#.to_owned(), "not absolute"),
        // A second grammar of a shipped name that lets through what the first denies.
        (r#"{"add": {"commands": [{"command": "tail", "options": ["-f"], "words": ["<file>"], "allow": ["tail -f /proc/stat"]}]}}"#.to_owned(), "is not denied"),
    ] {
        let error = configured(&settings).unwrap_err();
        assert!(error.contains(says), "{settings}: {error}");
    }
}
