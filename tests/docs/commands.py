"""The commands of a page and the answers that it promises, run as a reader would type them."""

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_BLOCK: Final = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATIENCE_S: Final = 240


@dataclass(frozen=True, slots=True)
class Command:
    """What is typed, and what is shown below it: "..." stands for anything, spaces for nothing."""

    text: str
    answer: str

    def answered_by(self, shown: str) -> bool:
        parts = _squeezed(self.answer).split("...")
        return re.fullmatch(".*".join(map(re.escape, parts)), _squeezed(shown)) is not None


def commands(page: str) -> Iterator[Command]:
    """Each `sh` block with the block of another language that follows it, if one does."""
    blocks = [(kind, text) for kind, text in _BLOCK.findall(page)]
    for (kind, text), (following, answer) in zip(blocks, [*blocks[1:], ("", "")], strict=True):
        if kind == "sh":
            yield Command(text, "" if following == "sh" else answer)


def run(found: list[Command], folder: Path) -> Iterator[tuple[Command, str]]:
    """All of them in one shell, in `folder`; what each has printed. Raises CalledProcessError."""
    marked = [f"{each.text}\nprintf '\\n{_MARK}\\n'" for each in found]
    done = subprocess.run(  # noqa: S603 - the page is ours
        ["bash", "-euo", "pipefail", "-c", "\n".join(marked)],  # noqa: S607
        cwd=folder,
        env={**os.environ, "no_proxy": "*"},
        capture_output=True,
        text=True,
        timeout=_PATIENCE_S,
        check=False,
    )
    shown = done.stdout.split(_MARK)
    assert done.returncode == 0, f"{found[len(shown) - 1].text}\n{shown[-1]}\n{done.stderr}"
    yield from zip(found, shown, strict=False)


_MARK: Final = "=== done ==="


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)
