"""The corpus: cases with labelled secrets, in rounds, and streams of ordinary lines, all from one seed."""

import dataclasses
import pathlib
import re

import issuers
import shapes
from pieces import Writer, marked


@dataclasses.dataclass(frozen=True)
class Case:
    group: str
    kind: str
    data: bytes
    spans: list[tuple[int, int]]
    """Ranges of bytes of `data` that are secret."""


def cases(seed: int, rounds: int):
    """Every kind `rounds` times, each in another text."""
    for number in range(rounds):
        r = Writer(f"{seed}/{number}")
        for group, kind, text in [*issuers.cases(r), *shapes.Shapes(r).all()]:
            data, spans = marked(text)
            yield Case(group, kind, data, spans)


def clean(seed: int, lines: int):
    """(kind, line) of at least that many lines without a secret; templates of several lines stay together."""
    r, templates, group = Writer(f"clean/{seed}"), [], ""
    for line in "\n".join(path.read_text() for path in sorted(pathlib.Path(__file__).parent.glob("clean*.txt"))).split("\n"):
        if re.fullmatch(r"\[[a-z]+\]", line):
            group = line[1:-1]
        elif group and line:
            templates.append((group, re.sub(r"\\([nte])", lambda m: {"n": "\n", "t": "\t", "e": "\x1b"}[m.group(1)], line.replace("\\\\", "\x01")).replace("\x01", "\\")))
    count = 0
    while count < lines:
        group, template = r.choice(templates)
        for line in r.fill(template).split("\n"):
            count += 1
            yield group, line.encode()
