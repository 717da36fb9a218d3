"""What CloudWatch would know: data points of metrics, from the lines that our code prints."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.support.intrinsics import Json


@dataclass(frozen=True, slots=True)
class Datum:
    """One data point; dimensions are all that it is counted by, and no others."""

    namespace: str
    name: str
    dimensions: frozenset[tuple[str, str]]
    value: float

    def __str__(self) -> str:
        by = " ".join(f"{name}={value}" for name, value in sorted(self.dimensions))
        return f"{self.namespace} {self.name} {by} = {self.value:g}"


def emitted(output: str) -> list[Datum]:
    """The data points of every EMF line in what a function printed."""
    found: list[Datum] = []
    for line in output.splitlines():
        if line.startswith('{"_aws"'):
            found += _of_line(json.loads(line))
    return found


def _of_line(line: Json) -> Iterator[Datum]:
    for directive in line["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            by = frozenset((name, line[name]) for name in names)
            for metric in directive["Metrics"]:
                for value in _listed(line[metric["Name"]]):
                    yield Datum(directive["Namespace"], metric["Name"], by, value)


def _listed(value: object) -> Iterable[float]:
    return value if isinstance(value, list) else [value]  # type: ignore[list-item]
