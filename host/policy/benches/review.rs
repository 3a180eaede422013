//! What the policies cost: a review by a fresh instance of each shipped reviewer, and redaction of whole streams, by the sandbox alone
//! and behind the native prefilter, as `wardgate` runs it. The budgets are the shipped ones. `cargo bench -p wardgate-policy`
//! The same redaction rules without a sandbox: `just redaction-speed`.
#![allow(missing_docs, clippy::unwrap_used)]
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use wardgate_core::{
    AnyRequest, Channel, Context, Exec, Form, Logs, Origin, Redactors, Reviewers, Subject, Target, Verdict,
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
    group.finish();

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
