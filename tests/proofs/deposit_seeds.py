"""Bugs to put in on purpose into deposits (appendix C)."""

from typing import Any

import pytest

from scooters_payments import clients, store
from scooters_payments.model import Deposit, Status
from scooters_payments.store import DepositStore
from scooters_payments.tables import DepositRow
from scooters_payments.use_cases import holds, returns, starts
from scooters_payments.use_cases.holds import Holds
from scooters_payments.use_cases.releases import Releases
from scooters_payments.use_cases.returns import Returns
from shared.errors import Unavailable
from shared.ids import new_token
from shared.invoices import EngineRefused
from shared.store import Transaction, commit

Patch = pytest.MonkeyPatch


def seed_1_2_no_version_no_state(patch: Patch) -> None:
    """The journal's key stands in for the version, and goes with it."""
    patch.setattr(store, "_unchanged", lambda _before: DepositRow.rev.exists())
    journal_overwritten(patch)


def journal_overwritten(patch: Patch) -> None:
    put = Transaction.put

    def anyway(self: Transaction, row: Any, label: str, condition: Any = None) -> None:
        any_rev = type(row).rev.does_not_exist() | type(row).rev.exists()
        put(self, row, label, any_rev if label == "event" else condition)

    patch.setattr(Transaction, "put", anyway)


def seed_9_second_start_overwrites(patch: Patch) -> None:
    journal_overwritten(patch)
    journal = Transaction.put

    def put(self: Transaction, row: Any, label: str, condition: Any = None) -> None:
        any_rev = type(row).rev.does_not_exist() | type(row).rev.exists()
        journal(self, row, label, any_rev if label == store.DEPOSIT else condition)

    patch.setattr(Transaction, "put", put)


def seed_17_new_operation_on_retry(patch: Patch) -> None:
    def fresh(invoice_id: str, version: int) -> str:
        return f"{invoice_id}-u{version}-{new_token()[:4].replace('_', 'x')}"

    patch.setattr(clients, "update_id", fresh)


def seed_19_time_out_is_a_refusal(patch: Patch) -> None:
    update = clients.DepositEngine.update

    def refused(engine: clients.DepositEngine, deposit: Deposit) -> None:
        try:
            update(engine, deposit)
        except Unavailable:
            raise EngineRefused("time_out") from None

    patch.setattr(clients.DepositEngine, "update", refused)


def seed_22_task_ended_before_its_work(patch: Patch) -> None:
    send = Holds._send

    def early(self: Holds, deposit: Deposit, ticket: Any) -> None:
        ticket.finish()
        ticket.again = lambda *_: None
        send(self, deposit, ticket)

    patch.setattr(Holds, "_send", early)


def seed_24_no_task(patch: Patch) -> None:
    patch.setattr(starts, "arm_hold", lambda *_: None)


def no_timer(patch: Patch) -> None:
    patch.setattr(starts, "arm_left_open", lambda *_: None)


def seed_39_no_tombstone(patch: Patch) -> None:
    add = DepositStore.add

    def only_started(
        self: DepositStore, transaction: Transaction, deposit: Deposit, *rest: str, **why: str
    ) -> None:
        if "finished" not in rest:
            add(self, transaction, deposit, *rest, **why)

    patch.setattr(DepositStore, "add", only_started)


def hold_past_the_limit(patch: Patch) -> None:
    patch.setattr(Holds, "late", lambda *_: False)


def abandoned_and_forgotten(patch: Patch) -> None:
    patch.setattr(holds, "arm_release", lambda *_: None)


def released_by_the_first_look(patch: Patch) -> None:
    """No waiting for a worker that read the deposit before its end."""
    patch.setattr(Releases, "_may_still_hold", lambda *_: False)


def flight_is_an_end(patch: Patch) -> None:
    ended = Releases._ended

    def at_once(self: Releases, deposit: Deposit, invoice_id: str) -> bool:
        invoice = self.engine.retrieve(invoice_id)
        return (invoice is not None and invoice.status == "holding") or ended(
            self, deposit, invoice_id
        )

    patch.setattr(Releases, "_ended", at_once)


def cleared_without_emptying(patch: Patch) -> None:
    patch.setattr(clients.DepositEngine, "empty", lambda *_: None)


def finish_in_flight_is_ignored(patch: Patch) -> None:
    add = Returns.add

    def only_held(self: Returns, transaction: Transaction, session_id: str, *rest: Any) -> Deposit:
        deposit = self.store.find(session_id)
        if deposit is not None and deposit.status is Status.HOLDING:
            return deposit
        return add(self, transaction, session_id, *rest)

    patch.setattr(Returns, "add", only_held)


def one_invoice_for_all_attempts(patch: Patch) -> None:
    patch.setattr(Deposit, "invoice_id", property(lambda self: f"{self.session_id}-1"))


def finish_without_its_task(patch: Patch) -> None:
    patch.setattr(returns, "arm_release", lambda *_: None)


def two_commits(patch: Patch) -> None:
    """The state first, its task in a second commit."""
    add = Returns.add

    def apart(self: Returns, transaction: Transaction, *rest: Any) -> Deposit:
        found = add(self, transaction, *rest)
        if len(transaction.writes()) > 2:
            first = Transaction()
            first._puts, first._updates = transaction._puts, transaction._updates[:1]
            commit(first)
            transaction._puts, transaction._updates = [], transaction._updates[1:]
        return found

    patch.setattr(Returns, "add", apart)
