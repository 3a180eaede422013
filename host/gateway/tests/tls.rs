//! TLS by this endpoint itself. The certificates under `tls/` are made for these tests and stand for nothing.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
mod common;
use common::*;
use rustls::pki_types::{CertificateDer, ServerName, pem::PemObject};
use std::{path::Path, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use wardgate_gateway::{CancellationToken, GatewaySettings, HttpError, HttpServer, HttpSettings, Tls};

fn pem(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

/// What a client that trusts this certificate alone gets to see.
async fn healthz(address: std::net::SocketAddr, trusted: &str) -> std::io::Result<String> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(pem(trusted)).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    let mut stream = tokio_rustls::TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n").await?;
    let mut text = String::new();
    // A peer that closes without a TLS goodbye has still said all it had to say.
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_string(&mut text)).await.expect("in time");
    Ok(text)
}

async fn bind(folder: &Path) -> Result<HttpServer, HttpError> {
    let tls = Tls::Files { certificate: folder.join("tls.crt"), key: folder.join("tls.key") };
    let settings = HttpSettings { bind: "127.0.0.1:0".parse().unwrap(), tls: Some(tls), ..HttpSettings::default() };
    HttpServer::bind(house(GatewaySettings::default()).gateway, settings, Arc::new(|| Ok(()))).await
}

fn put(folder: &Path, certificate: &str, key: &str) {
    std::fs::copy(pem(certificate), folder.join("tls.crt")).unwrap();
    std::fs::copy(pem(key), folder.join("tls.key")).unwrap();
}

#[tokio::test]
async fn the_configured_certificate_is_served_and_a_renewed_one_without_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "first.pem", "first.key.pem");
    let server = bind(folder.path()).await.unwrap();
    let (address, stop) = (server.local_addr(), CancellationToken::new());
    let served = tokio::spawn(server.serve(stop.clone()));
    assert!(healthz(address, "first.pem").await.unwrap().starts_with("HTTP/1.1 200"));
    assert!(healthz(address, "second.pem").await.is_err());
    let mut plain = TcpStream::connect(address).await.unwrap();
    plain.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    let _ = plain.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"), "nothing is said in the clear");
    put(folder.path(), "second.pem", "second.key.pem");
    let mut renewed = false;
    for _ in 0..60 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        if healthz(address, "second.pem").await.is_ok() {
            renewed = true;
            break;
        }
    }
    assert!(renewed);
    stop.cancel();
    served.await.unwrap();
}

#[tokio::test]
async fn files_that_do_not_belong_together_or_are_no_pem_do_not_start() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "first.pem", "second.key.pem");
    assert!(matches!(bind(folder.path()).await.err().unwrap(), HttpError::Tls(_)));
    std::fs::write(folder.path().join("tls.key"), "no key").unwrap();
    assert!(matches!(bind(folder.path()).await.err().unwrap(), HttpError::Pem { .. }));
}
