//! A single-threaded executor on simulated time: which of the tasks that can go on does so is for the dice to say, and when none can,
//! the clock jumps to the next timer. A task can be dropped at any await.
use crate::dice::Dice;
use std::{
    collections::BTreeMap,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::SeqCst},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};
use wardgate_core::{BoxFuture, Clock};

/// Milliseconds since the epoch when a world begins.
const BEGIN: u64 = 1_800_000_000_000;

#[derive(Default)]
struct Timers {
    now: u64,
    next: u64,
    waiting: BTreeMap<(u64, u64), Waker>,
}

/// The simulated clock.
#[derive(Clone, Default)]
pub struct SimClock(Arc<Mutex<Timers>>);

struct Sleep {
    clock: SimClock,
    until: u64,
    key: Option<(u64, u64)>,
}

impl Future for Sleep {
    type Output = ();
    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let clock = self.clock.clone();
        let mut timers = clock.0.lock().unwrap();
        if let Some(key) = self.key.take() {
            timers.waiting.remove(&key);
        }
        if timers.now >= self.until {
            return Poll::Ready(());
        }
        let key = (self.until, timers.next);
        timers.next += 1;
        timers.waiting.insert(key, context.waker().clone());
        self.key = Some(key);
        Poll::Pending
    }
}

impl Drop for Sleep {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.clock.0.lock().unwrap().waiting.remove(&key);
        }
    }
}

impl SimClock {
    /// Jumps to the next timer; false if there is none.
    fn jump(&self) -> bool {
        let mut timers = self.0.lock().unwrap();
        let Some((&(until, _), _)) = timers.waiting.first_key_value() else { return false };
        timers.now = timers.now.max(until);
        let after = (timers.now + 1, 0);
        let later = timers.waiting.split_off(&after);
        let due = std::mem::replace(&mut timers.waiting, later);
        drop(timers);
        due.into_values().for_each(Waker::wake);
        true
    }
}

impl Clock for SimClock {
    fn now(&self) -> u64 {
        BEGIN + self.0.lock().unwrap().now
    }
    fn after(&self, time: Duration) -> BoxFuture<'static, ()> {
        let until = self.0.lock().unwrap().now + u64::try_from(time.as_millis()).unwrap();
        Box::pin(Sleep { clock: self.clone(), until, key: None })
    }
}

struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, SeqCst);
    }
}

struct Task<'a> {
    future: Option<Pin<Box<dyn Future<Output = ()> + 'a>>>,
    ready: Arc<Flag>,
    /// Dropped before it is polled for the so-and-so-many-th time.
    fate: Option<usize>,
}

/// The tasks of one stretch between two crashes.
pub struct Executor<'a> {
    dice: Dice,
    clock: SimClock,
    tasks: Vec<Task<'a>>,
}

/// How a run of the executor ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every task ended or was dropped.
    AllDone,
    /// The number of steps that it was given is used up.
    OutOfSteps,
    /// Nobody can go on, and no timer will change that.
    Stuck,
}

impl<'a> Executor<'a> {
    /// Without tasks yet.
    pub fn new(dice: Dice, clock: SimClock) -> Self {
        Self { dice, clock, tasks: Vec::new() }
    }

    /// One more task; with `fate`, it is dropped when it would be polled for that time.
    pub fn spawn(&mut self, future: impl Future<Output = ()> + 'a, fate: Option<usize>) {
        let ready = Arc::new(Flag(AtomicBool::new(true)));
        self.tasks.push(Task { future: Some(Box::pin(future)), ready, fate });
    }

    /// Polls until nothing is left to do, or for so many steps.
    pub fn run(&mut self, steps: usize) -> Ended {
        for _ in 0..steps {
            if self.tasks.iter().all(|task| task.future.is_none()) {
                return Ended::AllDone;
            }
            let ready: Vec<usize> = (0..self.tasks.len())
                .filter(|at| self.tasks[*at].future.is_some() && self.tasks[*at].ready.0.load(SeqCst))
                .collect();
            if ready.is_empty() {
                if !self.clock.jump() {
                    return Ended::Stuck;
                }
                continue;
            }
            let task = &mut self.tasks[ready[self.dice.below(ready.len())]];
            if let Some(left) = &mut task.fate {
                if *left == 0 {
                    task.future = None;
                    continue;
                }
                *left -= 1;
            }
            task.ready.0.store(false, SeqCst);
            let waker = Waker::from(task.ready.clone());
            if let Some(future) = &mut task.future
                && future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready()
            {
                task.future = None;
            }
        }
        Ended::OutOfSteps
    }
}
