"""Reads and transactions of scooters_payments; conversions between rows and the domain."""

from datetime import datetime
from typing import Any, Final

from scooters_payments.model import Deposit, PaymentMethod, Status
from scooters_payments.tables import DepositRow, EventRow
from shared.clock import from_ms, to_ms
from shared.errors import NotFound
from shared.store import Store, Transaction, available

DEPOSIT: Final = "deposit"
_WHOLE = ("rev", "attempt", "invoice_version", "amount", "wanted", "held")
_TEXTS = (
    *("currency", "user_id", "offer_id", "city", "engine_error"),
    *("failure_code", "skip_reason", "ended_by"),
)
_MOMENTS = ("created_at", "updated_at", "started_at")
_LATER = ("sent_at", "held_at", "released_at")


class DepositStore(Store):
    """The tables of scooters_payments behind the words of the domain."""

    def find(self, session_id: str) -> Deposit | None:
        row = DepositRow.find(session_id)
        return None if row is None else from_row(row)

    def get(self, session_id: str) -> Deposit:
        """Raises NotFound deposit_not_found."""
        deposit = self.find(session_id)
        if deposit is None:
            raise NotFound("deposit_not_found")
        return deposit

    def of_user(self, user_id: str, most: int) -> list[Deposit]:
        """The rider's newest deposits, newest first; the index only finds them (R13)."""
        asked: dict[str, Any] = {"scan_index_forward": False, "limit": most}
        with available():
            keys = [(row.session_id,) for row in DepositRow.by_user.query(user_id, **asked)]
        rows = [from_row(row) for row in DepositRow.find_all(keys)]
        return sorted(rows, key=lambda each: each.created_at, reverse=True)

    def add(
        self,
        transaction: Transaction,
        deposit: Deposit,
        event: str,
        actor: str,
        *,
        reason: str = "",
    ) -> None:
        """The session's first word; ConditionFailed when there was one before."""
        transaction.put(to_row(deposit), DEPOSIT)
        transaction.put(_event(deposit, event, actor, reason), "event")

    def move(
        self,
        transaction: Transaction,
        before: Deposit,
        after: Deposit,
        event: str,
        actor: str,
        *,
        reason: str = "",
    ) -> None:
        """`before` becomes `after`, if it still is `before` (R6)."""
        same = _unchanged(before)
        if after.held != before.held:
            # The amount is bounded by the row itself, not by what we read (M12).
            same &= DepositRow.wanted >= after.held
        changes = _changes(before, after)
        transaction.update(DepositRow(after.session_id), DEPOSIT, changes, same)
        transaction.put(_event(after, event, actor, reason), "event")


def to_row(deposit: Deposit) -> DepositRow:
    """The storage form: moments in milliseconds, amounts in minor units."""
    return DepositRow(session_id=deposit.session_id, **_values(deposit))


def from_row(row: DepositRow) -> Deposit:
    """Back to the domain."""
    method = PaymentMethod(row.method_type, row.method_id or "") if row.method_type else None
    same: dict[str, Any] = {name: getattr(row, name) for name in _WHOLE}
    same |= {name: getattr(row, name) or "" for name in _TEXTS}
    same |= {name: from_ms(getattr(row, name)) for name in _MOMENTS}
    same |= {name: _moment(getattr(row, name)) for name in _LATER}
    return Deposit(session_id=row.session_id, status=Status(row.status), method=method, **same)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)


def _values(deposit: Deposit) -> dict[str, Any]:
    later = {name: getattr(deposit, name) for name in _LATER}
    return {
        **{name: getattr(deposit, name) for name in _WHOLE},
        **{name: getattr(deposit, name) or None for name in _TEXTS},
        **{name: to_ms(getattr(deposit, name)) for name in _MOMENTS},
        **{name: None if at is None else to_ms(at) for name, at in later.items()},
        "status": deposit.status.value,
        "method_type": deposit.method.kind if deposit.method else None,
        "method_id": deposit.method.method_id if deposit.method else None,
    }


def _changes(before: Deposit, after: Deposit) -> list[Any]:
    old, new = _values(before), _values(after)
    return [
        getattr(DepositRow, name).remove()
        if value is None
        else getattr(DepositRow, name).set(value)
        for name, value in new.items()
        if value != old[name]
    ]


def _unchanged(before: Deposit) -> Any:
    """Version and status (R6): either alone would do, and is proven so."""
    return (DepositRow.rev == before.rev) & (DepositRow.status == before.status.value)


def _event(deposit: Deposit, name: str, actor: str, reason: str) -> EventRow:
    return EventRow(
        deposit.session_id,
        deposit.rev,
        at=to_ms(deposit.updated_at),
        name=name,
        actor=actor,
        status=deposit.status.value,
        invoice_id=deposit.invoice_id,
        invoice_version=deposit.invoice_version,
        wanted=deposit.wanted,
        held=deposit.held,
        reason=reason or None,
    )
