"""JSON log lines: an event name and ids, never a payload. Powertools loads with the first."""

import logging
import os
from functools import cache
from typing import TYPE_CHECKING

from shared import trace

if TYPE_CHECKING:
    from aws_lambda_powertools import Logger

_MAX_LENGTH = 200
# logging raises on an extra field of these names, and a log line must not break a payment.
_TAKEN = {*vars(logging.makeLogRecord({})), "message", "asctime"}


@cache
def _logger() -> "Logger":
    from aws_lambda_powertools import Logger

    return Logger(service=os.environ.get("SERVICE", "local"), level="INFO", location=None)


def _fields(ids: dict[str, object]) -> dict[str, object]:
    short = {
        f"{key}_" if key in _TAKEN else key: (
            value if isinstance(value, int) else str(value)[:_MAX_LENGTH]
        )
        for key, value in ids.items()
    }
    return {**trace.ids(), **short}


def info(event: str, **ids: object) -> None:
    _logger().info(event, extra=_fields(ids))


def warning(event: str, **ids: object) -> None:
    _logger().warning(event, extra=_fields(ids))


def error(event: str, problem: BaseException | None = None, **ids: object) -> None:
    """`problem` gives type and place only: its text may quote a payload."""
    if problem is not None:
        ids |= {"error": type(problem).__name__, "at": _place(problem)}
    _logger().error(event, extra=_fields(ids))


def _place(problem: BaseException) -> str:
    trail, step = [], problem.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        trail.append(f"{os.path.basename(code.co_filename)}:{step.tb_lineno}:{code.co_name}")
        step = step.tb_next
    return " > ".join(trail[-4:])
