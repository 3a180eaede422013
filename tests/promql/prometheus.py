"""A Prometheus of its own for a test: starts it over a temporary folder, asks it, and knows what CPU it took."""

import json
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

CACHE = pathlib.Path(os.environ.get("WARDGATE_CACHE", pathlib.Path.home() / ".cache/wardgate"))
BINARY = CACHE / "bin/prometheus"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Prometheus:
    """`with Prometheus(config) as server`. The configuration is JSON, which is YAML."""

    def __init__(self, config: dict, rules: dict | None = None, *flags: str) -> None:
        self.config, self.rules, self.flags = config, rules, flags

    def __enter__(self) -> "Prometheus":
        if not BINARY.exists():
            raise SystemExit(f"{BINARY} is missing: run tests/setup prometheus")
        self.folder = tempfile.TemporaryDirectory(prefix="wardgate-promql-")
        folder = pathlib.Path(self.folder.name)
        if self.rules:
            (folder / "rules.yml").write_text(json.dumps(self.rules))
            self.config["rule_files"] = [str(folder / "rules.yml")]
        (folder / "config.yml").write_text(json.dumps(self.config))
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.log = folder / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [BINARY, "--config.file", folder / "config.yml", "--storage.tsdb.path", folder / "data", "--web.listen-address", f"127.0.0.1:{port}", "--log.level", "warn", *self.flags],
                stdout=log, stderr=log)
        self.until(lambda: self.ready(), 60, "Prometheus is ready")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def until(self, so, seconds: float, what: str) -> None:
        end = time.monotonic() + seconds
        while not so():
            if self.process.poll() is not None or time.monotonic() > end:
                raise SystemExit(f"{what}: not so after {seconds} s\n{self.log.read_text()[-2000:]}")
            time.sleep(0.1)

    def reconfigure(self, config: dict) -> None:
        """Another configuration, for a server that runs with --web.enable-lifecycle."""
        pathlib.Path(self.folder.name, "config.yml").write_text(json.dumps(config))
        urllib.request.urlopen(urllib.request.Request(f"{self.url}/-/reload", method="POST"), timeout=60).close()

    def ready(self) -> bool:
        try:
            return urllib.request.urlopen(f"{self.url}/-/ready", timeout=5).status == 200
        except OSError:
            return False

    def api(self, path: str, **parameters: object) -> dict:
        """The answer, errors of the server included."""
        body = urllib.parse.urlencode(parameters).encode()
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data=body if path in ("query", "query_range", "parse_query", "series") else None)
        if request.data is None and body:
            request.full_url += "?" + body.decode()
        try:
            with urllib.request.urlopen(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            return json.load(error)

    def query(self, text: str) -> list[dict]:
        answer = self.api("query", query=text)
        if answer["status"] != "success":
            raise ValueError(answer["error"])
        found = answer["data"]["result"]
        return found if answer["data"]["resultType"] in ("vector", "matrix") else [{"metric": {}, "value": found}]

    def cpu(self) -> float:
        """Seconds of CPU the process has taken, to 10 ms by the kernel's count."""
        text = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(text[11]) + int(text[12])) / os.sysconf("SC_CLK_TCK")
