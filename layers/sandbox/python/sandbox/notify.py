"""User notifications (SPEC B.5): kept and listed instead of sent."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sandbox.tables import NotificationRow
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.ids import new_id
from shared.store import ConditionFailed, Transaction, commit


@dataclass(frozen=True, slots=True)
class Notifications:
    clock: Clock

    def add(self, key: str, user_id: str, message: Mapping[str, Any]) -> tuple[str, bool]:
        """The message's id, and whether it is new: a key is sent once a user (QO-25)."""
        now = self.clock.now()
        row = NotificationRow(
            user_id,
            key,
            notification_id=new_id(now),
            message=json.dumps(message, ensure_ascii=False),
            created_at=to_ms(now),
        )
        transaction = Transaction()
        transaction.put(row, "notification")
        try:
            commit(transaction)
        except ConditionFailed:
            return NotificationRow.get(user_id, key, consistent_read=True).notification_id, False
        return row.notification_id, True

    def of_user(self, user_id: str) -> list[dict[str, Any]]:
        """What the user was sent, oldest first."""
        rows = NotificationRow.query(user_id, consistent_read=True)
        return [
            {
                "id": row.notification_id,
                "idempotency_key": row.idempotency_key,
                "created_at": to_iso(from_ms(row.created_at)),
                **json.loads(row.message),
            }
            for row in sorted(rows, key=lambda row: row.notification_id)
        ]
