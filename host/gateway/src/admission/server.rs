//! Listens for the API server: TLS from files, bounded connections, bodies and reviews.
use super::{
    gate::Gate,
    intents::Intents,
    queue::{QueueLedger, Writer, queue},
    review::Review,
    settings::AdmissionSettings,
};
use crate::{
    gateway::{Gateway, RoadProvider},
    http::{Certificate, HttpError, accept, connection},
};
use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http_body_util::{BodyExt, Limited};
use hyper_util::server::graceful::GracefulShutdown;
use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{
        counter::Counter,
        family::Family,
        histogram::{Histogram, exponential_buckets},
    },
    registry::Unit,
};
use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::{net::TcpListener, sync::Semaphore};
use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use wardgate_core::{Exec, Ledger, Prepare};

/// Bytes of a review: two pods of etcd's largest size, for ephemeral containers.
const BODY: usize = 4 << 20;
/// For a handshake, a head, a body.
const PATIENCE: Duration = Duration::from_secs(5);
/// Connections of the API servers.
const CONNECTIONS: usize = 256;
/// How often the certificate's files are looked at.
const RELOAD: Duration = Duration::from_secs(10);
/// For reviews in flight, and for what waits to be written, when it stops.
const CLOSE: Duration = Duration::from_secs(5);

#[derive(Clone, Debug, Hash, PartialEq, Eq, EncodeLabelSet)]
struct Labels {
    verdict: &'static str,
}

struct Front {
    gate: Gate,
    places: Semaphore,
    reviews: Family<Labels, Counter>,
    took: Histogram,
}

/// A bound webhook that does not accept yet.
pub struct AdmissionServer {
    listener: TcpListener,
    address: SocketAddr,
    certificate: Arc<Certificate>,
    tls: TlsAcceptor,
    front: Arc<Front>,
    writer: Writer,
    evidence: Arc<dyn Ledger>,
}

impl AdmissionServer {
    /// Reads the certificate and binds. Decisions are made on the road's current policy set; `prepare` splits off the host's own
    /// wrapper, and nothing else. The calls that the road's own ledger commits must wait in `intents`.
    pub async fn bind(
        settings: &AdmissionSettings,
        road: RoadProvider,
        prepare: Arc<dyn Prepare<Exec>>,
        intents: Intents,
    ) -> Result<Self, HttpError> {
        let certificate = Certificate::read(&settings.certificate, &settings.key)?;
        let tls = TlsAcceptor::from(certificate.config()?);
        let unbound = |source| HttpError::Bind { address: settings.bind, source };
        let listener = TcpListener::bind(settings.bind).await.map_err(unbound)?;
        let address = listener.local_addr().map_err(unbound)?;
        let evidence = road().ledger;
        let (ledger, writer): (QueueLedger, Writer) = queue(settings.queue);
        let front = Arc::new(Front {
            gate: Gate::new(road, prepare, Arc::new(ledger), intents),
            places: Semaphore::new(settings.max_in_flight.max(1) as usize),
            reviews: Family::default(),
            took: Histogram::new(exponential_buckets(0.000_125, 2.0, 14)),
        });
        Ok(Self { listener, address, certificate, tls, front, writer, evidence })
    }

    /// Where it listens.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Adds its counters to the gateway's `/metrics`.
    pub fn register_metrics(&self, gateway: &Gateway) {
        let (reviews, took) = (self.front.reviews.clone(), self.front.took.clone());
        gateway.register_metrics(|registry| {
            registry.register("admission_reviews", "Reviews of the admission webhook by verdict", reviews);
            registry.register_with_unit(
                "admission_duration",
                "From a review's arrival to its answer",
                Unit::Seconds,
                took,
            );
        });
    }

    /// Serves until `stop` fires; then reviews in flight end, and what waits for the evidence is written, within bounds.
    pub async fn serve(self, stop: CancellationToken) {
        let Self { listener, certificate, tls, front, writer, evidence, .. } = self;
        let writing = tokio::spawn(writer.run(evidence));
        let reloading = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RELOAD).await;
                let certificate = certificate.clone();
                let _ = tokio::task::spawn_blocking(move || certificate.reload()).await;
            }
        });
        let router =
            Router::new().route("/admit", post(admit)).route("/healthz", get(|| async { "ok\n" })).with_state(front);
        let (graceful, places, kill) =
            (GracefulShutdown::new(), Arc::new(Semaphore::new(CONNECTIONS)), CancellationToken::new());
        loop {
            let accepted = tokio::select! {
                () = stop.cancelled() => break,
                accepted = accept(&listener, &places) => accepted,
            };
            let Some((stream, place)) = accepted else { continue };
            let (router, tls, watcher, kill) = (router.clone(), tls.clone(), graceful.watcher(), kill.clone());
            tokio::spawn(async move {
                let serving = async {
                    match tokio::time::timeout(PATIENCE, tls.accept(stream)).await {
                        Ok(Ok(stream)) => connection(stream, router, PATIENCE, watcher).await,
                        Ok(Err(_)) | Err(_) => tracing::debug!("a TLS handshake with the admission webhook failed"),
                    }
                };
                tokio::select! { () = serving => {}, () = kill.cancelled() => {} }
                drop(place);
            });
        }
        drop((listener, router));
        if tokio::time::timeout(CLOSE, graceful.shutdown()).await.is_err() {
            kill.cancel();
        }
        reloading.abort();
        // Ends by itself once the last connection let go of the queue.
        if tokio::time::timeout(CLOSE, writing).await.is_err() {
            tracing::error!("decisions of the admission gate were not written in time");
        }
    }
}

/// Whole, because JSON is: bounded in bytes and in time.
#[allow(clippy::disallowed_methods)]
async fn whole(body: Body) -> Option<Bytes> {
    let reading = Limited::new(body, BODY).collect();
    Some(tokio::time::timeout(PATIENCE, reading).await.ok()?.ok()?.to_bytes())
}

/// Anything but a 200 is a failure to the API server, and `failurePolicy: Fail` makes a denial of it.
async fn admit(State(front): State<Arc<Front>>, body: Body) -> Response {
    let begun = Instant::now();
    let Ok(_place) = front.places.try_acquire() else {
        front.reviews.get_or_create(&Labels { verdict: "overloaded" }).inc();
        return (StatusCode::SERVICE_UNAVAILABLE, "too many reviews at once\n").into_response();
    };
    let Some(bytes) = whole(body).await else {
        return (StatusCode::BAD_REQUEST, "the review is too long, or broke off\n").into_response();
    };
    let review = match serde_json::from_slice::<Review>(&bytes) {
        Ok(review) if review.api_version == "admission.k8s.io/v1" => review,
        Ok(_) => return (StatusCode::BAD_REQUEST, "only admission.k8s.io/v1 is spoken here\n").into_response(),
        Err(_) => return (StatusCode::BAD_REQUEST, "no AdmissionReview\n").into_response(),
    };
    let decision = front.gate.decide(&review.request).await;
    front.reviews.get_or_create(&Labels { verdict: decision.verdict }).inc();
    front.took.observe(begun.elapsed().as_secs_f64());
    Json(decision.answer(review.request.uid)).into_response()
}
