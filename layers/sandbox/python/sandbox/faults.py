"""Faults on order: the next calls of a system are slow or answer an error (SPEC B.14)."""

import time
from dataclasses import dataclass
from functools import wraps
from typing import TypeVar

from sandbox.tables import FaultRow
from shared import trace
from shared.errors import Unavailable
from shared.http import Handler, Reply, Request
from shared.store import ConditionFailed, Transaction, commit

I = TypeVar("I")


@dataclass(frozen=True, slots=True)
class Faults:
    system: str

    def arm(self, *, fail_next: int, status: int, latency_ms: int) -> None:
        """Replaces what was armed before; status 0 is only slow, the call itself goes through."""
        transaction = Transaction()
        actions = [
            FaultRow.remaining.set(fail_next),
            FaultRow.status.set(status),
            FaultRow.latency_ms.set(latency_ms),
        ]
        transaction.update(FaultRow(self.system), "fault", actions, None)
        commit(transaction)

    def meet(self, handler: Handler[I]) -> Handler[I]:
        """The handler, of which an armed fault takes the place; nothing has been done then."""

        @wraps(handler)
        def guarded(request: Request[I]) -> object:
            fault = self._take()
            if fault is not None:
                time.sleep(fault.latency_ms / 1000)
            return _failure(fault.status) if fault and fault.status else handler(request)

        return guarded

    def strike(self) -> None:
        """As meet, for what is not asked over HTTP. Raises Unavailable injected_fault."""
        fault = self._take()
        if fault is not None:
            time.sleep(fault.latency_ms / 1000)
            if fault.status:
                raise Unavailable("injected_fault")

    def _take(self) -> FaultRow | None:
        """One of the armed faults, and one less remains."""
        while (fault := FaultRow.find(self.system)) is not None and fault.remaining:
            transaction = Transaction()
            actions = [FaultRow.remaining.set(fault.remaining - 1)]
            same = FaultRow.remaining == fault.remaining
            transaction.update(FaultRow(self.system), "fault", actions, same)
            try:
                commit(transaction)
            except ConditionFailed:
                continue
            return fault
        return None


def _failure(status: int) -> Reply:
    body = {"code": "injected_fault", "message": "injected fault", "details": {}}
    return Reply({**body, "request_id": trace.request_id()}, status)
