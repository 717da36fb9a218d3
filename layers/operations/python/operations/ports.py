"""What the use case needs of the outside."""

from typing import Protocol


class Chat(Protocol):
    def post(self, text: str) -> None:
        """Raises when the chat has not taken the text, so that it is tried again."""
        ...
