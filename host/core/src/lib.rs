//! Wardgate's vocabulary, and the road of a call.
//!
//! Read [`road`] first: it is one page, and everything else here is a word in it.
//!
//! - [`subject`], [`target`]: who asks, and about what.
//! - [`request`]: the closed list of requests; [`limits`] and [`verdict`]: what reviewers answer with.
//! - [`far`]: raw bytes and the sources they come from. Nothing here can print them.
//! - [`doors`]: the traits that the other crates implement. They know this crate and never each other.
//! - [`floor`]: the host's own limits, which no policy can lift.
//! - [`release`]: redactors point, this masks, cuts to the budget and says so; [`settled`] is what comes out.
//!
//! This crate needs no runtime, no clock and no disk: time, randomness and the far end come in through [`doors`], so that a
//! whole call can be replayed from a seed.

pub mod doors;
pub mod far;
pub mod floor;
pub mod hygiene;
mod lane;
pub mod limits;
mod mask;
mod race;
mod records;
pub mod release;
pub mod request;
mod review;
pub mod road;
mod scalars;
pub mod settled;
pub mod subject;
pub mod target;
pub mod verdict;

pub use doors::*;
pub use far::{Channel, Cursor, Ending, Fault, FaultKind, Form, LeftBehind, Piece, Raw, Source};
pub use floor::Floor;
pub use limits::{Caps, Limits};
pub use request::{AnyRequest, Events, Exec, Keep, Logs, Metadata, Objects, Query, Request, Selection, Verb};
pub use road::{Call, Committed, Judgement, Part, Road, Ruling};
pub use settled::{Body, Cut, LaneText, Outcome, RecordText, Settled};
pub use subject::Subject;
pub use target::{Context, Origin, Place, Target};
pub use verdict::{
    Allowance, Answer, Approval, Bound, Denial, Known, Opinion, PluginId, Question, Unanswered, Value, Verdict, Window,
};

use std::{future::Future, pin::Pin};

/// What every asynchronous door returns: `async fn` in a trait is not dyn-compatible, one box is.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Fires when the caller no longer wants the answer. The call still settles.
pub type Stop = BoxFuture<'static, ()>;

/// A stop that never comes.
pub fn never() -> Stop {
    Box::pin(std::future::pending())
}
