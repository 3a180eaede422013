//! The live cluster: one client, two watch caches, and a backend for each kind of request that Kubernetes answers.
//!
//! What leaves for the API server: the watch caches' lists and watches, and for each committed call one request per target (an
//! exec: two live reads of its pod besides; look-ups that run a command are calls of their own). Every request of a call carries the call's name as Audit-ID.
//! A gateway that serves the admission webhook asks every 15 seconds which credential it uses.
mod cache;
mod certificates;
mod events;
mod exec;
mod facts;
mod http;
mod identity;
mod keep;
mod logs;
mod lookup;
mod objects;
mod operators;
mod path;
mod process;
mod websocket;
mod wrapper;

use cache::Cache;
use facts::{NamespaceFacts, PodFacts};
use kube::{Client, Config, config::KubeConfigOptions, config::Kubeconfig};
use path::Paths;
use std::{path::PathBuf, sync::Arc, time::Duration};
use wrapper::Wrappers;

pub use certificates::{Certificates, CertificatesError, Hook, Stored};
pub use identity::OwnCredential;
pub use operators::{PROBE, Probed};
pub use wrapper::{Splitter, wrappers};

/// Where the credential comes from. It is read again whenever its file changes, by the client itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A kubeconfig file, and the context to use if not its current one.
    Kubeconfig {
        /// The file.
        path: PathBuf,
        /// The context.
        context: Option<String>,
    },
    /// The pod's own service account.
    InCluster,
}

/// What can be set about a live cluster.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The operator's name for the cluster.
    pub cluster: String,
    /// Pod annotations that reviewers may see.
    pub annotations: Vec<String>,
    /// Seconds after which a container itself kills a command, by the `timeout` of its image; 0 for never.
    pub exec_seconds: u16,
    /// A cache that has heard nothing for so long refuses to answer.
    pub stale_after: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            cluster: "kubernetes".into(),
            annotations: vec![],
            exec_seconds: 30,
            stale_after: Duration::from_secs(90),
        }
    }
}

/// A live cluster; implements `Lookup` and the backends of logs, events, objects and exec.
pub struct Kubernetes {
    client: Client,
    pods: Arc<Cache<PodFacts>>,
    namespaces: Arc<Cache<NamespaceFacts>>,
    wrappers: Arc<Wrappers>,
    paths: Paths,
    settings: Settings,
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The kubeconfig cannot be used.
    #[error("kubeconfig {path}: {source}")]
    Kubeconfig {
        /// Which.
        path: PathBuf,
        /// Why.
        source: kube::config::KubeconfigError,
    },
    /// Not in a pod, or without a service account.
    #[error("no in-cluster credential: {0}; name a kubeconfig, or run in a pod with a service account")]
    InCluster(kube::config::InClusterError),
    /// The client cannot be built.
    #[error("the Kubernetes client: {0}")]
    Client(kube::Error),
    /// The first lists did not come.
    #[error("the API server did not list {0} within {1:?}: {2}")]
    NotReady(&'static str, Duration, String),
}

impl Kubernetes {
    /// Connects, and waits until both caches are filled.
    pub async fn connect(credential: &Credential, settings: Settings) -> Result<Arc<Self>, ConnectError> {
        let client = client(credential).await?;
        let annotations = Arc::new(settings.annotations.clone());
        let pods = Cache::start(client.clone(), "pods", move |pod: facts::Pod| PodFacts::of(pod, &annotations));
        let namespaces =
            Cache::start(client.clone(), "namespaces", |namespace: facts::Namespace| NamespaceFacts::of(namespace));
        let wrappers = Arc::new(Wrappers::new(settings.exec_seconds));
        let this = Arc::new(Self { client, pods, namespaces, wrappers, paths: Paths::default(), settings });
        const PATIENCE: Duration = Duration::from_secs(30);
        for (name, ready) in
            [("namespaces", this.namespaces.ready(PATIENCE).await), ("pods", this.pods.ready(PATIENCE).await)]
        {
            ready.map_err(|why| ConnectError::NotReady(name, PATIENCE, why))?;
        }
        Ok(this)
    }

    /// Splits this host's own wrapper off a command that the admission gate meets.
    pub fn splitter(&self) -> Splitter {
        Splitter::new(self.wrappers.all())
    }

    /// Whether both caches have heard from the API server lately.
    pub fn healthy(&self) -> bool {
        self.pods.fresh(self.settings.stale_after) && self.namespaces.fresh(self.settings.stale_after)
    }
}

async fn client(credential: &Credential) -> Result<Client, ConnectError> {
    let mut config = match credential {
        Credential::InCluster => Config::incluster().map_err(ConnectError::InCluster)?,
        Credential::Kubeconfig { path, context } => {
            let failed = |source| ConnectError::Kubeconfig { path: path.clone(), source };
            let file = Kubeconfig::read_from(path).map_err(failed)?;
            let options = KubeConfigOptions { context: context.clone(), ..KubeConfigOptions::default() };
            Config::from_custom_kubeconfig(file, &options).await.map_err(failed)?
        }
    };
    // The road has deadlines of its own; a read time-out here would cut quiet watches.
    config.read_timeout = None;
    // One committed call is one request: the library would send a refused exec again under the road's eyes.
    config.default_retry = false;
    Client::try_from(config).map_err(ConnectError::Client)
}
