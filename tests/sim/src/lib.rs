//! Whole calls from a seed: the road and the evidence store for real, everything around them played by actors that fail in every way
//! a seed can think of. After every call, and after every crash, the invariants of docs/architecture.md are checked.
//!
//! - [`executor`] runs tasks in an order of its dice, on a clock that jumps from timer to timer.
//! - [`far_end`] is the cluster: delays, cuts, floods, secrets across any chunk border.
//! - [`policy`] decides and redacts, denies in words that quote secrets, asks without end, hoards, traps.
//! - [`world`] puts one of these together, crashes it, opens it again; [`checks`] says what must hold.
//!
//! What the simulation cannot see: threads (one task runs at a time), real disks, and the compiled policies, which have tests of
//! their own.
// A simulation stops at the first thing that is not as it must be, and says the seed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod checks;
pub mod dice;
pub mod executor;
pub mod far_end;
pub mod policy;
pub mod world;

pub use checks::Broken;
pub use world::{Flaw, Tally, run};
