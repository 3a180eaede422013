"""usage: speed.py [--size BYTES] [--rounds N] [--native PROGRAM] [--peers] [--json FILE] -- COMMAND...

How fast redactors read: CPU time of whole programs over the same texts in the same run, by turns. COMMAND is `wardgate redact`;
--native is the same rules without a sandbox or a prefilter (`mask` of plugins/secret-redactor); --peers measures secrethider,
detect-secrets and gitleaks too (`peers` installs them), on a smaller piece where they are slow. What a program needs to start is
measured on an empty text and taken off. See docs/redaction.md.
"""

import argparse
import json
import os
import pathlib
import resource
import statistics
import subprocess
import sys
import tempfile

import corpus
import redactors

# Bytes that a program at one megabyte a second may be asked to read.
SMALL = 2 << 20
# What occurs in plain logs by the thousand: their programs' own words, no templates that are there to fool a detector.
PLAIN = """{time} INFO  cart request id={hex} path=/api/v1/cart/{n} status=200 took={n}ms bytes={n}
{time} DEBUG pool worker-{n} fetched batch {n} of {n}, lag {n}
{ip} - - [{time}] "GET /products/{n}?page={n} HTTP/1.1" 200 {n} "-" "Mozilla/5.0 (X11; Linux x86_64)"
I1123 {clock} 1 controller.go:{n}] "Reconciled" deployment="shop/cart" generation={n} took="{n}ms"
{{"level":"info","ts":"{time}","caller":"server/handler.go:{n}","msg":"served","route":"/v1/orders","status":200,"bytes":{n}}}
{time} [main] INFO  o.a.k.clients.consumer.Consumer - partition orders-{n} offset {n} committed
postgres[{n}]: LOG:  duration: {n} ms  statement: SELECT id, total FROM orders WHERE cart = {n}"""


def plain(size):
    """Generated lines of ordinary services."""
    templates, out, n = PLAIN.split("\n"), [], 7
    while size > 0:
        n = n * 48271 % 2147483647
        clock = f"{n % 24:02}:{n % 60:02}:{n // 60 % 60:02}.{n % 1000000:06}"
        line = templates[n % len(templates)].format(time=f"2026-11-23T{clock}Z", clock=clock, hex=f"{n:08x}", n=n % 9973, ip=f"10.4.{n % 256}.{n // 256 % 256}")
        out.append(line)
        size -= len(line) + 1
    return ("\n".join(out) + "\n").encode()


def traps(size):
    """The clean lines of the accuracy corpus: every one holds something that looks like a secret, or a word for one."""
    lines, block = [], 0
    for _, line in corpus.clean(3, 200_000):
        lines.append(line)
        block += len(line) + 1
        if block >= size:
            break
    return b"\n".join(lines) + b"\n"


def dense(size):
    """A secret in every line."""
    lines = [case.data for number in range(3) for case in corpus.cases(number, 1) if b"\n" not in case.data and len(case.data) < 2000]
    text = b"\n".join(lines) + b"\n"
    return (text * (1 + size // len(text)))[:size]


def cpu(command, path):
    """User and system seconds of one run over the file."""
    with path.open("rb") as text:
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(command, stdin=text, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        sys.exit(f"{command}: {done.returncode}\n{done.stderr.decode()[-2000:]}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def programs(arguments):
    yield "wardgate redact", arguments.command, arguments.size
    if arguments.native:
        yield "the same rules, native, no prefilter", [arguments.native], arguments.size
    if arguments.peers:
        yield "secrethider", [redactors.PEERS / "venv/bin/secrethider-redact"], arguments.size
        yield "gitleaks", [redactors.PEERS / "bin/gitleaks", "stdin", "--no-banner", "--exit-code=0", "--log-level=error", "--report-format=json", "--report-path=/dev/null"], arguments.size
        detect = "import sys; sys.argv.append('/dev/stdin')\n" + redactors.DETECT
        yield "detect-secrets", [redactors.PEERS / "venv/bin/python", "-c", detect], min(arguments.size, SMALL)


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--size", type=lambda text: int(float(text)), default=64 << 20)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--native")
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--json", type=pathlib.Path)
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    # One thread's time is what is compared: programs that use more pay for all of them.
    os.environ["GOMAXPROCS"] = "1"
    texts = {"ordinary": plain(arguments.size), "full of traps": traps(arguments.size), "a secret in every line": dense(arguments.size)}
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        empty = pathlib.Path(folder) / "empty"
        empty.touch()
        for name, command, size in programs(arguments):
            start = min(cpu(command, empty) for _ in range(3))
            for kind, text in texts.items():
                text = text[: text.rindex(b"\n", 0, size) + 1] if len(text) > size else text
                path = pathlib.Path(folder) / "text"
                path.write_bytes(text)
                print(f"{name}: {kind}, {len(text) / 1e6:.0f} MB", file=sys.stderr)
                times = [max(cpu(command, path) - start, 1e-3) for _ in range(arguments.rounds)]
                rows[name, kind] = {"mb": len(text) / 1e6, "best": len(text) / 1e6 / min(times), "median": len(text) / 1e6 / statistics.median(times)}
    print(f"MB/s of CPU time, best of {arguments.rounds} (median), on {os.cpu_count()} cores:\n")
    print("| | " + " | ".join(texts) + " |\n|---|" + "---:|" * len(texts))
    for name in dict.fromkeys(name for name, _ in rows):
        print(f"| {name} | " + " | ".join(f"{rows[name, kind]['best']:.0f} ({rows[name, kind]['median']:.0f})" for kind in texts) + " |")
    if arguments.json:
        arguments.json.write_text(json.dumps({f"{name}/{kind}": row for (name, kind), row in rows.items()}, indent=2))


if __name__ == "__main__":
    main()
