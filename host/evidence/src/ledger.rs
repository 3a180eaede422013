//! The core's doors [`Ledger`] and [`Slip`] over the log: what each kind of record holds. Must not know segments or files.
//!
//! Keeps invariant 2: an intent is durable, and a recording open with its space reserved, before `commit` returns.
use crate::{
    canonical,
    chain::{OpenError, Writer},
    disk::{RealDisk, SharedDisk, Space},
    options::{Options, WriterMode},
    queue::{Health, Order, Place, Queue, say},
    record::Kind,
    recording::{Digests, Recorder},
    retention::{self, Dropped, RetentionError},
};
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use wardgate_core::{Body, BoxFuture, Clock, Intent, Ledger, LedgerDown, Opened, Outcome, Recording, Slip, TurnedAway};

/// Between two looks at retention and the disk.
const HOUSEKEEPING: Duration = Duration::from_secs(60);
/// Used thousandths of the disk from which on the log warns.
pub const WARN_PERMILLE: u64 = 800;

/// An open log: the only writer of its directory.
pub struct EvidenceLog {
    disk: SharedDisk,
    dir: PathBuf,
    options: Options,
    clock: Arc<dyn Clock>,
    queue: Queue,
    recorder: Recorder,
}

impl EvidenceLog {
    /// Opens or begins the log in this directory. Blocks: what an earlier writer left is read and put on record first.
    pub fn open(dir: impl AsRef<Path>, options: Options, clock: Arc<dyn Clock>) -> Result<Arc<Self>, OpenError> {
        Self::open_on(Arc::new(RealDisk), dir, options, clock)
    }

    /// The same, on a disk of the caller's.
    pub fn open_on(
        disk: SharedDisk,
        dir: impl AsRef<Path>,
        options: Options,
        clock: Arc<dyn Clock>,
    ) -> Result<Arc<Self>, OpenError> {
        let dir = dir.as_ref().to_path_buf();
        let threads = |source| OpenError::Disk { what: "starting a thread".into(), source };
        let writer = Writer::open(disk.clone(), &dir, options.clone(), clock.clone())?;
        let (queue, recorder) = match options.writer {
            WriterMode::Inline => (Queue::inline(writer, options.queue), Recorder::inline(disk.clone(), &dir)),
            WriterMode::Thread => (
                Queue::threaded(writer, options.queue).map_err(threads)?,
                Recorder::threaded(disk.clone(), &dir).map_err(threads)?,
            ),
        };
        let log = Arc::new(Self { disk, dir, options, clock, queue, recorder });
        if log.options.writer == WriterMode::Thread {
            let kept = Arc::downgrade(&log);
            let keep = move || {
                while let Some(log) = kept.upgrade() {
                    log.housekeeping();
                    drop(log);
                    std::thread::sleep(HOUSEKEEPING);
                }
            };
            std::thread::Builder::new().name("evidence-keeping".into()).spawn(keep).map_err(threads)?;
        }
        Ok(log)
    }

    /// Retention, and a warning while the disk can still be cleared.
    fn housekeeping(&self) {
        match self.retain() {
            Ok(Dropped { segments: 0, .. }) => {}
            Ok(dropped) => tracing::info!(
                target: "wardgate::evidence", segments = dropped.segments, records = dropped.records,
                recordings = dropped.recordings, bytes = dropped.bytes, "old evidence was dropped"
            ),
            Err(error) => tracing::error!(target: "wardgate::evidence", %error, "retention stopped"),
        }
        if let Ok(space) = self.space()
            && space.used_permille() >= WARN_PERMILLE
        {
            tracing::warn!(
                target: "wardgate::evidence", used_permille = space.used_permille(), free = space.free,
                "the disk of the evidence fills up; when it is full no call is served"
            );
        }
    }

    /// Whether it can write, and where it stands.
    pub fn health(&self) -> Health {
        self.queue.health()
    }

    /// Room in the log's file system; a gauge warns at [`WARN_PERMILLE`].
    pub fn space(&self) -> std::io::Result<Space> {
        self.disk.space(&self.dir)
    }

    /// Signs what has gathered.
    pub async fn checkpoint(&self) -> Result<(), LedgerDown> {
        self.queue.send(Order::Sign)?.await.map_err(|_| LedgerDown)?
    }

    /// Ends the log in order: a `close` record, a checkpoint, no more records. Calls that are still open are closed as abandoned
    /// by the next open.
    pub async fn close(&self) -> Result<(), LedgerDown> {
        self.queue.send(Order::Close)?.await.map_err(|_| LedgerDown)?
    }

    /// Drops what retention no longer wants, oldest segment first; each is verified before it goes, and one that does not verify
    /// stays with everything after it. Blocks for as long as reading them takes, and must not be called from async code; an open
    /// log does it by itself every minute.
    pub fn retain(&self) -> Result<Dropped, RetentionError> {
        let put = |data: Value| {
            let record = crate::chain::Say { kind: Kind::Pruned, call: None, data: canonical::canonical(&data) };
            for order in [Order::Write(record), Order::Sign] {
                let mut pending = self.queue.send(order)?;
                match pending.try_recv() {
                    Ok(written) => written?,
                    Err(_) => pending.blocking_recv().map_err(|_| LedgerDown)??,
                }
            }
            Ok(())
        };
        retention::retain(&self.disk, &self.dir, self.options.retention, self.clock.now(), put)
    }

    async fn put(&self, kind: Kind, call: &str, data: &Value) -> Result<(), LedgerDown> {
        let record = say(kind, call, data).ok_or(LedgerDown)?;
        self.queue.send(Order::Write(record))?.await.map_err(|_| LedgerDown)?
    }
}

impl Ledger for EvidenceLog {
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(async move {
            let call = intent.id.as_str();
            let record = say(Kind::Intent, call, &json_of(intent)?).ok_or(LedgerDown)?;
            let place = self.queue.reserve()?;
            let digests = Digests::default();
            // First the recording: an intent on record whose recording cannot open would be a call that never ran.
            let recording = if intent.recorded {
                Some(self.recorder.open(intent, &self.options, digests.clone()).await.map_err(|_| LedgerDown)?)
            } else {
                None
            };
            // From here on a dropped future leaves "abandoned" behind the intent.
            let mut slip = Box::new(OpenSlip { place: None, call: call.into(), digests });
            let written = match self.queue.send(Order::Write(record)) {
                Ok(pending) => {
                    slip.place = Some(place);
                    pending.await.unwrap_or(Err(LedgerDown))
                }
                Err(down) => Err(down),
            };
            if let Err(down) = written {
                slip.place = None;
                if let Some(tape) = recording {
                    tape.discard().await;
                }
                return Err(down);
            }
            Ok(Opened { slip, recording: recording.map(|open| open as Box<dyn Recording>) })
        })
    }

    fn refuse<'a>(&'a self, intent: &'a Intent, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move {
            let data = json!({"intent": json_of(intent)?, "outcome": json_of(outcome)?});
            self.put(Kind::Refused, intent.id.as_str(), &data).await
        })
    }

    fn turn_away<'a>(&'a self, away: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move { self.put(Kind::TurnedAway, away.id.as_str(), &json_of(away)?).await })
    }
}

struct OpenSlip {
    place: Option<Place>,
    call: String,
    digests: Digests,
}

impl Slip for OpenSlip {
    fn settle<'a>(mut self: Box<Self>, outcome: &'a Outcome, body: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(async move {
            let data = outcome_data(outcome, body, &self.digests)?;
            let record = say(Kind::Outcome, &self.call, &data).ok_or(LedgerDown)?;
            let place = self.place.take().ok_or(LedgerDown)?;
            place.put(Order::Write(record))?.await.map_err(|_| LedgerDown)?
        })
    }
}

impl Drop for OpenSlip {
    fn drop(&mut self) {
        if let Some(place) = self.place.take()
            && let Some(record) = say(Kind::Abandoned, &self.call, &json!({"found": "by drop"}))
        {
            // Not waited for: a drop must not block. If the log is down, the next open says it.
            let _ = place.put(Order::Write(record));
        }
    }
}

/// What was released goes on record as sizes and a digest, never as text.
fn outcome_data(outcome: &Outcome, body: &Body, digests: &Digests) -> Result<Value, LedgerDown> {
    let released = canonical::canonical(&json_of(body)?);
    let lanes: Vec<Value> = body
        .lanes
        .iter()
        .map(|lane| {
            let bytes: u64 = lane.lines.iter().map(|line| line.len() as u64 + 1).sum();
            json!({
                "part": lane.part, "channel": lane.channel, "lines": lane.lines.len(), "bytes": bytes,
                "lines_read": lane.lines_read, "lines_matched": lane.lines_matched, "lines_cut": lane.lines_cut,
                "bytes_cut": lane.bytes_cut,
            })
        })
        .collect();
    Ok(json!({
        "outcome": json_of(outcome)?,
        "read_bytes": body.read_bytes,
        "masked": body.masked,
        "left_out": body.left_out,
        "released": {
            "bytes": released.len(), "sha256": canonical::sha256_hex(&released), "lanes": lanes,
            "records": body.records.len(), "records_cut": body.records_cut,
        },
        "recording": digests.to_json(),
    }))
}

fn json_of(value: &impl Serialize) -> Result<Value, LedgerDown> {
    serde_json::to_value(value).map_err(|_| LedgerDown)
}
