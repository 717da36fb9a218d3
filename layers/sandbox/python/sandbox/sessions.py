"""The mobility backend's sessions (SPEC B.7): set by a test, and told of when they end."""

from dataclasses import dataclass
from typing import Any, Final

from sandbox.clients import RideBus
from sandbox.tables import SessionRow
from shared.clock import Clock, from_ms, to_iso, to_ms
from shared.errors import NotFound
from shared.store import Transaction, commit

_OVER: Final = frozenset({"finished", "cancelled"})
# What else a session may be set to: its ride is paid for, and stays finished.
_PAID: Final = "paid"


@dataclass(frozen=True, slots=True)
class Sessions:
    bus: RideBus
    clock: Clock

    def current(self, session_id: str) -> dict[str, Any]:
        """Raises NotFound session_not_found."""
        row = SessionRow.find(session_id)
        if row is None:
            raise NotFound("session_not_found")
        deposit = {"amount": "300.00", "currency": "RUB"}
        return {
            "session_id": row.session_id,
            "user_id": row.user_id,
            "state": row.state,
            "started_at": to_iso(from_ms(row.started_at)),
            **({"finished_at": to_iso(from_ms(row.finished_at))} if row.finished_at else {}),
            "payment_methods": [{"type": "card", "id": "card-ok"}],
            "offer": {"deposit": deposit, "external_deposit": True},
            "current_cost": "0.00",
        }

    def set(self, session_id: str, user_id: str, state: str, quietly: bool) -> None:
        """From then on the session is so; its end and payment go to the bus, unless `quietly`."""
        now = to_ms(self.clock.now())
        kept = "finished" if state == _PAID else state
        actions = [
            SessionRow.user_id.set(user_id),
            SessionRow.state.set(kept),
            SessionRow.started_at.set(SessionRow.started_at | now),
        ]
        if kept in _OVER:
            actions.append(SessionRow.finished_at.set(now))
        transaction = Transaction()
        transaction.update(SessionRow(session_id), "session", actions, None)
        commit(transaction)
        if state in ("finished", _PAID) and not quietly:
            at = {"finished_at": to_iso(self.clock.now()), "total_cost": "0.00"}
            self.bus.tell(f"scooters.ride_{state}", {"session_id": session_id, **at})
