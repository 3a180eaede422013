//! Faults of a kubelet during an exec.
use crate::{
    server::{Exec, Talk},
    stage::{Stage, text},
};
use std::time::{Duration, Instant};
use wardgate_core::*;

const RUNS_ON: &str = "may still be running in the container, until its own time limit kills it 30 s after its start";

/// Runs `id` against one script; ends in time, on record, and with one outcome.
async fn ends(exec: Exec) -> (Settled, Stage) {
    let stage = Stage::new().await;
    stage.server.exec(exec);
    let begun = Instant::now();
    let settled = stage.exec("id").await;
    assert!(begun.elapsed() < Duration::from_secs(3), "it took {:?}", begun.elapsed());
    let outcomes = stage.book.lines().iter().filter(|line| line.starts_with("outcome")).count();
    assert_eq!(outcomes, 1, "{:?}", stage.book.lines());
    assert_eq!(stage.book.lines().last().unwrap(), &format!("outcome {:?}", settled.outcome()));
    (settled, stage)
}

fn cut(cut: Cut) -> Outcome {
    Outcome::Cut(cut)
}

#[tokio::test]
async fn a_command_that_ends_well_says_so() {
    let (settled, stage) = ends(Exec::prints("uid=0\n")).await;
    assert_eq!(settled.outcome(), &Outcome::Complete(Ending::Exit(0)));
    assert_eq!((text(&settled, Channel::Stdout), text(&settled, Channel::Error)), ("uid=0".into(), String::new()));
    assert_eq!(stage.server.commands(), ["timeout -s KILL 30 id"]);
    let seen = stage.server.seen();
    let exec = seen.iter().find(|seen| seen.path.ends_with("/exec")).unwrap();
    assert_eq!(exec.audit_id, settled.id().as_str());
}

#[tokio::test]
async fn no_status_frame_is_unknown_and_never_success() {
    let (settled, _) = ends(Exec::talk(|mut talk: Talk| async move {
        talk.send(1, b"all fine\n").await;
        talk.close().await;
    }))
    .await;
    assert_eq!(settled.outcome(), &Outcome::Complete(Ending::Unknown));
    assert_eq!(text(&settled, Channel::Stdout), "all fine");
    assert!(text(&settled, Channel::Error).contains(RUNS_ON));
}

#[tokio::test]
async fn a_status_that_is_no_status_is_unknown() {
    let long = "x".repeat(100_000);
    for status in ["", "{", "[1]", "{\"status\":\"Perhaps\"}", &long] {
        let status = status.to_owned();
        let (settled, _) = ends(Exec::talk(move |mut talk: Talk| async move {
            talk.send(3, status.as_bytes()).await;
        }))
        .await;
        assert_eq!(settled.outcome(), &Outcome::Complete(Ending::Unknown));
    }
}

#[tokio::test]
async fn a_socket_cut_shows_what_came_and_says_that_it_broke_off() {
    let (settled, _) = ends(Exec::talk(|mut talk: Talk| async move {
        talk.send(1, b"half\n").await;
        drop(talk);
    }))
    .await;
    assert_eq!(settled.outcome(), &cut(Cut::Backend(FaultKind::Broken)));
    assert_eq!(text(&settled, Channel::Stdout), "half");
    assert!(text(&settled, Channel::Error).contains(RUNS_ON), "{}", text(&settled, Channel::Error));
}

#[tokio::test]
async fn a_stall_ends_at_the_deadline() {
    let (settled, _) = ends(Exec::talk(|mut talk: Talk| async move {
        talk.send(1, b"begun\n").await;
        talk.until_left().await;
    }))
    .await;
    assert_eq!(settled.outcome(), &cut(Cut::Deadline));
    assert_eq!(text(&settled, Channel::Stdout), "begun");
    assert!(text(&settled, Channel::Error).contains(RUNS_ON));
}

#[tokio::test]
async fn a_drip_of_single_bytes_ends_at_the_deadline() {
    let (settled, stage) = ends(Exec::talk(|mut talk: Talk| async move {
        while talk.send(1, b"x").await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }))
    .await;
    assert_eq!(settled.outcome(), &cut(Cut::Deadline));
    let read = settled.body().read_bytes;
    assert!(read > 10 && read == text(&settled, Channel::Stdout).len() as u64, "{read}");
    assert!(stage.book.sealed() >= read, "every byte is recorded");
}

#[tokio::test]
async fn a_flood_ends_at_the_read_limit_and_holds_to_the_byte() {
    for (channel, stream) in [(1, Channel::Stdout), (2, Channel::Stderr)] {
        let (settled, _) = ends(Exec::talk(move |mut talk: Talk| async move {
            let line = [b'y', b'\n'].repeat(16 << 10);
            while talk.send(channel, &line).await {}
        }))
        .await;
        assert_eq!(settled.outcome(), &cut(Cut::ReadLimit));
        assert_eq!(settled.body().read_bytes, 1 << 20);
        let shown: usize = settled.body().lines(stream).map(|line| line.len() + 1).sum();
        assert!(shown <= 64 << 10, "{shown}");
    }
}

#[tokio::test]
async fn a_message_too_large_for_any_kubelet_breaks_the_stream() {
    let (settled, _) = ends(Exec::talk(|mut talk: Talk| async move {
        talk.send(1, &vec![b'x'; 8 << 20]).await;
        talk.success().await;
    }))
    .await;
    assert_eq!(settled.outcome(), &cut(Cut::Backend(FaultKind::Broken)));
    assert_eq!(settled.body().read_bytes, 0);
}

#[tokio::test]
async fn binary_is_read_whole_and_made_visible() {
    let (settled, stage) = ends(Exec::talk(|mut talk: Talk| async move {
        let all: Vec<u8> = (0..=255).collect();
        talk.send(1, &all).await;
        talk.success().await;
    }))
    .await;
    assert_eq!(settled.outcome(), &Outcome::Complete(Ending::Exit(0)));
    assert_eq!((settled.body().read_bytes, stage.book.sealed()), (256, 256));
    let shown = text(&settled, Channel::Stdout);
    assert!(!shown.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{shown:?}");
}

#[tokio::test]
async fn frames_of_no_known_channel_and_empty_ones_are_nothing() {
    let (settled, _) = ends(Exec::talk(|mut talk: Talk| async move {
        for (channel, data) in [(0, &b"in"[..]), (4, b"size"), (9, b"odd"), (255, b"\x01"), (1, b""), (2, b"")] {
            talk.send(channel, data).await;
        }
        talk.send(1, b"out\n").await;
        talk.exit(3).await;
    }))
    .await;
    assert_eq!(settled.outcome(), &Outcome::Complete(Ending::Exit(3)));
    assert_eq!((text(&settled, Channel::Stdout), settled.body().read_bytes), ("out".into(), 4));
}

#[tokio::test]
async fn a_refusal_is_told_in_the_servers_words_by_its_kind_and_is_not_asked_twice() {
    for (status, kind) in [
        (500, FaultKind::Unavailable),
        (503, FaultKind::Unavailable),
        (429, FaultKind::Unavailable),
        (403, FaultKind::Refused),
        (404, FaultKind::Missing),
        (400, FaultKind::Invalid),
        // An answer, but no WebSocket.
        (200, FaultKind::Unavailable),
    ] {
        let (settled, stage) = ends(Exec::Refuse(status, "dialing the kubelet failed".into())).await;
        assert_eq!(stage.server.commands().len(), 1, "{status}");
        assert_eq!(settled.outcome(), &cut(Cut::Backend(kind)), "{status}");
        assert_eq!(text(&settled, Channel::Error), "dialing the kubelet failed", "nothing was started");
    }
}

#[tokio::test]
async fn a_refusal_of_any_length_is_read_in_part() {
    let (settled, _) = ends(Exec::Refuse(500, "long ".repeat(1 << 20))).await;
    assert_eq!(settled.outcome(), &cut(Cut::Backend(FaultKind::Unavailable)));
    assert!(text(&settled, Channel::Error).len() <= 64 << 10);
}

#[tokio::test]
async fn a_pod_replaced_before_the_run_is_not_run_in() {
    let stage = Stage::new().await;
    stage.server.replace_pod();
    let settled = stage.exec("id").await;
    assert_eq!(settled.outcome(), &cut(Cut::Backend(FaultKind::Changed)));
    assert!(text(&settled, Channel::Error).contains("nothing was run"));
    assert!(stage.server.commands().is_empty());
}

#[tokio::test]
async fn a_pod_replaced_while_it_ran_is_on_record_and_said() {
    let (settled, _) = ends(Exec::talk(|mut talk: Talk| async move {
        talk.send(1, b"whose?\n").await;
        talk.server().replace_pod();
        talk.success().await;
    }))
    .await;
    assert_eq!(settled.outcome(), &cut(Cut::Backend(FaultKind::Changed)));
    assert_eq!(text(&settled, Channel::Stdout), "whose?");
    assert!(text(&settled, Channel::Error).contains("the output may come from that pod"));
}

#[tokio::test]
async fn a_pod_that_is_gone_or_cannot_be_read_afterwards_is_said() {
    for (status, kind) in [(404, FaultKind::Changed), (500, FaultKind::Unavailable), (403, FaultKind::Refused)] {
        let (settled, _) = ends(Exec::talk(move |mut talk: Talk| async move {
            talk.send(1, b"whose?\n").await;
            talk.server().break_pod(status);
            talk.success().await;
        }))
        .await;
        assert_eq!(settled.outcome(), &cut(Cut::Backend(kind)));
        assert!(text(&settled, Channel::Error).contains("the output may come from another pod"));
    }
}

#[tokio::test]
async fn a_caller_that_leaves_ends_the_stream_and_the_call_settles() {
    let stage = Stage::new().await;
    stage.server.exec(Exec::talk(|mut talk: Talk| async move { talk.until_left().await }));
    let left = Box::pin(async { tokio::time::sleep(Duration::from_millis(100)).await });
    let request = wardgate_core::Exec { argv: vec!["id".into()], wrapper: vec![] };
    let settled = stage.run_until(request, left).await;
    assert_eq!(settled.outcome(), &cut(Cut::Stopped));
    assert!(text(&settled, Channel::Error).contains(RUNS_ON));
}
