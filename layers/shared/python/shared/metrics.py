"""Metrics as EMF lines (SPEC A.9). Powertools is loaded by the first metric, not by the import."""

import os

from shared import logs

NAMESPACE = "Payments"


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


def emit(values: dict[str, tuple[int, str]], **dimensions: str) -> None:
    """One EMF line. Never raises: a metric must not break a payment."""
    try:
        from aws_lambda_powertools.metrics import EphemeralMetrics

        metrics = EphemeralMetrics(namespace=NAMESPACE)
        for key, text in {"Service": os.environ.get("SERVICE", "local"), **dimensions}.items():
            metrics.add_dimension(key, text)
        for name, (value, unit) in values.items():
            metrics.add_metric(name, unit, value)
        metrics.flush_metrics()
    except Exception as problem:
        logs.error("metric_failed", problem)
