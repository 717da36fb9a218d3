"""The rules of invoices against random callers and clocks (SPEC B.1, RELIABILITY M1, M2)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sandbox import transactions
from sandbox.invoice import Invoice, Item, Kind, OperationStatus, Outcome, Status, Update
from shared.errors import AppError

START = datetime(2026, 1, 2, 10, tzinfo=UTC)
# What may be seen next, directly or after states that ended unseen; a final one leads nowhere.
FINAL = {Status.HOLD_FAILED, Status.CANCELLED, Status.REFUNDED}
RANK = {
    Status.INIT: 0,
    Status.HOLDING: 1,
    Status.HELD: 2,
    Status.HOLD_FAILED: 9,
    Status.CLEARING: 3,
    Status.CLEARED: 4,
    Status.REFUNDING: 4,
    Status.CANCELLED: 9,
    Status.REFUNDED: 9,
}
AMOUNTS = st.sampled_from([0, 1, 40, 99, 100, 101, 250])
CARDS = st.sampled_from(
    [
        *("card-ok", "card-insufficient", "card-slow-65", "card-3ds"),
        *("card-clear-fails-2x", "card-refund-fails-2x"),
    ]
)
MOMENTS = st.integers(0, 5000) | st.sampled_from([65_000, 299_000, 300_000])


def new(card: str = "card-ok", delay_ms: int = 1000) -> Invoice:
    return Invoice("i", "qr_payments", "RUB", "card", card, "digest", START, delay_ms)


def wish(version: int, amount: int, operation_id: str) -> Update:
    items = (Item("1", "Soup", amount, "1", "20"),)
    return Update(operation_id, version, items, f"{version}:{amount}")


class Callers(RuleBasedStateMachine):
    """Anybody may call anything at any time; `target` is the last basket accepted."""

    @initialize(card=CARDS, delay_ms=st.sampled_from([0, 1000]))
    def create(self, card: str, delay_ms: int) -> None:
        self.now = START
        self.invoice = new(card, delay_ms)
        self.calls: list[tuple[str, Any]] = []
        self.seen = [Status.INIT]
        self.told: list[tuple[str, int]] = []

    def _try(self, call: Any) -> None:
        """A refused call changes nothing."""
        before = transactions.advance(self.invoice, self.now)
        try:
            after = call(before)
        except AppError:
            return
        assert len(after.operations) <= len(before.operations) + 1
        self._become(after)

    def _become(self, after: Invoice) -> None:
        certain = transactions.newly_certain(self.invoice, after)
        self.told += [(each.operation_id, each.tries) for each in certain]
        self.invoice = after

    @rule(amount=AMOUNTS, skew=st.sampled_from([0, 0, 0, 1, -1]))
    def update(self, amount: int, skew: int) -> None:
        asked = wish(self.invoice.version + 1 + skew, amount, f"u{len(self.calls)}")
        self.calls.append(("update", asked))
        before = self.invoice.version
        self._try(lambda invoice: transactions.update(invoice, asked, self.now))
        assert self.invoice.version in (before, before + 1)
        assert skew == 0 or self.invoice.version == before

    @rule()
    def clear(self) -> None:
        operation_id = f"c{len(self.calls)}"
        self.calls.append(("clear", operation_id))
        self._try(lambda invoice: transactions.clear(invoice, operation_id, self.now))

    @rule()
    def confirm(self) -> None:
        self._try(lambda invoice: transactions.confirm_3ds(invoice, self.now))

    @rule(choice=st.integers(0, 30))
    def repeat(self, choice: int) -> None:
        """An accepted call is known for ever; its repeat is none, but after a failed end."""
        for name, asked in self.calls[choice : choice + 1]:
            operation = self.invoice.operation(asked if name == "clear" else asked.operation_id)
            if operation is None:
                continue
            call: Any = getattr(transactions, name)
            again = call(self.invoice, asked, self.now)
            failed = operation.status is OperationStatus.FAILED
            newest = operation.version == self.invoice.version
            held_again = name == "clear" and self.invoice.status is Status.HELD
            kept = name == "update" and newest and self.invoice.status is Status.CLEARED
            if failed and (held_again or kept):
                assert again.operation(operation.operation_id).tries == operation.tries + 1
                self._become(again)
            else:
                assert again is self.invoice

    @rule(milliseconds=MOMENTS)
    def wait(self, milliseconds: int) -> None:
        self.now += timedelta(milliseconds=milliseconds)
        self._become(transactions.advance(self.invoice, self.now))
        self.seen.append(self.invoice.status)

    @invariant()
    def money_adds_up(self) -> None:
        invoice = self.invoice
        held, voided = invoice.moved(Kind.HOLD), invoice.moved(Kind.VOID)
        assert 0 <= invoice.refunded <= invoice.cleared <= held
        assert held == invoice.cleared + voided + invoice.open
        assert invoice.open >= 0
        assert all(each.amount > 0 for each in invoice.transactions)
        clears = [each for each in invoice.transactions if each.kind is Kind.CLEAR]
        failed = [each for each in clears if each.outcome is Outcome.FAIL]
        assert len(failed) <= (2 if invoice.method_id == "card-clear-fails-2x" else 0)
        assert len(clears) <= len(failed) + 1
        refunds = [each for each in invoice.transactions if each.kind is Kind.REFUND]
        failing = 2 if invoice.method_id == "card-refund-fails-2x" else 0
        assert [each.outcome for each in refunds[:failing]].count(Outcome.SUCCESS) == 0
        assert all(each.outcome is not Outcome.FAIL for each in refunds[failing:])

    @invariant()
    def at_most_the_last_movement_runs(self) -> None:
        running = [each for each in self.invoice.transactions if each.outcome is Outcome.INIT]
        assert running in ([], [self.invoice.transactions[-1]] if running else [])

    @invariant()
    def status_never_goes_back(self) -> None:
        """But from a clear that failed: then the money is held, as before."""
        seen = self.seen
        if self.invoice.method_id == "card-clear-fails-2x":
            seen = [status for status in seen if status is not Status.CLEARING]
        ranks = [RANK[status] for status in seen]
        assert ranks == sorted(ranks)
        ends = {status for status in self.seen if status in FINAL}
        assert len(ends) <= 1

    @invariant()
    def money_without_confirmation_is_not_held(self) -> None:
        if self.invoice.method_id == "card-3ds" and not self.invoice.three_ds_confirmed:
            assert self.invoice.held == 0

    def teardown(self) -> None:
        """Left alone, the money comes to rest at the last basket and every operation ends.

        Each end was told, once.
        """
        if not hasattr(self, "invoice"):
            return
        self._become(transactions.advance(self.invoice, self.now + timedelta(hours=1)))
        rest = self.invoice
        assert rest.running is None
        ends = [(op.operation_id, n) for op in rest.operations for n in range(1, op.tries + 1)]
        assert sorted(self.told) == sorted(ends)
        assert all(each.status is not OperationStatus.INIT for each in rest.operations)
        if rest.status in (Status.CLEARED, Status.REFUNDED):
            failed = rest.operations[-1].status is OperationStatus.FAILED
            assert failed or rest.cleared - rest.refunded == rest.total
        if rest.status is Status.HELD and rest.total:
            assert rest.open == rest.total
        if rest.status is Status.CANCELLED:
            assert (rest.open, rest.cleared) == (0, 0)


Callers.TestCase.settings = settings(max_examples=120, stateful_step_count=20, deadline=None)
TestCallers = Callers.TestCase


@given(st.lists(MOMENTS, max_size=6), CARDS, st.booleans())
@settings(max_examples=60, deadline=None)
def test_how_often_somebody_looks_does_not_change_what_happens(
    looks: list[int], card: str, cancelled: bool
) -> None:
    invoice = transactions.update(new(card), wish(1, 100, "u1"), START)
    invoice = transactions.update(invoice, wish(2, 0 if cancelled else 60, "u2"), START)
    if cancelled:
        invoice = transactions.clear(invoice, "c", START)
    looked_at = invoice
    for milliseconds in sorted(looks):
        looked_at = transactions.advance(looked_at, START + timedelta(milliseconds=milliseconds))

    end = START + timedelta(minutes=10)

    assert transactions.advance(looked_at, end) == transactions.advance(invoice, end)
