//! MCP over real HTTP, in requests as they stand on the wire. Policy, evidence and cluster are stand-ins.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]
mod common;
use common::{Step::*, *};
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use wardgate_gateway::{CancellationToken, GatewaySettings, HttpServer, HttpSettings};

struct Server {
    house: House,
    address: SocketAddr,
    stop: CancellationToken,
    ready: Arc<AtomicBool>,
    served: tokio::task::JoinHandle<()>,
    _folder: tempfile::TempDir,
}

const BOT: &str = "bot-token-0123456789";
const OPS: &str = "ops-token-9876543210";

async fn server(tokens: bool, change: impl FnOnce(&mut GatewaySettings, &mut HttpSettings)) -> Server {
    let folder = tempfile::tempdir().unwrap();
    let (mut settings, mut http) = (GatewaySettings::default(), HttpSettings::default());
    settings.drain_seconds = 1;
    http.bind = "127.0.0.1:0".parse().unwrap();
    if tokens {
        for (name, token) in [("bot", BOT), ("ops", OPS)] {
            let path = folder.path().join(name);
            std::fs::write(&path, token).unwrap();
            http.tokens.insert(name.into(), path);
        }
    }
    change(&mut settings, &mut http);
    let (house, stop, ready) = (house(settings), CancellationToken::new(), Arc::new(AtomicBool::new(true)));
    let asked = ready.clone();
    let readiness =
        Arc::new(move || if asked.load(SeqCst) { Ok(()) } else { Err("evidence store is full".to_string()) });
    let bound = HttpServer::bind(house.gateway.clone(), http, readiness).await.unwrap();
    let (address, stopped) = (bound.local_addr(), stop.clone());
    let served = tokio::spawn(bound.serve(stopped));
    Server { house, address, stop, ready, served, _folder: folder }
}

struct Reply {
    status: u16,
    headers: BTreeMap<String, String>,
    body: String,
}

impl Reply {
    /// The JSON-RPC answer, plain or as the last event of a stream.
    fn json(&self) -> Value {
        let text = match self.headers["content-type"].as_str() {
            "application/json" => self.body.as_str(),
            _ => self
                .body
                .lines()
                .filter_map(|line| line.strip_prefix("data: "))
                .rfind(|l| l.contains("jsonrpc"))
                .unwrap(),
        };
        serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}"))
    }
}

impl Server {
    fn head(&self, method: &str, path: &str, headers: &[(&str, &str)], length: usize) -> String {
        let mut head = format!("{method} {path} HTTP/1.1\r\ncontent-length: {length}\r\n");
        if !headers.iter().any(|(name, _)| *name == "host") {
            head += &format!("host: {}\r\n", self.address);
        }
        for (name, value) in headers {
            head += &format!("{name}: {value}\r\n");
        }
        head + "\r\n"
    }

    async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Reply {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        let head = self.head(method, path, &[headers, &[("connection", "close")]].concat(), body.len());
        stream.write_all((head + body).as_bytes()).await.unwrap();
        read(&mut stream).await
    }

    /// A request of revision 2026-07-28 with the headers it demands.
    async fn modern(&self, method: &str, params: Value, more: &[(&str, &str)]) -> Reply {
        let name = params["name"].as_str().unwrap_or_default().to_string();
        let mut headers = vec![
            ("accept", "application/json, text/event-stream"),
            ("content-type", "application/json"),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", method),
        ];
        if !name.is_empty() {
            headers.push(("mcp-name", &name));
        }
        headers.extend_from_slice(more);
        self.send("POST", "/mcp", &headers, &modern(1, method, params).to_string()).await
    }

    async fn legacy(&self, message: &Value, more: &[(&str, &str)]) -> Reply {
        let headers =
            [&[("accept", "application/json, text/event-stream"), ("content-type", "application/json")][..], more]
                .concat();
        self.send("POST", "/mcp", &headers, &message.to_string()).await
    }
}

async fn read(stream: &mut TcpStream) -> Reply {
    let mut bytes = Vec::new();
    tokio::time::timeout(Duration::from_secs(20), stream.read_to_end(&mut bytes)).await.expect("in time").unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{text:?}"));
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers: BTreeMap<_, _> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_string()))
        .collect();
    let chunked = headers.get("transfer-encoding").is_some_and(|kind| kind == "chunked");
    Reply { status, body: if chunked { dechunked(body) } else { body.into() }, headers }
}

fn dechunked(mut text: &str) -> String {
    let mut body = String::new();
    while let Some((size, rest)) = text.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        body += &rest[..size];
        text = rest[size..].strip_prefix("\r\n").unwrap_or_default();
        if size == 0 {
            break;
        }
    }
    body
}

fn logs() -> Value {
    call("k8s_get_logs", json!({"namespace": "shop", "pod": "p"}))
}

#[tokio::test]
async fn a_modern_client_needs_no_session() {
    let server = server(false, |_, _| {}).await;
    server.house.cluster.answers([log("password=hunter2\n"), DONE]);
    let discovered = server.modern("server/discover", json!({}), &[]).await;
    assert_eq!(discovered.status, 200, "{}", discovered.body);
    let listed = server.modern("tools/list", json!({}), &[]).await.json();
    let names: Vec<_> = listed["result"]["tools"].as_array().unwrap().iter().map(|tool| &tool["name"]).collect();
    assert_eq!(names, server.house.gateway.tool_names());
    let reply = server.modern("tools/call", logs(), &[]).await;
    assert_eq!(reply.headers["content-type"], "application/json");
    assert!(!reply.headers.contains_key("mcp-session-id"));
    let result = reply.json()["result"].clone();
    assert_eq!(result["structuredContent"]["lines"], json!(["password=[redacted:password]"]));
    assert_eq!(result["resultType"], "complete");
    assert_eq!(server.house.book.lines()[0], "intent k8s_get_logs by local session none incident -");
}

#[tokio::test]
async fn a_legacy_client_gets_a_session_on_the_same_endpoint() {
    let server = server(false, |_, _| {}).await;
    server.house.cluster.answers([log("x\n"), DONE]);
    let begun = server.legacy(&initialize("2025-11-25"), &[]).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    assert_eq!(begun.json()["result"]["protocolVersion"], "2025-11-25");
    let session = begun.headers["mcp-session-id"].clone();
    let with = [("mcp-session-id", session.as_str()), ("mcp-protocol-version", "2025-11-25")];
    let noted = server.legacy(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), &with).await;
    assert_eq!(noted.status, 202);
    let asked = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": logs()});
    let result = server.legacy(&asked, &with).await.json()["result"].clone();
    assert_eq!(result["structuredContent"]["lines"], json!(["x"]));
    assert_eq!(server.house.book.lines()[0], "intent k8s_get_logs by local session some incident -");
    assert_eq!(server.send("DELETE", "/mcp", &with, "").await.status, 202);
    assert_eq!(server.legacy(&asked, &with).await.status, 404);
}

#[tokio::test]
async fn a_cancel_notice_of_a_legacy_session_stops_the_call() {
    let server = server(false, |_, _| {}).await;
    server.house.cluster.answers([Hang]);
    let begun = server.legacy(&initialize("2025-11-25"), &[]).await;
    let session = begun.headers["mcp-session-id"].clone();
    let with = [("mcp-session-id", session.as_str()), ("mcp-protocol-version", "2025-11-25")];
    server.legacy(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), &with).await;
    let asked = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": logs()});
    let cancel = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 2}});
    let asking = server.legacy(&asked, &with);
    let cancelling = async {
        server.house.book.saw("intent").await;
        server.legacy(&cancel, &with).await;
        server.house.book.saw("outcome").await
    };
    tokio::select! {
        outcome = cancelling => assert_eq!(outcome, "outcome Cut(Stopped)"),
        () = async { asking.await; std::future::pending().await } => {}
    }
}

#[tokio::test]
async fn a_client_that_hangs_up_stops_the_call_and_it_settles() {
    let server = server(false, |_, _| {}).await;
    server.house.cluster.answers([log("one\n"), Hang]);
    let (body, headers) = (
        modern(1, "tools/call", logs()).to_string(),
        [
            ("accept", "application/json, text/event-stream"),
            ("content-type", "application/json"),
            ("mcp-protocol-version", "2026-07-28"),
            ("mcp-method", "tools/call"),
            ("mcp-name", "k8s_get_logs"),
        ],
    );
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = server.head("POST", "/mcp", &headers, body.len());
    stream.write_all((head + &body).as_bytes()).await.unwrap();
    server.house.book.saw("intent").await;
    drop(stream);
    assert_eq!(server.house.book.saw("outcome").await, "outcome Cut(Stopped)");
}

#[tokio::test]
async fn only_configured_tokens_pass_and_their_name_stands_on_record() {
    let server = server(true, |_, _| {}).await;
    server.house.cluster.answers([DONE]);
    let wrong = format!("Bearer {}", &BOT[1..]);
    let lower = format!("bearer {BOT}");
    let right = format!("Bearer {BOT}");
    for (headers, status) in [
        (vec![], 401),
        (vec![("authorization", wrong.as_str())], 401),
        (vec![("authorization", BOT)], 401),
        (vec![("authorization", "Basic Ym90OmJvdA==")], 401),
        (vec![("authorization", right.as_str()), ("authorization", wrong.as_str())], 401),
        (vec![("authorization", right.as_str())], 200),
        (vec![("authorization", lower.as_str())], 200),
    ] {
        let reply = server.modern("tools/call", logs(), &headers).await;
        assert_eq!(reply.status, status, "{headers:?}");
        assert_eq!(reply.headers.contains_key("www-authenticate"), status == 401);
    }
    assert_eq!(server.house.book.lines()[0], "intent k8s_get_logs by bot session none incident -");
    assert_eq!(server.house.book.lines().len(), 4, "who is not authenticated reaches nothing");
}

#[tokio::test]
async fn a_session_is_worth_nothing_to_another_caller() {
    let server = server(true, |_, _| {}).await;
    let (bot, ops) = (format!("Bearer {BOT}"), format!("Bearer {OPS}"));
    let begun = server.legacy(&initialize("2025-11-25"), &[("authorization", &bot)]).await;
    let session = begun.headers["mcp-session-id"].clone();
    let sse = ("accept", "text/event-stream");
    let theirs = [("authorization", ops.as_str()), ("mcp-session-id", session.as_str()), sse];
    assert_eq!(server.send("GET", "/mcp", &theirs, "").await.status, 404, "a stream cannot be taken over");
    assert_eq!(server.send("DELETE", "/mcp", &theirs, "").await.status, 404, "nor ended");
    let asked = json!({"jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": {}});
    assert_eq!(server.legacy(&asked, &theirs[..2]).await.status, 404);
    let own = [("authorization", bot.as_str()), ("mcp-session-id", session.as_str())];
    server.legacy(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), &own).await;
    assert_eq!(server.legacy(&asked, &own).await.status, 200);
}

#[tokio::test]
async fn sessions_are_bounded() {
    let server = server(false, |_, http| http.max_sessions = 2).await;
    for _ in 0..2 {
        assert_eq!(server.legacy(&initialize("2025-11-25"), &[]).await.status, 200);
    }
    assert_eq!(server.legacy(&initialize("2025-11-25"), &[]).await.status, 503);
    assert_eq!(server.modern("tools/list", json!({}), &[]).await.status, 200);
}

#[tokio::test]
async fn a_rebound_host_or_a_page_of_another_origin_is_refused_on_loopback_too() {
    let server = server(false, |_, http| {
        http.allowed_hosts.push("gate.example".into());
        http.allowed_origins.push("https://console.example:443".into());
    })
    .await;
    let own = format!("http://localhost:{}", server.address.port());
    for (headers, status) in [
        (vec![("host", "evil.example")], 403),
        (vec![("host", "127.0.0.1.evil.example:80")], 403),
        (vec![("host", "localhost")], 200),
        (vec![("host", "gate.example:8443")], 200),
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "http://localhost:3000")], 403),
        (vec![("origin", own.as_str())], 200),
        (vec![("origin", "https://console.example")], 200),
    ] {
        let reply = server.modern("tools/list", json!({}), &headers).await;
        assert_eq!(reply.status, status, "{headers:?}: {}", reply.body);
    }
}

#[tokio::test]
async fn headers_that_contradict_the_body_and_unknown_versions_are_refused() {
    let server = server(false, |_, _| {}).await;
    let body = modern(1, "tools/call", logs()).to_string();
    let base = [("accept", "application/json, text/event-stream"), ("content-type", "application/json")];
    let with = |more: &[(&'static str, &'static str)]| [&base[..], more].concat();
    for (headers, code) in [
        (
            with(&[("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/list"), ("mcp-name", "k8s_get_logs")]),
            -32020,
        ),
        (
            with(&[("mcp-protocol-version", "2026-07-28"), ("mcp-method", "tools/call"), ("mcp-name", "k8s_get")]),
            -32020,
        ),
    ] {
        let reply = server.send("POST", "/mcp", &headers, &body).await;
        assert_eq!((reply.status, reply.json()["error"]["code"].clone()), (400, json!(code)), "{}", reply.body);
    }
    let unknown = body.replace("2026-07-28", "2031-01-01");
    let headers =
        with(&[("mcp-protocol-version", "2031-01-01"), ("mcp-method", "tools/call"), ("mcp-name", "k8s_get_logs")]);
    let reply = server.send("POST", "/mcp", &headers, &unknown).await;
    assert_eq!((reply.status, reply.json()["error"]["code"].clone()), (400, json!(-32022)));
    assert_eq!(server.house.book.lines(), [""; 0]);
}

#[tokio::test]
async fn bodies_are_bounded_in_size_and_time() {
    let server = server(false, |_, http| {
        http.max_body_bytes = 1000;
        http.body_timeout_seconds = 1;
    })
    .await;
    let big = json!({"name": "k8s_get_logs", "arguments": {"namespace": "x".repeat(2000)}});
    assert_eq!(server.modern("tools/call", big, &[]).await.status, 413);
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head = server.head("POST", "/mcp", &[("connection", "close")], 100);
    stream.write_all((head + "{").as_bytes()).await.unwrap();
    assert_eq!(read(&mut stream).await.status, 408);
}

#[tokio::test]
async fn a_client_that_never_ends_its_head_is_hung_up_on() {
    let server = server(false, |_, http| http.header_timeout_seconds = 1).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    stream.write_all(b"POST /mcp HTTP/1.1\r\nhost: a\r\n").await.unwrap();
    let begun = Instant::now();
    let mut rest = Vec::new();
    let _ = tokio::time::timeout(Duration::from_secs(10), stream.read_to_end(&mut rest)).await.expect("hung up");
    assert!(begun.elapsed() < Duration::from_secs(5));
}

#[tokio::test]
async fn connections_beyond_the_cap_wait() {
    let server = server(false, |_, http| http.max_connections = 2).await;
    let hold = [TcpStream::connect(server.address).await.unwrap(), TcpStream::connect(server.address).await.unwrap()];
    tokio::time::sleep(Duration::from_millis(100)).await;
    let waiting = server.send("GET", "/healthz", &[], "");
    tokio::pin!(waiting);
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut waiting).await.is_err());
    drop(hold);
    assert_eq!(waiting.await.status, 200);
}

#[tokio::test]
async fn health_readiness_and_metrics_tell_the_state() {
    let server = server(true, |_, _| {}).await;
    server.house.cluster.answers([DONE]);
    let bot = format!("Bearer {BOT}");
    server.modern("tools/call", logs(), &[("authorization", &bot)]).await;
    let exec = call("k8s_exec_readonly", json!({"namespace": "shop", "pod": "p", "command": ["sh"]}));
    server.modern("tools/call", exec, &[("authorization", &bot)]).await;
    server.modern("tools/call", json!({"name": "made_up_by_caller"}), &[("authorization", &bot)]).await;
    server.modern("tools/list", json!({}), &[]).await;
    assert_eq!(server.send("GET", "/healthz", &[], "").await.status, 200);
    assert_eq!(server.send("GET", "/readyz", &[], "").await.status, 200);
    server.ready.store(false, SeqCst);
    let reply = server.send("GET", "/readyz", &[], "").await;
    assert_eq!((reply.status, reply.body.as_str()), (503, "evidence store is full\n"));
    let text = server.send("GET", "/metrics", &[], "").await.body;
    for line in [
        r#"wardgate_calls_total{tool="k8s_get_logs",outcome="complete"} 1"#,
        r#"wardgate_calls_total{tool="k8s_exec_readonly",outcome="denied"} 1"#,
        r#"wardgate_calls_total{tool="unknown",outcome="denied"} 1"#,
        r#"wardgate_denials_total{rule="exec.shell"} 1"#,
        "wardgate_calls_in_flight 0",
        "wardgate_unauthenticated_requests_total 1",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(!text.contains("made_up_by_caller"));
}

#[tokio::test]
async fn a_stop_drains_calls_in_flight_and_their_results_go_out() {
    let server = server(false, |_, _| {}).await;
    server.house.cluster.answers([log("one\n"), Hang]);
    let begun = server.legacy(&initialize("2025-11-25"), &[]).await;
    let session = begun.headers["mcp-session-id"].clone();
    let asking = server.modern("tools/call", logs(), &[]);
    let open = [("accept", "text/event-stream"), ("mcp-session-id", session.as_str())];
    let streaming = server.send("GET", "/mcp", &open, "");
    let stopping = async {
        server.house.book.saw("intent").await;
        server.stop.cancel();
    };
    let (reply, _, ()) = tokio::join!(asking, streaming, stopping);
    assert_eq!(reply.json()["result"]["structuredContent"]["outcome"], json!({"cut": "stopped"}));
    tokio::time::timeout(Duration::from_secs(10), server.served).await.expect("it ends").unwrap();
    assert!(TcpStream::connect(server.address).await.is_err());
}

/// Attack: twice as many commands in a container by naming it in some calls and leaving it out in others.
#[tokio::test]
async fn a_container_has_its_places_however_it_is_named() {
    let server = server(false, |settings, _| settings.quotas.execs_per_container = 1).await;
    server.house.cluster.answers([Hang]);
    let asked = |more: Value| {
        let mut arguments = json!({"namespace": "shop", "pod": "p", "command": ["id"]});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        call("k8s_exec_readonly", arguments)
    };
    let first = server.modern("tools/call", asked(json!({})), &[]);
    let second = async {
        server.house.book.saw("intent").await;
        let reply = server.modern("tools/call", asked(json!({"container": "app"})), &[]).await;
        reply.json()["result"]["structuredContent"]["denied"].clone()
    };
    tokio::select! {
        denied = second => assert_eq!((&denied["rule"], &denied["details"]["scope"]), (&json!("quota.busy"), &json!("in this container"))),
        _ = first => panic!("it hangs"),
    }
}

#[tokio::test]
async fn a_crowd_is_turned_away_with_a_hint_and_on_record() {
    let server = server(false, |settings, _| settings.quotas.logs = 1).await;
    server.house.cluster.answers([Hang]);
    let first = server.modern("tools/call", logs(), &[]);
    let second = async {
        server.house.book.saw("intent").await;
        server.modern("tools/call", logs(), &[]).await.json()["result"]["structuredContent"]["denied"].clone()
    };
    tokio::select! {
        denied = second => {
            assert_eq!(denied["rule"], "quota.busy");
            assert_eq!(denied["details"]["retry_after_seconds"], "5");
        }
        _ = first => panic!("it hangs"),
    }
    server.house.book.saw("away k8s_get_logs by local quota.busy").await;
}

#[tokio::test]
async fn a_page_is_refused_when_no_origin_is_configured() {
    let server = server(false, |_, _| {}).await;
    let reply = server.modern("tools/list", json!({}), &[("origin", "http://localhost:3000")]).await;
    assert_eq!(reply.status, 403);
}

/// A legacy answer is an event stream in several small writes: without TCP_NODELAY each call would wait some 40 ms.
#[tokio::test]
async fn streamed_answers_do_not_wait_for_delayed_acknowledgements() {
    let server = server(false, |_, _| {}).await;
    server.house.cluster.answers([log(&"a line of log text\n".repeat(100)), DONE]);
    let begun = server.legacy(&initialize("2025-11-25"), &[]).await;
    let session = begun.headers["mcp-session-id"].clone();
    let with = [("mcp-session-id", session.as_str()), ("mcp-protocol-version", "2025-11-25")];
    server.legacy(&json!({"jsonrpc": "2.0", "method": "notifications/initialized"}), &with).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let mut took: Vec<_> = Vec::new();
    for id in 1..=21 {
        let asked = json!({"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": logs()}).to_string();
        let accept = ("accept", "application/json, text/event-stream");
        let headers = [&[accept, ("content-type", "application/json")][..], &with].concat();
        let begun = Instant::now();
        let request = server.head("POST", "/mcp", &headers, asked.len()) + &asked;
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        while !answer.ends_with(b"0\r\n\r\n") {
            assert!(stream.read_buf(&mut answer).await.unwrap() > 0);
        }
        took.push(begun.elapsed());
    }
    took.sort();
    assert!(took[10] < Duration::from_millis(30), "{took:?}");
}
