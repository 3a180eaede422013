//! One world: a seed's worth of calls over one evidence store, with a disk that fails and power that goes, opened again until its
//! calls are used up.
use crate::{
    checks::{Broken, DIR, Watch},
    dice::Dice,
    executor::{Ended, Executor, SimClock},
    far_end::FarEnd,
    policy::{Actors, MOODS, Redactor},
};
use std::{
    collections::BTreeMap,
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};
use wardgate_core::{
    Body, BoxFuture, Call, CallId, Clock, Exec, Floor, Ids, Intent, Ledger, LedgerDown, Limits, Logs, Opened, Outcome,
    Place, Request, Road, Slip, Subject, TurnedAway,
};
use wardgate_evidence::{EvidenceLog, Options, WriterMode, memory::MemoryDisk};

/// What is wrong on purpose, to show that it is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flaw {
    /// Nothing: the world as it should be.
    None,
    /// The ledger says yes before anything is on disk.
    CommitsTooEarly,
    /// The redactor forgets at a chunk's end what it had of a secret.
    ForgetsAtBorders,
    /// An outcome is not written, and nobody is told.
    LosesOutcomes,
}

/// What happened in a world.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls that settled.
    pub settled: u64,
    /// Of these, those that ran to their end.
    pub complete: u64,
    /// Of these, those that were refused or asked about.
    pub refused: u64,
    /// Times the power went.
    pub crashes: u64,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.settled += other.settled;
        self.complete += other.complete;
        self.refused += other.refused;
        self.crashes += other.crashes;
    }
}

/// Numbers calls in the form of the UUIDs that production has.
#[derive(Default)]
struct Numbers(AtomicU64);

impl Ids for Numbers {
    fn fresh(&self) -> CallId {
        CallId::new(format!("00000000-0000-4000-8000-{:012x}", self.0.fetch_add(1, SeqCst)))
    }
}

/// The evidence store, with a flaw where one is planted.
struct Flawed {
    log: Arc<EvidenceLog>,
    flaw: Flaw,
}

struct Nothing;

impl Slip for Nothing {
    fn settle<'a>(self: Box<Self>, _: &'a Outcome, _: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>> {
        Box::pin(std::future::ready(Ok(())))
    }
}

impl Ledger for Flawed {
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(async move {
            match self.flaw {
                Flaw::CommitsTooEarly if !intent.recorded => Ok(Opened { slip: Box::new(Nothing), recording: None }),
                Flaw::LosesOutcomes => {
                    let opened = self.log.commit(intent).await?;
                    std::mem::forget(opened.slip);
                    Ok(Opened { slip: Box::new(Nothing), recording: opened.recording })
                }
                _ => self.log.commit(intent).await,
            }
        })
    }
    fn refuse<'a>(&'a self, intent: &'a Intent, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        self.log.refuse(intent, outcome)
    }
    fn turn_away<'a>(&'a self, away: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        self.log.turn_away(away)
    }
}

/// Plays one world. The same seed plays the same world.
pub fn run(seed: u64, flaw: Flaw) -> Result<Tally, Broken> {
    let dice = Dice::new(seed);
    let clock = SimClock::default();
    let watch = Arc::new(Watch::default());
    let ids = Arc::new(Numbers::default());
    let mut disk = MemoryDisk::new(dice.pick(&[64 << 10, 1 << 20, 8 << 20]));
    let mut tally = Tally::default();
    for _ in 0..=dice.below(4) {
        watch.look_at(&disk);
        // Opening may fail on a full or faulty disk: then nothing is served, and nothing is lost.
        let options = Options {
            segment_bytes: dice.pick(&[4 << 10, 16 << 10, 256 << 10]),
            checkpoint_records: dice.pick(&[2, 50]),
            min_free_bytes: 0,
            recording_bytes: dice.pick(&[512, 64 << 10]),
            writer: WriterMode::Inline,
            ..Options::default()
        };
        let Ok(log) = EvidenceLog::open_on(Arc::new(disk.clone()), DIR, options, Arc::new(clock.clone())) else {
            disk.set_capacity(64 << 20);
            continue;
        };
        watch.log(&disk, false);
        stretch(&dice, &clock, &watch, &ids, &disk, &log, flaw, &mut tally);
        disk.clear_fault();
        let survivor = dice.clone();
        disk = if dice.one_in(2) {
            tally.crashes += 1;
            disk.after_power_cut(move || survivor.one_in(2))
        } else {
            disk.after_kill()
        };
        drop(log);
        watch.verdict()?;
    }
    // The last word: opened once more on a sound disk, everything is closed and verifies.
    disk.set_capacity(64 << 20);
    watch.look_at(&disk);
    let options = Options { writer: WriterMode::Inline, min_free_bytes: 0, ..Options::default() };
    match EvidenceLog::open_on(Arc::new(disk.clone()), DIR, options, Arc::new(clock)) {
        Ok(log) => {
            drop(log);
            watch.log(&disk, false);
        }
        Err(error) => watch.report(Broken::Log { problem: error.to_string() }),
    }
    watch.verdict().map(|()| tally)
}

/// Calls at once, until they have ended or the power goes.
#[allow(clippy::too_many_arguments)] // the whole world, once
fn stretch(
    dice: &Dice,
    clock: &SimClock,
    watch: &Arc<Watch>,
    ids: &Arc<Numbers>,
    disk: &MemoryDisk,
    log: &Arc<EvidenceLog>,
    flaw: Flaw,
    tally: &mut Tally,
) {
    let limits = Limits {
        time: Duration::from_secs(10),
        read_bytes: dice.pick(&[500, 64 << 10]),
        released_bytes: dice.pick(&[100, 2_000, 64 << 10]),
        ..Limits::default()
    };
    let road = Road {
        reviewers: Arc::new(Actors { dice: dice.clone(), clock: clock.clone() }),
        redactors: Arc::new(Redactor { dice: dice.clone(), forgets: flaw == Flaw::ForgetsAtBorders }),
        lookup: Arc::new(FarEnd { dice: dice.clone(), clock: clock.clone(), watch: watch.clone() }),
        ledger: Arc::new(Flawed { log: log.clone(), flaw }),
        clock: Arc::new(clock.clone()),
        ids: ids.clone(),
        limits,
        floor: Floor::default(),
    };
    if dice.one_in(3) {
        let (chance, rarity) = (dice.clone(), dice.pick(&[20, 200]));
        disk.set_fault(move |_| {
            chance.one_in(rarity).then(|| chance.pick(&[io::ErrorKind::StorageFull, io::ErrorKind::Other]))
        });
    }
    let settled = std::cell::RefCell::new(Tally::default());
    let mut executor = Executor::new(dice.clone(), clock.clone());
    for _ in 0..=dice.below(6) {
        let fate = dice.one_in(10).then(|| dice.below(60));
        let stop = if dice.one_in(6) { Some(Duration::from_millis(dice.below(12_000) as u64)) } else { None };
        let far = Arc::new(FarEnd { dice: dice.clone(), clock: clock.clone(), watch: watch.clone() });
        let (road, clock, watch, settled) = (&road, clock.clone(), watch.clone(), &settled);
        let argv = vec![dice.pick(&MOODS).to_owned(), watch.plant_in_request(dice)];
        let exec = dice.one_in(2);
        executor.spawn(
            async move {
                let stop: BoxFuture<'static, ()> = match stop {
                    Some(time) => clock.after(time),
                    None => Box::pin(std::future::pending()),
                };
                let begun = clock.now();
                let ended = if exec {
                    road.travel(call(Exec { argv, wrapper: vec![] }), far, stop).await
                } else {
                    road.travel(call(Logs { tail_lines: Some(100), ..Logs::default() }), far, stop).await
                };
                watch.settled(&ended, exec, clock.now() - begun, limits);
                let mut tally = settled.borrow_mut();
                tally.settled += 1;
                match ended.outcome() {
                    Outcome::Complete(_) => tally.complete += 1,
                    Outcome::Refused(_) | Outcome::NeedsApproval(_) => tally.refused += 1,
                    _ => {}
                }
            },
            fate,
        );
    }
    // One time in three the power goes in the middle.
    let steps = if dice.one_in(3) { dice.below(400) } else { 1_000_000 };
    if executor.run(steps) == Ended::Stuck {
        watch.report(Broken::Stuck);
    }
    drop(executor);
    *tally += *settled.borrow();
}

fn call<R: Request>(request: R) -> Call<R> {
    let place = Place { namespace: Some("shop".into()), pod: Some("pod".into()), ..Place::default() };
    Call {
        subject: Subject::named("agent"),
        place,
        request,
        tool: "simulated",
        select: None,
        attributes: BTreeMap::new(),
    }
}
