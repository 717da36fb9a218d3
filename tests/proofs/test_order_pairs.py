"""The order pairs of RELIABILITY appendix B, in the orders of their remote calls.

Two preemptions at most, which finds what is known; `make test-proofs` plays every order.
"""

import json
from collections.abc import Callable, Iterator, Sequence

import pytest

from tests.proofs.invariants import check_settled
from tests.proofs.phases import ALL, warm_town
from tests.support.interleave import explore
from tests.support.orders import close, create, open_order, pay
from tests.support.stage import Outcome
from tests.support.town import Town

Act = Callable[[Town, str], object]


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    with warm_town() as found:
        yield found


def new(_place: Town, _order_id: str) -> None:
    """Nobody pays yet."""


def holding(place: Town, order_id: str) -> None:
    pay(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(30)


def held(place: Town, order_id: str) -> None:
    pay(place, order_id)
    place.settle(rounds=2)


def clearing(place: Town, order_id: str) -> None:
    held(place, order_id)
    close(place, order_id)
    place.lose_messages()
    place.aws.clock.advance(20)


def declined(place: Town, order_id: str) -> None:
    pay(place, order_id, method="card-insufficient", key="declined")
    place.settle(rounds=3)


def paying(place: Town, order_id: str) -> object:
    return pay(place, order_id, user="guest-2")


def replacing(place: Town, order_id: str) -> object:
    del order_id
    return create(place, external_order_id="pair", external_version=2, table="7")


def expiring(place: Town, order_id: str) -> object:
    return close(place, order_id, "expired", "admin")


def cancelling(place: Town, order_id: str) -> object:
    return close(place, order_id, "cancelled")


def closing(place: Town, order_id: str) -> object:
    return close(place, order_id)


def watching(place: Town, order_id: str) -> object:
    return run(place, "check_payment", {"task_id": f"qr_order_check_payment#{order_id}"})


def clearer(place: Town, order_id: str) -> object:
    return run(place, "close", {"task_id": f"qr_orders_close#{order_id}"})


def news(place: Town, order_id: str) -> object:
    fact = {"event_id": "e", "invoice_id": f"{order_id}-1", "version": 1}
    return run(place, "transactions_callback", fact)


def sweeping(place: Town, _order_id: str) -> object:
    return place.run("qr_orders", "crons.sweep", {})


def run(place: Town, task: str, body: dict[str, object]) -> object:
    record = {"messageId": "m", "body": json.dumps(body)}
    return place.run("qr_orders", f"tasks.{task}", {"Records": [record]})


PAIRS: Sequence[tuple[Act, Act, Act]] = (
    (new, paying, replacing),
    (new, paying, expiring),
    (new, paying, cancelling),
    (holding, watching, cancelling),
    (holding, news, sweeping),
    (holding, news, news),
    (held, closing, cancelling),
    (held, news, closing),
    (clearing, clearer, clearer),
    (clearing, clearer, watching),
    (declined, paying, news),
    (declined, paying, cancelling),
)


def name(pair: tuple[Act, Act, Act]) -> str:
    return "-".join(act.__name__ for act in pair)


@pytest.mark.parametrize("pair", PAIRS, ids=name)
def test_both_orders_of_a_pair_end_with_the_same_books(
    place: Town, pair: tuple[Act, Act, Act]
) -> None:
    begin = place.aws.snapshot()
    state, first, second = pair
    order_id = open_order(place, external_order_id="pair")
    state(place, order_id)
    start = place.aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            outcome.result()
        place.settle(rounds=4)
        place.sweep_alone(rounds=2)
        check_settled(place, order_id)

    explore(
        [lambda: first(place, order_id), lambda: second(place, order_id)],
        prepare=lambda: place.aws.restore(start),
        check=check,
        preemption_bound=None if ALL else 2,
        max_schedules=20_000,
    )
    place.aws.restore(begin)
