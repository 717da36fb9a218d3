"""Paynet's samples, by canonical form where they are printed with spaces (protocols, wallets 1)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from fleet_payment_systems.model import Step
from fleet_payment_systems.operations import ChangePassword, Pay, Result, Statement
from fleet_payment_systems.providers.base import WireRequest
from fleet_payment_systems.providers.uzpaynet_system import UzPaynet
from shared.secret import Secret
from tests.fleet_payment_systems.providers.engine import NOW, Engine
from tests.fleet_payment_systems.providers.samples.uzpaynet import (
    LOGIN,
    RPC,
    SOAP,
    envelope,
    perform,
    read,
    soap,
)
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    canonical,
    exchange,
    post,
    tree,
    with_settings,
)

PAYNET = UzPaynet()
ACCOUNT = replace(SOAP, credentials={"password": Secret("pw-77-secret")})
FIVE = NOW.replace(year=2026, month=11, day=20, hour=12, minute=0, second=0)
_OPEN = '<ns1:{0} xmlns:ns1="http://uws.provider.com/">'
_LOGIN = "<password>pw-77-secret</password><username>paynet77</username>"
CHECK = f"""{_OPEN.format("GetInformationArguments")}
  {_LOGIN}
  <parameters><paramKey>getInfoType</paramKey><paramValue>CHK_PERFORM_TRN</paramValue></parameters>
  <parameters><paramKey>clientid</paramKey><paramValue>100042</paramValue></parameters>
  <serviceId>1</serviceId>
 </ns1:GetInformationArguments>"""
PAY = f"""{_OPEN.format("PerformTransactionArguments")}
 {_LOGIN}<amount>15000</amount>
 <parameters><paramKey>terminal_id</paramKey><paramValue>4070001</paramValue></parameters>
 <parameters><paramKey>clientid</paramKey><paramValue>100042</paramValue></parameters>
 <serviceId>1</serviceId><transactionId>9007001</transactionId>
 <transactionTime>2026-11-20T17:01:02.123456789+05:00</transactionTime>
</ns1:PerformTransactionArguments>"""
DOUBT = f"""{_OPEN.format("CheckTransactionArguments")}{_LOGIN}
 <serviceId>1</serviceId><transactionId>9007001</transactionId>
 <transactionTime>2026-11-20T17:01:02+05:00</transactionTime></ns1:CheckTransactionArguments>"""


def say(engine: Engine, request: WireRequest | str, seconds: int = 0) -> str:
    told = envelope(request) if isinstance(request, str) else request
    now = FIVE + timedelta(seconds=seconds)
    reply = exchange(PAYNET, ACCOUNT, told, engine, now).reply
    assert (reply.status, reply.content_type) == (200, "text/xml; charset=utf-8")
    return canonical(reply.body)


def result(method: str, code: int, message: str, seconds: int = 0, more: str = "") -> str:
    return canonical(
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/">'
        f'<soapenv:Body><ns2:{method}Result xmlns:ns2="http://uws.provider.com/">'
        f"<errorMsg>{message}</errorMsg><status>{code}</status>"
        f"<timeStamp>2026-11-20T17:{seconds // 60:02d}:{seconds % 60:02d}+05:00</timeStamp>"
        f"{more}</ns2:{method}Result></soapenv:Body></soapenv:Envelope>"
    )


def test_a_check_shows_the_name() -> None:
    shown = "<parameters><paramKey>name</paramKey><paramValue>Ivan P.</paramValue></parameters>"
    assert say(Engine(), CHECK) == result("GetInformation", 0, "Ok", more=shown)


def test_a_check_of_an_unknown_account() -> None:
    said = say(Engine(), CHECK.replace("100042", "999"))
    assert said == result("GetInformation", 302, "Client not found")


def test_a_payment_its_repeat_and_a_check_after_doubt() -> None:
    engine, number = Engine(next_id=550001), "<providerTrnId>550001</providerTrnId>"
    method = "PerformTransaction"
    assert say(engine, PAY, seconds=63) == result(method, 0, "Ok", 63, number)
    assert say(engine, PAY, seconds=64) == result(
        method, 201, "Transaction already exists", 64, number
    )
    (taken,) = engine.paid.values()
    assert str(taken.amount) == "150.00"
    state = (
        f"{number}<transactionState>1</transactionState>"
        "<transactionStateErrorStatus>0</transactionStateErrorStatus>"
        "<transactionStateErrorMsg>Success</transactionStateErrorMsg>"
    )
    assert say(engine, DOUBT, seconds=65) == result("CheckTransaction", 0, "Ok", 65, state)


def test_a_check_of_an_unknown_transaction_has_state_3() -> None:
    state = (
        "<providerTrnId>0</providerTrnId><transactionState>3</transactionState>"
        "<transactionStateErrorStatus>203</transactionStateErrorStatus>"
        "<transactionStateErrorMsg>Transaction not found</transactionStateErrorMsg>"
    )
    said = say(Engine(), DOUBT)
    assert said == result("CheckTransaction", 203, "Transaction not found", more=state)


@pytest.mark.parametrize("code", ["301", "305"])
def test_the_code_of_an_unknown_transaction_is_a_setting(code: str) -> None:
    account = with_settings(ACCOUNT, unknown_code=code)
    reply = exchange(PAYNET, account, envelope(DOUBT), Engine()).reply
    assert read(reply).code == code


def test_a_cancel_and_its_repeat_have_state_2() -> None:
    engine = Engine()
    say(engine, PAY)
    request = soap("CancelTransaction", password="pw-77-secret", transactionId="9007001")
    state = "<transactionState>2</transactionState>"
    assert say(engine, request) == result("CancelTransaction", 0, "Ok", more=state)
    repeated = result("CancelTransaction", 202, "Transaction already cancelled", more=state)
    assert say(engine, request) == repeated


def test_a_cancel_of_money_that_is_spent_is_77_with_state_1() -> None:
    engine = Engine()
    say(engine, PAY)
    engine.paid["9007001"] = replace(engine.paid["9007001"], step=Step.DONE)
    request = soap("CancelTransaction", password="pw-77-secret", transactionId="9007001")
    state = "<transactionState>1</transactionState>"
    message = "Not enough money on the account to cancel"
    assert say(engine, request) == result("CancelTransaction", 77, message, more=state)


def test_a_statement_lists_what_was_performed_by_its_time() -> None:
    engine = Engine(next_id=550001)
    say(engine, PAY)
    told = {"dateFrom": "2026-11-20 17:01:02", "dateTo": "2026-11-20T17:01:03+05:00"}
    request = soap("GetStatement", password="pw-77-secret", **told)
    row = (
        "<statements><amount>15000</amount><providerTrnId>550001</providerTrnId>"
        "<transactionId>9007001</transactionId>"
        "<transactionTime>2026-11-20T17:01:02+05:00</transactionTime></statements>"
    )
    assert say(engine, request) == result("GetStatement", 0, "Ok", more=row)
    assert say(Engine(), request) == result("GetStatement", 0, "Ok")


def test_a_change_of_the_password() -> None:
    engine = Engine()
    request = soap("ChangePassword", password="pw-77-secret", newPassword="new-pw-77")
    assert say(engine, request) == result("ChangePassword", 0, "Ok")
    weak = soap("ChangePassword", password="pw-77-secret", newPassword="short")
    assert say(engine, weak) == result("ChangePassword", 401, "Parameter validation error")
    assert engine.passwords == ["new-pw-77"]


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("PerformTransaction", "<providerTrnId>0</providerTrnId>"),
        ("GetInformation", ""),
        ("ChangePassword", ""),
        ("GetStatement", ""),
        ("CancelTransaction", "<transactionState>3</transactionState>"),
    ],
)
def test_bad_credentials_are_412_in_the_result_of_the_method(method: str, more: str) -> None:
    request = soap(method, "100042", password="guess", transactionId="1", amount="15000")
    assert say(Engine(), request) == result(method, 412, "Wrong login or password", more=more)


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (PAY.replace("<transactionId>9007001</transactionId>", ""), "411"),
        (PAY.replace("9007001", "9" * 20), "411"),
        (PAY.replace("9007001", "-5"), "411"),
        (PAY.replace("clientid", "phone"), "411"),
        (PAY.replace("15000", "150.00"), "413"),
        (PAY.replace("15000", "0"), "413"),
        (PAY.replace("2026-11-20T17:01:02.123456789+05:00", "20.11.2026"), "414"),
        (PAY.replace("2026-11-20T17:01:02.123456789+05:00", "9999-12-31T23:59:59Z"), "414"),
        (PAY.replace("<serviceId>1", "<serviceId>2"), "305"),
        (PAY.replace("100042", "100777"), "501"),
    ],
)
def test_a_bad_request_has_the_code_of_the_list(request_: str, code: str) -> None:
    found = exchange(PAYNET, ACCOUNT, envelope(request_), Engine())
    assert read(found.reply).code == code


@pytest.mark.parametrize(
    "body",
    [
        "hello",
        "<a/>",
        PAY,
        envelope(PAY + PAY).body.decode(),
        envelope(PAY).body.decode().replace(" xmlns:soapenv=", " xmlns:other="),
        envelope(PAY).body.decode().replace(" xmlns:ns1=", " xmlns:other="),
        envelope(PAY.replace("uws.provider.com/", "uws.provider.com")).body.decode(),
        envelope(PAY.replace("PerformTransaction", "Perform")).body.decode(),
        envelope(PAY.replace("<amount>15000", "<amount>15<b/>000")).body.decode(),
        envelope(PAY.replace("<amount>15000", "<amount>1</amount><amount>2")).body.decode(),
    ],
)
def test_what_is_not_one_known_operation_is_a_fault(body: str) -> None:
    found = exchange(PAYNET, ACCOUNT, post(body), Engine())
    assert found.operation is None
    assert read(found.reply).code == "fault"
    assert b"<faultcode>soapenv:Client</faultcode>" in found.reply.body


def test_prefixes_order_and_extra_elements_do_not_matter() -> None:
    body = PAY.replace("ns1", "uws").replace(
        "<serviceId>", "<extra><deep>1</deep></extra><serviceId>"
    )
    xsi = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="uws:Any">'
    body = body.replace(">", xsi, 1)
    found = exchange(PAYNET, ACCOUNT, envelope(body), Engine())
    assert isinstance(found.operation, Pay)
    assert found.operation.txn == "9007001"
    assert found.operation.account == "100042"


def test_a_child_in_a_namespace_is_not_the_child() -> None:
    body = PAY.replace("<amount>15000</amount>", "<ns1:amount>15000</ns1:amount>")
    found = exchange(PAYNET, ACCOUNT, envelope(body), Engine())
    assert found.operation is None


def test_the_account_is_never_the_first_parameter() -> None:
    account = with_settings(ACCOUNT, account_key="terminal_id")
    operation = exchange(PAYNET, account, envelope(PAY), Engine()).operation
    assert isinstance(operation, Pay)
    assert operation.account == "4070001"


@pytest.mark.parametrize("fraction", ["", ".1", ".123", ".123456", ".123456789"])
@pytest.mark.parametrize("zone", ["+05:00", "Z", ""])
def test_times_have_any_fraction_and_the_wallets_zone_by_default(fraction: str, zone: str) -> None:
    body = PAY.replace(".123456789+05:00", f"{fraction}{zone}")
    operation = exchange(PAYNET, ACCOUNT, envelope(body), Engine()).operation
    assert isinstance(operation, Pay)
    assert operation.provider_time is not None
    hours = 17 if zone == "Z" else 12
    assert operation.provider_time.isoformat().startswith(f"2026-11-20T{hours}:01:02")


def test_a_bad_link_is_601_in_the_result_of_the_method() -> None:
    reply = exchange(PAYNET, None, envelope(PAY), Engine()).reply
    assert read(reply).code == "601"


def test_operations_carry_what_was_said() -> None:
    request = soap("ChangePassword", newPassword="another-pw")
    operation = exchange(PAYNET, SOAP, request, Engine()).operation
    assert isinstance(operation, ChangePassword)
    assert operation.password.reveal() == "another-pw"
    told = {"dateFrom": "2026-11-20T00:00:00+05:00", "dateTo": "2026-11-21T00:00:00+05:00"}
    found = exchange(PAYNET, SOAP, soap("GetStatement", **told), Engine()).operation
    assert isinstance(found, Statement)
    assert found.until - found.since == timedelta(days=1)


def test_a_wallet_without_a_password_takes_nothing() -> None:
    bare = replace(SOAP, credentials={})
    for request in (perform("1", "100042", 15000), perform("1", "100042", 15000, password="")):
        assert exchange(PAYNET, bare, request, Engine()).outcome.result == Result.AUTH_FAILED


def test_login_and_password_are_compared_apart() -> None:
    shifted = perform("1", "100042", 15000, password=f"x {CANARY}", username=LOGIN)
    assert exchange(PAYNET, SOAP, shifted, Engine()).outcome.result == Result.AUTH_FAILED


def test_the_wsdl_is_described_for_the_soap_generation_only() -> None:
    request = WireRequest("GET", "wsdl", b"", {}, "127.0.0.1")
    url = "https://pay.example/fps/v1/uzpaynet/a&b"
    found = PAYNET.describe(request, SOAP, url)
    assert found is not None
    address = tree(found.body).find(".//{http://schemas.xmlsoap.org/wsdl/soap/}address")
    assert address is not None
    assert address.get("location") == url
    assert PAYNET.describe(request, RPC, url) is None
    assert PAYNET.describe(replace(request, raw_query=""), SOAP, url) is None
    assert PAYNET.describe(replace(request, method="POST"), SOAP, url) is None
