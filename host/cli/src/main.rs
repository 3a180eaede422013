//! The `wardgate` program: reads the configuration and composes the crates. Nothing is decided here.
// Standard output is what this program is for.
#![allow(clippy::print_stdout)]
mod check;
mod compose;
mod config;
mod demo;
mod doctor;
mod evidence;
mod export;
mod gauges;
mod policies;
mod policy;
mod redact;
mod reference;
mod serve;
mod system;
mod walkthrough;
mod webhook_certs;
mod yaml;

use clap::{CommandFactory, Parser, Subcommand};
use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The door between a debugging AI and a Kubernetes cluster.
#[derive(Parser)]
#[command(name = "wardgate", version, max_term_width = 110, after_help = EXAMPLES)]
struct Cli {
    /// How logs on standard error look.
    #[arg(long, global = true, value_enum, default_value = "human", env = "WARDGATE_LOG_FORMAT")]
    log_format: LogFormat,
    #[command(subcommand)]
    command: Command,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum LogFormat {
    Human,
    Json,
}

const EXAMPLES: &str = "Examples:
  wardgate demo                              serve a bundled incident to an MCP client
  wardgate demo --walkthrough                watch an agent's whole triage
  wardgate serve --config wardgate.toml      serve a cluster over HTTP
  wardgate serve --stdio --config wardgate.toml
  wardgate policy check exec -- cat /proc/meminfo
  kubectl logs cart-0 | wardgate redact";

#[derive(Subcommand)]
enum Command {
    /// Serve MCP clients.
    Serve(serve::Args),
    /// Serve a bundled incident, or play a triage of it; needs no cluster.
    Demo(demo::Args),
    /// Say what a policy module is, or what the policies would say.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Mask secrets from standard input to standard output.
    Redact(redact::Args),
    /// Try whether the gates of a live cluster fire.
    Doctor(doctor::Args),
    /// Verify, list, show, play and reveal the evidence.
    #[command(subcommand)]
    Evidence(evidence::Command),
    /// Issue and replace the certificate of the admission webhook: a job of its own.
    WebhookCerts(webhook_certs::Args),
    /// Look at the configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print a completion script.
    Completions {
        /// For this shell.
        shell: clap_complete::Shell,
    },
}

#[derive(Subcommand)]
enum ConfigCommand {
    /// Read the configuration and say what is wrong with it: load its policies, look at its files; opens no connection.
    Check {
        /// The configuration file.
        #[arg(long)]
        config: PathBuf,
    },
    /// Print the reference of every key, as in docs/configuration.md.
    Reference,
    /// Print a JSON Schema of the configuration, for editors and checks.
    Schema,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    logging(cli.log_format, &cli.command);
    if rustls::crypto::aws_lc_rs::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed before");
    }
    match run(cli.command) {
        Ok(code) => code,
        // Whoever read standard output has enough: `wardgate demo --walkthrough | head`.
        Err(error) if left(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wardgate: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn left(error: &anyhow::Error) -> bool {
    let broken = |cause: &(dyn std::error::Error + 'static)| {
        cause.downcast_ref::<std::io::Error>().is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
    };
    error.chain().any(broken)
}

fn run(command: Command) -> anyhow::Result<ExitCode> {
    match command {
        Command::Serve(args) => runtime()?.block_on(serve::run(args)),
        Command::Demo(args) => runtime()?.block_on(demo::run(args)),
        Command::Doctor(args) => runtime()?.block_on(doctor::run(args)),
        Command::WebhookCerts(args) => runtime()?.block_on(webhook_certs::run(args)),
        Command::Policy(command) => policy::run(command),
        Command::Redact(args) => runtime()?.block_on(redact::run(args)),
        Command::Evidence(command) => evidence::run(command),
        Command::Config(ConfigCommand::Check { config }) => {
            let read = config::Config::read(&config)?;
            read.check()?;
            read.check_files()?;
            eprintln!("{}: fine", config.display());
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(ConfigCommand::Reference) => {
            write!(std::io::stdout(), "{}", reference::page())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Config(ConfigCommand::Schema) => {
            writeln!(std::io::stdout(), "{:#}", reference::schema())?;
            Ok(ExitCode::SUCCESS)
        }
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "wardgate", &mut script);
            std::io::stdout().write_all(&script)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()
}

/// Standard error: on stdio, standard output is the protocol's. A server says what it does, a tool only what went wrong; rmcp
/// would log whole requests.
fn logging(format: LogFormat, command: &Command) {
    use tracing_subscriber::EnvFilter;
    let usual = if matches!(command, Command::Serve(_)) { "warn,wardgate=info,rmcp=error" } else { "warn,rmcp=error" };
    let filter = EnvFilter::try_from_env("WARDGATE_LOG").unwrap_or_else(|_| EnvFilter::new(usual));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Human => builder.with_ansi(std::io::stderr().is_terminal()).init(),
        LogFormat::Json => builder.json().init(),
    }
}
