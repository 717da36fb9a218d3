"""The fake AWS of qr_partners, one a module; each test brings its own group."""

from collections.abc import Iterator

import pytest

from shared import secrets_store
from shared.clock import SYSTEM
from tests.qr_partners.office import Office
from tests.qr_partners.samples import Town
from tests.support.aws_world import World, aws_world


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with aws_world("qr_partners") as found:
        yield found


@pytest.fixture
def town(world: World) -> Town:
    """A group whose keys the loaded functions accept."""
    secret_id = world.environment("qr_partners")["API_KEY_PEPPER_SECRET"]
    return Town(SYSTEM, secrets_store.peppers(secret_id))


@pytest.fixture
def office(world: World) -> Office:
    return Office(world)
