"""An order hangs, its alarm rings, the team reads of it in its chat (QO-20, AR-14, RC-24)."""

import json

from shared.http_event import event
from tests.support.intrinsics import ROOT
from tests.support.town import Town, town


def posts(place: Town) -> list[str]:
    status, body = place.call("sandbox", "chat", event("GET", "/chat/posts"))
    assert status == 200
    found: list[str] = body["posts"]
    return found


def test_alarm_is_read_in_the_chat() -> None:
    alarm = json.loads((ROOT / "events/operations/alert_to_chat.json").read_text("utf-8"))
    with town() as place:
        place.run("operations", "alert_to_chat", alarm)

        (post,) = posts(place)

    assert post.startswith("ALARM: dev-QrOrders-1A2B-StuckOrdersAlarm-3C4D\n")
    assert post.endswith("docs/runbook.md#stuckordersalarm")
