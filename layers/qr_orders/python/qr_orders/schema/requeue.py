"""What an operator writes to the Lambda requeue_receipt (RC-12)."""

from datetime import date, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import Field, model_validator

from qr_orders.model import parse_document_id
from qr_orders.schema.wire import Id
from qr_orders.use_cases.requeue import Wish
from shared.wire import Wire

_LONGEST: Final = timedelta(days=31)
DocumentId = Annotated[str, Field(pattern=r"^[A-Za-z0-9]+-[0-9]{1,6}/[0-9]{1,6}$")]
Day = Annotated[date, Field(strict=False)]


class RequeueReceipts(Wire):
    """{order_id} or {document_id} or {from, to}; nothing is changed unless dry_run is false."""

    order_id: Id | None = None
    document_id: DocumentId | None = None
    since: Annotated[Day | None, Field(alias="from")] = None
    until: Annotated[Day | None, Field(alias="to")] = None
    dry_run: bool = True

    @model_validator(mode="after")
    def _one_choice(self) -> Self:
        choices = (self.order_id, self.document_id, self.since)
        if sum(choice is not None for choice in choices) != 1:
            raise ValueError("give order_id, or document_id, or from and to")
        if (self.since is None) != (self.until is None):
            raise ValueError("from and to belong together")
        if self.since and self.until and not timedelta() <= self.until - self.since <= _LONGEST:
            raise ValueError("from is not after to, and at most 31 days before it")
        return self

    def to_wish(self) -> Wish:
        invoice_id = parse_document_id(self.document_id)[0] if self.document_id else ""
        return Wish(
            order_id=self.order_id or invoice_id.rpartition("-")[0],
            document=self.document_id or "",
            since=self.since,
            until=self.until,
            dry_run=self.dry_run,
        )


def wish_of(event: dict[str, Any]) -> Wish:
    """Raises ValidationError, whose text the operator sees."""
    return RequeueReceipts.model_validate(event).to_wish()
