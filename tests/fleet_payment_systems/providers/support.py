"""What the tests of adapters share: a system as its operator sees it, and one exchange with it."""

import base64
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import urlencode
from xml.etree import ElementTree

from fleet_payment_systems.operations import Operation, Outcome, Result
from fleet_payment_systems.providers.base import (
    Account,
    Provider,
    Refused,
    WireReply,
    WireRequest,
)
from shared.money import Money
from shared.secret import Secret
from tests.fleet_payment_systems.providers.engine import MAXIMUM, MINIMUM, NOW, Engine

EXAMPLES: Final = 20_000 if os.environ.get("PROOFS") == "all" else 1_000
CANARY: Final = "s3cret-canary"
"""Every secret of the tests' wallets holds it: no answer and no log line may."""
IP: Final = "79.142.16.9"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an operator reads of a reply: its code, or the HTTP status when there is no body."""

    code: str
    number: str = ""


Strict = Callable[[WireRequest], tuple[str, str, int] | None]


@dataclass(frozen=True, slots=True)
class System:
    """One profile of one provider: how its requests are written and its answers read.

    `guarded` is the wallet that refuses `forged`. `check(account)` and `pay(txn, account, minor)`
    make requests, `asks` those of its further operations about a `txn`. `read` asserts that an
    answer has the protocol's fixed elements and nothing else. `codes` are by situation. `strict`
    is another, plainer reading of a payment: (txn, account, minor), None when the request is none
    that we should take. `fields` are the names of a payment's number, account, amount and date;
    `sign` makes the signature of a changed request right again, where there is one.
    """

    provider: Provider
    account: Account
    guarded: Account
    txn: str
    check: Callable[[str], WireRequest]
    pay: Callable[[str, str, int], WireRequest]
    asks: Mapping[str, Callable[[str], WireRequest]]
    forged: WireRequest
    malformed: Mapping[str, WireRequest]
    read: Callable[[WireReply], Answer]
    codes: Mapping[str, str]
    strict: Strict
    fields: tuple[str, ...]
    sign: Callable[[WireRequest], WireRequest] = lambda request: request

    @property
    def name(self) -> str:
        return f"{self.provider.spec.code}-{self.account.profile}"


@dataclass(frozen=True, slots=True)
class Exchange:
    operation: Operation | None
    outcome: Outcome
    reply: WireReply


def exchange(
    provider: Provider,
    account: Account | None,
    request: WireRequest,
    engine: Engine,
    now: datetime = NOW,
) -> Exchange:
    """As the edge does it; without an account the link was bad."""
    operation = None
    if account is None:
        outcome = Outcome(Result.AUTH_FAILED)
    else:
        try:
            provider.verify(request, account)
            operation = provider.decode(request, account)
            outcome = engine.run(operation)
        except Refused as refused:
            outcome = Outcome(refused.result, refused.detail)
    reply = provider.encode(request, account, operation, outcome, now)
    return Exchange(operation, outcome, reply)


def ask(system: System, request: WireRequest, engine: Engine) -> Answer:
    found = exchange(system.provider, system.account, request, engine)
    return system.read(found.reply)


def account_of(
    profile: str,
    currency: str,
    timezone: str,
    settings: Mapping[str, str] | None = None,
    **credentials: str,
) -> Account:
    return Account(
        profile=profile,
        currency=currency,
        timezone=timezone,
        settings=dict(settings or {}),
        credentials={name: Secret(value) for name, value in credentials.items()},
        minimum=Money(MINIMUM, currency),
        maximum=Money(MAXIMUM, currency),
    )


def with_settings(account: Account, **settings: str) -> Account:
    return replace(account, settings={**account.settings, **settings})


def get(query: str | Mapping[str, str], **headers: str) -> WireRequest:
    text = query if isinstance(query, str) else urlencode(query)
    return WireRequest("GET", text, b"", headers, IP)


def post(body: str | bytes, **headers: str) -> WireRequest:
    return WireRequest("POST", "", body.encode() if isinstance(body, str) else body, headers, IP)


def basic(login: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()


def major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def canonical(text: str | bytes) -> str:
    """An XML document with the white space between its elements gone."""
    raw = text.decode() if isinstance(text, bytes) else text
    return ElementTree.canonicalize(raw, strip_text=True)


def tree(body: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(body)  # noqa: S314 - the second reader is to be a plain one


def elements(reply: WireReply, root: str) -> dict[str, str]:
    """The children of the one root of an answer. Asserts that none comes twice."""
    top = tree(reply.body)
    assert top.tag == root
    names = [child.tag for child in top]
    assert len(set(names)) == len(names)
    return {child.tag: child.text or "" for child in top}


def bare(reply: WireReply, *statuses: int) -> Answer | None:
    """An answer without a body, None when it has one."""
    if reply.status == 200:
        return None
    assert reply.status in statuses
    assert reply.body == b""
    return Answer(str(reply.status))
