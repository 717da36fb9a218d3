"""What the adapter of a system that takes bills is: it builds calls and reads answers, no IO."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

from fleet_payment_systems.bills import Bill, Seen
from fleet_payment_systems.providers.base import Account, Spec

_DIGITS: Final = re.compile(r"[0-9]{10,15}", re.ASCII)
_EMAIL: Final = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,180}\.[A-Za-z]{2,20}", re.ASCII)


@dataclass(frozen=True, slots=True)
class WireCall:
    """One call of ours to the system; `operation` is the contract's name of it, for metrics."""

    operation: str
    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class WireAnswer:
    """2xx, or a 4xx that is an answer; a time-out, 408, 429 and 5xx never come here."""

    status: int
    body: bytes


class Unreadable(Exception):
    """Not an answer of the protocol, or one that means "later": nothing is known of the bill."""


class BillProvider(Protocol):
    """A stateless translator; one instance serves every wallet of its system."""

    @property
    def spec(self) -> Spec: ...

    def payer(self, said: str) -> str | None: ...

    def issue(self, account: Account, bill: Bill) -> WireCall: ...

    def issued(self, answer: WireAnswer) -> str:
        """Where the driver pays, "" when the system tells him.

        Raises RefusedForGood, Unreadable.
        """
        ...

    def look(self, account: Account, number: str) -> WireCall: ...

    def seen(self, account: Account, number: str, answer: WireAnswer) -> Seen:
        """Raises Unreadable."""
        ...

    def cancel(self, account: Account, number: str) -> WireCall | None:
        """None: the system cannot."""
        ...


def phone(said: str) -> str | None:
    """The digits of an international number."""
    digits = said.removeprefix("+")
    return digits if _DIGITS.fullmatch(digits) else None


def email(said: str) -> str | None:
    return said if _EMAIL.fullmatch(said) else None
