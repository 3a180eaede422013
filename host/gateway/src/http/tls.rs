//! TLS with certificates from files, read again when they change.
use super::{serve::HttpError, settings::Tls};
use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::SystemTime,
};

/// The certificate that is served now.
pub(crate) struct Certificate {
    chain: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
    read_at: Mutex<[Option<SystemTime>; 2]>,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Certificate").field("chain", &self.chain).finish_non_exhaustive()
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl Certificate {
    /// The files' certificate, if this endpoint speaks TLS itself.
    pub(crate) fn load(tls: Option<&Tls>) -> Result<Option<Arc<Self>>, HttpError> {
        let Some(Tls::Files { certificate, key }) = tls else { return Ok(None) };
        Self::read(certificate, key).map(Some)
    }

    /// The certificate of these files.
    pub(crate) fn read(certificate: &Path, key: &Path) -> Result<Arc<Self>, HttpError> {
        let read_at = Mutex::new(changed(certificate, key));
        let current = RwLock::new(Arc::new(read(certificate, key)?));
        Ok(Arc::new(Self { chain: certificate.into(), key: key.into(), current, read_at }))
    }

    /// Reads the files again if they changed; keeps the old certificate if the new one cannot be used.
    pub(crate) fn reload(&self) {
        let now = changed(&self.chain, &self.key);
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        if *read_at == now {
            return;
        }
        match read(&self.chain, &self.key) {
            Ok(fresh) => {
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                *read_at = now;
                tracing::info!("the TLS certificate was read again");
            }
            Err(error) => tracing::warn!(%error, "the TLS certificate changed and cannot be used; the old one stays"),
        }
    }

    pub(crate) fn config(self: &Arc<Self>) -> Result<Arc<ServerConfig>, HttpError> {
        let builder = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(HttpError::Tls)?;
        let mut config = builder.with_no_client_auth().with_cert_resolver(self.clone());
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}

fn changed(certificate: &Path, key: &Path) -> [Option<SystemTime>; 2] {
    [certificate, key].map(|path| std::fs::metadata(path).and_then(|found| found.modified()).ok())
}

fn read(certificate: &Path, key: &Path) -> Result<CertifiedKey, HttpError> {
    let broken = |path: &Path| {
        let path = path.to_path_buf();
        move |source| HttpError::Pem { path, source }
    };
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(broken(certificate))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(broken(key))?;
    let signing = aws_lc_rs::sign::any_supported_type(&private).map_err(HttpError::Tls)?;
    let pair = CertifiedKey::new(chain, signing);
    pair.keys_match().map_err(HttpError::Tls)?;
    Ok(pair)
}
