"""docs/runbook.md as a list of commands: what an operator would paste."""

import re
from dataclasses import dataclass
from typing import Final

from tests.support.intrinsics import ROOT

PAGE: Final = ROOT / "docs/runbook.md"
_PART: Final = re.compile(r"^## (.+?)$|^```sh ?(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
WORD: Final = re.compile(r"\b[A-Z][A-Z]*(?:_[A-Z]+)*\b")


@dataclass(frozen=True, slots=True)
class Command:
    """`refused` is the code that the answer has on purpose, "" of a command that works."""

    chapter: str
    text: str
    refused: str


def blocks() -> list[tuple[str, str, str]]:
    """Chapter, code of the refusal, and text of each fenced block."""
    chapter, found = "", []
    for part in _PART.finditer(PAGE.read_text(encoding="utf-8")):
        if part[1]:
            chapter = part[1]
        else:
            found.append((chapter, part[2], part[3]))
    return found


def preamble() -> str:
    """The first block: what a session begins with."""
    return blocks()[0][2]


def commands() -> list[Command]:
    return [
        Command(chapter, line, refused)
        for chapter, refused, text in blocks()[1:]
        for line in text.splitlines()
    ]


def filled(text: str, words: dict[str, str]) -> str:
    """The command with its words in capitals replaced by those of a situation."""
    return WORD.sub(lambda found: words.get(found[0], found[0]), text)
