"""Paynet's JSON-RPC generation: what differs from SOAP (protocols, wallets 1.8)."""

import json
from dataclasses import replace
from typing import Any

import pytest

from fleet_payment_systems.model import Step
from fleet_payment_systems.providers.base import WireRequest
from fleet_payment_systems.providers.uzpaynet_system import UzPaynet
from shared.money import Money
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.uzpaynet import (
    KEY,
    LOGIN,
    RPC,
    rpc,
    rpc_perform,
)
from tests.fleet_payment_systems.providers.support import CANARY, basic, exchange, post

PAYNET = UzPaynet()
TIME = "2024-05-17 14:30:45"
PAY = rpc_perform("9007001", "100042", 15000)


def say(engine: Engine, request: WireRequest) -> dict[str, Any]:
    reply = exchange(PAYNET, RPC, request, engine).reply
    assert (reply.status, reply.content_type) == (200, "application/json; charset=utf-8")
    found: dict[str, Any] = json.loads(reply.body)
    assert (found.pop("jsonrpc"), found.pop("id")) == ("2.0", 7)
    return found


def error(engine: Engine, request: WireRequest) -> int:
    code: int = say(engine, request)["error"]["code"]
    return code


def test_a_check_has_its_status_as_a_text_and_money_in_som() -> None:
    request = rpc("GetInformation", {"serviceId": 1, "fields": {KEY: "100042"}})
    said = say(Engine(balance=Money(123456, "UZS")), request)
    fields = {"name": "Ivan P.", "balance": "1234.56"}
    assert said == {"result": {"status": "0", "timestamp": TIME, "fields": fields}}


def test_a_payment_its_repeat_and_a_check_after_doubt() -> None:
    engine = Engine(next_id=550001)
    paid = {"providerTrnId": 550001, "timestamp": TIME, "fields": {}}
    assert say(engine, PAY) == {"result": paid}
    assert error(engine, PAY) == 201
    state = {"providerTrnId": 550001, "timestamp": TIME, "transactionState": 1}
    assert say(engine, rpc("CheckTransaction", {"transactionId": 9007001})) == {"result": state}
    assert [str(each.amount) for each in engine.paid.values()] == ["150.00"]


def test_an_unknown_transaction_is_state_3_in_a_check_and_203_in_a_cancel() -> None:
    state = {"providerTrnId": 0, "timestamp": TIME, "transactionState": 3}
    assert say(Engine(), rpc("CheckTransaction", {"transactionId": 1})) == {"result": state}
    assert error(Engine(), rpc("CancelTransaction", {"transactionId": 1})) == 203


def test_a_cancel_and_its_repeat_have_state_2() -> None:
    engine, cancel = Engine(), rpc("CancelTransaction", {"transactionId": "9007001"})
    say(engine, PAY)
    states = [say(engine, cancel)["result"]["transactionState"] for _ in range(2)]
    assert states == [2, 2]


def test_a_cancel_of_money_that_is_spent_is_77() -> None:
    engine = Engine()
    say(engine, PAY)
    engine.paid["9007001"] = replace(engine.paid["9007001"], step=Step.DONE)
    assert error(engine, rpc("CancelTransaction", {"transactionId": 9007001})) == 77


def test_a_statement_has_local_times_without_an_offset() -> None:
    engine = Engine(next_id=550001)
    say(engine, PAY)
    request = rpc("GetStatement", {"dateFrom": TIME, "dateTo": TIME})
    row = {
        "amount": 15000,
        "transactionId": 9007001,
        "providerTrnId": 550001,
        "timestamp": TIME,
    }
    assert say(engine, request) == {"result": {"statements": [row]}}


def test_a_change_of_the_password() -> None:
    engine = Engine()
    assert "result" in say(engine, rpc("ChangePassword", {"newPassword": "new-pw-77"}))
    assert engine.passwords == ["new-pw-77"]


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (rpc("Nothing", {}), -32601),
        (rpc("GetInformation", {"fields": []}), -32602),
        (rpc("GetInformation", {"fields": {KEY: {"a": 1}}}), -32602),
        (rpc("PerformTransaction", {"amount": True}), -32602),
        (rpc("PerformTransaction", {"amount": 2**70}), -32602),
        (rpc("GetInformation", {"fields": {}}), 411),
        (rpc_perform("9007001", "100042", 0), 413),
        (rpc("GetInformation", {"serviceId": 2, "fields": {KEY: "100042"}}), 305),
        (rpc("GetInformation", {"fields": {KEY: "999999"}}), 302),
    ],
)
def test_a_bad_call_has_its_code(request_: WireRequest, code: int) -> None:
    assert error(Engine(), request_) == code


@pytest.mark.parametrize(
    ("told", "instead"), [(b"15000", b"15000.0"), (b"15000", b"15e3"), (b'"100042"', b"100042.0")]
)
def test_a_number_with_a_fraction_is_no_value_whatever_it_is_worth(
    told: bytes, instead: bytes
) -> None:
    assert error(Engine(), replace(PAY, body=PAY.body.replace(told, instead))) == -32602


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("hello", -32700),
        ("[]", -32600),
        ('{"id": 7, "id": 7}', -32700),
        ('{"jsonrpc": "1.0", "id": 7, "method": "GetInformation"}', -32600),
        ("[" * 100_000, -32600),
        ("[" * 60_000, -32700),
        ('{"id": NaN}', -32700),
        ('{"id": "\\ud800", "jsonrpc": "2.0", "method": "\\ud800"}', -32601),
    ],
)
def test_what_is_no_call_has_no_id_and_the_code_of_json_rpc(body: str, code: int) -> None:
    request = post(body, authorization=basic(LOGIN, CANARY))
    found = json.loads(exchange(PAYNET, RPC, request, Engine()).reply.body)
    assert found["error"]["code"] == code
    assert found["id"] in {None, 7}


@pytest.mark.parametrize("sent", ["", "Basic", "Bearer x", basic(LOGIN, "guess"), "Basic \ud800"])
def test_bad_credentials_are_a_genuine_401_before_anything_is_parsed(sent: str) -> None:
    for body in ("hello", PAY.body.decode()):
        reply = exchange(PAYNET, RPC, post(body, authorization=sent), Engine()).reply
        assert (reply.status, reply.body) == (401, b"")


def test_a_bad_link_is_a_401() -> None:
    assert exchange(PAYNET, None, PAY, Engine()).reply.status == 401
