"""What the tests of qr_orders share: one shop a module, empty again for each test."""

from collections.abc import Iterator

import pytest

from shared import metrics
from tests.qr_orders.support import Shop, shop

Measured = list[tuple[str, int]]


@pytest.fixture(scope="module")
def modules_shop() -> Iterator[Shop]:
    with shop() as found:
        yield found


@pytest.fixture
def here(modules_shop: Shop) -> Shop:
    """The module's shop without any order."""
    modules_shop.aws.restore(modules_shop.empty)
    modules_shop.outside.forget()
    return modules_shop


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> Measured:
    """Every metric emitted since, by name and value."""
    found: Measured = []

    def emit(values: dict[str, tuple[int, str]], **_dimensions: str) -> None:
        found.extend((name, value) for name, (value, _unit) in values.items())

    monkeypatch.setattr(metrics, "emit", emit)
    return found
