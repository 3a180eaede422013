"""`wardgate webhook-certs` on a real API server: the first certificate, its replacement while execs go on, and what its account may not do.

A configuration and a Secret of these tests' own, under the account and the roles of deploy/admission/webhook-certs.yaml.
"""

import base64
import dataclasses
import json
import os
import pathlib
import ssl
import subprocess
import threading
import time

import pytest

import cluster
import gateway as gateways
from test_second_gate import Account, admin

DEPLOY = pathlib.Path(__file__).resolve().parents[2] / "deploy/admission/webhook-certs.yaml"
NAMESPACE, SECRET, CONFIGURATION, JOB = "ai-ops", "certs-under-test-tls", "certs-under-test", "wardgate-webhook-certs"


def roles() -> str:
    """The manifest with names of these tests, without its CronJob: there is no image here."""
    text = DEPLOY.read_text().split("---\n# Hourly")[0]
    text = text.replace("namespace: wardgate}", f"namespace: {NAMESPACE}}}").replace("wardgate-admission-tls", SECRET)
    return text.replace("resourceNames: [wardgate]", f"resourceNames: [{CONFIGURATION}]")


def kubeconfig(path: pathlib.Path, token: str) -> pathlib.Path:
    authority = pathlib.Path(os.environ["WARDGATE_RUN"]) / "pki/ca.crt"
    path.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "test",
        "clusters": [{"name": "test", "cluster": {"server": os.environ["WARDGATE_TEST_API"], "certificate-authority": str(authority)}}],
        "users": [{"name": "job", "user": {"token": token}}],
        "contexts": [{"name": "test", "context": {"cluster": "test", "user": "job"}}],
    }))
    return path


@dataclasses.dataclass
class Bench:
    gateway: gateways.Gateway
    account: Account
    kubeconfig: pathlib.Path
    port: int

    def certs(self, *more: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [gateways.BIN, "webhook-certs", "--kubeconfig", str(self.kubeconfig), "--namespace", NAMESPACE, "--secret", SECRET,
             "--configuration", CONFIGURATION, "--settle-seconds", "2", *more],
            capture_output=True, text=True, timeout=120)

    def data(self) -> dict[str, str]:
        data = cluster.kubectl("-n", NAMESPACE, "get", "secret", SECRET).get("data", {})
        return {key: base64.b64decode(value).decode() for key, value in data.items()}

    def mount(self) -> None:
        """As the kubelet does with a mounted Secret: the files are replaced."""
        for name in ("tls.crt", "tls.key"):
            new = self.gateway.state / f".{name}"
            new.write_text(self.data()[name])
            new.rename(self.gateway.state / name)

    def bundle(self) -> str:
        hooks = cluster.kubectl("get", "validatingwebhookconfiguration", CONFIGURATION)["webhooks"]
        bundles = {base64.b64decode(hook["clientConfig"].get("caBundle", "")).decode() for hook in hooks}
        assert len(bundles) == 1, "the webhooks of one configuration trust different authorities"
        return bundles.pop()

    def served(self) -> str:
        return ssl.get_server_certificate(("127.0.0.1", self.port))

    def passes(self) -> bool:
        done = self.account.exec("cat", "/proc/meminfo")
        assert done.returncode == 0 or "failed calling webhook" in done.stderr, done.stderr
        return done.returncode == 0


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory):
    state, account = tmp_path_factory.mktemp("webhook-certs"), Account("gated-with-issued-certs")
    admin("apply", "-f", "-", text=roles())
    token = admin("-n", NAMESPACE, "create", "token", JOB, "--duration=1h").strip()
    own, port = gateways.Gateway(state), gateways.free_port()
    with own.config.open("a") as config:
        config.write(gateways.admission(state, port, account.user))
    exported = own.cli("policy", "export", "webhook", "--url", f"https://127.0.0.1:{port}/admit")
    assert exported.returncode == 0, exported.stderr
    # Whoever creates it names no authority: until the job has run, nobody's webhook is trusted and the AI waits outside.
    admin("apply", "-f", "-", text=exported.stdout.replace('name: "wardgate"\n', f'name: "{CONFIGURATION}"\n', 1))
    made = Bench(own, account, kubeconfig(state / "job.kubeconfig", token), port)
    first = made.certs()
    assert first.returncode == 0, first.stderr
    made.mount()
    own.start()
    time.sleep(1.0)
    yield made
    admin("delete", "validatingwebhookconfiguration", CONFIGURATION)
    admin("delete", "-f", "-", text=roles())
    if own.process and own.process.poll() is None:
        own.stop()
    account.remove()


def test_the_first_certificate_is_issued_trusted_and_served(bench: Bench):
    assert bench.bundle() == bench.data()["ca.crt"]
    assert bench.passes()
    assert "wardgate: exec." in bench.account.exec("env").stderr


def test_a_second_run_changes_nothing(bench: Bench):
    before = (bench.data(), bench.bundle())
    assert bench.certs().returncode == 0
    assert (bench.data(), bench.bundle()) == before


def test_a_replacement_loses_no_exec_and_the_gateway_serves_it_without_a_restart(bench: Bench):
    old, process, stop, failed = bench.data(), bench.gateway.process.pid, threading.Event(), []

    def ask() -> None:
        while not stop.is_set():
            failed.append(not bench.passes())

    asking = threading.Thread(target=ask)
    asking.start()
    try:
        done = bench.certs("--renew")
        assert done.returncode == 0, done.stderr
        new = bench.data()
        assert new["tls.crt"] != old["tls.crt"] and new["ca.crt"] != old["ca.crt"]
        # Both authorities while the mounted files may still be the old ones.
        assert bench.bundle() == new["ca.crt"] + old["ca.crt"]
        assert bench.served().strip() == old["tls.crt"].strip()
        time.sleep(2.0)
        bench.mount()
        deadline = time.monotonic() + 30
        while bench.served().strip() != new["tls.crt"].strip():
            assert time.monotonic() < deadline, "the gateway still serves the old certificate"
            time.sleep(0.5)
        time.sleep(2.0)
    finally:
        stop.set()
        asking.join()
    assert len(failed) > 5 and not any(failed), f"{sum(failed)} of {len(failed)} execs met a webhook that was not trusted"
    assert bench.gateway.process.pid == process and bench.gateway.process.poll() is None


def test_the_old_authority_is_dropped_after_the_overlap_and_not_before(bench: Bench):
    assert bench.certs().returncode == 0
    assert bench.bundle().count("BEGIN CERTIFICATE") == 2
    assert bench.certs("--renew").returncode == 0
    assert bench.bundle().count("BEGIN CERTIFICATE") == 2, "a third authority, within the overlap"
    assert bench.certs("--overlap-seconds", "1").returncode == 0
    assert bench.bundle() == bench.data()["ca.crt"]
    assert "previous-ca.crt" not in bench.data()
    time.sleep(1.0)
    assert bench.passes()


def test_a_bundle_that_someone_broke_is_set_right(bench: Bench):
    admin("patch", "validatingwebhookconfiguration", CONFIGURATION, "--type=json",
          "-p", '[{"op":"remove","path":"/webhooks/0/clientConfig/caBundle"}]')
    assert bench.certs().returncode == 0
    assert bench.bundle() == bench.data()["ca.crt"]


def test_no_key_of_an_authority_is_kept(bench: Bench):
    keys = [key for key, value in bench.data().items() if "PRIVATE KEY" in value]
    assert keys == ["tls.key"]


def test_the_jobs_account_may_do_nothing_else(bench: Bench):
    account = f"--as=system:serviceaccount:{NAMESPACE}:{JOB}"

    def may(*question: str) -> bool:
        return subprocess.run(["kubectl", "auth", "can-i", *question, account], capture_output=True, text=True).stdout.strip() == "yes"

    assert may("update", f"secrets/{SECRET}", "-n", NAMESPACE) and may("patch", f"validatingwebhookconfigurations/{CONFIGURATION}")
    for question in [
        ("get", "secrets", "-n", NAMESPACE), ("list", "secrets", "-n", NAMESPACE), ("get", "secrets/web", "-n", "shop"), ("create", "secrets", "-n", NAMESPACE),
        ("delete", f"validatingwebhookconfigurations/{CONFIGURATION}"), ("patch", "validatingwebhookconfigurations/wardgate"),
        ("create", "validatingwebhookconfigurations"), ("create", "pods/exec", "-n", "shop"), ("get", "pods", "-n", "shop"),
    ]:
        assert not may(*question), question


def test_what_it_may_not_touch_it_says(bench: Bench):
    done = subprocess.run(
        [gateways.BIN, "webhook-certs", "--kubeconfig", str(bench.kubeconfig), "--namespace", "shop", "--secret", "web", "--configuration", CONFIGURATION],
        capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "403" in done.stderr and "secrets" in done.stderr, done.stderr
