"""functions/sandbox/merch_payments.py: codes, one payment a key, the driver's own ledger (B.13)."""

from typing import Any

import pytest

from shared.http_event import event
from tests.sandbox.engine import Call
from tests.support.aws_world import World
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

PAYMENTS = "/merch_payments/v1/payments"
PAYMENT = f"{PAYMENTS}/{{payment_id}}"


def wish(qr: str = "YM1.ok", key: str = "mobi:1", **changes: Any) -> Json:
    body = {"idempotency_key": key, "qr_code": qr, "amount": "500.00", "currency": "RUB"}
    return body | {"merchant": {"id": "m-1", "name": "Shop"}} | changes


def created(call: Call, qr: str = "YM1.ok", **changes: Any) -> str:
    status, found = call("POST", PAYMENTS, wish(qr, **changes))
    assert status == 200, found
    return str(found["payment_id"])


def ledger(call: Call, payment_id: str) -> list[tuple[str, str]]:
    path = "/merch_payments/v1/ledger/{payment_id}"
    status, found = call("GET", path, payment_id=payment_id)
    assert status == 200, found
    return [(each["kind"], each["amount"]) for each in found["entries"]]


def test_a_payment_sent_twice_is_one_debit(call: Call) -> None:
    first, again = call("POST", PAYMENTS, wish()), call("POST", PAYMENTS, wish())

    assert first == again
    assert (first[0], first[1]["status"]) == (200, "approved")
    assert ledger(call, first[1]["payment_id"]) == [("debit", "500.00")]


def test_a_key_with_other_content_is_a_conflict(call: Call) -> None:
    created(call)

    status, refused = call("POST", PAYMENTS, wish(amount="501.00"))

    assert (status, refused["code"]) == (409, "idempotency_conflict")


@pytest.mark.parametrize(
    ("qr", "code"),
    [
        ("000", "qr_invalid"),
        ("YM1.expired", "qr_expired"),
        ("YM1.used", "qr_already_used"),
        ("YM1.poor", "insufficient_funds"),
        ("YM1.limit", "limit_exceeded"),
        ("YM1.blocked", "account_blocked"),
        ("YM1.closed", "merchant_blocked"),
    ],
)
def test_a_refusal_is_kept_under_its_key(call: Call, qr: str, code: str) -> None:
    told = [call("POST", PAYMENTS, wish(qr)) for _ in range(2)]

    assert {(status, body["code"]) for status, body in told} == {(422, code)}


def test_a_decline_is_an_answer_and_no_debit(call: Call) -> None:
    status, found = call("POST", PAYMENTS, wish("YM1.decline"))

    assert (status, found["status"], found["decline_code"]) == (200, "declined", "driver_declined")
    assert ledger(call, found["payment_id"]) == []


def test_only_who_accepts_is_debited(call: Call) -> None:
    payment_id = created(call, "YM1.accept")
    assert ledger(call, payment_id) == []

    told = [call("POST", f"{PAYMENT}/accept", payment_id=payment_id)[0] for _ in range(2)]

    assert told == [200, 409]
    assert ledger(call, payment_id) == [("debit", "500.00")]


def test_who_declines_cannot_accept_later(call: Call) -> None:
    payment_id = created(call, "YM1.accept")

    assert call("POST", f"{PAYMENT}/decline", payment_id=payment_id)[1]["status"] == "declined"
    assert call("POST", f"{PAYMENT}/accept", payment_id=payment_id)[0] == 409


@pytest.mark.parametrize(("late_ms", "status"), [(-1, 200), (0, 409)])
def test_acceptance_ends_to_the_millisecond(
    call: Call, clock: FakeClock, late_ms: int, status: int
) -> None:
    payment_id = created(call, "YM1.accept", accept_until="2026-01-02T10:01:00.000Z")
    clock.advance(60 + late_ms / 1000)

    assert call("POST", f"{PAYMENT}/accept", payment_id=payment_id)[0] == status
    assert len(ledger(call, payment_id)) == int(status == 200)


def test_a_cancel_gives_back_what_was_paid_once(call: Call) -> None:
    payment_id = created(call)

    told = [call("POST", f"{PAYMENT}/cancel", payment_id=payment_id) for _ in range(2)]

    assert [(status, body["status"]) for status, body in told] == [(200, "cancelled")] * 2
    assert sorted(ledger(call, payment_id)) == [("debit", "500.00"), ("return", "500.00")]


def test_what_was_declined_or_refunded_is_not_cancelled(call: Call) -> None:
    declined, refunded = created(call, "YM1.decline"), created(call, key="mobi:2")
    back = {"refund_id": "r-1", "amount": "1.00"}
    assert call("POST", f"{PAYMENT}/refunds", back, payment_id=refunded)[0] == 200

    told = [call("POST", f"{PAYMENT}/cancel", payment_id=each) for each in (declined, refunded)]

    assert {(status, body["code"]) for status, body in told} == {(409, "not_cancellable")}


def test_a_refund_is_one_a_number_and_never_above_the_payment(call: Call) -> None:
    payment_id = created(call)

    def refund(refund_id: str, amount: str) -> int:
        body = {"refund_id": refund_id, "amount": amount}
        return int(call("POST", f"{PAYMENT}/refunds", body, payment_id=payment_id)[0])

    told = [refund(*each) for each in (("r", "300.00"), ("r", "300.00"), ("r", "299.00"))]
    assert told == [200, 200, 409]
    assert [refund("s", "200.01"), refund("s", "200.00"), refund("t", "0.01")] == [422, 200, 422]


def test_a_code_of_the_app_is_good_once_and_for_a_minute(call: Call, clock: FakeClock) -> None:
    one, other = (
        call("POST", "/merch_payments/v1/qr", {"driver_id": "d-1"})[1]["qr_code"] for _ in range(2)
    )

    assert call("POST", PAYMENTS, wish(one))[1]["driver_ref"] == "d-1"
    assert call("POST", PAYMENTS, wish(one, "mobi:2"))[1]["code"] == "qr_already_used"
    clock.advance(60)
    assert call("POST", PAYMENTS, wish(other, "mobi:3"))[1]["code"] == "qr_expired"


@pytest.mark.parametrize(
    ("amount", "status"), [("999.99", "approved"), ("1000.00", "pending_acceptance")]
)
def test_a_large_amount_must_be_accepted(call: Call, amount: str, status: str) -> None:
    code = call("POST", "/merch_payments/v1/qr", {"driver_id": "d-1"})[1]["qr_code"]

    assert call("POST", PAYMENTS, wish(code, amount=amount))[1]["status"] == status


def test_a_payment_is_found_by_its_key_as_the_drivers_app_does(call: Call, world: World) -> None:
    payment_id = created(call)
    module = world.load("sandbox", "merch_payments")

    asked = event("GET", "/merch_payments/v1/find", query={"idempotency_key": "mobi:1"})

    assert world.invoke(module, asked)[1]["payment_id"] == payment_id
    assert call("GET", PAYMENT, payment_id="mp-none")[0] == 404


def test_a_failed_call_does_nothing(call: Call) -> None:
    call("POST", "/merch_payments/faults", {"fail_next": 1})

    assert call("POST", PAYMENTS, wish())[0] == 503
    assert call("POST", PAYMENTS, wish())[0] == 200


@pytest.mark.parametrize("change", [{"amount": "x"}, {"accept_until": "soon"}])
def test_what_is_no_amount_or_moment_is_malformed(call: Call, change: Json) -> None:
    assert call("POST", PAYMENTS, wish(**change))[0] == 400
