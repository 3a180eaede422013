//! The guest SDK: what a Wardgate policy written in Rust needs, and nothing of the host.
//!
//! A policy is a crate of type `["cdylib", "rlib"]` that implements [`Reviewer`] or [`Redactor`] and exports it with
//! [`export_reviewer!`] or [`export_redactor!`]. The same crate is tested natively with `cargo test`: the contract's types are plain
//! Rust there, and the exports exist only on `wasm32`.

// The generated code names this crate by its own name, here as in the policies.
extern crate self as wardgate_guest;

pub mod bindings;
mod build;
pub mod diagnostics;
mod redactor;
mod reviewer;
mod settings;
mod state;

/// The contract's types, the same for both worlds.
pub use bindings::reviewer::wardgate::policy::types;
/// The runtime of the generated code; for the macros of this crate.
#[doc(hidden)]
pub use wit_bindgen;

pub use build::{allow, deny, label, limits, no_limits, question, rule};
#[doc(hidden)]
pub use redactor::describe as __describe_redactor;
pub use redactor::{Redactor, Scanner, Shared, redaction};
#[doc(hidden)]
pub use reviewer::describe as __describe_reviewer;
pub use reviewer::{Reviewer, review};
pub use settings::parse as parse_settings;
pub use state::State;
