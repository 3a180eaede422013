//! Commands over WebSocket (`v5.channel.k8s.io`), output only: no standard input, no terminal.
//!
//! The pod is read live before and after: a StatefulSet's pod can be another one under the same name, and only its UID tells.
//! Without a Status frame the exit status is unknown, never zero (kubernetes/kubernetes#73056). Nothing outside can end a command
//! once it runs: what may go on is said.
use super::{
    Kubernetes,
    facts::Pod,
    http::{Url, body, send},
    process,
    websocket::{self, Frame, Frames},
    wrapper::{Spelling, Wrappers, not_found, took_seconds_for_program},
};
use futures_util::StreamExt;
use serde_json::Value;
use std::sync::Arc;
use wardgate_core::{
    Backend, BoxFuture, Channel, Committed, Context, Denial, Ending, Exec, Fault, FaultKind, LeftBehind, Part, Piece,
    Prepare, Raw, Source, floor,
};

/// Bytes of a pod object.
const POD: usize = 4 << 20;
/// Bytes of a Status document.
const STATUS: usize = 64 << 10;
/// Bytes of standard error that are looked at for an old `timeout`.
const BEGINNING: usize = 64;

impl Prepare<Exec> for Kubernetes {
    fn prepare(&self, request: Exec, context: &Context) -> Result<Exec, Denial> {
        Ok(Exec { wrapper: self.wrappers.of(&context.target), ..request })
    }
}

impl Backend<Exec> for Kubernetes {
    fn run<'a>(&'a self, call: &'a Committed<Exec>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            let [part] = call.parts() else {
                return Err(Fault::new(FaultKind::Unsupported, "a command runs in one container"));
            };
            let guard = Guard { client: self.client.clone(), part: part.clone(), id: call.id().as_str().into() };
            let target = &part.target;
            let open = self
                .labels(&target.namespace)
                .is_some_and(|labels| floor::namespace(&target.namespace, &labels, true).is_ok());
            if !open {
                return Err(Fault::new(FaultKind::Changed, "the namespace is no longer open for commands"));
            }
            guard.before().await?;
            let mut url = Url::new("api/v1/namespaces", [&target.namespace, "pods", &target.pod, "exec"])
                .with("container", &target.container)
                .with("stdout", "true")
                .with("stderr", "true");
            for word in part.request.command() {
                url = url.with("command", word);
            }
            let frames = websocket::open(&self.client, url, call.id().as_str()).await?;
            let wrappers = self.wrappers.clone();
            let source =
                ExecSource { frames, guard, wrappers, status: None, stderr: Vec::new(), state: State::Running };
            Ok(Box::new(source) as Box<dyn Source>)
        })
    }
}

/// The pod that was reviewed, and no other.
struct Guard {
    client: kube::Client,
    part: Part<Exec>,
    id: String,
}

impl Guard {
    async fn read(&self) -> Result<Pod, Fault> {
        let target = &self.part.target;
        let url = Url::new("api/v1/namespaces", [&target.namespace, "pods", &target.pod]);
        let bytes = body(send(&self.client, url.get(&self.id)?).await?, POD).await?;
        serde_json::from_slice(&bytes).map_err(|error| Fault::new(FaultKind::Broken, error.to_string()))
    }

    async fn before(&self) -> Result<(), Fault> {
        let (pod, target) = (self.read().await?, &self.part.target);
        if pod.metadata.uid != target.pod_uid {
            return Err(changed("the pod is not the one that was reviewed: its UID differs, so nothing was run"));
        }
        if pod.metadata.labels != target.pod_labels {
            return Err(changed("the pod's labels are not those that were reviewed, so nothing was run"));
        }
        Ok(())
    }

    /// The output is there already: what is found out now only says how far it can be believed.
    async fn after(&self) -> Result<(), Fault> {
        let pod = match self.read().await {
            Ok(pod) => pod,
            Err(fault) if fault.kind == FaultKind::Missing => {
                return Err(changed("the pod was gone after the command ran: the output may come from another pod"));
            }
            Err(fault) => {
                let words = "the pod could not be read after the command ran: the output may come from another pod";
                return Err(Fault::new(fault.kind, words));
            }
        };
        if pod.metadata.uid != self.part.target.pod_uid {
            let words = "another pod has the name after the command ran, by its UID: the output may come from that pod";
            return Err(changed(words));
        }
        if pod.metadata.labels != self.part.target.pod_labels {
            return Err(changed("the pod's labels changed while the command ran: it was reviewed under the old ones"));
        }
        Ok(())
    }
}

fn changed(words: &str) -> Fault {
    Fault::new(FaultKind::Changed, words)
}

enum State {
    Running,
    /// The stream is over; the pod is to be read once more.
    Over,
}

struct ExecSource {
    frames: Frames,
    guard: Guard,
    wrappers: Arc<Wrappers>,
    status: Option<Vec<u8>>,
    /// Its first bytes.
    stderr: Vec<u8>,
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
                2 if !payload.is_empty() => {
                    let room = BEGINNING - self.stderr.len().min(BEGINNING);
                    self.stderr.extend_from_slice(&payload[..payload.len().min(room)]);
                    return Ok(Piece::Bytes(Channel::Stderr, Raw::new(payload)));
                }
                // The Status document: nothing follows it.
                3 => {
                    self.status = Some(payload[..payload.len().min(STATUS)].to_vec());
                    self.state = State::Over;
                }
                _ => {}
            }
        }
        let ended = self.status.as_deref().map_or(Ended::Unknown, ended);
        self.learn(&ended)?;
        self.guard.after().await?;
        match ended {
            Ended::Unknown => Ok(Piece::End(Ending::Unknown)),
            Ended::Exit(status) => Ok(Piece::End(Ending::Exit(status))),
            Ended::NotStarted(words) => {
                let program = self.guard.part.request.argv.first().map(String::as_str).unwrap_or_default();
                let kind = if not_found(&words, program) { FaultKind::Unsupported } else { FaultKind::Invalid };
                Err(Fault::new(kind, words))
            }
        }
    }

    /// A start that failed for want of this `timeout` is not the command's failure.
    fn learn(&self, ended: &Ended) -> Result<(), Fault> {
        let Part { target, request } = &self.guard.part;
        let Some(program) = request.wrapper.first() else { return Ok(()) };
        let spelling = match ended {
            Ended::NotStarted(words) if not_found(words, program) => Spelling::None,
            Ended::Exit(1 | 127) if took_seconds_for_program(&self.stderr, &request.wrapper) => Spelling::Old,
            _ => return Ok(()),
        };
        self.wrappers.learn(target, spelling);
        Err(Fault::new(FaultKind::Unprepared, "the image has no such `timeout`"))
    }
}

impl Source for ExecSource {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        Box::pin(self.step())
    }

    fn left_behind(&self) -> Option<LeftBehind> {
        if self.status.is_some() {
            return None;
        }
        let Exec { argv, wrapper } = &self.guard.part.request;
        Some(match wrapper.iter().find(|word| word.parse::<u16>().is_ok()) {
            Some(seconds) => LeftBehind {
                words: format!(
                    "the command may still be running in the container, until its own time limit kills it {seconds} s after its \
                     start\n"
                ),
                process: None,
            },
            None => LeftBehind {
                words: "the command may still be running in the container: no time limit stands before it, and nothing outside \
                        the container can end it\n"
                    .into(),
                process: argv.first().map(|program| process::question(program)),
            },
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Unknown,
    Exit(i32),
    /// The runtime's own failure, in its words.
    NotStarted(String),
}

/// How the command ended. A status that is no exit status is the runtime's own failure, such as a program that is not there.
fn ended(status: &[u8]) -> Ended {
    let Ok(status) = serde_json::from_slice::<Value>(status) else { return Ended::Unknown };
    let causes = status["details"]["causes"].as_array().map(Vec::as_slice).unwrap_or_default();
    let code = causes
        .iter()
        .find(|cause| cause["reason"] == "ExitCode")
        .and_then(|cause| cause["message"].as_str()?.parse().ok());
    match (status["status"].as_str(), code) {
        (Some("Success"), _) => Ended::Exit(0),
        (Some("Failure"), Some(code)) => Ended::Exit(code),
        (Some("Failure"), None) => Ended::NotStarted(status["message"].as_str().unwrap_or_default().into()),
        _ => Ended::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_status_document_says_how_a_command_ended() {
        for (status, says) in [
            (r#"{"status":"Success"}"#, Ended::Exit(0)),
            (
                r#"{"status":"Failure","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"3"}]}}"#,
                Ended::Exit(3),
            ),
            (
                r#"{"status":"Failure","reason":"InternalError","message":"exec: \"nope\": executable file not found"}"#,
                Ended::NotStarted("exec: \"nope\": executable file not found".into()),
            ),
            (r#"{"status":"Perhaps"}"#, Ended::Unknown),
            ("{}", Ended::Unknown),
            ("", Ended::Unknown),
            ("{", Ended::Unknown),
        ] {
            assert_eq!(ended(status.as_bytes()), says, "{status}");
        }
    }
}
