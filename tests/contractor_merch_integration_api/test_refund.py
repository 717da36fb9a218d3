"""POST /mobi/v1/refund: once a number, in parts, never above the payment (CM-22, PU8, M10)."""

import pytest

from tests.support.checkout import Checkout

TRN = 900001


@pytest.fixture
def paid(here: Checkout) -> Checkout:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    return here


def test_a_part_goes_back_and_the_rest_later(paid: Checkout) -> None:
    part, rest = paid.desk.refund(TRN, "R1", "200.00"), paid.desk.refund(TRN, "R2", "300.00")

    assert (part.result, part.state) == (0, "PARTIALLY_REFUNDED")
    assert part.body["refunded"] == "200.00"
    told = {name: part.body[name] for name in ("refund_trn", "refund_amount", "refund_state")}
    assert told == {"refund_trn": "R1", "refund_amount": "200.00", "refund_state": "DONE"}
    assert (rest.result, rest.state, rest.body["refunded"]) == (0, "REFUNDED", "500.00")
    assert paid.balance(TRN) == 0
    assert paid.tasks() == []


def test_the_same_refund_again_is_the_same_refund(paid: Checkout) -> None:
    first, again = (paid.desk.refund(TRN, "R1", "200.00") for _ in range(2))

    assert first.body == again.body
    assert paid.balance(TRN) == 30000


def test_its_number_with_another_amount_is_a_conflict(paid: Checkout) -> None:
    paid.desk.refund(TRN, "R1", "200.00")

    assert paid.desk.refund(TRN, "R1", "201.00").result == 30
    assert paid.balance(TRN) == 30000


@pytest.mark.parametrize(("amount", "result"), [("300.00", 0), ("300.01", 34)])
def test_no_more_goes_back_than_is_left(paid: Checkout, amount: str, result: int) -> None:
    paid.desk.refund(TRN, "R1", "200.00")

    assert paid.desk.refund(TRN, "R2", amount).result == result


def test_what_a_running_refund_has_taken_is_not_left(paid: Checkout) -> None:
    paid.take_down(1)
    running = paid.desk.refund(TRN, "R1", "300.00")
    other = paid.desk.refund(TRN, "R2", "300.00")

    assert (running.result, running.state, running.body["refund_state"]) == (
        51,
        "PAID",
        "PROCESSING",
    )
    assert other.result == 34


def test_silence_is_unknown_and_the_task_brings_it_to_its_end(paid: Checkout) -> None:
    paid.take_down(2)
    paid.desk.refund(TRN, "R1", "200.00")

    paid.look()
    paid.look(10)

    assert paid.desk.refund(TRN, "R1", "200.00").body["refund_state"] == "DONE"
    assert paid.balance(TRN) == 30000
    assert paid.tasks() == []


def test_a_repeat_by_the_desk_brings_it_to_its_end_too(paid: Checkout) -> None:
    paid.take_down(1)
    paid.desk.refund(TRN, "R1", "200.00")

    assert paid.desk.refund(TRN, "R1", "200.00").result == 0
    paid.look()
    assert paid.balance(TRN) == 30000


def test_a_refusal_for_good_gives_the_room_back_and_rings(paid: Checkout) -> None:
    paid.drives(TRN, "cancel")

    told = paid.desk.refund(TRN, "R1", "200.00")

    assert (told.result, told.state, told.body["refund_state"]) == (33, "PAID", "FAILED")
    assert told.body["message"] == "not_approved"
    assert ("CmRefundFailed", 1, ()) in paid.measured
    assert paid.purchase(TRN)["reserved"] == 0


@pytest.mark.parametrize(("qr", "result"), [("YM1.decline", 33), ("YM1.accept", 33)])
def test_what_is_not_paid_is_not_refunded(here: Checkout, qr: str, result: int) -> None:
    here.desk.authorize(TRN, qr, "500.00")

    assert here.desk.refund(TRN, "R1", "200.00").result == result


def test_an_unknown_number_is_not_found(here: Checkout) -> None:
    assert here.desk.refund(TRN, "R1", "200.00").result == 31


def test_a_tombstone_has_nothing_to_refund(here: Checkout) -> None:
    here.desk.reverse(TRN)

    told = here.desk.refund(TRN, "R1", "200.00")

    assert (told.result, told.state) == (33, "REVERSED")


def test_what_is_being_reversed_is_not_refunded(paid: Checkout) -> None:
    paid.take_down(1)
    paid.desk.reverse(TRN)

    assert paid.desk.refund(TRN, "R1", "200.00").result == 50


@pytest.mark.parametrize("amount", ["0", "0.00", "-1", "1.005", "x", ""])
def test_an_amount_that_is_none_is_malformed(paid: Checkout, amount: str) -> None:
    told = paid.desk.refund(TRN, "R1", amount)

    assert (told.status, told.result, told.body["message"]) == (400, 40, "amount")


def test_refunds_are_counted_by_merchant(paid: Checkout) -> None:
    paid.desk.refund(TRN, "R1", "200.00")
    paid.desk.refund(TRN, "R1", "200.00")

    counted = [each for each in paid.measured if each[0] == "CmCancelsRefunds"]
    assert counted == [("CmCancelsRefunds", 1, ("Merchant=m-17",))]
