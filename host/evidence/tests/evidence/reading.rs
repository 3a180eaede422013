//! What people read out of a log.
use crate::common::{DONE, body, call, dir, exec, inline, intent, open, small_log};
use std::sync::Arc;
use wardgate_core::{Cut, Denial, Ending, FaultKind, Ledger, Outcome};
use wardgate_evidence::{Filter, Kind, Reader, memory::MemoryDisk, read::ReadError};

fn reader(disk: &MemoryDisk) -> Reader {
    Reader::on(Arc::new(disk.clone()), dir())
}

#[tokio::test]
async fn a_list_says_who_did_what_to_what_and_how_it_ended() {
    let disk = MemoryDisk::new(16 << 20);
    small_log(&disk).await;
    let calls = reader(&disk).calls(&Filter::default()).unwrap();
    let line = |name: &str| calls.iter().find(|line| line.call == name).unwrap();
    let first = line("call-0");
    assert_eq!(
        (first.user.as_str(), first.tool.as_str(), first.target.as_str(), first.kind.as_str()),
        ("alice", "k8s_get_logs", "shop/web-0/app", "logs")
    );
    assert_eq!((first.verdict.as_str(), first.outcome.as_str(), first.masked), ("allow", "complete", 2));
    assert_eq!(first.rules, ["read.logs"]);
    assert_eq!(first.incident.as_deref(), Some("INC-7"));
    let refused = line("refused-0");
    assert_eq!((refused.verdict.as_str(), refused.outcome.as_str()), ("deny", "refused"));
    assert_eq!(refused.rules, ["exec.shell"]);
    let away = line("away-0");
    assert_eq!((away.verdict.as_str(), &away.rules[..]), ("turned_away", &["call.unknown-tool".to_owned()][..]));
    assert_eq!(line("dropped-0").outcome, "abandoned");
}

#[tokio::test]
async fn every_outcome_has_a_word() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    let redactor = Cut::Redactor { plugin: "secrets".into(), what: "trap".into() };
    let outcomes = [
        (DONE, "complete"),
        (Outcome::Complete(Ending::Exit(3)), "exit 3"),
        (Outcome::Complete(Ending::Unknown), "unknown"),
        (Outcome::Cut(Cut::Deadline), "cut: deadline"),
        (Outcome::Cut(Cut::Backend(FaultKind::Missing)), "cut: backend missing"),
        (Outcome::Cut(redactor), "cut: redactor"),
        (Outcome::Unrecorded, "unrecorded"),
    ];
    for (n, (outcome, _)) in outcomes.iter().enumerate() {
        let opened = log.commit(&intent(&format!("c-{n}"))).await.unwrap();
        opened.slip.settle(outcome, &body("x")).await.unwrap();
    }
    let open_call = log.commit(&intent("running")).await.unwrap();
    let asked = Outcome::NeedsApproval(vec![Denial::new("exec.write", "asks")]);
    log.refuse(&intent("asked"), &asked).await.unwrap();
    let calls = reader(&disk).calls(&Filter::default()).unwrap();
    let words: Vec<&str> = calls.iter().map(|line| line.outcome.as_str()).collect();
    let mut wanted: Vec<&str> = outcomes.iter().map(|(_, word)| *word).collect();
    wanted.extend(["open", "needs_approval"]);
    assert_eq!(words, wanted);
    assert_eq!(calls.last().unwrap().verdict, "ask");
    drop(open_call);
}

#[tokio::test]
async fn a_filter_keeps_the_newest_that_fit() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    for n in 0..9 {
        call(&log, &format!("c-{n}")).await;
    }
    drop(log.commit(&exec("x-1")).await.unwrap());
    let names = |filter: Filter| -> Vec<String> {
        reader(&disk).calls(&filter).unwrap().into_iter().map(|line| line.call).collect()
    };
    assert_eq!(names(Filter { limit: 3, ..Filter::default() }), ["c-7", "c-8", "x-1"]);
    assert_eq!(names(Filter { tool: Some("k8s_exec_readonly".into()), ..Filter::default() }), ["x-1"]);
    assert_eq!(names(Filter { user: Some("bob".into()), ..Filter::default() }), Vec::<String>::new());
}

#[tokio::test]
async fn one_call_shows_all_its_records_with_the_reviewers_whole_input() {
    let disk = MemoryDisk::new(16 << 20);
    let log = open(&disk, inline());
    call(&log, "c-1").await;
    call(&log, "c-2").await;
    let records = reader(&disk).call("c-1").unwrap();
    assert_eq!(records.iter().map(|r| r.kind).collect::<Vec<_>>(), [Kind::Intent, Kind::Outcome]);
    let mut wanted = serde_json::to_value(intent("c-1")).unwrap();
    assert_eq!(records[0].data, wanted.take(), "nothing of the input is left out");
    let shown = serde_json::to_value(body("shown")).unwrap();
    let digest = wardgate_evidence::canonical::sha256_hex(&wardgate_evidence::canonical::canonical(&shown));
    assert_eq!(records[1].data["released"]["sha256"], digest.as_str());
    assert!(matches!(reader(&disk).call("c-3"), Err(ReadError::NoCall)));
    assert!(matches!(reader(&disk).recording("c-1"), Err(ReadError::NoRecording)));
}
