//! A look-up that runs a command: a call of its own, with words fixed by the host. It passes the floor, is committed and recorded with
//! its parent's id like any other, and goes without reviewers, because they wait for it. Only they see its output, of a path; of a list
//! of processes nobody sees more than pids.
use super::{Committed, Part, Road, processes};
use crate::{
    Body, Bound, CallId, Channel, Context, Cut, Ending, Errand, Exec, FaultKind, Heard, Intent, Known, LeftBehind,
    Limits, Opened, Outcome, Piece, Place, Question, Recording, Request, Source, Stop, Unanswered, Value,
    race::{Deadline, Won, first, kept},
};
use std::time::Duration;

/// What an errand may take. Its answer is one line.
const LIMITS: Limits = Limits {
    time: Duration::from_secs(5),
    read_bytes: 8 << 10,
    released_bytes: 0,
    lines: 0,
    items: 0,
    series: 0,
    samples: 0,
};
/// For finding a process that was left behind: its call has settled but for this.
const TRACE: Duration = Duration::from_secs(3);
/// Bytes of a path, as the kernel bounds them.
const PATH: usize = 4096;

impl Road {
    /// The answer to a question that only a command can answer.
    pub(crate) async fn errand(
        &self,
        parent: &CallId,
        context: &Context,
        question: &Question,
        stop: &mut Stop,
        deadline: &mut Deadline,
    ) -> Result<Known, Unanswered> {
        let Some(errand) = self.lookup.errand(&context.target, question) else { return Err(Unanswered::Unavailable) };
        let run = self.run_errand_twice(parent, context, &errand, stop, deadline).await;
        let answer = run.and_then(|(outcome, out)| path(&outcome, &out));
        self.lookup.learn(&context.target, question, &answer);
        answer
    }

    /// What may still run, with its pid where the container tells. Neither the caller's leaving nor the call's deadline ends this: both
    /// are why it is asked.
    pub(super) async fn trace(&self, parent: &CallId, context: &Context, behind: LeftBehind) -> String {
        let LeftBehind { mut words, process } = behind;
        let Some(question) = process else { return words };
        let found = match self.lookup.errand(&context.target, &question) {
            Some(errand) => {
                let mut deadline = kept(self.clock.after(TRACE));
                let run = self.run_errand_twice(parent, context, &errand, &mut crate::never(), &mut deadline).await;
                run.ok().filter(|(outcome, _)| matches!(outcome, Outcome::Complete(Ending::Exit(0))))
            }
            None => None,
        };
        let pids = found.and_then(|(_, out)| processes::of(&out, &question));
        words.push_str(&processes::told(pids.as_deref()));
        words
    }

    /// A second time where it is to be prepared anew.
    async fn run_errand_twice(
        &self,
        parent: &CallId,
        context: &Context,
        errand: &Errand,
        stop: &mut Stop,
        deadline: &mut Deadline,
    ) -> Result<(Outcome, Vec<u8>), Unanswered> {
        let unprepared = Outcome::Cut(Cut::Backend(FaultKind::Unprepared));
        let first = self.run_errand(parent, context, errand, stop, deadline).await?;
        if first.0 != unprepared {
            return Ok(first);
        }
        let second = self.run_errand(parent, context, errand, stop, deadline).await?;
        if second.0 == unprepared { Err(Unanswered::Unavailable) } else { Ok(second) }
    }

    async fn run_errand(
        &self,
        parent: &CallId,
        context: &Context,
        Errand { request, backend }: &Errand,
        stop: &mut Stop,
        deadline: &mut Deadline,
    ) -> Result<(Outcome, Vec<u8>), Unanswered> {
        let refused = |_| Unanswered::Refused;
        let request = backend.prepare(request.clone(), context).map_err(refused)?;
        self.floor.check(context, &request.any()).map_err(refused)?;
        let id = self.ids.fresh();
        let intent = self.errand_intent(&id, parent, context, &request);
        let opened = self.ledger.commit(&intent).await;
        let Ok(Opened { slip, recording: Some(recording) }) = opened else {
            return Err(Unanswered::Refused);
        };
        let part = Part { target: context.target.clone(), request };
        let committed = Committed { id, subject: context.subject.clone(), parts: vec![part], limits: intent.limits };
        // Two deadlines: the errand's own, and what is left of its call's time for look-ups.
        let mut own = kept(self.clock.after(committed.limits.time));
        let mut stops = Stops { own: &mut own, stop, deadline };
        let mut found = Found { recording, out: Vec::new(), read: 0 };
        let outcome = match stops.first(backend.run(&committed)).await {
            Ok(Ok(source)) => found.drain(source, &mut stops).await,
            Ok(Err(fault)) => Outcome::Cut(Cut::Backend(fault.kind)),
            Err(cut) => Outcome::Cut(cut),
        };
        let Found { recording, out, read } = found;
        let recorded = recording.finish(&outcome).await;
        let body = Body { read_bytes: read, ..Body::default() };
        if slip.settle(&outcome, &body).await.is_err() || recorded.is_err() {
            return Err(Unanswered::Refused);
        }
        Ok((outcome, out))
    }

    fn errand_intent(&self, id: &CallId, parent: &CallId, context: &Context, request: &Exec) -> Intent {
        let target = &context.target;
        let place = Place {
            namespace: Some(target.namespace.clone()),
            pod: Some(target.pod.clone()),
            container: Some(target.container.clone()),
            pod_selector: None,
        };
        let request = request.any();
        let part = Heard {
            context: context.clone(),
            request: request.clone(),
            answers: vec![],
            opinions: vec![],
            floor: None,
        };
        Intent {
            id: id.clone(),
            parent: Some(parent.clone()),
            tool: "look-up".into(),
            arrived: self.clock.now(),
            place,
            asked: request,
            subject: context.subject.clone(),
            parts: vec![part],
            left_out: vec![],
            limits: Limits { time: LIMITS.time.min(self.limits.time), ..LIMITS },
            policy_set: self.reviewers.set_digest().into(),
            recorded: Exec::RECORDED,
        }
    }
}

struct Stops<'a> {
    own: &'a mut Deadline,
    stop: &'a mut Stop,
    deadline: &'a mut Deadline,
}

impl Stops<'_> {
    async fn first<T>(&mut self, next: impl Future<Output = T>) -> Result<T, Cut> {
        let mut never = crate::never();
        match first(first(next, &mut never, self.own), self.stop, self.deadline).await {
            Won::First(Won::First(value)) => Ok(value),
            Won::First(_) | Won::Late => Err(Cut::Deadline),
            Won::Stopped => Err(Cut::Stopped),
        }
    }
}

struct Found {
    recording: Box<dyn Recording>,
    /// Standard output.
    out: Vec<u8>,
    read: u64,
}

impl Found {
    /// Everything is recorded, sealed, before it counts.
    async fn drain(&mut self, mut source: Box<dyn Source>, stops: &mut Stops<'_>) -> Outcome {
        loop {
            let (channel, raw) = match stops.first(source.next()).await {
                Ok(Ok(Piece::Bytes(channel, raw))) => (channel, raw),
                Ok(Ok(Piece::End(ending))) => return Outcome::Complete(ending),
                Ok(Ok(_)) => continue,
                Ok(Err(fault)) => return Outcome::Cut(Cut::Backend(fault.kind)),
                Err(cut) => return Outcome::Cut(cut),
            };
            self.read += raw.len() as u64;
            if self.read > LIMITS.read_bytes {
                return Outcome::Cut(Cut::ReadLimit);
            }
            if self.recording.seal(channel, &raw.0).await.is_err() {
                return Outcome::Cut(Cut::Recorder);
            }
            if channel == Channel::Stdout {
                self.out.extend_from_slice(&raw.0);
            }
        }
    }
}

/// One absolute path on one line, or the word that says why not. A container may print anything: what is no path is no answer.
fn path(outcome: &Outcome, out: &[u8]) -> Result<Known, Unanswered> {
    Err(match outcome {
        Outcome::Complete(Ending::Exit(0)) => {
            let line = std::str::from_utf8(out).ok().and_then(|text| text.strip_suffix('\n'));
            let path = line.filter(|path| path.starts_with('/') && path.len() <= PATH);
            match path.filter(|path| !path.chars().any(char::is_control)) {
                Some(path) => return Ok(Known { value: Value::Text(path.into()), bound: Bound::Exact }),
                None => Unanswered::Refused,
            }
        }
        Outcome::Complete(Ending::Exit(1)) if out.is_empty() => Unanswered::Missing,
        // What shells and wrappers answer for a program that is not there, or cannot be run.
        Outcome::Complete(Ending::Exit(126 | 127)) => Unanswered::Unsupported,
        Outcome::Cut(Cut::Backend(FaultKind::Unsupported)) => Unanswered::Unsupported,
        // Killed by its own time limit.
        Outcome::Complete(Ending::Exit(137)) | Outcome::Cut(Cut::Deadline | Cut::Stopped) => Unanswered::Timeout,
        _ => Unanswered::Refused,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_absolute_path_on_one_line_is_an_answer() {
        let exit = |code| Outcome::Complete(Ending::Exit(code));
        let cut = |kind| Outcome::Cut(Cut::Backend(kind));
        for (outcome, out, says) in [
            (exit(0), "/var/log/app.log\n", "/var/log/app.log"),
            (exit(0), "/with a blank\n", "/with a blank"),
            (exit(0), "/two\n/lines\n", "refused"),
            (exit(0), "/no/end", "refused"),
            (exit(0), "relative\n", "refused"),
            (exit(0), "/esc\u{1b}[2J\n", "refused"),
            (exit(0), "", "refused"),
            (exit(1), "", "missing"),
            (exit(1), "/x\n", "refused"),
            (exit(127), "", "unsupported"),
            (exit(137), "", "timeout"),
            (Outcome::Complete(Ending::Unknown), "/x\n", "refused"),
            (Outcome::Cut(Cut::ReadLimit), "/x\n", "refused"),
            (Outcome::Cut(Cut::Deadline), "/x\n", "timeout"),
            (cut(FaultKind::Unsupported), "", "unsupported"),
            (cut(FaultKind::Changed), "/x\n", "refused"),
        ] {
            let got = match path(&outcome, out.as_bytes()) {
                Ok(Known { value: Value::Text(path), bound: Bound::Exact }) => path,
                Ok(_) => "odd".into(),
                Err(word) => word.as_str().into(),
            };
            assert_eq!(got, says, "{outcome:?} {out:?}");
        }
    }
}
