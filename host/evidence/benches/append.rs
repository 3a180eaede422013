//! Records a second at 1, 8 and 32 clients, beside the disk's own flush rate in the same run. `cargo bench -p wardgate-evidence`.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::{os::unix::fs::FileExt, sync::Arc, time::Duration};
use wardgate_core::{BoxFuture, CallId, Clock, Denial, Ledger, Subject, TurnedAway};
use wardgate_evidence::{EvidenceLog, Options};

struct System;
impl Clock for System {
    fn now(&self) -> u64 {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
        u64::try_from(now.as_millis()).unwrap()
    }
    fn after(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// About 700 bytes on record.
fn away(n: u64) -> TurnedAway {
    TurnedAway {
        id: CallId::new(format!("00000000-0000-4000-8000-{n:012}")),
        arrived: 0,
        subject: Subject::named("bench"),
        tool: "k8s_get_logs".into(),
        denial: Denial::new("quota.calls", "x".repeat(250)),
    }
}

fn append(c: &mut Criterion) {
    let base = std::env::var_os("WARDGATE_BENCH_DIR").map_or_else(std::env::temp_dir, Into::into);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let mut group = c.benchmark_group("evidence");
    group.sample_size(10).measurement_time(Duration::from_secs(4));

    let dir = tempfile::tempdir_in(&base).unwrap();
    let file = std::fs::File::create(dir.path().join("flush")).unwrap();
    file.write_all_at(&vec![0; 1 << 20], 0).unwrap();
    file.sync_all().unwrap();
    let mut at = 0;
    group.throughput(Throughput::Elements(1));
    group.bench_function("bare 700-byte write and fdatasync, zero-filled file", |b| {
        b.iter(|| {
            file.write_all_at(&[b'x'; 700], at).unwrap();
            file.sync_data().unwrap();
            at = (at + 700) % (1 << 19);
        });
    });

    for clients in [1u64, 8, 32] {
        let dir = tempfile::tempdir_in(&base).unwrap();
        let log = EvidenceLog::open(dir.path(), Options::default(), Arc::new(System)).unwrap();
        group.throughput(Throughput::Elements(clients));
        group.bench_function(BenchmarkId::new("records by clients", clients), |b| {
            b.iter_custom(|rounds| {
                let start = std::time::Instant::now();
                runtime.block_on(async {
                    let tasks: Vec<_> = (0..clients)
                        .map(|client| {
                            let log = log.clone();
                            tokio::spawn(async move {
                                for n in 0..rounds {
                                    log.turn_away(&away(client * 1_000_000 + n)).await.unwrap();
                                }
                            })
                        })
                        .collect();
                    for task in tasks {
                        task.await.unwrap();
                    }
                });
                start.elapsed()
            });
        });
        runtime.block_on(log.close()).unwrap();
    }
    group.finish();
}

criterion_group!(benches, append);
criterion_main!(benches);
