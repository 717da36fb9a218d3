"""Flows of refunds: what was cleared goes back once, whatever crashes."""

from collections.abc import Callable

from tests.proofs.acts import run
from tests.proofs.flow import Flow, Steps, flows_of
from tests.proofs.invariants import check_books, ledger
from tests.proofs.phases import ALL, insist
from tests.proofs.refunds import SOUP, SOUP_MINOR, check_given_back, cleared, foreign
from tests.support.orders import payment_of, refund
from tests.support.town import Town


def _ask(place: Town, order_id: str) -> Callable[[], None]:
    return lambda: insist(lambda: refund(place, order_id, "rf-1", 1, items=SOUP), 202)


def _asked(place: Town, number: str, card: str = "card-ok") -> str:
    order_id = cleared(place, number, card)
    _ask(place, order_id)()
    return order_id


def _to_be_given_back(
    place: Town, order_id: str, flow: Callable[[], object], rounds: int = 6
) -> Steps:
    """The operator repeats what was not answered; else only the sweeper works."""

    def recover() -> None:
        _ask(place, order_id)()
        place.sweep_alone(rounds=rounds)

    return flow, recover, lambda: check_given_back(place, order_id, SOUP_MINOR)


def asking_for_refund(place: Town) -> Steps:
    order_id = cleared(place, "refund-ask")
    return _to_be_given_back(place, order_id, _ask(place, order_id))


def asking_for_refund_again(place: Town) -> Steps:
    """The answer was lost on the way: the repeat is told the same and adds nothing."""
    order_id = _asked(place, "refund-repeat")
    return _to_be_given_back(place, order_id, _ask(place, order_id))


def refunding(place: Town) -> Steps:
    """As far as the receipt is asked for: its rendering is a payment's, and proven there."""
    order_id = _asked(place, "refund-send")
    rounds = 5 if ALL else 1
    return _to_be_given_back(place, order_id, lambda: place.settle(rounds=rounds, seconds=4))


def failing_refund(place: Town) -> Steps:
    order_id = _asked(place, "refund-fails", "card-refund-fails-2x")
    return _to_be_given_back(place, order_id, lambda: place.settle(rounds=1), rounds=12)


def retrying_refund(place: Town) -> Steps:
    """A refund that failed is sent again; what was reserved stays so all the time."""
    order_id = _asked(place, "refund-again", "card-refund-fails-2x")
    place.settle(rounds=3)
    assert payment_of(place, order_id) == "refund_failed"
    place.lose_messages()
    place.aws.clock.advance(60)
    task = {"task_id": f"qr_order_update_transactions#{order_id}"}
    again = lambda: run(place, "update_transactions", task)  # noqa: E731
    return _to_be_given_back(place, order_id, again, rounds=12)


def rebasing_refund(place: Town) -> Steps:
    """Somebody else wrote our version: the refund stands on top of theirs, once (O16)."""
    order_id = _asked(place, "refund-rebase")
    foreign(place, order_id, 2, "600.00")

    def check() -> None:
        check_books(place, order_id)
        assert payment_of(place, order_id) == "partially_refunded"
        assert ledger(place, f"{order_id}-1")["refunded"] == 20000 + SOUP_MINOR

    return place.deliver, lambda: place.sweep_alone(rounds=6), check


REFUND_FLOWS: tuple[Flow, ...] = flows_of(
    asking_for_refund,
    asking_for_refund_again,
    refunding,
    failing_refund,
    retrying_refund,
    rebasing_refund,
)
