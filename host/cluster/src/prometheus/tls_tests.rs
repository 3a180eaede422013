//! The client against a server that asks for certificates: who is let in, and what happens while certificates, CAs and tokens are
//! replaced. Those under `tests/tls` are made for these tests and stand for nothing.
#![allow(clippy::unwrap_used)]
use super::{
    tests::{Labelled, Server, ask, query, records, vector},
    *,
};
use rustls::{
    RootCertStore, ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::WebPkiClientVerifier,
};
use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};
use wardgate_core::{Cut, Outcome, Settled};

fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// A server that shows one certificate and lets in those who show another.
fn accepts(shows: &str, lets_in: &str) -> Arc<ServerConfig> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pem(&format!("{lets_in}.pem"))).unwrap()).unwrap();
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build().unwrap();
    let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let chain = vec![CertificateDer::from_pem_file(pem(&format!("{shows}.pem"))).unwrap()];
    let key = PrivateKeyDer::from_pem_file(pem(&format!("{shows}.key.pem"))).unwrap();
    Arc::new(config.with_client_cert_verifier(clients).with_single_cert(chain, key).unwrap())
}

/// What a pod's mounted files are like: replaced while the program runs.
struct House {
    folder: tempfile::TempDir,
    server: Server,
    behind: Arc<Mutex<Arc<ServerConfig>>>,
}

impl House {
    async fn new() -> Self {
        let behind = Arc::new(Mutex::new(accepts("first", "client")));
        let folder = tempfile::tempdir().unwrap();
        let server = Server::start_tls(|_| tests::success(&vector()), behind.clone()).await;
        let house = Self { folder, server, behind };
        house.put("ca.crt", "first.pem");
        house.put("tls.crt", "client.pem");
        house.put("tls.key", "client.key.pem");
        std::fs::write(house.at("token"), "one").unwrap();
        house
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// As the kubelet does it: the new file takes the place of the old one.
    fn put(&self, name: &str, what: &str) {
        std::fs::copy(pem(what), self.at("new")).unwrap();
        std::fs::rename(self.at("new"), self.at(name)).unwrap();
    }

    fn prometheus(&self, identity: bool) -> Arc<Prometheus> {
        let identity =
            identity.then(|| Identity { certificate_file: self.at("tls.crt"), key_file: self.at("tls.key") });
        let endpoint = Endpoint {
            url: self.server.url.clone(),
            token_file: Some(self.at("token")),
            ca_file: Some(self.at("ca.crt")),
            identity,
            headers: vec![],
        };
        let settings = Settings {
            endpoint,
            cluster_metrics: ["node_load1".to_owned()].into(),
            tenancy: Tenancy::Refuse,
            lookup_timeout: Duration::from_secs(5),
        };
        Prometheus::new(settings, Arc::new(Labelled)).unwrap()
    }
}

fn answered(settled: &Settled) -> bool {
    records(settled).len() == 1
}

fn shut_out(settled: &Settled) -> bool {
    settled.outcome() == &Outcome::Cut(Cut::Backend(FaultKind::Unavailable)) && records(settled).is_empty()
}

#[tokio::test]
async fn a_server_that_asks_for_a_certificate_gets_ours_and_nobody_elses_passes() {
    let house = House::new().await;
    assert!(answered(&ask(&house.prometheus(true), query("node_load1")).await));
    let seen = house.server.requests("").len();
    assert!(house.server.requests("POST ")[0].contains("authorization: Bearer one\r\n"));
    assert!(shut_out(&ask(&house.prometheus(false), query("node_load1")).await), "no certificate");
    house.put("tls.crt", "renewed.pem");
    house.put("tls.key", "renewed.key.pem");
    assert!(shut_out(&ask(&house.prometheus(true), query("node_load1")).await), "a stranger's certificate");
    house.put("ca.crt", "second.pem");
    assert!(shut_out(&ask(&house.prometheus(true), query("node_load1")).await), "a server that nobody vouches for");
    assert_eq!(house.server.requests("").len(), seen, "not a byte of a request left");
}

#[tokio::test]
async fn certificates_cas_and_tokens_are_replaced_without_a_restart() {
    let house = House::new().await;
    let prometheus = house.prometheus(true);
    let asks = || async { ask(&prometheus, query("node_load1")).await };
    assert!(answered(&asks().await));
    // Amid a rotation the certificate is new and its key is not: what worked goes on.
    house.put("tls.crt", "renewed.pem");
    assert!(answered(&asks().await));
    house.put("tls.key", "renewed.key.pem");
    *house.behind.lock().unwrap() = accepts("first", "renewed");
    assert!(answered(&asks().await), "the renewed certificate is shown");
    *house.behind.lock().unwrap() = accepts("second", "renewed");
    assert!(shut_out(&asks().await), "the server's new certificate is not trusted yet");
    house.put("ca.crt", "second.pem");
    assert!(answered(&asks().await), "the renewed CA is trusted");
    std::fs::write(house.at("ca.crt"), "no certificate").unwrap();
    assert!(answered(&asks().await), "half a file leaves what worked");
    std::fs::write(house.at("token"), "two\n").unwrap();
    assert!(answered(&asks().await));
    assert!(house.server.requests("POST ").pop().unwrap().contains("authorization: Bearer two\r\n"));
}
