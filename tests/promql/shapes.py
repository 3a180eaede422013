"""Series in the shapes of kube-state-metrics, cAdvisor, the kubelet, node-exporter, an application and the control plane, with something
wrong of every kind, so that every saved query has something to find.

Served as a scrape page. With --back SECONDS each scrape is a step of 30 s of a past that begins so long ago, until it has caught up:
an hour of history in seconds. Counters grow with the time of the sample, so rates are what RATES says.
usage: shapes.py PORT [--back SECONDS]
"""

import http.server
import json
import sys
import time

NAMESPACE = "readonly"
NODE = "node-a"
STEP = 30
# Two pods: one is well, one is not.
WELL, ILL = "catalog-6d5f9c7b8-abcde", "search-0"
BUCKETS = (0.005, 0.01, 0.05, 0.1, 0.5, 1, 5)

DAY = 86400
EPOCH = time.time() - DAY


def kube_state(at: float):
    ns = {"namespace": NAMESPACE}
    for pod, container, ill in ((WELL, "catalog", 0), (ILL, "search", 1)):
        one = ns | {"pod": pod}
        this = one | {"container": container}
        for phase in ("Pending", "Running", "Succeeded", "Failed", "Unknown"):
            yield "kube_pod_status_phase", one | {"phase": phase}, phase == ("Pending" if ill else "Running")
        for condition in ("true", "false", "unknown"):
            yield "kube_pod_status_ready", one | {"condition": condition}, condition == ("false" if ill else "true")
        yield "kube_pod_container_status_restarts_total", this, counter(at, ill * 0.01)
        for kind, cpu, memory in (("limits", 1, 1 << 30), ("requests", 0.25, 1 << 28)):
            for resource, unit, value in (("cpu", "core", cpu), ("memory", "byte", memory)):
                yield f"kube_pod_container_resource_{kind}", this | {"resource": resource, "unit": unit, "node": NODE}, value
    ill = ns | {"pod": ILL, "container": "search"}
    yield "kube_pod_container_status_last_terminated_reason", ill | {"reason": "OOMKilled"}, 1
    yield "kube_pod_container_status_waiting_reason", ill | {"reason": "CrashLoopBackOff"}, 1
    yield "kube_pod_status_unschedulable", ns | {"pod": ILL}, 1
    for deployment, spec, available, updated in (("catalog", 2, 2, 2), ("checkout", 3, 1, 2)):
        which = ns | {"deployment": deployment}
        yield "kube_deployment_spec_replicas", which, spec
        yield "kube_deployment_status_replicas_available", which, available
        yield "kube_deployment_status_replicas_updated", which, updated
    yield "kube_statefulset_replicas", ns | {"statefulset": "search"}, 3
    yield "kube_statefulset_status_replicas_ready", ns | {"statefulset": "search"}, 2
    yield "kube_daemonset_status_number_unavailable", ns | {"daemonset": "agent"}, 1
    yield "kube_horizontalpodautoscaler_status_current_replicas", ns | {"horizontalpodautoscaler": "catalog"}, 5
    yield "kube_horizontalpodautoscaler_spec_max_replicas", ns | {"horizontalpodautoscaler": "catalog"}, 5
    yield "kube_job_status_failed", ns | {"job_name": "import-28"}, 2
    yield "kube_cronjob_status_last_successful_time", ns | {"cronjob": "import"}, int(EPOCH)
    for kind, value in (("used", 9), ("hard", 10)):
        yield "kube_resourcequota", ns | {"resourcequota": "team", "resource": "pods", "type": kind}, value
    for phase in ("Pending", "Bound", "Lost"):
        yield "kube_persistentvolumeclaim_status_phase", ns | {"persistentvolumeclaim": "data-search-1", "phase": phase}, phase == "Pending"
    for condition in ("Ready", "DiskPressure", "MemoryPressure", "PIDPressure"):
        for status in ("true", "false", "unknown"):
            is_so = status == ("true" if condition in ("Ready", "DiskPressure") else "false")
            yield "kube_node_status_condition", {"node": NODE, "condition": condition, "status": status}, is_so
    yield "kube_node_spec_unschedulable", {"node": NODE}, 1
    yield "kube_node_status_allocatable", {"node": NODE, "resource": "pods", "unit": "integer"}, 110


def kubelet(at: float):
    claim = {"namespace": NAMESPACE, "persistentvolumeclaim": "data-search-0"}
    # 10 GiB, of which 1 GiB is left when the run begins; ten kilobytes go each second, by the time of the sample.
    yield "kubelet_volume_stats_capacity_bytes", claim, 10 << 30
    yield "kubelet_volume_stats_available_bytes", claim, (1 << 30) - int((at - EPOCH - DAY) * 1e4)
    yield "kubelet_volume_stats_inodes", claim, 1000
    yield "kubelet_volume_stats_inodes_used", claim, 900
    yield "kubelet_running_pods", {"node": NODE}, 55
    for pod, container in ((WELL, "catalog"), (ILL, "search")):
        one = {"namespace": NAMESPACE, "pod": pod, "node": NODE}
        this = one | {"container": container, "image": "registry.test/" + container}
        yield "container_cpu_usage_seconds_total", this, counter(at, 0.5)
        yield "container_cpu_cfs_periods_total", this, counter(at, 10)
        yield "container_cpu_cfs_throttled_periods_total", this, counter(at, 4)
        yield "container_memory_working_set_bytes", this, (1 << 29) + int((at - time.time()) * 1000)
        yield "container_fs_reads_bytes_total", this | {"device": "/dev/sda"}, counter(at, 1000)
        yield "container_fs_writes_bytes_total", this | {"device": "/dev/sda"}, counter(at, 3000)
        network = one | {"interface": "eth0"}
        for way in ("receive", "transmit"):
            yield f"container_network_{way}_bytes_total", network, counter(at, 2000)
            yield f"container_network_{way}_errors_total", network, counter(at, 0.5)
            yield f"container_network_{way}_packets_dropped_total", network, counter(at, 0.5)


def node(at: float):
    this = {"instance": "10.0.0.4:9100"}
    for cpu in ("0", "1"):
        for mode, rate in (("idle", 0.25), ("user", 0.5), ("system", 0.25)):
            yield "node_cpu_seconds_total", this | {"cpu": cpu, "mode": mode}, counter(at, rate)
    yield "node_memory_MemTotal_bytes", this, 8 << 30
    yield "node_memory_MemAvailable_bytes", this, 2 << 30
    root = this | {"mountpoint": "/", "fstype": "ext4", "device": "/dev/sda1"}
    yield "node_filesystem_size_bytes", root, 100 << 30
    yield "node_filesystem_avail_bytes", root, 10 << 30
    yield "node_disk_io_time_seconds_total", this | {"device": "sda"}, counter(at, 0.9)
    for resource in ("cpu", "memory", "io"):
        yield f"node_pressure_{resource}_waiting_seconds_total", this, counter(at, 0.2)
    yield "node_load5", this, 3
    for way in ("receive", "transmit"):
        yield f"node_network_{way}_errs_total", this | {"device": "eth0"}, counter(at, 0.5)
        yield f"node_network_{way}_drop_total", this | {"device": "eth0"}, counter(at, 0.5)


def applications(at: float):
    for service, bad in (("catalog", 0), ("checkout", 0.1)):
        this = {"namespace": NAMESPACE, "service": service, "pod": service + "-0"}
        yield "http_requests_total", this | {"code": "200"}, counter(at, 10 * (1 - bad))
        if bad:
            yield "http_requests_total", this | {"code": "503"}, counter(at, 10 * bad)
        yield from histogram("http_request_duration_seconds", this, at, 10)
        yield "process_open_fds", this, 512
        yield "process_max_fds", this, 1024
    grpc = {"namespace": NAMESPACE, "grpc_service": "shop.Cart", "grpc_method": "Add"}
    yield "grpc_server_handled_total", grpc | {"grpc_code": "OK"}, counter(at, 3)
    yield "grpc_server_handled_total", grpc | {"grpc_code": "Unavailable"}, counter(at, 1)
    for status, rate in (("200", 3), ("502", 1)):
        yield "nginx_ingress_controller_requests", {"namespace": NAMESPACE, "ingress": "shop", "status": status}, counter(at, rate)


def control_plane(at: float):
    for verb in ("GET", "LIST"):
        yield "apiserver_request_total", {"verb": verb, "code": "200"}, counter(at, 9)
        yield "apiserver_request_total", {"verb": verb, "code": "500"}, counter(at, 1)
        yield from histogram("apiserver_request_duration_seconds", {"verb": verb}, at, 10)
    yield from histogram("etcd_disk_wal_fsync_duration_seconds", {}, at, 10)
    for rcode, rate in (("NOERROR", 98), ("SERVFAIL", 2)):
        yield "coredns_dns_responses_total", {"rcode": rcode}, counter(at, rate)


def histogram(name: str, labels: dict, at: float, rate: float):
    """Half of it lies within 0.05, all of it within 0.5."""
    for le in (*BUCKETS, "+Inf"):
        share = 1 if le == "+Inf" or le >= 0.5 else 0.5 if le >= 0.05 else 0
        yield f"{name}_bucket", labels | {"le": str(le)}, counter(at, rate * share)
    yield f"{name}_count", labels, counter(at, rate)
    yield f"{name}_sum", labels, counter(at, rate * 0.05)


def counter(at: float, rate: float) -> float:
    return round((at - EPOCH) * rate, 6)


PARTS = (kube_state, kubelet, node, applications, control_plane)


def page(at: float, stamped: bool) -> str:
    stamp = f" {int(at * 1000)}" if stamped else ""
    lines = []
    for part in PARTS:
        for name, labels, value in part(at):
            inner = ",".join(f"{key}={json.dumps(text)}" for key, text in labels.items())
            lines.append(f"{name}{{{inner}}} {value + 0}{stamp}")
    return "\n".join(lines) + "\n"


class Past:
    """The time of the next scrape."""

    def __init__(self, back: float) -> None:
        self.at = time.time() - back if back else None

    def next(self) -> tuple[float, bool]:
        if self.at is None:
            return time.time(), False
        self.at = min(self.at + STEP, time.time())
        return self.at, True

    def caught_up(self) -> bool:
        return self.at is None or self.at + STEP >= time.time()


def serve(port: int, back: float = 0) -> tuple[http.server.HTTPServer, Past]:
    past = Past(back)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page(*past.next()).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    class Server(http.server.ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A scrape that gave up: the next one comes."""

    return Server(("127.0.0.1", port), Handler), past


if __name__ == "__main__":
    back_by = float(sys.argv[3]) if sys.argv[2:3] == ["--back"] else 0
    serve(int(sys.argv[1]), back_by)[0].serve_forever()
