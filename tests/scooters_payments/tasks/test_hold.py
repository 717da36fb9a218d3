"""functions/scooters_payments/tasks/hold.py: from the start to held or failed (SD-19..24)."""

import pytest

from tests.support.rides import AMOUNT, Rides


def parts(place: Rides) -> dict[str, int]:
    return {
        dims.get("Part", "total"): value
        for name, value, dims in place.measured
        if name in ("DepositAuthTimeMs", "DepositAuthPartMs")
    }


def test_the_time_of_an_authorisation_is_split_into_whose_it_was(place: Rides) -> None:
    """Two seconds in our queue, none in the engine, one at the bank, half a second unheard."""
    place.start()
    place.pass_time(2)
    place.deliver()
    place.pass_time(1.5)
    place.deliver()
    split = {"total": 3500, "queue": 2500, "engine": 0, "processor": 1000}
    assert parts(place) == split


def test_a_failed_hold_is_measured_too(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.settle(3)
    assert parts(place)["total"] == 1000
    assert place.counted("DepositNotHeld") == 0


def test_a_decline_after_the_limit_came_too_late(
    place: Rides, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sandbox.cards import CARDS, Card

    slow = Card(decline="insufficient_funds", hold_s=65)
    monkeypatch.setattr("sandbox.cards.CARDS", {**CARDS, "card-late-no": slow})
    place.start(card="card-late-no")
    place.settle(70)
    assert place.status() == "failed"
    assert place.counted("DepositNotHeld") == 1


@pytest.mark.parametrize(
    "card", ["card-callback-lost", "card-callback-dup", "card-callback-reorder"]
)
def test_a_deposit_is_held_once_however_its_callback_comes(place: Rides, card: str) -> None:
    place.start(card=card)
    place.settle(12)
    assert (place.status(), place.ledger()["held"]) == ("held", AMOUNT)


def test_a_refused_hold_is_abandoned_and_looked_after(place: Rides) -> None:
    place.take_down("transactions", 1, status=422)
    place.start()
    place.deliver()
    assert place.status() == "abandoned"
    assert place.tasks() == ["scooters_payments_release#s1-1"]
    place.sweep_alone()
    assert place.tasks() == []


def test_an_invoice_that_moved_other_money_is_nobodys_guess(
    place: Rides, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.start()
    place.deliver()
    monkeypatch.setattr("sandbox.invoice.Invoice.held", 1)
    place.pass_time(2)
    place.deliver()
    assert place.status() == "holding"
    assert place.counted("InvoiceMismatch") >= 1


def test_an_unreadable_invoice_is_no_news(place: Rides, monkeypatch: pytest.MonkeyPatch) -> None:
    place.start()
    place.deliver()
    monkeypatch.setattr("sandbox.invoice.Invoice.held", -1)
    place.pass_time(2)
    place.deliver()
    assert place.status() == "holding"


def test_a_wake_up_of_a_task_that_is_gone_does_nothing(place: Rides) -> None:
    assert place.wake("hold", "nobody") == {"batchItemFailures": []}
