"""A kubelet that has every fault one can have, behind the real API server: a node of its own, and execs that do what their pod is named for.

It speaks TLS and WebSocket (v5.channel.k8s.io) and nothing else: the API server hands an exec through unchanged to a node that declares
ExtendWebSocketsToKubelet. Standard library only.
"""

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import pathlib
import ssl
import subprocess
import threading
import typing

NAMESPACE = "faults"
GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455
STDOUT, STDERR, STATUS = 1, 2, 3
SUCCESS = json.dumps({"metadata": {}, "status": "Success"}).encode()


def admin(*arguments: str, text: str | None = None) -> str:
    return subprocess.run(["kubectl", *arguments], check=True, capture_output=True, text=True, input=text).stdout


class Talk:
    """One exec, as the kubelet has it."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pod: str):
        self.reader, self.writer, self.pod = reader, writer, pod
        self.sent = 0

    async def send(self, channel: int, data: bytes) -> None:
        payload = bytes([channel]) + data
        size = len(payload)
        head = bytes([0x82, size]) if size < 126 else bytes([0x82, 126]) + size.to_bytes(2, "big") if size < 1 << 16 else bytes([0x82, 127]) + size.to_bytes(8, "big")
        self.writer.write(head + payload)
        await self.writer.drain()
        self.sent += len(data)

    async def close(self) -> None:
        self.writer.write(b"\x88\x02\x03\xe8")
        await self.writer.drain()

    async def until_left(self) -> None:
        while await self.reader.read(4096):
            pass


async def well(talk: Talk) -> None:
    await talk.send(STDOUT, b"uid=0\n")
    await talk.send(STATUS, SUCCESS)


async def no_status(talk: Talk) -> None:
    await talk.send(STDOUT, b"all fine\n")


async def cut(talk: Talk) -> None:
    await talk.send(STDOUT, b"half\n")
    talk.writer.transport.abort()


async def stall(talk: Talk) -> None:
    await talk.send(STDOUT, b"begun\n")
    await talk.until_left()


async def flood(talk: Talk) -> None:
    block = b"y\n" * (16 << 10)
    while talk.sent < 1 << 30:
        await talk.send(STDOUT, block)
    await talk.send(STATUS, SUCCESS)


async def drip(talk: Talk) -> None:
    while True:
        await talk.send(STDOUT, b"x")
        await asyncio.sleep(0.01)


async def binary(talk: Talk) -> None:
    await talk.send(STDOUT, bytes(range(256)))
    await talk.send(STATUS, SUCCESS)


async def replaced(talk: Talk) -> None:
    await talk.send(STDOUT, b"whose?\n")
    await asyncio.to_thread(pod, talk.pod)
    await talk.send(STATUS, SUCCESS)


SCRIPTS: dict[str, typing.Callable[[Talk], typing.Awaitable[None]]] = {
    "well": well, "no-status": no_status, "cut": cut, "stall": stall, "flood": flood, "drip": drip, "binary": binary, "replaced": replaced,
}


def pod(name: str, node: str = "faulty") -> None:
    """Makes the pod, in place of one that has the name."""
    admin("-n", NAMESPACE, "delete", "pod", name, "--ignore-not-found", "--force", "--grace-period=0")
    admin("apply", "-f", "-", text=json.dumps({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": {
            "nodeName": node, "containers": [{"name": "app", "image": "faults.test/none:1"}], "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": False, "tolerations": [{"operator": "Exists"}],
        },
    }))


def node(name: str, port: int) -> None:
    admin("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}, "spec": {"unschedulable": True}}))
    status = {
        "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}],
        "daemonEndpoints": {"kubeletEndpoint": {"Port": port}},
        "declaredFeatures": ["ExtendWebSocketsToKubelet"],
    }
    admin("patch", "node", name, "--subresource=status", "--type=merge", "-p", json.dumps({"status": status}))


def certificate(folder: pathlib.Path) -> ssl.SSLContext:
    """A serving certificate of the cluster's own authority."""
    pki = pathlib.Path(os.environ["WARDGATE_RUN"]) / "pki"
    key, request, signed, names = (folder / name for name in ("kubelet.key", "kubelet.csr", "kubelet.crt", "kubelet.ext"))
    names.write_text("subjectAltName=IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    for words in (
        ["req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/O=system:nodes/CN=system:node:faulty", "-keyout", str(key), "-out", str(request)],
        ["x509", "-req", "-in", str(request), "-CA", str(pki / "ca.crt"), "-CAkey", str(pki / "ca.key"), "-days", "1", "-extfile", str(names), "-out", str(signed)],
    ):
        subprocess.run(["openssl", *words], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(signed, key)
    return context


class Kubelet:
    """The server, on a thread of its own. `execs` are the commands it was asked to run, `sent` is what each has sent."""

    def __init__(self, context: ssl.SSLContext):
        self.execs: list[str] = []
        self.talks: list[Talk] = []
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = asyncio.start_server(self._serve, "127.0.0.1", 0, ssl=context)
        self._server = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            request, *lines = head.split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            path = request.split(" ")[1]
            key = headers.get("sec-websocket-key")
            if not path.startswith(f"/exec/{NAMESPACE}/") or not key:
                writer.write(b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
                await writer.drain()
                return
            self.execs.append(path)
            accept = base64.b64encode(hashlib.sha1((key + GUID).encode()).digest()).decode()
            writer.write(
                f"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n"
                "Sec-WebSocket-Protocol: v5.channel.k8s.io\r\n\r\n".encode())
            talk = Talk(reader, writer, path.split("?")[0].split("/")[3])
            self.talks.append(talk)
            await SCRIPTS[talk.pod](talk)
            await talk.close()
            # What was sent has to arrive before the connection goes.
            await asyncio.wait_for(talk.until_left(), 5)
        with contextlib.suppress(OSError, TimeoutError):
            writer.close()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
