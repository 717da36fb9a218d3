"""Cron collect_metrics, and its task fps_census: a day's accounts, parks and drivers (FP-35)."""

import json
from dataclasses import replace
from itertools import cycle

import pytest

from fleet_payment_systems.use_cases.census import Census
from shared import trace
from shared.queue import task_app
from tests.support.aws_world import Context
from tests.support.intrinsics import Json
from tests.support.park import WIRING, Park

_DAY_S = 86_400


def census() -> Census:
    found: Census = WIRING.census()
    return replace(found, systems=("plain", "osmp"))


def count(here: Park) -> dict[tuple[str, str], int]:
    """What is told of yesterday, by metric and provider."""
    census().begin()
    here.measured.clear()
    app = task_app("fps_census", WIRING.tasks(), census().count)
    for task_id in [one for one in here.tasks() if one.startswith("fps_census#")]:
        record: Json = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
        assert app({"Records": [record]}, Context()) == {"batchItemFailures": []}
    return {
        (name, dimensions[0].removeprefix("Provider=")): value
        for name, value, dimensions in here.measured
        if name.startswith("Fps")
    }


def test_drivers_and_parks_of_a_day_are_counted_once(here: Park) -> None:
    first, second = here.open_wallet(), here.open_wallet(park_id="park-8")
    here.pay(first, "t-1")
    here.pay(first, "t-2")
    here.ask(first, "pay", txn="t-3", account="100246", amount="10.00")
    here.pay(second, "t-4")
    here.deliver()
    here.aws.clock.advance(_DAY_S)

    found = count(here)

    assert found["FpsActiveDrivers", "plain"] == found["FpsActiveDrivers", "all"] == 3
    assert found["FpsActiveParks", "plain"] == 2
    assert found["FpsAccountsByProvider", "plain"] == 2
    assert found["FpsActiveDrivers", "osmp"] == found["FpsAccountsByProvider", "osmp"] == 0


def test_other_days_and_deleted_wallets_do_not_count(here: Park) -> None:
    gone = here.open_wallet()
    here.pay(here.open_wallet(), "t-1")
    here.change(gone, deleted_at=here.aws.clock.now())
    here.aws.clock.advance(2 * _DAY_S)

    found = count(here)

    assert found["FpsActiveDrivers", "plain"] == found["FpsActiveParks", "all"] == 0
    assert found["FpsAccountsByProvider", "plain"] == 1


def test_a_count_goes_on_with_the_next_park(here: Park, monkeypatch: pytest.MonkeyPatch) -> None:
    for park_id in ("park-1", "park-2", "park-3"):
        here.pay(here.open_wallet(park_id=park_id), "t-1")
    here.deliver()
    here.aws.clock.advance(86_400)
    counting = replace(census(), systems=("plain",))
    counting.begin()
    # Asked when the task is taken, when it begins, and after each park.
    left = cycle([9.0, 9.0, 1.0])
    monkeypatch.setattr(trace, "remaining_s", lambda: next(left))
    app = task_app("fps_census", WIRING.tasks(), counting.count)
    steps = 0

    while tasks := here.tasks():
        record = {"messageId": "m", "body": json.dumps({"task_id": tasks[0]})}
        app({"Records": [record]}, Context())
        steps += 1

    drivers = [value for name, value, said in here.measured if name == "FpsActiveDrivers"]
    assert (steps, drivers) == (4, [3, 3])
