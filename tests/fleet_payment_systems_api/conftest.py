"""One street a module: every test there has wallets and drivers of its own."""

from collections.abc import Iterator

import pytest

from tests.fleet_payment_systems_api.street import Street, opened


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with opened() as found:
        yield found
