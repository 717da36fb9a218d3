"""One actor interrupted by another: the cheapest interleaving, on one thread, at one call."""

from collections.abc import Callable
from typing import TypeVar

from tests.support import calls
from tests.support.calls import Call
from tests.support.faults import Fault

T = TypeVar("T")
U = TypeVar("U")


def interrupted(first: Callable[[], T], second: Callable[[], U], at: int) -> tuple[T, U]:
    """`first` up to its `at`-th call (1 is the first), all of `second`, the rest of `first`.

    `second` comes after it when `first` makes fewer calls.
    """
    seen = 0
    found: list[U] = []

    def come_between(_call: Call) -> Fault | None:
        nonlocal seen
        seen += 1
        if seen == at:
            with calls.outside(), calls.process():
                found.append(second())
        return None

    with calls.process(), calls.intercepting(come_between):
        ended = first()
    return ended, found[0] if found else second()
