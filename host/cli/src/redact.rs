//! `wardgate redact`: standard input to standard output through the road's own release stage, in constant memory.
mod documents;

use crate::{config, policies};
use anyhow::{Result, anyhow};
use std::{
    collections::BTreeMap,
    io::{BufRead, Read, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};
use wardgate_core::{
    Channel, Context, Form, Origin, RedactionFailed, Subject, Target, hygiene,
    release::{DocumentStage, Released, Stage},
};
use wardgate_policy::values::ValuesKey;

/// Bytes of one read.
const CHUNK: usize = 256 << 10;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  kubectl logs cart-0 | wardgate redact
  kubectl get pods -o json | wardgate redact --channel object
  wardgate redact --findings < app.log > masked.log 2> findings.jsonl
  wardgate redact --hash-values --values-key key < values.txt     a hash for each line, for a redactor's setting `values`")]
pub(crate) struct Args {
    /// What the text is; `object` reads a stream of JSON documents and redacts them scalar by scalar.
    #[arg(long, value_enum, default_value = "log")]
    channel: ChannelName,
    /// Make control characters, ANSI escapes and bidirectional marks visible as well.
    #[arg(long)]
    hygiene: bool,
    /// Write a line of JSON for each masked range to standard error, in offsets of the input; of an object, the range of the scalar.
    #[arg(long)]
    findings: bool,
    /// A directory of policies, instead of the shipped ones.
    #[arg(long, requires = "trust")]
    policies: Option<PathBuf>,
    /// The trust policy for them.
    #[arg(long)]
    trust: Option<PathBuf>,
    /// A file with a key: masks carry a tag that is the same for the same value, as with `redaction.tag_key_file`.
    #[arg(long, value_name = "FILE")]
    tag_key: Option<PathBuf>,
    /// A file with the key of the hashes in a redactor's setting `values`, as with `redaction.values_key_file`.
    #[arg(long, value_name = "FILE")]
    values_key: Option<PathBuf>,
    /// Mask nothing: print the keyed hash of each line of standard input, for the setting `values`. The lines are kept nowhere.
    #[arg(long, requires = "values_key", conflicts_with_all = ["findings", "hygiene", "tag_key", "policies"])]
    hash_values: bool,
}

#[derive(Clone, Copy, PartialEq, clap::ValueEnum)]
enum ChannelName {
    Log,
    Stdout,
    Stderr,
    Event,
    Object,
    Series,
    Error,
    Denial,
}

impl ChannelName {
    fn channel(self) -> Channel {
        match self {
            Self::Log => Channel::Log,
            Self::Stdout => Channel::Stdout,
            Self::Stderr => Channel::Stderr,
            Self::Event => Channel::Event,
            Self::Object => Channel::Object,
            Self::Series => Channel::Series,
            Self::Error => Channel::Error,
            Self::Denial => Channel::Denial,
        }
    }
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    if args.hash_values {
        let path = args.values_key.as_deref().ok_or_else(|| anyhow!("--values-key names the key"))?;
        return hash_values(&policies::values_key(path)?);
    }
    let source = policies::Source {
        directory: args.policies.clone(),
        trust: args.trust.clone(),
        values_key: args.values_key.clone(),
        ..policies::Source::default()
    };
    let set = tokio::task::spawn_blocking(move || policies::load(&source)).await??;
    let set = config::Redaction { tag_key_file: args.tag_key.clone(), values_key_file: None }.tagged(set)?;
    let context = Context {
        subject: Subject::named("local"),
        target: Target::default(),
        origin: Origin::Gateway,
        now: 0,
        attributes: BTreeMap::new(),
    };
    let channel = args.channel.channel();
    if args.channel == ChannelName::Object {
        let stage = DocumentStage::open(&*set, &context, channel).await.map_err(failed)?;
        let wanted = documents::Wanted { hygiene: args.hygiene, findings: args.findings };
        documents::run(stage, wanted).await?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut stage = Stage::open(&*set, &context, channel, Form::Text).await.map_err(failed)?;
    let mut out = Output {
        bytes: Vec::with_capacity(CHUNK),
        partial: Vec::new(),
        hygiene: args.hygiene,
        findings: args.findings,
        open: None,
    };
    let (mut input, mut chunk) = (std::io::stdin().lock(), vec![0; CHUNK]);
    loop {
        let read = input.read(&mut chunk)?;
        if read == 0 {
            break;
        }
        // On a failure the rest stays inside: nothing undecided is written.
        let fed = stage.feed(&chunk[..read], &mut |piece| out.take(&piece)).await;
        out.write(false)?;
        fed.map_err(failed)?;
    }
    let ended = stage.finish(&mut |piece| out.take(&piece)).await;
    out.write(true)?;
    ended.map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the hash of each line; an empty one is left out. A line that cannot be looked for is named by its number, not by its words.
fn hash_values(key: &ValuesKey) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    for (number, line) in std::io::stdin().lock().split(b'\n').enumerate() {
        let line = line?;
        let value = line.strip_suffix(b"\r").unwrap_or(&line);
        if !value.is_empty() {
            let hash = key.hash(value).map_err(|error| anyhow!("line {}: {error}", number + 1))?;
            writeln!(out, "{hash}")?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn failed(RedactionFailed { plugin, what }: RedactionFailed) -> anyhow::Error {
    anyhow!("redaction failed, the rest is withheld: {plugin}: {what}")
}

struct Output {
    bytes: Vec<u8>,
    partial: Vec<u8>,
    hygiene: bool,
    findings: bool,
    /// A masked range that may still grow.
    open: Option<(Arc<str>, u64, u64)>,
}

impl Output {
    fn take(&mut self, piece: &Released<'_>) {
        match piece {
            Released::Clean(bytes, _) if self.hygiene => self.partial.extend_from_slice(bytes),
            Released::Clean(bytes, _) => self.bytes.extend_from_slice(bytes),
            Released::Mask { rule, start, end, joined, text } => {
                self.flush_text(true);
                if *joined && let Some((_, _, last)) = &mut self.open {
                    *last = *end;
                    return;
                }
                self.report();
                self.open = self.findings.then(|| ((*rule).clone(), *start, *end));
                self.bytes.extend_from_slice(text.as_bytes());
            }
        }
    }

    /// Clean text, made visible; a character that is not complete yet waits, and a carriage return, which with a line feed behind it
    /// is a line's end and stays.
    fn flush_text(&mut self, all: bool) {
        let whole = if all { self.partial.len() } else { hygiene::complete(&self.partial) };
        let whole = if !all && self.partial[..whole].ends_with(b"\r") { whole - 1 } else { whole };
        let text = String::from_utf8_lossy(&self.partial[..whole]);
        for (nth, piece) in text.split("\r\n").enumerate() {
            self.bytes.extend_from_slice(if nth > 0 { b"\r\n" } else { b"" });
            self.bytes.extend_from_slice(hygiene::visible(piece).as_bytes());
        }
        self.partial.drain(..whole);
    }

    fn report(&mut self) {
        if let Some((rule, start, end)) = self.open.take() {
            eprintln!("{}", serde_json::json!({"rule": &*rule, "start": start, "end": end}));
        }
    }

    fn write(&mut self, last: bool) -> std::io::Result<()> {
        self.flush_text(last);
        if last {
            self.report();
        }
        let mut out = std::io::stdout().lock();
        out.write_all(&self.bytes)?;
        self.bytes.clear();
        out.flush()
    }
}
