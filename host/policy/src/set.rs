//! The policy set: every loaded plugin with its settings and mode, as one value with one digest. It is made whole or not at all
//! (invariant 11), and implements the road's `Reviewers` and `Redactors`.
use crate::{
    bindings::{redactor::Redactor, reviewer::Reviewer, types},
    cache::Cache,
    convert,
    engine::{Host, LOADING},
    fault::{Fault, LoadError},
    inspect::PluginInfo,
    load::{self, Loaded},
    redact::{self, Channel, Lane, Opening, Prefilters},
    samples, settings,
    setup::RedactorSetup,
    statement::{CONTRACT, Name, Statement, WorldName},
    trust::{Digest, TrustPolicy},
    values::ValuesKey,
    verify::{Module, Verified, VerifyError, verify},
};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{collections::BTreeMap, fmt, sync::Arc};
use wardgate_core as core;
use wardgate_core::{BoxFuture, Denial, Opinion, PluginId, RedactionFailed, Verdict};

/// The rule of a denial that stands in for an answer that did not come.
pub const FAULT_RULE: &str = "policy.fault";

/// Whether a plugin's verdict counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// It counts.
    #[default]
    Enforce,
    /// It is recorded and does not count: a reviewer on trial.
    Monitor,
}

/// What an operator says about one plugin. Plugins that are not named here run with what came with them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PluginConfig {
    /// Which; it must be there.
    #[schemars(with = "String")]
    pub name: Name,
    /// Whether it counts.
    #[serde(default)]
    pub mode: Mode,
    /// Its settings, instead of those that came with it.
    #[serde(default)]
    pub settings: Option<Value>,
    /// The question kinds it may ask; all that its statement and the trust policy grant, if not given.
    #[serde(default)]
    pub questions: Option<Vec<String>>,
}

/// Why a policy set was not made: every plugin that is at fault, with the reason.
#[derive(Debug)]
pub struct SetError {
    /// At least one.
    pub problems: Vec<Problem>,
}

/// What is wrong with one plugin.
#[derive(Debug)]
pub struct Problem {
    /// Its name, as found or as configured.
    pub plugin: String,
    /// What is wrong.
    pub kind: ProblemKind,
}

/// The kinds of problem.
#[derive(Debug, thiserror::Error)]
pub enum ProblemKind {
    /// It is not trusted.
    #[error("{error}; {remedy}", remedy = .error.remedy())]
    Untrusted {
        /// Why.
        #[from]
        error: VerifyError,
    },
    /// It does not load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The operator configures what is not there.
    #[error("is configured, but there is no such policy")]
    Missing,
    /// The operator configures it twice, or there are two of it.
    #[error("is there twice")]
    Twice,
    /// Masking on trial is no masking.
    #[error("is a redactor, and monitor mode is for reviewers only")]
    MonitoredRedactor,
}

impl fmt::Display for SetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the policy set was not loaded")?;
        self.problems.iter().try_for_each(|problem| write!(f, "\npolicy {}: {}", problem.plugin, problem.kind))
    }
}

impl std::error::Error for SetError {}

/// One plugin of a set.
pub(crate) struct Plugin<T> {
    pub(crate) about: About,
    pub(crate) body: T,
}

/// What is known of a plugin beside what it does.
#[derive(Clone)]
pub(crate) struct About {
    pub(crate) id: PluginId,
    pub(crate) mode: Mode,
    pub(crate) statement: Statement,
    pub(crate) publisher: String,
    pub(crate) key: Digest,
    pub(crate) granted: Vec<String>,
    pub(crate) settings: Value,
    pub(crate) size: usize,
}

/// A reviewer, ready.
pub(crate) type ReviewerPlugin = Plugin<Arc<Loaded<Reviewer>>>;

/// A redactor, ready, with its rules as the road wants them.
pub(crate) struct RedactorBody {
    pub(crate) loaded: Arc<Loaded<Redactor>>,
    rules: Arc<[Arc<str>]>,
    filter: Option<Arc<dyn Prefilters>>,
}

/// Every loaded plugin.
pub struct PolicySet {
    host: Host,
    pub(crate) reviewers: Vec<ReviewerPlugin>,
    pub(crate) redactors: Vec<Plugin<RedactorBody>>,
    digest: String,
}

/// Makes a prefilter of a redactor's triggers, if it can.
pub type MakePrefilter = fn(&RedactorSetup) -> Option<Arc<dyn Prefilters>>;

/// What a set is made of.
pub struct SetSource<'a> {
    /// Found, not verified.
    pub modules: Vec<Module>,
    /// Whose signatures count.
    pub trust: &'a TrustPolicy,
    /// What the operator says.
    pub plugins: &'a [PluginConfig],
    /// Where compiled code is kept.
    pub cache: Option<&'a Cache>,
    /// As of when signatures count.
    pub now: Timestamp,
    /// Makes a prefilter of a redactor's triggers; without one every redactor is shown everything.
    pub prefilter: Option<MakePrefilter>,
}

enum Ready {
    Reviewer(Box<ReviewerPlugin>),
    Redactor(Box<Plugin<RedactorBody>>),
}

impl PolicySet {
    /// Verifies and loads all of it, or says everything that is wrong with it. Takes seconds where the cache is cold; call it where
    /// blocking is fine.
    pub fn load(host: &Host, source: SetSource<'_>) -> Result<Self, SetError> {
        Self::load_with(host, source, None)
    }

    /// As `load`; plugins whose settings hold hashes of exact values are given the key to them. It is no part of the set's digest.
    pub fn load_with(host: &Host, source: SetSource<'_>, values: Option<&ValuesKey>) -> Result<Self, SetError> {
        let mut problems = Vec::new();
        let configs = configs(&source, &mut problems);
        let SetSource { modules, trust, cache, now, prefilter, .. } = source;
        let loading = |module: Module| {
            let name = module.name.clone();
            let config = configs.get(name.as_str()).copied();
            let ready = ready(host, module, trust, config, cache, now, prefilter, values);
            ready.map_err(|kind| Problem { plugin: crate::text::escape(&name, 100), kind })
        };
        let loaded = side_by_side(modules, loading);
        let (mut reviewers, mut redactors) = (Vec::new(), Vec::new());
        for ready in loaded {
            match ready {
                Ok(Ready::Reviewer(plugin)) => reviewers.push(*plugin),
                Ok(Ready::Redactor(plugin)) => redactors.push(*plugin),
                Err(problem) => problems.push(problem),
            }
        }
        if !problems.is_empty() {
            return Err(SetError { problems });
        }
        reviewers.sort_by(|a, b| a.about.id.name.cmp(&b.about.id.name));
        redactors.sort_by(|a, b| a.about.id.name.cmp(&b.about.id.name));
        let digest = digest(host, reviewers.iter().map(|p| &p.about).chain(redactors.iter().map(|p| &p.about)));
        Ok(Self { host: host.clone(), reviewers, redactors, digest })
    }

    /// Digest over contract, plugins, settings, modes, grants and budgets.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What is loaded: reviewers, then redactors, each by name.
    pub fn plugins(&self) -> Vec<PluginInfo> {
        let reviewer = |Plugin { about, body }: &ReviewerPlugin| {
            PluginInfo::new(
                about,
                body.setup.kinds.clone(),
                body.setup.rules.clone(),
                body.cached,
                body.thawed.is_none(),
            )
        };
        let redactor = |Plugin { about, body }: &Plugin<RedactorBody>| {
            let loaded = &body.loaded;
            PluginInfo::new(about, Vec::new(), loaded.setup.rules.clone(), loaded.cached, loaded.thawed.is_none())
        };
        self.reviewers.iter().map(reviewer).chain(self.redactors.iter().map(redactor)).collect()
    }
}

/// A few at a time, a thread each: compiling dominates, and its serial parts then overlap. No more than the pool has room for.
fn side_by_side<T: Send, R: Send>(mut all: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
    let mut done = Vec::with_capacity(all.len());
    while !all.is_empty() {
        let batch: Vec<T> = all.drain(..all.len().min(LOADING as usize)).collect();
        std::thread::scope(|scope| {
            let threads: Vec<_> = batch.into_iter().map(|one| scope.spawn(|| work(one))).collect();
            for thread in threads {
                match thread.join() {
                    Ok(result) => done.push(result),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
        });
    }
    done
}

fn configs<'a>(source: &SetSource<'a>, problems: &mut Vec<Problem>) -> BTreeMap<&'a str, &'a PluginConfig> {
    let mut configs = BTreeMap::new();
    let mut problem = |plugin: &str, kind| problems.push(Problem { plugin: crate::text::escape(plugin, 100), kind });
    for config in source.plugins {
        if configs.insert(config.name.as_str(), config).is_some() {
            problem(config.name.as_str(), ProblemKind::Twice);
        }
        if !source.modules.iter().any(|module| module.name == config.name.as_str()) {
            problem(config.name.as_str(), ProblemKind::Missing);
        }
    }
    let mut names: Vec<&str> = source.modules.iter().map(|module| module.name.as_str()).collect();
    names.sort_unstable();
    for pair in names.windows(2).filter(|pair| pair[0] == pair[1]) {
        problem(pair[0], ProblemKind::Twice);
    }
    configs
}

// What a set is made of, once more, for one of its modules.
#[allow(clippy::too_many_arguments)]
fn ready(
    host: &Host,
    module: Module,
    trust: &TrustPolicy,
    config: Option<&PluginConfig>,
    cache: Option<&Cache>,
    now: Timestamp,
    prefilter: Option<MakePrefilter>,
    values: Option<&ValuesKey>,
) -> Result<Ready, ProblemKind> {
    let found = module.settings.clone();
    let verified = verify(module, trust, now)?;
    let settings = config.and_then(|c| c.settings.clone()).or(found).unwrap_or_else(settings::none);
    let about = about(&verified, config, settings);
    let given = values.map_or_else(|| about.settings.clone(), |key| key.given(&about.settings));
    let request = |call| load::Request { verified: &verified, settings: &given, granted: &about.granted, call };
    match about.statement.world {
        WorldName::Reviewer => {
            let body = Arc::new(Loaded::<Reviewer>::new(host, &request(host.settings.review), cache)?);
            log_loaded(&about, body.cached, body.took, body.thawed.as_deref());
            Ok(Ready::Reviewer(Box::new(Plugin { about, body })))
        }
        WorldName::Redactor if about.mode == Mode::Monitor => Err(ProblemKind::MonitoredRedactor),
        WorldName::Redactor => {
            let loaded = Arc::new(Loaded::<Redactor>::new(host, &request(host.settings.scan), cache)?);
            log_loaded(&about, loaded.cached, loaded.took, loaded.thawed.as_deref());
            let rules = loaded.setup.rules.iter().map(|rule| rule.id.as_str().into()).collect();
            let filter = prefilter.and_then(|make| make(&loaded.setup));
            Ok(Ready::Redactor(Box::new(Plugin { about, body: RedactorBody { loaded, rules, filter } })))
        }
    }
}

fn about(verified: &Verified, config: Option<&PluginConfig>, settings: Value) -> About {
    let statement = verified.statement().clone();
    let operator = config.and_then(|c| c.questions.as_ref());
    let granted = verified.granted().iter().filter(|kind| operator.is_none_or(|kinds| kinds.contains(kind)));
    About {
        id: PluginId {
            name: statement.name.to_string(),
            version: statement.version.to_string(),
            digest: verified.digest().to_string(),
        },
        mode: config.map_or(Mode::Enforce, |c| c.mode),
        granted: granted.cloned().collect(),
        publisher: verified.publisher().to_owned(),
        key: verified.key(),
        size: verified.wasm().len(),
        settings,
        statement,
    }
}

/// Every decision to load stands in the log, with what was decided about.
fn log_loaded(about: &About, cached: bool, took: std::time::Duration, thawed: Option<&str>) {
    let PluginId { name, version, digest } = &about.id;
    let took = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(policy = %name, %version, %digest, publisher = %about.publisher, key = %about.key, mode = ?about.mode, cached, took_ms = took, "policy verified and loaded");
    if let Some(why) = thawed {
        tracing::warn!(policy = %name, why, "cannot be frozen; it is configured for every call, which is slow");
    }
    if about.mode == Mode::Monitor {
        tracing::warn!(policy = %name, "runs in monitor mode: its verdicts are recorded and DO NOT COUNT");
    }
}

fn digest<'a>(host: &Host, plugins: impl Iterator<Item = &'a About>) -> String {
    let settings = &host.settings;
    let budget =
        |b: crate::engine::Budget| serde_json::json!([u64::try_from(b.time.as_micros()).unwrap_or(u64::MAX), b.memory]);
    let plugin = |about: &About| {
        serde_json::json!({
            "name": about.id.name, "version": about.id.version, "sha256": about.id.digest, "world": about.statement.world,
            "mode": about.mode, "questions": about.granted, "settings": Digest::of(about.settings.to_string().as_bytes()),
        })
    };
    let all = serde_json::json!({
        "contract": CONTRACT, "review": budget(settings.review), "scan": budget(settings.scan),
        "plugins": plugins.map(plugin).collect::<Vec<_>>(),
    });
    Digest::of(all.to_string().as_bytes()).to_string()
}

impl core::Reviewers for PolicySet {
    fn review<'a>(
        &'a self,
        context: &'a core::Context,
        request: &'a core::AnyRequest,
        answers: &'a [core::Answer],
    ) -> BoxFuture<'a, Vec<Opinion>> {
        Box::pin(async move {
            let kind = request.kind();
            if !self.reviewers.iter().any(|plugin| claims(plugin, kind)) {
                return Vec::new();
            }
            let input = Arc::new(Input {
                context: convert::context(context),
                request: convert::request(request),
                answers: convert::answers(answers),
            });
            let mut opinions = Vec::new();
            for plugin in &self.reviewers {
                if claims(plugin, kind) {
                    opinions.push(self.opinion(plugin, &input).await);
                }
            }
            opinions
        })
    }

    fn set_digest(&self) -> &str {
        &self.digest
    }

    fn samples(&self, kind: &str) -> Vec<core::Sample> {
        let enforced =
            self.reviewers.iter().filter(|plugin| plugin.about.mode == Mode::Enforce && claims(plugin, kind));
        enforced.flat_map(|plugin| samples::of(&plugin.body.setup.rules)).collect()
    }
}

fn claims(plugin: &ReviewerPlugin, kind: &str) -> bool {
    plugin.body.setup.kinds.iter().any(|claimed| claimed == kind)
}

/// What all reviewers of a request are asked.
struct Input {
    context: types::Context,
    request: types::Request,
    answers: Vec<types::Answer>,
}

impl PolicySet {
    async fn opinion(&self, plugin: &ReviewerPlugin, input: &Arc<Input>) -> Opinion {
        let verdict = match self.ask(&plugin.body, input).await {
            Ok(verdict) => convert::verdict(verdict),
            Err(fault) => {
                plugin.body.note(&fault);
                Verdict::Deny(fault_denial(&plugin.about.id.name, &fault))
            }
        };
        Opinion { plugin: plugin.about.id.clone(), monitor: plugin.about.mode == Mode::Monitor, verdict }
    }

    async fn ask(&self, plugin: &Arc<Loaded<Reviewer>>, input: &Arc<Input>) -> Result<types::Verdict, Fault> {
        let (place, left) = self.host.review_place(self.host.settings.review.time).await.ok_or(Fault::Busy)?;
        if !plugin.is_slow() {
            return plugin.review(&input.context, &input.request, &input.answers, left);
        }
        let (plugin, input) = (plugin.clone(), input.clone());
        let ran = tokio::task::spawn_blocking(move || {
            let _place = place;
            plugin.review(&input.context, &input.request, &input.answers, left)
        });
        ran.await.unwrap_or(Err(Fault::Dead))
    }
}

/// No answer that counts is a no.
fn fault_denial(plugin: &str, fault: &Fault) -> Denial {
    Denial::new(FAULT_RULE, format!("the policy {plugin} {fault}; what it did not allow is denied"))
        .remedy("try again later; if it stays so, the operators of this gateway must look at that policy")
        .detail("plugin", plugin)
        .detail("fault", fault.kind())
}

impl core::Redactors for PolicySet {
    fn open<'a>(
        &'a self,
        context: &'a core::Context,
        channel: core::Channel,
        form: core::Form,
    ) -> BoxFuture<'a, Result<Box<dyn core::Redaction>, RedactionFailed>> {
        Box::pin(async move {
            if self.redactors.is_empty() {
                let what = "there is no redactor in the policy set, so nothing can be shown".to_owned();
                return Err(RedactionFailed { plugin: "(none)".into(), what });
            }
            let count = u32::try_from(self.redactors.len()).unwrap_or(u32::MAX);
            let time = self.host.settings.scan.time;
            let busy = || redact::failed("(any)", &Fault::Busy);
            let (places, _) = self.host.stream_places(count, time).await.ok_or_else(busy)?;
            let context = Arc::new(convert::context(context));
            let lane = |Plugin { body, .. }: &Plugin<RedactorBody>| {
                let opening = Opening { context: context.clone(), source: convert::source(channel, form) };
                let filter = body.filter.as_ref().map(|filter| filter.open());
                Lane::new(body.loaded.clone(), opening, body.rules.clone(), filter)
            };
            let lanes = self.redactors.iter().map(lane).collect();
            Ok(Box::new(Channel::new(lanes, places)) as Box<dyn core::Redaction>)
        })
    }
}
