"""k8s_get_logs on pods that really log."""

import json
import time

import pytest

import canary
import cluster


@pytest.mark.parametrize("app, container", [("web", None), ("payments", None), ("payments", "migrate"), ("payments", "proxy"), ("twins", "right"), ("migrate", None), ("crashy", None)])
def test_planted_keys_tokens_and_passwords_come_back_masked(agent, app, container):
    arguments = {"container": container} if container else {}
    answer = agent.call("k8s_get_logs", namespace="shop", pod=cluster.pod("shop", app), tail_lines=500, **arguments)
    # client.Agent has looked for the secrets; what is left to show is that the lines themselves arrived.
    assert not answer.is_error, answer.raw
    words = {"web": "refreshing credentials", "payments": "s3 refused", "twins": "right", "migrate": "ALTER ROLE shop", "crashy": "starting with key"}
    words_of_container = {"migrate": "migrating with", "proxy": "proxy: refused token"}
    assert words_of_container.get(container or "", words[app]) in answer


def test_what_is_no_secret_is_not_masked(agent):
    answer = agent.call("k8s_get_logs", namespace="shop", pod=cluster.pod("shop", "web"), tail_lines=200)
    assert "upstream said 401" in answer
    assert "db.shop.svc:5432/shop" in answer
    assert "/cart/3" in answer


def test_default_container_annotation_is_followed(agent):
    answer = agent.call("k8s_get_logs", namespace="shop", pod=cluster.pod("shop", "payments"))
    assert "charge settled" in answer
    assert "metrics: scraped" not in answer


def test_two_containers_and_none_named_is_an_error_that_lists_them(agent):
    answer = agent.call("k8s_get_logs", namespace="shop", pod="twins")
    assert answer.is_error
    assert "left" in answer and "right" in answer


def test_previous_log_of_a_crashed_container(agent):
    # Between two restarts the kubelet may have no earlier instance: it says so in a log's place, and that is an error.
    deadline = time.monotonic() + 90
    while True:
        answer = agent.call("k8s_get_logs", namespace="shop", pod=cluster.pod("shop", "crashy"), previous=True)
        if not answer.is_error or time.monotonic() > deadline:
            break
        assert "unable to retrieve container logs" in answer, answer.raw
        time.sleep(1)
    assert not answer.is_error, answer.raw
    assert "panic: cannot reach db" in answer


def test_previous_log_where_there_is_none_is_an_error(agent):
    answer = agent.call("k8s_get_logs", namespace="shop", pod="twins", container="left", previous=True)
    assert answer.is_error


def test_pattern_selects_among_lines(agent):
    answer = agent.call("k8s_get_logs", namespace="shop", pod="chatty", tail_lines=2000, pattern="id=1999[0-9]$")
    assert len(answer.data["lines"]) == 10
    assert all("id=1999" in line for line in answer.data["lines"])
    assert answer.data["matched"] == {"matched": 10, "read": 2000}


def test_pattern_is_no_oracle_for_what_was_masked(agent):
    """A pattern that would match the secret itself, and nothing else, finds nothing."""
    answer = agent.call("k8s_get_logs", namespace="shop", pod=cluster.pod("shop", "web"), tail_lines=500, pattern=canary.CANARIES["log-aws"][:10])
    assert answer.data["lines"] == []


def test_newest_lines_are_kept_and_truncation_is_said(agent):
    answer = agent.call("k8s_get_logs", namespace="shop", pod="chatty", tail_lines=2000)
    shown = answer.data["lines"]
    assert shown[-1].endswith("id=20000")
    assert len(shown) < 2000, "64 KiB, structured content and text together, do not hold 2000 of these lines"
    assert answer.data["truncated"]["lines"] == 2000 - len(shown)
    assert answer.data["truncated"]["kept"] == "newest"
    assert len(json.dumps(answer.data, separators=(",", ":"))) + len(json.dumps(answer.text)) <= 64 * 1024


def test_all_pods_of_a_selector_in_one_call(agent):
    answer = agent.call("k8s_get_logs", namespace="shop", label_selector="app=web", tail_lines=20)
    assert not answer.is_error, answer.raw
    for name in cluster.pods("shop", "web"):
        assert name in answer


def test_bounds_hold_on_the_server(agent):
    pod = cluster.pod("shop", "web")
    for arguments in ({"tail_lines": 2001}, {"tail_lines": 0}, {"since_seconds": 0}, {"since_seconds": 3601}):
        assert agent.call("k8s_get_logs", namespace="shop", pod=pod, **arguments).is_error, arguments


def test_a_pod_that_is_not_there_is_an_error(agent):
    assert agent.call("k8s_get_logs", namespace="shop", pod="no-such-pod").is_error


def test_a_pod_that_never_started_is_an_error(agent):
    assert agent.call("k8s_get_logs", namespace="shop", pod="too-big").is_error
