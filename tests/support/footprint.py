"""What a remote call touches, read from its parameters; what is not clear touches everything.

A resource is a path like ("dynamodb", table, hash, range) and stands for all that begins with it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

Resource = tuple[str, ...]
Parameters = Mapping[str, Any]
_REGION: Final = "eu-central-1"


@dataclass(frozen=True, slots=True)
class Footprint:
    """Resources that a call reads and those that it may change, refused or not."""

    reads: frozenset[Resource] = frozenset()
    writes: frozenset[Resource] = frozenset()

    def depends_on(self, other: "Footprint") -> bool:
        """Whether the order of the two calls may matter to either caller or to the end."""
        return (
            _meet(self.writes, other.writes)
            or _meet(self.writes, other.reads)
            or _meet(self.reads, other.writes)
        )


def reading(*resources: Resource) -> Footprint:
    return Footprint(reads=frozenset(resources))


def writing(*resources: Resource) -> Footprint:
    return Footprint(writes=frozenset(resources))


EVERYTHING: Final = writing(())
NOTHING: Final = Footprint()


def of_sdk(service: str, operation: str, parameters: Parameters) -> Footprint:
    """The footprint of an AWS call."""
    rule = _RULES.get((service, operation))
    if rule is None:
        return EVERYTHING
    try:
        return rule(parameters)
    except (KeyError, TypeError, ValueError):
        return EVERYTHING


def queue(name: str) -> Resource:
    """A queue by its name; order in a queue is part of its state."""
    return "sqs", name


def _meet(left: frozenset[Resource], right: frozenset[Resource]) -> bool:
    return any(_within(one, other) for one in left for other in right)


def _within(one: Resource, other: Resource) -> bool:
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared]


def _item(table: str, values: Parameters) -> Resource:
    """The row of a Key or of a whole Item."""
    names = _keys(table)
    return "dynamodb", table, *(next(iter(values[name].values())) for name in names)


def _keys(table: str) -> tuple[str, ...]:
    found = get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][_REGION].tables[table]
    names = (found.hash_key_attr, found.range_key_attr)
    return tuple(name for name in names if name is not None)


def _row_read(asked: Parameters) -> Footprint:
    return reading(_item(asked["TableName"], asked["Key"]))


def _row_written(asked: Parameters) -> Footprint:
    return writing(_item(asked["TableName"], asked.get("Key") or asked["Item"]))


def _rows_read(asked: Parameters) -> Footprint:
    rows = (
        _item(table, key)
        for table, wanted in asked["RequestItems"].items()
        for key in wanted["Keys"]
    )
    return reading(*rows)


def _table_read(asked: Parameters) -> Footprint:
    return reading(("dynamodb", asked["TableName"]))


def _transaction(asked: Parameters) -> Footprint:
    """A ConditionCheck only reads, but that is not worth a rule."""
    actions = [action for item in asked["TransactItems"] for action in item.values()]
    rows = (_item(action["TableName"], action.get("Key") or action["Item"]) for action in actions)
    return writing(*rows)


def _queue_of(asked: Parameters) -> Resource:
    return queue(asked["QueueUrl"].rpartition("/")[2])


_RULES: Final[Mapping[tuple[str, str], Callable[[Parameters], Footprint]]] = {
    ("dynamodb", "GetItem"): _row_read,
    ("dynamodb", "BatchGetItem"): _rows_read,
    ("dynamodb", "Query"): _table_read,
    ("dynamodb", "Scan"): _table_read,
    ("dynamodb", "PutItem"): _row_written,
    ("dynamodb", "UpdateItem"): _row_written,
    ("dynamodb", "DeleteItem"): _row_written,
    ("dynamodb", "TransactWriteItems"): _transaction,
    ("sqs", "SendMessage"): lambda asked: writing(_queue_of(asked)),
    ("sqs", "SendMessageBatch"): lambda asked: writing(_queue_of(asked)),
    ("sqs", "GetQueueAttributes"): lambda asked: reading(_queue_of(asked)),
    # Its keys do not change, and what it seals or opens nobody else sees.
    ("kms", "Encrypt"): lambda _asked: NOTHING,
    ("kms", "Decrypt"): lambda _asked: NOTHING,
    ("s3", "PutObject"): lambda asked: writing(("s3", asked["Bucket"], asked["Key"])),
    ("secretsmanager", "GetSecretValue"): lambda asked: reading(("secret", asked["SecretId"])),
}
