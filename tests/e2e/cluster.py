"""What the cluster itself knows, seen with an administrator's eyes: object names, and who asked it for what."""

import dataclasses
import json
import os
import pathlib
import subprocess
import time
import typing

ACCOUNT = "system:serviceaccount:ai-ops:debug-ai"


def kubectl(*arguments: str) -> typing.Any:
    done = subprocess.run(["kubectl", *arguments, "-o", "json"], check=True, capture_output=True, text=True)
    return json.loads(done.stdout)


def pods(namespace: str, app: str | None = None) -> list[str]:
    selector = ["-l", f"app={app}"] if app else []
    return sorted(pod["metadata"]["name"] for pod in kubectl("-n", namespace, "get", "pods", *selector)["items"])


def pod(namespace: str, app: str) -> str:
    return pods(namespace, app)[0]


def kubelet_execs() -> int:
    """How many exec requests the kubelet itself has counted since it started."""
    done = subprocess.run(["kubectl", "get", "--raw", "/api/v1/nodes/node-a/proxy/metrics"], check=True, capture_output=True, text=True)
    counts = (line.rsplit(" ", 1) for line in done.stdout.splitlines() if line.startswith("kubelet_http_requests_total{"))
    return sum(int(float(count)) for labels, count in counts if 'path="exec' in labels)


@dataclasses.dataclass
class Journal:
    """A log of JSON lines that another program writes. `since` gives what came after the last `mark`."""

    path: pathlib.Path
    offset: int = 0

    def mark(self) -> "Journal":
        self.offset = self.path.stat().st_size if self.path.exists() else 0
        return self

    def since(self, settle: float = 0.5) -> list[dict]:
        time.sleep(settle)
        if not self.path.exists():
            return []
        with self.path.open("rb") as file:
            file.seek(self.offset)
            lines = file.read().split(b"\n")
        # The last piece is a line that is still being written, or nothing.
        return [json.loads(line) for line in lines[:-1] if line]


class Audit(Journal):
    """The API server's audit log, which it writes before it answers."""

    def __init__(self) -> None:
        super().__init__(pathlib.Path(os.environ["WARDGATE_TEST_AUDIT_LOG"]))

    def of_the_gateway(self, subresource: str | None = None) -> list[dict]:
        events = [event for event in self.since() if event["user"]["username"] == ACCOUNT]
        if subresource:
            events = [event for event in events if event.get("objectRef", {}).get("subresource") == subresource]
        return events


class QueryLog(Journal):
    """Prometheus' own log of the queries that it evaluated."""

    def __init__(self) -> None:
        super().__init__(pathlib.Path(os.environ["WARDGATE_TEST_QUERY_LOG"]))

    def texts(self) -> list[str]:
        # Its rules are evaluated by itself.
        return [entry["params"]["query"] for entry in self.since(settle=1.0) if "ruleGroup" not in entry]
