"""functions/sandbox/eda.py: documents in, fiscal receipts out (SPEC B.2)."""

import pytest

from tests.sandbox.document import document
from tests.sandbox.engine import Call
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

DOCUMENT = "/eda/v1/invoices/{invoice_id}/documents/{version}"
PATH = {"invoice_id": "o-1-1", "version": "1"}


def put(call: Call, body: Json) -> tuple[int, Json]:
    return call("PUT", DOCUMENT, body, **PATH)


def receipt(call: Call) -> tuple[int, Json]:
    return call("GET", f"{DOCUMENT}/receipt", **PATH)


def test_document_is_accepted_and_its_repeat_is_known(call: Call) -> None:
    accepted = {"document_id": "o-1-1/1", "status": "accepted"}

    assert put(call, document()) == (202, accepted)
    assert put(call, document()) == (200, accepted)


def test_another_document_of_the_same_version_is_a_conflict(call: Call) -> None:
    put(call, document())

    status, refused = put(call, document(order_id="o-2"))

    assert (status, refused["code"]) == (409, "document_conflict")


def test_receipt_is_ready_after_the_delay_and_not_before(call: Call, clock: FakeClock) -> None:
    put(call, document())

    clock.advance(58.5)
    assert receipt(call) == (202, {"status": "pending", "retry_after_sec": 2})
    clock.advance(1.5)
    status, found = receipt(call)

    assert status == 200
    assert found["totalSum"] == 154000
    assert receipt(call) == (200, found)


@pytest.mark.parametrize("version", ["1", "0", "x", "01"])
def test_receipt_of_an_unknown_document_is_not_found(call: Call, version: str) -> None:
    status, refused = call("GET", f"{DOCUMENT}/receipt", invoice_id="o-1-1", version=version)

    assert (status, refused["code"]) == (404, "document_not_found")


def test_item_that_forbids_it_never_gets_a_receipt(call: Call, clock: FakeClock) -> None:
    put(call, document(("Soup #noreceipt", "1", "1540.00", "1540.00", "20")))
    clock.advance(1_000_000)

    assert receipt(call)[1]["status"] == "pending"


def test_item_that_is_slow_gets_its_receipt_after_ten_times_the_delay(
    call: Call, clock: FakeClock
) -> None:
    put(call, document(("Soup #slow", "1", "1540.00", "1540.00", "20")))

    clock.advance(599)
    assert receipt(call) == (202, {"status": "pending", "retry_after_sec": 1})
    clock.advance(1)

    assert receipt(call)[0] == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": "1539.99"}, "total_mismatch"),
        ({"total": "1540.001"}, "bad_amount"),
        ({"currency": "XXX"}, "bad_currency"),
    ],
)
def test_document_whose_money_is_wrong_is_refused(call: Call, changes: Json, code: str) -> None:
    status, refused = put(call, document(**changes))

    assert (status, refused["code"]) == (422, code)


def test_moment_without_a_time_zone_is_malformed(call: Call) -> None:
    status, refused = put(call, document(cleared_at="2026-11-20T18:47:00"))

    assert (status, refused["code"]) == (400, "validation_failed")


CREDIT = {"amount": "78.00", "currency": "RUB", "ticket_id": "cb-1"}


def credit(call: Call, **changes: str) -> tuple[int, Json]:
    return call("POST", f"{DOCUMENT}/cashback", {**CREDIT, **changes}, **PATH)


def test_cashback_of_a_document_is_taken_once_a_ticket(call: Call) -> None:
    put(call, document())
    taken = {"document_id": "o-1-1/1", "ticket_id": "cb-1"}

    assert credit(call) == (200, taken)
    assert credit(call) == (200, taken)
    status, refused = credit(call, amount="79.00")
    assert (status, refused["code"]) == (409, "ticket_conflict")


def test_cashback_of_no_document_or_no_amount_is_refused(call: Call) -> None:
    assert credit(call)[0] == 404
    put(call, document())
    assert credit(call, amount="0")[1]["code"] == "bad_amount"
