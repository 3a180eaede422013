//! Loading: instrument, compile, configure, freeze, compile again; or, where a component cannot be frozen, configure it in every
//! instance; or, best, take all of that from the cache. Takes verified bytes only, and compiles those very bytes.
use crate::{
    cache::{Artifact, Cache, CacheKey},
    diagnostics::Diagnostics,
    engine::{Budget, Host},
    fault::{Fault, LoadError},
    freeze,
    guard::Guard,
    imports, settings,
    setup::Descriptor,
    text,
    verify::Verified,
    world::World,
};
use serde_json::Value;
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};
use wasmtime::{
    Error, Store,
    component::{Component, InstancePre, Linker},
};

/// A component ready for calls.
pub(crate) struct Loaded<W: World> {
    pub(crate) host: Host,
    pub(crate) descriptor: Descriptor,
    pub(crate) setup: W::Setup,
    /// Bytes of memory that one instance may have.
    pub(crate) memory: usize,
    /// Why it could not be frozen; then each fresh instance is configured again.
    pub(crate) thawed: Option<String>,
    /// How it came to be ready, and how long that took.
    pub(crate) cached: bool,
    pub(crate) took: Duration,
    pub(crate) imports: Vec<String>,
    pub(crate) exports: Vec<String>,
    pub(crate) diagnostics: Diagnostics,
    settings: String,
    /// It once ran past a deadline: from then on it runs where it holds nobody up.
    slow: AtomicBool,
    pre: W::Pre,
}

/// What a plugin is loaded with.
pub(crate) struct Request<'a> {
    pub(crate) verified: &'a Verified,
    pub(crate) settings: &'a Value,
    /// The question kinds that statement, trust policy and operator all grant.
    pub(crate) granted: &'a [String],
    /// What a call of it may use.
    pub(crate) call: Budget,
}

impl<W: World> Loaded<W> {
    /// Loads a component: from the cache if it was loaded with these settings before, else from its bytes.
    pub(crate) fn new(host: &Host, request: &Request<'_>, cache: Option<&Cache>) -> Result<Self, LoadError> {
        let begun = Instant::now();
        let settings = request.settings.to_string();
        let signed = request
            .verified
            .statement()
            .limits
            .and_then(|l| l.memory_bytes)
            .map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let memory = request.call.memory.min(signed);
        let key = CacheKey::new(request.verified.digest(), &settings, &host.engine);
        let found = cache.and_then(|cache| cache.fetch::<W::Setup>(&key, &host.engine));
        let cached = found.is_some();
        let (artifact, component) = match found {
            Some(found) => found,
            None => build::<W>(host, request, &settings)?,
        };
        admit(&artifact.descriptor, request)?;
        imports::check(&host.engine, &component, W::IMPORTS)?;
        let (imports, exports) = imports::names(&host.engine, &component);
        let pre = W::prepare(link::<W>(host, &component)?).map_err(|e| fits(&e))?;
        let loaded = Self {
            host: host.clone(),
            memory,
            cached,
            took: Duration::ZERO,
            diagnostics: Diagnostics::new(artifact.descriptor.name.clone()),
            descriptor: artifact.descriptor.clone(),
            setup: artifact.setup.clone(),
            thawed: artifact.thawed.clone(),
            imports,
            exports,
            settings,
            slow: AtomicBool::new(false),
            pre,
        };
        // What was frozen may be larger than a call may be: better to know now.
        // The first instance maps pages that later ones find warm: it has the time of a load, and the memory of a call.
        loaded.fresh(host.settings.load.time).map_err(LoadError::guest("first fresh instance"))?;
        if let (false, Some(cache)) = (cached, cache) {
            cache.store(&key, &artifact, &component);
        }
        Ok(Self { took: begun.elapsed(), ..loaded })
    }

    /// Whether it must run on a thread of its own.
    pub(crate) fn is_slow(&self) -> bool {
        self.slow.load(Ordering::Relaxed)
    }

    /// Puts a fault in the log, and keeps a plugin that loops off the tasks' threads.
    pub(crate) fn note(&self, fault: &Fault) {
        if matches!(fault, Fault::Deadline(_)) {
            self.slow.store(true, Ordering::Relaxed);
        }
        tracing::error!(policy = %self.descriptor.name, fault = fault.kind(), "policy failed: {fault}");
    }

    /// A fresh instance, configured; its deadline runs.
    pub(crate) fn fresh(&self, time: Duration) -> Result<(Store<Guard>, W), Fault> {
        let mut store = self.host.store(Budget { time, memory: self.memory });
        let world = W::instantiate(&self.pre, &mut store);
        let world = Fault::check(world, &store, time)?;
        if self.thawed.is_some() {
            let setup = world.configure(&mut store, &self.settings);
            Fault::check(setup, &store, time)?.map_err(|why| Fault::Settings(text::escape(&why, 300)))?;
        }
        Ok((store, world))
    }
}

/// Everything that runs once per component and settings.
fn build<W: World>(
    host: &Host,
    request: &Request<'_>,
    settings: &str,
) -> Result<(Artifact<W::Setup>, Component), LoadError> {
    let wasm = request.verified.wasm();
    let instrumented = freeze::instrument(wasm).map_err(|e| text::escape(&format!("{e:#}"), 300));
    let bytes = instrumented.as_ref().map_or(wasm, |instrumented| &instrumented.wasm);
    let component = compile(host, bytes)?;
    imports::check(&host.engine, &component, W::IMPORTS)?;
    let linked = link::<W>(host, &component)?;
    // Before a guest instruction runs: does it export what its world asks for?
    W::prepare(linked.clone()).map_err(|e| fits(&e))?;

    let budget = host.settings.load;
    let time = budget.time;
    let mut store = host.store(budget);
    let instance = linked.instantiate(&mut store);
    let instance = Fault::check(instance, &store, time).map_err(LoadError::guest("instantiate"))?;
    let world = W::bind(&mut store, &instance).map_err(|e| fits(&e))?;
    let descriptor = world.describe(&mut store);
    let descriptor = Fault::check(descriptor, &store, time).map_err(LoadError::guest("describe"))?;
    if let Some(what) = descriptor.broken() {
        return Err(LoadError::Setup(what));
    }
    admit(&descriptor, request)?;
    settings::check(&descriptor.settings_schema, request.settings)?;
    host.arm(&mut store, time);
    let setup = world.configure(&mut store, settings);
    let setup = Fault::check(setup, &store, time).map_err(LoadError::guest("configure"))?;
    let setup = setup.map_err(|why| LoadError::SettingsRefused(text::escape(&why, 500)))?;
    if let Some(what) = W::broken(&setup) {
        return Err(LoadError::Setup(what));
    }

    host.arm(&mut store, time);
    // The accessors hand over all of memory as one list.
    store.set_hostcall_fuel(budget.memory * 2);
    let frozen = instrumented.and_then(|instrumented| {
        instrumented.snapshot(&mut store, instance).map_err(|e| text::escape(&format!("{e:#}"), 300))
    });
    drop(store);
    let (component, thawed) = match frozen {
        Ok(frozen) => (compile(host, &frozen)?, None),
        // Not the instrumented one: its accessors have no place in a call.
        Err(why) => (compile(host, wasm)?, Some(why)),
    };
    Ok((Artifact { descriptor, setup, thawed }, component))
}

/// Does it call itself what was signed, and ask no more than was granted? Looked at again when it comes from the cache: statement
/// and grants are not part of the cache's key.
fn admit(descriptor: &Descriptor, request: &Request<'_>) -> Result<(), LoadError> {
    let statement = request.verified.statement();
    let signed = format!("{} {}", statement.name, statement.version);
    let found = format!("{} {}", descriptor.name, descriptor.version);
    if found != signed {
        return Err(LoadError::Identity { found: text::escape(&found, 200), signed });
    }
    let kinds: Vec<String> =
        descriptor.questions.iter().filter(|k| !request.granted.contains(k)).map(|k| text::escape(k, 64)).collect();
    if kinds.is_empty() { Ok(()) } else { Err(LoadError::Ungranted { kinds, granted: request.granted.to_vec() }) }
}

fn compile(host: &Host, wasm: &[u8]) -> Result<Component, LoadError> {
    freeze::contained(|| Component::new(&host.engine, wasm))
        .map_err(|e| LoadError::Invalid(text::escape(&format!("{e:#}"), 500)))
}

fn link<W: World>(host: &Host, component: &Component) -> Result<InstancePre<Guard>, LoadError> {
    let mut linker = Linker::new(&host.engine);
    W::link(&mut linker).map_err(|e| fits(&e))?;
    linker.instantiate_pre(component).map_err(|e| fits(&e))
}

fn fits(error: &Error) -> LoadError {
    LoadError::World(text::escape(&format!("{error:#}"), 500))
}
