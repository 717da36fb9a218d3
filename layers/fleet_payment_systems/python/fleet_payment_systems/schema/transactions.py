"""Wire models of a park's transactions and of their exports (FP-05, FP-06)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import Field

from fleet_payment_systems.exports import Export, Sums, sums_of
from fleet_payment_systems.model import Operator, Transaction, Wanted
from fleet_payment_systems.schema.wallets import Code, Moment
from fleet_payment_systems.use_cases.exports import Exports, Order
from fleet_payment_systems.use_cases.listing import Page
from shared.clock import to_iso
from shared.http import Request
from shared.money import Money
from shared.wire import Answer, Wire

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class Question(Wire):
    """Transactions made in [from, to); a filter that is not told lets all pass."""

    since: Moment = Field(alias="from")
    until: Moment = Field(alias="to")
    system: Code | None = None
    wallet_id: Id | None = None
    driver_id: Id | None = None
    state: Literal["accepted", "processed", "rejected"] | None = None

    def to_wanted(self, by: Operator) -> Wanted:
        return Wanted(
            park_id=by.park_id,
            since=datetime.fromisoformat(self.since).astimezone(UTC),
            until=datetime.fromisoformat(self.until).astimezone(UTC),
            system=self.system or "",
            wallet_id=self.wallet_id or "",
            driver_id=self.driver_id or "",
            state=self.state or "",
        )


class ListTransactions(Question):
    cursor: str = Field(default="", max_length=200)
    limit: int = Field(default=50, ge=1, le=200)


class ExportTransactions(Question):
    """`bom` marks a CSV as UTF-8, without which spreadsheets guess."""

    format: Literal["csv", "xlsx"]
    bom: bool = True

    def to_order(self, by: Operator, request: Request[Self]) -> Order:
        return Order(self.to_wanted(by), self.format, self.bom, request.idempotency_key)


class TransactionView(Answer):
    """Sums are negative for a reversal. `processed_at` is when the driver had the money."""

    tx_id: str
    system: str
    wallet_id: str
    driver_id: str
    account: str
    amount: str
    commission: str
    currency: str
    state: str
    sub_state: str
    reason: str | None
    txn: str
    direction: str
    created_at: str
    processed_at: str | None

    @classmethod
    def of(cls, one: Transaction) -> Self:
        currency = one.amount.currency
        return cls(
            tx_id=one.tx_id,
            system=one.system,
            wallet_id=one.wallet_id,
            driver_id=one.driver_id,
            account=one.account,
            amount=str(Money(one.sign * one.amount.minor, currency)),
            commission=str(Money(one.sign * one.commission.minor, currency)),
            currency=currency,
            state=one.state.value,
            sub_state=one.step.value,
            reason=one.reason or None,
            txn=one.txn,
            direction=one.direction.value,
            created_at=to_iso(one.created_at),
            processed_at=to_iso(one.billing_done_at) if one.billing_done_at else None,
        )


class TotalView(Answer):
    currency: str
    state: str
    count: int
    amount: str
    commission: str

    @classmethod
    def all(cls, sums: Sums) -> list[Self]:
        return [
            cls(
                currency=currency,
                state=state,
                count=one.count,
                amount=str(Money(one.amount, currency)),
                commission=str(Money(one.commission, currency)),
            )
            for (currency, state), one in sorted(sums.items())
        ]


class TransactionPage(Answer):
    """Newest first. `page_totals` are of this page alone: those of a range are an export's."""

    transactions: list[TransactionView]
    page_totals: list[TotalView]
    cursor: str | None

    @classmethod
    def of(cls, page: Page) -> Self:
        found: Sequence[Transaction] = page.transactions
        return cls(
            transactions=[TransactionView.of(one) for one in found],
            page_totals=TotalView.all(sums_of(found)),
            cursor=page.cursor,
        )


class ExportView(Answer):
    """`rows` and `totals` grow while it runs. `url` lives for 5 minutes; ask again for another.
    None when there is no file: not yet, not any more, or `reason` says why never.
    """

    export_id: str
    state: str
    format: str
    rows: int
    totals: list[TotalView]
    reason: str | None
    url: str | None
    created_at: str

    @classmethod
    def of(cls, export: Export, service: Exports) -> Self:
        return cls(
            export_id=export.export_id,
            state=export.state.value,
            format=export.kind,
            rows=export.rows,
            totals=TotalView.all(export.sums),
            reason=export.reason or None,
            url=service.url(export),
            created_at=to_iso(export.created_at),
        )
