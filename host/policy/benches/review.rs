//! What the policies cost: a review by a fresh instance of each shipped reviewer, and redaction of whole streams, by the sandbox alone
//! and behind the native prefilter, as `wardgate` runs it. The budgets are the shipped ones. `cargo bench -p wardgate-policy`
//! The same redaction rules without a sandbox: `just redaction-speed`.
#![allow(missing_docs, clippy::unwrap_used, clippy::print_stdout)]
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::{hint::black_box, time::Instant};
use wardgate_core::{
    Answer, AnyRequest, Bound, Channel, Context, Exec, Form, Known, Logs, Origin, Query, Redactors, Reviewers, Subject,
    Target, Value, Verdict,
};
use wardgate_policy::{
    Host, PolicyDirectory, PolicySet, SetSource, TrustPolicy, engine::Settings, prefilter, set::MakePrefilter,
};

fn set(prefilter: Option<MakePrefilter>) -> PolicySet {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies-wasm");
    let pem = std::fs::read_to_string(format!("{folder}/publisher.pub")).unwrap();
    let trust = TrustPolicy::built_in(&pem).unwrap();
    let modules = PolicyDirectory::open(folder.as_ref()).unwrap().modules().unwrap();
    let now = "2026-11-24T00:00:00Z".parse().unwrap();
    let host = Host::new(Settings::default()).unwrap();
    PolicySet::load(&host, SetSource { modules, trust: &trust, plugins: &[], cache: None, now, prefilter }).unwrap()
}

fn context() -> Context {
    let target =
        Target { namespace: "shop".into(), pod: "cart-1".into(), container: "cart".into(), ..Target::default() };
    let subject = Subject::named("alice");
    Context { subject, target, origin: Origin::Gateway, now: 1_795_000_000_000, attributes: [].into() }
}

fn exec(argv: &[&str]) -> AnyRequest {
    AnyRequest::Exec(Exec { argv: argv.iter().map(ToString::to_string).collect(), wrapper: vec![] })
}

fn query(text: String) -> AnyRequest {
    AnyRequest::Query(Query { text, start: 1_795_000_000_000 - 1_800_000, end: 1_795_000_000_000, step: 30_000 })
}

/// About a kilobyte, as dashboards write it: eight selectors, grouped and joined.
fn kilobyte() -> String {
    let one = |n: usize| {
        format!(
            "sum by (namespace, pod) (rate(http_requests_total{{namespace=\"shop\", service=\"checkout-{n}\", code=~\"5..|429\", \
             handler!=\"/healthz\"}}[5m]))"
        )
    };
    (0..8).map(one).collect::<Vec<_>>().join(" + ")
}

/// What breaks parsers: quadratic and deep.
fn hostile() -> Vec<(&'static str, String)> {
    vec![
        ("query: 50,000 additions", format!("a{}", "+a".repeat(50_000))),
        ("query: 50,000 unary minus", format!("{}a", "-".repeat(50_000))),
        ("query: 50,000 parentheses", format!("{}a{}", "(".repeat(50_000), ")".repeat(50_000))),
        ("query: 200 additions in 4 KB", format!("a{}", "+aaaaaaaaaaaaaaaaa".repeat(200))),
        ("query: functions 32 deep", format!("{}a{}", "abs(".repeat(32), ")".repeat(32))),
        ("query: a pattern of 4 KB", format!("a{{b=~\"{}\"}}", "x|".repeat(2_000))),
    ]
}

/// A query's whole review: what the guard asks, answered by a host that knows, and its verdict then.
async fn judged(set: &PolicySet, context: &Context, request: &AnyRequest) -> Verdict {
    let mut answers = Vec::new();
    loop {
        let opinions = set.review(context, request, &answers).await;
        let Some(guard) = opinions.into_iter().find(|opinion| opinion.verdict != Verdict::Abstain) else {
            return Verdict::Abstain;
        };
        let Verdict::Need(questions) = guard.verdict else { return guard.verdict };
        let known = Known { value: Value::Number(200), bound: Bound::Exact };
        answers.extend(questions.into_iter().map(|question| Answer { question, outcome: Ok(known.clone()) }));
    }
}

/// Criterion tells means; what somebody waits for at worst are percentiles. Both rounds: the guard asks, and judges the answers.
fn percentiles(runtime: &tokio::runtime::Runtime, set: &PolicySet, context: &Context) {
    let request = query(kilobyte());
    let review = |answers: &[Answer]| {
        let began = Instant::now();
        let opinions = runtime.block_on(set.review(context, black_box(&request), answers));
        (began.elapsed(), opinions)
    };
    let asked = review(&[]).1.into_iter().find_map(|opinion| match opinion.verdict {
        Verdict::Need(questions) => Some(questions),
        _ => None,
    });
    let known = Known { value: Value::Number(200), bound: Bound::Exact };
    let answers = asked.unwrap().into_iter().map(|question| Answer { question, outcome: Ok(known.clone()) });
    let answers: Vec<Answer> = answers.collect();
    assert!(review(&answers).1.iter().any(|opinion| matches!(opinion.verdict, Verdict::Allow(_))));
    for (round, answers) in [("asks", &[][..]), ("judges", &answers)] {
        let mut times: Vec<_> = (0..2_000).map(|_| review(answers).0).collect();
        times.sort_unstable();
        println!(
            "a query of {} bytes, the guard {round}: p50 {:?}, p99 {:?}",
            kilobyte().len(),
            times[1_000],
            times[1_980]
        );
    }
}

/// Ordinary lines; `secrets` of them a hundred hold one.
fn log(size: usize, secrets: usize) -> Vec<u8> {
    let lines = (0..).map(|i: usize| {
        let time = format!("2026-11-23T10:{:02}:{:02}Z", i / 60 % 60, i % 60);
        if i % 100 < secrets {
            format!("{time} WARN  auth retry user=svc-{i} password=hunter{i}X! host=db-1 attempt={}\n", i % 5)
        } else {
            format!(
                "{time} INFO  cart request id={i:08x} path=/api/v1/cart/{} status=200 took={}ms bytes={}\n",
                i * 37,
                i % 90,
                i * 113
            )
        }
    });
    let mut text = Vec::new();
    for line in lines {
        if text.len() + line.len() > size {
            break;
        }
        text.extend_from_slice(line.as_bytes());
    }
    text
}

fn bench(c: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (bare, set, context) = (set(None), set(Some(prefilter::make)), context());

    let mut group = c.benchmark_group("review");
    let logs = AnyRequest::Logs(Logs { tail_lines: Some(100), ..Logs::default() });
    for (name, request) in [
        ("exec: cat /proc/meminfo", exec(&["cat", "/proc/meminfo"])),
        ("exec: ss -tan state established", exec(&["ss", "-tan", "state", "established"])),
        ("exec: sh -c id", exec(&["sh", "-c", "id"])),
        ("logs: 100 lines", logs),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| {
                let opinions = runtime.block_on(set.review(&context, black_box(&request), &[]));
                assert!(!matches!(&opinions[0].verdict, Verdict::Deny(d) if d.rule == "policy.fault"));
                opinions
            });
        });
    }
    let queries = std::iter::once(("query: a kilobyte", kilobyte())).chain(hostile());
    for (name, text) in queries {
        let request = query(text);
        group.bench_function(name, |b| {
            b.iter(|| {
                let verdict = runtime.block_on(judged(&set, &context, black_box(&request)));
                // One that ran into its deadline would be a fault of the policy.
                assert!(!matches!(&verdict, Verdict::Deny(d) if d.rule.starts_with("policy.")), "{verdict:?}");
            });
        });
    }
    group.finish();
    percentiles(&runtime, &set, &context);

    for (how, set) in [("sandbox alone", &bare), ("behind the prefilter", &set)] {
        let mut group = c.benchmark_group(format!("redact, {how}"));
        let open = || set.open(&context, Channel::Log, Form::Text);
        group.bench_function("nothing", |b| {
            b.iter(|| runtime.block_on(async { open().await.unwrap().finish().await.unwrap() }));
        });
        for (name, text) in [
            ("100 lines", log(10 << 10, 0)),
            ("100 lines, 1 % secrets", log(10 << 10, 1)),
            ("1 MiB, ordinary", log(1 << 20, 0)),
            ("1 MiB, 1 % secrets", log(1 << 20, 1)),
            ("1 MiB, a secret in every line", log(1 << 20, 100)),
        ] {
            group.throughput(Throughput::Bytes(text.len() as u64));
            group.sample_size(20);
            group.bench_function(name, |b| {
                b.iter(|| {
                    runtime.block_on(async {
                        let mut stream = open().await.unwrap();
                        for piece in text.chunks(64 << 10) {
                            black_box(stream.scan(piece).await.unwrap());
                        }
                        stream.finish().await.unwrap()
                    })
                });
            });
        }
        group.finish();
    }
}

criterion_group!(benches, bench);
criterion_main!(benches);
