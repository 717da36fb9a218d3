"""docs/providers.md says what the adapters do."""

import pytest

from fleet_payment_systems.providers.base import Spec
from fleet_payment_systems.wiring import specs
from tests.fleet_payment_systems.providers.documentation import (
    PAGE,
    generated,
    heading,
    marks,
)

EVERY_SYSTEM = pytest.mark.parametrize("spec", specs().values(), ids=lambda spec: spec.code)


@EVERY_SYSTEM
def test_the_page_has_a_section_with_settings_and_answers_of_today(spec: Spec) -> None:
    page = PAGE.read_text(encoding="utf-8")
    start, end = marks(spec)
    section = page.partition(heading(spec) + "\n")[2].partition("\n## ")[0]
    written = section.partition(start)[2].partition(end)[0]
    assert written == generated(spec)


@EVERY_SYSTEM
def test_a_section_says_who_confirms_it_and_what_to_ask(spec: Spec) -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = page.partition(heading(spec) + "\n")[2].partition("\n## ")[0]
    assert "\nKnown from: " in section
    assert "\nAsk the operator: " in section
