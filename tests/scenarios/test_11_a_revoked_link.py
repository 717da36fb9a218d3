"""Scenario 11 of SPEC C.1: a revoked link is refused in the payment system's own format."""

from collections.abc import Iterator

import pytest

from tests.fleet_payment_systems.providers.systems import SYSTEMS as PROFILES
from tests.fleet_payment_systems_api.street import AMOUNT, SYSTEMS, Street, opened

EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS)


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with opened() as found:
        yield found


@EVERY_SYSTEM
def test_a_revoke_ends_payments_at_once_and_in_the_systems_own_words(
    street: Street, system: str
) -> None:
    facts = street.wallet(system)
    terminal = street.terminal(system, facts)
    paid, late = street.payment(terminal), street.payment(terminal)
    assert terminal.pay(paid).ok

    street.revoke(facts["wallet_id"])
    answers = [terminal.check(late), terminal.pay(late), terminal.pay(paid)]
    street.credit()

    name = f"{system}-{facts['profile']}"
    codes = next(each.codes for each in PROFILES if each.name == name)
    assert {one.code or str(one.status) for one in answers} == {codes["bad link"]}
    assert street.topups(paid.account) == [AMOUNT]
    assert street.ledger(late.account) == []
