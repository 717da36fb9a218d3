"""Scenario 10 of SPEC C.1: every payment system pays while billing is down: one credit each."""

from collections.abc import Iterator

import pytest

from tests.fleet_payment_systems_api.street import AMOUNT, SYSTEMS, Street, opened

EVERY_SYSTEM = pytest.mark.parametrize("system", SYSTEMS)
CALLS_LOST = 10_000


@pytest.fixture(scope="module")
def street() -> Iterator[Street]:
    with opened() as found:
        yield found


@EVERY_SYSTEM
def test_a_payment_survives_half_an_hour_without_billing(street: Street, system: str) -> None:
    terminal = street.terminal(system, street.wallet(system))
    payment = street.payment(terminal)
    street.breaks("billing", CALLS_LOST)

    first = terminal.pay(payment)
    street.minutes_pass(15)
    during = terminal.pay(payment)
    street.minutes_pass(15)
    before = street.ledger(payment.account)
    street.breaks("billing", 0)
    street.minutes_pass(6)
    after = terminal.pay(payment)
    street.minutes_pass(1)

    assert first.ok
    assert before == []
    assert {during.code, after.code} == {terminal.speaks.again}
    assert {during.number, after.number} <= {first.number, ""}
    assert street.topups(payment.account) == [AMOUNT]
    assert street.recorded(payment.account) == 1
