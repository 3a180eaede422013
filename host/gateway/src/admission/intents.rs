//! Commands that this host committed and that the API server has not asked about yet. A request at the admission gate that belongs to
//! one of them, in every point, is that call's own: it is heard with the answers that its call had, and nobody is asked again.
//!
//! Entered when the intent is on disk, gone when the call settles, after `LIFE`, or with the first request that fits. Where there is no
//! room for one more, that call is not entered, and its request is judged like a stranger's.
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use wardgate_core::{
    Answer, AnyRequest, Awaited, Body, BoxFuture, CallId, Context, Exec, Intent, Ledger, LedgerDown, Opened, Outcome,
    Slip, TurnedAway, Unadmitted,
};

/// The attribute of a request at the gate that names its credential.
pub(super) const CREDENTIAL: &str = "credential-id";
/// From the commit to the API server's question: a look at the pod and the opening of a connection.
const LIFE: Duration = Duration::from_secs(10);
/// Waiting at once.
const MOST: usize = 256;

/// Whether a credential id is one of this host's own.
pub type OwnCredential = Arc<dyn Fn(&str) -> bool + Send + Sync>;

/// The waiting ones. Cheap to clone; all clones are one list.
#[derive(Clone)]
pub struct Intents {
    own: OwnCredential,
    waiting: Arc<Mutex<Waiting>>,
}

#[derive(Default)]
struct Waiting {
    entered: u64,
    /// In the order in which they came.
    intents: BTreeMap<u64, Entry>,
}

struct Entry {
    call: CallId,
    pod_uid: String,
    container: String,
    command: Exec,
    answers: Vec<Answer>,
    until: Instant,
}

impl Intents {
    /// Nobody waits yet.
    pub fn new(own: OwnCredential) -> Self {
        Self { own, waiting: Arc::default() }
    }

    /// The same evidence; what is committed to it waits here.
    pub fn ledger(&self, evidence: Arc<dyn Ledger>) -> Arc<dyn Ledger> {
        Arc::new(Watched { evidence, intents: self.clone() })
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(&self, intent: &Intent) -> Option<Place> {
        let [heard] = intent.parts.as_slice() else { return None };
        let AnyRequest::Exec(command) = &heard.request else { return None };
        let target = &heard.context.target;
        if target.pod_uid.is_empty() {
            return None;
        }
        let now = Instant::now();
        let mut waiting = self.lock();
        waiting.intents.retain(|_, entry| entry.until > now);
        if waiting.intents.len() >= MOST {
            return None;
        }
        waiting.entered += 1;
        let key = waiting.entered;
        let entry = Entry {
            call: intent.id.clone(),
            pod_uid: target.pod_uid.clone(),
            container: target.container.clone(),
            command: command.clone(),
            answers: heard.answers.clone(),
            until: now + LIFE,
        };
        waiting.intents.insert(key, entry);
        drop(waiting);
        Some(Place { intents: self.clone(), key })
    }
}

impl Unadmitted for Intents {
    fn take(&self, context: &Context, request: &AnyRequest) -> Option<Awaited> {
        let AnyRequest::Exec(command) = request else { return None };
        if !context.attributes.get(CREDENTIAL).is_some_and(|id| (self.own)(id)) {
            return None;
        }
        let (target, now) = (&context.target, Instant::now());
        let mut waiting = self.lock();
        let fits = |entry: &Entry| {
            entry.until > now
                && entry.pod_uid == target.pod_uid
                && entry.container == target.container
                && entry.command == *command
        };
        let key = waiting.intents.iter().find(|(_, entry)| fits(entry)).map(|(key, _)| *key)?;
        let Entry { call, answers, .. } = waiting.intents.remove(&key)?;
        Some(Awaited { id: call, answers })
    }
}

/// A place in the list, given back when dropped.
struct Place {
    intents: Intents,
    key: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.intents.lock().intents.remove(&self.key);
    }
}

struct Watched {
    evidence: Arc<dyn Ledger>,
    intents: Intents,
}

impl Ledger for Watched {
    fn commit<'a>(&'a self, intent: &'a Intent) -> BoxFuture<'a, Result<Opened, LedgerDown>> {
        Box::pin(async move {
            let Opened { slip, recording } = self.evidence.commit(intent).await?;
            let slip = match self.intents.enter(intent) {
                Some(place) => Box::new(Held { slip, place }),
                None => slip,
            };
            Ok(Opened { slip, recording })
        })
    }

    fn refuse<'a>(&'a self, intent: &'a Intent, outcome: &'a Outcome) -> BoxFuture<'a, Result<(), LedgerDown>> {
        self.evidence.refuse(intent, outcome)
    }

    fn turn_away<'a>(&'a self, away: &'a TurnedAway) -> BoxFuture<'a, Result<(), LedgerDown>> {
        self.evidence.turn_away(away)
    }
}

/// A slip whose call may still wait.
struct Held {
    slip: Box<dyn Slip>,
    place: Place,
}

impl Slip for Held {
    fn settle<'a>(self: Box<Self>, outcome: &'a Outcome, body: &'a Body) -> BoxFuture<'a, Result<(), LedgerDown>> {
        let Self { slip, place } = *self;
        drop(place);
        slip.settle(outcome, body)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wardgate_core::{Heard, Limits, Origin, Subject, Target};

    const OURS: &str = "JTI=ours";

    fn intents() -> Intents {
        Intents::new(Arc::new(|id| id == OURS))
    }

    fn command(argv: &[&str], wrapper: &[&str]) -> Exec {
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        Exec { argv: words(argv), wrapper: words(wrapper) }
    }

    fn context(uid: &str, container: &str, credential: Option<&str>) -> Context {
        let target = Target {
            namespace: "shop".into(),
            pod: "web-0".into(),
            pod_uid: uid.into(),
            container: container.into(),
            ..Target::default()
        };
        let attributes = credential.map(|id| (CREDENTIAL.to_owned(), id.to_owned())).into_iter().collect();
        Context { subject: Subject::named("x"), target, origin: Origin::Admission, now: 0, attributes }
    }

    fn intent(call: &str, uid: &str, parts: usize) -> Intent {
        let request = AnyRequest::Exec(command(&["cat", "/a"], &["timeout", "9"]));
        let heard = Heard {
            context: context(uid, "app", None),
            request: request.clone(),
            answers: vec![],
            opinions: vec![],
            floor: None,
        };
        Intent {
            id: CallId::new(call),
            parent: None,
            tool: "k8s_exec_readonly".into(),
            arrived: 0,
            place: wardgate_core::Place::default(),
            asked: request,
            subject: Subject::named("agent"),
            parts: vec![heard; parts],
            left_out: vec![],
            limits: Limits::default(),
            policy_set: "set".into(),
            recorded: true,
        }
    }

    fn take(intents: &Intents, context: &Context, command: Exec) -> Option<String> {
        intents.take(context, &AnyRequest::Exec(command)).map(|awaited| awaited.id.as_str().to_owned())
    }

    fn own(intents: &Intents) -> Option<String> {
        take(intents, &context("uid-1", "app", Some(OURS)), command(&["cat", "/a"], &["timeout", "9"]))
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_belongs_to_a_call_if_every_point_fits_and_to_one_request_only() {
        let intents = intents();
        let _place = intents.enter(&intent("call-1", "uid-1", 1)).unwrap();
        let fits = || (context("uid-1", "app", Some(OURS)), command(&["cat", "/a"], &["timeout", "9"]));
        for (what, (context, command)) in [
            ("another pod of the name", (context("uid-2", "app", Some(OURS)), fits().1)),
            ("another container", (context("uid-1", "side", Some(OURS)), fits().1)),
            ("another credential", (context("uid-1", "app", Some("JTI=stolen")), fits().1)),
            ("no credential id", (context("uid-1", "app", None), fits().1)),
            ("another argument", (fits().0, command(&["cat", "/b"], &["timeout", "9"]))),
            ("a further argument", (fits().0, command(&["cat", "/a", "/b"], &["timeout", "9"]))),
            ("a longer time limit", (fits().0, command(&["cat", "/a"], &["timeout", "90"]))),
            ("no time limit", (fits().0, command(&["cat", "/a"], &[]))),
            ("the same words, split elsewhere", (fits().0, command(&["timeout", "9", "cat", "/a"], &[]))),
        ] {
            assert_eq!(take(&intents, &context, command), None, "{what}");
        }
        assert_eq!(own(&intents).as_deref(), Some("call-1"));
        assert_eq!(own(&intents), None, "a second request finds nothing");
    }

    #[tokio::test(start_paused = true)]
    async fn equal_calls_admit_as_many_requests_as_they_are() {
        let intents = intents();
        let _places = ["call-1", "call-2"].map(|call| intents.enter(&intent(call, "uid-1", 1)).unwrap());
        let taken = [own(&intents), own(&intents), own(&intents)];
        assert_eq!(taken.map(|id| id.unwrap_or_default()), ["call-1", "call-2", ""]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_waits_for_a_short_while_and_no_longer_than_it_lives() {
        let intents = intents();
        let place = intents.enter(&intent("call-1", "uid-1", 1)).unwrap();
        tokio::time::advance(LIFE).await;
        assert_eq!(own(&intents), None, "too late");
        drop(place);
        let place = intents.enter(&intent("call-2", "uid-1", 1)).unwrap();
        drop(place);
        assert_eq!(own(&intents), None, "the call has settled");
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_no_single_command_in_a_known_pod_does_not_wait() {
        let intents = intents();
        assert!(intents.enter(&intent("many", "uid-1", 2)).is_none());
        assert!(intents.enter(&intent("unknown pod", "", 1)).is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn the_list_is_bounded_and_old_ones_make_room() {
        let intents = intents();
        let places: Vec<_> = (0..MOST).map(|_| intents.enter(&intent("call", "uid-1", 1)).unwrap()).collect();
        assert!(intents.enter(&intent("one more", "uid-1", 1)).is_none());
        tokio::time::advance(LIFE).await;
        assert!(intents.enter(&intent("later", "uid-1", 1)).is_some());
        drop(places);
    }
}
