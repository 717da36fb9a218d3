"""Flows of the end of an order by the clock or by a silent till, and of the day's comparison."""

from datetime import timedelta

from tests.proofs.acts import (
    SILENCE_S,
    TTL_S,
    checking,
    expire,
    state_of,
    tasks_of,
)
from tests.proofs.flow import Flow, Steps, flows_of
from tests.proofs.invariants import check_books, check_paid, ledger, told
from tests.proofs.phases import insist
from tests.proofs.states import hasty_order
from tests.qr_orders.support import hasty
from tests.support.orders import TOTAL_MINOR, close, create, open_order, pay
from tests.support.town import Town


def opening_hasty(place: Town) -> Steps:
    """A time to live that a message can wait for, set anew by the next basket."""

    def say(version: int) -> None:
        body = {"external_order_id": "hasty", "external_version": version, "table": str(version)}
        partner = hasty(SILENCE_S)
        insist(lambda: create(place, **body, expires_in_sec=TTL_S, partner=partner))

    def both() -> None:
        say(1)
        say(2)

    def check() -> None:
        rows = place.rows("qr_orders-orders")
        (order_id,) = [row["order_id"] for row in rows if row["external_order_id"] == "hasty"]
        check_books(place, order_id)
        assert tasks_of(place, order_id) == [f"qr_order_expired#{order_id}"]

    return both, lambda: say(2), check


def expiring_held(place: Town) -> Steps:
    """The money goes back."""
    intents = ["order_cancelled"]
    return _of_held(place, "cancel", ("cancelled", "expired"), TOTAL_MINOR, intents)


def expiring_held_closed(place: Town) -> Steps:
    """The restaurant wants the money of a till that forgot to close."""
    return _of_held(place, "close", ("cleared", "closed"), 0, ["order_paid"])


def _of_held(
    place: Town, policy: str, end: tuple[str, str], voided: int, intents: list[str]
) -> Steps:
    order_id = hasty_order(place, on_expire_held=policy)
    assert pay(place, order_id)[0] == 200
    place.settle(rounds=2)
    assert state_of(place, order_id) == ("held", "open")
    place.aws.clock.advance(TTL_S)

    def check() -> None:
        check_books(place, order_id)
        assert state_of(place, order_id) == end
        assert ledger(place, f"{order_id}-1")["voided"] == voided
        assert told(place, order_id) == intents
        assert tasks_of(place, order_id) == []

    def recover() -> None:
        _sweep_once(place)
        place.sweep_alone(rounds=8)

    return lambda: expire(place, order_id), recover, check


def expiring_unpaid(place: Town) -> Steps:
    order_id = hasty_order(place)
    place.lose_messages()
    place.aws.clock.advance(TTL_S)
    return (
        lambda: expire(place, order_id),
        lambda: _sweep_once(place),
        lambda: _check_expired(place, order_id),
    )


def checking_activity(place: Town) -> Steps:
    ids = [hasty_order(place, f"silent-{number}") for number in range(2)]
    place.lose_messages()
    place.aws.clock.advance(SILENCE_S)

    def check() -> None:
        for order_id in ids:
            _check_expired(place, order_id)

    def work() -> None:
        checking(place, "")

    return work, work, check


def comparing_day(place: Town) -> Steps:
    """Only reads: told, never corrected (R14)."""
    order_id = open_order(place, external_order_id="compared")
    assert pay(place, order_id)[0] == 200
    place.settle(rounds=2)
    assert close(place, order_id)[0] == 200
    place.settle(rounds=5, seconds=4)
    place.aws.clock.advance(timedelta(days=1).total_seconds())

    def compare() -> None:
        place.run("qr_orders", "crons.reconcile", {})
        place.deliver()

    def recover() -> None:
        compare()
        place.sweep_alone(rounds=4)

    def check() -> None:
        check_paid(place, order_id)
        assert not any("compare" in row["task_id"] for row in place.rows("qr_orders-tasks"))

    return compare, recover, check


def _sweep_once(place: Town) -> None:
    """A timer that died is due again when its lease is over."""
    place.aws.clock.advance(45)
    place.sweep()
    place.deliver()


def _check_expired(place: Town, order_id: str) -> None:
    check_books(place, order_id)
    assert state_of(place, order_id) == ("expired", "expired")
    assert tasks_of(place, order_id) == []


EXPIRY_FLOWS: tuple[Flow, ...] = flows_of(
    *(
        opening_hasty,
        expiring_held,
        expiring_held_closed,
        expiring_unpaid,
        checking_activity,
        comparing_day,
    )
)
