//! Signing keys: Ed25519 or ECDSA P-256, PKCS#8 in PEM, as openssl writes them.
use anyhow::{Context, Result, bail};
use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    signature::{
        ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ED25519, EcdsaKeyPair, Ed25519KeyPair, KeyPair,
        UnparsedPublicKey,
    },
};
use base64::{Engine, engine::general_purpose::STANDARD};

/// A signing key.
pub(crate) enum Key {
    Ed25519(Ed25519KeyPair),
    P256(EcdsaKeyPair),
}

/// What a key may be minted as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Algorithm {
    Ed25519,
    P256,
}

/// A public key: SPKI in DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Public(pub(crate) Vec<u8>);

impl Key {
    pub(crate) fn from_pem(text: &str) -> Result<Self> {
        let der = from_pem(text, "PRIVATE KEY").context(
            "the key must be PKCS#8 PEM without a passphrase (BEGIN PRIVATE KEY); `publish keygen` or `openssl genpkey` makes one",
        )?;
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8(&der) {
            return Ok(Key::Ed25519(pair));
        }
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der)
            .map_err(|e| anyhow::anyhow!("the key is neither Ed25519 nor ECDSA P-256: {e}"))?;
        Ok(Key::P256(pair))
    }

    /// A new key, with its PKCS#8 PEM.
    pub(crate) fn mint(algorithm: Algorithm) -> Result<(Self, String)> {
        // Ed25519 as PKCS#8 v1: OpenSSL does not read v2, which carries the public key along.
        let document = match algorithm {
            Algorithm::Ed25519 => Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1()),
            Algorithm::P256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new()),
        };
        let pem = to_pem("PRIVATE KEY", document.context("making a key")?.as_ref());
        Ok((Key::from_pem(&pem)?, pem))
    }

    pub(crate) fn public(&self) -> Result<Public> {
        let der: PublicKeyX509Der = match self {
            Key::Ed25519(pair) => pair.public_key().as_der(),
            Key::P256(pair) => pair.public_key().as_der(),
        }
        .context("writing the public key")?;
        Ok(Public(der.as_ref().to_vec()))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        Ok(match self {
            Key::Ed25519(pair) => pair.sign(message).as_ref().to_vec(),
            Key::P256(pair) => pair.sign(&SystemRandom::new(), message).context("signing")?.as_ref().to_vec(),
        })
    }
}

impl Public {
    pub(crate) fn from_pem(text: &str) -> Result<Self> {
        from_pem(text, "PUBLIC KEY").map(Public)
    }

    pub(crate) fn to_pem(&self) -> String {
        to_pem("PUBLIC KEY", &self.0)
    }

    /// The publisher's id: the hex of SHA-256 over the SPKI DER.
    pub(crate) fn id(&self) -> String {
        crate::digest::hex(&crate::digest::sha256(&self.0))
    }

    /// The look-up hint in a bundle, as cosign writes it: base64 of the same hash.
    pub(crate) fn hint(&self) -> String {
        STANDARD.encode(crate::digest::sha256(&self.0))
    }

    pub(crate) fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let ed25519 = UnparsedPublicKey::new(&ED25519, &self.0);
        let p256 = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.0);
        if ed25519.verify(message, signature).is_err() && p256.verify(message, signature).is_err() {
            bail!("the signature is not by the key {}", self.id());
        }
        Ok(())
    }
}

fn to_pem(label: &str, der: &[u8]) -> String {
    let mut text = format!("-----BEGIN {label}-----\n");
    let base64 = STANDARD.encode(der);
    for line in base64.as_bytes().chunks(64) {
        text.push_str(&String::from_utf8_lossy(line));
        text.push('\n');
    }
    text + &format!("-----END {label}-----\n")
}

fn from_pem(text: &str, label: &str) -> Result<Vec<u8>> {
    let begin = format!("-----BEGIN {label}-----");
    let end = format!("-----END {label}-----");
    let body = text.split_once(&begin).and_then(|(_, rest)| rest.split_once(&end));
    let Some((body, _)) = body else { bail!("no {begin} .. {end} block in it") };
    let base64: String = body.split_ascii_whitespace().collect();
    STANDARD.decode(base64).context("the PEM block is not base64")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_kinds_of_key_sign_what_their_public_half_verifies() {
        for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
            let (key, pem) = Key::mint(algorithm).unwrap();
            let public = Public::from_pem(&Key::from_pem(&pem).unwrap().public().unwrap().to_pem()).unwrap();
            let signature = key.sign(b"message").unwrap();
            public.verify(b"message", &signature).unwrap();
            public.verify(b"massage", &signature).unwrap_err();
            let (stranger, _) = Key::mint(algorithm).unwrap();
            stranger.public().unwrap().verify(b"message", &signature).unwrap_err();
        }
    }
}
