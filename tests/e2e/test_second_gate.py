"""The second gate: an AI's credential used directly, without the gateway, meets the same rules at the API server.

Accounts of these tests' own are gated, so that no other test's requests pass here.
"""

import contextlib
import dataclasses
import json
import os
import pathlib
import subprocess
import time

import pytest

import cluster
import gateway as gateways

ROLE = """
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata: {name: wardgate-test-too-much}
rules:
  - {apiGroups: [""], resources: [pods/attach, pods/portforward, pods/proxy, services/proxy, nodes/proxy], verbs: [get, create]}
  - {apiGroups: [""], resources: [pods/ephemeralcontainers], verbs: [get, update, patch]}
"""


def admin(*arguments: str, text: str | None = None) -> str:
    return subprocess.run(["kubectl", *arguments], check=True, capture_output=True, text=True, input=text).stdout


@dataclasses.dataclass
class Account:
    """A service account that may do all that the gateway's may, and too much besides."""

    name: str

    def __post_init__(self) -> None:
        admin("apply", "-f", "-", text=ROLE)
        self.remove()  # what an interrupted run left
        admin("-n", "ai-ops", "create", "serviceaccount", self.name)
        for role in ("debug-ai", "wardgate-test-too-much"):
            admin("create", "clusterrolebinding", f"{self.name}-{role}", f"--clusterrole={role}", f"--serviceaccount=ai-ops:{self.name}")
        self.token = admin("-n", "ai-ops", "create", "token", self.name, "--duration=1h").strip()

    @property
    def user(self) -> str:
        return f"system:serviceaccount:ai-ops:{self.name}"

    def remove(self) -> None:
        for role in ("debug-ai", "wardgate-test-too-much"):
            admin("delete", "clusterrolebinding", f"{self.name}-{role}", "--ignore-not-found")
        admin("-n", "ai-ops", "delete", "serviceaccount", self.name, "--ignore-not-found")

    def kubectl(self, *arguments: str, websocket: bool = True, timeout: float = 30) -> subprocess.CompletedProcess:
        environment = os.environ | {"KUBECONFIG": "/dev/null", "KUBECTL_REMOTE_COMMAND_WEBSOCKETS": str(websocket).lower()}
        authority = pathlib.Path(os.environ["WARDGATE_RUN"]) / "pki/ca.crt"
        start = ["kubectl", "--server", os.environ["WARDGATE_TEST_API"], "--certificate-authority", str(authority), "--token", self.token]
        return subprocess.run([*start, *arguments], capture_output=True, text=True, timeout=timeout, env=environment)

    def exec(self, *command: str, namespace: str = "shop", pod: str | None = None, flags: tuple[str, ...] = (), **more) -> subprocess.CompletedProcess:
        pod = pod or cluster.pod("shop", "web")
        return self.kubectl("-n", namespace, "exec", pod, *flags, "--", *command, **more)


def certificate(folder: pathlib.Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=webhook",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(folder / "tls.key"), "-out", str(folder / "tls.crt")],
        check=True, capture_output=True)


@dataclasses.dataclass
class Gate:
    gateway: gateways.Gateway
    account: Account
    url: str


@contextlib.contextmanager
def gated(own: gateways.Gateway, account: Account):
    """Runs a gateway with its webhook, registered for one account; gives the webhook's URL."""
    port = gateways.free_port()
    with own.config.open("a") as config:
        config.write(gateways.admission(own.state, port, account.user))
    own.start()
    url = f"https://127.0.0.1:{port}/admit"
    exported = own.cli("policy", "export", "webhook", "--url", url, "--ca-file", str(own.state / "tls.crt"))
    assert exported.returncode == 0, exported.stderr
    admin("apply", "-f", "-", text=exported.stdout)
    time.sleep(1.0)  # the API server learns of it by a watch
    try:
        yield url
    finally:
        admin("delete", "validatingwebhookconfiguration", "wardgate")
        own.stop()


@pytest.fixture(scope="module")
def gate(tmp_path_factory: pytest.TempPathFactory):
    """A gateway with its webhook, registered for one account."""
    state, account = tmp_path_factory.mktemp("second-gate"), Account("gated-by-webhook")
    certificate(state)
    own = gateways.Gateway(state)
    with gated(own, account) as url:
        yield Gate(own, account, url)
    account.remove()


@pytest.fixture(scope="module")
def listed(gate: Gate):
    """A second account, gated by the exported ValidatingAdmissionPolicy instead."""
    account = Account("gated-by-policy")
    config = gate.gateway.state / "vap.toml"
    config.write_text(gate.gateway.config.read_text().replace(gate.account.user, account.user))
    exported = subprocess.run([gateways.BIN, "policy", "export", "vap", "--config", str(config)], capture_output=True, text=True, timeout=300)
    assert exported.returncode == 0, exported.stderr
    admin("apply", "-f", "-", text=exported.stdout)
    time.sleep(2.0)
    yield account
    admin("delete", "-f", "-", text=exported.stdout)
    account.remove()


@pytest.mark.parametrize("websocket", [True, False], ids=["websocket", "spdy"])
def test_what_passes_passes(gate: Gate, websocket: bool):
    done = gate.account.exec("cat", "/proc/meminfo", websocket=websocket)
    assert done.returncode == 0 and "MemTotal:" in done.stdout, done.stderr


@pytest.mark.parametrize("websocket", [True, False], ids=["websocket", "spdy"])
@pytest.mark.parametrize("command", [
    ["sh", "-c", "id"],
    ["cat", "/proc/1/environ"],
    ["cat", "/var/run/secrets/kubernetes.io/serviceaccount/token"],
    ["env"],
    ["tail", "-f", "/var/log/app/app.log"],
    ["timeout", "-s", "KILL", "31", "cat", "/proc/meminfo"],
    ["timeout", "-s", "KILL", "30", "sh"],
    ["busybox", "sh"],
])
def test_what_the_tool_endpoint_denies_is_denied_to_the_bare_credential(gate: Gate, command: list[str], websocket: bool):
    counted = cluster.kubelet_execs()
    done = gate.account.exec(*command, websocket=websocket)
    assert done.returncode != 0 and "wardgate: exec." in done.stderr, done.stderr
    assert cluster.kubelet_execs() == counted


@pytest.mark.parametrize("websocket", [True, False], ids=["websocket", "spdy"])
def test_standard_input_and_terminals_are_denied(gate: Gate, websocket: bool):
    done = gate.account.exec("cat", "/proc/meminfo", flags=("-i",), websocket=websocket)
    assert "floor.exec.stdin" in done.stderr, done.stderr


def test_a_namespace_that_is_not_open_is_denied(gate: Gate):
    done = gate.account.exec("cat", "/proc/meminfo", namespace="readonly", pod=cluster.kubectl("-n", "readonly", "get", "pods")["items"][0]["metadata"]["name"])
    assert "floor.namespace" in done.stderr, done.stderr


def test_every_other_way_into_a_pod_is_denied(gate: Gate):
    pod = cluster.pod("shop", "web")
    for rule, arguments in [
        ("floor.attach", ["-n", "shop", "attach", pod]),
        ("floor.ephemeralcontainers", ["-n", "shop", "debug", pod, "--image=wardgate.test/workload:1", "--target=web"]),
        ("floor.portforward", ["-n", "shop", "port-forward", pod, f"{gateways.free_port()}:8080"]),
        ("floor.proxy", ["get", "--raw", f"/api/v1/namespaces/shop/pods/{pod}:8080/proxy/healthz"]),
        ("floor.proxy", ["get", "--raw", "/api/v1/namespaces/shop/services/web:8080/proxy/healthz"]),
        ("floor.proxy", ["get", "--raw", "/api/v1/nodes/node-a/proxy/pods"]),
    ]:
        done = gate.account.kubectl(*arguments)
        assert done.returncode != 0 and rule in done.stderr, (arguments, done.stderr)


def reviews(gate: Gate) -> float:
    metrics = gate.gateway.get("/metrics")[1].splitlines()
    return sum(float(line.rsplit(" ", 1)[1]) for line in metrics if line.startswith("wardgate_admission_reviews_total{"))


def test_a_persons_exec_never_comes_here(gate: Gate):
    before = reviews(gate)
    gate.account.exec("cat", "/proc/meminfo")
    assert reviews(gate) > before, "the counter that this test relies on does not move"
    before = reviews(gate)
    admin("-n", "shop", "exec", cluster.pod("shop", "web"), "--", "cat", "/proc/meminfo")
    assert reviews(gate) == before


def test_the_clusters_own_audit_log_says_command_verdict_rule_and_credential(gate: Gate):
    audit = cluster.Audit().mark()
    gate.account.exec("cat", "/proc/1/environ")
    events = [event for event in audit.since() if event["user"]["username"] == gate.account.user and event.get("objectRef", {}).get("subresource") == "exec"]
    annotations = [event["annotations"] for event in events if "exec.wardgate.dev/rule" in event.get("annotations", {})]
    assert annotations, events
    for stamped in annotations:
        assert json.loads(stamped["exec.wardgate.dev/command"]) == ["cat", "/proc/1/environ"]
        assert stamped["exec.wardgate.dev/verdict"] == "deny"
        assert stamped["exec.wardgate.dev/rule"].startswith("exec.")
        assert stamped["exec.wardgate.dev/credential-id"].startswith("JTI=")


def test_decisions_are_on_record(gate: Gate):
    gate.account.exec("cat", "/proc/1/environ")
    time.sleep(0.5)
    listed = gate.gateway.cli("evidence", "list").stdout
    assert any("admission" in line and gate.account.user in line for line in listed.splitlines()), listed[-2000:]


# One table for all gates. Whether a row is allowed is for the module alone to say.
TABLE = [
    ["cat", "/proc/meminfo"],
    ["cat", "/proc/1/status"],
    ["cat", "/proc/7/status"],
    ["cat", "/proc/1/environ"],
    ["cat", "/proc/self/root/etc/shadow"],
    ["cat", "/proc/meminfo", "/proc/1/environ"],
    ["cat", "/proc/meminfo\n/proc/1/environ"],
    ["cat /proc/meminfo"],
    ["cat", "--", "/proc/meminfo"],
    ["/bin/cat", "/proc/meminfo"],
    ["/tmp/cat", "/proc/meminfo"],
    ["df", "-h"],
    ["df", "-h", "/"],
    ["id"],
    ["hostname"],
    ["hostname", "other"],
    ["uptime"],
    ["date", "-u"],
    ["date", "-s", "2000-01-01"],
    ["mount"],
    ["mount", "-o", "remount", "/"],
    ["ps", "-ef"],
    ["ps", "e"],
    ["ss", "-tan"],
    ["ss", "-K"],
    ["top", "-b", "-n", "1"],
    ["sh"],
    ["env"],
    ["find", "/", "-delete"],
    ["timeout", "-s", "KILL", "30", "cat", "/proc/meminfo"],
    ["timeout", "-s", "KILL", "30", "cat", "/proc/1/environ"],
    ["timeout", "-s", "KILL", "30", "timeout", "-s", "KILL", "30", "id"],
    ["timeout", "-s", "TERM", "30", "id"],
]


def module_allows(argv: list[str]) -> bool:
    own = ["timeout", "-s", "KILL", "30"]
    argv = argv[len(own):] if argv[: len(own)] == own else argv
    done = subprocess.run([gateways.BIN, "policy", "check", "exec", "--jsonl"], input=json.dumps({"argv": argv}) + "\n", capture_output=True, text=True, timeout=300)
    return json.loads(done.stdout)["verdict"] == "allow"


def passed(done: subprocess.CompletedProcess) -> bool:
    return "wardgate: " not in done.stderr


def test_no_gate_allows_what_the_module_denies_on_any_row(gate: Gate, listed: Account):
    wrong, tight = [], []
    for argv in TABLE:
        allowed = module_allows(argv)
        if passed(gate.account.exec(*argv)) != allowed:
            wrong.append(("webhook", argv, allowed))
        by_policy = passed(listed.exec(*argv))
        if by_policy and not allowed:
            wrong.append(("vap", argv, allowed))
        if allowed and not by_policy:
            tight.append(argv)
    assert not wrong
    # Rows that CEL cannot say are denied there; the usual ones are not.
    assert ["cat", "/proc/meminfo"] not in tight and ["timeout", "-s", "KILL", "30", "cat", "/proc/meminfo"] not in tight, tight


def test_the_exported_policy_closes_the_other_ways_too(listed: Account):
    pod = cluster.pod("shop", "web")
    for arguments in (
        ["-n", "shop", "attach", pod],
        ["-n", "shop", "debug", pod, "--image=wardgate.test/workload:1", "--target=web"],
        ["get", "--raw", f"/api/v1/namespaces/shop/pods/{pod}:8080/proxy/healthz"],
        ["get", "--raw", "/api/v1/nodes/node-a/proxy/pods"],
    ):
        done = listed.kubectl(*arguments)
        assert done.returncode != 0 and "wardgate: floor" in done.stderr, (arguments, done.stderr)
    assert "floor.exec.stdin" in listed.exec("cat", "/proc/meminfo", flags=("-i",)).stderr
    assert "floor.namespace" in listed.exec("id", namespace="readonly", pod=cluster.kubectl("-n", "readonly", "get", "pods")["items"][0]["metadata"]["name"]).stderr


def test_a_webhook_that_is_gone_locks_out_the_ai_and_nobody_else(gate: Gate):
    gate.gateway.stop()
    try:
        done = gate.account.exec("cat", "/proc/meminfo")
        assert done.returncode != 0 and "failed calling webhook" in done.stderr, done.stderr
        assert "MemTotal:" in admin("-n", "shop", "exec", cluster.pod("shop", "web"), "--", "cat", "/proc/meminfo")
    finally:
        gate.gateway.start()
