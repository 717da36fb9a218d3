"""What is counted: the usual ways of an order, a payment and a deposit, step by step."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final
from unittest.mock import patch

from bench.meter import Bill
from shared import metrics
from tests.fleet_payment_systems_api import street as parks
from tests.support.intrinsics import Json
from tests.support.rides import Rides, rides
from tests.support.street import Street
from tests.support.town import town

# A step is to be run before the next is asked for.
Steps = Iterator[tuple[str, Callable[[], object]]]
# Makes a place, and in it the steps of the journey with a given number.
Journey = Callable[[], AbstractContextManager[Callable[[int], Steps]]]

_HISTORY: Final = "/iiko-integration/v1/orderhistory/order"
_QUICK_RECEIPT: Final = {"EdaReceiptDelaySec": "1", "ReceiptPollPeriodSec": "2"}
_SYSTEM: Final = "city24"


@contextmanager
def _restaurant() -> Iterator[Callable[[int], Steps]]:
    with town(**_QUICK_RECEIPT) as place:
        street = Street(place)
        street.partner = street.open_restaurant()
        yield lambda number: _order(street, f"A-{number}")


def _order(street: Street, number: str) -> Steps:
    order: Json = {}

    def opened() -> None:
        order.update(_ok(street.open_order(order_id=number)))

    def scanned() -> None:
        asked = {"order": order["qr"]["url"]}
        _ok(street.guest("preorder", "/4.0/payments/v1/preorder", asked))

    def closed() -> None:
        _ok(street.set_status(order["id"], "CLOSED"))

    def looked_back() -> None:
        found = street.guest("orderhistory_order", _HISTORY, {"order_id": order["id"]})
        if len(_ok(found)["receipts"]) != 1:
            raise RuntimeError("the order has no receipt")

    yield "order opened", opened
    yield "bill scanned", scanned
    yield "first poll", lambda: street.status(order["id"])
    yield "poll within 30 s", lambda: street.status(order["id"])
    yield "payment started", lambda: _ok(street.pay(order))
    yield "money held", lambda: street.town.settle(rounds=3)
    yield "poll when paid", lambda: street.status(order["id"])
    yield "closed by the till", closed
    yield "cleared, receipt kept", lambda: street.town.settle(rounds=10)
    yield "receipt looked at", looked_back


@contextmanager
def _park() -> Iterator[Callable[[int], Steps]]:
    with parks.opened() as street, patch.object(metrics, "emit", lambda *_, **__: None):
        terminal = street.terminal(_SYSTEM, street.wallet(_SYSTEM))

        def steps(_number: int) -> Steps:
            payment = street.payment(terminal)
            yield "driver checked", lambda: _accepted(terminal.check(payment).ok)
            yield "payment accepted", lambda: _accepted(terminal.pay(payment).ok)
            yield "driver credited", street.credit
            yield "payment comes again", lambda: terminal.pay(payment)

        yield steps


@contextmanager
def _scooter() -> Iterator[Callable[[int], Steps]]:
    with rides() as place:

        def steps(number: int) -> Steps:
            session = f"s{number}"
            yield "booking's deposit", lambda: _ok(place.start(session))
            yield "deposit held", lambda: place.settle(3)
            yield "may he ride?", lambda: _ok(place.check(session))
            yield "ride is over", lambda: _ok(place.finish(session))
            yield "given back", lambda: place.settle(10)

        yield steps


def _ok(answer: tuple[int, Json]) -> Json:
    if answer[0] != 200:
        raise RuntimeError(str(answer))
    return answer[1]


def _accepted(ok: bool) -> None:
    if not ok:
        raise RuntimeError("the payment system's request was refused")


JOURNEYS: Final[dict[str, Journey]] = {
    "a restaurant's order": _restaurant,
    "a driver's payment at a terminal": _park,
    "a scooter's deposit": _scooter,
}


@contextmanager
def gateway(bill: Bill) -> Iterator[None]:
    """Counts the requests that a till, a guest, a terminal or a scooters' backend sends."""

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*sent: Any, **named: Any) -> Any:
            bill.gateway += 1
            return original(*sent, **named)

        return call

    with (
        patch.object(Street, "till", counted(Street.till)),
        patch.object(Street, "guest", counted(Street.guest)),
        patch.object(parks.Street, "send", counted(parks.Street.send)),
        patch.object(Rides, "post", counted(Rides.post)),
        patch.object(Rides, "check", counted(Rides.check)),
    ):
        yield
