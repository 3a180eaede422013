//! `wardgate policy`: what a module is, and what the policies would say.
use crate::{check, export, policies, runtime};
use anyhow::{Context, Result};
use jiff::Timestamp;
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};
use wardgate_policy::{
    directory::PolicyDirectory,
    engine::{Host, Settings},
    inspect::{Report, inspect, signature},
    verify::Module,
};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Say who signed a module, for what, and whether that counts here; runs nothing of it.
    Verify(ModuleArgs),
    /// The same, and load it: its rules, questions, settings schema.
    Inspect(ModuleArgs),
    /// Ask the policies about a command, a query or a log request; nothing is run. Exit status: 0 allow, 10 deny, 11 ask.
    #[command(subcommand)]
    Check(Box<check::Command>),
    /// Print admission manifests, made from the configuration and the policies.
    Export(export::Args),
}

#[derive(clap::Args)]
#[command(after_help = "Examples:
  wardgate policy verify policies-wasm/exec-allowlist.wasm
  wardgate policy inspect --trust trust.toml my-policy.wasm --json")]
pub(crate) struct ModuleArgs {
    /// NAME.wasm, with NAME.wasm.sigstore.json beside it.
    file: PathBuf,
    /// The trust policy; the built-in one by default.
    #[arg(long)]
    trust: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Verify(args) => {
            let trust = policies::trust(args.trust.as_deref())?;
            print(&signature(module(&args.file)?, &trust, Timestamp::now()), args.json)
        }
        Command::Inspect(args) => {
            let trust = policies::trust(args.trust.as_deref())?;
            let host = Host::new(Settings::default())?;
            print(&inspect(&host, module(&args.file)?, &trust, None, Timestamp::now()), args.json)
        }
        Command::Export(args) => runtime()?.block_on(export::run(args)),
        Command::Check(command) => runtime()?.block_on(check::run(*command)),
    }
}

fn module(file: &Path) -> Result<Module> {
    let directory = match file.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let stem = file.file_name().and_then(|name| name.to_str()).and_then(|name| name.strip_suffix(".wasm"));
    let name = stem.with_context(|| format!("{}: a module is called NAME.wasm", file.display()))?;
    Ok(PolicyDirectory::open(directory)?.module(name)?)
}

fn print(report: &Report, json: bool) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    let value = serde_json::to_value(report)?;
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&value)?)?;
    } else {
        lines(&mut out, &value, 0)?;
        writeln!(out, "{}", if report.is_good() { "trusted here" } else { "NOT trusted here" })?;
    }
    Ok(if report.is_good() { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// The report, readable: a key a line, lists indented.
fn lines(out: &mut impl Write, value: &serde_json::Value, depth: usize) -> std::io::Result<()> {
    let indent = "  ".repeat(depth);
    let serde_json::Value::Object(map) = value else { return writeln!(out, "{indent}{value}") };
    for (key, value) in map {
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::Object(_) if key == "settings_schema" || key == "settings" => {
                writeln!(out, "{indent}{key}: (see --json)")?
            }
            serde_json::Value::Object(_) => {
                writeln!(out, "{indent}{key}:")?;
                lines(out, value, depth + 1)?;
            }
            serde_json::Value::Array(items) if items.iter().all(serde_json::Value::is_string) => {
                let words: Vec<_> = items.iter().filter_map(serde_json::Value::as_str).collect();
                writeln!(out, "{indent}{key}: {}", words.join(", "))?;
            }
            serde_json::Value::Array(items) => {
                writeln!(out, "{indent}{key}: {} (see --json)", items.len())?;
                for item in items {
                    if let (Some(id), Some(text)) = (item["id"].as_str(), item["description"].as_str()) {
                        writeln!(out, "{indent}  {id}: {text}")?;
                    }
                }
            }
            serde_json::Value::String(text) => writeln!(out, "{indent}{key}: {text}")?,
            other => writeln!(out, "{indent}{key}: {other}")?,
        }
    }
    Ok(())
}
