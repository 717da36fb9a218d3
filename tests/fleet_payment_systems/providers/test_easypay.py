"""EasyPay's exchanges: the OSMP family as proposed, the Armenian REST byte for byte (6b)."""

from dataclasses import replace

import pytest

from fleet_payment_systems.operations import Check, Pay, Result
from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.easypay import Easypay
from shared.money import Money
from shared.secret import Secret
from tests.fleet_payment_systems.providers.door import app_of, event_of
from tests.fleet_payment_systems.providers.engine import DRIVERS, Engine
from tests.fleet_payment_systems.providers.samples.easypay import (
    ACCOUNT,
    ARMENIA,
    ORDER,
    SYSTEMS,
    authorization,
    call,
    pay,
    said,
)
from tests.fleet_payment_systems.providers.support import (
    elements,
    exchange,
    get,
    post,
    with_settings,
)

EASYPAY = Easypay()
KEYED = replace(ARMENIA, credentials={"sign_secret": Secret("am-test-key")})
INQUIRY = (
    '{"BalanceInquiryId":5001,"MerchantServiceIdentifierId":77,'
    '"Inputs":[{"TechnicalIndex":1,"Type":14,"Value":"100245"}]}'
)
PAYMENT = (
    '{"OrderId":"434dd03f-ede8-4e55-b71f-f81cb4120cba","Amount":500.75,"BalanceInquiryId":5001,'
    '"MerchantServiceIdentifierId":77,"Inputs":[{"TechnicalIndex":1,"Type":14,"Value":"100245"}]}'
)
ASKING = {
    "nonce": "69f77f9c-b9b5-43ac-9e6b-516863b8a451",
    "authorization": "HMAC YoRDqwVms2Ujy7YbPDJd4NOzf95Fqquw+go00n0wwNE=",
}
PAYING = {
    "nonce": "04ba5422-e021-4dfb-a716-bdd1440e91b4",
    "authorization": "HMAC YBhS779tyLHVlf8NOJC7gJqYPkEl0qXsxcIx/l5Bmwo=",
}
INQUIRED = replace(post(INQUIRY, **ASKING), operation="balance-inquiry")
PAID = replace(post(PAYMENT, **PAYING), operation="payments")
PING = replace(get(""), operation="ping")


@pytest.fixture(autouse=True)
def _driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DRIVERS, "100245", "Ivan P.")


def say(request: WireRequest, engine: Engine | None = None) -> WireReply:
    return exchange(EASYPAY, KEYED, request, engine or Engine()).reply


def test_the_vector_of_the_operators_guide() -> None:
    text = "123456789016:12345:1:3:98765:2:69f77f9c-b9b5-43ac-9e6b-516863b8a451"
    expected = "HMAC EQiqUTkEQOGNkfcW4MU6XooOm+rL1REz5njbkvq40bA="
    assert authorization(text, "your HMAC secret key") == expected


def test_two_inputs_are_signed_in_their_order() -> None:
    """The guide's vector as a request: its Inputs are `6:12345:1:` and `3:98765:2:`."""
    body = (
        '{"BalanceInquiryId":12345678,"MerchantServiceIdentifierId":901,"Inputs":['
        '{"TechnicalIndex":1,"Type":6,"Value":"12345"},{"TechnicalIndex":2,"Type":3,"Value":"98765"}]}'
    )
    signed = "HMAC EQiqUTkEQOGNkfcW4MU6XooOm+rL1REz5njbkvq40bA="
    headers = {**ASKING, "authorization": signed}
    request = replace(post(body, **headers), operation="balance-inquiry")
    account = with_settings(ARMENIA, service_id="901", account_type="6")
    keyed = replace(account, credentials={"sign_secret": Secret("your HMAC secret key")})
    assert exchange(EASYPAY, keyed, request, Engine()).operation == Check("12345")


def test_a_balance_inquiry_and_its_answer_are_signed() -> None:
    reply = say(INQUIRED)
    assert reply.body == b'{"Debt":0,"Properties":[{"Key":"Driver","Value":"Ivan P."}]}'
    assert reply.headers["Authorization"] == "HMAC TxQ7DVpSH0uBlt8WI4btnIHR/ySqsvu18/Vnq/WSOZI="


def test_a_payment_and_its_repeats_have_one_number_and_one_answer() -> None:
    engine = Engine()
    for _ in range(3):
        reply = say(PAID, engine)
        assert (reply.status, reply.body) == (200, b'{"PaymentId":"p-90017"}')
        expected = "HMAC TW6+tY4PczGh+mFKEb4+3XGnoxp0IqvMkLKhHUW7dcc="
        assert reply.headers["Authorization"] == expected
    (paid,) = engine.paid.values()
    assert (paid.txn, paid.account, paid.amount) == (ORDER, "100245", Money(50075, "AMD"))


def test_an_unknown_account_is_a_404_with_the_operators_problem() -> None:
    reply = exchange(EASYPAY, ARMENIA, call("balance-inquiry", said("999999")), Engine()).reply
    nonce = ASKING["nonce"]
    assert (reply.status, reply.body.decode()) == (
        404,
        f'{{"RequestId":"{nonce}","TraceId":"{nonce}","Instance":"/api/balance-inquiry",'
        '"StatusCode":404,"Type":"NotFoundException","Errors":{},"Message":"Account not found"}',
    )


def test_any_altered_byte_of_a_payment_or_of_its_proof_pays_nobody() -> None:
    body, proof, nonce = PAID.body.decode(), PAYING["authorization"], PAYING["nonce"]
    for text in (body, proof, nonce):
        for place in range(len(text)):
            other = text[:place] + ("7" if text[place] != "7" else "8") + text[place + 1 :]
            headers = {
                "nonce": other if text is nonce else nonce,
                "authorization": other if text is proof else proof,
            }
            sent = other.encode() if text is body else PAID.body
            engine = Engine()
            say(replace(PAID, body=sent, headers=headers), engine)
            assert engine.paid == {}, other


@pytest.mark.parametrize("headers", [{}, {**PAYING, "authorization": ""}, {**PAYING, "nonce": ""}])
def test_a_payment_without_proof_is_a_401(headers: dict[str, str]) -> None:
    assert say(replace(PAID, headers=headers)).status == 401


@pytest.mark.parametrize("body", ["hello", said("100245")])
def test_what_is_no_json_or_has_no_order_is_a_400(body: str) -> None:
    assert exchange(EASYPAY, ARMENIA, call("payments", body), Engine()).reply.status == 400


def test_a_wallet_without_its_key_takes_nothing() -> None:
    found = exchange(EASYPAY, replace(ARMENIA, credentials={}), PAID, Engine())
    assert found.outcome.result == Result.AUTH_FAILED


def test_the_proof_of_an_inquiry_is_none_of_a_payment() -> None:
    assert say(replace(PAID, headers=ASKING)).status == 401


def test_an_order_in_capitals_is_the_same_order() -> None:
    operation = exchange(EASYPAY, ARMENIA, pay(ORDER.upper(), "100245", 1000), Engine()).operation
    assert isinstance(operation, Pay)
    assert operation.txn == ORDER


def test_a_payment_may_come_without_an_inquiry() -> None:
    body = pay(ORDER, "100245", 1000).body.decode()
    for other in ('"BalanceInquiryId": null', '"X": 1'):
        request = call("payments", body.replace('"BalanceInquiryId": 5001', other))
        assert exchange(EASYPAY, ARMENIA, request, Engine()).outcome.result == Result.OK


def test_which_input_is_the_account_is_a_setting() -> None:
    account = with_settings(ARMENIA, account_type="1")
    body = said("100245").replace('"Type": 14', '"Type": 1')
    found = exchange(EASYPAY, account, call("balance-inquiry", body), Engine())
    assert found.operation == Check("100245")


def test_a_ping_is_answered_at_a_good_link_only(monkeypatch: pytest.MonkeyPatch) -> None:
    app = app_of(SYSTEMS[1], Engine(), monkeypatch)
    good, bad = app(event_of(PING), None), app(event_of(PING, "W_L_other"), None)
    assert (good["statusCode"], good["body"]) == (200, '{"Status":"OK"}')
    assert bad["statusCode"] == 401


def test_parameters_and_xml_are_those_of_the_osmp_family() -> None:
    engine = Engine()
    query = "command=pay&txn_id=1234567&txn_date=20240517123045&account=100245&sum=250.00"
    replies = [exchange(EASYPAY, ACCOUNT, get(query), engine).reply.body for _ in range(2)]
    assert (
        replies
        == [
            b'<?xml version="1.0" encoding="UTF-8"?>\n'
            b"<response><osmp_txn_id>1234567</osmp_txn_id><prv_txn>90017</prv_txn>"
            b"<sum>250.00</sum><result>0</result><comment>OK</comment></response>"
        ]
        * 2
    )
    assert len(engine.paid) == 1


def test_names_that_the_operator_wants_are_settings() -> None:
    names = {"command_name": "act", "account_name": "ls", "txn_name": "id", "sum_name": "amount"}
    query = "act=pay&id=7&ls=100245&amount=1.00"
    reply = exchange(EASYPAY, with_settings(ACCOUNT, **names), get(query), Engine()).reply
    assert elements(reply, "response")["result"] == "0"


def test_the_rest_is_closed_to_a_wallet_of_the_other_profile() -> None:
    for account in (ACCOUNT, None):
        found = exchange(EASYPAY, account, PAID, Engine())
        assert found.operation is None
        assert EASYPAY.describe(PING, account or ACCOUNT, "") is None
