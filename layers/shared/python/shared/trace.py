"""What every line and call of one invocation carries: request id, and the moment it must end."""

import gc
import re
import time
import uuid
from contextvars import ContextVar
from typing import Final

_VALID: Final = re.compile(r"[A-Za-z0-9._=-]{8,64}", re.ASCII)
_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
RESERVE_S: Final = 3.0


def begin(request_id: str | None, context: object) -> str:
    """Opens an invocation: takes the caller's request id when it is sane (AR-18).

    From the first one on garbage is collected.
    """
    gc.enable()
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    _deadline.set(time.monotonic() + remaining() / 1000 if remaining else float("inf"))
    valid = request_id is not None and _VALID.fullmatch(request_id) is not None
    _request_id.set(request_id if valid and request_id else str(uuid.uuid4()))
    return _request_id.get()


def carry(request_id: str | None) -> None:
    """Goes on under the id of the request that called for this work, when it is known."""
    if request_id is not None and _VALID.fullmatch(request_id):
        _request_id.set(request_id)


def request_id() -> str:
    return _request_id.get()


def remaining_s() -> float:
    """Seconds until this invocation is killed; infinity outside of one."""
    return _deadline.get() - time.monotonic()


def budget_s(wish_s: float) -> float:
    """How long one outward call may take: the wish, less when the end is near (R12)."""
    return min(wish_s, remaining_s() - RESERVE_S)
