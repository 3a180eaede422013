//! An agent's triage of the bundled incident, through MCP itself: each step is a tool call over the protocol, and each is held
//! against what it must show.
use crate::{compose::Served, system::SystemClock};
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::{io::Write, path::Path, process::ExitCode};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream, Lines, ReadHalf, WriteHalf};
use wardgate_core::Clock;
use wardgate_evidence::{Filter, Reader, RealDisk};
use wardgate_gateway::{CancellationToken, serve_streams};

const POD: &str = "checkout-7c5d4f9b8d-2x9kp";

/// One step: what the agent wants, what it calls, and what must be in the answer.
struct Step {
    says: &'static str,
    tool: &'static str,
    arguments: Value,
    shows: &'static [&'static str],
    denied: bool,
}

fn steps() -> Vec<Step> {
    let step = |says, tool, arguments, shows, denied| Step { says, tool, arguments, shows, denied };
    vec![
        step(
            "Which services answer 5xx?",
            "prom_query",
            json!({"query": "sum by (service) (rate(http_requests_total{namespace=\"shop\",code=~\"5..\"}[5m]))"}),
            &["checkout"],
            false,
        ),
        step(
            "Everything at once would be dear. The guard says no, and how to ask instead.",
            "prom_query",
            json!({"query": "{__name__=~\".+\"}"}),
            &["rule", "remedy"],
            true,
        ),
        step("How are the pods?", "k8s_list", json!({"kind": "pods", "namespace": "shop"}), &["OOMKilled", POD], false),
        step(
            "What happened to them?",
            "k8s_get_events",
            json!({"namespace": "shop", "limit": 20}),
            &["BackOff"],
            false,
        ),
        step(
            "What do the logs say? Secrets stand in them; the agent sees none.",
            "k8s_get_logs",
            json!({"namespace": "shop", "pod": POD, "since_seconds": 3600, "tail_lines": 500}),
            &["[redacted:"],
            false,
        ),
        step(
            "Does memory grow?",
            "prom_query",
            json!({"query": "max by (pod) (container_memory_working_set_bytes{namespace=\"shop\",container=\"app\"})"}),
            &[POD],
            false,
        ),
        step(
            "Memory, seen from inside.",
            "k8s_exec_readonly",
            json!({"namespace": "shop", "pod": POD, "command": ["cat", "/proc/meminfo"]}),
            &["MemTotal", "exit_code"],
            false,
        ),
        step(
            "The environment would show every password. Denied, with the rule.",
            "k8s_exec_readonly",
            json!({"namespace": "shop", "pod": POD, "command": ["cat", "/proc/1/environ"]}),
            &["rule"],
            true,
        ),
        step(
            "A shell runs anything. Denied.",
            "k8s_exec_readonly",
            json!({"namespace": "shop", "pod": POD, "command": ["sh", "-c", "id"]}),
            &["rule"],
            true,
        ),
        step(
            "Who is connected?",
            "k8s_exec_readonly",
            json!({"namespace": "shop", "pod": POD, "command": ["ss", "-tan"]}),
            &["ESTAB"],
            false,
        ),
        step(
            "Payments is not open to agents.",
            "k8s_get_logs",
            json!({"namespace": "payments", "pod": "any"}),
            &["floor.namespace"],
            true,
        ),
    ]
}

/// A line on standard output; whoever reads it may leave.
macro_rules! say {
    ($($words:tt)*) => { writeln!(std::io::stdout(), $($words)*)? };
}

pub(crate) async fn play(served: Served, evidence: &Path) -> Result<ExitCode> {
    let planted = include_str!("../../../demo/planted-secrets.txt");
    let secrets: Vec<&str> =
        planted.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    let begun = SystemClock.now();
    let mut agent = Agent::connect(&served).await?;
    let mut failures = 0;
    for (at, step) in steps().iter().enumerate() {
        say!("\n{}. {}", at + 1, step.says);
        say!("   → {} {}", step.tool, step.arguments);
        let result = agent.call(step.tool, &step.arguments).await?;
        let text = result.to_string();
        for line in excerpt(&result) {
            say!("     {line}");
        }
        let denied = result["isError"] == true;
        let missing: Vec<_> = step.shows.iter().filter(|word| !text.contains(**word)).collect();
        let leaked = secrets.iter().filter(|secret| text.contains(**secret)).count();
        if denied != step.denied || !missing.is_empty() || leaked > 0 {
            failures += 1;
            say!("   ✗ differs: denied {denied}, missing {missing:?}, secrets shown {leaked}");
        } else {
            say!("   ✓ {}", if denied { "denied, as it must be" } else { "answered, secrets masked" });
        }
    }
    drop(agent);
    served.gateway.drain().await;
    served.evidence.close().await.map_err(|_| anyhow::anyhow!("the evidence could not be closed"))?;
    let directory = evidence.to_path_buf();
    let (report, calls) = tokio::task::spawn_blocking(move || {
        let report = wardgate_evidence::verify(&RealDisk, &directory, None, None)?;
        let mut calls = Reader::new(&directory).calls(&Filter::default())?;
        // The directory may hold earlier walks.
        calls.retain(|call| call.time >= begun);
        anyhow::Ok((report, calls))
    })
    .await??;
    say!(
        "\nThe evidence trail: {} records, {} calls, chain {}",
        report.records,
        calls.len(),
        if report.ok { "intact" } else { "BROKEN" }
    );
    for call in &calls {
        say!(
            "   {}  {:<18} {:<34} {:<11} {}",
            &call.call[..8.min(call.call.len())],
            call.tool,
            call.target,
            call.verdict,
            call.rules.join(" ")
        );
    }
    say!("\n   wardgate evidence verify --dir {}", evidence.display());
    if calls.len() != steps().len() || !report.ok {
        failures += 1;
        say!("   ✗ {} calls were made, and the chain must be intact", steps().len());
    }
    if failures > 0 {
        bail!("{failures} steps differ from what they must show");
    }
    say!("\nEvery step went as it must. Start `wardgate demo` and let an agent try.");
    Ok(ExitCode::SUCCESS)
}

/// A few lines of what the agent reads.
fn excerpt(result: &Value) -> Vec<String> {
    let content = &result["structuredContent"];
    let lines = ["lines", "stdout", "items", "events", "series"]
        .into_iter()
        .find_map(|key| content[key].as_array().filter(|a| !a.is_empty()));
    let mut shown: Vec<String> = match lines {
        Some(lines) => {
            let masked: Vec<&Value> =
                lines.iter().filter(|line| line.to_string().contains("[redacted:")).take(3).collect();
            let first = lines.iter().take(4);
            let text = |line: &Value| line.as_str().map_or_else(|| line.to_string(), str::to_string);
            if masked.is_empty() { first.map(text).collect() } else { masked.into_iter().map(text).collect() }
        }
        None => {
            serde_json::to_string_pretty(content).unwrap_or_default().lines().take(10).map(str::to_string).collect()
        }
    };
    for line in &mut shown {
        if line.chars().count() > 150 {
            *line = line.chars().take(149).chain(['…']).collect();
        }
    }
    shown
}

/// An MCP client, as small as it can be.
struct Agent {
    write: WriteHalf<DuplexStream>,
    read: Lines<BufReader<ReadHalf<DuplexStream>>>,
    next: u64,
}

impl Agent {
    async fn connect(served: &Served) -> Result<Self> {
        let (ours, theirs) = tokio::io::duplex(1 << 20);
        let (read, write) = tokio::io::split(theirs);
        let gateway = served.gateway.clone();
        tokio::spawn(async move {
            if let Err(error) = serve_streams(gateway, read, write, CancellationToken::new()).await {
                tracing::error!(%error, "the demo's server ended");
            }
        });
        let (read, write) = tokio::io::split(ours);
        let mut agent = Self { write, read: BufReader::new(read).lines(), next: 0 };
        let hello = json!({"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "walkthrough", "version": "1"}});
        agent.request("initialize", hello).await?;
        agent.send(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"})).await?;
        Ok(agent)
    }

    async fn call(&mut self, tool: &str, arguments: &Value) -> Result<Value> {
        self.request("tools/call", json!({"name": tool, "arguments": arguments})).await
    }

    async fn request(&mut self, method: &str, params: Value) -> Result<Value> {
        self.next += 1;
        let id = self.next;
        self.send(&json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})).await?;
        loop {
            let line = self.read.next_line().await?.context("the server hung up")?;
            let message: Value = serde_json::from_str(&line)?;
            if message["id"] != id {
                continue;
            }
            if let Some(error) = message.get("error") {
                bail!("{method}: {error}");
            }
            return Ok(message["result"].clone());
        }
    }

    async fn send(&mut self, message: &Value) -> Result<()> {
        self.write.write_all(format!("{message}\n").as_bytes()).await?;
        Ok(self.write.flush().await?)
    }
}
