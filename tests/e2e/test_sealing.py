"""Raw output of commands, sealed to a person's key while it streams: the gateway keeps it and cannot read it."""

import json
import pathlib
import shutil
import subprocess
import threading
import time

import pytest

import client
import cluster
import gateway as gateways


def wardgate(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([gateways.BIN, *arguments], capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The operators' keys, made as the documents say, in a folder that the gateway does not know."""
    folder = tmp_path_factory.mktemp("elsewhere")
    for name in ("operator", "stranger"):
        made = wardgate("evidence", "keygen", "--out", str(folder / f"{name}.key"))
        assert made.returncode == 0, made.stderr
        (folder / f"{name}.pub").write_bytes(made.stdout)
    return folder


@pytest.fixture(scope="module")
def sealing(keys: pathlib.Path, tmp_path_factory: pytest.TempPathFactory):
    own = gateways.Gateway(tmp_path_factory.mktemp("sealing"))
    with own.config.open("a") as config:
        config.write(f"recipients = [{json.dumps((keys / 'operator.pub').read_text().strip())}]\n")
    own.start()
    yield own
    if own.process and own.process.poll() is None:
        own.stop()


def recordings(own: gateways.Gateway) -> set[pathlib.Path]:
    return set((own.evidence / "recordings").glob("*.age"))


def run(own: gateways.Gateway, *command: str) -> tuple[client.Answer, str]:
    """Runs a command in a pod; its answer and its call."""
    before = recordings(own)
    with client.Agent(url=own.url) as agent:
        answer = agent.call("k8s_exec_readonly", namespace="shop", pod=cluster.pod("shop", "web"), command=list(command))
    assert not answer.is_error, answer.raw
    # A question where a path leads is a command too, with a call and a recording of its own.
    asked = json.dumps(list(command), separators=(",", ":"))
    (call,) = [path.stem for path in recordings(own) - before if asked in shown(own, path.stem)]
    return answer, call


def shown(own: gateways.Gateway, call: str) -> str:
    return wardgate("evidence", "show", call, "--json", "--dir", str(own.evidence)).stdout.decode()


def reveal(own: gateways.Gateway, call: str, key: pathlib.Path, *more: str) -> subprocess.CompletedProcess:
    return wardgate("evidence", "reveal", call, "--dir", str(own.evidence), "--identity", str(key), *more)


def straight(*command: str) -> bytes:
    """The same command by an administrator."""
    return subprocess.run(["kubectl", "-n", "shop", "exec", cluster.pod("shop", "web"), "--", *command], check=True, capture_output=True).stdout


def test_a_pair_of_keys_is_made_once_and_its_secret_half_is_its_owners(keys: pathlib.Path):
    assert (keys / "operator.key").stat().st_mode & 0o077 == 0
    assert (keys / "operator.pub").read_text().startswith("age1")
    again = wardgate("evidence", "keygen", "--out", str(keys / "operator.key"))
    assert again.returncode != 0, "a key was written over"


def test_a_person_with_the_key_reads_what_the_agent_was_not_shown(sealing: gateways.Gateway, keys: pathlib.Path):
    answer, call = run(sealing, "head", "-n", "40", "/var/log/app/app.log")
    assert "[redacted" in answer
    told = reveal(sealing, call, keys / "operator.key", "--channel", "stdout")
    assert told.returncode == 0, told.stderr
    assert told.stdout == straight("head", "-n", "40", "/var/log/app/app.log")
    assert b"[redacted" not in told.stdout


def test_both_channels_come_back_apart_into_files_of_their_own(sealing: gateways.Gateway, keys: pathlib.Path, tmp_path: pathlib.Path):
    _, call = run(sealing, "ls", "-d", "/var/log", "/var/log/no-such-file")
    told = reveal(sealing, call, keys / "operator.key", "--into", str(tmp_path))
    assert told.returncode == 0, told.stderr
    assert (tmp_path / f"{call}.stdout").read_bytes() == b"/var/log\n"
    assert b"no-such-file" in (tmp_path / f"{call}.stderr").read_bytes()
    assert (tmp_path / f"{call}.stdout").stat().st_mode & 0o077 == 0


def test_neither_the_gateways_files_nor_another_key_open_it(sealing: gateways.Gateway, keys: pathlib.Path):
    _, call = run(sealing, "head", "-n", "40", "/var/log/app/app.log")
    refused = reveal(sealing, call, keys / "stranger.key")
    assert refused.returncode not in (0, None) and refused.stdout == b"", refused.stdout
    secret = next(line for line in (keys / "operator.key").read_text().splitlines() if line.startswith("AGE-SECRET-KEY-"))
    files = [path for path in sealing.state.rglob("*") if path.is_file()]
    assert any(path.suffix == ".age" for path in files)
    for path in files:
        assert secret.encode() not in path.read_bytes(), path
        # Every key file that the gateway does have.
        if path.suffix in (".key", ".pem"):
            assert reveal(sealing, call, path).returncode != 0, path


def test_it_is_sealed_while_it_streams_and_never_in_the_clear(sealing: gateways.Gateway, keys: pathlib.Path):
    before, done = recordings(sealing), {}
    long = threading.Thread(target=lambda: done.update(zip(("answer", "call"), run(sealing, "top", "-b", "-n", "4", "-d", "2"))))
    long.start()
    deadline = time.monotonic() + 10
    while not (opened := recordings(sealing) - before):
        assert time.monotonic() < deadline and long.is_alive(), "no sealed file while the command runs"
        time.sleep(0.05)
    (sealed,) = opened
    while not sealed.read_bytes().startswith(b"age-encryption.org/v1\n"):
        assert time.monotonic() < deadline and long.is_alive(), "room is reserved, and nothing sealed while the command runs"
        time.sleep(0.05)
    assert long.is_alive(), "the command ended before anything could be seen"
    # A head of a process list that no redactor masks.
    for path in sealing.state.rglob("*"):
        if path.is_file() and path.suffix not in (".cast", ".jsonl"):
            assert b"Load average" not in path.read_bytes(), path
    long.join()
    told = reveal(sealing, done["call"], keys / "operator.key", "--channel", "stdout")
    assert told.returncode == 0 and told.stdout.count(b"Load average") == 4, told.stderr


def test_a_changed_sealed_file_is_refused_and_hands_over_nothing(sealing: gateways.Gateway, keys: pathlib.Path, tmp_path: pathlib.Path):
    _, call = run(sealing, "cat", "/proc/meminfo")
    copy = tmp_path / "evidence"
    shutil.copytree(sealing.evidence, copy)
    sealed = copy / "recordings" / f"{call}.age"
    whole = sealed.read_bytes()
    other = wardgate("evidence", "reveal", call, "--dir", str(copy), "--identity", str(keys / "operator.key"))
    assert other.returncode == 0
    for name, changed in {
        "a bit": whole[:-20] + bytes([whole[-20] ^ 1]) + whole[-19:],
        "cut": whole[:-1],
        "longer": whole + b"x",
        "another call's": next(path for path in (copy / "recordings").glob("*.age") if path != sealed).read_bytes(),
    }.items():
        sealed.write_bytes(changed)
        told = wardgate("evidence", "reveal", call, "--dir", str(copy), "--identity", str(keys / "operator.key"))
        assert told.returncode == 2 and told.stdout == b"", (name, told.stderr)
        assert wardgate("evidence", "verify", "--dir", str(copy)).returncode == 2, name
    sealed.unlink()
    assert wardgate("evidence", "reveal", call, "--dir", str(copy), "--identity", str(keys / "operator.key")).returncode == 2


def test_without_recipients_nothing_raw_is_kept(gateway: gateways.Gateway, agent, keys: pathlib.Path):
    before = set(gateway.evidence.rglob("*.cast"))
    assert not agent.call("k8s_exec_readonly", namespace="shop", pod=cluster.pod("shop", "web"), command=["cat", "/proc/meminfo"]).is_error
    (cast,) = set(gateway.evidence.rglob("*.cast")) - before
    assert not list(gateway.evidence.rglob("*.age"))
    told = reveal(gateway, cast.stem, keys / "operator.key")
    assert told.returncode != 0 and b"no recipients" in told.stderr, told.stderr


def test_the_evidence_with_its_seals_verifies(sealing: gateways.Gateway):
    assert sealing.stop() == 0
    done = sealing.cli("evidence", "verify")
    assert done.returncode == 0, done.stdout
