//! The far end: a cluster that is slow, cuts its streams, floods, changes labels, says secrets in its errors. Before it runs anything it
//! looks at the disk itself: is the intent there, if the power went now?
use crate::{
    checks::{Broken, Watch},
    dice::Dice,
    executor::SimClock,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use wardgate_core::{
    AnyRequest, Backend, Bound, BoxFuture, Channel, Clock, Committed, Context, Denial, Ending, Facts, Fault, FaultKind,
    Known, Lookup, Piece, Place, Prepare, Question, Raw, Request, Source, Target, Unanswered, Value,
};

/// The cluster of one world.
#[derive(Clone)]
pub struct FarEnd {
    /// Chance.
    pub dice: Dice,
    /// Time.
    pub clock: SimClock,
    /// What must hold.
    pub watch: Arc<Watch>,
}

impl FarEnd {
    async fn dawdle(&self) {
        match self.dice.below(40) {
            0 => std::future::pending().await,
            1..=10 => self.clock.after(Duration::from_millis(self.dice.below(3_000) as u64)).await,
            _ => {}
        }
    }

    /// Some text with secrets in it.
    fn text(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for _ in 0..self.dice.below(6) {
            for _ in 0..self.dice.below(60) {
                text.push(self.dice.pick(b"abc KE0123456789\n\x1b\xff\"{}:"));
            }
            if self.dice.one_in(2) {
                text.extend_from_slice(self.watch.plant(&self.dice).as_bytes());
            }
        }
        text
    }
}

impl Lookup for FarEnd {
    fn resolve<'a>(&'a self, place: &'a Place, _: &'a AnyRequest) -> BoxFuture<'a, Result<Facts, Denial>> {
        Box::pin(async move {
            self.dawdle().await;
            if self.dice.one_in(20) {
                return Err(Denial::new("target.missing", format!("no such pod as {}", self.watch.plant(&self.dice))));
            }
            let open: BTreeMap<String, String> =
                ["debug-ai-access", "debug-ai-exec"].map(|key| (key.to_owned(), "enabled".to_owned())).into();
            let target = |n: usize| Target {
                namespace: place.namespace.clone().unwrap_or_default(),
                namespace_labels: if self.dice.one_in(15) { BTreeMap::new() } else { open.clone() },
                pod: format!("pod-{n}"),
                ..Target::default()
            };
            Ok(Facts { targets: (0..self.dice.below(4)).map(target).collect(), ..Facts::default() })
        })
    }

    fn answer<'a>(&'a self, _: &'a Target, question: &'a Question) -> BoxFuture<'a, Result<Known, Unanswered>> {
        Box::pin(async move {
            self.dawdle().await;
            match self.dice.below(4) {
                0 => Err(Unanswered::Timeout),
                _ => Ok(Known { value: Value::Text(question.subject.clone()), bound: Bound::Exact }),
            }
        })
    }
}

impl<R: Request> Prepare<R> for FarEnd {
    fn prepare(&self, request: R, _: &Context) -> Result<R, Denial> {
        Ok(request)
    }
}

impl<R: Request> Backend<R> for FarEnd {
    fn run<'a>(&'a self, call: &'a Committed<R>) -> BoxFuture<'a, Result<Box<dyn Source>, Fault>> {
        Box::pin(async move {
            if !self.watch.intent_is_durable(call.id()) {
                self.watch.report(Broken::RanWithoutIntent { call: call.id().to_string() });
            }
            self.dawdle().await;
            if self.dice.one_in(12) {
                let words = format!("cannot: {}", self.watch.plant(&self.dice));
                let kind = self.dice.pick(&[
                    FaultKind::Missing,
                    FaultKind::Refused,
                    FaultKind::Unavailable,
                    FaultKind::Changed,
                ]);
                return Err(Fault::new(kind, words));
            }
            let pieces = self.dice.below(if self.dice.one_in(30) { 400 } else { 12 });
            Ok(Box::new(Stream { far: self.clone(), left: pieces, parts: call.parts().len(), cut: Vec::new() })
                as Box<dyn Source>)
        })
    }
}

struct Stream {
    far: FarEnd,
    left: usize,
    parts: usize,
    /// What is left of a text that is being handed over in pieces.
    cut: Vec<u8>,
}

impl Source for Stream {
    fn next(&mut self) -> BoxFuture<'_, Result<Piece, Fault>> {
        Box::pin(async move {
            let far = self.far.clone();
            far.dawdle().await;
            if self.cut.is_empty() && self.left > 0 {
                self.left -= 1;
                self.cut = far.text();
            }
            if self.cut.is_empty() {
                return match far.dice.below(8) {
                    0 => Ok(Piece::End(Ending::Unknown)),
                    1 => Err(Fault::new(FaultKind::Broken, format!("hung up at {}", far.watch.plant(&far.dice)))),
                    2 => Ok(Piece::End(Ending::Exit(1))),
                    _ => Ok(Piece::End(Ending::Complete)),
                };
            }
            // Cancel safe: what is taken away is handed out without another await.
            let upto = 1 + far.dice.below(self.cut.len());
            let piece: Vec<u8> = self.cut.drain(..upto).collect();
            let whole = self.cut.is_empty();
            match far.dice.below(12) {
                0 if whole => Ok(Piece::Part(far.dice.below(self.parts.max(1)))),
                1 if whole => {
                    let document =
                        serde_json::json!({"metadata": {"name": far.watch.plant(&far.dice)}, "n": far.dice.below(9)});
                    Ok(Piece::Record(Channel::Object, Raw::new(document.to_string())))
                }
                _ => Ok(Piece::Bytes(Channel::Stdout, Raw::new(piece))),
            }
        })
    }
}
