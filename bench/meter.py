"""Counts what AWS would bill of calls that pass the fake AWS: DynamoDB units, sends, invocations.

Units by the published rules (read 4 KB, half when eventually consistent; write 1 KB, twice in a
transaction; an index entry that changes is a write more), sizes by those of the stored items.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final
from unittest.mock import patch

from botocore.client import BaseClient
from moto.backends import get_backend
from moto.core.models import DEFAULT_ACCOUNT_ID

from tests.support import calls
from tests.support.aws_world import World
from tests.support.intrinsics import REGION

Json = dict[str, Any]
_READ_BYTES: Final = 4096
_WRITE_BYTES: Final = 1024
_WRITES: Final = {"PutItem": "Put", "UpdateItem": "Update", "DeleteItem": "Delete"}


@dataclass(slots=True)
class Bill:
    """Reads in half units (an eventually consistent read is one), the rest in whole ones.

    `calls` are DynamoDB's.
    """

    gateway: int = 0
    invocations: int = 0
    calls: int = 0
    half_reads: int = 0
    writes: int = 0
    sends: int = 0
    remote: int = 0


@contextmanager
def metered(bill: Bill) -> Iterator[None]:
    """Inside, what our services do is added to `bill`; what the outside systems do is not."""
    seen: list[calls.Call] = []
    send, run = BaseClient._make_api_call, World.run

    def sent(client: Any, operation: str, asked: Json) -> Any:
        number, before = len(seen), _before(operation, asked)
        answer = send(client, operation, asked)
        # Nothing is seen of a call made outside: by the sandbox, the queues or a check.
        if len(seen) > number:
            _add(bill, operation, asked, answer, before)
        return answer

    def ran(world: World, module: Any, event: Json) -> Any:
        if calls._interceptors.get() and ".sandbox." not in module.__name__:
            bill.invocations += 1
        return run(world, module, event)

    def see(call: calls.Call) -> None:
        seen.append(call)
        bill.remote += call.service == "http"
        bill.calls += call.service == "dynamodb"

    with (
        patch.object(BaseClient, "_make_api_call", sent),
        patch.object(World, "run", ran),
        calls.intercepting(see),
    ):
        yield


def _add(bill: Bill, operation: str, asked: Json, answer: Json, before: list[Json]) -> None:
    if operation in _READERS:
        bill.half_reads += _READERS[operation](asked, answer)
    elif writes := _writes(operation, asked):
        factor = 2 if operation == "TransactWriteItems" else 1
        for write, old in zip(writes, before, strict=True):
            bill.writes += _written(write, old, factor)
    elif operation == "SendMessage":
        bill.sends += 1


def _writes(operation: str, asked: Json) -> list[Json]:
    if operation in _WRITES:
        return [asked]
    return [next(iter(item.values())) for item in asked.get("TransactItems", ())]


def _before(operation: str, asked: Json) -> list[Json]:
    return [_stored(write) for write in _writes(operation, asked)]


def _written(write: Json, old: Json, factor: int) -> int:
    """An update or delete is charged by the larger of the item before and after."""
    new = _stored(write)
    units = factor * max(1, -(-max(_size(old), _size(new)) // _WRITE_BYTES))
    return units + sum(_entries(index, old, new) for index in _table(write).global_indexes)


def _entries(index: Any, old: Json, new: Json) -> int:
    """Writes to an index of keys: none when the entry stays, two when it moves."""
    names = [key["AttributeName"] for key in index.schema]
    before, after = (
        tuple(str(row[name]) for name in names) if row.keys() >= set(names) else ()
        for row in (old, new)
    )
    return 0 if before == after else bool(before) + bool(after)


def _stored(write: Json) -> Json:
    """The item that the write is about, as it lies in the table now; {} when there is none."""
    table = _table(write)
    key = write.get("Key") or write["Item"]
    found = table.items
    for name in table.table_key_attrs:
        (value,) = key[name].values()
        found = next((found[kept] for kept in found if str(kept.value) == str(value)), {})
    return dict(found.to_json()["Attributes"]) if found else {}


def _table(asked: Json) -> Any:
    return get_backend("dynamodb")[DEFAULT_ACCOUNT_ID][REGION].tables[asked["TableName"]]


def _read(items: list[Json], consistent: bool) -> int:
    return sum(_half_units(_size(item), consistent) for item in items or [{}])


def _half_units(size: int, consistent: bool) -> int:
    return max(1, -(-size // _READ_BYTES)) * (2 if consistent else 1)


def _query(asked: Json, answer: Json) -> int:
    size = sum(map(_size, answer["Items"]))
    return _half_units(size, asked.get("ConsistentRead", False))


def _batch(asked: Json, answer: Json) -> int:
    units = 0
    for table, wanted in asked["RequestItems"].items():
        consistent = wanted.get("ConsistentRead", False)
        found = answer["Responses"].get(table, [])
        missing = len(wanted["Keys"]) - len(found)
        units += _read([*found, *[{}] * missing], consistent)
    return units


_READERS: Final[Mapping[str, Callable[[Json, Json], int]]] = {
    "GetItem": lambda asked, answer: _read(
        [answer.get("Item", {})], asked.get("ConsistentRead", False)
    ),
    "Query": _query,
    "Scan": _query,
    "BatchGetItem": _batch,
}


def _size(item: Json) -> int:
    return sum(len(name.encode()) + _value_size(value) for name, value in item.items())


def _value_size(value: Json) -> int:
    ((kind, found),) = value.items()
    match kind:
        case "M":
            return 3 + _size(found) + len(found)
        case "L":
            return 3 + sum(1 + _value_size(each) for each in found)
        case "N":
            return len(found) // 2 + 2
        case "BOOL" | "NULL":
            return 1
    return len(found.encode())
