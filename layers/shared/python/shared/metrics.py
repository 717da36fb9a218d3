"""Metrics as EMF lines (SPEC A.9). Powertools is loaded by the first metric, not by the import."""

import os
from typing import Final

from shared import logs, trace

# A stage of its own: two in one account must not ring each other's alarms.
_NAMESPACE: Final = "Payments/{}"


def count(name: str, value: int = 1, **dimensions: str) -> None:
    """One counter, with the service as its first dimension."""
    emit({name: (value, "Count")}, **dimensions)


def gauge(name: str, value: int, unit: str = "Count", **dimensions: str) -> None:
    emit({name: (value, unit)}, **dimensions)


def request(operation: str, status: int, latency_ms: int) -> None:
    """The base metrics of one handled request or task (AR-13)."""
    values = {
        "Requests": (1, "Count"),
        "Errors4xx": (int(400 <= status < 500), "Count"),
        "Errors5xx": (int(status >= 500), "Count"),
        "LatencyMs": (latency_ms, "Milliseconds"),
    }
    emit(values, Operation=operation)


def task(name: str, attempts: int, failed: bool) -> None:
    """How one run of a task ended, by service and by task (AR-13, SPEC A.9)."""
    values = {
        "TaskDone": (int(not failed), "Count"),
        "TaskFailed": (int(failed), "Count"),
        "TaskAttempts": (attempts, "Count"),
    }
    emit(values, Task=name)


def emit(values: dict[str, tuple[int, str]], **dimensions: str) -> None:
    """One EMF line, with the ids of its request. Never raises: a metric must not break a payment.

    What is counted by task is counted by its service, too, so that an alarm can watch all of them.
    """
    try:
        from aws_lambda_powertools.metrics import EphemeralMetrics

        metrics = EphemeralMetrics(namespace=_NAMESPACE.format(os.environ.get("STAGE", "local")))
        by = {"Service": os.environ.get("SERVICE", "local"), **dimensions}
        for key, text in by.items():
            metrics.add_dimension(key, text)
        if "Task" in dimensions:
            metrics.add_dimensions(Service=by["Service"])
        for key, text in trace.ids().items():
            metrics.add_metadata(key, text)
        for name, (value, unit) in values.items():
            metrics.add_metric(name, unit, value)
        metrics.flush_metrics()
    except Exception as problem:
        logs.error("metric_failed", problem)
