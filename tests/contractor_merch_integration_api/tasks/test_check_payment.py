"""Task merch_check_payment: nothing stays open; who waits too long is closed (CM-24, PU4)."""

import pytest

from shared import logs
from tests.support.checkout import Checkout
from tests.support.intrinsics import Json

TRN = 900001


def ages(here: Checkout) -> list[int]:
    return [value for name, value, _ in here.measured if name == "CmUnknownAgeSec"]


def test_it_learns_what_the_desk_never_asked_for(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    here.drives(TRN, "accept")

    here.look()

    assert here.purchase(TRN)["state"] == "PAID"
    assert here.tasks() == []


def test_it_looks_again_and_again_while_the_driver_thinks(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00", timeout=300)
    for _ in range(5):
        here.look()

    assert here.purchase(TRN)["state"] == "WAITING"
    assert len(here.tasks()) == 1
    assert ages(here) == [5, 10, 15, 20, 25]


@pytest.mark.parametrize(("late_ms", "state"), [(-1, "WAITING"), (0, "EXPIRED")])
def test_the_drivers_time_is_over_to_the_millisecond(
    here: Checkout, late_ms: int, state: str
) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00", timeout=15)

    here.look(15 + late_ms / 1000)

    told = here.desk.status(TRN)
    assert told.state == state
    assert here.balance(TRN) == 0


@pytest.mark.parametrize(("late_ms", "status", "paid"), [(-1, 200, 50000), (0, 409, 0)])
def test_who_accepts_in_the_last_millisecond_has_accepted(
    here: Checkout, late_ms: int, status: int, paid: int
) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00", timeout=15)
    here.clock.advance(15 + late_ms / 1000)

    assert here.drives(TRN, "accept")[0] == status
    here.look(75)

    assert here.balance(TRN) == paid
    assert here.desk.status(TRN).state == ("PAID" if paid else "EXPIRED")


def test_a_payments_service_that_keeps_no_time_is_told_to_cancel(
    here: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may wait for its driver for ever: our expiry is a cancel, not a guess."""
    from contractor_merch_integration_api import clients

    monkeypatch.setattr(clients, "to_iso", lambda _moment: "2099-01-01T00:00:00.000Z")
    here.desk.authorize(TRN, "YM1.accept", "500.00", timeout=15)

    here.look(15)

    assert here.journal(TRN) == ["authorized", "waiting", "wish_expire", "expired"]
    assert here.drives(TRN, "accept")[0] == 409
    assert here.desk.status(TRN).state == "EXPIRED"


def test_a_payment_that_was_made_too_late_to_be_told_goes_back(here: Checkout) -> None:
    here.take_down(1)
    here.desk.authorize(TRN, "YM1.ok", "500.00", timeout=15)

    here.look(15)

    assert here.purchase(TRN)["state"] == "EXPIRED"
    assert here.balance(TRN) == 0
    assert [row["status"] for row in here.payments()] == ["cancelled"]


def test_an_expiry_that_meets_silence_is_repeated(here: Checkout) -> None:
    here.take_down(3)
    here.desk.authorize(TRN, "YM1.ok", "500.00", timeout=15)
    here.look(15)
    assert here.purchase(TRN)["wish"] == "expire"

    for _ in range(3):
        here.look(75)

    assert here.purchase(TRN)["state"] == "EXPIRED"


def test_a_refusal_that_is_not_documented_settles_nothing_and_is_told_in_the_log(
    here: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, Json]] = []
    monkeypatch.setattr(logs, "error", lambda event, *_, **ids: told.append((event, ids)))
    here.take_down(1, status=404)

    here.desk.authorize(TRN, "YM1.ok", "500.00")

    assert here.purchase(TRN)["state"] == "NEW"
    ((event, ids),) = told
    assert (event, ids["system"], ids["status"]) == ("upstream_quarrel", "merch_payments", 404)
    here.look()
    assert here.purchase(TRN)["state"] == "PAID"


def test_it_is_never_given_up(here: Checkout) -> None:
    here.take_down()
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    for _ in range(30):
        here.look(400)
    assert here.purchase(TRN)["state"] == "NEW"
    assert max(ages(here)) > 600

    here.take_down(0)
    here.look(400)

    assert here.tasks() == []


def test_a_message_for_what_is_closed_changes_nothing(here: Checkout) -> None:
    here.take_down(1)
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    (task_id,) = here.tasks()
    here.look()
    before = here.purchase(TRN)

    assert here.check(task_id) == {"batchItemFailures": []}
    assert here.purchase(TRN) == before
