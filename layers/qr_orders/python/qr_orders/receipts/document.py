"""Reads fields of an OFD or tax-service JSON document: wrappers, spellings, types and limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")

WRAPPERS = ("ticket", "document", "receipt", "bso", "data", "json")
WRAPPERS_DEPTH_MAX = 8
IDENTITY = ("fiscalDriveNumber", "fiscalDocumentNumber", "fiscalSign")
# An FFD number takes at most six bytes (VLN), so no honest amount is above this.
INTEGER_MAX = 2**48 - 1
QUANTITY_MAX = 10**8
QUANTITY_DECIMALS_MAX = 6
# Hour 24 is spelt out of it: Python 3.13 and 3.11 differ on that.
LOCAL_TIME = re.compile(r"[0-9]{4}(-[0-9]{2}){2}T([01][0-9]|2[0-3]):[0-9]{2}(:[0-9]{2})?")


class MalformedReceipt(ValueError):
    """The document is no receipt that may be shown to a guest; `reason` names the field."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def required(value: T | None, name: str) -> T:
    if value is None:
        raise MalformedReceipt(f"{name} is missing")
    return value


def unwrap(document: object) -> tuple[Fields, bool]:
    """The receipt object inside any known wrapper, and whether the wrapper said `bso`."""
    strict_form = False
    for _ in range(WRAPPERS_DEPTH_MAX):
        if isinstance(document, list) and len(document) == 1:
            document = document[0]
            continue
        if not isinstance(document, dict):
            break
        wrapper = next((name for name in WRAPPERS if isinstance(document.get(name), dict)), None)
        if wrapper is None or any(name in document for name in IDENTITY):
            return Fields(document), strict_form
        strict_form = wrapper == "bso"
        document = document[wrapper]
    raise MalformedReceipt("the document is not one receipt")


@dataclass(frozen=True, slots=True)
class Fields:
    """One JSON object. Several names of a field are its spellings, the preferred first."""

    values: Mapping[str, object]

    def _find(self, names: tuple[str, ...]) -> tuple[str, object]:
        for name in names:
            if self.values.get(name) is not None:
                return name, self.values[name]
        return names[0], None

    def text(self, *names: str) -> str | None:
        """Without the blanks that tills pad fixed-width fields with; blank means absent."""
        name, value = self._find(names)
        if value is not None and not isinstance(value, str):
            raise MalformedReceipt(f"{name} is not text")
        return (value or "").strip() or None

    def texts(self, name: str) -> tuple[str, ...]:
        """A text, or a list of texts where the field may repeat."""
        value = self.values.get(name)
        parts = value if isinstance(value, list) else [value]
        found = (Fields({name: part}).text(name) for part in parts)
        return tuple(text for text in found if text)

    def digits(self, name: str, length_max: int) -> str:
        """A serial or tax number: text, because leading zeros count."""
        value = required(self.text(name), name)
        if not (value.isascii() and value.isdigit() and len(value) <= length_max):
            raise MalformedReceipt(f"{name} is not at most {length_max} digits")
        return value

    def integer(self, *names: str, least: int = 0, most: int = INTEGER_MAX) -> int | None:
        """An amount in kopecks, a number or a code: never a float, 500.0 included."""
        name, value = self._find(names)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise MalformedReceipt(f"{name} is not an integer")
        if not least <= value <= most:
            raise MalformedReceipt(f"{name} is out of range")
        return value

    def quantity(self, name: str) -> Decimal:
        """JSON number of at most six decimals; a float counts as its shortest decimal text."""
        value = required(self.values.get(name), name)
        if not isinstance(value, int | float | Decimal) or isinstance(value, bool):
            raise MalformedReceipt(f"{name} is not a number")
        quantity = Decimal(str(value))
        if not (quantity.is_finite() and 0 < quantity <= QUANTITY_MAX):
            raise MalformedReceipt(f"{name} is out of range")
        exponent = quantity.normalize().as_tuple().exponent
        if not isinstance(exponent, int) or -exponent > QUANTITY_DECIMALS_MAX:
            raise MalformedReceipt(f"{name} has too many decimals")
        return quantity

    def local_time(self, name: str, epoch_zone: tzinfo | None) -> datetime:
        """The till's clock without a zone, from local text or from Unix seconds read in a zone."""
        value = required(self.values.get(name), name)
        try:
            if isinstance(value, str) and LOCAL_TIME.fullmatch(value):
                return datetime.fromisoformat(value)
            if isinstance(value, int) and not isinstance(value, bool) and epoch_zone is not None:
                return datetime.fromtimestamp(value, epoch_zone).replace(tzinfo=None)
        except (ValueError, OverflowError, OSError):
            pass
        raise MalformedReceipt(f"{name} is not a time of the agreed spelling")

    def inner(self, *names: str) -> Fields:
        """The nested object, or an empty one when it is absent."""
        name, value = self._find(names)
        if value is not None and not isinstance(value, dict):
            raise MalformedReceipt(f"{name} is not an object")
        return Fields(value or {})

    def each(self, name: str) -> Iterator[Fields]:
        rows = self.values.get(name)
        if rows is not None and not isinstance(rows, list):
            raise MalformedReceipt(f"{name} is not a list")
        for row in rows or ():
            if not isinstance(row, dict):
                raise MalformedReceipt(f"{name} holds something that is not an object")
            yield Fields(row)
