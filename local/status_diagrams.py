"""`python -m local.status_diagrams [--check]`: docs/statuses.md of the tables of moves in the code.

A table is a mapping called `...MOVES`, of each status to those that may follow it, in the model of
a service; what it is about, its enum says. A new one is found by itself.
"""

import sys
from collections.abc import Iterator, Mapping
from enum import Enum
from importlib import import_module
from inspect import getdoc
from pkgutil import walk_packages
from typing import Any, Final

from client_api.model import CLIENT_STATUS
from qr_partner_integration.model import BY_PARTNER, BY_PAYMENT
from tests.architecture.templates import KEEPERS
from tests.support.intrinsics import ROOT

Moves = Mapping[Any, frozenset[Any]]
"""Of each status, an enum's member, those that may follow it."""

FILE: Final = ROOT / "docs" / "statuses.md"
_INTRODUCTION: Final = """# Statuses

What may follow what. The code moves an object by the same tables, in one place each, so that an
arrow that is not here is not made; a status with no arrow onwards is final. `make documents` has
written this from the tables.
"""
_SEEN: Final = """## What a till and a guest see of an order

Neither sees the two statuses as they are: each has a vocabulary of its own, which no internal step
disturbs. A till sees what the payment says, except where the restaurant itself has said more.

| payment_status | a till sees | closed | cancelled | expired | a guest's app sees |
| --- | --- | --- | --- | --- | --- |"""


def tables() -> Iterator[tuple[str, str, Moves]]:
    """(service, name, table) of every service of ours."""
    for service in KEEPERS:
        for name, table in _of(service):
            yield service, name, table


def _of(service: str) -> Iterator[tuple[str, Moves]]:
    try:
        model = import_module(f"{service}.model")
    except ModuleNotFoundError:  # a service of functions only
        return
    below = walk_packages(getattr(model, "__path__", ()), f"{model.__name__}.")
    for module in (model, *(import_module(each.name) for each in below)):
        for name, found in vars(module).items():
            if (
                name.endswith("MOVES")
                and isinstance(found, Mapping)
                and _own(found, module.__name__)
            ):
                yield name, found


def _own(table: Moves, module: str) -> bool:
    """Whether the statuses are of this module, or the table has come in by an import."""
    return all(type(status).__module__ == module for status in table)


def diagram(table: Moves) -> str:
    """Mermaid's state diagram; what nothing leads to is a beginning."""
    followed = {after for afters in table.values() for after in afters}
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f"    [*] --> {status.value}" for status in table if status not in followed]
    for status, afters in table.items():
        lines += [f"    {status.value} --> {each.value}" for each in sorted(afters, key=_place)]
    lines += [f"    {status.value} --> [*]" for status, afters in table.items() if not afters]
    return "\n".join([*lines, "```"])


def _place(status: Enum) -> int:
    return list(type(status)).index(status)


def text() -> str:
    parts = [_INTRODUCTION]
    for service, _name, table in tables():
        kind = type(next(iter(table)))
        title, _, about = (getdoc(kind) or kind.__name__).partition(": ")
        parts += [f"## `{service}`: {title}\n", f"{about[:1].upper()}{about[1:]}\n", diagram(table)]
        parts.append("")
    return "\n".join([*parts, _SEEN, *_rows(), ""])


def _rows() -> Iterator[str]:
    for payment, external in BY_PAYMENT.items():
        said = [BY_PARTNER[each].get(payment, "") for each in ("closed", "cancelled", "expired")]
        client = {status.value: shown for status, shown in CLIENT_STATUS.items()}[payment]
        yield f"| {' | '.join([f'`{payment}`', external, *said, f'`{client.value}`'])} |"


if __name__ == "__main__":
    page = text()
    if sys.argv[1:] != ["--check"]:
        FILE.write_text(page, encoding="utf-8")
    elif not FILE.exists() or FILE.read_text(encoding="utf-8") != page:
        sys.exit("docs/statuses.md is not what the tables say, run make documents")
