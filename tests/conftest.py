"""Of the whole suite: no secret is found in what tests print, log or leave stored."""

from collections.abc import Generator
from contextlib import ExitStack
from typing import Final

import pytest

from tests.support import secrecy

# Tests of the watch put another one in its place.
_WATCH: Final = secrecy.WATCH


def pytest_configure(config: pytest.Config) -> None:
    stack = ExitStack()
    stack.enter_context(secrecy.watching(_WATCH))
    config.add_cleanup(stack.close)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    secrecy.judge(report, _WATCH)
    return report
