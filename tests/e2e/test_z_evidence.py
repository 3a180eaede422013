"""What is on disk after all the other tests: whole, verifiable, and without a planted secret. Runs last, by its name."""

import datetime
import json
import pathlib
import shutil
import time

import pytest

import canary
import client
import cluster
import gateway as gateways


# Seconds after which the gateway refuses to answer from a watch that it has not heard of.
STALE = 90


def test_a_cluster_where_no_namespace_changes_is_served_for_longer_than_a_watch_may_be_silent(gateway, agent):
    """An API server sends nothing, not even a bookmark, to a watch of what does not change. No long wait: the tests before took most of it."""
    began = time.time() - gateway.age()
    changed = [entry["time"] for one in cluster.kubectl("get", "namespaces", "--show-managed-fields")["items"] for entry in one["metadata"]["managedFields"]]
    silent_since = max(began, *(datetime.datetime.fromisoformat(when).timestamp() for when in changed))
    time.sleep(max(0.0, silent_since + STALE + 10 - time.time()))
    assert not agent.call("k8s_list", kind="pods", namespace="shop").is_error


@pytest.fixture(scope="module")
def stopped(gateway, agent):
    """The gateway after it was asked to end: everything is settled."""
    assert gateway.stop() == 0
    return gateway


def test_it_ends_when_told_and_says_nothing_secret_in_its_log(gateway, stopped):
    canary.assert_absent(stopped.log.read_text(errors="replace"), "the program's own log")


def test_no_file_holds_a_planted_secret(stopped):
    looked = 0
    for path in stopped.state.rglob("*"):
        if path.is_file():
            looked += 1
            canary.assert_absent(path.read_bytes().decode("utf-8", "replace"), str(path))
    assert looked > 3


def test_evidence_files_are_their_owners_alone(stopped):
    for path in stopped.evidence.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_evidence_verifies_after_the_run(stopped):
    done = stopped.cli("evidence", "verify")
    assert done.returncode == 0, done.stdout + done.stderr


def test_evidence_lists_denials_and_allowed_calls(stopped):
    done = stopped.cli("evidence", "list", "--json", "--limit", "10000")
    assert done.returncode == 0, done.stderr
    text = done.stdout
    assert "k8s_exec_readonly" in text or '"exec"' in text
    assert "promql.selector.nameless" in text
    for line in text.splitlines():
        json.loads(line)


def segments(copy: pathlib.Path) -> list[pathlib.Path]:
    """The files that hold records, the one with most of them last."""
    return sorted((path for path in copy.rglob("*") if path.is_file() and b'"' in path.read_bytes()[:4096]), key=lambda path: path.stat().st_size)


def copy_of(stopped, tmp_path) -> gateways.Gateway:
    shutil.copytree(stopped.state, tmp_path / "copy")
    return gateways.Gateway(tmp_path / "copy", port=1)


def test_an_edited_record_is_found(stopped, tmp_path):
    copy = copy_of(stopped, tmp_path)
    log = next(path for path in reversed(segments(copy.evidence)) if b"private" in path.read_bytes())
    log.write_bytes(log.read_bytes().replace(b"private", b"prIvate", 1))
    done = copy.cli("evidence", "verify")
    assert done.returncode != 0, done.stdout


def test_a_removed_record_is_found(stopped, tmp_path):
    copy = copy_of(stopped, tmp_path)
    log = next(path for path in reversed(segments(copy.evidence)) if b"private" in path.read_bytes())
    lines = log.read_bytes().split(b"\n")
    del lines[len(lines) // 2]
    log.write_bytes(b"\n".join(lines))
    done = copy.cli("evidence", "verify")
    assert done.returncode != 0, done.stdout


def test_the_log_goes_on_after_a_restart(stopped, tmp_path):
    copy = copy_of(stopped, tmp_path)
    again = gateways.Gateway(copy.state).start()
    with client.Agent(url=again.url) as agent:
        assert agent.call("k8s_list", kind="pods", namespace="private").denied
    assert again.stop() == 0
    assert again.cli("evidence", "verify").returncode == 0
