"""authorize waits for the driver, but holds no Lambda longer than its setting (CM-07, PU12)."""

from tests.support.checkout import Checkout

TRN = 900001
WAIT_S = 3


def waited(here: Checkout) -> list[int]:
    return [value for name, value, told in here.measured if name == "CmWaitMs" and told]


def test_a_driver_who_says_nothing_is_waited_for_as_long_as_the_setting(here: Checkout) -> None:
    told = here.desk.authorize(TRN, "YM1.accept", "500.00")

    assert (told.result, told.state) == (1, "WAITING")
    assert here.clock.milliseconds() - here.purchase(TRN)["created_at"] == 3000
    assert ("CmWaitMs", 3000, ("Type=acceptance",)) in here.measured


def test_a_driver_who_accepts_meanwhile_is_heard_at_once(here: Checkout) -> None:
    here.meanwhile = lambda: here.drives(TRN, "accept")

    assert here.desk.authorize(TRN, "YM1.accept", "500.00").paid
    assert waited(here) == [1000]


def test_a_driver_who_declines_meanwhile_is_heard_at_once(here: Checkout) -> None:
    here.meanwhile = lambda: here.drives(TRN, "decline")

    told = here.desk.authorize(TRN, "YM1.accept", "500.00")

    assert (told.result, told.state) == (22, "DECLINED")
    assert waited(here) == [1000]


def test_a_payment_that_nobody_must_accept_waits_for_nobody(here: Checkout) -> None:
    assert here.desk.authorize(TRN, "YM1.ok", "500.00").paid

    assert ("CmWaitMs", 0, ("Type=instant",)) in here.measured


def test_silence_of_the_payments_service_is_not_waited_for(here: Checkout) -> None:
    here.take_down(10)

    assert here.desk.authorize(TRN, "YM1.accept", "500.00").result == 51
    assert waited(here) == [0]
