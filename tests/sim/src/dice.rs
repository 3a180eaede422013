//! The one source of chance in a world; whoever holds it draws from the same sequence, so that a seed is a whole world.
use std::sync::{Arc, Mutex};

/// Shared by everything in one world.
#[derive(Clone)]
pub struct Dice(Arc<Mutex<fastrand::Rng>>);

impl Dice {
    /// From a seed.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(fastrand::Rng::with_seed(seed))))
    }

    /// Below `bound`, which is not 0.
    pub fn below(&self, bound: usize) -> usize {
        self.0.lock().unwrap().usize(..bound)
    }

    /// One time in `n`.
    pub fn one_in(&self, n: usize) -> bool {
        self.below(n) == 0
    }

    /// One of these.
    pub fn pick<T: Clone>(&self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }
}
