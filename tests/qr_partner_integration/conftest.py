"""The open API with both services behind it replaced at the internal call."""

from collections.abc import Iterator

import pytest

from tests.qr_partner_integration.fakes import Behind, behind
from tests.support.aws_world import World


@pytest.fixture
def place() -> Iterator[tuple[World, Behind]]:
    with behind() as found:
        yield found


@pytest.fixture
def world(place: tuple[World, Behind]) -> World:
    return place[0]


@pytest.fixture
def services(place: tuple[World, Behind]) -> Behind:
    return place[1]
