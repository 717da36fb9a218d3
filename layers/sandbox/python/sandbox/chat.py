"""The team's chat: posts are kept beside the guests' messages, under a name no guest has."""

from dataclasses import dataclass
from typing import Final

from sandbox.notify import Notifications
from shared.clock import Clock
from shared.ids import new_id

_TEAM: Final = "#team"


@dataclass(frozen=True, slots=True)
class Chat:
    notifications: Notifications
    clock: Clock

    def post(self, text: str) -> str:
        """The post's id; the same text again is another post."""
        return self.notifications.add(new_id(self.clock.now()), _TEAM, {"text": text})[0]

    def posts(self) -> list[str]:
        return [message["text"] for message in self.notifications.of_user(_TEAM)]
