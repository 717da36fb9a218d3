"""`python -m local.endpoint_map [--check]`: writes docs/endpoints.md, or compares it.

A row is what the templates say of a function, and the first line of its module's docstring.
"""

import ast
import sys
from collections.abc import Iterator
from typing import Final

from tests.architecture.callers import authorizers, entries, kind
from tests.architecture.templates import KEEPERS, Function, Service, service
from tests.support.intrinsics import ROOT

FILE: Final = ROOT / "docs" / "endpoints.md"
_INTRODUCTION: Final = """# Endpoints, tasks and crons

Given a URL, its file is its path after the version, joined by `_`; where methods share a path the
file's name ends with what each one does. Written by `make documents` from templates and docstrings.
The test equipment has [a map of its own](sandbox.md).
"""
# Title, kinds of functions, how a row names what calls it.
_TABLES: Final = (
    ("Endpoints", ("http", "authorizer"), "route"),
    ("Tasks: one SQS queue each", ("tasks",), "queue"),
    ("Crons", ("crons",), "schedule"),
    ("Buses and topics", ("subscribers", "topic"), "bus or topic"),
    ("Operations: invoked by an operator, called by nothing else", ("ops",), "called"),
)
_WHO: Final = {
    "AWS_IAM": "a service or the back office (IAM)",
    "JWT": "a guest's app (JWT)",
    "CUSTOM": "a till (API key)",
    "NONE": "whoever",
}
# Services that know their callers by what no gateway can check.
_STRANGERS: Final = {
    "contractor_merch_integration_api": "an aggregator (signature)",
    "fleet_payment_systems_api": "a payment system (secret link)",
}


def text() -> str:
    return "\n".join([_INTRODUCTION, *_tables()])


def _tables() -> Iterator[str]:
    for title, kinds, calls in _TABLES:
        rows = [row for name in KEEPERS for row in _rows(service(name), kinds)]
        http = "http" in kinds
        columns = ["service", calls, "function", *(["who calls"] if http else []), "what it does"]
        shown = [row if http else (*row[:3], row[4]) for row in rows]
        yield f"## {title}\n"
        yield from (f"| {' | '.join(cells)} |" for cells in (columns, ["---"] * len(columns)))
        yield from (f"| {' | '.join(cells)} |" for cells in shown)
        yield ""


def _rows(found: Service, kinds: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    functions = sorted(found.functions.values(), key=lambda each: each.stem)
    for function in (each for each in functions if kind(each, authorizers()) in kinds):
        file = f"functions/{found.name}/{function.stem.replace('.', '/')}.py"
        for entry in sorted(entries(found, function)):
            link = f"[`{file}`](../{file})"
            does = _does(found, file)
            yield f"`{found.name}`", f"`{entry}`", link, _who(found, function, entry), does


def _who(found: Service, function: Function, entry: str) -> str:
    for route in found.routes:
        if (route.function, route.key) == (function.name, entry):
            return _STRANGERS.get(found.name, _WHO[route.auth])
    return "the gateway of an API"


def _does(found: Service, file: str) -> str:
    """ "POST /x: does y (AB-1)." says "does y (AB-1)"."""
    module = ast.parse((found.root / file).read_text(encoding="utf-8"))
    line = (ast.get_docstring(module) or "").partition("\n")[0]
    return line.partition(": ")[2].rstrip(".")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(text(), encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != text():
        sys.exit("docs/endpoints.md is not what the templates say, run make documents")
