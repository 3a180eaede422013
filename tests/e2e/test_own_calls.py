"""A gateway's own commands: known again at a webhook that gates its credential, and looked for where they were left behind."""

import json
import os
import pathlib
import re

import pytest

import client
import cluster
import gateway as gateways
from test_second_gate import Account, admin, certificate, gated


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory):
    """The gateway with its account and an agent of it."""
    state, account = tmp_path_factory.mktemp("own-calls"), Account("gated-itself")
    certificate(state)
    gateway = gateways.Gateway(state)
    kubeconfig = state / "kubeconfig"
    kubeconfig.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": os.environ["WARDGATE_TEST_API"], "certificate-authority": str(pathlib.Path(os.environ["WARDGATE_RUN"]) / "pki/ca.crt")}}],
        "users": [{"name": "u", "user": {"token": account.token}}],
        "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }))
    gateway.config.write_text(gateways.configuration(state, gateway.port, kubeconfig=str(kubeconfig)))
    with gated(gateway, account), client.Agent(url=gateway.url) as agent:
        yield gateway, account, agent
    account.remove()


def run(agent: client.Agent, *command: str):
    return agent.call("k8s_exec_readonly", namespace="shop", pod=cluster.pod("shop", "web"), command=list(command))


def stamped(audit: cluster.Audit, account: Account) -> list[dict]:
    """Execs of the account that a webhook of ours saw."""
    execs = [event for event in audit.since() if event["user"]["username"] == account.user and event.get("objectRef", {}).get("subresource") == "exec"]
    return [event for event in execs if "exec.wardgate.dev/verdict" in event.get("annotations", {})]


def test_the_clusters_audit_log_names_the_call_that_a_command_belongs_to(own):
    gateway, account, agent = own
    audit = cluster.Audit().mark()
    answer = run(agent, "tail", "-n", "5", "/var/log/app/app.log")
    assert not answer.is_error, answer.raw
    events = stamped(audit, account)
    assert events, "nothing came to the webhook"
    records = "".join(path.read_text(errors="replace") for path in gateway.evidence.rglob("*") if path.is_file())
    for event in events:
        call = event["annotations"].get("exec.wardgate.dev/call")
        # The look-up of the path is a call of its own.
        assert call == event["auditID"] and call in records, event


def test_the_same_credential_by_hand_is_a_stranger(own):
    _, account, agent = own
    assert not run(agent, "cat", "/proc/meminfo").is_error
    audit = cluster.Audit().mark()
    done = account.exec("cat", "/proc/meminfo")
    assert done.returncode == 0, done.stderr
    # An upgraded request is logged when it begins and when it ends.
    assert {event["annotations"].get("exec.wardgate.dev/call") for event in stamped(audit, account)} == {None}


def test_a_question_that_the_gateway_answered_is_not_asked_again_at_the_gate(own):
    _, account, agent = own
    # Which `date` it is decides; the gate alone cannot find out.
    command = ("date", "-u", "-d", "@0")
    denied = account.exec(*command)
    assert denied.returncode != 0 and "wardgate: exec.flavour" in denied.stderr, denied.stderr
    answer = run(agent, *command)
    assert not answer.is_error, answer.raw


def test_what_a_person_is_asked_about_is_denied_without_a_committed_call(own):
    _, account, agent = own
    command = ("grep", "-c", "error", "/var/log/app/app.log")
    assert run(agent, *command).is_error
    done = account.exec(*command)
    assert done.returncode != 0 and "wardgate: exec.grep.revealing" in done.stderr, done.stderr


def test_a_command_left_behind_is_named_by_its_pid(tmp_path_factory: pytest.TempPathFactory):
    gateway = gateways.Gateway(tmp_path_factory.mktemp("left-behind"))
    text = gateway.config.read_text().replace("[kubernetes]\n", "[kubernetes]\nexec_seconds = 0\n")
    gateway.config.write_text(text + "\n[limits]\nseconds = 4\n")
    gateway.start()
    try:
        with client.Agent(url=gateway.url) as agent:
            answer = run(agent, "top", "-b", "-n", "5", "-d", "5")
        said = re.search(r"may still be running: pid (\d+)", "\n".join([answer.text, *answer.strings()]))
        assert said, answer.raw
        listed = admin("-n", "shop", "exec", cluster.pod("shop", "web"), "--", "ps", "-o", "pid,comm")
        assert any(line.split()[0] == said[1] and line.split()[-1] == "top" for line in listed.splitlines()), listed
    finally:
        gateway.stop()
