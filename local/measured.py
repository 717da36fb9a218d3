"""The metrics that the code emits, by the calls of shared.metrics in it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tests.architecture.templates import sources

# What every service emits for its requests is shown by operation; tasks come only with queues.
_OF_TASKS: Final = ("tasks.py", "queue.py", "metrics.py")


@dataclass(frozen=True, slots=True)
class Metric:
    """Counted by service and by `dimensions`. A gauge is shown by its maximum."""

    name: str
    dimensions: tuple[str, ...] = ()
    gauge: bool = False


def metrics_of(*folders: str, tasks: bool = True) -> set[Metric]:
    """Every `metrics.count` and `metrics.gauge` below the folders; of the shared layer without
    `tasks` only those that need no queue.
    """
    found: set[Metric] = set()
    for place, tree in sources(*folders):
        if place.rpartition("/")[2] not in _OF_TASKS or tasks:
            found.update(_of(tree))
    if tasks and "layers/shared" in folders:
        names = ("TaskDone", "TaskFailed", "TaskAttempts")
        found |= {Metric(name, by) for name in names for by in ((), ("Task",))}
    return found


def _of(tree: ast.Module) -> Iterator[Metric]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="metrics"), attr="count" | "gauge" as kind),
                args=[ast.Constant(value=str(name)), *_],
                keywords=keywords,
            ):
                by = [each.arg for each in keywords if each.arg and each.arg[0].isupper()]
                yield Metric(name, tuple(by), kind == "gauge")
