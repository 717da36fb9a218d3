"""One checkout a module; each test finds it as it was."""

from collections.abc import Iterator

import pytest

from tests.support.checkout import Checkout, checkout


@pytest.fixture(scope="module")
def place(request: pytest.FixtureRequest) -> Iterator[Checkout]:
    """`WAIT_S` of a module is how long its authorize waits for the driver."""
    with checkout(wait_s=getattr(request.module, "WAIT_S", 0)) as found:
        yield found


@pytest.fixture
def here(place: Checkout) -> Iterator[Checkout]:
    start = place.aws.snapshot()
    yield place
    place.aws.restore(start)
    place.measured.clear()
    place.meanwhile = bool
