"""Scenario 15 of SPEC C.1: a cash desk sells at once, on acceptance, too late, again, and refunds.

In one process on a clock of its own: a driver's time is a minute. The desk follows protocols 6.3.
"""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from local.cash_desk import Told
from tests.support.checkout import Checkout, checkout


@pytest.fixture
def here() -> Iterator[Checkout]:
    with checkout(wait_s=3) as found:
        yield found


def bought(here: Checkout, trn: int, qr: str) -> Told:
    """The tasks run while the desk pauses."""
    return replace(here.desk, pause=here.look).buy(trn, qr, "500.00", str)


def test_a_desk_and_its_drivers_have_a_day(here: Checkout) -> None:
    shown = here.outside("POST", "/v1/qr", body={"driver_id": "d-100245"})[1]["qr_code"]
    assert bought(here, 1, shown).paid
    assert here.desk.authorize(1, shown, "500.00").paid

    here.meanwhile = lambda: here.drives(2, "accept") if here.balance(2) == 0 else None
    assert bought(here, 2, "YM1.accept").paid
    here.meanwhile = bool

    assert bought(here, 3, "YM1.decline").result == 22
    undecided = bought(here, 4, "YM1.accept")
    assert (undecided.result, undecided.state) == (0, "EXPIRED")

    here.take_down(1)
    assert bought(here, 5, "YM1.ok").paid
    here.take_down()
    assert bought(here, 6, "YM1.ok").result == 51
    here.take_down(0)
    assert here.insist("reverse", 6).state == "REVERSED"
    assert here.desk.reverse(7).state == "REVERSED"
    assert here.desk.authorize(7, "YM1.ok", "500.00").result == 32

    parts = [here.desk.refund(1, "R1", "200.00") for _ in range(2)]
    assert [(told.result, told.state) for told in parts] == [(0, "PARTIALLY_REFUNDED")] * 2
    assert here.desk.refund(1, "R2", "300.01").result == 34
    assert here.desk.refund(1, "R2", "300.00").state == "REFUNDED"

    here.settle()
    assert here.tasks() == []
    balances = {trn: here.balance(trn) for trn in range(1, 8)}
    assert balances == {1: 0, 2: 50000, 3: 0, 4: 0, 5: 50000, 6: 0, 7: 0}
