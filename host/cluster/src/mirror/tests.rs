//! The mirror on the road: what an agent gets of a capture, and what it does not. Policy and evidence are stand-ins that let
//! everything pass, so that the floor and the backends stand alone.
#![allow(clippy::unwrap_used, clippy::panic)]

use super::{Mirror, Settings, bundled};
use serde_json::{Value, json};
use std::{collections::BTreeSet, path::Path, sync::Arc, time::Duration};
use wardgate_core::{
    AnyRequest, Backend, BoxFuture, Call, CallId, Channel, Clock, Cut, Ending, Events, Exec, FaultKind, Floor, Ids,
    Limits, Logs, Lookup, Metadata, Objects, Outcome, Place, Query, Question, Request, Road, Selection, Settled,
    Subject, Verb, Window, never,
};
use wardgate_standins::Open;

/// One day after the demo capture's end.
pub(crate) const WALL: u64 = END + 86_400_000;
/// 2026-03-12T14:30:00Z, the demo capture's end.
const END: u64 = 1_773_325_800_000;

/// Time that stands still, and no deadline.
pub(crate) struct Wall;

impl Clock for Wall {
    fn now(&self) -> u64 {
        WALL
    }
    fn after(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

impl Ids for Wall {
    fn fresh(&self) -> CallId {
        CallId::new("id")
    }
}

fn demo() -> Arc<Mirror> {
    let cluster_metrics = BTreeSet::from(["node_load1".to_owned()]);
    Arc::new(Mirror::bundled(Settings { cluster_metrics, ..Settings::default() }).unwrap())
}

fn ask<R: Request>(mirror: &Arc<Mirror>, place: Place, request: R) -> Settled
where
    Mirror: Backend<R>,
{
    let all = Arc::new(Open);
    let road = Road {
        reviewers: all.clone(),
        redactors: all.clone(),
        lookup: mirror.clone(),
        ledger: all.clone(),
        clock: Arc::new(Wall),
        ids: Arc::new(Wall),
        limits: Limits { released_bytes: 8 << 20, ..Limits::default() },
        floor: Floor::default(),
    };
    let call = Call {
        subject: Subject::named("test"),
        place,
        request,
        tool: "test",
        select: None,
        attributes: std::collections::BTreeMap::new(),
    };
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(road.travel(call, mirror.clone() as Arc<dyn Backend<R>>, never()))
}

const LEAKING: &str = "checkout-7c5d4f9b8d-2x9kp";

fn pod(namespace: &str, pod: &str, container: Option<&str>) -> Place {
    Place {
        namespace: Some(namespace.into()),
        pod: Some(pod.into()),
        container: container.map(Into::into),
        ..Place::default()
    }
}

fn everywhere() -> Place {
    Place::default()
}

fn within(namespace: &str) -> Place {
    Place { namespace: Some(namespace.into()), ..Place::default() }
}

fn rule(settled: &Settled) -> &str {
    match settled.outcome() {
        Outcome::Refused(denials) => &denials[0].rule,
        other => panic!("{other:?}"),
    }
}

fn lines(settled: &Settled, channel: Channel) -> Vec<&str> {
    settled.body().lines(channel).collect()
}

fn records(settled: &Settled) -> Vec<&Value> {
    settled.body().records.iter().map(|r| &r.value).filter(|value| value.get("answer").is_none()).collect()
}

fn query(text: &str) -> Query {
    Query { text: text.into(), start: END, end: END, step: 0 }
}

fn value(settled: &Settled) -> f64 {
    records(settled)[0]["value"][1].as_str().unwrap().parse().unwrap()
}

#[test]
fn the_bundled_files_are_those_of_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../demo/checkout-oom");
    let on_disk = Mirror::open(&folder, Settings::default()).unwrap();
    assert_eq!((on_disk.name(), on_disk.window()), ("checkout-oom", demo().window()));
    let mut found = Vec::new();
    walk(&folder, "", &mut found);
    found.sort();
    let listed: Vec<String> = bundled::FILES.iter().map(|(path, _)| (*path).to_owned()).collect();
    assert_eq!(listed, found, "run demo/generate.py");
    assert!(bundled::FILES.iter().map(|(_, text)| text.len()).sum::<usize>() < 2 << 20);
}

fn walk(at: &Path, prefix: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(at).unwrap().map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_str().unwrap());
        if entry.path().is_dir() {
            walk(&entry.path(), &format!("{name}/"), found);
        } else {
            found.push(name);
        }
    }
}

#[test]
fn the_demo_tells_its_story() {
    let mirror = demo();
    let shop = r#"namespace="shop""#;
    let errors = |at: u64| {
        let text = format!(
            r#"sum(rate(http_requests_total{{{shop},service="checkout",code=~"5.."}}[5m])) / sum(rate(http_requests_total{{{shop},service="checkout"}}[5m]))"#
        );
        value(&ask(&mirror, everywhere(), Query { start: at, end: at, ..query(&text) }))
    };
    assert!(errors(END - 3_600_000) < 0.01, "an hour ago all was well");
    assert!(errors(END) > 0.03, "now it is not: {}", errors(END));
    let top = format!(
        r#"topk(1, sum by (pod) (container_memory_working_set_bytes{{{shop},container="app",pod=~"checkout-.*"}}))"#
    );
    let top = ask(&mirror, everywhere(), query(&top));
    assert_eq!(records(&top)[0]["metric"]["pod"], LEAKING);
    let restarts = format!("sum by (pod) (kube_pod_container_status_restarts_total{{{shop}}}) > 3");
    assert_eq!(records(&ask(&mirror, everywhere(), query(&restarts))).len(), 3);
    let reason = format!(r#"kube_pod_container_status_last_terminated_reason{{{shop},reason="OOMKilled"}} == 1"#);
    assert_eq!(records(&ask(&mirror, everywhere(), query(&reason))).len(), 3);

    let log = ask(
        &mirror,
        pod("shop", LEAKING, None),
        Logs { since_seconds: Some(600), tail_lines: Some(500), ..Logs::default() },
    );
    let said = lines(&log, Channel::Log);
    assert!(said.iter().any(|line| line.contains("entries never expire")));
    assert!(said.iter().any(|line| line.contains("evictions=0")));

    let about = Selection { kind: "pods".into(), name: Some(LEAKING.into()), ..Selection::default() };
    let events = ask(&mirror, within("shop"), Events(about));
    assert!(
        records(&events)
            .iter()
            .any(|e| e["reason"] == "OOMKilling" && e["message"].to_string().contains("Killed process"))
    );

    let get = Selection { verb: Verb::Get, kind: "pods".into(), name: Some(LEAKING.into()), ..Selection::default() };
    let object = ask(&mirror, within("shop"), Objects(get));
    assert_eq!(records(&object)[0]["containers"][0]["last_state"]["reason"], "OOMKilled");

    for argv in [&["cat", "/proc/meminfo"][..], &["ss", "-tan"], &["ps", "aux"]] {
        let exec = Exec { argv: argv.iter().map(ToString::to_string).collect(), wrapper: vec![] };
        let answer = ask(&mirror, pod("shop", LEAKING, None), exec);
        assert_eq!(answer.outcome(), &Outcome::Complete(Ending::Exit(0)), "{argv:?}");
        assert!(lines(&answer, Channel::Stdout).len() > 1, "{argv:?}");
    }
}

#[test]
fn the_planted_secrets_are_in_the_logs_and_nowhere_in_the_objects() {
    let mirror = demo();
    let planted = include_str!("../../../../demo/planted-secrets.txt");
    let log = ask(&mirror, pod("shop", LEAKING, None), Logs { tail_lines: Some(2000), ..Logs::default() });
    let log = lines(&log, Channel::Log).join("\n");
    let logged = planted.lines().filter(|secret| log.contains(secret)).count();
    assert_eq!(logged, 4, "the redactor has something to do");
    for kind in wardgate_core::floor::KINDS {
        let all = Selection { kind: kind.into(), limit: Some(500), ..Selection::default() };
        let shown = ask(&mirror, everywhere(), Objects(all))
            .body()
            .records
            .iter()
            .map(|r| r.value.to_string())
            .collect::<String>();
        assert!(!planted.lines().any(|secret| shown.contains(secret)), "{kind}");
        assert!(!shown.contains("managedFields") && !shown.contains("last-applied"), "{kind}");
    }
}

#[test]
fn a_namespace_without_the_label_is_closed_in_every_kind() {
    let mirror = demo();
    let ledger = "ledger-7d9f8b6c5-w8zkd";
    let get = |kind: &str, name: &str| {
        Objects(Selection { verb: Verb::Get, kind: kind.into(), name: Some(name.into()), ..Selection::default() })
    };
    let list = |kind: &str| Objects(Selection { kind: kind.into(), ..Selection::default() });
    let exec = || Exec { argv: vec!["uptime".into()], wrapper: vec![] };
    for (what, settled) in [
        ("logs", ask(&mirror, pod("payments", ledger, None), Logs::default())),
        ("events", ask(&mirror, within("payments"), Events::default())),
        ("list", ask(&mirror, within("payments"), list("pods"))),
        ("get", ask(&mirror, within("payments"), get("pods", ledger))),
        ("top", ask(&mirror, within("payments"), list("podmetrics"))),
        ("namespace", ask(&mirror, everywhere(), get("namespaces", "payments"))),
        ("no namespace", ask(&mirror, within("nowhere"), list("pods"))),
        ("exec", ask(&mirror, pod("payments", ledger, None), exec())),
        ("exec where only reading is open", ask(&mirror, pod("batch", "report-29555880-h7k2s", None), exec())),
        ("query", ask(&mirror, everywhere(), query(r#"up{namespace="payments"}"#))),
        ("query without a namespace", ask(&mirror, everywhere(), query("up"))),
        ("query by regex", ask(&mirror, everywhere(), query(r#"up{namespace=~"shop|payments"}"#))),
    ] {
        assert_eq!(rule(&settled), "floor.namespace", "{what}");
    }
    let anywhere = ask(&mirror, everywhere(), list("pods"));
    assert!(records(&anywhere).len() > 5);
    assert!(records(&anywhere).iter().all(|p| p["namespace"] == "shop" || p["namespace"] == "batch"));
    let listed = ask(&mirror, everywhere(), list("namespaces"));
    assert_eq!(records(&listed).iter().map(|n| n["name"].as_str().unwrap()).collect::<Vec<_>>(), ["batch", "shop"]);
    let metrics = Metadata { what: "label-values".into(), name: Some("namespace".into()), ..Metadata::default() };
    let told = ask(&mirror, everywhere(), metrics);
    let values: Vec<_> = records(&told).iter().map(|r| r["metric"]["namespace"].as_str().unwrap()).collect();
    assert_eq!(values, ["batch", "shop"]);
    for what in ["targets", "alerts"] {
        let told =
            ask(&mirror, everywhere(), Metadata { what: what.into(), start: END, end: END, ..Metadata::default() });
        assert!(!records(&told).is_empty(), "{what}");
        assert!(records(&told).iter().all(|r| r["labels"]["namespace"] == "shop"), "{what}");
    }
}

#[test]
fn targets_and_alerts_are_those_of_the_captures_last_moment() {
    let mirror = demo();
    let told = |what: &str, end| {
        let settled =
            ask(&mirror, everywhere(), Metadata { what: what.into(), start: end, end, ..Metadata::default() });
        (settled.body().total.unwrap(), records(&settled).into_iter().cloned().collect::<Vec<_>>())
    };
    let (total, targets) = told("targets", WALL);
    assert_eq!((total, targets.len()), (3, 3));
    assert_eq!(targets[0], json!({"labels": {"job": "cart", "namespace": "shop"}, "health": "up"}));
    let (_, alerts) = told("alerts", WALL);
    let firing = json!({
        "labels": {"alertname": "CheckoutErrorRateHigh", "namespace": "shop", "severity": "page"}, "state": "firing",
    });
    assert_eq!(alerts, [firing]);
    assert_eq!(told("alerts", END - 3_600_000).0, 0, "an hour before nothing fired");
}

#[test]
fn a_cluster_metric_of_the_operators_list_needs_no_namespace() {
    let settled = ask(&demo(), everywhere(), query(r#"node_load1{node="node-b"}"#));
    assert!(value(&settled) > 4.0);
}

#[test]
fn several_containers_need_a_name_unless_one_is_the_default() {
    let mirror = demo();
    let (cart, one) = ("cart-5f6b7c8d9-j7rwq", Logs { tail_lines: Some(1), ..Logs::default() });
    let settled = ask(&mirror, pod("shop", cart, None), one.clone());
    let Outcome::Refused(denials) = settled.outcome() else { panic!() };
    assert_eq!(
        (denials[0].rule.as_str(), denials[0].remedy.as_deref()),
        ("target.container", Some("name one of: app, envoy"))
    );
    assert_eq!(lines(&ask(&mirror, pod("shop", cart, Some("envoy")), one.clone()), Channel::Log).len(), 1);
    assert!(lines(&ask(&mirror, pod("shop", LEAKING, None), one), Channel::Log)[0].contains("INFO"));
}

#[test]
fn logs_are_the_newest_within_every_bound() {
    let mirror = demo();
    let get = |request: Logs| {
        ask(&mirror, pod("shop", "postgres-0", None), request)
            .body()
            .lines(Channel::Log)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let all = get(Logs { tail_lines: Some(2000), ..Logs::default() });
    assert_eq!(get(Logs { tail_lines: Some(3), ..Logs::default() }), all[all.len() - 3..]);
    assert_eq!(get(Logs::default()).len(), all.len().min(200));
    let recent = get(Logs { since_seconds: Some(600), tail_lines: Some(2000), ..Logs::default() });
    assert_eq!(recent, all[all.len() - recent.len()..]);
    assert!(
        recent[0].as_str() > "2026-03-12T14:20:00"
            && all[all.len() - recent.len() - 1].as_str() < "2026-03-12T14:20:00"
    );
    let bytes = all[all.len() - 2..].iter().map(|l| l.len() as u64 + 1).sum::<u64>();
    assert_eq!(get(Logs { limit_bytes: Some(bytes), ..Logs::default() }), all[all.len() - 2..]);
    assert_eq!(get(Logs { limit_bytes: Some(bytes - 1), ..Logs::default() }), all[all.len() - 1..]);
}

#[test]
fn an_earlier_run_has_a_log_of_its_own_or_says_that_it_has_none() {
    let mirror = demo();
    let previous = Logs { previous: true, tail_lines: Some(5), ..Logs::default() };
    assert_eq!(lines(&ask(&mirror, pod("shop", LEAKING, None), previous.clone()), Channel::Log).len(), 5);
    let none = ask(&mirror, pod("shop", "postgres-0", None), previous);
    assert_eq!(none.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Missing)));
    assert!(lines(&none, Channel::Error)[0].contains("no log of an earlier run"));
}

#[test]
fn a_selector_reads_many_pods_one_after_another() {
    let place = Place { pod_selector: Some("app=checkout".into()), ..within("shop") };
    let settled = ask(&demo(), place, Logs { tail_lines: Some(2), ..Logs::default() });
    let body = settled.body();
    assert_eq!(body.parts.iter().map(|p| p.container.as_str()).collect::<Vec<_>>(), ["app", "app", "app"]);
    assert_eq!(body.lanes.iter().map(|l| (l.part, l.lines.len())).collect::<Vec<_>>(), [(0, 2), (1, 2), (2, 2)]);
}

#[test]
fn only_a_captured_argv_has_an_answer_and_the_refusal_lists_them() {
    let mirror = demo();
    let exec = |argv: &[&str]| Exec { argv: argv.iter().map(ToString::to_string).collect(), wrapper: vec![] };
    let settled = ask(&mirror, pod("shop", LEAKING, None), exec(&["cat", "/proc/meminfo", "/etc/passwd"]));
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Unsupported)));
    let said = lines(&settled, Channel::Error).join("\n");
    assert!(said.contains("cat /proc/meminfo") && said.contains("ss -tan"), "{said}");
    let elsewhere = ask(&mirror, pod("shop", "postgres-0", None), exec(&["ss", "-tan"]));
    assert!(lines(&elsewhere, Channel::Error).join("\n").contains(LEAKING));
}

#[test]
fn lists_are_paged_by_a_cursor_without_gap_or_repetition() {
    let mirror = demo();
    for place in [within("shop"), everywhere()] {
        let list = |limit, cursor| {
            Objects(Selection { kind: "pods".into(), limit: Some(limit), cursor, ..Selection::default() })
        };
        let name = |r: &Value| format!("{}/{}", r["namespace"], r["name"]);
        let all: Vec<String> = records(&ask(&mirror, place.clone(), list(500, None))).into_iter().map(name).collect();
        let (mut pages, mut cursor) = (Vec::new(), None);
        loop {
            let page = ask(&mirror, place.clone(), list(2, cursor.take()));
            pages.extend(records(&page).into_iter().map(name));
            cursor = page.body().next.clone();
            if cursor.is_none() {
                break;
            }
            assert!(pages.len() < 100);
        }
        assert_eq!(pages, all);
    }
}

#[test]
fn selectors_choose_objects() {
    let mirror = demo();
    let list = |label: Option<&str>, field: Option<&str>| {
        let selection = Selection {
            kind: "pods".into(),
            label_selector: label.map(Into::into),
            field_selector: field.map(Into::into),
            ..Selection::default()
        };
        ask(&mirror, within("shop"), Objects(selection))
    };
    assert_eq!(records(&list(Some("app=checkout,version=2.4.0"), None)).len(), 3);
    assert_eq!(records(&list(Some("app=checkout"), Some("spec.nodeName=node-b"))).len(), 1);
    assert_eq!(records(&list(Some("app=checkout"), Some("spec.nodeName!=node-b"))).len(), 2);
    assert_eq!(rule(&list(None, Some("spec.serviceAccountName=x"))), "target.selector");
    assert_eq!(rule(&list(Some("a=b;c"), None)), "target.selector");
}

#[test]
fn events_come_in_order_of_time_and_the_newest_survive_a_limit() {
    let mirror = demo();
    let get = |limit| {
        let settled = ask(&mirror, within("shop"), Events(Selection { limit: Some(limit), ..Selection::default() }));
        let times: Vec<String> = records(&settled).iter().map(|e| e["last"].as_str().unwrap().to_owned()).collect();
        (settled.body().total.unwrap(), times)
    };
    let (total, all) = get(500);
    assert_eq!(total, all.len() as u64);
    assert!(all.is_sorted());
    assert_eq!(get(3), (total, all[all.len() - 3..].to_vec()));
}

#[test]
fn the_captures_end_is_now() {
    let mirror = demo();
    let text = r#"sum(up{namespace="shop"})"#;
    let asked = |start, end, step| ask(&mirror, everywhere(), Query { text: text.into(), start, end, step });
    let at_end = records(&asked(END, END, 0))[0].clone();
    assert_eq!(at_end["value"], json!([END / 1000, "3"]));
    assert_eq!(*records(&asked(WALL, WALL, 0))[0], at_end, "the caller's now is the capture's end");
    let hour = asked(WALL - 3_600_000, WALL, 60_000);
    let values = records(&hour)[0]["values"].as_array().unwrap();
    assert_eq!((values.len(), &values[0][0], &values[60][0]), (61, &json!(END / 1000 - 3_600), &json!(END / 1000)));
    let cut = asked(END - 600_000, WALL, 60_000);
    assert_eq!(records(&cut)[0]["values"].as_array().unwrap().len(), 11, "a window into the capture is cut at its end");
}

#[test]
fn what_a_mirror_cannot_evaluate_is_a_fault_with_the_list_of_what_it_has() {
    let settled = ask(&demo(), everywhere(), query(r#"count(hour(up{namespace="shop"}))"#));
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Unsupported)));
    assert!(lines(&settled, Channel::Error).join(" ").contains("it has: selectors"));
}

#[test]
fn reviewers_questions_are_answered_from_the_capture() {
    let mirror = demo();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let place = pod("shop", LEAKING, None);
    let target =
        runtime.block_on(mirror.resolve(&place, &AnyRequest::Exec(Exec::default()))).unwrap().targets.remove(0);
    assert_eq!((target.container.as_str(), target.node.as_str()), ("app", "node-a"));
    assert!(target.image_digest.starts_with("sha256:") && !target.pod_uid.is_empty());
    let ask = |kind: &str, subject: &str, stop_at| {
        let window = Some(Window { start: END - 300_000, end: END });
        let question = Question {
            kind: kind.into(),
            subject: subject.into(),
            window,
            stop_at,
            arguments: std::collections::BTreeMap::new(),
        };
        format!("{:?}", runtime.block_on(mirror.answer(&target, &question)))
    };
    assert_eq!(ask("series", r#"up{namespace="shop"}"#, None), "Ok(Known { value: Number(3), bound: Exact })");
    assert_eq!(ask("series", "up", Some(2)), "Ok(Known { value: Number(2), bound: AtLeast })");
    assert_eq!(ask("series", "sum(up)", None), "Err(Refused)");
    assert_eq!(
        ask("path", "/proc/self/cgroup", None),
        r#"Ok(Known { value: Text("/proc/4127/cgroup"), bound: Exact })"#
    );
    assert_eq!(ask("path", "/etc/shadow", None), "Err(Unavailable)");
    assert_eq!(ask("targets", "", None), "Err(Unavailable)");
}
