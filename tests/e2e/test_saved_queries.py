"""prom_saved_query: every shipped query goes the whole road and gives series, over the series of tests/promql/shapes.py."""

import pathlib
import sys
import time
import tomllib

import pytest

import cluster
import gateway as gateways

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests/promql"))
import shapes  # noqa: E402 (it lies beside, not here)

CATALOGUE = tomllib.loads((ROOT / "host/gateway/src/saved/catalogue.toml").read_text())
# This Prometheus has no rules; an alert is a series like any other.
WITHOUT_DATA = {"firing_alerts"}


def ask(agent, name: str, **changes):
    parameters = {"namespace": shapes.NAMESPACE} if "namespace" in CATALOGUE[name].get("parameters", {}) else {}
    return agent.call("prom_saved_query", name=name, parameters=parameters | changes)


# Every tenth over the whole road; tests/promql/saved asks a real Prometheus for each of them.
@pytest.mark.parametrize("name", sorted(CATALOGUE.keys() - WITHOUT_DATA)[::10])
def test_every_saved_query_gives_series(agent, name):
    changes = {"ago": "1m"} if "ago" in CATALOGUE[name].get("parameters", {}) else {}
    # Rates need two scrapes, a comparison with a minute ago more than a minute.
    end = time.monotonic() + 90
    while True:
        answer = ask(agent, name, **changes)
        assert not answer.is_error, answer.raw
        if answer.data["shown"] or time.monotonic() > end:
            break
        time.sleep(3)
    assert answer.data["shown"] > 0, answer.raw
    assert answer.data["unit"] and answer.data["reading"] and answer.data["query"]


def test_prometheus_is_asked_exactly_what_the_answer_says(agent):
    log = cluster.QueryLog().mark()
    answer = ask(agent, "pods_by_phase", pods="search")
    assert answer.data["saved_query"] == "pods_by_phase"
    assert answer.data["query"] == 'sum by (phase) (kube_pod_status_phase{namespace="readonly", pod=~"search.*"})'
    assert any('pod=~"search.*"' in text for text in log.texts())


def test_a_saved_query_meets_the_floor_like_any_other(agent):
    log = cluster.QueryLog().mark()
    denied = agent.call("prom_saved_query", name="pod_restarts", parameters={"namespace": "kube-system"}).denied
    assert denied["rule"] == "floor.namespace"
    assert log.texts() == []


@pytest.mark.parametrize("parameters", [
    {"namespace": 'readonly"} or kube_pod_status_phase{namespace="kube-system'},
    {"namespace": "readonly|kube-system"},
    {"namespace": "readonly", "pods": '.*"} or up{a="'},
    {"namespace": "readonly", "window": "5m] offset 1y"},
    {"namespace": "readonly", "windw": "5m"},
    {},
])
def test_no_value_breaks_out_of_its_place(agent, parameters):
    log = cluster.QueryLog().mark()
    denied = agent.call("prom_saved_query", name="pod_restarts", parameters=parameters).denied
    assert denied["rule"] == "arguments.invalid"
    assert log.texts() == []


def test_an_empty_answer_says_what_may_be_missing(agent):
    answer = ask(agent, "oom_kills", pods="no-such-pod")
    assert answer.data["shown"] == 0
    assert "kube-state-metrics" in answer.data["advice"]


def test_an_operators_own_query(tmp_path):
    own = gateways.Gateway(tmp_path / "own")
    with own.config.open("a") as config:
        config.write("""
[gateway.saved_queries.phases]
description = "Phases"
query = 'count by (phase) (kube_pod_status_phase{namespace=${namespace}} == 1)'
unit = "pods"
reading = "As pods_by_phase."
parameters.namespace.type = "namespace"
""")
    import client

    own.start()
    try:
        with client.Agent(url=own.url) as agent:
            answer = agent.call("prom_saved_query", name="phases", parameters={"namespace": "readonly"})
            assert answer.data["shown"] >= 1, answer.raw
    finally:
        own.stop()
