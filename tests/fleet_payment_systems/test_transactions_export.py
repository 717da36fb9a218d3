"""functions/fleet_payment_systems/transactions_export.py: an order and its repeat (FP-06)."""

from typing import Any

import pytest

from tests.fleet_payment_systems.desk import Desk, sample
from tests.fleet_payment_systems.exporting import YEAR, app_of, open_tasks, order, wake


def test_an_order_is_accepted_with_its_task(desk: Desk) -> None:
    body = order(desk)

    assert (body["state"], body["rows"], "url" in body) == ("accepted", 0, False)
    assert open_tasks(desk.park_id) == [f"fps_export#{desk.park_id}#{body['export_id']}"]


def test_a_repeat_of_a_key_is_the_same_export(desk: Desk) -> None:
    first, second, other = order(desk, key="k-1"), order(desk, key="k-1"), order(desk, key="k-2")

    assert second == first
    assert other["export_id"] != first["export_id"]
    assert len(open_tasks(desk.park_id)) == 2


def test_a_repeat_when_the_file_is_written_has_its_link(desk: Desk) -> None:
    first = order(desk, key="k-1")
    (task_id,) = open_tasks(desk.park_id)
    for _page in range(2):
        wake(app_of(), task_id)

    again = order(desk, key="k-1")

    assert (again["export_id"], again["state"]) == (first["export_id"], "done")
    assert f"exports/{desk.park_id}/{first['export_id']}.csv" in again["url"]


def test_without_a_key_each_order_is_its_own(desk: Desk) -> None:
    assert order(desk)["export_id"] != order(desk)["export_id"]


@pytest.mark.parametrize(
    "more", [{"format": "xlsx"}, {"bom": False}, {"state": "processed"}, {"to": "2026-02-01T00Z"}]
)
def test_a_key_of_another_order_is_refused(desk: Desk, more: Any) -> None:
    order(desk, key="k-1")
    status, body = desk.call("transactions_export", YEAR | {"format": "csv"} | more, key="k-1")
    assert (status, body["code"]) == (422, "idempotency_mismatch")


def test_two_parks_may_use_one_key(desk: Desk) -> None:
    first, second = order(desk, key="k-1"), order(desk.other(), key="k-1")
    assert first["export_id"] != second["export_id"]


def test_somebody_must_answer_for_an_order(desk: Desk) -> None:
    desk.user_id = ""
    status, body = desk.call("transactions_export", YEAR | {"format": "csv"})
    assert (status, body["code"]) == (400, "operator_required")


def test_a_range_without_an_inside_is_refused(desk: Desk) -> None:
    wrong = YEAR | {"format": "csv", "to": YEAR["from"]}
    status, body = desk.call("transactions_export", wrong)
    assert (status, body["code"]) == (400, "range_invalid")


def test_the_sample_event_is_a_good_order(desk: Desk) -> None:
    assert desk.call("transactions_export", sample("transactions_export"))[0] == 202
