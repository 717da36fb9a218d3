"""What every admin request says of itself, and the texts it is made of."""

import json
from hashlib import sha256
from typing import Annotated, Self

from pydantic import Field

from qr_partners.model.changes import Actor, Mark
from shared.errors import InvalidRequest
from shared.http import Request
from shared.wire import Wire

Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,64}$")]
Name = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9._/+-]{1,64}$")]
Inn = Annotated[str, Field(pattern=r"^[0-9]{8,14}$")]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
Share = Annotated[str, Field(pattern=r"^0(\.[0-9]{1,6})?$")]


class Authored(Wire):
    """A change says who makes it and, if they like, why."""

    operator: Name
    reason: Name | None = None

    def actor(self, request: Request[Self]) -> Actor:
        """With the caller that IAM named, when the call came through the gateway."""
        caller = (request.authorizer.get("iam") or {}).get("userArn")
        return Actor(self.operator, self.reason, caller)

    def mark(self, operation: str, request: Request[Self]) -> Mark:
        """Of this request, by its Idempotency-Key. Raises idempotency_key_required."""
        if not request.idempotency_key:
            raise InvalidRequest("idempotency_key_required")
        content = json.dumps(self.model_dump(), sort_keys=True)
        name = f"request#{operation}#{request.idempotency_key}"
        return Mark(name, content=sha256(content.encode()).hexdigest())
