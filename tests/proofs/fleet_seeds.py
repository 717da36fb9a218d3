"""Bugs to put in on purpose into the taxi parks' money (appendix C)."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from fleet_payment_systems import clients
from fleet_payment_systems.model import Link, Step, Transaction, Wallet
from fleet_payment_systems.operations import Operation, Outcome, Pay, Result
from fleet_payment_systems.ports import RefusedForGood
from fleet_payment_systems.store import money
from fleet_payment_systems.store.money import Claim, MoneyStore
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.tables import DayRow, EventRow, TransactionRow
from fleet_payment_systems.use_cases import callbacks, cancels, obligations
from fleet_payment_systems.use_cases.callbacks import Callbacks
from fleet_payment_systems.use_cases.cancels import Cancels
from shared.clock import to_ms
from shared.errors import Unavailable
from shared.ids import new_token
from shared.money import Money
from shared.store import ConditionFailed, Row, commit
from shared.store import Transaction as Writes
from shared.tasks import TaskRow, Tasks, Ticket

Patch = pytest.MonkeyPatch


def seed_8_look_then_add(patch: Patch) -> None:
    def count(_: Any, writes: Writes, wallet: Wallet, day: str, amount: Money) -> None:
        if wallet.limits.daily is None:
            return
        row = DayRow.find(wallet.wallet_id, day) or DayRow(wallet.wallet_id, day, total=0)
        if row.total + amount.minor > wallet.limits.daily.minor:
            raise ConditionFailed(frozenset({"day"}))
        writes.update(row, "day", [DayRow.total.add(amount.minor)], None)

    patch.setattr(MoneyStore, "count_day", count)


def seed_10_claim_before_effect(patch: Patch) -> None:
    original = Callbacks._acceptance

    def acceptance(self: Callbacks, wallet: Wallet, link: Link, claim_id: str, one: Any) -> Writes:
        claim = Writes()
        self.money.take(claim, claim_id, one)
        commit(claim)
        with patch.context() as inner:
            inner.setattr(MoneyStore, "take", lambda *_: None)
            return original(self, wallet, link, claim_id, one)

    patch.setattr(Callbacks, "_acceptance", acceptance)


def seed_11_claim_after_effect(patch: Patch) -> None:
    def take(self: MoneyStore, writes: Writes, claim_id: str, one: Transaction) -> None:
        def later() -> None:
            claim = Writes()
            original(self, claim, claim_id, one)
            commit(claim)

        writes.after_commit.append(later)

    original = MoneyStore.take
    patch.setattr(MoneyStore, "take", take)


def keyed(patch: Patch, key: Callable[[Wallet, str], str]) -> None:
    for module in (callbacks, cancels):
        patch.setattr(module, "pay_claim", key)


def seed_13_key_without_park(patch: Patch) -> None:
    keyed(patch, lambda wallet, txn: f"pay#{wallet.system}#{txn}")


def seed_14_key_with_link(patch: Patch) -> None:
    original = Callbacks.run

    def run(self: Callbacks, wallet: Wallet, link: Link, operation: Operation) -> Outcome:
        named = operation
        if isinstance(operation, Pay):
            named = replace(operation, txn=f"{link.link_id}{operation.txn}")
        return original(self, wallet, link, named)

    patch.setattr(Callbacks, "run", run)


def seed_15_no_comparison_of_content(patch: Patch) -> None:
    def again(self: Callbacks, claim: Claim, _pay: Pay) -> Outcome:
        return Outcome(Result.DUPLICATE, transaction=claim.first)

    patch.setattr(Callbacks, "_again", again)


def seed_17_new_key_on_retry(patch: Patch) -> None:
    original = clients.BillingAccounts.enter

    def enter(self: Any, key: str, one: Transaction, amount: int, category: str) -> None:
        original(self, f"{key}-{new_token()}", one, amount, category)

    patch.setattr(clients.BillingAccounts, "enter", enter)


def seed_19_time_out_is_failed(patch: Patch) -> None:
    original = Callbacks._run

    def run(self: Callbacks, wallet: Wallet, link: Link, operation: Operation) -> Outcome:
        try:
            return original(self, wallet, link, operation)
        except Unavailable:
            return Outcome(Result.PAYMENT_FORBIDDEN)

    patch.setattr(Callbacks, "_run", run)


def unknown_is_final(patch: Patch) -> None:
    original = clients.BillingAccounts.enter

    def enter(self: Any, key: str, one: Transaction, amount: int, category: str) -> None:
        try:
            original(self, key, one, amount, category)
        except Unavailable:
            raise RefusedForGood("unavailable") from None

    patch.setattr(clients.BillingAccounts, "enter", enter)


def seed_21_success_before_commit(patch: Patch) -> None:
    original = Callbacks._pay

    def pay(self: Callbacks, wallet: Wallet, link: Link, told: Pay) -> Outcome:
        try:
            return original(self, wallet, link, told)
        except Unavailable:
            return Outcome(Result.OK)

    patch.setattr(Callbacks, "_pay", pay)


def seed_22_task_ended_before_its_work(patch: Patch) -> None:
    original, done = Tasks.take, Ticket.done

    def take(self: Tasks, task_id: str, attempts_max: int | None) -> Ticket | None:
        ticket = original(self, task_id, attempts_max)
        if ticket is not None:
            writes = Writes()
            done(ticket, writes)
            commit(writes)
        return ticket

    patch.setattr(Tasks, "take", take)
    patch.setattr(Ticket, "done", lambda *_: None)


def seed_24_no_task(patch: Patch) -> None:
    patch.setattr(callbacks, "arm_credit", lambda *_: None)


def seed_26_worker_without_any_guard(patch: Patch) -> None:
    """Lease, version, journal and the remote's key each stop a second delivery: none is left."""
    seed_17_new_key_on_retry(patch)
    patch.setattr(Tasks, "take", take_leased)
    patch.setattr(Writes, "put", overwrite)


def take_leased(self: Tasks, task_id: str, _attempts_max: int | None) -> Ticket | None:
    row = TaskRow.find(task_id)
    if row is None:
        return None
    return Ticket(task_id, json.loads(row.payload), row.attempts, row.token, self)


def overwrite(writes: Writes, row: Row, label: str, _condition: object = None) -> None:
    writes._puts.append((label, lambda write: write.save(row)))


def seed_27_no_sweeper(patch: Patch) -> None:
    patch.setattr(Tasks, "_top_up", lambda *_: 0)


def seed_39_no_tombstone(patch: Patch) -> None:
    not_found = Outcome(Result.TXN_NOT_FOUND)
    patch.setattr(Cancels, "_tombstone", lambda *_: not_found)


def revoke_not_in_the_commit(patch: Patch) -> None:
    patch.setattr(WalletStore, "must_take", lambda *_: None)


def cancel_without_version(patch: Patch) -> None:
    """1, 2: the withdrawal overwrites whatever the worker has done."""

    patch.setattr(MoneyStore, "save", _save_over)


def _save_over(
    _store: MoneyStore, writes: Writes, one: Transaction, name: str, actor: str, *_: Any
) -> None:
    """The journal's line of a version is as unique as the version: it has to give way, too."""
    at = to_ms(one.updated_at)
    line = EventRow(f"tx#{one.tx_id}", one.version, at=at, name=name, actor=actor)
    writes.put(money._row(one), "transaction", TransactionRow.version >= 1)
    overwrite(writes, line, "event")


def confirm_not_in_the_commit(patch: Patch) -> None:
    """1: the step is written over whatever a withdrawal, or the end of its time, has written."""
    patch.setattr(MoneyStore, "save", _save_over)


def seed_35_terminal_state_leaves(patch: Patch) -> None:
    def moved(one: Transaction, now: datetime, **changes: Any) -> Transaction:
        return replace(one, version=one.version + 1, updated_at=now, **changes)

    patch.setattr(cancels, "moved", moved)
    patch.setattr(Cancels, "_reverse", Cancels._give_up)


def repeat_forgets_its_end(patch: Patch) -> None:
    """The claim answers for the payment: it has to know that the payment is over."""
    patch.setattr(MoneyStore, "end", lambda *_: None)


def no_end_of_waiting(patch: Patch) -> None:
    """24: a registered payment has no task."""
    original = obligations.arm_credit

    def arm(tasks: Tasks, writes: Writes, one: Transaction) -> None:
        if one.step != Step.REGISTERED:
            original(tasks, writes, one)

    patch.setattr(callbacks, "arm_credit", arm)


def lost_race_is_a_refusal(patch: Patch) -> None:
    """PC2: the loser of two equal payments must hear the winner's success."""
    refusal = Outcome(Result.PAYMENT_FORBIDDEN)
    patch.setattr(Callbacks, "_lost", lambda *_: refusal)
