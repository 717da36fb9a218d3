"""What the pages tell a developer or a partner to type works on the stack of `make up`."""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local import invoke as invoking
from local.invoke import invoke
from tests.architecture.callers import authorizers, kind
from tests.architecture.templates import SERVICES, Function, expect_none, service
from tests.docs.commands import commands, run
from tests.local.conftest import Town
from tests.support.intrinsics import ROOT

_CODE = re.compile(r"[a-z]+(_[a-z]+)*")


def chosen() -> Iterator[tuple[str, str, Function]]:
    """(service, kind, function): with PROOFS=all every one, else the first of each kind."""
    seen = set[str]()
    for name in SERVICES:
        for function in sorted(service(name).functions.values(), key=lambda each: each.stem):
            called = kind(function, authorizers())
            if called not in seen or os.environ.get("PROOFS") == "all":
                yield name, called, function
            seen.add(called)


def sensible(called: str, found: Any, ended: bool) -> bool:
    """Whether an answer tells a developer something."""
    match called, ended, found:
        case _, False, {"errorMessage": str(code)}:
            # Refused by name: the event is of an order that is not there.
            return _CODE.fullmatch(code) is not None
        case "http", True, {"statusCode": int(status)}:
            return status < 500
        case (
            ("tasks", True, {"batchItemFailures": []})
            | ("authorizer", True, {"isAuthorized": bool()})
            | ("crons" | "subscribers" | "topic", True, None)
            | ("ops", True, {"dry_run": True})
        ):
            return True
    return False


@pytest.mark.skipif(shutil.which("curl") is None, reason="the page's commands are curl's")
def test_every_command_of_the_quick_start_answers_as_the_page_says(
    town: Town, tmp_path: Path
) -> None:
    (tmp_path / "build").mkdir()
    (tmp_path / "build/local.json").write_text(json.dumps(town.facts))
    page = (ROOT / "docs/quick-start.md").read_text(encoding="utf-8")

    answers = list(run(list(commands(page)), tmp_path))

    assert answers
    expect_none(
        f"{command.text}\nanswers\n{shown}"
        for command, shown in answers
        if not command.answered_by(shown)
    )


def test_a_function_invoked_with_its_own_event_says_something_sensible(town: Town) -> None:
    problems = []
    for name, called, function in chosen():
        place = f"{name}/{function.stem.replace('.', '/')}"
        found, ended = invoke(place, town.facts["aws"])
        if not sensible(called, found, ended):
            problems.append(f"{place}: {found}"[:300])
    expect_none(problems)


def test_a_terminal_pays_at_the_link_that_it_is_told(town: Town) -> None:
    """By `local.terminal` as a command, as against a deployed stack."""
    wallet = town.facts["park"]["wallets"]["city24"]
    facts = [f"{name}={wallet[name]}" for name in ("login", "password", "timezone")]
    told = [part for fact in facts for part in ("--fact", fact)]
    line = ["city24", "pay", "100245", "150.00", "--link", wallet["link"], *told]
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "local.terminal", *line],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "pay: HTTP 200, result 0, number" in done.stdout


def test_an_event_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(SystemExit, match="qr_orders/create"):
        invoking.main("qr_orders/created")


def test_without_a_stack_there_is_nobody_to_invoke(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="make up"):
        invoking.main("qr_orders/create", tmp_path / "none.json")


@pytest.mark.parametrize(
    ("called", "found", "ended"),
    [
        ("http", {"statusCode": 500, "body": ""}, True),
        ("http", {"errorMessage": "list index out of range"}, False),
        ("tasks", {"batchItemFailures": [{"itemIdentifier": "1"}]}, True),
        ("crons", {"errorMessage": "KeyError: 'due_at'"}, False),
        ("authorizer", {}, True),
    ],
)
def test_nonsense_is_reported(called: str, found: Any, ended: bool) -> None:
    assert not sensible(called, found, ended)
