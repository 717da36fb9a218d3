"""POST /mobi/v1/reverse: a purchase has not happened, whatever was known of it (CM-22, CM-24)."""

import pytest

from tests.support.checkout import Checkout

TRN = 900001


def test_a_paid_purchase_is_given_back_once(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")

    told = [here.desk.reverse(TRN) for _ in range(2)]

    assert [(each.result, each.state) for each in told] == [(0, "REVERSED")] * 2
    assert sorted(row["kind"] for row in here.ledger()) == ["debit", "return"]
    assert here.tasks() == []


def test_one_that_waits_for_its_driver_is_closed(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")

    assert here.desk.reverse(TRN).state == "REVERSED"
    assert here.drives(TRN, "accept")[0] == 409
    assert here.ledger() == []


def test_an_unknown_number_gets_a_tombstone_and_is_refused_later(here: Checkout) -> None:
    told = [here.desk.reverse(TRN) for _ in range(2)]
    late, asked = here.desk.authorize(TRN, "YM1.ok", "500.00"), here.desk.status(TRN)

    assert [(each.result, each.state) for each in told] == [(0, "REVERSED")] * 2
    assert (late.result, late.state) == (32, "REVERSED")
    assert (asked.result, asked.state) == (0, "REVERSED")
    assert here.payments() == []


def test_an_authorize_after_the_reverse_is_refused(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    here.desk.reverse(TRN)

    assert here.desk.authorize(TRN, "YM1.ok", "500.00").result == 32


def test_an_unknown_payment_is_found_by_its_key_and_cancelled(here: Checkout) -> None:
    """It may be on its way still: only under its own key it cannot come afterwards."""
    here.take_down(1)
    here.desk.authorize(TRN, "YM1.ok", "500.00")

    assert here.desk.reverse(TRN).state == "REVERSED"
    assert [row["status"] for row in here.payments()] == ["cancelled"]
    assert here.balance(TRN) == 0


def test_while_the_cancel_is_unknown_nobody_hears_of_a_payment(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    here.take_down(1)
    assert (here.desk.reverse(TRN).result, here.purchase(TRN)["wish"]) == (51, "reverse")
    here.drives(TRN, "accept")

    assert here.desk.status(TRN).result == 51
    here.look()

    assert here.desk.status(TRN).state == "REVERSED"
    assert here.balance(TRN) == 0


def test_a_refusal_that_comes_after_the_wish_is_a_reversal_too(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.accept", "500.00")
    here.drives(TRN, "decline")

    told = here.desk.reverse(TRN)

    assert (told.result, told.state) == (0, "REVERSED")


@pytest.mark.parametrize(("qr", "state"), [("YM1.decline", "DECLINED"), ("YM1.poor", "DECLINED")])
def test_what_ended_otherwise_stays_as_it_ended(here: Checkout, qr: str, state: str) -> None:
    here.desk.authorize(TRN, qr, "500.00")

    told = here.desk.reverse(TRN)

    assert (told.result, told.state) == (33, state)


def test_what_was_refunded_is_not_reversed(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    here.desk.refund(TRN, "R1", "200.00")

    told = here.desk.reverse(TRN)

    assert (told.result, told.state) == (33, "PARTIALLY_REFUNDED")
    assert here.balance(TRN) == 30000


def test_while_a_refund_runs_a_reverse_has_to_wait_for_its_end(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    here.take_down(1)
    here.desk.refund(TRN, "R1", "200.00")

    assert here.desk.reverse(TRN).result == 50
    here.look()
    assert here.desk.reverse(TRN).result == 33


@pytest.mark.parametrize(("late_ms", "result"), [(0, 0), (1, 35)])
def test_a_day_later_it_is_too_late_to_the_millisecond(
    here: Checkout, late_ms: int, result: int
) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    here.clock.advance(86_400 + late_ms / 1000)

    assert here.desk.reverse(TRN).result == result


def test_a_cancel_that_is_refused_for_good_leaves_the_payment_paid(
    here: Checkout,
) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    (payment,) = here.payments()
    refund = {"refund_id": "elsewhere", "amount": "1.00"}
    here.outside(
        "POST",
        "/v1/payments/{payment_id}/refunds",
        refund,
        named={"payment_id": payment["payment_id"]},
    )

    told = here.desk.reverse(TRN)

    assert (told.result, told.state) == (33, "PAID")
    assert here.tasks() == []


def test_cancels_are_counted_by_merchant(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    for _ in range(2):
        here.desk.reverse(TRN)

    counted = [each for each in here.measured if each[0] == "CmCancelsRefunds"]
    assert counted == [("CmCancelsRefunds", 1, ("Merchant=m-17",))]
