//! The log's promises, each tried by whoever would break it.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod common;
mod crash;
mod log;
mod reading;
mod recording;
mod retention;
mod sealing;
mod tamper;
