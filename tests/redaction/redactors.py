"""What is measured: programs that say, or show, which bytes of a text they hold for secret. Each gives merged ranges of the text's bytes."""

import bisect
import json
import os
import pathlib
import re
import subprocess
import tempfile

PEERS = pathlib.Path(os.environ.get("WARDGATE_CACHE") or pathlib.Path.home() / ".cache/wardgate") / "redaction"


def merged(ranges):
    out = []
    for start, end in sorted(ranges):
        if out and start <= out[-1][1]:
            out[-1][1] = max(out[-1][1], end)
        elif start < end:
            out.append([start, end])
    return [tuple(pair) for pair in out]


class Ranges(list):
    """Merged ranges, and which rule found what."""

    def __init__(self, found):
        super().__init__(merged((one["start"], one["end"]) for one in found))
        self.rules = sorted((one["start"], one["end"], one["rule"]) for one in found)
        self.longest = max((end - start for start, end, _ in self.rules), default=0)

    def touching(self, start, end):
        """The rules that found something in [start, end)."""
        at = bisect.bisect_left(self.rules, (start - self.longest, 0, ""))
        out = set()
        for begin, stop, rule in self.rules[at:]:
            if begin >= end:
                break
            if stop > start:
                out.add(rule)
        return out


def run(command, text, **options):
    return subprocess.run(command, input=text, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=True, **options)


def ours(command):
    """A program that takes `--findings`: `wardgate redact`, which writes them to standard error, or the example `mask`."""

    def find(text):
        done = run([*command, "--findings"], text)
        # Clean text has no findings at all, and may itself be JSON that speaks of starts and ends.
        lines = [line for out in (done.stderr, done.stdout) for line in out.splitlines() if line.startswith(b'{"rule":')]
        return Ranges([one for one in map(json.loads, lines) if one.keys() == {"rule", "start", "end"}])

    return find


def secrethider(text):
    # Its mask of preserved length counts characters, so a run of stars stands for as many bytes or a few more.
    output = run([PEERS / "venv/bin/secrethider-redact", "--mask", "preserve_length"], text).stdout
    ranges, at, to = [], 0, 0
    while to < len(output):
        if output[to] == text[at]:
            at, to = at + 1, to + 1
            continue
        stars = re.compile(rb"\*+").match(output, to)
        rest = output[stars.end() : stars.end() + 12].split(b"*")[0]
        end = at + len(stars[0]) if rest else len(text) - (len(output) - stars.end())
        if not text.startswith(rest, end):
            end = text.index(rest, at + 1)
        ranges.append((at, end))
        at, to = end, stars.end()
    return merged(ranges)


DETECT = """
import json, sys
from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings
secrets = SecretsCollection()
with default_settings():
    secrets.scan_file(sys.argv[1])
print(json.dumps([[secret.line_number, secret.secret_value] for _, secret in secrets]))
"""


def detect_secrets(text):
    # It splits lines as Python does: anything but a newline that ends a line would shift its line numbers.
    text = re.sub(rb"[\x0b\x0c\x1c-\x1e\r]", b" ", text.replace(b"\xc2\x85", b"  "))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "text.log"
        path.write_bytes(text)
        found = json.loads(run([PEERS / "venv/bin/python", "-c", DETECT, path], b"").stdout)
    starts, lines, ranges = [0] + [m.end() for m in re.finditer(b"\n", text)], text.split(b"\n"), []
    for number, value in found:
        # Its finding of a GitHub token is the three letters of the prefix: in its favour, a word that begins so counts as found.
        for match in re.finditer(re.escape(value.encode()) + rb"\w*", lines[number - 1]):
            ranges.append((starts[number - 1] + match.start(), starts[number - 1] + match.end()))
    return merged(ranges)


def gitleaks(text):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "report.json"
        run([PEERS / "bin/gitleaks", "stdin", "--no-banner", "--exit-code=0", "--log-level=error", "--report-format=json", f"--report-path={path}"], text)
        found = json.loads(path.read_text() or "[]") or []
    starts = [0] + [m.end() for m in re.finditer(b"\n", text)]
    ranges = []
    for one in found:
        secret = one["Secret"].encode()
        # Lines are counted from 0 on standard input; look around, since a match may begin on the line before.
        line = max(0, min(one["StartLine"], len(starts) - 1) - 2)
        stop = starts[min(one["EndLine"] + 2, len(starts) - 1)] if one["EndLine"] + 2 < len(starts) else len(text)
        at = text.find(secret, starts[line], max(stop, starts[line] + len(secret) + 200))
        if at < 0 and one.get("Match"):
            # Found in decoded text: what stands in the lines is not known better than by its match.
            match = one["Match"].encode()
            at, secret = text.find(match, starts[line], stop + len(match)), match
        if at >= 0:
            ranges.append((at, at + len(secret)))
    return merged(ranges)


def covered(ranges, start, end):
    """How many bytes of [start, end) lie in the ranges, and those ranges cut to it."""
    at = bisect.bisect_right(ranges, (start, 1 << 62)) - 1
    cut = []
    for begin, stop in ranges[max(at, 0) :]:
        if begin >= end:
            break
        if stop > start:
            cut.append((max(begin, start), min(stop, end)))
    return cut
