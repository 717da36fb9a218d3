"""Reads and writes of purchases, refunds and clients; each write states its precondition."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from contractor_merch_integration_api.model import (
    Client,
    ClientKey,
    Purchase,
    Refund,
    RefundState,
    State,
    Wish,
)
from contractor_merch_integration_api.tables import (
    ClientRow,
    EventRow,
    PurchaseRow,
    RefundRow,
    TrnRow,
)
from shared.clock import from_ms, to_iso, to_ms
from shared.money import Money
from shared.store import Store, Transaction

TRN: Final = "trn"
PURCHASE: Final = "purchase"
REFUND: Final = "refund"
EVENT: Final = "event"
CLIENT: Final = "client"


@dataclass(frozen=True, slots=True)
class Known:
    """Who has an aggregator's number; a tombstone has no `ya_transaction_id`."""

    ya_transaction_id: str


class PurchaseStore(Store):
    """The map of ids: `known` reads it from the aggregator's side, `purchase` from ours."""

    def known(self, aggregator: str, trn: str) -> Known | None:
        row = TrnRow.find(_trn(aggregator, trn))
        return None if row is None else Known(row.ya_transaction_id or "")

    def purchase(self, ya_transaction_id: str) -> Purchase | None:
        row = PurchaseRow.find(ya_transaction_id)
        return None if row is None else _purchase(row)

    def add(self, writes: Transaction, purchase: Purchase) -> None:
        trn = TrnRow(
            _trn(purchase.aggregator, purchase.trn),
            ya_transaction_id=purchase.ya_transaction_id,
            client_id=purchase.client_id,
            at=to_ms(purchase.created_at),
        )
        writes.put(trn, TRN)
        writes.put(_row(purchase), PURCHASE)
        self._journal(writes, purchase, "authorized", purchase.client_id, {})

    def bury(
        self, writes: Transaction, aggregator: str, trn: str, client_id: str, now: datetime
    ) -> None:
        """A tombstone: nobody has this number, and nobody will."""
        writes.put(TrnRow(_trn(aggregator, trn), client_id=client_id, at=to_ms(now)), TRN)

    def save(
        self,
        writes: Transaction,
        purchase: Purchase,
        name: str,
        actor: str,
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """`purchase` carries the next version; the stored one must be the one before (R6)."""
        unchanged = PurchaseRow.version == purchase.version - 1
        writes.put(_row(purchase), PURCHASE, unchanged)
        self._journal(writes, purchase, name, actor, details or {})

    def refund(self, ya_transaction_id: str, refund_trn: str) -> Refund | None:
        row = RefundRow.find(ya_transaction_id, refund_trn)
        return None if row is None else _refund(row)

    def refunds(self, ya_transaction_id: str) -> list[Refund]:
        rows = RefundRow.query(ya_transaction_id, consistent_read=True)
        return [_refund(row) for row in rows]

    def journal(self, ya_transaction_id: str) -> list[str]:
        """ "<moment> <name> by <actor>", oldest first."""
        rows = EventRow.query(ya_transaction_id, consistent_read=True)
        return [f"{to_iso(from_ms(row.at))} {row.name} by {row.actor}" for row in rows]

    def add_refund(self, writes: Transaction, refund: Refund) -> None:
        writes.put(_refund_row(refund), REFUND)

    def end_refund(self, writes: Transaction, refund: Refund) -> None:
        """DONE or FAILED, once."""
        running = RefundRow.state == RefundState.PROCESSING.value
        writes.put(_refund_row(refund), REFUND, running)

    @staticmethod
    def _journal(
        writes: Transaction, purchase: Purchase, name: str, actor: str, details: Mapping[str, Any]
    ) -> None:
        event = EventRow(
            purchase.ya_transaction_id,
            purchase.version,
            at=to_ms(purchase.updated_at),
            name=name,
            actor=actor,
            details=dict(details) or None,
        )
        writes.put(event, EVENT)


class ClientStore(Store):
    def find(self, client_id: str) -> Client | None:
        row = ClientRow.find(client_id)
        return None if row is None else _client(row)

    def add(self, writes: Transaction, client: Client) -> None:
        writes.put(_client_row(client), CLIENT)

    def save(self, writes: Transaction, client: Client) -> None:
        writes.put(_client_row(client), CLIENT, ClientRow.rev == client.rev - 1)


def _trn(aggregator: str, trn: str) -> str:
    return f"{aggregator}#{trn}"


def _row(one: Purchase) -> PurchaseRow:
    return PurchaseRow(
        one.ya_transaction_id,
        aggregator=one.aggregator,
        trn=one.trn,
        client_id=one.client_id,
        merchant_id=one.merchant_id,
        merchant_name=one.merchant_name,
        terminal_id=one.terminal_id,
        description=one.description or None,
        amount=one.amount.minor,
        currency=one.amount.currency,
        refunded=one.refunded.minor,
        reserved=one.reserved.minor,
        qr=one.qr or None,
        content=one.content,
        state=one.state.value,
        wish=one.wish.value,
        version=one.version,
        created_at=to_ms(one.created_at),
        updated_at=to_ms(one.updated_at),
        expires_at=to_ms(one.expires_at),
        payment_id=one.payment_id or None,
        reason=one.reason or None,
        paid_at=_ms(one.paid_at),
    )


def _purchase(row: PurchaseRow) -> Purchase:
    return Purchase(
        ya_transaction_id=row.ya_transaction_id,
        aggregator=row.aggregator,
        trn=row.trn,
        client_id=row.client_id,
        merchant_id=row.merchant_id,
        merchant_name=row.merchant_name,
        terminal_id=row.terminal_id,
        description=row.description or "",
        amount=Money(row.amount, row.currency),
        refunded=Money(row.refunded, row.currency),
        reserved=Money(row.reserved, row.currency),
        qr=row.qr or "",
        content=row.content,
        state=State(row.state),
        wish=Wish(row.wish),
        version=row.version,
        created_at=from_ms(row.created_at),
        updated_at=from_ms(row.updated_at),
        expires_at=from_ms(row.expires_at),
        payment_id=row.payment_id or "",
        reason=row.reason or "",
        paid_at=_moment(row.paid_at),
    )


def _refund_row(one: Refund) -> RefundRow:
    return RefundRow(
        one.ya_transaction_id,
        one.refund_trn,
        amount=one.amount.minor,
        currency=one.amount.currency,
        state=one.state.value,
        created_at=to_ms(one.created_at),
        reason=one.reason or None,
    )


def _refund(row: RefundRow) -> Refund:
    return Refund(
        ya_transaction_id=row.ya_transaction_id,
        refund_trn=row.refund_trn,
        amount=Money(row.amount, row.currency),
        state=RefundState(row.state),
        created_at=from_ms(row.created_at),
        reason=row.reason or "",
    )


def _client_row(one: Client) -> ClientRow:
    keys: list[object] = [
        {
            "key_id": key.key_id,
            "sealed": key.sealed,
            "created_at": to_ms(key.created_at),
            "not_after": _ms(key.not_after),
        }
        for key in one.keys
    ]
    return ClientRow(
        one.client_id,
        aggregator=one.aggregator,
        title=one.title,
        enabled=one.enabled,
        ip_allowlist=list(one.ip_allowlist),
        keys=keys,
        rev=one.rev,
        created_at=to_ms(one.created_at),
    )


def _client(row: ClientRow) -> Client:
    kept: list[Any] = list(row.keys)
    return Client(
        client_id=row.client_id,
        aggregator=row.aggregator,
        title=row.title,
        enabled=row.enabled,
        ip_allowlist=tuple(row.ip_allowlist),
        keys=tuple(_key(each) for each in kept),
        rev=row.rev,
        created_at=from_ms(row.created_at),
    )


def _key(kept: Mapping[str, Any]) -> ClientKey:
    not_after = kept["not_after"]
    return ClientKey(
        kept["key_id"],
        kept["sealed"],
        from_ms(int(kept["created_at"])),
        None if not_after is None else from_ms(int(not_after)),
    )


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else from_ms(milliseconds)
