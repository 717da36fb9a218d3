"""SPEC C.1, 13: a token that ends is told 30, 14, 7 and 1 days before, once each."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from shared.clock import SystemClock, to_iso
from tests.fleet_payment_systems.desk import Desk
from tests.fleet_payment_systems.mailing import run_cron, subjects, verified, wake
from tests.support.aws_world import aws_world
from tests.support.clock import FakeClock

_DAY_S = 86_400
_ADDRESS = "ops@park.example"


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    found = FakeClock()
    monkeypatch.setattr(SystemClock, "now", lambda _self: found.now())
    return found


@pytest.fixture
def desk(clock: FakeClock) -> Iterator[Desk]:
    parameters = {"DispatcherRoles": "dispatcher", "FpsBaseUrl": "https://fps.example"}
    with aws_world("fleet_payment_systems", parameters=parameters) as world:
        verified()
        yield Desk(world)


def morning(desk: Desk) -> None:
    run_cron(desk, "check_qiwi_tokens")
    wake(desk, "token_notice")


def mornings(desk: Desk, clock: FakeClock, days: int) -> list[int]:
    """On which of the days an e-mail went out; on such a day the cron runs once more."""
    told = []
    for day in range(days):
        before = len(subjects(_ADDRESS))
        morning(desk)
        if len(subjects(_ADDRESS)) > before:
            morning(desk)
        told += [day] * (len(subjects(_ADDRESS)) - before)
        clock.advance(_DAY_S)
    return told


def test_a_token_that_ends_is_told_once_a_threshold(desk: Desk, clock: FakeClock) -> None:
    ends = clock.now() + timedelta(days=40)
    wallet = desk.wallet(token_expires_at=to_iso(ends), notify_emails=[_ADDRESS])

    assert mornings(desk, clock, 43) == [10, 26, 33, 39, 40]
    *warnings, last = subjects(_ADDRESS)
    assert all("ends on" in subject for subject in warnings)
    assert "is over" in last

    renewed = clock.now() + timedelta(days=31)
    status, _body = desk.update(desk.get(wallet["wallet_id"]), token_expires_at=to_iso(renewed))
    assert status == 200
    assert mornings(desk, clock, 4) == [1]
