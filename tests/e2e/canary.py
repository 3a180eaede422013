"""The planted secrets: reads the list, and finds them in any form in which they could slip out."""

import base64
import os
import pathlib
import urllib.parse

HERE = pathlib.Path(__file__).parent


def read() -> dict[str, str]:
    path = pathlib.Path(os.environ.get("WARDGATE_TEST_CANARIES", HERE.parent / "cluster" / "canaries"))
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("\t", 1) for line in lines)


def _forms(value: str) -> set[str]:
    """As it stands, in base64 (how a Secret's data looks), percent-encoded and as inside a JSON string; and the part
    of a JWT that must stay secret, for a mask that left the signature behind."""
    forms = {value, base64.b64encode(value.encode()).decode(), urllib.parse.quote(value, safe="")}
    forms.add(value.replace("/", "\\/"))
    if value.startswith("eyJ"):
        forms.add(value.rsplit(".", 1)[1])
    return forms


CANARIES = read()
FORMS = {form: name for name, value in CANARIES.items() for form in _forms(value)}


def found(text: str) -> list[str]:
    """The names of the planted secrets that stand in the text."""
    return sorted({name for form, name in FORMS.items() if form in text})


def assert_absent(text: str, where: str) -> None:
    leaked = found(text)
    assert not leaked, f"{where} let through: {', '.join(leaked)}"
