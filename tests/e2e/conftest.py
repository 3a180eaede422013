"""Fixtures: the program under test over HTTP for the whole run, and agents that talk to it."""

import os
import pathlib

import pytest

import client
import gateway as gateways


def pytest_report_header() -> str:
    return f"MCP Python SDK {client.SDK}; wardgate: {gateways.BIN or 'WARDGATE_BIN is not set'}"


def pytest_configure() -> None:
    missing = [name for name in ("WARDGATE_BIN", "WARDGATE_TEST_KUBECONFIG", "KUBECONFIG") if not os.environ.get(name)]
    if missing:
        raise pytest.UsageError(f"not set: {', '.join(missing)}. Run tests/e2e/run, or see tests/cluster/env")


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory):
    state = pathlib.Path(os.environ.get("WARDGATE_E2E_STATE") or tmp_path_factory.mktemp("wardgate"))
    started = gateways.Gateway(state).start()
    yield started
    if started.process and started.process.poll() is None:
        print(f"\nwardgate RSS at the end: {started.rss_mib():.0f} MiB")
        started.stop()


@pytest.fixture(scope="session")
def agent(gateway: gateways.Gateway):
    """An agent over HTTP."""
    with client.Agent(url=gateway.url) as connected:
        yield connected


MODES = ["auto", "legacy"] if client.CURRENT else ["legacy"]


@pytest.fixture(scope="session", params=[f"{transport}-{mode}" for transport in ("http", "stdio") for mode in MODES])
def any_agent(request: pytest.FixtureRequest, gateway: gateways.Gateway, tmp_path_factory: pytest.TempPathFactory):
    """The same agent over every transport and every protocol revision that this SDK speaks."""
    transport, mode = request.param.split("-")
    if transport == "http":
        with client.Agent(url=gateway.url, mode=mode) as connected:
            yield connected
    else:
        own = gateways.Gateway(tmp_path_factory.mktemp("stdio"))
        with own.log.open("a") as log, client.Agent(command=own.stdio_command(), log=log, mode=mode) as connected:
            yield connected
