//! Makes one road, and the backends for it, out of the configuration.
use crate::{
    config::{self, Config},
    policies,
    system::{RandomIds, SystemClock},
};
use anyhow::{Context, Result};
use std::{sync::Arc, time::Duration};
use wardgate_cluster::{
    kube::{self, Credential, Kubernetes},
    live::Live,
    mirror::{self, Mirror},
    prometheus::{self, Endpoint, Identity, Prometheus},
};
use wardgate_core::{Exec, Lookup, Prepare, Road};
use wardgate_evidence::{EvidenceLog, Health, Options, Retention};
use wardgate_gateway::{AdmissionServer, Backends, Gateway, Intents, Readiness, RoadProvider};

/// Everything that serves.
pub(crate) struct Served {
    pub(crate) gateway: Gateway,
    pub(crate) evidence: Arc<EvidenceLog>,
    pub(crate) ready: Readiness,
    /// The second gate, where it is configured.
    pub(crate) admission: Option<AdmissionServer>,
}

/// The far end.
pub(crate) struct End {
    lookup: Arc<dyn Lookup>,
    pub(crate) backends: Backends,
    ready: Readiness,
    /// The live cluster, and not a captured one: for operators' commands.
    pub(crate) kubernetes: Option<Arc<Kubernetes>>,
}

/// A road with its ends: what an operator's command needs to travel it.
pub(crate) struct Parts {
    pub(crate) road: Road,
    pub(crate) end: End,
    pub(crate) evidence: Arc<EvidenceLog>,
}

/// Composes what serves.
pub(crate) async fn compose(config: &Config) -> Result<Served> {
    served(parts(config).await?, config).await
}

/// Loads policies, opens the evidence, connects.
pub(crate) async fn parts(config: &Config) -> Result<Parts> {
    let end = end(config).await?;
    let source = config.policies();
    let options = options(&config.evidence)?;
    let directory = config.evidence.directory.clone();
    let (policies, evidence) = tokio::task::spawn_blocking(move || {
        let evidence = EvidenceLog::open(&directory, options, Arc::new(SystemClock));
        let evidence = evidence.with_context(|| format!("evidence in {}", directory.display()))?;
        anyhow::Ok((policies::load(&source)?, evidence))
    })
    .await??;
    tracing::info!(policy_set = policies.digest(), "policies are loaded");
    let road = Road {
        reviewers: policies.clone(),
        redactors: config.redaction.tagged(policies)?,
        lookup: end.lookup.clone(),
        ledger: evidence.clone(),
        clock: Arc::new(SystemClock),
        ids: Arc::new(RandomIds),
        limits: config.limits(),
        floor: config.floor(),
    };
    Ok(Parts { road, end, evidence })
}

/// The bundled incident, with its evidence in `directory`.
pub(crate) async fn demo(directory: std::path::PathBuf) -> Result<Served> {
    let config = Config {
        mirror: Some(config::Mirror::default()),
        evidence: config::Evidence { directory, ..config::Evidence::default() },
        ..Config::default()
    };
    compose(&config).await
}

async fn served(parts: Parts, config: &Config) -> Result<Served> {
    let Parts { mut road, end: End { backends, ready, kubernetes, .. }, evidence } = parts;
    let webhook = config.admission.as_ref().zip(kubernetes).map(|(settings, kubernetes)| {
        let own = kubernetes.own_credential();
        let intents = Intents::new(Arc::new(move |id| own.is(id)));
        road.ledger = intents.ledger(road.ledger.clone());
        (settings, kubernetes, intents)
    });
    let roads: RoadProvider = Arc::new(move || road.clone());
    let gateway = Gateway::new(roads.clone(), backends, config.gateway.clone())?;
    let gauges = Box::new(crate::gauges::EvidenceGauges(evidence.clone()));
    gateway.register_metrics(|registry| registry.register_collector(gauges));
    let ready = readiness(ready, &evidence);
    let admission = match webhook {
        Some((settings, kubernetes, intents)) => {
            let splitter: Arc<dyn Prepare<Exec>> = Arc::new(kubernetes.splitter());
            let server = AdmissionServer::bind(settings, roads, splitter, intents).await.context("[admission]")?;
            server.register_metrics(&gateway);
            Some(server)
        }
        None => None,
    };
    Ok(Served { gateway, evidence, ready, admission })
}

/// Ready is what can reach the far end and can write evidence: a gateway that would refuse every call is not sent any.
fn readiness(far_end: Readiness, evidence: &Arc<EvidenceLog>) -> Readiness {
    let evidence = evidence.clone();
    Arc::new(move || match evidence.health() {
        Health { down: Some(why), .. } => Err(format!("evidence cannot be written: {why}")),
        Health { closed: true, .. } => Err("the evidence is closed".into()),
        _ => far_end(),
    })
}

fn options(evidence: &config::Evidence) -> Result<Options> {
    let days = u64::from(evidence.keep_days);
    let retention = Retention {
        max_age_ms: (days > 0).then_some(days * 24 * 3600 * 1000),
        max_bytes: (evidence.keep_bytes > 0).then_some(evidence.keep_bytes),
    };
    let (segment_bytes, recipients) = (evidence.segment_bytes, evidence.recipients()?);
    Ok(Options { retention, segment_bytes, recipients, ..Options::default() })
}

async fn end(config: &Config) -> Result<End> {
    config.check()?;
    match (&config.kubernetes, &config.mirror) {
        (Some(settings), _) => live(settings, config.prometheus.as_ref()).await,
        (None, Some(settings)) => captured(settings).await,
        (None, None) => anyhow::bail!("nothing to serve"),
    }
}

async fn captured(settings: &config::Mirror) -> Result<End> {
    let config::Mirror { directory, cluster_metrics, tenancy } = settings.clone();
    let mirror = tokio::task::spawn_blocking(move || {
        let settings = mirror::Settings { cluster_metrics, tenancy: tenancy.into(), annotations: vec![] };
        match directory {
            Some(path) => Mirror::open(&path, settings).with_context(|| format!("mirror {}", path.display())),
            None => Mirror::bundled(settings).context("the bundled incident"),
        }
    });
    let mirror = Arc::new(mirror.await??);
    let backends = Backends {
        logs: Some(mirror.clone()),
        events: Some(mirror.clone()),
        objects: Some(mirror.clone()),
        exec: Some(mirror.clone()),
        query: Some(mirror.clone()),
        metadata: Some(mirror.clone()),
    };
    Ok(End { lookup: mirror, backends, ready: Arc::new(|| Ok(())), kubernetes: None })
}

async fn live(settings: &config::Kubernetes, metrics: Option<&config::Prometheus>) -> Result<End> {
    let credential = match &settings.kubeconfig {
        Some(path) => Credential::Kubeconfig { path: path.clone(), context: settings.context.clone() },
        None => Credential::InCluster,
    };
    let defaults = kube::Settings::default();
    let kube_settings = kube::Settings {
        cluster: settings.name.clone().unwrap_or(defaults.cluster),
        annotations: settings.annotations.clone(),
        exec_seconds: settings.exec_seconds,
        stale_after: defaults.stale_after,
    };
    let kubernetes = Kubernetes::connect(&credential, kube_settings).await?;
    let prometheus = metrics.map(|metrics| {
        let mut headers: Vec<_> = metrics.headers.clone().into_iter().collect();
        if let Some(tenant) = &metrics.tenant {
            let header = metrics.tenant_header.as_deref().unwrap_or("X-Scope-OrgID");
            headers.push((header.into(), tenant.clone()));
        }
        let identity = metrics.certificate_file.clone().zip(metrics.key_file.clone());
        let endpoint = Endpoint {
            url: metrics.url.clone(),
            token_file: metrics.token_file.clone(),
            ca_file: metrics.ca_file.clone(),
            identity: identity.map(|(certificate_file, key_file)| Identity { certificate_file, key_file }),
            headers,
        };
        let settings = prometheus::Settings {
            endpoint,
            cluster_metrics: metrics.cluster_metrics.clone(),
            tenancy: metrics.tenancy.into(),
            lookup_timeout: Duration::from_secs(metrics.lookup_seconds.into()),
        };
        Prometheus::new(settings, kubernetes.clone())
    });
    let prometheus = prometheus.transpose()?;
    let watched = kubernetes.clone();
    let backends = Backends {
        logs: Some(kubernetes.clone()),
        events: Some(kubernetes.clone()),
        objects: Some(kubernetes.clone()),
        exec: Some(kubernetes.clone()),
        query: prometheus.clone().map(|prometheus| prometheus as _),
        metadata: prometheus.clone().map(|prometheus| prometheus as _),
    };
    let ready: Readiness = Arc::new(move || {
        if watched.healthy() {
            Ok(())
        } else {
            Err("the watch caches have not heard from the API server lately".into())
        }
    });
    let lookup = Arc::new(Live { kubernetes: kubernetes.clone(), prometheus });
    Ok(End { lookup, backends, ready, kubernetes: Some(kubernetes) })
}
