"""functions/scooters_payments/payment_start.py: one deposit a session, whoever repeats (SD-11)."""

from typing import Any

import pytest

from scooters_payments.model.rollout import Rollout
from tests.support.rides import Rides


def test_a_start_is_accepted_at_once_and_its_task_does_the_rest(place: Rides) -> None:
    assert place.start() == (200, {"payment_id": "s1", "deposit": "started"})

    assert place.status() == "created"
    assert place.tasks() == ["scooters_payments_close_left_open#s1", "scooters_payments_hold#s1"]
    assert place.town.rows("sandbox-invoices") == []


def test_a_repeat_is_answered_like_the_first_and_changes_nothing(place: Rides) -> None:
    first = place.start()
    place.settle()
    before = place.deposit()

    assert place.start() == first
    assert place.deposit() == before


@pytest.mark.parametrize(
    "change",
    [
        {"user_id": "rider-2"},
        {"offer_id": "o2"},
        {"city": "spb"},
        {"deposit": {"amount": "300.01", "currency": "RUB"}},
        {"deposit": {"amount": "300.00", "currency": "KZT"}},
    ],
)
def test_another_start_of_the_session_is_a_conflict(place: Rides, change: Any) -> None:
    place.start()
    status, refused = place.start(**change)

    assert (status, refused["code"]) == (409, "idempotency_conflict")


def test_another_card_has_to_wait_until_the_first_is_declined(place: Rides) -> None:
    place.start(card="card-insufficient")
    status, refused = place.start(card="card-ok")
    assert (status, refused["code"]) == (409, "deposit_exists")
    assert refused["details"] == {"status": "created"}

    place.settle()
    assert place.start(card="card-ok")[0] == 200
    place.settle()

    assert (place.status(), place.deposit()["attempt"]) == ("held", 2)
    assert (place.ledger("s1-1")["held"], place.ledger("s1-2")["open"]) == (0, 30000)


def test_a_late_repeat_of_the_declined_start_does_not_replace_the_held_card(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.settle()
    place.start(card="card-ok")
    place.settle()

    assert place.start(card="card-insufficient")[1]["code"] == "deposit_exists"
    assert place.status() == "held"


@pytest.mark.parametrize(
    ("amount", "code"),
    [("10000.01", "amount_too_large"), ("1.001", "bad_amount")],
)
def test_an_amount_that_cannot_be_a_deposit_is_refused(
    place: Rides, amount: str, code: str
) -> None:
    status, refused = place.start(deposit={"amount": amount, "currency": "RUB"})

    assert (status, refused["code"]) == (422, code)
    assert place.rows("deposits") == []


def test_a_deposit_of_nothing_is_skipped(place: Rides) -> None:
    answer = place.start(deposit={"amount": "0.00", "currency": "RUB"})

    assert answer[1] == {"payment_id": "s1", "deposit": "skipped", "reason": "zero_amount"}
    assert place.tasks() == []


def test_a_start_after_the_end_holds_nothing(place: Rides) -> None:
    place.finish()

    assert place.start()[1] == {"payment_id": "s1", "deposit": "skipped", "reason": "finished"}
    assert place.tasks() == []


def test_a_start_after_the_ride_was_let_go_holds_nothing(place: Rides) -> None:
    place.check()

    assert place.start()[1]["reason"] == "ride_begun"
    assert place.tasks() == []


def test_no_further_card_is_tried_when_the_ride_is_over(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.settle()
    place.finish()

    assert place.start(card="card-ok")[1]["code"] == "deposit_exists"
    assert place.status() == "finished"


RIDERS = [f"rider-{number}" for number in range(2000)]


@pytest.mark.parametrize(
    ("percent", "least", "most"), [(0, 0, 0), (50, 900, 1100), (100, 2000, 2000)]
)
def test_so_many_riders_in_a_hundred_have_deposits(percent: int, least: int, most: int) -> None:
    rollout = Rollout(percent, "salt")
    assert least <= sum(rollout.takes(each, "msk") for each in RIDERS) <= most


def test_more_percent_lose_nobody_and_another_salt_chooses_others() -> None:
    def taken(percent: int, salt: str) -> set[str]:
        return {each for each in RIDERS if Rollout(percent, salt).takes(each, "")}

    assert taken(10, "a") <= taken(30, "a")
    assert taken(10, "a") != taken(10, "b")


def test_the_percentage_holds_in_the_cities_it_is_given_for() -> None:
    rollout = Rollout(100, "salt", frozenset({"rider-1"}), frozenset({"msk"}))
    assert rollout.takes("rider-2", "msk")
    assert not rollout.takes("rider-2", "spb")
    assert rollout.takes("rider-1", "spb")
