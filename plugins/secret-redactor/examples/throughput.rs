//! How fast the detector is, natively and on one core: `cargo run --release --example throughput`. Linux' account of this thread's
//! own time is read, so that other jobs on the machine matter less. Texts are generated here, 16 MiB each, best of five.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::cast_precision_loss)]
use secret_redactor::{Detector, Scanner, Settings, expand};
use std::{fmt::Write, time::Instant};

const SIZE: usize = 16 << 20;

fn text(lines: &[&str]) -> String {
    let (mut out, mut seed) = (String::with_capacity(SIZE + 4096), 1);
    let mut i = 0;
    while out.len() < SIZE {
        let line = expand(lines[i % lines.len()], &mut seed);
        let _ = writeln!(out, "2026-11-24T10:{:02}:{:02}.{:03}Z {line}", i / 60 % 60, i % 60, i % 1000);
        i += 1;
    }
    out
}

fn measure(detector: &Detector, name: &str, text: &str) {
    if std::env::args().nth(1).is_some_and(|only| !name.contains(&only)) {
        return;
    }
    let mut best = f64::MAX;
    let mut count = 0;
    for _ in 0..5 {
        let start = cpu();
        let mut scanner = Scanner::new(detector, false);
        let mut found = Vec::new();
        let mut offset = 0;
        for piece in text.as_bytes().chunks(64 << 10) {
            scanner.push(offset, piece, &mut found);
            offset += piece.len() as u64;
        }
        scanner.finish(&mut found);
        count = found.len();
        best = best.min((cpu() - start) as f64 / 1e9);
    }
    println!("{name:28} {:8.0} MB/s  {count:8} findings", text.len() as f64 / best / 1e6);
}

/// Nanoseconds that this thread has run.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    stat.split(' ').next().unwrap().parse().unwrap()
}

fn main() {
    let begin = Instant::now();
    let detector = Detector::new(Settings::default().compile().unwrap()).unwrap();
    println!("compile {:?}", begin.elapsed());
    let clean = [
        "INFO [payments-{h8}-{l5}] request id={h32} path=/api/v1/orders/{d6} status=200 duration={d2}ms",
        "{\"level\":\"info\",\"caller\":\"http/server.go:{d3}\",\"msg\":\"served request\",\"user\":\"u{d5}\",\"trace_id\":\"{h32}\",\"namespace\":\"default\"}",
        "controller.go:{d3}] \"Syncing\" pod=\"default/web-{h10}-{l5}\" image=\"registry.local/web@sha256:{h64}\"",
        "10.2.{d2}.{d2} - - \"GET /static/app.js HTTP/1.1\" 200 {d4} \"https://shop.example.com/\" \"Mozilla/5.0 (X11; Linux x86_64)\"",
        "\tat com.example.shop.orders.OrderService.place(OrderService.java:{d2})",
        "the quick brown job has finished its work on partition {d2} after {d3} ms without error",
    ];
    let dense = [
        "ERROR login failed: password={w12} Authorization: Bearer {b40}",
        "{\"level\":\"info\",\"token\":\"{w24}\",\"url\":\"postgres://app:{w16}@db.internal:5432/orders\"}",
        "got ghp_{w36} and AKIA{u16} and {s40}",
        "{\"name\":\"DB_PASSWORD\",\"value\":\"{w12}\"} Cookie: sid={w24}",
    ];
    measure(&detector, "ordinary, all shown", &text(&clean));
    measure(&detector, "a secret in every line", &text(&dense));
    measure(&detector, "one line", &text(&clean).replace('\n', " "));
    measure(
        &detector,
        "escape codes in every line",
        &text(&["\u{1b}[32mINFO\u{1b}[0m served \u{1b}[1m{d3}\u{1b}[0m requests in {d2} ms from web-{h10}-{l5}"]),
    );
    measure(
        &detector,
        "dashes",
        &text(&["-----------------------------------------------------------------------------"]),
    );
    measure(&detector, "keys without blanks", &text(&[&"token=".repeat(2000)]));
    measure(
        &detector,
        "key words",
        &text(&["password token secret password token secret password token secret auth session"]),
    );
}
