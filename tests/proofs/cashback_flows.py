"""Flows of cashback: published, credited and told once, whatever crashes."""

from typing import Final

from tests.proofs.acts import clearer, run, watching
from tests.proofs.flow import Flow, Steps, flows_of
from tests.proofs.invariants import check_books, told
from tests.support.intrinsics import Json
from tests.support.orders import close, get, open_order, pay
from tests.support.town import Town

QUEUE: Final = "qr_order_cashback_notify"


def clearing_order(place: Town, name: str, user: str = "guest-1") -> str:
    """An order whose clear is on its way, and nobody has been told."""
    order_id = open_order(place, external_order_id=name)
    assert pay(place, order_id, user=user)[0] == 200
    place.settle(rounds=2)
    assert close(place, order_id)[0] == 200
    return order_id


def paid_order(place: Town, name: str, user: str = "guest-1") -> str:
    """An order that is paid, with its event on the bus."""
    order_id = clearing_order(place, name, user)
    place.settle(rounds=5)
    return order_id


def credit(order_id: str) -> Json:
    """What the sandbox's cashback sends, word for word but the moment."""
    return {
        **{"ticket_id": f"cb-{order_id}:1", "order_id": order_id, "amount": "78.00"},
        **{"currency": "RUB", "credited_at": "2026-01-02T10:00:30.000Z"},
    }


def check_credited(place: Town, order_id: str) -> None:
    """One credit of 5 % in whole roubles, the same in all three books; nothing left to do."""
    check_books(place, order_id)
    assert get(place, order_id)["cashback"] == "78.00"
    told_eda = [row for row in place.rows("sandbox-credits") if order_id in row["document_id"]]
    assert [row["credit"] for row in told_eda] == ["78.00 RUB"]
    booked = [
        row["amount"] for row in place.rows("sandbox-cashback") if row["order_id"] == order_id
    ]
    assert booked == [7800]
    assert sorted(told(place, order_id)) == ["cashback_credited", "order_paid"]
    assert [row for row in place.rows("qr_orders-tasks") if order_id in row["task_id"]] == []


def finish(place: Town) -> None:
    """Only the sweeper works; then the bus and the cashback service deliver as long as it takes."""
    place.sweep_alone(rounds=6)
    place.hear()
    place.settle(rounds=2)
    place.sweep_alone(rounds=6)


def publishing(place: Town) -> Steps:
    order_id = clearing_order(place, "publish")
    clearer(place, order_id)
    place.aws.clock.advance(5)
    watching(place, order_id)
    place.lose_messages()
    task = {"task_id": f"qr_order_process_cleared#{order_id}#1-1"}
    return (
        lambda: run(place, "process_cleared", task),
        lambda: finish(place),
        lambda: check_credited(place, order_id),
    )


def crediting(place: Town) -> Steps:
    order_id = paid_order(place, "credit")
    place.sweep_alone(rounds=6)
    place.hear()
    place.lose_messages()
    fact = credit(order_id)
    for _ in range(2):
        place.tell(QUEUE, fact)

    def recover() -> None:
        """Whoever sends a fact sends it until it is taken."""
        place.tell(QUEUE, fact)
        place.deliver()
        place.sweep_alone(rounds=6)

    return place.deliver, recover, lambda: check_credited(place, order_id)


CASHBACK_FLOWS: tuple[Flow, ...] = flows_of(publishing, crediting)
