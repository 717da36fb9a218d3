"""DynamoDB in memory, as far as PynamoDB asks by key: the fake AWS copies its tables at a commit.

Conditions are conjunctions of comparisons and of existence; anything else is an error, not a guess.
"""

import operator
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Final

from botocore.exceptions import ClientError

from tests.support import calls
from tests.support.intrinsics import Json

Rows = dict[tuple[str, str], Json]
_ATOM: Final = re.compile(r"attribute_(not_)?exists \((#\d+)\)|(#\d+) (<>|<=|>=|=|<|>) (:\d+)")
_LEFT: Final = re.compile(r"[\s()]|AND")
_SET: Final = re.compile(r"(#\d+) = (?:(#\d+) \+ )?(:\d+)")
_COMPARE: Final[dict[str, Callable[[Any, Any], bool]]] = {
    **{"=": operator.eq, "<>": operator.ne, "<": operator.lt},
    **{">": operator.gt, "<=": operator.le, ">=": operator.ge},
}


@contextmanager
def in_memory() -> Iterator[Rows]:
    """Inside, items live in a dictionary by table and key."""
    rows: Rows = {}
    served = {"GetItem": _get, "UpdateItem": _update, "TransactWriteItems": _transact}
    with ExitStack() as stack:
        for operation, serve in served.items():

            def answer(asked: Json, serve: Callable[[Rows, Json], Json] = serve) -> Json:
                return serve(rows, asked)

            stack.enter_context(calls.serving("dynamodb", operation, answer))
        yield rows


def _get(rows: Rows, asked: Json) -> Json:
    found = rows.get(_place(asked))
    return {} if found is None else {"Item": dict(found)}


def _update(rows: Rows, asked: Json) -> Json:
    if not _holds(rows.get(_place(asked), {}), asked):
        raise _refused("ConditionalCheckFailedException", "UpdateItem")
    return {"Attributes": _changed(rows, asked)}


def _transact(rows: Rows, asked: Json) -> Json:
    actions = [next(iter(item.items())) for item in asked["TransactItems"]]
    kept = [_holds(rows.get(_place(action), {}), action) for _, action in actions]
    if not all(kept):
        reasons = [{"Code": "None" if held else "ConditionalCheckFailed"} for held in kept]
        raise _refused("TransactionCanceledException", "TransactWriteItems", reasons)
    for kind, action in actions:
        if kind == "Put":
            rows[_place(action)] = dict(action["Item"])
        elif kind == "Delete":
            rows.pop(_place(action), None)
        else:
            _changed(rows, action)
    return {}


def _place(asked: Json) -> tuple[str, str]:
    """A row by its whole key; of an item, what the keys of its table are called is known here."""
    table = asked["TableName"]
    key = asked.get("Key") or {
        name: asked["Item"][name] for name in _KEYS[table.rpartition("-")[2]]
    }
    return table, "|".join(next(iter(value.values())) for value in key.values())


_KEYS: Final = {
    "deposits": ("session_id",),
    "events": ("session_id", "rev"),
    "tasks": ("task_id",),
}


def _holds(row: Json, asked: Json) -> bool:
    text = asked.get("ConditionExpression", "")
    if _LEFT.sub("", _ATOM.sub("", text)):
        raise NotImplementedError(text)
    return all(_holds_one(row, asked, atom) for atom in _ATOM.finditer(text))


def _holds_one(row: Json, asked: Json, atom: re.Match[str]) -> bool:
    names = asked["ExpressionAttributeNames"]
    absent, existing, name, sign, value = atom.groups()
    if existing:
        return (names[existing] in row) is not bool(absent)
    if names[name] not in row:
        return False
    found, wanted = row[names[name]], asked["ExpressionAttributeValues"][value]
    return _COMPARE[sign](_plain(found), _plain(wanted))


def _changed(rows: Rows, asked: Json) -> Json:
    row = dict(rows.get(_place(asked)) or asked["Key"])
    names, values = asked["ExpressionAttributeNames"], asked.get("ExpressionAttributeValues", {})
    sets, _, removes = asked["UpdateExpression"].partition("REMOVE ")
    for name, base, value in _SET.findall(sets):
        more = values[value]
        if base:
            more = {"N": str(_plain(row[names[base]]) + _plain(more))}
        row[names[name]] = more
    for name in re.findall(r"#\d+", removes):
        row.pop(names[name], None)
    rows[_place(asked)] = row
    return dict(row)


def _plain(value: Json) -> Any:
    ((kind, found),) = value.items()
    return int(found) if kind == "N" else found


def _refused(code: str, operation: str, reasons: list[Json] | None = None) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": code}, "CancellationReasons": reasons or []}
    return ClientError(answer, operation)
