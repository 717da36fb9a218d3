"""docs/providers.md says what the adapters do."""

import pytest

from fleet_payment_systems.providers.base import Provider
from fleet_payment_systems.providers.registry import ALL
from tests.fleet_payment_systems.providers.documentation import (
    PAGE,
    generated,
    heading,
    marks,
)


@pytest.mark.parametrize("provider", ALL, ids=lambda provider: provider.spec.code)
def test_the_page_has_a_section_with_settings_and_answers_of_today(provider: Provider) -> None:
    page = PAGE.read_text(encoding="utf-8")
    start, end = marks(provider)
    section = page.partition(heading(provider) + "\n")[2].partition("\n## ")[0]
    written = section.partition(start)[2].partition(end)[0]
    assert written == generated(provider)


@pytest.mark.parametrize("provider", ALL, ids=lambda provider: provider.spec.code)
def test_a_section_says_who_confirms_it_and_what_to_ask(provider: Provider) -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition(heading(provider) + "\n")[2].partition("\n## ")[0]
    assert "\nKnown from: " in section
    assert "\nAsk the operator: " in section
