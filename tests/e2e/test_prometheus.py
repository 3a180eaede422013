"""prom_query against a real Prometheus that scrapes the cluster."""

import json
import time

import pytest

import cluster


def test_an_instant_query_answers(agent):
    answer = agent.call("prom_query", query='sum by (pod) (container_memory_working_set_bytes{namespace="shop",container!=""})')
    assert not answer.is_error, answer.raw
    assert all(name in json.dumps(answer.data) for name in cluster.pods("shop", "web"))


def test_a_range_query_answers(agent):
    answer = agent.call("prom_query", query='sum by (code) (rate(http_requests_total{namespace="shop"}[1m]))', range_seconds=120, step_seconds=15)
    assert not answer.is_error, answer.raw
    assert "503" in answer


def test_a_range_by_its_ends(agent):
    now = int(time.time())
    answer = agent.call("prom_query", query='kube_pod_container_status_restarts_total{namespace="shop"}', start=str(now - 60), end=str(now), step_seconds=15)
    assert not answer.is_error, answer.raw


def test_two_labelled_namespaces_may_be_named_together(agent):
    answer = agent.call("prom_query", query='count by (namespace) (kube_pod_info{namespace=~"shop|readonly"})')
    assert not answer.is_error, answer.raw
    assert "readonly" in answer


def test_a_metric_on_the_operators_list_needs_no_namespace(agent):
    answer = agent.call("prom_query", query="count(up)")
    assert not answer.is_error, answer.raw


@pytest.mark.parametrize("query", [
    '{namespace="shop"}',
    '{__name__=~".+",namespace="shop"}',
    'sum({namespace="shop"})',
    'rate({namespace="shop"}[5m])',
])
def test_a_selector_without_a_name_is_denied_before_prometheus_sees_it(agent, query):
    log = cluster.QueryLog().mark()
    denied = agent.call("prom_query", query=query).denied
    assert denied["rule"] == "promql.selector.nameless"
    assert denied["remedy"]
    assert log.texts() == []


def test_a_long_window_is_denied(agent):
    log = cluster.QueryLog().mark()
    denied = agent.call("prom_query", query='max_over_time(container_memory_working_set_bytes{namespace="shop"}[30d:1s])').denied
    assert denied["rule"].startswith("promql.")
    assert log.texts() == []


def test_a_query_that_does_not_parse_is_denied(agent):
    denied = agent.call("prom_query", query='sum(rate(http_requests_total{namespace="shop"}[5m])').denied
    # What cannot be read cannot be shown to keep to open namespaces: the floor is met before any policy.
    assert denied["rule"] == "floor.namespace"


def test_prometheus_own_error_is_an_error(agent):
    query = 'http_requests_total{namespace="shop"} * on (namespace) container_memory_working_set_bytes{namespace="shop"}'
    assert agent.call("prom_query", query=query).is_error
