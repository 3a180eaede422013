//! What is signed: an in-toto statement about one module, in a DSSE envelope, in a Sigstore bundle. See docs/policies/signing.md.
use crate::{
    digest::{hex, sha256},
    key::{Key, Public},
};
use anyhow::{Context, Result, bail, ensure};
use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const STATEMENT: &str = "https://in-toto.io/Statement/v1";
const PREDICATE: &str = "https://wardgate.dev/policy/v1";
const PAYLOAD: &str = "application/vnd.in-toto+json";
const BUNDLE: &str = "application/vnd.dev.sigstore.bundle.v0.3+json";
/// The contract that policies of this checkout are built against.
pub(crate) const CONTRACT: &str = "wardgate:policy@1.0.0";

/// What the publisher says of a module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Predicate {
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) world: World,
    pub(crate) contract: String,
    pub(crate) questions: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_after: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) limits: Option<Ceilings>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Ceilings {
    pub(crate) memory_bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub(crate) enum World {
    Reviewer,
    Redactor,
}

impl std::fmt::Display for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            World::Reviewer => "reviewer",
            World::Redactor => "redactor",
        })
    }
}

impl Predicate {
    /// The statement about `wasm`, whose file is called `file`.
    pub(crate) fn statement(&self, file: &str, wasm: &[u8]) -> Result<Value> {
        Ok(json!({
            "_type": STATEMENT,
            "subject": [{ "name": file, "digest": { "sha256": hex(&sha256(wasm)) } }],
            "predicateType": PREDICATE,
            "predicate": serde_json::to_value(self)?,
        }))
    }
}

/// The bundle around a statement, signed.
pub(crate) fn seal(key: &Key, statement: &Value) -> Result<String> {
    let payload = serde_json::to_vec(statement)?;
    let signature = key.sign(&pae(&payload))?;
    let bundle = json!({
        "mediaType": BUNDLE,
        "verificationMaterial": { "publicKey": { "hint": key.public()?.hint() } },
        "dsseEnvelope": {
            "payload": STANDARD.encode(&payload),
            "payloadType": PAYLOAD,
            "signatures": [{ "sig": STANDARD.encode(signature) }],
        },
    });
    Ok(serde_json::to_string_pretty(&bundle)? + "\n")
}

/// What a bundle says of `wasm`, once its signature by `public` and its subject were checked.
pub(crate) fn open(public: &Public, bundle: &str, wasm: &[u8]) -> Result<Predicate> {
    let bundle: Value = serde_json::from_str(bundle).context("the bundle is not JSON")?;
    let envelope = &bundle["dsseEnvelope"];
    ensure!(bundle["mediaType"] == BUNDLE, "the bundle's mediaType is not {BUNDLE}");
    ensure!(envelope["payloadType"] == PAYLOAD, "the envelope's payloadType is not {PAYLOAD}");
    let [signature] = envelope["signatures"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        bail!("the envelope must have exactly one signature");
    };
    let bytes = |value: &Value| value.as_str().and_then(|text| STANDARD.decode(text).ok());
    let payload = bytes(&envelope["payload"]).context("the envelope's payload is not base64")?;
    let signature = bytes(&signature["sig"]).context("the envelope's signature is not base64")?;
    public.verify(&pae(&payload), &signature)?;
    let statement: Value = serde_json::from_slice(&payload).context("the statement is not JSON")?;
    check(&statement, wasm)
}

/// The predicate of a statement about `wasm`.
pub(crate) fn check(statement: &Value, wasm: &[u8]) -> Result<Predicate> {
    ensure!(statement["_type"] == STATEMENT, "the statement's _type is not {STATEMENT}");
    ensure!(statement["predicateType"] == PREDICATE, "the statement's predicateType is not {PREDICATE}");
    let [subject] = statement["subject"].as_array().map(Vec::as_slice).unwrap_or_default() else {
        bail!("the statement must have exactly one subject");
    };
    let digest = hex(&sha256(wasm));
    ensure!(
        subject["digest"]["sha256"] == digest.as_str(),
        "the statement is about other bytes: this module is {digest}"
    );
    serde_json::from_value(statement["predicate"].clone()).context("the statement's predicate")
}

/// DSSE's pre-authentication encoding of an in-toto payload: what the signature covers.
fn pae(payload: &[u8]) -> Vec<u8> {
    let mut bytes = format!("DSSEv1 {} {PAYLOAD} {} ", PAYLOAD.len(), payload.len()).into_bytes();
    bytes.extend_from_slice(payload);
    bytes
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::key::Algorithm;

    fn predicate() -> Predicate {
        Predicate {
            name: "guard".into(),
            version: "1.2.3".into(),
            world: World::Reviewer,
            contract: CONTRACT.into(),
            questions: vec!["series".into()],
            not_after: Some("2030-01-01T00:00:00Z".into()),
            limits: Some(Ceilings { memory_bytes: 1 << 24 }),
        }
    }

    #[test]
    fn a_sealed_bundle_opens_for_its_key_and_bytes_only() {
        for algorithm in [Algorithm::Ed25519, Algorithm::P256] {
            let (key, _) = Key::mint(algorithm).unwrap();
            let (stranger, _) = Key::mint(algorithm).unwrap();
            let bundle = seal(&key, &predicate().statement("guard.wasm", b"wasm").unwrap()).unwrap();
            let public = key.public().unwrap();
            assert_eq!(open(&public, &bundle, b"wasm").unwrap(), predicate());
            assert!(open(&public, &bundle, b"mosaic").unwrap_err().to_string().contains("other bytes"));
            assert!(
                open(&stranger.public().unwrap(), &bundle, b"wasm").unwrap_err().to_string().contains("not by the key")
            );
        }
    }

    #[test]
    fn a_bundle_is_a_sigstore_bundle_to_sigstore() {
        let (key, _) = Key::mint(Algorithm::P256).unwrap();
        let text = seal(&key, &predicate().statement("guard.wasm", b"wasm").unwrap()).unwrap();
        let bundle = sigstore_types::Bundle::from_json(&text).unwrap();
        let sigstore_types::SignatureContent::DsseEnvelope(envelope) = &bundle.content else { unreachable!("{text}") };
        key.public().unwrap().verify(&envelope.pae(), envelope.signature.sig.as_bytes()).unwrap();
    }

    #[test]
    fn the_predicate_is_written_as_documented() {
        let statement = predicate().statement("guard.wasm", b"wasm").unwrap();
        let expected = json!({
            "name": "guard", "version": "1.2.3", "world": "reviewer", "contract": "wardgate:policy@1.0.0", "questions": ["series"],
            "notAfter": "2030-01-01T00:00:00Z", "limits": { "memoryBytes": 16_777_216 },
        });
        assert_eq!(statement["predicate"], expected);
        assert_eq!(statement["subject"][0]["name"], "guard.wasm");
    }
}
