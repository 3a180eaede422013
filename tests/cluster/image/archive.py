"""Writes an OCI image archive with one layer and two images: wardgate.test/workload:1 and wardgate.test/pause:1.

The layer holds busybox with its applets, our own program, and files that a shell in the container could read; those
of them that stand for secrets hold the canaries of the kind `file`. Same input, same bytes.
"""

import argparse
import hashlib
import io
import json
import pathlib
import subprocess
import tarfile

REF = "org.opencontainers.image.ref.name"
NAME = "io.containerd.image.name"


def main() -> None:
    parser = argparse.ArgumentParser()
    for name in ("busybox", "workload", "canaries", "out"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    options = parser.parse_args()

    canaries = read_canaries(options.canaries)
    layer = build_layer(options.busybox, options.workload, canaries)
    blobs: dict[str, bytes] = {}
    manifests = []
    for image, entrypoint in (("workload", ["/bin/workload"]), ("pause", ["/bin/workload", "pause"])):
        config = add(blobs, to_json({
            "architecture": "amd64",
            "os": "linux",
            "config": {"Entrypoint": entrypoint, "Env": ["PATH=/bin:/sbin:/usr/bin"], "WorkingDir": "/"},
            "rootfs": {"type": "layers", "diff_ids": [digest(layer)]},
            "history": [{"created_by": "tests/cluster/image"}],
        }), "application/vnd.oci.image.config.v1+json")
        manifest = add(blobs, to_json({
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": config,
            "layers": [add(blobs, layer, "application/vnd.oci.image.layer.v1.tar")],
        }), "application/vnd.oci.image.manifest.v1+json")
        full = f"wardgate.test/{image}:1"
        manifests.append(manifest | {"annotations": {NAME: full, REF: full}, "platform": {"architecture": "amd64", "os": "linux"}})

    with tarfile.open(options.out, "w") as archive:
        put(archive, "oci-layout", to_json({"imageLayoutVersion": "1.0.0"}))
        put(archive, "index.json", to_json({"schemaVersion": 2, "manifests": manifests}))
        for name, data in sorted(blobs.items()):
            put(archive, f"blobs/sha256/{name}", data)


def read_canaries(path: pathlib.Path) -> dict[str, str]:
    """The lines `NAME<TAB>VALUE`; comments and blank lines are skipped."""
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("\t", 1) for line in lines)


def build_layer(busybox: pathlib.Path, workload: pathlib.Path, canaries: dict[str, str]) -> bytes:
    applets = subprocess.run([busybox, "--list"], check=True, capture_output=True, text=True).stdout.split()
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        for folder in ("bin", "sbin", "usr", "usr/bin", "etc", "tmp", "var", "var/log", "var/log/app", "app", "app/keys", "proc", "sys", "dev"):
            put_dir(layer, folder, 0o1777 if folder == "tmp" else 0o755)
        put(layer, "bin/busybox", busybox.read_bytes(), 0o755)
        put(layer, "bin/workload", workload.read_bytes(), 0o755)
        for applet in sorted(set(applets) - {"busybox"}):
            put_link(layer, f"bin/{applet}", "busybox")
        put(layer, "etc/passwd", b"root:x:0:0:root:/:/bin/sh\napp:x:1000:1000:app:/app:/bin/sh\n")
        put(layer, "etc/group", b"root:x:0:\napp:x:1000:\n")
        put(layer, "etc/os-release", b'ID=wardgate-test\nPRETTY_NAME="Wardgate test image"\n')
        # What a careless service leaves lying about. A file whose very name is a key is the case that masking of
        # contents alone would miss.
        put(layer, "app/config.env", f"DB_HOST=db.shop.svc\nDB_PASSWORD={canaries['file-password']}\nAWS_ACCESS_KEY_ID={canaries['file-aws']}\n".encode())
        put(layer, f"app/keys/{canaries['file-name-aws']}.pem", b"not a key\n")
        put(layer, "var/log/app/app.log", (
            "2026-01-01T00:00:00Z INFO started\n"
            f"2026-01-01T00:00:01Z DEBUG Authorization: Bearer {canaries['file-jwt']}\n"
            f"2026-01-01T00:00:02Z WARN login failed password={canaries['file-log-password']}\n"
        ).encode())
    return buffer.getvalue()


def put(archive: tarfile.TarFile, name: str, data: bytes, mode: int = 0o644) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mode = mode
    archive.addfile(info, io.BytesIO(data))


def put_dir(archive: tarfile.TarFile, name: str, mode: int) -> None:
    info = tarfile.TarInfo(name)
    info.type = tarfile.DIRTYPE
    info.mode = mode
    archive.addfile(info)


def put_link(archive: tarfile.TarFile, name: str, target: str) -> None:
    info = tarfile.TarInfo(name)
    info.type = tarfile.SYMTYPE
    info.linkname = target
    info.mode = 0o777
    archive.addfile(info)


def add(blobs: dict[str, bytes], data: bytes, media_type: str) -> dict[str, object]:
    blobs[digest(data).removeprefix("sha256:")] = data
    return {"mediaType": media_type, "digest": digest(data), "size": len(data)}


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def to_json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


if __name__ == "__main__":
    main()
