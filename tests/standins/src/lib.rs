//! Stand-ins for what a road is made of, where it is not what a test is about. Fakes on purpose: policies, evidence and cluster have
//! tests of their own.
//!
//! A stand-in that only one crate's tests need stands beside those tests.
mod open;
mod places;
mod scan;
mod time;

pub use open::Open;
pub use places::Places;
pub use scan::{Masks, Scan};
pub use time::{Count, Tokio};
