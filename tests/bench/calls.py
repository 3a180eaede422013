"""Whole calls under load. Owns: the rounds, what is measured of them, and the table."""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / "e2e"))
import gateway as gateways  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
META = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": {"name": "wrk", "version": "1"},
    "io.modelcontextprotocol/clientCapabilities": {},
}
CHATTY = {"namespace": "shop", "pod": "chatty", "tail_lines": 100}
BARE = "bare API call"
# Group commit shares a flush among many clients; a single one waits for two of its own, and this is the call without them.
UNFLUSHED = "k8s_get_logs, evidence in memory"
# As /proc/PID/comm cuts them.
FAR_END = {"kube-apiserver", "etcd", "kubelet", "containerd"}
MIRRORED = {"namespace": "shop", "pod": "postgres-0", "tail_lines": 100}


@dataclasses.dataclass
class Load:
    """What wrk is told to send."""

    name: str
    url: str
    headers: dict[str, str]
    body: str = ""
    process: int = 0
    most_clients: int = 1 << 30

    def script(self, folder: pathlib.Path) -> pathlib.Path:
        lines = [f"wrk.method = {json.dumps('POST' if self.body else 'GET')}"]
        lines += [f"wrk.headers[{json.dumps(name)}] = {json.dumps(value)}" for name, value in self.headers.items()]
        lines += [f"wrk.body = [==[{self.body}]==]"] if self.body else []
        # wrk counts 4xx and 5xx by itself; a tool error comes with 200.
        lines += [
            'failed = 0',
            'threads = {}',
            'function setup(thread) table.insert(threads, thread) end',
            'function response(status, headers, body)',
            '  if status ~= 200 or string.find(body, \'"isError":true\', 1, true) then failed = failed + 1 end',
            'end',
            'function done(summary, latency)',
            '  local bad = summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout',
            '  for _, thread in ipairs(threads) do bad = bad + thread:get("failed") end',
            '  io.write(string.format("RESULT %d %d %d %d %d\\n", summary.requests, summary.duration, bad, latency:percentile(50), latency:percentile(99)))',
            'end',
        ]
        path = folder / f"{re.sub('[^a-z]', '-', self.name)}.lua"
        path.write_text("\n".join(lines))
        return path


@dataclasses.dataclass
class Measure:
    calls_a_second: float
    p50_ms: float
    p99_ms: float
    own_cpu_ms: float
    cluster_cpu_ms: float
    machine_cpu_ms: float
    rss_mib: float


def cpu(process: int) -> float:
    fields = pathlib.Path(f"/proc/{process}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def cluster_cpu() -> float:
    """What a call costs at the far end: the API server, etcd, the kubelet and containerd, of all clusters on this machine."""
    spent = 0.0
    for name in pathlib.Path("/proc").glob("[0-9]*/comm"):
        try:
            if name.read_text().strip() in FAR_END:
                spent += cpu(int(name.parent.name))
        except (FileNotFoundError, ProcessLookupError):
            continue
    return spent


def machine_cpu() -> float:
    """All that the machine did, the load generator and the kernel's own threads too."""
    user, nice, system, _idle, _iowait, irq, softirq, *_ = map(int, pathlib.Path("/proc/stat").read_text().split()[1:9])
    return (user + nice + system + irq + softirq) / TICK


def rss(process: int) -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{process}/status").read_text())[1]) / 1024


def run(load: Load, clients: int, seconds: int, folder: pathlib.Path) -> Measure:
    command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds}s", "--timeout", "20s", "-s", str(load.script(folder)), load.url]
    spent = lambda: (cpu(load.process) if load.process else 0.0, cluster_cpu(), machine_cpu())  # noqa: E731
    before = spent()
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    after = spent()
    calls, micros, bad, p50, p99 = map(int, re.search(r"RESULT (\d+) (\d+) (\d+) (\d+) (\d+)", done.stdout).groups())
    if bad or not calls:
        sys.exit(f"{load.name} at {clients} clients: {bad} of {calls} calls failed\n{done.stdout}{done.stderr}")
    own, far, all_of_it = ((then - now) / calls * 1e3 for now, then in zip(before, after))
    return Measure(calls / micros * 1e6, p50 / 1e3, p99 / 1e3, own, far, all_of_it, rss(load.process) if load.process else 0.0)


def tool_call(name: str, gateway: "gateways.Gateway", arguments: dict) -> Load:
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "k8s_get_logs", "arguments": arguments, "_meta": META}}
    headers = {
        "Content-Type": "application/json",
        "Accept": "application/json, text/event-stream",
        "MCP-Protocol-Version": "2026-07-28",
        "Mcp-Method": "tools/call",
        "Mcp-Name": "k8s_get_logs",
    }
    return Load(name, gateway.url, headers, json.dumps(body), gateway.process.pid)


def bare(folder: pathlib.Path) -> Load:
    """The same request as the program makes, by the same identity."""
    text = pathlib.Path(os.environ["WARDGATE_TEST_KUBECONFIG"]).read_text()
    token = re.search(r"token(?:File)?: *\"?([^\s\"}]+)", text)[1]
    token = pathlib.Path(token).read_text().strip() if token.startswith("/") else token
    path = f"/api/v1/namespaces/{CHATTY['namespace']}/pods/{CHATTY['pod']}/log?container=chatty&tailLines=100"
    return Load(BARE, os.environ["WARDGATE_TEST_API"] + path, {"Authorization": f"Bearer {token}"})


def over_mirror(state: pathlib.Path) -> "gateways.Gateway":
    gateway = gateways.Gateway(state)
    gateway.config.write_text(
        f'[server]\nbind = "127.0.0.1:{gateway.port}"\n[mirror]\n[evidence]\ndirectory = {json.dumps(str(state / "evidence"))}\n'
    )
    return gateway


def flush_ms(folder: pathlib.Path, rounds: int = 200) -> float:
    """This disk's own time for one small append and its flush: the median."""
    times = []
    with (folder / "flush").open("ab", buffering=0) as file:
        for _ in range(rounds):
            begun = time.perf_counter()
            file.write(b"x" * 900)
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - begun) * 1e3)
    return statistics.median(times)


def check(load: Load) -> int:
    """One call by hand: it must give what the load is about. Says how many lines came."""
    request = urllib.request.Request(load.url, load.body.encode(), load.headers)
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read().decode()
    text = next((line[5:] for line in text.splitlines() if line.startswith("data:") and "result" in line), text)
    result = json.loads(text)["result"]
    lines = result.get("structuredContent", {}).get("lines", [])
    if result.get("isError") or len(lines) < 50:
        sys.exit(f"{load.name}: not the answer that is measured: {text[:800]}")
    return len(lines)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seconds", type=int, default=8, help="of each round")
    arguments.add_argument("--rounds", type=int, default=3, help="of each load and number of clients, by turns; the median counts")
    arguments.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    arguments.add_argument("--json", type=pathlib.Path, help="also write every figure there")
    args = arguments.parse_args()
    on_disk = tempfile.TemporaryDirectory(prefix="wardgate-bench-", dir=os.environ.get("WARDGATE_BENCH_DIR"))
    in_memory = tempfile.TemporaryDirectory(prefix="wardgate-bench-", dir="/dev/shm")
    with on_disk as name, in_memory as memory:
        folder = pathlib.Path(name)
        live, mirror = gateways.Gateway(folder / "live").start(), over_mirror(folder / "mirror").start()
        unflushed = gateways.Gateway(pathlib.Path(memory)).start()
        try:
            loads = [
                bare(folder),
                tool_call("k8s_get_logs", live, CHATTY),
                dataclasses.replace(tool_call(UNFLUSHED, unflushed, CHATTY), most_clients=1),
                tool_call("k8s_get_logs, mirror", mirror, MIRRORED),
            ]
            lines = [check(loads[1]), check(loads[-1])]
            rows = measure(loads, args, folder)
            report(rows, lines, flush_ms(folder))
            if args.json:
                args.json.write_text(json.dumps({f"{name} @{clients}": [dataclasses.asdict(m) for m in rounds] for (name, clients), rounds in rows.items()}, indent=2))
        finally:
            for gateway in (live, mirror, unflushed):
                gateway.stop()


def measure(loads: list[Load], args: argparse.Namespace, folder: pathlib.Path) -> dict[tuple[str, int], list[Measure]]:
    rows: dict[tuple[str, int], list[Measure]] = {}
    for load in loads:
        run(load, 8, 2, folder)
    for clients in args.clients:
        for _ in range(args.rounds):
            for load in (load for load in loads if clients <= load.most_clients):
                print(f"{load.name}, {clients} clients", file=sys.stderr)
                rows.setdefault((load.name, clients), []).append(run(load, clients, args.seconds, folder))
    return rows


def report(rows: dict[tuple[str, int], list[Measure]], lines: list[int], flush: float) -> None:
    cores = os.cpu_count()
    print(f"{cores} cores, shared by the load generator and all that is measured; answers of {lines[0]} lines (cluster) and {lines[1]} (mirror);")
    print(f"one append and flush on this disk: {flush:.2f} ms (median of 200).\n")
    print("| clients | | calls/s (lowest, highest) | of the bare call | p50 ms | p99 ms | own CPU ms a call | the cluster's | the machine's | RSS MiB |")
    print("|---:|---|---:|---:|---:|---:|---:|---:|---:|---:|")
    for (name, clients), rounds in rows.items():
        speed = statistics.median(m.calls_a_second for m in rounds)
        base = statistics.median(m.calls_a_second for m in rows[BARE, clients])
        low, high = min(m.calls_a_second for m in rounds), max(m.calls_a_second for m in rounds)
        middle = lambda field: statistics.median(getattr(m, field) for m in rounds)  # noqa: E731
        cells = [str(clients), name, f"{speed:.0f} ({low:.0f}, {high:.0f})"]
        of_bare = "" if name == BARE else f"{speed / base:.2f}×"
        own = ["", ""] if name == BARE else [f"{middle('own_cpu_ms'):.2f}", f"{middle('rss_mib'):.0f}"]
        cells += [of_bare, f"{middle('p50_ms'):.2f}", f"{middle('p99_ms'):.2f}", own[0]]
        cells += [f"{middle('cluster_cpu_ms'):.2f}", f"{middle('machine_cpu_ms'):.2f}", own[1]]
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
