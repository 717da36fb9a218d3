"""Task fps_poll_bill: looks at a driver's bill until it is paid or over (FP-15, 19, 20).

What ends a bill is what the payment system says of it, asked by us. Its time to live ends our
promise to the driver, not the watch: paid late it is credited all the same, once (decision 24).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from fleet_payment_systems.bills import OVER, UNPAID, BillStatus, Seen
from fleet_payment_systems.model import Step, Transaction, Wallet
from fleet_payment_systems.ports import BillSystem
from fleet_payment_systems.store.money import MoneyStore, moved
from fleet_payment_systems.store.wallets import WalletStore
from fleet_payment_systems.use_cases.issuing import asked_for, told_of
from fleet_payment_systems.use_cases.obligations import arm_credit, counted, pay_claim, poll_payload
from shared import logs, metrics
from shared.clock import Clock
from shared.store import Transaction as Writes
from shared.store import commit
from shared.tasks import Tasks, Ticket

_ACTOR: Final = "fps_poll_bill"
_SLOWEST: Final = timedelta(seconds=60)
# After its time a bill is paid by accident, or while the payment system was down: rarely.
_LATE_FIRST: Final = timedelta(minutes=1)
_LATE_SLOWEST: Final = timedelta(hours=6)
_WATCHED: Final = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class BillPolls:
    """`period` is the pause after the first look; it doubles up to a minute."""

    wallets: WalletStore
    money: MoneyStore
    tasks: Tasks
    systems: Mapping[str, BillSystem]
    clock: Clock
    new_tx_id: Callable[[datetime], str]
    period: timedelta

    def look(self, ticket: Ticket) -> None:
        """One look; what it brings is committed together with the task's ending."""
        bill = self.money.transaction(ticket.payload["park_id"], ticket.payload["tx_id"])
        if bill is None:
            raise LookupError("no such transaction")
        if bill.step not in UNPAID | OVER or bill.replaced_by:
            ticket.finish()
            return
        wallet = self.wallets.find(bill.wallet_id)
        if wallet is None:
            raise LookupError("a bill without its wallet")
        system = self.systems[bill.system]
        seen = system.look(wallet, bill.txn)
        if seen.status == BillStatus.UNKNOWN:
            metrics.count("FpsBillPollFailed")
        if seen.status == BillStatus.PAID and seen.amount != bill.amount:
            self._mismatched(bill, seen, ticket)
        elif bill.step in UNPAID:
            self._unpaid(bill, wallet, seen, ticket)
        else:
            self._over(bill, wallet, seen, ticket)

    def _unpaid(self, bill: Transaction, wallet: Wallet, seen: Seen, ticket: Ticket) -> None:
        now = self.clock.now()
        if seen.status == BillStatus.PAID:
            self._paid(bill, ticket)
        elif seen.status == BillStatus.ENDED:
            self._end(bill, Step.DECLINED, f"{bill.system}_{seen.detail}", ticket)
        elif bill.expires_at is not None and now >= bill.expires_at:
            self._expire(bill, ticket)
        elif bill.step == Step.ISSUING and seen.status != BillStatus.UNKNOWN:
            self._issue(bill, wallet, ticket)
        else:
            self._again(bill, ticket, self.period, _SLOWEST)

    def _over(self, bill: Transaction, wallet: Wallet, seen: Seen, ticket: Ticket) -> None:
        """The bill must not be paid any more, and might have been."""
        ends = (bill.expires_at or bill.created_at) + _WATCHED
        if seen.status == BillStatus.PAID:
            self._paid_late(bill, ticket)
        elif seen.status in (BillStatus.ENDED, BillStatus.MISSING):
            ticket.finish()
        elif self.clock.now() >= ends:
            self._give_up(bill, seen, ticket)
        else:
            if seen.status == BillStatus.WAITING:
                self.systems[bill.system].cancel(wallet, bill.txn)
            self._again(bill, ticket, _LATE_FIRST, _LATE_SLOWEST)

    def _issue(self, bill: Transaction, wallet: Wallet, ticket: Ticket) -> None:
        """Its first answer got lost, or nobody has asked: under the same number (R3)."""
        after = asked_for(self.systems[bill.system], wallet, bill, self.clock)
        writes = Writes()
        self.money.save(writes, after, after.step.value, _ACTOR)
        if after.step == Step.ISSUED:
            ticket.again(writes, after.updated_at + self.period, poll_payload(bill, 0))
        else:
            ticket.done(writes)
        commit(writes)
        told_of(after)

    def _paid(self, bill: Transaction, ticket: Ticket) -> None:
        """From here on a payment as every other: an obligation, and the task that keeps it."""
        paid = moved(bill, self.clock.now(), step=Step.QUEUED)
        writes = Writes()
        self.money.save(writes, paid, "paid", _ACTOR)
        arm_credit(self.tasks, writes, paid)
        ticket.done(writes)
        commit(writes)

    def _paid_late(self, bill: Transaction, ticket: Ticket) -> None:
        """A second transaction, whose claim there is once; the rejected one stays (decision 24)."""
        now = self.clock.now()
        late = replace(
            bill,
            tx_id=self.new_tx_id(now),
            txn=f"{bill.txn}#late",
            step=Step.QUEUED,
            version=1,
            created_at=now,
            updated_at=now,
            reason="",
            pay_url="",
            expires_at=None,
            replaces=bill.tx_id,
        )
        replaced = moved(bill, now, replaced_by=late.tx_id)
        writes = Writes()
        self.money.save(writes, replaced, "paid_late", _ACTOR, {"by": late.tx_id})
        self.money.take(writes, pay_claim(late, late.txn), late)
        self.money.add(writes, late, _ACTOR)
        arm_credit(self.tasks, writes, late)
        ticket.done(writes)
        commit(writes)
        metrics.count("FpsBillPaidLate", Provider=bill.system)
        logs.warning("bill_paid_late", tx_id=bill.tx_id, by=late.tx_id, system=bill.system)
        counted(late)

    def _mismatched(self, bill: Transaction, seen: Seen, ticket: Ticket) -> None:
        """Paid with another sum or currency: never credited by a machine."""
        metrics.count("FpsBillMismatch")
        logs.error("bill_mismatch", tx_id=bill.tx_id, system=bill.system)
        if bill.step in UNPAID:
            told = "" if seen.amount is None else f"{seen.amount} {seen.amount.currency}"
            self._end(bill, Step.DECLINED, "amount_mismatch", ticket, {"paid": told})
        else:
            ticket.finish()

    def _end(
        self,
        bill: Transaction,
        step: Step,
        reason: str,
        ticket: Ticket,
        details: Mapping[str, str] | None = None,
    ) -> None:
        ended = moved(bill, self.clock.now(), step=step, reason=reason)
        writes = Writes()
        self.money.save(writes, ended, step.value, _ACTOR, details)
        ticket.done(writes)
        commit(writes)
        counted(ended)

    def _expire(self, bill: Transaction, ticket: Ticket) -> None:
        """Rejected; the next look, at once, takes the bill back and sees what it has become."""
        now = self.clock.now()
        expired = moved(bill, now, step=Step.TIMEOUT, reason="timeout")
        writes = Writes()
        self.money.save(writes, expired, "timed_out", _ACTOR)
        ticket.again(writes, now, poll_payload(bill, 0))
        commit(writes)
        counted(expired)

    def _give_up(self, bill: Transaction, seen: Seen, ticket: Ticket) -> None:
        """Days after its time. A system that does not answer even then is a matter for people."""
        if seen.status == BillStatus.UNKNOWN:
            metrics.count("FpsBillUnresolved")
            logs.error("bill_unresolved", tx_id=bill.tx_id, system=bill.system)
        ticket.finish()

    def _again(
        self, bill: Transaction, ticket: Ticket, first: timedelta, slowest: timedelta
    ) -> None:
        looks = int(ticket.payload.get("looks", 0))
        pause = min(first * 2 ** min(looks, 20), slowest)
        now = self.clock.now()
        due = now + pause
        if bill.step in UNPAID and bill.expires_at is not None:
            due = max(now, min(due, bill.expires_at))
        writes = Writes()
        ticket.again(writes, due, poll_payload(bill, looks + 1))
        commit(writes)
