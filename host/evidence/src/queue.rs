//! From many callers to one writer: a bounded queue, a thread that writes what gathered while it flushed, and answers. Must not
//! know what records say.
use crate::chain::{Say, Writer};
use crate::record::{Hash, Kind, LINE_MAX};
use std::{
    collections::VecDeque,
    io,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::oneshot;
use wardgate_core::LedgerDown;

/// Bytes of one flush at most, but for a last record.
pub(crate) const BATCH_BYTES: usize = 1 << 20;

pub(crate) enum Order {
    Write(Say),
    Sign,
    Close,
}

struct Job {
    order: Order,
    done: Option<oneshot::Sender<Result<(), LedgerDown>>>,
}

/// How a log is.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Health {
    /// Why nothing can be written any more; stays until the log is opened again.
    pub down: Option<String>,
    /// Closed in order.
    pub closed: bool,
    /// The last durable record.
    pub seq: u64,
    /// Its hash.
    pub head: Hash,
    /// Calls whose outcome is still to come, and records that wait for the disk.
    pub waiting: usize,
}

struct State {
    jobs: VecDeque<Job>,
    reserved: usize,
    health: Health,
}

struct Shared {
    state: Mutex<State>,
    wake: Condvar,
    bound: usize,
    /// The caller writes.
    inline: Option<Mutex<Writer>>,
}

/// The way in; cheap to clone.
#[derive(Clone)]
pub(crate) struct Queue(Arc<Shared>);

/// A reserved place in the queue: what is put there never waits and is never turned away for want of room.
pub(crate) struct Place(Option<Queue>);

/// The answer, once it is durable.
pub(crate) type Pending = oneshot::Receiver<Result<(), LedgerDown>>;

impl Queue {
    pub(crate) fn inline(writer: Writer, bound: usize) -> Self {
        Self(Arc::new(Shared {
            state: Mutex::new(State::new(&writer)),
            wake: Condvar::new(),
            bound,
            inline: Some(Mutex::new(writer)),
        }))
    }

    pub(crate) fn threaded(writer: Writer, bound: usize) -> io::Result<Self> {
        let queue = Self(Arc::new(Shared {
            state: Mutex::new(State::new(&writer)),
            wake: Condvar::new(),
            bound,
            inline: None,
        }));
        let inner = queue.clone();
        std::thread::Builder::new().name("evidence".into()).spawn(move || inner.run(writer))?;
        Ok(queue)
    }

    pub(crate) fn health(&self) -> Health {
        let state = self.state();
        Health { waiting: state.jobs.len() + state.reserved, ..state.health.clone() }
    }

    pub(crate) fn reserve(&self) -> Result<Place, LedgerDown> {
        let mut state = self.state();
        state.admit(self.0.bound)?;
        state.reserved += 1;
        Ok(Place(Some(self.clone())))
    }

    pub(crate) fn send(&self, order: Order) -> Result<Pending, LedgerDown> {
        self.state().admit(self.0.bound)?;
        Ok(self.push(order))
    }

    fn push(&self, order: Order) -> Pending {
        let (done, pending) = oneshot::channel();
        let job = Job { order, done: Some(done) };
        match &self.0.inline {
            None => {
                self.state().jobs.push_back(job);
                self.0.wake.notify_one();
            }
            Some(writer) => {
                let mut writer = writer.lock().unwrap_or_else(PoisonError::into_inner);
                self.perform(&mut writer, vec![job]);
            }
        }
        pending
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self, mut writer: Writer) {
        // Whatever ends this thread, nobody may wait for it any more.
        let _end = End(self);
        loop {
            let mut state = self.state();
            if state.jobs.is_empty() {
                (state, _) =
                    self.0.wake.wait_timeout(state, Duration::from_secs(1)).unwrap_or_else(PoisonError::into_inner);
            }
            let batch = state.batch();
            let over = state.health.closed || state.health.down.is_some();
            // Nobody but this thread is left: the log was dropped.
            let alone = batch.is_empty() && Arc::strong_count(&self.0) == 1;
            drop(state);
            if !batch.is_empty() {
                self.perform(&mut writer, batch);
            } else if over {
                return;
            } else if alone {
                self.perform(&mut writer, vec![Job { order: Order::Close, done: None }]);
                return;
            } else {
                let ticked = writer.tick();
                // Whoever calls next learns of it.
                let _ = self.note(&writer, ticked);
            }
        }
    }

    fn perform(&self, writer: &mut Writer, batch: Vec<Job>) {
        let down = self.state().health.down.is_some() || self.state().health.closed;
        let mut result = if down { Err(LedgerDown) } else { Ok(()) };
        if !down {
            let (mut sign, mut close) = (false, false);
            for job in &batch {
                sign |= matches!(job.order, Order::Sign);
                close |= matches!(job.order, Order::Close);
            }
            let says = batch.iter().filter_map(|job| if let Order::Write(say) = &job.order { Some(say) } else { None });
            let mut written = writer.write(says);
            if written.is_ok() && sign {
                written = writer.sign();
            }
            if written.is_ok() && close {
                written = writer.close();
            }
            result = self.note(writer, written);
            if close {
                self.state().health.closed = true;
            }
        }
        for job in batch {
            if let Some(done) = job.done {
                let _ = done.send(result);
            }
        }
    }

    /// An error is final: after a failed flush nobody knows what the disk holds.
    fn note(&self, writer: &Writer, written: io::Result<()>) -> Result<(), LedgerDown> {
        let mut state = self.state();
        match written {
            Ok(()) => {
                (state.health.seq, state.health.head) = writer.head();
                Ok(())
            }
            Err(error) => {
                let why = if error.kind() == io::ErrorKind::StorageFull {
                    "the disk is full: make room, then restart".to_owned()
                } else {
                    format!("the evidence could not be written: {error}")
                };
                tracing::error!(target: "wardgate::evidence", why, "no call is served until the log is opened again");
                state.health.down = Some(why);
                Err(LedgerDown)
            }
        }
    }
}

impl State {
    fn new(writer: &Writer) -> Self {
        let (seq, head) = writer.head();
        let health = Health { down: None, closed: false, seq, head, waiting: 0 };
        Self { jobs: VecDeque::new(), reserved: 0, health }
    }

    fn admit(&self, bound: usize) -> Result<(), LedgerDown> {
        if self.health.down.is_some() || self.health.closed {
            return Err(LedgerDown);
        }
        if self.jobs.len() + self.reserved >= bound {
            tracing::warn!(target: "wardgate::evidence", bound, "too many records wait for the disk");
            return Err(LedgerDown);
        }
        Ok(())
    }

    fn batch(&mut self) -> Vec<Job> {
        let mut batch = Vec::with_capacity(self.jobs.len());
        let mut bytes = 0;
        while bytes < BATCH_BYTES
            && let Some(job) = self.jobs.pop_front()
        {
            if let Order::Write(say) = &job.order {
                bytes += say.data.len() + 512;
            }
            batch.push(job);
        }
        batch
    }
}

impl Place {
    pub(crate) fn put(mut self, order: Order) -> Result<Pending, LedgerDown> {
        let Some(queue) = self.0.take() else { return Err(LedgerDown) };
        {
            let mut state = queue.state();
            state.reserved -= 1;
            if state.health.down.is_some() || state.health.closed {
                return Err(LedgerDown);
            }
        }
        Ok(queue.push(order))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(queue) = self.0.take() {
            queue.state().reserved -= 1;
        }
    }
}

struct End<'a>(&'a Queue);

impl Drop for End<'_> {
    fn drop(&mut self) {
        let mut state = self.0.state();
        if !state.health.closed && state.health.down.is_none() {
            state.health.down = Some("the writer of evidence ended unexpectedly".into());
        }
        state.jobs.clear();
    }
}

/// A record's data as canonical JSON; `None` when it is more than a record may hold or no whole-number JSON.
pub(crate) fn say(kind: Kind, call: &str, data: &serde_json::Value) -> Option<Say> {
    if !crate::canonical::is_whole(data) {
        return None;
    }
    let bytes = crate::canonical::canonical(data);
    (bytes.len() + 2 * call.len() + 1024 < LINE_MAX).then(|| Say { kind, call: Some(call.into()), data: bytes })
}
