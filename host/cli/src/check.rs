//! `wardgate policy check`: asks the reviewers through the road's `judge`, with a ledger that keeps nothing.
//!
//! What a look-up would find is stated: by options, or by each line of `--jsonl`. Namespaces count as open and metrics as
//! allowed unless the line says otherwise; the host's ceilings apply.
mod line;
mod moments;
mod stated;

use self::{
    line::{Kind, Line, refused},
    moments::{duration, time},
    stated::{Catalog, Nothing, Plain, Stated},
};
use crate::{
    policies,
    system::{RandomIds, SystemClock},
};
use anyhow::Result;
use serde_json::{Value as Json, json};
use std::{
    collections::BTreeMap,
    io::{BufRead, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};
use wardgate_core::{
    AnyRequest, Call, Clock, Denial, Exec, Floor, Judgement, Limits, Logs, Place, Prepare, Query, Request, Road,
    Ruling, Subject, Target, floor, never,
};
use wardgate_policy::set::PolicySet;

/// Step of a range query that names none, in milliseconds.
const DEFAULT_STEP: u64 = 60_000;
/// Rules of the guard that a value breaks which no guard can be shown: no time, no step.
const RANGE_TIME: &str = "promql.range.time";
const RANGE_STEP: &str = "promql.range.step";
/// Bytes of one line.
const LINE: usize = 1 << 20;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// A command.
    #[command(after_help = "Examples:
  wardgate policy check exec -- cat /proc/meminfo
  echo '{\"id\":1,\"argv\":[\"ss\",\"-tan\"]}' | wardgate policy check exec --jsonl")]
    Exec {
        #[command(flatten)]
        shared: Shared,
        /// The command and its arguments.
        #[arg(last = true, required_unless_present = "jsonl")]
        argv: Vec<String>,
    },
    /// A PromQL query.
    #[command(after_help = "Examples:
  wardgate policy check query 'sum by (pod) (rate(container_cpu_usage_seconds_total{namespace=\"shop\"}[5m]))'
  wardgate policy check query up --start 1795000000 --end 1795001800 --step 30s")]
    Query {
        #[command(flatten)]
        shared: Shared,
        /// The query.
        #[arg(required_unless_present = "jsonl")]
        query: Option<String>,
        /// The time of an instant query: Unix seconds, RFC 3339, `now` or such as `now-1h`. Now by default.
        #[arg(long, conflicts_with_all = ["start", "end", "step"], allow_hyphen_values = true)]
        time: Option<String>,
        /// First evaluation of a range query, in the same forms.
        #[arg(long, requires = "end", allow_hyphen_values = true)]
        start: Option<String>,
        /// Last evaluation.
        #[arg(long, requires = "start", allow_hyphen_values = true)]
        end: Option<String>,
        /// Between two evaluations: seconds or a Prometheus duration.
        #[arg(long, requires = "start", allow_hyphen_values = true)]
        step: Option<String>,
        /// Series by metric, a JSON object; the shipped estimate of a mid-size cluster by default.
        #[arg(long)]
        catalog: Option<PathBuf>,
        /// Series of a metric that the shipped estimate does not name.
        #[arg(long, conflicts_with = "catalog")]
        unknown_series: Option<u64>,
    },
    /// A request for logs.
    Logs {
        #[command(flatten)]
        shared: Shared,
        /// Only lines younger than this.
        #[arg(long)]
        since_seconds: Option<u32>,
        /// Only this many lines from the end.
        #[arg(long)]
        tail_lines: Option<u32>,
        /// The log of the container's earlier run.
        #[arg(long)]
        previous: bool,
    },
}

#[derive(clap::Args)]
pub(crate) struct Shared {
    /// Read one request a line from standard input, write one verdict a line.
    #[arg(long)]
    jsonl: bool,
    /// Print the verdict as JSON.
    #[arg(long)]
    json: bool,
    /// The target's namespace.
    #[arg(long, default_value = "default")]
    namespace: String,
    /// The target's pod.
    #[arg(long, default_value = "pod")]
    pod: String,
    /// The target's container.
    #[arg(long, default_value = "main")]
    container: String,
    /// A directory of policies, instead of the shipped ones.
    #[arg(long, requires = "trust")]
    policies: Option<PathBuf>,
    /// The trust policy for them.
    #[arg(long)]
    trust: Option<PathBuf>,
}

pub(crate) async fn run(command: Command) -> Result<ExitCode> {
    let (shared, kind, line, catalog) = match command {
        Command::Exec { shared, argv } => {
            (shared, Kind::Exec, Line { argv: Some(argv), ..Line::default() }, Catalog::none())
        }
        Command::Query { shared, query, time, start, end, step, catalog, unknown_series } => {
            let text = |text: Option<String>| text.map(Json::String);
            let line = Line {
                query,
                time: text(time),
                start: text(start),
                end: text(end),
                step: text(step),
                ..Line::default()
            };
            (shared, Kind::Query, line, Catalog::read(catalog, unknown_series)?)
        }
        Command::Logs { shared, since_seconds, tail_lines, previous } => (
            shared,
            Kind::Logs,
            Line { since_seconds, tail_lines, previous: Some(previous), ..Line::default() },
            Catalog::none(),
        ),
    };
    let source = policies::Source {
        directory: shared.policies.clone(),
        trust: shared.trust.clone(),
        ..policies::Source::default()
    };
    let policies = tokio::task::spawn_blocking(move || policies::load(&source)).await??;
    let bench = Bench { policies, catalog: Arc::new(catalog), shared };
    if bench.shared.jsonl {
        return bench.lines(kind).await;
    }
    let answer = bench.judge(kind, line).await;
    if bench.shared.json {
        println!("{}", with_id("null", &answer));
    } else {
        let text = |key: &str| answer[key].as_str().unwrap_or_default().to_string();
        println!("{}  {}", text("verdict"), text("rule"));
        for key in ["reason", "remedy"] {
            if let Some(words) = answer[key].as_str() {
                println!("  {key}: {words}");
            }
        }
        if !answer["instead"].is_null() {
            println!("  instead: {}", answer["instead"]);
        }
    }
    Ok(match answer["verdict"].as_str() {
        Some("allow") => ExitCode::SUCCESS,
        Some("ask") => ExitCode::from(11),
        _ => ExitCode::from(10),
    })
}

/// What the policies say of a command by its words alone, as at the admission gate.
pub(crate) async fn offline(policies: &Arc<PolicySet>, argv: Vec<String>, wrapper: Vec<String>) -> Judgement {
    let shared = Shared {
        jsonl: false,
        json: false,
        namespace: "default".into(),
        pod: "pod".into(),
        container: "main".into(),
        policies: None,
        trust: None,
    };
    let bench = Bench { policies: policies.clone(), catalog: Arc::new(Catalog::none()), shared };
    bench.ask(Exec { argv, wrapper }, Line::default()).await
}

struct Bench {
    policies: Arc<PolicySet>,
    catalog: Arc<Catalog>,
    shared: Shared,
}

impl Bench {
    async fn lines(&self, kind: Kind) -> Result<ExitCode> {
        let (mut input, mut out) = (std::io::stdin().lock(), std::io::stdout().lock());
        let mut line = Vec::new();
        loop {
            line.clear();
            let read = std::io::Read::take(&mut input, LINE as u64 + 1).read_until(b'\n', &mut line)?;
            if read == 0 {
                return Ok(ExitCode::SUCCESS);
            }
            let (id, request) = if line.len() > LINE {
                let (id, _) = line::read(&line, kind);
                // The rest of it is no request either.
                while line.last() != Some(&b'\n') {
                    line.clear();
                    if std::io::Read::take(&mut input, LINE as u64).read_until(b'\n', &mut line)? == 0 {
                        break;
                    }
                }
                (id, Err(refused(kind, "a line is longer than 1 MiB")))
            } else {
                line::read(&line, kind)
            };
            let said = match request {
                Ok(request) => self.judge(kind, request).await,
                Err(denial) => refusal(&denial),
            };
            writeln!(out, "{}", with_id(&id, &said))?;
            out.flush()?;
        }
    }

    async fn judge(&self, kind: Kind, line: Line) -> Json {
        let judgement = match kind {
            Kind::Exec => match line.argv.clone() {
                Some(argv) => self.ask(Exec { argv, wrapper: vec![] }, line).await,
                None => return refusal(&refused(kind, "an exec names argv, a list of words")),
            },
            Kind::Query => match query(&line) {
                Ok(query) => self.ask(query, line).await,
                Err(denial) => return refusal(&denial),
            },
            Kind::Logs => {
                let Line { since_seconds, tail_lines, previous, .. } = line;
                let logs = Logs {
                    since_seconds,
                    tail_lines: tail_lines.or(Some(200)),
                    previous: previous.unwrap_or(false),
                    ..Logs::default()
                };
                self.ask(logs, line).await
            }
        };
        verdict(&judgement)
    }

    async fn ask<R: Request>(&self, request: R, line: Line) -> Judgement
    where
        Plain: Prepare<R>,
    {
        let open = || [floor::ACCESS, floor::EXEC].map(|(key, value)| (key.to_string(), value.to_string())).into();
        let or = |given: Option<String>, other: &str| given.unwrap_or_else(|| other.to_string());
        let cluster = matches!(request.any(), AnyRequest::Query(_));
        let labels = line.namespace_labels.clone().map(|labels| (line.namespace.clone(), labels));
        let target = if cluster {
            Target { cluster: "check".into(), ..Target::default() }
        } else {
            Target {
                cluster: "check".into(),
                namespace: or(line.namespace, &self.shared.namespace),
                namespace_labels: line.namespace_labels.unwrap_or_else(open),
                pod: or(line.pod, &self.shared.pod),
                pod_labels: line.pod_labels.unwrap_or_default(),
                container: or(line.container, &self.shared.container),
                image: line.image.unwrap_or_default(),
                image_digest: line.image_digest.unwrap_or_default(),
                ..Target::default()
            }
        };
        let road = Road {
            reviewers: self.policies.clone(),
            redactors: self.policies.clone(),
            lookup: Arc::new(Stated { target, catalog: self.catalog.clone() }),
            ledger: Arc::new(Nothing),
            clock: Arc::new(SystemClock),
            ids: Arc::new(RandomIds),
            limits: Limits::default(),
            floor: Floor::default(),
        };
        let place = Place { namespace: Some(self.shared.namespace.clone()), ..Place::default() };
        let call = Call {
            subject: Subject::named("local"),
            place,
            request,
            tool: "policy-check",
            select: None,
            attributes: BTreeMap::new(),
        };
        let plain = Plain { cluster_metrics: line.cluster_metrics, labels };
        road.judge(call, &plain, never()).await
    }
}

/// The verdict on a line, with that line's id.
fn with_id(id: &str, said: &Json) -> String {
    format!("{{\"id\":{id},{}", &said.to_string()[1..])
}

fn verdict(judgement: &Judgement) -> Json {
    match &judgement.ruling {
        Ruling::Allow(_) => {
            json!({"verdict": "allow", "rule": judgement.rules.join(" "), "reason": null, "remedy": null})
        }
        Ruling::Ask(denials) => said("ask", denials.first()),
        Ruling::Deny(denials) => said("deny", denials.first()),
    }
}

fn said(verdict: &str, denial: Option<&Denial>) -> Json {
    let denial = denial.cloned().unwrap_or_default();
    let mut said = json!({"verdict": verdict, "rule": denial.rule, "reason": denial.reason, "remedy": denial.remedy});
    if let Some(instead) = denial.instead.as_deref().and_then(written) {
        said["instead"] = instead;
    }
    if !denial.details.is_empty() {
        said["details"] = denial.details.iter().map(|(key, value)| (key.clone(), json!(value))).collect();
    }
    said
}

/// A proposed request in the form of a line: times in seconds.
fn written(request: &AnyRequest) -> Option<Json> {
    match request {
        AnyRequest::Query(query) => {
            let seconds = |ms: u64| format!("{}.{:03}", ms / 1000, ms % 1000);
            let mut line = json!({"query": query.text});
            if query.start == query.end && query.step == 0 {
                line["time"] = json!(seconds(query.end));
            } else {
                line["start"] = json!(seconds(query.start));
                line["end"] = json!(seconds(query.end));
                line["step"] = json!(seconds(query.step));
            }
            Some(line)
        }
        AnyRequest::Exec(exec) => Some(json!({"argv": exec.argv})),
        AnyRequest::Logs(logs) => {
            let mut line = json!({"previous": logs.previous});
            for (key, value) in [("since_seconds", logs.since_seconds), ("tail_lines", logs.tail_lines)] {
                if let Some(value) = value {
                    line[key] = json!(value);
                }
            }
            Some(line)
        }
        _ => None,
    }
}

fn refusal(denial: &Denial) -> Json {
    said("deny", Some(denial))
}

fn query(line: &Line) -> Result<Query, Denial> {
    let form = |why: &str| refused(Kind::Query, why);
    let text = line.query.clone().ok_or_else(|| form("a query names its text"))?;
    let now = SystemClock.now();
    let at = |value: &Json| {
        time(value, now)
            .map_err(|why| Denial::new(RANGE_TIME, why).remedy("write Unix seconds, RFC 3339, or such as now-1h"))
    };
    let (start, end) = match (&line.time, &line.start, &line.end) {
        (None, None, None) => (now, now),
        (Some(time), None, None) => {
            let time = at(time)?;
            (time, time)
        }
        (None, Some(start), Some(end)) => (at(start)?, at(end)?),
        (None, ..) => return Err(form("start and end go together")),
        (Some(_), ..) => return Err(form("a query has a time, or start and end")),
    };
    let instant = line.start.is_none();
    let step = match &line.step {
        Some(_) if instant => return Err(form("a step goes with start and end")),
        Some(step) => duration(step).map_err(|why| {
            Denial::new(RANGE_STEP, why).remedy("write seconds, or a duration such as 30s, 5m or 1h30m")
        })?,
        None if instant || start == end => 0,
        None => DEFAULT_STEP,
    };
    Ok(Query { text, start, end, step })
}
