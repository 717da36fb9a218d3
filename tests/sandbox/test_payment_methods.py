"""functions/sandbox/payment_methods.py: what a guest may pay with (SPEC B.3)."""

from sandbox.cards import CARDS
from tests.sandbox.engine import Call

ROUTE = "/payment_methods/v1/payment-methods-availability"
ASKED = {
    "user_id": "u-1",
    "currency": "RUB",
    "service": "qr_payments",
    "order": {"partner_id": "p-1"},
}


def test_guest_has_cards_that_work_one_that_does_not_and_a_method_without_a_hold(
    call: Call,
) -> None:
    status, found = call("POST", ROUTE, ASKED)

    methods = {method["id"]: method for method in found["payment_methods"]}
    assert status == 200
    assert found["last_used"] == {"type": "card", "id": "card-ok"}
    assert methods["card-blocked"]["availability"] == {
        "available": False,
        "disabled_reason": "card_blocked",
    }
    assert methods["card-insufficient"]["supports"]["hold"]
    assert not methods["sbp"]["supports"]["hold"]


def test_every_test_card_is_on_the_list(call: Call) -> None:
    _, found = call("POST", ROUTE, ASKED)

    cards = [method["id"] for method in found["payment_methods"] if method["type"] == "card"]

    assert sorted(cards) == sorted(CARDS)


def test_question_without_a_user_is_malformed(call: Call) -> None:
    status, _ = call("POST", ROUTE, {**ASKED, "user_id": ""})

    assert status == 400
