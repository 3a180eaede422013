//! Objects in compact form: one request per target, cut between objects, with a cursor where there is more.
use super::{
    Kubernetes,
    http::{Url, json},
};
use crate::{compact::compact, kinds, records::Documents};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Cursor, Denial, Fault, FaultKind, Objects, Part, Piece, Prepare,
    Selection, Source, Verb, floor,
};

/// Objects of a list when the caller does not say.
const LIMIT: u32 = 50;
/// Bytes of one answer of the API server.
const ANSWER: usize = 32 << 20;

impl Prepare<Objects> for Kubernetes {
    fn prepare(&self, Objects(mut selection): Objects, _: &Context) -> Result<Objects, Denial> {
        if selection.verb == Verb::List {
            selection.limit = Some(selection.limit.unwrap_or(LIMIT));
        }
        if selection.cursor.as_ref().is_some_and(|cursor| position(cursor).is_none()) {
            return Err(kinds::no_cursor());
        }
        Ok(Objects(selection))
    }
}

impl Backend<Objects> for Kubernetes {
    fn run<'a>(&'a self, call: &'a Committed<Objects>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            let mut documents = Documents::default();
            let mut left =
                call.parts().first().and_then(|part| part.request.0.limit).unwrap_or(LIMIT).min(call.limits().items)
                    as usize;
            for (at, part) in call.parts().iter().enumerate() {
                documents.piece(Piece::Part(at));
                if part.request.0.verb == Verb::Get {
                    let object = self.fetch(call.id().as_str(), part, None).await?;
                    documents.push(Channel::Object, &compact(&part.request.0.kind, &object).unwrap_or_default());
                    continue;
                }
                let namespace = part.target.namespace.as_str();
                if left == 0 {
                    documents.piece(Piece::Next(cursor(namespace, "0", "")?));
                    break;
                }
                let list = self.fetch(call.id().as_str(), part, Some(left)).await?;
                for item in
                    list["items"].as_array().into_iter().flatten().filter(|item| self.open(&part.request.0, item))
                {
                    documents.push(Channel::Object, &compact(&part.request.0.kind, item).unwrap_or_default());
                    left = left.saturating_sub(1);
                }
                if let Some(token) = list["metadata"]["continue"].as_str().filter(|token| !token.is_empty()) {
                    documents.piece(Piece::Next(from_token(namespace, token)?));
                    break;
                }
            }
            Ok(documents.boxed())
        })
    }
}

impl Kubernetes {
    /// `namespaces` lists only those that are open.
    fn open(&self, selection: &Selection, item: &Value) -> bool {
        if selection.kind != "namespaces" {
            return true;
        }
        let name = item["metadata"]["name"].as_str().unwrap_or_default();
        self.labels(name).is_some_and(|labels| floor::namespace(name, &labels, false).is_ok())
    }

    async fn fetch(&self, id: &str, part: &Part<Objects>, limit: Option<usize>) -> Result<Value, Fault> {
        let selection = &part.request.0;
        let kind = kinds::by_word(&selection.kind).ok_or_else(|| Fault::new(FaultKind::Unsupported, "no such kind"))?;
        let namespace = part.target.namespace.as_str();
        if !namespace.is_empty()
            && self.labels(namespace).is_none_or(|labels| floor::namespace(namespace, &labels, false).is_err())
        {
            return Err(Fault::new(FaultKind::Changed, "the namespace is no longer open"));
        }
        let mut segments = Vec::new();
        if kind.namespaced {
            segments.extend(["namespaces", namespace]);
        }
        segments.push(kind.resource);
        segments.extend(selection.name.as_deref().filter(|_| selection.verb == Verb::Get));
        let mut url = Url::new(kind.api, segments);
        if selection.verb == Verb::List {
            // metrics.k8s.io knows neither limit nor continue.
            let pages = !kind.word.ends_with("metrics");
            url = url
                .with_some("labelSelector", selection.label_selector.as_deref())
                .with_some("fieldSelector", selection.field_selector.as_deref())
                .with_some("limit", limit.filter(|_| pages))
                .with_some("continue", selection.cursor.as_ref().and_then(|cursor| token(namespace, cursor)));
        }
        json(&self.client, url.get(id)?, ANSWER).await
    }
}

/// The API server's continue token says where a list stopped; only that is handed on, in the cursor's narrow grammar.
fn from_token(namespace: &str, token: &str) -> Result<Cursor, Fault> {
    let odd = || Fault::new(FaultKind::Broken, "a continue token of an unknown form");
    let bytes = URL_SAFE_NO_PAD.decode(token.trim_end_matches('=')).map_err(|_| odd())?;
    let token: Value = serde_json::from_slice(&bytes).map_err(|_| odd())?;
    let version = token["rv"].as_u64().ok_or_else(odd)?.to_string();
    let start = token["start"].as_str().ok_or_else(odd)?.trim_end_matches('\0').to_string();
    cursor(namespace, &version, &start)
}

fn cursor(namespace: &str, version: &str, start: &str) -> Result<Cursor, Fault> {
    let text = format!("{namespace}:{version}:{start}");
    Cursor::try_from(text).map_err(|_| Fault::new(FaultKind::Broken, "a name that no cursor can hold"))
}

/// Namespace, resource version and name at which a list stopped.
fn position(cursor: &Cursor) -> Option<(&str, u64, &str)> {
    let mut words = cursor.as_str().splitn(3, ':');
    Some((words.next()?, words.next()?.parse().ok()?, words.next()?))
}

/// Back again, for the namespace in which the list stopped.
fn token(namespace: &str, cursor: &Cursor) -> Option<String> {
    let (at, version, start) = position(cursor)?;
    if at != namespace || start.is_empty() {
        return None;
    }
    let token = json!({"v": "meta.k8s.io/v1", "rv": version, "start": format!("{start}\0")});
    Some(URL_SAFE_NO_PAD.encode(token.to_string()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_continue_token_survives_as_a_cursor() {
        let theirs = URL_SAFE_NO_PAD.encode(r#"{"v":"meta.k8s.io/v1","rv":815,"start":"cart-6c9d8f7b54-x2x9z\u0000"}"#);
        let ours = from_token("shop", &theirs).ok().unwrap();
        assert_eq!(ours.as_str(), "shop:815:cart-6c9d8f7b54-x2x9z");
        assert_eq!(token("shop", &ours).unwrap(), theirs);
        assert_eq!(token("other", &ours), None);
    }
}
