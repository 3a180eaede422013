//! Events of a namespace or about one object: the newest, in order of time, with repetitions counted.
//!
//! core/v1 and events.k8s.io/v1 are two views of the same objects in the API server's store: one list has them all.
use super::{
    Kubernetes,
    http::{Url, json},
};
use crate::{compact, kinds, records::Documents};
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Denial, Events, Fault, FaultKind, Piece, Prepare, Raw, Source,
    floor,
};

/// Events that are read of one namespace; the API server lists them in no useful order, so all are read before the newest are kept.
const READ: u32 = 5_000;
/// Bytes of one answer of the API server.
const ANSWER: usize = 32 << 20;
/// Events that are shown when the caller does not say.
const LIMIT: u32 = 100;

impl Prepare<Events> for Kubernetes {
    fn prepare(&self, Events(mut selection): Events, _: &Context) -> Result<Events, Denial> {
        selection.limit = Some(selection.limit.unwrap_or(LIMIT));
        Ok(Events(selection))
    }
}

impl Backend<Events> for Kubernetes {
    fn run<'a>(&'a self, call: &'a Committed<Events>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            let mut documents = Documents::default();
            let (mut total, mut whole, mut left) = (0, true, call.limits().items as usize);
            for (at, part) in call.parts().iter().enumerate() {
                let (namespace, selection) = (part.target.namespace.as_str(), &part.request.0);
                if self.labels(namespace).is_none_or(|labels| floor::namespace(namespace, &labels, false).is_err()) {
                    return Err(Fault::new(FaultKind::Changed, "the namespace is no longer open"));
                }
                let mut fields = Vec::new();
                if let Some(kind) = kinds::by_word(&selection.kind) {
                    fields.push(format!("involvedObject.kind={}", kind.kind));
                }
                if let Some(name) = &selection.name {
                    fields.push(format!("involvedObject.name={name}"));
                }
                let url = Url::new("api/v1/namespaces", [namespace, "events"])
                    .with("limit", &READ.to_string())
                    .with_some("fieldSelector", (!fields.is_empty()).then(|| fields.join(",")));
                let list = json(&self.client, url.get(call.id().as_str())?, ANSWER).await?;
                let events = compact::events(list["items"].as_array().into_iter().flatten());
                documents.piece(Piece::Part(at));
                if list["metadata"]["continue"].as_str().is_some_and(|more| !more.is_empty()) {
                    whole = false;
                    let words = format!(
                        "namespace {namespace} has more than {READ} such events and lists them in no order of time, so newer ones may \
                         be missing: name an object to see its own\n"
                    );
                    documents.piece(Piece::Bytes(Channel::Error, Raw::new(words)));
                }
                total += events.len();
                let most = left.min(selection.limit.unwrap_or(LIMIT) as usize);
                for event in &events[events.len().saturating_sub(most)..] {
                    documents.push(Channel::Event, event);
                    left = left.saturating_sub(1);
                }
            }
            if whole {
                documents.piece(Piece::Total(total as u64));
            }
            Ok(documents.boxed())
        })
    }
}
