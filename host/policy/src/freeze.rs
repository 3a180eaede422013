//! The snapshot runner: a configured instance becomes a component that starts configured. Synchronous, and without the engine
//! features that wizer's own runner would drag in.
use crate::guard::Guard;
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    task::{Context, Poll, Waker},
};
use wasmtime::{
    Error, Result, Store,
    component::{Instance, Lift, WasmList},
    format_err,
};
use wasmtime_wizer::{ComponentContext, ComponentInstanceState, Wizer};

/// A component with accessors to all of its state.
pub(crate) struct Instrumented<'a> {
    wizer: Wizer,
    context: ComponentContext<'a>,
    /// To be compiled and instantiated in place of the original.
    pub(crate) wasm: Vec<u8>,
}

/// Adds the accessors. What wizer does not take is an error, and so is a panic in it: its input was signed, not written, by us.
pub(crate) fn instrument(wasm: &[u8]) -> Result<Instrumented<'_>> {
    let mut wizer = Wizer::new();
    // The bindings want `configure` exported, frozen or not.
    wizer.keep_init_func(true);
    let (context, wasm) = contained(|| wizer.instrument_component(wasm))?;
    Ok(Instrumented { wizer, context, wasm })
}

impl Instrumented<'_> {
    /// The component as it stands in this instance. The accessors run in the guest, so deadline and traps apply.
    pub(crate) fn snapshot(&self, store: &mut Store<Guard>, instance: Instance) -> Result<Vec<u8>> {
        let mut state = State { store, instance, failed: None };
        let frozen = contained(|| {
            // Nothing in there waits, so one poll ends it.
            let future = pin!(self.wizer.snapshot_component(&self.context, &mut state));
            match future.poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(frozen) => frozen,
                Poll::Pending => Err(format_err!("the snapshot waits for something")),
            }
        });
        match state.failed {
            Some(error) => Err(error),
            None => frozen,
        }
    }
}

/// Runs foreign code that handles a component; a panic becomes an error.
pub(crate) fn contained<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(format_err!("it made the host's own tools panic")))
}

/// Wizer's accessors cannot return an error: the first one is kept, the rest answer zero.
struct State<'a> {
    store: &'a mut Store<Guard>,
    instance: Instance,
    failed: Option<Error>,
}

impl State<'_> {
    fn call<R: Lift + 'static>(&mut self, instance: &str, func: &str) -> Option<R> {
        if self.failed.is_some() {
            return None;
        }
        self.attempt(instance, func).map_err(|error| self.failed = Some(error)).ok()
    }

    fn attempt<R: Lift + 'static>(&mut self, instance: &str, func: &str) -> Result<R> {
        let missing = || format_err!("no accessor {instance}#{func}");
        let (_, index) = self.instance.get_export(&mut *self.store, None, instance).ok_or_else(missing)?;
        let (_, index) = self.instance.get_export(&mut *self.store, Some(&index), func).ok_or_else(missing)?;
        let accessor = self.instance.get_typed_func::<(), (R,)>(&mut *self.store, index)?;
        Ok(accessor.call(&mut *self.store, ())?.0)
    }
}

impl ComponentInstanceState for State<'_> {
    async fn call_func_ret_list_u8(&mut self, instance: &str, func: &str, contents: impl FnOnce(&[u8]) + Send) {
        match self.call::<WasmList<u8>>(instance, func) {
            Some(list) => contents(list.as_le_slice(&*self.store)),
            None => contents(&[]),
        }
    }

    async fn call_func_ret_s32(&mut self, instance: &str, func: &str) -> i32 {
        self.call(instance, func).unwrap_or_default()
    }

    async fn call_func_ret_s64(&mut self, instance: &str, func: &str) -> i64 {
        self.call(instance, func).unwrap_or_default()
    }

    async fn call_func_ret_f32(&mut self, instance: &str, func: &str) -> u32 {
        self.call::<f32>(instance, func).unwrap_or_default().to_bits()
    }

    async fn call_func_ret_f64(&mut self, instance: &str, func: &str) -> u64 {
        self.call::<f64>(instance, func).unwrap_or_default().to_bits()
    }
}
