"""`python -m local.dashboards`: writes templates/dashboards.yaml; a test compares it.

A dashboard a service, one for money, and the saved queries of Logs Insights. What they show is read
from the templates (queues, functions) and from the code (metrics and their dimensions), so a new
metric, task or service is on its dashboard with the next `make documents`.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from local.measured import Metric, metrics_of
from tests.architecture.templates import KEEPERS, STAGE, Service, service
from tests.support.intrinsics import ROOT

Json = dict[str, Any]

FILE: Final = ROOT / "templates" / "dashboards.yaml"
WIDTH: Final = 24
_THIRD: Final = 8
_HEIGHT: Final = 6
_NAMESPACE: Final = "Payments/${Stage}"
# What the money dashboard shows first, in the words of whoever watches money.
_MONEY: Final = (
    ("Accepted: payments of drivers", "FpsTransactions", 'State="accepted"', "Sum"),
    ("Credited: payments of drivers", "FpsTransactions", 'State="processed"', "Sum"),
    ("Orders: payment by status", "OrdersByStatus", 'Axis="payment"', "Maximum"),
    ("Unknown: calls whose outcome nobody knows", "ExternalCall", 'Result="unknown"', "Sum"),
    ("Parked tasks", "ParkedTasks", "", "Maximum"),
    ("Oldest task, seconds late", "OldestTaskAgeSec", "", "Maximum"),
    ("Reconciliation: differences", "ReconciliationDifferences", "", "Sum"),
    ("Reconciliation: not answered", "ReconciliationUnknown", "", "Sum"),
    ("Failed runs of tasks", "TaskFailed", "", "Sum"),
)
_QUERIES: Final = {
    "one request, everywhere": """fields @timestamp, service, message, Operation, task_id, order_id
| filter request_id = "REQUEST_ID" or gateway_id = "REQUEST_ID"
| sort @timestamp""",
    "what an order, a transaction or a wallet did": """fields @timestamp, service, message
| filter @message like "ID"
| sort @timestamp""",
    "errors by place": """filter level = "ERROR"
| stats count(*) as lines, latest(at) as place by service, message, error
| sort lines desc""",
    "tasks that fail": """filter message = "task_failed"
| stats count(*) as runs, max(attempt) as attempts, latest(error) as error by task_id
| sort runs desc""",
    "calls whose outcome is unknown": """filter message = "upstream_unknown"
| stats count(*) as calls, latest(reason) as reason by service, system, operation
| sort calls desc""",
    "slow requests": """filter ispresent(LatencyMs.0)
| stats pct(LatencyMs.0, 95) as p95, max(LatencyMs.0) as most, count(*) as calls by Operation
| sort p95 desc""",
    "what operators did by hand": """filter message in
["task_requeued", "redriven", "pepper_rotated", "admin_read"]
| fields @timestamp, service, message, request_id
| sort @timestamp desc""",
}


@dataclass(frozen=True, slots=True)
class Widget:
    """A graph of `lines`: metrics as CloudWatch writes them, or one search."""

    title: str
    lines: Sequence[Any]
    statistic: str = "Sum"


def text() -> str:
    """The whole template."""
    resources: Json = {"MoneyDashboard": _dashboard("money", list(_money()))}
    for name in shown():
        resources[_logical(name)] = _dashboard(name, list(_of(service(name))))
    for title, query in _QUERIES.items():
        resources[f"{_camel(title)}Query"] = _query(title, query)
    lines = [
        "# Written by `make documents` (local/dashboards.py): do not edit.",
        'AWSTemplateFormatVersion: "2010-09-09"',
        "Description: dashboards - what people look at when an alarm rings",
        "Parameters:",
        "  Stage: {Type: String}",
        "  RunbookUrl: {Type: String, Default: docs/runbook.md}",
        "Resources:",
    ]
    for name, resource in resources.items():
        lines += [f"  {name}:", *_yaml(resource)]
    return "\n".join(lines) + "\n"


def shown() -> list[str]:
    """Services with functions of their own."""
    return [name for name in KEEPERS if service(name).functions]


def _yaml(resource: Json) -> Iterator[str]:
    yield f"    Type: {resource['Type']}"
    yield "    Properties:"
    for name, value in resource["Properties"].items():
        if isinstance(value, list):
            yield f"      {name}:"
            yield from (f"        - !Sub {json.dumps(each)}" for each in value)
        elif "\n" in value:
            yield f"      {name}: {'!Sub ' if '${' in value else ''}|"
            yield from (f"        {line}" for line in value.splitlines())
        else:
            yield f"      {name}: !Sub {json.dumps(value)}"


def _dashboard(name: str, widgets: Sequence[Widget]) -> Json:
    body = [json.dumps(_header(name), separators=(",", ":"))]
    for number, widget in enumerate(widgets):
        place = {
            **{"x": number % 3 * _THIRD, "y": 2 + number // 3 * _HEIGHT},
            **{"width": _THIRD, "height": _HEIGHT},
        }
        body.append(json.dumps(_graph(widget) | place, ensure_ascii=False, separators=(",", ":")))
    joined = ",\n".join(body)
    return {
        "Type": "AWS::CloudWatch::Dashboard",
        "Properties": {
            "DashboardName": f"${{Stage}}-{name}",
            "DashboardBody": f'{{"widgets":[\n{joined}\n]}}',
        },
    }


def _header(name: str) -> Json:
    others = ("money", *shown())
    console = "#dashboards:name=${Stage}-"
    links = " | ".join(f"[{each}]({console}{each})" for each in others if each != name)
    words = f"**{name}** ${{Stage}} | [runbook](${{RunbookUrl}}) | {links}"
    return {
        **{"type": "text", "x": 0, "y": 0, "width": WIDTH, "height": 2},
        "properties": {"markdown": words},
    }


def _graph(widget: Widget) -> Json:
    return {
        "type": "metric",
        "properties": {
            **{"title": widget.title, "region": "${AWS::Region}", "stat": widget.statistic},
            **{"period": 300, "view": "timeSeries", "metrics": list(widget.lines)},
        },
    }


def _money() -> Iterator[Widget]:
    known = {metric for name in shown() for metric in _emitted(service(name))}
    for title, name, condition, statistic in _MONEY:
        ways = [metric for metric in known if metric.name == name]
        fewest = min(ways, key=lambda one: (len(one.dimensions), one.dimensions))
        yield Widget(title, [_search(fewest, condition, statistic)], statistic)
    dead = [queue for name in shown() for queue in _queues(service(name)) if queue.endswith("-dlq")]
    yield Widget("Dead letters", [_depth(queue) for queue in dead], "Maximum")
    for service_name in shown():
        own = sorted(_alarmed(service(service_name)))
        if own:
            by = ["Service", service_name]
            yield Widget(f"Alarms on money: {service_name}", [[_NAMESPACE, n, *by] for n in own])


def _of(found: Service) -> Iterator[Widget]:
    name = found.name
    if found.resources("AWS::ApiGatewayV2::Api"):
        for metric, statistic in (("Requests", "Sum"), ("Errors5xx", "Sum"), ("LatencyMs", "p95")):
            line = _search(Metric(metric, ("Operation",)), f'Service="{name}"', statistic)
            yield Widget(f"{metric} by operation", [line], statistic)
    functions = [_neutral(function) for function in sorted(found.functions)]
    for metric in ("Errors", "Throttles"):
        lines = [["AWS/Lambda", metric, "FunctionName", each] for each in functions]
        yield Widget(f"Lambda: {metric}", lines)
    queues = _queues(found)
    if queues:
        yield Widget("Queues: waiting", [_depth(queue) for queue in queues], "Maximum")
    for own in sorted(_emitted(found), key=lambda one: (one.name, one.dimensions)):
        line = _search(own, f'Service="{name}"', "Maximum" if own.gauge else "Sum")
        by = f" by {', '.join(own.dimensions)}" if own.dimensions else ""
        yield Widget(f"{own.name}{by}", [line], "Maximum" if own.gauge else "Sum")


def _emitted(found: Service) -> set[Metric]:
    folders = [f"functions/{found.name}", *(f"layers/{each}" for each in sorted(found.packages))]
    has_tasks = any(not queue.endswith("-dlq") for queue in _queues(found))
    return metrics_of(*folders) | metrics_of("layers/shared", tasks=has_tasks)


def _alarmed(found: Service) -> set[str]:
    """Metrics of ours that an alarm watches by service alone, the task's own apart."""
    alarms = found.resources("AWS::CloudWatch::Alarm").values()
    names = {
        alarm["MetricName"]
        for alarm in alarms
        if alarm.get("Namespace") == f"Payments/{STAGE}" and len(alarm["Dimensions"]) == 1
    }
    return names - {"ParkedTasks", "OldestTaskAgeSec"}


def _search(metric: Metric, condition: str, statistic: str) -> list[Json]:
    schema = ",".join(["Service", *metric.dimensions])
    words = f'{{{_NAMESPACE},{schema}}} MetricName="{metric.name}" {condition}'.strip()
    return [{"expression": f"SEARCH('{words}', '{statistic}', 300)"}]


def _depth(queue: str) -> list[str]:
    return ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", queue]


def _queues(found: Service) -> list[str]:
    queues = found.resources("AWS::SQS::Queue").values()
    return sorted(_neutral(each["QueueName"]) for each in queues)


def _neutral(name: str) -> str:
    """Of any stage."""
    return name.replace(f"{STAGE}-", "${Stage}-", 1)


def _query(title: str, query: str) -> Json:
    return {
        "Type": "AWS::Logs::QueryDefinition",
        "Properties": {
            "Name": f"payments/${{Stage}}/{title}",
            "QueryString": query,
            "LogGroupNames": [f"/payments/${{Stage}}/{name}/functions" for name in shown()],
        },
    }


def _logical(name: str) -> str:
    return f"{_camel(name.replace('_', ' '))}Dashboard"


def _camel(words: str) -> str:
    return "".join(each.capitalize() for each in words.replace(",", "").split())


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
