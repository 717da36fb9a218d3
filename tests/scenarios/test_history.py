"""A guest's history: own orders only, newest first, with receipts (QA-01, QO-03)."""

from collections.abc import Iterator

import pytest

from tests.support.intrinsics import Json
from tests.support.street import Street
from tests.support.town import town

LIST = "/4.0/qr-orders/v1/orderhistory/list"


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with town(EdaReceiptDelaySec="1", ReceiptPollPeriodSec="2") as place:
        found = Street(place)
        found.partner = found.open_restaurant()
        yield found


@pytest.fixture(scope="module")
def bills(street: Street) -> list[Json]:
    """Ids of guest-1's closed bill, guest-2's held one, guest-1's held one, and one unpaid."""
    found = []
    for number, payer in enumerate(("guest-1", "guest-2", "guest-1", "")):
        code, order = street.open_order(order_id=f"A-{number}")
        assert code == 200
        found.append(order["id"])
        if payer:
            assert street.pay(order, payer)[0] == 200
        street.town.settle(rounds=2)
    assert street.set_status(found[0], "CLOSED")[0] == 200
    street.town.settle(rounds=8)
    return found


def history(street: Street, user: str = "guest-1", path: str = LIST, **asked: object) -> Json:
    code, found = street.guest("orderhistory_list", path, asked, user)
    assert code == 200, found
    return found


@pytest.mark.parametrize("path", [LIST, "/iiko-integration/v1/orderhistory/list"])
def test_each_guest_sees_what_they_paid_newest_first(
    street: Street, bills: list[Json], path: str
) -> None:
    mine, foreign = history(street, path=path), history(street, "guest-2", path)

    assert [order["order_id"] for order in mine["orders"]] == [bills[2], bills[0]]
    assert [order["order_id"] for order in foreign["orders"]] == [bills[1]]
    assert history(street, "guest-3", path) == {"orders": []}


def test_receipt_in_the_list_is_the_one_of_the_order(street: Street, bills: list[Json]) -> None:
    held, closed = history(street)["orders"]
    code, order = street.guest(
        "orderhistory_order", "/iiko-integration/v1/orderhistory/order", {"order_id": bills[0]}
    )

    assert code == 200
    assert len(order["receipts"]) == 1
    assert closed == {name: value for name, value in order.items() if name != "items"}
    assert held["receipts"] == []


@pytest.mark.usefixtures("bills")
def test_pages_lead_through_the_whole_history(street: Street) -> None:
    first = history(street, limit=1)
    second = history(street, limit=1, older_than=first["cursor"])

    assert first["orders"] + second["orders"] == history(street)["orders"]
    assert "cursor" not in second


@pytest.mark.usefixtures("bills")
def test_cursor_is_of_no_use_to_another_guest(street: Street) -> None:
    cursor = history(street, limit=1)["cursor"]

    code, found = street.guest("orderhistory_list", LIST, {"older_than": cursor}, "guest-2")

    assert (code, found["code"], found["details"]) == (400, "cursor_invalid", {})
