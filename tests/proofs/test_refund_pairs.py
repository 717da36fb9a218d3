"""Two refunds at once, and a refund against what else may touch its order (O12-O17, appendix B).

One preemption at most, which finds the bug seeded here; `make test-proofs` plays every order.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import pytest
from pynamodb.expressions.condition import Condition

from qr_orders import store as order_store
from qr_orders.model import Order
from qr_orders.tables import OrderRow
from shared.http_event import event
from tests.proofs.invariants import check_books, ledger
from tests.proofs.phases import ALL, warm_town
from tests.proofs.refunds import SOUP, SOUP_MINOR, STEAK, STEAK_MINOR, cleared, warm
from tests.support import calls
from tests.support.interleave import ScheduleFailed, explore
from tests.support.intrinsics import Json
from tests.support.orders import TOTAL_MINOR, close, open_order, pay, payment_of, refund
from tests.support.stage import Outcome
from tests.support.town import Town

Answer = tuple[int, Json]
MOST: Final = [{"id": "1", "amount": "700.00"}, {"id": "2", "amount": "500.00"}]


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    with warm_town() as found:
        warm(found)
        foreign(found, cleared(found, "warm-up-rebase"), 2, "1170.00")
        yield found


@pytest.fixture
def order_id(place: Town) -> Iterator[str]:
    """A cleared order; the town is as before when the test is over."""
    begin = place.aws.snapshot()
    yield cleared(place, "refund-pair")
    place.aws.restore(begin)


def run(place: Town, task: str, body: dict[str, Any]) -> object:
    record = {"messageId": "m", "body": json.dumps(body)}
    return place.run("qr_orders", f"tasks.{task}", {"Records": [record]})


def sender(place: Town, order_id: str) -> object:
    task_id = f"qr_order_update_transactions#{order_id}"
    return run(place, "update_transactions", {"task_id": task_id})


def watch(place: Town, order_id: str) -> object:
    return run(place, "check_payment", {"task_id": f"qr_order_check_payment#{order_id}"})


def news(place: Town, order_id: str, version: int = 2) -> object:
    fact = {"event_id": f"e{version}", "invoice_id": f"{order_id}-1", "version": version}
    return run(place, "transactions_callback", fact)


def foreign(place: Town, order_id: str, version: int, soup: str) -> None:
    """Somebody else lowers the invoice at the engine: the soup costs that much now."""
    lines = [("1", soup, "2"), ("2", "770.00", "1")]
    items = [
        {"id": name, "title": name, "amount": amount, "quantity": quantity, "vat": "20"}
        for name, amount, quantity in lines
    ]
    body = {"operation_id": f"foreign-{version}", "version": version, "items": items}
    route = "/transactions/v1/invoices/{invoice_id}/update"
    with calls.outside():
        asked = event("POST", route, path={"invoice_id": f"{order_id}-1"}, body=body)
        status, answer = place.call("sandbox", "transactions", asked)
    assert status in (200, 422), answer
    place.aws.clock.advance(2)


def play(
    place: Town,
    actors: Sequence[Callable[[], object]],
    check: Callable[[Sequence[Outcome]], object],
) -> None:
    start = place.aws.snapshot()
    explore(
        actors,
        prepare=lambda: place.aws.restore(start),
        check=check,
        preemption_bound=None if ALL else 1,
        max_schedules=20_000,
    )


def answers(outcomes: Sequence[Outcome]) -> list[Answer]:
    found: list[Any] = [outcome.result() for outcome in outcomes]
    return sorted(((status, body) for status, body in found), key=lambda each: each[0])


def quiet(place: Town, order_id: str) -> None:
    """Until nothing is under way; the sweeper, when no message is left to do it."""
    place.settle(rounds=2)
    if payment_of(place, order_id) in ("clearing", "refunding"):
        place.sweep_alone(rounds=3)
    check_books(place, order_id)


def one_of_two(place: Town, order_id: str) -> Callable[[Sequence[Outcome]], None]:
    """One refund of 1200.00 of 1570.00 is done, the other was refused."""

    def check(outcomes: Sequence[Outcome]) -> None:
        (done, _), (refused, why) = answers(outcomes)
        assert (done, refused, why["code"]) == (202, 409, "refund_in_progress")
        quiet(place, order_id)
        assert payment_of(place, order_id) == "partially_refunded"
        assert ledger(place, f"{order_id}-1")["refunded"] == 120000

    return check


def two(place: Town, order_id: str, *names: str) -> list[Callable[[], object]]:
    return [lambda name=name: refund(place, order_id, name, 1, items=MOST) for name in names]  # type: ignore[misc]


def test_of_two_refunds_one_is_done_and_the_other_is_refused(place: Town, order_id: str) -> None:
    play(place, two(place, order_id, "a", "b"), one_of_two(place, order_id))


def test_one_refund_asked_for_twice_at_once_is_done_once(place: Town, order_id: str) -> None:
    def check(outcomes: Sequence[Outcome]) -> None:
        (first, told), (second, again) = answers(outcomes)
        assert (first, second) == (202, 202)
        assert told == again
        quiet(place, order_id)
        assert ledger(place, f"{order_id}-1")["refunded"] == 120000

    play(place, two(place, order_id, "a", "a"), check)


def test_version_alone_keeps_two_refunds_apart_when_the_bound_is_gone(
    place: Town, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_store, "_bounds", lambda *_: ())
    play(place, two(place, order_id, "a", "b"), one_of_two(place, order_id))


def test_without_version_and_journal_the_proof_does_fail(
    place: Town, order_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unguarded(_before: Order) -> Condition:
        return OrderRow.rev >= 1

    monkeypatch.setattr(order_store, "_unchanged", unguarded)
    monkeypatch.setattr(
        "shared.store.Transaction.put",
        lambda self, row, label, _condition=None: self._puts.append(
            (label, lambda write: write.save(row))
        ),
    )
    with pytest.raises(ScheduleFailed):
        play(place, two(place, order_id, "a", "b"), one_of_two(place, order_id))


@pytest.mark.parametrize("state", ["clearing", "unknown"])
def test_refund_while_the_clear_is_under_way_waits_or_is_refused(place: Town, state: str) -> None:
    """clear_callback‖refund, refund‖clear(UNKNOWN): never money that was not cleared (O14)."""
    begin = place.aws.snapshot()
    order_id = open_order(place, external_order_id=state)
    pay(place, order_id)
    place.settle(rounds=2)
    close(place, order_id)
    if state == "clearing":
        run(place, "close", {"task_id": f"qr_orders_close#{order_id}"})
    place.lose_messages()
    place.aws.clock.advance(20)
    other = watch if state == "clearing" else closer

    def check(outcomes: Sequence[Outcome]) -> None:
        found: Any = outcomes[0].result()
        status, body = found
        assert (status, body.get("code")) in ((202, None), (409, "not_cleared"))
        quiet(place, order_id)
        wanted = SOUP_MINOR if status == 202 else 0
        assert ledger(place, f"{order_id}-1")["refunded"] == wanted

    actors = [
        lambda: refund(place, order_id, "a", 1, items=SOUP),
        lambda: other(place, order_id),
    ]
    play(place, actors, check)
    place.aws.restore(begin)


def closer(place: Town, order_id: str) -> object:
    return run(place, "close", {"task_id": f"qr_orders_close#{order_id}"})


@pytest.mark.parametrize("others", ["two senders", "sender and watch", "watch and news"])
def test_workers_of_one_refund_give_its_amount_back_once(
    place: Town, order_id: str, others: str
) -> None:
    refund(place, order_id, "a", 1, items=SOUP)
    if others == "watch and news":
        sender(place, order_id)
    else:
        news(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(20)
    pairs: dict[str, tuple[Any, Any]] = {
        "two senders": (sender, sender),
        "sender and watch": (sender, watch),
        "watch and news": (watch, news),
    }

    def check(outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            outcome.result()
        quiet(place, order_id)
        assert payment_of(place, order_id) == "partially_refunded"
        assert ledger(place, f"{order_id}-1")["refunded"] == SOUP_MINOR

    first, second = pairs[others]
    play(place, [lambda: first(place, order_id), lambda: second(place, order_id)], check)


def test_news_of_two_versions_at_once_leave_the_newest(place: Town, order_id: str) -> None:
    """callback v2‖callback v3, the later one first or not."""
    refund(place, order_id, "a", 1, items=SOUP)
    place.settle(rounds=3)
    assert refund(place, order_id, "b", 2, items=STEAK)[0] == 202
    sender(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(20)

    def check(_outcomes: Sequence[Outcome]) -> None:
        quiet(place, order_id)
        assert payment_of(place, order_id) == "partially_refunded"
        assert ledger(place, f"{order_id}-1")["refunded"] == SOUP_MINOR + STEAK_MINOR

    actors = [lambda: news(place, order_id, 2), lambda: news(place, order_id, 3)]
    play(place, actors, check)


def test_a_version_that_somebody_else_wrote_is_rebased_on_once(place: Town, order_id: str) -> None:
    """rebase‖rebase on one version (O16): both refunds stand, ours once, bounds checked anew."""
    refund(place, order_id, "a", 1, items=SOUP)
    foreign(place, order_id, 2, "600.00")
    place.lose_messages()
    place.aws.clock.advance(20)

    def check(_outcomes: Sequence[Outcome]) -> None:
        quiet(place, order_id)
        assert payment_of(place, order_id) == "partially_refunded"
        assert ledger(place, f"{order_id}-1")["refunded"] == 20000 + SOUP_MINOR
        state = next(row for row in place.rows("sandbox-invoices") if order_id in row["invoice_id"])
        assert json.loads(state["state"])["version"] == 3

    play(place, [lambda: sender(place, order_id)] * 2, check)


def test_a_refund_that_no_longer_fits_is_refused_and_alarmed(place: Town, order_id: str) -> None:
    everything = [{"id": "1", "amount": "800.00"}]
    refund(place, order_id, "a", 1, items=everything)
    foreign(place, order_id, 2, "600.00")
    sender(place, order_id)
    assert payment_of(place, order_id) == "refund_failed"
    assert ledger(place, f"{order_id}-1")["refunded"] == 20000
    place.sweep_alone(rounds=3)
    assert payment_of(place, order_id) == "refund_failed"
    assert ledger(place, f"{order_id}-1")["refunded"] == 20000 < TOTAL_MINOR
