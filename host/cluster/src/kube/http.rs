//! Requests to the API server: built here and nowhere else, with the call's Audit-ID; answers come back as raw bytes.
// Bodies are collected through `Limited` only, and every request runs under its call's deadline.
#![allow(clippy::disallowed_methods)]
use crate::wire::{causes, escape};
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use kube::client::Body;
use serde_json::Value;
use std::time::Duration;
use wardgate_core::{Fault, FaultKind};

/// Bytes of an error's words at most.
const WORDS: usize = 64 << 10;
/// For one request of an operator's command.
const PATIENCE: Duration = Duration::from_secs(20);

/// A path and a query, both escaped.
pub(super) struct Url {
    path: String,
    query: String,
}

impl Url {
    /// From path segments; each is escaped.
    pub(super) fn new<'a>(prefix: &str, segments: impl IntoIterator<Item = &'a str>) -> Self {
        let mut path = format!("/{prefix}");
        for segment in segments {
            path.push('/');
            escape(segment, &mut path);
        }
        Self { path, query: String::new() }
    }

    /// One more parameter.
    pub(super) fn with(mut self, key: &str, value: &str) -> Self {
        self.query.push(if self.query.is_empty() { '?' } else { '&' });
        escape(key, &mut self.query);
        self.query.push('=');
        escape(value, &mut self.query);
        self
    }

    /// One more parameter, if there is one.
    pub(super) fn with_some(self, key: &str, value: Option<impl ToString>) -> Self {
        match value {
            Some(value) => self.with(key, &value.to_string()),
            None => self,
        }
    }

    /// A GET of it.
    pub(super) fn get(self, audit_id: &str) -> Result<Request<Vec<u8>>, Fault> {
        let mut request = Request::builder().method(Method::GET).uri(self.path + &self.query);
        if !audit_id.is_empty() {
            request = request.header("Audit-ID", audit_id);
        }
        let invalid = |error: http::Error| Fault::new(FaultKind::Invalid, error.to_string());
        request.body(Vec::new()).map_err(invalid)
    }

    /// A request that brings a document of that media type.
    pub(super) fn bring(self, method: Method, media: &str, document: &Value) -> Result<Request<Vec<u8>>, http::Error> {
        let request = Request::builder().method(method).uri(self.path + &self.query);
        request.header(header::CONTENT_TYPE, media).body(document.to_string().into_bytes())
    }
}

/// Sends a request of an operator's command, which no call's deadline covers. The answer whatever its status, as JSON or as the text
/// that it is; else why there is none.
pub(super) async fn ask(
    client: &kube::Client,
    request: Request<Vec<u8>>,
    most: usize,
) -> Result<(StatusCode, Value), String> {
    let answered = tokio::time::timeout(PATIENCE, async {
        let response = client.send(request.map(Body::from)).await.map_err(|error| causes(&error))?;
        let status = response.status();
        let bytes = body(response, most).await.map_err(|_| "the answer broke off, or is too long".to_string())?;
        let answer = serde_json::from_slice(&bytes);
        Ok((status, answer.unwrap_or_else(|_| String::from_utf8_lossy(&bytes).into_owned().into())))
    });
    answered.await.unwrap_or_else(|_| Err(format!("no answer within {PATIENCE:?}")))
}

/// A Status' message, or what came instead.
pub(super) fn words(answer: &Value) -> String {
    match answer.get("message").unwrap_or(answer) {
        Value::String(text) => text.chars().take(2000).collect(),
        other => other.to_string().chars().take(2000).collect(),
    }
}

/// Sends it; an answer that is no success is a fault with the server's words.
pub(super) async fn send(client: &kube::Client, request: Request<Vec<u8>>) -> Result<Response<Body>, Fault> {
    send_for(client, request, StatusCode::is_success).await
}

/// The same, where something else than a success is wanted.
pub(super) async fn send_for(
    client: &kube::Client,
    request: Request<Vec<u8>>,
    wanted: impl Fn(&StatusCode) -> bool,
) -> Result<Response<Body>, Fault> {
    let response = client.send(request.map(Body::from)).await.map_err(|error| fault(&error))?;
    let status = response.status();
    if wanted(&status) {
        return Ok(response);
    }
    // What came of a body that is longer, or that breaks off, is still the better half of the story.
    let (mut body, mut text) = (response.into_body(), Vec::new());
    while text.len() < WORDS
        && let Some(Ok(frame)) = body.frame().await
    {
        text.extend_from_slice(frame.data_ref().map_or(&[], |data| data));
    }
    text.truncate(WORDS);
    Err(refused(status.as_u16(), &text))
}

/// The whole body, if it is no longer than that.
pub(super) async fn body(response: Response<Body>, most: usize) -> Result<Bytes, Fault> {
    match Limited::new(response.into_body(), most).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Fault::new(
            FaultKind::Invalid,
            format!("the answer is larger than {most} bytes: ask for fewer objects"),
        )),
        Err(error) => Err(Fault::new(FaultKind::Broken, error.to_string())),
    }
}

/// The whole body as JSON.
pub(super) async fn json(client: &kube::Client, request: Request<Vec<u8>>, most: usize) -> Result<Value, Fault> {
    let bytes = body(send(client, request).await?, most).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::new(FaultKind::Broken, format!("the answer is no JSON: {error}")))
}

/// A status answer as a fault: its message if it has one, its bytes otherwise.
pub(super) fn refused(status: u16, text: &[u8]) -> Fault {
    let message =
        serde_json::from_slice::<Value>(text).ok().and_then(|v| v.get("message")?.as_str().map(str::to_string));
    let words = message.map_or_else(|| text.to_vec(), String::into_bytes);
    Fault::new(kind(status), if words.is_empty() { format!("HTTP {status}").into_bytes() } else { words })
}

/// A client's error as a fault.
pub(super) fn fault(error: &kube::Error) -> Fault {
    match error {
        kube::Error::Api(status) => Fault::new(kind(status.code), status.message.clone()),
        other => Fault::new(FaultKind::Unavailable, causes(other)),
    }
}

fn kind(status: u16) -> FaultKind {
    match status {
        404 | 410 => FaultKind::Missing,
        401 | 403 => FaultKind::Refused,
        400..=499 if status != 429 => FaultKind::Invalid,
        _ => FaultKind::Unavailable,
    }
}
