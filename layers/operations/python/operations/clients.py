"""The team's chat: a webhook of Slack, or a bot of Telegram. Its address is a secret."""

import json
from dataclasses import dataclass
from typing import Any, Final

import requests
from botocore.exceptions import BotoCoreError, ClientError

from shared import aws, logs, metrics, trace
from shared.errors import Unavailable
from shared.secret import Secret

_TIMEOUT_S: Final = 5


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
