"""The admission webhook at a steady rate. Owns: the clock of the load, the reviews that are sent, and the table.

Requests leave at fixed times whatever became of the ones before, and latency counts from the time at which a request was due, so that a
stall shows in every request that it held up.
"""

import argparse
import http.client
import json
import os
import pathlib
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import cluster  # noqa: E402
import gateway as gateways  # noqa: E402

# What passes, what the policies deny, what the floor denies.
COMMANDS = [["cat", "/proc/meminfo"], ["ss", "-tan"], ["sh", "-c", "id"], ["cat", "/proc/1/environ"], ["timeout", "-s", "KILL", "30", "df", "-h"]]


def review(pod: str, command: list[str]) -> bytes:
    request = {
        "uid": str(uuid.uuid4()), "operation": "CONNECT", "name": pod, "namespace": "shop", "subResource": "exec", "requestSubResource": "exec",
        "kind": {"group": "", "version": "v1", "kind": "PodExecOptions"}, "requestKind": {"group": "", "version": "v1", "kind": "PodExecOptions"},
        "resource": {"group": "", "version": "v1", "resource": "pods"}, "requestResource": {"group": "", "version": "v1", "resource": "pods"},
        "userInfo": {"username": cluster.ACCOUNT, "groups": ["system:serviceaccounts"], "extra": {"authentication.kubernetes.io/credential-id": ["JTI=bench"]}},
        "object": {"kind": "PodExecOptions", "apiVersion": "v1", "stdout": True, "stderr": True, "container": "web", "command": command},
        "oldObject": None, "dryRun": False, "options": None,
    }
    return json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).encode()


def load(port: int, pod: str, rate: float, seconds: float, connections: int) -> tuple[list[float], dict[bool, int]]:
    """Latencies in milliseconds, and how many were allowed."""
    trust = ssl.create_default_context()
    trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE
    took, verdicts, lock, begin = [], {True: 0, False: 0}, threading.Lock(), time.perf_counter() + 0.5
    count = int(rate * seconds)

    def send(first: int) -> None:
        link = http.client.HTTPSConnection("127.0.0.1", port, context=trust, timeout=10)
        link.connect()
        mine, allowed = [], {True: 0, False: 0}
        for at in range(first, count, connections):
            body = review(pod, COMMANDS[at % len(COMMANDS)])
            due = begin + at / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            link.request("POST", "/admit", body, {"Content-Type": "application/json"})
            answer = link.getresponse()
            text = answer.read()
            mine.append((time.perf_counter() - due) * 1000)
            assert answer.status == 200, (answer.status, text)
            allowed[json.loads(text)["response"]["allowed"]] += 1
        with lock:
            took.extend(mine)
            for verdict, number in allowed.items():
                verdicts[verdict] += number

    threads = [threading.Thread(target=send, args=(first,)) for first in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == count, f"{count - len(took)} reviews failed"
    return sorted(took), verdicts


def own_quantile(metrics: str, quantile: float) -> float:
    """The upper edge, in milliseconds, of the histogram's bucket that holds it."""
    buckets = []
    for line in metrics.splitlines():
        if line.startswith("wardgate_admission_duration_seconds_bucket{"):
            edge, count = line.split('le="')[1].split('"')[0], float(line.rsplit(" ", 1)[1])
            buckets.append((float(edge.replace("+Inf", "inf")), count))
    total = max(count for _, count in buckets)
    return next(edge for edge, count in sorted(buckets) if count >= quantile * total) * 1000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rate", type=float, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--connections", type=int, default=8)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wardgate-bench-") as folder:
        state = pathlib.Path(folder)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1", "-subj", "/CN=webhook",
             "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(state / "tls.key"), "-out", str(state / "tls.crt")],
            check=True, capture_output=True)
        own, port = gateways.Gateway(state), gateways.free_port()
        with own.config.open("a") as config:
            config.write(f'\n[admission]\nbind = "127.0.0.1:{port}"\ncertificate = "{state}/tls.crt"\nkey = "{state}/tls.key"\nidentities = ["{cluster.ACCOUNT}"]\n')
        own.start()
        try:
            pod = cluster.pod("shop", "web")
            load(port, pod, args.rate, 3, args.connections)  # warm
            took, verdicts = load(port, pod, args.rate, args.seconds, args.connections)
            metrics = own.get("/metrics")[1]
        finally:
            own.stop()
    at = lambda q: took[min(len(took) - 1, int(len(took) * q))]  # noqa: E731
    print(f"{len(took)} reviews at {args.rate:g}/s over {args.connections} connections, {verdicts[True]} allowed, {verdicts[False]} denied; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"from due to answered, over TLS, ms: p50 {statistics.median(took):.2f}  p99 {at(0.99):.2f}  p99.9 {at(0.999):.2f}  most {took[-1]:.2f}")
    print(f"the program's own figure, ms: p50 within {own_quantile(metrics, 0.5):.3g}, p99 within {own_quantile(metrics, 0.99):.3g}")


if __name__ == "__main__":
    main()
