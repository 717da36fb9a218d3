"""Test cards and amounts of transactions, over HTTP events and a queue (SPEC B.14)."""

import pytest

from tests.sandbox.engine import Engine, Received, basket
from tests.support.intrinsics import Json


def ends(messages: list[Json]) -> list[tuple[str, str, str]]:
    return [(each["event_id"], each["event"], each["status"]) for each in messages]


def test_slow_card_is_held_after_65_seconds_and_not_before(
    engine: Engine, received: Received
) -> None:
    engine.holding(card="card-slow-65")

    engine.wait(64.999)
    assert engine.get()["status"] == "holding"
    engine.wait(0.001)

    assert engine.get()["status"] == "held"
    assert [message["delay_s"] for message in received()] == [65]


def test_slow_card_is_cleared_as_fast_as_any(engine: Engine) -> None:
    engine.holding(card="card-slow-65")
    engine.wait(65)

    engine.clear()
    engine.wait()

    assert engine.get()["status"] == "cleared"


def test_guest_is_sent_to_the_bank_while_the_hold_waits_for_him(engine: Engine) -> None:
    engine.holding(card="card-3ds")
    engine.wait(299)

    invoice = engine.get()

    assert invoice["status"] == "holding"
    assert invoice["three_ds"] == {"redirect_url": "https://3ds.sandbox.example/i-1"}


def test_confirmed_hold_arrives_after_the_delay_and_sends_nobody_to_the_bank(
    engine: Engine, received: Received
) -> None:
    engine.holding(card="card-3ds")
    engine.wait(100)
    assert received() == []

    assert engine.confirm_3ds()["status"] == "holding"
    assert "three_ds" not in engine.get()
    engine.wait()

    assert engine.get()["status"] == "held"
    assert ends(received()) == [("i-1:u1", "operation_finished", "done")]
    assert received()[0]["delay_s"] == 1


def test_second_confirmation_changes_nothing(engine: Engine, received: Received) -> None:
    engine.holding(card="card-3ds")
    engine.confirm_3ds()
    engine.wait()

    assert engine.confirm_3ds()["status"] == "held"
    assert len(received()) == 1


def test_unconfirmed_hold_fails_and_tells_so_when_somebody_looks(
    engine: Engine, received: Received
) -> None:
    engine.holding(card="card-3ds")
    engine.wait(310)

    invoice = engine.get()

    assert invoice["status"] == "hold_failed"
    assert invoice["transactions"][0]["error_code"] == "three_ds_failed"
    assert "three_ds" not in invoice
    (message,) = received()
    assert (message["status"], message["error_code"]) == ("failed", "three_ds_failed")
    assert message["delay_s"] == 0


def test_confirmation_that_nobody_waits_for_is_a_conflict(engine: Engine) -> None:
    engine.holding()
    other_card = engine.confirm_3ds(409)

    assert other_card["code"] == "confirmation_not_awaited"
    assert other_card["details"] == {"status": "holding"}


def test_confirmation_after_the_time_is_over_is_a_conflict(engine: Engine) -> None:
    engine.holding(card="card-3ds")
    engine.wait(300)

    assert engine.confirm_3ds(409)["details"] == {"status": "hold_failed"}


def test_cancel_before_the_confirmation_voids_the_hold_that_it_brings(
    engine: Engine, received: Received
) -> None:
    engine.holding(card="card-3ds")
    engine.update(basket(2))
    engine.clear()
    engine.confirm_3ds()
    engine.wait(2)

    assert engine.get()["status"] == "cancelled"
    assert {message["event_id"] for message in received()} == {"i-1:u1", "i-1:u2", "i-1:c"}


def test_raised_basket_asks_for_no_second_confirmation(engine: Engine) -> None:
    engine.holding(card="card-3ds")
    engine.confirm_3ds()
    engine.wait()

    engine.update(basket(2, "130"))
    engine.wait()

    assert engine.get()["held"] == "130.00"


def test_failed_clear_leaves_the_money_held(engine: Engine, received: Received) -> None:
    engine.cleared(card="card-clear-fails-2x")

    invoice = engine.get()

    assert (invoice["status"], invoice["held"], invoice["cleared"]) == ("held", "100.00", "0.00")
    assert [each["status"] for each in invoice["transactions"]] == ["hold_success", "clear_fail"]
    assert invoice["transactions"][1]["error_code"] == "technical_error"
    assert engine.sums() == ["100.00", "0.00", "0.00", "0.00", "100.00"]
    assert ends(received())[1:] == [("i-1:c", "operation_finished", "failed")]


@pytest.mark.parametrize("names", [("c", "c", "c"), ("c", "c2", "c3"), ("c", "c2", "c")])
def test_third_clear_succeeds_under_the_same_operation_or_another(
    engine: Engine, names: tuple[str, ...]
) -> None:
    engine.held(card="card-clear-fails-2x")

    for name in names:
        assert engine.clear(operation_id=name)["operation"]["status"] == "init"
        engine.wait()

    assert engine.get()["status"] == "cleared"
    assert engine.sums() == ["100.00", "100.00", "0.00", "0.00", "0.00"]


def test_each_end_of_a_clear_tried_again_is_an_event_of_its_own(
    engine: Engine, received: Received
) -> None:
    engine.held(card="card-clear-fails-2x")

    for _ in range(3):
        engine.clear()
        engine.clear()  # a repeat while it runs tries nothing
        engine.wait()

    assert ends(received())[1:] == [
        ("i-1:c", "operation_finished", "failed"),
        ("i-1:c:2", "operation_finished", "failed"),
        ("i-1:c:3", "transaction_cleared", "done"),
    ]


def test_late_repeat_of_a_failed_clear_is_answered_once_another_took_the_money(
    engine: Engine,
) -> None:
    engine.held(card="card-clear-fails-2x")
    for name in ("c", "c2", "c3"):
        engine.clear(operation_id=name)
        engine.wait()

    repeated = engine.clear(operation_id="c")

    assert (repeated["status"], repeated["operation"]["status"]) == ("cleared", "failed")
    assert engine.entries() == [("hold", "100.00"), ("clear", "100.00")]


def test_hold_of_a_failed_clear_can_still_be_given_back(engine: Engine) -> None:
    engine.cleared(card="card-clear-fails-2x")

    engine.update(basket(2))
    engine.clear()
    engine.wait()

    assert engine.get()["status"] == "cancelled"


@pytest.mark.parametrize(("card", "copies"), [("card-callback-lost", 0), ("card-callback-dup", 2)])
def test_card_of_its_name_loses_or_doubles_the_callback(
    engine: Engine, received: Received, card: str, copies: int
) -> None:
    engine.held(card=card)

    assert engine.get()["status"] == "held"
    assert [message["event_id"] for message in received()] == ["i-1:u1"] * copies


def test_card_of_its_name_lets_the_clear_overtake_the_hold(
    engine: Engine, received: Received
) -> None:
    engine.cleared(card="card-callback-reorder")

    hold, clear = received()

    assert clear["created_at"] > hold["created_at"]
    assert (hold["delay_s"], clear["delay_s"]) == (31, 1)


def test_total_of_the_token_breaks_the_update_before_any_effect(
    engine: Engine, received: Received
) -> None:
    engine.held()
    before = engine.get()

    broken = engine.update(basket(2, "50.00", "20.13"), 500)

    assert broken["code"] == "technical_error"
    assert engine.get() == before
    assert len(received()) == 1


def test_line_of_the_token_alone_breaks_nothing(engine: Engine) -> None:
    engine.held()

    engine.update(basket(2, "50.00", "20.13", "0.07"))
