//! Every way in which a component can fail to be trusted, each refused for its own reason (invariant 3).
use crate::kit::*;
use serde_json::{Value, json};
use wardgate_policy::{Module, TrustPolicy, VerifyError, verify::verify};

fn check(module: Module, trust: &TrustPolicy) -> Result<(), VerifyError> {
    verify(module, trust, NOW.parse().unwrap()).map(|_| ())
}

const WASM: &[u8] = b"verification does not care what these bytes are";

fn good(publisher: &Publisher) -> Module {
    publisher.signed(WASM, predicate("test-a", "reviewer"))
}

/// Refused, in these words, with a remedy.
fn refused(module: Module, trust: &TrustPolicy, says: &str) {
    let error = check(module, trust).unwrap_err();
    let text = error.to_string();
    assert!(text.contains(says), "expected {says:?} in {text:?}");
    assert!(!error.remedy().is_empty());
}

#[test]
fn what_is_signed_as_it_should_be_is_trusted() {
    let publisher = Publisher::new();
    let verified = verify(good(&publisher), &publisher.trusted(""), NOW.parse().unwrap()).unwrap();
    assert_eq!((verified.wasm(), verified.publisher()), (WASM, "acme"));
    assert_eq!(verified.key().to_string(), publisher.fingerprint());
}

#[test]
fn a_statement_as_cosign_writes_it_is_trusted() {
    let publisher = Publisher::new();
    let mut statement = statement(WASM, predicate("test-a", "reviewer"));
    statement["_type"] = json!("https://in-toto.io/Statement/v0.1");
    assert!(check(publisher.sign(WASM, &statement), &publisher.trusted("")).is_ok());
}

#[test]
fn one_changed_bit_of_the_component_is_tampering() {
    let publisher = Publisher::new();
    for bit in [0, WASM.len() * 4, WASM.len() * 8 - 1] {
        let mut module = good(&publisher);
        module.wasm[bit / 8] ^= 1 << (bit % 8);
        refused(module, &publisher.trusted(""), "changed after it was signed");
    }
}

#[test]
fn an_edited_statement_is_a_stranger_s() {
    let publisher = Publisher::new();
    let mut module = good(&publisher);
    let mut bundle: Value = serde_json::from_slice(module.bundle.as_ref().unwrap()).unwrap();
    let mut widened = predicate("test-a", "reviewer");
    widened["questions"] = json!(["path"]);
    bundle["dsseEnvelope"]["payload"] = json!(base64(statement(WASM, widened).to_string().as_bytes()));
    module.bundle = Some(bundle.to_string().into_bytes());
    refused(module, &publisher.trusted(""), "signed by a stranger");
}

#[test]
fn unsigned() {
    let publisher = Publisher::new();
    refused(Module { bundle: None, ..good(&publisher) }, &publisher.trusted(""), "not signed");
}

#[test]
fn a_stranger_who_hints_at_a_trusted_key_stays_a_stranger() {
    let (publisher, stranger) = (Publisher::new(), Publisher::new());
    let mut module = good(&stranger);
    let mut bundle: Value = serde_json::from_slice(module.bundle.as_ref().unwrap()).unwrap();
    bundle["verificationMaterial"]["publicKey"]["hint"] = json!(publisher.fingerprint());
    module.bundle = Some(bundle.to_string().into_bytes());
    refused(module, &publisher.trusted(""), "signed by a stranger");
}

#[test]
fn a_wrong_or_missing_hint_does_no_harm() {
    let publisher = Publisher::new();
    for hint in ["", "\u{1b}[2Jlies"] {
        let mut module = good(&publisher);
        let mut bundle: Value = serde_json::from_slice(module.bundle.as_ref().unwrap()).unwrap();
        bundle["verificationMaterial"]["publicKey"]["hint"] = json!(hint);
        module.bundle = Some(bundle.to_string().into_bytes());
        assert!(check(module.clone(), &publisher.trusted("")).is_ok());
        let shown = check(module, &Publisher::new().trusted("")).unwrap_err().to_string();
        assert!(!shown.contains('\u{1b}'), "{shown}");
    }
}

#[test]
fn for_another_name() {
    let publisher = Publisher::new();
    let module = Module { name: "test-b".into(), ..good(&publisher) };
    refused(module, &publisher.trusted(""), "signed for another name: the file says test-b, the statement test-a");
}

#[test]
fn a_name_that_this_publisher_may_not_sign() {
    let publisher = Publisher::new();
    refused(
        publisher.signed(WASM, predicate("exec-allowlist", "reviewer")),
        &publisher.trusted(""),
        "may not sign exec-allowlist",
    );
}

#[test]
fn a_name_that_means_something_in_a_path() {
    let publisher = Publisher::new();
    for name in ["../test-a", "test-a/x", "", "Test-a", "test-a\n"] {
        refused(Module { name: name.into(), ..good(&publisher) }, &publisher.trusted(""), "not a policy name");
    }
}

#[test]
fn a_revoked_component() {
    let publisher = Publisher::new();
    let digest = wardgate_policy::trust::Digest::of(WASM);
    let trust = publisher.trusted(&format!("[revoked]\ndigests = [\"sha256:{digest}\"]"));
    refused(good(&publisher), &trust, "revoked");
}

#[test]
fn a_revoked_key() {
    let publisher = Publisher::new();
    let trust = publisher.trusted(&format!("[revoked]\nkeys = [\"{}\"]", publisher.fingerprint()));
    refused(good(&publisher), &trust, "revoked key");
}

#[test]
fn a_key_before_and_after_its_time() {
    let publisher = Publisher::new();
    refused(
        good(&publisher),
        &publisher.trusted("valid-from = \"2026-11-25T00:00:00Z\""),
        "counts only from 2026-11-25",
    );
    refused(
        good(&publisher),
        &publisher.trusted("valid-until = \"2026-11-24T00:00:00Z\""),
        "counts only until 2026-11-24",
    );
    let current = "valid-from = \"2026-11-24T00:00:00Z\"\nvalid-until = \"2026-11-24T00:00:01Z\"";
    assert!(check(good(&publisher), &publisher.trusted(current)).is_ok());
}

#[test]
fn two_keys_overlap_while_one_takes_over_from_the_other() {
    let (old, new) = (Publisher::new(), Publisher::new());
    let more = format!(
        "valid-until = \"2026-12-01T00:00:00Z\"\n[[publisher.key]]\npem = '''\n{}'''\nvalid-from = \"2026-11-01T00:00:00Z\"",
        new.pem()
    );
    let trust = old.trusted(&more);
    assert!(check(good(&old), &trust).is_ok() && check(good(&new), &trust).is_ok());
}

#[test]
fn expired() {
    let publisher = Publisher::new();
    let mut predicate = predicate("test-a", "reviewer");
    predicate["notAfter"] = json!("2026-11-24T00:00:00Z");
    refused(publisher.signed(WASM, predicate.clone()), &publisher.trusted(""), "expired at 2026-11-24T00:00:00Z");
    predicate["notAfter"] = json!("2026-11-24T00:00:01Z");
    assert!(check(publisher.signed(WASM, predicate), &publisher.trusted("")).is_ok());
}

#[test]
fn older_than_the_minimum_and_older_than_the_lock() {
    let publisher = Publisher::new();
    refused(good(&publisher), &publisher.trusted("[minimum-versions]\ntest-a = \"1.0.1\""), "older than 1.0.1");
    assert!(check(good(&publisher), &publisher.trusted("[minimum-versions]\ntest-a = \"1.0.0\"")).is_ok());
    let zeros = "00".repeat(32);
    let lock = |version: &str| {
        let text = format!(
            "[[policy]]\nname = \"test-a\"\nversion = \"{version}\"\nworld = \"reviewer\"\nfile = \"test-a.wasm\"\nsha256 = \"{zeros}\"\npublisher = \"{zeros}\"\nsource = \"{zeros}\"\ntoolchain = \"\"\n"
        );
        wardgate_policy::Lock::parse(&text).unwrap()
    };
    refused(good(&publisher), &publisher.trusted("").with_lock(lock("1.1.0")), "which the lock holds");
    assert!(check(good(&publisher), &publisher.trusted("").with_lock(lock("1.0.0-rc.1"))).is_ok());
}

#[test]
fn a_world_that_was_not_granted() {
    let publisher = Publisher::new();
    let text = format!(
        "[[publisher]]\nid = \"acme\"\nnames = [\"test-*\"]\nworlds = [\"redactor\"]\n[[publisher.key]]\npem = '''\n{}'''",
        publisher.pem()
    );
    let trust = TrustPolicy::parse(&text, "/nowhere".as_ref()).unwrap();
    refused(good(&publisher), &trust, "may not sign a reviewer");
}

#[test]
fn a_question_kind_that_was_not_granted() {
    let publisher = Publisher::new();
    let mut predicate = predicate("test-a", "reviewer");
    predicate["questions"] = json!(["path", "series"]);
    refused(publisher.signed(WASM, predicate), &publisher.trusted(""), "may not grant questions of the kinds series");
}

#[test]
fn another_contract() {
    let publisher = Publisher::new();
    let mut predicate = predicate("test-a", "reviewer");
    predicate["contract"] = json!("wardgate:policy@2.0.0");
    refused(publisher.signed(WASM, predicate), &publisher.trusted(""), "wardgate:policy@2.0.0");
}

#[test]
fn malformed_statements() {
    let publisher = Publisher::new();
    let with = |change: fn(&mut Value)| {
        let mut statement = statement(WASM, predicate("test-a", "reviewer"));
        change(&mut statement);
        publisher.sign(WASM, &statement)
    };
    let trust = publisher.trusted("");
    refused(with(|s| s["_type"] = json!("https://in-toto.io/Statement/v2")), &trust, "statement of type");
    refused(with(|s| s["predicateType"] = json!("https://slsa.dev/provenance/v1")), &trust, "predicate of type");
    refused(with(|s| s["subject"] = json!([])), &trust, "0 subjects");
    refused(with(|s| s["subject"] = json!([s["subject"][0].clone(), s["subject"][0].clone()])), &trust, "2 subjects");
    refused(with(|s| s["subject"][0]["digest"] = json!({"sha512": "ab".repeat(64)})), &trust, "without a sha256");
    refused(with(|s| s["predicate"]["onlyOnTuesdays"] = json!(true)), &trust, "unknown field");
    refused(with(|s| s["predicate"]["limits"] = json!({"fuel": 1})), &trust, "unknown field");
    refused(with(|s| s["predicate"]["version"] = json!("latest")), &trust, "not a version");
    refused(with(|s| s["predicate"]["world"] = json!("kernel")), &trust, "unknown variant");
    refused(with(|s| s["predicate"]["questions"] = json!(["Path\n"])), &trust, "question kinds");
}

#[test]
fn malformed_bundles() {
    let publisher = Publisher::new();
    let trust = publisher.trusted("");
    let with = |change: fn(&mut Value)| {
        let mut module = good(&publisher);
        let mut bundle: Value = serde_json::from_slice(module.bundle.as_ref().unwrap()).unwrap();
        change(&mut bundle);
        module.bundle = Some(bundle.to_string().into_bytes());
        module
    };
    let v2 = "application/vnd.dev.sigstore.bundle+json;version=0.2";
    refused(with(|b| b["mediaType"] = json!("application/vnd.dev.sigstore.bundle+json;version=0.2")), &trust, v2);
    refused(with(|b| b["dsseEnvelope"]["payloadType"] = json!("text/plain")), &trust, "payload of type");
    refused(with(|b| b["dsseEnvelope"]["signatures"] = json!([])), &trust, "exactly one signature");
    refused(
        with(|b| {
            let one = b["dsseEnvelope"]["signatures"][0].clone();
            b["dsseEnvelope"]["signatures"] = json!([one, one]);
        }),
        &trust,
        "exactly one signature",
    );
    refused(
        with(|b| b["verificationMaterial"] = json!({"certificate": {"rawBytes": "MA=="}})),
        &trust,
        "only plain keys",
    );
    refused(with(|b| *b = json!([])), &trust, "malformed");
    let bytes = |bytes: &[u8]| Module { bundle: Some(bytes.to_vec()), ..good(&publisher) };
    refused(bytes(b"\xff\xfe"), &trust, "malformed");
    refused(bytes(b""), &trust, "malformed");
    refused(bytes(&vec![b' '; Module::BUNDLE + 1]), &trust, "its bundle has");
}

#[test]
fn a_component_beyond_its_bound_is_not_even_hashed() {
    let publisher = Publisher::new();
    refused(
        Module { wasm: vec![0; Module::SIZE + 1], ..good(&publisher) },
        &publisher.trusted(""),
        "its component has",
    );
}

#[test]
fn a_signature_over_one_component_does_not_carry_another() {
    let publisher = Publisher::new();
    let module =
        Module { bundle: good(&publisher).bundle, ..publisher.signed(b"other bytes", predicate("test-a", "reviewer")) };
    refused(module, &publisher.trusted(""), "changed after it was signed");
}

#[test]
fn a_bare_signature_over_the_bytes_is_no_statement() {
    let publisher = Publisher::new();
    let mut bundle = publisher.bundle(WASM);
    bundle.as_object_mut().unwrap().remove("dsseEnvelope");
    bundle["messageSignature"] = json!({"signature": "AAAA"});
    let module = Module { bundle: Some(bundle.to_string().into_bytes()), ..good(&publisher) };
    refused(module, &publisher.trusted(""), "a bare signature");
}
