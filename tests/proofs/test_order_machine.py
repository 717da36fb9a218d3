"""2,000 steps of the order machine, 20,000 in `make test-proofs`; bugs seeded here are refused."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from pynamodb.expressions.condition import Condition

from qr_orders import store as order_store
from qr_orders.model import Item, Order
from qr_orders.model import refund as refund_model
from qr_orders.store import REFUND, OrderStore
from qr_orders.tables import OrderRow
from shared.money import Money
from shared.store import Transaction
from tests.proofs.order_machine import Base, OrderMachine, base
from tests.proofs.order_model import Forbidden
from tests.proofs.phases import ALL
from tests.proofs.test_races import overwrite

STEPS_A_RUN = 50
STEPS = 20_000 if ALL else 2_000


@pytest.fixture(scope="module", autouse=True)
def found() -> Iterator[Base]:
    with base() as found:
        OrderMachine.base = found
        yield found


def run(steps: int, *phases: Phase) -> None:
    """About that many steps, the same ones each time."""
    chosen = settings(
        max_examples=steps // STEPS_A_RUN + 2,
        stateful_step_count=STEPS_A_RUN,
        derandomize=True,
        deadline=None,
        database=None,
        phases=phases,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(OrderMachine, settings=chosen)


def begun() -> OrderMachine:
    """A machine whose steps are taken by hand."""
    machine = OrderMachine()
    machine.begin()
    return machine


def race_two_guests() -> None:
    for at in range(1, 13):
        begun().two_at_once(0, 0, 1, at)


def test_orders_keep_to_the_model_whatever_happens(found: Base) -> None:
    """M1-M3, M13-M20."""
    run(STEPS, Phase.generate)
    assert found.steps >= STEPS * 0.9  # a run that hypothesis cuts short counts less


def test_a_write_without_its_version_is_found(found: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    def anything(_before: Order) -> Condition:
        return OrderRow.order_id.exists()

    monkeypatch.setattr(order_store, "_unchanged", anything)
    # The journal's key is the second guard, and goes with the first.
    monkeypatch.setattr(Transaction, "put", overwrite)
    with pytest.raises(AssertionError):
        race_two_guests()


def test_a_refund_without_the_claim_on_its_id_is_found(
    found: Base, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = OrderStore.claim

    def unclaimed(store: OrderStore, transaction: Any, kind: str, *rest: Any) -> None:
        if kind != REFUND:
            claim(store, transaction, kind, *rest)

    monkeypatch.setattr(OrderStore, "claim", unclaimed)
    machine = begun()
    machine.refund(2, 1, "1", "quantity", 1)
    with pytest.raises(AssertionError):
        machine.refund(2, 1, "1", "quantity", 1)


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
    with pytest.raises(Forbidden, match="more money than the dish costs"):
        begun().refund(2, 1, "1", "amount", 99999)
