"""By hand, find: an order by whatever somebody has of it."""

import pytest

from tests.qr_orders.support import PARTNER, Shop, sample
from tests.support.intrinsics import Json


def find(here: Shop, text: str) -> list[Json]:
    answer: Json = here.world.run(here.module("ops.find"), {"id": text})
    found: list[Json] = answer["found"]
    return found


@pytest.mark.parametrize(
    ("by", "text"),
    [
        ("order", "{order_id}"),
        ("invoice", "{order_id}-1"),
        ("document", "{order_id}-1/1"),
        ("short_code", "{short_code}"),
        ("external_order", "{partner_id}#{external_order_id}"),
    ],
)
def test_order_is_found_by_each_of_its_ids(here: Shop, by: str, text: str) -> None:
    order_id = here.cleared()
    order = here.order(order_id)
    names = {name: getattr(order, name) for name in ("short_code", "external_order_id")}

    (found,) = find(here, text.format(order_id=order_id, partner_id=PARTNER, **names))

    assert (found["kind"], found["id"], found["found_by"]) == ("order", order_id, by)
    assert found["status"] == {"payment": "cleared", "partner": "closed"}
    assert (found["cleared"], found["currency"]) == ("1570.00", "RUB")
    assert [*found["tasks"]] == [f"qr_order_process_cleared#{order_id}#1-1"]


def test_order_is_found_by_its_refund(here: Shop) -> None:
    order_id = here.cleared()
    assert here.post("admin_refund", order_id=order_id)[0] == 202

    (found,) = find(here, f"{order_id}#rf-1")

    assert (found["id"], found["found_by"]) == (order_id, "refund")


def test_task_is_found_by_its_id(here: Shop) -> None:
    order_id = here.held()

    (found,) = find(here, f"qr_order_check_payment#{order_id}")

    assert (found["kind"], found["parked"], found["attempts"]) == ("task", False, 0)


def test_nothing_of_a_guest_is_told(here: Shop) -> None:
    order_id = here.cleared()

    assert "u1" not in str(find(here, order_id))
    assert "card" not in str(find(here, order_id))


def test_unknown_id_is_no_error(here: Shop) -> None:
    answer = here.world.run(here.module("ops.find"), sample("find"))

    assert answer == {"id": "01KDZ0000000000000000000AA", "found": []}
