//! Which policies run: those that are built into the program, or those of an operator's directory. Either way they are verified.
use anyhow::{Context, Result};
use jiff::Timestamp;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
};
use wardgate_policy::{
    cache::{Cache, InstallationKey},
    directory::PolicyDirectory,
    engine::{Host, Settings},
    set::{PluginConfig, PolicySet, SetSource},
    trust::TrustPolicy,
    values::ValuesKey,
    verify::Module,
};

macro_rules! shipped {
    ($name:literal) => {
        (
            $name,
            include_bytes!(concat!("../../../policies-wasm/", $name, ".wasm")).as_slice(),
            include_bytes!(concat!("../../../policies-wasm/", $name, ".wasm.sigstore.json")).as_slice(),
            include_str!(concat!("../../../policies-wasm/", $name, ".settings.json")),
        )
    };
}

/// The shipped modules: name, component, bundle, settings.
const SHIPPED: [(&str, &[u8], &[u8], &str); 4] =
    [shipped!("exec-allowlist"), shipped!("promql-guard"), shipped!("read-guard"), shipped!("secret-redactor")];

/// The key that may sign the shipped names, unless an operator's trust policy says otherwise.
const PUBLISHER: &str = include_str!("../../../policies-wasm/publisher.pub");

/// Where policies come from.
#[derive(Debug, Default, Clone)]
pub(crate) struct Source {
    /// An operator's directory; the shipped ones without.
    pub(crate) directory: Option<PathBuf>,
    /// An operator's trust policy; it replaces the built-in one.
    pub(crate) trust: Option<PathBuf>,
    /// Where compiled code is kept.
    pub(crate) cache: Option<PathBuf>,
    /// What is set about single policies.
    pub(crate) plugins: Vec<PluginConfig>,
    /// A file with the key of exact values.
    pub(crate) values_key: Option<PathBuf>,
}

/// The key of exact values, from its file.
pub(crate) fn values_key(path: &Path) -> Result<ValuesKey> {
    let key = std::fs::read(path).with_context(|| format!("the key of exact values, {}", path.display()))?;
    ValuesKey::new(key.trim_ascii()).with_context(|| path.display().to_string())
}

/// The trust policy that counts.
pub(crate) fn trust(path: Option<&Path>) -> Result<TrustPolicy> {
    match path {
        Some(path) => TrustPolicy::read(path).with_context(|| format!("trust policy {}", path.display())),
        None => TrustPolicy::built_in(PUBLISHER).context("the built-in trust policy"),
    }
}

/// Verifies and loads a policy set; blocks for seconds where the cache is cold.
pub(crate) fn load(source: &Source) -> Result<Arc<PolicySet>> {
    let trust = trust(source.trust.as_deref())?;
    let modules = match &source.directory {
        Some(path) => PolicyDirectory::open(path)?.modules()?,
        None => shipped()?,
    };
    let cache = source.cache.clone().or_else(default_cache).map(|path| open_cache(&path)).transpose()?;
    let host = Host::new(Settings::default())?;
    let values = source.values_key.as_deref().map(values_key).transpose()?;
    let source = SetSource {
        modules,
        trust: &trust,
        plugins: &source.plugins,
        cache: cache.as_ref(),
        now: Timestamp::now(),
        prefilter: Some(wardgate_policy::prefilter::make),
    };
    Ok(Arc::new(PolicySet::load_with(&host, source, values.as_ref())?))
}

fn shipped() -> Result<Vec<Module>> {
    let module = |(name, wasm, bundle, settings): (&str, &[u8], &[u8], &str)| {
        let settings = serde_json::from_str(settings).with_context(|| format!("settings of {name}"))?;
        Ok(Module { name: name.into(), wasm: wasm.into(), bundle: Some(bundle.into()), settings: Some(settings) })
    };
    SHIPPED.into_iter().map(module).collect()
}

fn open_cache(path: &Path) -> Result<Cache> {
    let parent = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(parent).with_context(|| format!("creating {}", parent.display()))?;
    let key = InstallationKey::load_or_create(&parent.join("installation.key"))?;
    Ok(Cache::open(path, key)?)
}

/// `$XDG_CACHE_HOME/wardgate/compiled`, or under the home directory.
fn default_cache() -> Option<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    let base = base.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))?;
    Some(base.join("wardgate").join("compiled"))
}
