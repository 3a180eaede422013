//! A call's way from MCP to the road: which tool, are the arguments well formed, is there a place for it; then the road, on a task
//! of its own that nobody drops.
use crate::{
    answer::{self, ProtocolError},
    arguments::{BrokenSchema, Checker},
    draft::Wire,
    instructions::instructions,
    metrics::Metrics,
    quota::{self, Turnstile},
    schema::{self, JsonObject},
    settings::{GatewaySettings, SettingsError},
    tools::{ALL, Asked, Plan, Tool},
};
use prometheus_client::registry::Registry;
use rmcp::model::CallToolResponse;
use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use wardgate_core::{
    AnyRequest, Backend, Call, Denial, Events, Exec, Logs, Metadata, Objects, Place, Query, Request, Road, Settled,
    Subject,
};

/// What there is to ask. A tool whose backend is missing is not listed.
#[derive(Clone, Default)]
pub struct Backends {
    /// Container logs.
    pub logs: Option<Arc<dyn Backend<Logs>>>,
    /// Events.
    pub events: Option<Arc<dyn Backend<Events>>>,
    /// Objects, pod and node metrics among them.
    pub objects: Option<Arc<dyn Backend<Objects>>>,
    /// Commands.
    pub exec: Option<Arc<dyn Backend<Exec>>>,
    /// PromQL.
    pub query: Option<Arc<dyn Backend<Query>>>,
    /// What Prometheus knows without evaluating.
    pub metadata: Option<Arc<dyn Backend<Metadata>>>,
}

/// Gives the road of the policy set that is active now. A call keeps the one it began with.
pub type RoadProvider = Arc<dyn Fn() -> Road + Send + Sync>;

/// A gateway that cannot start.
#[derive(Debug, thiserror::Error)]
pub enum GatewayError {
    /// The settings do not hold together.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A defect of this program.
    #[error(transparent)]
    Schema(#[from] BrokenSchema),
}

/// The tools over a road. Cheap to clone; all clones are one gateway.
#[derive(Clone)]
pub struct Gateway {
    inner: Arc<Inner>,
}

struct Inner {
    road: RoadProvider,
    backends: Backends,
    settings: GatewaySettings,
    listed: Vec<Listed>,
    turnstile: Turnstile,
    metrics: Metrics,
    instructions: String,
    tasks: TaskTracker,
    /// Cuts every call in flight; they settle all the same.
    hurry: CancellationToken,
    draining: AtomicBool,
}

struct Listed {
    tool: &'static dyn Tool,
    checker: Checker,
    input: Arc<JsonObject>,
    output: Arc<JsonObject>,
}

impl Listed {
    fn shown(&self, road: &Road) -> Shown<'_> {
        let samples = self.tool.samples().map(|kind| road.reviewers.samples(kind)).unwrap_or_default();
        let description = format!("{}{}", self.tool.description(), crate::samples::words(&samples));
        Shown { tool: self.tool, description, input: &self.input, output: &self.output }
    }
}

/// A tool as the protocol shows it.
pub(crate) struct Shown<'a> {
    pub(crate) tool: &'static dyn Tool,
    pub(crate) description: String,
    pub(crate) input: &'a Arc<JsonObject>,
    pub(crate) output: &'a Arc<JsonObject>,
}

/// One call as a transport hands it over.
pub(crate) struct Incoming {
    pub(crate) subject: Subject,
    pub(crate) tool: String,
    pub(crate) arguments: JsonObject,
    /// What was wrong before the arguments were looked at.
    pub(crate) flaw: Option<Denial>,
    /// Whether the peer knows structured content.
    pub(crate) structured: bool,
    /// Fires when the caller leaves or cancels.
    pub(crate) left: CancellationToken,
}

impl Gateway {
    /// Puts the tools over a road.
    pub fn new(road: RoadProvider, backends: Backends, mut settings: GatewaySettings) -> Result<Self, GatewayError> {
        settings.check()?;
        settings.bounds.saved = settings.catalogue()?;
        let mut listed = Vec::new();
        for tool in ALL.into_iter().filter(|tool| tool.available(&backends)) {
            let input = tool.input(&settings.bounds);
            let checker = Checker::new(tool.name(), &input, tool.loose())?;
            let input = Arc::new(schema::listed(&input));
            listed.push(Listed { tool, checker, input, output: Arc::new(schema::listed_output(&tool.output())) });
        }
        let instructions = instructions(&settings, &backends);
        let turnstile = Turnstile::new(settings.quotas.clone(), quota::PLACE_WAIT);
        Ok(Self {
            inner: Arc::new(Inner {
                road,
                backends,
                settings,
                listed,
                turnstile,
                metrics: Metrics::new(),
                instructions,
                tasks: TaskTracker::new(),
                hurry: CancellationToken::new(),
                draining: AtomicBool::new(false),
            }),
        })
    }

    /// Adds further metrics to `/metrics`, under the prefix `wardgate`: gauges of the evidence store, for one.
    pub fn register_metrics(&self, register: impl FnOnce(&mut Registry)) {
        self.inner.metrics.register(register);
    }

    /// The metrics in Prometheus' text format.
    pub fn metrics_text(&self) -> String {
        self.inner.metrics.text()
    }

    /// Names of the listed tools, in order.
    pub fn tool_names(&self) -> Vec<&'static str> {
        self.inner.listed.iter().map(|listed| listed.tool.name()).collect()
    }

    /// Whether calls are still taken.
    pub fn is_draining(&self) -> bool {
        self.inner.draining.load(Ordering::Acquire)
    }

    /// Takes no more calls, lets those in flight end within the settings' time, then cuts them; returns when all have settled or
    /// a last five seconds are over. `false`: some have not, and will be on record as abandoned.
    pub async fn drain(&self) -> bool {
        let inner = &self.inner;
        inner.draining.store(true, Ordering::Release);
        inner.tasks.close();
        if tokio::time::timeout(inner.settings.drain(), inner.tasks.wait()).await.is_ok() {
            return true;
        }
        inner.hurry.cancel();
        tokio::time::timeout(Duration::from_secs(5), inner.tasks.wait()).await.is_ok()
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.inner.metrics
    }

    pub(crate) fn instructions(&self) -> &str {
        &self.inner.instructions
    }

    pub(crate) fn shown(&self) -> impl Iterator<Item = Shown<'_>> {
        let road = (self.inner.road)();
        self.inner.listed.iter().map(move |listed| listed.shown(&road))
    }

    /// One tool; the transport asks for it with every call.
    pub(crate) fn shown_as(&self, name: &str) -> Option<Shown<'_>> {
        let listed = self.inner.listed.iter().find(|listed| listed.tool.name() == name)?;
        Some(listed.shown(&(self.inner.road)()))
    }

    /// One call, from its arrival to its result.
    pub(crate) async fn call(&self, incoming: Incoming) -> Result<CallToolResponse, ProtocolError> {
        let inner = &self.inner;
        let begun = Instant::now();
        let _in_flight = inner.metrics.begin();
        let Some(listed) = inner.listed.iter().find(|listed| listed.tool.name() == incoming.tool) else {
            let denial = Denial::new("tool.unknown", "there is no such tool")
                .remedy(format!("one of {}", self.tool_names().join(", ")));
            let settled = self.turn_away((inner.road)(), incoming.subject, &incoming.tool, denial).await;
            inner.metrics.settled("unknown", &settled, begun.elapsed());
            return Err(answer::unknown_tool(&settled));
        };
        let (tool, structured) = (listed.tool, incoming.structured);
        let wire = Wire { budget: inner.settings.answer_bytes as usize, structured, repeats: tool.repeats() };
        let mut road = (inner.road)();
        // What cannot be shown need not be released.
        let room = if wire.repeats || !structured { wire.budget / 2 } else { wire.budget } as u64;
        road.limits.released_bytes = road.limits.released_bytes.min(room);
        let (plan, settled) = self.run(road, listed, incoming).await;
        inner.metrics.settled(tool.name(), &settled, begun.elapsed());
        Ok(match plan {
            Some(plan) => answer::of(tool, &plan, &settled, wire),
            None => answer::turned_away(None, &settled, wire),
        })
    }

    /// A call that the protocol's types cannot hold.
    pub(crate) async fn malformed(&self, subject: Subject, tool: &str, flaw: Option<Denial>) -> ProtocolError {
        let inner = &self.inner;
        let (begun, _in_flight) = (Instant::now(), inner.metrics.begin());
        let denial = flaw.unwrap_or_else(|| {
            Denial::new("arguments.malformed", "a call has the name of a tool and, if any, arguments as a JSON object")
                .remedy("send {\"name\": TOOL, \"arguments\": {…}} as tools/list describes the tool")
        });
        let settled = self.turn_away((inner.road)(), subject, tool, denial).await;
        inner.metrics.settled("unknown", &settled, begun.elapsed());
        answer::malformed(&settled)
    }

    async fn run(&self, road: Road, listed: &Listed, incoming: Incoming) -> (Option<Plan>, Settled) {
        let Incoming { subject, arguments, flaw, left, .. } = incoming;
        let inner = &self.inner;
        let name = listed.tool.name();
        let planned = self.plan(&road, listed, arguments, flaw);
        let places = match &planned {
            Ok(plan) => tokio::select! {
                places = async {
                    let place = found(&road, plan).await;
                    inner.turnstile.enter(&subject.user, &place, &plan.request).await
                } => places,
                () = left.cancelled() => Err(Denial::new("call.stopped", "the caller left before the call ran")),
            },
            Err(denial) => Err(denial.clone()),
        };
        let (plan, places) = match (planned, places) {
            (Ok(plan), Ok(places)) => (plan, places),
            (_, Err(denial)) | (Err(denial), _) => {
                return (None, self.turn_away(road, subject, name, denial).await);
            }
        };
        // The road is never dropped: it is told to stop when the caller leaves, or when this future is dropped, and settles.
        let stop = left.child_token();
        let _stop_if_dropped = stop.clone().drop_guard();
        let travelling = {
            let (inner, plan, subject, road) = (inner.clone(), plan.clone(), subject.clone(), road.clone());
            inner.clone().tasks.spawn(async move {
                let hurry = inner.hurry.clone();
                let stop = Box::pin(async move {
                    tokio::select! { () = stop.cancelled() => {}, () = hurry.cancelled() => {} }
                });
                let settled = travel(&road, &inner.backends, name, subject, plan, stop).await;
                drop(places);
                settled
            })
        };
        match travelling.await {
            Ok(Some(settled)) => (Some(plan), settled),
            // A panic, or a tool that is listed without its backend: defects of this program, on record like any refusal.
            Ok(None) | Err(_) => {
                tracing::error!(tool = name, "a call ended abnormally");
                let denial = Denial::new("gateway.fault", "the call ended abnormally inside the gateway")
                    .remedy("an operator finds the reason in the gateway's log");
                (None, self.turn_away(road, subject, name, denial).await)
            }
        }
    }

    fn plan(&self, road: &Road, listed: &Listed, arguments: JsonObject, flaw: Option<Denial>) -> Result<Plan, Denial> {
        if let Some(flaw) = flaw {
            return Err(flaw);
        }
        if self.is_draining() {
            return Err(
                Denial::new("gateway.draining", "the gateway is shutting down").remedy("call again in a minute")
            );
        }
        let arguments = listed.checker.check(arguments)?;
        let bounds = &self.inner.settings.bounds;
        let kept = arguments.clone();
        let plan = listed.tool.plan(Asked { arguments, checker: &listed.checker, bounds, now: road.clock.now() })?;
        Ok(Plan { arguments: kept, ..plan })
    }

    /// On record whatever becomes of the caller.
    async fn turn_away(&self, road: Road, subject: Subject, tool: &str, denial: Denial) -> Settled {
        let recording = {
            let (road, subject, tool, denial) = (road.clone(), subject.clone(), tool.to_string(), denial.clone());
            self.inner.tasks.spawn(async move { road.turn_away(subject, &tool, denial).await })
        };
        match recording.await {
            Ok(settled) => settled,
            Err(_) => road.turn_away(subject, tool, denial).await,
        }
    }
}

/// Where a command would run: the place that the caller named, with the container that stands for one that was left out.
async fn found(road: &Road, plan: &Plan) -> Place {
    let mut place = plan.place.clone();
    if !matches!(plan.request, AnyRequest::Exec(_)) || place.container.is_some() {
        return place;
    }
    let looking = road.lookup.resolve(&place, &plan.request);
    // What cannot be found is refused on the road, with the reason.
    if let Ok(Ok(facts)) = tokio::time::timeout(quota::PLACE_WAIT, looking).await
        && let [target] = facts.targets.as_slice()
    {
        place.container = Some(target.container.clone());
    }
    place
}

/// The one place where a request meets its backend.
async fn travel(
    road: &Road,
    backends: &Backends,
    tool: &'static str,
    subject: Subject,
    plan: Plan,
    stop: wardgate_core::Stop,
) -> Option<Settled> {
    async fn go<R: Request>(
        road: &Road,
        backend: Option<&Arc<dyn Backend<R>>>,
        call: Call<R>,
        stop: wardgate_core::Stop,
    ) -> Option<Settled> {
        Some(road.travel(call, backend?.clone(), stop).await)
    }
    macro_rules! call {
        ($request:expr) => {
            Call {
                subject,
                place: plan.place,
                request: $request,
                tool,
                select: plan.select,
                attributes: BTreeMap::new(),
            }
        };
    }
    match plan.request {
        AnyRequest::Logs(request) => go(road, backends.logs.as_ref(), call!(request), stop).await,
        AnyRequest::Events(selection) => go(road, backends.events.as_ref(), call!(Events(selection)), stop).await,
        AnyRequest::Objects(selection) => go(road, backends.objects.as_ref(), call!(Objects(selection)), stop).await,
        AnyRequest::Exec(request) => go(road, backends.exec.as_ref(), call!(request), stop).await,
        AnyRequest::Query(request) => go(road, backends.query.as_ref(), call!(request), stop).await,
        AnyRequest::Metadata(request) => go(road, backends.metadata.as_ref(), call!(request), stop).await,
    }
}
