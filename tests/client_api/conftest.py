"""What the tests of client_api share: its world, with the secret of its template."""

from collections.abc import Iterator

import pytest

from tests.support.aws_world import World, aws_world


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with aws_world("client_api", parameters={"QrBaseUrl": "https://pay.example/base"}) as found:
        yield found
