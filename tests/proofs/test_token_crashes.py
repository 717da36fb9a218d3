"""A token's notice: a crash anywhere neither loses the e-mail nor makes more than SES allows."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from fleet_payment_systems.use_cases.tokens import TokenWatch
from shared.queue import task_app
from tests.proofs.fleet_flows import ALL, ALL_KINDS, QUICK_KINDS, warm_park
from tests.support import calls
from tests.support.aws_world import Context
from tests.support.crash import enumerate_crashes
from tests.support.interrupt import interrupted
from tests.support.intrinsics import Json
from tests.support.park import WIRING, Park

Sent = list[Json]


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_park() as found:
        yield found


@pytest.fixture
def sent(place: Park) -> Iterator[Sent]:
    """What SES has taken, of one wallet whose token ends in five days."""
    empty = place.aws.snapshot()
    ends = place.aws.clock.now() + timedelta(days=5)
    place.open_wallet(token_expires_at=ends, notify_emails=("ops@park.example",))
    found: Sent = []

    def take(asked: Json) -> Json:
        found.append(asked)
        return {"MessageId": str(len(found))}

    with calls.serving("sesv2", "SendEmail", take):
        yield found
    place.aws.restore(empty)


def morning() -> None:
    watch: TokenWatch = WIRING.token_watch()
    replace(watch, systems=("plain",)).check()


def send(place: Park) -> None:
    app = task_app("fps_token_notice", WIRING.tasks(), WIRING.token_notices().send)
    for task_id in place.tasks():
        record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
        app({"Records": [record]}, Context())


def next_morning(place: Park) -> None:
    """The cron of the next day; the sweeper wakes what is left, however often it must."""
    for _ in range(4):
        place.aws.clock.advance(6 * 3600)
        send(place)
    morning()
    place.aws.clock.advance(60)
    send(place)


def crash(place: Park, sent: Sent, act: Callable[[], object], most: int) -> None:
    start = place.aws.snapshot()

    def prepare() -> None:
        sent.clear()
        place.aws.restore(start)

    def check() -> None:
        assert 1 <= len(sent) <= most
        claims = [row["claim_id"] for row in place.rows("claims")]
        assert len([one for one in claims if one.startswith("token#")]) == 1
        assert place.tasks() == []

    report = enumerate_crashes(
        act,
        prepare=prepare,
        recover=lambda: next_morning(place),
        check=check,
        kinds=ALL_KINDS if ALL else QUICK_KINDS,
    )
    assert report.cases > 0


def test_a_crash_of_the_cron_makes_one_e_mail(place: Park, sent: Sent) -> None:
    crash(place, sent, morning, most=1)


def test_a_crash_of_the_sending_makes_one_e_mail_or_two(place: Park, sent: Sent) -> None:
    morning()
    crash(place, sent, lambda: send(place), most=2)


def test_two_crons_at_once_make_one_e_mail(place: Park, sent: Sent) -> None:
    """Whatever the second one finds between two calls of the first."""
    start = place.aws.snapshot()
    for at in range(1, 8):
        sent.clear()
        place.aws.restore(start)
        interrupted(morning, morning, at)
        next_morning(place)
        assert len(sent) == 1
