"""Every alarm of every template is made to ring, by data that our code or AWS really emits.

For an alarm on a metric of ours: its situation is in tests/alarms/provocations/<service>.py, is
provoked with the real functions, and what they print is read as CloudWatch reads it. An alarm whose
metric, dimension or threshold nobody meets fails here.
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from tests.alarms.judge import Silent, must_ring
from tests.alarms.signals import Datum, emitted
from tests.alarms.templates import ALARMS, OURS
from tests.architecture.templates import KEEPERS, STAGE
from tests.support.intrinsics import Json

_HOME = "tests.alarms.provocations"


def provocations(name: str) -> Any:
    """The module of a service: `opened`, `reset` and `PROVOKE`; None when there is none."""
    module = f"{_HOME}.{name}"
    return import_module(module) if find_spec(module) else None


@dataclass
class Worlds:
    """The world of one service at a time, opened when its first alarm needs it."""

    name: str = ""
    world: Any = None
    stack: ExitStack = field(default_factory=ExitStack)

    def of(self, name: str) -> Any:
        found = provocations(name)
        if name != self.name:
            self.stack.close()
            self.name, self.world = name, self.stack.enter_context(found.opened())
        found.reset(self.world)
        return self.world


@pytest.fixture(scope="module")
def worlds() -> Iterator[Worlds]:
    found = Worlds()
    with found.stack:
        yield found


@pytest.mark.parametrize(("name", "alarm"), OURS)
def test_alarm_rings_in_the_situation_that_it_is_for(
    name: str, alarm: str, worlds: Worlds, capsys: pytest.CaptureFixture[str]
) -> None:
    known: Mapping[str, Any] = getattr(provocations(name), "PROVOKE", {})
    if alarm not in known:
        pytest.fail(f"{alarm}: provoke it in tests/alarms/provocations/{name}.py")
    world = worlds.of(name)
    capsys.readouterr()

    known[alarm](world)

    must_ring(ALARMS[name, alarm], emitted(capsys.readouterr().out))


def test_every_provocation_is_of_an_alarm() -> None:
    known = {(name, alarm) for name in KEEPERS for alarm in _provoked(name)}
    assert known <= set(OURS)


def _provoked(name: str) -> list[str]:
    return list(getattr(provocations(name), "PROVOKE", {}))


_ALARM: Json = {
    **{"Namespace": f"Payments/{STAGE}", "MetricName": "ClearLost"},
    **{"Dimensions": [{"Name": "Service", "Value": "qr_orders"}], "Statistic": "Sum"},
    **{"Threshold": 1, "ComparisonOperator": "GreaterThanOrEqualToThreshold"},
}
_BY = frozenset({("Service", "qr_orders")})


def _datum(**changes: Any) -> Datum:
    known: dict[str, Any] = {
        **{"namespace": f"Payments/{STAGE}", "name": "ClearLost", "dimensions": _BY, "value": 1.0},
        **changes,
    }
    return Datum(**known)


def test_alarm_of_one_case_rings() -> None:
    must_ring(_ALARM, [_datum()])


@pytest.mark.parametrize(
    "changes",
    [
        {"namespace": "Payments"},
        {"name": "ClearsLost"},
        {"dimensions": frozenset({("Service", "qr_order")})},
        {"dimensions": _BY | {("Status", "held")}},
        {"dimensions": frozenset()},
        {"value": 0.0},
    ],
)
def test_alarm_that_nobody_meets_is_silent(changes: dict[str, Any]) -> None:
    with pytest.raises(Silent):
        must_ring(_ALARM, [_datum(**changes)])


def test_alarm_that_fills_a_metric_nobody_emits_is_silent() -> None:
    metric = {name: _ALARM[name] for name in ("Namespace", "MetricName", "Dimensions")}
    filled = {"Id": "filled", "MetricStat": {"Metric": metric, "Stat": "Sum"}}
    alarm = _ALARM | {"Metrics": [filled, {"Id": "all", "Expression": "1 + FILL(filled, 0)"}]}

    must_ring(alarm, [_datum()])
    with pytest.raises(Silent):
        must_ring(alarm, [])
