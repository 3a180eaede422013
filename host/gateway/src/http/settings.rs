//! What an operator can set about the HTTP endpoint, and which combinations cannot be.
use schemars::JsonSchema;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, MapAccess, Visitor, value::MapAccessDeserializer},
};
use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
};

/// The HTTP endpoint's settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct HttpSettings {
    /// Address and port to listen on. Default "127.0.0.1:8750". Anything but loopback needs `tokens` and `tls`.
    pub bind: SocketAddr,
    /// Name of a caller = file with its bearer token (at least 16 characters; one line). The name is what stands on record.
    /// Files are read again every ten seconds, so tokens can be rotated. Default none: then only loopback can be served, and
    /// everybody on this machine is "local".
    pub tokens: BTreeMap<String, PathBuf>,
    /// Files `{ certificate = "...", key = "..." }` in PEM, read again when they change; or "terminated-elsewhere" if a proxy in
    /// front speaks TLS, which then must be the only way in. Default none, for loopback.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<Either>")]
    pub tls: Option<Tls>,
    /// Host names, with or without port, by which clients call this endpoint, besides loopback's and the bound address. A request
    /// for any other host is refused: that is what stops DNS rebinding. Default none.
    pub allowed_hosts: Vec<String>,
    /// Origins of web pages that may call, like "https://console.example.com:443". Default none: a request from a browser's page
    /// is refused.
    pub allowed_origins: Vec<String>,
    /// Bytes of a request's body, at most. Default 1048576.
    pub max_body_bytes: u32,
    /// Seconds for a TLS handshake, and for a request's head; also how long a connection may be idle. Default 30.
    pub header_timeout_seconds: u32,
    /// Seconds for a request's body. Default 30.
    pub body_timeout_seconds: u32,
    /// Open connections, at most; more wait to be accepted. Default 512. Each costs some 100 KiB at worst.
    pub max_connections: u32,
    /// Whether clients of revisions before 2026-07-28 get sessions, as they expect; without them every request stands alone and
    /// they cannot cancel a call but by hanging up. Default true.
    pub legacy_sessions: bool,
    /// Sessions, at most. Default 256.
    pub max_sessions: u32,
    /// Seconds after which an idle session ends. Default 300.
    pub session_idle_seconds: u32,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self {
            bind: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8750),
            tokens: BTreeMap::new(),
            tls: None,
            allowed_hosts: Vec::new(),
            allowed_origins: Vec::new(),
            max_body_bytes: 1 << 20,
            header_timeout_seconds: 30,
            body_timeout_seconds: 30,
            max_connections: 512,
            legacy_sessions: true,
            max_sessions: 256,
            session_idle_seconds: 300,
        }
    }
}

/// Who speaks TLS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tls {
    /// This endpoint, with these PEM files.
    Files {
        /// The certificate, then its chain.
        certificate: PathBuf,
        /// Its private key.
        key: PathBuf,
    },
    /// A proxy in front.
    TerminatedElsewhere,
}

const ELSEWHERE: &str = "terminated-elsewhere";

/// [`Tls`] as it is written.
#[derive(JsonSchema)]
#[serde(untagged)]
#[allow(dead_code)] // only its schema is used
enum Either {
    Files(Files),
    Word(String),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl<'de> Deserialize<'de> for Tls {
    // By hand: an untagged enum could not say which key is wrong.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Tls;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, "{{ certificate = FILE, key = FILE }} or {ELSEWHERE:?}")
            }
            fn visit_str<E: de::Error>(self, word: &str) -> Result<Tls, E> {
                if word == ELSEWHERE {
                    Ok(Tls::TerminatedElsewhere)
                } else {
                    Err(E::invalid_value(de::Unexpected::Str(word), &self))
                }
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Tls, A::Error> {
                let Files { certificate, key } = Files::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Tls::Files { certificate, key })
            }
        }
        deserializer.deserialize_any(Either)
    }
}

impl Serialize for Tls {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::TerminatedElsewhere => serializer.serialize_str(ELSEWHERE),
            Self::Files { certificate, key } => {
                Files { certificate: certificate.clone(), key: key.clone() }.serialize(serializer)
            }
        }
    }
}

/// Settings that cannot be served. Each says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpConfigError {
    /// Everybody could call.
    #[error("{0} is reachable from other machines, so callers must authenticate: configure tokens, or bind 127.0.0.1")]
    NoTokens(SocketAddr),
    /// Tokens would travel in the clear.
    #[error(
        "{0} is reachable from other machines, so tokens need TLS: set tls to a certificate and key, to \"terminated-elsewhere\" \
         if a proxy in front speaks it, or bind 127.0.0.1"
    )]
    NoTls(SocketAddr),
    /// No Host header could ever fit.
    #[error("{0} has no name of its own: list in allowed_hosts the host names by which clients call it")]
    NoHosts(SocketAddr),
    /// Zero of something that is needed.
    #[error("{0} must be at least 1")]
    Zero(&'static str),
    /// An origin that could match nothing.
    #[error("allowed_origins entry {0:?} needs a scheme and a host, like https://console.example.com:443")]
    Origin(String),
    /// A caller's name that cannot stand on record.
    #[error("{0:?} cannot be a caller's name: 1 to 64 letters, digits and . _ @ - , and not \"local\"")]
    CallerName(String),
}

impl HttpSettings {
    /// Whether these can be served together.
    pub fn check(&self) -> Result<(), HttpConfigError> {
        let open = !self.bind.ip().is_loopback();
        if open && self.tokens.is_empty() {
            return Err(HttpConfigError::NoTokens(self.bind));
        }
        if open && self.tls.is_none() {
            return Err(HttpConfigError::NoTls(self.bind));
        }
        if self.bind.ip().is_unspecified() && self.allowed_hosts.is_empty() {
            return Err(HttpConfigError::NoHosts(self.bind));
        }
        for (key, value) in [
            ("max_body_bytes", self.max_body_bytes),
            ("header_timeout_seconds", self.header_timeout_seconds),
            ("body_timeout_seconds", self.body_timeout_seconds),
            ("max_connections", self.max_connections),
            ("max_sessions", self.max_sessions),
            ("session_idle_seconds", self.session_idle_seconds),
        ] {
            if value == 0 {
                return Err(HttpConfigError::Zero(key));
            }
        }
        let whole = |origin: &&String| origin.split_once("://").is_none_or(|(_, host)| host.is_empty());
        if let Some(origin) = self.allowed_origins.iter().find(whole) {
            return Err(HttpConfigError::Origin(origin.clone()));
        }
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte);
        let named = |name: &&String| !(1..=64).contains(&name.len()) || !name.bytes().all(fits) || *name == "local";
        match self.tokens.keys().find(named) {
            Some(name) => Err(HttpConfigError::CallerName(name.clone())),
            None => Ok(()),
        }
    }

    /// Every host by which a request may call.
    pub(crate) fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<String> = ["localhost", "127.0.0.1", "::1"].map(String::from).into();
        if !self.bind.ip().is_unspecified() {
            hosts.push(self.bind.ip().to_string());
        }
        hosts.extend(self.allowed_hosts.iter().cloned());
        hosts
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn check(settings: serde_json::Value) -> String {
        match serde_json::from_value::<HttpSettings>(settings) {
            Ok(settings) => settings.check().err().map(|error| error.to_string()).unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn what_would_be_unsafe_is_refused_and_says_what_to_do() {
        let tokens = json!({"bot": "/t"});
        for (settings, says) in [
            (json!({}), ""),
            (json!({"bind": "[::1]:1"}), ""),
            (json!({"bind": "10.0.0.1:1"}), "configure tokens, or bind 127.0.0.1"),
            (json!({"bind": "10.0.0.1:1", "tls": "terminated-elsewhere"}), "configure tokens"),
            (json!({"bind": "10.0.0.1:1", "tokens": tokens}), "tokens need TLS"),
            (json!({"bind": "10.0.0.1:1", "tokens": tokens, "tls": "terminated-elsewhere"}), ""),
            (json!({"bind": "10.0.0.1:1", "tokens": tokens, "tls": {"certificate": "/c", "key": "/k"}}), ""),
            (json!({"bind": "0.0.0.0:1", "tokens": tokens, "tls": "terminated-elsewhere"}), "list in allowed_hosts"),
            (json!({"bind": "0.0.0.0:1", "tokens": tokens, "tls": "terminated-elsewhere", "allowed_hosts": ["a"]}), ""),
            (json!({"tls": "off"}), "terminated-elsewhere"),
            (json!({"tls": {"certificate": "/c"}}), "missing field `key`"),
            (json!({"tls": {"cert": "/c", "key": "/k"}}), "unknown field `cert`"),
            (json!({"max_connections": 0}), "max_connections must be at least 1"),
            (json!({"allowed_origins": ["console"]}), "needs a scheme and a host"),
            (json!({"tokens": {"local": "/t"}}), "cannot be a caller's name"),
            (json!({"tokens": {"a b": "/t"}}), "cannot be a caller's name"),
            (json!({"prot": 1}), "unknown field `prot`"),
        ] {
            let got = check(settings.clone());
            assert!(got.contains(says) && got.is_empty() == says.is_empty(), "{settings}: {got}");
        }
    }

    #[test]
    fn settings_survive_a_round_trip() {
        let files = Tls::Files { certificate: "/c".into(), key: "/k".into() };
        for tls in [None, Some(Tls::TerminatedElsewhere), Some(files)] {
            let settings = HttpSettings { tls, ..HttpSettings::default() };
            let text = serde_json::to_string(&settings).unwrap();
            assert_eq!(serde_json::from_str::<HttpSettings>(&text).unwrap(), settings);
        }
    }
}
