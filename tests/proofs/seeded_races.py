"""Small proofs of two at once, each for one kind of seeded bug."""

from collections.abc import Sequence
from typing import Any

from tests.proofs import acts, states
from tests.proofs.invariants import check_settled, told
from tests.proofs.pairs import Pair, mark_keeps_alive, play_pair
from tests.proofs.seeded_proofs import cleared_untold, opened, replaced
from tests.support.interleave import explore_reduced
from tests.support.orders import pay, payment_of
from tests.support.stage import Outcome
from tests.support.town import Town


def pay_or_replace(place: Town) -> None:
    """The guest pays for the basket that the order has, or is refused."""
    order_id = opened(place)
    start = place.aws.snapshot()

    def check(_outcomes: Sequence[Outcome]) -> None:
        place.settle(rounds=2)
        check_settled(place, order_id)

    explore_reduced(
        [lambda: pay(place, order_id), lambda: replaced(place)],
        lambda: place.aws.restore(start),
        check,
    )


def two_guests(place: Town) -> None:
    order_id = opened(place)
    start = place.aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        answers: list[Any] = [outcome.result() for outcome in outcomes]
        assert sorted(status for status, _ in answers) == [200, 409]

    explore_reduced(
        [lambda: pay(place, order_id), lambda: pay(place, order_id, "guest-2")],
        lambda: place.aws.restore(start),
        check,
    )


def two_workers(place: Town) -> None:
    play_pair(place, Pair(states.closed, acts.clearer, acts.clearer))


def armed_anew(place: Town) -> None:
    """A worker that saw the end of the first attempt does not end the watch of the second."""
    order_id = opened(place)
    pay(place, order_id, method="card-insufficient", key="first")
    place.aws.clock.advance(30)
    acts.watching(place, order_id)
    assert payment_of(place, order_id) == "hold_failed"
    start = place.aws.snapshot()

    def check(_outcomes: Sequence[Outcome]) -> None:
        assert payment_of(place, order_id) == "holding"
        assert f"qr_order_check_payment#{order_id}" in acts.tasks_of(place, order_id)

    explore_reduced(
        [lambda: acts.watching(place, order_id), lambda: acts.paying(place, order_id)],
        lambda: place.aws.restore(start),
        check,
    )


def two_tellers(place: Town) -> None:
    """One message that comes twice at once: the guest hears of it once."""
    order_id, task = cleared_untold(place)
    place.lose_messages()
    start = place.aws.snapshot()

    def check(_outcomes: Sequence[Outcome]) -> None:
        assert told(place, order_id) == ["order_paid"]

    explore_reduced(
        [lambda: acts.run(place, "process_cleared", task)] * 2,
        lambda: place.aws.restore(start),
        check,
    )


def mark_or_end(place: Town) -> None:
    """A till that polls while its silence is looked at: the mark is left, or the order is over."""
    play_pair(place, Pair(states.silent, acts.polling, acts.checking, mark_keeps_alive))
