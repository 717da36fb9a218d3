"""What one full order costs in calls and units, counted in-process and held to units.json.

python -m bench.units --accept writes the table anew, for a change that means to change it.
"""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final
from unittest.mock import patch

from bench.meter import Bill, metered
from tests.support.intrinsics import Json
from tests.support.street import Street
from tests.support.town import town

TABLE: Final = Path(__file__).with_name("units.json")
_HISTORY: Final = "/iiko-integration/v1/orderhistory/order"
_QUICK_RECEIPT: Final = {"EdaReceiptDelaySec": "1", "ReceiptPollPeriodSec": "2"}
_COLUMNS: Final = ("gateway", "invocations", "reads", "writes", "sends", "remote")

Table = dict[str, dict[str, int | str]]


def count() -> Table:
    """Step by step; the first order of a town warms its caches and is not counted.

    The authorizer runs at every till call here; the gateway's cache would keep it for 60 s.
    """
    with town(**_QUICK_RECEIPT) as place:
        street = Street(place)
        street.partner = street.open_restaurant()
        for _name, step in _order(street, "A-1"):
            step()
        bills = {}
        for name, step in _order(street, "A-2"):
            bills[name] = bill = Bill()
            with _gateway(bill), metered(bill):
                step()
    return {name: _row(bill) for name, bill in bills.items()} | {"all": _row(_sum(bills))}


def _order(street: Street, number: str) -> Iterator[tuple[str, Callable[[], object]]]:
    """The steps of the usual order; each is to be run before the next is asked for."""
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


def _ok(answer: tuple[int, Json]) -> Json:
    if answer[0] != 200:
        raise RuntimeError(str(answer))
    return answer[1]


@contextmanager
def _gateway(bill: Bill) -> Iterator[None]:
    """Counts the requests that a till or a guest sends."""
    originals = Street.till, Street.guest

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*sent: Any, **named: Any) -> Any:
            bill.gateway += 1
            return original(*sent, **named)

        return call

    with (
        patch.object(Street, "till", counted(originals[0])),
        patch.object(Street, "guest", counted(originals[1])),
    ):
        yield


def _sum(bills: dict[str, Bill]) -> Bill:
    whole = Bill()
    for bill in bills.values():
        for name in ("gateway", "invocations", "half_reads", "writes", "sends", "remote"):
            setattr(whole, name, getattr(whole, name) + getattr(bill, name))
    return whole


def _row(bill: Bill) -> dict[str, int | str]:
    whole, half = divmod(bill.half_reads, 2)
    return {
        "gateway": bill.gateway,
        "invocations": bill.invocations,
        "reads": f"{whole}.{5 * half}",
        "writes": bill.writes,
        "sends": bill.sends,
        "remote": bill.remote,
    }


def lines(table: Table) -> list[str]:
    head = f"{'step':<24}" + "".join(f"{name:>13}" for name in _COLUMNS)
    rows = [
        f"{step:<24}" + "".join(f"{row[name]:>13}" for name in _COLUMNS)
        for step, row in table.items()
    ]
    return [head, *rows]


def differences(counted: Table) -> list[str]:
    """Steps whose counts are not those of units.json."""
    kept: Table = json.loads(TABLE.read_text(encoding="utf-8"))
    steps = dict.fromkeys([*kept, *counted])
    return [
        f"{step}: counted {counted.get(step)}, units.json has {kept.get(step)}"
        for step in steps
        if kept.get(step) != counted.get(step)
    ]


def main(*arguments: str) -> None:
    counted = count()
    sys.stdout.write("\n".join(lines(counted)) + "\n")
    if "--accept" in arguments:
        rows = ",\n".join(
            f"  {json.dumps(step)}: {json.dumps(row)}" for step, row in counted.items()
        )
        TABLE.write_text(f"{{\n{rows}\n}}\n", encoding="utf-8")
    elif found := differences(counted):
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
