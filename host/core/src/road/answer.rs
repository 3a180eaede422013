//! The steps after the commit: the backend runs, its bytes pass the release stage, the outcome goes on record. Whatever fails, what is
//! shown was redacted and what happened is said.
use super::{Answered, Released, Road, Underway};
use crate::{
    Backend, Body, BoxFuture, Channel, Context, Cut, Ending, Fault, LedgerDown, Outcome, Piece, Raw, Request, Settled,
    Source, Stop, Target,
    race::{Deadline, Won, first},
    release::Release,
    settled::PartName,
};

impl<R: Request> Underway<R> {
    pub(super) async fn run(
        self,
        backend: &dyn Backend<R>,
        stop: &mut Stop,
        deadline: &mut Deadline,
    ) -> Result<Answered<R>, Released> {
        let cut = match first(backend.run(&self.committed), stop, deadline).await {
            Won::First(Ok(source)) => return Ok(Answered { underway: self, source, cut: None }),
            // An error's words take the same road as any other bytes of the cluster.
            Won::First(Err(Fault { kind, text })) => {
                return Ok(Answered {
                    underway: self,
                    source: Box::new(Words(Some(text))),
                    cut: Some(Cut::Backend(kind)),
                });
            }
            Won::Stopped => Cut::Stopped,
            Won::Late => Cut::Deadline,
        };
        let (body, mut outcome) = (Body { parts: names(&self.contexts), ..Body::default() }, Outcome::Cut(cut));
        if let Some(recording) = self.recording
            && recording.finish(&outcome).await.is_err()
        {
            outcome = Outcome::Cut(Cut::Recorder);
        }
        Err(Released { id: self.committed.id, outcome, body, slip: self.slip })
    }
}

impl<R: Request> Answered<R> {
    pub(super) async fn release(self, road: &Road, stop: &mut Stop, deadline: &mut Deadline) -> Released {
        let Self { underway: Underway { committed, contexts, select, left_out, slip, recording }, mut source, cut } =
            self;
        let limits = committed.limits;
        let mut release = Release::new(&*road.redactors, &contexts, limits, R::KEEP, select, recording);
        let (mut read, mut part, mut words) = (0_u64, 0, None);
        let mut outcome = loop {
            // Only the far end is raced: recording, redactors and ledger always finish what they began.
            let piece = match first(source.next(), stop, deadline).await {
                Won::First(Ok(piece)) => piece,
                Won::First(Err(Fault { kind, text })) => {
                    words = Some(text);
                    break Outcome::Cut(Cut::Backend(kind));
                }
                Won::Stopped => break Outcome::Cut(Cut::Stopped),
                Won::Late => break Outcome::Cut(Cut::Deadline),
            };
            let released = match piece {
                Piece::End(ending) => break cut.map_or(Outcome::Complete(ending), Outcome::Cut),
                Piece::Part(next) => {
                    part = next.min(contexts.len().saturating_sub(1));
                    release.finish().await
                }
                Piece::Total(total) => {
                    release.body.total = Some(total);
                    continue;
                }
                Piece::Next(cursor) => {
                    release.body.next = Some(cursor);
                    continue;
                }
                Piece::Bytes(channel, raw) => {
                    // Up to the limit and not a byte more: what lies beyond was never read as far as anyone can tell.
                    let room = usize::try_from(limits.read_bytes.saturating_sub(read)).unwrap_or(usize::MAX);
                    let bytes = &raw.0[..raw.len().min(room)];
                    read += bytes.len() as u64;
                    let cut = bytes.len() < raw.len();
                    let released = release.bytes(part, channel, bytes, road.clock.now()).await;
                    if cut && released.is_ok() {
                        break Outcome::Cut(Cut::ReadLimit);
                    }
                    released
                }
                Piece::Record(channel, raw) => {
                    read += raw.len() as u64;
                    if read > limits.read_bytes {
                        break Outcome::Cut(Cut::ReadLimit);
                    }
                    release.record(part, channel, &raw.0, road.clock.now()).await
                }
            };
            if let Err(halt) = released {
                break Outcome::Cut(halt.cut());
            }
        };
        let unfinished = matches!(outcome, Outcome::Cut(_) | Outcome::Complete(Ending::Unknown));
        let unshown = matches!(outcome, Outcome::Cut(Cut::Recorder | Cut::Redactor { .. }));
        let behind = if unfinished && !unshown { source.left_behind() } else { None };
        drop(source); // the far end is closed before anything else is waited for
        let behind = match (behind, contexts.get(part)) {
            (Some(behind), Some(context)) => Some(road.trace(&committed.id, context, behind).await),
            _ => None,
        };
        let words = words.into_iter().map(|text| text.0).chain(behind.map(String::into_bytes));
        for text in words {
            if matches!(outcome, Outcome::Cut(Cut::Recorder | Cut::Redactor { .. })) {
                break;
            }
            let text = &text[..text.len().min(64 << 10)];
            if let Err(halt) = release.bytes(part, Channel::Error, text, road.clock.now()).await {
                outcome = Outcome::Cut(halt.cut());
            }
        }
        if let Err(halt) = release.finish().await
            && !matches!(outcome, Outcome::Cut(Cut::Recorder | Cut::Redactor { .. }))
        {
            outcome = Outcome::Cut(halt.cut());
        }
        if let Err(halt) = release.close(&outcome).await {
            outcome = Outcome::Cut(halt.cut());
        }
        let body = Body { parts: names(&contexts), read_bytes: read, left_out, ..release.body };
        Released { id: committed.id, outcome, body, slip }
    }
}

impl Released {
    pub(super) async fn settle(self) -> Settled {
        let Self { id, outcome, body, slip } = self;
        match slip.settle(&outcome, &body).await {
            Ok(()) => Settled { id, outcome, body },
            Err(LedgerDown) => Settled { id, outcome: Outcome::Unrecorded, body: Body::default() },
        }
    }
}

fn names(contexts: &[Context]) -> Vec<PartName> {
    let part =
        |t: &Target| PartName { namespace: t.namespace.clone(), pod: t.pod.clone(), container: t.container.clone() };
    contexts.iter().map(|context| part(&context.target)).collect()
}

/// An error's words as a source of their own.
struct Words(Option<Raw>);

impl Source for Words {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        let piece = match self.0.take() {
            Some(raw) => Piece::Bytes(Channel::Error, raw),
            None => Piece::End(Ending::Complete),
        };
        Box::pin(std::future::ready(Ok(piece)))
    }
}
