"""What the use cases need of the outside: drivers, billing, the fleet's books (SPEC B.8, B.9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Protocol

from fleet_payment_systems.bills import Bill, Seen
from fleet_payment_systems.exports import Export
from fleet_payment_systems.model import DriverLookup, Transaction, Wallet
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


class BillSystem(Protocol):
    """A payment system that takes bills. One number is one bill, however often it is issued."""

    @property
    def needs(self) -> str:
        """What names the payer: "phone" or "email"."""
        ...

    def payer(self, said: str) -> str | None:
        """`said` as the system wants it, None when it can be nobody's."""
        ...

    def issue(self, wallet: Wallet, bill: Bill) -> str:
        """Where the driver pays, "" when the system itself tells him.

        Raises RefusedForGood, also when the bill exists and its page is lost; Unavailable.
        """
        ...

    def look(self, wallet: Wallet, number: str) -> Seen:
        """Never raises: what could not be asked is UNKNOWN."""
        ...

    def cancel(self, wallet: Wallet, number: str) -> None:
        """Asks to end the bill, where the system can. The next look tells what came of it."""
        ...


class Safe(Protocol):
    """shared.vault.Vault, seen from a use case."""

    def seal(self, value: Secret, context: Mapping[str, str]) -> str: ...

    def open(self, sealed: str, context: Mapping[str, str]) -> Secret: ...


@dataclass(frozen=True, slots=True)
class OldItem:
    """One wallet of the old store, or that it is not there; `gone`: because we deleted it."""

    wallet_id: str
    text: Secret | None
    gone: bool

    @property
    def content(self) -> Secret:
        """Of one that is there."""
        if self.text is None:
            raise LookupError("no such item")
        return self.text


class OldStore(Protocol):
    """The store of the old service, while there is one (decision 25). Raises Unavailable."""

    def get(self, park_id: str, wallet_id: str) -> OldItem: ...

    def of_park(self, park_id: str) -> list[OldItem]: ...

    def swap(
        self, park_id: str, wallet_id: str, was: Secret | None, new: Secret | None, now: datetime
    ) -> bool:
        """Puts `new` in the place of `was`, None being nothing; False when it is another by now.

        True, too, when `new` is there already.
        """
        ...

    def parks(self, cursor: int, most: int) -> tuple[int, list[str]]:
        """About `most` parks, some of them twice, and where to go on; 0 begins and ends."""
        ...

    def others(self) -> int:
        """How many connections are not ours: who reads past the API (FP-23)."""
        ...


class Mail(Protocol):
    def send(self, to: Sequence[str], subject: str, text: str) -> None:
        """One e-mail to all of `to`. Raises Unavailable, whatever became of it: SES knows no key
        by which a repeat could be told from a new one.
        """
        ...


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
