//! What the tests build with: a publisher that signs, components written by hand, a set made of them.
use serde_json::{Value, json};
use sigstore_crypto::KeyPair;
use std::{path::Path, sync::OnceLock, time::Duration};
use wardgate_core::{AnyRequest, Context, Exec, Opinion, Origin, Reviewers, Subject, Target, Verdict};
use wardgate_policy::{
    Cache, Host, Module, PluginConfig, PolicySet, SetError, SetSource, TrustPolicy,
    engine::{Budget, Settings},
};

pub const NOW: &str = "2026-11-24T00:00:00Z";
/// The contract's hard bounds are in bytes; this is one page of wasm.
pub const PAGE: usize = 64 << 10;

/// A signing identity with a key of its own.
pub struct Publisher(KeyPair);

impl Publisher {
    pub fn new() -> Self {
        Self(KeyPair::generate_ecdsa_p256().unwrap())
    }

    pub fn pem(&self) -> String {
        self.0.public_key_der().unwrap().to_pem()
    }

    pub fn fingerprint(&self) -> String {
        wardgate_policy::trust::Digest::of(self.0.public_key_der().unwrap().as_bytes()).to_string()
    }

    /// A trust policy that lets this publisher sign names of `test-*` for both worlds, and asks `path`; more TOML behind it.
    pub fn trusted(&self, more: &str) -> TrustPolicy {
        let text = format!(
            "[[publisher]]\nid = \"acme\"\nnames = [\"test-*\"]\nworlds = [\"reviewer\", \"redactor\"]\nquestions = [\"path\"]\n[[publisher.key]]\npem = '''\n{}'''\n{more}",
            self.pem()
        );
        TrustPolicy::parse(&text, Path::new("/nowhere")).unwrap()
    }

    /// A bundle over this payload, as cosign writes it; independent of the code under test.
    pub fn bundle(&self, payload: &[u8]) -> Value {
        let kind = "application/vnd.in-toto+json";
        let pae = [format!("DSSEv1 {} {kind} {} ", kind.len(), payload.len()).as_bytes(), payload].concat();
        let sig = self.0.sign(&pae).unwrap();
        json!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": {"publicKey": {"hint": self.fingerprint()}},
            "dsseEnvelope": {"payload": base64(payload), "payloadType": kind, "signatures": [{"sig": base64(sig.as_bytes())}]},
        })
    }

    /// A module signed with this statement.
    pub fn sign(&self, wasm: &[u8], statement: &Value) -> Module {
        let bundle = self.bundle(statement.to_string().as_bytes());
        Module {
            name: statement["predicate"]["name"].as_str().unwrap_or("test-a").to_owned(),
            wasm: wasm.to_vec(),
            bundle: Some(bundle.to_string().into_bytes()),
            settings: None,
        }
    }

    /// A module signed as it should be.
    pub fn signed(&self, wasm: &[u8], predicate: Value) -> Module {
        self.sign(wasm, &statement(wasm, predicate))
    }
}

pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

pub fn statement(wasm: &[u8], predicate: Value) -> Value {
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "x.wasm", "digest": {"sha256": wardgate_policy::trust::Digest::of(wasm).to_string()}}],
        "predicateType": "https://wardgate.dev/policy/v1",
        "predicate": predicate,
    })
}

pub fn predicate(name: &str, world: &str) -> Value {
    json!({"name": name, "version": "1.0.0", "world": world, "contract": "wardgate:policy@1.0.0", "questions": []})
}

pub fn settings() -> Settings {
    let call = Budget { time: Duration::from_millis(300), memory: 4 << 20 };
    Settings {
        review: call,
        scan: call,
        load: Budget { time: Duration::from_secs(2), memory: 8 << 20 },
        ..Settings::default()
    }
}

pub fn host() -> Host {
    static HOST: OnceLock<Host> = OnceLock::new();
    HOST.get_or_init(|| Host::new(settings()).unwrap()).clone()
}

pub fn load(
    trust: &TrustPolicy,
    modules: Vec<Module>,
    plugins: &[PluginConfig],
    cache: Option<&Cache>,
) -> Result<PolicySet, SetError> {
    let now = NOW.parse().unwrap();
    PolicySet::load(&host(), SetSource { modules, trust, plugins, cache, now, prefilter: None })
}

/// A set of one reviewer, `test-a`.
pub fn reviewer(wat: &str) -> Result<PolicySet, SetError> {
    let publisher = Publisher::new();
    let mut predicate = predicate("test-a", "reviewer");
    predicate["questions"] = json!(["path"]);
    load(&publisher.trusted(""), vec![publisher.signed(&component("reviewer", wat), predicate)], &[], None)
}

/// A set of redactors, `test-0`, `test-1`, …
pub fn redactors(wats: &[String]) -> Result<PolicySet, SetError> {
    let publisher = Publisher::new();
    let modules = wats.iter().enumerate().map(|(i, wat)| {
        let name = format!("test-{i}");
        let wat = wat.replace("test-a", &name);
        publisher.signed(&component("redactor", &wat), predicate(&name, "redactor"))
    });
    load(&publisher.trusted(""), modules.collect(), &[], None)
}

pub fn context() -> Context {
    Context {
        subject: Subject::named("alice"),
        target: Target::default(),
        origin: Origin::Gateway,
        now: 0,
        attributes: [].into(),
    }
}

pub fn exec() -> AnyRequest {
    AnyRequest::Exec(Exec { argv: vec!["id".into()], wrapper: vec![] })
}

pub async fn opinions(set: &PolicySet) -> Vec<Opinion> {
    set.review(&context(), &exec(), &[]).await
}

pub async fn verdict(set: &PolicySet) -> Verdict {
    let mut opinions = opinions(set).await;
    assert_eq!(opinions.len(), 1, "{opinions:?}");
    opinions.remove(0).verdict
}

/// A component of a world of the contract from a core module written by hand.
pub fn component(world: &str, wat: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    let (package, _) = resolve.push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/policy.wit")).unwrap();
    let world = resolve.select_world(&[package], Some(world)).unwrap();
    embed(&resolve, world, wat::parse_str(wat).unwrap())
}

/// A component of a world of one's own, that does nothing.
pub fn dummy(wit: &str) -> Vec<u8> {
    let mut resolve = wit_parser::Resolve::default();
    resolve.push_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../../wit/policy.wit")).unwrap();
    let package = resolve.push_str("test.wit", wit).unwrap();
    let world = resolve.select_world(&[package], Some("w")).unwrap();
    let abi = wit_parser::ManglingAndAbi::Legacy(wit_parser::LiftLowerAbi::Sync);
    let module = wit_component::dummy_module(&resolve, world, abi);
    embed(&resolve, world, module)
}

fn embed(resolve: &wit_parser::Resolve, world: wit_parser::WorldId, mut module: Vec<u8>) -> Vec<u8> {
    wit_component::embed_component_metadata(&mut module, resolve, world, wit_component::StringEncoding::UTF8).unwrap();
    wit_component::ComponentEncoder::default().module(&module).unwrap().validate(true).encode().unwrap()
}

/// A little-endian word of a data segment.
fn words(words: &[u32]) -> String {
    words.iter().flat_map(|w| w.to_le_bytes()).map(|b| format!("\\{b:02x}")).collect()
}

/// A reviewer written by hand; what is not said is well-behaved. It claims every kind of request and names the rule `test.rule`.
pub struct Hand {
    pub name: String,
    pub version: String,
    pub schema: String,
    pub question: Option<String>,
    /// Instructions of `configure` before it answers.
    pub configure: String,
    /// Instructions of `review`; they must leave a pointer to a verdict. `$verdict` is one that is all zeros: abstain.
    pub review: String,
    /// Further module fields.
    pub extra: String,
    /// Further data for `review` to point at, from [`Hand::DATA`] on.
    pub data: String,
}

impl Default for Hand {
    fn default() -> Self {
        Self {
            name: "test-a".into(),
            version: "1.0.0".into(),
            schema: "{}".into(),
            question: None,
            configure: String::new(),
            review: "(global.get $verdict)".into(),
            extra: String::new(),
            data: String::new(),
        }
    }
}

impl Hand {
    /// Where `data` lies.
    pub const DATA: u32 = 4_096;
    /// A verdict of zeros.
    pub const VERDICT: u32 = 8_192;

    /// Answers with these words, after eight bytes of tag.
    pub fn answering(tag: u32, payload: &[u32]) -> Self {
        let review = "(i32.const 4096)".to_owned();
        Self { review, data: words(&[&[tag, 0], payload].concat()), ..Self::default() }
    }

    /// Allows by the rule that it announced.
    pub fn allowing() -> Self {
        Self::answering(1, &[1_600, 9])
    }

    pub fn wat(&self) -> String {
        let (name, version, schema) = (&self.name, &self.version, self.schema.replace('"', "\\22"));
        let question = self.question.clone().unwrap_or_default();
        let length = |text: &str| u32::try_from(text.len()).unwrap();
        let descriptor = words(&[
            1_200,
            length(name),
            1_300,
            length(version),
            2_000,
            length(&self.schema),
            1_500,
            u32::from(self.question.is_some()),
        ]);
        let questions = words(&[1_400, length(&question)]);
        let setup = words(&[0, 0xff, 1_700, 1]);
        let rules = words(&[1_600, 9, 1_600, 0]);
        let world = "wardgate:policy/review@1.0.0";
        format!(
            r#"(module
                (memory (export "memory") 8)
                (global $heap (mut i32) (i32.const 131072))
                (global $verdict i32 (i32.const {verdict}))
                {realloc}
                (data (i32.const 1024) "{descriptor}") (data (i32.const 1200) "{name}") (data (i32.const 1300) "{version}")
                (data (i32.const 1400) "{question}") (data (i32.const 1500) "{questions}") (data (i32.const 2000) "{schema}")
                (data (i32.const 1600) "test.rule") (data (i32.const 1700) "{rules}") (data (i32.const 1800) "{setup}")
                (data (i32.const {at}) "{data}")
                (func (export "{world}#describe") (result i32) i32.const 1024)
                (func (export "{world}#configure") (param i32 i32) (result i32) {configure} i32.const 1800)
                (func (export "{world}#review") (param i32) (result i32) {review})
                {extra})"#,
            realloc = REALLOC,
            verdict = Self::VERDICT,
            at = Self::DATA,
            data = self.data,
            configure = self.configure,
            review = self.review,
            extra = self.extra,
        )
    }
}

/// Bump allocation; whoever runs long resets `$heap`.
const REALLOC: &str = r#"(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (local i32)
    (local.set 4 (i32.and (i32.add (global.get $heap) (i32.const 7)) (i32.const -8)))
    (global.set $heap (i32.add (local.get 4) (local.get 3)))
    (local.get 4))"#;

/// A redactor that finds every byte `X`, as rule 0, and settles all that it is shown, but for the last `holds` bytes. `scan` goes
/// before its work, with the stretches' pointer in local 1 and their count in local 2; `progress` after it, with the answer at 2048.
pub struct Scanner {
    pub holds: u32,
    pub scan: String,
    pub progress: String,
    pub construct: String,
    pub finish: String,
}

impl Default for Scanner {
    fn default() -> Self {
        let none = String::new;
        Self { holds: 0, scan: none(), progress: none(), construct: none(), finish: none() }
    }
}

impl Scanner {
    pub fn wat(&self) -> String {
        let descriptor = words(&[1_200, 6, 1_300, 5, 1_400, 2, 0, 0]);
        let setup = words(&[0, 1_700, 1, 0, 0, 0]);
        let rules = words(&[1_600, 6, 1_600, 0]);
        let world = "wardgate:policy/redaction@1.0.0";
        let Self { holds, scan, progress, construct, finish } = self;
        format!(
            r#"(module
                (import "[export]{world}" "[resource-new]scanner" (func $new (param i32) (result i32)))
                (memory (export "memory") 16)
                (global $heap (mut i32) (i32.const 262144))
                (global $found (mut i32) (i32.const 0))
                (global $end (mut i64) (i64.const 0))
                {REALLOC}
                (data (i32.const 1024) "{descriptor}") (data (i32.const 1200) "test-a") (data (i32.const 1300) "1.0.0")
                (data (i32.const 1400) "{{}}") (data (i32.const 1600) "test.x") (data (i32.const 1700) "{rules}")
                (data (i32.const 1800) "{setup}")
                (func (export "{world}#describe") (result i32) i32.const 1024)
                (func (export "{world}#configure") (param i32 i32) (result i32) i32.const 1800)
                (func (export "{world}#[constructor]scanner") (param i32) (result i32) {construct}
                    (global.set $heap (i32.const 262144)) (call $new (i32.const 1)))
                (func (export "{world}#[dtor]scanner") (param i32))
                (func (export "{world}#[method]scanner.scan") (param i32 i32 i32) (result i32)
                    (local $at i32) (local $left i32) (local $pos i64) (local $out i32)
                    {scan}
                    (global.set $found (i32.const 0))
                    (block $done (loop $stretches
                        (br_if $done (i32.eqz (local.get 2)))
                        (local.set $pos (i64.load (local.get 1)))
                        (local.set $at (i32.load offset=8 (local.get 1)))
                        (local.set $left (i32.load offset=12 (local.get 1)))
                        (block $next (loop $bytes
                            (br_if $next (i32.eqz (local.get $left)))
                            (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 88)) (then
                                (local.set $out (i32.add (i32.const 131072) (i32.mul (global.get $found) (i32.const 24))))
                                (i32.store (local.get $out) (i32.const 0))
                                (i64.store offset=8 (local.get $out) (local.get $pos))
                                (i64.store offset=16 (local.get $out) (i64.add (local.get $pos) (i64.const 1)))
                                (global.set $found (i32.add (global.get $found) (i32.const 1)))))
                            (local.set $at (i32.add (local.get $at) (i32.const 1)))
                            (local.set $pos (i64.add (local.get $pos) (i64.const 1)))
                            (local.set $left (i32.sub (local.get $left) (i32.const 1)))
                            (br $bytes)))
                        (local.set 1 (i32.add (local.get 1) (i32.const 16)))
                        (local.set 2 (i32.sub (local.get 2) (i32.const 1)))
                        (br $stretches)))
                    (global.set $end (local.get $pos))
                    (i32.store (i32.const 2048) (i32.const 131072))
                    (i32.store offset=4 (i32.const 2048) (global.get $found))
                    (i64.store offset=8 (i32.const 2048) (i64.sub (local.get $pos) (i64.const {holds})))
                    (i32.store8 offset=16 (i32.const 2048) (i32.const 0))
                    (global.set $heap (i32.const 262144))
                    {progress}
                    i32.const 2048)
                (func (export "{world}#[method]scanner.finish") (param i32) (result i32)
                    (i32.store (i32.const 2048) (i32.const 131072))
                    (i32.store offset=4 (i32.const 2048) (i32.const 0))
                    {finish}
                    i32.const 2048)
            )"#
        )
    }
}
