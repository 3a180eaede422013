//! Recall and precision on texts of our own: Kubernetes-shaped secrets and ordinary logs, made by a seeded generator that shares
//! no code with the rules (not even the expansion of templates). The figures are printed; the bounds keep them from drifting.
#![allow(
    clippy::many_single_char_names,
    clippy::format_push_string,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation
)]
use secret_redactor::{Detector, Settings, find_all};

struct Random(u64);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % below
    }
    fn of(&mut self, alphabet: &str, n: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..n).map(|_| alphabet[self.next(alphabet.len())]).collect()
    }
    fn pick<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.next(list.len())]
    }
}

const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz0123456789";
const HEX: &str = "0123456789abcdef";
const B64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// A password as people and generators make them.
fn password(r: &mut Random) -> String {
    let words = ["summer", "Dragon", "orchid", "Falcon", "monkey", "Winter", "copper", "Rocket", "saffron", "Blizzard"];
    match r.next(7) {
        0 => format!("{}{}", r.pick(&words), 10 + r.next(9990)),
        1 => format!("{}{}{}", r.pick(&words), r.pick(&["!", "@", "#", "$", "%"]), r.next(1000)),
        2 => r.of(ALNUM, 12),
        3 => r.of(ALNUM, 20),
        4 => r.of(LOWER, 16),
        5 => r.of("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789!@#%^*_-", 14) + "x",
        _ => format!("{}-{}-{}9", r.pick(&words), r.pick(&words), r.pick(&words)),
    }
}

fn token(r: &mut Random) -> String {
    let n = 20 + r.next(30);
    match r.next(4) {
        0 => r.of(HEX, 32),
        1 => r.of(ALNUM, n),
        2 => r.of(B64, 40),
        _ => format!("{}_{}", r.pick(&["acme", "corp", "int"]), r.of(ALNUM, n)),
    }
}

/// A line (or lines) and the secret within.
fn positive(r: &mut Random) -> (&'static str, String, String) {
    let key = |r: &mut Random| {
        let stem = r.pick(&["db", "redis", "smtp", "admin", "MYSQL", "Postgres", "ldap", "service"]);
        match r.next(4) {
            0 => format!("{stem}_password"),
            1 => format!("{}_PASSWORD", stem.to_uppercase()),
            2 => format!("{stem}Password"),
            _ => r.pick(&["password", "passwd", "pwd", "client_secret", "secret_key"]).to_owned(),
        }
    };
    let token_key = |r: &mut Random| {
        r.pick(&[
            "token",
            "api_key",
            "apiKey",
            "access_token",
            "auth_token",
            "X-Api-Key",
            "refreshToken",
            "API_TOKEN",
            "webhook_secret",
            "SECRET_KEY_BASE",
        ])
        .to_owned()
    };
    let (k, p) = (key(r), password(r));
    let (tk, t) = (token_key(r), token(r));
    let time = format!("2026-11-2{}T0{}:1{}:07.{:03}Z", r.next(9), r.next(9), r.next(9), r.next(999));
    match r.next(26) {
        0 => ("logfmt", format!("{time} level=info msg=\"connecting\" {k}={p} host=db-0"), p),
        1 => ("json", format!("{{\"ts\":\"{time}\",\"level\":\"info\",\"{k}\":\"{p}\",\"host\":\"db-0\"}}"), p),
        2 => (
            "json in json",
            format!("{{\"msg\":\"body {{\\\"{k}\\\":\\\"{p}\\\",\\\"n\\\":1}}\",\"level\":\"debug\"}}"),
            p,
        ),
        3 => ("yaml", format!("  {k}: {p}"), p),
        4 => ("env", format!("{}={p}", k.to_uppercase()), p),
        5 => ("env pair", format!("{{\"name\":\"{}\",\"value\":\"{p}\"}}", k.to_uppercase()), p),
        6 => ("env pair yaml", format!("        - name: {}\n          value: {p}", k.to_uppercase()), p),
        7 => ("env pair turned", format!("{{\"value\":\"{p}\",\"name\":\"{}\"}}", k.to_uppercase()), p),
        8 => ("flag", format!("{time} exec /usr/bin/tool --user bob --password {p} --verbose"), p),
        9 => ("flag list", format!("args: [\"--user\",\"bob\",\"--password\",\"{p}\"]"), p),
        10 => ("query", format!("10.0.0.{} - - \"GET /cb?user=1&{tk}={t}&x=1 HTTP/1.1\" 200 12", r.next(255)), t),
        11 => ("bearer", format!("> Authorization: Bearer {t}"), t),
        12 => (
            "url",
            format!(
                "{time} dial {}://app:{p}@db.internal:5432/orders failed",
                r.pick(&["postgres", "mysql", "amqp", "redis", "mongodb"])
            ),
            p,
        ),
        13 => ("struct", format!("{time} config: {{Host:db Port:5432 {}:{p} Ssl:true}}", "Password"), p),
        14 => ("java", format!("DataSource(url=jdbc:x, user=app, {k}={p}, pool=5)"), p),
        15 => ("python", format!("{{'user': 'app', '{k}': '{p}', 'n': 1}}"), p),
        16 => ("xml", format!("<property><name>x</name><{0}>{p}</{0}></property>", "password"), p),
        17 => ("dsn", format!("app:{p}@tcp(mysql:3306)/shop?parseTime=true"), p),
        18 => ("sql", format!("CREATE USER app WITH PASSWORD '{p}';"), p),
        19 => ("prose", format!("{time} the temporary password is {}", p.clone() + "7"), p + "7"),
        20 => ("token json", format!("{{\"level\":\"info\",\"{tk}\":\"{t}\"}}"), t),
        21 => ("cookie", format!("Cookie: lang=en; sessionid={t}"), t),
        22 => (
            "random alone",
            {
                let a = r.of(ALNUM, 32);
                format!("{time} received {a} from peer")
            },
            String::new(),
        ),
        23 => ("connection string", format!("Server=tcp:db,1433;User ID=sa;Password={p};Encrypt=True"), p),
        24 => ("netrc", format!("machine git.example.com login bob password {p}"), p),
        _ => ("stringData", format!("kind: Secret\nstringData:\n  value: {p}"), p),
    }
}

/// An ordinary line of a cluster's log.
fn ordinary(r: &mut Random) -> String {
    let uuid = format!("{}-{}-4{}-a{}-{}", r.of(HEX, 8), r.of(HEX, 4), r.of(HEX, 3), r.of(HEX, 3), r.of(HEX, 12));
    let pod = format!(
        "{}-{}-{}",
        r.pick(&["orders", "payment-service", "auth-token-issuer", "web", "secret-sync", "session-cache"]),
        r.of("bcdf456789", 10),
        r.of("bcdfghjklmnpqrstvwxz2456789", 5)
    );
    let time = format!("2026-11-2{}T0{}:1{}:07.{:03}Z", r.next(9), r.next(9), r.next(9), r.next(999));
    let n = r.next(100_000);
    match r.next(30) {
        0 => format!("I1124 10:00:09.{n:06}       1 reflector.go:243] Listing and watching *v1.Secret from k8s.io/client-go@v0.36.2/tools/cache/reflector.go:243"),
        1 => format!("{{\"level\":\"info\",\"ts\":\"{time}\",\"msg\":\"Reconciling\",\"name\":\"{pod}\",\"namespace\":\"default\",\"reconcileID\":\"{uuid}\"}}"),
        2 => format!("{time} INFO  [main] c.e.auth.TokenService - token refreshed for user {n}, expires in 3600 s"),
        3 => "\tat org.springframework.security.authentication.UsernamePasswordAuthenticationFilter.attemptAuthentication(UsernamePasswordAuthenticationFilter.java:85)".to_owned(),
        4 => format!("10.2.3.4 - - [24/Nov/2026:10:00:0{} +0000] \"GET /api/v1/sessions/{uuid}/tokens?page=2 HTTP/1.1\" 200 {n} \"-\" \"kube-probe/1.36\"", r.next(9)),
        5 => format!("trace_id={} span_id={} service={pod} duration=12.3ms", r.of(HEX, 32), r.of(HEX, 16)),
        6 => format!("Pulled image \"registry.example.com/team/app@sha256:{}\" in 1.2s", r.of(HEX, 64)),
        7 => format!("{time} WARN password for user \"app{n}\" will expire in 3 days"),
        8 => format!("MountVolume.SetUp succeeded for volume \"kube-api-access-{}\" (UniqueName: \"kubernetes.io/projected/{uuid}-kube-api-access-{}\") pod \"{pod}\"", r.of(LOWER, 5), r.of(LOWER, 5)),
        9 => format!("FATAL:  password authentication failed for user \"postgres{n}\""),
        10 => "error: secret \"db-credentials\" not found; secretKeyRef: {name: db-credentials, key: password}".to_owned(),
        11 => format!("http_server_requests_seconds_count{{exception=\"None\",method=\"GET\",outcome=\"SUCCESS\",status=\"200\",uri=\"/auth/token\"}} {n}.0"),
        12 => format!("etcd: finished scheduled compaction revision={n} hash={} took=12.3ms", r.of(HEX, 8)),
        13 => format!("commit {} merged into main by bob", r.of(HEX, 40)),
        14 => format!("{{\"partitionKey\":\"{uuid}\",\"sessionId\":\"{uuid}\",\"count\":{n}}}"),
        15 => format!("Successfully assigned default/{pod} to node-{}", r.next(30)),
        16 => "DB_PASSWORD=${DB_PASSWORD} API_TOKEN=<redacted> SECRET=*** TOKEN_FILE=/var/run/secrets/kubernetes.io/serviceaccount/token".to_owned(),
        17 => format!("level=error msg=\"failed to refresh token\" err=\"oauth2: cannot fetch token: 401 Unauthorized\" attempt={n}"),
        18 => format!("Node v22.1.0 at Object.<anonymous> (/app/node_modules/jsonwebtoken/verify.js:{}:19)", r.next(400)),
        19 => format!("goroutine {n} [running]: k8s.io/client-go/tools/cache.(*Reflector).ListAndWatch(0xc000{}, 0xc000{})", r.of(HEX, 6), r.of(HEX, 6)),
        20 => format!("resourceVersion=\"{n}\" uid={uuid} generation=2 observedGeneration=2 kind=ReplicaSet name={pod}"),
        21 => format!("using token bucket rate limiter: max_tokens={n} refill=10/s key=user:{n} cache_key=orders:v2:{n}"),
        22 => "Enter password: prompt shown; password must contain at least 8 characters, password: required".to_owned(),
        23 => format!("{time} DEBUG o.a.kafka.clients.NetworkClient - [Consumer clientId=consumer-orders-1, groupId=orders] Node {} sent FETCH_SESSION_ID_NOT_FOUND", r.next(9)),
        24 => format!("certificate fingerprint SHA256:{} valid until 2027-01-01", r.of(B64, 43)),
        25 => format!("x-request-id: {uuid} etag: \"{}\" if-none-match: W/\"{}\"", r.of(HEX, 32), r.of(HEX, 20)),
        26 => format!("GC(12) Pause Young (Normal) (G1 Evacuation Pause) {n}K->512K(2048K) 3.2ms"),
        27 => format!("ServiceAccount token projected: audience=[https://kubernetes.default.svc.cluster.local] expirationSeconds=3607 path=token pod={pod}"),
        28 => "configmap \"auth-config\" loaded keys=[tokenUrl,authMethod,passwordPolicy] secretName=tls-cert authorization=RBAC".to_owned(),
        _ => format!("nginx: [warn] upstream response is buffered to /var/cache/nginx/proxy_temp/{}/{}/{n:010} while reading upstream", r.next(9), r.next(99)),
    }
}

#[test]
fn recall_and_precision_keep_their_level() {
    let detector = Detector::new(Settings::default().compile().unwrap()).unwrap();
    let mut r = Random(0x9e37_79b9_7f4a_7c15);
    let mut kinds: std::collections::BTreeMap<&str, (usize, usize, String)> = std::collections::BTreeMap::new();
    let total = 5200;
    for _ in 0..total {
        let (kind, text, secret) = positive(&mut r);
        let secret = if secret.is_empty() { text.split(' ').nth(2).unwrap().to_owned() } else { secret };
        let place = text.rfind(&secret).unwrap();
        let text = format!("an ordinary line before\n{text}\nan ordinary line after\n");
        let place = (place + 24) as u64;
        let mut covered = place;
        let mut found = find_all(&detector, text.as_bytes(), false);
        found.sort_by_key(|f| f.start);
        for f in found.iter().filter(|f| f.start <= place + secret.len() as u64) {
            if f.start <= covered {
                covered = covered.max(f.end);
            }
        }
        let entry = kinds.entry(kind).or_default();
        entry.0 += 1;
        if covered < place + secret.len() as u64 {
            entry.1 += 1;
            if entry.1 % 7 == 1 && entry.2.len() < 500 {
                entry.2 += &format!("\n      {}", text.lines().nth(1).unwrap());
            }
        }
    }
    let missed: usize = kinds.values().map(|k| k.1).sum();
    for (kind, (all, missed, example)) in &kinds {
        println!("{kind:20} {:6.2} % of {all}{example}", 100.0 * (all - missed) as f64 / *all as f64);
    }
    let lines = 30_000;
    let mut alarms = 0;
    for _ in 0..lines {
        let line = ordinary(&mut r) + "\n";
        let found = find_all(&detector, line.as_bytes(), false);
        if let Some(f) = found.first() {
            alarms += 1;
            if alarms <= 20 {
                println!("alarm {}: {}", f.rule, line.trim());
            }
        }
    }
    println!(
        "recall {:.2} %, {:.1} alarms per 10,000 ordinary lines",
        100.0 * (total - missed) as f64 / f64::from(total as u32),
        10_000.0 * f64::from(alarms) / f64::from(lines)
    );
    assert!(missed * 100 <= total * 3, "{missed} of {total} missed");
    assert!(alarms * 10_000 <= lines * 5, "{alarms} alarms");
}
