"""The sandbox's user notifications (SPEC B.5): keeps and lists them, its faults."""

from http import HTTPStatus
from typing import Any

from sandbox import wiring
from sandbox.schema import notify as schema
from sandbox.schema.faults import FaultOrder
from shared.http import Reply, Request, endpoint, http_app

app = http_app("sandbox-notify")
notifications = wiring.notifications()
faults = wiring.faults("notify")


@endpoint(app, "POST", "/notify/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "POST", "/notify/v1/notifications", input=schema.Notification)
@faults.meet
def send(request: Request[schema.Notification]) -> Reply:
    wish = request.input
    notification_id, is_new = notifications.add(
        wish.idempotency_key, wish.user_id, wish.to_message()
    )
    return Reply({"id": notification_id}, HTTPStatus.ACCEPTED if is_new else HTTPStatus.OK)


@endpoint(app, "GET", "/notify/messages/{user_id}")
def list_messages(request: Request[None]) -> dict[str, Any]:
    return {"messages": notifications.of_user(request.path["user_id"])}
