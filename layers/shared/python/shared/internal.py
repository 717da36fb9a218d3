"""Calls between services: the other's Lambda gets the event that its endpoint knows (DESIGN 7)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, logs, trace
from shared.errors import Unavailable, of_status
from shared.http_event import event

_TIMEOUT_S: Final = 10


@dataclass(frozen=True, slots=True)
class Internal:
    """Callers are recognised by IAM: lambda:InvokeFunction on that one function."""

    stage: str

    def __post_init__(self) -> None:
        """Makes the usual client: in init, not in the first request."""
        aws.invoke_client(_TIMEOUT_S)

    def call(
        self,
        service: str,
        function: str,
        method: str,
        path: str,
        *,
        body: object = None,
        query: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON answer of `function`. Raises the callee's own AppError, or Unavailable."""
        headers = {"X-Request-Id": trace.request_id()}
        payload = event(method, path, body=body, query=query, headers=headers)
        answer = self._invoke(f"{self.stage}-{service}-{function}", payload)
        found = json.loads(answer["body"] or "{}")
        if answer["statusCode"] >= 400:
            raise of_status(answer["statusCode"], found["code"], found["message"], found["details"])
        return dict(found)

    def _invoke(self, name: str, payload: Mapping[str, Any]) -> dict[str, Any]:
        budget_s = int(trace.budget_s(_TIMEOUT_S))
        if budget_s < 1:
            raise Unavailable("out_of_time")
        try:
            reply = aws.invoke_client(budget_s).invoke(
                FunctionName=name, Payload=json.dumps(payload, ensure_ascii=False).encode()
            )
            answer = json.loads(reply["Payload"].read())
        except (BotoCoreError, ClientError, ValueError) as problem:
            logs.error("internal_call_failed", problem, callee=name)
            raise Unavailable("service_unavailable") from problem
        if not isinstance(answer, dict) or "statusCode" not in answer or "FunctionError" in reply:
            logs.error("internal_call_crashed", callee=name)
            raise Unavailable("service_unavailable")
        return answer
