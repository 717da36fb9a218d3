"""What is asked of orders over HTTP, what a yes to it means, and the town where runs start."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, Final

from shared.http_event import event
from tests.proofs.order_model import BILLS, Account, Ask, require, total
from tests.proofs.phases import warm_town
from tests.qr_orders.support import hasty
from tests.support.atomic_moto import Snapshot
from tests.support.intrinsics import Json
from tests.support.orders import close, create, refund
from tests.support.town import Town

TTL_S: Final = 1200
SILENCE_S: Final = 400
NAMES: Final = {"1": ("Борщ", "pcs"), "2": ("Стейк рибай", "pcs")}
Answer = tuple[int, Json]


@dataclass(frozen=True, slots=True)
class Act:
    """A request, and what the model makes of a yes to it; `sure` when no would be wrong (M18)."""

    ask: Callable[[], Answer]
    yes: Callable[[Account, Json], object]
    sure: bool = False


@dataclass(slots=True)
class Base:
    """The town of all runs, where a run starts, and what has been seen in all of them."""

    town: Town
    start: Snapshot
    accounts: list[Account]
    seen: Counter[str] = field(default_factory=Counter)


def money(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02}"


def lines(version: int) -> list[Json]:
    """The bill of that version on the wire; what a line costs less than its price is a discount."""
    found = []
    for name, (count, minor) in BILLS[version - 1].items():
        price = -(-minor // count)
        row = {"id": name, "name": NAMES[name][0], "unit": NAMES[name][1], "vat": "20"}
        row |= {"quantity": str(count), "price": money(price), "total": money(minor)}
        found.append(row | {"discount": money(price * count - minor)})
    return found


def open_account(town: Town, number: str, policy: str) -> Account:
    status, body = ask_create(town, number, policy, 1)
    assert status == 200, body
    expires_at = town.aws.clock.milliseconds() + TTL_S * 1000
    return Account(number, str(body["order_id"]), policy, expires_at)


def paid_account(town: Town, number: str, card: str) -> Account:
    account = open_account(town, number, "cancel")
    status, body = ask_pay(town, account, "guest-1", card, "first")
    assert status == 200, body
    account.paid(0, "first", "guest-1", card, 1)
    return account


def ask_create(town: Town, number: str, policy: str, version: int) -> Answer:
    return create(
        town,
        external_order_id=number,
        external_version=version,
        items=lines(version),
        total=money(total(BILLS[version - 1])),
        expires_in_sec=TTL_S,
        partner=hasty(SILENCE_S, on_expire_held=policy),
    )


def ask_pay(town: Town, account: Account, guest: str, card: str, key: str) -> Answer:
    body = {
        "order_id": account.order_id,
        "user_id": guest,
        "payment_method": {"type": "card", "id": card},
        "version": account.version,
        "expected_total": money(account.total),
        "idempotency_key": key,
    }
    request = event("POST", "/qr-orders/v1/start-payment", body=body)
    return town.call("qr_orders", "start_payment", request)


def replacing(town: Town, account: Account) -> Act:
    version = 2

    def yes(found: Account, body: Json) -> None:
        assert body["order_id"] == found.order_id
        now = town.aws.clock.milliseconds()
        found.replaced(now, version, now + TTL_S * 1000)

    number, policy = account.number, account.policy
    return Act(lambda: ask_create(town, number, policy, version), yes)


def paying(town: Town, account: Account, guest: str, card: str, key: str = "") -> Act:
    name = key or f"{guest}-{len(account.cards)}"
    version = account.version

    def yes(found: Account, _body: Json) -> None:
        found.paid(town.aws.clock.milliseconds(), name, guest, card, version)

    known = deepcopy(account)
    return Act(lambda: ask_pay(town, known, guest, card, name), yes)


def saying(town: Town, account: Account, status: str, admin: bool) -> Act:
    source = "admin" if admin or status == "expired" else "pos"

    def yes(found: Account, _body: Json) -> None:
        found.said(town.aws.clock.milliseconds(), status)

    def ask() -> Answer:
        return close(town, account.order_id, status, source)

    return Act(ask, yes, sure=account.ended == status != "expired")


def refunding(town: Town, account: Account, refund_id: str, asks: tuple[Ask, ...]) -> Act:
    """A refund under the version that the caller knows; nothing asked for is all that is left."""
    what: dict[str, Any] = {"items": [ask.wire() for ask in asks]} if asks else {"full": True}
    known = account.refunds.get(refund_id)
    place = list(account.refunds).index(refund_id) if known else len(account.refunds)

    def yes(found: Account, body: Json) -> None:
        amount = found.refunded(town.aws.clock.milliseconds(), refund_id, asks, body)
        place = list(found.refunds).index(refund_id)
        require(body["amount"] == money(amount), f"{body} instead of {amount}")
        require(body["version"] == 2 + place, f"{body} of refund {place}")

    def ask() -> Answer:
        return refund(town, account.order_id, refund_id, 1 + place, **what)

    return Act(ask, yes, sure=known is not None and known.asks == asks)


@contextmanager
def base() -> Iterator[Base]:
    """The town, warm, with its three orders and nothing on its way."""
    with warm_town() as town:
        held, cleared, brittle = (
            paid_account(town, name, card)
            for name, card in (
                ("held", "card-clear-fails-2x"),
                ("cleared", "card-ok"),
                ("brittle", "card-refund-fails-2x"),
            )
        )
        town.settle(rounds=2)
        for account in (cleared, brittle):
            assert close(town, account.order_id)[0] == 200
            account.said(0, "closed")
        town.settle(rounds=8)
        accounts = [open_account(town, "new", "close"), held, cleared, brittle]
        town.lose_messages()
        yield Base(town, town.aws.snapshot(), accounts)
