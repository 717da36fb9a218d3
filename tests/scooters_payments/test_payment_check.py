"""functions/scooters_payments/payment_check.py: the table of A.8.3, to the millisecond."""

import pytest

from scooters_payments.model import DECLINES
from tests.support.intrinsics import Json
from tests.support.rides import LIMIT_S, Rides

WAIT = {"status": "processing", "allow_ride": False, "retry_after_ms": 1000}
TIMEOUT = {"status": "processing", "allow_ride": True, "reason": "hold_timeout"}
NO_INVOICE = {"status": "none", "allow_ride": True, "reason": "no_invoice"}
ONE_MS = 0.001


def allowed_with(place: Rides) -> list[str]:
    name = "DepositRideAllowedWithProblem"
    return [dims["Reason"] for metric, _, dims in place.measured if metric == name]


def test_a_skipped_deposit_is_not_required(place: Rides) -> None:
    place.start(deposit={"amount": "0", "currency": "RUB"})
    assert place.check() == (200, {"status": "not_required", "allow_ride": True})


def test_a_held_deposit_lets_the_rider_go_and_says_how_long_it_took(place: Rides) -> None:
    place.start()
    place.settle(3)
    held = {"status": "held", "allow_ride": True, "auth_time_ms": 1000}
    assert place.check() == (200, held)
    assert place.counted("DepositRideAllowed") == 1
    assert allowed_with(place) == []


@pytest.mark.parametrize(("late_s", "verdict"), [(-ONE_MS, WAIT), (0, TIMEOUT), (ONE_MS, TIMEOUT)])
def test_a_hold_under_way_keeps_the_rider_until_the_limit_and_goes_on(
    place: Rides, late_s: float, verdict: Json
) -> None:
    place.start(card="card-slow-65")
    place.deliver()
    place.pass_time(LIMIT_S + late_s)

    assert place.check() == (200, verdict)
    assert allowed_with(place) == (["hold_timeout"] if verdict is TIMEOUT else [])
    place.settle(10)
    assert place.status() == "held"


@pytest.mark.parametrize(
    ("late_s", "verdict", "status"),
    [
        (-ONE_MS, WAIT, "created"),
        (0, NO_INVOICE, "abandoned"),
        (ONE_MS, NO_INVOICE, "abandoned"),
    ],
)
def test_a_start_whose_task_never_came_keeps_the_rider_until_the_limit(
    place: Rides, late_s: float, verdict: Json, status: str
) -> None:
    place.start()
    place.aws.lose_messages()
    place.pass_time(LIMIT_S + late_s)

    assert place.check() == (200, verdict)
    assert place.status() == status


@pytest.mark.parametrize(
    ("late_s", "status"), [(-ONE_MS, "holding"), (0, "abandoned"), (ONE_MS, "abandoned")]
)
def test_nothing_is_sent_to_the_engine_past_the_limit(
    place: Rides, late_s: float, status: str
) -> None:
    place.start()
    place.pass_time(LIMIT_S + late_s)
    place.wake("hold", "s1")

    assert place.status() == status
    invoices = place.town.rows("sandbox-invoices")
    assert len(invoices) == (1 if status == "holding" else 0)


def test_an_engine_that_is_down_lets_the_rider_go_at_once_and_for_good(place: Rides) -> None:
    place.start()
    place.take_down("transactions")
    place.deliver()
    assert place.check() == (200, NO_INVOICE)
    place.take_down("transactions", 0)
    place.settle(90)

    assert place.status() == "abandoned"
    assert place.ledger()["held"] == 0
    assert place.tasks() == []
    assert place.counted("DepositNotHeld") == 1
    assert allowed_with(place) == ["no_invoice"]


def test_an_engine_that_comes_back_before_the_ride_holds_all_the_same(place: Rides) -> None:
    place.start()
    place.take_down("transactions", 2)
    place.settle(20)
    assert place.check()[1]["status"] == "held"


def test_an_unheard_hold_of_an_abandoned_deposit_goes_back(place: Rides) -> None:
    """The engine takes the call and its answer is lost; the rider is let go meanwhile."""
    place.start()
    place.take_down("transactions")
    place.deliver()
    place.take_down("transactions", 0)
    before = place.aws.snapshot()
    place.settle(1)
    invoices = place.town.rows("sandbox-invoices")
    del before
    place.check()
    place.sweep_alone()
    assert invoices == place.town.rows("sandbox-invoices") or place.ledger()["open"] == 0
    assert place.ledger()["open"] == 0


def test_a_start_that_never_arrived_lets_the_rider_go(place: Rides) -> None:
    assert place.check() == (200, NO_INVOICE)
    assert place.check() == (200, NO_INVOICE)


@pytest.mark.parametrize(
    ("card", "code"),
    [("card-insufficient", "insufficient_funds"), ("card-blocked", "card_blocked")],
)
def test_only_a_definite_decline_is_a_402(place: Rides, card: str, code: str) -> None:
    place.start(card=card)
    place.settle(3)
    status, body = place.check()

    assert (status, body["code"]) == (402, "deposit_declined")
    wanted = {"decline_reason": code, "can_retry_with_other_method": True}
    assert body["details"] == wanted
    assert place.counted("DepositRideAllowed") == 0


@pytest.mark.parametrize("code", ["technical_error", "psp_says_something_new", ""])
def test_any_other_failure_of_a_hold_lets_the_rider_go(
    place: Rides, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    assert code not in DECLINES
    monkeypatch.setattr("sandbox.cards._UNKNOWN", _declining(code))
    place.start(card="card-strange")
    place.settle(3)

    verdict = {"status": "failed", "allow_ride": True, "reason": "technical_error"}
    assert place.check() == (200, verdict)
    assert place.counted("DepositNotHeld") == 1


def _declining(code: str) -> object:
    from sandbox.cards import Card

    return Card(decline=code or "technical_error")


def test_a_fault_of_our_own_is_a_5xx_and_never_a_402(
    place: Rides, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.start()
    module = place.town.module("scooters_payments", "payment_check")

    def broken(_session_id: str) -> None:
        raise RuntimeError("ours")

    monkeypatch.setattr(type(module.checks), "_verdict", lambda _self, one: broken(one))
    assert place.check()[0] == 500


def test_an_older_hold_is_asked_about_before_the_rider_is_told_to_wait(place: Rides) -> None:
    """The callback is lost and the poll is not due: the check itself looks (D6)."""
    place.start(card="card-callback-lost")
    place.wake("hold", "s1")
    place.aws.lose_messages()
    place.pass_time(5 - ONE_MS)
    assert place.check() == (200, WAIT)
    place.pass_time(ONE_MS)
    assert place.check()[1]["status"] == "held"


def test_an_engine_that_does_not_answer_the_check_is_no_verdict(place: Rides) -> None:
    place.start(card="card-slow-65")
    place.deliver()
    place.pass_time(10)
    place.take_down("transactions")
    assert place.check() == (200, WAIT)


@pytest.mark.parametrize(("seconds", "status"), [(0, "releasing"), (5, "released")])
def test_a_returned_deposit_stops_nobody(place: Rides, seconds: int, status: str) -> None:
    place.start()
    place.settle(3)
    place.give_back()
    place.settle(seconds) if seconds else None
    wanted = {"status": status, "allow_ride": True, "reason": "finished"}
    assert place.check() == (200, wanted)
