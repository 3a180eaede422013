//! `wardgate policy check`: asks the reviewers through the road's `judge`, with a ledger that keeps nothing.
//!
//! What a look-up would find is stated: by options, or by each line of `--jsonl`. Namespaces count as open and metrics as
//! allowed unless the line says otherwise; the host's ceilings apply.
use crate::{
    policies,
    system::{RandomIds, SystemClock},
};
use anyhow::{Context as _, Result};
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::{
    collections::{BTreeMap, BTreeSet},
    io::{BufRead, Write},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};
use wardgate_cluster::promql_floor;
use wardgate_core::{
    AnyRequest, Bound, BoxFuture, Call, Clock, Context, Denial, Exec, Facts, Floor, Intent, Judgement, Known, Ledger,
    LedgerDown, Limits, Logs, Lookup, Opened, Outcome, Place, Prepare, Query, Question, Request, Road, Ruling, Subject,
    Target, TurnedAway, Unanswered, Value, floor, never,
};
use wardgate_policy::set::PolicySet;
use wardgate_promql::{catalogue::Catalogue, names::near};

/// Series of a mid-size cluster, by metric: what the guard reckons with offline.
const CATALOG: &str = include_str!("../../../plugins/promql-guard/catalog.json");
/// Step of a range query that names none, in milliseconds.
const DEFAULT_STEP: u64 = 60_000;
/// Rules of the guard that a value breaks which no guard can be shown: no time, no step.
const RANGE_TIME: &str = "promql.range.time";
const RANGE_STEP: &str = "promql.range.step";
/// Names that a catalogue offers for one that it does not know.
const NEAR: usize = 10;
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

/// One request as a line of JSON.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Line {
    id: Json,
    argv: Option<Vec<String>>,
    query: Option<String>,
    time: Option<Json>,
    start: Option<Json>,
    end: Option<Json>,
    step: Option<Json>,
    namespace: Option<String>,
    pod: Option<String>,
    container: Option<String>,
    since_seconds: Option<u32>,
    tail_lines: Option<u32>,
    previous: bool,
    image: Option<String>,
    image_digest: Option<String>,
    namespace_labels: Option<BTreeMap<String, String>>,
    pod_labels: Option<BTreeMap<String, String>>,
    cluster_metrics: Option<BTreeSet<String>>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Exec,
    Query,
    Logs,
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
        Command::Logs { shared, since_seconds, tail_lines, previous } => {
            (shared, Kind::Logs, Line { since_seconds, tail_lines, previous, ..Line::default() }, Catalog::none())
        }
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
        println!("{answer}");
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
            if line.len() > LINE {
                // The rest of it is no request either.
                while line.last() != Some(&b'\n') {
                    line.clear();
                    if std::io::Read::take(&mut input, LINE as u64).read_until(b'\n', &mut line)? == 0 {
                        break;
                    }
                }
                writeln!(out, "{}", refusal(&Json::Null, &Denial::new("check.line", "a line is longer than 1 MiB")))?;
                out.flush()?;
                continue;
            }
            if line.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let answer = match serde_json::from_slice::<Line>(&line) {
                Ok(request) => self.judge(kind, request).await,
                Err(error) => {
                    let id = serde_json::from_slice::<Json>(&line).ok().map_or(Json::Null, |value| value["id"].clone());
                    refusal(&id, &Denial::new("check.line", format!("the line is no request: {error}")))
                }
            };
            writeln!(out, "{answer}")?;
            out.flush()?;
        }
    }

    async fn judge(&self, kind: Kind, line: Line) -> Json {
        let id = line.id.clone();
        let judged = match kind {
            Kind::Exec => match line.argv.clone() {
                Some(argv) => Ok(self.ask(Exec { argv, wrapper: vec![] }, line).await),
                None => Err("an exec names argv, a list of words".to_string()),
            },
            Kind::Query => match query(&line) {
                Ok(query) => Ok(self.ask(query, line).await),
                Err(denial) => return refusal(&id, &denial),
            },
            Kind::Logs => {
                let Line { since_seconds, tail_lines, previous, .. } = line;
                let logs = Logs { since_seconds, tail_lines: tail_lines.or(Some(200)), previous, ..Logs::default() };
                Ok(self.ask(logs, line).await)
            }
        };
        match judged {
            Ok(judgement) => verdict(&id, &judgement),
            Err(why) => refusal(&id, &Denial::new("check.line", why)),
        }
    }

    async fn ask<R: Request>(&self, request: R, line: Line) -> Judgement
    where
        Plain: Prepare<R>,
    {
        let open = || [floor::ACCESS, floor::EXEC].map(|(key, value)| (key.to_string(), value.to_string())).into();
        let or = |given: Option<String>, other: &str| given.unwrap_or_else(|| other.to_string());
        let cluster = matches!(request.any(), AnyRequest::Query(_));
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
        road.judge(call, &Plain { cluster_metrics: line.cluster_metrics }, never()).await
    }
}

fn verdict(id: &Json, judgement: &Judgement) -> Json {
    match &judgement.ruling {
        Ruling::Allow(_) => {
            json!({"id": id, "verdict": "allow", "rule": judgement.rules.join(" "), "reason": null, "remedy": null})
        }
        Ruling::Ask(denials) => said(id, "ask", denials.first()),
        Ruling::Deny(denials) => said(id, "deny", denials.first()),
    }
}

fn said(id: &Json, verdict: &str, denial: Option<&Denial>) -> Json {
    let denial = denial.cloned().unwrap_or_default();
    let mut said =
        json!({"id": id, "verdict": verdict, "rule": denial.rule, "reason": denial.reason, "remedy": denial.remedy});
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
    let AnyRequest::Query(query) = request else { return serde_json::to_value(request).ok() };
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

fn refusal(id: &Json, denial: &Denial) -> Json {
    said(id, "deny", Some(denial))
}

/// Canonical, and the floor for metrics where the line turned it on; namespaces count as open.
struct Plain {
    cluster_metrics: Option<BTreeSet<String>>,
}

impl Prepare<Exec> for Plain {
    fn prepare(&self, request: Exec, _: &Context) -> Result<Exec, Denial> {
        Ok(request)
    }
}

impl Prepare<Logs> for Plain {
    fn prepare(&self, request: Logs, _: &Context) -> Result<Logs, Denial> {
        Ok(request)
    }
}

impl Prepare<Query> for Plain {
    fn prepare(&self, request: Query, _: &Context) -> Result<Query, Denial> {
        if let Some(metrics) = &self.cluster_metrics {
            promql_floor::check(&request.text, &|_| true, metrics)?;
        }
        Ok(request)
    }
}

/// A look-up that knows what was stated.
struct Stated {
    target: Target,
    catalog: Arc<Catalog>,
}

impl Lookup for Stated {
    fn resolve<'a>(&'a self, _: &'a Place, _: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        let facts = Facts { targets: vec![self.target.clone()], ..Facts::default() };
        Box::pin(std::future::ready(Ok(facts)))
    }

    fn answer<'a>(&'a self, _: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        Box::pin(std::future::ready(self.catalog.answer(question)))
    }
}

struct Catalog {
    series: Catalogue,
    unknown: Option<u64>,
}

impl Catalog {
    fn none() -> Self {
        Self { series: Catalogue::default(), unknown: None }
    }

    fn read(path: Option<PathBuf>, unknown: Option<u64>) -> Result<Self> {
        let series: BTreeMap<String, u64> = match path {
            Some(path) => {
                let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
                serde_json::from_str(&text)
                    .with_context(|| format!("{}: a JSON object of metric and series", path.display()))?
            }
            None => serde_json::from_str(CATALOG).context("the shipped catalogue")?,
        };
        Ok(Self { series: series.into_iter().collect(), unknown })
    }

    fn answer(&self, question: &Question) -> Result<Known, Unanswered> {
        match question.kind.as_str() {
            "series" => {}
            "metric-names" => {
                let mut names: Vec<&str> = self.series.names().collect();
                names.sort_unstable();
                let near = near(&question.subject, names, NEAR).into_iter().map(str::to_owned).collect();
                return Ok(Known { value: Value::Texts(near), bound: Bound::About });
            }
            _ => return Err(Unanswered::Unavailable),
        }
        let number = |count, bound| Ok(Known { value: Value::Number(count), bound });
        match self.series.estimate(&question.subject) {
            // The catalogue counts a metric; what a matcher leaves of it is a guess.
            Some(found) => number(found.series, if found.narrowed { Bound::About } else { Bound::AtMost }),
            None => self.unknown.map_or(Err(Unanswered::Missing), |count| number(count, Bound::AtMost)),
        }
    }
}

fn query(line: &Line) -> Result<Query, Denial> {
    let form = |why: &str| Denial::new("check.line", why);
    let text = line.query.clone().ok_or_else(|| form("a query names its text"))?;
    let now = SystemClock.now();
    let at = |value: &Json| time(value, now).map_err(|why| Denial::new(RANGE_TIME, why));
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
        Some(step) => duration(step).map_err(|why| Denial::new(RANGE_STEP, why))?,
        None if instant || start == end => 0,
        None => DEFAULT_STEP,
    };
    Ok(Query { text, start, end, step })
}

/// Unix seconds, RFC 3339, `now`, or such as `now-1h`, as milliseconds.
fn time(value: &Json, now: u64) -> Result<u64, String> {
    let bad = || format!("{value} is no time: write Unix seconds, RFC 3339, or such as now-1h");
    if let Some(seconds) = value.as_f64() {
        return millis(seconds).ok_or_else(bad);
    }
    let text = value.as_str().ok_or_else(bad)?.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        return millis(seconds).ok_or_else(bad);
    }
    if let Some(distance) = text.strip_prefix("now") {
        return match (distance.chars().next(), distance.get(1..)) {
            (None, _) => Ok(now),
            (Some('-'), Some(back)) => now.checked_sub(duration(&json!(back))?).ok_or_else(bad),
            (Some('+'), Some(ahead)) => now.checked_add(duration(&json!(ahead))?).ok_or_else(bad),
            _ => Err(bad()),
        };
    }
    let stamp: jiff::Timestamp = text.parse().map_err(|_| bad())?;
    u64::try_from(stamp.as_millisecond()).map_err(|_| bad())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn millis(seconds: f64) -> Option<u64> {
    // Far below 2^53, so the cast is exact.
    (0.0..=1e11).contains(&seconds).then(|| (seconds * 1000.0).round() as u64)
}

/// Seconds or a Prometheus duration, as milliseconds.
fn duration(value: &Json) -> Result<u64, String> {
    let bad = || format!("{value} is no duration: write seconds, or such as 30s, 5m, 1h30m");
    if let Some(seconds) = value.as_f64() {
        return millis(seconds).ok_or_else(bad);
    }
    let text = value.as_str().ok_or_else(bad)?;
    if let Ok(seconds) = text.parse::<f64>() {
        return millis(seconds).ok_or_else(bad);
    }
    let (mut total, mut number) = (0_u64, String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match (c, chars.peek()) {
            ('m', Some('s')) => {
                chars.next();
                1
            }
            ('s', _) => 1_000,
            ('m', _) => 60_000,
            ('h', _) => 3_600_000,
            ('d', _) => 86_400_000,
            ('w', _) => 604_800_000,
            ('y', _) => 31_536_000_000,
            _ => return Err(bad()),
        };
        let count: u64 = number.parse().map_err(|_| bad())?;
        total = count.checked_mul(unit).and_then(|part| total.checked_add(part)).ok_or_else(bad)?;
        number.clear();
    }
    if text.is_empty() || !number.is_empty() { Err(bad()) } else { Ok(total) }
}

/// A ledger that keeps nothing: a check is no call.
struct Nothing;

impl Ledger for Nothing {
    fn commit<'a>(&'a self, _: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(std::future::ready(Err(LedgerDown)))
    }
    fn refuse<'a>(&'a self, _: &'a Intent, _: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(std::future::ready(Ok(())))
    }
    fn turn_away<'a>(&'a self, _: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_and_durations_are_read_as_prometheus_reads_them() {
        for (value, ms) in [
            (json!(1.5), Ok(1500)),
            (json!("1795000000"), Ok(1_795_000_000_000)),
            (json!("1970-01-01T00:00:02Z"), Ok(2000)),
            (json!("1970-01-01T01:00:02.5+01:00"), Ok(2500)),
            (json!("now"), Ok(10_000)),
            (json!("now-4s"), Ok(6000)),
            (json!("now+1"), Ok(11_000)),
            (json!("now-1h"), Err(())),
            (json!("nowhere"), Err(())),
            (json!("NaN"), Err(())),
            (json!("Inf"), Err(())),
            (json!(1e300), Err(())),
            (json!(null), Err(())),
            (json!(-1), Err(())),
            (json!("soon"), Err(())),
        ] {
            assert_eq!(time(&value, 10_000).map_err(drop), ms, "{value}");
        }
        for (value, ms) in [
            (json!(30), Ok(30_000)),
            (json!("30s"), Ok(30_000)),
            (json!("1h30m"), Ok(5_400_000)),
            (json!("500ms"), Ok(500)),
            (json!("0"), Ok(0)),
            (json!(0), Ok(0)),
            (json!("0s"), Ok(0)),
            (json!("-30"), Err(())),
            (json!("-30s"), Err(())),
            (json!(-1), Err(())),
            (json!("NaN"), Err(())),
            (json!("+Inf"), Err(())),
            (json!("1h-5m"), Err(())),
            (json!("99999999999999999999h"), Err(())),
            (json!("5"), Ok(5_000)),
            (json!("m"), Err(())),
            (json!("5x"), Err(())),
            (json!(""), Err(())),
        ] {
            assert_eq!(duration(&value).map_err(drop), ms, "{value}");
        }
    }
}
