//! The engine that runs policies: its settings, its pool of places, the clock of its deadlines.
//!
//! Guests run on the task that asks: a review takes tens of microseconds, which is what handing it to another thread would cost.
//! What keeps that safe: an epoch deadline ends every call, places are counted (apart for reviews and for streams, so that open
//! streams cannot starve reviews), and a plugin that once ran past its deadline runs on threads of its own from then on.
use crate::guard::Guard;
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store, Strategy, WasmFeatures,
};

/// What one call of a guest may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Wall clock; it covers the wait for a place, instantiation and the call.
    pub time: Duration,
    /// Bytes of linear memory.
    pub memory: usize,
}

/// The engine's settings. The defaults are the ones to ship.
#[derive(Debug, Clone, Copy)]
pub struct Settings {
    /// Reviews that may run at once; a further one waits within its deadline.
    pub reviews: u32,
    /// Instances that open streams may hold; each redactor of each open channel holds one.
    pub streams: u32,
    /// Between two looks at deadlines.
    pub tick: Duration,
    /// One review.
    pub review: Budget,
    /// Opening a stream, or one stretch of at most 64 KiB, or its end.
    pub scan: Budget,
    /// `describe`, `configure` and the snapshot.
    pub load: Budget,
}

impl Default for Settings {
    fn default() -> Self {
        let call = Budget { time: Duration::from_millis(250), memory: 32 << 20 };
        Self {
            reviews: 32,
            streams: 96,
            tick: Duration::from_millis(5),
            review: call,
            scan: call,
            load: Budget { time: Duration::from_secs(10), memory: MEMORY },
        }
    }
}

/// No guest may ever have more memory than this.
pub const MEMORY: usize = 64 << 20;

/// What one answer, or one line of a log, may make the host allocate: texts in it may all point at the same bytes.
const ANSWER: usize = 1 << 20;

/// Instances beyond the places of calls, for components that are being loaded.
pub(crate) const LOADING: u32 = 4;

/// What one slot keeps resident when it is freed, by copying its pristine bytes back. Nothing: that pays only for memories that lie
/// within it whole, and the shipped policies' are larger. At 1 MiB a review of a command takes half as long again, and a scanner's
/// stream 0.2 ms more; only the smallest policy, read-guard, is 15 µs faster.
const KEEP: usize = 0;

/// What guests may use; a list of what is allowed, since one of what is not leaves on whatever comes new.
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::MUTABLE_GLOBAL
    .union(WasmFeatures::SATURATING_FLOAT_TO_INT)
    .union(WasmFeatures::SIGN_EXTENSION)
    .union(WasmFeatures::REFERENCE_TYPES)
    .union(WasmFeatures::MULTI_VALUE)
    .union(WasmFeatures::BULK_MEMORY)
    .union(WasmFeatures::SIMD)
    .union(WasmFeatures::FLOATS)
    .union(WasmFeatures::EXTENDED_CONST)
    .union(WasmFeatures::COMPONENT_MODEL);

/// The engine did not start.
#[derive(Debug, thiserror::Error)]
#[error("the WebAssembly engine did not start: {0}")]
pub struct EngineError(String);

/// An engine with its ticker and its places. Cheap to clone; one per process is enough.
#[derive(Clone)]
pub struct Host {
    pub(crate) engine: Engine,
    pub(crate) settings: Settings,
    reviews: Arc<Semaphore>,
    streams: Arc<Semaphore>,
}

/// A place for one running guest; given back on drop.
pub(crate) type Place = OwnedSemaphorePermit;

impl Host {
    /// An engine with these settings. Without address space for a pool it allocates on demand, and says so in the log.
    pub fn new(settings: Settings) -> Result<Self, EngineError> {
        let failed = |e: wasmtime::Error| EngineError(format!("{e:#}"));
        let engine = match Engine::new(&config(&settings, true)) {
            Ok(engine) => engine,
            Err(error) => {
                tracing::warn!(error = %format!("{error:#}"), "no pool for policy instances, allocating on demand");
                Engine::new(&config(&settings, false)).map_err(failed)?
            }
        };
        start_ticker(&engine, settings.tick).map_err(|e| EngineError(e.to_string()))?;
        let places = |n: u32| Arc::new(Semaphore::new(n as usize));
        Ok(Self { engine, settings, reviews: places(settings.reviews), streams: places(settings.streams) })
    }

    /// The settings it runs with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Waits for a place for a review, no longer than `time`; what is left of `time` comes back with it.
    pub(crate) async fn review_place(&self, time: Duration) -> Option<(Place, Duration)> {
        place(&self.reviews, 1, time).await
    }

    /// Waits for all places of one stream at once: whoever holds some and waits for more could wait for itself.
    pub(crate) async fn stream_places(&self, count: u32, time: Duration) -> Option<(Place, Duration)> {
        place(&self.streams, count, time).await
    }

    /// A store with its deadline running: instantiation counts too.
    pub(crate) fn store(&self, budget: Budget) -> Store<Guard> {
        let mut store = Store::new(&self.engine, Guard::new(budget.memory));
        store.limiter(|guard| guard);
        store.set_hostcall_fuel(ANSWER);
        self.arm(&mut store, budget.time);
        store
    }

    /// Starts a new deadline. One tick more than the time holds: the running one is partly over.
    pub(crate) fn arm(&self, store: &mut Store<Guard>, time: Duration) {
        let ticks = time.as_nanos().div_ceil(self.settings.tick.as_nanos().max(1)).saturating_add(1);
        store.set_epoch_deadline(u64::try_from(ticks).unwrap_or(u64::MAX / 2));
    }
}

async fn place(places: &Arc<Semaphore>, count: u32, time: Duration) -> Option<(Place, Duration)> {
    if let Ok(place) = places.clone().try_acquire_many_owned(count) {
        return Some((place, time));
    }
    let begun = Instant::now();
    let place = tokio::time::timeout(time, places.clone().acquire_many_owned(count)).await.ok()?.ok()?;
    Some((place, time.saturating_sub(begun.elapsed())))
}

fn config(settings: &Settings, pool: bool) -> Config {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .wasm_features(WasmFeatures::all(), false)
        .wasm_features(FEATURES, true)
        .concurrency_support(false)
        .epoch_interruption(true)
        .memory_init_cow(true);
    if pool {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling(settings)));
    }
    config
}

/// A component has its own module and a few small ones that join it to its imports.
fn pooling(settings: &Settings) -> PoolingAllocationConfig {
    let instances = settings.reviews + settings.streams + LOADING;
    let mut config = PoolingAllocationConfig::default();
    config
        .total_component_instances(instances)
        .total_core_instances(instances * 4)
        .total_memories(instances)
        .total_tables(instances * 2)
        .max_core_instances_per_component(8)
        .max_memories_per_component(1)
        .max_tables_per_component(2)
        .max_memory_size(MEMORY)
        .max_unused_warm_slots(instances)
        .decommit_batch_size(1)
        .linear_memory_keep_resident(KEEP)
        .table_keep_resident(0)
        .pagemap_scan(Enabled::No);
    config
}

/// One thread; it ends with the engine, which it does not keep alive.
fn start_ticker(engine: &Engine, tick: Duration) -> std::io::Result<()> {
    let weak = engine.weak();
    std::thread::Builder::new().name("policy-epoch".into()).spawn(move || {
        loop {
            std::thread::sleep(tick);
            let Some(engine) = weak.upgrade() else { return };
            engine.increment_epoch();
        }
    })?;
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn nothing_but_the_listed_features_is_on() {
        assert_eq!(Host::new(Settings::default()).unwrap().engine.get_wasm_features(), FEATURES);
    }

    #[test]
    fn the_ticker_ends_with_the_engine() {
        let weak = Host::new(Settings::default()).unwrap().engine.weak();
        std::thread::sleep(Duration::from_millis(100));
        assert!(weak.upgrade().is_none());
    }

    #[tokio::test]
    async fn waiting_for_a_place_ends_with_the_deadline_and_counts_against_it() {
        let host = Host::new(Settings { reviews: 1, ..Settings::default() }).unwrap();
        let held = host.review_place(Duration::from_secs(1)).await.unwrap();
        assert!(host.review_place(Duration::from_millis(30)).await.is_none());
        let release = async {
            tokio::time::sleep(Duration::from_millis(50)).await;
            drop(held);
        };
        let (got, ()) = tokio::join!(host.review_place(Duration::from_secs(5)), release);
        let (_, left) = got.unwrap();
        assert!(left <= Duration::from_millis(4960), "{left:?}");
    }
}
