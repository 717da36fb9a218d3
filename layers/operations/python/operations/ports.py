"""What the use case needs of the outside."""

from collections.abc import Mapping
from typing import Any, Protocol


class Finders(Protocol):
    def ask(self, service: str, text: str) -> list[Mapping[str, Any]]:
        """What a service knows under that id. Raises Unavailable."""
        ...


class Chat(Protocol):
    def post(self, text: str) -> None:
        """Raises when the chat has not taken the text, so that it is tried again."""
        ...
