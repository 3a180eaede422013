//! HTTP to Prometheus: a bearer token that is read again for each request, TLS files that are read again when they change, answers
//! bounded while they stream.
// Bodies are collected through `Limited` only, and every request runs under its call's deadline.
#![allow(clippy::disallowed_methods)]
use crate::{
    series::Answer,
    wire::{causes, escape},
};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper_rustls::HttpsConnector;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;
use std::{
    path::PathBuf,
    sync::{Mutex, PoisonError},
    time::{Duration, SystemTime},
};
use wardgate_core::{Fault, FaultKind};

/// Where Prometheus is.
#[derive(Clone, Debug)]
pub struct Endpoint {
    /// `http://prometheus:9090`, with a path if it has one.
    pub url: String,
    /// A file with a bearer token, read for each request, so that it may be rotated.
    pub token_file: Option<PathBuf>,
    /// A file with the certificates to trust, instead of the system's; read again when it changes.
    pub ca_file: Option<PathBuf>,
    /// What this host shows of itself.
    pub identity: Option<Identity>,
    /// Further headers, such as a tenant's.
    pub headers: Vec<(String, String)>,
}

/// A client's certificate with its key, both in PEM; read again when either file changes.
#[derive(Clone, Debug)]
pub struct Identity {
    /// The certificate and its chain.
    pub certificate_file: PathBuf,
    /// The key.
    pub key_file: PathBuf,
}

/// Why an endpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum EndpointError {
    /// Not a URL.
    #[error("prometheus url {0:?}: write http://HOST:PORT or https://HOST:PORT, with a path if there is one")]
    Url(String),
    /// The CA file cannot be used.
    #[error("prometheus ca_file {path}: {why}")]
    Ca {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The client's certificate or key cannot be used.
    #[error("prometheus certificate_file {certificate_file} with key_file {key_file}: {why}")]
    Identity {
        /// The certificate.
        certificate_file: PathBuf,
        /// The key.
        key_file: PathBuf,
        /// Why.
        why: String,
    },
    /// A header cannot be sent.
    #[error("prometheus header {0:?} cannot be sent")]
    Header(String),
}

type Connections = Client<HttpsConnector<HttpConnector>, Full<Bytes>>;

/// The client.
pub struct Http {
    connections: Mutex<(Stamps, Connections)>,
    endpoint: Endpoint,
    base: String,
    headers: HeaderMap,
}

/// When the files that TLS is made of were last written.
type Stamps = Vec<Option<SystemTime>>;

/// Time to reach the server; the call's own time bounds the rest.
const CONNECT: Duration = Duration::from_secs(5);

impl Http {
    /// Checks the endpoint; opens no connection.
    pub fn new(endpoint: &Endpoint) -> Result<Self, EndpointError> {
        let bad = || EndpointError::Url(endpoint.url.clone());
        let uri: Uri = endpoint.url.parse().map_err(|_| bad())?;
        if !matches!(uri.scheme_str(), Some("http" | "https")) || uri.host().is_none() || uri.query().is_some() {
            return Err(bad());
        }
        let mut headers = HeaderMap::new();
        for (name, value) in &endpoint.headers {
            let bad = || EndpointError::Header(name.clone());
            let name: HeaderName = name.parse().map_err(|_| bad())?;
            headers.insert(name, HeaderValue::from_str(value).map_err(|_| bad())?);
        }
        let base = endpoint.url.trim_end_matches('/').to_string();
        let connections = Mutex::new((stamps(endpoint), connect(endpoint)?));
        Ok(Self { connections, endpoint: endpoint.clone(), base, headers })
    }

    /// The connections, made anew where a file of theirs has changed. One that cannot be used, as amid a rotation, leaves the old ones.
    fn connections(&self) -> Connections {
        let mut state = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        let now = stamps(&self.endpoint);
        if state.0 != now {
            match connect(&self.endpoint) {
                Ok(fresh) => *state = (now, fresh),
                Err(error) => tracing::warn!(%error, "the files for Prometheus' TLS changed and cannot be used yet"),
            }
        }
        state.1.clone()
    }

    /// A form, posted; its answer must say success.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
        most: usize,
    ) -> Result<Success<T>, Fault> {
        read(&Self::collect(self.send(Method::POST, path, form).await?, most).await?)
    }

    /// The same as parameters of a GET.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
        most: usize,
    ) -> Result<Success<T>, Fault> {
        read(&Self::collect(self.send(Method::GET, path, form).await?, most).await?)
    }

    /// A query, posted. Of an answer that is larger than `most` what came first is told, as far as it is whole.
    pub(super) async fn evaluate(&self, path: &str, form: &[(&str, &str)], most: usize) -> Result<Answer, Fault> {
        let response = self.send(Method::POST, path, form).await?;
        let (status, mut body) = (response.status(), response.into_body());
        let mut bytes = Vec::new();
        while let Some(frame) = body.frame().await {
            let frame = frame.map_err(|error| Fault::new(FaultKind::Broken, error.to_string()))?;
            let Some(data) = frame.data_ref() else { continue };
            let room = most - bytes.len();
            if data.len() > room {
                bytes.extend_from_slice(&data[..room]);
                return beginning(&bytes).filter(|_| status.is_success()).ok_or_else(|| too_large(most));
            }
            bytes.extend_from_slice(data);
        }
        let Success { data, warnings, infos } = read::<Evaluated>(&(status, bytes.into()))?;
        Ok(Answer { kind: data.result_type, result: data.result, warnings, infos, partial: false })
    }

    async fn collect(response: Response<Incoming>, most: usize) -> Result<(StatusCode, Bytes), Fault> {
        let status = response.status();
        match Limited::new(response.into_body(), most).collect().await {
            Ok(body) => Ok((status, body.to_bytes())),
            Err(error) if error.is::<LengthLimitError>() => Err(too_large(most)),
            Err(error) => Err(Fault::new(FaultKind::Broken, error.to_string())),
        }
    }

    async fn send(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Result<Response<Incoming>, Fault> {
        let encoded = encode(form);
        let (uri, body) = match method {
            Method::GET => (format!("{}/{path}?{encoded}", self.base), String::new()),
            _ => (format!("{}/{path}", self.base), encoded),
        };
        let mut request = Request::builder().method(method).uri(uri).header(header::ACCEPT, "application/json");
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let invalid = |error: http::Error| Fault::new(FaultKind::Invalid, error.to_string());
        let mut request = request.body(Full::new(Bytes::from(body))).map_err(invalid)?;
        request.headers_mut().extend(self.headers.clone());
        if let Some(token) = self.token().await? {
            request.headers_mut().insert(header::AUTHORIZATION, token);
        }
        self.connections().request(request).await.map_err(|error| Fault::new(FaultKind::Unavailable, causes(&error)))
    }

    async fn token(&self) -> Result<Option<HeaderValue>, Fault> {
        let Some(path) = &self.endpoint.token_file else { return Ok(None) };
        let unusable = || Fault::new(FaultKind::Unavailable, "the token file of Prometheus cannot be used");
        let text = tokio::fs::read_to_string(path).await.map_err(|_| unusable())?;
        let mut value = HeaderValue::from_str(&format!("Bearer {}", text.trim())).map_err(|_| unusable())?;
        value.set_sensitive(true);
        Ok(Some(value))
    }
}

/// What a query came to.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Evaluated {
    result_type: String,
    result: Value,
}

fn too_large(most: usize) -> Fault {
    let words = format!("the answer is larger than {most} bytes: aggregate, narrow, or raise the step");
    Fault::new(FaultKind::Invalid, words)
}

/// Where a list of series begins, and within how many bytes.
const LIST: &str = "\"result\":[";
const HEAD: usize = 256;

/// The whole series of an answer that was cut off. Prometheus says its type first, then its series one after another.
fn beginning(bytes: &[u8]) -> Option<Answer> {
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(HEAD)]);
    let list = head.find(LIST)? + LIST.len();
    let said = |kind: &&str| head[..list].contains(&format!("\"resultType\":\"{kind}\""));
    let kind = ["matrix", "vector"].into_iter().find(said)?;
    let (mut rest, mut series) = (&bytes[list..], Vec::new());
    loop {
        let mut documents = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        let Some(Ok(one)) = documents.next() else { break };
        series.push(one);
        rest = rest[documents.byte_offset()..].strip_prefix(b",").unwrap_or_default();
    }
    (!series.is_empty()).then(|| Answer {
        kind: kind.into(),
        result: Value::Array(series),
        partial: true,
        ..Answer::default()
    })
}

/// An answer that says `success`.
#[derive(Debug, Deserialize)]
pub(super) struct Success<T> {
    pub(super) data: T,
    #[serde(default)]
    pub(super) warnings: Vec<String>,
    #[serde(default)]
    pub(super) infos: Vec<String>,
}

/// The envelope of every answer.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    status: String,
    error: String,
}

/// An answer, or why there is none. What is not asked for is passed over without being kept.
fn read<T: DeserializeOwned>((status, bytes): &(StatusCode, Bytes)) -> Result<Success<T>, Fault> {
    let kind = match *status {
        StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => FaultKind::Refused,
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => FaultKind::Unsupported,
        // What took too long there is overload, and so is being asked too often.
        StatusCode::TOO_MANY_REQUESTS => FaultKind::Unavailable,
        status if status.is_server_error() => FaultKind::Unavailable,
        status if status.is_success() => FaultKind::Broken,
        _ => FaultKind::Invalid,
    };
    let no_json = |_| Fault::new(kind, format!("HTTP {status}, and no JSON"));
    let Envelope { status: word, error } = serde_json::from_slice(bytes).map_err(no_json)?;
    if status.is_success() && word == "success" {
        let broken = |error: serde_json::Error| {
            Fault::new(FaultKind::Broken, format!("an answer of an unknown form, at byte {}", error.column()))
        };
        return serde_json::from_slice(bytes).map_err(broken);
    }
    let text = if error.is_empty() { format!("HTTP {status}") } else { error };
    Err(Fault::new(kind, text))
}

/// Some metadata reads; what is not there has no time.
fn stamps(endpoint: &Endpoint) -> Stamps {
    let identity = endpoint.identity.iter().flat_map(|identity| [&identity.certificate_file, &identity.key_file]);
    let written = |path: &PathBuf| std::fs::metadata(path).and_then(|about| about.modified()).ok();
    endpoint.ca_file.iter().chain(identity).map(written).collect()
}

fn connect(endpoint: &Endpoint) -> Result<Connections, EndpointError> {
    let tls = rustls::ClientConfig::builder().with_root_certificates(roots(endpoint)?);
    let tls = match &endpoint.identity {
        None => tls.with_no_client_auth(),
        Some(Identity { certificate_file, key_file }) => {
            let failed = |why: String| EndpointError::Identity {
                certificate_file: certificate_file.clone(),
                key_file: key_file.clone(),
                why,
            };
            let unreadable = |error: rustls::pki_types::pem::Error| failed(error.to_string());
            let chain = CertificateDer::pem_file_iter(certificate_file).map_err(unreadable)?;
            let chain = chain.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
            let key = PrivateKeyDer::from_pem_file(key_file).map_err(unreadable)?;
            tls.with_client_auth_cert(chain, key).map_err(|error| failed(error.to_string()))?
        }
    };
    let mut http = HttpConnector::new();
    http.enforce_http(false);
    http.set_connect_timeout(Some(CONNECT));
    let https = hyper_rustls::HttpsConnectorBuilder::new()
        .with_tls_config(tls)
        .https_or_http()
        .enable_http1()
        .wrap_connector(http);
    Ok(Client::builder(TokioExecutor::new()).build(https))
}

fn roots(endpoint: &Endpoint) -> Result<rustls::RootCertStore, EndpointError> {
    let mut roots = rustls::RootCertStore::empty();
    let system = PathBuf::from("/etc/ssl/certs/ca-certificates.crt");
    let (path, own) = match &endpoint.ca_file {
        Some(path) => (path.clone(), true),
        None => (system, false),
    };
    if !own && (endpoint.url.starts_with("http://") || !path.exists()) {
        return Ok(roots);
    }
    let failed = |why: String| EndpointError::Ca { path: path.clone(), why };
    let certificates = CertificateDer::pem_file_iter(&path).map_err(|error| failed(error.to_string()))?;
    for certificate in certificates {
        let added = certificate
            .map_err(|error| error.to_string())
            .and_then(|c| roots.add(c).map_err(|error| error.to_string()));
        // The system's bundle may hold a certificate that rustls cannot read; an operator's own may not.
        if let (Err(why), true) = (added, own) {
            return Err(failed(why));
        }
    }
    // A file that is being written is empty for a moment, and would trust nobody until the next change.
    if own && roots.is_empty() {
        return Err(failed("it holds no certificate".into()));
    }
    Ok(roots)
}

fn encode(form: &[(&str, &str)]) -> String {
    let mut out = String::new();
    for (key, value) in form {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(key);
        out.push('=');
        escape(value, &mut out);
    }
    out
}
