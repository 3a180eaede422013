//! `wardgate serve`: over HTTP, or over standard input and output.
use crate::{compose::compose, config::Config};
use anyhow::Result;
use std::{path::PathBuf, process::ExitCode};
use wardgate_gateway::{CancellationToken, HttpServer, serve_stdio};

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  wardgate serve --config wardgate.toml\n  wardgate serve --stdio --config wardgate.toml"
)]
pub(crate) struct Args {
    /// The configuration file; `conf.d/*.toml` beside it is read as well.
    #[arg(long, env = "WARDGATE_CONFIG")]
    config: PathBuf,
    /// Serve standard input and output instead of HTTP.
    #[arg(long)]
    stdio: bool,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let config = Config::read(&args.config)?;
    let served = compose(&config).await?;
    let stop = stop_on_signal();
    let admission = served.admission.map(|server| {
        tracing::info!(address = %server.local_addr(), "serving the admission webhook at /admit");
        tokio::spawn(server.serve(stop.clone()))
    });
    if args.stdio {
        serve_stdio(served.gateway, stop.clone()).await?;
    } else {
        let server = HttpServer::bind(served.gateway, config.server, served.ready).await?;
        tracing::info!(address = %server.local_addr(), "serving MCP at /mcp");
        server.serve(stop.clone()).await;
    }
    // A client that left on stdio ends the program without a signal.
    stop.cancel();
    if let Some(admission) = admission
        && admission.await.is_err()
    {
        tracing::error!("the admission webhook ended abnormally");
    }
    if served.evidence.close().await.is_err() {
        tracing::error!("the evidence could not be closed in order");
    }
    Ok(ExitCode::SUCCESS)
}

/// Fires on Ctrl-C and on SIGTERM.
pub(crate) fn stop_on_signal() -> CancellationToken {
    let stop = CancellationToken::new();
    let fired = stop.clone();
    tokio::spawn(async move {
        let term = async {
            match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
                Ok(mut signal) => drop(signal.recv().await),
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            () = term => {}
        }
        tracing::info!("stopping: calls in flight settle first");
        fired.cancel();
    });
    stop
}
