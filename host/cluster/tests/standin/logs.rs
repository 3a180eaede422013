//! Faults of a kubelet during a log, and a credential that is replaced.
use crate::stage::{Stage, text};
use bytes::Bytes;
use std::time::{Duration, Instant};
use wardgate_core::*;

const NOW: Duration = Duration::ZERO;

fn piece(text: &'static str) -> (Duration, Option<Bytes>) {
    (NOW, Some(Bytes::from_static(text.as_bytes())))
}

async fn read(log: crate::server::Log) -> Settled {
    let stage = Stage::new().await;
    stage.server.log(log);
    let begun = Instant::now();
    let settled = stage.run(Logs::default()).await;
    assert!(begun.elapsed() < Duration::from_secs(3), "it took {:?}", begun.elapsed());
    assert_eq!(stage.book.lines().last().unwrap(), &format!("outcome {:?}", settled.outcome()));
    settled
}

#[tokio::test]
async fn a_log_that_stalls_ends_at_the_deadline_with_what_came() {
    let settled = read(vec![piece("one\n"), (Duration::from_secs(60), None)]).await;
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Deadline));
    assert_eq!(text(&settled, Channel::Log), "one");
}

#[tokio::test]
async fn a_log_that_floods_ends_at_the_read_limit() {
    let block = Bytes::from("line of a flood\n".repeat(4 << 10));
    let settled = read((0..16 << 10).map(|_| (NOW, Some(block.clone()))).collect()).await;
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::ReadLimit));
    assert_eq!(settled.body().read_bytes, 1 << 20);
}

#[tokio::test]
async fn a_log_that_is_cut_says_so_and_shows_what_came() {
    let settled = read(vec![piece("one\n"), (Duration::from_millis(50), None)]).await;
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Broken)));
    assert_eq!(text(&settled, Channel::Log), "one");
}

#[tokio::test]
async fn a_log_of_single_bytes_is_put_together() {
    let letters = "drip\ndrop\n".bytes().map(|byte| (Duration::from_millis(1), Some(Bytes::from(vec![byte]))));
    let settled = read(letters.collect()).await;
    assert_eq!(settled.outcome(), &Outcome::Complete(Ending::Complete));
    assert_eq!(text(&settled, Channel::Log), "drip\ndrop");
}

/// Service account tokens are replaced under a running program; the client reads the file anew about once a minute.
#[tokio::test]
#[ignore = "takes a minute"]
async fn a_token_that_was_replaced_is_used_within_a_minute() {
    let stage = Stage::new().await;
    let tokens = |stage: &Stage| stage.server.seen().last().unwrap().authorization.clone();
    stage.server.log(vec![piece("x\n")]);
    let _ = stage.run(Logs::default()).await;
    assert_eq!(tokens(&stage), "Bearer first-token");
    std::fs::write(stage.dir.path().join("token"), "second-token").unwrap();
    tokio::time::sleep(Duration::from_secs(61)).await;
    stage.server.log(vec![piece("x\n")]);
    let _ = stage.run(Logs::default()).await;
    assert_eq!(tokens(&stage), "Bearer second-token");
}
