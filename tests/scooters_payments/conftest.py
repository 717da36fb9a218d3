"""One warm place for the tests of a module; each leaves it as it was."""

from collections.abc import Iterator

import pytest

from tests.support.rides import Rides, rides


@pytest.fixture(scope="module")
def warm() -> Iterator[Rides]:
    with rides() as found:
        yield found


@pytest.fixture
def place(warm: Rides) -> Iterator[Rides]:
    start = warm.aws.snapshot()
    warm.measured.clear()
    yield warm
    warm.aws.restore(start)
