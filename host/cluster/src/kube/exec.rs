//! Commands over WebSocket (`v5.channel.k8s.io`), output only: no standard input, no terminal.
//!
//! The pod is read live before and after: a StatefulSet's pod can be another one under the same name, and only its UID tells.
//! Without a Status frame the exit status is unknown, never zero (kubernetes/kubernetes#73056).
use super::{
    Kubernetes,
    facts::Pod,
    http::{Url, body, fault, send},
};
use futures_util::StreamExt;
use serde_json::Value;
use std::pin::Pin;
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Denial, Ending, Exec, Fault, FaultKind, Piece, Prepare, Raw,
    Source, Target, floor,
};

/// Bytes of a pod object.
const POD: usize = 4 << 20;

impl Prepare<Exec> for Kubernetes {
    fn prepare(&self, request: Exec, _: &Context) -> Result<Exec, Denial> {
        Ok(Exec { wrapper: self.settings.exec_wrapper.clone(), ..request })
    }
}

impl Backend<Exec> for Kubernetes {
    fn run<'a>(&'a self, call: &'a Committed<Exec>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            let [part] = call.parts() else {
                return Err(Fault::new(FaultKind::Unsupported, "a command runs in one container"));
            };
            let guard =
                Guard { client: self.client.clone(), target: part.target.clone(), id: call.id().as_str().into() };
            let open = self
                .labels(&part.target.namespace)
                .is_some_and(|labels| floor::namespace(&part.target.namespace, &labels, true).is_ok());
            if !open {
                return Err(Fault::new(FaultKind::Changed, "the namespace is no longer open for commands"));
            }
            guard.check().await?;
            let mut url = Url::new("api/v1/namespaces", [&part.target.namespace, "pods", &part.target.pod, "exec"])
                .with("container", &part.target.container)
                .with("stdout", "true")
                .with("stderr", "true");
            for word in part.request.command() {
                url = url.with("command", word);
            }
            let connection = self.client.connect(url.get(call.id().as_str())?).await.map_err(|error| fault(&error))?;
            let frames = connection.into_stream().map(|frame| match frame {
                Ok(frame) if frame.is_binary() || frame.is_text() => Ok(Frame::Data(frame.into_data().to_vec())),
                Ok(frame) if frame.is_close() => Ok(Frame::Close),
                Ok(_) => Ok(Frame::Other),
                Err(error) => Err(error.to_string()),
            });
            Ok(Box::new(ExecSource { frames: Box::pin(frames), guard, status: None, state: State::Running })
                as Box<dyn Source>)
        })
    }
}

/// The pod that was reviewed, and no other.
struct Guard {
    client: kube::Client,
    target: Target,
    id: String,
}

impl Guard {
    async fn check(&self) -> Result<(), Fault> {
        let url = Url::new("api/v1/namespaces", [&self.target.namespace, "pods", &self.target.pod]);
        let bytes = body(send(&self.client, url.get(&self.id)?).await?, POD).await?;
        let pod: Pod =
            serde_json::from_slice(&bytes).map_err(|error| Fault::new(FaultKind::Broken, error.to_string()))?;
        let same = pod.metadata.uid == self.target.pod_uid && pod.metadata.labels == self.target.pod_labels;
        if same {
            Ok(())
        } else {
            Err(Fault::new(
                FaultKind::Changed,
                "the pod is not the one that was reviewed: its UID or its labels differ",
            ))
        }
    }
}

enum Frame {
    Data(Vec<u8>),
    Close,
    Other,
}

enum State {
    Running,
    /// The stream is over; the pod is to be read once more.
    Over,
}

type Frames = Pin<Box<dyn futures_util::Stream<Item = Result<Frame, String>> + Send>>;

struct ExecSource {
    frames: Frames,
    guard: Guard,
    status: Option<Vec<u8>>,
    state: State,
}

impl ExecSource {
    async fn step(&mut self) -> Result<Piece, Fault> {
        while let State::Running = self.state {
            let data = match self.frames.next().await {
                Some(Ok(Frame::Data(data))) => data,
                Some(Ok(Frame::Other)) => continue,
                Some(Ok(Frame::Close)) | None => {
                    self.state = State::Over;
                    break;
                }
                Some(Err(words)) => return Err(Fault::new(FaultKind::Broken, words)),
            };
            let Some((channel, payload)) = data.split_first() else { continue };
            match channel {
                1 if !payload.is_empty() => return Ok(Piece::Bytes(Channel::Stdout, Raw::new(payload))),
                2 if !payload.is_empty() => return Ok(Piece::Bytes(Channel::Stderr, Raw::new(payload))),
                // The Status document: nothing follows it.
                3 => {
                    self.status = Some(payload.to_vec());
                    self.state = State::Over;
                }
                _ => {}
            }
        }
        self.guard.check().await?;
        match self.status.take() {
            None => Ok(Piece::End(Ending::Unknown)),
            Some(status) => ending(&status),
        }
    }
}

impl Source for ExecSource {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        Box::pin(self.step())
    }
}

/// How the command ended. A status that is no exit status is the runtime's own failure, such as a program that is not there.
fn ending(status: &[u8]) -> Result<Piece, Fault> {
    let Ok(status) = serde_json::from_slice::<Value>(status) else { return Ok(Piece::End(Ending::Unknown)) };
    if status["status"] == "Success" {
        return Ok(Piece::End(Ending::Exit(0)));
    }
    let causes = status["details"]["causes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let code = causes
        .iter()
        .find(|cause| cause["reason"] == "ExitCode")
        .and_then(|cause| cause["message"].as_str()?.parse().ok());
    match code {
        Some(code) => Ok(Piece::End(Ending::Exit(code))),
        None => Err(Fault::new(FaultKind::Invalid, status["message"].as_str().unwrap_or_default())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_status_document_says_how_a_command_ended() {
        let end = |status: &str| match ending(status.as_bytes()) {
            Ok(Piece::End(ending)) => format!("{ending:?}"),
            Ok(_) => "a piece".into(),
            Err(fault) => format!("{:?}", fault.kind),
        };
        for (status, ended) in [
            (r#"{"status":"Success"}"#, "Exit(0)"),
            (
                r#"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#,
                "Exit(3)",
            ),
            (
                r#"{"status":"Failure","reason":"InternalError","message":"exec: \"nope\": executable file not found"}"#,
                "Invalid",
            ),
            ("", "Unknown"),
            ("{", "Unknown"),
        ] {
            assert_eq!(end(status), ended, "{status}");
        }
    }
}
