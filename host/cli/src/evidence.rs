//! `wardgate evidence`: verify, list, show and play.
use crate::config::Config;
use anyhow::{Context, Result};
use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use wardgate_core::hygiene;
use wardgate_evidence::{Filter, Head, PublicKey, Reader, RealDisk, verify};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Check the whole chain, every signature, and the head that was kept elsewhere.
    Verify {
        #[command(flatten)]
        place: Place,
        /// A head from the program's own log, `SEQ:HASH` or `HASH`. Without one, a cut tail and a rewritten log cannot be told.
        #[arg(long)]
        head: Option<String>,
        /// The installation's public key, kept elsewhere; the one beside the log by default.
        #[arg(long)]
        key: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// List calls, newest last.
    List {
        #[command(flatten)]
        place: Place,
        /// At most this many.
        #[arg(long, default_value_t = 100)]
        limit: usize,
        /// Only of this caller.
        #[arg(long)]
        user: Option<String>,
        /// Only of this tool.
        #[arg(long)]
        tool: Option<String>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Show all records of one call.
    Show {
        #[command(flatten)]
        place: Place,
        /// The call.
        call: String,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Play the recording of one call.
    Play {
        #[command(flatten)]
        place: Place,
        /// The call.
        call: String,
        /// Print the asciicast instead, for `asciinema play`.
        #[arg(long)]
        cast: bool,
        /// Times as fast.
        #[arg(long, default_value_t = 1.0)]
        speed: f64,
    },
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Place {
    /// The evidence directory.
    #[arg(long)]
    dir: Option<PathBuf>,
    /// A configuration file that names it.
    #[arg(long)]
    config: Option<PathBuf>,
}

impl Place {
    fn directory(&self) -> Result<PathBuf> {
        match (&self.dir, &self.config) {
            (Some(dir), _) => Ok(dir.clone()),
            (None, Some(config)) => Ok(Config::read(config)?.evidence.directory),
            (None, None) => anyhow::bail!("name --dir or --config"),
        }
    }
}

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match command {
        Command::Verify { place, head, key, json } => {
            let head = head.map(|text| text.parse::<Head>()).transpose().context("--head")?;
            let key = key.map(|path| read_key(&path)).transpose()?;
            let report = verify(&RealDisk, &place.directory()?, head, key)?;
            if json {
                writeln!(out, "{}", serde_json::to_string_pretty(&report)?)?;
            } else {
                writeln!(
                    out,
                    "{} segments, {} records, {} checkpoints",
                    report.segments, report.records, report.checkpoints
                )?;
                for problem in &report.problems {
                    writeln!(out, "PROBLEM {problem}")?;
                }
                for unchecked in &report.unchecked {
                    writeln!(out, "not checked: {}", serde_json::to_string(unchecked)?)?;
                }
                for note in &report.notes {
                    writeln!(out, "note: {}", serde_json::to_string(note)?)?;
                }
                writeln!(out, "{}", if report.ok { "intact" } else { "NOT INTACT" })?;
            }
            Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::from(2) })
        }
        Command::List { place, limit, user, tool, json } => {
            let calls = Reader::new(place.directory()?).calls(&Filter { limit, user, tool, ..Filter::default() })?;
            for call in calls {
                if json {
                    writeln!(out, "{}", serde_json::to_string(&call)?)?;
                } else {
                    let time = jiff::Timestamp::from_millisecond(i64::try_from(call.time).unwrap_or_default())?;
                    let rules = call.rules.join(" ");
                    let line = format!(
                        "{time:.0}  {}  {:<12} {:<18} {:<34} {:<11} {} {rules}",
                        call.call, call.user, call.tool, call.target, call.verdict, call.outcome
                    );
                    // Names in it are callers' words.
                    writeln!(out, "{}", hygiene::visible(&line))?;
                }
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Show { place, call, json } => {
            for record in Reader::new(place.directory()?).call(&call)? {
                let record = record.to_json();
                let text = if json { record.to_string() } else { serde_json::to_string_pretty(&record)? };
                writeln!(out, "{text}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Play { place, call, cast, speed } => {
            let played = Reader::new(place.directory()?).recording(&call)?;
            if played.matches == Some(false) {
                eprintln!("wardgate: the recording is not the one whose digest is on record");
                return Ok(ExitCode::from(2));
            }
            if cast {
                out.write_all(played.cast.as_bytes())?;
            } else {
                play(&mut out, &played.cast, speed)?;
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn read_key(path: &Path) -> Result<PublicKey> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    PublicKey::from_pem(&text).map_err(|_| anyhow::anyhow!("{}: no Ed25519 public key in PEM", path.display()))
}

/// The events of an asciicast v3, at their pace; a pause is cut at two seconds.
fn play(out: &mut impl Write, cast: &str, speed: f64) -> Result<()> {
    for line in cast.lines().skip(1) {
        let Ok((wait, code, data)) = serde_json::from_str::<(f64, String, String)>(line) else { continue };
        std::thread::sleep(Duration::from_secs_f64((wait / speed.max(0.01)).clamp(0.0, 2.0)));
        match code.as_str() {
            "o" => out.write_all(data.as_bytes())?,
            "m" => writeln!(out, "── {data} ──")?,
            "x" => writeln!(out, "── exit status {data} ──")?,
            _ => {}
        }
        out.flush()?;
    }
    Ok(())
}
