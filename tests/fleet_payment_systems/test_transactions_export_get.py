"""functions/fleet_payment_systems/transactions_export_get.py: how far it is, and a link (FP-06)."""

from urllib.parse import parse_qs, urlsplit

import pytest

from tests.fleet_payment_systems.desk import Desk
from tests.fleet_payment_systems.exporting import export_of, open_tasks, order, paid, wake
from tests.support.aws_world import World
from tests.support.clock import FakeClock


def test_a_file_that_is_not_there_yet_has_no_link(desk: Desk) -> None:
    export_id = order(desk)["export_id"]
    found = export_of(desk, export_id)
    assert (found["export_id"], found["state"], "url" in found) == (export_id, "accepted", False)


def test_another_parks_export_is_not_found(desk: Desk) -> None:
    export_id = order(desk)["export_id"]
    status, body = desk.other().call("transactions_export_get", export_id=export_id)
    assert (status, body["code"]) == (404, "export_not_found")


@pytest.mark.parametrize(("days", "linked"), [(6, True), (7, False)])
def test_a_link_lives_for_minutes_and_the_file_for_a_week(
    world: World, desk: Desk, clock: FakeClock, days: int, linked: bool
) -> None:
    paid(desk.park_id, -60 * 24)
    export_id = order(desk)["export_id"]
    app = world.load("fleet_payment_systems", "tasks.export").app
    for _step in range(2):
        wake(app, open_tasks(desk.park_id)[0])
    clock.advance(days * 86_400)

    found = export_of(desk, export_id)

    assert (found["state"], found["rows"], "url" in found) == ("done", 1, linked)
    if linked:
        link = urlsplit(found["url"])
        assert link.path.endswith(f"/exports/{desk.park_id}/{export_id}.csv")
        assert parse_qs(link.query)["X-Amz-Expires"] == ["300"]
