//! Every rule has a case that trips it and a near miss that does not.
#![allow(clippy::unwrap_used, missing_docs)]

use read_guard::{ReadGuard, Settings};
use std::collections::BTreeSet;
use wardgate_guest::{
    Reviewer,
    types::{Context, Exec, Kinds, Logs, Object, Request, Verdict},
};

fn logs() -> Logs {
    Logs { since_seconds: Some(600), tail_lines: Some(200), limit_bytes: None, previous: false, pattern: None }
}

fn pods() -> Object {
    Object {
        verb: "list".into(),
        api_group: String::new(),
        kind: "pods".into(),
        name: None,
        selector: None,
        field_selector: None,
        limit: Some(50),
    }
}

fn judge_with(settings: &str, request: &Request) -> Verdict {
    let settings: Settings = wardgate_guest::parse_settings(settings).unwrap();
    ReadGuard::configure(settings).unwrap().0.review(&Context::default(), request, &[])
}

fn rule_of(verdict: &Verdict) -> (bool, String) {
    match verdict {
        Verdict::Allow(allowance) => (true, allowance.rule.clone()),
        Verdict::Deny(denial) => (false, denial.rule.clone()),
        other => unreachable!("{other:?}"),
    }
}

/// Rule, the request that trips it, the near miss that passes; settings for both.
fn cases() -> Vec<(&'static str, &'static str, Request, Request)> {
    let log = |change: &dyn Fn(&mut Logs)| {
        let mut logs = logs();
        change(&mut logs);
        Request::Logs(logs)
    };
    let object = |change: &dyn Fn(&mut Object)| {
        let mut object = pods();
        change(&mut object);
        object
    };
    let objects = |change: &dyn Fn(&mut Object)| Request::Objects(object(change));
    let events = |change: &dyn Fn(&mut Object)| Request::Events(object(change));
    vec![
        ("read.logs.since-seconds", "", log(&|l| l.since_seconds = Some(3601)), log(&|l| l.since_seconds = Some(3600))),
        ("read.logs.since-seconds", "", log(&|l| l.since_seconds = Some(0)), log(&|l| l.since_seconds = None)),
        ("read.logs.tail-lines", "", log(&|l| l.tail_lines = Some(2001)), log(&|l| l.tail_lines = Some(2000))),
        ("read.logs.tail-lines", "", log(&|l| l.tail_lines = Some(0)), log(&|l| l.tail_lines = Some(1))),
        (
            "read.logs.limit-bytes",
            "",
            log(&|l| l.limit_bytes = Some((16 << 20) + 1)),
            log(&|l| l.limit_bytes = Some(16 << 20)),
        ),
        ("read.logs.previous", r#"{"logs":{"previous":false}}"#, log(&|l| l.previous = true), log(&|_| {})),
        (
            "read.logs.pattern",
            "",
            log(&|l| l.pattern = Some("x".repeat(201))),
            log(&|l| l.pattern = Some("é".repeat(200))),
        ),
        ("read.events.verb", "", events(&|o| o.verb = "delete".into()), events(&|o| o.verb = "get".into())),
        ("read.objects.verb", "", objects(&|o| o.verb = "delete".into()), objects(&|_| {})),
        (
            "read.objects.kind",
            "",
            objects(&|o| o.kind = "serviceaccounts".into()),
            objects(&|o| o.kind = "services".into()),
        ),
        ("read.objects.kind", "", objects(&|o| o.api_group = "evil.example".into()), objects(&|_| {})),
        ("read.objects.secrets", "", objects(&|o| o.kind = "secrets".into()), objects(&|o| o.kind = "services".into())),
        ("read.objects.secrets", "", objects(&|o| o.kind = "Secret".into()), objects(&|_| {})),
        ("read.objects.secrets", "", events(&|o| o.kind = "secrets".into()), events(&|o| o.kind = String::new())),
        (
            "read.objects.configmaps",
            "",
            objects(&|o| o.kind = "configmaps".into()),
            objects(&|o| o.kind = "pods".into()),
        ),
        (
            "read.objects.name",
            "",
            objects(&|o| o.verb = "get".into()),
            objects(&|o| (o.verb, o.name) = ("get".into(), Some("a".into()))),
        ),
        ("read.objects.name", "", objects(&|o| o.name = Some("a".into())), objects(&|_| {})),
        ("read.limit", "", objects(&|o| o.limit = Some(501)), objects(&|o| o.limit = Some(500))),
        ("read.limit", "", events(&|o| o.limit = Some(0)), events(&|o| o.limit = None)),
        (
            "read.selector",
            "",
            objects(&|o| o.selector = Some("a=\n".into())),
            objects(&|o| o.selector = Some("app in (a, b),!c".into())),
        ),
        (
            "read.field-selector",
            "",
            objects(&|o| o.field_selector = Some("data.password=x".into())),
            objects(&|o| o.field_selector = Some("status.phase!=Running,spec.nodeName=n1".into())),
        ),
        (
            "read.field-selector",
            "",
            events(&|o| o.field_selector = Some("involvedObject".into())),
            events(&|o| o.field_selector = Some("involvedObject.name=web-1".into())),
        ),
    ]
}

#[test]
fn every_rule_is_tripped_and_nearly_missed() {
    for (rule, settings, trips, passes) in cases() {
        assert_eq!(rule_of(&judge_with(settings, &trips)), (false, rule.to_owned()), "{trips:?}");
        let (allowed, by) = rule_of(&judge_with(settings, &passes));
        assert!(allowed, "{passes:?} was denied by {by}");
    }
}

#[test]
fn every_rule_in_the_setup_is_tested_and_no_other_is_named() {
    let (_, setup) = ReadGuard::configure(Settings::default()).unwrap();
    let listed: BTreeSet<String> = setup.rules.into_iter().map(|r| r.id).collect();
    let mut seen: BTreeSet<String> = ["read.logs", "read.events", "read.objects"].map(str::to_owned).into();
    seen.extend(cases().iter().map(|(rule, ..)| (*rule).to_owned()));
    assert_eq!(seen, listed);
    assert!(setup.kinds == Kinds::LOGS | Kinds::EVENTS | Kinds::OBJECTS);
}

#[test]
fn secrets_stay_closed_even_if_settings_name_them() {
    let settings = r#"{"objects":{"kinds":[{"group":"","kind":"secrets"}]}}"#;
    let request = Request::Objects(Object { kind: "secrets".into(), ..pods() });
    assert_eq!(rule_of(&judge_with(settings, &request)), (false, "read.objects.secrets".into()));
}

#[test]
fn every_shipped_kind_can_be_listed_with_and_without_its_group() {
    let shipped: serde_json::Value = serde_json::from_str(include_str!("../defaults.json")).unwrap();
    for kind in shipped["objects"]["kinds"].as_array().unwrap() {
        for group in [kind["group"].as_str().unwrap(), ""] {
            let object = Object { api_group: group.into(), kind: kind["kind"].as_str().unwrap().into(), ..pods() };
            assert_eq!(rule_of(&judge_with("", &Request::Objects(object))), (true, "read.objects".into()), "{kind}");
        }
    }
}

#[test]
fn an_open_bound_becomes_a_ceiling() {
    let request =
        Request::Logs(Logs { since_seconds: None, tail_lines: None, limit_bytes: None, previous: true, pattern: None });
    let Verdict::Allow(allowance) = judge_with("", &request) else { unreachable!() };
    assert_eq!(allowance.limits.max_lines, Some(2000));
    assert_eq!(allowance.limits.max_read_bytes, Some(16 << 20));
    assert_eq!(allowance.limits.timeout_ms, Some(30_000));
}

#[test]
fn a_denied_window_comes_with_the_request_that_would_pass() {
    let Verdict::Deny(denial) = judge_with("", &Request::Logs(Logs { since_seconds: Some(86_400), ..logs() })) else {
        unreachable!()
    };
    assert!(matches!(judge_with("", &denial.instead.unwrap()), Verdict::Allow(_)));
}

#[test]
fn requests_of_other_kinds_are_left_alone() {
    let exec = Request::Exec(Exec { argv: vec!["id".into()], wrapper: vec![], stdin: false, tty: false });
    assert!(matches!(judge_with("", &exec), Verdict::Abstain));
}
