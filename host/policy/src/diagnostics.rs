//! A guest's lines in the host's own log: escaped and bounded by the guard, rate limited here, never shown to an agent.
use crate::{bindings::diagnostics::Level, guard::Line};
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

/// The log of one plugin.
pub(crate) struct Diagnostics {
    plugin: String,
    window: Mutex<Window>,
}

struct Window {
    since: Instant,
    lines: u32,
    dropped: u32,
}

impl Diagnostics {
    /// Lines that a plugin may log in a window; the rest is counted.
    const LINES: u32 = 20;
    const WINDOW: Duration = Duration::from_secs(10);

    pub(crate) fn new(plugin: String) -> Self {
        Self { plugin, window: Mutex::new(Window { since: Instant::now(), lines: 0, dropped: 0 }) }
    }

    /// Writes what one call logged. Called after the call, so that no guest waits for a log.
    pub(crate) fn write(&self, lines: Vec<Line>) {
        for line in lines {
            if !self.admit(Instant::now()) {
                continue;
            }
            let (plugin, text) = (self.plugin.as_str(), line.text.as_str());
            match line.level {
                Level::Debug => tracing::debug!(target: "wardgate::plugin", plugin, "{text}"),
                Level::Info => tracing::info!(target: "wardgate::plugin", plugin, "{text}"),
                Level::Warn => tracing::warn!(target: "wardgate::plugin", plugin, "{text}"),
                Level::Error => tracing::error!(target: "wardgate::plugin", plugin, "{text}"),
            }
        }
    }

    fn admit(&self, now: Instant) -> bool {
        // Whoever panicked while holding this left a count behind, nothing worse.
        let mut window = self.window.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if now.duration_since(window.since) >= Self::WINDOW {
            let dropped = std::mem::take(&mut window.dropped);
            (window.since, window.lines) = (now, 0);
            if dropped > 0 {
                tracing::warn!(target: "wardgate::plugin", plugin = self.plugin.as_str(), dropped, "logs too much");
            }
        }
        let admitted = window.lines < Self::LINES;
        if admitted {
            window.lines += 1
        } else {
            window.dropped += 1
        }
        admitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugin_that_logs_too_much_is_cut_off_until_the_next_window() {
        let log = Diagnostics::new("x".into());
        let begun = Instant::now();
        let admitted = (0..1_000).filter(|_| log.admit(begun)).count();
        assert_eq!(admitted, 20);
        assert!(log.admit(begun + Diagnostics::WINDOW));
    }
}
