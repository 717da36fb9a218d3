"""The sandbox's mobility sessions (SPEC B.7): what a test sets them to, its faults."""

from typing import Any

from sandbox import wiring
from sandbox.schema import sessions as schema
from sandbox.schema.faults import FaultOrder
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-sessions")
sessions = wiring.sessions()
faults = wiring.faults("sessions")


@endpoint(app, "POST", "/sessions/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "GET", "/sessions/current", input=schema.Session)
@faults.meet
def current(request: Request[schema.Session]) -> dict[str, Any]:
    return sessions.current(request.input.session_id)


@endpoint(app, "POST", "/sessions/sessions", input=schema.NewState)
def set_state(request: Request[schema.NewState]) -> schema.NewState:
    wanted = request.input
    sessions.set(wanted.session_id, wanted.user_id, wanted.state, wanted.quietly)
    return wanted
