//! What must hold, whatever fails: the invariants, each with the words in which its breach is told.
use crate::dice::Dice;
use std::{
    collections::BTreeSet,
    path::Path,
    sync::{Arc, Mutex},
};
use wardgate_core::{CallId, Limits, Outcome, Settled};
use wardgate_evidence::{Kind, Reader, memory::MemoryDisk, verify};

/// Where the log lies.
pub const DIR: &str = "/evidence";

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Broken {
    /// Invariants 1 and 2.
    RanWithoutIntent {
        /// Which call.
        call: String,
    },
    /// Invariant 1.
    SecretShown {
        /// Which call.
        call: String,
        /// The secret.
        secret: String,
    },
    /// A secret in clear in what was recorded for people to read.
    SecretRecorded {
        /// Where.
        file: String,
    },
    /// Invariant 9.
    OverBudget {
        /// Which call.
        call: String,
        /// What was shown.
        bytes: u64,
        /// What may be.
        most: u64,
    },
    /// Invariant 9.
    Late {
        /// Which call.
        call: String,
        /// How long it took.
        ms: u64,
        /// What it may take.
        most: u64,
    },
    /// Invariant 2: settled, and its outcome would not survive a power cut.
    SettledUnrecorded {
        /// Which call.
        call: String,
    },
    /// Something was shown of a call that could not be recorded.
    ShownUnrecorded {
        /// Which call.
        call: String,
    },
    /// Invariant 2: it ran to its end without a recording.
    Unrecorded {
        /// Which call.
        call: String,
    },
    /// The log does not verify.
    Log {
        /// The verifier's words.
        problem: String,
    },
    /// An intent that nobody closed.
    LeftOpen {
        /// Which call.
        call: String,
    },
    /// Tasks wait, and nothing will wake them.
    Stuck,
}

/// What a world is watched for: planted secrets, breaches, the disk as it would be after a power cut.
#[derive(Default)]
pub struct Watch {
    planted: Mutex<BTreeSet<String>>,
    /// Those that stand in requests: the log keeps requests as they came.
    asked: Mutex<BTreeSet<String>>,
    broken: Mutex<Vec<Broken>>,
    disk: Mutex<Option<MemoryDisk>>,
}

impl Watch {
    /// The disk that counts from now on.
    pub fn look_at(&self, disk: &MemoryDisk) {
        *self.disk.lock().unwrap() = Some(disk.clone());
    }

    /// A new secret, to be found nowhere.
    pub fn plant(&self, dice: &Dice) -> String {
        let secret = format!("KEY{:08}", dice.below(100_000_000));
        self.planted.lock().unwrap().insert(secret.clone());
        secret
    }

    /// A new secret for a request: no agent may read it back, the record may.
    pub fn plant_in_request(&self, dice: &Dice) -> String {
        let secret = self.plant(dice);
        self.asked.lock().unwrap().insert(secret.clone());
        secret
    }

    /// A breach.
    pub fn report(&self, broken: Broken) {
        self.broken.lock().unwrap().push(broken);
    }

    /// The first breach, if there is one.
    pub fn verdict(&self) -> Result<(), Broken> {
        self.broken.lock().unwrap().first().cloned().map_or(Ok(()), Err)
    }

    /// Any planted secret in this text, but for those that may stand there.
    fn secret_in(&self, text: &str, but: &BTreeSet<String>) -> Option<String> {
        // Its digits alone count, too: half a mask is none.
        let planted = self.planted.lock().unwrap();
        planted.difference(but).find(|secret| text.contains(&secret[3..])).cloned()
    }

    fn kinds_on_record(&self, call: &CallId) -> Vec<Kind> {
        let Some(disk) = self.disk.lock().unwrap().clone() else { return vec![] };
        let left = Arc::new(disk.after_power_cut(|| false));
        let mut kinds = Vec::new();
        let read = Reader::on(left, DIR).records(|record| {
            if record.call.as_deref() == Some(call.as_str()) {
                kinds.push(record.kind);
            }
            true
        });
        // A torn tail is the next writer's business.
        drop(read);
        kinds
    }

    /// Whether the intent would survive a power cut now.
    pub fn intent_is_durable(&self, call: &CallId) -> bool {
        self.kinds_on_record(call).contains(&Kind::Intent)
    }

    /// What an agent got.
    pub fn settled(&self, settled: &Settled, recorded: bool, took: u64, limits: Limits) {
        let call = settled.id().to_string();
        let shown = serde_json::to_string(&(settled.outcome(), settled.body())).unwrap();
        if let Some(secret) = self.secret_in(&shown, &BTreeSet::new()) {
            self.report(Broken::SecretShown { call: call.clone(), secret });
        }
        let body = settled.body();
        let lines = body.lanes.iter().flat_map(|lane| &lane.lines).map(|line| line.len() as u64 + 1).sum::<u64>();
        let records = body.records.iter().map(|record| record.value.to_string().len() as u64 + 1).sum::<u64>();
        if lines + records > limits.released_bytes {
            self.report(Broken::OverBudget { call: call.clone(), bytes: lines + records, most: limits.released_bytes });
        }
        // Look-ups have half of the time besides; what finishes after a cut takes no simulated time.
        let most = u64::try_from((limits.time + limits.time / 2).as_millis()).unwrap() + 1_000;
        if took > most {
            self.report(Broken::Late { call: call.clone(), ms: took, most });
        }
        let kinds = self.kinds_on_record(settled.id());
        let ended = kinds.iter().any(|kind| matches!(kind, Kind::Outcome | Kind::Refused));
        match settled.outcome() {
            Outcome::Unrecorded if lines + records > 0 => self.report(Broken::ShownUnrecorded { call }),
            Outcome::Unrecorded => {}
            _ if !ended => self.report(Broken::SettledUnrecorded { call }),
            Outcome::Complete(_) if recorded && !self.has_recording(settled.id()) => {
                self.report(Broken::Unrecorded { call })
            }
            _ => {}
        }
    }

    fn has_recording(&self, call: &CallId) -> bool {
        let Some(disk) = self.disk.lock().unwrap().clone() else { return false };
        let left = disk.after_power_cut(|| false);
        left.read(&Path::new(DIR).join("recordings").join(format!("{call}.cast")))
            .is_some_and(|bytes| !bytes.is_empty())
    }

    /// A log that was opened again after a crash, or closed in order: it verifies, and nothing in it is open but what runs.
    pub fn log(&self, disk: &MemoryDisk, running: bool) {
        let report = verify(disk, Path::new(DIR), None, None).unwrap();
        if let Some(problem) = report.problems.first() {
            self.report(Broken::Log { problem: problem.to_string() });
        }
        let (mut open, mut recordings) = (BTreeSet::new(), Vec::new());
        Reader::on(Arc::new(disk.clone()), DIR)
            .records(|record| {
                if let Some(call) = record.call {
                    match record.kind {
                        Kind::Intent => drop(open.insert(call)),
                        Kind::Outcome | Kind::Abandoned => drop(open.remove(&call)),
                        _ => {}
                    }
                }
                true
            })
            .unwrap();
        if let Some(call) = open.into_iter().next().filter(|_| !running) {
            self.report(Broken::LeftOpen { call });
        }
        recordings.extend(disk.paths().into_iter().filter(|path| path.starts_with(Path::new(DIR).join("recordings"))));
        for path in recordings {
            let text = String::from_utf8_lossy(&disk.read(&path).unwrap_or_default()).into_owned();
            if self.secret_in(&text, &self.asked.lock().unwrap()).is_some() {
                self.report(Broken::SecretRecorded { file: path.display().to_string() });
            }
        }
    }
}
