"""`wardgate doctor` over the real API server: it says that a gate fires only where it does."""

import dataclasses
import json
import os
import pathlib
import subprocess
import time

import pytest

import cluster
import gateway as gateways
from test_second_gate import Account, admin, certificate


@dataclasses.dataclass
class Bench:
    """A gateway whose credential is a gated account's, its webhook, and what registers it."""

    gateway: gateways.Gateway
    account: Account
    manifest: str

    def doctor(self, namespace: str = "shop", pod: str | None = None) -> tuple[int, dict[str, dict]]:
        pod = pod or cluster.pod("shop", "web")
        done = subprocess.run(
            [gateways.BIN, "doctor", "--config", str(self.gateway.config), "--namespace", namespace, "--pod", pod, "--json"],
            capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, 2), done.stderr
        report = json.loads(done.stdout)
        assert report["ok"] == (done.returncode == 0) == all(check["ok"] for check in report["checks"])
        return done.returncode, {check["check"]: check for check in report["checks"]}


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory):
    state, account = tmp_path_factory.mktemp("doctor"), Account("tried-by-doctor")
    certificate(state)
    kubeconfig = state / "kubeconfig"
    authority = pathlib.Path(os.environ["WARDGATE_RUN"]) / "pki/ca.crt"
    kubeconfig.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": os.environ["WARDGATE_TEST_API"], "certificate-authority": str(authority)}}],
        "users": [{"name": "ai", "user": {"token": account.token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "ai"}}],
    }))
    own, port = gateways.Gateway(state), gateways.free_port()
    own.config.write_text(gateways.configuration(state, own.port, kubeconfig=str(kubeconfig)) + gateways.admission(state, port, account.user))
    own.start()
    exported = own.cli("policy", "export", "webhook", "--url", f"https://127.0.0.1:{port}/admit", "--ca-file", str(state / "tls.crt"))
    assert exported.returncode == 0, exported.stderr
    yield Bench(own, account, exported.stdout)
    admin("delete", "-f", "-", "--ignore-not-found", text=exported.stdout)
    if own.process and own.process.poll() is None:
        own.stop()
    account.remove()


def test_without_a_webhook_the_tool_gate_alone_fires(bench: Bench):
    status, checks = bench.doctor()
    assert status == 2
    assert checks["exec.tool-gate"]["ok"] and checks["exec.identity"]["ok"], checks
    gate = checks["exec.admission-gate"]
    assert not gate["ok"] and bench.account.user in gate["seen"] and "wardgate policy export" in gate["remedy"], gate


def test_with_the_webhook_every_gate_fires_and_nothing_reaches_the_node(bench: Bench):
    admin("apply", "-f", "-", text=bench.manifest)
    time.sleep(1.0)  # the API server learns of it by a watch
    counted, audit = cluster.kubelet_execs(), cluster.Audit().mark()
    status, checks = bench.doctor()
    assert status == 0, checks
    assert "wardgate: exec." in checks["exec.admission-gate"]["seen"]
    assert cluster.kubelet_execs() == counted
    tried = [event for event in audit.since() if event["user"]["username"] == bench.account.user and event.get("objectRef", {}).get("subresource") == "exec"]
    assert tried and all("wardgate-probe" in event["requestURI"] for event in tried), tried


def test_a_webhook_that_does_not_answer_is_no_gate_that_fires(bench: Bench):
    admin("apply", "-f", "-", text=bench.manifest)
    bench.gateway.stop()
    time.sleep(1.0)
    try:
        status, checks = bench.doctor()
        assert status == 2
        assert "does not answer" in checks["exec.admission-gate"]["seen"], checks
    finally:
        bench.gateway.start()


def test_a_denial_by_the_floor_proves_nothing(bench: Bench):
    closed = cluster.kubectl("-n", "readonly", "get", "pods")["items"][0]["metadata"]["name"]
    status, checks = bench.doctor("readonly", closed)
    assert status == 2
    tool = checks["exec.tool-gate"]
    assert not tool["ok"] and "before the policies were asked" in tool["seen"], tool


def test_a_pod_that_is_not_there_proves_nothing(bench: Bench):
    status, checks = bench.doctor("shop", "no-such-pod")
    assert status == 2 and not checks["exec.tool-gate"]["ok"], checks


def test_a_webhook_for_other_names_is_told(bench: Bench):
    admin("apply", "-f", "-", text=bench.manifest.replace(bench.account.user, "system:serviceaccount:ai-ops:somebody-else"))
    time.sleep(1.0)
    try:
        status, checks = bench.doctor()
        assert status == 2 and not checks["exec.admission-gate"]["ok"], checks
    finally:
        admin("apply", "-f", "-", text=bench.manifest)


def test_the_checks_are_on_record_beside_a_running_gateway(bench: Bench):
    log = bench.gateway.evidence / "doctor"
    listed = subprocess.run([gateways.BIN, "evidence", "list", "--dir", str(log), "--json", "--limit", "1000"], capture_output=True, text=True, timeout=60)
    assert listed.returncode == 0 and "doctor" in listed.stdout, listed.stderr
    assert subprocess.run([gateways.BIN, "evidence", "verify", "--dir", str(log)], capture_output=True, timeout=60).returncode == 0
