//! The compile cache: what loading made of a component with its settings, authenticated with a key of this installation.
//!
//! Compiled code runs outside the sandbox's checks, so an entry is believed only if its HMAC holds, over the key it was asked for
//! and over every byte. Whatever else is there (cut off, changed, of another key, of another version) is a miss, and is compiled
//! anew. Knows nothing of trust: signatures are verified before, every time.
use crate::{setup::Descriptor, trust::Digest};
use cap_std::{
    ambient_authority,
    fs::{Dir, OpenOptions, OpenOptionsExt},
};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::{Digest as _, Sha256};
use std::{
    hash::{Hash, Hasher},
    io::{self, Read, Write},
    os::unix::fs::{DirBuilderExt, MetadataExt},
    path::{Path, PathBuf},
};
use wasmtime::{Engine, component::Component};

/// What loading made of a component, beside its code.
#[derive(Serialize, Deserialize)]
pub(crate) struct Artifact<S> {
    pub(crate) descriptor: Descriptor,
    pub(crate) setup: S,
    pub(crate) thawed: Option<String>,
}

/// Why there is no cache. None of these keeps a policy from loading: the caller decides whether to go on without one.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The file system said no.
    #[error("the compile cache {path}: {error}", path = .path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// What.
        error: io::Error,
    },
    /// Others can get at it.
    #[error("the compile cache {path} must be a {what} of this user that nobody else can read or write (mode {mode})", path = .path.display())]
    Exposed {
        /// Where.
        path: PathBuf,
        /// Directory or file.
        what: &'static str,
        /// How it should be.
        mode: &'static str,
    },
    /// The key file does not hold a key.
    #[error("{path} does not hold an installation key; move it away, and a new one is made", path = .path.display())]
    NoKey {
        /// Where.
        path: PathBuf,
    },
}

/// A key of this installation, made at first use. Whoever can read it can make code that this host runs.
#[derive(Clone)]
pub struct InstallationKey([u8; 32]);

impl InstallationKey {
    /// Reads the key, or makes it.
    pub fn load_or_create(path: &Path) -> Result<Self, CacheError> {
        match Self::load(path) {
            Err(CacheError::Io { error, .. }) if error.kind() == io::ErrorKind::NotFound => {
                Self::create(path)?;
                Self::load(path)
            }
            other => other,
        }
    }

    fn load(path: &Path) -> Result<Self, CacheError> {
        let mut file = std::fs::File::open(path).map_err(io_at(path))?;
        let metadata = file.metadata().map_err(io_at(path))?;
        if !metadata.is_file() || !private(&metadata) {
            return Err(CacheError::Exposed { path: path.to_owned(), what: "file", mode: "0600" });
        }
        let no_key = || CacheError::NoKey { path: path.to_owned() };
        let mut key = [0; 32];
        if metadata.len() != 32 {
            return Err(no_key());
        }
        file.read_exact(&mut key).map_err(|_| no_key())?;
        Ok(Self(key))
    }

    /// Written apart and linked into place: another process that does the same at the same time sees all of a key or none.
    fn create(path: &Path) -> Result<(), CacheError> {
        use std::os::unix::fs::OpenOptionsExt as _;
        let mut key = [0; 32];
        let no_random = |_| CacheError::Io { path: path.to_owned(), error: io::Error::other("no random bytes") };
        aws_lc_rs::rand::fill(&mut key).map_err(no_random)?;
        if let Some(parent) = path.parent() {
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(parent).map_err(io_at(parent))?;
        }
        let apart = path.with_extension(format!("new-{}", std::process::id()));
        let mut file =
            std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&apart).map_err(io_at(&apart))?;
        let written =
            file.write_all(&key).and_then(|()| file.sync_all()).and_then(|()| std::fs::hard_link(&apart, path));
        let _ = std::fs::remove_file(&apart);
        match written {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(io_at(path)(error)),
            _ => Ok(()),
        }
    }
}

/// A directory of entries.
pub struct Cache {
    dir: Dir,
    key: InstallationKey,
}

/// What an entry is for: component, settings, engine.
pub(crate) struct CacheKey([u8; 32]);

impl CacheKey {
    pub(crate) fn new(component: Digest, settings: &str, engine: &Engine) -> Self {
        let mut hash = Feed(Sha256::new());
        hash.0.update(MAGIC);
        hash.0.update(component.0);
        hash.0.update(Sha256::digest(settings));
        engine.precompile_compatibility_hash().hash(&mut hash);
        Self(hash.0.finalize().into())
    }

    fn file(&self) -> String {
        format!("{}.{SUFFIX}", Digest(self.0))
    }
}

/// Changes with the form of an entry, and with what [`Artifact`] holds.
const MAGIC: &[u8; 20] = b"wardgate-compiled-1\n";
const SUFFIX: &str = "compiled";
const TAG: usize = 32;
/// Entries that are kept.
const KEPT: usize = 64;
/// The largest entry that is read: a component of 32 MiB compiles to some three times that.
const LARGEST: u64 = 256 << 20;

impl Cache {
    /// Opens the directory, or makes it. It must be this user's alone.
    pub fn open(path: &Path, key: InstallationKey) -> Result<Self, CacheError> {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(io_at(path))?;
        let dir = Dir::open_ambient_dir(path, ambient_authority()).map_err(io_at(path))?;
        // Of the directory that was opened, not of whatever the path names by now.
        let metadata = dir.try_clone().map(Dir::into_std_file).and_then(|file| file.metadata()).map_err(io_at(path))?;
        if !metadata.is_dir() || !private(&metadata) {
            return Err(CacheError::Exposed { path: path.to_owned(), what: "directory", mode: "0700" });
        }
        Ok(Self { dir, key })
    }

    /// The entry for this key, if there is one and it is ours to the byte.
    pub(crate) fn fetch<S: DeserializeOwned>(
        &self,
        key: &CacheKey,
        engine: &Engine,
    ) -> Option<(Artifact<S>, Component)> {
        let bytes = self.read(&key.file())?;
        let (meta, code) = self.open_entry(key, &bytes)?;
        let artifact = serde_json::from_slice(meta).ok()?;
        // SAFETY: `deserialize` asks for bytes that `Component::serialize` made. These carry an HMAC over all of them, under a key
        // that only this installation has, and `store` below authenticates nothing else. They are in our memory: a mapped file
        // would save some 3 MiB a component, but it could be changed after it was checked.
        #[allow(unsafe_code, clippy::disallowed_methods)]
        let component = unsafe { Component::deserialize(engine, code) }.ok()?;
        Some((artifact, component))
    }

    /// Keeps an entry. A cache that cannot be written is slow, not wrong: it is said in the log and no more.
    pub(crate) fn store<S: Serialize>(&self, key: &CacheKey, artifact: &Artifact<S>, component: &Component) {
        let written = component.serialize().map_err(|e| e.to_string()).and_then(|code| {
            let meta = serde_json::to_vec(artifact).map_err(|e| e.to_string())?;
            self.write(key, &meta, &code).map_err(|e| e.to_string())
        });
        if let Err(error) = written {
            tracing::warn!(error, "the compile cache cannot be written");
        }
        self.prune();
    }

    fn read(&self, name: &str) -> Option<Vec<u8>> {
        let file = self.dir.open(name).ok()?;
        let length = file.metadata().ok().filter(|m| m.is_file() && m.len() <= LARGEST)?.len();
        let mut bytes = Vec::with_capacity(usize::try_from(length).ok()?);
        file.take(LARGEST).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    fn open_entry<'a>(&self, key: &CacheKey, bytes: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
        let rest = bytes.strip_prefix(MAGIC)?;
        let (tag, body) = rest.split_at_checked(TAG)?;
        self.mac(key, body)?.verify_slice(tag).ok()?;
        let (length, body) = body.split_first_chunk::<4>()?;
        body.split_at_checked(usize::try_from(u32::from_le_bytes(*length)).ok()?)
    }

    fn write(&self, key: &CacheKey, meta: &[u8], code: &[u8]) -> io::Result<()> {
        let length = u32::try_from(meta.len()).map_err(io::Error::other)?;
        let body = [&length.to_le_bytes(), meta, code].concat();
        let mac = self.mac(key, &body).ok_or_else(|| io::Error::other("no HMAC"))?;
        let tag = mac.finalize().into_bytes();
        let apart = format!("{}.new-{}", key.file(), std::process::id());
        let _ = self.dir.remove_file(&apart);
        let mut file = self.dir.open_with(&apart, OpenOptions::new().write(true).create_new(true).mode(0o600))?;
        [MAGIC.as_slice(), &tag, &body].into_iter().try_for_each(|part| file.write_all(part))?;
        self.dir.rename(&apart, &self.dir, key.file())
    }

    /// Over the key too: an entry cannot be passed off as another one's by renaming it.
    fn mac(&self, key: &CacheKey, body: &[u8]) -> Option<Hmac<Sha256>> {
        let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(&self.key.0).ok()?;
        mac.update(MAGIC);
        mac.update(&key.0);
        mac.update(body);
        Some(mac)
    }

    /// Keeps the newest; a miss costs seconds, a full disk the whole gateway.
    fn prune(&self) {
        let Ok(entries) = self.dir.entries() else { return };
        let mut ours: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.file_name().to_str().is_some_and(|name| name.contains(&format!(".{SUFFIX}"))))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.file_name())))
            .collect();
        ours.sort_unstable_by_key(|ours| std::cmp::Reverse(ours.0));
        for (_, name) in ours.into_iter().skip(KEPT) {
            let _ = self.dir.remove_file(name);
        }
    }
}

/// Feeds a `Hash` to sha256: std's hashers have 64 bits, too few to keep code apart by.
struct Feed(Sha256);

impl Hasher for Feed {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

fn private(metadata: &std::fs::Metadata) -> bool {
    metadata.uid() == rustix::process::geteuid().as_raw() && metadata.mode().trailing_zeros() >= 6
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> CacheError {
    move |error| CacheError::Io { path: path.to_owned(), error }
}
