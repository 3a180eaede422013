//! The installation's key: made at first use, kept with the log, and what it signs. Must not know files' contents but its own.
use crate::{
    canonical,
    disk::{Access, Disk, SharedDisk, read_all, write_new},
    record::Hash,
};
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use std::{io, path::Path};

/// File of the private key, PKCS #8 PEM.
pub const PRIVATE: &str = "checkpoint.key";
/// File of the public key, PEM.
pub const PUBLIC: &str = "checkpoint.pub";

/// The DER before the 32 bytes of an Ed25519 key, RFC 8410.
const SPKI: [u8; 12] = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];

/// A public key that checkpoints are checked with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// sha256 of its 32 bytes, hex: how records name it.
    pub fn id(&self) -> String {
        canonical::sha256_hex(&self.0)
    }

    /// PEM, as `openssl pkey -pubin` reads it.
    pub fn to_pem(&self) -> String {
        pem("PUBLIC KEY", &[&SPKI[..], &self.0].concat())
    }

    /// From PEM.
    pub fn from_pem(text: &str) -> Result<Self, NoKey> {
        let der = unpem("PUBLIC KEY", text).ok_or(NoKey)?;
        let raw = der.strip_prefix(&SPKI[..]).ok_or(NoKey)?;
        raw.try_into().map(Self).map_err(|_| NoKey)
    }

    /// The one beside a log. What it proves is only that the log agrees with its own folder.
    pub fn beside(disk: &dyn Disk, dir: &Path) -> Option<Self> {
        let bytes = read_all(disk, &dir.join(PUBLIC), 4096).ok()?;
        Self::from_pem(std::str::from_utf8(&bytes).ok()?).ok()
    }

    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        let Ok(signature) = STANDARD.decode(signature) else { return false };
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, &signature).is_ok()
    }
}

/// Not an Ed25519 public key in PEM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an Ed25519 public key in PEM")]
pub struct NoKey;

/// The signing half.
pub(crate) struct SigningKey {
    pair: Ed25519KeyPair,
    pub(crate) public: PublicKey,
}

impl SigningKey {
    /// The one in this directory, or a fresh one.
    pub(crate) fn open(disk: &SharedDisk, dir: &Path) -> io::Result<Self> {
        let path = dir.join(PRIVATE);
        let key = match disk.open(&path, Access::Read) {
            Ok(_) => {
                let bytes = read_all(&**disk, &path, 4096)?;
                let bad = || io::Error::new(io::ErrorKind::InvalidData, "not an Ed25519 private key in PKCS #8 PEM");
                let text = std::str::from_utf8(&bytes).map_err(|_| bad())?;
                Self::of(&unpem("PRIVATE KEY", text).ok_or_else(bad)?).ok_or_else(bad)?
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let lost = || io::Error::other("no key could be made");
                let fresh = Ed25519KeyPair::generate().map_err(|_| lost())?;
                let der = fresh.to_pkcs8v1().map_err(|_| lost())?;
                write_new(&**disk, dir, PRIVATE, pem("PRIVATE KEY", der.as_ref()).as_bytes())?;
                Self::of(der.as_ref()).ok_or_else(lost)?
            }
            Err(error) => return Err(error),
        };
        if PublicKey::beside(&**disk, dir) != Some(key.public) {
            write_new(&**disk, dir, PUBLIC, key.public.to_pem().as_bytes())?;
        }
        Ok(key)
    }

    fn of(der: &[u8]) -> Option<Self> {
        let pair = Ed25519KeyPair::from_pkcs8(der).ok()?;
        let public = PublicKey(pair.public_key().as_ref().try_into().ok()?);
        Some(Self { pair, public })
    }

    pub(crate) fn sign(&self, message: &[u8]) -> io::Result<String> {
        let signature = self.pair.try_sign(message).map_err(|_| io::Error::other("signing failed"))?;
        Ok(STANDARD.encode(signature.as_ref()))
    }
}

/// What a checkpoint's signature covers: which log, how many records, up to which one, when.
pub(crate) fn statement(log: &str, seq: u64, head: Hash, time: u64) -> Vec<u8> {
    format!("wardgate.dev/evidence/checkpoint/v1\n{log}\n{seq}\n{head}\n{time}\n").into_bytes()
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", STANDARD.encode(der))
}

fn unpem(label: &str, text: &str) -> Option<Vec<u8>> {
    let (begin, end) = (format!("-----BEGIN {label}-----"), format!("-----END {label}-----"));
    let inner = text.trim().strip_prefix(&begin)?.strip_suffix(&end)?;
    let joined: String = inner.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(joined).ok()
}
