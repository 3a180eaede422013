//! Who asks. Owns nothing but the words of the caller's identity.
use serde::{Deserialize, Serialize};

/// The caller as the gateway authenticated it. `session` and `incident` are the caller's own claims: they carry no rights.
#[derive(Clone, Debug, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Subject {
    /// The authenticated name.
    pub user: String,
    /// The groups that the authentication vouched for.
    pub groups: Vec<String>,
    /// The MCP session as the client names it; empty where there is none.
    pub session: String,
    /// What the session is about, as the client says.
    pub incident: Option<String>,
}

impl Subject {
    /// A subject that has nothing but a name.
    pub fn named(user: impl Into<String>) -> Self {
        Self { user: user.into(), ..Self::default() }
    }
}
