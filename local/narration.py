"""How the demo tells what it sees, and stops at the first difference from what should be."""

import sys
import time
from collections.abc import Callable
from itertools import count
from typing import Any, Final

PATIENCE_S: Final = 30
_numbers: Final = count(1)


class Differs(RuntimeError):
    """What is, is not what should be."""


def say(text: str) -> None:
    sys.stdout.write(f"  {text}\n")
    sys.stdout.flush()


def step(title: str) -> None:
    sys.stdout.write(f"\n{next(_numbers)}. {title}\n")


def same(what: str, found: object, wanted: object) -> None:
    if found != wanted:
        raise Differs(f"{what}: {found!r}, should be {wanted!r}")
    say(f"{what}: {found}")


def wait_for(what: str, look: Callable[[], Any], wanted: Any) -> None:
    """Looks until it sees what is wanted; says what it saw on the way."""
    deadline, seen = time.monotonic() + PATIENCE_S, None
    while time.monotonic() < deadline:
        found = look()
        if found != seen:
            say(f"{what}: {found}")
            seen = found
        if found == wanted:
            return
        time.sleep(0.25)
    raise Differs(f"{what}: still {seen!r} after {PATIENCE_S} s, should be {wanted!r}")
