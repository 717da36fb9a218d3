"""contractor-merch-payments on the wire (SPEC B.13)."""

from datetime import datetime

from sandbox.merch_payments import NewPayment
from sandbox.schema.wire import Id, Text, Wire
from shared.errors import InvalidRequest
from shared.money import BadAmount, Money


class Merchant(Wire):
    id: Text
    name: Text


class CreatePayment(Wire):
    """`accept_until` is the last moment at which the driver may agree."""

    idempotency_key: Text
    qr_code: Text
    amount: Text
    currency: Text
    merchant: Merchant
    accept_until: Text = ""
    requires_acceptance: bool = False

    def to_payment(self) -> NewPayment:
        return NewPayment(
            key=self.idempotency_key,
            qr_code=self.qr_code,
            amount=self._money(),
            merchant_id=self.merchant.id,
            accept_until=self._moment(),
            must_be_accepted=self.requires_acceptance,
            content=self.digest(),
        )

    def _money(self) -> Money:
        try:
            return Money.parse(self.amount, self.currency)
        except BadAmount:
            raise InvalidRequest("bad_amount") from None

    def _moment(self) -> datetime | None:
        try:
            return datetime.fromisoformat(self.accept_until) if self.accept_until else None
        except ValueError:
            raise InvalidRequest("bad_moment") from None


class GiveBack(Wire):
    refund_id: Text
    amount: Text


class ShowQr(Wire):
    driver_id: Id


class Find(Wire):
    """Whose: the query of a GET."""

    idempotency_key: Text
