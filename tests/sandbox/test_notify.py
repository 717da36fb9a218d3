"""functions/sandbox/notify.py: messages are kept, listed, and never doubled (SPEC B.5)."""

from tests.sandbox.engine import Call
from tests.support.clock import FakeClock
from tests.support.intrinsics import Json

SEND = "/notify/v1/notifications"
MESSAGES = "/notify/messages/{user_id}"


def message(key: str, intent: str = "order_paid", user_id: str = "u-1") -> Json:
    return {
        "idempotency_key": key,
        "user_id": user_id,
        "intent": intent,
        "params": {"order_id": "o-1"},
        "ttl_sec": 60,
    }


def test_message_sent_twice_is_one_message(call: Call) -> None:
    first, found = call("POST", SEND, message("k-1"))
    second, repeated = call("POST", SEND, message("k-1"))

    assert (first, second) == (202, 200)
    assert repeated == found
    assert call("GET", MESSAGES, user_id="u-1")[1]["messages"] == [
        {
            "id": found["id"],
            "idempotency_key": "k-1",
            "created_at": "2026-01-02T10:00:00.000Z",
            "intent": "order_paid",
            "params": {"order_id": "o-1"},
            "ttl_sec": 60,
        }
    ]


def test_messages_are_listed_in_the_order_they_came(call: Call, clock: FakeClock) -> None:
    for key in ("z", "a", "m"):
        call("POST", SEND, message(key, intent=key))
        clock.advance(1)

    found = call("GET", MESSAGES, user_id="u-1")[1]["messages"]

    assert [each["intent"] for each in found] == ["z", "a", "m"]


def test_user_sees_nobody_elses_messages(call: Call) -> None:
    call("POST", SEND, message("k-1", user_id="u-2"))

    assert call("GET", MESSAGES, user_id="u-1") == (200, {"messages": []})
