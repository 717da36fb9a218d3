"""Calls of one invoice at once, in every order of their remote calls: one effect."""

from collections.abc import Iterator, Sequence
from functools import partial

import pytest

from sandbox.callbacks import Callbacks
from sandbox.invoice import Invoice, Item, Update
from sandbox.store import InvoiceStore
from sandbox.use_cases import Draft, Invoices
from shared.errors import Conflict
from tests.support.atomic_moto import FakeAws, atomic_aws
from tests.support.aws_world import aws_world
from tests.support.clock import FakeClock
from tests.support.interleave import explore
from tests.support.stage import Outcome


@pytest.fixture
def aws() -> Iterator[FakeAws]:
    with atomic_aws() as fake, aws_world("sandbox"):
        yield fake


@pytest.fixture
def invoices(aws: FakeAws) -> Invoices:
    # The card loses its callback, so that only DynamoDB calls are points of the race.
    return Invoices(InvoiceStore(), Callbacks("", {"qr_payments": ""}), aws.clock, 1000)


def draft(digest: str = "same") -> Draft:
    return Draft("i-1", "qr_payments", "RUB", "card", "card-callback-lost", digest)


def lower_to(amount: int, operation_id: str, version: int, _currency: str = "RUB") -> Update:
    items = (Item("1", "Soup", amount, "1", "20"),)
    return Update(operation_id, version, items, f"{operation_id}:{amount}")


def hold(invoices: Invoices, clock: FakeClock) -> None:
    invoices.create(draft())
    invoices.update("i-1", partial(lower_to, 100, "u1", 1))
    clock.advance(1)
    # Stored as held, or the ledger's row of the hold would decide the race in place of `rev`.
    invoices.get("i-1")


def refusals(outcomes: Sequence[Outcome]) -> list[str]:
    """Codes of those that were refused; any other error is one of the test."""
    codes = []
    for outcome in outcomes:
        try:
            outcome.result()
        except Conflict as problem:
            codes.append(problem.code)
    return codes


def test_of_two_different_creates_one_wins(aws: FakeAws, invoices: Invoices) -> None:
    empty = aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        assert refusals(outcomes) == ["invoice_exists"]

    actors = [partial(invoices.create, draft("a")), partial(invoices.create, draft("b"))]
    assert explore(actors, lambda: aws.restore(empty), check).exhaustive


def test_of_two_updates_one_wins_and_the_other_learns_the_version(
    aws: FakeAws, invoices: Invoices
) -> None:
    hold(invoices, aws.clock)
    held = aws.snapshot()

    def check(outcomes: Sequence[Outcome]) -> None:
        assert refusals(outcomes) == ["version_conflict"]
        assert invoices.get("i-1").version == 2

    actors = [
        partial(invoices.update, "i-1", partial(lower_to, 60, "left", 2)),
        partial(invoices.update, "i-1", partial(lower_to, 70, "right", 2)),
    ]
    assert explore(actors, lambda: aws.restore(held), check).exhaustive


def test_clear_sent_twice_while_somebody_looks_takes_the_money_once(
    aws: FakeAws, invoices: Invoices
) -> None:
    hold(invoices, aws.clock)
    held, now = aws.snapshot(), aws.clock.now()

    def prepare() -> None:
        aws.restore(held)
        aws.clock.set(now)

    def check(outcomes: Sequence[Outcome]) -> None:
        assert refusals(outcomes) == []
        aws.clock.advance(1)
        invoice, entries = invoices.ledger("i-1")
        assert isinstance(invoice, Invoice)
        assert [(entry.kind, entry.amount) for entry in entries] == [("hold", 100), ("clear", 100)]

    clear = partial(invoices.clear, "i-1", "c")
    look = partial(invoices.get, "i-1")
    assert explore([clear, clear, look], prepare, check, preemption_bound=2).exhaustive
