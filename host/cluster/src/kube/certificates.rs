//! What `wardgate webhook-certs` asks of the API server, and nothing else: one Secret, and the CA bundles of one webhook configuration. Part
//! of the closed list of operators' commands; it runs under an account of its own, which the gateway does not have.
use super::{
    ConnectError, Credential, client,
    http::{Url, ask, words},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use http::{Method, Request, StatusCode};
use kube::Client;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Bytes of an answer.
const ANSWER: usize = 4 << 20;

/// A connection without caches: this account may neither list nor watch.
pub struct Certificates {
    client: Client,
}

/// Why it went no further.
#[derive(Debug, thiserror::Error)]
pub enum CertificatesError {
    /// No answer.
    #[error("the API server did not answer: {0}")]
    Unanswered(String),
    /// It said no.
    #[error("{what}: {status}: {words}")]
    Refused {
        /// What was asked.
        what: String,
        /// The status.
        status: StatusCode,
        /// The server's words.
        words: String,
    },
    /// An object of another shape.
    #[error("{0}")]
    Strange(String),
}

/// A Secret as it was read; written back, it must still be that one.
pub struct Stored {
    object: Value,
    /// Its data, decoded. Those of `kubernetes.io/tls` may be empty.
    pub data: BTreeMap<String, String>,
}

/// One webhook of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hook {
    /// Its name.
    pub name: String,
    /// The host by which the API server calls it, which its certificate must name.
    pub host: String,
    /// The certificates that the API server trusts for it, in PEM.
    pub bundle: String,
}

impl Certificates {
    /// Connects; nothing is asked yet.
    pub async fn connect(credential: &Credential) -> Result<Self, ConnectError> {
        Ok(Self { client: client(credential).await? })
    }

    /// Reads the Secret.
    pub async fn secret(&self, namespace: &str, name: &str) -> Result<Stored, CertificatesError> {
        let object = self.ask(get(secret_url(namespace, name))).await?;
        let mut data = BTreeMap::new();
        for (key, value) in object["data"].as_object().into_iter().flatten() {
            let bytes = value.as_str().and_then(|text| BASE64_STANDARD.decode(text).ok());
            let text = bytes.and_then(|bytes| String::from_utf8(bytes).ok());
            data.insert(
                key.clone(),
                text.ok_or_else(|| CertificatesError::Strange(format!("key {key} of the Secret is no text")))?,
            );
        }
        Ok(Stored { object, data })
    }

    /// Writes its data back; refused if someone else wrote meanwhile.
    pub async fn write(&self, namespace: &str, name: &str, stored: Stored) -> Result<(), CertificatesError> {
        let Stored { mut object, data } = stored;
        let data: Map<String, Value> =
            data.into_iter().map(|(key, text)| (key, BASE64_STANDARD.encode(text).into())).collect();
        object["data"] = data.into();
        self.ask(bring(secret_url(namespace, name), Method::PUT, "application/json", &object)).await.map(|_| ())
    }

    /// The webhooks of a ValidatingWebhookConfiguration.
    pub async fn hooks(&self, configuration: &str) -> Result<Vec<Hook>, CertificatesError> {
        hooks_of(&self.ask(get(configuration_url(configuration))).await?)
    }

    /// Sets the bundle of each of these webhooks, all or none, and only while they stand where they stood.
    pub async fn trust(&self, configuration: &str, hooks: &[Hook], bundle: &str) -> Result<(), CertificatesError> {
        let patch = bundle_patch(hooks, bundle);
        let url = configuration_url(configuration);
        self.ask(bring(url, Method::PATCH, "application/json-patch+json", &patch)).await.map(|_| ())
    }

    async fn ask(&self, request: Result<Request<Vec<u8>>, String>) -> Result<Value, CertificatesError> {
        let request = request.map_err(CertificatesError::Strange)?;
        let what = format!("{} {}", request.method(), request.uri().path());
        let (status, answer) = ask(&self.client, request, ANSWER).await.map_err(CertificatesError::Unanswered)?;
        if status.is_success() {
            Ok(answer)
        } else {
            Err(CertificatesError::Refused { what, status, words: words(&answer) })
        }
    }
}

fn get(url: Url) -> Result<Request<Vec<u8>>, String> {
    url.get("").map_err(|_| "the names make no request".into())
}

fn bring(url: Url, method: Method, media: &str, document: &Value) -> Result<Request<Vec<u8>>, String> {
    url.bring(method, media, document).map_err(|error| error.to_string())
}

fn secret_url(namespace: &str, name: &str) -> Url {
    Url::new("api/v1/namespaces", [namespace, "secrets", name])
}

fn configuration_url(name: &str) -> Url {
    Url::new("apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", [name])
}

fn hooks_of(configuration: &Value) -> Result<Vec<Hook>, CertificatesError> {
    let strange = |why: &str| CertificatesError::Strange(format!("the webhook configuration {why}"));
    let hooks = configuration["webhooks"].as_array().filter(|hooks| !hooks.is_empty());
    let hooks = hooks.ok_or_else(|| strange("has no webhooks"))?;
    hooks
        .iter()
        .map(|hook| {
            let client = &hook["clientConfig"];
            let service = &client["service"];
            let host = match (service["name"].as_str(), service["namespace"].as_str(), client["url"].as_str()) {
                (Some(name), Some(namespace), None) => format!("{name}.{namespace}.svc"),
                (None, None, Some(url)) => {
                    let uri = url.parse::<http::Uri>().map_err(|_| strange("has a URL that is none"))?;
                    uri.host().ok_or_else(|| strange("has a URL without a host"))?.trim_matches(['[', ']']).to_string()
                }
                _ => return Err(strange("names neither a service nor a URL")),
            };
            let bundle = client["caBundle"].as_str().unwrap_or_default();
            let bundle = BASE64_STANDARD.decode(bundle).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            Ok(Hook {
                name: hook["name"].as_str().unwrap_or_default().into(),
                host,
                bundle: bundle.ok_or_else(|| strange("has a caBundle that is no PEM"))?,
            })
        })
        .collect()
}

fn bundle_patch(hooks: &[Hook], bundle: &str) -> Value {
    let encoded = BASE64_STANDARD.encode(bundle);
    let patches = hooks.iter().enumerate().flat_map(|(at, hook)| {
        [
            json!({"op": "test", "path": format!("/webhooks/{at}/name"), "value": hook.name}),
            json!({"op": "add", "path": format!("/webhooks/{at}/clientConfig/caBundle"), "value": encoded}),
        ]
    });
    patches.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_must_name_the_host_that_is_called() {
        let of = |client: Value| {
            hooks_of(&json!({"webhooks": [{"name": "a", "clientConfig": client}]})).map(|hooks| hooks[0].host.clone())
        };
        let service = json!({"service": {"namespace": "ops", "name": "gate", "port": 443}});
        assert!(of(service).is_ok_and(|host| host == "gate.ops.svc"));
        assert!(of(json!({"url": "https://10.1.2.3:9443/admit"})).is_ok_and(|host| host == "10.1.2.3"));
        assert!(of(json!({"url": "https://[fd00::1]:9443/admit"})).is_ok_and(|host| host == "fd00::1"));
        for strange in [json!({}), json!({"url": "/admit"}), json!({"url": "https://a/", "caBundle": "!"})] {
            assert!(of(strange).is_err());
        }
        assert!(hooks_of(&json!({"webhooks": []})).is_err());
    }

    #[test]
    fn a_bundle_is_set_where_its_webhook_still_stands() {
        let hook = Hook { name: "exec.wardgate.dev".into(), host: "h".into(), bundle: String::new() };
        let patch = bundle_patch(&[hook.clone(), Hook { name: "b".into(), ..hook }], "PEM");
        assert_eq!(patch[0]["op"], "test");
        assert_eq!(patch[0]["value"], "exec.wardgate.dev");
        assert_eq!(patch[3]["path"], "/webhooks/1/clientConfig/caBundle");
        assert_eq!(patch[3]["value"], "UEVN");
    }
}
