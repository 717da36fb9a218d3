"""Of the whole suite: no secret is found in what tests print, log or leave stored.

What functions ask of AWS is kept for `make privileges`.
"""

from collections.abc import Generator
from contextlib import ExitStack
from typing import Final

import pytest

from tests.support import privileges, secrecy

# Tests of the watch put another one in its place.
_WATCH: Final = secrecy.WATCH


def pytest_configure(config: pytest.Config) -> None:
    stack = ExitStack()
    stack.enter_context(secrecy.watching(_WATCH))
    stack.enter_context(privileges.watching())
    config.add_cleanup(stack.close)
    if not hasattr(config, "workerinput"):
        privileges.begin()


def pytest_sessionfinish(session: pytest.Session) -> None:
    worker: dict[str, str] = getattr(session.config, "workerinput", {})
    privileges.keep(worker.get("workerid", "main"))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    secrecy.judge(report, _WATCH)
    return report
