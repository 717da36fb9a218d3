"""The drivers of every park (SPEC B.9): who they are follows from the account alone."""

from dataclasses import dataclass
from typing import Final

_NAMES: Final = {"100245": "Petro K.", "100042": "Ivan P."}
_BLOCKED: Final = "100777"
_CLOSED: Final = "100666"


@dataclass(frozen=True, slots=True)
class Driver:
    driver_id: str
    name_masked: str
    status: str


def find(account: str) -> Driver | None:
    """Test accounts: those that begin with 1 are drivers, all others nobody; 100777 is blocked,
    and billing has closed the account of 100666.
    """
    if not account.startswith("1"):
        return None
    status = "blocked" if account == _BLOCKED else "active"
    return Driver(f"d-{account}", _NAMES.get(account, f"Driver {account[-2:]}"), status)


def is_known(driver_id: str) -> bool:
    return driver_id.startswith("d-1")


def is_closed(driver_id: str) -> bool:
    return driver_id == f"d-{_CLOSED}"
