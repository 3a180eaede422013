//! `wardgate doctor`: does what should protect this cluster protect it? Each check is a file of its own below `doctor/`; each says what it
//! found and, where that is not well, what to do. On record in an evidence log of its own, because a running gateway holds the other.
mod exec_gates;

use crate::{
    compose::{Parts, parts},
    config::Config,
};
use anyhow::{Context, Result, bail};
use serde::Serialize;
use std::{io::Write, path::PathBuf, process::ExitCode};
use wardgate_core::{Denial, Outcome, Road, Subject, hygiene};

#[derive(clap::Args)]
#[command(
    after_help = "Exit status: 0 if every gate fired, 2 if one did not or could not be tried, 1 if the checks could not begin.

Examples:
  wardgate doctor --config wardgate.toml --namespace shop --pod web-0
  wardgate doctor --config wardgate.toml --namespace shop --pod web-0 --json"
)]
pub(crate) struct Args {
    /// The gateway's own configuration: its credential is the AI identity that is tried.
    #[arg(long, env = "WARDGATE_CONFIG")]
    config: PathBuf,
    /// Namespace of the pod to try; it must be open for commands, or the gates are not reached.
    #[arg(long)]
    namespace: String,
    /// The pod to try. Nothing is run in it: the command is one that no image has.
    #[arg(long)]
    pod: String,
    /// The container; the pod's default one otherwise.
    #[arg(long)]
    container: Option<String>,
    /// Directory of the log that these checks are recorded in. Default: `doctor` within the evidence directory.
    #[arg(long)]
    evidence: Option<PathBuf>,
    /// As JSON.
    #[arg(long)]
    json: bool,
}

/// What one check found.
#[derive(Debug, Serialize)]
struct Found {
    /// Which.
    check: &'static str,
    /// Whether it is as it should be.
    ok: bool,
    /// What was seen.
    seen: String,
    /// What to do, where it is not.
    remedy: Option<String>,
}

impl Found {
    fn well(check: &'static str, seen: impl Into<String>) -> Self {
        Self { check, ok: true, seen: seen.into(), remedy: None }
    }
    fn ill(check: &'static str, seen: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { check, ok: false, seen: seen.into(), remedy: Some(remedy.into()) }
    }
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let mut config = Config::read(&args.config)?;
    if config.kubernetes.is_none() {
        bail!("doctor is for a live cluster: the configuration has no [kubernetes]");
    }
    let identities = config.admission.take().map(|admission| admission.identities);
    config.prometheus = None;
    config.evidence.directory = args.evidence.clone().unwrap_or_else(|| config.evidence.directory.join("doctor"));
    std::fs::create_dir_all(&config.evidence.directory)
        .with_context(|| config.evidence.directory.display().to_string())?;
    let parts = parts(&config).await?;
    let found = exec_gates::check(&parts, identities.as_deref(), &args).await?;
    if parts.evidence.close().await.is_err() {
        bail!("the evidence could not be closed in order");
    }
    report(&found, args.json)
}

fn report(found: &[Found], json: bool) -> Result<ExitCode> {
    let ok = found.iter().all(|found| found.ok);
    let mut out = std::io::stdout().lock();
    if json {
        writeln!(out, "{:#}", serde_json::json!({"ok": ok, "checks": found}))?;
    } else {
        for Found { check, ok, seen, remedy } in found {
            writeln!(out, "{}  {check}: {}", if *ok { "ok  " } else { "FAIL" }, hygiene::visible(seen))?;
            if let Some(remedy) = remedy {
                writeln!(out, "      what to do: {remedy}")?;
            }
        }
    }
    Ok(if ok { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// On record, or the check does not go on.
async fn record(road: &Road, what: Denial) -> Result<()> {
    let settled = road.turn_away(Subject::named("doctor"), "doctor", what).await;
    match settled.outcome() {
        Outcome::Unrecorded => bail!("the evidence cannot be written, so nothing was tried"),
        _ => Ok(()),
    }
}
