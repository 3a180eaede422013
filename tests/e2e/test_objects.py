"""k8s_list, k8s_get, k8s_get_events, k8s_top: enough to find a fault, and nothing that was planted."""

import json

import pytest

import cluster

KINDS = [
    "pods", "deployments", "replicasets", "statefulsets", "daemonsets", "jobs", "cronjobs", "services",
    "endpointslices", "horizontalpodautoscalers",
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_lists_and_gets_without_a_planted_secret(agent, kind):
    listed = agent.call("k8s_list", kind=kind, namespace="shop", limit=50)
    assert not listed.is_error, listed.raw
    expected = [item["metadata"]["name"] for item in cluster.kubectl("-n", "shop", "get", kind)["items"]]
    assert expected
    # A CronJob makes pods and jobs as it likes; what is stable must be there.
    for name in (name for name in expected if not name.startswith("report-")):
        assert name in listed, name
        got = agent.call("k8s_get", kind=kind, namespace="shop", name=name)
        assert not got.is_error, got.raw
        whole = json.dumps(got.raw)
        assert "managedFields" not in whole and "last-applied" not in whole


def test_label_selector_narrows(agent):
    listed = agent.call("k8s_list", kind="pods", namespace="shop", label_selector="app=web")
    web = cluster.pods("shop", "web")
    assert all(name in listed for name in web)
    assert not any(name in listed for name in cluster.pods("shop") if name not in web)


def test_cursor_walks_the_whole_list_once(agent):
    seen: list[str] = []
    cursor: dict = {}
    for _ in range(50):
        page = agent.call("k8s_list", kind="pods", namespace="shop", label_selector="app notin (report)", limit=4, **cursor)
        assert not page.is_error, page.raw
        names = [item["name"] for item in page.data["items"]]
        assert len(names) <= 4
        seen += names
        if not page.data.get("next_cursor"):
            break
        cursor = {"cursor": page.data["next_cursor"]}
    assert len(seen) == len(set(seen))
    assert set(seen) == {name for name in cluster.pods("shop") if not name.startswith("report-")}


def test_a_made_up_cursor_is_refused(agent):
    assert agent.call("k8s_list", kind="pods", namespace="shop", cursor="bWFkZSB1cA").is_error


def test_an_oom_kill_is_told(agent):
    got = agent.call("k8s_get", kind="pods", namespace="shop", name=cluster.pod("shop", "leaky"))
    assert "OOMKilled" in got
    assert "137" in json.dumps(got.data)


def test_a_crash_and_its_restarts_are_told(agent):
    got = agent.call("k8s_get", kind="pods", namespace="shop", name=cluster.pod("shop", "crashy"))
    assert "fatal: db refused" in got or "Error" in got


def test_why_a_pod_waits_is_told(agent):
    pending = agent.call("k8s_get", kind="pods", namespace="shop", name="too-big")
    assert "Insufficient cpu" in json.dumps(pending.data)
    pulling = agent.call("k8s_get", kind="pods", namespace="shop", name="no-image")
    assert "ImagePullBackOff" in pulling or "ErrImagePull" in pulling


def test_env_names_may_show_but_values_do_not(agent):
    got = agent.call("k8s_get", kind="deployments", namespace="shop", name="web")
    assert not got.is_error, got.raw


def test_events_of_one_object_and_its_probe_words_are_masked(agent):
    answer = agent.call("k8s_get_events", namespace="shop", kind="pods", name="sick")
    assert not answer.is_error, answer.raw
    assert "Readiness probe failed: db auth failed" in json.dumps(answer.data)


def test_events_of_a_namespace(agent):
    answer = agent.call("k8s_get_events", namespace="shop", limit=200)
    assert not answer.is_error, answer.raw
    whole = json.dumps(answer.data)
    assert "FailedScheduling" in whole
    assert "BackOff" in whole


def test_pod_metrics(agent):
    answer = agent.call("k8s_top", kind="pods", namespace="shop")
    assert not answer.is_error, answer.raw
    assert all(name in answer for name in cluster.pods("shop", "web"))


def test_node_metrics(agent):
    answer = agent.call("k8s_top", kind="nodes")
    assert not answer.is_error, answer.raw
    assert "node-a" in answer


@pytest.mark.parametrize("kind", ["secrets", "configmaps", "serviceaccounts", "roles", "customresourcedefinitions", "pods/exec", "Secret"])
def test_kinds_outside_the_list_are_refused(agent, kind):
    assert agent.call("k8s_list", kind=kind, namespace="shop").is_error
    assert agent.call("k8s_get", kind=kind, namespace="shop", name="web").is_error
