"""From a notification to the team's chat."""

from dataclasses import dataclass
from typing import Any

from operations.model import Alarm
from operations.ports import Chat
from shared import logs


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
