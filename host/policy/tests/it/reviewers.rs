//! Reviewers that misbehave: each way ends in a denial that names the plugin and what it did, and the next call is fine.
use crate::kit::*;
use std::time::{Duration, Instant};
use wardgate_core::{AnyRequest, Logs, Reviewers, Verdict};
use wardgate_policy::{Host, Mode, PluginConfig, PolicySet, SetSource, engine::Settings, set::FAULT_RULE};

/// The kind of fault behind a denial, with its words.
async fn fault(hand: Hand) -> (String, String) {
    let set = reviewer(&hand.wat()).unwrap();
    match verdict(&set).await {
        Verdict::Deny(denial) if denial.rule == FAULT_RULE => {
            assert_eq!(denial.details["plugin"], "test-a");
            assert!(denial.reason.contains("test-a") && denial.remedy.is_some());
            (denial.details["fault"].clone(), denial.reason)
        }
        other => panic!("{other:?}"),
    }
}

fn reviewing(instructions: &str) -> Hand {
    Hand { review: format!("{instructions} (global.get $verdict)"), ..Hand::default() }
}

#[tokio::test]
async fn one_that_loops_meets_its_deadline() {
    let begun = Instant::now();
    let (kind, reason) = fault(reviewing("(loop (br 0))")).await;
    assert_eq!(kind, "deadline");
    assert!(reason.contains("300ms"), "{reason}");
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[tokio::test]
async fn one_that_eats_memory_is_told_from_one_that_traps() {
    assert_eq!(
        fault(reviewing("(if (i32.eq (memory.grow (i32.const 1000)) (i32.const -1)) (then (unreachable)))")).await.0,
        "memory"
    );
    assert_eq!(fault(reviewing("(unreachable)")).await.0, "trap");
}

#[tokio::test]
async fn an_answer_after_a_refused_allocation_does_not_count() {
    let hand = Hand { review: "(drop (memory.grow (i32.const 1000))) (i32.const 4096)".into(), ..Hand::allowing() };
    assert_eq!(fault(hand).await.0, "memory");
}

#[tokio::test]
async fn endless_recursion() {
    let hand = Hand { extra: "(func $deep (call $deep) (call $deep))".into(), ..reviewing("(call $deep)") };
    assert_eq!(fault(hand).await.0, "trap");
}

#[tokio::test]
async fn a_rule_that_it_never_announced() {
    // "test.rul": one letter short
    for (tag, answer) in [(1, &[1_600, 8][..]), (3, &[1_600, 8, 1_600, 9])] {
        let (kind, reason) = fault(Hand::answering(tag, answer)).await;
        assert_eq!(kind, "answer");
        assert!(reason.contains("never announced"), "{reason}");
    }
}

#[tokio::test]
async fn a_pointer_out_of_its_memory_as_answer() {
    assert_eq!(fault(Hand { review: "(i32.const -8)".into(), ..Hand::default() }).await.0, "engine");
    assert_eq!(fault(Hand::answering(1, &[0x7fff_0000, 9])).await.0, "engine");
    assert_eq!(fault(Hand::answering(9, &[])).await.0, "engine");
}

/// Half a MiB of memory answers with 1,500 questions of 64 bytes, whose kind and subject all point at the same 300 KB.
#[tokio::test]
async fn a_huge_answer_costs_the_host_nothing() {
    let fill = "(local $i i32)
        (memory.fill (i32.const 140000) (i32.const 97) (i32.const 300000))
        (loop $next
            (i32.store (i32.add (i32.const 8200) (local.get $i)) (i32.const 140000))
            (i32.store offset=4 (i32.add (i32.const 8200) (local.get $i)) (i32.const 300000))
            (i32.store offset=8 (i32.add (i32.const 8200) (local.get $i)) (i32.const 140000))
            (i32.store offset=12 (i32.add (i32.const 8200) (local.get $i)) (i32.const 300000))
            (local.set $i (i32.add (local.get $i) (i32.const 64)))
            (br_if $next (i32.lt_u (local.get $i) (i32.const 96000))))
        (i32.store (i32.const 4104) (i32.const 8200)) (i32.store offset=4 (i32.const 4104) (i32.const 1500))
        (i32.const 4096)";
    let hand = Hand { review: fill.into(), ..Hand::answering(4, &[]) };
    let (kind, reason) = fault(hand).await;
    assert_eq!(kind, "engine");
    assert!(reason.contains("fuel") || reason.contains("too much data"), "{reason}");
}

#[tokio::test]
async fn texts_and_questions_beyond_their_bounds() {
    let long_reason = Hand::answering(3, &[1_600, 9, 140_000, 2_049]);
    let (kind, reason) = fault(long_reason).await;
    assert_eq!(kind, "answer");
    assert!(reason.contains("2 KiB"), "{reason}");
    // At the bound it counts.
    let set = reviewer(&Hand::answering(3, &[1_600, 9, 140_000, 2_048]).wat()).unwrap();
    assert!(matches!(verdict(&set).await, Verdict::Deny(d) if d.rule == "test.rule" && d.reason.len() == 2_048));
    let none = fault(Hand::answering(4, &[8_192, 0])).await;
    assert!(none.1.contains("no questions"), "{none:?}");
    let many = fault(Hand::answering(4, &[8_192, 33])).await;
    assert!(many.1.contains("more than 32"), "{many:?}");
}

#[tokio::test]
async fn a_question_of_a_kind_that_it_did_not_announce() {
    // kind "test.rule", subject ""
    let mut hand = Hand::answering(4, &[4_120, 1, 0, 0]);
    hand.data +=
        &[1_600_u32, 9, 0, 0].iter().flat_map(|w| w.to_le_bytes()).map(|b| format!("\\{b:02x}")).collect::<String>();
    let (kind, reason) = fault(hand).await;
    assert_eq!(kind, "answer");
    assert!(reason.contains("did not announce"), "{reason}");
}

#[tokio::test]
async fn an_announced_question_reaches_the_road() {
    let mut hand = Hand { question: Some("path".into()), ..Hand::answering(4, &[4_120, 1, 0, 0]) };
    hand.data += &[1_400_u32, 4, 1_600, 9]
        .iter()
        .flat_map(|w| w.to_le_bytes())
        .map(|b| format!("\\{b:02x}"))
        .collect::<String>();
    let set = reviewer(&hand.wat()).unwrap();
    let Verdict::Need(questions) = verdict(&set).await else { panic!() };
    assert_eq!((questions[0].kind.as_str(), questions[0].subject.as_str()), ("path", "test.rule"));
}

#[tokio::test]
async fn the_call_after_a_fault_is_fine_and_nothing_survives_between_calls() {
    // Each call finds zero in its memory and leaves one; the second visit to the same memory would trap.
    let review = "(if (i32.load (i32.const 60000)) (then (unreachable))) (i32.store (i32.const 60000) (i32.const 1)) (i32.const 4096)";
    let set = reviewer(&Hand { review: review.into(), ..Hand::allowing() }.wat()).unwrap();
    for _ in 0..50 {
        assert!(matches!(verdict(&set).await, Verdict::Allow(_)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn looping_plugins_do_not_hold_up_the_tasks_of_others() {
    let set = std::sync::Arc::new(reviewer(&reviewing("(loop (br 0))").wat()).unwrap());
    // The first call finds out that it loops.
    assert!(matches!(verdict(&set).await, Verdict::Deny(_)));
    let many: Vec<_> = (0..8)
        .map(|_| {
            tokio::spawn({
                let set = set.clone();
                async move { verdict(&set).await }
            })
        })
        .collect();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let begun = Instant::now();
    for _ in 0..10 {
        tokio::task::yield_now().await;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    assert!(begun.elapsed() < Duration::from_millis(250), "{:?}", begun.elapsed());
    for task in many {
        assert!(matches!(task.await.unwrap(), Verdict::Deny(d) if d.rule == FAULT_RULE));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_wait_for_a_place_is_part_of_the_deadline() {
    let host = Host::new(Settings { reviews: 1, ..settings() }).unwrap();
    let publisher = Publisher::new();
    let modules = vec![
        publisher.signed(&component("reviewer", &reviewing("(loop (br 0))").wat()), predicate("test-a", "reviewer")),
    ];
    let trust = publisher.trusted("");
    let source =
        SetSource { modules, trust: &trust, plugins: &[], cache: None, now: NOW.parse().unwrap(), prefilter: None };
    let set = std::sync::Arc::new(PolicySet::load(&host, source).unwrap());
    assert!(matches!(verdict(&set).await, Verdict::Deny(_)));
    let many: Vec<_> = (0..4)
        .map(|_| {
            tokio::spawn({
                let set = set.clone();
                async move { verdict(&set).await }
            })
        })
        .collect();
    let begun = Instant::now();
    let mut busy = 0;
    for task in many {
        let Verdict::Deny(denial) = task.await.unwrap() else { panic!() };
        busy += usize::from(denial.details["fault"] == "busy");
    }
    assert!(busy >= 1, "nobody had to wait");
    assert!(
        begun.elapsed() < Duration::from_millis(1_200),
        "four in a row would take that long: {:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn only_those_who_claim_a_kind_are_asked() {
    // kinds: exec only
    let hand = Hand { configure: "(i32.store8 (i32.const 1804) (i32.const 8))".into(), ..Hand::allowing() };
    let set = reviewer(&hand.wat()).unwrap();
    assert_eq!(opinions(&set).await.len(), 1);
    assert!(set.review(&context(), &AnyRequest::Logs(Logs::default()), &[]).await.is_empty());
}

#[tokio::test]
async fn a_reviewer_on_trial_is_marked_even_when_it_fails() {
    let publisher = Publisher::new();
    let name: wardgate_policy::statement::Name = "test-a".to_owned().try_into().unwrap();
    let monitor = PluginConfig { name, mode: Mode::Monitor, settings: None, questions: None };
    let module =
        publisher.signed(&component("reviewer", &reviewing("(unreachable)").wat()), predicate("test-a", "reviewer"));
    let set = load(&publisher.trusted(""), vec![module], &[monitor], None).unwrap();
    let opinion = opinions(&set).await.remove(0);
    assert!(opinion.monitor && matches!(opinion.verdict, Verdict::Deny(_)));
}
