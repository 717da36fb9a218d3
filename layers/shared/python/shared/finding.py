"""Finding anything by any id: each service looks where it could be, the operator asks all of them.

Another kind of thing is another finder of its service; another service is an `ops/find.py` and its
name in templates/operations.yaml.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final

from pydantic import Field

from shared.clock import from_ms, to_iso
from shared.queue import Handler, ops_app
from shared.tasks import PARKED, TaskRow
from shared.wire import Wire

_ID_MAX: Final = 200
_FOUND_MAX: Final = 50


class Find(Wire):
    """`id` as it stands in a log, a table or a mail; parts of a longer key are joined by `#`."""

    id: Annotated[str, Field(min_length=1, max_length=_ID_MAX)]


@dataclass(frozen=True, slots=True)
class Found:
    """One thing of that id. `facts` are ids, states, sums: never a secret, a name or an address."""

    kind: str
    id: str
    facts: Mapping[str, Any] = field(default_factory=dict)


Finder = Callable[[str], Iterable[Found]]


def find_app(name: str, *finders: Finder) -> Handler:
    """The Lambda `<service>/ops/find.py`: {id, found: [{kind, id, ...}]}."""
    return ops_app(name, lambda event: find(Find.model_validate(event).id.strip(), *finders))


def find(text: str, *finders: Finder) -> dict[str, Any]:
    found = [each for finder in finders for each in finder(text)][:_FOUND_MAX]
    return {"id": text, "found": [{"kind": one.kind, "id": one.id, **one.facts} for one in found]}


def task(text: str) -> Iterable[Found]:
    """A task of this service by its id."""
    row = TaskRow.find(text)
    if row is not None:
        yield Found("task", text, task_facts(row))


def task_facts(row: TaskRow) -> dict[str, Any]:
    return {
        "parked": row.shard == PARKED,
        "due_at": to_iso(from_ms(row.due_at)),
        "attempts": row.attempts,
        "request_id": row.request_id or "",
    }
