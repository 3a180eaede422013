//! What touches a network: names in the cluster, addresses, URLs of the container itself.
use crate::{
    closed::is_credential,
    path::{glob, quote},
    rules,
    settings::{Dns, Loopback},
    value::{Refused, number},
};

/// A name in the cluster: under a suffix of it, or short enough that only the search path can complete it. A two-label name must
/// end in a known namespace: `a.example` would be a name of the internet. Refused: the reason, and the nearest name that would do.
pub(crate) fn cluster_name(text: &str, dns: &Dns, namespace: &str) -> Result<(), (String, Option<String>)> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
            && !l.starts_with('-')
    };
    let labels: Vec<&str> = name.split('.').collect();
    if name.len() > 253 || !labels.iter().all(|l| label(l)) {
        return Err((format!("{} is not a host name in lower case", quote(text)), None));
    }
    // As inet_aton reads them: decimal, octal or hexadecimal, one to four of them.
    let figures = |l: &&str| match l.strip_prefix("0x") {
        Some(hex) => hex.bytes().all(|b| b.is_ascii_hexdigit()),
        None => l.bytes().all(|b| b.is_ascii_digit()),
    };
    if labels.iter().all(figures) {
        return Err(("addresses are not looked up: a name in the cluster".into(), None));
    }
    let listed = dns.names.iter().any(|n| n == name);
    let inside =
        dns.suffixes.iter().any(|suffix| name.strip_suffix(suffix.as_str()).is_some_and(|rest| rest.ends_with('.')));
    let short = match labels.as_slice() {
        [_] => true,
        [_, ns] => (*ns == namespace && !namespace.is_empty()) || dns.namespaces.iter().any(|n| n == ns),
        _ => false,
    };
    if listed || inside || short {
        return Ok(());
    }
    let reason = format!("{} is not a name in the cluster; look-ups of other names carry data out", quote(text));
    let nearest = if labels.len() == 2 { Some(format!("{name}.svc.cluster.local")) } else { None };
    Err((reason, nearest))
}

/// Dotted decimal of a private network or of loopback, or `::1`.
pub(crate) fn is_private(text: &str) -> bool {
    if text == "::1" {
        return true;
    }
    // The standard parser takes dotted decimal only: no octal, no short forms.
    text.parse::<std::net::Ipv4Addr>().is_ok_and(|ip| ip.is_private() || ip.is_loopback())
}

/// `*`, `:PORT`, `10.0.0.1`, `10.0.0.0/8`, `10.0.0.1:80`, `[::1]:80` and so on: figures only, so that nothing is looked up.
pub(crate) fn is_address(text: &str) -> bool {
    use std::net::{IpAddr, Ipv6Addr, SocketAddr};
    let short = |digits: &str, max: u64| number(digits).is_some_and(|n| n <= max);
    let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
    if prefix.is_some_and(|digits| !short(digits, 128)) {
        return false;
    }
    let inside = address.strip_prefix('[').and_then(|a| a.strip_suffix(']'));
    let port =
        address.strip_prefix(':').or_else(|| address.strip_prefix("*:")).is_some_and(|p| p == "*" || short(p, 65_535));
    address == "*"
        || port
        || address.parse::<IpAddr>().is_ok()
        || address.parse::<SocketAddr>().is_ok()
        || inside.is_some_and(|a| a.parse::<Ipv6Addr>().is_ok())
}

/// This container's own loopback and a port, without leading zeros.
pub(crate) fn is_loopback_port(text: &str) -> bool {
    text.rsplit_once(':').is_some_and(|(host, port)| {
        ["", "localhost", "127.0.0.1", "[::1]"].contains(&host)
            && !port.starts_with('0')
            && number(port).is_some_and(|n| n <= 65_535)
    })
}

/// `http://127.0.0.1:PORT/PATH` and nothing cleverer.
pub(crate) fn loopback_url(text: &str, allowed: &Loopback, paths: &[String]) -> Result<(), Refused> {
    let refuse = |rule, reason| Err(Refused::ruled((rule, reason)));
    let shape = |why: &str| refuse(rules::URL_SHAPE, format!("{} {why}", quote(text)));
    if text.len() > 256 || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/:._-?=&;[]".contains(&b)) {
        return shape("has characters that a health check does not need: credentials, escapes or patterns");
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme @ ("http" | "https"), rest)) => (scheme, rest),
        Some(_) => return shape("is neither http nor https"),
        None => ("http", text),
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let (host, port) = match authority.strip_prefix('[') {
        Some(inside) => match inside.split_once(']') {
            Some((host, port)) => {
                (format!("[{host}]"), port.strip_prefix(':').map_or_else(|| port.is_empty().then_some(""), Some))
            }
            None => return shape("has a bracket too many"),
        },
        None => match authority.split_once(':') {
            Some((host, port)) => (host.to_owned(), Some(port)),
            None => (authority.to_owned(), Some("")),
        },
    };
    let Some(port) = port else { return shape("has a strange port") };
    if path.contains(['[', ']']) || path.split('?').next().is_some_and(|page| page.contains(':')) {
        return shape("has a path with brackets or colons");
    }
    if !allowed.hosts.iter().any(|h| h == &host) {
        let hosts = allowed.hosts.join(", ");
        return refuse(rules::URL_HOST, format!("{} is not this container's loopback ({hosts})", quote(&host)));
    }
    let default = if scheme == "https" { 443 } else { 80 };
    // One spelling: no leading zeros.
    let port = if port.is_empty() { Some(default) } else { number(port).filter(|_| !port.starts_with('0')) };
    let listed = port.is_some_and(|port| {
        allowed.ports.iter().any(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            number(first).zip(number(last)).is_some_and(|(first, last)| (first..=last).contains(&port))
        })
    });
    if !listed {
        return refuse(rules::URL_PORT, format!("this port is not listed; listed: {}", allowed.ports.join(", ")));
    }
    let path = if path.is_empty() { "/" } else { path };
    if path.contains("..") || path.contains("//") || !paths.iter().any(|pattern| page(pattern, path)) {
        let shown: Vec<&str> = paths.iter().take(16).map(String::as_str).collect();
        let reason = format!("{} is not a listed page; listed are {} and others", quote(path), shown.join(" "));
        return Err(Refused { nearest: health(text, path), ..Refused::ruled((rules::URL_PATH, reason)) });
    }
    Ok(())
}

/// The health page of the same address.
fn health(text: &str, path: &str) -> Option<String> {
    text.strip_suffix(path).map(|address| format!("{}/healthz", address.trim_end_matches('/')))
}

/// Words of a segment that say what no page of health or figures is about: credentials, settings with their values, actions.
const NO_PAGE: [&str; 39] = [
    "secret",
    "secrets",
    "token",
    "tokens",
    "credential",
    "credentials",
    "cred",
    "creds",
    "password",
    "passwords",
    "passwd",
    "key",
    "keys",
    "apikey",
    "apikeys",
    "kv",
    "vault",
    "keystore",
    "cert",
    "certs",
    "env",
    "environment",
    "configprops",
    "dump",
    "heapdump",
    "shutdown",
    "restart",
    "delete",
    "remove",
    "drop",
    "purge",
    "flush",
    "kill",
    "exec",
    "eval",
    "reset",
    "quit",
    "abort",
    "stop",
];

/// Whether a segment may stand where a pattern leaves it open. One that an operator lists word by word stands as it is listed.
fn open(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    !is_credential(&lower) && !lower.split(['-', '_', '.']).any(|word| NO_PAGE.contains(&word))
}

/// Whether a path with its query is a listed one; `*` stands for characters of one segment, or of the one value of a query.
fn page(pattern: &str, path: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == path;
    }
    let (mut left, mut right) = (pattern.split('/'), path.split('/'));
    loop {
        match (left.next(), right.next()) {
            (None, None) => return true,
            (Some(part), Some(segment)) if part == segment || fills(part, segment) => {}
            _ => return false,
        }
    }
}

/// Whether a segment is what a part with a `*` leaves open: no further query or parameter, and nothing that is no page.
fn fills(part: &str, segment: &str) -> bool {
    let Some((head, tail)) = part.split_once('*') else { return false };
    let filled = segment.strip_prefix(head).and_then(|rest| rest.strip_suffix(tail));
    glob(part, segment) && filled.is_some_and(|f| !f.contains(['?', '=', '&', ';']) && open(f)) && open(segment)
}

/// `%{name}` of harmless names between plain characters; never `@FILE`, `%output{FILE}` or `%header{..}`.
pub(crate) fn curl_format(text: &str) -> Result<(), String> {
    const NAMES: [&str; 31] = [
        "http_code",
        "response_code",
        "http_version",
        "time_total",
        "time_connect",
        "time_namelookup",
        "time_appconnect",
        "time_pretransfer",
        "time_starttransfer",
        "size_download",
        "size_header",
        "speed_download",
        "num_connects",
        "remote_ip",
        "remote_port",
        "local_port",
        "content_type",
        "exitcode",
        "errormsg",
        "ssl_verify_result",
        "time_redirect",
        "num_redirects",
        "num_headers",
        "scheme",
        "method",
        "size_upload",
        "size_request",
        "speed_upload",
        "proxy_ssl_verify_result",
        "stdout",
        "stderr",
    ];
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('%') {
        plain_format(plain)?;
        let name = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let Some((name, tail)) = name else { return Err("only %{NAME} may follow a %".into()) };
        if !NAMES.contains(&name) {
            return Err(format!("%{{..}} may name: {}", NAMES.join(", ")));
        }
        rest = tail;
    }
    plain_format(rest)
}

fn plain_format(text: &str) -> Result<(), String> {
    if text.len() <= 128 && text.chars().all(|c| c.is_ascii_alphanumeric() || " \\:,._=/-()".contains(c)) {
        return Ok(());
    }
    Err("between %{..} only letters, digits and plain punctuation".into())
}
