"""Small proofs, each for one kind of bug: they hold of the code and fail with the bug seeded."""

import json
from typing import Any

from shared.http_event import event
from tests.proofs import acts, flows, states
from tests.proofs.flow import Steps
from tests.proofs.invariants import check_books, check_paid, check_settled, ledger, told
from tests.proofs.phases import insist
from tests.support import calls
from tests.support.crash import enumerate_crashes
from tests.support.faults import Fault
from tests.support.orders import (
    close,
    create,
    internal,
    open_order,
    pay,
    payment_of,
    sample,
)
from tests.support.town import Town

_UNKNOWN = {"event_id": "early", "invoice_id": "nobody-1", "version": 1}


def _crash(place: Town, steps: Steps, *kinds: Fault) -> None:
    run, recover, check = steps
    start = place.aws.snapshot()
    enumerate_crashes(run, lambda: place.aws.restore(start), recover, check, kinds, failures_max=1)


def replaced(place: Town, version: int = 2) -> tuple[int, Any]:
    """Another basket: two more roubles."""
    body = json.loads(sample("qr_orders", "create")["body"])
    items = [body["items"][0] | {"price": "401.00", "total": "802.00"}, *body["items"][1:]]
    changes = {"external_order_id": "seeded", "external_version": version}
    return create(place, **changes, items=items, total="1572.00")


def _pay_new(place: Town, order_id: str) -> tuple[int, Any]:
    body = {
        "order_id": order_id,
        "user_id": "guest-1",
        "payment_method": {"type": "card", "id": "card-ok"},
        "version": 2,
        "expected_total": "1572.00",
        "idempotency_key": "new-basket",
    }
    return internal(place, "start_payment", body)


def opened(place: Town) -> str:
    return open_order(place, external_order_id="seeded")


def _row(place: Town, order_id: str) -> Any:
    return next(row for row in place.rows("qr_orders-orders") if row["order_id"] == order_id)


def create_crashes(place: Town) -> None:
    _crash(place, flows.creating(place), Fault.BEFORE)


def hold_crashes(place: Town) -> None:
    order_id = opened(place)
    pay(place, order_id)

    def check() -> None:
        assert payment_of(place, order_id) == "held"

    steps = (lambda: place.settle(rounds=1), lambda: place.sweep_alone(rounds=2), check)
    _crash(place, steps, Fault.BEFORE)


def pay_crashes_guest_leaves(place: Town) -> None:
    """Nobody repeats: whatever is held is known to the order."""
    order_id = opened(place)

    def alone() -> None:
        place.aws.clock.advance(60)
        place.sweep_alone(rounds=2)

    steps = (lambda: pay(place, order_id), alone, lambda: check_settled(place, order_id))
    _crash(place, steps, Fault.BEFORE)


def pay_answers_lost(place: Town) -> None:
    order_id = opened(place)

    def check() -> None:
        assert payment_of(place, order_id) == "held"
        check_books(place, order_id)

    def recover() -> None:
        insist(lambda: pay(place, order_id))
        place.sweep_alone(rounds=2)

    _crash(place, (lambda: pay(place, order_id), recover, check), Fault.LOST_ANSWER_FINAL)


def engine_errs(place: Town) -> None:
    """The engine answers 500 once, then it works."""
    order_id = opened(place)
    faults = {"fail_next": 1, "status": 500, "latency_ms": 0}
    asked = event("POST", "/transactions/faults", body=faults)
    with calls.outside():
        assert place.call("sandbox", "transactions", asked)[0] == 200
    pay(place, order_id)
    place.sweep_alone(rounds=3)
    assert payment_of(place, order_id) == "held"


def replaced_is_one_order(place: Town) -> None:
    order_id = opened(place)
    status, body = replaced(place)
    assert (status, body["order_id"]) == (200, order_id)


def other_body_is_refused(place: Town) -> None:
    opened(place)
    assert replaced(place, version=1)[0] == 409


def replaced_is_paid(place: Town) -> None:
    order_id = opened(place)
    assert replaced(place)[0] == 200
    assert _pay_new(place, order_id)[0] == 200
    place.settle(rounds=2)
    assert ledger(place, f"{order_id}-1")["held"] == 157200
    check_settled(place, order_id)


def second_card(place: Town) -> None:
    order_id = opened(place)
    pay(place, order_id, method="card-insufficient", key="first")
    place.settle(rounds=3)
    assert pay(place, order_id, key="second")[0] == 200
    place.settle(rounds=3)
    assert payment_of(place, order_id) == "held"


def _waits(place: Town) -> None:
    assert any("early" in row["task_id"] for row in place.rows("qr_orders-tasks"))


def unknown_waits(place: Town) -> None:
    place.tell("qr_orders_transactions_callback", _UNKNOWN)
    place.deliver()
    _waits(place)


def _inbox(place: Town) -> Steps:
    place.tell("qr_orders_transactions_callback", _UNKNOWN)

    def delivered_again() -> None:
        place.aws.clock.advance(300)
        place.deliver()

    return place.deliver, delivered_again, lambda: _waits(place)


def inbox_crashes(place: Town) -> None:
    _crash(place, _inbox(place), Fault.BEFORE)


def inbox_answers_lost(place: Town) -> None:
    """A read that ends in a time-out: the message comes again."""
    _crash(place, _inbox(place), Fault.LOST_ANSWER_FINAL)


def messages_lost(place: Town) -> None:
    order_id = opened(place)
    assert pay(place, order_id)[0] == 200
    place.sweep_alone(rounds=2)
    assert payment_of(place, order_id) == "held"


def sweep_crashes(place: Town) -> None:
    _crash(place, flows.sweeping(place), Fault.BEFORE)


def cleared_untold(place: Town) -> tuple[str, dict[str, Any]]:
    order_id = states.clearing(place)
    acts.watching(place, order_id)
    assert told(place, order_id) == []
    return order_id, {"task_id": f"qr_order_process_cleared#{order_id}#1-1"}


def news_crashes(place: Town) -> None:
    """The guest hears of it once, whatever the worker of the cleared payment meets."""
    order_id, task = cleared_untold(place)

    def check() -> None:
        assert told(place, order_id) == ["order_paid"]

    steps = (
        lambda: acts.run(place, "process_cleared", task),
        lambda: place.sweep_alone(rounds=2),
        check,
    )
    _crash(place, steps, Fault.BEFORE)


def too_late(place: Town) -> None:
    order_id = opened(place)
    place.aws.clock.advance(5 * 3600)
    pay(place, order_id)
    place.settle(rounds=2)
    assert ledger(place, f"{order_id}-1")["held"] == 0


def late_news(place: Town) -> None:
    order_id = opened(place)
    pay(place, order_id, method="card-insufficient", key="first")
    place.settle(rounds=3)
    pay(place, order_id, key="second")
    place.settle(rounds=3)
    late = {"event_id": "l", "invoice_id": f"{order_id}-1", "version": 1}
    place.tell("qr_orders_transactions_callback", late)
    place.settle(rounds=2)
    assert payment_of(place, order_id) == "held"
    check_settled(place, order_id)


def final_stays(place: Town) -> None:
    order_id = opened(place)
    close(place, order_id, "cancelled")
    assert close(place, order_id)[0] == 409
    assert _row(place, order_id)["partner_status"] == "cancelled"


def cancel_in_flight(place: Town) -> None:
    """The callback of the hold is lost too."""
    order_id = opened(place)
    pay(place, order_id)
    close(place, order_id, "cancelled")
    place.sweep_alone(rounds=4)
    check_settled(place, order_id)


def reads_are_fresh(place: Town) -> None:
    """Eventually consistent reads and indexes are a write behind, and nobody is misled."""
    with place.aws.stale_reads():
        order_id = opened(place)
        assert pay(place, order_id)[0] == 200
        place.settle(rounds=2)
        assert close(place, order_id)[0] == 200
        place.settle(rounds=5)
    place.sweep_alone(rounds=4)
    check_paid(place, order_id)
