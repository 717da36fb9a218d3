"""What the use cases need of the outside: drivers, billing, the fleet's books (SPEC B.8, B.9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Protocol

from fleet_payment_systems.exports import Export
from fleet_payment_systems.model import DriverLookup, Transaction
from shared.money import Money
from shared.secret import Secret


class RefusedForGood(Exception):
    """An upstream's final answer: a repeat would be answered alike. `code` is its own."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Driver:
    """`name` is masked: "Ivan P.". Only an active driver may be paid."""

    driver_id: str
    name: str
    active: bool


class Drivers(Protocol):
    def find(self, park_id: str, account: str, by: DriverLookup) -> Driver | None:
        """The park's driver of that account, None when there is none. Raises Unavailable."""
        ...


class Billing(Protocol):
    """Raises RefusedForGood, or Unavailable when the outcome is unknown."""

    def enter(self, key: str, transaction: Transaction, amount: int, category: str) -> None:
        """Adds `amount` minor units, signed, to the driver's balance, once a `key`."""
        ...

    def balance(self, park_id: str, driver_id: str) -> Money: ...


class FleetBook(Protocol):
    def record(self, transaction: Transaction, amount: int, category: str) -> str:
        """The id of the fleet transaction, made once a tx_id. Raises as Billing does."""
        ...


class Safe(Protocol):
    """shared.vault.Vault, seen from a use case."""

    def seal(self, value: Secret, context: Mapping[str, str]) -> str: ...

    def open(self, sealed: str, context: Mapping[str, str]) -> Secret: ...


class Files(Protocol):
    """The private bucket of exports. Raises Unavailable."""

    def put(self, key: str, content: bytes | IO[bytes]) -> None: ...

    def get(self, key: str) -> bytes: ...

    def url(self, key: str) -> str:
        """A link to the file that is alive for minutes."""
        ...


class Sheets(Protocol):
    def write(self, export: Export, lines: Iterable[Sequence[str]], file: IO[bytes]) -> None:
        """The same bytes for the same lines; the first are the columns' names."""
        ...
