"""Bugs to put in on purpose into drivers' bills (appendix C)."""

from dataclasses import replace
from typing import Any

import pytest

from fleet_payment_systems.billers import Biller
from fleet_payment_systems.bills import Bill, BillStatus, Seen
from fleet_payment_systems.model import Step, Transaction, Wallet
from fleet_payment_systems.operations import News, Outcome, Result
from fleet_payment_systems.ports import RefusedForGood
from fleet_payment_systems.store.money import MoneyStore, moved
from fleet_payment_systems.use_cases import bills
from fleet_payment_systems.use_cases.bill_news import BillNews
from fleet_payment_systems.use_cases.bill_polls import BillPolls
from fleet_payment_systems.use_cases.bills import Bills
from fleet_payment_systems.use_cases.issuing import asked_for
from fleet_payment_systems.use_cases.obligations import arm_credit, pay_claim
from shared.errors import Unavailable
from shared.ids import new_token
from shared.store import Row, commit
from shared.store import Transaction as Writes
from shared.tasks import TaskRow, Ticket

Patch = pytest.MonkeyPatch


def _bill(wallet: Wallet, number: str) -> Transaction:
    claim = MoneyStore().claim(pay_claim(wallet, number))
    assert claim is not None
    assert claim.first is not None
    found = MoneyStore().transaction(claim.park_id, claim.first.tx_id)
    assert found is not None
    return found


def time_to_live_is_final(patch: Patch) -> None:
    """32: decision 24 forgotten."""
    patch.setattr(BillPolls, "_over", lambda _self, _bill, _wallet, _seen, ticket: ticket.finish())


def webhook_is_believed(patch: Patch) -> None:
    """SPEC C.2, 7: the payload's word is taken for the payment."""

    def tell(self: BillNews, wallet: Wallet, news: News) -> Outcome:
        paid = moved(_bill(wallet, news.txn), self.clock.now(), step=Step.QUEUED)
        writes = Writes()
        self.money.save(writes, paid, "paid", "paystack")
        arm_credit(self.tasks, writes, paid)
        commit(writes)
        return Outcome(Result.OK)

    patch.setattr(BillNews, "tell", tell)


def any_sum_is_right(patch: Patch) -> None:
    """3: what was paid is not compared with what was asked."""
    look = Biller.look

    def look_away(self: Biller, wallet: Wallet, number: str) -> Seen:
        seen = look(self, wallet, number)
        if seen.status is not BillStatus.PAID:
            return seen
        return replace(seen, amount=_bill(wallet, number).amount)

    patch.setattr(Biller, "look", look_away)


def new_number_on_retry(patch: Patch) -> None:
    """17: each try is a bill of its own."""
    issue = Biller.issue

    def issue_anew(self: Biller, wallet: Wallet, bill: Bill) -> str:
        return issue(self, wallet, replace(bill, number=f"{bill.number[:20]}{new_token()[:6]}"))

    patch.setattr(Biller, "issue", issue_anew)


def time_out_is_declined(patch: Patch) -> None:
    """19, 20: what nobody knows is told as refused."""
    issue = Biller.issue

    def issue_once(self: Biller, wallet: Wallet, bill: Bill) -> str:
        try:
            return issue(self, wallet, bill)
        except Unavailable:
            raise RefusedForGood("unavailable") from None

    patch.setattr(Biller, "issue", issue_once)


def no_watch(patch: Patch) -> None:
    """24: the bill is committed, and nobody will look at it."""
    patch.setattr(bills, "arm_poll", lambda *_: None)


def issued_before_it_is_kept(patch: Patch) -> None:
    """10: the payment system hears of a number that we may not have."""
    opening = Bills._opening

    def ask_first(self: Bills, wallet: Wallet, bill: Transaction, *rest: Any) -> Writes:
        asked = asked_for(self.systems[wallet.system], wallet, bill, self.clock)
        assert asked.step is Step.ISSUED
        return opening(self, wallet, bill, *rest)

    patch.setattr(Bills, "_opening", ask_first)


def any_number_of_bills(patch: Patch) -> None:
    """1: the claim of the driver's open bill is written without a look at what it was."""
    retake = MoneyStore.retake

    def overwrite(self: MoneyStore, writes: Writes, label: str, *rest: Any) -> None:
        if label != "open_bill":
            retake(self, writes, label, *rest)

    patch.setattr(MoneyStore, "retake", overwrite)


def late_by_whoever_sees_it(patch: Patch) -> None:
    """A claim dropped: bill's version and task's token stand in for it, and are dropped as well."""

    def put(writes: Writes, row: Row, label: str, _condition: object = None) -> None:
        writes._puts.append((label, lambda write: write.save(row)))

    patch.setattr(Writes, "put", put)
    patch.setattr(Ticket, "done", _done)


def _done(ticket: Ticket, writes: Writes) -> None:
    writes.delete(TaskRow(ticket.task_id), ticket.task_id, None)
    ticket.ended = True
