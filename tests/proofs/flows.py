"""Every flow that is crashed at each of its remote calls, and what must hold after it recovered."""

from collections.abc import Callable, Sequence
from unittest.mock import patch

from qr_orders.clients import TransactionsEngine
from qr_orders.model.invoice import Change
from shared.invoices import EngineRefused
from tests.proofs.cashback_flows import CASHBACK_FLOWS
from tests.proofs.expiry_flows import EXPIRY_FLOWS
from tests.proofs.flow import Flow, Steps, flows_of
from tests.proofs.invariants import (
    check_books,
    check_cancelled,
    check_given_back,
    check_paid,
    check_settled,
)
from tests.proofs.partner_flows import PARTNER_FLOWS
from tests.proofs.phases import ALL, insist
from tests.proofs.refund_flows import REFUND_FLOWS
from tests.support.orders import (
    PARTNER,
    asked,
    close,
    create,
    get,
    internal,
    open_order,
    pay,
    payment_of,
)
from tests.support.town import TASKS, Town


def _finish(place: Town, order_id: str) -> None:
    """The guest's app and the till repeat what was not answered; else only the sweeper works."""
    insist(lambda: pay(place, order_id))
    place.sweep_alone(rounds=2)
    insist(lambda: close(place, order_id))
    place.sweep_alone(rounds=6)


def _to_be_paid(place: Town, order_id: str, flow: Callable[[], object]) -> Steps:
    return flow, lambda: _finish(place, order_id), lambda: check_paid(place, order_id)


def _cancel(place: Town, order_id: str) -> Callable[[], None]:
    return lambda: insist(lambda: close(place, order_id, "cancelled"))


def _to_be_cancelled(place: Town, order_id: str, flow: Callable[[], object]) -> Steps:
    def recover() -> None:
        _cancel(place, order_id)()
        place.sweep_alone(rounds=6)

    return flow, recover, lambda: check_cancelled(place, order_id)


def creating(place: Town) -> Steps:
    def repeat() -> None:
        insist(lambda: create(place, external_order_id="crashed"))

    def one() -> None:
        rows = place.rows("qr_orders-orders")
        found = [row for row in rows if row["external_order_id"] == "crashed"]
        assert len(found) == 1
        check_books(place, found[0]["order_id"])

    return repeat, repeat, one


def replacing(place: Town) -> Steps:
    """A till sends another basket: once, and the guest pays for that one."""
    order_id = open_order(place, external_order_id="replaced")
    new = {"external_order_id": "replaced", "external_version": 2, "table": "7"}

    def replace() -> None:
        insist(lambda: create(place, **new))

    def recover() -> None:
        replace()
        insist(lambda: pay(place, order_id, version=2))
        place.sweep_alone(rounds=2)
        insist(lambda: close(place, order_id))
        place.sweep_alone(rounds=6)

    def check() -> None:
        check_paid(place, order_id)
        baskets = [row for row in place.rows("qr_orders-baskets") if row["order_id"] == order_id]
        assert sorted(row["version"] for row in baskets) == [1, 2]

    return replace, recover, check


def paying(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="pay")
    return _to_be_paid(place, order_id, lambda: insist(lambda: pay(place, order_id)))


def holding(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="hold")
    pay(place, order_id)
    return _to_be_paid(place, order_id, lambda: place.settle(rounds=2))


def closing(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="close")
    pay(place, order_id)
    place.settle(rounds=2)
    return _to_be_paid(place, order_id, lambda: insist(lambda: close(place, order_id)))


def clearing(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="clear")
    pay(place, order_id)
    place.settle(rounds=2)
    close(place, order_id)
    return _to_be_paid(place, order_id, lambda: place.settle(rounds=5, seconds=3))


def cancelling_held(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="cancel-held")
    pay(place, order_id)
    place.settle(rounds=2)
    assert payment_of(place, order_id) == "held"
    return _to_be_cancelled(place, order_id, _cancel(place, order_id))


def voiding(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="cancel-void")
    pay(place, order_id)
    place.settle(rounds=2)
    _cancel(place, order_id)()
    return _to_be_cancelled(place, order_id, lambda: place.settle(rounds=3))


def cancelling_in_flight(place: Town) -> Steps:
    """Until the void is asked for: what follows is that of `voiding`."""
    order_id = open_order(place, external_order_id="cancel-flight")
    pay(place, order_id)
    _cancel(place, order_id)()
    return _to_be_cancelled(place, order_id, lambda: place.settle(rounds=3 if ALL else 1))


def declining(place: Town) -> Steps:
    """From a declined card to the message; then another card pays on an invoice of its own."""
    order_id = open_order(place, external_order_id="declined-crash")
    pay(place, order_id, method="card-insufficient", key="first")

    def recover() -> None:
        place.sweep_alone(rounds=3)
        assert payment_of(place, order_id) == "hold_failed"
        _second_card(place, order_id)()

    return lambda: place.settle(rounds=2), recover, lambda: _paid_second(place, order_id)


def paying_again(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="second-crash")
    pay(place, order_id, method="card-insufficient", key="first")
    place.settle(rounds=3)
    again = _second_card(place, order_id)
    return (
        lambda: insist(lambda: pay(place, order_id, key="second")),
        again,
        lambda: _paid_second(place, order_id),
    )


def _second_card(place: Town, order_id: str) -> Callable[[], None]:
    def act() -> None:
        insist(lambda: pay(place, order_id, key="second"))
        place.sweep_alone(rounds=2)

    return act


def _paid_second(place: Town, order_id: str) -> None:
    check_settled(place, order_id)
    row = next(row for row in place.rows("qr_orders-orders") if row["order_id"] == order_id)
    assert (row["payment_status"], row["attempt"]) == ("held", 2)


def giving_back_late(place: Town) -> Steps:
    """An attempt that we gave up holds all the same: its money goes back, and the order is free."""
    order_id = open_order(place, external_order_id="late-hold")
    held_unheard(place, order_id)

    def recover() -> None:
        place.sweep_alone(rounds=6)

    def check() -> None:
        check_given_back(place, order_id)

    return lambda: place.settle(rounds=1), recover, check


def held_unheard(place: Town, order_id: str) -> None:
    """The engine takes the basket and holds, but we are told that it refused."""
    update = TransactionsEngine.update

    def refusing(engine: TransactionsEngine, change: Change) -> None:
        update(engine, change)
        raise EngineRefused("version_conflict")

    with patch.object(TransactionsEngine, "update", refusing):
        pay(place, order_id)
    assert payment_of(place, order_id) == "hold_failed"


def sweeping(place: Town) -> Steps:
    """A sweeper that dies is followed by the next one."""
    order_id = open_order(place, external_order_id="swept")
    pay(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(60)

    def check() -> None:
        assert payment_of(place, order_id) == "held"
        check_books(place, order_id)

    return place.sweep, lambda: place.sweep_alone(rounds=1), check


def asking_statuses(place: Town) -> Steps:
    """The till's poll leaves its mark at most once, and changes nothing else."""
    order_id = open_order(place, external_order_id="polled")
    place.lose_messages()
    place.aws.clock.advance(60)
    body = {"order_ids": [order_id], "partner_ids": [PARTNER], "touch_activity": True}

    def ask() -> None:
        insist(lambda: internal(place, "get_statuses", body))

    return ask, ask, lambda: check_books(place, order_id)


def asking_history(place: Town) -> Steps:
    order_id = open_order(place, external_order_id="history")
    pay(place, order_id)
    place.settle(rounds=2)
    close(place, order_id)
    place.settle(rounds=5, seconds=4)
    body = {"user_id": "guest-1", "limit": 20}

    def ask() -> None:
        insist(lambda: internal(place, "get_by_user", body))

    return ask, ask, lambda: check_paid(place, order_id)


def reading(place: Town) -> Steps:
    """A read changes nothing, whatever becomes of it."""
    order_id = open_order(place, external_order_id="read")

    def read() -> None:
        insist(lambda: asked(place, order_id))

    return read, read, lambda: check_books(place, order_id)


def waking_for_nothing(place: Town) -> Steps:
    """Messages of tasks that are gone, on lease or done by another: nothing comes of them."""
    order_id = open_order(place, external_order_id="idle")
    pay(place, order_id)
    place.settle(rounds=2)
    for queue in TASKS:
        place.tell(queue, {"task_id": f"{queue}#{order_id}"})
    before = get(place, order_id)

    def check() -> None:
        assert get(place, order_id) == before
        check_books(place, order_id)

    return place.deliver, lambda: place.settle(rounds=1), check


ORDER_FLOWS: Sequence[Flow] = flows_of(
    *(creating, replacing, paying, holding, closing, clearing),
    *(cancelling_held, voiding, cancelling_in_flight),
    *(declining, paying_again, giving_back_late),
    *(sweeping, asking_statuses, asking_history, reading, waking_for_nothing),
)
# A new flow is a row of one of these, and test_crash_coverage asks for it.
FLOWS: Sequence[Flow] = (
    *(*ORDER_FLOWS, *REFUND_FLOWS, *EXPIRY_FLOWS, *CASHBACK_FLOWS),
    *PARTNER_FLOWS,
)
