"""Other settings of the template: no receipts at all, and a renderer that is a service (RC-13)."""

from typing import Any

import pytest

from qr_orders.clients import RemoteRenderer
from shared.errors import Unavailable
from tests.qr_orders.outside import HOST, NOTIFICATIONS, Outside, fiscal_receipt, outside
from tests.qr_orders.support import Shop, shop


def processed(here: Shop) -> str:
    order_id = here.cleared()
    here.outside.says("PUT", f"/eda/v1/invoices/{order_id}-1/documents/1", {}, 202)
    here.outside.says("POST", NOTIFICATIONS, {}, 202)
    assert here.work(f"qr_order_process_cleared#{order_id}#1-1")
    return order_id


def test_without_a_receipt_source_nothing_is_requested() -> None:
    with shop(ReceiptSource="none") as here:
        order_id = processed(here)

        path = f"/eda/v1/invoices/{order_id}-1/documents/1"
        assert len(here.outside.bodies("PUT", path)) == 1
        assert here.rows("receipts") == []
        assert here.tasks() == {}


def test_renderer_of_the_settings_draws_the_receipt() -> None:
    with shop(RendererUrl=f"{HOST}/check") as here:
        order_id = processed(here)
        path = f"/eda/v1/invoices/{order_id}-1/documents/1/receipt"
        here.outside.says("GET", path, fiscal_receipt())
        task_id = f"qr_order_render_receipt#{order_id}-1/1"
        here.work(task_id)
        assert here.tasks()[task_id]["attempts"] == 1

        here.outside.says("POST", "/check/pdf", b"%PDF-1.7")
        here.work(task_id)

        (row,) = here.rows("receipts")
        assert row["state"] == "stored"
        assert row["fiscal"]["total"] == "1570.00"


def remote(found: Outside, answer: Any, status: int = 200) -> RemoteRenderer:
    found.says("POST", "/check/pdf", answer, status)
    return RemoteRenderer(f"{HOST}/check")


def test_renderer_is_given_the_receipt_as_it_came() -> None:
    receipt = fiscal_receipt()
    with outside() as found:
        page = remote(found, b"%PDF-1.7").render(receipt)

    assert found.bodies("POST", "/check/pdf") == [
        {"template": "receipt_v1", "locale": "ru", "receipt": receipt}
    ]
    assert (page.pdf, page.total_minor) == (b"%PDF-1.7", 157000)


@pytest.mark.parametrize("status", [422, 500, 202])
def test_renderer_that_gives_no_pdf_is_tried_again(status: int) -> None:
    with outside() as found, pytest.raises(Unavailable):
        remote(found, b"%PDF-1.7", status).render(fiscal_receipt())


def test_renderer_that_is_silent_is_tried_again() -> None:
    with outside() as found:
        found.times_out("POST", "/check/pdf")
        with pytest.raises(Unavailable):
            RemoteRenderer(f"{HOST}/check").render(fiscal_receipt())
