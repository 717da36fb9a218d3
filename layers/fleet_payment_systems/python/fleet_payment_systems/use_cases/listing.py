"""A park's transactions, newest first, a page at a time (FP-05)."""

import re
from base64 import b64decode, urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from fleet_payment_systems.model import Transaction, Wanted
from fleet_payment_systems.store.ledger import LedgerStore
from shared.errors import InvalidRequest

# What one page looks at: a rare filter gives a short page and a cursor, not a time-out.
_READS_MAX: Final = 10
_ROWS_A_READ: Final = 200
_CURSOR: Final = re.compile(r"([0-9]{19})/[0-9a-f]{16}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` leads to the next page, which may be empty; None on the last one."""

    transactions: Sequence[Transaction]
    cursor: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    ledger: LedgerStore

    def page(self, wanted: Wanted, cursor: str, limit: int) -> Page:
        """At most `limit`, behind `cursor` unless it is "". Raises range_invalid, cursor_invalid.

        A page may be short though more follow: then it has a cursor.
        """
        in_order(wanted)
        after = _after(wanted, cursor)
        found: list[Transaction] = []
        most = _ROWS_A_READ if wanted.filtered else limit + 1
        for _read in range(_READS_MAX):
            place = self.ledger.strip(wanted, after, newest_first=True)
            read = self.ledger.read(wanted, place, most)
            for one in read:
                if wanted.takes(one):
                    if len(found) == limit:
                        return Page(found, _cursor(wanted, found[-1].tx_id))
                    found.append(one)
            if len(read) < most:
                return Page(found, None)
            after = read[-1].tx_id
        return Page(found, _cursor(wanted, after))


def in_order(wanted: Wanted) -> None:
    """Raises InvalidRequest range_invalid."""
    if wanted.since >= wanted.until:
        raise InvalidRequest("range_invalid")


def mark_of(wanted: Wanted) -> str:
    """Whether two questions are the same; no secret, whoever asks knows what he asked."""
    return sha256(repr(wanted).encode()).hexdigest()


def _cursor(wanted: Wanted, tx_id: str) -> str:
    """Opaque, and marked with the question whose answer it cuts.

    The mark needs no key: whatever a cursor says, only the caller's park is looked at.
    """
    mark = sha256(f"{mark_of(wanted)}\n{tx_id}".encode()).hexdigest()[:16]
    return urlsafe_b64encode(f"{tx_id}/{mark}".encode()).decode().rstrip("=")


def _after(wanted: Wanted, cursor: str) -> str:
    """Back from exactly what _cursor wrote for this question. Raises cursor_invalid."""
    if not cursor:
        return ""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        place = _CURSOR.fullmatch(b64decode(padded, altchars=b"-_", validate=True).decode())
    except ValueError:
        place = None
    if place is None or _cursor(wanted, place[1]) != cursor:
        raise InvalidRequest("cursor_invalid")
    return place[1]
