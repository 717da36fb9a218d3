"""Secrets that we issue and only verify: API keys, links (SPEC B.12, RELIABILITY 3.1).

A key reads `<prefix>_<key id>_<43 characters>`. Stored are its id, a short prefix to recognise it,
and HMAC-SHA256 under a pepper; the text is shown once. 256 random bits need no slow hash.
"""

import base64
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Self

from shared.secret import Secret

_SECRET_LENGTH: Final = 43
_SHOWN_LENGTH: Final = 6


@dataclass(frozen=True, slots=True)
class Peppers:
    """Keys of the HMAC by id; new hashes use `current`, old ones name theirs (rotation, L6)."""

    current: str
    by_id: Mapping[str, Secret]

    @classmethod
    def parse(cls, text: str) -> Self:
        """From {"current":"p1","p1":"…","p0":"…"}, the form kept in Secrets Manager."""
        found = json.loads(text)
        current = found.pop("current")
        return cls(current, {name: Secret(value) for name, value in found.items()})

    def digest(self, pepper_id: str, message: str) -> bytes:
        pepper = self.by_id.get(pepper_id) or self.by_id[self.current]
        return hmac.digest(pepper.reveal().encode(), message.encode(), sha256)


@dataclass(frozen=True, slots=True)
class StoredKey:
    """What is kept of an issued key."""

    key_id: str
    shown: str
    pepper_id: str
    digest: str


def issue(prefix: str, peppers: Peppers) -> tuple[Secret, StoredKey]:
    """A new key: its text, to be shown once, and what to store."""
    key_id, secret = secrets.token_hex(8), secrets.token_urlsafe(32)
    text = f"{prefix}_{key_id}_{secret}"
    digest = peppers.digest(peppers.current, text).hex()
    return Secret(text), StoredKey(key_id, secret[:_SHOWN_LENGTH], peppers.current, digest)


def key_id_of(text: str, prefix: str) -> str | None:
    """The id inside a key's text; None when the text is no key of this prefix."""
    head, _, rest = text.partition(f"{prefix}_")
    key_id, _, secret = rest.partition("_")
    well_formed = not head and len(key_id) == 16 and len(secret) == _SECRET_LENGTH
    return key_id if well_formed and rest.isascii() else None


def verify(text: str, stored: StoredKey | None, peppers: Peppers) -> bool:
    """Constant time, and the same work for a key that does not exist."""
    known = stored or StoredKey("", "", peppers.current, "0" * 64)
    digest = peppers.digest(known.pepper_id, text).hex()
    return hmac.compare_digest(digest, known.digest) and stored is not None


def seal(message: str, peppers: Peppers) -> str:
    """A token that carries `message` in the clear and proves that we wrote it."""
    body = base64.urlsafe_b64encode(message.encode()).rstrip(b"=").decode()
    return f"{body}.{_signature(body, peppers.current, peppers)}"


def unseal(token: str, peppers: Peppers) -> str | None:
    """The message of a token of ours, or None. Every known pepper is tried."""
    body, _, signature = token.partition(".")
    if not token.isascii():
        return None
    matches = [
        hmac.compare_digest(_signature(body, pepper_id, peppers), signature)
        for pepper_id in peppers.by_id
    ]
    if not any(matches):
        return None
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)).decode()


def _signature(body: str, pepper_id: str, peppers: Peppers) -> str:
    return base64.urlsafe_b64encode(peppers.digest(pepper_id, body)).rstrip(b"=").decode()
