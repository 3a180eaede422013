//! The configuration file: strict TOML, with further files from `conf.d` beside it, in order of their names.
//!
//! Each file is read on its own first, so that an error names file, line and column; then tables are merged, later files last.
use crate::policies;
use anyhow::{Context, Result, bail};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use wardgate_cluster::promql_tenancy::Tenancy;
use wardgate_core::{Floor, Limits, Redactors};
use wardgate_evidence::Recipients;
use wardgate_gateway::{AdmissionSettings, GatewaySettings, HttpSettings};
use wardgate_policy::{
    set::PluginConfig,
    tags::{KeyedTags, Tagged},
};

/// Everything that can be set.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Config {
    /// A live cluster. Exactly one of `kubernetes` and `mirror`.
    pub(crate) kubernetes: Option<Kubernetes>,
    /// A captured incident instead of a cluster.
    pub(crate) mirror: Option<Mirror>,
    /// Prometheus of the live cluster. Without it the metric tools are not listed.
    pub(crate) prometheus: Option<Prometheus>,
    /// The HTTP endpoint.
    pub(crate) server: HttpSettings,
    /// The admission webhook, the second gate for commands. Default: none is served.
    pub(crate) admission: Option<AdmissionSettings>,
    /// The tools.
    pub(crate) gateway: GatewaySettings,
    /// Which policies decide.
    pub(crate) policies: Policies,
    /// Where evidence is kept.
    pub(crate) evidence: Evidence,
    /// How secrets are masked.
    pub(crate) redaction: Redaction,
    /// The host's own ceilings for one call.
    pub(crate) limits: Ceilings,
    /// The host's own rules, where they can be made stricter.
    pub(crate) floor: FloorSettings,
}

/// A live cluster.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Kubernetes {
    /// The cluster's name on record. Default "kubernetes".
    pub(crate) name: Option<String>,
    /// A kubeconfig file. Default: the service account of the pod this runs in.
    pub(crate) kubeconfig: Option<PathBuf>,
    /// The context of the kubeconfig; its current one by default.
    pub(crate) context: Option<String>,
    /// Pod annotations that policies may see, by their keys. They stand unredacted in the evidence. Default none.
    pub(crate) annotations: Vec<String>,
    /// Seconds after which a container itself kills a command, by the `timeout` of its image; one without it gets no time limit of its
    /// own, and a command that is cut there may run on. 1 to 600, or 0 for never. Default 30. Kubernetes cannot end a command.
    pub(crate) exec_seconds: u16,
}

impl Default for Kubernetes {
    fn default() -> Self {
        Self { name: None, kubeconfig: None, context: None, annotations: vec![], exec_seconds: 30 }
    }
}

/// A captured incident.
#[derive(Debug, Default, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Mirror {
    /// The capture's directory (docs/mirror.md). Default: the bundled incident.
    pub(crate) directory: Option<PathBuf>,
    /// Metrics that are bound to no namespace and may be asked for without one. Default none.
    pub(crate) cluster_metrics: BTreeSet<String>,
    /// What becomes of a selector that names no namespaces, as for Prometheus. Default "refuse".
    pub(crate) tenancy: TenancyMode,
}

/// What becomes of a selector that names no namespaces.
#[derive(Debug, Default, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum TenancyMode {
    #[default]
    Refuse,
    Rewrite,
}

impl From<TenancyMode> for Tenancy {
    fn from(mode: TenancyMode) -> Self {
        match mode {
            TenancyMode::Refuse => Self::Refuse,
            TenancyMode::Rewrite => Self::Rewrite,
        }
    }
}

/// Prometheus.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Prometheus {
    /// `http://HOST:PORT` or `https://HOST:PORT`, with a path if there is one.
    pub(crate) url: String,
    /// A file with a bearer token; read for every request, so that it may be rotated. Give it read access only. Default none.
    #[serde(default)]
    pub(crate) token_file: Option<PathBuf>,
    /// A file with the certificates to trust, in PEM; read again when it changes. Default: the system's.
    #[serde(default)]
    pub(crate) ca_file: Option<PathBuf>,
    /// A file with the client's certificate and its chain, in PEM; needs `key_file`. Read again when it changes. Default none.
    #[serde(default)]
    pub(crate) certificate_file: Option<PathBuf>,
    /// A file with the key of `certificate_file`, in PEM; read again when it changes. Default none.
    #[serde(default)]
    pub(crate) key_file: Option<PathBuf>,
    /// The tenant, sent as `X-Scope-OrgID` (Mimir, Cortex, Loki's family) or under `tenant_header`. Default none.
    #[serde(default)]
    pub(crate) tenant: Option<String>,
    /// The header that names the tenant. Default "X-Scope-OrgID"; Thanos reads "THANOS-TENANT".
    #[serde(default)]
    pub(crate) tenant_header: Option<String>,
    /// Further headers. Default none.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// Metrics that are bound to no namespace and may be asked for without one. Default none.
    #[serde(default)]
    pub(crate) cluster_metrics: BTreeSet<String>,
    /// What becomes of a selector that names no namespaces: "refuse" says which matcher to add; "rewrite" adds the namespaces that are
    /// open, before the review, so that reviewers, evidence and Prometheus see the rewritten text. A selector that names a namespace
    /// that is not open is refused either way. Default "refuse".
    #[serde(default)]
    pub(crate) tenancy: TenancyMode,
    /// Seconds for one look-up that tells a policy what a query would touch, 1 to 15. A query whose look-up takes longer is refused.
    /// Default 5.
    #[serde(default = "lookup_seconds")]
    pub(crate) lookup_seconds: u16,
}

fn lookup_seconds() -> u16 {
    5
}

/// Policies.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Policies {
    /// A directory of modules with their bundles. Default: the shipped policies that are built in.
    pub(crate) directory: Option<PathBuf>,
    /// A trust policy; it replaces the built-in one. Needed with `directory`.
    pub(crate) trust: Option<PathBuf>,
    /// Where compiled policies are kept. Default: `wardgate/compiled` in the user's cache directory.
    pub(crate) cache: Option<PathBuf>,
    /// Mode, settings and questions of single policies.
    pub(crate) plugin: Vec<PluginConfig>,
}

/// Bytes of one segment of the log, unless an operator says otherwise.
const SEGMENT: u64 = 16 << 20;

/// Evidence.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Evidence {
    /// The directory of the log and the recordings. Default "evidence" in the working directory.
    pub(crate) directory: PathBuf,
    /// Days after which whole segments are dropped. Default 0: never.
    pub(crate) keep_days: u32,
    /// Bytes beyond which the oldest segments are dropped. Default 0: never.
    pub(crate) keep_bytes: u64,
    /// Bytes of one segment of the log, 65536 to 1073741824: what retention drops at a time. Default 16777216.
    pub(crate) segment_bytes: u64,
    /// Public keys of age, `age1…`, to which the raw output of commands is sealed; whoever holds a secret half reads it with
    /// `wardgate evidence reveal`, this host never. Default none: of raw output only length and digest are kept.
    pub(crate) recipients: Vec<String>,
    /// A file with further ones, one a line; `#` begins a comment. Read at start. Default none.
    pub(crate) recipients_file: Option<PathBuf>,
}

impl Default for Evidence {
    fn default() -> Self {
        Self {
            directory: "evidence".into(),
            keep_days: 0,
            keep_bytes: 0,
            segment_bytes: SEGMENT,
            recipients: vec![],
            recipients_file: None,
        }
    }
}

impl Evidence {
    /// Whose keys open raw output. A file that names nobody is an error: it was meant to.
    pub(crate) fn recipients(&self) -> Result<Recipients> {
        let listed = Recipients::read(self.recipients.iter().map(String::as_str)).context("evidence.recipients")?;
        let Some(path) = &self.recipients_file else { return Ok(listed) };
        let within = || format!("evidence.recipients_file {}", path.display());
        let text = std::fs::read_to_string(path).with_context(within)?;
        let more = Recipients::read_file(&text).with_context(within)?;
        if more.is_empty() {
            bail!("{} names no recipient", within());
        }
        listed.and(&more).context("evidence.recipients")
    }
}

/// Masking. What is masked is the redactors' business: their settings stand under `policies.plugin`.
#[derive(Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Redaction {
    /// A file with a key of at least 16 random bytes. Masks then carry a tag, `[redacted:jwt #7f3a]`, that is the same for the same
    /// value: a reader sees that two places hold one secret. The key never leaves this host. Default none: no tags.
    pub(crate) tag_key_file: Option<PathBuf>,
    /// A file with a key of at least 16 random bytes, for exact values that must be masked wherever they stand: the settings of a
    /// redactor hold hashes under this key, `values = ["12:…"]`, which `wardgate redact --hash-values` makes. It may be the file of
    /// `tag_key_file`. Needed where such settings are. The compile cache holds what is derived from it. Default none.
    pub(crate) values_key_file: Option<PathBuf>,
}

impl Redaction {
    /// The redactors, with tags if they are wanted.
    pub(crate) fn tagged(&self, redactors: Arc<dyn Redactors>) -> Result<Arc<dyn Redactors>> {
        let Some(path) = &self.tag_key_file else { return Ok(redactors) };
        let key = std::fs::read(path).with_context(|| format!("redaction.tag_key_file {}", path.display()))?;
        let tags = KeyedTags::new(key.trim_ascii()).with_context(|| path.display().to_string())?;
        Ok(Arc::new(Tagged { redactors, tags: Arc::new(tags) }))
    }
}

/// Ceilings that no policy can lift.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Ceilings {
    /// Seconds of one call. Default 30.
    pub(crate) seconds: u32,
    /// Bytes read from the cluster. Default 16777216.
    pub(crate) read_bytes: u64,
    /// Lines of text released. Default 2000.
    pub(crate) lines: u32,
    /// Objects or events released. Default 500.
    pub(crate) items: u32,
    /// Series released. Default 200.
    pub(crate) series: u32,
    /// Samples of a query's answer. Default 50000.
    pub(crate) samples: u64,
}

impl Default for Ceilings {
    fn default() -> Self {
        let limits = Limits::default();
        Self {
            seconds: 30,
            read_bytes: limits.read_bytes,
            lines: limits.lines,
            items: limits.items,
            series: limits.series,
            samples: limits.samples,
        }
    }
}

/// Rules of the host's own that an operator can make stricter and no policy can lift.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct FloorSettings {
    /// Seconds between the first and the last evaluation of a range query, at most. Default 2678400 (31 days), which is also the most.
    pub(crate) max_range_seconds: u32,
    /// Milliseconds between two evaluations of a range query, at least. Default 1000, which is also the least.
    pub(crate) min_step_milliseconds: u32,
    /// Whether nodes and their metrics may be read. Nodes belong to no namespace. Default true.
    pub(crate) nodes: bool,
}

impl Default for FloorSettings {
    fn default() -> Self {
        Self { max_range_seconds: 31 * 24 * 3600, min_step_milliseconds: 1000, nodes: true }
    }
}

impl Config {
    /// Bytes of one file at most.
    const SIZE: u64 = 1 << 20;

    /// Reads the file, and what `conf.d` beside it adds.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let mut merged = Self::table(path)?;
        let beside = path.parent().unwrap_or(Path::new(".")).join("conf.d");
        if beside.exists() && !beside.is_dir() {
            bail!("{} is no directory: move it away, or make it one and put the file there", beside.display());
        }
        if beside.is_dir() {
            let mut files = Vec::new();
            for entry in std::fs::read_dir(&beside).with_context(|| beside.display().to_string())? {
                files.push(entry?.path());
            }
            files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
            files.sort();
            for file in files {
                merge(&mut merged, Self::table(&file)?, "").with_context(|| file.display().to_string())?;
            }
        }
        merged.try_into().map_err(|error: toml::de::Error| helpful(&error)).context("the merged configuration")
    }

    fn table(path: &Path) -> Result<toml::Table> {
        let unread = || format!("{}; docs/wardgate.example.toml is one to begin with", path.display());
        let size = std::fs::metadata(path).with_context(unread)?.len();
        if size > Self::SIZE {
            bail!("{}: larger than {} bytes", path.display(), Self::SIZE);
        }
        let text = std::fs::read_to_string(path).with_context(unread)?;
        // Strict on its own, so that the error has a line.
        let _whole: Self =
            toml::from_str(&text).map_err(|error| helpful(&error)).with_context(|| path.display().to_string())?;
        let table: toml::Table =
            toml::from_str(&text).map_err(|error| helpful(&error)).with_context(|| path.display().to_string())?;
        // A list would be taken for a section's values in their order.
        if let Some((key, _)) = table.iter().find(|(_, value)| !value.is_table()) {
            bail!("{}: {key} is a section: write [{key}] and its keys below", path.display());
        }
        Ok(table)
    }

    /// What can be wrong with the whole.
    pub(crate) fn check(&self) -> Result<()> {
        match (&self.kubernetes, &self.mirror) {
            (None, None) => bail!("say what to serve: [kubernetes] for a cluster, or [mirror] for a captured incident"),
            (Some(_), Some(_)) => bail!("[kubernetes] and [mirror] exclude each other: remove one"),
            (None, Some(_)) if self.prometheus.is_some() => {
                bail!("a mirror brings its own metrics: remove [prometheus]")
            }
            _ => {}
        }
        if self.kubernetes.as_ref().is_some_and(|kubernetes| kubernetes.exec_seconds > 600) {
            bail!("kubernetes.exec_seconds is at most 600");
        }
        let Ceilings { seconds, read_bytes, lines, items, series, samples } = self.limits;
        if [seconds, lines, items, series].contains(&0) || [read_bytes, samples].contains(&0) {
            bail!("limits: each is at least 1; a limit of 0 would leave every answer empty");
        }
        if let Some(metrics) = &self.prometheus {
            if !["http://", "https://"].iter().any(|scheme| metrics.url.starts_with(scheme)) {
                bail!("prometheus.url begins with http:// or https://: {:?} does not", metrics.url);
            }
            if metrics.certificate_file.is_some() != metrics.key_file.is_some() {
                bail!("prometheus.certificate_file and prometheus.key_file need each other");
            }
            if metrics.tenant_header.is_some() && metrics.tenant.is_none() {
                bail!("prometheus.tenant_header needs prometheus.tenant");
            }
            if !(1..=15).contains(&metrics.lookup_seconds) {
                bail!("prometheus.lookup_seconds is 1 to 15");
            }
        }
        if self.admission.is_some() && self.kubernetes.is_none() {
            bail!("[admission] is for a live cluster: add [kubernetes], or remove it");
        }
        if self.policies.directory.is_some() && self.policies.trust.is_none() {
            bail!("policies.directory needs policies.trust: say whose signatures count");
        }
        let (set, least) = (&self.floor, FloorSettings::default());
        if set.max_range_seconds > least.max_range_seconds {
            bail!("floor.max_range_seconds can only be made stricter: at most {}", least.max_range_seconds);
        }
        if set.min_step_milliseconds < least.min_step_milliseconds {
            bail!("floor.min_step_milliseconds can only be made stricter: at least {}", least.min_step_milliseconds);
        }
        if !(64 << 10..=1 << 30).contains(&self.evidence.segment_bytes) {
            bail!("evidence.segment_bytes is 65536 to 1073741824");
        }
        self.evidence.recipients()?;
        self.gateway.check()?;
        self.server.check()?;
        Ok(())
    }

    /// What can be found out besides without a connection: policies load with their settings, files are there and can be read.
    pub(crate) fn check_files(&self) -> Result<()> {
        let policies = policies::load(&self.policies())?;
        self.redaction.tagged(policies)?;
        if let Some(Kubernetes { kubeconfig: Some(path), .. }) = &self.kubernetes {
            std::fs::File::open(path).with_context(|| format!("kubernetes.kubeconfig {}", path.display()))?;
        }
        if let Some(Mirror { directory: Some(path), .. }) = &self.mirror {
            wardgate_cluster::mirror::Mirror::open(path, wardgate_cluster::mirror::Settings::default())
                .with_context(|| format!("mirror.directory {}", path.display()))?;
        }
        Ok(())
    }

    /// The floor.
    pub(crate) fn floor(&self) -> Floor {
        let FloorSettings { max_range_seconds, min_step_milliseconds, nodes } = self.floor;
        Floor {
            max_range: Duration::from_secs(max_range_seconds.into()),
            min_step: Duration::from_millis(min_step_milliseconds.into()),
            nodes,
        }
    }

    /// Where policies come from.
    pub(crate) fn policies(&self) -> policies::Source {
        let Policies { directory, trust, cache, plugin } = &self.policies;
        policies::Source {
            directory: directory.clone(),
            trust: trust.clone(),
            cache: cache.clone(),
            plugins: plugin.clone(),
            values_key: self.redaction.values_key_file.clone(),
        }
    }

    /// The ceilings.
    pub(crate) fn limits(&self) -> Limits {
        let Ceilings { seconds, read_bytes, lines, items, series, samples } = self.limits;
        let released_bytes = u64::from(self.gateway.answer_bytes);
        Limits { time: Duration::from_secs(seconds.into()), read_bytes, released_bytes, lines, items, series, samples }
    }
}

/// Tables are merged key by key, and a later file's value takes an earlier one's place. A list does not: what it would leave out may
/// be what made a policy stricter.
fn merge(into: &mut toml::Table, from: toml::Table, within: &str) -> Result<()> {
    for (key, value) in from {
        match (into.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => merge(old, new, &format!("{within}{key}."))?,
            (Some(toml::Value::Array(_)), _) => {
                bail!("{within}{key} is a list that an earlier file has: keep the whole list in one file")
            }
            (_, value) => drop(into.insert(key, value)),
        }
    }
    Ok(())
}

/// With the nearest known key, where one is unknown.
fn helpful(error: &toml::de::Error) -> anyhow::Error {
    let text = error.to_string();
    let mut quoted = error.message().split('`').skip(1).step_by(2);
    let nearest = quoted.next().filter(|_| error.message().starts_with("unknown field")).and_then(|unknown| {
        let near = quoted.map(|known| (strsim::damerau_levenshtein(unknown, known), known)).min()?;
        (near.0 <= 3.max(unknown.len() / 2)).then(|| near.1.to_string())
    });
    match nearest {
        Some(known) => anyhow::anyhow!("{text}\ndid you mean `{known}`?"),
        None => anyhow::anyhow!("{text}"),
    }
}

#[cfg(test)]
mod tests;
