//! Masks its input, natively and by the same stream code as the guest: `cargo run --release --example mask < text`.
//!
//! `--findings` prints one JSON object a finding instead, `{"rule":…,"start":…,"end":…}`, in bytes of the input. `--scalars` reads
//! one `POINTER: VALUE` a line; `--chunk N` cuts the input every N bytes, which must change nothing; `--settings FILE` reads
//! settings as the host would give them.
#![allow(clippy::print_stdout)]
use secret_redactor::{Detector, Found, Scanner, Settings, join};
use std::{
    collections::VecDeque,
    error::Error,
    io::{self, BufWriter, Read, Write},
};

struct Arguments {
    findings: bool,
    scalars: bool,
    chunk: usize,
    settings: Settings,
}

fn arguments() -> Result<Arguments, Box<dyn Error>> {
    let mut arguments = Arguments { findings: false, scalars: false, chunk: 64 << 10, settings: Settings::default() };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        match name.as_str() {
            "--findings" => arguments.findings = true,
            "--scalars" => arguments.scalars = true,
            "--chunk" => arguments.chunk = given.next().ok_or("--chunk needs a number")?.parse::<usize>()?.max(1),
            "--settings" => {
                let path = given.next().ok_or("--settings needs a file")?;
                arguments.settings = serde_json::from_str(&std::fs::read_to_string(path)?)?;
            }
            other => return Err(format!("{other}: --findings, --scalars, --chunk N, --settings FILE").into()),
        }
    }
    Ok(arguments)
}

/// What was read and is not settled yet, and where the stream stands.
struct Masking<W> {
    out: W,
    held: VecDeque<u8>,
    offset: u64,
}

impl<W: Write> Masking<W> {
    /// Writes everything before `settled`, with what was found in it masked. Findings that overlap are one mask, named by the first.
    fn release(&mut self, rules: &[(String, String)], found: Vec<Found>, settled: u64) -> io::Result<()> {
        let mut found = join(found).into_iter().peekable();
        while let Some(first) = found.next() {
            let mut end = first.end;
            while let Some(next) =
                found.next_if(|next| next.start < end || (next.rule == first.rule && next.start == end))
            {
                end = end.max(next.end);
            }
            self.copy(first.start)?;
            write!(self.out, "[redacted:{}]", rules[first.rule as usize].0)?;
            self.drop_to(end);
        }
        self.copy(settled)
    }

    fn copy(&mut self, to: u64) -> io::Result<()> {
        let n = usize::try_from(to.saturating_sub(self.offset)).unwrap_or(usize::MAX).min(self.held.len());
        let bytes: Vec<u8> = self.held.drain(..n).collect();
        self.offset += n as u64;
        self.out.write_all(&bytes)
    }

    fn drop_to(&mut self, to: u64) {
        let n = usize::try_from(to.saturating_sub(self.offset)).unwrap_or(usize::MAX).min(self.held.len());
        self.held.drain(..n);
        self.offset += n as u64;
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = arguments()?;
    let detector = Detector::new(arguments.settings.compile()?)?;
    let rules = detector.rules();
    let mut scanner = Scanner::new(&detector, arguments.scalars);
    let mut masking = Masking { out: BufWriter::new(io::stdout().lock()), held: VecDeque::new(), offset: 0 };
    let mut input = io::stdin().lock();
    let mut piece = vec![0; arguments.chunk];
    let (mut read, mut all) = (0u64, Vec::new());
    loop {
        let n = input.read(&mut piece)?;
        let mut found = Vec::new();
        if n == 0 {
            scanner.finish(&mut found);
        } else {
            scanner.push(read, &piece[..n], &mut found);
            read += n as u64;
        }
        if arguments.findings {
            all.append(&mut found);
        } else {
            masking.held.extend(&piece[..n]);
            let settled = if n == 0 { read } else { scanner.progress(vec![]).settled };
            masking.release(&rules, found, settled)?;
        }
        if n == 0 {
            break;
        }
    }
    for f in join(all) {
        writeln!(masking.out, "{{\"rule\":\"{}\",\"start\":{},\"end\":{}}}", rules[f.rule as usize].0, f.start, f.end)?;
    }
    Ok(masking.out.flush()?)
}
