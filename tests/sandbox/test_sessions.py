"""functions/sandbox/sessions.py: a session is as it was set, and its end is told (B.7)."""

from typing import Any

import pytest

from sandbox.clients import RideBus
from shared import aws
from shared.errors import Unavailable
from shared.http_event import event
from tests.sandbox.engine import Call
from tests.support import calls
from tests.support.aws_world import World
from tests.support.intrinsics import Json

SET = "/sessions/sessions"


def current(world: World, session_id: str) -> tuple[int, Json]:
    asked = event("GET", "/sessions/current", query={"session_id": session_id})
    return world.invoke(world.load("sandbox", "sessions"), asked)


def put(call: Call, state: str, **changes: Any) -> None:
    body = {"session_id": "s1", "user_id": "u1", "state": state, **changes}
    assert call("POST", SET, body)[0] == 200


def test_a_session_is_as_it_was_set(call: Call, world: World) -> None:
    assert current(world, "s1")[0] == 404
    put(call, "riding")
    put(call, "finished", quietly=True)

    found = current(world, "s1")[1]
    assert (found["state"], found["user_id"]) == ("finished", "u1")
    assert found["finished_at"] == found["started_at"]
    assert found["offer"]["external_deposit"] is True


@pytest.mark.parametrize(
    ("state", "kind"), [("finished", "scooters.ride_finished"), ("paid", "scooters.ride_paid")]
)
def test_the_end_and_the_payment_of_a_ride_go_to_the_bus(
    call: Call, world: World, state: str, kind: str
) -> None:
    told: list[Json] = []

    def put_events(parameters: Json) -> Json:
        told.extend(parameters["Entries"])
        return {"FailedEntryCount": 0}

    with calls.installed(), calls.serving("events", "PutEvents", put_events):
        put(call, state)
        put(call, "riding")
    assert [(each["DetailType"], each["EventBusName"]) for each in told] == [
        (kind, "test-payments")
    ]


def test_a_refused_event_is_a_failure(world: World) -> None:
    aws.forget()

    def refuse(_parameters: Json) -> Json:
        return {"FailedEntryCount": 1}

    with (
        calls.installed(),
        calls.serving("events", "PutEvents", refuse),
        pytest.raises(Unavailable),
    ):
        RideBus("test-payments").tell("scooters.ride_paid", {"session_id": "s1"})
