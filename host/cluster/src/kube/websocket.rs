//! A WebSocket to the API server, for a command's output. The client library could open one as well, but would read a refusal's body
//! whole and take messages of 64 MiB: here both have a bound, because both may come from a kubelet.
use super::http::{Url, send_for};
use futures_util::StreamExt;
use http::{HeaderMap, HeaderValue, StatusCode, header};
use hyper_util::rt::TokioIo;
use std::pin::Pin;
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        Message,
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};
use wardgate_core::{Fault, FaultKind};

/// Bytes of one message; kubelets send 32 KiB.
const MESSAGE: usize = 1 << 20;
/// `v5` is `v4` with a close signal for standard input, which is never sent here.
const PROTOCOLS: [&str; 2] = ["v5.channel.k8s.io", "v4.channel.k8s.io"];

pub(super) enum Frame {
    Data(Vec<u8>),
    Close,
    Other,
}

pub(super) type Frames = Pin<Box<dyn futures_util::Stream<Item = Result<Frame, String>> + Send>>;

/// Opens it; a refusal is a fault with the server's words.
pub(super) async fn open(client: &kube::Client, url: Url, audit_id: &str) -> Result<Frames, Fault> {
    let mut request = url.get(audit_id)?;
    let key = generate_key();
    let odd = |what: &str| Fault::new(FaultKind::Broken, format!("the API server did not switch to WebSocket: {what}"));
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| odd("a header that is none"));
    let headers = request.headers_mut();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    headers.insert(header::SEC_WEBSOCKET_KEY, value(&key)?);
    headers.insert(header::SEC_WEBSOCKET_PROTOCOL, value(&PROTOCOLS.join(", "))?);
    let response = send_for(client, request, |status| *status == StatusCode::SWITCHING_PROTOCOLS).await?;
    agreed(response.headers(), &key).map_err(odd)?;
    let upgraded = hyper::upgrade::on(response).await.map_err(|error| odd(&error.to_string()))?;
    let config = WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
    let stream = WebSocketStream::from_raw_socket(TokioIo::new(upgraded), Role::Client, Some(config)).await;
    Ok(Box::pin(stream.map(|message| match message {
        Ok(Message::Binary(data)) => Ok(Frame::Data(data.to_vec())),
        Ok(Message::Close(_)) => Ok(Frame::Close),
        Ok(_) => Ok(Frame::Other),
        Err(error) => Err(error.to_string()),
    })))
}

/// RFC 6455, section 4.1.
fn agreed(headers: &HeaderMap, key: &str) -> Result<(), &'static str> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok()).unwrap_or_default();
    if !text(header::UPGRADE).eq_ignore_ascii_case("websocket") {
        return Err("another upgrade");
    }
    if text(header::SEC_WEBSOCKET_ACCEPT) != derive_accept_key(key.as_bytes()) {
        return Err("a wrong Sec-WebSocket-Accept");
    }
    if !PROTOCOLS.contains(&text(header::SEC_WEBSOCKET_PROTOCOL)) {
        return Err("an unknown protocol");
    }
    Ok(())
}
