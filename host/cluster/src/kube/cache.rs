//! A watch cache: list, then watch, and know when it last heard anything.
//!
//! kube-runtime's reflector would keep the objects as well, but it swallows bookmarks, and whether a cache may be believed
//! hangs on them: a quiet cluster and a dead connection look the same without. Hence this loop over the client's own watch.
use super::http::Url;
use futures_util::StreamExt;
use http::Request;
use kube::core::WatchEvent;
use serde::{Deserialize, de::DeserializeOwned};
use std::pin::pin;
use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError, RwLock, Weak},
    time::{Duration, Instant},
};
use tokio::{sync::watch, time::sleep};

/// How long one watch lasts. Where nothing happens an API server may send no bookmark for longer than a cache is believed; a watch that
/// ends, or the list that follows one that brought nothing, is heard as well.
const WATCH: Duration = Duration::from_secs(45);

/// Objects of one list, by namespace and name.
pub(super) struct Cache<F> {
    objects: RwLock<BTreeMap<(String, String), Arc<F>>>,
    heard: Mutex<Option<Instant>>,
    ready: watch::Sender<Result<bool, String>>,
}

#[derive(Deserialize)]
struct Listing<T> {
    metadata: ListMeta,
    #[serde(default = "Vec::new")]
    items: Vec<T>,
}

#[derive(Deserialize, Default)]
#[serde(default, rename_all = "camelCase")]
struct ListMeta {
    resource_version: String,
    r#continue: Option<String>,
}

/// The part of an object that says which it is.
#[derive(Clone, Deserialize, Default)]
#[serde(default)]
struct Named {
    metadata: super::facts::Metadata,
}

/// An object with its name.
#[derive(Clone)]
struct Keyed<T> {
    key: (String, String),
    object: T,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Keyed<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::Error;
        let value = serde_json::Value::deserialize(deserializer)?;
        let named = Named::deserialize(&value).map_err(D::Error::custom)?;
        let object = T::deserialize(value).map_err(D::Error::custom)?;
        Ok(Self { key: (named.metadata.namespace, named.metadata.name), object })
    }
}

impl<F: Send + Sync + 'static> Cache<F> {
    /// Begins to list and watch; ends when the cache is dropped.
    pub(super) fn start<T>(
        client: kube::Client,
        resource: &'static str,
        keep: impl Fn(T) -> F + Send + Sync + 'static,
    ) -> Arc<Self>
    where
        T: DeserializeOwned + Clone + Send + 'static,
    {
        let cache = Arc::new(Self {
            objects: RwLock::default(),
            heard: Mutex::default(),
            ready: watch::Sender::new(Ok(false)),
        });
        let weak = Arc::downgrade(&cache);
        tokio::spawn(async move {
            let mut wait = Duration::from_millis(250);
            loop {
                let begun = Instant::now();
                match follow(&client, resource, &weak, &keep).await {
                    Ok(()) => {}
                    Err(why) => {
                        tracing::warn!(resource, error = %why, "watch cache lost the API server");
                        let Some(cache) = weak.upgrade() else { return };
                        cache.ready.send_if_modified(|ready| {
                            let waiting = *ready != Ok(true);
                            if waiting {
                                *ready = Err(why);
                            }
                            waiting
                        });
                    }
                }
                if weak.strong_count() == 0 {
                    return;
                }
                // A watch that lasted its time is no trouble to back off from: nobody looks while this waits.
                wait = if begun.elapsed() >= WATCH {
                    Duration::from_millis(250)
                } else {
                    (wait * 2).min(Duration::from_secs(15))
                };
                sleep(wait).await;
            }
        });
        cache
    }

    /// Waits until the first list is in.
    pub(super) async fn ready(&self, patience: Duration) -> Result<(), String> {
        let mut ready = self.ready.subscribe();
        let waited = tokio::time::timeout(patience, ready.wait_for(|ready| *ready == Ok(true))).await;
        match waited {
            Ok(Ok(_)) => Ok(()),
            _ => Err(self.ready.borrow().clone().err().unwrap_or_else(|| "no answer".into())),
        }
    }

    /// Whether it has heard anything, bookmarks included, in that time.
    pub(super) fn fresh(&self, within: Duration) -> bool {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.is_some_and(|at| at.elapsed() <= within)
    }

    /// One object.
    pub(super) fn get(&self, namespace: &str, name: &str) -> Option<Arc<F>> {
        self.read().get(&(namespace.to_string(), name.to_string())).cloned()
    }

    /// All objects of a namespace, or all there are, in order.
    pub(super) fn list(&self, namespace: Option<&str>) -> Vec<Arc<F>> {
        let objects = self.read();
        let fits = |key: &(String, String)| namespace.is_none_or(|namespace| key.0 == namespace);
        objects.iter().filter(|(key, _)| fits(key)).map(|(_, object)| object.clone()).collect()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, BTreeMap<(String, String), Arc<F>>> {
        self.objects.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn hear(&self) {
        *self.heard.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn put(&self, key: (String, String), object: Option<F>) {
        let mut objects = self.objects.write().unwrap_or_else(PoisonError::into_inner);
        match object {
            Some(object) => objects.insert(key, Arc::new(object)),
            None => objects.remove(&key),
        };
    }
}

/// One list, then watches until something breaks.
async fn follow<T, F>(
    client: &kube::Client,
    resource: &str,
    weak: &Weak<Cache<F>>,
    keep: &impl Fn(T) -> F,
) -> Result<(), String>
where
    T: DeserializeOwned + Clone,
    F: Send + Sync + 'static,
{
    let mut version = list(client, resource, weak, keep).await?;
    loop {
        let url = Url::new("api/v1", [resource]).with("watch", "1").with("allowWatchBookmarks", "true");
        let request = get(url.with("resourceVersion", &version).with("timeoutSeconds", &WATCH.as_secs().to_string()))?;
        let events = client.request_events::<Keyed<T>>(request).await.map_err(|error| error.to_string())?;
        let mut events = pin!(events);
        let mut any = false;
        loop {
            // A connection that is silent for nearly twice as long as a watch may last is dead.
            let event = tokio::time::timeout(Duration::from_secs(80), events.next())
                .await
                .map_err(|_| "silent for 80 s".to_string())?;
            let Some(event) = event else { break };
            let Some(cache) = weak.upgrade() else { return Ok(()) };
            match event.map_err(|error| error.to_string())? {
                WatchEvent::Added(Keyed { key, object }) | WatchEvent::Modified(Keyed { key, object }) => {
                    cache.put(key, Some(keep(object)))
                }
                WatchEvent::Deleted(Keyed { key, .. }) => cache.put(key, None),
                WatchEvent::Bookmark(bookmark) => version.clone_from(&bookmark.metadata.resource_version),
                WatchEvent::Error(status) => return Err(format!("watch: {}", status.message)),
            }
            cache.hear();
            any = true;
        }
        if !any {
            // Without a bookmark the version may be too old to go on from: list again.
            return Ok(());
        }
    }
}

async fn list<T, F>(
    client: &kube::Client,
    resource: &str,
    weak: &Weak<Cache<F>>,
    keep: &impl Fn(T) -> F,
) -> Result<String, String>
where
    T: DeserializeOwned + Clone,
    F: Send + Sync + 'static,
{
    let (mut objects, mut next) = (BTreeMap::new(), None::<String>);
    loop {
        let url = Url::new("api/v1", [resource]).with("limit", "500").with_some("continue", next.as_deref());
        let request = get(url)?;
        let text = tokio::time::timeout(Duration::from_secs(30), client.request_text(request));
        let text = text.await.map_err(|_| "no list within 30 s".to_string())?.map_err(|error| error.to_string())?;
        let page: Listing<Keyed<T>> = serde_json::from_str(&text).map_err(|error| format!("list: {error}"))?;
        objects.extend(page.items.into_iter().map(|item| (item.key, Arc::new(keep(item.object)))));
        next = page.metadata.r#continue.filter(|token| !token.is_empty());
        if next.is_none() {
            let Some(cache) = weak.upgrade() else { return Err("dropped".into()) };
            *cache.objects.write().unwrap_or_else(PoisonError::into_inner) = objects;
            cache.hear();
            let _before = cache.ready.send_replace(Ok(true));
            return Ok(page.metadata.resource_version);
        }
    }
}

fn get(url: Url) -> Result<Request<Vec<u8>>, String> {
    url.get("").map_err(|_| "a path that is none".to_string())
}
