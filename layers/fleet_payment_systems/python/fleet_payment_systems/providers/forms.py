"""Parameters of a callback: a query or an urlencoded form, read strictly (PC13)."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from fleet_payment_systems.operations import Result
from fleet_payment_systems.providers.base import Refused, WireRequest
from shared.money import BadAmount, Money

BODY_MAX: Final = 16 * 1024
_FIELDS_MAX: Final = 50
_COMPACT: Final = re.compile(r"[0-9]{14}", re.ASCII)


def parameters(request: WireRequest) -> Mapping[str, str]:
    """Names and values of a GET's query or a POST's form. Raises Refused(BAD_REQUEST) on a
    parameter that comes twice, on other bytes than UTF-8, on a body beyond the bound.
    """
    raw = request.raw_query if request.method == "GET" else _form(request)
    if len(raw) > BODY_MAX:
        raise Refused(Result.BAD_REQUEST)
    try:
        raw.encode()
        pairs = parse_qsl(raw, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_MAX)
    except ValueError:
        raise Refused(Result.BAD_REQUEST) from None
    found = dict(pairs)
    if len(found) != len(pairs) or any("\x00" in value for value in found.values()):
        raise Refused(Result.BAD_REQUEST)
    return found


def signed(
    request: WireRequest, read: Callable[[WireRequest], Mapping[str, str]] = parameters
) -> Mapping[str, str]:
    """Parameters whose signature is to be checked: what cannot be read is badly signed. Raises
    Refused(AUTH_FAILED).
    """
    try:
        return read(request)
    except Refused:
        raise Refused(Result.AUTH_FAILED) from None


def echoed(request: WireRequest, name: str, pattern: re.Pattern[str]) -> str:
    """Parameter `name` for an answer that must repeat it, "" when it is not one of `pattern`."""
    try:
        value = parameters(request).get(name, "")
    except Refused:
        return ""
    return value if pattern.fullmatch(value) else ""


def amount(text: str, currency: str) -> Money:
    """Major units with a dot. Raises Refused(AMOUNT_INVALID)."""
    try:
        return Money.parse(text, currency)
    except BadAmount:
        raise Refused(Result.AMOUNT_INVALID) from None


def minor_amount(text: str, currency: str) -> Money:
    """Whole minor units. Raises Refused(AMOUNT_INVALID)."""
    if re.fullmatch(r"(0|[1-9][0-9]{0,13})", text, re.ASCII) is None:
        raise Refused(Result.AMOUNT_INVALID)
    return Money(int(text), currency)


def compact_time(text: str, timezone: str) -> datetime:
    """`YYYYMMDDhhmmss` of the operator's clock. Raises Refused(BAD_REQUEST)."""
    try:
        if _COMPACT.fullmatch(text) is None:
            raise ValueError
        local = datetime.strptime(text, "%Y%m%d%H%M%S").replace(tzinfo=ZoneInfo(timezone))
        return plausible(local.astimezone(UTC))
    except (ValueError, OverflowError):
        raise Refused(Result.BAD_REQUEST) from None


def plausible(moment: datetime) -> datetime:
    """Raises ValueError on a year that no clock shows: its neighbour zone may not exist."""
    if not 2000 <= moment.year < 2100:
        raise ValueError("not a time of a payment")
    return moment


def compact_text(moment: datetime, timezone: str) -> str:
    return moment.astimezone(ZoneInfo(timezone)).strftime("%Y%m%d%H%M%S")


def _form(request: WireRequest) -> str:
    try:
        return request.body.decode("ascii")
    except UnicodeDecodeError:
        raise Refused(Result.BAD_REQUEST) from None
