"""Two at once, in every order of their remote calls (RELIABILITY appendix B)."""

import json
from collections.abc import Callable, Iterator, Sequence

import pytest
from pynamodb.expressions.condition import Condition

from qr_orders import store as order_store
from qr_orders.model import Order
from qr_orders.tables import OrderRow
from shared.store import Row, Transaction
from tests.proofs.invariants import check_books, ledger
from tests.proofs.phases import warm_town
from tests.support.interleave import ScheduleFailed, explore
from tests.support.orders import close, open_order, pay, payment_of
from tests.support.stage import Outcome
from tests.support.town import Town


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    with warm_town() as found:
        yield found


def watch(place: Town, order_id: str) -> object:
    body = json.dumps({"task_id": f"qr_order_check_payment#{order_id}"})
    return place.run("qr_orders", "tasks.check_payment", {"Records": [message(body)]})


def callback(place: Town, order_id: str) -> object:
    body = json.dumps({"event_id": "e", "invoice_id": f"{order_id}-1", "version": 1})
    return place.run("qr_orders", "tasks.transactions_callback", {"Records": [message(body)]})


def message(body: str) -> dict[str, str]:
    return {"messageId": "m", "body": body}


def status_of(outcome: Outcome) -> int:
    return int(outcome.result()[0])  # type: ignore[index]


def statuses(outcomes: Sequence[Outcome]) -> list[int]:
    return sorted(status_of(outcome) for outcome in outcomes)


def two_guests(place: Town, order_id: str) -> list[Callable[[], object]]:
    return [lambda: pay(place, order_id, "guest-1"), lambda: pay(place, order_id, "guest-2")]


def one_holds(place: Town, order_id: str) -> Callable[[Sequence[Outcome]], None]:
    """One guest's payment runs, the other was refused, and one invoice was asked to hold."""

    def check(outcomes: Sequence[Outcome]) -> None:
        assert statuses(outcomes) == [200, 409]
        refused = next(o.result() for o in outcomes if status_of(o) == 409)
        assert refused[1]["code"] == "already_paying"  # type: ignore[index]
        invoices = [row for row in place.rows("sandbox-invoices") if order_id in row["invoice_id"]]
        assert [json.loads(row["state"])["version"] for row in invoices] == [1]

    return check


def one_is_paid(place: Town, order_id: str) -> Callable[[Sequence[Outcome]], None]:
    """As one_holds, and when all is quiet the money held is one bill, in both books."""
    holds = one_holds(place, order_id)

    def check(outcomes: Sequence[Outcome]) -> None:
        holds(outcomes)
        place.settle(rounds=2)
        assert payment_of(place, order_id) == "held"
        check_books(place, order_id)

    return check


def test_of_two_guests_one_pays_and_the_other_is_told(place: Town) -> None:
    order_id = open_order(place, external_order_id="two-guests")
    start = place.aws.snapshot()
    found = explore(
        two_guests(place, order_id),
        prepare=lambda: place.aws.restore(start),
        check=one_holds(place, order_id),
    )
    assert found.exhaustive


def unguarded(_before: Order) -> Condition:
    return OrderRow.rev >= 1


def overwrite(
    transaction: Transaction, row: Row, label: str, _condition: Condition | None = None
) -> None:
    """Transaction.put without its uniqueness."""
    transaction._puts.append((label, lambda write: write.save(row)))


@pytest.mark.parametrize("removed", ["version", "journal", "both"])
def test_version_and_journal_each_keep_two_guests_apart(
    place: Town, monkeypatch: pytest.MonkeyPatch, removed: str
) -> None:
    """Two guards, each proven with the other one removed; without both the proof does fail."""
    order_id = open_order(place, external_order_id=f"without-{removed}")
    start = place.aws.snapshot()
    if removed != "journal":
        monkeypatch.setattr(order_store, "_unchanged", unguarded)
    if removed != "version":
        monkeypatch.setattr(Transaction, "put", overwrite)

    def exploration() -> None:
        explore(
            two_guests(place, order_id),
            prepare=lambda: place.aws.restore(start),
            check=one_is_paid(place, order_id),
            preemption_bound=1,
        )

    if removed == "both":
        with pytest.raises(ScheduleFailed):
            exploration()
    else:
        exploration()


def test_a_double_tap_of_one_guest_is_one_payment(place: Town) -> None:
    order_id = open_order(place, external_order_id="double-tap")
    start = place.aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        assert statuses(outcomes) == [200, 200]
        place.settle(rounds=2)
        assert ledger(place, f"{order_id}-1")["held"] == 157000
        check_books(place, order_id)

    explore(
        [lambda: pay(place, order_id, "guest-1")] * 2,
        prepare=lambda: place.aws.restore(start),
        check=check,
        preemption_bound=2,
    )


def test_a_task_armed_anew_while_it_runs_looks_again(place: Town) -> None:
    """hold_callback‖sweep: a worker that saw the old state does not end the new call."""
    order_id = open_order(place, external_order_id="re-armed")
    pay(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(30)
    start = place.aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        assert [outcome.result() for outcome in outcomes] == [{"batchItemFailures": []}] * 2
        place.sweep_alone(rounds=1)
        assert payment_of(place, order_id) == "held"
        assert any(order_id in row["task_id"] for row in place.rows("qr_orders-tasks"))
        check_books(place, order_id)

    found = explore(
        [lambda: watch(place, order_id), lambda: callback(place, order_id)],
        prepare=lambda: place.aws.restore(start),
        check=check,
    )
    assert found.exhaustive


def test_two_workers_on_one_task_do_the_work_once(place: Town) -> None:
    order_id = open_order(place, external_order_id="two-workers")
    pay(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(30)
    start = place.aws.snapshot()

    def check(_outcomes: Sequence[Outcome]) -> None:
        assert payment_of(place, order_id) == "held"
        check_books(place, order_id)

    found = explore(
        [lambda: watch(place, order_id)] * 2, prepare=lambda: place.aws.restore(start), check=check
    )
    assert found.exhaustive


def test_a_till_that_closes_twice_at_once_clears_once(place: Town) -> None:
    order_id = open_order(place, external_order_id="close-twice")
    pay(place, order_id)
    place.settle(rounds=2)
    start = place.aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        assert statuses(outcomes) == [200, 200]
        place.sweep_alone(rounds=3)
        assert ledger(place, f"{order_id}-1")["cleared"] == 157000
        check_books(place, order_id)

    found = explore(
        [lambda: close(place, order_id)] * 2, prepare=lambda: place.aws.restore(start), check=check
    )
    assert found.exhaustive
