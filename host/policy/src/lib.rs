//! The policy host: verifies, loads and runs Wardgate's policy components, and answers for them on the road.
//!
//! The way of a component, a file each:
//!
//! 1. [`directory`] reads `NAME.wasm`, its bundle and its settings as a [`verify::Module`]; nothing about it is known to be true.
//! 2. [`verify`] holds it against a [`trust::TrustPolicy`] and makes a [`verify::Verified`]: a [`statement`] over these very bytes.
//!    The loader takes nothing else.
//! 3. `load` compiles those bytes, checks `imports`, asks the component to describe and configure itself (`world`, `settings`),
//!    freezes the configured instance (`freeze`), compiles it again, and keeps the result in the [`cache`].
//! 4. [`set`] makes all of them one [`PolicySet`], which implements [`wardgate_core::Reviewers`] and [`wardgate_core::Redactors`]:
//!    `review` and `scan` run a fresh instance per review and per stream, in places that the [`engine`] counts; [`redact`] puts the
//!    findings of all redactors together. `convert` alone knows both the host's words and the contract's.
//! 5. [`inspect`] says what a module is.
//!
//! Everything fails closed: a plugin that traps, runs late, wants too much memory or answers out of bounds has denied (rule
//! [`set::FAULT_RULE`]), or ends its stream with [`wardgate_core::RedactionFailed`]. Guests get no clock, no randomness, no files and
//! no network; see `wit/policy.wit`.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use wardgate_policy::*;
//! # let (publisher_pem, now) = ("", "2026-11-24T00:00:00Z".parse()?);
//! let host = Host::new(engine::Settings::default())?;
//! let trust = TrustPolicy::built_in(publisher_pem)?;
//! let key = InstallationKey::load_or_create("/var/lib/wardgate/installation.key".as_ref())?;
//! let cache = Cache::open("/var/cache/wardgate/compiled".as_ref(), key)?;
//! let modules = PolicyDirectory::open("/etc/wardgate/policies".as_ref())?.modules()?;
//! let set = PolicySet::load(
//!     &host,
//!     SetSource { modules, trust: &trust, plugins: &[], cache: Some(&cache), now, prefilter: Some(prefilter::make) },
//! )?;
//! println!("{}", set.digest());
//! # Ok(())
//! # }
//! ```

mod bindings;
pub mod cache;
mod convert;
mod diagnostics;
pub mod directory;
pub mod engine;
pub mod fault;
mod freeze;
mod guard;
mod imports;
pub mod inspect;
mod load;
pub mod prefilter;
pub mod redact;
mod review;
mod samples;
mod scan;
pub mod set;
mod settings;
pub mod setup;
pub mod statement;
pub mod tags;
mod text;
pub mod trust;
pub mod values;
pub mod verify;
pub mod version;
mod world;

pub use cache::{Cache, InstallationKey};
pub use directory::PolicyDirectory;
pub use engine::Host;
pub use fault::{Fault, LoadError};
pub use guard::Refused;
pub use set::{Mode, PluginConfig, PolicySet, SetError, SetSource};
pub use trust::{Lock, TrustPolicy};
pub use verify::{Module, VerifyError};
