//! The tamper-evident log and the recordings. The format, and how to check it without this crate, is `docs/evidence.md`.
//!
//! - [`EvidenceLog`] implements the core's `Ledger`, `Slip` and `Recording`; one writer, group commit ([`ledger`], `queue`, `chain`).
//! - [`verify`] reads a log in constant memory and says what is wrong, and what it could not check.
//! - [`read`] lists calls, shows one, finds its recording.
//! - [`seal`] keeps raw output for whoever holds an operators' key, and for nobody else.
//! - [`retention`] drops whole verified segments; [`disk`] is the disk behind all of it, [`memory`] one that fails on demand.
//!
//! Nothing in here knows Kubernetes or MCP.

pub mod canonical;
mod cast;
mod chain;
pub mod disk;
pub mod key;
pub mod ledger;
mod lines;
mod loose;
pub mod memory;
pub mod options;
mod queue;
pub mod read;
pub mod record;
mod recording;
mod recovery;
mod report;
pub mod retention;
pub mod reveal;
pub mod seal;
pub mod verify;

pub use cast::Digested;
pub use chain::OpenError;
pub use disk::{Disk, RealDisk, SharedDisk, Space};
pub use key::PublicKey;
pub use ledger::EvidenceLog;
pub use lines::{segment_name, segment_number};
pub use options::{Announced, Options, Retention, WriterMode};
pub use queue::Health;
pub use read::{CallLine, Filter, Reader};
pub use record::{Hash, Kind, Record};
pub use reveal::{RevealError, Revealed};
pub use seal::{Identities, Recipients};
pub use verify::{Head, Report, verify};
