"""Task fps_token_notice: one e-mail, to whom it concerns, of a token that is still the same."""

from collections.abc import Iterator
from datetime import timedelta
from unittest.mock import patch

import pytest
from botocore.exceptions import ReadTimeoutError

from shared.clock import to_iso
from shared.tasks import TaskRow
from tests.fleet_payment_systems.desk import Desk
from tests.fleet_payment_systems.mailing import run_cron, subjects, verified, wake, wake_gone
from tests.support import calls
from tests.support.clock import FakeClock
from tests.support.faults import Fault
from tests.support.intrinsics import Json


@pytest.fixture(autouse=True)
def _sender(desk: Desk) -> None:
    verified()


@pytest.fixture
def ending(desk: Desk, clock: FakeClock) -> Json:
    """A wallet whose token ends in ten days, and whose notice is on its way."""
    wallet = desk.wallet(
        token_expires_at=to_iso(clock.now() + timedelta(days=10)),
        notify_emails=[f"{desk.park_id}@park.example"],
    )
    run_cron(desk, "check_qiwi_tokens")
    return wallet


def mine(desk: Desk) -> list[str]:
    return subjects(f"{desk.park_id}@park.example")


def test_the_park_is_told_when_and_which(desk: Desk, ending: Json) -> None:
    wake(desk, "token_notice")
    assert mine(desk) == [f"{ending['title']}: the token ends on 2026-01-12"]


def test_a_token_renewed_meanwhile_is_not_told(desk: Desk, ending: Json, clock: FakeClock) -> None:
    desk.update(ending, token_expires_at=to_iso(clock.now() + timedelta(days=365)))
    wake(desk, "token_notice")
    assert mine(desk) == []


def test_a_deleted_wallet_is_not_told(desk: Desk, ending: Json) -> None:
    desk.call("wallets_delete", wallet_id=ending["wallet_id"])
    wake(desk, "token_notice")
    assert mine(desk) == []


def test_a_wallet_without_an_address_is_measured(
    desk: Desk, clock: FakeClock, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.wallet(token_expires_at=to_iso(clock.now()), notify_emails=[])
    run_cron(desk, "check_qiwi_tokens")
    wake(desk, "token_notice")
    assert "FpsTokenNoticeUnaddressed" in capsys.readouterr().out


def test_mail_that_is_down_is_tried_again(desk: Desk, ending: Json, clock: FakeClock) -> None:
    with patch.object(calls, "_served", {}), calls.installed(), calls.serving(*_SEND, _down):
        assert wake(desk, "token_notice") == []
    assert mine(desk) == []
    clock.advance(300)
    wake(desk, "token_notice")
    assert len(mine(desk)) == 1
    assert [row.task_id for row in TaskRow.scan() if ending["wallet_id"] in row.task_id] == []


_SEND = ("sesv2", "SendEmail")


def _down(_asked: Json) -> Json:
    raise ReadTimeoutError(endpoint_url="sesv2")


@pytest.fixture
def sends() -> Iterator[list[int]]:
    """Sends are counted; the SDK must not repeat one whose answer was lost."""
    seen: list[int] = []

    def lose(call: calls.Call) -> Fault | None:
        if call.operation != "SendEmail":
            return None
        seen.append(1)
        return Fault.LOST_ANSWER_FINAL if len(seen) == 1 else None

    with calls.installed(), calls.intercepting(lose):
        yield seen


def test_a_lost_answer_makes_one_more_e_mail_and_no_third(
    desk: Desk, ending: Json, clock: FakeClock, sends: list[int]
) -> None:
    for _ in range(4):
        wake(desk, "token_notice")
        clock.advance(300)
    assert len(sends) == len(mine(desk)) == 2


def test_a_message_of_a_notice_that_is_sent_does_nothing(desk: Desk) -> None:
    assert wake_gone(desk, "token_notice")
