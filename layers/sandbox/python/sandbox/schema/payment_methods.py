"""The question for payment methods on the wire (SPEC B.3)."""

from sandbox.schema.wire import Id, Text, Wire


class OrderRef(Wire):
    partner_id: Id


class Availability(Wire):
    """Everything else of the contract is ignored: the list is the same for all."""

    user_id: Text
    currency: str
    service: Text
    order: OrderRef
    amount: str | None = None
