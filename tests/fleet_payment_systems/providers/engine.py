"""An engine in memory for adapters: what the use case answers, without a table behind it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from fleet_payment_systems.accounts import well_formed
from fleet_payment_systems.model import Direction, DriverLookup, Step, Transaction
from fleet_payment_systems.operations import (
    Cancel,
    ChangePassword,
    Check,
    Confirm,
    News,
    Operation,
    Outcome,
    Pay,
    Ping,
    Query,
    Result,
    Statement,
    Withdraw,
)
from shared.money import Money

NOW = datetime(2024, 5, 17, 9, 30, 45, tzinfo=UTC)
DRIVERS = {"100245": "Petro K.", "100042": "Ivan P."}
BLOCKED, UNKNOWN, MALFORMED = "100777", "999999", "10 02/45"
MINIMUM, MAXIMUM = 100, 900_000


@dataclass(slots=True)
class Engine:
    """`down` answers everything as an engine that could not reach its tables would."""

    next_id: int = 90017
    now: datetime = NOW
    balance: Money | None = None
    down: bool = False
    paid: dict[str, Transaction] = field(default_factory=dict)
    buried: set[str] = field(default_factory=set)
    passwords: list[str] = field(default_factory=list)

    def run(self, operation: Operation) -> Outcome:
        if self.down:
            return Outcome(Result.TEMPORARY_ERROR)
        match operation:
            case Check():
                return self._check(operation)
            case Pay():
                return self._pay(operation)
            case Query():
                return self._query(operation.txn)
            case Cancel():
                return self._cancel(operation.txn)
        return self._rest(operation)

    def _rest(
        self, operation: Statement | ChangePassword | Confirm | Withdraw | News | Ping
    ) -> Outcome:
        if isinstance(operation, News | Ping):
            return Outcome(Result.OK)
        if isinstance(operation, Confirm):
            return self._confirm(operation.tx_id)
        if isinstance(operation, Withdraw):
            return self._withdraw(operation.tx_id)
        if isinstance(operation, Statement):
            rows = [each for each in self.paid.values() if not each.cancelled]
            inside = [row for row in rows if operation.since <= told(row) <= operation.until]
            return Outcome(Result.OK, statement=tuple(inside))
        if len(operation.password.reveal()) < 7:
            return Outcome(Result.PASSWORD_WEAK)
        self.passwords.append(operation.password.reveal())
        return Outcome(Result.OK)

    def _check(self, check: Check) -> Outcome:
        refused = self._refusal(check.account, check.amount)
        name = DRIVERS.get(check.account, "")
        return refused or Outcome(Result.OK, name=name, balance=self.balance)

    def _pay(self, pay: Pay) -> Outcome:
        first = self.paid.get(pay.txn)
        if first is not None:
            if (first.account, first.amount) != (pay.account, pay.amount):
                return Outcome(Result.DUPLICATE_CONFLICT, transaction=first.accepted)
            known = Result.ALREADY_CANCELLED if first.cancelled else Result.DUPLICATE
            return Outcome(known, transaction=first.accepted)
        if pay.txn in self.buried:
            return Outcome(Result.ALREADY_CANCELLED)
        refused = self._refusal(pay.account, pay.amount)
        if refused is not None:
            return refused
        self.paid[pay.txn] = self._accepted(pay)
        paid = self.paid[pay.txn].accepted
        return Outcome(Result.OK, name=DRIVERS[pay.account], transaction=paid)

    def _accepted(self, pay: Pay) -> Transaction:
        tx_id, self.next_id = f"{self.next_id:019d}", self.next_id + 1
        return Transaction(
            tx_id=tx_id,
            park_id="park-7",
            wallet_id="W",
            system="any",
            direction=Direction.CALLBACK,
            txn=pay.txn,
            driver_id="D",
            account=pay.account,
            amount=pay.amount,
            commission=Money(0, pay.amount.currency),
            step=Step.REGISTERED if pay.registers else Step.QUEUED,
            version=1,
            created_at=self.now,
            updated_at=self.now,
            provider_time=pay.provider_time or self.now,
        )

    def _query(self, txn: str) -> Outcome:
        found = self.paid.get(txn)
        if found is None:
            return Outcome(Result.TXN_NOT_FOUND)
        result = Result.ALREADY_CANCELLED if found.cancelled else Result.OK
        return Outcome(result, transaction=found.accepted)

    def _cancel(self, txn: str) -> Outcome:
        found = self.paid.get(txn)
        if found is None:
            self.buried.add(txn)
            return Outcome(Result.TXN_NOT_FOUND)
        if found.cancelled:
            return Outcome(Result.ALREADY_CANCELLED, transaction=found.accepted)
        if found.step == Step.DONE:
            return Outcome(Result.CANCEL_FORBIDDEN, transaction=found.accepted)
        self.paid[txn] = replace(found, step=Step.CANCELLED)
        return Outcome(Result.OK, transaction=self.paid[txn].accepted)

    def _confirm(self, tx_id: str) -> Outcome:
        found = self._numbered(tx_id)
        if found is None or found.cancelled:
            return Outcome(Result.TXN_NOT_FOUND)
        if found.step == Step.REGISTERED:
            found = replace(found, step=Step.QUEUED, confirmed_at=self.now)
            self.paid[found.txn] = found
        return Outcome(Result.OK, transaction=found.accepted, at=found.confirmed_at)

    def _withdraw(self, tx_id: str) -> Outcome:
        found = self._numbered(tx_id)
        if found is None:
            return Outcome(Result.TXN_NOT_FOUND)
        if found.confirmed_at is not None:
            return Outcome(Result.CANCEL_FORBIDDEN, transaction=found.accepted)
        known = Result.ALREADY_CANCELLED if found.cancelled else Result.OK
        if known == Result.OK:
            found = replace(found, step=Step.CANCELLED, updated_at=self.now)
            self.paid[found.txn] = found
        return Outcome(known, transaction=found.accepted, at=found.updated_at)

    def _numbered(self, tx_id: str) -> Transaction | None:
        return next((one for one in self.paid.values() if one.tx_id == tx_id), None)

    def _refusal(self, account: str, amount: Money | None) -> Outcome | None:
        if not well_formed(account, DriverLookup.CALLSIGN):
            return Outcome(Result.ACCOUNT_FORMAT)
        if account not in DRIVERS:
            blocked = account == BLOCKED
            return Outcome(Result.ACCOUNT_BLOCKED if blocked else Result.ACCOUNT_NOT_FOUND)
        return None if amount is None else _beyond(amount.minor)


def _beyond(minor: int) -> Outcome | None:
    if minor <= 0:
        return Outcome(Result.AMOUNT_INVALID)
    if minor < MINIMUM:
        return Outcome(Result.AMOUNT_TOO_SMALL)
    return Outcome(Result.AMOUNT_TOO_LARGE) if minor > MAXIMUM else None


def told(row: Transaction) -> datetime:
    return row.provider_time or row.created_at
