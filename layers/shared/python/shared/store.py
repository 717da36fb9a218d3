"""Rows and transactions: each write is conditional, each money transition one commit (R1, R5)."""

import os
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, Self, cast

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import Attribute
from pynamodb.connection import Connection, TableConnection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import PynamoDBException, TransactWriteError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model
from pynamodb.transactions import TransactWrite

from shared import aws
from shared.errors import Unavailable
from shared.ids import new_token

_CONFLICT_ATTEMPTS: Final = 6
_CONFLICT_PAUSE_S: Final = 0.02
# BatchGetItem takes no more keys.
_BATCH_MAX: Final = 100
_BATCH_ATTEMPTS: Final = 4


class Row(Model):
    """A stored row: table name from the environment name `Meta.table_env`, one client a process."""

    @classmethod
    def _get_connection(cls) -> TableConnection:
        meta = cast(Any, cls.Meta)
        meta.table_name = os.environ[meta.table_env]
        table = super()._get_connection()
        # PynamoDB would make a client a model, 75 ms each, inside the first request.
        table.connection._client = aws.client("dynamodb")
        return table

    @classmethod
    def find(cls, hash_key: Any, range_key: Any = None) -> Self | None:
        """The row as it is now (R13), or None."""
        with available():
            try:
                return cls.get(hash_key, range_key, consistent_read=True)
            except cls.DoesNotExist:
                return None

    @classmethod
    def find_all(cls, keys: Sequence[tuple[Any, ...]], *fields: str) -> list[Self]:
        """Those rows of `keys` that exist, as they are now (R13), in no order.

        A key is (hash,) or (hash, range). With `fields`, only these are read.
        """
        rows: list[Self] = []
        for start in range(0, len(keys), _BATCH_MAX):
            rows += cls._batch(keys[start : start + _BATCH_MAX], fields)
        return rows

    @classmethod
    def _batch(cls, keys: Sequence[tuple[Any, ...]], fields: Sequence[str]) -> list[Self]:
        model = cast(Any, cls)
        wanted = [model(*key)._get_keys() for key in keys]
        rows: list[Self] = []
        for attempt in range(_BATCH_ATTEMPTS):
            with available():
                found, left = model._batch_get_page(wanted, True, list(fields) or None)
            rows += [cls.from_raw_data(row) for row in found]
            if not left:
                return rows
            wanted = left
            time.sleep(_CONFLICT_PAUSE_S * 2**attempt * random.random())
        # PynamoDB itself would ask for the rest for ever.
        raise Unavailable("storage_unavailable")


class Store:
    """Whatever reads and writes rows. Making it makes the client: in init, not in a request."""

    def __init__(self) -> None:
        aws.client("dynamodb")


class WholeNumber(Attribute[int]):
    """An integer and nothing else: DynamoDB would keep a float without a word (R16)."""

    attr_type = NUMBER

    def serialize(self, value: Any) -> str:
        if type(value) is not int:
            raise TypeError(f"{self.attr_name} must be an integer")
        return str(value)

    def deserialize(self, value: str) -> int:
        return int(value)


class ConditionFailed(Exception):
    """Somebody was quicker or the state is another: read again and decide again."""

    def __init__(self, labels: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(labels)))
        self.labels = labels


_Write = Callable[[TransactWrite], None]


@dataclass(slots=True)
class Transaction:
    """Writes that happen together or not at all; `label` names a write in ConditionFailed."""

    _checks: list[tuple[str, _Write]] = field(default_factory=list)
    _deletes: list[tuple[str, _Write]] = field(default_factory=list)
    _puts: list[tuple[str, _Write]] = field(default_factory=list)
    _updates: list[tuple[str, _Write]] = field(default_factory=list)
    after_commit: list[Callable[[], None]] = field(default_factory=list)

    def check(self, row: Row, label: str, condition: Condition) -> None:
        """The row of these keys, which this transaction does not write, must be like that."""
        kind = type(row)
        key = getattr(row, str(row._hash_keyname))
        sort = getattr(row, row._range_keyname) if row._range_keyname else None
        self._checks.append(
            (label, lambda write: write.condition_check(kind, key, sort, condition))
        )

    def put(self, row: Row, label: str, condition: Condition | None = None) -> None:
        """Without a condition of its own the row must be new: uniqueness is a primary key."""
        unique = condition if condition is not None else _hash_key(row).does_not_exist()
        self._puts.append((label, lambda write: write.save(row, condition=unique)))

    def update(
        self, row: Row, label: str, actions: Sequence[Action], condition: Condition | None
    ) -> None:
        self._updates.append((label, lambda write: write.update(row, list(actions), condition)))

    def delete(self, row: Row, label: str, condition: Condition | None) -> None:
        self._deletes.append((label, lambda write: write.delete(row, condition)))

    def writes(self) -> list[tuple[str, _Write]]:
        """In the order in which PynamoDB sends them, and so of the reasons in a refusal."""
        return self._checks + self._deletes + self._puts + self._updates


def commit(transaction: Transaction) -> None:
    """Writes all or nothing, then runs `after_commit`. Repeats on contention, with one token.

    Raises ConditionFailed, or Unavailable when the outcome is unknown.
    """
    token = new_token()
    for attempt in range(_CONFLICT_ATTEMPTS):
        try:
            _write(transaction, token)
            break
        except TransactWriteError as problem:
            _raise_unless_contention(transaction, problem)
        time.sleep(_CONFLICT_PAUSE_S * 2**attempt * random.random())
    else:
        raise Unavailable("contention")
    for action in transaction.after_commit:
        action()


def _write(transaction: Transaction, token: str) -> None:
    connection = Connection()
    connection._client = aws.client("dynamodb")
    with TransactWrite(connection=connection, client_request_token=token) as write:
        for _label, add in transaction.writes():
            add(write)


def _raise_unless_contention(transaction: Transaction, problem: TransactWriteError) -> None:
    reasons = list(problem.cancellation_reasons)
    labels = [label for label, _ in transaction.writes()]
    failed = {
        label
        for label, reason in zip(labels, reasons, strict=False)
        if reason is not None and reason.code == "ConditionalCheckFailed"
    }
    if failed:
        raise ConditionFailed(frozenset(failed)) from problem
    if not any(reason is not None and reason.code == "TransactionConflict" for reason in reasons):
        raise unavailable(problem) from problem


def condition_failed(problem: PynamoDBException) -> bool:
    """Whether a single write was refused by its condition. PynamoDB's own look at the cause
    raises AttributeError on a time-out.
    """
    cause = problem.cause
    return (
        isinstance(cause, ClientError)
        and cause.response["Error"]["Code"] == "ConditionalCheckFailedException"
    )


@contextmanager
def available() -> Iterator[None]:
    """Around reads: raises Unavailable when storage has not answered them."""
    try:
        yield
    except (PynamoDBException, ClientError, BotoCoreError) as problem:
        raise unavailable(problem) from problem


def unavailable(problem: PynamoDBException | ClientError | BotoCoreError) -> Unavailable:
    """The caller must take the outcome as unknown. Never carries the request."""
    return Unavailable("storage_unavailable", kind=type(problem).__name__)


def _hash_key(row: Row) -> Any:
    return getattr(type(row), str(row._hash_keyname))
