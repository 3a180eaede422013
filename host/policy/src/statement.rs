//! What is signed: an in-toto statement about one component, and the predicate that says what the component is and may do.
use crate::version::Version;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The predicate's type; with cosign: `attest-blob --type https://wardgate.dev/policy/v1`.
pub const PREDICATE_TYPE: &str = "https://wardgate.dev/policy/v1";

/// The contract that components are signed for and this host runs.
pub const CONTRACT: &str = "wardgate:policy@1.0.0";

/// The in-toto statement types that are read; cosign 2 writes the older one.
pub(crate) const STATEMENT_TYPES: [&str; 2] = ["https://in-toto.io/Statement/v1", "https://in-toto.io/Statement/v0.1"];

/// The payload type of the envelope.
pub(crate) const PAYLOAD_TYPE: &str = "application/vnd.in-toto+json";

/// The signed predicate. Unknown fields are refused: a restriction that this host does not know must not be lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Statement {
    /// The policy's name: letters, digits and `-`.
    pub name: Name,
    /// Its version.
    pub version: Version,
    /// Its world.
    pub world: WorldName,
    /// The contract it was built against, [`CONTRACT`].
    pub contract: String,
    /// The question kinds that it may ask.
    #[serde(default)]
    pub questions: Vec<String>,
    /// Not to be loaded after this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_after: Option<Timestamp>,
    /// Ceilings below the host's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<SignedLimits>,
}

/// Ceilings that the publisher asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct SignedLimits {
    /// Bytes of linear memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
}

/// Which side of the road a component stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum WorldName {
    /// It decides.
    Reviewer,
    /// It points at what must be masked.
    Redactor,
}

impl fmt::Display for WorldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Reviewer => "reviewer",
            Self::Redactor => "redactor",
        })
    }
}

/// A policy's name; it is also its file's stem, so it holds nothing that means something in a path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(String);

/// A text that is no policy name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a policy name: 1 to 63 lower-case letters, digits and -, beginning with a letter")]
pub struct NoName;

impl Name {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Name {
    type Error = NoName;
    fn try_from(text: String) -> Result<Self, NoName> {
        let fits = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
        let begins = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        if begins && text.len() <= 63 && text.bytes().all(fits) { Ok(Self(text)) } else { Err(NoName) }
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.0
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
