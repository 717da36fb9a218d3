"""POST /mobi/v1/status: the current truth, and nothing else (CM-08, CM-09)."""

from tests.support.checkout import Checkout

TRN = 900001


def test_an_unknown_number_is_not_found(here: Checkout) -> None:
    told = here.desk.status(TRN)

    assert (told.status, told.result, told.state) == (200, 31, "")
    assert here.rows("trns") == []


def test_a_driver_who_has_accepted_is_heard_by_the_next_question(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    assert here.desk.status(TRN).result == 1
    here.drives(TRN, "accept")

    assert here.desk.status(TRN).paid
    assert here.balance(TRN) == 50000
    assert here.tasks() == []


def test_a_driver_who_declines_is_final(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    here.drives(TRN, "decline")

    assert [here.desk.status(TRN).result for _ in range(2)] == [22, 22]
    assert here.tasks() == []


def test_while_the_payments_service_is_silent_the_last_truth_is_told(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    here.drives(TRN, "accept")
    here.take_down(1)

    assert (here.desk.status(TRN).result, here.desk.status(TRN).result) == (1, 0)


def test_what_support_cancels_is_reversed(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    here.drives(TRN, "cancel")

    told = here.desk.status(TRN)

    assert (told.result, told.state) == (0, "REVERSED")


def test_a_final_state_stays_whatever_the_payments_service_says_later(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.decline", "500.00")
    before = here.purchase(TRN)

    here.look()
    told = [here.desk.status(TRN), here.desk.authorize(TRN, "YM1.decline", "500.00")]

    assert {each.state for each in told} == {"DECLINED"}
    assert here.purchase(TRN) == before
