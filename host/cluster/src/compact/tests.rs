//! What comes out of the compact form, and what has no way through (B16).
#![allow(clippy::unwrap_used)]

use super::{compact, events};
use serde_json::{Value, json};

const CANARY: &str = "canary-7f3a";

/// Metadata with a canary in every place that must not come out.
fn metadata(name: &str) -> Value {
    json!({
        "name": name, "namespace": "shop", "uid": "u-1", "creationTimestamp": "2026-03-12T13:00:00Z",
        "labels": {"app": name},
        "annotations": {
            "kubectl.kubernetes.io/last-applied-configuration": CANARY,
            "kubectl.kubernetes.io/default-container": "app",
            "note": CANARY,
        },
        "managedFields": [{"manager": CANARY, "fieldsV1": {"f:spec": CANARY}}],
        "finalizers": [CANARY],
        "ownerReferences": [{"kind": "ReplicaSet", "name": "checkout-7d9", "controller": true, "uid": CANARY}],
    })
}

fn pod_spec() -> Value {
    json!({
        "nodeName": "node-a", "serviceAccountName": CANARY, "imagePullSecrets": [{"name": CANARY}],
        "volumes": [{"name": "v", "secret": {"secretName": CANARY}}, {"name": "w", "hostPath": {"path": CANARY}}],
        "hostAliases": [{"ip": CANARY}],
        "containers": [{
            "name": "app", "image": "shop/checkout:2.4.0", "command": ["sh", "-c", CANARY], "args": [CANARY],
            "env": [
                {"name": "PLAIN", "value": CANARY},
                {"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": CANARY, "key": CANARY}}},
                {"name": "FLAGS", "valueFrom": {"configMapKeyRef": {"name": CANARY, "key": CANARY}}},
                {"name": "NODE", "valueFrom": {"fieldRef": {"fieldPath": "spec.nodeName"}}},
            ],
            "envFrom": [{"secretRef": {"name": CANARY}}],
            "volumeMounts": [{"name": "v", "mountPath": CANARY}],
            "lifecycle": {"preStop": {"exec": {"command": [CANARY]}}},
            "livenessProbe": {"exec": {"command": [CANARY]}, "periodSeconds": 10, "failureThreshold": 3},
            "resources": {"requests": {"memory": "256Mi"}, "limits": {"memory": "512Mi"}},
        }],
    })
}

fn pod() -> Value {
    json!({
        "kind": "Pod", "metadata": metadata("checkout-7d9-x2x"), "spec": pod_spec(),
        "status": {
            "phase": "Running", "podIP": "10.0.0.7", "startTime": "2026-03-12T13:00:01Z",
            "conditions": [{"type": "Ready", "status": "False", "reason": "ContainersNotReady", "message": "app", "lastProbeTime": CANARY}],
            "containerStatuses": [{
                "name": "app", "ready": false, "restartCount": 4, "imageID": "img@sha256:ab", "containerID": CANARY,
                "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}},
                "lastState": {"terminated": {"reason": "OOMKilled", "exitCode": 137, "finishedAt": "2026-03-12T13:50:00Z", "containerID": CANARY}},
            }],
        },
    })
}

fn template() -> Value {
    json!({"metadata": {"annotations": {"x": CANARY}}, "spec": pod_spec()})
}

/// One object of each resource, canaries included.
fn zoo() -> Vec<(&'static str, Value)> {
    let selector = json!({"matchLabels": {"app": "a"}, "matchExpressions": [{"key": CANARY}]});
    let workload = |status: Value| json!({"metadata": metadata("w"), "spec": {"replicas": 3, "selector": selector, "template": template()}, "status": status});
    vec![
        ("pods", pod()),
        ("deployments", workload(json!({"readyReplicas": 1, "unavailableReplicas": 2}))),
        ("replicasets", workload(json!({"readyReplicas": 1}))),
        ("statefulsets", workload(json!({"readyReplicas": 1, "currentRevision": "r1"}))),
        ("daemonsets", workload(json!({"numberReady": 1}))),
        ("jobs", workload(json!({"failed": 2, "startTime": "2026-03-12T13:00:00Z"}))),
        (
            "cronjobs",
            json!({"metadata": metadata("c"), "spec": {"schedule": "* * * * *", "jobTemplate": {"spec": {"template": template()}}}, "status": {"active": [{"name": "c-1", "uid": CANARY}]}}),
        ),
        (
            "services",
            json!({"metadata": metadata("s"), "spec": {"type": "ClusterIP", "selector": {"app": "a"}, "ports": [{"port": 80, "targetPort": "http"}]}}),
        ),
        (
            "endpointslices",
            json!({"metadata": metadata("e"), "addressType": "IPv4", "ports": [{"port": 8080}], "endpoints": [{"addresses": ["10.0.0.7"], "conditions": {"ready": true}, "targetRef": {"name": "p", "uid": CANARY}, "nodeName": "node-a"}]}),
        ),
        (
            "horizontalpodautoscalers",
            json!({"metadata": metadata("h"), "spec": {"maxReplicas": 5, "scaleTargetRef": {"kind": "Deployment", "name": "w"}, "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 80}}}]}, "status": {"currentReplicas": 3, "currentMetrics": [{"type": "External", "external": {"metric": {"name": "queue", "selector": {"matchLabels": {"k": CANARY}}}, "current": {"value": "7"}}}]}}),
        ),
        (
            "nodes",
            json!({"metadata": metadata("n"), "spec": {"providerID": CANARY, "taints": [{"key": "k", "effect": "NoSchedule"}]}, "status": {"capacity": {"memory": "8Gi"}, "nodeInfo": {"kubeletVersion": "v1.36.2", "machineID": CANARY, "systemUUID": CANARY}, "images": [{"names": [CANARY]}], "conditions": [{"type": "MemoryPressure", "status": "True"}]}}),
        ),
        (
            "namespaces",
            json!({"metadata": metadata("shop"), "spec": {"finalizers": [CANARY]}, "status": {"phase": "Active"}}),
        ),
        (
            "podmetrics",
            json!({"metadata": metadata("p"), "timestamp": "2026-03-12T13:59:00Z", "window": "15s", "containers": [{"name": "app", "usage": {"cpu": "250m", "memory": "498Mi"}}]}),
        ),
        (
            "nodemetrics",
            json!({"metadata": metadata("n"), "timestamp": "2026-03-12T13:59:00Z", "usage": {"cpu": "3", "memory": "7Gi"}}),
        ),
        (
            "events",
            json!({"metadata": metadata("ev"), "involvedObject": {"kind": "Pod", "name": "p", "fieldPath": "spec.containers{app}", "uid": CANARY}, "reason": "BackOff", "message": "Back-off restarting", "type": "Warning", "count": 4, "firstTimestamp": "2026-03-12T13:00:00Z", "lastTimestamp": "2026-03-12T13:50:00Z", "source": {"component": "kubelet", "host": "node-a"}}),
        ),
    ]
}

#[test]
fn canaries_in_excluded_places_never_come_out() {
    for (resource, object) in zoo() {
        let text = compact(resource, &object).unwrap().to_string();
        assert!(!text.contains(CANARY), "{resource}: {text}");
    }
}

/// Maps whose keys are the cluster's own: labels and quantities.
const OPEN: [&str; 7] = ["labels", "matchLabels", "selector", "requests", "limits", "capacity", "allocatable"];

fn plant(value: &mut Value) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map.iter_mut() {
                if !OPEN.contains(&key.as_str()) {
                    plant(inner);
                }
            }
            map.insert("unheardOf".into(), json!(CANARY));
            map.insert("unheardOfToo".into(), json!({"deep": [CANARY]}));
        }
        Value::Array(items) => items.iter_mut().for_each(plant),
        _ => {}
    }
}

#[test]
fn a_field_that_nobody_named_does_not_come_out() {
    for (resource, mut object) in zoo() {
        plant(&mut object);
        let text = compact(resource, &object).unwrap().to_string();
        assert!(!text.contains(CANARY), "{resource}: {text}");
    }
}

#[test]
fn an_object_where_a_scalar_belongs_does_not_come_out() {
    let mut pod = pod();
    pod["status"]["phase"] = json!({"deep": CANARY});
    pod["spec"]["containers"][0]["image"] = json!([CANARY]);
    pod["metadata"]["labels"]["app"] = json!({"deep": CANARY});
    assert!(!compact("pods", &pod).unwrap().to_string().contains(CANARY));
}

#[test]
fn a_pod_says_what_a_debugger_needs() {
    let pod = compact("pods", &pod()).unwrap();
    for (pointer, expected) in [
        ("/kind", json!("Pod")),
        ("/name", json!("checkout-7d9-x2x")),
        ("/namespace", json!("shop")),
        ("/owner", json!("ReplicaSet/checkout-7d9")),
        ("/default_container", json!("app")),
        ("/node", json!("node-a")),
        ("/conditions/0/reason", json!("ContainersNotReady")),
        ("/containers/0/restarts", json!(4)),
        ("/containers/0/state/is", json!("waiting")),
        ("/containers/0/state/reason", json!("CrashLoopBackOff")),
        ("/containers/0/last_state/reason", json!("OOMKilled")),
        ("/containers/0/last_state/exit_code", json!(137)),
        ("/containers/0/last_state/finished_at", json!("2026-03-12T13:50:00Z")),
        ("/containers/0/limits/memory", json!("512Mi")),
        ("/containers/0/probes/liveness/period_s", json!(10)),
        (
            "/containers/0/env",
            json!(["PLAIN", "DB_PASSWORD from a secret", "FLAGS from a config map", "NODE from a field"]),
        ),
    ] {
        assert_eq!(pod.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[test]
fn every_resource_keeps_its_figures() {
    let zoo = zoo();
    let of = |resource: &str| compact(resource, &zoo.iter().find(|(r, _)| *r == resource).unwrap().1).unwrap();
    for (resource, pointer, expected) in [
        ("deployments", "/unavailable", json!(2)),
        ("deployments", "/containers/0/image", json!("shop/checkout:2.4.0")),
        ("replicasets", "/ready", json!(1)),
        ("statefulsets", "/current_revision", json!("r1")),
        ("daemonsets", "/ready", json!(1)),
        ("jobs", "/failed", json!(2)),
        ("cronjobs", "/active/0", json!("c-1")),
        ("cronjobs", "/containers/0/name", json!("app")),
        ("services", "/ports/0/target_port", json!("http")),
        ("endpointslices", "/endpoints/0/pod", json!("p")),
        ("horizontalpodautoscalers", "/target", json!("Deployment/w")),
        ("horizontalpodautoscalers", "/metrics/0/utilization", json!(80)),
        ("horizontalpodautoscalers", "/current_metrics/0/name", json!("queue")),
        ("nodes", "/capacity/memory", json!("8Gi")),
        ("nodes", "/conditions/0/type", json!("MemoryPressure")),
        ("namespaces", "/phase", json!("Active")),
        ("podmetrics", "/containers/0/memory", json!("498Mi")),
        ("nodemetrics", "/memory", json!("7Gi")),
        ("events", "/about", json!("Pod/p")),
        ("events", "/count", json!(4)),
    ] {
        assert_eq!(of(resource).pointer(pointer), Some(&expected), "{resource} {pointer}");
    }
}

#[test]
fn secrets_and_config_maps_have_no_form() {
    for resource in ["secrets", "configmaps", "serviceaccounts", "Pod", ""] {
        assert!(compact(resource, &json!({"data": {"k": CANARY}})).is_none(), "{resource}");
    }
}

fn event(uid: &str, message: &str, last: &str) -> Value {
    json!({"metadata": {"uid": uid, "namespace": "shop"}, "involvedObject": {"kind": "Pod", "name": "p"}, "reason": "R", "message": message, "firstTimestamp": last, "lastTimestamp": last, "count": 2})
}

#[test]
fn events_are_ordered_by_time_and_said_once() {
    let new_form = json!({"metadata": {"uid": "a", "namespace": "shop"}, "regarding": {"kind": "Pod", "name": "p"}, "reason": "R", "note": "one", "deprecatedLastTimestamp": "2026-03-12T13:00:00Z"});
    let list = [
        event("b", "two", "2026-03-12T13:00:02Z"),
        event("a", "one", "2026-03-12T13:00:00Z"),
        new_form,
        event("c", "one", "2026-03-12T13:00:03.5Z"),
        event("d", "three", "2026-03-12T13:00:03Z"),
    ];
    let got: Vec<(String, u64, String)> = events(&list)
        .iter()
        .map(|e| {
            (e["message"].as_str().unwrap().into(), e["count"].as_u64().unwrap(), e["first"].as_str().unwrap().into())
        })
        .collect();
    let expected =
        [("two", 2, "2026-03-12T13:00:02Z"), ("three", 2, "2026-03-12T13:00:03Z"), ("one", 4, "2026-03-12T13:00:00Z")];
    assert_eq!(got, expected.map(|(m, n, f)| (m.to_owned(), n, f.to_owned())));
}
