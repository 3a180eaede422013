//! A ledger that is not waited for: decisions of the admission gate go to the evidence through a bounded queue. A full one, or an
//! evidence that is down, refuses, and what cannot be recorded is denied.
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use wardgate_core::{BoxFuture, Intent, Ledger, LedgerDown, Opened, Outcome, TurnedAway};

enum Entry {
    Judged(Box<(Intent, Outcome)>),
    Away(Box<TurnedAway>),
}

/// The queue's entrance.
pub(super) struct QueueLedger {
    sender: Sender<Entry>,
    down: Arc<AtomicBool>,
}

/// Its other end; ends once every entrance is gone and what waited is written.
pub(super) struct Writer {
    receiver: Receiver<Entry>,
    down: Arc<AtomicBool>,
}

/// A queue of that many entries.
pub(super) fn queue(entries: u32) -> (QueueLedger, Writer) {
    let (sender, receiver) = channel(entries.max(1) as usize);
    let down = Arc::new(AtomicBool::new(false));
    (QueueLedger { sender, down: down.clone() }, Writer { receiver, down })
}

impl Writer {
    pub(super) async fn run(mut self, evidence: Arc<dyn Ledger>) {
        while let Some(entry) = self.receiver.recv().await {
            let written = match &entry {
                Entry::Judged(judged) => evidence.refuse(&judged.0, &judged.1).await,
                Entry::Away(away) => evidence.turn_away(away).await,
            };
            if written.is_err() {
                tracing::error!("decisions of the admission gate cannot be recorded: everything is denied there");
            }
            self.down.store(written.is_err(), Ordering::Release);
        }
    }
}

impl QueueLedger {
    fn put(&self, entry: Entry) -> Result<(), LedgerDown> {
        // While it is down one entry may wait, to find out whether it still is.
        let trying = self.sender.capacity() == self.sender.max_capacity();
        if self.down.load(Ordering::Acquire) && !trying {
            return Err(LedgerDown);
        }
        let down = self.down.load(Ordering::Acquire);
        self.sender.try_send(entry).map_err(|_| LedgerDown)?;
        if down { Err(LedgerDown) } else { Ok(()) }
    }
}

impl Ledger for QueueLedger {
    fn commit<'a>(&'a self, _: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        // Nothing is run from here.
        Box::pin(std::future::ready(Err(LedgerDown)))
    }

    fn refuse<'a>(&'a self, intent: &'a Intent, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        let put = self.put(Entry::Judged(Box::new((intent.clone(), outcome.clone()))));
        Box::pin(std::future::ready(put))
    }

    fn turn_away<'a>(&'a self, away: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        let put = self.put(Entry::Away(Box::new(away.clone())));
        Box::pin(std::future::ready(put))
    }
}
