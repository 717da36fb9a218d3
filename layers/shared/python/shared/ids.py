"""Identifiers: sortable ids of objects, random tokens, short codes that people read aloud."""

import secrets
from datetime import datetime
from typing import Final

from shared.clock import to_ms

_CROCKFORD: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
# No 0/O, 1/I/L, U/V: a guest types it from a paper bill.
_READABLE: Final = "23456789ABCDEFGHJKMNPQRSTWXYZ"
SHORT_CODE_LENGTH: Final = 8


def new_id(now: datetime) -> str:
    """A ULID: 48 bits of milliseconds, 80 random bits, 26 characters, sorts by time."""
    number = to_ms(now) << 80 | secrets.randbits(80)
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(125, -1, -5))


def new_token() -> str:
    """A random mark of one arm, take or commit; 128 bits."""
    return secrets.token_urlsafe(16)


def new_short_code() -> str:
    """8 readable characters, 5·10^11 of them: unique by a claim, not by luck."""
    return "".join(secrets.choice(_READABLE) for _ in range(SHORT_CODE_LENGTH))
