//! Typed values: numbers, choices, names in the cluster, URLs of the container itself.
use crate::{
    path::{self, quote},
    rules,
    settings::{Complete, Value},
};

/// Why a value is refused: a rule of its own, if not the command's; the reason; the nearest value that would do.
pub(crate) struct Refused {
    pub(crate) rule: Option<&'static str>,
    pub(crate) reason: String,
    pub(crate) nearest: Option<String>,
}

impl Refused {
    fn plain(reason: String) -> Self {
        Refused { rule: None, reason, nearest: None }
    }

    fn ruled((rule, reason): (&'static str, String)) -> Self {
        Refused { rule: Some(rule), reason, nearest: None }
    }
}

/// Checks one value; `namespace` is the target's.
pub(crate) fn check(value: &Value, text: &str, settings: &Complete, namespace: &str) -> Result<(), Refused> {
    match value {
        Value::Number(range) => match number(text) {
            Some(n) if (range.min..=range.max).contains(&n) => Ok(()),
            Some(n) => Err(Refused {
                rule: None,
                reason: format!("{n} is not within {} to {}", range.min, range.max),
                nearest: Some(n.clamp(range.min, range.max).to_string()),
            }),
            None => Err(Refused::plain(format!("{} is not a number from {} to {}", quote(text), range.min, range.max))),
        },
        Value::Choice(words) => {
            if words.iter().any(|word| word == text) {
                return Ok(());
            }
            let shown: Vec<&str> = words.iter().take(12).map(String::as_str).collect();
            let more = if words.len() > shown.len() { ", .." } else { "" };
            Err(Refused::plain(format!("{} is not one of: {}{more}", quote(text), shown.join(", "))))
        }
        Value::List(list) => {
            for item in text.split(',') {
                let item = item.strip_suffix('=').unwrap_or(item);
                let bare = if list.signs { item.strip_prefix(['+', '-']).unwrap_or(item) } else { item };
                if !list.of.iter().any(|known| known == bare) {
                    return Err(Refused::plain(format!("{} is not one of: {}", quote(item), list.of.join(", "))));
                }
            }
            Ok(())
        }
        Value::Text(kind) => {
            let rest = text.strip_prefix(kind.prefix.as_str());
            let fits = rest.is_some_and(|rest| {
                !rest.is_empty() && rest.len() <= kind.max && rest.chars().all(|c| kind.alphabet.contains(c))
            });
            if fits {
                Ok(())
            } else {
                Err(Refused::plain(format!("{} is not a text that may stand here", quote(text))))
            }
        }
        Value::Path(sets) => {
            let lists = sets.iter().filter_map(|set| settings.paths.get(set)).flatten();
            path::check(text, lists.map(String::as_str)).map_err(Refused::ruled)
        }
        Value::DnsName => {
            dns_name(text, settings, namespace).map_err(|reason| Refused::ruled((rules::DNS_NAME, reason)))
        }
        Value::LoopbackUrl => loopback_url(text, settings).map_err(Refused::ruled),
        Value::CurlFormat => curl_format(text).map_err(Refused::plain),
    }
}

/// Plain decimal, at most 9 digits: no sign, no suffix, no other base.
pub(crate) fn number(text: &str) -> Option<u64> {
    let plain = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

/// A name in the cluster: under a suffix of it, or short enough that only the search path can complete it. A two-label name must
/// end in a known namespace: `a.example` would be a name of the internet.
fn dns_name(text: &str, settings: &Complete, namespace: &str) -> Result<(), String> {
    let dns = &settings.dns;
    let name = text.strip_suffix('.').unwrap_or(text);
    let label = |l: &str| {
        (1..=63).contains(&l.len())
            && l.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
            && !l.starts_with('-')
    };
    let labels: Vec<&str> = name.split('.').collect();
    if name.len() > 253 || !labels.iter().all(|l| label(l)) {
        return Err(format!("{} is not a host name in lower case", quote(text)));
    }
    if labels.iter().all(|l| l.bytes().all(|b| b.is_ascii_digit())) {
        return Err("addresses are not looked up: a name in the cluster".into());
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
    Err(format!("{} is not a name in the cluster; look-ups of other names carry data out", quote(text)))
}

/// `http://127.0.0.1:PORT/PATH` and nothing cleverer.
fn loopback_url(text: &str, settings: &Complete) -> Result<(), path::Refusal> {
    let allowed = &settings.loopback;
    let shape = |why: &str| Err((rules::URL_SHAPE, format!("{} {why}", quote(text))));
    if text.len() > 256 || !text.bytes().all(|b| b.is_ascii_alphanumeric() || b"/:._-?=&[]".contains(&b)) {
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
    if path.contains(['[', ']', ':']) {
        return shape("has a path with brackets or colons");
    }
    if !allowed.hosts.iter().any(|h| h == &host) {
        let hosts = allowed.hosts.join(", ");
        return Err((rules::URL_HOST, format!("{} is not this container's loopback ({hosts})", quote(&host))));
    }
    let default = if scheme == "https" { 443 } else { 80 };
    let port = if port.is_empty() { Some(default) } else { number(port) };
    let listed = port.is_some_and(|port| {
        allowed.ports.iter().any(|range| {
            let (first, last) = range.split_once('-').unwrap_or((range, range));
            number(first).zip(number(last)).is_some_and(|(first, last)| (first..=last).contains(&port))
        })
    });
    if !listed {
        return Err((rules::URL_PORT, format!("this port is not listed; listed: {}", allowed.ports.join(", "))));
    }
    let path = if path.is_empty() { "/" } else { path };
    if path.contains("..") || path.contains("//") || !allowed.paths.iter().any(|p| p == path) {
        return Err((rules::URL_PATH, format!("{} is not listed; listed: {}", quote(path), allowed.paths.join(" "))));
    }
    Ok(())
}

/// `%{name}` of harmless names between plain characters; never `@FILE`, `%output{FILE}` or `%header{..}`.
fn curl_format(text: &str) -> Result<(), String> {
    const NAMES: [&str; 20] = [
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
