"""What every terminal says: payments, requests, answers - and how XML and logins are written."""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol, runtime_checkable
from xml.sax.saxutils import escape

Facts = Mapping[str, str]

XML: Final = {"Content-Type": "text/xml; charset=utf-8"}


class NotSpoken(Exception):
    """The protocol has no such operation."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One HTTP request to a link; `query` has no question mark, `operation` is below the link."""

    method: str
    query: str = ""
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    operation: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """`amount` is in major units, "150.00"; `at` is the terminal's own clock.

    Account and amount may be "" where only the payment's number is needed.
    """

    txn: str
    account: str
    amount: str
    at: datetime

    @property
    def minor(self) -> str:
        whole, _, part = self.amount.partition(".")
        if not whole:
            return ""
        return str(int(whole + part.ljust(2, "0")))

    @property
    def compact_time(self) -> str:
        return self.at.strftime("%Y%m%d%H%M%S")


@dataclass(frozen=True, slots=True)
class Answer:
    """`code` is the protocol's own result, "" when there is none; `number` is the park's."""

    status: int
    code: str
    number: str
    text: str
    good: tuple[str, ...] = ("0",)

    @property
    def ok(self) -> bool:
        return self.status == 200 and self.code in self.good

    def __str__(self) -> str:
        shown = f"result {self.code}" if self.code else "no result"
        return f"HTTP {self.status}, {shown}" + (f", number {self.number}" if self.number else "")


class Language(Protocol):
    """A protocol, spoken with one wallet's facts."""

    @property
    def again(self) -> str:
        """The code of a repeated payment: most answer it like the first."""
        ...

    def check(self, payment: Payment) -> Sent: ...

    def pay(self, payment: Payment) -> Sent: ...

    def cancel(self, payment: Payment) -> Sent: ...

    def status(self, payment: Payment) -> Sent: ...

    def read(self, status: int, text: str) -> Answer: ...


@runtime_checkable
class TwoPhased(Protocol):
    """A protocol whose payment is registered first, and credited when it is confirmed."""

    def confirm(self, payment: Payment, answer: Answer) -> Sent: ...


def basic(facts: Facts, login: str) -> dict[str, str]:
    if not facts.get(login):
        return {}
    pair = f"{facts[login]}:{facts.get('password', '')}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def elements(said: Mapping[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in said.items())


def element(text: str, name: str) -> str:
    """The first element of that name; the answers are flat enough."""
    found = re.search(rf"<{name}>([^<]*)</{name}>", text)
    return found[1] if found else ""


def told(said: Mapping[str, str]) -> dict[str, str]:
    """Without what has no value."""
    return {name: text for name, text in said.items() if text}
