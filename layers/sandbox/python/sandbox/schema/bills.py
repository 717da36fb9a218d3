"""What a tester says of a bill."""

from sandbox.schema.wire import Text, Wire
from shared.errors import InvalidRequest
from shared.money import BadAmount, Money


class Payment(Wire):
    """Both or none: another sum than the bill asked for."""

    amount: Text | None = None
    currency: Text | None = None

    def to_money(self) -> Money | None:
        if self.amount is None or self.currency is None:
            return None
        try:
            return Money.parse(self.amount, self.currency)
        except BadAmount:
            raise InvalidRequest("bad_amount") from None
