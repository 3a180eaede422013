//! The second gate: a ValidatingAdmissionWebhook for what a credential could do past this gateway.
//!
//! An exec is judged by the same reviewers as at the tool endpoint ([`wardgate_core::Road::judge_admission`]); attach, port-forward,
//! proxies and ephemeral containers are always denied. A decision waits for no disk: it is on record through a bounded `queue`, and
//! denied where that is full. The cluster's own audit log has it as well, by the answer's annotations.
//!
//! A call of this host's own is known again by its committed intent (`intents`): what its reviewers were told, and what a person was asked
//! about, holds here as well, once.
//!
//! - `review` reads an AdmissionReview and writes its answer; `gate` decides; `server` listens.
mod gate;
mod intents;
mod queue;
mod review;
mod server;
mod settings;

pub use intents::{Intents, OwnCredential};
pub use server::AdmissionServer;
pub use settings::AdmissionSettings;
