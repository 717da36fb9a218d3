"""What operators may set: rollout, fail policy, when money goes back, resizes (SD-18, 25, 26)."""

import pytest

from scooters_payments.model.rollout import Rollout
from tests.support.rides import LIMIT_S, rides

RELEASING = (200, {"status": "releasing"})


def test_without_rollout_only_the_team_has_deposits() -> None:
    with rides(DepositRolloutPercent="0", DepositRolloutUsers="rider-1, rider-9") as place:
        assert place.start("s1")[1]["deposit"] == "started"
        other = place.start("s2", user_id="rider-2")
        assert other[1] == {"payment_id": "s2", "deposit": "skipped", "reason": "rollout"}


def test_the_decision_of_a_session_stays_when_the_rollout_grows(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with rides(DepositRolloutPercent="0") as place:
        place.start()
        monkeypatch.setattr(Rollout, "takes", lambda *_: True)

        assert place.start()[1]["reason"] == "rollout"
        assert place.start("s2")[1]["deposit"] == "started"


def test_a_denied_reason_keeps_the_rider_and_the_deposit() -> None:
    with rides(FailPolicyDeny="no_invoice,hold_timeout") as strict:
        unknown = strict.check("s9")
        assert unknown[1]["allow_ride"] is False
        assert unknown[1]["reason"] == "no_invoice"
        assert strict.rows("deposits") == []

        strict.start(card="card-slow-65")
        strict.deliver()
        strict.pass_time(LIMIT_S)
        status, late = strict.check()
        assert (status, late["allow_ride"], late["reason"]) == (200, False, "hold_timeout")
        assert strict.counted("DepositRideAllowedWithProblem") == 0


def test_a_denied_reason_that_does_not_exist_is_refused_at_the_cold_start() -> None:
    with (
        rides(FailPolicyDeny="no_invoise") as place,
        pytest.raises(ValueError, match="FAIL_POLICY_DENY"),
    ):
        place.check()


def test_the_money_waits_for_the_rides_payment_where_that_is_the_rule() -> None:
    with rides(ReleaseAfter="ride_paid") as place:
        place.start()
        place.settle(3)
        assert place.finish() == RELEASING
        place.settle(10)
        assert place.status() == "held"

        place.tell("ride_paid")
        place.settle(5)
        assert (place.status(), place.ledger()["open"]) == ("released", 0)
        assert place.deposit()["ended_by"] == "ride_finished"


@pytest.mark.parametrize("reason", ["booking_cancelled", "support"])
def test_nothing_waits_for_the_payment_of_a_ride_that_was_none(reason: str) -> None:
    with rides(ReleaseAfter="ride_paid") as place:
        place.start()
        place.settle(3)
        place.finish(reason=reason)
        place.settle(5)
        assert place.status() == "released"


def test_a_ride_over_before_its_hold_was_sent_never_holds() -> None:
    with rides(ReleaseAfter="ride_paid") as place:
        place.start()
        assert place.finish() == RELEASING
        place.settle(3)
        assert (place.status(), place.ledger()["held"]) == ("releasing", 0)


def test_resizing_is_off_until_it_is_switched_on() -> None:
    with rides(DepositUpdateEnabled="false") as place:
        place.start()
        place.settle(3)
        assert place.update(2, "500.00")[1]["code"] == "update_disabled"


def test_a_deposit_that_may_be_open_for_minutes_is_asked_about_without_the_sweeper() -> None:
    with rides(DepositOpenMaxMin="10") as place:
        place.start()
        place.settle(3)
        place.ride("finished")
        place.pass_time(600)
        place.settle(5)

        assert (place.status(), place.deposit()["ended_by"]) == ("released", "left_open")
