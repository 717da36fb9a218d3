"""What can go wrong at one remote call; faults on the wire strike below the SDK's retries."""

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum


class Fault(Enum):
    """A fault at one call; "applied" means that the remote system did the work."""

    BEFORE = "dies before the call"
    AFTER = "dies after the call was applied"
    LOST_ANSWER = "applied, the answer is lost once, the SDK may repeat"
    LOST_ANSWER_FINAL = "applied, the caller gets the time-out"
    THROTTLED_ONCE = "refused once, not applied, the SDK may repeat"


class Crash(BaseException):
    """The process died here. Not an Exception, so that `except Exception` cannot hide it."""


def problem_of(error: BaseException) -> str:
    """One line for a report: what was raised, and the line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].name}: {frames[-1].line}" if frames else ""
    return f"{type(error).__name__}: {error}{where}"


class WireFault:
    """A fault that waits for the next request on the wire and strikes once."""

    def __init__(self, fault: Fault, repeated: Callable[[], object]) -> None:
        self._fault = fault
        self._repeated = repeated
        self._struck = False

    def strike(self) -> Fault | None:
        """The fault for the first request; a later one is a repetition by the SDK, announced."""
        if self._struck:
            self._repeated()
            return None
        self._struck = True
        return self._fault


_armed: ContextVar[WireFault | None] = ContextVar("armed", default=None)


@contextmanager
def armed(fault: Fault, repeated: Callable[[], object]) -> Iterator[None]:
    """Inside, the first AWS request of this context meets `fault`."""
    token = _armed.set(WireFault(fault, repeated))
    try:
        yield
    finally:
        _armed.reset(token)


def on_the_wire() -> Fault | None:
    """The fault that the request being sent now must meet, asked once by the fake AWS."""
    waiting = _armed.get()
    return waiting.strike() if waiting is not None else None
