//! Opens what was sealed, for a person who holds a key, and compares it with what is on record. Must not write.
use crate::{
    canonical::{hex, sha256_hex},
    cast::Digested,
    chain::RECORDINGS,
    disk::read_all,
    read::{RECORDING_MAX, ReadError, Reader},
    record::Kind,
    recording::file_name,
    seal::{Identities, OpenSealError, open},
};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, io};

/// What was revealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Revealed {
    /// Which call.
    pub call: String,
    /// Bytes and sha256 of each channel.
    pub channels: BTreeMap<String, Digested>,
    /// Whether an outcome on record vouches for all of it. If not, the call never ended in order.
    pub vouched: bool,
    /// Why the rest does not open, where the file of an abandoned call ends early.
    pub ends_early: Option<String>,
}

/// Why nothing was revealed.
#[derive(Debug, thiserror::Error)]
pub enum RevealError {
    /// No such call, or the log cannot be read.
    #[error(transparent)]
    Record(#[from] ReadError),
    /// Nobody configured a key.
    #[error(
        "that call's raw output was not sealed: no recipients were configured when it ran, or it read nothing that is recorded"
    )]
    NotSealed,
    /// The file is not there.
    #[error("the sealed file is gone, though the record names it")]
    Gone,
    /// Another file.
    #[error("the sealed file is not the one whose digest is on record")]
    Changed,
    /// It opens, but is something else.
    #[error("what was sealed is not what was read: length and digest of {channel} differ from those on record")]
    Differs {
        /// Which channel.
        channel: String,
    },
    /// It does not open.
    #[error(transparent)]
    Closed(#[from] OpenSealError),
    /// What it was given to could not take it.
    #[error("writing it: {0}")]
    Sink(io::Error),
}

impl Reader {
    /// The raw output of a recorded call: `each` gets a channel's name and its next bytes. Where an outcome is on record nothing is
    /// handed over before file and content were found to be those on record.
    pub fn reveal(
        &self,
        call: &str,
        identities: &Identities,
        mut each: impl FnMut(&str, &[u8]) -> io::Result<()>,
    ) -> Result<Revealed, RevealError> {
        let records = self.call(call)?;
        let outcome = records.iter().find(|record| record.kind == Kind::Outcome);
        let said = outcome.and_then(|record| record.data.get("recording"));
        let digest = said.and_then(|said| said.get("sealed")?.get("sha256")?.as_str());
        if outcome.is_some() && digest.is_none() {
            return Err(RevealError::NotSealed);
        }
        let name = file_name(call, "age").ok_or(RevealError::NotSealed)?;
        let sealed = match read_all(self.disk(), &self.dir().join(RECORDINGS).join(name), RECORDING_MAX) {
            Err(error) if error.kind() == io::ErrorKind::NotFound && digest.is_none() => {
                return Err(RevealError::NotSealed);
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(RevealError::Gone),
            other => other.map_err(ReadError::Disk)?,
        };
        if digest.is_some_and(|digest| digest != sha256_hex(&sealed)) {
            return Err(RevealError::Changed);
        }
        let mut found: BTreeMap<String, (u64, Sha256)> = BTreeMap::new();
        let opened = open(&*sealed, identities, |channel, bytes| {
            let (length, digest) = found.entry(channel.into()).or_default();
            *length += bytes.len() as u64;
            digest.update(bytes);
            Ok(())
        });
        let channels: BTreeMap<String, Digested> = found
            .into_iter()
            .map(|(channel, (bytes, digest))| (channel, Digested { bytes, sha256: hex(&digest.finalize()) }))
            .collect();
        let ends_early = match opened {
            Err(error) if outcome.is_some() || channels.is_empty() => return Err(error.into()),
            Err(error) => Some(error.to_string()),
            Ok(()) => None,
        };
        if let Some(channel) = outcome.and_then(|_| differs(&channels, said?.get("raw")?)) {
            return Err(RevealError::Differs { channel });
        }
        let mut sink = None;
        let again = open(&*sealed, identities, |channel, bytes| {
            each(channel, bytes).map_err(|error| {
                sink = Some(error);
                io::Error::other("the sink is closed")
            })
        });
        match (sink, again) {
            (Some(error), _) => Err(RevealError::Sink(error)),
            (None, Err(error)) if ends_early.is_none() => Err(error.into()),
            _ => Ok(Revealed { call: call.into(), channels, vouched: outcome.is_some(), ends_early }),
        }
    }
}

/// A channel whose bytes are not those on record; one that read nothing may stand there with zero bytes.
fn differs(found: &BTreeMap<String, Digested>, raw: &Value) -> Option<String> {
    let raw = raw.as_object()?;
    let bytes = |said: &Value| said.get("bytes").and_then(Value::as_u64);
    let unsaid = found.keys().find(|channel| !raw.contains_key(*channel));
    let other = raw.iter().find(|(channel, said)| match found.get(*channel) {
        Some(found) => {
            bytes(said) != Some(found.bytes) || said.get("sha256").and_then(Value::as_str) != Some(&found.sha256)
        }
        None => bytes(said) != Some(0),
    });
    unsaid.cloned().or_else(|| other.map(|(channel, _)| channel.clone()))
}
