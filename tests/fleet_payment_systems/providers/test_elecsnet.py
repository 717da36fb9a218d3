"""Elecsnet's provisional contract (protocols, osmp-family 7.3): no guess pays anybody."""

import hashlib
import hmac
from dataclasses import replace

import pytest

from fleet_payment_systems.operations import Pay, Result
from fleet_payment_systems.providers.base import WireRequest
from fleet_payment_systems.providers.elecsnet import Elecsnet
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.elecsnet import (
    ACCOUNT,
    SIGNED,
    check,
    pay,
    signed,
)
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    exchange,
    get,
    post,
    with_settings,
)

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
ELECSNET = Elecsnet()
PAY = pay("A7001", "100245", 25000)


def say(engine: Engine, request: WireRequest) -> str:
    return exchange(ELECSNET, ACCOUNT, request, engine).reply.body.decode()


def test_a_check() -> None:
    said = f"{HEAD}<response><result>0</result><comment>OK</comment></response>"
    assert say(Engine(), check("100245")) == said


def test_a_check_of_an_unknown_account() -> None:
    said = f"{HEAD}<response><result>5</result><comment>Account not found</comment></response>"
    assert say(Engine(), check("999999")) == said


def test_a_payment_and_its_repeat_are_answered_alike() -> None:
    engine = Engine(next_id=90022)
    paid = (
        f"{HEAD}<response><auth_code>A7001</auth_code><prv_txn>90022</prv_txn>"
        "<result>0</result><comment>OK</comment></response>"
    )
    assert [say(engine, PAY) for _ in range(2)] == [paid, paid]
    assert len(engine.paid) == 1


def test_an_unknown_type() -> None:
    said = f"{HEAD}<response><result>300</result><comment>Bad request</comment></response>"
    assert say(Engine(), signed(type="9")) == said


@pytest.mark.parametrize("sign", ["", "0", "f" * 32])
def test_a_wrong_or_absent_signature_has_no_body(sign: str) -> None:
    query = PAY.raw_query.partition("&sign=")[0] + f"&sign={sign}"
    found = exchange(ELECSNET, ACCOUNT, get(query), Engine())
    assert (found.reply.status, found.reply.body, found.operation) == (403, b"", None)


@pytest.mark.parametrize("missing", ["amount_unit", "sign_rule", "sign_fields"])
def test_without_what_could_be_wrong_by_a_factor_every_request_is_badly_signed(
    missing: str,
) -> None:
    kept = {name: text for name, text in ACCOUNT.settings.items() if name != missing}
    found = exchange(ELECSNET, replace(ACCOUNT, settings=kept), PAY, Engine())
    assert found.outcome.result == Result.AUTH_FAILED
    assert found.reply.status == 403


def test_without_a_secret_every_request_is_badly_signed() -> None:
    found = exchange(ELECSNET, replace(ACCOUNT, credentials={}), PAY, Engine())
    assert found.outcome.result == Result.AUTH_FAILED


def test_what_could_be_wrong_by_a_factor_is_required_and_has_no_default() -> None:
    required = {field.name for field in ELECSNET.spec.fields if field.required}
    assert required == {"sign_secret", "amount_unit", "sign_rule", "sign_fields"}
    assert not any(field.default for field in ELECSNET.spec.fields if field.required)


def test_kopecks_when_the_wallet_says_kopecks() -> None:
    account = with_settings(ACCOUNT, amount_unit="minor")
    request = signed(type="2", reqid="100245", amount="25000", auth_code="A7001")
    operation = exchange(ELECSNET, account, request, Engine()).operation
    assert isinstance(operation, Pay)
    assert operation.amount.minor == 25000
    assert exchange(ELECSNET, account, PAY, Engine()).operation is None


@pytest.mark.parametrize("rule", ["md5", "sha1", "sha256", "hmac-sha256"])
def test_every_rule_of_the_signature(rule: str) -> None:
    account = with_settings(ACCOUNT, sign_rule=rule, sign_separator="|")
    told = {"type": "1", "reqid": "100245", "amount": "250.00"}
    values = [told.get(name, "") for name in SIGNED]
    if rule == "hmac-sha256":
        sign = hmac.digest(CANARY.encode(), "|".join(values).encode(), "sha256").hex()
    else:
        text = "|".join([*values, CANARY]).encode()
        sign = hashlib.new(rule, text, usedforsecurity=False).hexdigest()
    found = exchange(ELECSNET, account, get({**told, "sign": sign.upper()}), Engine())
    assert found.outcome.result == Result.OK


def test_parameters_may_be_swapped() -> None:
    account = with_settings(ACCOUNT, account_param="auth_code", txn_param="reqid")
    operation = exchange(ELECSNET, account, PAY, Engine()).operation
    assert isinstance(operation, Pay)
    assert (operation.txn, operation.account) == ("100245", "A7001")


def test_an_answer_may_be_text() -> None:
    account = with_settings(ACCOUNT, answer_form="text")
    reply = exchange(ELECSNET, account, PAY, Engine()).reply
    assert reply.body == b"auth_code=A7001&prv_txn=90017&result=0&comment=OK"
    assert reply.content_type.startswith("text/plain")


def test_a_form_is_read_like_a_query() -> None:
    assert exchange(ELECSNET, ACCOUNT, post(PAY.raw_query), Engine()).outcome.result == Result.OK


def test_a_date_of_another_form_does_not_stop_a_payment() -> None:
    operation = exchange(
        ELECSNET, ACCOUNT, pay("A1", "100245", 100, date="17.05.2024"), Engine()
    ).operation
    assert isinstance(operation, Pay)
    assert operation.provider_time is None
