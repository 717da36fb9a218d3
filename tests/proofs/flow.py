"""What a flow is to the proofs: a part that is crashed, what recovers it, what must hold then."""

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.town import Town

Steps = tuple[Callable[[], object], Callable[[], object], Callable[[], object]]
Begin = Callable[[Town], Steps]


@dataclass(frozen=True, slots=True)
class Flow:
    """`begin` brings the town to where the flow starts and says how it runs, recovers, is checked.

    The flow itself is the part that is crashed.
    """

    name: str
    begin: Begin


def flows_of(*begins: Begin) -> tuple[Flow, ...]:
    """A flow is called as the function that begins it."""
    return tuple(Flow(begin.__name__, begin) for begin in begins)
