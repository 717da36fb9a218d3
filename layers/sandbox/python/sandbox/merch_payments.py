"""contractor-merch-payments (SPEC B.13): drivers' QR codes, payments by them, and its own ledger.

What a payment does is chosen by its code (B.14); a code that was issued is good once, for a minute.
A payment's id follows from its idempotency key: uniqueness is the primary key, and a refusal is
kept under it, too, so that a repeat is answered alike.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sandbox.tables import DriverQrRow, LedgerRow, MerchPaymentRow
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.errors import Conflict, NotFound, Refused, Unavailable
from shared.money import Money
from shared.store import ConditionFailed, Transaction, commit

APPROVED: Final = "approved"
PENDING: Final = "pending_acceptance"
DECLINED: Final = "declined"
CANCELLED: Final = "cancelled"
QR_TTL: Final = timedelta(seconds=60)
# Codes of B.14: what becomes of a payment, and with which word. Refused ones are a 422.
_TOKENS: Final = {
    "ok": (APPROVED, ""),
    "accept": (PENDING, ""),
    "decline": (DECLINED, "driver_declined"),
}
_REFUSED_TOKENS: Final = {
    "expired": "qr_expired",
    "used": "qr_already_used",
    "poor": "insufficient_funds",
    "limit": "limit_exceeded",
    "blocked": "account_blocked",
    "closed": "merchant_blocked",
}
_PREFIX: Final = "YM1"
# From here on the driver of an issued code is asked.
_ASKED_FROM: Final = 100_000
_ROUNDS: Final = 8

Change = Callable[[MerchPaymentRow, Transaction], None]


@dataclass(frozen=True, slots=True)
class NewPayment:
    """A valid request; `content` identifies it."""

    key: str
    qr_code: str
    amount: Money
    merchant_id: str
    accept_until: datetime | None
    must_be_accepted: bool
    content: str


@dataclass(frozen=True, slots=True)
class MerchPayments:
    clock: Clock

    def issue_qr(self, driver_id: str) -> tuple[str, datetime]:
        """A code for the driver's app to show, and until when it is good."""
        ends_at = self.clock.now() + QR_TTL
        code = f"{_PREFIX}.{secrets.token_hex(8)}.{to_ms(ends_at)}.{secrets.token_urlsafe(16)}"
        transaction = Transaction()
        transaction.put(DriverQrRow(code, driver_id=driver_id, ends_at=to_ms(ends_at)), "qr")
        commit(transaction)
        return code, ends_at

    def create(self, wish: NewPayment) -> dict[str, Any]:
        """The payment that `wish` makes, or has made. Raises idempotency_conflict, or Refused."""
        payment_id = payment_id_of(wish.key)
        while (found := MerchPaymentRow.find(payment_id)) is None:
            self._write(payment_id, wish)
        if found.content != wish.content:
            raise Conflict("idempotency_conflict")
        if found.refused:
            raise Refused(found.decline_code or "")
        return _shown(found)

    def get(self, payment_id: str) -> dict[str, Any]:
        return _shown(self._now(payment_id))

    def accept(self, payment_id: str) -> dict[str, Any]:
        """The driver agrees, in time. Raises Conflict not_pending."""
        return self._decided(payment_id, APPROVED)

    def decline(self, payment_id: str) -> dict[str, Any]:
        return self._decided(payment_id, DECLINED)

    def cancel(self, payment_id: str) -> dict[str, Any]:
        """Closes what is not paid, gives back what is. Raises Conflict not_cancellable."""

        def change(row: MerchPaymentRow, writes: Transaction) -> None:
            if row.status == DECLINED or row.refunded:
                raise Conflict("not_cancellable", status=row.status)
            if row.status == APPROVED:
                writes.put(self._entry(row, "cancel", "return", row.amount), "entry")
            row.status = CANCELLED

        return self._changed(payment_id, change, done=CANCELLED)

    def refund(self, payment_id: str, refund_id: str, amount: str) -> dict[str, Any]:
        """Once a `refund_id`. Raises not_approved, refund_too_large, idempotency_conflict."""
        row = self._now(payment_id)
        wanted = Money.parse(amount, row.currency).minor
        known = LedgerRow.find(payment_id, refund_id)
        if known is not None:
            if known.amount != wanted:
                raise Conflict("idempotency_conflict")
            return _shown(row)

        def change(row: MerchPaymentRow, writes: Transaction) -> None:
            if row.status != APPROVED:
                raise Conflict("not_approved", status=row.status)
            if not 0 < wanted <= row.amount - row.refunded:
                raise Refused("refund_too_large")
            writes.put(self._entry(row, refund_id, "refund", wanted), "entry")
            row.refunded += wanted

        return self._changed(payment_id, change)

    def ledger(self, payment_id: str) -> list[dict[str, Any]]:
        """The movements of the driver's money, in the order they came."""
        row = self._now(payment_id)
        entries = LedgerRow.query(payment_id, consistent_read=True)
        return [
            {
                "entry_id": entry.transaction_id,
                "kind": entry.kind,
                "amount": str(Money(entry.amount, row.currency)),
                "at": to_iso(from_ms(entry.at)),
            }
            for entry in sorted(entries, key=lambda entry: (entry.at, entry.transaction_id))
        ]

    def _write(self, payment_id: str, wish: NewPayment) -> None:
        """One try; somebody else's write in between is seen by the next look."""
        now = self.clock.now()
        qr = DriverQrRow.find(wish.qr_code)
        status, code, refused = _judged(wish, qr, now)
        row = MerchPaymentRow(
            payment_id,
            key=wish.key,
            content=wish.content,
            merchant_id=wish.merchant_id,
            driver_id=qr.driver_id if qr is not None else "d-100245",
            amount=wish.amount.minor,
            currency=wish.amount.currency,
            refunded=0,
            status=status,
            decline_code=code or None,
            refused=int(refused),
            accept_until=wish.accept_until and to_ms(wish.accept_until),
            rev=1,
        )
        transaction = Transaction()
        transaction.put(row, "payment")
        if qr is not None and not refused:
            unused = DriverQrRow.used_by.does_not_exist()
            transaction.update(qr, "qr", [DriverQrRow.used_by.set(payment_id)], unused)
        if status == APPROVED:
            transaction.put(self._entry(row, "debit", "debit", row.amount), "entry")
        try:
            commit(transaction)
        except ConditionFailed:
            return

    def _decided(self, payment_id: str, status: str) -> dict[str, Any]:
        def change(row: MerchPaymentRow, writes: Transaction) -> None:
            if row.status != PENDING:
                raise Conflict("not_pending", status=row.status)
            if status == APPROVED:
                writes.put(self._entry(row, "debit", "debit", row.amount), "entry")
            else:
                row.decline_code = "driver_declined"
            row.status = status

        return self._changed(payment_id, change)

    def _changed(self, payment_id: str, change: Change, done: str = "") -> dict[str, Any]:
        """Read, decide, commit if unchanged; a payment that is `done` already stays as it is."""
        for _ in range(_ROUNDS):
            row = self._now(payment_id)
            if row.status == done:
                return _shown(row)
            writes = Transaction()
            change(row, writes)
            before, row.rev = row.rev, row.rev + 1
            writes.put(row, "payment", MerchPaymentRow.rev == before)
            try:
                commit(writes)
            except ConditionFailed:
                continue
            return _shown(row)
        raise Unavailable("contention")

    def _now(self, payment_id: str) -> MerchPaymentRow:
        """As it is now: who did not accept in time is too late. Raises payment_not_found."""
        row = MerchPaymentRow.find(payment_id)
        if row is None or row.refused:
            raise NotFound("payment_not_found")
        over = row.accept_until is not None and to_ms(self.clock.now()) >= row.accept_until
        if row.status == PENDING and over:
            row.status, row.decline_code = DECLINED, "acceptance_timeout"
        return row

    def _entry(self, row: MerchPaymentRow, name: str, kind: str, amount: int) -> LedgerRow:
        return LedgerRow(
            row.payment_id,
            name,
            kind=kind,
            amount=amount,
            operation_id=row.driver_id,
            at=to_ms(self.clock.now()),
        )


def payment_id_of(key: str) -> str:
    return f"mp-{sha256(key.encode()).hexdigest()[:24]}"


def _judged(wish: NewPayment, qr: DriverQrRow | None, now: datetime) -> tuple[str, str, bool]:
    """Status, decline code, and whether that is a refusal (422)."""
    prefix, _, token = wish.qr_code.partition(".")
    word = token.partition(".")[0]
    if prefix == _PREFIX and word in _TOKENS:
        status, code = _TOKENS[word]
        return (PENDING if status == APPROVED and wish.must_be_accepted else status), code, False
    if prefix == _PREFIX and word in _REFUSED_TOKENS:
        return DECLINED, _REFUSED_TOKENS[word], True
    if qr is None:
        return DECLINED, "qr_invalid", True
    if qr.used_by:
        return DECLINED, "qr_already_used", True
    if to_ms(now) >= qr.ends_at:
        return DECLINED, "qr_expired", True
    asked = wish.must_be_accepted or wish.amount.minor >= _ASKED_FROM
    return (PENDING if asked else APPROVED), "", False


def _shown(row: MerchPaymentRow) -> dict[str, Any]:
    found = {
        "payment_id": row.payment_id,
        "status": row.status,
        "amount": str(Money(row.amount, row.currency)),
        "currency": row.currency,
        "refunded": str(Money(row.refunded, row.currency)),
        "driver_ref": row.driver_id,
    }
    return found | ({"decline_code": row.decline_code} if row.decline_code else {})
