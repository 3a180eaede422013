//! How much a call may take. A minimum is the only way to combine two limits, so that order can never matter.
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// The ceilings of one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Wall clock, from the call's arrival; look-ups take no more than half of it.
    pub time: Duration,
    /// Bytes read from the far end.
    pub read_bytes: u64,
    /// Bytes released to the agent.
    pub released_bytes: u64,
    /// Lines of text released.
    pub lines: u32,
    /// Objects or events released.
    pub items: u32,
    /// Series released.
    pub series: u32,
    /// Samples of a query's answer.
    pub samples: u64,
}

impl Default for Limits {
    /// The host's own ceilings, unless the operator moves them.
    fn default() -> Self {
        Self {
            time: Duration::from_secs(30),
            read_bytes: 16 << 20,
            released_bytes: 64 << 10,
            lines: 2_000,
            items: 500,
            series: 200,
            samples: 50_000,
        }
    }
}

impl Limits {
    /// The lower of the two, field by field.
    #[must_use]
    pub fn lowered_by(self, caps: &Caps) -> Self {
        let time = caps.timeout_ms.map_or(self.time, |ms| self.time.min(Duration::from_millis(u64::from(ms))));
        let low = |now: u64, cap: Option<u64>| cap.map_or(now, |cap| now.min(cap));
        let few = |now: u32, cap: Option<u32>| cap.map_or(now, |cap| now.min(cap));
        Self {
            time,
            read_bytes: low(self.read_bytes, caps.max_read_bytes),
            released_bytes: low(self.released_bytes, caps.max_released_bytes),
            lines: few(self.lines, caps.max_lines),
            items: few(self.items, caps.max_items),
            series: few(self.series, caps.max_series),
            samples: low(self.samples, caps.max_samples),
        }
    }
}

/// What a policy asks the host to hold a call to; `None` leaves the host's ceiling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Caps {
    /// Milliseconds.
    pub timeout_ms: Option<u32>,
    /// Bytes from the cluster.
    pub max_read_bytes: Option<u64>,
    /// Bytes to the agent.
    pub max_released_bytes: Option<u64>,
    /// Lines to the agent.
    pub max_lines: Option<u32>,
    /// Objects to the agent.
    pub max_items: Option<u32>,
    /// Series to the agent.
    pub max_series: Option<u32>,
    /// Samples to the agent.
    pub max_samples: Option<u64>,
}
