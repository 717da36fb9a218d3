"""What the sandbox's systems ask of ours, and tell them."""

import json
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws
from shared.errors import Unavailable
from shared.internal import Internal
from shared.money import Money


@dataclass(frozen=True, slots=True)
class QrOrders:
    internal: Internal

    def cashback(self, order_id: str) -> Money:
        """What the order brings as things are now (QO-07)."""
        found = self.internal.call(
            "qr_orders",
            "get_cashback",
            "GET",
            "/qr-orders/v1/get-cashback",
            query={"order_id": order_id},
        )
        parts = (Money.parse(part["amount"], found["currency"]) for part in found["cashback"])
        return Money.total(parts, found["currency"])


@dataclass(frozen=True, slots=True)
class RideBus:
    """The EventBridge bus `name`, where the end of a ride is told (SPEC B.7)."""

    name: str

    def tell(self, kind: str, detail: dict[str, str]) -> None:
        """Raises Unavailable unless the event is accepted."""
        entry = {
            "EventBusName": self.name,
            "Source": "scooters",
            "DetailType": kind,
            "Detail": json.dumps(detail),
        }
        try:
            answer = aws.client("events").put_events(Entries=[entry])
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("bus_unavailable") from problem
        # A refused entry comes with a success answer.
        if answer["FailedEntryCount"]:
            raise Unavailable("bus_unavailable")
