"""Notifications on the wire (SPEC B.5)."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from sandbox.schema.wire import Text, Wire

Key = Annotated[str, StringConstraints(min_length=1, max_length=256)]


class Notification(Wire):
    idempotency_key: Key
    user_id: Text
    intent: Text
    params: dict[str, Any]
    ttl_sec: Annotated[int, Field(ge=1)]
    locale: str | None = None
    channels: list[Literal["push", "sms", "email"]] | None = None

    def to_message(self) -> dict[str, Any]:
        """What the user is told, without the key and the address."""
        return self.model_dump(exclude={"idempotency_key", "user_id"}, exclude_none=True)
