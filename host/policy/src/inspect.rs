//! What a module is, for people and machines: `wardgate policy verify` and `wardgate policy inspect` print this.
//!
//! Only a verified module is compiled and run; of any other there is its name, size and digest, and which check failed.
use crate::{
    bindings::{redactor::Redactor, reviewer::Reviewer},
    engine::Host,
    load::{Loaded, Request},
    set::About,
    setup::{Attention, Descriptor, Rule},
    statement::Statement,
    trust::{Digest, TrustPolicy},
    verify::{Module, Verified, verify},
    {settings, text},
};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

/// What a module is.
#[derive(Debug, Serialize)]
pub struct Report {
    /// The file's stem.
    pub file: String,
    /// Bytes of the component.
    pub size: usize,
    /// Its sha256.
    pub sha256: String,
    /// Who signed what, or which check failed.
    pub signature: Signature,
    /// What it says of itself; absent if it was not verified or does not load.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub component: Option<ComponentReport>,
    /// Why it does not load.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub load_error: Option<String>,
}

/// What verification found.
#[derive(Debug, Serialize)]
#[serde(tag = "status", rename_all = "lowercase")]
pub enum Signature {
    /// Every check holds.
    Verified {
        /// The publisher's id in the trust policy.
        publisher: String,
        /// sha256 of the public key.
        key: Digest,
        /// What was signed.
        statement: Box<Statement>,
        /// The question kinds that statement and trust policy both grant.
        granted: Vec<String>,
    },
    /// One check failed.
    Refused {
        /// Which.
        reason: String,
        /// What to do about it.
        remedy: String,
    },
}

/// What a verified component says of itself.
#[derive(Debug, Serialize)]
pub struct ComponentReport {
    /// All that it imports.
    pub imports: Vec<String>,
    /// All that it exports.
    pub exports: Vec<String>,
    /// The question kinds it may ask.
    pub questions: Vec<String>,
    /// The request kinds it wants to see; none for a redactor.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// The rules it can name, under the settings it was loaded with.
    pub rules: Vec<Rule>,
    /// What a redactor must be shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attention: Option<Attention>,
    /// JSON Schema of its settings.
    pub settings_schema: Value,
    /// The settings it was loaded with.
    pub settings: Value,
    /// Whether its configured state could be frozen; if not, every call pays for `configure`.
    pub frozen: bool,
    /// Why it could not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_frozen_because: Option<String>,
}

impl Report {
    /// Whether every check that was made holds: verification, and loading where that was asked for.
    pub fn is_good(&self) -> bool {
        matches!(self.signature, Signature::Verified { .. }) && self.load_error.is_none()
    }
}

/// Verifies a module and says who signed what; runs nothing of it.
pub fn signature(module: Module, trust: &TrustPolicy, now: Timestamp) -> Report {
    head(module, trust, now).0
}

/// Verifies a module and, if that holds, loads it with these settings, or with those that came with it.
pub fn inspect(
    host: &Host,
    mut module: Module,
    trust: &TrustPolicy,
    settings: Option<Value>,
    now: Timestamp,
) -> Report {
    let settings = settings.or(module.settings.take()).unwrap_or_else(settings::none);
    let (mut report, verified) = head(module, trust, now);
    if let Some(verified) = verified {
        match component(host, &verified, &settings) {
            Ok(component) => report.component = Some(component),
            Err(error) => report.load_error = Some(error.to_string()),
        }
    }
    report
}

fn head(module: Module, trust: &TrustPolicy, now: Timestamp) -> (Report, Option<Verified>) {
    let (file, size) = (text::escape(&module.name, 100), module.wasm.len());
    let sha256 = Digest::of(&module.wasm).to_string();
    let (signature, verified) = match verify(module, trust, now) {
        Ok(verified) => {
            let signature = Signature::Verified {
                publisher: verified.publisher().to_owned(),
                key: verified.key(),
                statement: Box::new(verified.statement().clone()),
                granted: verified.granted().to_vec(),
            };
            (signature, Some(verified))
        }
        Err(error) => (Signature::Refused { reason: error.to_string(), remedy: error.remedy().to_owned() }, None),
    };
    (Report { file, size, sha256, signature, component: None, load_error: None }, verified)
}

fn component(host: &Host, verified: &Verified, settings: &Value) -> Result<ComponentReport, crate::fault::LoadError> {
    use crate::statement::WorldName;
    let request = |call| Request { verified, settings, granted: verified.granted(), call };
    match verified.statement().world {
        WorldName::Reviewer => {
            let loaded = Loaded::<Reviewer>::new(host, &request(host.settings.review), None)?;
            let (kinds, rules) = (loaded.setup.kinds.clone(), loaded.setup.rules.clone());
            Ok(report(
                &loaded.descriptor,
                loaded.imports,
                loaded.exports,
                loaded.thawed,
                rules,
                kinds,
                None,
                settings.clone(),
            ))
        }
        WorldName::Redactor => {
            let loaded = Loaded::<Redactor>::new(host, &request(host.settings.scan), None)?;
            let (rules, attention) = (loaded.setup.rules.clone(), Some(loaded.setup.attention.clone()));
            Ok(report(
                &loaded.descriptor,
                loaded.imports,
                loaded.exports,
                loaded.thawed,
                rules,
                vec![],
                attention,
                settings.clone(),
            ))
        }
    }
}

#[allow(clippy::too_many_arguments)]
fn report(
    descriptor: &Descriptor,
    imports: Vec<String>,
    exports: Vec<String>,
    thawed: Option<String>,
    rules: Vec<Rule>,
    kinds: Vec<String>,
    attention: Option<Attention>,
    settings: Value,
) -> ComponentReport {
    ComponentReport {
        imports,
        exports,
        questions: descriptor.questions.clone(),
        kinds,
        rules,
        attention,
        // It parsed when the settings were held against it.
        settings_schema: serde_json::from_str(&descriptor.settings_schema).unwrap_or(Value::Null),
        settings,
        frozen: thawed.is_none(),
        not_frozen_because: thawed,
    }
}

/// One plugin of a running set, for `info` and for server instructions.
#[derive(Debug, Clone, Serialize)]
pub struct PluginInfo {
    /// As signed.
    pub name: String,
    /// As signed.
    pub version: String,
    /// sha256 of the component.
    pub sha256: String,
    /// Its world.
    pub world: crate::statement::WorldName,
    /// Whether it counts.
    pub mode: crate::set::Mode,
    /// Who signed it.
    pub publisher: String,
    /// The question kinds it may ask.
    pub questions: Vec<String>,
    /// The request kinds it sees; none for a redactor.
    pub kinds: Vec<String>,
    /// The rules it can name.
    pub rules: Vec<Rule>,
    /// The settings it runs with.
    pub settings: Value,
    /// Whether its code came from the compile cache.
    pub cached: bool,
    /// Whether its configured state is frozen.
    pub frozen: bool,
    /// Bytes of the component.
    pub size: usize,
}

impl PluginInfo {
    pub(crate) fn new(about: &About, kinds: Vec<String>, rules: Vec<Rule>, cached: bool, frozen: bool) -> Self {
        Self {
            name: about.id.name.clone(),
            version: about.id.version.clone(),
            sha256: about.id.digest.clone(),
            world: about.statement.world,
            mode: about.mode,
            publisher: about.publisher.clone(),
            questions: about.granted.clone(),
            kinds,
            rules,
            settings: about.settings.clone(),
            cached,
            frozen,
            size: about.size,
        }
    }
}
