//! How many calls run at once: in a container, in a pod, in all. A wait is bounded; whoever waited in vain is denied with a hint
//! to retry. Counts targets as the caller wrote them: nothing was looked up yet.
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

/// All places there are.
pub(crate) struct Turnstile {
    settings: Quotas,
    execs: Arc<Semaphore>,
    logs: Arc<Semaphore>,
    queries: Arc<Semaphore>,
    objects: Arc<Semaphore>,
    /// Only of targets that somebody holds or waits for: never more entries than calls in flight.
    targets: Mutex<HashMap<String, Weak<Semaphore>>>,
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
    pub(crate) async fn enter(&self, place: &Place, request: &AnyRequest) -> Result<Places, Denial> {
        let mut held = Vec::new();
        let mut scope = "";
        let all = async {
            for (name, semaphore) in self.wanted(place, request) {
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
    fn wanted(&self, place: &Place, request: &AnyRequest) -> Vec<(&'static str, Arc<Semaphore>)> {
        match request {
            AnyRequest::Logs(_) => vec![("for logs", self.logs.clone())],
            AnyRequest::Query(_) | AnyRequest::Metadata(_) => vec![("for metrics", self.queries.clone())],
            AnyRequest::Events(_) | AnyRequest::Objects(_) => vec![("for objects and events", self.objects.clone())],
            AnyRequest::Exec(_) => {
                let word = |word: &Option<String>| word.clone().unwrap_or_default();
                let pod = format!("{}/{}", word(&place.namespace), word(&place.pod));
                let container = format!("{pod}/{}", word(&place.container));
                vec![
                    ("in this container", self.target(container, self.settings.execs_per_container)),
                    ("in this pod", self.target(pod, self.settings.execs_per_pod)),
                    ("that run commands", self.execs.clone()),
                ]
            }
        }
    }

    fn target(&self, name: String, most: u32) -> Arc<Semaphore> {
        let mut targets = self.targets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = targets.get(&name).and_then(Weak::upgrade) {
            return found;
        }
        targets.retain(|_, semaphore| semaphore.strong_count() > 0);
        let fresh = Arc::new(Semaphore::new(most as usize));
        targets.insert(name, Arc::downgrade(&fresh));
        fresh
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use wardgate_core::{Exec, Logs};

    fn exec(pod: &str, container: &str) -> (Place, AnyRequest) {
        let place = Place {
            namespace: Some("shop".into()),
            pod: Some(pod.into()),
            container: Some(container.into()),
            pod_selector: None,
        };
        (place, AnyRequest::Exec(Exec::default()))
    }

    async fn enter(turnstile: &Turnstile, (place, request): (Place, AnyRequest)) -> Result<Places, Denial> {
        turnstile.enter(&place, &request).await
    }

    #[tokio::test(start_paused = true)]
    async fn each_scope_is_held_and_named() {
        let turnstile = Turnstile::new(Quotas::default(), Duration::from_secs(2));
        let mut held = Vec::new();
        for _ in 0..4 {
            held.push(enter(&turnstile, exec("a", "1")).await.unwrap());
        }
        let denial = enter(&turnstile, exec("a", "1")).await.err().unwrap();
        assert_eq!((denial.rule.as_str(), denial.details["scope"].as_str()), ("quota.busy", "in this container"));
        for _ in 0..4 {
            held.push(enter(&turnstile, exec("a", "2")).await.unwrap());
        }
        let denial = enter(&turnstile, exec("a", "3")).await.err().unwrap();
        assert_eq!(denial.details["scope"], "in this pod");
        for pod in ["b", "c"] {
            for _ in 0..4 {
                held.push(enter(&turnstile, exec(pod, "1")).await.unwrap());
            }
        }
        let denial = enter(&turnstile, exec("d", "1")).await.err().unwrap();
        assert_eq!(denial.details["scope"], "that run commands");
        assert!(turnstile.enter(&Place::default(), &AnyRequest::Logs(Logs::default())).await.is_ok());
        held.clear();
        assert!(enter(&turnstile, exec("d", "1")).await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_place_that_becomes_free_in_time_is_taken() {
        let turnstile = Arc::new(Turnstile::new(Quotas { logs: 1, ..Quotas::default() }, Duration::from_secs(2)));
        let logs = AnyRequest::Logs(Logs::default());
        let held = turnstile.enter(&Place::default(), &logs).await.unwrap();
        let (other, asked) = (turnstile.clone(), logs.clone());
        let waiting = tokio::spawn(async move { other.enter(&Place::default(), &asked).await.is_ok() });
        tokio::time::sleep(Duration::from_secs(1)).await;
        drop(held);
        assert!(waiting.await.unwrap());
    }

    #[tokio::test(start_paused = true)]
    async fn targets_nobody_holds_are_forgotten() {
        let turnstile = Turnstile::new(Quotas::default(), Duration::from_secs(2));
        for pod in 0..100 {
            drop(enter(&turnstile, exec(&pod.to_string(), "1")).await.unwrap());
        }
        assert!(turnstile.targets.lock().unwrap().len() <= 4);
    }
}
