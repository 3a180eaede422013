//! `wardgate evidence`: verify, list, show, play, and reveal what was sealed.
use crate::config::Config;
use anyhow::{Context, Result};
use std::{
    collections::{BTreeMap, btree_map::Entry},
    io::{IsTerminal, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};
use wardgate_core::hygiene;
use wardgate_evidence::{
    Filter, Head, Identities, PublicKey, Reader, RealDisk, RevealError,
    seal::{ExposeSecret, generate},
    verify,
};

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
    /// Write the raw output of one call, unmasked, for a person who holds a key that it was sealed to.
    Reveal {
        #[command(flatten)]
        place: Place,
        /// The call.
        call: String,
        /// A file with the secret key, as age-keygen or `evidence keygen` writes it.
        #[arg(long)]
        identity: PathBuf,
        /// Only this channel: stdout, stderr or error.
        #[arg(long)]
        channel: Option<String>,
        /// Into one file a channel, DIRECTORY/CALL.CHANNEL, instead of standard output.
        #[arg(long, conflicts_with = "channel")]
        into: Option<PathBuf>,
    },
    /// Make a pair of keys: the secret one into a new file, the public one on standard output, for `evidence.recipients`.
    Keygen {
        /// The new file. Keep it off this host.
        #[arg(long)]
        out: PathBuf,
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

impl Place {
    /// The log there; a directory without one is an error, not an empty list.
    fn reader(&self) -> Result<Reader> {
        let directory = self.directory()?;
        let reader = Reader::new(&directory);
        if !reader.is_log().with_context(|| format!("evidence in {}", directory.display()))? {
            anyhow::bail!(
                "{} holds no log of evidence: name the directory that evidence.directory names",
                directory.display()
            );
        }
        Ok(reader)
    }
}

pub(crate) fn run(command: Command) -> Result<ExitCode> {
    let mut out = std::io::stdout().lock();
    match command {
        Command::Verify { place, head, key, json } => {
            let head = head.map(|text| text.parse::<Head>()).transpose().context("--head")?;
            let key = key.map(|path| read_key(&path)).transpose()?;
            let directory = place.directory()?;
            let report = verify(&RealDisk, &directory, head, key)
                .with_context(|| format!("evidence in {}", directory.display()))?;
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
                    writeln!(out, "not checked: {unchecked}")?;
                }
                for note in &report.notes {
                    // File names in it are anybody's words.
                    writeln!(out, "note: {}", hygiene::visible(&note.to_string()))?;
                }
                writeln!(out, "{}", if report.ok { "intact" } else { "NOT INTACT" })?;
            }
            Ok(if report.ok { ExitCode::SUCCESS } else { ExitCode::from(2) })
        }
        Command::List { place, limit, user, tool, json } => {
            let calls = place.reader()?.calls(&Filter { limit, user, tool, ..Filter::default() })?;
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
            for record in place.reader()?.call(&call)? {
                let record = record.to_json();
                let text = if json { record.to_string() } else { serde_json::to_string_pretty(&record)? };
                writeln!(out, "{text}")?;
            }
            Ok(ExitCode::SUCCESS)
        }
        Command::Play { place, call, cast, speed } => {
            let played = place.reader()?.recording(&call)?;
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
        Command::Reveal { place, call, identity, channel, into } => {
            let sink = match into {
                Some(directory) => Sink::Directory(directory),
                None if channel.is_none() && out.is_terminal() => {
                    anyhow::bail!(
                        "raw output can hold what a terminal obeys: name --into DIRECTORY, or redirect standard output"
                    )
                }
                None => Sink::Stream(channel),
            };
            reveal(&place.reader()?, &call, &identity, &sink, &mut out)
        }
        Command::Keygen { out: path } => {
            let (secret, recipient) = generate();
            let mut file = private(&path)?;
            writeln!(file, "# public key: {recipient}\n{}", secret.expose_secret())?;
            file.sync_all()?;
            writeln!(out, "{recipient}")?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

enum Sink {
    /// Standard output: every channel, or one.
    Stream(Option<String>),
    Directory(PathBuf),
}

fn reveal(reader: &Reader, call: &str, identity: &Path, sink: &Sink, out: &mut impl Write) -> Result<ExitCode> {
    let text = std::fs::read_to_string(identity).with_context(|| identity.display().to_string())?;
    let identities = Identities::read(&text).with_context(|| identity.display().to_string())?;
    let mut files: BTreeMap<String, std::fs::File> = BTreeMap::new();
    let told = reader.reveal(call, &identities, |channel, bytes| match sink {
        Sink::Stream(only) if only.as_ref().is_none_or(|only| only == channel) => out.write_all(bytes),
        Sink::Stream(_) => Ok(()),
        Sink::Directory(directory) => {
            let file = match files.entry(channel.into()) {
                Entry::Occupied(file) => file.into_mut(),
                Entry::Vacant(place) => {
                    let name = format!("{call}.{}", known(channel)?);
                    place.insert(private(&directory.join(name)).map_err(std::io::Error::other)?)
                }
            };
            file.write_all(bytes)
        }
    });
    let told = match told {
        Ok(told) => told,
        Err(error @ (RevealError::Changed | RevealError::Gone | RevealError::Differs { .. })) => {
            eprintln!("wardgate: {error}");
            return Ok(ExitCode::from(2));
        }
        Err(error) => return Err(error.into()),
    };
    out.flush()?;
    for (channel, found) in &told.channels {
        eprintln!("{}: {} bytes, sha256 {}", hygiene::visible(channel), found.bytes, found.sha256);
    }
    if let Some(why) = &told.ends_early {
        eprintln!("wardgate: the sealed file ends early: {why}");
    }
    if !told.vouched {
        eprintln!("wardgate: the call never ended in order; no record vouches for what was revealed");
    }
    Ok(if told.vouched { ExitCode::SUCCESS } else { ExitCode::from(2) })
}

/// A channel's name as part of a file's. Whoever knows the public key could have sealed another word.
fn known(channel: &str) -> std::io::Result<&str> {
    let plain = !channel.is_empty() && channel.bytes().all(|byte| byte.is_ascii_lowercase());
    plain.then_some(channel).ok_or_else(|| std::io::Error::other("a channel of no known name"))
}

/// A new file that nobody else reads.
fn private(path: &Path) -> Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true).mode(0o600).open(path).with_context(|| path.display().to_string())
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
