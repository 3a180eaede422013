"""Metrics without evaluating, and queries rewritten to the open namespaces, against a real Prometheus."""

import json

import pytest

import client
import cluster
import gateway as gateways


def items(answer) -> list[dict]:
    assert not answer.is_error, answer.raw
    return answer.data["items"]


def test_metrics_are_found_by_name_help_and_type(agent):
    found = items(agent.call("prom_find_metrics", pattern="^container_memory"))
    # What a target describes and a relabelling drops is known by its description alone.
    counted = {one["metric"]: one["series"] for one in found if "series" in one}
    assert counted["container_memory_working_set_bytes"] > 0 and counted["container_memory_rss"] > 0
    by_help = items(agent.call("prom_find_metrics", contains="WORKING SET", type="gauge"))
    assert "container_memory_working_set_bytes" in {one["metric"] for one in by_help}
    assert items(agent.call("prom_find_metrics", contains="no-such-metric-anywhere")) == []


def test_values_of_a_label_are_those_of_open_namespaces(agent):
    answer = agent.call("prom_labels", label="pod", selector='container_memory_working_set_bytes{namespace="shop",pod!=""}')
    assert set(cluster.pods("shop", "web")) <= {one["value"] for one in items(answer)}
    denied = agent.call("prom_labels", label="namespace", selector="container_memory_working_set_bytes").denied
    assert denied["rule"] == "floor.namespace"
    denied = agent.call("prom_labels", label="__name__", selector='{namespace="shop"}').denied
    assert denied["rule"] == "promql.selector.nameless"


def test_targets_are_those_of_open_namespaces_the_broken_ones_first(agent):
    targets = items(agent.call("prom_targets"))
    [gone] = [one for one in targets if one["labels"]["job"] == "gone"]
    assert gone["health"] == "down" and "refused" in gone["error"]
    up = [one["health"] == "up" for one in targets]
    assert up == sorted(up), "those that are not up come first"
    assert "pods" in {one["labels"]["job"] for one in targets}
    assert all(one["labels"]["namespace"] in ("shop", "readonly") for one in targets)
    assert items(agent.call("prom_targets", job="apiserver")) == []
    assert items(agent.call("prom_targets", namespace="kube-system")) == []


def test_alerts_are_those_of_open_namespaces_the_firing_ones_first(agent):
    alerts = items(agent.call("prom_alerts"))
    assert [(one["labels"]["alertname"], one["state"]) for one in alerts] == [("TargetGone", "firing"), ("TargetGoneForLong", "pending")]
    assert {one["labels"]["namespace"] for one in alerts} == {"readonly"}
    assert [one["labels"]["alertname"] for one in items(agent.call("prom_alerts", alert="TargetGoneForLong"))] == ["TargetGoneForLong"]


def test_a_target_that_is_gone_is_counted_by_its_saved_query(agent):
    answer = agent.call("prom_saved_query", name="targets_down")
    assert not answer.is_error, answer.raw
    # Pods that fail on purpose may be down as well.
    assert ("gone", "1") in [(one["metric"]["job"], one["value"][1]) for one in answer.data["series"]]


def test_an_answer_says_what_it_is_and_is_thinned_rather_than_refused(agent):
    query = 'container_memory_working_set_bytes{namespace=~"shop|readonly"}'
    answer = agent.call("prom_query", query=query, range_seconds=1800, step_seconds=10, sparkline=True)
    assert not answer.is_error, answer.raw
    data = answer.data
    assert data["shown"] > 2 and data["unit"] == "bytes" and data["step_ms"] == 10_000 and data["order"].startswith("last value")
    assert data["shown"] == len(data["series"]) and f"{data['shown']} " in data["summary"] and "bytes" in data["summary"]
    last = [float(one["values"][-1][1]) for one in data["series"]]
    assert last == sorted(last, reverse=True)
    assert all(one["sparkline"] for one in data["series"])
    assert len(json.dumps(data)) < 65_536
    few = agent.call("prom_query", query='rate(container_cpu_usage_seconds_total{namespace="shop"}[1m])').data
    assert (few["unit"], few["windows"]) == ("seconds per second", ["1m"])


@pytest.fixture(scope="module")
def rewriting(tmp_path_factory):
    own = gateways.Gateway(tmp_path_factory.mktemp("rewriting"))
    own.config.write_text(own.config.read_text().replace("cluster_metrics =", 'tenancy = "rewrite"\ncluster_metrics ='))
    own.start()
    with client.Agent(url=own.url) as connected:
        yield own, connected
    own.stop()


def test_a_query_without_namespaces_is_held_to_the_open_ones(rewriting):
    own, agent = rewriting
    log = cluster.QueryLog().mark()
    answer = agent.call("prom_query", query="count by (namespace) (kube_pod_info)")
    assert not answer.is_error, answer.raw
    seen = {series["metric"]["namespace"] for series in answer.data["series"]}
    assert seen and seen <= {"shop", "readonly"}
    [text] = log.texts()
    assert "namespace=~" in text and "kube-system" not in text
    written = b"".join(path.read_bytes() for path in own.evidence.rglob("*") if path.is_file())
    assert b"count by (namespace) (kube_pod_info)" in written and json.dumps(text)[1:-1].encode() in written


@pytest.mark.parametrize("query", [
    'count by (namespace) (kube_pod_info{namespace=~".*"})',
    'count by (namespace) (kube_pod_info{namespace!="shop"})',
    'count by (namespace) (kube_pod_info{namespace!~"shop|readonly"}) or count by (namespace) (kube_pod_info)',
    'count by (namespace) (kube_pod_info{namespace=~"kube-.*"})',
    'count by (namespace) (last_over_time(kube_pod_info[5m:30s] offset 5s))',
    'count by (namespace) (kube_pod_info @ end())',
    'count by (namespace) (kube_pod_info{"namespace"=~".+"}) # ,namespace="kube-system"',
])
def test_no_trick_shows_another_namespace(rewriting, query):
    answer = rewriting[1].call("prom_query", query=query)
    assert not answer.is_error, answer.raw
    assert {series["metric"]["namespace"] for series in answer.data["series"]} <= {"shop", "readonly"}


def test_a_closed_namespace_by_its_name_is_refused(rewriting):
    log = cluster.QueryLog().mark()
    assert rewriting[1].call("prom_query", query='kube_pod_info{namespace="private"}').denied["rule"] == "floor.namespace"
    assert log.texts() == []
