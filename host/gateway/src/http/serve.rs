//! The HTTP server: accepts within its limits, authenticates, hands MCP to rmcp, and ends gracefully.
use super::{
    Caller,
    auth::Tokens,
    sessions::Owners,
    settings::{HttpConfigError, HttpSettings},
    tls::Certificate,
};
use crate::{
    gateway::Gateway,
    handler::{Door, Endpoint},
};
use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{any, get},
};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
};
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService,
    session::local::{LocalSessionManager, SessionConfig},
};
use serde::Deserialize;
use std::{net::SocketAddr, path::PathBuf, sync::Arc, time::Duration};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// Says whether the program could answer a call now; the words of an error are shown at `/readyz`.
pub type Readiness = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// How often files are read again.
const RELOAD: Duration = Duration::from_secs(10);
/// How long connections get to close once every call has settled.
const CLOSE: Duration = Duration::from_secs(2);
/// The header of sessions before 2026-07-28.
const SESSION: &str = "mcp-session-id";

/// An HTTP endpoint that cannot be.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// The settings cannot be served.
    #[error(transparent)]
    Config(#[from] HttpConfigError),
    /// The address is taken, or not ours.
    #[error("cannot listen on {address}")]
    Bind {
        /// Where.
        address: SocketAddr,
        /// Why not.
        source: std::io::Error,
    },
    /// A token's file.
    #[error("{path} cannot be read")]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A token that is none.
    #[error("the token of {name} in {path} must be one line of at least 16 visible ASCII characters")]
    Token {
        /// Whose.
        name: String,
        /// Where.
        path: PathBuf,
    },
    /// One token for two callers: the record could not tell them apart.
    #[error("{one} and {other} have the same token: give each its own")]
    SameToken {
        /// One.
        one: String,
        /// The other.
        other: String,
    },
    /// A certificate or key that cannot be read.
    #[error("{path} holds no usable PEM")]
    Pem {
        /// Which.
        path: PathBuf,
        /// Why not.
        source: rustls::pki_types::pem::Error,
    },
    /// A certificate that cannot be served.
    #[error("the TLS certificate and key cannot be served")]
    Tls(#[source] rustls::Error),
}

/// Serves MCP at `/mcp`, besides `/healthz`, `/readyz` and `/metrics`, until `stop` fires and calls in flight have settled.
pub async fn serve_http(
    gateway: Gateway,
    settings: HttpSettings,
    ready: Readiness,
    stop: CancellationToken,
) -> Result<(), HttpError> {
    HttpServer::bind(gateway, settings, ready).await?.serve(stop).await;
    Ok(())
}

/// A bound endpoint that does not accept yet.
pub struct HttpServer {
    gateway: Gateway,
    settings: HttpSettings,
    listener: TcpListener,
    address: SocketAddr,
    tokens: Arc<Tokens>,
    certificate: Option<Arc<Certificate>>,
    tls: Option<TlsAcceptor>,
    ready: Readiness,
}

impl HttpServer {
    /// Checks the settings, reads tokens and certificates, and binds.
    pub async fn bind(gateway: Gateway, settings: HttpSettings, ready: Readiness) -> Result<Self, HttpError> {
        settings.check()?;
        let tokens = Arc::new(Tokens::load(&settings.tokens)?);
        let certificate = Certificate::load(settings.tls.as_ref())?;
        let tls = match &certificate {
            Some(certificate) => Some(TlsAcceptor::from(certificate.config()?)),
            None => None,
        };
        let unbound = |source| HttpError::Bind { address: settings.bind, source };
        let listener = TcpListener::bind(settings.bind).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        Ok(Self { gateway, settings, listener, address, tokens, certificate, tls, ready })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Accepts until `stop` fires; then no new connections, calls in flight settle (bounded by `drain_seconds`), and the rest is
    /// closed.
    pub async fn serve(self, stop: CancellationToken) {
        let Self { gateway, settings, listener, address, tokens, certificate, tls, ready } = self;
        let (mcp_ends, kill) = (CancellationToken::new(), CancellationToken::new());
        let origins = origins(&settings, address);
        let router = router(&gateway, &settings, origins, tokens.clone(), ready, &mcp_ends);
        let reloading = tokio::spawn(reload(tokens, certificate));
        let graceful = GracefulShutdown::new();
        let places = Arc::new(Semaphore::new(settings.max_connections as usize));
        let patience = Duration::from_secs(u64::from(settings.header_timeout_seconds));
        let connections = gateway.metrics().connections.clone();
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = accept(&listener, &places) => accepted,
            };
            let Some((stream, place)) = accepted else { continue };
            let (router, tls, watcher, kill) = (router.clone(), tls.clone(), graceful.watcher(), kill.clone());
            let connections = connections.clone();
            tokio::spawn(async move {
                connections.inc();
                let serving = async {
                    match tls {
                        None => connection(stream, router, patience, watcher).await,
                        Some(tls) => match tokio::time::timeout(patience, tls.accept(stream)).await {
                            Ok(Ok(stream)) => connection(stream, router, patience, watcher).await,
                            Ok(Err(_)) | Err(_) => tracing::debug!("a TLS handshake failed"),
                        },
                    }
                };
                tokio::select! { () = serving => {}, () = kill.cancelled() => {} }
                connections.dec();
                drop(place);
            });
        }
        drop(listener);
        let closing = tokio::spawn(graceful.shutdown());
        gateway.drain().await;
        // Results are on their way; open event streams would never end by themselves.
        tokio::time::sleep(Duration::from_millis(50)).await;
        mcp_ends.cancel();
        if tokio::time::timeout(CLOSE, closing).await.is_err() {
            kill.cancel();
        }
        reloading.abort();
    }
}

/// The next connection with its place; `None` where there was none, after a little wait.
pub(crate) async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, tokio::sync::OwnedSemaphorePermit)> {
    let place = places.clone().acquire_owned().await.ok()?;
    match listener.accept().await {
        Ok((stream, _)) => {
            // Small answers would otherwise wait for the peer's delayed acknowledgement: some 40 ms each.
            let _ = stream.set_nodelay(true);
            Some((stream, place))
        }
        Err(error) => {
            tracing::warn!(%error, "a connection could not be accepted");
            tokio::time::sleep(Duration::from_millis(50)).await;
            None
        }
    }
}

/// Serves HTTP/1.1 on it until it closes or the watcher says so.
pub(crate) async fn connection<S>(
    stream: S,
    router: Router,
    patience: Duration,
    watcher: hyper_util::server::graceful::Watcher,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let service = hyper::service::service_fn(move |request: http::Request<hyper::body::Incoming>| {
        let router = router.clone();
        async move { router.oneshot(request.map(Body::new)).await }
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(patience).max_buf_size(64 << 10);
    let serving = watcher.watch(builder.serve_connection(TokioIo::new(stream), service));
    if let Err(error) = serving.await {
        tracing::debug!(%error, "a connection ended with an error");
    }
}

async fn reload(tokens: Arc<Tokens>, certificate: Option<Arc<Certificate>>) {
    loop {
        tokio::time::sleep(RELOAD).await;
        let (tokens, certificate) = (tokens.clone(), certificate.clone());
        let _ = tokio::task::spawn_blocking(move || {
            tokens.reload();
            if let Some(certificate) = certificate {
                certificate.reload();
            }
        })
        .await;
    }
}

// ---- routes --------------------------------------------------------------------------------------------------------

type Mcp = StreamableHttpService<Endpoint, LocalSessionManager>;

struct Front {
    gateway: Gateway,
    mcp: Mcp,
    tokens: Arc<Tokens>,
    owners: Option<Owners>,
    ready: Readiness,
    max_body: usize,
    body_patience: Duration,
}

/// The configured origins, and on loopback the endpoint's own: a page that it served itself. A page from any other port is another
/// origin.
fn origins(settings: &HttpSettings, address: SocketAddr) -> Vec<String> {
    let own = ["localhost", "127.0.0.1", "[::1]"].map(|host| format!("http://{host}:{}", address.port()));
    let own = own.into_iter().filter(|_| address.ip().is_loopback());
    settings.allowed_origins.iter().cloned().chain(own).collect()
}

fn router(
    gateway: &Gateway,
    settings: &HttpSettings,
    origins: Vec<String>,
    tokens: Arc<Tokens>,
    ready: Readiness,
    ends: &CancellationToken,
) -> Router {
    let mut sessions = SessionConfig::default();
    sessions.keep_alive = Some(Duration::from_secs(u64::from(settings.session_idle_seconds)));
    let mut manager = LocalSessionManager::default();
    manager.session_config = sessions;
    let manager = Arc::new(manager);
    let config = StreamableHttpServerConfig::default()
        .with_json_response(true)
        .with_legacy_session_mode(settings.legacy_sessions)
        .with_allowed_hosts(settings.hosts())
        .with_allowed_origins(origins)
        .enforce_origin_validation()
        .with_max_request_body_bytes(settings.max_body_bytes as usize)
        .with_cancellation_token(ends.clone());
    let endpoint = Endpoint::new(gateway.clone(), Door::Http);
    let mcp = StreamableHttpService::new(move || Ok(endpoint.clone()), manager.clone(), config);
    let owners = settings.legacy_sessions.then(|| Owners::new(manager, settings.max_sessions as usize));
    let front = Arc::new(Front {
        gateway: gateway.clone(),
        mcp,
        tokens,
        owners,
        ready,
        max_body: settings.max_body_bytes as usize,
        body_patience: Duration::from_secs(u64::from(settings.body_timeout_seconds)),
    });
    Router::new()
        .route("/mcp", any(serve_mcp))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .with_state(front)
}

async fn readyz(State(front): State<Arc<Front>>) -> Response {
    let ready = if front.gateway.is_draining() { Err("shutting down".into()) } else { (front.ready)() };
    match ready {
        Ok(()) => "ok\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, why + "\n").into_response(),
    }
}

async fn metrics(State(front): State<Arc<Front>>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], front.gateway.metrics_text()).into_response()
}

/// Whether there is one host, and at most one origin: of several, each reader may believe another.
fn unambiguous(request: &Request) -> bool {
    let headers = request.headers();
    let count = |name| headers.get_all(name).iter().count();
    let host = headers.get(header::HOST).map(|host| host.as_bytes());
    let target = request.uri().authority().map(|authority| authority.as_str().as_bytes());
    count(header::HOST) == 1 && count(header::ORIGIN) <= 1 && target.is_none_or(|target| Some(target) == host)
}

async fn serve_mcp(State(front): State<Arc<Front>>, request: Request) -> Response {
    if !unambiguous(&request) {
        return (
            StatusCode::BAD_REQUEST,
            "Bad Request: one Host, the target's if it names one, and one Origin at most\n",
        )
            .into_response();
    }
    let Some(user) = authenticated(&front, request.headers()) else {
        front.gateway.metrics().unauthenticated.inc();
        let challenge = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer realm=\"wardgate\""))];
        return (StatusCode::UNAUTHORIZED, challenge, "a bearer token that an operator configured is needed\n")
            .into_response();
    };
    let session = match session(request.headers()) {
        Ok(session) => session,
        Err(why) => return (StatusCode::BAD_REQUEST, why).into_response(),
    };
    // The same words as for a session that does not exist.
    if let (Some(session), Some(owners)) = (&session, &front.owners)
        && !owners.owns(session, &user)
    {
        return (StatusCode::NOT_FOUND, "Not Found: Session not found").into_response();
    }
    let (mut parts, body) = request.into_parts();
    let body = if parts.method == Method::POST {
        match whole_body(&front, body).await {
            Ok(bytes) => bytes,
            Err(refusal) => return refusal,
        }
    } else {
        axum::body::Bytes::new()
    };
    if let Some(owners) = &front.owners
        && session.is_none()
        && begins_session(&body)
        && !owners.room().await
    {
        let retry = [(header::RETRY_AFTER, HeaderValue::from_static("30"))];
        return (StatusCode::SERVICE_UNAVAILABLE, retry, "too many sessions: end one, or speak MCP 2026-07-28\n")
            .into_response();
    }
    parts.extensions.insert(Caller { user: user.clone(), session: session.unwrap_or_default() });
    // The token has done its work; nothing behind this point needs it.
    parts.headers.remove(header::AUTHORIZATION);
    let response = front.mcp.handle(http::Request::from_parts(parts, Full::new(body))).await;
    if let Some(owners) = &front.owners
        && let Some(began) = response.headers().get(SESSION).and_then(|value| value.to_str().ok())
    {
        owners.began(began, &user).await;
    }
    response.map(Body::new)
}

fn authenticated(front: &Front, headers: &HeaderMap) -> Option<String> {
    if !front.tokens.required() {
        return Some("local".into());
    }
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, none) = (values.next()?, values.next());
    let (scheme, token) = value.as_bytes().split_at_checked("bearer ".len())?;
    let fits = none.is_none() && scheme.eq_ignore_ascii_case(b"bearer ");
    let name = front.tokens.name_of(token.trim_ascii());
    name.filter(|_| fits)
}

/// The legacy session that a request names.
fn session(headers: &HeaderMap) -> Result<Option<String>, &'static str> {
    let mut values = headers.get_all(SESSION).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => match value.to_str() {
            Ok(text) if (1..=128).contains(&text.len()) => Ok(Some(text.into())),
            _ => Err("Bad Request: malformed Mcp-Session-Id\n"),
        },
        (Some(_), Some(_)) => Err("Bad Request: more than one Mcp-Session-Id\n"),
    }
}

/// Read here and not by rmcp, because rmcp bounds a body's size but not its time. Whole, because JSON-RPC is: bounded in both.
#[allow(clippy::disallowed_methods)]
async fn whole_body(front: &Front, body: Body) -> Result<axum::body::Bytes, Response> {
    let reading = Limited::new(body, front.max_body).collect();
    match tokio::time::timeout(front.body_patience, reading).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err((StatusCode::PAYLOAD_TOO_LARGE, "the request's body is too large\n").into_response())
        }
        Ok(Err(_)) => Err((StatusCode::BAD_REQUEST, "the request's body broke off\n").into_response()),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the request's body took too long\n").into_response()),
    }
}

fn begins_session(body: &[u8]) -> bool {
    #[derive(Deserialize)]
    struct Peek {
        method: String,
    }
    serde_json::from_slice::<Peek>(body).is_ok_and(|peek| peek.method == "initialize")
}
