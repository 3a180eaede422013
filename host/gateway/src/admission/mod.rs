//! The second gate: a ValidatingAdmissionWebhook for what a credential could do past this gateway.
//!
//! An exec is judged by the same reviewers as at the tool endpoint ([`wardgate_core::Road::judge_admission`]); attach, port-forward,
//! proxies and ephemeral containers are always denied. A decision waits for no disk: it is on record through a bounded `queue`, and
//! denied where that is full. The cluster's own audit log has it as well, by the answer's annotations.
//!
//! - `review` reads an AdmissionReview and writes its answer; `gate` decides; `server` listens.
mod gate;
mod queue;
mod review;
mod server;
mod settings;

pub use server::AdmissionServer;
pub use settings::AdmissionSettings;
