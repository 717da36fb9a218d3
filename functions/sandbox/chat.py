"""The sandbox's team chat: keeps and lists what a webhook is sent (AR-14), its faults."""

from typing import Any

from sandbox import wiring
from sandbox.schema import chat as schema
from sandbox.schema.faults import FaultOrder
from shared.http import Request, endpoint, http_app

app = http_app("sandbox-chat")
chat = wiring.chat()
faults = wiring.faults("chat")


@endpoint(app, "POST", "/chat/faults", input=FaultOrder)
def arm_faults(request: Request[FaultOrder]) -> FaultOrder:
    faults.arm(**request.input.model_dump())
    return request.input


@endpoint(app, "POST", "/chat/v1/posts", input=schema.Post)
@faults.meet
def post(request: Request[schema.Post]) -> dict[str, Any]:
    return {"id": chat.post(request.input.text)}


@endpoint(app, "GET", "/chat/posts")
def list_posts(request: Request[None]) -> dict[str, Any]:
    return {"posts": chat.posts()}
