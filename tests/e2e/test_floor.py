"""The floor: namespaces that are not labelled do not exist for an agent, in any tool, list or metric."""

import json

import pytest

import cluster

HIDDEN = ["private", "kube-system", "ai-ops", "default"]


def calls(namespace: str) -> list[tuple[str, dict]]:
    return [
        ("k8s_get_logs", {"namespace": namespace, "pod": "vault"}),
        ("k8s_get_logs", {"namespace": namespace, "label_selector": "app=vault"}),
        ("k8s_get_events", {"namespace": namespace}),
        ("k8s_list", {"kind": "pods", "namespace": namespace}),
        ("k8s_get", {"kind": "deployments", "namespace": namespace, "name": "vault"}),
        ("k8s_get", {"kind": "namespaces", "name": namespace}),
        ("k8s_top", {"kind": "pods", "namespace": namespace}),
        ("k8s_exec_readonly", {"namespace": namespace, "pod": "vault", "command": ["cat", "/proc/meminfo"]}),
        ("prom_query", {"query": f'up{{namespace="{namespace}"}}'}),
    ]


@pytest.mark.parametrize("namespace", HIDDEN)
def test_no_tool_reaches_an_unlabelled_namespace(agent, namespace):
    for tool, arguments in calls(namespace):
        if tool == "prom_query":
            arguments = {"query": f'container_memory_working_set_bytes{{namespace="{namespace}"}}'}
        denied = agent.call(tool, **arguments).denied
        assert denied["rule"].startswith("floor."), (tool, arguments, denied)
        assert denied["remedy"], (tool, denied)


def test_a_denied_namespace_costs_the_cluster_no_request(agent):
    audit = cluster.Audit().mark()
    for tool, arguments in calls("private"):
        agent.call(tool, **arguments)
    asked = [event["requestURI"] for event in audit.of_the_gateway() if "/namespaces/private/" in event["requestURI"]]
    assert asked == []


def test_an_unlabelled_namespace_is_told_like_one_that_is_not_there(agent):
    there = agent.call("k8s_list", kind="pods", namespace="private").denied
    not_there = agent.call("k8s_list", kind="pods", namespace="no-such-namespace").denied
    assert there["rule"] == not_there["rule"]
    assert there["reason"].replace("private", "X") == not_there["reason"].replace("no-such-namespace", "X")


def test_namespaces_list_only_the_labelled_ones(agent):
    answer = agent.call("k8s_list", kind="namespaces")
    assert "shop" in answer and "readonly" in answer
    assert not [name for name in HIDDEN if name in answer.strings()]


@pytest.mark.parametrize("tool, arguments", [("k8s_list", {"kind": "pods"}), ("k8s_list", {"kind": "deployments"}), ("k8s_top", {"kind": "pods"})])
def test_a_call_without_a_namespace_shows_none_of_the_hidden(agent, tool, arguments):
    answer = agent.call(tool, **arguments)
    whole = json.dumps(answer.raw)
    assert not [name for name in cluster.pods("private") + ["vault"] if name in whole]


@pytest.mark.parametrize("query", [
    'sum by (namespace) (container_memory_working_set_bytes)',
    'container_memory_working_set_bytes{namespace=~"shop|private"}',
    'container_memory_working_set_bytes{namespace=~"sh.*"}',
    'container_memory_working_set_bytes{namespace!="shop"}',
    'container_memory_working_set_bytes{namespace="shop"} or container_memory_working_set_bytes{namespace="private"}',
    'kube_pod_info{pod=~"vault.*"}',
])
def test_no_query_reads_beyond_the_labelled_namespaces(agent, query):
    log = cluster.QueryLog().mark()
    denied = agent.call("prom_query", query=query).denied
    assert denied["rule"] == "floor.namespace"
    assert "namespace" in denied["remedy"]
    assert log.texts() == []


def test_exec_needs_a_label_of_its_own(agent):
    pod = cluster.pod("readonly", "reports")
    assert not agent.call("k8s_get_logs", namespace="readonly", pod=pod).is_error
    audit = cluster.Audit().mark()
    denied = agent.call("k8s_exec_readonly", namespace="readonly", pod=pod, command=["cat", "/proc/meminfo"]).denied
    assert denied["rule"].startswith("floor.")
    assert "debug-ai-exec" in json.dumps(denied)
    assert audit.of_the_gateway("exec") == []
