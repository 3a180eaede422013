//! Time and names as the system gives them.
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use wardgate_core::{BoxFuture, CallId, Clock, Ids};

/// The system's clock, and tokio's timers.
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    fn after(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

/// Random UUIDs.
pub(crate) struct RandomIds;

impl Ids for RandomIds {
    fn fresh(&self) -> CallId {
        CallId::new(uuid::Uuid::new_v4().to_string())
    }
}
