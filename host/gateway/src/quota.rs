//! How many calls run at once. Commands: in a container, in a pod, in a namespace, of a caller, in all; other calls in all. A wait is
//! bounded; whoever waited in vain is denied with a hint to retry. A container counts as
//! itself whether the caller named it or left it to be found.
use crate::settings::Quotas;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wardgate_core::{AnyRequest, Denial, Place};

/// How long a wait for a place may take before it is a denial with a retry hint.
pub(crate) const PLACE_WAIT: Duration = Duration::from_secs(2);

/// Whose places a command takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Scope {
    /// Namespace, pod, container.
    Container(String, String, String),
    /// Namespace, pod.
    Pod(String, String),
    Namespace(String),
    /// The caller's authenticated name.
    Subject(String),
}

/// All places there are.
pub(crate) struct Turnstile {
    settings: Quotas,
    execs: Arc<Semaphore>,
    logs: Arc<Semaphore>,
    queries: Arc<Semaphore>,
    objects: Arc<Semaphore>,
    /// Only of targets that somebody holds or waits for: never more entries than calls in flight.
    targets: Mutex<HashMap<Scope, Weak<Semaphore>>>,
    wait: Duration,
}

/// A call's places; given back when dropped.
#[derive(Default)]
pub(crate) struct Places {
    _held: Vec<OwnedSemaphorePermit>,
}

impl Turnstile {
    pub(crate) fn new(settings: Quotas, wait: Duration) -> Self {
        let of = |count: u32| Arc::new(Semaphore::new(count as usize));
        Self {
            execs: of(settings.execs),
            logs: of(settings.logs),
            queries: of(settings.queries),
            objects: of(settings.objects),
            targets: Mutex::default(),
            settings,
            wait,
        }
    }

    /// Waits for a call's places. Dropping the future gives back what it held.
    pub(crate) async fn enter(&self, user: &str, place: &Place, request: &AnyRequest) -> Result<Places, Denial> {
        let mut held = Vec::new();
        let mut scope = "";
        let all = async {
            for (name, semaphore) in self.wanted(user, place, request) {
                scope = name;
                // Closed never: the semaphores live as long as the turnstile or their holders.
                if let Ok(permit) = semaphore.acquire_owned().await {
                    held.push(permit);
                }
            }
        };
        if tokio::time::timeout(self.wait, all).await.is_ok() {
            return Ok(Places { _held: held });
        }
        let seconds = self.wait.as_secs();
        Err(Denial::new("quota.busy", format!("no place became free within {seconds} s: too many calls {scope}"))
            .remedy("wait some seconds, then call again; fewer calls at once get through")
            .detail("retry_after_seconds", "5")
            .detail("scope", scope))
    }

    /// The narrowest first, so that a crowd at one container does not hold places that others need.
    fn wanted(&self, user: &str, place: &Place, request: &AnyRequest) -> Vec<(&'static str, Arc<Semaphore>)> {
        match request {
            AnyRequest::Logs(_) => vec![("for logs", self.logs.clone())],
            AnyRequest::Query(_) | AnyRequest::Metadata(_) => vec![("for metrics", self.queries.clone())],
            AnyRequest::Events(_) | AnyRequest::Objects(_) => vec![("for objects and events", self.objects.clone())],
            AnyRequest::Exec(_) => {
                let word = |word: &Option<String>| word.clone().unwrap_or_default();
                let (namespace, pod) = (word(&place.namespace), word(&place.pod));
                let container = Scope::Container(namespace.clone(), pod.clone(), word(&place.container));
                let (pod, quotas) = (Scope::Pod(namespace.clone(), pod), &self.settings);
                vec![
                    ("in this container", self.target(container, quotas.execs_per_container)),
                    ("in this pod", self.target(pod, quotas.execs_per_pod)),
                    ("of this caller", self.target(Scope::Subject(user.into()), quotas.execs_per_subject)),
                    ("in this namespace", self.target(Scope::Namespace(namespace), quotas.execs_per_namespace)),
                    ("that run commands", self.execs.clone()),
                ]
            }
        }
    }

    fn target(&self, scope: Scope, most: u32) -> Arc<Semaphore> {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = targets.get(&scope).and_then(Weak::upgrade) {
            return found;
        }
        targets.retain(|_, semaphore| semaphore.strong_count() > 0);
        let fresh = Arc::new(Semaphore::new(most as usize));
        targets.insert(scope, Arc::downgrade(&fresh));
        fresh
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wardgate_core::{Exec, Logs};

    type Asked = (&'static str, Place, AnyRequest);

    /// A command of a caller in "namespace/pod/container".
    fn exec(user: &'static str, target: &str) -> Asked {
        let mut words = target.split('/').map(|word| Some(word.to_owned()));
        let mut word = || words.next().flatten();
        let place = Place { namespace: word(), pod: word(), container: word(), pod_selector: None };
        (user, place, AnyRequest::Exec(Exec::default()))
    }

    async fn enter(turnstile: &Turnstile, (user, place, request): Asked) -> Result<Places, Denial> {
        turnstile.enter(user, &place, &request).await
    }

    /// Two places in each scope but the one under test, which has one.
    #[tokio::test(start_paused = true)]
    async fn each_scope_is_held_and_named() {
        let two = Quotas {
            execs_per_container: 2,
            execs_per_pod: 2,
            execs_per_namespace: 2,
            execs_per_subject: 2,
            execs: 2,
            ..Quotas::default()
        };
        let first = || exec("ann", "shop/web/app");
        for (scope, quotas, full, free) in [
            (
                "in this container",
                Quotas { execs_per_container: 1, ..two.clone() },
                "bob shop/web/app",
                "ann shop/web/side",
            ),
            ("in this pod", Quotas { execs_per_pod: 1, ..two.clone() }, "bob shop/web/side", "ann shop/db/app"),
            (
                "in this namespace",
                Quotas { execs_per_namespace: 1, ..two.clone() },
                "bob shop/db/app",
                "ann bank/web/app",
            ),
            ("of this caller", Quotas { execs_per_subject: 1, ..two.clone() }, "ann bank/db/app", "bob shop/web/app"),
            ("that run commands", Quotas { execs: 1, ..two.clone() }, "bob bank/db/app", ""),
        ] {
            let turnstile = Turnstile::new(quotas, Duration::from_secs(2));
            let of = |words: &'static str| words.split_once(' ').map(|(user, target)| exec(user, target)).unwrap();
            let held = enter(&turnstile, first()).await.unwrap();
            let begun = tokio::time::Instant::now();
            let denial = enter(&turnstile, of(full)).await.err().unwrap();
            assert_eq!(begun.elapsed(), Duration::from_secs(2), "{scope}");
            assert_eq!((denial.rule.as_str(), denial.details["scope"].as_str()), ("quota.busy", scope));
            assert!(denial.details.contains_key("retry_after_seconds") && denial.remedy.is_some());
            if !free.is_empty() {
                assert!(enter(&turnstile, of(free)).await.is_ok(), "{scope}: {free}");
            }
            assert!(turnstile.enter("ann", &Place::default(), &AnyRequest::Logs(Logs::default())).await.is_ok());
            drop(held);
            assert!(enter(&turnstile, of(full)).await.is_ok(), "{scope}");
        }
    }

    /// Joined by a slash, these two would be one name.
    #[tokio::test(start_paused = true)]
    async fn targets_are_told_apart_by_all_their_names() {
        let one = Quotas { execs_per_pod: 1, execs_per_container: 1, ..Quotas::default() };
        let turnstile = Turnstile::new(one, Duration::from_secs(2));
        let _held = enter(&turnstile, exec("ann", "a/b/c")).await.unwrap();
        let (_, mut place, request) = exec("ann", "a/b/c");
        (place.namespace, place.pod) = (Some("a/b".into()), Some("c".into()));
        place.container = None;
        assert!(turnstile.enter("ann", &place, &request).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_becomes_free_in_time_is_taken() {
        let turnstile = Arc::new(Turnstile::new(Quotas { logs: 1, ..Quotas::default() }, Duration::from_secs(2)));
        let logs = AnyRequest::Logs(Logs::default());
        let held = turnstile.enter("ann", &Place::default(), &logs).await.unwrap();
        let (other, asked) = (turnstile.clone(), logs.clone());
        let waiting = tokio::spawn(async move { other.enter("bob", &Place::default(), &asked).await.is_ok() });
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(held);
        assert!(waiting.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn targets_nobody_holds_are_forgotten() {
        let turnstile = Turnstile::new(Quotas::default(), Duration::from_secs(2));
        for pod in 0..100 {
            drop(enter(&turnstile, exec("ann", &format!("shop/{pod}/app"))).await.unwrap());
        }
        assert!(turnstile.targets.lock().unwrap().len() <= 8);
    }
}
