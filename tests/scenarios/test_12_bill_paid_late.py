"""Scenario 12 of SPEC C.1: a QIWI bill is issued, polled, expires, and is paid late.

In one process on a clock of its own: the bill lives for an hour. Beside it Paystack's, whose page
never ends.
"""

from collections.abc import Iterator

import pytest

from tests.proofs.bill_invariants import check_bills_quiet
from tests.support.bills import Driver, wallet_in
from tests.support.park import Park, park

# The sandbox's QIWI does not take such a bill back: the payer is at it.
STUBBORN = "1.04"
MINUTE_S = 60
HOUR_S = 3600


@pytest.fixture
def place() -> Iterator[Park]:
    with park() as found:
        yield found


def state(driver: Driver, payment_id: str) -> tuple[str, str]:
    _, found = driver.get(payment_id)
    return found["state"], found["sub_state"]


def pass_time(driver: Driver, seconds: int, pause: int = MINUTE_S) -> None:
    """The usual course: messages wake what is due, the sweeper what waits for longer."""
    for _ in range(seconds // pause):
        driver.park.aws.clock.advance(pause)
        driver.park.deliver()
    driver.wait(0)


def test_a_bill_of_qiwi_is_polled_expires_and_is_credited_when_it_is_paid_late(
    place: Park,
) -> None:
    driver = Driver(place, wallet_in(place, "qiwi"), "qiwi")
    _, issued = driver.create(amount=STUBBORN)
    payment_id = issued["payment_id"]
    pass_time(driver, 10 * MINUTE_S)
    (bill,) = driver.issued()
    assert bill["looks"] >= 10
    assert state(driver, payment_id) == ("accepted", "issued")

    pass_time(driver, HOUR_S - 10 * MINUTE_S)
    assert state(driver, payment_id) == ("rejected", "timeout")

    driver.pays()
    pass_time(driver, 2 * HOUR_S, 10 * MINUTE_S)
    (late,) = driver.late()
    assert state(driver, payment_id) == ("rejected", "timeout")
    assert state(driver, late["tx_id"]) == ("processed", "done")
    assert [row["amount"] for row in place.billing()] == [104]
    place.sweep_alone(rounds=6, seconds=22_000)
    check_bills_quiet(place)


def test_a_page_of_paystack_paid_a_day_late_is_credited_by_its_webhook_once(place: Park) -> None:
    driver = Driver(place, wallet_in(place, "paystack"), "paystack")
    _, issued = driver.create()
    pass_time(driver, HOUR_S, 10 * MINUTE_S)
    assert state(driver, issued["payment_id"]) == ("rejected", "timeout")

    pass_time(driver, 24 * HOUR_S, HOUR_S)
    webhook = driver.pays()
    assert [driver.hook(webhook), driver.hook(webhook)] == [200, 200]
    place.deliver()

    (late,) = driver.late()
    assert state(driver, late["tx_id"]) == ("processed", "done")
    assert len(place.billing()) == 1
    assert driver.hook(webhook) == 200
    place.sweep_alone()
    check_bills_quiet(place)
