"""Cron sweep: a payment whose messages are all lost is credited all the same (DESIGN 4, R11)."""

from tests.support.park import Opened, Park


def test_a_payment_whose_message_is_lost_is_woken(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")
    here.aws.lose_messages()
    here.aws.clock.advance(15)

    here.sweep()

    assert here.deliver() == 1
    assert [row["step"] for row in here.transactions()] == ["done"]


def test_what_is_hardly_late_is_left_to_its_own_message(here: Park, link: Opened) -> None:
    here.pay(link, "t-1")
    here.aws.lose_messages()
    here.aws.clock.advance(14.999)

    here.sweep()

    assert here.deliver() == 0


def test_lateness_is_measured(here: Park, link: Opened) -> None:
    here.sweep()
    here.pay(link, "t-1")
    here.aws.clock.advance(86_400)
    here.sweep()

    ages = [value for name, value, _ in here.measured if name == "OldestTaskAgeSec"]
    assert ages == [0, 86_400]
