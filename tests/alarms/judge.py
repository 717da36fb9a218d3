"""Whether an alarm rings at some data points: what CloudWatch does within one period."""

import ast
import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from tests.alarms.signals import Datum
from tests.support.intrinsics import Json

_STATISTICS: Final[Mapping[str, Callable[[Sequence[float]], float]]] = {
    "Sum": sum,
    "Maximum": max,
    "Minimum": min,
    "Average": lambda values: sum(values) / len(values),
    "SampleCount": len,
}
_OPERATORS: Final[Mapping[str, Callable[[float, float], bool]]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
_ARITHMETIC: Final[Mapping[type, Callable[[Any, Any], Any]]] = {
    **{ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul},
    **{ast.Div: operator.truediv, ast.GtE: operator.ge, ast.Gt: operator.gt},
    **{ast.Lt: operator.lt, ast.LtE: operator.le},
}


class Silent(Exception):
    """The alarm does not ring; the text says why."""


def must_ring(alarm: Json, data: Sequence[Datum]) -> None:
    """Raises Silent: nobody emits its metric under its dimensions, or the value is too low."""
    found = _value(alarm, data)
    beyond = _OPERATORS[alarm["ComparisonOperator"]]
    if not beyond(found, float(alarm["Threshold"])):
        raise Silent(f"{found:g} is not beyond {alarm['Threshold']}")


def _value(alarm: Json, data: Sequence[Datum]) -> float:
    if "Metrics" not in alarm:
        return _statistic(alarm, alarm.get("Statistic") or alarm["ExtendedStatistic"], data)
    known = {
        each["Id"]: _statistic(each["MetricStat"]["Metric"], each["MetricStat"]["Stat"], data)
        for each in alarm["Metrics"]
        if "MetricStat" in each
    }
    (expression,) = (each["Expression"] for each in alarm["Metrics"] if "Expression" in each)
    return float(_evaluated(ast.parse(expression, mode="eval").body, known))


def _statistic(metric: Json, statistic: str, data: Sequence[Datum]) -> float:
    by = frozenset((each["Name"], each["Value"]) for each in metric.get("Dimensions", []))
    wanted = (metric["Namespace"], metric["MetricName"], by)
    values = [each.value for each in data if (each.namespace, each.name, each.dimensions) == wanted]
    if not values:
        missing = Datum(*wanted, 0)
        near = sorted({str(each) for each in data if each.name == metric["MetricName"]})
        raise Silent(f"nobody emits {str(missing).partition(' = ')[0]}; there is {near or 'none'}")
    if statistic.startswith("p"):
        return sorted(values)[-1]  # of one worst case every percentile is the same
    return _STATISTICS[statistic](values)


def _evaluated(node: ast.expr, known: Mapping[str, float]) -> Any:
    """Metric math as far as our templates use it."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return known[name]
        case ast.List(elts=elements):
            return [_evaluated(each, known) for each in elements]
        case (
            ast.BinOp(left=left, op=op, right=right)
            | ast.Compare(left=left, ops=[op], comparators=[right])
        ):
            return _ARITHMETIC[type(op)](_evaluated(left, known), _evaluated(right, known))
    return _called(node, known)


def _called(node: ast.expr, known: Mapping[str, float]) -> Any:
    match node:
        case ast.Call(func=ast.Name(id="MAX" | "SUM" as name), args=[values]):
            return _STATISTICS[{"MAX": "Maximum", "SUM": "Sum"}[name]](_evaluated(values, known))
        case ast.Call(func=ast.Name(id="IF"), args=[test, then, otherwise]):
            return _evaluated(then if _evaluated(test, known) else otherwise, known)
        case ast.Call(func=ast.Name(id="FILL"), args=[values, _]):
            # A provocation meets every metric that its alarm reads: there is nothing to fill.
            return _evaluated(values, known)
    raise ValueError(f"metric math that this test does not know: {ast.unparse(node)}")
