"""One checkout a test."""

from collections.abc import Iterator

import pytest

from tests.support.checkout import Checkout, checkout


@pytest.fixture
def here() -> Iterator[Checkout]:
    with checkout() as found:
        yield found
