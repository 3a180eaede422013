//! The admission webhook over TLS, with reviews as an API server sends them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::needless_pass_by_value, missing_docs)]
mod common;
use common::*;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use serde_json::{Value, json};
use std::{
    path::Path,
    sync::{Arc, atomic::Ordering::SeqCst},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use wardgate_core::*;
use wardgate_gateway::{AdmissionServer, AdmissionSettings, CancellationToken, Intents};

const AI: &str = "system:serviceaccount:ai-ops:debug-ai";

struct Splitter;

impl Prepare<Exec> for Splitter {
    fn prepare(&self, request: Exec, _: &Context) -> Result<Exec, Denial> {
        let own = ["timeout", "-s", "KILL", "30"];
        match request.argv.strip_prefix(&own.map(String::from)[..]) {
            Some(rest) => Ok(Exec { argv: rest.to_vec(), wrapper: own.map(String::from).to_vec() }),
            None => Ok(request),
        }
    }
}

struct Webhook {
    address: std::net::SocketAddr,
    book: Book,
    /// Where calls of the host's own are committed.
    evidence: Arc<dyn Ledger>,
    stop: CancellationToken,
    served: tokio::task::JoinHandle<()>,
}

fn pem(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

async fn webhook(set: impl FnOnce(&mut AdmissionSettings)) -> Webhook {
    let book = Book::default();
    let intents = Intents::new(Arc::new(|id| id == "JTI=1234"));
    let evidence = intents.ledger(Arc::new(book.clone()));
    let road = Road {
        reviewers: Arc::new(Rules),
        redactors: Arc::new(Keys),
        lookup: Arc::new(Atlas),
        ledger: evidence.clone(),
        clock: Arc::new(Tokio),
        ids: Arc::new(Count::default()),
        limits: Limits::default(),
        floor: Floor::default(),
    };
    let mut settings: AdmissionSettings = serde_json::from_value(json!({
        "bind": "127.0.0.1:0", "certificate": pem("first.pem"), "key": pem("first.key.pem"), "identities": [AI]}))
    .unwrap();
    set(&mut settings);
    let server =
        AdmissionServer::bind(&settings, Arc::new(move || road.clone()), Arc::new(Splitter), intents).await.unwrap();
    let (address, stop) = (server.local_addr(), CancellationToken::new());
    let served = tokio::spawn(server.serve(stop.clone()));
    Webhook { address, book, evidence, stop, served }
}

impl Webhook {
    async fn post(&self, body: &str) -> (u16, String) {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(CertificateDer::from_pem_file(pem("first.pem")).unwrap()).unwrap();
        let config =
            rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
                .with_safe_default_protocol_versions()
                .unwrap()
                .with_root_certificates(roots)
                .with_no_client_auth();
        let stream = TcpStream::connect(self.address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await.unwrap();
        let head =
            format!("POST /admit HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {}\r\n\r\n", body.len());
        // A server that has heard enough may close before it was told everything.
        let _ = stream.write_all(head.as_bytes()).await;
        let _ = stream.write_all(body.as_bytes()).await;
        let mut text = String::new();
        let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut text)).await.expect("in time");
        let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
        (status, text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default())
    }

    async fn ask(&self, request: Value) -> Value {
        let review = json!({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request});
        let (status, body) = self.post(&review.to_string()).await;
        assert_eq!(status, 200, "{body}");
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(answer["response"]["uid"], "review-1");
        answer["response"].clone()
    }

    async fn end(self) {
        self.stop.cancel();
        self.served.await.unwrap();
    }
}

fn request(resource: &str, sub: &str, operation: &str, object: Value) -> Value {
    json!({
        "uid": "review-1", "operation": operation, "name": "web-0", "namespace": "shop", "object": object, "oldObject": null,
        "kind": {"group": "", "version": "v1", "kind": "PodExecOptions"},
        "resource": {"group": "", "version": "v1", "resource": resource}, "subResource": sub, "dryRun": false, "options": null,
        "userInfo": {"username": AI, "uid": "u", "groups": ["system:authenticated"],
            "extra": {"authentication.kubernetes.io/credential-id": ["JTI=1234"]}},
    })
}

fn exec(command: &[&str], more: Value) -> Value {
    let mut object = json!({"kind": "PodExecOptions", "apiVersion": "v1", "stdout": true, "stderr": true,
        "container": "app", "command": command});
    object.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    request("pods", "exec", "CONNECT", object)
}

#[tokio::test]
async fn an_exec_meets_the_same_reviewers_and_the_cluster_is_told_why() {
    let webhook = webhook(|_| {}).await;
    for (request, allowed, rule) in [
        (exec(&["id"], json!({})), true, "rules.all"),
        (exec(&["timeout", "-s", "KILL", "30", "id"], json!({})), true, "rules.all"),
        (exec(&["timeout", "-s", "KILL", "30", "sh"], json!({})), false, "exec.shell"),
        (exec(&["sh", "-c", "id"], json!({})), false, "exec.shell"),
        // Nobody can be asked here.
        (exec(&["reboot"], json!({})), false, "exec.ask"),
        (exec(&["id"], json!({"stdin": true})), false, "floor.exec.stdin"),
        (exec(&["id"], json!({"tty": true})), false, "floor.exec.stdin"),
        // KEP-6035: a variable can make any program another one.
        (exec(&["id"], json!({"env": [{"name": "LD_PRELOAD", "value": "/tmp/x.so"}]})), false, "floor.exec.options"),
        (exec(&[], json!({})), false, "floor.exec.argv"),
        (exec(&["a\u{0}b"], json!({})), false, "floor.exec.argv"),
        (request("pods", "exec", "CONNECT", Value::Null), false, "floor.exec.options"),
        (request("pods", "exec", "CONNECT", json!({"command": "id"})), false, "floor.exec.options"),
    ] {
        let answer = webhook.ask(request.clone()).await;
        assert_eq!(
            (answer["allowed"].as_bool().unwrap(), &answer["auditAnnotations"]["rule"]),
            (allowed, &json!(rule)),
            "{request}"
        );
        assert_eq!(answer["auditAnnotations"]["credential-id"], "JTI=1234");
        if !allowed {
            assert_eq!(answer["status"]["code"], 403);
            assert!(
                answer["status"]["message"].as_str().unwrap().starts_with(&format!("wardgate: {rule}: ")),
                "{answer}"
            );
        }
    }
    let mut closed = exec(&["id"], json!({}));
    closed["namespace"] = json!("private");
    assert_eq!(webhook.ask(closed).await["auditAnnotations"]["rule"], "floor.namespace");
    webhook.end().await;
}

/// A call of the host's own, as its road commits it.
fn intent(command: &[&str], wrapper: &[&str], answers: Vec<Answer>) -> Intent {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let request = AnyRequest::Exec(Exec { argv: words(command), wrapper: words(wrapper) });
    let target = Target {
        namespace: "shop".into(),
        pod: "web-0".into(),
        pod_uid: "uid of web-0".into(),
        container: "app".into(),
        ..Target::default()
    };
    let subject = Subject::named("agent");
    let context = Context {
        subject: subject.clone(),
        target,
        origin: Origin::Gateway,
        now: 0,
        attributes: std::collections::BTreeMap::new(),
    };
    Intent {
        id: CallId::new("committed"),
        parent: None,
        tool: "k8s_exec_readonly".into(),
        arrived: 0,
        place: Place::default(),
        asked: request.clone(),
        subject,
        parts: vec![Heard { context, request, answers, opinions: vec![], floor: None }],
        left_out: vec![],
        limits: Limits::default(),
        policy_set: "set".into(),
        recorded: true,
    }
}

#[tokio::test]
async fn a_committed_call_passes_once_with_its_approval_and_its_answers() {
    let webhook = webhook(|_| {}).await;
    let time_limit = ["timeout", "-s", "KILL", "30"];
    let known = Known { value: wardgate_core::Value::Text("/x".into()), bound: Bound::Exact };
    let answered = vec![Answer { question: question(), outcome: Ok(known) }];
    for (command, answers, rule, alone) in [
        ("reboot", vec![], "exec.ask", "exec.ask"),
        ("look", answered, "rules.looked", "exec.unanswered"),
        ("id", vec![], "rules.all", "rules.all"),
    ] {
        let whole = [&time_limit[..], &[command]].concat();
        let opened =
            webhook.evidence.commit(&intent(&[command], &time_limit, answers)).await.unwrap_or_else(|_| panic!());
        let stolen = {
            let mut stolen = exec(&whole, json!({}));
            stolen["userInfo"]["extra"]["authentication.kubernetes.io/credential-id"] = json!(["JTI=other"]);
            webhook.ask(stolen).await
        };
        assert_eq!(stolen["auditAnnotations"]["rule"], alone, "{command} under another credential");
        let first = webhook.ask(exec(&whole, json!({}))).await;
        assert_eq!((&first["allowed"], &first["auditAnnotations"]["rule"]), (&json!(true), &json!(rule)), "{command}");
        assert_eq!(first["auditAnnotations"]["call"], "committed", "{command}");
        let second = webhook.ask(exec(&whole, json!({}))).await;
        assert_eq!(
            (&second["auditAnnotations"]["rule"], &second["auditAnnotations"]["call"]),
            (&json!(alone), &Value::Null),
            "{command} a second time"
        );
        drop(opened);
    }
    webhook.end().await;
}

#[tokio::test]
async fn a_committed_call_lifts_no_denial_and_a_settled_one_nothing() {
    let webhook = webhook(|_| {}).await;
    let _open = webhook.evidence.commit(&intent(&["sh"], &[], vec![])).await.unwrap_or_else(|_| panic!());
    assert_eq!(webhook.ask(exec(&["sh"], json!({}))).await["auditAnnotations"]["rule"], "exec.shell");
    let settled = webhook.evidence.commit(&intent(&["reboot"], &[], vec![])).await.unwrap_or_else(|_| panic!());
    let outcome = Outcome::Complete(Ending::Exit(0));
    settled.slip.settle(&outcome, &Body::default()).await.unwrap();
    assert_eq!(webhook.ask(exec(&["reboot"], json!({}))).await["auditAnnotations"]["rule"], "exec.ask");
    webhook.end().await;
}

#[tokio::test]
async fn every_other_way_into_a_pod_is_always_denied() {
    let webhook = webhook(|_| {}).await;
    for (resource, sub, operation, rule) in [
        ("pods", "attach", "CONNECT", "floor.attach"),
        ("pods", "portforward", "CONNECT", "floor.portforward"),
        ("pods", "proxy", "CONNECT", "floor.proxy"),
        ("services", "proxy", "CONNECT", "floor.proxy"),
        ("nodes", "proxy", "CONNECT", "floor.proxy"),
        ("pods", "ephemeralcontainers", "UPDATE", "floor.ephemeralcontainers"),
        ("pods", "exec", "CREATE", "floor.admission"),
        ("secrets", "", "CREATE", "floor.admission"),
    ] {
        let answer = webhook.ask(request(resource, sub, operation, json!({"command": ["id"]}))).await;
        assert_eq!((&answer["allowed"], &answer["auditAnnotations"]["rule"]), (&json!(false), &json!(rule)));
    }
    let mut foreign = exec(&["id"], json!({}));
    foreign["resource"]["group"] = json!("example.org");
    assert_eq!(webhook.ask(foreign).await["allowed"], false);
    let book = webhook.book.clone();
    webhook.end().await;
    let away = book.lines().iter().filter(|line| line.contains(&format!("by {AI}"))).count();
    assert_eq!(away, 9, "{:?}", book.lines());
}

#[tokio::test]
async fn what_is_no_review_is_an_error_and_an_error_is_a_denial_to_the_api_server() {
    let webhook = webhook(|_| {}).await;
    let old = json!({"apiVersion": "admission.k8s.io/v1beta1", "request": exec(&["id"], json!({}))}).to_string();
    for body in ["", "{", "[]", "{\"apiVersion\":\"admission.k8s.io/v1\"}", &old, &" ".repeat(5 << 20)] {
        assert_eq!(webhook.post(body).await.0, 400);
    }
    webhook.end().await;
}

#[tokio::test]
async fn every_decision_is_on_record_once_it_stops() {
    let webhook = webhook(|_| {}).await;
    let _ = webhook.ask(exec(&["id"], json!({}))).await;
    let _ = webhook.ask(exec(&["sh"], json!({}))).await;
    let book = webhook.book.clone();
    webhook.end().await;
    assert_eq!(book.lines(), ["refused admission ", "refused admission exec.shell"]);
}

#[tokio::test]
async fn what_cannot_be_recorded_is_denied_until_it_can() {
    let webhook = webhook(|_| {}).await;
    webhook.book.down.store(true, SeqCst);
    // The first one finds out.
    let _ = webhook.ask(exec(&["id"], json!({}))).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    let answer = webhook.ask(exec(&["id"], json!({}))).await;
    assert_eq!((&answer["allowed"], &answer["auditAnnotations"]["rule"]), (&json!(false), &json!("evidence.down")));
    webhook.book.down.store(false, SeqCst);
    let mut again = false;
    for _ in 0..20 {
        again |= webhook.ask(exec(&["id"], json!({}))).await["allowed"] == true;
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(again);
    webhook.end().await;
}

#[tokio::test]
async fn a_long_command_does_not_fill_the_clusters_audit_log() {
    let webhook = webhook(|_| {}).await;
    let answer = webhook.ask(exec(&["id", &"é".repeat(10_000)], json!({}))).await;
    assert!(answer["auditAnnotations"]["command"].as_str().unwrap().len() <= 2048);
    webhook.end().await;
}

#[tokio::test]
async fn a_caller_that_says_nothing_is_hung_up_on() {
    let webhook = webhook(|_| {}).await;
    let mut silent = TcpStream::connect(webhook.address).await.unwrap();
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(20), silent.read_to_end(&mut rest)).await.expect("hung up");
    assert!(begun.elapsed() < Duration::from_secs(10));
    webhook.end().await;
}
