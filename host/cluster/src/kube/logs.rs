//! Container logs: one request per target, streamed.
use super::{
    Kubernetes,
    http::{Url, send},
};
use http_body_util::BodyExt;
use kube::client::Body;
use std::{collections::VecDeque, sync::Arc};
use wardgate_core::{
    Backend, BoxFuture, CallId, Channel, Committed, Context, Denial, Ending, Fault, FaultKind, Logs, Part, Piece,
    Prepare, Raw, Source, floor,
};

/// Lines from the end when the caller does not say.
const TAIL: u32 = 200;

/// What the kubelet writes into a 200 answer when there is no such log.
const NO_LOG: &[u8] = b"unable to retrieve container logs for ";

impl Prepare<Logs> for Kubernetes {
    fn prepare(&self, request: Logs, _: &Context) -> Result<Logs, Denial> {
        Ok(Logs { tail_lines: Some(request.tail_lines.unwrap_or(TAIL)), ..request })
    }
}

impl Backend<Logs> for Kubernetes {
    fn run<'a>(&'a self, call: &'a Committed<Logs>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            let most = call.limits().read_bytes.saturating_add(1);
            let parts: VecDeque<_> = call.parts().iter().cloned().enumerate().collect();
            let (reader, single) = (self.reader(call.id(), most), parts.len() == 1);
            Ok(Box::new(LogSource { reader, single, parts, state: State::Next }) as Box<dyn Source>)
        })
    }
}

impl Kubernetes {
    fn reader(&self, id: &CallId, most: u64) -> Reader {
        Reader {
            client: self.client.clone(),
            id: id.clone(),
            most,
            namespaces: self.namespaces.clone(),
            stale_after: self.settings.stale_after,
        }
    }
}

struct Reader {
    client: kube::Client,
    id: CallId,
    /// One byte more than may be read, so that the road sees that there was more.
    most: u64,
    namespaces: Arc<super::Cache<super::NamespaceFacts>>,
    stale_after: std::time::Duration,
}

impl Reader {
    async fn open(&self, part: &Part<Logs>) -> Result<Body, Fault> {
        let target = &part.target;
        // Labels may have changed since the review.
        let labels =
            self.namespaces.fresh(self.stale_after).then(|| self.namespaces.get("", &target.namespace)).flatten();
        let open = labels.is_some_and(|facts| floor::namespace(&facts.name, &facts.labels, false).is_ok());
        if !open {
            return Err(Fault::new(FaultKind::Changed, "the namespace is no longer open"));
        }
        // The API server answers such a request with an empty log, which reads as "it said nothing".
        if target.node.is_empty() {
            return Err(Fault::new(
                FaultKind::Missing,
                "the pod was never scheduled to a node, so it has no log; its events say why",
            ));
        }
        let Logs { since_seconds, tail_lines, previous, .. } = part.request;
        let url = Url::new("api/v1/namespaces", [&target.namespace, "pods", &target.pod, "log"])
            .with("container", &target.container)
            .with("tailLines", &tail_lines.unwrap_or(TAIL).to_string())
            .with_some("sinceSeconds", since_seconds)
            .with_some("previous", previous.then_some("true"))
            .with("limitBytes", &part.request.limit_bytes.unwrap_or(self.most).min(self.most).to_string());
        Ok(send(&self.client, url.get(self.id.as_str())?).await?.into_body())
    }
}

struct LogSource {
    reader: Reader,
    single: bool,
    /// The one that is read, and those to come.
    parts: VecDeque<(usize, Part<Logs>)>,
    state: State,
}

enum State {
    /// The first part of those left is to be announced.
    Next,
    /// It is to be asked for.
    Announced,
    /// It is being read; whether any byte of it was seen.
    Reading(Body, bool),
}

impl LogSource {
    async fn step(&mut self) -> Result<Piece, Fault> {
        loop {
            let Some((at, part)) = self.parts.front() else { return Ok(Piece::End(Ending::Complete)) };
            match &mut self.state {
                State::Next => {
                    self.state = State::Announced;
                    return Ok(Piece::Part(*at));
                }
                State::Announced => match self.reader.open(part).await {
                    Ok(body) => self.state = State::Reading(body, false),
                    Err(fault) => return self.give_up(fault),
                },
                State::Reading(body, begun) => match body.frame().await {
                    Some(Ok(frame)) => {
                        let Ok(data) = frame.into_data() else { continue };
                        if data.is_empty() {
                            continue;
                        }
                        if !std::mem::replace(begun, true) && data.starts_with(NO_LOG) && data.len() < 512 {
                            return self.give_up(Fault::new(FaultKind::Missing, data.to_vec()));
                        }
                        return Ok(Piece::Bytes(Channel::Log, Raw::new(data)));
                    }
                    Some(Err(error)) => return Err(Fault::new(FaultKind::Broken, error.to_string())),
                    None => self.leave(),
                },
            }
        }
    }

    /// Of a single part a failure is the call's fault; of many, its words are that part's, and the next one is asked.
    fn give_up(&mut self, fault: Fault) -> Result<Piece, Fault> {
        if self.single {
            return Err(fault);
        }
        self.leave();
        Ok(Piece::Bytes(Channel::Error, fault.text))
    }

    fn leave(&mut self) {
        self.parts.pop_front();
        self.state = State::Next;
    }
}

impl Source for LogSource {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        Box::pin(self.step())
    }
}
