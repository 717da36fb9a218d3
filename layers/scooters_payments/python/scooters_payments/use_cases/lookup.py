"""A deposit by its session, by an invoice of it, or by its rider."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from scooters_payments.model import Deposit, Ended, invoice_session
from scooters_payments.store import DepositStore
from scooters_payments.task_names import CLOSE_LEFT_OPEN, HOLD, RELEASE, RIDE_EVENTS
from shared.clock import to_iso
from shared.finding import Found, task_facts
from shared.money import Money
from shared.tasks import TaskRow

_NEWEST: Final = 10


@dataclass(frozen=True, slots=True)
class Lookup:
    store: DepositStore

    def deposits(self, text: str) -> Iterator[Found]:
        """By session id, by <session>-<attempt>, or the newest of a rider."""
        for kind, deposit in self._candidates(text):
            yield Found("deposit", deposit.session_id, {"found_by": kind, **_facts(deposit)})

    def _candidates(self, text: str) -> Iterator[tuple[str, Deposit]]:
        one = self.store.find(text)
        if one is not None:
            yield "session", one
        session_id = invoice_session(text)
        owner = self.store.find(session_id) if session_id else None
        if owner is not None and text in _invoices(owner):
            yield "invoice", owner
        yield from (("rider", deposit) for deposit in self.store.of_user(text, _NEWEST))


def _invoices(deposit: Deposit) -> list[str]:
    """Of each attempt, the first one's first."""
    return [f"{deposit.session_id}-{number + 1}" for number in range(deposit.attempt)]


def _facts(one: Deposit) -> dict[str, Any]:
    """A session of which we know only that it ended has no sums."""
    names = ("amount", "wanted", "held") if one.currency else ()
    return {
        "status": one.status.value,
        **{name: str(Money(getattr(one, name), one.currency)) for name in names},
        **{"currency": one.currency, "invoices": _invoices(one)},
        **{"failure_code": one.failure_code, "engine_error": one.engine_error},
        **{"skip_reason": one.skip_reason, "ended_by": one.ended_by},
        "updated_at": to_iso(one.updated_at),
        "tasks": {row.task_id: task_facts(row) for row in _tasks(one)},
    }


def _tasks(one: Deposit) -> list[TaskRow]:
    ids = [f"{name}#{one.session_id}" for name in (HOLD, CLOSE_LEFT_OPEN)]
    ids += [f"{RELEASE}#{invoice_id}" for invoice_id in _invoices(one)]
    ids += [
        f"{RIDE_EVENTS}#{one.session_id}#{by.value}"
        for by in (Ended.RIDE_FINISHED, Ended.RIDE_PAID)
    ]
    rows = TaskRow.find_all([(task_id,) for task_id in ids])
    return sorted(rows, key=lambda row: row.task_id)
