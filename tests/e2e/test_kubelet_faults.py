"""A kubelet with every fault, behind the real API server: each command ends bounded, on record, and says what is known and what is not."""

import pathlib
import threading
import time

import pytest

import client
import gateway as gateways
import kubelet
from test_disk import fill, small_disk

SECONDS = 5


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory):
    """The kubelet with a pod for each fault, and a node whose kubelet is gone."""
    server = kubelet.Kubelet(kubelet.certificate(tmp_path_factory.mktemp("kubelet")))
    labels = {"debug-ai-access": "enabled", "debug-ai-exec": "enabled"}
    kubelet.admin("create", "namespace", kubelet.NAMESPACE)
    kubelet.admin("label", "namespace", kubelet.NAMESPACE, *(f"{key}={value}" for key, value in labels.items()))
    kubelet.node("faulty", server.port)
    kubelet.node("gone", gateways.free_port())
    deadline = time.monotonic() + 30
    while not kubelet.admin("-n", kubelet.NAMESPACE, "get", "serviceaccounts", "--ignore-not-found", "default"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    for name in kubelet.SCRIPTS:
        kubelet.pod(name)
    kubelet.pod("gone", "gone")
    yield server
    # Closed and gone before the next test: nothing else expects it. No kubelet would ever end its pods.
    kubelet.admin("label", "namespace", kubelet.NAMESPACE, *(f"{key}-" for key in labels))
    kubelet.admin("-n", kubelet.NAMESPACE, "delete", "pods", "--all", "--force", "--grace-period=0")
    kubelet.admin("delete", "node", "faulty", "gone")
    kubelet.admin("delete", "namespace", kubelet.NAMESPACE, "--timeout=60s")
    server.stop()


def start(state: pathlib.Path) -> gateways.Gateway:
    own = gateways.Gateway(state)
    own.config.write_text(own.config.read_text() + f"\n[limits]\nseconds = {SECONDS}\nread_bytes = 4194304\n")
    return own.start()


@pytest.fixture(scope="module")
def gateway(faults, tmp_path_factory: pytest.TempPathFactory):
    own = start(tmp_path_factory.mktemp("faults"))
    time.sleep(1.0)  # its caches learn of the pods by a watch
    yield own
    own.stop()


@pytest.fixture(scope="module")
def agent(gateway: gateways.Gateway):
    with client.Agent(url=gateway.url) as connected:
        yield connected


def run(agent: client.Agent, pod: str) -> tuple[client.Answer, str]:
    begun = time.monotonic()
    answer = agent.call("k8s_exec_readonly", namespace=kubelet.NAMESPACE, pod=pod, command=["cat", "/proc/meminfo"])
    assert time.monotonic() - begun < SECONDS + 5, "it did not end in time"
    return answer, "\n".join([answer.text, *answer.strings()])


def test_the_stand_in_is_a_kubelet(agent: client.Agent, faults: kubelet.Kubelet):
    answer, _ = run(agent, "well")
    assert (answer.data["exit_code"], answer.data["stdout"]) == (0, ["uid=0"]), answer.raw
    assert "command=timeout&command=-s&command=KILL&command=30&command=cat" in faults.execs[-1]


@pytest.mark.parametrize(("pod", "shown", "said"), [
    ("no-status", "all fine", "may still be running"),
    ("cut", "half", "may still be running"),
    ("stall", "begun", "may still be running"),
    ("drip", "xxxx", "may still be running"),
    ("flood", "y", "may still be running"),
    ("replaced", "whose?", "the output may come from"),
    ("gone", "", ""),
])
def test_what_did_not_end_as_it_should_is_never_success(agent: client.Agent, gateway: gateways.Gateway, pod: str, shown: str, said: str):
    before = gateway.cli("evidence", "list").stdout.count("k8s_exec_readonly")
    answer, text = run(agent, pod)
    assert answer.data.get("exit_code", "unknown") == "unknown", answer.raw
    assert shown in text and said in text, answer.raw
    assert gateway.cli("evidence", "list").stdout.count("k8s_exec_readonly") > before, "it is not on record"


def test_a_flood_is_read_to_the_limit_and_no_further(agent: client.Agent, faults: kubelet.Kubelet, gateway: gateways.Gateway):
    run(agent, "flood")
    assert faults.talks[-1].sent < 64 << 20, "the sender was not stopped"
    assert gateway.rss_mib() < 1024


def test_binary_output_is_made_visible(agent: client.Agent):
    answer, text = run(agent, "binary")
    assert answer.data["exit_code"] == 0, answer.raw
    assert not any(ord(letter) < 32 and letter not in "\n\t" for letter in text)


def test_a_full_disk_refuses_a_command_before_the_kubelet_hears_of_it(faults: kubelet.Kubelet, tmp_path: pathlib.Path):
    with small_disk(tmp_path / "state" / "evidence", "512m") as disk:
        own = start(tmp_path / "state")
        try:
            with client.Agent(url=own.url) as agent:
                assert run(agent, "well")[0].data["exit_code"] == 0
                fill(disk)
                counted = len(faults.execs)
                refused, _ = run(agent, "flood")
                assert refused.is_error and len(faults.execs) == counted, refused.raw
        finally:
            own.stop()
            (disk / "filler").unlink()
        assert own.cli("evidence", "verify").returncode == 0


@pytest.mark.parametrize("pod", ["drip", "flood", "stall"])
def test_a_disk_that_fills_under_a_command_never_makes_it_a_success(faults: kubelet.Kubelet, tmp_path: pathlib.Path, pod: str):
    """Room for the recording was kept beforehand; what else must be written and cannot be is no result."""
    with small_disk(tmp_path / "state" / "evidence", "512m") as disk:
        own = start(tmp_path / "state")
        try:
            with client.Agent(url=own.url) as agent:
                assert run(agent, "well")[0].data["exit_code"] == 0
                answers: list[client.Answer] = []
                running = threading.Thread(target=lambda: answers.append(run(agent, pod)[0]))
                talks, recorded = len(faults.talks), len(list(disk.glob("recordings/*.cast")))
                running.start()
                deadline = time.monotonic() + SECONDS
                while len(faults.talks) == talks or len(list(disk.glob("recordings/*.cast"))) == recorded:
                    assert time.monotonic() < deadline, "the command did not begin"
                    time.sleep(0.005)
                fill(disk)
                running.join()
                assert answers, "it did not end in time"
                assert answers[0].is_error or answers[0].data.get("exit_code") == "unknown", answers[0].raw
                counted = len(faults.execs)
                assert run(agent, "well")[0].is_error and len(faults.execs) == counted, "a command ran that could not be recorded"
        finally:
            own.stop()
            (disk / "filler").unlink(missing_ok=True)
        assert own.cli("evidence", "verify").returncode == 0
