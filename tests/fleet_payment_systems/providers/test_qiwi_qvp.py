"""QIWI's documented exchanges, byte for byte (protocols, osmp-family 1.9)."""

from dataclasses import replace

import pytest

from fleet_payment_systems.operations import Check, Pay
from fleet_payment_systems.providers.osmp_systems import QIWI_QVP
from shared.money import Money
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples import osmp_family
from tests.fleet_payment_systems.providers.samples.qiwi_qvp import ACCOUNT
from tests.fleet_payment_systems.providers.support import CANARY, basic, exchange, get, post

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
CHECK = "command=check&txn_id=1234567&account=100245&sum=250.00"
NOBODY = "command=check&txn_id=1234568&account=999999&sum=250.00"
PAY = "command=pay&txn_id=1234567&txn_date=20240517123045&account=100245&sum=250.00"
CHECKED = (
    HEAD + b"<response><osmp_txn_id>1234567</osmp_txn_id><result>0</result>"
    b"<comment>OK</comment></response>"
)
PAID = (
    HEAD + b"<response><osmp_txn_id>1234567</osmp_txn_id><prv_txn>90017</prv_txn>"
    b"<sum>250.00</sum><result>0</result><comment>OK</comment></response>"
)


def refused(txn: bytes, code: bytes, comment: bytes) -> bytes:
    said = b"<result>" + code + b"</result><comment>" + comment + b"</comment>"
    return HEAD + b"<response><osmp_txn_id>" + txn + b"</osmp_txn_id>" + said + b"</response>"


def say(engine: Engine, query: str) -> bytes:
    reply = exchange(QIWI_QVP, ACCOUNT, get(query), engine).reply
    assert (reply.status, reply.content_type) == (200, "text/xml; charset=utf-8")
    return reply.body


def test_a_check() -> None:
    assert say(Engine(), CHECK) == CHECKED


def test_a_check_of_an_unknown_account() -> None:
    assert say(Engine(), NOBODY) == refused(b"1234568", b"5", b"Account not found")


def test_a_payment_and_its_repeat_are_answered_with_the_same_bytes() -> None:
    engine = Engine()
    assert [say(engine, PAY) for _ in range(2)] == [PAID, PAID]
    assert len(engine.paid) == 1


def test_the_same_number_with_another_sum() -> None:
    engine = Engine()
    say(engine, PAY)
    other = PAY.replace("250.00", "999.00")
    assert say(engine, other) == refused(b"1234567", b"300", b"Transaction data differ")


def test_a_payment_without_a_number() -> None:
    answer = say(Engine(), "command=pay&account=100245&sum=abc")
    assert answer == refused(b"", b"300", b"Incomplete request")


def test_a_form_is_read_like_a_query() -> None:
    found = exchange(QIWI_QVP, ACCOUNT, post(PAY), Engine())
    assert found.reply.body == PAID


def test_a_form_is_not_completed_from_the_query() -> None:
    request = replace(post("command=pay"), raw_query="txn_id=1&account=100245&sum=1.00")
    assert exchange(QIWI_QVP, ACCOUNT, request, Engine()).operation is None


def test_get_info_is_a_check_without_a_number() -> None:
    found = exchange(QIWI_QVP, ACCOUNT, get("command=getInfo&account=100245&ccy=RUB"), Engine())
    assert found.operation == Check("100245")


def test_the_date_is_of_the_wallets_zone_and_money_exact() -> None:
    operation = exchange(QIWI_QVP, ACCOUNT, get(PAY), Engine()).operation
    assert isinstance(operation, Pay)
    assert operation.amount == Money(25000, "RUB")
    assert operation.provider_time is not None
    assert operation.provider_time.isoformat() == "2024-05-17T09:30:45+00:00"


def test_unknown_parameters_are_ignored() -> None:
    assert say(Engine(), f"{PAY}&prv_id=1&trm_id=4151200&data1=x") == PAID


def test_a_bad_address_has_no_body() -> None:
    reply = exchange(QIWI_QVP, None, get(PAY), Engine()).reply
    assert (reply.status, reply.body) == (403, b"")


@pytest.mark.parametrize("sent", ["", "Basic", basic("terminal", "guess"), basic("x", CANARY)])
def test_a_wrong_basic_login_is_challenged(sent: str) -> None:
    account = osmp_family.with_login(ACCOUNT)
    reply = exchange(QIWI_QVP, account, get(PAY, authorization=sent), Engine()).reply
    assert (reply.status, reply.body) == (401, b"")
    assert reply.headers["WWW-Authenticate"].startswith("Basic")


def test_the_right_basic_login_passes() -> None:
    account = osmp_family.with_login(ACCOUNT)
    request = get(PAY, authorization=basic("terminal", CANARY))
    assert exchange(QIWI_QVP, account, request, Engine()).reply.body == PAID


def test_a_login_without_its_password_refuses_everything() -> None:
    account = replace(osmp_family.with_login(ACCOUNT), credentials={})
    reply = exchange(QIWI_QVP, account, get(PAY, authorization=basic("terminal", "")), Engine())
    assert reply.operation is None


@pytest.mark.parametrize("command", ["cancel", "status"])
def test_commands_of_relatives_are_unknown(command: str) -> None:
    answer = say(Engine(), f"command={command}&txn_id=1234567")
    assert answer == refused(b"1234567", b"300", b"Unknown command")
