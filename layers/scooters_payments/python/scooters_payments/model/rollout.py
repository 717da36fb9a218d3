"""Whose rides have a deposit while it is being rolled out (SD-18). No IO."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Final

_SLOTS: Final = 100


@dataclass(frozen=True, slots=True)
class Rollout:
    """`percent` of riders by a salted hash, and `users` whatever it says; `cities` empty is all."""

    percent: int
    salt: str
    users: frozenset[str] = frozenset()
    cities: frozenset[str] = frozenset()

    def takes(self, user_id: str, city: str) -> bool:
        """The same rider has the same answer until the salt changes; more percent lose nobody."""
        if user_id in self.users:
            return True
        if self.cities and city not in self.cities:
            return False
        digest = sha256(f"{self.salt}#{user_id}".encode()).digest()
        return int.from_bytes(digest[:8]) % _SLOTS < self.percent
