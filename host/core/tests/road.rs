//! The promises of the road, each a test. Policy, evidence and cluster are stand-ins here.
#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]
mod common;
use common::{Step::*, *};
use std::{
    sync::{Arc, atomic::Ordering::SeqCst},
    time::Duration,
};
use wardgate_core::*;

#[tokio::test]
async fn a_secret_cut_at_any_byte_is_masked() {
    let text_ = "a KEY12345678 b KEY1234";
    for cut in 0..text_.len() {
        let book = Book::default();
        let cluster = Cluster::new([
            Bytes(Channel::Log, &text_[..cut]),
            Bytes(Channel::Log, &text_[cut..]),
            End(Ending::Complete),
        ]);
        let settled = road(&book, Keys).travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await;
        assert_eq!(text(&settled, Channel::Log), "a [redacted:key] b KEY1234", "cut at {cut}");
        assert_eq!(settled.body().masked["key"], 1);
        assert_eq!(book.lines().len(), 2);
    }
}

#[tokio::test]
async fn exec_keeps_its_channels_apart_and_says_the_exit_code() {
    let book = Book::default();
    let cluster = Cluster::new([
        Bytes(Channel::Stdout, "KEY1234"),
        Bytes(Channel::Stderr, "oops KEY00000000\n"),
        Bytes(Channel::Stdout, "5678 ok\n"),
        End(Ending::Exit(3)),
    ]);
    let settled = road(&book, Keys).travel(exec("ls /x"), cluster as Arc<dyn Backend<Exec>>, never()).await;
    assert_eq!(text(&settled, Channel::Stdout), "[redacted:key] ok");
    assert_eq!(text(&settled, Channel::Stderr), "oops [redacted:key]");
    assert_eq!(settled.outcome(), &Outcome::Complete(Ending::Exit(3)));
    assert_eq!(*book.tape.lock().unwrap(), ["stderr: oops [redacted:key]\n", "stdout: [redacted:key] ok\n", "end"]);
}

#[tokio::test]
async fn a_denied_call_touches_nothing_is_on_record_and_its_words_are_redacted() {
    let (book, cluster) = (Book::default(), Cluster::new([]));
    let settled = road(&book, Keys).travel(exec("sh ls"), cluster.clone() as Arc<dyn Backend<Exec>>, never()).await;
    let Outcome::Refused(denials) = settled.outcome() else { panic!("{:?}", settled.outcome()) };
    assert_eq!(
        (denials[0].rule.as_str(), denials[0].reason.as_str()),
        ("exec.shell", "a shell runs anything, [redacted:key] too")
    );
    assert_eq!((cluster.pulls.load(SeqCst), book.lines()), (0, vec!["refused exec".to_string()]));
}

#[tokio::test]
async fn an_instead_is_shown_only_if_it_would_pass() {
    for (argv, shown) in [("sh ls", true), ("sh reboot", false), ("sh sh", false), ("sh cat", false)] {
        let settled =
            road(&Book::default(), Keys).travel(exec(argv), Cluster::new([]) as Arc<dyn Backend<Exec>>, never()).await;
        let Outcome::Refused(denials) = settled.outcome() else { panic!() };
        assert_eq!(denials[0].instead.is_some(), shown, "{argv}");
    }
}

#[tokio::test]
async fn an_ask_runs_nothing_and_says_so() {
    let (book, cluster) = (Book::default(), Cluster::new([]));
    let settled =
        road(&book, Keys).travel(exec("reboot now"), cluster.clone() as Arc<dyn Backend<Exec>>, never()).await;
    assert!(matches!(settled.outcome(), Outcome::NeedsApproval(d) if d[0].rule == "exec.ask"));
    assert_eq!(cluster.pulls.load(SeqCst), 0);
}

#[tokio::test]
async fn a_request_that_nobody_claims_is_denied() {
    let settled = road(&Book::default(), Keys)
        .travel(call(Events::default()), Cluster::new([]) as Arc<dyn Backend<Events>>, never())
        .await;
    assert!(matches!(settled.outcome(), Outcome::Refused(d) if d[0].rule == "policy.unclaimed"));
}

#[tokio::test]
async fn a_question_is_answered_and_asked_again_within_bounds() {
    let run = |argv: &'static str| async move {
        let cluster = Cluster::new([End(Ending::Exit(0))]);
        road(&Book::default(), Keys).travel(exec(argv), cluster as Arc<dyn Backend<Exec>>, never()).await
    };
    assert_eq!(run("cat /x").await.outcome(), &Outcome::Complete(Ending::Exit(0)));
    assert!(matches!(run("forever x").await.outcome(), Outcome::Refused(d) if d[0].rule == "policy.rounds"));
}

#[tokio::test]
async fn the_floor_refuses_an_unlabelled_namespace_whatever_policies_say() {
    let mut call = call(Logs::default());
    call.place.namespace = Some("private".into());
    let (book, cluster) = (Book::default(), Cluster::new([]));
    let settled = road(&book, Keys).travel(call, cluster.clone() as Arc<dyn Backend<Logs>>, never()).await;
    assert!(matches!(settled.outcome(), Outcome::Refused(d) if d[0].rule == "floor.namespace"));
    assert_eq!((cluster.pulls.load(SeqCst), book.lines()), (0, vec!["refused logs".to_string()]));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_look_up_meets_the_deadline() {
    let mut lost = call(Logs::default());
    lost.place.namespace = Some("hang".into());
    let settled = road(&Book::default(), Keys).travel(lost, Cluster::new([]) as Arc<dyn Backend<Logs>>, never()).await;
    assert!(matches!(settled.outcome(), Outcome::Refused(d) if d[0].rule == "call.lookup-deadline"));
    let settled = road(&Book::default(), Keys)
        .travel(exec("cat hang"), Cluster::new([]) as Arc<dyn Backend<Exec>>, never())
        .await;
    assert!(matches!(settled.outcome(), Outcome::Complete(_)), "the reviewer heard `timeout` and decided");
}

#[tokio::test]
async fn a_full_recorder_cuts_the_exec_and_releases_nothing_unrecorded() {
    let book = Book { room: Some(5), ..Book::default() };
    let cluster = Cluster::new([Bytes(Channel::Stdout, "one\n"), Bytes(Channel::Stdout, "two\n"), Hang]);
    let settled = road(&book, Keys).travel(exec("ls /x"), cluster.clone() as Arc<dyn Backend<Exec>>, never()).await;
    assert_eq!((text(&settled, Channel::Stdout).as_str(), settled.outcome()), ("one", &Outcome::Cut(Cut::Recorder)));
    assert_eq!(cluster.closed.load(SeqCst), 1);
}

#[tokio::test]
async fn a_ledger_that_is_down_refuses_and_shows_nothing() {
    let book = Book { down: true, ..Book::default() };
    let cluster = Cluster::new([Bytes(Channel::Log, "x\n")]);
    let settled =
        road(&book, Keys).travel(call(Logs::default()), cluster.clone() as Arc<dyn Backend<Logs>>, never()).await;
    assert_eq!((settled.outcome(), cluster.pulls.load(SeqCst)), (&Outcome::Unrecorded, 0));
    let settled =
        road(&book, Keys).turn_away(Subject::named("a"), "nope", Denial::new("tool.unknown", "no such tool")).await;
    assert_eq!(settled.outcome(), &Outcome::Unrecorded);
}

#[tokio::test]
async fn fault_text_takes_the_same_road() {
    let settled =
        road(&Book::default(), Keys).travel(exec("missing"), Cluster::new([]) as Arc<dyn Backend<Exec>>, never()).await;
    assert_eq!(text(&settled, Channel::Error), "no such file, [redacted:key]");
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Missing)));
    let cluster = Cluster::new([Record(r#"{"v":"KEY00000001"}"#), Broken("KEY12345678 gone")]);
    let settled =
        road(&Book::default(), Keys).travel(call(Query::default()), cluster as Arc<dyn Backend<Query>>, never()).await;
    assert_eq!(settled.body().records[0].value, serde_json::json!({"v": "[redacted:key]"}));
    assert_eq!(text(&settled, Channel::Error), "[redacted:key] gone");
}

#[tokio::test]
async fn a_record_that_is_no_json_is_redacted_as_text() {
    let cluster = Cluster::new([Record("{broken KEY12345678"), End(Ending::Complete)]);
    let settled = road(&Book::default(), Keys)
        .travel(call(Objects::default()), cluster as Arc<dyn Backend<Objects>>, never())
        .await;
    // The default selection names no kind, which the floor refuses.
    assert!(matches!(settled.outcome(), Outcome::Refused(d) if d[0].rule == "floor.kind"));
    let pods = Objects(Selection { kind: "pods".into(), ..Selection::default() });
    let cluster = Cluster::new([Record("{broken KEY12345678"), End(Ending::Complete)]);
    let settled = road(&Book::default(), Keys).travel(call(pods), cluster as Arc<dyn Backend<Objects>>, never()).await;
    assert_eq!(text(&settled, Channel::Object), "{broken [redacted:key]");
}

#[tokio::test]
async fn a_redactor_that_decides_nothing_gets_one_mask_and_the_stream_goes_on() {
    let cluster =
        Cluster::new((0..40_000).map(|_| Bytes(Channel::Log, "0123456789abcdef")).chain([End(Ending::Complete)]));
    let settled =
        road(&Book::default(), Hoarder).travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await;
    let shown = text(&settled, Channel::Log);
    assert!(shown.starts_with("[redacted:withheld]") && settled.body().masked["withheld"] == 1);
}

#[tokio::test]
async fn a_trap_withholds_the_rest() {
    let cluster = Cluster::new([Bytes(Channel::Log, "ok\n"), Bytes(Channel::Log, "secret\n"), End(Ending::Complete)]);
    let settled =
        road(&Book::default(), Trapper).travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await;
    assert_eq!(text(&settled, Channel::Log), "ok");
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Redactor { plugin: "p".into(), what: "trap".into() }));
}

#[tokio::test(start_paused = true)]
async fn a_hanging_stream_and_a_hanging_start_meet_the_deadline_and_settle() {
    let book = Book::default();
    let cluster = Cluster::new([Bytes(Channel::Log, "ok\n"), Hang]);
    let settled =
        road(&book, Keys).travel(call(Logs::default()), cluster.clone() as Arc<dyn Backend<Logs>>, never()).await;
    assert_eq!((text(&settled, Channel::Log).as_str(), settled.outcome()), ("ok", &Outcome::Cut(Cut::Deadline)));
    assert_eq!((cluster.closed.load(SeqCst), book.lines().len()), (1, 2));
    let settled = road(&book, Keys).travel(exec("hang"), Cluster::new([]) as Arc<dyn Backend<Exec>>, never()).await;
    assert_eq!((settled.outcome(), book.lines().len()), (&Outcome::Cut(Cut::Deadline), 4));
}

#[tokio::test]
async fn a_caller_who_leaves_stops_the_source_and_the_call_still_settles() {
    let book = Book::default();
    let (tell, told) = tokio::sync::oneshot::channel::<()>();
    let cluster = Cluster::new([Bytes(Channel::Log, "ok\n"), Hang]);
    let road = road(&book, Keys);
    let pulls = cluster.pulls.clone();
    let stop: Stop = Box::pin(async move {
        let _ = told.await;
    });
    let task =
        tokio::spawn(async move { road.travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, stop).await });
    while pulls.load(SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    drop(tell);
    assert_eq!(task.await.unwrap().outcome(), &Outcome::Cut(Cut::Stopped));
    assert_eq!(book.lines().last().unwrap(), "outcome Cut(Stopped)");
}

#[tokio::test]
async fn an_aborted_task_is_on_record_as_abandoned() {
    let book = Book::default();
    let cluster = Cluster::new([Hang]);
    let (road, pulls) = (road(&book, Keys), cluster.pulls.clone());
    let task =
        tokio::spawn(
            async move { road.travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await },
        );
    while pulls.load(SeqCst) < 1 {
        tokio::task::yield_now().await;
    }
    task.abort();
    let _ = task.await;
    assert_eq!(book.lines(), ["intent logs", "abandoned"]);
}

#[tokio::test]
async fn the_read_limit_is_met_to_the_byte_and_said() {
    let mut road = road(&Book::default(), Keys);
    road.limits.read_bytes = 6;
    let cluster =
        Cluster::new([Bytes(Channel::Log, "one\n"), Bytes(Channel::Log, "two\nthree\n"), End(Ending::Complete)]);
    let settled = road.travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await;
    assert_eq!((text(&settled, Channel::Log).as_str(), settled.body().read_bytes), ("one\ntw", 6));
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::ReadLimit));
}

#[tokio::test]
async fn the_newest_lines_of_a_log_are_kept_within_the_budget() {
    let mut road = road(&Book::default(), Keys);
    road.limits.released_bytes = 6;
    let cluster =
        Cluster::new([Bytes(Channel::Log, "1111\n2222\n"), Bytes(Channel::Log, "3333\n"), End(Ending::Complete)]);
    let settled = road.travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await;
    let lane = &settled.body().lanes[0];
    assert_eq!((lane.lines.as_slice(), lane.lines_cut, lane.bytes_cut), (["3333".to_string()].as_slice(), 2, 10));
}

#[tokio::test]
async fn two_channels_that_flood_at_once_share_one_budget() {
    let mut road = road(&Book::default(), Keys);
    road.limits.released_bytes = 12;
    let flood =
        [Channel::Stdout, Channel::Stderr, Channel::Stdout, Channel::Stderr].map(|channel| Bytes(channel, "12345\n"));
    let cluster = Cluster::new(flood.into_iter().chain([End(Ending::Exit(0))]));
    let settled = road.travel(exec("ls"), cluster as Arc<dyn Backend<Exec>>, never()).await;
    let shown: usize = settled.body().lanes.iter().flat_map(|lane| &lane.lines).map(|line| line.len() + 1).sum();
    assert_eq!(shown, 12);
    assert_eq!(settled.body().lanes.iter().map(|lane| lane.lines_cut).sum::<u64>(), 2);
}

struct Has(&'static str);
impl Select for Has {
    fn keep(&self, line: &str) -> bool {
        line.contains(self.0)
    }
}

#[tokio::test]
async fn a_pattern_is_matched_against_redacted_lines_only() {
    for (pattern, shown) in [("123", ""), ("redacted", "x [redacted:key]"), ("plain", "plain")] {
        let cluster = Cluster::new([Bytes(Channel::Log, "x KEY12345678\nplain\n"), End(Ending::Complete)]);
        let call = Call { select: Some(Arc::new(Has(pattern))), ..call(Logs::default()) };
        let settled = road(&Book::default(), Keys).travel(call, cluster as Arc<dyn Backend<Logs>>, never()).await;
        assert_eq!(text(&settled, Channel::Log), shown);
        assert_eq!(settled.body().lanes[0].lines_read, 2);
    }
}

#[tokio::test]
async fn the_parts_of_a_selector_share_one_budget_and_stay_apart() {
    let mut road = road(&Book::default(), Keys);
    road.limits.released_bytes = 12;
    let mut both = call(Logs::default());
    both.place = Place { namespace: Some("shop".into()), pod_selector: Some("app=x".into()), ..Place::default() };
    let cluster = Cluster::new([
        Bytes(Channel::Log, "a1\na2\na3\n"),
        Part(1),
        Bytes(Channel::Log, "b1\nb2\nb3\nb4\n"),
        End(Ending::Complete),
    ]);
    let settled = road.travel(both, cluster as Arc<dyn Backend<Logs>>, never()).await;
    let lines: Vec<_> = settled.body().lanes.iter().map(|lane| (lane.part, lane.lines.join(" "))).collect();
    assert_eq!(lines, [(0, "a2 a3".to_string()), (1, "b3 b4".to_string())]);
    assert_eq!(settled.body().parts[1].pod, "b");
}

#[tokio::test]
async fn records_are_cut_between_documents_and_the_rest_is_counted() {
    let mut road = road(&Book::default(), Keys);
    road.limits.items = 2;
    let pods = Objects(Selection { kind: "pods".into(), ..Selection::default() });
    let cluster = Cluster::new([Record("{\"n\":1}"), Record("{\"n\":2}"), Record("{\"n\":3}"), End(Ending::Complete)]);
    let settled = road.travel(call(pods), cluster as Arc<dyn Backend<Objects>>, never()).await;
    assert_eq!((settled.body().records.len(), settled.body().records_cut), (2, 1));
}

#[tokio::test]
async fn of_too_many_events_the_newest_survive() {
    let mut road = road(&Book::default(), Keys);
    road.limits.items = 2;
    road.reviewers = Arc::new(Open);
    let cluster = Cluster::new([Record("{\"n\":1}"), Record("{\"n\":2}"), Record("{\"n\":3}"), End(Ending::Complete)]);
    let settled = road.travel(call(Events::default()), cluster as Arc<dyn Backend<Events>>, never()).await;
    let shown: Vec<_> = settled.body().records.iter().map(|record| record.value["n"].clone()).collect();
    assert_eq!((shown, settled.body().records_cut), (vec![serde_json::json!(2), serde_json::json!(3)], 1));
}

#[tokio::test]
async fn escapes_in_output_are_made_visible() {
    let cluster = Cluster::new([Bytes(Channel::Log, "\u{1b}[2Jgone\u{202e}\n"), End(Ending::Complete)]);
    let settled =
        road(&Book::default(), Keys).travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await;
    assert_eq!(text(&settled, Channel::Log), "\\x1b[2Jgone\\u{202e}");
}

#[tokio::test]
async fn a_judgement_touches_no_backend_and_is_on_record() {
    let (book, cluster) = (Book::default(), Cluster::new([]));
    let judgement = road(&book, Keys).judge(exec("ls /x"), &*cluster, never()).await;
    assert!(matches!(judgement.ruling, Ruling::Allow(_)) && judgement.rules == ["standin.yes"]);
    let judgement = road(&book, Keys).judge(exec("sh x"), &*cluster, never()).await;
    assert!(matches!(judgement.ruling, Ruling::Deny(d) if d[0].rule == "exec.shell"));
    assert_eq!((cluster.pulls.load(SeqCst), book.lines().len()), (0, 2));
}

/// Has one call under way, whatever it is, and remembers what was asked of it.
#[derive(Default)]
struct OneUnderWay(std::sync::Mutex<Option<Vec<Answer>>>);

impl Unadmitted for OneUnderWay {
    fn take(&self, context: &Context, _: &AnyRequest) -> Option<Awaited> {
        assert_eq!((context.origin, context.target.pod.as_str()), (Origin::Admission, "pod"));
        let answers = self.0.lock().unwrap().take()?;
        Some(Awaited { id: CallId::new("committed"), answers })
    }
}

#[tokio::test]
async fn at_the_admission_gate_an_ask_passes_for_a_committed_call_and_a_denial_does_not() {
    for (command, own, verdict) in [
        ("ls /x", false, "allow standin.yes"),
        ("ls /x", true, "allow standin.yes"),
        ("reboot", false, "ask exec.ask"),
        ("reboot", true, "allow exec.ask"),
        ("sh x", true, "deny exec.shell"),
    ] {
        let (book, cluster) = (Book::default(), Cluster::new([]));
        let waiting = OneUnderWay(std::sync::Mutex::new(own.then(Vec::new)));
        let judgement = road(&book, Keys).judge_admission(exec(command), &*cluster, &waiting, never()).await;
        let got = match &judgement.ruling {
            Ruling::Allow(_) => format!("allow {}", judgement.rules.join(" ")),
            Ruling::Ask(asks) => format!("ask {}", asks[0].rule),
            Ruling::Deny(denials) => format!("deny {}", denials[0].rule),
        };
        assert_eq!((got.as_str(), judgement.of.is_some()), (verdict, own), "{command}");
        assert_eq!((cluster.pulls.load(SeqCst), book.lines().len()), (0, 1), "{command}");
    }
}

#[tokio::test]
async fn at_the_admission_gate_a_committed_call_is_heard_with_the_answers_it_had() {
    let question = Question {
        kind: "path".into(),
        subject: "hang".into(),
        window: None,
        stop_at: None,
        arguments: std::collections::BTreeMap::new(),
    };
    let known = Known { value: Value::Text("/x".into()), bound: Bound::Exact };
    let waiting = OneUnderWay(std::sync::Mutex::new(Some(vec![Answer { question, outcome: Ok(known) }])));
    let (mut road, cluster) = (road(&Book::default(), Keys), Cluster::new([]));
    road.limits.time = std::time::Duration::from_millis(100);
    let begun = std::time::Instant::now();
    let judgement = road.judge_admission(exec("cat hang"), &*cluster, &waiting, never()).await;
    assert!(matches!(judgement.ruling, Ruling::Allow(_)));
    assert!(begun.elapsed() < std::time::Duration::from_millis(50), "nothing was looked up");
}

/// A stop is an async block at the gateway: asked again after it was ready, it would panic.
#[tokio::test]
async fn a_stop_during_a_look_up_stays_one_for_the_rest_of_the_call() {
    let (book, cluster) = (Book::default(), Cluster::new([]));
    let stop: Stop = Box::pin(async { tokio::time::sleep(std::time::Duration::from_millis(10)).await });
    let settled = road(&book, Keys).travel(exec("cat hang"), cluster as Arc<dyn Backend<Exec>>, stop).await;
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Stopped));
    assert_eq!(book.lines().len(), 2, "{:?}", book.lines());
}

#[tokio::test]
async fn a_call_that_does_not_fit_its_target_is_committed_anew_once_and_no_more() {
    let book = Book::default();
    let cluster = Cluster::new([]);
    let settled = road(&book, Keys).travel(exec("unprepared"), cluster as Arc<dyn Backend<Exec>>, never()).await;
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Unprepared)));
    assert_eq!(book.lines().iter().filter(|line| line.starts_with("intent")).count(), 2);
}

fn assert_send<T: Send>(_: T) {}

#[test]
fn the_road_can_be_spawned() {
    let book = Book::default();
    let road = road(&book, Keys);
    assert_send(async move {
        let _ = road.travel(call(Logs::default()), Cluster::new([]) as Arc<dyn Backend<Logs>>, never()).await;
    });
}

/// Wall-clock time that goes with the runtime's, and look-ups that take some of it.
struct Slow(tokio::time::Instant);

impl Clock for Slow {
    fn now(&self) -> u64 {
        1_800_000_000_000 + u64::try_from(self.0.elapsed().as_millis()).unwrap()
    }
    fn after(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

impl Lookup for Slow {
    fn resolve<'a>(&'a self, place: &'a Place, request: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(400)).await;
            Places::default().resolve(place, request).await
        })
    }
    fn answer<'a>(&'a self, _: &'a Target, _: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        Box::pin(async { Err(Unanswered::Unsupported) })
    }
}

#[tokio::test(start_paused = true)]
async fn the_clock_starts_when_the_call_arrives_and_look_ups_are_part_of_it() {
    let slow = Arc::new(Slow(tokio::time::Instant::now()));
    let mut road = road(&Book::default(), Keys);
    (road.clock, road.lookup) = (slow.clone(), slow.clone());
    road.limits.time = Duration::from_secs(1);
    let cluster = Cluster::new([Bytes(Channel::Log, "one\n"), Hang]);
    let settled = road.travel(call(Logs::default()), cluster as Arc<dyn Backend<Logs>>, never()).await;
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Deadline));
    assert_eq!(slow.0.elapsed().as_millis().div_ceil(10), 100, "a second in all, not a second after 0.4 of looking up");
}
