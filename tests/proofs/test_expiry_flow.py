"""The end of an order by the clock or by a silent till: crashes everywhere, and who wins a race."""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pytest

from shared.http_event import event
from tests.proofs.invariants import check_books, check_settled, ledger, told
from tests.proofs.phases import ALL, crash_everywhere, warm_town
from tests.proofs.test_order_pairs import Act, name, run
from tests.qr_orders.support import hasty
from tests.support.interleave import explore
from tests.support.orders import PARTNER, TOTAL_MINOR, close, create, get, open_order, pay
from tests.support.stage import Outcome
from tests.support.town import Town

TTL_S, SILENCE_S = 600, 300


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    with warm_town() as found:
        order_id = opened(found, "warm-up-3")
        found.aws.clock.advance(SILENCE_S)
        poll(found, order_id)
        found.aws.clock.advance(SILENCE_S)
        check_activity(found)
        found.settle(rounds=2)
        yield found


def opened(place: Town, number: str, **settings: str) -> str:
    partner = hasty(SILENCE_S, **settings)
    return open_order(place, external_order_id=number, expires_in_sec=TTL_S, partner=partner)


def held(place: Town, number: str, **settings: str) -> str:
    order_id = opened(place, number, **settings)
    assert pay(place, order_id)[0] == 200
    place.settle(rounds=2)
    assert state(place, order_id) == ("held", "open")
    return order_id


def state(place: Town, order_id: str) -> tuple[str, str]:
    status = get(place, order_id)["status"]
    return status["payment"], status["partner"]


def tasks_of(place: Town, order_id: str) -> list[str]:
    return [row["task_id"] for row in place.rows("qr_orders-tasks") if order_id in row["task_id"]]


def expire(place: Town, order_id: str) -> object:
    return run(place, "expired", {"task_id": f"qr_order_expired#{order_id}"})


def check_activity(place: Town) -> object:
    return place.run("qr_partner_integration", "crons.check_external_activity", {})


def poll(place: Town, order_id: str) -> object:
    body = {"order_ids": [order_id], "partner_ids": [PARTNER], "touch_activity": True}
    request = event("POST", "/qr-orders/v1/get-statuses", body=body)
    return place.call("qr_orders", "get_statuses", request)


@pytest.mark.parametrize(
    ("policy", "end", "voided", "intents"),
    [
        ("cancel", ("cancelled", "expired"), TOTAL_MINOR, ["order_cancelled"]),
        ("close", ("cleared", "closed"), 0, ["order_paid"]),
    ],
)
def test_a_crash_anywhere_in_the_expiry_of_held_money_is_healed(
    place: Town, policy: str, end: tuple[str, str], voided: int, intents: list[str]
) -> None:
    order_id = held(place, f"crash-{policy}", on_expire_held=policy)
    place.aws.clock.advance(TTL_S)
    begin = place.aws.snapshot()

    def check() -> None:
        check_books(place, order_id)
        assert state(place, order_id) == end
        assert ledger(place, f"{order_id}-1")["voided"] == voided
        assert told(place, order_id) == intents
        assert tasks_of(place, order_id) == []

    def recover() -> None:
        place.aws.clock.advance(45)
        place.sweep()
        place.deliver()
        place.sweep_alone(rounds=8)

    crash_everywhere(place, begin, lambda: expire(place, order_id), recover, check)
    place.aws.restore(begin)


def test_a_crash_anywhere_in_the_expiry_of_an_unpaid_order_is_healed(place: Town) -> None:
    order_id = opened(place, "crash-unpaid")
    place.lose_messages()
    place.aws.clock.advance(TTL_S)
    begin = place.aws.snapshot()

    def recover() -> None:
        place.aws.clock.advance(45)
        place.sweep()
        place.deliver()

    def check() -> None:
        check_books(place, order_id)
        assert state(place, order_id) == ("expired", "expired")
        assert tasks_of(place, order_id) == []

    crash_everywhere(place, begin, lambda: expire(place, order_id), recover, check)
    place.aws.restore(begin)


def test_a_crash_anywhere_in_the_activity_check_is_healed(place: Town) -> None:
    begin = place.aws.snapshot()
    ids = [opened(place, f"crash-silent-{number}") for number in range(2)]
    place.lose_messages()
    place.aws.clock.advance(SILENCE_S)
    work = partial(check_activity, place)

    def check() -> None:
        for order_id in ids:
            check_books(place, order_id)
            assert state(place, order_id) == ("expired", "expired")
            assert tasks_of(place, order_id) == []

    crash_everywhere(place, place.aws.snapshot(), work, work, check)
    place.aws.restore(begin)


def at_the_end(place: Town, order_id: str) -> None:
    """Nobody pays, and the time is over for the timer, which may be a second early."""
    del order_id
    place.lose_messages()
    place.aws.clock.advance(TTL_S)


def a_moment_before(place: Town, order_id: str) -> None:
    """The timer may be taken already; the guest may still pay."""
    del order_id
    place.lose_messages()
    place.aws.clock.advance(TTL_S - 0.001)


def paid_at_the_end(place: Town, order_id: str) -> None:
    assert pay(place, order_id)[0] == 200
    place.settle(rounds=2)
    at_the_end(place, order_id)


def in_payment_at_the_end(place: Town, order_id: str) -> None:
    place.aws.clock.advance(TTL_S - 5)
    assert pay(place, order_id)[0] == 200
    place.lose_messages()
    place.aws.clock.advance(30)


def silent(place: Town, order_id: str) -> None:
    del order_id
    place.lose_messages()
    place.aws.clock.advance(SILENCE_S)


def paying(place: Town, order_id: str) -> object:
    return pay(place, order_id)


def closing(place: Town, order_id: str) -> object:
    return close(place, order_id)


def news(place: Town, order_id: str) -> object:
    fact = {"event_id": "e", "invoice_id": f"{order_id}-1", "version": 1}
    return run(place, "transactions_callback", fact)


def watching(place: Town, order_id: str) -> object:
    return run(place, "check_payment", {"task_id": f"qr_order_check_payment#{order_id}"})


def replacing(place: Town, order_id: str) -> object:
    del order_id
    body = {"external_order_id": "pair", "external_version": 2, "expires_in_sec": TTL_S}
    return create(place, **body, table="7", partner=hasty(SILENCE_S))


def checking(place: Town, _order_id: str) -> object:
    return check_activity(place)


PAIRS: Sequence[tuple[Act, Act, Act]] = (
    (a_moment_before, paying, expire),
    (a_moment_before, replacing, expire),
    (in_payment_at_the_end, expire, news),
    (paid_at_the_end, expire, closing),
    (silent, paying, checking),
    (silent, poll, checking),
)
MORE_PAIRS: Sequence[tuple[Act, Act, Act]] = (
    (at_the_end, paying, expire),
    (in_payment_at_the_end, expire, watching),
    (paid_at_the_end, expire, expire),
)


@pytest.mark.parametrize("pair", [*PAIRS, *(MORE_PAIRS if ALL else ())], ids=name)
def test_both_orders_of_a_pair_end_with_the_same_books(
    place: Town, pair: tuple[Act, Act, Act]
) -> None:
    begin = place.aws.snapshot()
    prepare, first, second = pair
    order_id = opened(place, "pair")
    prepare(place, order_id)
    start = place.aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        answers = [outcome.result() for outcome in outcomes]
        check_winner(place, order_id, pair, answers)
        place.settle(rounds=3)
        place.sweep_alone(rounds=1)
        check_settled(place, order_id)

    explore(
        [lambda: first(place, order_id), lambda: second(place, order_id)],
        prepare=lambda: place.aws.restore(start),
        check=check,
        preemption_bound=None if ALL else 1,
        max_schedules=20_000,
    )
    place.aws.restore(begin)


def check_winner(
    place: Town, order_id: str, pair: tuple[Act, Act, Act], answers: Sequence[Any]
) -> None:
    """Who was told yes has his way: a guest who pays is not expired, nor is a till that polled."""
    now = state(place, order_id)
    if paying in pair:
        assert (answers[0][0] == 200) is (now[0] in ("init", "holding", "held"))
    if pair[0] is a_moment_before:
        assert now != ("expired", "expired")
    if replacing in pair:
        assert answers[0][0] == 200
        assert tasks_of(place, order_id) == [f"qr_order_expired#{order_id}"]
    if poll in pair:
        (row,) = [row for row in place.rows("qr_orders-orders") if row["order_id"] == order_id]
        assert ("last_polled_at" in row) is (now == ("new", "open"))
