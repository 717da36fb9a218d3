"""What every line and call of one invocation carries: request id, and the moment it must end."""

import gc
import re
import time
import uuid
from contextvars import ContextVar
from typing import Final

_VALID: Final = re.compile(r"[A-Za-z0-9._=-]{8,64}", re.ASCII)
_request_id: ContextVar[str] = ContextVar("request_id", default="-")
_gateway_id: ContextVar[str | None] = ContextVar("gateway_id", default=None)
_known: ContextVar[bool] = ContextVar("known", default=False)
_deadline: ContextVar[float] = ContextVar("deadline", default=float("inf"))
RESERVE_S: Final = 3.0


def begin(request_id: str | None, context: object, gateway_id: str | None = None) -> str:
    """Opens an invocation: takes the caller's request id when it is sane, else the gateway's, which
    its access log has, else a new one (AR-18).

    From the first one on garbage is collected.
    """
    gc.enable()
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    _deadline.set(time.monotonic() + remaining() / 1000 if remaining else float("inf"))
    _gateway_id.set(gateway_id if _sane(gateway_id) else None)
    known = next((each for each in (request_id, gateway_id) if each and _sane(each)), None)
    _known.set(known is not None)
    _request_id.set(known or str(uuid.uuid4()))
    return _request_id.get()


def carry(request_id: str | None) -> None:
    """Goes on under the id of the request that called for this work, when it is known."""
    if request_id and _sane(request_id):
        _known.set(True)
        _request_id.set(request_id)


def _sane(request_id: str | None) -> bool:
    return request_id is not None and _VALID.fullmatch(request_id) is not None


def is_known() -> bool:
    """Whether somebody gave us the request's id; if not it was made up here."""
    return _known.get()


def ids() -> dict[str, str]:
    """What a line carries of its request: our id, and the gateway's if it came through one."""
    gateway_id = _gateway_id.get()
    found = {"request_id": _request_id.get()}
    return found if gateway_id is None else {**found, "gateway_id": gateway_id}


def request_id() -> str:
    return _request_id.get()


def remaining_s() -> float:
    """Seconds until this invocation is killed; infinity outside of one."""
    return _deadline.get() - time.monotonic()


def budget_s(wish_s: float) -> float:
    """How long one outward call may take: the wish, less when the end is near (R12)."""
    return min(wish_s, remaining_s() - RESERVE_S)
