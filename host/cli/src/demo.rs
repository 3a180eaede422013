//! `wardgate demo`: the bundled incident behind the shipped policies, for an MCP client or for a walk through it.
use crate::{compose, serve::stop_on_signal, walkthrough};
use anyhow::Result;
use std::{net::SocketAddr, path::PathBuf, process::ExitCode};
use wardgate_gateway::{HttpServer, HttpSettings, serve_stdio};

#[derive(clap::Args)]
#[command(
    after_help = "Examples:\n  wardgate demo\n  wardgate demo --walkthrough\n  claude mcp add wardgate -- wardgate demo --stdio"
)]
pub(crate) struct Args {
    /// Play an agent's triage in the terminal, and fail if a step differs.
    #[arg(long, conflicts_with = "stdio")]
    walkthrough: bool,
    /// Serve standard input and output instead of HTTP.
    #[arg(long)]
    stdio: bool,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8750")]
    bind: SocketAddr,
    /// Where the evidence goes; a fresh directory in the system's temporary one by default.
    #[arg(long)]
    evidence: Option<PathBuf>,
}

pub(crate) async fn run(args: Args) -> Result<ExitCode> {
    let directory = match args.evidence {
        Some(path) => path,
        None => std::env::temp_dir().join(format!("wardgate-demo-{}", uuid::Uuid::new_v4())),
    };
    eprintln!("loading the signed policies (a few seconds the first time) …");
    let served = compose::demo(directory.clone()).await?;
    if args.walkthrough {
        return walkthrough::play(served, &directory).await;
    }
    let stop = stop_on_signal();
    if args.stdio {
        serve_stdio(served.gateway, stop).await?;
    } else {
        let settings = HttpSettings { bind: args.bind, ..HttpSettings::default() };
        let server = HttpServer::bind(served.gateway, settings, served.ready).await?;
        let url = format!("http://{}/mcp", server.local_addr());
        eprintln!("{}", welcome(&url, &directory.display().to_string()));
        server.serve(stop).await;
    }
    served.evidence.close().await.map_err(|_| anyhow::anyhow!("the evidence could not be closed"))?;
    Ok(ExitCode::SUCCESS)
}

fn welcome(url: &str, evidence: &str) -> String {
    format!(
        "\
A captured incident is being served: checkout answers 5xx, and its pods keep dying. Nothing here touches a cluster.

  MCP endpoint   {url}
  Claude Code    claude mcp add --transport http wardgate {url}
  Cursor         .cursor/mcp.json: {{\"mcpServers\": {{\"wardgate\": {{\"url\": \"{url}\"}}}}}}
  VS Code        code --add-mcp '{{\"name\":\"wardgate\",\"type\":\"http\",\"url\":\"{url}\"}}'
  Evidence       wardgate evidence list --dir {evidence}

Ask: \"checkout in namespace shop answers 5xx: find out why\". Ctrl-C ends it."
    )
}
