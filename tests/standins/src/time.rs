//! Time and names.
use std::{
    sync::atomic::{AtomicU64, Ordering::SeqCst},
    time::Duration,
};
use wardgate_core::{BoxFuture, CallId, Clock, Ids};

/// Stands still; waits are the runtime's, so that a test may pause or skip them.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokio;

impl Clock for Tokio {
    fn now(&self) -> u64 {
        1_800_000_000_000
    }
    fn after(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// `call-0`, `call-1`, …
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Ids for Count {
    fn fresh(&self) -> CallId {
        CallId::new(format!("call-{}", self.0.fetch_add(1, SeqCst)))
    }
}
