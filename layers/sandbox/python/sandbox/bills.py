"""Bills of QIWI and Paystack (SPEC B.14): issued once a number, paid by whoever tests."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from sandbox.tables import BillRow
from shared.clock import Clock, to_ms
from shared.errors import Conflict, NotFound
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit

WAITING: Final = "waiting"
PAID: Final = "paid"
REJECTED: Final = "rejected"
EXPIRED: Final = "expired"
# Minor units, in every currency.
_PAID_AT_SECOND_LOOK: Final = 101
_REJECTED_AT_ONCE: Final = 102
_EXPIRED_AT_ONCE: Final = 103
_STUBBORN: Final = 104


@dataclass(frozen=True, slots=True)
class NewBill:
    """`number` is the issuer's; `note` comes back as it is."""

    number: str
    amount: Money
    payer: str
    lifetime_ms: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Bills:
    """Of one system."""

    system: str
    clock: Clock

    def issue(self, bill: NewBill) -> bool:
        """False when the number is taken."""
        now = to_ms(self.clock.now())
        transaction = Transaction()
        row = BillRow(
            f"{self.system}#{bill.number}",
            rev=1,
            amount=bill.amount.minor,
            currency=bill.amount.currency,
            payer=bill.payer,
            status=WAITING,
            looks=0,
            at=now,
            ends_at=now + bill.lifetime_ms,
            note=bill.note,
        )
        transaction.put(row, "bill")
        try:
            commit(transaction)
        except ConditionFailed:
            return False
        return True

    def look(self, number: str) -> BillRow | None:
        """The bill as its issuer sees it; amounts and time change it at a look."""
        if self.find(number) is None:
            return None
        return self._change(number, self._looked_at)

    def cancel(self, number: str) -> bool:
        """False when the payer is at it: 1.04 never lets go."""
        after = self._change(number, _cancelled)
        return after.status != WAITING

    def pay(self, number: str, amount: Money | None = None) -> BillRow:
        """Raises NotFound bill_not_found; Conflict bill_ended. `amount`: another sum than asked."""

        def pay(row: BillRow) -> None:
            if row.status not in (WAITING, PAID):
                raise Conflict("bill_ended", status=row.status)
            row.status = PAID
            if amount is not None:
                row.amount, row.currency = amount.minor, amount.currency

        return self._change(number, pay)

    def reject(self, number: str) -> BillRow:
        """As the payer does, or his bank. Raises as pay does."""

        def reject(row: BillRow) -> None:
            if row.status not in (WAITING, REJECTED):
                raise Conflict("bill_ended", status=row.status)
            row.status = REJECTED

        return self._change(number, reject)

    def find(self, number: str) -> BillRow | None:
        return BillRow.find(f"{self.system}#{number}")

    def _looked_at(self, row: BillRow) -> None:
        row.looks += 1
        if row.status != WAITING or row.amount == _STUBBORN:
            return
        if row.amount == _PAID_AT_SECOND_LOOK and row.looks >= 2:
            row.status = PAID
        elif row.amount == _REJECTED_AT_ONCE:
            row.status = REJECTED
        elif row.amount == _EXPIRED_AT_ONCE or to_ms(self.clock.now()) >= row.ends_at:
            row.status = EXPIRED

    def _change(self, number: str, change: Callable[[BillRow], None]) -> BillRow:
        while True:
            row = self.find(number)
            if row is None:
                raise NotFound("bill_not_found")
            before = row.rev
            change(row)
            row.rev = before + 1
            transaction = Transaction()
            transaction.put(row, "bill", BillRow.rev == before)
            try:
                commit(transaction)
            except ConditionFailed:
                continue
            return row


def _cancelled(row: BillRow) -> None:
    if row.status == WAITING and row.amount != _STUBBORN:
        row.status = REJECTED
