"""`make provider NAME=acme`: all the places of a new payment system, as a plain OSMP dialect.

What it writes works and passes its tests; then the operator's document goes into adapter, samples
and page. Function, template block and event are those of EXEMPLAR, renamed.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from local.provider_files import ADAPTER, FUNCTION, FUNCTION_TEST, SAMPLES, SECTION, TEST
from local.stack import ROOT

EXEMPLAR: Final = "mobilnik"
API: Final = "fleet_payment_systems_api"
_PACKAGE: Final = "layers/fleet_payment_systems/python/fleet_payment_systems/providers"
_TESTS: Final = "tests/fleet_payment_systems/providers"
_NAME: Final = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
Edit = Callable[[str], str]


def add(name: str, root: Path = ROOT) -> list[str]:
    """Writes all or nothing. Gives the paths; raises ValueError on a name that is taken."""
    if _NAME.fullmatch(name) is None or len(name) > 30:
        raise ValueError(f"{name}: lower-case letters, digits and single underscores, please")
    planned = {**_new_files(name, root), **_edited(name, root)}
    for path, text in planned.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")
    return sorted(planned)


def _new_files(name: str, root: Path) -> dict[str, str]:
    filled = {"NAME": name, "CONSTANT": name.upper(), "Title": _title(name)}
    made = {
        f"{_PACKAGE}/{name}.py": _filled(ADAPTER, filled),
        f"{_TESTS}/samples/{name}.py": _filled(SAMPLES, filled),
        f"{_TESTS}/test_{name}.py": _filled(TEST, filled),
        f"functions/{API}/{name}.py": _filled(FUNCTION, filled),
        f"tests/{API}/test_{name}.py": _filled(FUNCTION_TEST, filled),
        f"events/{API}/{name}.json": _renamed(_event(root), name),
    }
    taken = [path for path in made if (root / path).exists()]
    if taken:
        raise ValueError(f"{name}: there is {taken[0]}")
    return made


def _event(root: Path) -> str:
    return (root / f"events/{API}/{EXEMPLAR}.json").read_text(encoding="utf-8")


def _edited(name: str, root: Path) -> dict[str, str]:
    edits: dict[str, Edit] = {
        f"{_PACKAGE}/registry.py": lambda text: _registered(text, name),
        f"templates/{API}.yaml": lambda text: _after_block(text, name),
        "docs/providers.md": lambda text: (
            text + _filled(SECTION, {"NAME": name, "Title": _title(name)})
        ),
    }
    return {path: edit((root / path).read_text(encoding="utf-8")) for path, edit in edits.items()}


def _registered(text: str, name: str) -> str:
    """The import in its place by the alphabet, the instance last in the tuple."""
    line = f"from fleet_payment_systems.providers.{name} import {name.upper()}\n"
    lines = text.splitlines(keepends=True)
    imports = [place for place, each in enumerate(lines) if each.startswith("from fleet_")]
    after = [place for place in imports if lines[place] < line]
    lines.insert(max(after, default=imports[0] - 1) + 1, line)
    head, end, rest = "".join(lines).rpartition("\n)")
    return f"{head}\n    {name.upper()},{end}{rest}"


def _after_block(text: str, name: str) -> str:
    """The exemplar's function once more, below it, under the new name."""
    start = text.index(f"  {_pascal(EXEMPLAR)}Function:\n")
    following = re.compile(r"^(?:  \S|\S|\n)", re.MULTILINE).search(text, start + 3)
    end = following.start() if following is not None else len(text)
    block = _renamed(text[start:end], name)
    return text[:end] + block + text[end:]


def _renamed(text: str, name: str) -> str:
    text = text.replace(_pascal(EXEMPLAR), _pascal(name)).replace(EXEMPLAR, name)
    return text.replace(EXEMPLAR.upper(), name.upper())


def _filled(text: str, values: dict[str, str]) -> str:
    for key, value in values.items():
        text = text.replace(f"@{key}@", value)
    return text


def _pascal(name: str) -> str:
    return "".join(part.title() for part in name.split("_"))


def _title(name: str) -> str:
    return name.replace("_", " ").capitalize()


if __name__ == "__main__":
    try:
        written = add(sys.argv[1])
    except ValueError as problem:
        sys.exit(str(problem))
    sys.stdout.write("".join(f"{path}\n" for path in written))
