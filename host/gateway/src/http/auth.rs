//! Static bearer tokens: a name for each, digests in memory, files read again while the server runs.
use super::serve::HttpError;
use sha2::{Digest, Sha256};
use std::{
    collections::BTreeMap,
    io::Read,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

/// Characters of a token, at least: shorter ones can be guessed.
const SHORTEST: usize = 16;
/// Bytes of a token's file, at most.
const LONGEST: u64 = 4096;

/// The tokens that count now.
pub(crate) struct Tokens {
    files: BTreeMap<String, PathBuf>,
    known: RwLock<Arc<Vec<Known>>>,
}

struct Known {
    name: String,
    digest: [u8; 32],
}

impl Tokens {
    pub(crate) fn load(files: &BTreeMap<String, PathBuf>) -> Result<Self, HttpError> {
        let known = read_all(files)?;
        Ok(Self { files: files.clone(), known: RwLock::new(Arc::new(known)) })
    }

    /// Without tokens everybody is `local`; the settings allow that on loopback only.
    pub(crate) fn required(&self) -> bool {
        !self.files.is_empty()
    }

    /// Reads the files again. A file that cannot be read keeps nothing alive: its caller is out until it can, the others stay.
    pub(crate) fn reload(&self) {
        let mut fresh = Vec::new();
        for (name, path) in &self.files {
            match read(name, path) {
                Ok(known) => fresh.push(known),
                Err(error) => tracing::warn!(caller = name, %error, "a token is not accepted"),
            }
        }
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
    }

    /// Whose token this is. The time it takes depends on how many tokens there are, and on nothing else about them.
    pub(crate) fn name_of(&self, token: &[u8]) -> Option<String> {
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        let digest: [u8; 32] = Sha256::digest(token).into();
        let mut found = None;
        for known in known.iter() {
            let differs = known.digest.iter().zip(&digest).fold(0, |differs, (a, b)| differs | (a ^ b));
            if std::hint::black_box(differs) == 0 {
                found = Some(known.name.clone());
            }
        }
        found
    }
}

fn read_all(files: &BTreeMap<String, PathBuf>) -> Result<Vec<Known>, HttpError> {
    let mut all: Vec<Known> = Vec::new();
    for (name, path) in files {
        let known = read(name, path)?;
        if let Some(other) = all.iter().find(|other| other.digest == known.digest) {
            return Err(HttpError::SameToken { one: other.name.clone(), other: known.name });
        }
        all.push(known);
    }
    Ok(all)
}

fn read(name: &str, path: &Path) -> Result<Known, HttpError> {
    let unreadable = |source| HttpError::File { path: path.into(), source };
    let mut text = String::new();
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(LONGEST + 1).read_to_string(&mut text).map_err(unreadable)?;
    let token = text.trim_end_matches(['\n', '\r']);
    let fits = token.len() >= SHORTEST && text.len() as u64 <= LONGEST && token.bytes().all(|b| b.is_ascii_graphic());
    if !fits {
        return Err(HttpError::Token { name: name.into(), path: path.into() });
    }
    Ok(Known { name: name.into(), digest: Sha256::digest(token).into() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_token_is_known_until_its_file_changes() {
        let folder = tempfile::tempdir().unwrap();
        let (bot, ops) = (folder.path().join("bot"), folder.path().join("ops"));
        std::fs::write(&bot, "0123456789abcdef\n").unwrap();
        std::fs::write(&ops, "fedcba9876543210").unwrap();
        let files = BTreeMap::from([("bot".to_string(), bot.clone()), ("ops".to_string(), ops)]);
        let tokens = Tokens::load(&files).unwrap();
        assert_eq!(tokens.name_of(b"0123456789abcdef").as_deref(), Some("bot"));
        assert_eq!(tokens.name_of(b"fedcba9876543210").as_deref(), Some("ops"));
        for wrong in [&b""[..], b"0123456789abcdeX", b"0123456789abcdef\n", b"0123456789abcde"] {
            assert_eq!(tokens.name_of(wrong), None);
        }
        std::fs::write(&bot, "another-token-for-bot").unwrap();
        tokens.reload();
        assert_eq!(tokens.name_of(b"0123456789abcdef"), None);
        assert_eq!(tokens.name_of(b"another-token-for-bot").as_deref(), Some("bot"));
        std::fs::remove_file(&bot).unwrap();
        tokens.reload();
        assert_eq!(tokens.name_of(b"another-token-for-bot"), None);
        assert_eq!(tokens.name_of(b"fedcba9876543210").as_deref(), Some("ops"));
    }

    #[test]
    fn a_weak_shared_or_missing_token_does_not_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t");
        let load = |files: &[(&str, &PathBuf)]| {
            let files = files.iter().map(|(name, path)| ((*name).to_string(), (*path).clone())).collect();
            Tokens::load(&files).err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert!(load(&[("bot", &path)]).contains("cannot be read"));
        std::fs::write(&path, "short").unwrap();
        assert!(load(&[("bot", &path)]).contains("at least 16"));
        std::fs::write(&path, "two words are no token").unwrap();
        assert!(load(&[("bot", &path)]).contains("at least 16"));
        std::fs::write(&path, "0123456789abcdef").unwrap();
        assert!(load(&[("bot", &path), ("ops", &path)]).contains("bot and ops"));
    }
}
