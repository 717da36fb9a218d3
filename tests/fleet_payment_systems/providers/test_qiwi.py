"""QIWI's bills: requests byte for byte, and what each answer says of a bill (FX-15)."""

import pytest

from fleet_payment_systems.bills import BillStatus, Seen
from fleet_payment_systems.ports import RefusedForGood
from fleet_payment_systems.providers.bills import Unreadable, WireAnswer, WireCall
from fleet_payment_systems.providers.qiwi import Qiwi
from shared.money import Money
from tests.fleet_payment_systems.providers.samples import qiwi as samples

QIWI = Qiwi()
BROKEN = [b"", b"OK", b"<response/>", b"<response>x</response>", b"<a><b/></a>"]
BROKEN += [b"<!DOCTYPE a><response/>", b"\xff", samples.ISSUED[:-5]]
BROKEN += [b"<response><result-code>0</result-code></response>"]


def seen(body: bytes) -> Seen:
    return QIWI.seen(samples.ACCOUNT, samples.NUMBER, WireAnswer(200, body))


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (QIWI.issue(samples.ACCOUNT, samples.BILL), samples.ISSUE),
        (QIWI.look(samples.ACCOUNT, samples.NUMBER), samples.LOOK),
        (QIWI.cancel(samples.ACCOUNT, samples.NUMBER), samples.CANCEL),
    ],
)
def test_each_request_is_that_of_the_document(call: WireCall | None, text: str) -> None:
    assert call is not None
    assert (call.method, call.path, call.body.decode()) == ("POST", "/xml", text)
    assert call.headers == {"Content-Type": "text/xml; charset=utf-8"}
    assert "secret" not in repr(call.headers)


def test_what_is_written_cannot_break_out_of_its_element() -> None:
    call = QIWI.look(samples.ACCOUNT, '"/><bill txn-id="other')
    assert b"&quot;/&gt;&lt;bill" in call.body


@pytest.mark.parametrize("code", [0, 215])
def test_a_bill_that_is_there_is_issued_however_often_it_is_asked_for(code: int) -> None:
    assert QIWI.issued(WireAnswer(200, samples.result(code, code != 0))) == ""


@pytest.mark.parametrize("code", [150, 241, 242, 298, 330, 339])
def test_a_fatal_result_is_a_refusal_with_its_code(code: int) -> None:
    with pytest.raises(RefusedForGood) as caught:
        QIWI.issued(WireAnswer(200, samples.result(code, True)))
    assert caught.value.code == f"qiwi_{code}"


@pytest.mark.parametrize("body", [*BROKEN, samples.result(13, False), samples.result(300, False)])
def test_what_is_not_final_or_not_readable_is_unknown(body: bytes) -> None:
    with pytest.raises(Unreadable):
        QIWI.issued(WireAnswer(200, body))
    with pytest.raises(Unreadable):
        seen(body)


def test_a_paid_bill_tells_what_was_paid() -> None:
    assert seen(samples.PAID) == Seen(BillStatus.PAID, Money(50_000, "RUB"), "60")


@pytest.mark.parametrize(
    ("status", "means"),
    [
        *((code, BillStatus.WAITING) for code in ("18", "50", "52", "59", "61")),
        *((code, BillStatus.ENDED) for code in ("100", "150", "151", "160", "161")),
    ],
)
def test_below_60_is_under_way_and_from_100_on_over(status: str, means: BillStatus) -> None:
    assert seen(samples.listed(samples.bill(status))) == Seen(means, detail=status)


def test_among_several_bills_ours_is_found() -> None:
    other = samples.bill("160", number="park77-100042-2")
    assert seen(samples.listed(other, samples.bill("60"))).status == BillStatus.PAID


@pytest.mark.parametrize(
    "body",
    [
        samples.listed(),
        samples.listed(samples.bill("60", number="park77-100042-2")),
        samples.result(0, False),
        samples.result(210, True),
    ],
)
def test_a_bill_that_is_not_listed_does_not_exist(body: bytes) -> None:
    assert seen(body).status == BillStatus.MISSING


@pytest.mark.parametrize(
    "body",
    [
        samples.listed(samples.bill("60", "five")),
        samples.listed(samples.bill("60", "500.001")),
        samples.listed(samples.bill("6e1")),
        samples.listed(samples.bill("-60")),
        samples.listed(samples.bill("60"), samples.bill("160")),
        samples.WRONG_PASSWORD,
    ],
)
def test_a_look_that_says_two_things_or_nothing_says_nothing(body: bytes) -> None:
    with pytest.raises(Unreadable):
        seen(body)


@pytest.mark.parametrize(
    ("said", "payer"),
    [
        ("+79161234567", "9161234567"),
        ("79161234567", "9161234567"),
        ("9161234567", "9161234567"),
        ("+49161234567", None),
        ("916123456", None),
        ("+7916123456x", None),
        ("٩١٦١٢٣٤٥٦٧", None),
        ("", None),
    ],
)
def test_a_payer_is_ten_digits(said: str, payer: str | None) -> None:
    assert QIWI.payer(said) == payer
