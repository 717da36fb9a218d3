"""What transactions tells an originator: an SQS message that becomes visible when it is true."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from sandbox.invoice import Invoice, Operation
from sandbox.transactions import event_of, finished
from shared import aws, logs
from shared.clock import to_iso, to_ms

_LONGEST_DELAY_S: Final = 900


@dataclass(frozen=True, slots=True)
class Callbacks:
    """`queues`: queue name without its stage, by originator (QO-27)."""

    queue_url_prefix: str
    queues: Mapping[str, str]

    def knows(self, originator: str) -> bool:
        return originator in self.queues

    def send(self, invoice: Invoice, operation_id: str, now: datetime) -> None:
        """Tells of the end of an operation that is certain from `now`. Never fails its caller."""
        operation = finished(invoice, operation_id)
        at = operation.finished_at or now
        message: dict[str, Any] = {
            "event_id": _event_id(invoice, operation),
            "invoice_id": invoice.invoice_id,
            "originator": invoice.originator,
            "version": operation.version,
            "event": event_of(invoice, operation),
            "operation_id": operation_id,
            "status": operation.status.value,
            "created_at": to_iso(at),
        }
        if operation.error_code:
            message["error_code"] = operation.error_code
        # A 3-D Secure that expired unseen ended in the past.
        wait_s = max(0, -((to_ms(now) - to_ms(at)) // 1000))
        if operation_id == invoice.operations[0].operation_id:
            wait_s += invoice.card.hold_callback_late_s
        for _ in range(invoice.card.callback_copies):
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


def _event_id(invoice: Invoice, operation: Operation) -> str:
    """One for each end: a clear tried again under its own id ends more than once."""
    again = f":{operation.tries}" if operation.tries > 1 else ""
    return f"{invoice.invoice_id}:{operation.operation_id}{again}"
