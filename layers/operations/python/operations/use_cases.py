"""From a notification to the team's chat; and anything by any id, whosever it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from operations.model import Alarm
from operations.ports import Chat, Finders
from shared import logs
from shared.errors import Unavailable
from shared.finding import Find


@dataclass(frozen=True, slots=True)
class Alerts:
    chat: Chat
    runbook_url: str

    def tell(self, event: dict[str, Any]) -> None:
        """Each record of an SNS event; a chat that fails makes Lambda bring the event again."""
        for record in event["Records"]:
            alarm = Alarm.parse(record["Sns"]["Message"])
            logs.info("alarm", alarm=alarm.name, state=alarm.state)
            self.chat.post(alarm.told(self.runbook_url))


@dataclass(frozen=True, slots=True)
class Finding:
    """Has no right to any table: each service looks into its own."""

    finders: Finders
    services: Sequence[str]

    def find(self, wish: Find) -> dict[str, Any]:
        """{id, found: [{service, kind, id, ...}], silent}: `silent` are services that did not
        answer, so that nothing found there says nothing.
        """
        found: list[dict[str, Any]] = []
        silent: list[str] = []
        for service in self.services:
            try:
                known = self.finders.ask(service, wish.id)
            except Unavailable:
                silent.append(service)
            else:
                found += [{"service": service, **one} for one in known]
        return {"id": wish.id, "found": found, "silent": silent}
