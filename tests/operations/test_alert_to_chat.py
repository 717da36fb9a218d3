"""functions/operations/alert_to_chat.py: an alarm becomes a post in the team's chat (AR-14)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Final

import pytest
import requests
import responses

from operations.model import Alarm
from shared import aws, logs
from shared.errors import Unavailable
from tests.support.aws_world import World, aws_world
from tests.support.intrinsics import ROOT, Json

HOOK: Final = "https://hooks.example/T1/s3cr3t"
RUNBOOK: Final = "https://docs.example/runbook.md"
EVENT: Final[Json] = json.loads((ROOT / "events/operations/alert_to_chat.json").read_text())


@dataclass(frozen=True)
class Team:
    world: World
    module: ModuleType
    chat: responses.RequestsMock

    def hears(self) -> None:
        self.world.run(self.module, EVENT)

    def posts(self) -> list[Json]:
        return [_body(call.request) for call in self.chat.calls]


@pytest.fixture
def team() -> Iterator[Team]:
    settings = {"ChatUrl": HOOK, "RunbookUrl": RUNBOOK}
    with aws_world("operations", parameters=settings) as world, responses.RequestsMock() as chat:
        yield Team(world, world.load("operations", "alert_to_chat"), chat)


def _body(request: requests.PreparedRequest) -> Json:
    assert isinstance(request.body, bytes)
    found: Json = json.loads(request.body)
    return found


def keep(secret: Any) -> None:
    text = secret if isinstance(secret, str) else json.dumps(secret)
    aws.client("secretsmanager").put_secret_value(
        SecretId="test/operations/chat", SecretString=text
    )


def test_alarm_is_posted_with_name_state_reason_and_runbook(team: Team) -> None:
    team.chat.post(HOOK, json={})

    team.hears()

    assert team.posts() == [
        {
            "text": "ALARM: dev-QrOrders-1A2B-StuckOrdersAlarm-3C4D\n"
            "An order has not moved on for ten minutes beyond its time\n"
            "Threshold Crossed: 1 datapoint [2.0] was greater than or equal to the threshold"
            f" (1.0).\n{RUNBOOK}#stuckordersalarm"
        }
    ]


def test_link_in_the_description_is_not_said_twice() -> None:
    link = f"{RUNBOOK}#clearlostalarm"
    alarm = Alarm("dev-ClearLostAlarm-3C4D", "ALARM", "Crossed.", f"The hold is gone. {link}")

    assert alarm.told(RUNBOOK) == (
        f"ALARM: dev-ClearLostAlarm-3C4D\nThe hold is gone\nCrossed.\n{link}"
    )


def test_telegram_is_told_which_chat(team: Team) -> None:
    keep({"kind": "telegram", "url": HOOK, "chat_id": "-100"})
    team.chat.post(HOOK, json={"ok": True})

    team.hears()

    assert team.posts()[0]["chat_id"] == "-100"


def test_team_without_a_chat_is_no_error(team: Team) -> None:
    keep({"kind": "slack", "url": ""})

    team.hears()

    assert team.posts() == []


@pytest.mark.parametrize(
    "trouble", [301, 404, 429, 500, requests.ReadTimeout(HOOK), requests.ConnectionError(HOOK)]
)
def test_chat_that_does_not_take_it_is_told_again_by_lambda(
    team: Team, monkeypatch: pytest.MonkeyPatch, trouble: int | Exception
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(logs, "error", lambda *args, **ids: lines.append(f"{args} {ids}"))
    if isinstance(trouble, int):
        team.chat.post(HOOK, status=trouble)
    else:
        team.chat.post(HOOK, body=trouble)

    with pytest.raises(Unavailable) as refusal:
        team.hears()

    assert refusal.value.__suppress_context__
    assert lines
    assert "s3cr3t" not in "".join(lines) + repr(refusal.value)


def test_secret_that_is_unreadable_is_not_quoted(team: Team) -> None:
    keep("not json: s3cr3t")

    with pytest.raises(Unavailable) as refusal:
        team.hears()

    assert "s3cr3t" not in repr(refusal.value)


@pytest.mark.parametrize("text", ["disk is full", "[]", '{"AlarmName": 1}'])
def test_message_that_is_no_alarm_is_shown_as_it_is(text: str) -> None:
    assert Alarm.parse(text).told(RUNBOOK) == f"ALARM: message\n{text}\n{RUNBOOK}#alarms"


@pytest.mark.parametrize(
    ("name", "chapter"),
    [
        ("dev-QrOrders-1A2B-StuckOrdersAlarm-3C4D", "stuckordersalarm"),
        ("dev-QrOrders-1A2B-CloseDlqAlarm-3C4D", "dlqalarm"),
        ("StuckOrdersAlarm", "stuckordersalarm"),
        ("made by hand", "alarms"),
    ],
)
def test_runbook_has_a_chapter_by_the_alarms_own_name(name: str, chapter: str) -> None:
    assert Alarm(name, "ALARM", "").chapter == chapter
