"""2,000 random steps of orders, 20,000 in `make test-proofs`; they find the bugs seeded here."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from qr_orders.model import Item
from qr_orders.model import refund as refund_model
from qr_orders.store import REFUND, OrderStore
from shared.money import Money
from tests.proofs.order_acts import Base, base
from tests.proofs.order_model import EDGES
from tests.proofs.order_walk import STEPS_A_RUN, walk
from tests.proofs.phases import ALL
from tests.proofs.seeds import journal_overwritten, no_version_no_state

STEPS = 20_000 if ALL else 2_000
RUNS = range(STEPS // STEPS_A_RUN)
# No test card loses its hold to the bank: tests/qr_orders/tasks/test_close.py has what follows.
NOT_REACHED = {"clear_failed"}
# The runs, all of them clean without it, that a seeded bug must not outlive.
RUNS_OF_A_BUG = range(10)


@pytest.fixture(scope="module")
def found() -> Iterator[Base]:
    with base() as found:
        yield found


def walk_all(found: Base, runs: Iterable[int]) -> None:
    for seed in runs:
        walk(found, seed)


def test_orders_keep_to_the_model_whatever_happens(found: Base) -> None:
    """M1-M3, M13-M20, with every payment status on the way."""
    walk_all(found, RUNS)
    statuses = {status for edge in EDGES for status in edge} - NOT_REACHED
    assert statuses <= found.seen.keys(), statuses - found.seen.keys()


def test_a_write_without_its_version_is_found(found: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    no_version_no_state(monkeypatch)
    # The journal's key is the second guard, and goes with the first.
    journal_overwritten(monkeypatch)
    with pytest.raises(AssertionError):
        walk_all(found, RUNS_OF_A_BUG)


def test_a_refund_without_the_claim_on_its_id_is_found(
    found: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = OrderStore.claim

    def unclaimed(store: OrderStore, transaction: Any, kind: str, *rest: Any) -> None:
        if kind != REFUND:
            claim(store, transaction, kind, *rest)

    monkeypatch.setattr(OrderStore, "claim", unclaimed)
    with pytest.raises(AssertionError):
        walk_all(found, RUNS_OF_A_BUG)


def test_a_refund_that_is_bounded_by_nothing_is_found(
    found: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    def whatever_is_asked(item: Item, portion: refund_model.Portion) -> Item:
        amount = Money.parse(portion.amount, item.total.currency)
        return replace(item, total=amount, price=amount)

    def at_least_nothing(item: Item, _gone: Item) -> Item:
        return replace(item, total=Money(0, item.total.currency))

    monkeypatch.setattr(refund_model, "_of_money", whatever_is_asked)
    monkeypatch.setattr(refund_model, "_left", at_least_nothing)
    with pytest.raises(AssertionError):
        walk_all(found, RUNS_OF_A_BUG)
