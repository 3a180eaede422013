//! What a standing look-up read last, kept for a while.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::Mutex;

/// One value, read again when it is asked for and old.
#[derive(Default)]
pub(super) struct Kept<T>(Mutex<State<T>>);

#[derive(Default)]
struct State<T> {
    read: Option<Instant>,
    value: Arc<T>,
}

impl<T> Kept<T> {
    /// What is known; where nothing comes, what came last. A look-up that failed is not tried again before `age` is over.
    ///
    /// One reader is in flight: the lock is held over it, and the caller's deadline bounds the wait. Dropped midway, the next caller
    /// reads.
    pub(super) async fn get(&self, age: Duration, read: impl Future<Output = Option<T>>) -> Arc<T> {
        let mut state = self.0.lock().await;
        if state.read.is_none_or(|at| at.elapsed() > age) {
            if let Some(value) = read.await {
                state.value = Arc::new(value);
            }
            state.read = Some(Instant::now());
        }
        state.value.clone()
    }
}
