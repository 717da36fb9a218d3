"""Settings: one typed dataclass a service, read once at cold start, loud when incomplete."""

import os
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar, get_type_hints

S = TypeVar("S")


class MissingSettings(RuntimeError):
    """The template does not set these environment names, or sets them to something unreadable."""


def from_env(kind: type[S], environ: Mapping[str, str] | None = None) -> S:
    """Fills `kind` from the upper-case names of its fields: `orders_table` from ORDERS_TABLE."""
    source = os.environ if environ is None else environ
    hints = get_type_hints(kind)
    values: dict[str, Any] = {}
    wrong = []
    for field in fields(kind):  # type: ignore[arg-type]
        name = field.name.upper()
        try:
            values[field.name] = hints[field.name](source[name])
        except (KeyError, ValueError):
            wrong.append(name)
    if wrong:
        raise MissingSettings(f"{kind.__module__}: {', '.join(wrong)}")
    return kind(**values)


def names(kind: type[Any]) -> set[str]:
    """The environment names that `kind` reads."""
    return {field.name.upper() for field in fields(kind)}
