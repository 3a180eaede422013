"""Evidence on a disk that fills up, or that cannot be written: a command that cannot be recorded does not run, and nothing says it did."""

import contextlib
import errno
import os
import pathlib
import subprocess
import threading
import time
import typing

import pytest

import client
import cluster
import gateway as gateways


@contextlib.contextmanager
def small_disk(folder: pathlib.Path, size: str) -> typing.Iterator[pathlib.Path]:
    """A file system of its own, in memory."""
    folder.mkdir(parents=True, mode=0o700)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0700", "wardgate-test", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(disk: pathlib.Path) -> pathlib.Path:
    """Takes all the room there is."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    assert os.statvfs(disk).f_bavail == 0
    return filler


def run(agent: client.Agent, *command: str) -> client.Answer:
    return agent.call("k8s_exec_readonly", namespace="shop", pod=cluster.pod("shop", "web"), command=list(command))


@pytest.fixture
def running(tmp_path: pathlib.Path):
    """A gateway whose evidence lies on a small disk, and an agent."""
    with small_disk(tmp_path / "state" / "evidence", "512m") as disk:
        own = gateways.Gateway(tmp_path / "state").start()
        try:
            with client.Agent(url=own.url) as agent:
                yield own, agent, disk
        finally:
            if own.process and own.process.poll() is None:
                own.stop()


def test_a_full_disk_refuses_commands_before_they_run_and_room_lets_them_again(running):
    own, agent, disk = running
    assert run(agent, "cat", "/proc/meminfo").data["exit_code"] == 0
    filler = fill(disk)
    counted = cluster.kubelet_execs()
    refused = run(agent, "cat", "/proc/loadavg")
    assert refused.is_error and "exit_code" not in refused.data, refused.raw
    assert "record" in str(refused.raw) or "evidence" in str(refused.raw), refused.raw
    assert cluster.kubelet_execs() == counted, "a command ran that could not be recorded"
    filler.unlink()
    # The log may say that it is down until a restart; then nothing runs. It may never say that all is well and not record.
    again = run(agent, "cat", "/proc/loadavg")
    if again.is_error:
        assert own.get("/readyz")[0] != 200, again.raw
    else:
        assert again.data["exit_code"] == 0
    assert own.stop() == 0
    assert own.cli("evidence", "verify").returncode == 0


def test_a_disk_that_fills_while_a_command_runs_loses_no_honesty(running):
    own, agent, disk = running
    done: dict[str, client.Answer] = {}
    long = threading.Thread(target=lambda: done.update(answer=run(agent, "top", "-b", "-n", "3", "-d", "1")))
    long.start()
    deadline = time.monotonic() + 15
    while not any((disk / "recordings").glob("*.cast")):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    fill(disk)
    long.join()
    # Its room was reserved, so it ends as it should; or it was cut, and says so.
    answer = done["answer"]
    assert answer.data.get("exit_code") in (0, "unknown") or answer.is_error, answer.raw
    own.stop()
    (disk / "filler").unlink()
    assert own.cli("evidence", "verify").returncode == 0


def test_recordings_that_cannot_be_written_refuse_commands_alone(running):
    own, agent, disk = running
    assert run(agent, "cat", "/proc/meminfo").data["exit_code"] == 0
    recordings = disk / "recordings"
    subprocess.run(["mount", "--bind", str(recordings), str(recordings)], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", str(recordings)], check=True)
    try:
        with pytest.raises(OSError) as error:
            (recordings / "x").write_text("x")
        assert error.value.errno == errno.EROFS
        counted = cluster.kubelet_execs()
        assert run(agent, "cat", "/proc/loadavg").is_error
        assert cluster.kubelet_execs() == counted, "a command ran that could not be recorded"
        assert not agent.call("k8s_get_logs", namespace="shop", pod=cluster.pod("shop", "web"), tail_lines=5).is_error
    finally:
        subprocess.run(["umount", str(recordings)], check=True)
    assert run(agent, "cat", "/proc/loadavg").data["exit_code"] == 0


def test_on_a_disk_that_cannot_be_written_it_does_not_start(tmp_path: pathlib.Path):
    with small_disk(tmp_path / "state" / "evidence", "64m") as disk:
        own = gateways.Gateway(tmp_path / "state")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        started = subprocess.run([gateways.BIN, "serve", "--config", str(own.config)], capture_output=True, text=True, timeout=60)
        assert started.returncode == 1 and "evidence" in started.stderr and "Read-only file system" in started.stderr, started.stderr
