"""Cron check_qiwi_tokens: who is told, and what is measured (FP-17)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from fleet_payment_systems.use_cases.tokens import threshold
from shared import metrics
from shared.clock import to_iso
from tests.fleet_payment_systems.desk import Desk, everything
from tests.fleet_payment_systems.mailing import run_cron
from tests.support import calls
from tests.support.calls import Call
from tests.support.clock import FakeClock

Gauges = dict[str, int]


@pytest.fixture
def gauges(monkeypatch: pytest.MonkeyPatch) -> Gauges:
    """QiwiTokensExpiring by threshold."""
    found: Gauges = {}

    def gauge(name: str, value: int, _unit: str = "Count", **dimensions: str) -> None:
        found[dimensions["Threshold"]] = value

    monkeypatch.setattr(metrics, "gauge", gauge)
    return found


@pytest.fixture
def observed() -> Iterator[list[str]]:
    seen: list[str] = []

    def see(call: Call) -> None:
        seen.append(call.operation)

    with calls.installed(), calls.intercepting(see):
        yield seen


@pytest.mark.parametrize(
    ("days", "reached"),
    [(30.01, None), (30, 30), (14.5, 30), (14, 14), (7.5, 14), (7, 7), (1, 1), (0, 0), (-400, 0)],
)
def test_the_lowest_threshold_reached_counts(days: float, reached: int | None) -> None:
    now = FakeClock().now()
    assert threshold(now + timedelta(days=days), now) == reached


def test_wallets_are_counted_by_threshold(desk: Desk, clock: FakeClock, gauges: Gauges) -> None:
    run_cron(desk, "check_qiwi_tokens")
    before = dict(gauges)

    for days in (-1, 5, 6, 31):
        desk.wallet(token_expires_at=to_iso(clock.now() + timedelta(days=days)))
    gone = desk.wallet(token_expires_at=to_iso(clock.now()))
    desk.call("wallets_delete", wallet_id=gone["wallet_id"])
    run_cron(desk, "check_qiwi_tokens")

    assert {name: gauges[name] - before[name] for name in gauges} == {
        **{"30": 0, "14": 0, "7": 2, "1": 0, "expired": 1}
    }


def test_a_second_run_writes_nothing(desk: Desk, clock: FakeClock, observed: list[str]) -> None:
    desk.wallet(token_expires_at=to_iso(clock.now()))
    run_cron(desk, "check_qiwi_tokens")
    before = everything()
    observed.clear()

    run_cron(desk, "check_qiwi_tokens")

    assert everything() == before
    assert set(observed) == {"Query", "BatchGetItem"}
