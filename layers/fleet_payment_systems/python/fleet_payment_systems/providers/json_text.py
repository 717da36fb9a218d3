"""JSON of a payment system, read strictly (PC13): one value a name, no NaN, bounded."""

import json
from collections.abc import Callable
from typing import Any, Final

BODY_MAX: Final = 64 * 1024
Reader = Callable[[str], Any]


def parse(body: bytes, real: Reader, whole: Reader | None = None) -> Any:
    """What `body` says; `real` makes a value of a number with a fraction or an exponent, `whole`
    of another. Raises ValueError or RecursionError.
    """
    text = body.decode()
    # The gateway puts U+FFFD where bytes were no UTF-8: what was sent is lost.
    if len(body) > BODY_MAX or "\ufffd" in text:
        raise ValueError("not a document of this protocol")
    hooks: dict[str, Any] = {"parse_float": real, "parse_constant": _no}
    if whole is not None:
        hooks["parse_int"] = whole
    return json.loads(text, object_pairs_hook=_unique, **hooks)


def is_text(value: object, longest: int) -> bool:
    """JSON can write half a surrogate pair, which no answer and no store can."""
    if not isinstance(value, str) or len(value) > longest or "\x00" in value:
        return False
    return not any("\ud800" <= character <= "\udfff" for character in value)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no(_constant: str) -> Any:
    raise ValueError("not a number of JSON")
