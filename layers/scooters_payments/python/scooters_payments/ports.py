"""What the use cases need of the outside."""

from typing import Protocol

from scooters_payments.model import Deposit
from scooters_payments.model.invoice import Invoice


class Engine(Protocol):
    """The transactions service (SPEC B.1). Each call is safe to repeat.

    Raises shared.errors.Unavailable when the outcome is unknown, and
    shared.invoices.EngineRefused when it is final.
    """

    def create(self, deposit: Deposit) -> None: ...

    def update(self, deposit: Deposit) -> None:
        """Asks to hold what the deposit wants, as its version."""
        ...

    def empty(self, invoice_id: str, version: int) -> None:
        """Asks to hold nothing, as that version; the clear that follows lets the money go."""
        ...

    def clear(self, invoice_id: str) -> None: ...

    def retrieve(self, invoice_id: str) -> Invoice | None:
        """None when there is no such invoice."""
        ...


class Sessions(Protocol):
    """The mobility backend's sessions (SPEC B.7)."""

    def state(self, session_id: str) -> str | None:
        """booked, riding, parked, finished or cancelled; None of a session nobody knows.

        Raises shared.errors.Unavailable when it does not say.
        """
        ...
