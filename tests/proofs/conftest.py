"""One warm town for the proofs of a module; each test leaves it as it was."""

from collections.abc import Iterator

import pytest

from tests.proofs.phases import warm_town
from tests.support.town import Town


@pytest.fixture(scope="module")
def warm() -> Iterator[Town]:
    with warm_town() as found:
        yield found


@pytest.fixture
def place(warm: Town) -> Iterator[Town]:
    start = warm.aws.snapshot()
    yield warm
    warm.aws.restore(start)
