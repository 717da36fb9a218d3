"""Dashboards and saved queries: written from templates and code, and nothing is missing on them."""

import json
from typing import Any

import pytest

from local import dashboards
from local.measured import Metric, metrics_of
from tests.architecture.templates import STAGE, expect_none, service
from tests.support.intrinsics import Json

FOUND = service("dashboards")
BODIES: dict[str, Json] = {
    properties["DashboardName"].removeprefix(f"{STAGE}-"): json.loads(properties["DashboardBody"])
    for properties in FOUND.resources("AWS::CloudWatch::Dashboard").values()
}
# What whoever watches money looks for.
MONEY = {
    *("Accepted: payments of drivers", "Credited: payments of drivers", "Dead letters"),
    *("Unknown: calls whose outcome nobody knows", "Parked tasks", "Oldest task, seconds late"),
    "Reconciliation: differences",
}


def graphs(name: str) -> list[Json]:
    widgets: list[Json] = BODIES[name]["widgets"]
    return [each["properties"] for each in widgets if each["type"] == "metric"]


def test_file_is_what_templates_and_code_make_of_it() -> None:
    written = dashboards.FILE.read_text(encoding="utf-8")
    assert written == dashboards.text(), "make documents"


def test_there_is_one_for_money_and_one_a_service() -> None:
    assert set(BODIES) == {"money", *dashboards.shown()}
    assert {graph["title"] for graph in graphs("money")} >= MONEY


@pytest.mark.parametrize("name", dashboards.shown())
def test_every_metric_of_a_service_is_on_its_dashboard(name: str) -> None:
    shown = json.dumps(graphs(name))
    folders = [f"functions/{name}", *(f"layers/{each}" for each in service(name).packages)]
    names = {metric.name for metric in metrics_of(*folders)}
    expect_none(each for each in names if f'MetricName=\\"{each}\\"' not in shown)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_no_two_graphs_lie_on_each_other(name: str) -> None:
    taken: set[tuple[int, int]] = set()
    for widget in BODIES[name]["widgets"]:
        places = {
            (x, y)
            for x in range(widget["x"], widget["x"] + widget["width"])
            for y in range(widget["y"], widget["y"] + widget["height"])
        }
        assert not taken & places
        assert max(x for x, _ in places) < dashboards.WIDTH
        taken |= places


def test_every_query_looks_into_the_log_of_every_service() -> None:
    groups = {f"/payments/{STAGE}/{name}/functions" for name in dashboards.shown()}
    queries: list[Any] = list(FOUND.resources("AWS::Logs::QueryDefinition").values())
    assert queries
    assert all(set(query["LogGroupNames"]) == groups for query in queries)


def test_metrics_are_read_from_the_calls_in_the_code() -> None:
    found = metrics_of("layers/qr_orders")

    assert Metric("ReceiptEnqueue", ("Result",)) in found
    assert Metric("StuckOrders", ("Status",), gauge=True) in found
    assert Metric("StuckOrders", (), gauge=True) in found
