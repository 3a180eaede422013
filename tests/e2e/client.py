"""An agent for the tests: the official MCP Python SDK, whichever generation is installed, behind one small face.

Every answer that any test receives goes through `Agent.call` or `Agent.tools`, and each is searched for the planted
secrets there. So each test is a leak test too, whatever else it checks.
"""

import contextlib
import dataclasses
import importlib.metadata
import json
import os
import typing

import anyio.from_thread

import canary

SDK = importlib.metadata.version("mcp")
CURRENT = int(SDK.split(".")[0]) >= 2


@dataclasses.dataclass
class Answer:
    """What a tool gave back, as it went over the wire."""

    raw: dict

    @property
    def is_error(self) -> bool:
        return bool(self.raw.get("isError"))

    @property
    def data(self) -> dict:
        return self.raw.get("structuredContent") or {}

    @property
    def text(self) -> str:
        return "\n".join(block["text"] for block in self.raw.get("content", []) if block.get("type") == "text")

    @property
    def denied(self) -> dict:
        """The denial; an answer that is none fails the test that asked."""
        assert self.is_error and "denied" in self.data, f"not a denial: {self.raw}"
        return self.data["denied"]

    def strings(self) -> list[str]:
        """Every string anywhere in the structured content, keys too."""
        return list(strings(self.data))

    def __contains__(self, piece: str) -> bool:
        return any(piece in text for text in (*self.strings(), self.text))


def strings(value: object) -> typing.Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)


class Agent:
    """One MCP session. Use as a context manager; give either a command with a log (stdio) or a url (HTTP)."""

    def __init__(
        self,
        *,
        command: list[str] | None = None,
        log: typing.TextIO | None = None,
        url: str | None = None,
        token: str | None = None,
        mode: str | None = None,
    ):
        self._open = lambda: _connect(command, log, url, token, mode)
        self._stack = contextlib.ExitStack()

    def __enter__(self) -> "Agent":
        self._portal = self._stack.enter_context(anyio.from_thread.start_blocking_portal())
        self._session, self.server = self._stack.enter_context(self._portal.wrap_async_context_manager(self._open()))
        return self

    def __exit__(self, *exception: object) -> None:
        self._stack.__exit__(*exception)

    def tools(self) -> list[dict]:
        listed = self._portal.call(self._session.list_tools)
        tools = [_dump(tool) for tool in listed.tools]
        canary.assert_absent(json.dumps(tools), "tools/list")
        return tools

    def call(self, tool: str, **arguments: object) -> Answer:
        result = self._portal.call(self._session.call_tool, tool, arguments)
        raw = _dump(result)
        canary.assert_absent(json.dumps(raw, ensure_ascii=False), f"{tool} {arguments}")
        return Answer(raw)


def _dump(model: typing.Any) -> dict:
    return model.model_dump(by_alias=True, mode="json", exclude_none=True)


@contextlib.asynccontextmanager
async def _connect(command: list[str] | None, log: typing.TextIO | None, url: str | None, token: str | None, mode: str | None):
    """Yields the session and what the server said about itself. An asynccontextmanager runs in one task, as anyio asks."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    if CURRENT:
        from mcp.client.client import Client
        from mcp.client.stdio import StdioServerParameters, stdio_client
        from mcp.client.streamable_http import streamable_http_client
        import httpx2

        async with contextlib.AsyncExitStack() as stack:
            if command:
                transport = stdio_client(StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ)), errlog=log)
            else:
                http = await stack.enter_async_context(httpx2.AsyncClient(headers=headers, timeout=60))
                transport = streamable_http_client(url, http_client=http)
            client = await stack.enter_async_context(Client(transport, mode=mode or "auto"))
            yield client, {"protocol": client.protocol_version, "instructions": client.instructions}
    else:
        from mcp import ClientSession, StdioServerParameters
        from mcp.client.stdio import stdio_client
        from mcp.client.streamable_http import streamable_http_client
        import httpx

        async with contextlib.AsyncExitStack() as stack:
            if command:
                parameters = StdioServerParameters(command=command[0], args=command[1:], env=dict(os.environ))
                read, write = await stack.enter_async_context(stdio_client(parameters, errlog=log))
            else:
                http = await stack.enter_async_context(httpx.AsyncClient(headers=headers, timeout=60))
                read, write, _ = await stack.enter_async_context(streamable_http_client(url, http_client=http))
            session = await stack.enter_async_context(ClientSession(read, write))
            hello = await session.initialize()
            yield session, {"protocol": str(hello.protocolVersion), "instructions": hello.instructions}
