"""One running local stack for the scenarios that need no more than seconds of it."""

from collections.abc import Iterator

import pytest

from local.running import running
from local.scenes import Place, place_of


@pytest.fixture(scope="session")
def place() -> Iterator[Place]:
    """The restaurant of the demo, its till and two guests: real HTTP, real queues, real roles."""
    with running() as (stack, facts):
        yield place_of(stack, facts)
