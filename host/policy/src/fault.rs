//! What went wrong: with a call, or with a load. Every one of these means denied. A guest's own words appear escaped only.
use crate::{
    guard::{Guard, Refused},
    text,
};
use std::time::Duration;
use wasmtime::{Error, Store, Trap};

/// Why a guest gave no answer that counts.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// It did not finish, or did not get a place, in time.
    #[error("ran past its deadline of {0:?}")]
    Deadline(Duration),
    /// It asked for more than it may have, even if it then went on.
    #[error("ran out of memory: asked for {} of {} bytes", .0.asked, .0.limit)]
    Memory(Refused),
    /// It trapped.
    #[error("trapped: {0}")]
    Trap(Trap),
    /// No place became free before the deadline.
    #[error("had to wait too long: every place for a policy is taken")]
    Busy,
    /// Its answer breaks the contract.
    #[error("gave an answer that breaks the contract: {0}")]
    Answer(&'static str),
    /// It refused, in a fresh instance, settings that it took at load.
    #[error("refused settings that it had taken: {0}")]
    Settings(String),
    /// It failed earlier in this stream.
    #[error("failed earlier in this stream")]
    Dead,
    /// The engine failed: an answer too large to take over, above all.
    #[error("could not be run: {0}")]
    Engine(String),
}

impl Fault {
    /// One word for records and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Deadline(_) => "deadline",
            Self::Memory(_) => "memory",
            Self::Trap(_) => "trap",
            Self::Busy => "busy",
            Self::Answer(_) => "answer",
            Self::Settings(_) => "settings",
            Self::Dead => "dead",
            Self::Engine(_) => "engine",
        }
    }

    /// Sorts an error by what the store saw. A refusal outranks the trap it caused, a deadline outranks both.
    fn of(error: &Error, refused: Option<Refused>, time: Duration) -> Self {
        match (error.downcast_ref::<Trap>(), refused) {
            (Some(Trap::Interrupt), _) => Self::Deadline(time),
            (_, Some(refused)) => Self::Memory(refused),
            (Some(trap), None) => Self::Trap(*trap),
            (None, None) if error.is::<wasmtime::PoolConcurrencyLimitError>() => Self::Busy,
            (None, None) => Self::Engine(text::escape(&format!("{error:#}"), 500)),
        }
    }

    /// A result counts only if the call ended well and nothing was refused on the way.
    pub(crate) fn check<T>(result: wasmtime::Result<T>, store: &Store<Guard>, time: Duration) -> Result<T, Self> {
        match (result, store.data().refused) {
            (Ok(value), None) => Ok(value),
            (Ok(_), Some(refused)) => Err(Self::Memory(refused)),
            (Err(error), refused) => Err(Self::of(&error, refused, time)),
        }
    }
}

/// Why a verified component did not load.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The engine does not take it.
    #[error("is not a component this engine runs: {0}")]
    Invalid(String),
    /// It wants powers that no policy has.
    #[error("imports what no policy of its world may have: {}", .0.join(", "))]
    UnknownImports(Vec<String>),
    /// It does not export what its world asks for.
    #[error("does not fit its world: {0}")]
    World(String),
    /// It calls itself something else than its signed statement does.
    #[error("calls itself {found}, but its signed statement says {signed}")]
    Identity {
        /// As its `describe` says, escaped.
        found: String,
        /// As the statement says.
        signed: String,
    },
    /// It asks questions that were not granted.
    #[error("asks questions of kinds that are not granted: {}; granted are: {}", .kinds.join(", "), .granted.join(", "))]
    Ungranted {
        /// What it wants, escaped.
        kinds: Vec<String>,
        /// What its statement, the trust policy and the operator all grant.
        granted: Vec<String>,
    },
    /// Its settings schema cannot be used.
    #[error("has a settings schema that cannot be used: {0}")]
    Schema(String),
    /// The operator's settings do not fit its schema; a line each.
    #[error("settings do not fit its schema: {}", .0.join("; "))]
    SettingsMismatch(Vec<String>),
    /// It refused its settings; its words, escaped.
    #[error("refuses its settings: {0}")]
    SettingsRefused(String),
    /// What `configure` returned breaks the contract.
    #[error("describes itself out of bounds: {0}")]
    Setup(&'static str),
    /// It failed while it was being loaded.
    #[error("{fault} (at load, in {stage})")]
    Guest {
        /// Where.
        stage: &'static str,
        /// How.
        fault: Fault,
    },
}

impl LoadError {
    pub(crate) fn guest(stage: &'static str) -> impl FnOnce(Fault) -> Self {
        move |fault| Self::Guest { stage, fault }
    }
}
