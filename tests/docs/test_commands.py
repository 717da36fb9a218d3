"""How a page's commands are found, and how an answer is compared with what the page shows."""

from pathlib import Path

import pytest

from tests.docs.commands import Command, commands, run

PAGE = """
```sh
NAME=guest
```

```sh
echo "{\\"hello\\": \\"$NAME\\"}"
```

```json
{"hello": "..."}
```
"""


def test_commands_are_taken_with_the_answers_below_them() -> None:
    first, second = commands(PAGE)
    assert first == Command("NAME=guest\n", "")
    assert second.answer == '{"hello": "..."}\n'


def test_commands_share_one_shell(tmp_path: Path) -> None:
    shown = [text.strip() for _command, text in run(list(commands(PAGE)), tmp_path)]
    assert shown == ["", '{"hello": "guest"}']


def test_a_command_that_fails_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="cat nothing"):
        list(run([Command("echo fine\n", "fine"), Command("cat nothing\n", "")], tmp_path))


@pytest.mark.parametrize(
    ("promised", "shown", "same"),
    [
        ('{"id": "...", "n": 1}', '{"id":"a","n":1}\n', True),
        ('{"id": "...", "n": 1}', '{"id":"a","n":2}', False),
        ("", "something", False),
        ("a...b", "a\nb", True),
        ("a.b", "axb", False),
    ],
)
def test_dots_stand_for_anything_and_spaces_for_nothing(
    promised: str, shown: str, same: bool
) -> None:
    assert Command("", promised).answered_by(shown) is same
