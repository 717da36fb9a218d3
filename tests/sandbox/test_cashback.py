"""functions/sandbox/cashback.py: the books of credited cashback."""

from tests.sandbox.engine import Call

LEDGER = "/cashback/v1/ledger/{order_id}"


def test_order_without_cashback_has_empty_books(call: Call) -> None:
    found = call("GET", LEDGER, order_id="o-1")

    assert found == (200, {"order_id": "o-1", "credited": 0, "entries": []})
