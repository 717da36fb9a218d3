"""What the use cases need of the outside: contractor-merch-payments (SPEC B.13), and secrets."""

from collections.abc import Mapping
from typing import Protocol

from contractor_merch_integration_api.model import Purchase, Refund, Seen
from shared.secret import Secret


class RefusedForGood(Exception):
    """The payment's state forbids it: a repeat would be answered alike. `code` is theirs."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class MerchPayments(Protocol):
    """Every call may be repeated. Raises Unavailable when the outcome is unknown."""

    def create(self, purchase: Purchase) -> Seen:
        """Makes the payment, or looks at the one that the same purchase has made."""
        ...

    def look(self, payment_id: str) -> Seen: ...

    def cancel(self, payment_id: str) -> Seen:
        """Closes an unpaid payment, gives a paid one back. Raises RefusedForGood."""
        ...

    def refund(self, payment_id: str, refund: Refund) -> None:
        """Raises RefusedForGood."""
        ...


class Safe(Protocol):
    """shared.vault.Vault, seen from a use case."""

    def seal(self, value: Secret, context: Mapping[str, str]) -> str: ...

    def open(self, sealed: str, context: Mapping[str, str]) -> Secret: ...
