"""Starts the program under test over the test cluster: its configuration, its process, its command line."""

import dataclasses
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

BIN = os.environ.get("WARDGATE_BIN", "")
TOKEN = "e2e-agent-token-not-a-secret"
# What docs/saved-queries.md tells operators to list, and one more.
CLUSTER_METRICS = ["machine_cpu_cores", *re.search(r"cluster_metrics = \[(.*?)\]", (pathlib.Path(__file__).resolve().parents[2] / "docs/saved-queries.md").read_text(), re.DOTALL)[1].replace('"', "").replace(",", " ").split()]


def configuration(state: pathlib.Path, port: int, **changes: str) -> str:
    """A configuration as an operator would write it for this cluster."""
    settings = {
        "kubeconfig": os.environ["WARDGATE_TEST_KUBECONFIG"],
        "prometheus": os.environ["WARDGATE_TEST_PROMETHEUS"],
    } | changes
    return f"""
[server]
bind = "127.0.0.1:{port}"

[kubernetes]
kubeconfig = {json.dumps(settings["kubeconfig"])}

[prometheus]
url = {json.dumps(settings["prometheus"])}
cluster_metrics = {json.dumps(CLUSTER_METRICS)}

[evidence]
directory = {json.dumps(str(state / "evidence"))}
"""


def admission(state: pathlib.Path, port: int, user: str) -> str:
    """What is added to it for a webhook at that port, with its certificate under `state`, that gates one user."""
    return f"""
[admission]
bind = "127.0.0.1:{port}"
certificate = {json.dumps(str(state / "tls.crt"))}
key = {json.dumps(str(state / "tls.key"))}
identities = [{json.dumps(user)}]
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclasses.dataclass
class Gateway:
    """One `wardgate serve` over HTTP, with its files under `state`."""

    state: pathlib.Path
    port: int = 0
    process: subprocess.Popen | None = None
    ready_at: float = 0.0

    def __post_init__(self) -> None:
        self.state.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        self.config = self.state / "wardgate.toml"
        self.config.write_text(configuration(self.state, self.port))
        self.log = self.state / "log"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    @property
    def evidence(self) -> pathlib.Path:
        return self.state / "evidence"

    def start(self) -> "Gateway":
        self.process = subprocess.Popen([BIN, "serve", "--config", str(self.config)], stdout=subprocess.DEVNULL, stderr=self.log.open("ab"))
        deadline = time.monotonic() + 60
        while self.get("/readyz")[0] != 200:
            assert self.process.poll() is None, f"wardgate ended with {self.process.returncode}:\n{self.log.read_text()[-4000:]}"
            assert time.monotonic() < deadline, f"not ready after 60 s:\n{self.log.read_text()[-4000:]}"
            time.sleep(0.1)
        self.ready_at = time.monotonic()
        return self

    def stop(self) -> int:
        """Asks it to end, as an orchestrator would, and gives its exit status."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=30)

    def get(self, path: str, **headers: str) -> tuple[int, str]:
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()
        except OSError as error:
            return 0, str(error)

    def age(self) -> float:
        """Seconds since it was ready."""
        return time.monotonic() - self.ready_at

    def rss_mib(self) -> float:
        assert self.process
        for line in pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS"):
                return int(line.split()[1]) / 1024
        return 0.0

    def cli(self, *arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([BIN, *arguments, "--config", str(self.config)], capture_output=True, text=True, timeout=60)

    def stdio_command(self) -> list[str]:
        return [BIN, "serve", "--stdio", "--config", str(self.config)]


def main() -> int:
    """usage: gateway.py COMMAND [ARGUMENT...]: runs the command beside a gateway of its own, named by WARDGATE_URL."""
    with tempfile.TemporaryDirectory(prefix="wardgate-") as state:
        gateway = Gateway(pathlib.Path(state)).start()
        try:
            return subprocess.run(sys.argv[1:], env=os.environ | {"WARDGATE_URL": gateway.url}).returncode
        finally:
            gateway.stop()


if __name__ == "__main__":
    sys.exit(main())
