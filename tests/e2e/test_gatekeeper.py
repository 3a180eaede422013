"""The exported Gatekeeper template, evaluated with opa on AdmissionReviews that a real API server sent.

Gatekeeper itself does not run here. What it adds to a review for a template, the namespace's object, is added as its target handler does;
what it matches by kind is checked against the constraint.
"""

import dataclasses
import http.server
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
from test_second_gate import TABLE, Account, admin, certificate, module_allows

CONFIGURATION = "captures-reviews"


class Listener(http.server.BaseHTTPRequestHandler):
    """Keeps every review, and denies all of them: nothing runs."""

    protocol_version = "HTTP/1.1"
    kept: list[dict] = []

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["request"]
        self.kept.append(request)
        answer = json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "response": {"uid": request["uid"], "allowed": False}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        pass


@dataclasses.dataclass
class Bench:
    account: Account
    rego: pathlib.Path
    kinds: set[str]

    def captured(self, do) -> list[dict]:
        Listener.kept.clear()
        do()
        assert Listener.kept, "the API server asked nothing"
        return list(Listener.kept)

    def violations(self, reviews: list[dict]) -> list[int]:
        """How many violations Gatekeeper would find in each."""
        names = {review.get("namespace") for review in reviews} - {None, ""}
        namespaces = {name: cluster.kubectl("get", "namespace", name) for name in names}
        whole = [review | {"_unstable": {"namespace": namespaces[review["namespace"]]}} if review.get("namespace") else review for review in reviews]
        query = "[n | r := input.reviews[_]; n := count(data.wardgateexec.violation) with input as {\"review\": r}]"
        done = subprocess.run(
            [os.environ["OPA"], "eval", "--v0-compatible", "--format", "json", "--stdin-input", "--data", str(self.rego), query],
            input=json.dumps({"reviews": whole}), capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        found = json.loads(done.stdout)["result"][0]["expressions"][0]["value"]
        assert len(found) == len(reviews)
        # A kind that the constraint does not match never reaches the template.
        return [count if review["kind"]["kind"] in self.kinds else 0 for count, review in zip(found, reviews)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory):
    state, account = tmp_path_factory.mktemp("gatekeeper"), Account("seen-by-gatekeeper")
    certificate(state)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(state / "tls.crt", state / "tls.key")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Listener)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    own = gateways.Gateway(state)
    with own.config.open("a") as config:
        config.write(f'\n[admission]\nbind = "127.0.0.1:1"\ncertificate = "x"\nkey = "x"\nidentities = [{json.dumps(account.user)}]\n')
    url = f"https://127.0.0.1:{server.server_port}/admit"
    webhook = own.cli("policy", "export", "webhook", "--url", url, "--ca-file", str(state / "tls.crt"))
    exported = own.cli("policy", "export", "gatekeeper")
    assert webhook.returncode == 0 and exported.returncode == 0, webhook.stderr + exported.stderr
    rego, kinds = state / "policy.rego", set()
    for document in documents(exported.stdout):
        if document["kind"] == "ConstraintTemplate":
            rego.write_text(document["spec"]["targets"][0]["rego"])
        else:
            kinds = {kind for match in document["spec"]["match"]["kinds"] for kind in match["kinds"]}
    admin("apply", "-f", "-", text=webhook.stdout.replace('name: "wardgate"\n', f'name: "{CONFIGURATION}"\n', 1))
    time.sleep(1.0)
    yield Bench(account, rego, kinds)
    admin("delete", "validatingwebhookconfiguration", CONFIGURATION)
    server.shutdown()
    account.remove()


def documents(text: str) -> list[dict]:
    """YAML through kubectl's own reader; the kinds are no known ones, so they are only rewritten."""
    done = []
    for part in filter(str.strip, text.split("---\n")):
        read = subprocess.run(["kubectl", "patch", "--local", "-f", "-", "--type=json", "-p", "[]", "-o", "json"], input=part, capture_output=True, text=True)
        assert read.returncode == 0, read.stderr
        done.append(json.loads(read.stdout))
    return done


def test_the_template_allows_nothing_that_the_module_denies(bench: Bench):
    reviews = bench.captured(lambda: [bench.account.exec(*argv, websocket=False) for argv in TABLE])
    by_command = {tuple(review["object"]["command"]): review for review in reviews}
    assert len(by_command) == len({tuple(argv) for argv in TABLE})
    counts = dict(zip(by_command, bench.violations(list(by_command.values()))))
    wrong = [argv for argv in TABLE if not counts[tuple(argv)] and not module_allows(argv)]
    assert not wrong
    assert not counts[("cat", "/proc/meminfo")] and not counts[("timeout", "-s", "KILL", "30", "cat", "/proc/meminfo")]


def test_it_denies_standard_input_terminals_and_closed_namespaces(bench: Bench):
    pod = cluster.kubectl("-n", "readonly", "get", "pods")["items"][0]["metadata"]["name"]
    for do in (
        lambda: bench.account.exec("cat", "/proc/meminfo", flags=("-i",), websocket=False),
        lambda: bench.account.exec("cat", "/proc/meminfo", namespace="readonly", pod=pod, websocket=False),
    ):
        assert all(bench.violations(bench.captured(do)))


def test_it_denies_every_other_way_into_a_pod(bench: Bench):
    pod = cluster.pod("shop", "web")
    for arguments in [
        ["-n", "shop", "attach", pod],
        ["-n", "shop", "debug", pod, "--image=wardgate.test/workload:1", "--target=web"],
        ["-n", "shop", "port-forward", pod, f"{gateways.free_port()}:8080"],
        ["get", "--raw", f"/api/v1/namespaces/shop/pods/{pod}:8080/proxy/healthz"],
        ["get", "--raw", "/api/v1/namespaces/shop/services/web:8080/proxy/healthz"],
        ["get", "--raw", "/api/v1/nodes/node-a/proxy/pods"],
    ]:
        assert all(bench.violations(bench.captured(lambda: bench.account.kubectl(*arguments)))), arguments


def test_it_leaves_people_alone(bench: Bench):
    reviews = bench.captured(lambda: bench.account.exec("sh", websocket=False))
    person = [review | {"userInfo": {"username": "kubernetes-admin", "groups": ["system:masters"]}} for review in reviews]
    assert bench.violations(person) == [0] * len(person) and all(bench.violations(reviews))
