"""GET /qr-orders/v1/admin/get-by-invoice: the order that an invoice is of (QO-09)."""

import pytest

from tests.qr_orders.support import Shop
from tests.support.intrinsics import Json


def ask(here: Shop, invoice_id: str, **query: str) -> tuple[int, Json]:
    return here.get("admin_get_by_invoice", invoice_id=invoice_id, operator="anna", **query)


def test_invoice_leads_to_its_order(here: Shop) -> None:
    order_id = here.holding()

    found = ask(here, f"{order_id}-1")

    assert found[0] == 200
    assert found == here.get("admin_get", order_id=order_id, operator="anna")


def test_any_attempt_leads_to_it_and_live_looks_at_that_one(here: Shop) -> None:
    order_id = here.holding()
    here.alter(order_id, attempt=2)
    here.outside.has_invoice(order_id, "hold_failed")

    _, body = ask(here, f"{order_id}-1", live="true")

    first, second = body["attempts"]
    assert first["live"]["status"] == "hold_failed"
    assert "live" not in second
    assert ask(here, f"{order_id}-2")[0] == 200


@pytest.mark.parametrize("ending", ["-0", "-2", "-01", "-1x", "-x", "", "-", "-1-1", "-¹", "-+1"])
def test_attempt_that_was_never_made_is_not_found(here: Shop, ending: str) -> None:
    order_id = here.holding()

    status, body = ask(here, order_id + ending)

    assert (status, body["code"]) == (404, "invoice_not_found")


def test_order_that_nobody_has_paid_has_no_invoice(here: Shop) -> None:
    order_id = here.open()

    assert ask(here, f"{order_id}-1")[0] == 404


def test_order_that_does_not_exist_has_none_either(here: Shop) -> None:
    status, body = ask(here, "01UNKNOWN-1")

    assert (status, body["code"]) == (404, "invoice_not_found")


def test_invoice_and_operator_are_needed(here: Shop) -> None:
    assert here.get("admin_get_by_invoice", operator="anna")[0] == 400
    assert here.get("admin_get_by_invoice", invoice_id="01A-1")[0] == 400
