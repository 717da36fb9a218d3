"""Task fps_census, as its function does it: night after night, a part at a time (FP-36)."""

from itertools import cycle

import pytest

from shared import trace
from shared.tasks import TaskRow
from tests.fleet_payment_systems.desk import Desk
from tests.fleet_payment_systems.mailing import run_cron, wake, wake_gone


def test_a_message_of_a_count_that_is_done_does_nothing(desk: Desk) -> None:
    assert wake_gone(desk, "census")


def test_a_night_counts_by_its_functions_own_rights(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.wallet()
    desk.other().wallet()
    run_cron(desk, "collect_metrics")
    left = cycle([9.0, 9.0, 1.0])
    monkeypatch.setattr(trace, "remaining_s", lambda: next(left))
    while any(row.task_id.startswith("fps_census#") for row in TaskRow.scan()):
        assert wake(desk, "census") == []
    assert "FpsAccountsByProvider" in capsys.readouterr().out
