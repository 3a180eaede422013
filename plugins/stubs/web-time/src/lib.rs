//! What lrpar names of web-time: std's own types. They trap when asked for the time, which only error recovery would; the parsers in
//! use here have none.
pub use std::time::{Duration, Instant, SystemTime};
