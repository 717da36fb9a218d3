"""What transactions tells an originator: an SQS message that becomes visible when it is true."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.invoice import Invoice
from sandbox.transactions import event_of, finished
from shared import aws, logs
from shared.clock import to_iso, to_ms

# Test tokens (SPEC B.14): how many times a callback is sent.
_COPIES: Final = {"card-callback-lost": 0, "card-callback-dup": 2}
_LONGEST_DELAY_S: Final = 900


@dataclass(frozen=True, slots=True)
class Callbacks:
    """`queues`: queue name without its stage, by originator (QO-27)."""

    queue_url_prefix: str
    queues: Mapping[str, str]

    def knows(self, originator: str) -> bool:
        return originator in self.queues

    def send(self, invoice: Invoice, operation_id: str, now: datetime) -> None:
        """Tells of the end of an operation accepted at `now`. Never fails its caller."""
        operation = finished(invoice, operation_id)
        at = operation.finished_at or now
        wait_s = -((to_ms(now) - to_ms(at)) // 1000)
        message: dict[str, Any] = {
            "event_id": f"{invoice.invoice_id}:{operation_id}",
            "invoice_id": invoice.invoice_id,
            "originator": invoice.originator,
            "version": operation.version,
            "event": event_of(invoice, operation_id),
            "operation_id": operation_id,
            "status": operation.status.value,
            "created_at": to_iso(at),
        }
        if operation.error_code:
            message["error_code"] = operation.error_code
        for _ in range(_COPIES.get(invoice.method_id, 1)):
            self._send(invoice.originator, message, min(wait_s, _LONGEST_DELAY_S))

    def _send(self, originator: str, message: Mapping[str, Any], delay_s: int) -> None:
        try:
            aws.client("sqs").send_message(
                QueueUrl=self.queue_url_prefix + self.queues[originator],
                MessageBody=json.dumps(message),
                DelaySeconds=delay_s,
            )
        except (BotoCoreError, ClientError) as problem:
            logs.error("callback_lost", problem, event_id=message["event_id"])
