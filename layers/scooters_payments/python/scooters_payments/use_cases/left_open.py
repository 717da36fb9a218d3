"""Deposits that nobody asks back: is their ride over (SD-27, D4)?"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from scooters_payments.model import OPEN, Deposit, Ended, Status
from scooters_payments.ports import Sessions
from scooters_payments.store import DepositStore
from scooters_payments.use_cases.holds import Holds
from scooters_payments.use_cases.returns import Returns
from shared import logs, metrics
from shared.clock import Clock
from shared.errors import Unavailable
from shared.invoices import EngineRefused
from shared.store import Transaction, commit
from shared.tasks import Ticket

_LOOK_AGAIN_S: Final = 3600
_OVER: Final = frozenset({None, "finished", "cancelled"})


@dataclass(frozen=True, slots=True)
class LeftOpen:
    store: DepositStore
    returns: Returns
    holds: Holds
    sessions: Sessions
    clock: Clock

    def close(self, ticket: Ticket) -> None:
        """Task scooters_payments_close_left_open: asks, and gives back what no ride needs.

        Of a ride that goes on it looks whether the bank still holds (SD-32), and comes again.
        """
        session_id = str(ticket.payload["session_id"])
        deposit = self.store.find(session_id)
        if deposit is None or deposit.status not in OPEN:
            ticket.finish()
            return
        metrics.count("DepositOpenTooLong")
        logs.warning("deposit_open_too_long", session_id=session_id, status=deposit.status.value)
        transaction = Transaction()
        if self.sessions.state(session_id) in _OVER:
            self.returns.add(transaction, session_id, Ended.LEFT_OPEN, "scooters_payments")
            ticket.done(transaction)
        else:
            self._look(deposit)
            later = self.clock.now() + timedelta(seconds=_LOOK_AGAIN_S)
            ticket.again(transaction, later)
        commit(transaction)

    def _look(self, deposit: Deposit) -> None:
        if deposit.status is not Status.HELD:
            return
        try:
            self.holds.refreshed(deposit)
        except (Unavailable, EngineRefused) as problem:
            logs.warning("look_without_engine", session_id=deposit.session_id, code=problem.code)
