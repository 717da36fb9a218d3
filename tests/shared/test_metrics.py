"""shared.metrics: EMF lines, and never an exception (AR-13)."""

import json
from typing import Any

import pytest

from shared import metrics, trace
from tests.shared.conftest import Lines


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture(autouse=True)
def service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE", "shop")
    monkeypatch.setenv("STAGE", "test")


def test_counter_is_one_emf_line(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.count("ExternalCall", System="bank", Result="ok")

    [line] = lines(capsys)
    [described] = line["_aws"]["CloudWatchMetrics"]
    assert described["Namespace"] == "Payments/test"
    assert described["Metrics"] == [{"Name": "ExternalCall", "Unit": "Count"}]
    assert [sorted(names) for names in described["Dimensions"]] == [["Result", "Service", "System"]]
    assert (line["ExternalCall"], line["Service"], line["System"]) == ([1], "shop", "bank")


def test_gauge_carries_its_value_and_unit(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.gauge("OldestTaskAgeSec", 172_807, "Seconds")

    [line] = lines(capsys)
    assert line["OldestTaskAgeSec"] == [172_807]
    assert line["_aws"]["CloudWatchMetrics"][0]["Metrics"][0]["Unit"] == "Seconds"


@pytest.mark.parametrize(
    ("status", "errors"),
    [(200, (0, 0)), (302, (0, 0)), (404, (1, 0)), (499, (1, 0)), (503, (0, 1))],
)
def test_request_tells_refusals_from_failures(
    capsys: pytest.CaptureFixture[str], status: int, errors: tuple[int, int]
) -> None:
    metrics.request("shop-carts", status, 17)

    [line] = lines(capsys)
    assert (line["Requests"], line["LatencyMs"]) == ([1], [17])
    assert (line["Errors4xx"], line["Errors5xx"]) == ([errors[0]], [errors[1]])


def test_one_line_leaves_nothing_to_the_next(capsys: pytest.CaptureFixture[str]) -> None:
    metrics.count("ExternalCall", System="bank")
    metrics.count("TaskParked", Task="close")

    _, second = lines(capsys)
    assert "System" not in second
    assert "ExternalCall" not in second


@pytest.mark.parametrize(
    ("name", "dimensions"),
    [("", {"System": "bank"}), ("x" * 300, {}), ("Calls", {f"D{n}": "x" for n in range(40)})],
)
def test_metric_that_cannot_be_written_is_a_log_line(
    log_lines: Lines, name: str, dimensions: dict[str, str]
) -> None:
    metrics.emit({name: (1, "Count")}, **dimensions)

    assert [line["message"] for line in log_lines()] == ["metric_failed"]


def test_broken_output_breaks_nothing(monkeypatch: pytest.MonkeyPatch, log_lines: Lines) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError

    monkeypatch.setattr("builtins.print", fail)

    metrics.count("ExternalCall")

    assert log_lines()[0]["error"] == "OSError"


def test_run_of_a_task_is_counted_by_its_service_and_by_its_name(
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics.task("shop_close", attempts=3, failed=True)

    [line] = lines(capsys)
    [described] = line["_aws"]["CloudWatchMetrics"]
    assert sorted(map(sorted, described["Dimensions"])) == [["Service"], ["Service", "Task"]]
    assert (line["Task"], line["TaskAttempts"]) == ("shop_close", [3])
    assert (line["TaskDone"], line["TaskFailed"]) == ([0], [1])


def test_metric_line_says_whose_request_it_counts(capsys: pytest.CaptureFixture[str]) -> None:
    trace.begin("request-of-test", None, "GgiVaWgFliAEPDQ=")

    metrics.count("ExternalCall", System="bank")

    [line] = lines(capsys)
    assert (line["request_id"], line["gateway_id"]) == ("request-of-test", "GgiVaWgFliAEPDQ=")
    (names,) = line["_aws"]["CloudWatchMetrics"][0]["Dimensions"]
    assert not {"request_id", "gateway_id"} & set(names)
