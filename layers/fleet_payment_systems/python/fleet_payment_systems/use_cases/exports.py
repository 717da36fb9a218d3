"""Files of a park's transactions: ordered by a dispatcher, written by a task (FP-06)."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Final

from fleet_payment_systems.exports import Export, ExportState
from fleet_payment_systems.model import Operator, Wanted
from fleet_payment_systems.ports import Files
from fleet_payment_systems.store.exports import ExportStore
from fleet_payment_systems.task_names import EXPORT
from fleet_payment_systems.use_cases.listing import in_order, mark_of
from shared.clock import Clock
from shared.errors import NotFound, Refused, Unavailable
from shared.ids import new_id
from shared.store import ConditionFailed, commit
from shared.store import Transaction as Writes
from shared.tasks import Tasks

# The bucket forgets a file after as many days.
KEPT_DAYS: Final = 7


@dataclass(frozen=True, slots=True)
class Order:
    """`kind` is csv or xlsx; `bom` is for CSV. A repeat of `key` says the same; "" is none."""

    wanted: Wanted
    kind: str
    bom: bool
    key: str


@dataclass(frozen=True, slots=True)
class Exports:
    store: ExportStore
    tasks: Tasks
    files: Files
    clock: Clock

    def order(self, by: Operator, order: Order) -> Export:
        """The accepted export, or that of the same request before (AR-12).

        What is made after this moment is not in it: the file has an end even if `until` has not.
        Raises InvalidRequest range_invalid; Refused idempotency_mismatch.
        """
        in_order(order.wanted)
        export = self._new(by, order)
        writes = Writes()
        self.store.add(writes, export)
        payload = {"park_id": by.park_id, "export_id": export.export_id}
        self.tasks.arm(
            writes, f"{EXPORT}#{by.park_id}#{export.export_id}", payload, export.created_at
        )
        known = self.store.find(by.park_id, export.export_id) if order.key else None
        if known is None:
            try:
                commit(writes)
            except ConditionFailed as problem:
                known = self.store.find(by.park_id, export.export_id)
                if known is None:
                    raise Unavailable("request_unreadable") from problem
        return export if known is None else _same(known, export)

    def get(self, by: Operator, export_id: str) -> Export:
        """Raises NotFound export_not_found: for another park's, too."""
        found = self.store.find(by.park_id, export_id)
        if found is None:
            raise NotFound("export_not_found")
        return found

    def url(self, export: Export) -> str | None:
        """A link of a few minutes, as long as the bucket has the file."""
        kept = self.clock.now() < export.updated_at + timedelta(days=KEPT_DAYS)
        return self.files.url(export.key) if kept and export.state == ExportState.DONE else None

    def _new(self, by: Operator, order: Order) -> Export:
        now = self.clock.now()
        # A repeated request finds its export by the primary key: no claim of its own.
        own = sha256(f"{by.park_id}\n{order.key}".encode()).hexdigest()[:26]
        return Export(
            export_id=own if order.key else new_id(now),
            wanted=order.wanted,
            mark=f"{mark_of(order.wanted)}/{order.kind}/{int(order.bom)}",
            kind=order.kind,
            bom=order.bom,
            author=by.user_id,
            state=ExportState.ACCEPTED,
            version=1,
            created_at=now,
            updated_at=now,
        )


def _same(known: Export, asked: Export) -> Export:
    if known.mark != asked.mark:
        raise Refused("idempotency_mismatch")
    return known
