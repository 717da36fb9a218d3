"""One warm town for the proofs of a module; each test leaves it as it was."""

from collections.abc import Iterator

import pytest

from tests.proofs.phases import warm_town
from tests.support import privileges
from tests.support.town import Town


@pytest.fixture(autouse=True)
def bugs_are_no_evidence(request: pytest.FixtureRequest) -> Iterator[None]:
    """A proof that patches plants a bug: what functions then do is not what they do."""
    if "monkeypatch" not in request.fixturenames:
        yield
        return
    with privileges.forgetting():
        yield


@pytest.fixture(scope="module")
def warm() -> Iterator[Town]:
    with warm_town() as found:
        yield found


@pytest.fixture
def place(warm: Town) -> Iterator[Town]:
    start = warm.aws.snapshot()
    yield warm
    warm.aws.restore(start)
