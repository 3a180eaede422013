//! An API server that answers just what the live backend asks: lists and watches of pods and namespaces, one pod, its log, an exec.
//! Exec and log do what a test's script says, so that every fault of a kubelet can be had at will. TLS, as the real one.
use base64::{Engine, engine::general_purpose::STANDARD};
use bytes::Bytes;
use futures_util::{SinkExt, StreamExt, future::BoxFuture};
use http::{Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full, StreamBody, combinators::UnsyncBoxBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject};
use serde_json::{Value, json};
use std::{
    collections::VecDeque,
    convert::Infallible,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{Message, handshake::derive_accept_key, protocol::Role},
};

type Body = UnsyncBoxBody<Bytes, std::io::Error>;
type Socket = WebSocketStream<TokioIo<hyper::upgrade::Upgraded>>;

/// What an exec does.
pub enum Exec {
    /// An answer that is no upgrade.
    Refuse(u16, String),
    /// Frames, as the script sends them; when it returns, the socket is dropped without a closing handshake.
    Talk(Box<dyn FnOnce(Talk) -> BoxFuture<'static, ()> + Send>),
}

/// What a log does: pieces, each after a wait. `None` cuts the connection.
pub type Log = Vec<(Duration, Option<Bytes>)>;

/// One request as it was seen.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub command: Vec<String>,
    pub authorization: String,
    pub audit_id: String,
}

#[derive(Default)]
struct State {
    uid: String,
    /// 0: the pod is there; otherwise the status that a read of it gets.
    broken: u16,
    execs: VecDeque<Exec>,
    logs: VecDeque<Log>,
    seen: Vec<Seen>,
}

/// A running stand-in.
#[derive(Clone)]
pub struct Server {
    state: Arc<Mutex<State>>,
    port: u16,
}

/// The script's end of an exec.
pub struct Talk {
    socket: Socket,
    server: Server,
}

impl Talk {
    pub async fn send(&mut self, channel: u8, data: &[u8]) -> bool {
        let mut frame = vec![channel];
        frame.extend_from_slice(data);
        self.socket.send(Message::Binary(frame.into())).await.is_ok()
    }
    pub async fn status(&mut self, status: Value) {
        self.send(3, status.to_string().as_bytes()).await;
    }
    pub async fn success(&mut self) {
        self.status(json!({"metadata": {}, "status": "Success"})).await;
    }
    pub async fn exit(&mut self, code: u8) {
        let cause = json!({"reason": "ExitCode", "message": code.to_string()});
        self.status(json!({"status": "Failure", "reason": "NonZeroExitCode", "details": {"causes": [cause]}})).await;
    }
    pub async fn not_started(&mut self, words: &str) {
        self.status(json!({"status": "Failure", "reason": "InternalError", "code": 500, "message": words})).await;
    }
    pub async fn close(&mut self) {
        let _ = self.socket.close(None).await;
    }
    /// Until the other side hangs up.
    pub async fn until_left(&mut self) {
        while let Some(Ok(_)) = self.socket.next().await {}
    }
    pub fn server(&self) -> &Server {
        &self.server
    }
}

impl Exec {
    pub fn talk<F: Future<Output = ()> + Send + 'static>(script: impl FnOnce(Talk) -> F + Send + 'static) -> Self {
        Self::Talk(Box::new(|talk| Box::pin(script(talk))))
    }
    /// Prints this and ends well.
    pub fn prints(text: &'static str) -> Self {
        Self::talk(move |mut talk| async move {
            talk.send(1, text.as_bytes()).await;
            talk.success().await;
        })
    }
}

fn tls_file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../gateway/tests/tls").join(name)
}

impl Server {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let chain = CertificateDer::pem_file_iter(tls_file("first.pem")).unwrap().map(Result::unwrap).collect();
        let key = PrivateKeyDer::from_pem_file(tls_file("first.key.pem")).unwrap();
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(chain, key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let state = State { uid: "uid-1".into(), ..State::default() };
        let server = Self { state: Arc::new(Mutex::new(state)), port };
        let serving = server.clone();
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (server, acceptor) = (serving.clone(), acceptor.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        server.connection(stream).await;
                    }
                });
            }
        });
        server
    }

    async fn connection(&self, stream: TlsStream<TcpStream>) {
        let service = hyper::service::service_fn(|request| {
            let server = self.clone();
            std::future::ready(Ok::<_, std::io::Error>(server.answer(request)))
        });
        let serving = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        let _ = serving.with_upgrades().await;
    }

    /// A kubeconfig for it, with the token in a file of its own.
    pub fn kubeconfig(&self, dir: &Path) -> PathBuf {
        std::fs::write(dir.join("token"), "first-token").unwrap();
        let ca = STANDARD.encode(std::fs::read(tls_file("first.pem")).unwrap());
        let config = json!({
            "apiVersion": "v1", "kind": "Config", "current-context": "c",
            "clusters": [{"name": "c", "cluster": {"server": format!("https://localhost:{}", self.port), "certificate-authority-data": ca}}],
            "users": [{"name": "u", "user": {"tokenFile": dir.join("token")}}],
            "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
        });
        let path = dir.join("kubeconfig");
        std::fs::write(&path, config.to_string()).unwrap();
        path
    }

    pub fn exec(&self, exec: Exec) {
        self.state().execs.push_back(exec);
    }
    pub fn log(&self, log: Log) {
        self.state().logs.push_back(log);
    }
    /// Another pod takes the name; watches do not hear of it.
    pub fn replace_pod(&self) {
        self.state().uid = "uid-2".into();
    }
    /// Reads of the pod get this status from now on.
    pub fn break_pod(&self, status: u16) {
        self.state().broken = status;
    }
    pub fn seen(&self) -> Vec<Seen> {
        self.state().seen.clone()
    }
    /// Commands that were run, with their wrappers.
    pub fn commands(&self) -> Vec<String> {
        self.seen().into_iter().filter(|seen| seen.path.ends_with("/exec")).map(|seen| seen.command.join(" ")).collect()
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn pod(&self) -> Value {
        let running = json!({"name": "app", "imageID": "docker.io/library/app@sha256:aaaa"});
        json!({
            "metadata": {"name": "web-0", "namespace": "shop", "uid": self.state().uid, "labels": {"app": "web"}, "resourceVersion": "7"},
            "spec": {"nodeName": "node-a", "containers": [{"name": "app", "image": "app:1"}]},
            "status": {"containerStatuses": [running]},
        })
    }

    fn answer(&self, request: Request<Incoming>) -> Response<Body> {
        let (path, query) = (request.uri().path().to_owned(), request.uri().query().unwrap_or_default().to_owned());
        let header = |name: &str| {
            request.headers().get(name).map_or_else(String::new, |value| value.to_str().unwrap_or_default().into())
        };
        self.state().seen.push(Seen {
            path: path.clone(),
            command: query.split('&').filter_map(|pair| pair.strip_prefix("command=")).map(unescape).collect(),
            authorization: header("authorization"),
            audit_id: header("audit-id"),
        });
        let watch = query.contains("watch=1");
        match path.as_str() {
            "/api/v1/pods" | "/api/v1/namespaces" if watch => watching(),
            "/api/v1/pods" => list(&[self.pod()]),
            "/api/v1/namespaces" => {
                let labels = json!({"debug-ai-access": "enabled", "debug-ai-exec": "enabled"});
                list(&[json!({"metadata": {"name": "shop", "labels": labels}})])
            }
            "/api/v1/namespaces/shop/pods/web-0" => {
                let broken = self.state().broken;
                if broken == 0 { whole(200, &self.pod()) } else { refusal(broken, "pods \"web-0\" cannot be had") }
            }
            "/api/v1/namespaces/shop/pods/web-0/exec" => self.exec_answer(request),
            "/api/v1/namespaces/shop/pods/web-0/log" => self.log_answer(),
            _ => refusal(404, "the server could not find the requested resource"),
        }
    }

    fn exec_answer(&self, request: Request<Incoming>) -> Response<Body> {
        let script = match self.state().execs.pop_front() {
            Some(Exec::Talk(script)) => script,
            Some(Exec::Refuse(status, words)) => return refusal(status, &words),
            None => return refusal(500, "no script for this exec"),
        };
        let accept = derive_accept_key(request.headers()[header::SEC_WEBSOCKET_KEY].as_bytes());
        let server = self.clone();
        tokio::spawn(async move {
            let upgraded = hyper::upgrade::on(request).await.unwrap();
            let socket = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Server, None).await;
            script(Talk { socket, server }).await;
        });
        Response::builder()
            .status(StatusCode::SWITCHING_PROTOCOLS)
            .header(header::CONNECTION, "Upgrade")
            .header(header::UPGRADE, "websocket")
            .header(header::SEC_WEBSOCKET_ACCEPT, accept)
            .header(header::SEC_WEBSOCKET_PROTOCOL, "v5.channel.k8s.io")
            .body(Full::default().map_err(never).boxed_unsync())
            .unwrap()
    }

    fn log_answer(&self) -> Response<Body> {
        let Some(log) = self.state().logs.pop_front() else { return refusal(500, "no script for this log") };
        let pieces = futures_util::stream::iter(log).then(|(wait, piece)| async move {
            tokio::time::sleep(wait).await;
            piece.map(Frame::data).ok_or_else(|| std::io::Error::other("cut"))
        });
        Response::new(BodyExt::boxed_unsync(StreamBody::new(pieces)))
    }
}

fn never(never: Infallible) -> std::io::Error {
    match never {}
}

fn unescape(text: &str) -> String {
    let (mut out, mut bytes) = (Vec::new(), text.bytes());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let hex: String = bytes.by_ref().take(2).map(char::from).collect();
            out.push(u8::from_str_radix(&hex, 16).unwrap());
        } else {
            out.push(byte);
        }
    }
    String::from_utf8(out).unwrap()
}

fn whole(status: u16, value: &Value) -> Response<Body> {
    let mut response = Response::new(Full::new(Bytes::from(value.to_string())).map_err(never).boxed_unsync());
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    response
}

fn refusal(status: u16, words: &str) -> Response<Body> {
    whole(status, &json!({"kind": "Status", "status": "Failure", "message": words, "code": status}))
}

fn list(items: &[Value]) -> Response<Body> {
    whole(200, &json!({"metadata": {"resourceVersion": "7"}, "items": items}))
}

/// A watch that says nothing and stays.
fn watching() -> Response<Body> {
    let silence = futures_util::stream::pending::<Result<Frame<Bytes>, std::io::Error>>();
    Response::new(BodyExt::boxed_unsync(StreamBody::new(silence)))
}
