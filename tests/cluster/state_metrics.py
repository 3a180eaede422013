"""A small exporter of object state in the names and labels of kube-state-metrics, which no registry here serves.

Reads pods, deployments and namespaces from the API server on every scrape. For tests: no cache, no watch.
usage: state_metrics.py API-SERVER PKI-DIR PORT
"""

import http.server
import json
import ssl
import sys
import urllib.request

PHASES = ("Pending", "Running", "Succeeded", "Failed", "Unknown")


def main() -> None:
    api, pki, port = sys.argv[1], sys.argv[2], int(sys.argv[3])
    context = ssl.create_default_context(cafile=f"{pki}/ca.crt")
    context.load_cert_chain(f"{pki}/admin.crt", f"{pki}/admin.key")

    def items(path: str) -> list[dict]:
        with urllib.request.urlopen(api + path, context=context, timeout=4) as answer:
            return json.load(answer)["items"]

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            try:
                body = "\n".join([
                    *pods(items("/api/v1/pods")),
                    *deployments(items("/apis/apps/v1/deployments")),
                    *namespaces(items("/api/v1/namespaces")),
                    "",
                ]).encode()
                status = 200
            except OSError as error:
                body, status = f"{error}\n".encode(), 503
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler).serve_forever()


def pods(found: list[dict]):
    for pod in found:
        who = {"namespace": pod["metadata"]["namespace"], "pod": pod["metadata"]["name"]}
        node = pod["spec"].get("nodeName", "")
        yield sample("kube_pod_info", who | {"node": node, "pod_ip": pod["status"].get("podIP", "")}, 1)
        for phase in PHASES:
            yield sample("kube_pod_status_phase", who | {"phase": phase}, int(pod["status"].get("phase") == phase))
        for container in pod["spec"]["containers"]:
            for kind in ("requests", "limits"):
                memory = container.get("resources", {}).get(kind, {}).get("memory")
                if memory and memory.endswith("Mi"):
                    labels = who | {"container": container["name"], "resource": "memory", "unit": "byte"}
                    yield sample(f"kube_pod_container_resource_{kind}", labels, int(memory[:-2]) << 20)
        for status in pod["status"].get("containerStatuses", []):
            labels = who | {"container": status["name"]}
            yield sample("kube_pod_container_status_restarts_total", labels, status["restartCount"])
            yield sample("kube_pod_container_status_ready", labels, int(status["ready"]))
            for state, name in (("state", "terminated"), ("lastState", "last_terminated")):
                ended = status.get(state, {}).get("terminated")
                if ended:
                    yield sample(f"kube_pod_container_status_{name}_reason", labels | {"reason": ended["reason"]}, 1)
            waiting = status.get("state", {}).get("waiting")
            if waiting:
                yield sample("kube_pod_container_status_waiting_reason", labels | {"reason": waiting["reason"]}, 1)


def deployments(found: list[dict]):
    for deployment in found:
        labels = {"namespace": deployment["metadata"]["namespace"], "deployment": deployment["metadata"]["name"]}
        yield sample("kube_deployment_spec_replicas", labels, deployment["spec"]["replicas"])
        yield sample("kube_deployment_status_replicas_available", labels, deployment["status"].get("availableReplicas", 0))


def namespaces(found: list[dict]):
    for namespace in found:
        yield sample("kube_namespace_created", {"namespace": namespace["metadata"]["name"]}, 1)


def sample(name: str, labels: dict[str, str], value: int) -> str:
    inner = ",".join(f"{key}={json.dumps(text)}" for key, text in labels.items())
    return f"{name}{{{inner}}} {value}"


if __name__ == "__main__":
    main()
