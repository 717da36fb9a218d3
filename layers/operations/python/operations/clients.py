"""The team's chat: a webhook of Slack, or a bot of Telegram. Its address is a secret."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import requests
from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, logs, metrics, trace
from shared.errors import Unavailable
from shared.secret import Secret

_TIMEOUT_S: Final = 5
_FINDER_TIMEOUT_S: Final = 20


@dataclass(frozen=True, slots=True)
class Finders:
    """The Lambdas `<service>/ops/find.py`: an operator's own, so no route and no HTTP event."""

    stage: str

    def ask(self, service: str, text: str) -> list[Mapping[str, Any]]:
        """Raises Unavailable: a service that is not deployed, too."""
        try:
            reply = aws.invoke_client(_FINDER_TIMEOUT_S).invoke(
                FunctionName=f"{self.stage}-{service}-find", Payload=json.dumps({"id": text})
            )
            answer = json.loads(reply["Payload"].read())
        except (BotoCoreError, ClientError, ValueError) as problem:
            logs.error("finder_failed", problem, service=service)
            raise Unavailable("finder_unavailable") from problem
        if "FunctionError" in reply:
            logs.error("finder_crashed", service=service)
            raise Unavailable("finder_unavailable")
        return list(answer["found"])


@dataclass(frozen=True, slots=True)
class Webhook:
    """{"kind": "slack"|"telegram", "url", "chat_id"} of Secrets Manager; read at each alarm.

    Telegram's url is https://api.telegram.org/bot<token>/sendMessage. Without a url nobody is told.
    """

    secret_id: str

    def post(self, text: str) -> None:
        settings = self._settings()
        if not settings["url"]:
            logs.warning("chat_not_configured")
            return
        body = {"text": text}
        if settings["kind"] == "telegram":
            body["chat_id"] = settings["chat_id"]
        self._send(Secret(settings["url"]), body)

    def _send(self, url: Secret, body: dict[str, str]) -> None:
        """No error quotes the address: requests puts it into its own."""
        try:
            answer = requests.request(
                "POST",
                url.reveal(),
                json=body,
                timeout=trace.budget_s(_TIMEOUT_S),
                allow_redirects=False,
            )
            result = "ok" if answer.status_code // 100 == 2 else str(answer.status_code)
        except requests.RequestException as problem:
            result = type(problem).__name__
        metrics.count("ChatPost", Result="ok" if result == "ok" else "failed")
        if result != "ok":
            logs.error("chat_failed", reason=result)
            raise Unavailable("upstream_unavailable", system="chat") from None

    def _settings(self) -> dict[str, str]:
        try:
            answer = aws.client("secretsmanager").get_secret_value(SecretId=self.secret_id)
        except (BotoCoreError, ClientError) as problem:
            raise Unavailable("secrets_unavailable") from problem
        try:
            found: dict[str, Any] = json.loads(answer["SecretString"])
        except ValueError:
            # The decoder's own error quotes the secret.
            raise Unavailable("secret_unreadable") from None
        return {name: str(found.get(name, "")) for name in ("kind", "url", "chat_id")}
