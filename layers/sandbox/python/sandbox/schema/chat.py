"""What Slack and Telegram take alike, as far as we send it."""

from typing import Annotated

from pydantic import StringConstraints

from sandbox.schema.wire import Wire


class Post(Wire):
    text: Annotated[str, StringConstraints(min_length=1, max_length=4096)]
    chat_id: str | None = None
