//! The compact form of Kubernetes objects: what someone who debugs needs, and nothing else. An allow-list by construction:
//! a field that is not named here does not come out, so managed fields, annotations, volumes, commands and the values of
//! environment variables have no way through (invariant 4). Pure; the live backend and the mirror share it.

use serde_json::{Map, Value, json};

#[cfg(test)]
mod tests;

/// The one annotation that is read, and shown: which container a command or a log means when none is named.
pub const DEFAULT_CONTAINER: &str = "kubectl.kubernetes.io/default-container";

/// The compact form of one object of this resource (plural name), or nothing for a resource that has none.
pub fn compact(resource: &str, object: &Value) -> Option<Value> {
    let (kind, body): (&str, fn(&Value, &mut Form)) = match resource {
        "pods" => ("Pod", pod),
        "deployments" => ("Deployment", deployment),
        "replicasets" => ("ReplicaSet", replica_set),
        "statefulsets" => ("StatefulSet", stateful_set),
        "daemonsets" => ("DaemonSet", daemon_set),
        "jobs" => ("Job", job),
        "cronjobs" => ("CronJob", cron_job),
        "services" => ("Service", service),
        "endpointslices" => ("EndpointSlice", endpoint_slice),
        "horizontalpodautoscalers" => ("HorizontalPodAutoscaler", autoscaler),
        "nodes" => ("Node", node),
        "namespaces" => ("Namespace", namespace),
        "podmetrics" => ("PodMetrics", pod_metrics),
        "nodemetrics" => ("NodeMetrics", node_metrics),
        "events" => ("Event", event),
        _ => return None,
    };
    let mut form = Form::default();
    form.put("kind", kind.into());
    let meta = &object["metadata"];
    if resource != "events" {
        form.copy(meta, &[("name", "name"), ("namespace", "namespace")]);
        form.copy(meta, &[("created", "creationTimestamp"), ("deleting", "deletionTimestamp")]);
        form.put("labels", flat(&meta["labels"]));
        form.put("owner", owner(meta));
    }
    body(object, &mut form);
    Some(Value::Object(form.0))
}

/// A form under construction. What is null or empty is left out.
#[derive(Default)]
struct Form(Map<String, Value>);

impl Form {
    fn put(&mut self, key: &str, value: Value) {
        let empty = match &value {
            Value::Null => true,
            Value::String(s) => s.is_empty(),
            Value::Array(a) => a.is_empty(),
            Value::Object(o) => o.is_empty(),
            _ => false,
        };
        if !empty {
            self.0.insert(key.into(), value);
        }
    }

    /// Scalars of `from`, under names of our own. Anything but a scalar is not copied.
    fn copy(&mut self, from: &Value, fields: &[(&str, &str)]) {
        for (ours, theirs) in fields {
            self.put(ours, scalar(&from[theirs]));
        }
    }

    fn of(from: &Value, fields: &[(&str, &str)]) -> Value {
        let mut form = Self::default();
        form.copy(from, fields);
        Value::Object(form.0)
    }
}

fn scalar(value: &Value) -> Value {
    if value.is_object() || value.is_array() { Value::Null } else { value.clone() }
}

/// A map of scalars: labels, quantities.
fn flat(value: &Value) -> Value {
    let entries = value.as_object().into_iter().flatten().filter(|(_, v)| !v.is_object() && !v.is_array());
    Value::Object(entries.map(|(k, v)| (k.clone(), v.clone())).collect())
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn list(value: &Value, each: impl Fn(&Value) -> Value) -> Value {
    Value::Array(items(value).iter().map(each).collect())
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

/// `Kind/name` of the controlling owner.
fn owner(meta: &Value) -> Value {
    let owners = items(&meta["ownerReferences"]);
    let owner = owners.iter().find(|o| o["controller"] == true).or(owners.first());
    owner.map_or(Value::Null, |o| format!("{}/{}", text(&o["kind"]), text(&o["name"])).into())
}

fn conditions(status: &Value) -> Value {
    list(&status["conditions"], |c| {
        let fields = [("type", "type"), ("status", "status"), ("reason", "reason"), ("message", "message")];
        let mut form = Form::default();
        form.copy(c, &fields);
        form.copy(c, &[("since", "lastTransitionTime")]);
        Value::Object(form.0)
    })
}

fn pod(pod: &Value, form: &mut Form) {
    let (spec, status) = (&pod["spec"], &pod["status"]);
    form.copy(&pod["metadata"], &[("uid", "uid")]);
    form.put("default_container", scalar(&pod["metadata"]["annotations"][DEFAULT_CONTAINER]));
    form.copy(
        spec,
        &[("node", "nodeName"), ("restart_policy", "restartPolicy"), ("priority_class", "priorityClassName")],
    );
    form.copy(status, &[("phase", "phase"), ("reason", "reason"), ("message", "message"), ("qos", "qosClass")]);
    form.copy(status, &[("ip", "podIP"), ("started", "startTime")]);
    form.put("conditions", conditions(status));
    form.put("containers", containers(&spec["containers"], &status["containerStatuses"]));
    form.put("init_containers", containers(&spec["initContainers"], &status["initContainerStatuses"]));
}

/// Containers of a pod or of a template, with their states where there are any.
fn containers(specs: &Value, statuses: &Value) -> Value {
    list(specs, |spec| {
        let mut form = Form::default();
        form.copy(spec, &[("name", "name"), ("image", "image")]);
        if let Some(status) = items(statuses).iter().find(|s| s["name"] == spec["name"]) {
            form.copy(status, &[("image_id", "imageID"), ("ready", "ready"), ("started", "started")]);
            form.copy(status, &[("restarts", "restartCount")]);
            form.put("state", state(&status["state"]));
            form.put("last_state", state(&status["lastState"]));
        }
        form.put("requests", flat(&spec["resources"]["requests"]));
        form.put("limits", flat(&spec["resources"]["limits"]));
        form.put(
            "ports",
            list(&spec["ports"], |p| {
                Form::of(p, &[("name", "name"), ("port", "containerPort"), ("protocol", "protocol")])
            }),
        );
        form.put("probes", probes(spec));
        form.put("env", list(&spec["env"], variable));
        Value::Object(form.0)
    })
}

fn state(state: &Value) -> Value {
    let mut form = Form::default();
    for phase in ["running", "waiting", "terminated"] {
        let detail = &state[phase];
        if detail.is_object() {
            form.put("is", phase.into());
            form.copy(
                detail,
                &[("reason", "reason"), ("message", "message"), ("exit_code", "exitCode"), ("signal", "signal")],
            );
            form.copy(detail, &[("started_at", "startedAt"), ("finished_at", "finishedAt")]);
        }
    }
    Value::Object(form.0)
}

/// Which probes there are, and when they give up; not what they send.
fn probes(spec: &Value) -> Value {
    let mut form = Form::default();
    for (ours, theirs) in [("liveness", "livenessProbe"), ("readiness", "readinessProbe"), ("startup", "startupProbe")]
    {
        let fields = [
            ("initial_delay_s", "initialDelaySeconds"),
            ("period_s", "periodSeconds"),
            ("timeout_s", "timeoutSeconds"),
            ("failures", "failureThreshold"),
        ];
        form.put(ours, Form::of(&spec[theirs], &fields));
    }
    Value::Object(form.0)
}

/// A variable's name and where its value comes from; never the value.
fn variable(env: &Value) -> Value {
    let from = &env["valueFrom"];
    let source = if from["secretKeyRef"].is_object() {
        " from a secret"
    } else if from["configMapKeyRef"].is_object() {
        " from a config map"
    } else if from.is_object() {
        " from a field"
    } else {
        ""
    };
    format!("{}{source}", text(&env["name"])).into()
}

fn template(spec: &Value, form: &mut Form) {
    let pod = &spec["template"]["spec"];
    form.put("containers", containers(&pod["containers"], &Value::Null));
    form.put("init_containers", containers(&pod["initContainers"], &Value::Null));
}

fn selector(spec: &Value, form: &mut Form) {
    form.put("selector", flat(&spec["selector"]["matchLabels"]));
}

fn deployment(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    form.copy(&object["metadata"], &[("generation", "generation")]);
    form.copy(status, &[("observed_generation", "observedGeneration")]);
    form.copy(spec, &[("paused", "paused"), ("replicas", "replicas")]);
    form.copy(
        status,
        &[("updated", "updatedReplicas"), ("ready", "readyReplicas"), ("available", "availableReplicas")],
    );
    form.copy(status, &[("unavailable", "unavailableReplicas")]);
    form.copy(&spec["strategy"], &[("strategy", "type")]);
    selector(spec, form);
    form.put("conditions", conditions(status));
    template(spec, form);
}

fn replica_set(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    form.copy(spec, &[("replicas", "replicas")]);
    form.copy(status, &[("current", "replicas"), ("ready", "readyReplicas"), ("available", "availableReplicas")]);
    selector(spec, form);
    form.put("conditions", conditions(status));
    template(spec, form);
}

fn stateful_set(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    form.copy(spec, &[("replicas", "replicas"), ("service", "serviceName")]);
    form.copy(status, &[("current", "currentReplicas"), ("updated", "updatedReplicas"), ("ready", "readyReplicas")]);
    form.copy(status, &[("current_revision", "currentRevision"), ("update_revision", "updateRevision")]);
    form.copy(&spec["updateStrategy"], &[("strategy", "type")]);
    selector(spec, form);
    form.put("conditions", conditions(status));
    template(spec, form);
}

fn daemon_set(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    form.copy(status, &[("desired", "desiredNumberScheduled"), ("current", "currentNumberScheduled")]);
    form.copy(
        status,
        &[("updated", "updatedNumberScheduled"), ("ready", "numberReady"), ("available", "numberAvailable")],
    );
    form.copy(status, &[("unavailable", "numberUnavailable"), ("misscheduled", "numberMisscheduled")]);
    form.copy(&spec["updateStrategy"], &[("strategy", "type")]);
    selector(spec, form);
    form.put("conditions", conditions(status));
    template(spec, form);
}

fn job(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    form.copy(
        spec,
        &[("completions", "completions"), ("parallelism", "parallelism"), ("backoff_limit", "backoffLimit")],
    );
    form.copy(spec, &[("suspend", "suspend"), ("deadline_s", "activeDeadlineSeconds")]);
    form.copy(status, &[("active", "active"), ("succeeded", "succeeded"), ("failed", "failed")]);
    form.copy(status, &[("started", "startTime"), ("completed", "completionTime")]);
    form.put("conditions", conditions(status));
    template(spec, form);
}

fn cron_job(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    form.copy(spec, &[("schedule", "schedule"), ("time_zone", "timeZone"), ("suspend", "suspend")]);
    form.copy(spec, &[("concurrency", "concurrencyPolicy"), ("starting_deadline_s", "startingDeadlineSeconds")]);
    form.copy(status, &[("last_scheduled", "lastScheduleTime"), ("last_successful", "lastSuccessfulTime")]);
    form.put("active", list(&status["active"], |job| scalar(&job["name"])));
    template(&spec["jobTemplate"]["spec"], form);
}

fn service(object: &Value, form: &mut Form) {
    let spec = &object["spec"];
    form.copy(spec, &[("type", "type"), ("cluster_ip", "clusterIP"), ("external_name", "externalName")]);
    form.put("selector", flat(&spec["selector"]));
    let fields = [
        ("name", "name"),
        ("port", "port"),
        ("target_port", "targetPort"),
        ("protocol", "protocol"),
        ("node_port", "nodePort"),
    ];
    form.put("ports", list(&spec["ports"], |p| Form::of(p, &fields)));
    form.put(
        "ingress",
        list(&object["status"]["loadBalancer"]["ingress"], |i| Form::of(i, &[("ip", "ip"), ("hostname", "hostname")])),
    );
    form.put("conditions", conditions(&object["status"]));
}

fn endpoint_slice(object: &Value, form: &mut Form) {
    form.copy(object, &[("address_type", "addressType")]);
    form.put(
        "ports",
        list(&object["ports"], |p| Form::of(p, &[("name", "name"), ("port", "port"), ("protocol", "protocol")])),
    );
    let endpoints = list(&object["endpoints"], |e| {
        let mut form = Form::default();
        form.put("addresses", list(&e["addresses"], scalar));
        form.copy(&e["conditions"], &[("ready", "ready"), ("serving", "serving"), ("terminating", "terminating")]);
        form.copy(&e["targetRef"], &[("pod", "name")]);
        form.copy(e, &[("node", "nodeName")]);
        Value::Object(form.0)
    });
    form.put("endpoints", endpoints);
}

fn autoscaler(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    let target = &spec["scaleTargetRef"];
    form.put("target", format!("{}/{}", text(&target["kind"]), text(&target["name"])).into());
    form.copy(spec, &[("min", "minReplicas"), ("max", "maxReplicas")]);
    form.copy(
        status,
        &[("current", "currentReplicas"), ("desired", "desiredReplicas"), ("last_scaled", "lastScaleTime")],
    );
    form.put("metrics", list(&spec["metrics"], |m| measure(m, "target")));
    form.put("current_metrics", list(&status["currentMetrics"], |m| measure(m, "current")));
    form.put("conditions", conditions(status));
}

/// One metric of an autoscaler: its source's name, and the figures under `target` or `current`.
fn measure(metric: &Value, figures: &str) -> Value {
    let mut form = Form::default();
    form.copy(metric, &[("type", "type")]);
    for source in ["resource", "containerResource", "pods", "object", "external"] {
        let detail = &metric[source];
        if detail.is_object() {
            form.copy(detail, &[("name", "name"), ("container", "container")]);
            form.copy(&detail["metric"], &[("name", "name")]);
            let fields = [("utilization", "averageUtilization"), ("average", "averageValue"), ("value", "value")];
            form.copy(&detail[figures], &fields);
        }
    }
    Value::Object(form.0)
}

fn node(object: &Value, form: &mut Form) {
    let (spec, status) = (&object["spec"], &object["status"]);
    form.copy(spec, &[("unschedulable", "unschedulable")]);
    form.put(
        "taints",
        list(&spec["taints"], |t| Form::of(t, &[("key", "key"), ("value", "value"), ("effect", "effect")])),
    );
    form.put("capacity", flat(&status["capacity"]));
    form.put("allocatable", flat(&status["allocatable"]));
    form.put("addresses", list(&status["addresses"], |a| Form::of(a, &[("type", "type"), ("address", "address")])));
    let fields = [
        ("kubelet", "kubeletVersion"),
        ("runtime", "containerRuntimeVersion"),
        ("kernel", "kernelVersion"),
        ("os", "osImage"),
    ];
    form.copy(&status["nodeInfo"], &fields);
    form.put("conditions", conditions(status));
}

fn namespace(object: &Value, form: &mut Form) {
    form.copy(&object["status"], &[("phase", "phase")]);
}

fn pod_metrics(object: &Value, form: &mut Form) {
    form.copy(object, &[("at", "timestamp"), ("window", "window")]);
    let usage = |c: &Value| {
        let mut form = Form::default();
        form.copy(c, &[("name", "name")]);
        form.copy(&c["usage"], &[("cpu", "cpu"), ("memory", "memory")]);
        Value::Object(form.0)
    };
    form.put("containers", list(&object["containers"], usage));
}

fn node_metrics(object: &Value, form: &mut Form) {
    form.copy(object, &[("at", "timestamp"), ("window", "window")]);
    form.copy(&object["usage"], &[("cpu", "cpu"), ("memory", "memory")]);
}

/// Core's events and those of events.k8s.io, which name the same things differently.
fn event(object: &Value, form: &mut Form) {
    let about = if object["regarding"].is_object() { &object["regarding"] } else { &object["involvedObject"] };
    form.copy(&object["metadata"], &[("namespace", "namespace")]);
    form.put("last", event_time(object).into());
    let first = [
        &object["firstTimestamp"],
        &object["deprecatedFirstTimestamp"],
        &object["eventTime"],
        &object["metadata"]["creationTimestamp"],
    ];
    form.put("first", first.into_iter().find(|t| t.is_string()).map_or(Value::Null, scalar));
    form.put("count", json!(event_count(object)));
    form.copy(object, &[("type", "type"), ("reason", "reason")]);
    form.put("about", format!("{}/{}", text(&about["kind"]), text(&about["name"])).into());
    form.copy(about, &[("part", "fieldPath")]);
    form.copy(object, &[("message", "message"), ("message", "note")]);
    form.copy(&object["source"], &[("from", "component"), ("host", "host")]);
    form.copy(&object["deprecatedSource"], &[("from", "component"), ("host", "host")]);
    form.copy(object, &[("from", "reportingComponent"), ("from", "reportingController")]);
}

fn event_count(object: &Value) -> u64 {
    let counts = [&object["series"]["count"], &object["count"], &object["deprecatedCount"]];
    counts.into_iter().find_map(Value::as_u64).unwrap_or(1)
}

/// When an event was last seen, as its text; empty when it does not say.
fn event_time(object: &Value) -> &str {
    let times = [
        &object["series"]["lastObservedTime"],
        &object["lastTimestamp"],
        &object["deprecatedLastTimestamp"],
        &object["eventTime"],
        &object["metadata"]["creationTimestamp"],
    ];
    times.into_iter().find_map(Value::as_str).unwrap_or("")
}

/// The compact form of events, oldest first. The same thing said more than once (of the same object, with the same reason
/// and message) is one event with a count.
pub fn events<'a>(objects: impl IntoIterator<Item = &'a Value>) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    let mut merged: std::collections::BTreeMap<String, Value> = std::collections::BTreeMap::new();
    for object in objects {
        // Core and events.k8s.io serve the same objects: one UID, one event.
        let uid = text(&object["metadata"]["uid"]);
        if !uid.is_empty() && !seen.insert(uid) {
            continue;
        }
        let Some(event) = compact("events", object) else { continue };
        let key = ["namespace", "about", "part", "type", "reason", "message"]
            .map(|field| event[field].to_string())
            .join("\n");
        match merged.entry(key) {
            std::collections::btree_map::Entry::Vacant(slot) => drop(slot.insert(event)),
            std::collections::btree_map::Entry::Occupied(mut slot) => join(slot.get_mut(), &event),
        }
    }
    let mut events: Vec<Value> = merged.into_values().collect();
    events.sort_by(|a, b| {
        moment(&a["last"]).cmp(&moment(&b["last"])).then_with(|| text(&a["about"]).cmp(text(&b["about"])))
    });
    events
}

fn join(kept: &mut Value, more: &Value) {
    kept["count"] = json!(kept["count"].as_u64().unwrap_or(1).saturating_add(more["count"].as_u64().unwrap_or(1)));
    if moment(&more["last"]) > moment(&kept["last"]) {
        kept["last"] = more["last"].clone();
    }
    if !more["first"].is_null() && (kept["first"].is_null() || moment(&more["first"]) < moment(&kept["first"])) {
        kept["first"] = more["first"].clone();
    }
}

/// Times are compared as times: Kubernetes writes them with and without fractions.
fn moment(value: &Value) -> Option<jiff::Timestamp> {
    text(value).parse().ok()
}
