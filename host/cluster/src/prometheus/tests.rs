//! The backend against a stand-in server over HTTP: what leaves, what comes back, and every fault that a server can have.
#![allow(clippy::unwrap_used, clippy::panic, clippy::unnecessary_wraps)]
use super::*;
use crate::mirror::tests::WALL;
use serde_json::{Value, json};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpListener,
};
use wardgate_core::{
    Call, Channel, Clock, Cut, Facts, Floor, Limits, Lookup, Metadata, Outcome, Place, Request, Road, Settled, Target,
    Value as Told, never,
};
use wardgate_standins::{Count, Open};

#[test]
fn times_are_sent_exactly() {
    for (ms, text) in [(0, "0.000"), (1_795_000_000_123, "1795000000.123"), (15_000, "15.000"), (7, "0.007")] {
        assert_eq!(seconds(ms), text);
    }
}

// ---- the stand-in ----------------------------------------------------------------------------------------------------

#[derive(Clone)]
pub(super) enum Reply {
    Json(u16, String),
    /// Says that so many bytes will come, and sends them as long as somebody reads.
    Flood(u64),
    /// Sends a beginning, then nothing.
    Hang,
    /// Closes midway.
    Broken,
}

type Handler = Arc<dyn Fn(&str) -> Reply + Send + Sync>;

#[derive(Clone)]
pub(super) struct Server {
    pub(super) url: String,
    /// Request line, head and body, as they came.
    seen: Arc<Mutex<Vec<String>>>,
    sent: Arc<AtomicU64>,
}

impl Server {
    pub(super) async fn start(handler: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let server = Self { url, seen: Arc::default(), sent: Arc::default() };
        let (one, handler): (_, Handler) = (server.clone(), Arc::new(handler));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, one.clone(), handler.clone()));
            }
        });
        server
    }

    /// The same behind TLS, as it is configured when somebody comes.
    pub(super) async fn start_tls(
        handler: impl Fn(&str) -> Reply + Send + Sync + 'static,
        tls: Arc<Mutex<Arc<rustls::ServerConfig>>>,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let server = Self { url, seen: Arc::default(), sent: Arc::default() };
        let (one, handler): (_, Handler) = (server.clone(), Arc::new(handler));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = tokio_rustls::TlsAcceptor::from(tls.lock().unwrap().clone());
                let (one, handler) = (one.clone(), handler.clone());
                tokio::spawn(async move {
                    if let Ok(stream) = acceptor.accept(stream).await {
                        serve(stream, one, handler).await;
                    }
                });
            }
        });
        server
    }

    pub(super) fn requests(&self, of: &str) -> Vec<String> {
        self.seen.lock().unwrap().iter().filter(|request| request.contains(of)).cloned().collect()
    }
}

async fn serve(mut stream: impl AsyncRead + AsyncWrite + Unpin + Send, server: Server, handler: Handler) {
    let mut request = Vec::new();
    loop {
        let mut more = [0; 4096];
        let Ok(count @ 1..) = stream.read(&mut more).await else { return };
        request.extend_from_slice(&more[..count]);
        let text = String::from_utf8_lossy(&request).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if body.len() < length.unwrap_or(0) {
            continue;
        }
        break;
    }
    let text = String::from_utf8_lossy(&request).into_owned();
    server.seen.lock().unwrap().push(text.clone());
    let head = |status: u16, length: u64| {
        format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n"
        )
    };
    match handler(&text) {
        Reply::Json(status, body) => {
            tokio::time::sleep(Duration::from_millis(20)).await;
            _ = stream.write_all((head(status, body.len() as u64) + &body).as_bytes()).await;
        }
        Reply::Flood(total) => {
            _ = stream.write_all(head(200, total).as_bytes()).await;
            let block = vec![b' '; 64 << 10];
            while server.sent.load(SeqCst) < total && stream.write_all(&block).await.is_ok() {
                server.sent.fetch_add(block.len() as u64, SeqCst);
            }
        }
        Reply::Hang => {
            _ = stream.write_all((head(200, 100) + "{\"status\"").as_bytes()).await;
            std::future::pending::<()>().await;
        }
        Reply::Broken => _ = stream.write_all((head(200, 100) + "{\"status\"").as_bytes()).await,
    }
}

pub(super) fn success(data: &Value) -> Reply {
    Reply::Json(200, json!({"status": "success", "data": data}).to_string())
}

pub(super) fn vector() -> Value {
    json!({"resultType": "vector", "result": [{"metric": {"pod": "a"}, "value": [1.5, "0.30000000000000004"]}]})
}

// ---- the road --------------------------------------------------------------------------------------------------------

pub(super) struct Labelled;

impl OpenNamespaces for Labelled {
    fn open(&self, namespace: &str) -> bool {
        ["pay", "shop"].contains(&namespace)
    }
    fn seen_by(&self, _: &Subject) -> Vec<String> {
        vec!["pay".into(), "shop".into()]
    }
}

struct Wall;

impl Clock for Wall {
    fn now(&self) -> u64 {
        WALL
    }
    fn after(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }
}

impl Lookup for Wall {
    fn resolve<'a>(&'a self, _: &'a Place, _: &'a wardgate_core::AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        Box::pin(async { Ok(Facts { targets: vec![Target::default()], ..Facts::default() }) })
    }
    fn answer<'a>(&'a self, _: &'a Target, _: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        Box::pin(async { Err(Unanswered::Unsupported) })
    }
}

fn backend(server: &Server, tenancy: Tenancy, change: impl FnOnce(&mut Settings)) -> Arc<Prometheus> {
    let endpoint =
        Endpoint { url: server.url.clone(), token_file: None, ca_file: None, identity: None, headers: vec![] };
    let cluster_metrics = ["node_load1".to_owned()].into();
    let mut settings = Settings { endpoint, cluster_metrics, tenancy, lookup_timeout: Duration::from_secs(5) };
    change(&mut settings);
    Prometheus::new(settings, Arc::new(Labelled)).unwrap()
}

pub(super) async fn ask<R: Request>(prometheus: &Arc<Prometheus>, request: R) -> Settled
where
    Prometheus: Backend<R>,
{
    ask_within(prometheus, request, Limits::default().read_bytes).await
}

async fn ask_within<R: Request>(prometheus: &Arc<Prometheus>, request: R, read_bytes: u64) -> Settled
where
    Prometheus: Backend<R>,
{
    let (open, wall) = (Arc::new(Open), Arc::new(Wall));
    let road = Road {
        reviewers: open.clone(),
        redactors: open.clone(),
        lookup: wall.clone(),
        ledger: open.clone(),
        clock: wall,
        ids: Arc::new(Count::default()),
        limits: Limits { released_bytes: 8 << 20, read_bytes, time: Duration::from_secs(2), ..Limits::default() },
        floor: Floor::default(),
    };
    let call = Call {
        subject: Subject::named("test"),
        place: Place::default(),
        request,
        tool: "test",
        select: None,
        attributes: BTreeMap::new(),
    };
    road.travel(call, prometheus.clone() as Arc<dyn Backend<R>>, never()).await
}

pub(super) fn query(text: &str) -> Query {
    Query { text: text.into(), start: WALL, end: WALL, step: 0 }
}

fn metadata(what: &str) -> Metadata {
    Metadata { what: what.into(), start: WALL - 60_000, end: WALL, ..Metadata::default() }
}

pub(super) fn records(settled: &Settled) -> Vec<Value> {
    let all = settled.body().records.iter().map(|record| record.value.clone());
    all.filter(|document| document.get("answer").is_none()).collect()
}

fn body(request: &str) -> &str {
    request.split_once("\r\n\r\n").unwrap().1
}

// ---- what leaves -----------------------------------------------------------------------------------------------------

#[tokio::test]
async fn a_query_is_one_canonical_request_and_numbers_stay_exact() {
    let server = Server::start(|_| success(&vector())).await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let settled = ask(&prometheus, query("sum(up{namespace='shop'}) # &step=1&query=up")).await;
    assert_eq!(records(&settled), [json!({"metric": {"pod": "a"}, "value": [1.5, "0.30000000000000004"]})]);
    let seen = server.requests("POST ");
    assert!(seen.len() == 1 && seen[0].starts_with("POST /api/v1/query HTTP/1.1\r\n"), "{seen:?}");
    let form = "query=sum%28up%7Bnamespace%3D%22shop%22%7D%29&time=1773412200.000&timeout=2000ms";
    assert_eq!(body(&seen[0]), form);
    let ranged = Query { start: WALL - 60_000, step: 15_000, ..query("up{namespace=\"shop\"}") };
    _ = ask(&prometheus, ranged).await;
    let seen = server.requests("query_range");
    assert!(
        body(&seen[0]).ends_with("&start=1773412140.000&end=1773412200.000&step=15.000&timeout=2000ms"),
        "{seen:?}"
    );
}

#[tokio::test]
async fn with_rewriting_the_server_gets_the_open_namespaces_and_without_nothing_leaves() {
    let server = Server::start(|_| success(&vector())).await;
    let refused = ask(&backend(&server, Tenancy::Refuse, |_| {}), query("up")).await;
    assert!(matches!(refused.outcome(), Outcome::Refused(_)) && server.requests("POST ").is_empty());
    let rewriting = backend(&server, Tenancy::Rewrite, |_| {});
    _ = ask(&rewriting, query("up")).await;
    assert!(body(&server.requests("POST ")[0]).starts_with("query=up%7Bnamespace%3D~%22pay%7Cshop%22%7D&"));
    let closed = ask(&rewriting, query("up{namespace=\"kube-system\"}")).await;
    assert!(matches!(closed.outcome(), Outcome::Refused(_)) && server.requests("POST ").len() == 1);
    let values = Metadata { name: Some("pod".into()), selector: Some("up".into()), ..metadata("label-values") };
    _ = ask(&rewriting, values).await;
    let seen = server.requests("/label/pod/values");
    assert!(
        seen[0].contains("match%5B%5D=up%7Bnamespace%3D~%22pay%7Cshop%22%7D")
            || seen[0].contains("match[]=up%7Bnamespace%3D~")
    );
}

#[tokio::test]
async fn a_rotated_token_is_sent_and_a_lost_one_sends_nothing() {
    let server = Server::start(|_| success(&vector())).await;
    let file = tempfile::NamedTempFile::new().unwrap();
    let prometheus = backend(&server, Tenancy::Refuse, |settings| {
        settings.endpoint.token_file = Some(file.path().into());
        settings.endpoint.headers = vec![("X-Scope-OrgID".into(), "team-a".into())];
    });
    for token in ["first", "second"] {
        std::fs::write(file.path(), format!("{token}\n")).unwrap();
        _ = ask(&prometheus, query("node_load1")).await;
        let seen = server.requests("POST ").pop().unwrap();
        assert!(
            seen.contains(&format!("authorization: Bearer {token}\r\n")) && seen.contains("x-scope-orgid: team-a\r\n")
        );
    }
    file.close().unwrap();
    let settled = ask(&prometheus, query("node_load1")).await;
    assert_eq!(settled.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Unavailable)));
    assert_eq!(server.requests("POST ").len(), 2);
}

#[test]
fn an_identity_that_cannot_be_used_is_said_at_the_start() {
    let identity = Identity { certificate_file: "/nowhere/c.pem".into(), key_file: "/nowhere/k.pem".into() };
    let url = "https://127.0.0.1:1".into();
    let endpoint = Endpoint { url, token_file: None, ca_file: None, identity: Some(identity), headers: vec![] };
    let error = Http::new(&endpoint).err().unwrap().to_string();
    assert!(error.contains("/nowhere/c.pem") && error.contains("/nowhere/k.pem"), "{error}");
}

#[tokio::test]
async fn an_answer_says_its_unit_and_order_and_what_is_missing_of_it() {
    let one = |pod: &str, value: &str| json!({"metric": {"pod": pod}, "value": [1, value]});
    let many = json!({"resultType": "vector", "result": (0..50_000).map(|n| one(&format!("p{n}"), &n.to_string())).collect::<Vec<_>>()});
    let server = Server::start(move |request| match request {
        _ if request.contains("/metadata") => success(&json!({"node_load1": [{"type": "gauge", "help": "", "unit": "tasks"}]})),
        _ if request.contains("many") => success(&many),
        _ => Reply::Json(200, json!({"status": "success", "warnings": ["w"], "data": {"resultType": "vector", "result": [one("a", "1"), one("b", "2")]}}).to_string()),
    })
    .await;
    let prometheus = backend(&server, Tenancy::Refuse, |settings| {
        settings.cluster_metrics.insert("many".into());
    });
    let about = |settled: &Settled| settled.body().records[0].value["answer"].clone();
    let settled = ask(&prometheus, query("max_over_time(node_load1[5m])")).await;
    assert_eq!(
        about(&settled),
        json!({
            "start": WALL, "end": WALL, "unit": "tasks", "windows": ["5m"], "warnings": ["w"],
            "order": "last value, largest first"
        })
    );
    assert_eq!((records(&settled)[0]["metric"]["pod"].as_str(), settled.body().total), (Some("b"), Some(2)));
    let settled = ask(&prometheus, query("many")).await;
    assert_eq!((records(&settled).len(), settled.body().total), (199, Some(50_000)));
    assert_eq!(records(&settled)[0]["metric"]["pod"], "p49999");
    // The beginning of an answer that is larger than may be read is shown, and nobody takes it for the whole.
    let settled = ask_within(&prometheus, query("many"), 100_000).await;
    assert_eq!((about(&settled)["partial"].as_bool(), settled.body().total), (Some(true), None));
    assert_eq!(settled.outcome(), &Outcome::Complete(wardgate_core::Ending::Complete));
    assert!(records(&settled).len() == 199 && records(&settled)[0]["metric"]["pod"] != "p49999");
}

// ---- faults ----------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn whatever_a_server_does_a_call_ends_and_says_how() {
    let error = |status, text: &str| Reply::Json(status, json!({"status": "error", "error": text}).to_string());
    let words = |text: &str| Reply::Json(200, text.into());
    for (what, reply, cut, says) in [
        ("error", error(422, "many-to-many"), Cut::Backend(FaultKind::Invalid), "many-to-many"),
        ("no permission", error(403, "no"), Cut::Backend(FaultKind::Refused), "no"),
        ("overload", error(503, "query queue"), Cut::Backend(FaultKind::Unavailable), "query queue"),
        ("too many", error(429, "slow down"), Cut::Backend(FaultKind::Unavailable), "slow down"),
        (
            "no such path",
            Reply::Json(404, "404 page not found".into()),
            Cut::Backend(FaultKind::Unsupported),
            "no JSON",
        ),
        (
            "success that is none",
            Reply::Json(500, json!({"status": "success", "data": {}}).to_string()),
            Cut::Backend(FaultKind::Unavailable),
            "500",
        ),
        ("a page", words("<html>"), Cut::Backend(FaultKind::Broken), "no JSON"),
        ("cut JSON", words("{\"status\":\"success\",\"data\":{"), Cut::Backend(FaultKind::Broken), "no JSON"),
        (
            "another form",
            words("{\"status\":\"success\",\"data\":[]}"),
            Cut::Backend(FaultKind::Broken),
            "unknown form",
        ),
        ("nested deep", words(&"[".repeat(100_000)), Cut::Backend(FaultKind::Broken), "no JSON"),
        ("closed midway", Reply::Broken, Cut::Backend(FaultKind::Broken), ""),
        ("a gigabyte", Reply::Flood(1 << 30), Cut::Backend(FaultKind::Invalid), "larger than"),
        ("hangs", Reply::Hang, Cut::Deadline, ""),
    ] {
        let one = reply.clone();
        let server = Server::start(move |_| one.clone()).await;
        let began = std::time::Instant::now();
        let settled = ask(&backend(&server, Tenancy::Refuse, |_| {}), query("node_load1")).await;
        assert_eq!(settled.outcome(), &Outcome::Cut(cut), "{what}");
        let told = settled.body().lines(Channel::Error).collect::<Vec<_>>().join("\n");
        assert!(told.contains(says), "{what}: {told}");
        assert!(records(&settled).is_empty() && began.elapsed() < Duration::from_secs(10), "{what}");
        // What lies in socket buffers comes on top of the read limit.
        assert!(server.sent.load(SeqCst) < 64 << 20, "{what}: {} bytes were taken", server.sent.load(SeqCst));
    }
}

// ---- metadata --------------------------------------------------------------------------------------------------------

#[tokio::test]
async fn targets_and_alerts_of_closed_namespaces_stay_inside_and_so_do_urls() {
    let target = |namespace: Option<&str>, job: &str, health: &str| {
        let mut labels = json!({"job": job});
        if let Some(namespace) = namespace {
            labels["namespace"] = namespace.into();
        }
        json!({"labels": labels, "discoveredLabels": {"__meta_kubernetes_namespace": "shop", "namespace": "shop"},
            "scrapeUrl": "http://user:hunter2@x/", "health": health, "lastError": "", "lastScrape": "0001-01-01T00:00:00Z"})
    };
    let targets = json!({"activeTargets": [
        target(Some("shop"), "web", "up"), target(Some("kube-system"), "secret", "up"), target(None, "secret", "up"),
        target(Some("pay"), "db", "down"), target(Some(""), "secret", "up"), target(Some("shop-2"), "secret", "down"),
    ], "droppedTargets": []});
    let alert = |namespace: Option<&str>, state: &str| json!({"labels": {"alertname": "A", "namespace": namespace}, "annotations": {}, "state": state, "activeAt": "t", "value": "1e+00"});
    let alerts = json!({"alerts": [alert(Some("shop"), "pending"), alert(Some("pay"), "firing"), alert(Some("secret"), "firing")]});
    let server = Server::start(move |request| match request {
        request if request.starts_with("GET /api/v1/targets?state=active ") => success(&targets),
        _ => success(&alerts),
    })
    .await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let told = ask(&prometheus, metadata("targets")).await;
    let jobs: Vec<_> = records(&told).iter().map(|t| (t["labels"]["job"].clone(), t["health"].clone())).collect();
    assert_eq!(jobs, [(json!("db"), json!("down")), (json!("web"), json!("up"))]);
    let text = json!(records(&told)).to_string();
    assert!(!text.contains("secret") && !text.contains("hunter2") && !text.contains("__meta"), "{text}");
    assert_eq!(told.body().total, Some(2), "nobody is told how many there are elsewhere");
    let told = records(&ask(&prometheus, metadata("alerts")).await);
    assert_eq!(told.iter().map(|a| a["state"].as_str().unwrap()).collect::<Vec<_>>(), ["firing", "pending"]);
    assert!(!json!(told).to_string().contains("secret"));
}

#[tokio::test]
async fn metrics_are_joined_from_series_and_descriptions_and_read_once() {
    let server = Server::start(|request| {
        if request.contains("/status/tsdb") {
            success(&json!({"headStats": {"minTime": 0}, "seriesCountByMetricName": [
                {"name": "took_seconds_bucket", "value": 40}, {"name": "took_seconds_sum", "value": 4}, {"name": "rule:x", "value": 1}]}))
        } else {
            success(&json!({"took_seconds": [{"type": "histogram", "help": "Time.", "unit": "seconds"}],
                "idle": [{"type": "gauge", "help": "h".repeat(1000), "unit": ""}], "nothing": []}))
        }
    })
    .await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    for _ in 0..3 {
        let told = records(&ask(&prometheus, metadata("metrics")).await);
        let bucket = json!({"metric": "took_seconds_bucket", "type": "histogram", "help": "Time.", "unit": "seconds", "series": 40});
        assert!(told.contains(&bucket) && told.contains(&json!({"metric": "rule:x", "series": 1})), "{told:?}");
        let names: Vec<_> = told.iter().map(|metric| metric["metric"].as_str().unwrap()).collect();
        assert_eq!(names, ["idle", "rule:x", "took_seconds_bucket", "took_seconds_sum"]);
        assert_eq!(told[0]["help"].as_str().unwrap().len(), 300);
    }
    assert_eq!(server.requests("").len(), 2, "a standing look-up is not repeated");
}

#[tokio::test]
async fn values_of_a_label_are_bounded_and_held_to_the_floor() {
    let server = Server::start(|_| success(&json!(["a", "b", "c", "d"]))).await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let values = |selector: Option<&str>, label: &str, limit| Metadata {
        name: Some(label.into()),
        selector: selector.map(Into::into),
        limit: Some(limit),
        ..metadata("label-values")
    };
    let shop = Some("up{namespace=\"shop\"}");
    let few = ask(&prometheus, values(shop, "pod", 3)).await;
    assert_eq!(
        (records(&few).len(), few.body().total),
        (3, None),
        "the server stopped at one more than were asked for"
    );
    assert!(server.requests("limit=4")[0].contains("&start=1773412140.000&end=1773412200.000&"));
    let all = ask(&prometheus, values(shop, "pod", 9)).await;
    assert_eq!((records(&all).len(), all.body().total), (4, Some(4)));
    let asked = server.requests("").len();
    for refused in [values(None, "pod", 3), values(Some("up"), "pod", 3), values(Some("up{namespace=\"x\"}"), "pod", 3)]
    {
        assert!(matches!(ask(&prometheus, refused).await.outcome(), Outcome::Refused(_)));
    }
    let odd = ask(&prometheus, values(shop, "../../query?x=", 3)).await;
    assert_eq!(odd.outcome(), &Outcome::Cut(Cut::Backend(FaultKind::Invalid)));
    assert_eq!(server.requests("").len(), asked);
}

// ---- evidence --------------------------------------------------------------------------------------------------------

fn series(subject: &str, start: u64, stop_at: u64) -> Question {
    Question {
        kind: "series".into(),
        subject: subject.into(),
        window: Some(wardgate_core::Window { start, end: WALL }),
        stop_at: Some(stop_at),
        arguments: BTreeMap::new(),
    }
}

fn number(count: u64, bound: Bound) -> Result<Known, Unanswered> {
    Ok(Known { value: Told::Number(count), bound })
}

/// A head of an hour in which `big` has 500 series and `up` three; of `/series` there are as many as `limit` allows, at most 200.
fn tsdb(request: &str) -> Reply {
    if request.contains("/status/tsdb") {
        return success(&json!({"headStats": {"minTime": WALL - 3_600_000}, "seriesCountByMetricName": [
            {"name": "big", "value": 500}, {"name": "up", "value": 3}, {"name": "big_total", "value": 1}]}));
    }
    let limit = request.split("limit=").nth(1).and_then(|rest| rest.split([' ', '&']).next()?.parse::<usize>().ok());
    match limit {
        Some(limit) => success(&json!(vec![json!({"pod": "x"}); limit.min(200)])),
        None => Reply::Json(404, "404 page not found".into()),
    }
}

#[tokio::test]
async fn series_are_counted_by_the_map_first_and_then_by_one_bounded_probe() {
    let server = Server::start(tsdb).await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let (recent, old) = (WALL - 300_000, WALL - 86_400_000);
    for (what, question, answer, probes) in [
        ("the map is enough", series("up{namespace=\"shop\"}", recent, 10), number(3, Bound::AtMost), 0),
        ("no such metric", series("nope", recent, 10), Err(Unanswered::Missing), 0),
        ("the map is too much: counted", series("big{pod=\"x\"}", recent, 300), number(200, Bound::Exact), 1),
        ("the same again", series("big{pod=\"x\"}", recent, 300), number(200, Bound::Exact), 1),
        ("a moment later", series("big{pod=\"x\"}", recent + 30_000, 300), number(200, Bound::AtMost), 1),
        ("counting stops", series("big{pod!=\"\"}", recent, 51), number(51, Bound::AtLeast), 2),
        ("a name alone is counted by the map", series("big", recent, 51), number(500, Bound::AtMost), 2),
        ("before the head the map says nothing", series("up", old, 300), number(200, Bound::Exact), 3),
    ] {
        assert_eq!(prometheus.answer(&question).await, answer, "{what}");
        assert_eq!(server.requests("/api/v1/series?").len(), probes, "{what}");
    }
    let probe = &server.requests("/api/v1/series?")[1];
    assert!(probe.contains("start=1773411900.000&end=1773412200.000&limit=51 "), "{probe}");
    assert_eq!(server.requests("query_cost").len(), 1, "a server without an estimate is not asked again");
    assert_eq!(server.requests("/status/tsdb").len(), 1);
}

#[tokio::test]
async fn a_query_that_is_only_proposed_is_never_looked_up() {
    let server = Server::start(tsdb).await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let arguments = BTreeMap::from([("from".to_owned(), "cache".to_owned())]);
    let question = Question { arguments: arguments.clone(), ..series("big{pod=\"x\"}", WALL - 300_000, 300) };
    assert_eq!(prometheus.answer(&question).await, Err(Unanswered::Unavailable));
    let known = Question { arguments, ..series("big", WALL - 300_000, 300) };
    assert_eq!(prometheus.answer(&known).await, number(500, Bound::AtMost));
    assert!(server.requests("/api/v1/series").is_empty());
}

#[tokio::test]
async fn many_who_ask_about_one_metric_cost_one_probe() {
    let server = Server::start(tsdb).await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let question = series("big{pod=\"x\"}", WALL - 300_000, 300);
    let all = futures_util::future::join_all((0..16).map(|_| prometheus.answer(&question))).await;
    assert!(all.iter().all(|answer| *answer == number(200, Bound::Exact)), "{all:?}");
    assert_eq!((server.requests("/api/v1/series?").len(), server.requests("/status/tsdb").len()), (1, 1));
}

#[tokio::test]
async fn the_servers_own_estimate_is_taken_where_it_has_one() {
    let server = Server::start(|request| {
        if request.contains("query_cost") {
            success(&json!({"estimate": {"seriesTouched": 120, "samplesRead": 9}}))
        } else {
            tsdb(request)
        }
    })
    .await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let question = series("big{namespace=\"shop\"}", WALL - 300_000, 300);
    assert_eq!(prometheus.answer(&question).await, number(120, Bound::About));
    let asked = server.requests("query_cost");
    let form =
        "query=count_over_time%28big%7Bnamespace%3D%22shop%22%7D%5B300000ms%5D%29&time=1773412200.000&timeout=2s";
    assert_eq!(body(&asked[0]), form);
    // Walking every series of a metric that has far more than are allowed would be dear.
    assert_eq!(prometheus.answer(&series("big{pod=\"x\"}", WALL - 300_000, 101)).await, number(101, Bound::AtLeast));
    assert_eq!(server.requests("query_cost").len(), 1);
}

#[tokio::test]
async fn where_nobody_answers_what_was_learned_is_told_as_such_or_nothing() {
    let gone = Arc::new(AtomicU64::new(0));
    let down = gone.clone();
    let server = Server::start(move |request| match (down.load(SeqCst), request) {
        (0, request) if request.contains("/api/v1/query ") => {
            success(&json!({"resultType": "vector", "result": vec![json!({"metric": {}, "value": [1, "1"]}); 7]}))
        }
        (0, request) => tsdb(request),
        (1, request) if request.contains("/series") => Reply::Json(503, "{}".into()),
        (1, request) => tsdb(request),
        _ => Reply::Hang,
    })
    .await;
    let prometheus = backend(&server, Tenancy::Refuse, |settings| settings.lookup_timeout = Duration::from_millis(700));
    // Fills the map; then a query counts its own series.
    assert_eq!(prometheus.answer(&series("up", WALL - 300_000, 9)).await, number(3, Bound::AtMost));
    _ = ask(&prometheus, query("big{namespace=\"shop\"}")).await;
    gone.store(1, SeqCst);
    assert_eq!(
        prometheus.answer(&series("big{namespace=\"shop\"}", WALL - 300_000, 300)).await,
        number(7, Bound::About)
    );
    assert_eq!(prometheus.answer(&series("big{b=\"c\"}", WALL - 300_000, 300)).await, Err(Unanswered::Unavailable));
    gone.store(2, SeqCst);
    let began = std::time::Instant::now();
    assert_eq!(prometheus.answer(&series("big{a=\"b\"}", WALL - 300_000, 300)).await, Err(Unanswered::Timeout));
    assert!(began.elapsed() < Duration::from_secs(3));
}

#[tokio::test]
async fn names_near_to_one_come_from_the_map() {
    let server = Server::start(tsdb).await;
    let prometheus = backend(&server, Tenancy::Refuse, |_| {});
    let question = Question { kind: "metric-names".into(), ..series("bg_total", WALL, 1) };
    let near = Known { value: Told::Texts(vec!["big_total".into()]), bound: Bound::About };
    assert_eq!(prometheus.answer(&question).await, Ok(near));
    assert_eq!(prometheus.answer(&Question { kind: "path".into(), ..question }).await, Err(Unanswered::Unsupported));
}
