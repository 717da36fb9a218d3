"""functions/sandbox/transactions.py: the contract of SPEC B.1 over HTTP events and a queue."""

import pytest

from tests.sandbox.engine import Engine, Received, basket, draft
from tests.support.intrinsics import Json


def test_identical_create_is_answered_like_the_first(engine: Engine) -> None:
    first = engine.create(draft())

    assert engine.create(draft()) == first == {"id": "i-1", "version": 0, "status": "init"}


def test_create_with_another_body_is_a_conflict(engine: Engine) -> None:
    engine.create(draft())

    assert engine.create(draft(user_id="u-2"), 409)["code"] == "invoice_exists"


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"originator": "nobody"}, "unknown_originator"), ({"currency": "XXX"}, "bad_currency")],
)
def test_create_for_an_unknown_originator_or_currency_is_refused(
    engine: Engine, changes: Json, code: str
) -> None:
    assert engine.create(draft(**changes), 422)["code"] == code


def test_unknown_invoice_is_not_found(engine: Engine) -> None:
    assert engine.get(404)["code"] == "invoice_not_found"
    assert engine.update(basket(1, "1"), 404)["code"] == "invoice_not_found"


def test_hold_arrives_after_the_delay_and_not_before(engine: Engine) -> None:
    engine.create(draft())
    engine.update(basket(1, "100", "54.50"))

    engine.wait(0.999)
    before = engine.get()
    engine.wait(0.001)
    after = engine.get()

    assert (before["status"], before["held"]) == ("holding", "0.00")
    assert (after["status"], after["held"], after["version"]) == ("held", "154.50", 1)
    assert before["transactions"][0]["status"] == "hold_init"
    assert after["transactions"][0]["status"] == "hold_success"
    assert after["operations"] == [{"id": "u1", "version": 1, "status": "done"}]
    assert after["held_at"] == "2026-01-02T10:00:01.000Z"


@pytest.mark.parametrize(
    ("card", "code"),
    [
        ("card-insufficient", "insufficient_funds"),
        ("card-blocked", "card_blocked"),
        ("nobody-knows-it", "do_not_honor"),
    ],
)
def test_declined_card_fails_the_hold_with_its_code(engine: Engine, card: str, code: str) -> None:
    engine.held(card=card)

    invoice = engine.get()

    assert invoice["status"] == "hold_failed"
    assert invoice["transactions"][0]["status"] == "hold_fail"
    assert invoice["transactions"][0]["error_code"] == code
    assert invoice["operations"][0]["status"] == "failed"
    assert engine.entries() == []


def test_repeated_update_is_answered_and_changes_nothing(engine: Engine) -> None:
    engine.create(draft())
    first = engine.update(basket(1, "100"))

    assert engine.update(basket(1, "100")) == first
    assert first["operation"]["status"] == "init"
    assert first["version"] == 1


def test_operation_with_another_body_is_a_conflict(engine: Engine) -> None:
    engine.held()

    assert engine.update(basket(1, "99"), 409)["code"] == "operation_conflict"


def test_update_of_a_stale_version_says_the_current_one(engine: Engine) -> None:
    engine.held()

    refused = engine.update(basket(1, "50", operation_id="other"), 409)

    assert refused["code"] == "version_conflict"
    assert refused["details"] == {"current_version": 1}


@pytest.mark.parametrize(
    ("amounts", "code"),
    [((), "zero_amount"), (("0", "0.00"), "zero_amount"), (("-1",), "bad_amount")]
    + [((text,), "bad_amount") for text in ("1.005", "1e3", "", "NaN", " 1", "١٠")],
)
def test_basket_without_a_positive_exact_amount_is_refused(
    engine: Engine, amounts: tuple[str, ...], code: str
) -> None:
    engine.create(draft())

    assert engine.update(basket(1, *amounts), 422)["code"] == code


def test_clear_takes_what_is_held_once(engine: Engine) -> None:
    engine.cleared()

    engine.clear()
    engine.wait()

    assert engine.get()["status"] == "cleared"
    assert engine.get()["cleared"] == "100.00"
    assert engine.entries() == [("hold", "100.00"), ("clear", "100.00")]


def test_clear_by_another_operation_is_refused(engine: Engine) -> None:
    engine.cleared()

    refused = engine.clear(409, operation_id="c2")

    assert (refused["code"], refused["details"]) == ("not_held", {"status": "cleared"})


def test_clear_of_what_is_not_held_yet_is_refused(engine: Engine) -> None:
    engine.create(draft())
    assert engine.clear(409)["details"] == {"status": "init"}
    engine.update(basket(1, "100"))
    assert engine.clear(409)["details"] == {"status": "holding"}


def test_lower_basket_before_the_clear_releases_a_part_of_the_hold(engine: Engine) -> None:
    engine.held()

    engine.update(basket(2, "60"))
    engine.wait()

    assert (engine.get()["status"], engine.get()["held"]) == ("held", "60.00")
    assert engine.sums() == ["100.00", "0.00", "40.00", "0.00", "60.00"]


def test_higher_basket_before_the_clear_raises_the_hold(engine: Engine) -> None:
    engine.held()

    engine.update(basket(2, "130"))
    engine.wait()

    assert engine.entries() == [("hold", "100.00"), ("hold", "30.00")]


def test_empty_basket_and_clear_give_the_hold_back(engine: Engine) -> None:
    engine.held()

    engine.update(basket(2))
    assert engine.get()["status"] == "held"
    engine.clear()
    assert engine.get()["status"] == "clearing"
    engine.wait()

    assert engine.get()["status"] == "cancelled"
    assert engine.sums() == ["100.00", "0.00", "100.00", "0.00", "0.00"]


def test_empty_basket_alone_leaves_the_hold_in_place(engine: Engine) -> None:
    engine.held()

    engine.update(basket(2))
    engine.wait(60)

    assert (engine.get()["status"], engine.get()["held"]) == ("held", "100.00")


def test_cancel_asked_for_while_holding_cannot_be_taken_back_or_asked_again(
    engine: Engine,
) -> None:
    engine.create(draft())
    engine.update(basket(1, "100"))
    engine.update(basket(2))
    engine.clear()

    refused = engine.update(basket(3, "100"), 409)
    again = engine.clear(409, operation_id="c2")

    assert (refused["code"], refused["details"]) == ("update_not_allowed", {"status": "holding"})
    assert (again["code"], again["details"]) == ("not_held", {"status": "holding"})


def test_cancel_while_holding_releases_the_hold_when_it_arrives(engine: Engine) -> None:
    engine.create(draft())
    engine.update(basket(1, "100"))
    engine.update(basket(2))
    engine.clear()

    assert engine.get()["status"] == "holding"
    engine.wait(2)

    assert engine.get()["status"] == "cancelled"
    assert engine.entries() == [("hold", "100.00"), ("void", "100.00")]


def test_lower_basket_after_the_clear_refunds_the_difference(engine: Engine) -> None:
    engine.cleared()

    engine.update(basket(2, "70"))
    assert engine.get()["status"] == "refunding"
    engine.wait()

    assert (engine.get()["status"], engine.get()["refunded"]) == ("cleared", "30.00")


def test_refunds_down_to_nothing_end_as_refunded(engine: Engine) -> None:
    engine.cleared()

    for version, amounts in ((2, ("70",)), (3, ())):
        engine.update(basket(version, *amounts))
        engine.wait()

    assert engine.get()["status"] == "refunded"
    assert engine.sums() == ["100.00", "100.00", "0.00", "100.00", "0.00"]


def test_higher_basket_after_the_clear_is_refused(engine: Engine) -> None:
    engine.cleared()

    refused = engine.update(basket(2, "100.01"), 422)

    assert refused["code"] == "amount_increase_not_supported"


def test_basket_of_an_ended_or_busy_invoice_stays_as_it_is(engine: Engine) -> None:
    engine.held()
    engine.clear()

    refused = engine.update(basket(2, "50"), 409)

    assert (refused["code"], refused["details"]) == ("update_not_allowed", {"status": "clearing"})


def test_movements_enter_the_ledger_without_anybody_reading_between(engine: Engine) -> None:
    engine.create(draft())
    engine.update(basket(1, "100"))
    engine.update(basket(2, "60"))
    engine.wait(1000)

    assert engine.entries() == [("hold", "100.00"), ("void", "40.00")]


@pytest.mark.parametrize("amount", ["0.01", "999999999.99"])
def test_sums_of_the_ledger_add_up(engine: Engine, amount: str) -> None:
    engine.cleared(amount)

    assert engine.sums() == [amount, amount, "0.00", "0.00", "0.00"]


def test_callback_tells_the_end_of_the_hold_when_it_is_true(
    engine: Engine, received: Received
) -> None:
    engine.held()

    assert received() == [
        {
            "delay_s": 1,
            "event_id": "i-1:u1",
            "invoice_id": "i-1",
            "originator": "qr_payments",
            "version": 1,
            "event": "operation_finished",
            "operation_id": "u1",
            "status": "done",
            "created_at": "2026-01-02T10:00:01.000Z",
        }
    ]


def test_callbacks_name_what_ended(engine: Engine, received: Received) -> None:
    engine.cleared()
    engine.update(basket(2, "70"))

    events = [(message["event"], message["version"]) for message in received()]

    assert events == [("operation_finished", 1), ("transaction_cleared", 1), ("refund_finished", 2)]


def test_callback_of_a_declined_card_carries_the_code(engine: Engine, received: Received) -> None:
    engine.held(card="card-insufficient")

    (message,) = received()

    assert (message["status"], message["error_code"]) == ("failed", "insufficient_funds")


def test_repeated_call_sends_no_second_callback(engine: Engine, received: Received) -> None:
    engine.held()

    engine.update(basket(1, "100.00"))

    assert len(received()) == 1


def test_lost_send_does_not_fail_the_call(engine: Engine) -> None:
    engine.held()  # there is no queue at all

    assert engine.get()["status"] == "held"


def test_invoice_shows_the_fields_of_the_contract(engine: Engine) -> None:
    engine.cleared()

    assert set(engine.get()) == {
        *("id", "version", "status", "currency", "held", "cleared", "refunded", "items"),
        *("operations", "transactions", "payment_method", "created_at", "held_at", "cleared_at"),
        "auth_expires_at",
    }
