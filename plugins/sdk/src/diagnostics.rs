//! A line in the host's own log: for reviewers only, rate limited by the host, never shown to the agent. In native tests it goes nowhere.
pub use crate::bindings::reviewer::wardgate::policy::diagnostics::Level;

/// Writes one line. Never log the content of a request in full: the host's log is read by more people than the evidence.
pub fn log(level: Level, message: &str) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::reviewer::wardgate::policy::diagnostics::log(level, message);
    #[cfg(not(target_arch = "wasm32"))]
    let _ = (level, message);
}
