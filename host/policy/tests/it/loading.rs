//! What is trusted and still does not load, and says why; what loads without a snapshot.
use crate::kit::*;
use serde_json::json;
use wardgate_core::Verdict;
use wardgate_policy::{LoadError, Mode, PluginConfig, PolicySet, SetError, set::ProblemKind};

fn signed_reviewer(wasm: &[u8], plugins: &[PluginConfig]) -> Result<PolicySet, SetError> {
    let publisher = Publisher::new();
    let mut predicate = predicate("test-a", "reviewer");
    predicate["questions"] = json!(["path"]);
    load(&publisher.trusted(""), vec![publisher.signed(wasm, predicate)], plugins, None)
}

fn load_error(result: Result<PolicySet, SetError>) -> LoadError {
    let mut error = result.err().expect("it loaded");
    match error.problems.remove(0).kind {
        ProblemKind::Load(error) => error,
        other => panic!("{other}"),
    }
}

fn config() -> PluginConfig {
    PluginConfig { name: "test-a".to_owned().try_into().unwrap(), mode: Mode::Enforce, settings: None, questions: None }
}

#[tokio::test]
async fn a_reviewer_written_by_hand_loads_and_allows() {
    let set = reviewer(&Hand::allowing().wat()).unwrap();
    assert!(matches!(verdict(&set).await, Verdict::Allow(a) if a.rule == "test.rule"));
    assert!(set.plugins()[0].frozen);
}

#[test]
fn unknown_imports_are_named() {
    let wit = "package other:thing@0.1.0;
        interface clock { now: func() -> u64; }
        interface net { dial: func(to: string) -> bool; }
        world w { import clock; import net; include wardgate:policy/reviewer@1.0.0; }";
    let LoadError::UnknownImports(names) = load_error(signed_reviewer(&dummy(wit), &[])) else { panic!() };
    assert_eq!(names, ["other:thing/clock@0.1.0", "other:thing/net@0.1.0"]);
}

#[test]
fn a_redactor_may_not_log() {
    let wit = "package other:thing@0.1.0; world w { import wardgate:policy/diagnostics@1.0.0; include wardgate:policy/redactor@1.0.0; }";
    let publisher = Publisher::new();
    let module = publisher.signed(&dummy(wit), predicate("test-a", "redactor"));
    let error = load_error(load(&publisher.trusted(""), vec![module], &[], None));
    assert!(matches!(&error, LoadError::UnknownImports(n) if n == &["wardgate:policy/diagnostics@1.0.0"]), "{error}");
}

#[test]
fn the_other_world_does_not_fit() {
    let redactor = component("redactor", &Scanner::default().wat());
    assert!(matches!(load_error(signed_reviewer(&redactor, &[])), LoadError::World(_)));
}

#[test]
fn one_that_calls_itself_something_else_than_was_signed() {
    for hand in [Hand { name: "test-b".into(), ..Hand::default() }, Hand { version: "1.0.1".into(), ..Hand::default() }]
    {
        let error = load_error(reviewer(&hand.wat()));
        assert!(matches!(&error, LoadError::Identity { signed, .. } if signed == "test-a 1.0.0"), "{error}");
    }
}

#[test]
fn an_ungranted_question_kind() {
    let asks = |kind: &str| Hand { question: Some(kind.into()), ..Hand::default() };
    let error = load_error(reviewer(&asks("series").wat()));
    assert!(matches!(&error, LoadError::Ungranted { kinds, .. } if kinds == &["series"]), "{error}");
    assert!(reviewer(&asks("path").wat()).is_ok());
    let narrowed = PluginConfig { questions: Some(vec![]), ..config() };
    let error = load_error(signed_reviewer(&component("reviewer", &asks("path").wat()), &[narrowed]));
    assert!(matches!(&error, LoadError::Ungranted { granted, .. } if granted.is_empty()), "{error}");
}

#[test]
fn settings_that_do_not_fit_the_schema_say_where_and_why() {
    let schema = r#"{"type":"object","properties":{"n":{"type":"integer"}},"additionalProperties":false}"#;
    let wasm = component("reviewer", &Hand { schema: schema.into(), ..Hand::default() }.wat());
    let with = |settings| signed_reviewer(&wasm, &[PluginConfig { settings: Some(settings), ..config() }]);
    assert!(with(json!({"n": 1})).is_ok());
    let text = load_error(with(json!({"n": "one"}))).to_string();
    assert!(text.contains("/n") && text.contains("integer"), "{text}");
    assert!(matches!(load_error(with(json!({"m": 1}))), LoadError::SettingsMismatch(_)));
    let wasm = component("reviewer", &Hand { schema: "not json".into(), ..Hand::default() }.wat());
    assert!(matches!(load_error(signed_reviewer(&wasm, &[])), LoadError::Schema(_)));
}

#[test]
fn a_guest_s_refusal_of_its_settings_is_told_escaped() {
    // result<setup, string>: 1, then the text
    let configure = r#"(i32.store (i32.const 3000) (i32.const 1)) (i32.store (i32.const 3004) (i32.const 3100))
        (i32.store (i32.const 3008) (i32.const 6)) (return (i32.const 3000))"#;
    let extra = r#"(data (i32.const 3100) "no\n\1b[2J")"#.replace("2J", "m");
    let hand = Hand { configure: configure.into(), extra, ..Hand::default() };
    let text = load_error(reviewer(&hand.wat())).to_string();
    assert!(text.contains(r"no\n\u{1b}[m"), "{text}");
}

#[test]
fn bytes_that_are_no_component() {
    for bytes in [b"".as_slice(), b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0\xff"] {
        assert!(matches!(load_error(signed_reviewer(bytes, &[])), LoadError::Invalid(_)));
    }
}

#[test]
fn loops_bombs_and_traps_at_load_are_told_apart() {
    for (configure, kind) in
        [("(loop (br 0))", "deadline"), ("(drop (memory.grow (i32.const 1000)))", "memory"), ("(unreachable)", "trap")]
    {
        let error = load_error(reviewer(&Hand { configure: configure.into(), ..Hand::default() }.wat()));
        assert!(
            matches!(&error, LoadError::Guest { stage: "configure", fault } if fault.kind() == kind),
            "{kind}: {error}"
        );
    }
    let start = Hand { extra: "(func $spin (loop (br 0))) (start $spin)".into(), ..Hand::default() };
    let error = load_error(reviewer(&start.wat()));
    assert!(
        matches!(&error, LoadError::Guest { stage: "instantiate", fault } if fault.kind() == "deadline"),
        "{error}"
    );
}

#[test]
fn what_grew_too_large_for_a_call_does_not_load() {
    // 6 MiB: within the 8 MiB of a load, beyond the 4 MiB of a call
    let hand = Hand { configure: "(drop (memory.grow (i32.const 88)))".into(), ..Hand::default() };
    let error = load_error(reviewer(&hand.wat()));
    assert!(matches!(&error, LoadError::Guest { stage: "first fresh instance", .. }), "{error}");
}

#[test]
fn the_publisher_s_own_memory_limit_holds() {
    let publisher = Publisher::new();
    let mut predicate = predicate("test-a", "reviewer");
    // The hand's memory has eight pages.
    for (limit, loads) in [(8 * PAGE, true), (7 * PAGE, false)] {
        predicate["limits"] = json!({"memoryBytes": limit});
        let module = publisher.signed(&component("reviewer", &Hand::default().wat()), predicate.clone());
        assert_eq!(load(&publisher.trusted(""), vec![module], &[], None).is_ok(), loads, "{limit}");
    }
}

#[tokio::test]
async fn what_cannot_be_frozen_is_configured_each_time_and_says_so() {
    let counts = "(i32.store (i32.const 60000) (i32.add (i32.load (i32.const 60000)) (i32.const 1)))";
    // Configured exactly once, in whichever instance: then it allows.
    let once = format!(
        "(if (i32.ne (i32.load (i32.const 60000)) (i32.const 1)) (then (unreachable))) (i32.const {})",
        Hand::DATA
    );
    let with =
        |extra: &str| Hand { configure: counts.into(), review: once.clone(), extra: extra.into(), ..Hand::allowing() };
    let growing = "(table $t 1 9 funcref) (func (drop (table.grow $t (ref.null func) (i32.const 1))))";
    for (extra, frozen) in [("", true), (growing, false), ("(global (mut v128) (v128.const i64x2 0 0))", false)] {
        let set = reviewer(&with(extra).wat()).unwrap();
        assert_eq!(set.plugins()[0].frozen, frozen, "{extra}");
        for _ in 0..3 {
            assert!(matches!(verdict(&set).await, Verdict::Allow(_)), "{extra}");
        }
    }
}

#[test]
fn proposals_that_are_off_do_not_load() {
    for (name, extra) in [
        ("tail calls", "(func $f return_call $f)"),
        ("multi-memory", "(memory 1)"),
        ("threads", "(func (drop (i32.atomic.load (i32.const 0))))"),
        ("relaxed simd", "(func (param v128) (result v128) (i32x4.relaxed_trunc_f32x4_s (local.get 0)))"),
        ("exceptions", "(tag $e) (func (throw $e))"),
        ("gc", "(type $s (struct (field i32))) (func (drop (struct.new_default $s)))"),
        ("function references", "(type $f (func)) (func (param (ref $f)) (call_ref $f (local.get 0)))"),
        (
            "wide arithmetic",
            "(func (result i64 i64) (i64.add128 (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)))",
        ),
    ] {
        let error = load_error(reviewer(&Hand { extra: extra.into(), ..Hand::default() }.wat()));
        assert!(matches!(error, LoadError::Invalid(_)), "{name}: {error}");
    }
}

#[test]
fn a_set_is_made_whole_or_not_at_all_and_says_all_that_is_wrong() {
    let publisher = Publisher::new();
    let good = |name: &str| {
        let wat = Hand { name: name.into(), ..Hand::default() }.wat();
        publisher.signed(&component("reviewer", &wat), predicate(name, "reviewer"))
    };
    let mut unsigned = good("test-b");
    unsigned.bundle = None;
    let absent = PluginConfig { name: "test-z".to_owned().try_into().unwrap(), ..config() };
    let error = load(&publisher.trusted(""), vec![good("test-a"), unsigned], &[absent], None).err().unwrap();
    let text = error.to_string();
    assert!(
        text.contains("policy test-b: it is not signed") && text.contains("policy test-z: is configured"),
        "{text}"
    );
    assert!(load(&publisher.trusted(""), vec![good("test-a"), good("test-a")], &[], None).is_err());
}

#[test]
fn monitor_mode_is_for_reviewers_only() {
    let publisher = Publisher::new();
    let module = publisher.signed(&component("redactor", &Scanner::default().wat()), predicate("test-a", "redactor"));
    let monitor = PluginConfig { mode: Mode::Monitor, ..config() };
    let error = load(&publisher.trusted(""), vec![module], &[monitor], None).err().unwrap();
    assert!(error.to_string().contains("monitor mode is for reviewers only"), "{error}");
}

#[test]
fn the_digest_of_a_set_names_everything_that_decides() {
    let publisher = Publisher::new();
    let wasm = component("reviewer", &Hand::default().wat());
    let other = component("reviewer", &Hand::allowing().wat());
    let digest = |wasm: &[u8], config: PluginConfig| {
        let module = publisher.signed(wasm, predicate("test-a", "reviewer"));
        load(&publisher.trusted(""), vec![module], &[config], None).unwrap().digest().to_owned()
    };
    let all = [
        digest(&wasm, config()),
        digest(&other, config()),
        digest(&wasm, PluginConfig { mode: Mode::Monitor, ..config() }),
        digest(&wasm, PluginConfig { settings: Some(json!({"x": 1})), ..config() }),
    ];
    assert_eq!(all[0], digest(&wasm, config()), "and nothing else");
    for (i, a) in all.iter().enumerate() {
        assert!(all.iter().skip(i + 1).all(|b| a != b), "{all:?}");
    }
}

#[test]
fn inspect_runs_nothing_that_is_not_trusted() {
    let (publisher, stranger) = (Publisher::new(), Publisher::new());
    let wasm = component("reviewer", &Hand { configure: "(loop (br 0))".into(), ..Hand::default() }.wat());
    let now = || NOW.parse().unwrap();
    let module = stranger.signed(&wasm, predicate("test-a", "reviewer"));
    let report = wardgate_policy::inspect::inspect(&host(), module, &publisher.trusted(""), None, now());
    assert!(!report.is_good() && report.load_error.is_none());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["signature"]["status"], "refused");

    let module = publisher.signed(&component("reviewer", &Hand::default().wat()), predicate("test-a", "reviewer"));
    let report = wardgate_policy::inspect::inspect(&host(), module, &publisher.trusted(""), None, now());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["signature"]["publisher"], "acme");
    assert_eq!(json["component"]["rules"][0]["id"], "test.rule");
    assert_eq!(json["component"]["kinds"].as_array().unwrap().len(), 8);
    assert_eq!(json["component"]["frozen"], true);
    assert!(json["component"]["exports"][0].as_str().unwrap().contains("review"));
}
