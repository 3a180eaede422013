//! What was learned and is believed for a while: bounded in entries and in time. Forgetting costs a request, never an answer.
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// Entries at most; a full one forgets everything, which needs no order of use to be kept.
const ENTRIES: usize = 4096;

pub(super) struct Kept<K, V>(Mutex<HashMap<K, (V, Instant)>>);

impl<K, V> Default for Kept<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Hash + Eq, V: Clone> Kept<K, V> {
    pub(super) fn get(&self, key: &K) -> Option<V> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.get(key).filter(|(_, until)| *until > Instant::now()).map(|(value, _)| value.clone())
    }

    pub(super) fn put(&self, key: K, value: V, time: Duration) {
        let now = Instant::now();
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= ENTRIES {
            entries.retain(|_, (_, until)| *until > now);
        }
        if entries.len() >= ENTRIES {
            entries.clear();
        }
        entries.insert(key, (value, now + time));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_forgets_with_time_and_when_full() {
        let kept = Kept::default();
        kept.put(1, "a", Duration::ZERO);
        kept.put(2, "b", Duration::from_secs(600));
        assert_eq!((kept.get(&1), kept.get(&2)), (None, Some("b")));
        for n in 0..3 * ENTRIES {
            kept.put(n, "c", Duration::from_secs(600));
        }
        assert!(kept.0.lock().unwrap_or_else(PoisonError::into_inner).len() <= ENTRIES);
    }
}
