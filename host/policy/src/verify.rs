//! Verification: from bytes and a bundle to [`Verified`], the only thing the loader takes. Every refusal says which check failed
//! and what to do. Nothing of a bundle is believed before its signature was; what was verified is what will be compiled.
use crate::{
    statement::{self, CONTRACT, Name, PREDICATE_TYPE, Statement, WorldName},
    text,
    trust::{Digest, Key, Publisher, TrustPolicy},
    version::Version,
};
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use jiff::Timestamp;
use sigstore_crypto::VerificationKey;
use sigstore_types::{Bundle, DsseEnvelope, MediaType, SignatureContent, VerificationMaterialContent};

/// A component as it was found: nothing about it is known to be true.
#[derive(Debug, Clone)]
pub struct Module {
    /// What it is called where it was found: `NAME.wasm`.
    pub name: String,
    /// The component.
    pub wasm: Vec<u8>,
    /// Its Sigstore bundle, `NAME.wasm.sigstore.json`, if there is one.
    pub bundle: Option<Vec<u8>>,
    /// Settings that came with it, `NAME.settings.json`. The operator's own go before.
    pub settings: Option<serde_json::Value>,
}

impl Module {
    /// The largest component that is read.
    pub const SIZE: usize = 32 << 20;
    /// The largest bundle that is read.
    pub const BUNDLE: usize = 1 << 20;
}

/// A component whose signed statement was verified over these very bytes, against a trust policy. Only [`verify`] makes one.
#[derive(Debug)]
pub struct Verified {
    wasm: Vec<u8>,
    digest: Digest,
    statement: Statement,
    publisher: String,
    key: Digest,
    granted: Vec<String>,
}

impl Verified {
    /// The bytes.
    pub fn wasm(&self) -> &[u8] {
        &self.wasm
    }
    /// Their sha256.
    pub fn digest(&self) -> Digest {
        self.digest
    }
    /// What was signed.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }
    /// The id of the publisher that signed it.
    pub fn publisher(&self) -> &str {
        &self.publisher
    }
    /// The fingerprint of the key that signed it.
    pub fn key(&self) -> Digest {
        self.key
    }
    /// The question kinds that both the statement and the trust policy grant.
    pub fn granted(&self) -> &[String] {
        &self.granted
    }
}

/// Why a component is not trusted: which check failed. [`VerifyError::remedy`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// File name, before anything else.
    #[error("{0} is not a policy name: 1 to 63 lower-case letters, digits and -, beginning with a letter")]
    Name(String),
    /// A file beyond its bound.
    #[error("its {what} has {size} bytes, more than the {limit} that are read")]
    TooLarge {
        /// Component or bundle.
        what: &'static str,
        /// How large.
        size: usize,
        /// How large it may be.
        limit: usize,
    },
    /// There is no bundle.
    #[error("it is not signed: there is no Sigstore bundle beside it")]
    Unsigned,
    /// The bundle, or the statement in it, is not what one looks like.
    #[error("its signature bundle is malformed: {0}")]
    Malformed(String),
    /// No trusted key made the signature.
    #[error("it is signed by a stranger: no key of the trust policy made this signature (the bundle hints at {hint})")]
    Stranger {
        /// What the bundle says about its key; not authenticated.
        hint: String,
    },
    /// The key was revoked.
    #[error("it is signed with a revoked key: {key} of publisher {publisher}")]
    RevokedKey {
        /// Whose.
        publisher: String,
        /// Which.
        key: Digest,
    },
    /// The key does not count now.
    #[error("it is signed with key {key} of publisher {publisher}, which counts only {window}")]
    KeyOutOfTime {
        /// Whose.
        publisher: String,
        /// Which.
        key: Digest,
        /// From when until when.
        window: String,
    },
    /// The bytes are not those that were signed.
    #[error("it was changed after it was signed: its sha256 is {found}, the statement is about {signed}")]
    Tampered {
        /// Of the file.
        found: Digest,
        /// Of the statement.
        signed: Digest,
    },
    /// This very component was revoked.
    #[error("it was revoked: the trust policy lists its sha256 {0}")]
    RevokedDigest(Digest),
    /// The statement is about another name than the file's.
    #[error("it is signed for another name: the file says {file}, the statement {signed}")]
    OtherName {
        /// The file's.
        file: String,
        /// The statement's.
        signed: Name,
    },
    /// This publisher may not sign this name.
    #[error("publisher {publisher} may not sign {name}; the trust policy lets it sign {may}")]
    NameNotGranted {
        /// Whose signature.
        publisher: String,
        /// For what.
        name: Name,
        /// What it may sign.
        may: String,
    },
    /// This publisher may not sign for this world.
    #[error("publisher {publisher} may not sign a {world}")]
    WorldNotGranted {
        /// Whose signature.
        publisher: String,
        /// For what.
        world: WorldName,
    },
    /// The statement grants more questions than this publisher may.
    #[error("publisher {publisher} may not grant questions of the kinds {}", .kinds.join(", "))]
    QuestionsNotGranted {
        /// Whose signature.
        publisher: String,
        /// Which.
        kinds: Vec<String>,
    },
    /// Past its statement's `notAfter`.
    #[error("its statement expired at {0}")]
    Expired(Timestamp),
    /// Older than the trust policy's minimum.
    #[error("version {version} is older than {minimum}, the least that the trust policy takes")]
    BelowMinimum {
        /// Its own.
        version: Version,
        /// The least.
        minimum: Version,
    },
    /// Older than the lock.
    #[error("version {version} is older than {locked}, which the lock holds")]
    OlderThanLock {
        /// Its own.
        version: Version,
        /// The lock's.
        locked: Version,
    },
    /// Built against a contract that this host does not run.
    #[error("it is built for the contract {0}, and this host runs {CONTRACT}")]
    OtherContract(String),
}

impl VerifyError {
    /// What a person can do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Name(_) => "rename the file to the name that its statement says",
            Self::TooLarge { .. } => "check that this is the right file; build the policy smaller",
            Self::Unsigned => "put NAME.wasm.sigstore.json beside NAME.wasm, or sign it (see the policy author guide)",
            Self::Malformed(_) => "sign the component again; the policy author guide shows the statement",
            Self::Stranger { .. } => {
                "if you trust the signer, add its public key to the trust policy; else do not load this"
            }
            Self::RevokedKey { .. } => "get a build that is signed with a current key of this publisher",
            Self::KeyOutOfTime { .. } => "get a build that is signed with a current key, or check this machine's clock",
            Self::Tampered { .. } => "do not load this; fetch the component and its bundle again, from the publisher",
            Self::RevokedDigest(_) => "do not load this; get a fixed version from the publisher",
            Self::OtherName { .. } => {
                "rename the file to the name that its statement says, if that is the policy you mean"
            }
            Self::NameNotGranted { .. } | Self::WorldNotGranted { .. } | Self::QuestionsNotGranted { .. } => {
                "if this publisher should, widen its entry in the trust policy"
            }
            Self::Expired(_) => "get a current build from the publisher, or check this machine's clock",
            Self::BelowMinimum { .. } | Self::OlderThanLock { .. } => {
                "install the newer version; going back needs the operator's hand"
            }
            Self::OtherContract(_) => "get a build for this host's contract",
        }
    }
}

/// Verifies a component: its signature first, then what the signed statement says against the trust policy, as of `now`.
pub fn verify(module: Module, trust: &TrustPolicy, now: Timestamp) -> Result<Verified, VerifyError> {
    let name = Name::try_from(module.name.clone()).map_err(|_| VerifyError::Name(text::escape(&module.name, 100)))?;
    within("component", module.wasm.len(), Module::SIZE)?;
    let bundle = module.bundle.as_deref().ok_or(VerifyError::Unsigned)?;
    within("bundle", bundle.len(), Module::BUNDLE)?;
    let (envelope, hint) = parse_bundle(bundle)?;
    let (publisher, key) = signer(&envelope, &hint, trust)?;
    let id = || publisher.id.clone();
    if trust.revoked_keys.contains(&key.fingerprint) {
        return Err(VerifyError::RevokedKey { publisher: id(), key: key.fingerprint });
    }
    if let Some(window) = out_of_time(key, now) {
        return Err(VerifyError::KeyOutOfTime { publisher: id(), key: key.fingerprint, window });
    }
    let (signed, statement) = parse_statement(envelope.payload.as_bytes())?;
    let digest = Digest::of(&module.wasm);
    if digest != signed {
        return Err(VerifyError::Tampered { found: digest, signed });
    }
    if trust.revoked_digests.contains(&digest) {
        return Err(VerifyError::RevokedDigest(digest));
    }
    if statement.name != name {
        return Err(VerifyError::OtherName { file: module.name, signed: statement.name });
    }
    if statement.contract != CONTRACT {
        return Err(VerifyError::OtherContract(text::escape(&statement.contract, 100)));
    }
    granted(&statement, publisher)?;
    in_force(&statement, trust, now)?;
    let granted = statement.questions.clone();
    Ok(Verified { wasm: module.wasm, digest, publisher: id(), key: key.fingerprint, granted, statement })
}

fn within(what: &'static str, size: usize, limit: usize) -> Result<(), VerifyError> {
    if size > limit { Err(VerifyError::TooLarge { what, size, limit }) } else { Ok(()) }
}

fn malformed(why: impl std::fmt::Display) -> VerifyError {
    VerifyError::Malformed(text::escape(&why.to_string(), 300))
}

/// The envelope of a bundle, and what the bundle hints about its key. One signature exactly: the type has room for no more.
fn parse_bundle(bundle: &[u8]) -> Result<(DsseEnvelope, String), VerifyError> {
    let text = std::str::from_utf8(bundle).map_err(malformed)?;
    let bundle = Bundle::from_json(text).map_err(malformed)?;
    if bundle.media_type() != MediaType::Bundle0_3 {
        return Err(malformed(format!("a bundle of {} where v0.3 is read", bundle.media_type())));
    }
    let VerificationMaterialContent::PublicKey(hint) = &bundle.verification_material.content else {
        return Err(malformed("signed with a certificate; only plain keys are read"));
    };
    let hint = hint.hint.clone();
    let SignatureContent::DsseEnvelope(envelope) = bundle.content else {
        return Err(malformed("it holds a bare signature, where an in-toto statement is asked for"));
    };
    if envelope.payload_type != statement::PAYLOAD_TYPE {
        return Err(malformed(format!("a payload of type {}", envelope.payload_type)));
    }
    Ok((envelope, hint))
}

/// Whose key made the signature. Revoked keys and keys out of time are tried as well, so that the refusal can say so. The hint
/// decides nothing: it only says which key to try first.
fn signer<'a>(
    envelope: &DsseEnvelope,
    hint: &str,
    trust: &'a TrustPolicy,
) -> Result<(&'a Publisher, &'a Key), VerifyError> {
    let signed = envelope.pae();
    let made_it = |key: &Key| {
        VerificationKey::from_spki(&key.der).is_ok_and(|key| key.verify(&signed, &envelope.signature.sig).is_ok())
    };
    let mut all: Vec<(&Publisher, &Key)> =
        trust.publishers.iter().flat_map(|publisher| publisher.keys.iter().map(move |key| (publisher, key))).collect();
    // cosign writes the fingerprint in base64.
    let hinted = |key: &Key| key.fingerprint.to_string() == hint || BASE64.encode(key.fingerprint.0) == hint;
    all.sort_by_key(|(_, key)| !hinted(key));
    all.into_iter().find(|(_, key)| made_it(key)).ok_or_else(|| VerifyError::Stranger {
        hint: text::escape(if hint.is_empty() { "nothing" } else { hint }, 100),
    })
}

/// The window of a key, if now is not in it.
fn out_of_time(key: &Key, now: Timestamp) -> Option<String> {
    let early = key.valid_from.is_some_and(|from| now < from);
    let late = key.valid_until.is_some_and(|until| now >= until);
    let from = key.valid_from.map(|from| format!("from {from} "));
    let until = key.valid_until.map(|until| format!("until {until}"));
    (early || late).then(|| (from.unwrap_or_default() + &until.unwrap_or_default()).trim_end().to_owned())
}

/// The digest that the statement is about, and its predicate.
fn parse_statement(payload: &[u8]) -> Result<(Digest, Statement), VerifyError> {
    let statement: sigstore_types::Statement = serde_json::from_slice(payload).map_err(malformed)?;
    if !statement::STATEMENT_TYPES.contains(&statement.type_.as_str()) {
        return Err(malformed(format!("a statement of type {}", statement.type_)));
    }
    if statement.predicate_type != PREDICATE_TYPE {
        return Err(malformed(format!("a predicate of type {}, not {PREDICATE_TYPE}", statement.predicate_type)));
    }
    // With several subjects it would be open which of them the predicate describes.
    let [subject] = statement.subject.as_slice() else {
        return Err(malformed(format!("a statement about {} subjects, not one", statement.subject.len())));
    };
    let sha256 = subject.digest.sha256.as_ref().ok_or_else(|| malformed("a subject without a sha256"))?;
    let predicate: Statement = serde_json::from_value(statement.predicate).map_err(malformed)?;
    let odd = |kind: &String| {
        kind.is_empty() || kind.len() > 64 || !kind.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')
    };
    if predicate.questions.len() > 32 || predicate.questions.iter().any(odd) {
        return Err(malformed("question kinds that are more than 32, or not of lower-case letters and -"));
    }
    Ok((Digest(*sha256.as_bytes()), predicate))
}

/// What the statement claims, against what its publisher may.
fn granted(statement: &Statement, publisher: &Publisher) -> Result<(), VerifyError> {
    if !publisher.names.iter().any(|pattern| pattern.fits(&statement.name)) {
        let may: Vec<String> = publisher.names.iter().map(ToString::to_string).collect();
        let name = statement.name.clone();
        return Err(VerifyError::NameNotGranted { publisher: publisher.id.clone(), name, may: may.join(", ") });
    }
    if !publisher.worlds.contains(&statement.world) {
        return Err(VerifyError::WorldNotGranted { publisher: publisher.id.clone(), world: statement.world });
    }
    let kinds: Vec<String> =
        statement.questions.iter().filter(|kind| !publisher.questions.contains(*kind)).cloned().collect();
    if kinds.is_empty() {
        return Ok(());
    }
    Err(VerifyError::QuestionsNotGranted { publisher: publisher.id.clone(), kinds })
}

/// Time and versions.
fn in_force(statement: &Statement, trust: &TrustPolicy, now: Timestamp) -> Result<(), VerifyError> {
    if let Some(end) = statement.not_after.filter(|end| now >= *end) {
        return Err(VerifyError::Expired(end));
    }
    let version = || statement.version.clone();
    if let Some(minimum) = trust.minimum_versions.get(&statement.name).filter(|minimum| statement.version < **minimum) {
        return Err(VerifyError::BelowMinimum { version: version(), minimum: minimum.clone() });
    }
    if let Some(locked) = trust.lock.get(&statement.name).filter(|locked| statement.version < **locked) {
        return Err(VerifyError::OlderThanLock { version: version(), locked: locked.clone() });
    }
    Ok(())
}
