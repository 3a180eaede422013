"""Prints the given files as one YAML stream, with every @canary:NAME@ replaced by that planted secret's value."""

import pathlib
import re
import sys

CANARY = re.compile(r"@canary:([a-z0-9-]+)@")


def main() -> None:
    here = pathlib.Path(__file__).parent
    lines = (line for line in (here / "canaries").read_text().splitlines() if line and not line.startswith("#"))
    canaries = dict(line.split("\t", 1) for line in lines)
    for name in sys.argv[1:]:
        print("---")
        print(CANARY.sub(lambda m: canaries[m.group(1)], pathlib.Path(name).read_text()))


if __name__ == "__main__":
    main()
