"""Cron sweep: a purchase whose messages are all lost is looked at all the same (DESIGN 4, R11)."""

from tests.support.checkout import Checkout

TRN = 900001


def test_a_purchase_whose_message_is_lost_is_woken(here: Checkout) -> None:
    here.take_down(1)
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    here.aws.lose_messages()
    here.clock.advance(20)

    here.sweep()

    assert here.deliver() == 1
    assert here.desk.status(TRN).paid


def test_what_is_hardly_late_is_left_to_its_own_message(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    here.aws.lose_messages()
    here.clock.advance(19.999)

    here.sweep()

    assert here.deliver() == 0
