"""Paystack: calls byte for byte, signatures over raw bytes, what each answer says (FX-11)."""

import hashlib
import hmac
from typing import Any

import pytest

from fleet_payment_systems.bills import BillStatus, Seen
from fleet_payment_systems.operations import News, Operation, Outcome, Ping, Result
from fleet_payment_systems.ports import RefusedForGood
from fleet_payment_systems.providers.base import Refused, WireRequest
from fleet_payment_systems.providers.bills import Unreadable, WireAnswer
from fleet_payment_systems.providers.paystack import Paystack
from shared.money import Money
from tests.fleet_payment_systems.providers.engine import NOW
from tests.fleet_payment_systems.providers.samples import paystack as samples

PAYSTACK = Paystack()
BROKEN = [b"", b"OK", b"[]", b"{}", b'{"status":true}', b'{"status":"true","data":{}}', b"\xff"]
BROKEN += [b'{"status":true,"data":[]}', b'{"status":false,"data":{}}', b"[" * 100_000]


def verify(request: WireRequest) -> None:
    PAYSTACK.verify(request, samples.ACCOUNT)


def read(body: bytes) -> Operation:
    return PAYSTACK.decode(samples.webhook(body), samples.ACCOUNT)


def seen(body: bytes, status: int = 200) -> Seen:
    return PAYSTACK.seen(samples.ACCOUNT, samples.NUMBER, WireAnswer(status, body))


def test_initialize_and_verify_are_those_of_the_document() -> None:
    asked = PAYSTACK.issue(samples.ACCOUNT, samples.BILL)
    looked = PAYSTACK.look(samples.ACCOUNT, samples.NUMBER)

    assert (asked.method, asked.path) == ("POST", "/transaction/initialize")
    assert asked.body == samples.INITIALIZE
    assert (looked.method, looked.path) == ("GET", "/transaction/verify/park77-100042-1")
    assert {asked.headers["Authorization"], looked.headers["Authorization"]} == {
        "Bearer sk_test_example"
    }
    assert "sk_test" not in repr(asked)
    assert PAYSTACK.cancel(samples.ACCOUNT, samples.NUMBER) is None


def test_the_page_is_the_one_that_paystack_names() -> None:
    assert PAYSTACK.issued(WireAnswer(200, samples.INITIALIZED)).endswith("paystack.com/abc")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (400, samples.DUPLICATE, "link_lost"),
        (401, samples.INVALID_KEY, "paystack_401"),
        (400, b'{"status":false,"message":"Invalid Email"}', "paystack_400"),
    ],
)
def test_a_refusal_of_initialize_is_final_and_has_a_reason(
    status: int, body: bytes, reason: str
) -> None:
    with pytest.raises(RefusedForGood) as caught:
        PAYSTACK.issued(WireAnswer(status, body))
    assert caught.value.code == reason


@pytest.mark.parametrize("body", BROKEN)
def test_an_answer_that_cannot_be_read_says_nothing(body: bytes) -> None:
    with pytest.raises(Unreadable):
        PAYSTACK.issued(WireAnswer(200, body))
    with pytest.raises(Unreadable):
        seen(body)


@pytest.mark.parametrize("url", ["http://checkout.paystack.com/abc", "javascript:1", 7, None])
def test_a_page_that_is_no_https_address_is_not_shown_to_a_driver(url: object) -> None:
    text = "null" if url is None else f'"{url}"' if isinstance(url, str) else "7"
    said = f'{{"status":true,"data":{{"authorization_url":{text}}}}}'
    with pytest.raises(Unreadable):
        PAYSTACK.issued(WireAnswer(200, said.encode()))


def test_verify_tells_what_was_paid() -> None:
    assert seen(samples.VERIFIED) == Seen(BillStatus.PAID, Money(500_000, "NGN"), "success")


@pytest.mark.parametrize(
    ("status", "means"),
    [
        *((word, BillStatus.ENDED) for word in ("failed", "reversed")),
        *(
            (word, BillStatus.WAITING)
            for word in ("abandoned", "ongoing", "pending", "processing", "queued")
        ),
    ],
)
def test_each_status_of_the_document_is_known(status: str, means: BillStatus) -> None:
    assert seen(samples.verified(status=status)) == Seen(means, detail=status)


@pytest.mark.parametrize("status", [400, 404])
def test_an_unknown_reference_is_a_bill_that_is_not_there(status: int) -> None:
    assert seen(b'{"status":false,"message":"not found"}', status).status == BillStatus.MISSING


@pytest.mark.parametrize(
    "body",
    [
        samples.verified(status="settled"),
        samples.verified(status=None),
        samples.verified(reference="park77-100042-2"),
        samples.verified(amount=500_000.5),
        samples.verified(amount="500000"),
        samples.verified(amount=True),
        samples.verified(amount=-1),
        samples.verified(currency="XXX"),
        samples.verified(currency=None),
    ],
)
def test_a_verification_of_something_else_says_nothing(body: bytes) -> None:
    with pytest.raises(Unreadable):
        seen(body)


def test_a_wrong_key_says_nothing_of_a_bill() -> None:
    with pytest.raises(Unreadable):
        seen(samples.INVALID_KEY, 401)


def test_the_documents_webhook_is_genuine_and_names_its_bill() -> None:
    verify(samples.webhook())
    assert read(samples.WEBHOOK) == News("park77-100042-1", Money(500_000, "NGN"))


def test_one_altered_byte_is_refused_wherever_it_is() -> None:
    for place in range(len(samples.WEBHOOK)):
        body = bytearray(samples.WEBHOOK)
        body[place] ^= 1
        with pytest.raises(Refused) as caught:
            verify(samples.webhook(bytes(body)))
        assert caught.value.result == Result.AUTH_FAILED


@pytest.mark.parametrize(
    "signature",
    [
        "",
        "x",
        samples.SIGNATURE[:-1],
        samples.SIGNATURE.upper(),
        f"{samples.SIGNATURE},a",
        "\udc80",
    ],
)
def test_another_signature_is_refused(signature: str) -> None:
    with pytest.raises(Refused):
        verify(samples.webhook(signature=signature))


def test_a_signature_of_another_algorithm_is_refused() -> None:
    other = hmac.new(b"sk_test_example", samples.WEBHOOK, hashlib.sha256).hexdigest()
    with pytest.raises(Refused):
        verify(samples.webhook(signature=other))


@pytest.mark.parametrize(
    "body",
    [
        b'{"event":"charge.dispute.create","data":{"id":1}}',
        b'{"event":"refund.processed","data":{}}',
        b'{"event":"something.new"}',
        b'{"event":"charge.success","data":{"status":"failed"}}',
    ],
)
def test_news_of_other_things_is_well_received(body: bytes) -> None:
    assert read(body) == Ping()
    reply = PAYSTACK.encode(samples.webhook(), samples.ACCOUNT, Ping(), Outcome(Result.OK), NOW)
    assert (reply.status, reply.body) == (200, b"")


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"null", b"{}", b"\xff", b'{"event":"charge.success"}', b"[" * 100_000),
        samples.WEBHOOK + b"x",
        samples.WEBHOOK.replace(b'"amount":500000', b'"amount":500000.0'),
        samples.WEBHOOK.replace(b'"amount":500000', b'"amount":500000,"amount":1'),
        samples.WEBHOOK.replace(b'"amount":500000', b'"amount":NaN'),
        samples.WEBHOOK.replace(b'"NGN"', b'"XXX"'),
        samples.WEBHOOK.replace(b'"park77-100042-1"', b'""'),
        samples.WEBHOOK.replace(b'"park77-100042-1"', b'"\\ud800"'),
        samples.WEBHOOK.replace(b'"park77-100042-1"', b"7"),
    ],
)
def test_what_is_signed_and_not_of_the_protocol_is_a_400(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read(body)
    reply = PAYSTACK.encode(
        samples.webhook(), samples.ACCOUNT, None, Outcome(caught.value.result), NOW
    )
    assert reply.status == 400


@pytest.mark.parametrize("result", Result)
def test_only_what_must_come_again_is_not_answered_200(result: Result) -> None:
    known: dict[Any, int] = {"auth_failed": 401, "bad_request": 400, "temporary_error": 503}
    reply = PAYSTACK.encode(samples.webhook(), None, None, Outcome(result), NOW)
    assert (reply.status, reply.body) == (known.get(result.value, 200), b"")


@pytest.mark.parametrize(
    ("said", "payer"),
    [
        ("d100042@park77.example", "d100042@park77.example"),
        ("a b@park.example", None),
        ("a@park", None),
        ("a@b@park.example", None),
        ("", None),
    ],
)
def test_a_payer_is_an_address(said: str, payer: str | None) -> None:
    assert PAYSTACK.payer(said) == payer
