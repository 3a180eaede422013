"""k8s_exec_readonly: what passes runs and is recorded; what does not pass never reaches the node."""

import json
import os
import pathlib
import subprocess

import pytest

import canary
import cluster

ASCIINEMA = os.environ.get("ASCIINEMA", "asciinema")


def run(agent, *command: str, **more: str):
    return agent.call("k8s_exec_readonly", namespace="shop", pod=cluster.pod("shop", "web"), command=list(command), **more)


def recordings(gateway) -> set[pathlib.Path]:
    return set(gateway.state.rglob("*.cast"))


def test_meminfo_is_read_and_its_recording_plays(agent, gateway):
    before = recordings(gateway)
    counted = cluster.kubelet_execs()
    answer = run(agent, "cat", "/proc/meminfo")
    assert not answer.is_error, answer.raw
    assert answer.data["exit_code"] == 0
    assert any(line.startswith("MemTotal:") for line in answer.data["stdout"])
    assert cluster.kubelet_execs() == counted + 1, "the count that the denials below rely on does not move"
    (cast,) = recordings(gateway) - before
    header, *events = [json.loads(line) for line in cast.read_text().splitlines() if line and not line.startswith("#")]
    assert header["version"] == 3
    shown = "".join(data for _, code, data in events if code == "o")
    assert "MemTotal:" in shown
    assert [data for _, code, data in events if code == "x"] == ["0"]


def test_a_player_that_is_not_ours_reads_the_recording(agent, gateway, tmp_path):
    before = recordings(gateway)
    run(agent, "cat", "/proc/meminfo")
    (cast,) = recordings(gateway) - before
    text = tmp_path / "out.txt"
    subprocess.run([ASCIINEMA, "convert", "--output-format", "txt", str(cast), str(text)], check=True, capture_output=True)
    assert "MemTotal:" in text.read_text()


def test_the_exec_is_in_the_clusters_audit_log_under_the_id_on_record(agent, gateway):
    audit = cluster.Audit().mark()
    assert not run(agent, "cat", "/proc/meminfo").is_error
    ids = {event["auditID"] for event in audit.of_the_gateway("exec")}
    assert len(ids) == 1
    records = "".join(path.read_text(errors="replace") for path in gateway.evidence.rglob("*") if path.is_file())
    assert ids.pop() in records


@pytest.mark.parametrize("command", [
    ["sh", "-c", "id"],
    ["/bin/sh", "-c", "id"],
    ["busybox", "sh", "-c", "id"],
    ["cat", "/proc/1/environ"],
    ["cat", "/proc/self/environ"],
    ["cat", "/var/run/secrets/kubernetes.io/serviceaccount/token"],
    ["cat", "/etc/web-secrets/password"],
    ["cat", "/app/../proc/1/environ"],
    ["env"],
    ["printenv"],
    ["find", "/", "-exec", "id", ";"],
    ["tail", "-f", "/var/log/app/app.log"],
    ["wget", "-O", "-", "http://169.254.169.254/latest/meta-data/"],
    ["nc", "10.244.7.1", "26450"],
    ["kill", "1"],
])
def test_a_denied_command_names_rule_and_remedy_and_never_reaches_the_node(agent, command):
    audit, counted = cluster.Audit().mark(), cluster.kubelet_execs()
    denied = run(agent, *command).denied
    assert denied["rule"].startswith("exec."), denied
    assert denied["reason"] and denied["remedy"]
    assert audit.of_the_gateway("exec") == []
    assert cluster.kubelet_execs() == counted


def test_a_failing_command_is_a_result_with_its_output(agent):
    answer = run(agent, "ls", "/var/log/no-such-directory")
    assert not answer.is_error, answer.raw
    assert "No such file or directory" in answer
    assert answer.data["exit_code"] == 1


def test_secrets_in_output_are_masked(agent):
    answer = run(agent, "tail", "-n", "20", "/var/log/app/app.log")
    assert not answer.is_error, answer.raw
    assert "login failed" in answer


def test_secrets_in_names_of_files_are_masked(agent):
    run(agent, "ls", "-la", "/app/keys")


def test_a_program_that_is_not_there_is_told(agent):
    answer = run(agent, "ss", "-tan")
    assert "ss" in answer.text


def test_a_container_that_is_not_running_is_an_error(agent):
    answer = agent.call("k8s_exec_readonly", namespace="shop", pod="too-big", command=["cat", "/proc/meminfo"])
    assert answer.is_error


def test_two_containers_and_none_named_is_an_error_that_lists_them(agent):
    answer = agent.call("k8s_exec_readonly", namespace="shop", pod="twins", command=["cat", "/proc/meminfo"])
    assert answer.is_error
    assert "left" in answer and "right" in answer


def test_no_recording_holds_a_planted_secret(agent, gateway):
    run(agent, "tail", "-n", "20", "/var/log/app/app.log")
    for cast in recordings(gateway):
        canary.assert_absent(cast.read_text(), str(cast))

