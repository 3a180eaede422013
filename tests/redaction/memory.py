"""usage: memory.py [--size BYTES] [--most MIB] -- COMMAND...

Whether a redactor's memory stays the same however much it reads: ordinary lines with secrets among them, one line without end, and
random bytes, each of `size` bytes, go through COMMAND; its peak resident set must stay below `most`, and what it writes must come out.
"""

import argparse
import os
import subprocess
import sys
import threading
import time

import corpus

BLOCK = 8 << 20


def block(kind):
    if kind == "binary":
        return os.urandom(BLOCK)
    cases = [case.data for case in corpus.cases(1, 1) if b"\n" not in case.data]
    lines = [line for _, line in corpus.clean(1, 40_000)]
    for at, case in enumerate(cases):
        lines.insert(at * len(lines) // len(cases), case)
    text = (b" " if kind == "one line" else b"\n").join(line.replace(b"\n", b" ") for line in lines) + b" "
    return (text * (1 + BLOCK // len(text)))[:BLOCK]


def run(command, kind, size):
    data, started = block(kind), time.monotonic()
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def feed():
        with child.stdin:
            for _ in range(size // BLOCK):
                child.stdin.write(data)

    feeder = threading.Thread(target=feed)
    feeder.start()
    out = 0
    while piece := child.stdout.read(1 << 20):
        out += len(piece)
    feeder.join()
    _, status, usage = os.wait4(child.pid, 0)
    return status, out, usage.ru_maxrss / 1024, usage.ru_utime + usage.ru_stime, time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--size", type=float, default=1e9)
    parser.add_argument("--most", type=float, default=256, help="the most resident memory, in MiB")
    parser.add_argument("command", nargs="+")
    arguments = parser.parse_args()
    size, bad = int(arguments.size), []
    # A first run compiles the policy and keeps it; that memory is not the stream's.
    subprocess.run(arguments.command, input=b"", stdout=subprocess.DEVNULL, check=True)
    for kind in ("lines", "one line", "binary"):
        status, out, resident, cpu, wall = run(arguments.command, kind, size)
        read = size // BLOCK * BLOCK
        print(f"{kind:9} {read / 1e6:8.0f} MB read, {out / 1e6:8.0f} MB written, {resident:6.0f} MiB at most, {read / 1e6 / cpu:6.0f} MB/s of CPU time, {wall:.0f} s", flush=True)
        if status or not out or resident > arguments.most:
            bad.append(kind)
    if bad:
        sys.exit(f"not in constant memory: {', '.join(bad)}")


if __name__ == "__main__":
    main()
