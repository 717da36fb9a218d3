"""What support sees of deposits (SD-10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scooters_payments.model import Deposit
from scooters_payments.store import DepositStore

FOUND_MAX: Final = 50


@dataclass(frozen=True, slots=True)
class Support:
    store: DepositStore

    def find(self, user_id: str, session_id: str) -> Sequence[Deposit]:
        """Of the session, or the rider's newest; another rider's session is not found."""
        if not session_id:
            return self.store.of_user(user_id, FOUND_MAX)
        deposit = self.store.find(session_id)
        known = deposit is not None and user_id in ("", deposit.user_id)
        return [deposit] if deposit is not None and known else []
