//! The live backend against a stand-in API server whose kubelet has every fault that one can have: whatever it does, a call ends within
//! its bounds, is on record, and says what is known and what is not.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::wildcard_imports, unreachable_pub, missing_docs)]
mod exec;
mod faults;
mod logs;
mod server;
mod stage;
