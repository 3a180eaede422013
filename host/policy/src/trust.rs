//! The trust policy: whose signatures count for what. It narrows what statements grant and never widens it. One that cannot be
//! read is an error: there is no way to say "no verification". An operator writes it as TOML; unknown keys are refused:
//!
//! ```toml
//! [[publisher]]
//! id = "acme-security"                     # what the log calls it
//! names = ["acme-*", "read-guard"]         # what it may sign: names, or prefix-*
//! worlds = ["reviewer"]                    # reviewer, redactor
//! questions = ["series", "path"]           # question kinds it may grant; none by default
//!
//! [[publisher.key]]                        # several may overlap while one takes over from another
//! file = "acme-2026.pub"                   # SPKI PEM, relative to this file; or pem = '''...'''
//! valid-from = "2026-01-01T00:00:00Z"      # both optional, held against this machine's clock at load
//! valid-until = "2027-02-01T00:00:00Z"
//!
//! [revoked]
//! digests = ["sha256:..."]                 # of components
//! keys = ["..."]                           # fingerprints: sha256 of the key in DER form
//!
//! [minimum-versions]
//! read-guard = "1.2.0"
//! ```
use crate::{
    statement::{Name, WorldName},
    text,
    version::Version,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sigstore_crypto::VerificationKey;
use sigstore_types::DerPublicKey;
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    io::Read,
    path::{Path, PathBuf},
};

/// The names that the built-in trust policy lets the built-in publisher sign.
pub const SHIPPED: [&str; 4] = ["exec-allowlist", "promql-guard", "read-guard", "secret-redactor"];

/// The question kinds that shipped reviewers may be granted.
const SHIPPED_QUESTIONS: [&str; 6] =
    ["series", "path", "metric-type", "metric-names", "label-values", "scrape-interval"];

/// Whose signatures count for what.
#[derive(Debug, Clone)]
pub struct TrustPolicy {
    pub(crate) publishers: Vec<Publisher>,
    pub(crate) revoked_digests: BTreeSet<Digest>,
    pub(crate) revoked_keys: BTreeSet<Digest>,
    pub(crate) minimum_versions: BTreeMap<Name, Version>,
    pub(crate) lock: BTreeMap<Name, Version>,
}

/// A signing identity.
#[derive(Debug, Clone)]
pub struct Publisher {
    /// What the operator calls it.
    pub id: String,
    pub(crate) keys: Vec<Key>,
    pub(crate) names: Vec<NamePattern>,
    pub(crate) worlds: BTreeSet<WorldName>,
    pub(crate) questions: BTreeSet<String>,
}

/// A public key with the time in which it counts. Bundles signed with a plain key carry no time that could be trusted, so the
/// window is held against the host's clock at load.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) der: DerPublicKey,
    /// sha256 of the key in DER form.
    pub(crate) fingerprint: Digest,
    pub(crate) valid_from: Option<Timestamp>,
    pub(crate) valid_until: Option<Timestamp>,
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", self.fingerprint)
    }
}

/// Why a trust policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The file is not there, or too large, or not text.
    #[error("the trust policy {path} cannot be read: {why}", path = .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// It is not what a trust policy looks like; with line and column.
    #[error("the trust policy, or the lock, cannot be used: {0}")]
    Syntax(#[from] toml::de::Error),
    /// Nobody is trusted.
    #[error("the trust policy names no publisher, so no policy could ever load")]
    NoPublisher,
    /// A publisher without a usable key, names or worlds, or named twice.
    #[error("publisher {publisher}: {why}")]
    Publisher {
        /// Its id.
        publisher: String,
        /// What is wrong.
        why: String,
    },
}

impl TrustPolicy {
    /// No more than this is read.
    const SIZE: u64 = 1 << 20;
    /// Keys over all publishers; each signature is held against each of them.
    const KEYS: usize = 64;

    /// The built-in one: this key may sign the shipped names.
    pub fn built_in(publisher_pem: &str) -> Result<Self, TrustError> {
        let publisher = Publisher {
            id: "wardgate".to_owned(),
            keys: vec![key(publisher_pem, None, None).map_err(|why| of("wardgate", why))?],
            names: SHIPPED.iter().map(|name| NamePattern((*name).to_owned())).collect(),
            worlds: [WorldName::Reviewer, WorldName::Redactor].into(),
            questions: SHIPPED_QUESTIONS.iter().map(|q| (*q).to_owned()).collect(),
        };
        Self::of(vec![publisher], Revoked::default(), BTreeMap::new())
    }

    /// Reads the operator's; files of keys are relative to it.
    pub fn read(path: &Path) -> Result<Self, TrustError> {
        let text = read_text(path)?;
        Self::parse(&text, path.parent().unwrap_or(Path::new(".")))
    }

    /// From its text; files of keys are relative to `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self, TrustError> {
        let file: File = toml::from_str(text)?;
        let publishers = file.publisher.into_iter().map(|p| p.resolve(base)).collect::<Result<_, _>>()?;
        Self::of(publishers, file.revoked, file.minimum_versions)
    }

    /// The same, and what is older than this lock says is refused.
    #[must_use]
    pub fn with_lock(mut self, lock: Lock) -> Self {
        self.lock = lock.policy.into_iter().map(|entry| (entry.name, entry.version)).collect();
        self
    }

    /// The publishers.
    pub fn publishers(&self) -> &[Publisher] {
        &self.publishers
    }

    fn of(
        publishers: Vec<Publisher>,
        revoked: Revoked,
        minimum_versions: BTreeMap<Name, Version>,
    ) -> Result<Self, TrustError> {
        if publishers.is_empty() {
            return Err(TrustError::NoPublisher);
        }
        let (mut ids, mut keys) = (BTreeSet::new(), BTreeSet::new());
        for publisher in &publishers {
            if !ids.insert(&publisher.id) {
                return Err(of(&publisher.id, "is there twice".into()));
            }
            // Whose signature is it, and in which window does it count? There must be one answer.
            if let Some(key) = publisher.keys.iter().find(|key| !keys.insert(key.fingerprint)) {
                return Err(of(&publisher.id, format!("its key {} is there twice", key.fingerprint)));
            }
        }
        if publishers.iter().map(|p| p.keys.len()).sum::<usize>() > Self::KEYS {
            return Err(of("(all)", format!("more than {} keys", Self::KEYS)));
        }
        Ok(Self {
            publishers,
            revoked_digests: revoked.digests,
            revoked_keys: revoked.keys,
            minimum_versions,
            lock: BTreeMap::new(),
        })
    }
}

/// The lock file beside a policy directory, `policies.lock`: what was built from which sources, by which tools, signed by whom.
/// Here it keeps policies from going back; that sources and modules belong together is checked where they are built.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    #[serde(default)]
    policy: Vec<LockEntry>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code)] // the file's form, all of it
struct LockEntry {
    name: Name,
    version: Version,
    world: WorldName,
    file: String,
    sha256: Digest,
    publisher: Digest,
    source: Digest,
    toolchain: String,
}

impl Lock {
    /// From its text.
    pub fn parse(text: &str) -> Result<Self, TrustError> {
        Ok(toml::from_str(text)?)
    }
}

impl Publisher {
    /// Fingerprints of its keys: sha256 of their DER form.
    pub fn fingerprints(&self) -> impl Iterator<Item = Digest> + '_ {
        self.keys.iter().map(|key| key.fingerprint)
    }
}

/// A sha256, written as 64 hex digits with or without `sha256:` before them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Digest(pub(crate) [u8; 32]);

impl Digest {
    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        use sha2::Digest as _;
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// A text that is no digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a sha256: 64 hexadecimal digits, with or without sha256: before them")]
pub struct NoDigest;

impl TryFrom<String> for Digest {
    type Error = NoDigest;
    fn try_from(text: String) -> Result<Self, NoDigest> {
        let hex = text.strip_prefix("sha256:").unwrap_or(&text).as_bytes();
        let (pairs, []) = hex.as_chunks::<2>() else { return Err(NoDigest) };
        let byte = |pair: &[u8; 2]| {
            let [high, low] = pair.map(|b| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok()));
            Some(high? << 4 | low?)
        };
        let bytes: Option<Vec<u8>> = pairs.iter().map(byte).collect();
        bytes.and_then(|b| b.try_into().ok()).map(Self).ok_or(NoDigest)
    }
}

impl From<Digest> for String {
    fn from(digest: Digest) -> Self {
        digest.to_string()
    }
}

/// A name, or `prefix-*`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct NamePattern(String);

impl NamePattern {
    pub(crate) fn fits(&self, name: &Name) -> bool {
        match self.0.strip_suffix('*') {
            Some(prefix) => name.as_str().len() > prefix.len() && name.as_str().starts_with(prefix),
            None => self.0 == name.as_str(),
        }
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for NamePattern {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        // `prefix-*` stands or falls with its prefix; a bare `*` would make anyone the signer of everything.
        let name = match text.strip_suffix("-*") {
            Some(prefix) => prefix.to_owned(),
            None => text.clone(),
        };
        match Name::try_from(name) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(format!("{error}; or such a name with -* behind it")),
        }
    }
}

/// The file, as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    #[serde(default)]
    publisher: Vec<PublisherEntry>,
    #[serde(default)]
    revoked: Revoked,
    #[serde(default)]
    minimum_versions: BTreeMap<Name, Version>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct PublisherEntry {
    id: String,
    names: Vec<NamePattern>,
    worlds: BTreeSet<WorldName>,
    #[serde(default)]
    questions: BTreeSet<String>,
    #[serde(default)]
    key: Vec<KeyEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct KeyEntry {
    pem: Option<String>,
    file: Option<PathBuf>,
    valid_from: Option<Timestamp>,
    valid_until: Option<Timestamp>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Revoked {
    #[serde(default)]
    digests: BTreeSet<Digest>,
    #[serde(default)]
    keys: BTreeSet<Digest>,
}

impl PublisherEntry {
    fn resolve(self, base: &Path) -> Result<Publisher, TrustError> {
        let id_fits = (1..=100).contains(&self.id.len()) && self.id.bytes().all(|b| (b' '..=b'~').contains(&b));
        if !id_fits {
            return Err(of(&text::escape(&self.id, 100), "its id must be 1 to 100 printable ASCII characters".into()));
        }
        if self.key.is_empty() || self.names.is_empty() || self.worlds.is_empty() {
            return Err(of(&self.id, "needs at least one [[publisher.key]], one of names and one of worlds".into()));
        }
        let keys = self.key.iter().map(|entry| entry.resolve(&self.id, base)).collect::<Result<_, _>>()?;
        Ok(Publisher { id: self.id, keys, names: self.names, worlds: self.worlds, questions: self.questions })
    }
}

impl KeyEntry {
    fn resolve(&self, publisher: &str, base: &Path) -> Result<Key, TrustError> {
        let pem = match (&self.pem, &self.file) {
            (Some(pem), None) => pem.clone(),
            (None, Some(file)) => read_text(&base.join(file))?,
            _ => return Err(of(publisher, "a key needs pem or file, and not both".into())),
        };
        key(&pem, self.valid_from, self.valid_until).map_err(|why| of(publisher, why))
    }
}

fn of(publisher: &str, why: String) -> TrustError {
    TrustError::Publisher { publisher: publisher.to_owned(), why }
}

/// A key that the verifier can use: found out now, not when something is verified.
fn key(pem: &str, valid_from: Option<Timestamp>, valid_until: Option<Timestamp>) -> Result<Key, String> {
    let der = DerPublicKey::from_pem(pem).map_err(|e| format!("its key is no public key in PEM form: {e}"))?;
    VerificationKey::from_spki(&der).map_err(|e| format!("its key cannot be used: {e}"))?;
    if valid_from.zip(valid_until).is_some_and(|(from, until)| from >= until) {
        return Err("a key that is valid until before it is valid from".to_owned());
    }
    let fingerprint = Digest::of(der.as_bytes());
    Ok(Key { der, fingerprint, valid_from, valid_until })
}

fn read_text(path: &Path) -> Result<String, TrustError> {
    let unreadable = |why: String| TrustError::Unreadable { path: path.to_owned(), why };
    let file = std::fs::File::open(path).map_err(|e| unreadable(e.to_string()))?;
    let mut text = String::new();
    let read = file.take(TrustPolicy::SIZE + 1).read_to_string(&mut text).map_err(|e| unreadable(e.to_string()))?;
    if read as u64 > TrustPolicy::SIZE { Err(unreadable("larger than 1 MiB".into())) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pem() -> String {
        sigstore_crypto::KeyPair::generate_ecdsa_p256().unwrap().public_key_der().unwrap().to_pem()
    }

    fn parse(text: &str) -> Result<TrustPolicy, TrustError> {
        TrustPolicy::parse(text, Path::new("/nowhere"))
    }

    fn publisher(extra: &str) -> String {
        format!(
            "[[publisher]]\nid = \"acme\"\nnames = [\"acme-*\", \"read-guard\"]\nworlds = [\"reviewer\"]\n[[publisher.key]]\npem = '''\n{}'''\n{extra}",
            pem()
        )
    }

    #[test]
    fn a_whole_policy_is_read() {
        let digest = "ab".repeat(32);
        let policy = parse(&publisher(&format!(
            "valid-from = \"2026-01-01T00:00:00Z\"\nvalid-until = \"2027-01-01T00:00:00Z\"\n[revoked]\ndigests = [\"sha256:{digest}\"]\nkeys = [\"{digest}\"]\n[minimum-versions]\nread-guard = \"1.2.0\"\n"
        )))
        .unwrap();
        assert_eq!(policy.revoked_digests.iter().next().unwrap().to_string(), digest);
        assert_eq!(policy.minimum_versions.values().next().unwrap().to_string(), "1.2.0");
        assert!(policy.publishers[0].keys[0].valid_from.is_some());
    }

    #[test]
    fn what_cannot_be_read_is_an_error_and_never_no_verification() {
        let two = publisher("") + &publisher("");
        let both = publisher("file = \"x.pub\"");
        let window = publisher("valid-from = \"2027-01-01T00:00:00Z\"\nvalid-until = \"2026-01-01T00:00:00Z\"");
        for (text, says) in [
            (String::new(), "no publisher"),
            ("[[publisher]]\nid = \"a\"\nnames = [\"a\"]\nworlds = [\"reviewer\"]".into(), "at least one [[publisher.key]]"),
            (publisher("").replace("worlds", "wrlds"), "unknown field"),
            (publisher("[revokd]"), "unknown field"),
            (publisher("[revoked]\ndigests = [\"abc\"]"), "not a sha256"),
            (publisher("[minimum-versions]\nread-guard = \"1\""), "not a version"),
            (publisher("").replace("\"acme-*\"", "\"*\""), "not a policy name"),
            (publisher("").replace("\"acme-*\"", "\"a*\""), "not a policy name"),
            (publisher("").replace("reviewer", "kernel"), "unknown variant"),
            (publisher("").replace("PUBLIC", "PRIVATE"), "no public key"),
            (two, "is there twice"),
            (both, "not both"),
            (window, "before it is valid from"),
            ("[[publisher]]\nid = \"a\"\nnames = [\"a\"]\nworlds = [\"reviewer\"]\n[[publisher.key]]\nfile = \"gone.pub\"".into(), "/nowhere/gone.pub"),
        ] {
            let error = parse(&text).unwrap_err().to_string();
            assert!(error.contains(says), "{says}: {error}");
        }
        assert!(
            TrustPolicy::read(Path::new("/nowhere/trust.toml")).unwrap_err().to_string().contains("cannot be read")
        );
        assert!(TrustPolicy::built_in("not a key").is_err());
    }

    #[test]
    fn name_patterns() {
        let fits = |pattern: &str, name: &str| {
            NamePattern::try_from(pattern.to_owned()).unwrap().fits(&Name::try_from(name.to_owned()).unwrap())
        };
        assert!(fits("acme-*", "acme-exec") && fits("acme-exec", "acme-exec"));
        assert!(!fits("acme-*", "acme-") && !fits("acme-*", "acmeexec") && !fits("acme", "acme-exec"));
    }
}
