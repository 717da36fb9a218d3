"""City24's and 24NonStop's exchanges and vectors, byte for byte (protocols, osmp-family 5)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from fleet_payment_systems.model import Step
from fleet_payment_systems.operations import Pay, Result
from fleet_payment_systems.providers.base import Account, WireReply
from fleet_payment_systems.providers.city24 import City24
from shared.money import Money
from shared.secret import Secret
from tests.fleet_payment_systems.providers.engine import NOW, Engine
from tests.fleet_payment_systems.providers.samples.city24 import (
    ACCOUNT,
    LOGIN,
    NONSTOP,
    act,
    act_pay,
    call,
    sign,
)
from tests.fleet_payment_systems.providers.samples.city24 import pay as pay_call
from tests.fleet_payment_systems.providers.support import exchange, get, post, with_settings

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
CITY24 = City24()
OPEN = replace(ACCOUNT, credentials={"password": Secret("s3cret")})
SECRET = replace(NONSTOP, credentials={"sign_secret": Secret("testsecret")})
CHECK = (
    f"{HEAD}<commandCall><login>city24</login><password>s3cret</password><command>check</command>"
    "<transactionID>3362935524</transactionID><payElementID>1</payElementID>"
    "<account>100245</account></commandCall>"
)
PAY = (
    "<commandCall><login>city24</login><password>s3cret</password><command>pay</command>"
    "<transactionID>1234567890123</transactionID><payTimestamp>20240517123045</payTimestamp>"
    "<payID>7001</payID><payElementID>1</payElementID><account>100245</account>"
    "<amount>25000</amount><terminalId>11352</terminalId></commandCall>"
)


def answer(number: int, account: str, result: int, comment: str, fields: str = "") -> str:
    return (
        f"{HEAD}<commandResponse><extTransactionID>{number}</extTransactionID>"
        f"<account>{account}</account><result>{result}</result>{fields}"
        f"<comment>{comment}</comment></commandResponse>"
    )


def say(engine: Engine, body: str, account: Account | None = OPEN) -> str:
    reply = exchange(CITY24, account, post(body), engine).reply
    assert (reply.status, reply.content_type) == (200, "text/xml; charset=utf-8")
    return reply.body.decode()


def test_a_check_shows_the_name() -> None:
    fields = '<fields><field1 name="FIO">Petro K.</field1></fields>'
    assert say(Engine(), CHECK) == answer(0, "100245", 0, "OK", fields)


def test_a_check_shows_the_balance_when_the_park_allows_it() -> None:
    said = say(Engine(balance=Money(1250, "UAH")), CHECK)
    assert '<field1 name="FIO">Petro K.</field1><field2 name="Balance">12.50</field2>' in said


def test_a_check_of_an_unknown_account() -> None:
    said = say(Engine(), CHECK.replace("100245", "999999"))
    assert said == answer(0, "999999", 5, "Account not found")


def test_a_payment_of_kopecks_and_its_repeat() -> None:
    engine, paid = Engine(next_id=90020), answer(90020, "100245", 0, "OK")
    assert [say(engine, PAY) for _ in range(2)] == [paid, paid]
    (taken,) = engine.paid.values()
    assert str(taken.amount) == "250.00"


def test_a_wrong_password() -> None:
    said = say(Engine(), PAY.replace("s3cret", "guess"))
    assert said == answer(0, "100245", 7, "Wrong login or password")


def test_a_bad_link_reads_like_a_wrong_password() -> None:
    said = say(Engine(), PAY, account=None)
    assert said == answer(0, "100245", 7, "Wrong login or password")


def test_a_cancel_that_is_not_allowed() -> None:
    engine = Engine(next_id=90020)
    say(engine, PAY)
    engine.paid["7001"] = replace(engine.paid["7001"], step=Step.DONE)
    request = call("cancel", password="s3cret", cancelPayID="7001", account="100245")
    said = exchange(CITY24, OPEN, request, engine).reply.body.decode()
    assert said == answer(90020, "100245", 7, "Cancel is not supported")


@pytest.mark.parametrize(
    "body",
    [
        "hello",
        PAY.replace("<payID>7001</payID>", ""),
        PAY.replace("25000", "250.00"),
        PAY.replace("<amount>25000</amount>", "<amount>25000</amount><amount>25000</amount>"),
    ],
)
def test_a_request_that_can_not_be_read(body: str) -> None:
    assert say(Engine(), body) == answer(0, "", 300, "Bad request")


@pytest.mark.parametrize("command", ["check_status", "status"])
def test_the_status_of_a_payment_has_its_shape(command: str) -> None:
    engine = Engine(next_id=90020)
    say(engine, PAY)
    request = call(command, password="s3cret", PayID="7001")
    said = exchange(CITY24, OPEN, request, engine).reply.body.decode()
    assert said == answer(90020, "", 0, "OK")
    missing = exchange(CITY24, OPEN, request, Engine()).reply.body.decode()
    assert missing == answer(0, "", 300, "Transaction not found")


def test_another_service_is_refused_only_when_the_wallet_names_one() -> None:
    account = with_settings(OPEN, pay_element_id="2")
    assert "<result>7</result>" in say(Engine(), PAY, account)
    assert "<result>0</result>" in say(Engine(), PAY, with_settings(OPEN, pay_element_id="1"))


def test_products_of_a_split_payment_are_ignored() -> None:
    body = PAY.replace("</commandCall>", "<Products><a>1</a></Products></commandCall>")
    assert say(Engine(), body) == answer(90017, "100245", 0, "OK")


@pytest.mark.parametrize("settings", [{}, {"login": ""}])
def test_a_wallet_without_a_login_takes_nothing(settings: Mapping[str, str]) -> None:
    account = replace(OPEN, settings=settings)
    found = exchange(CITY24, account, post(PAY), Engine())
    assert found.outcome.result == Result.AUTH_FAILED


VECTORS = [
    (["1", "100245", "taxi", "7001"], "md5", "F80BAE2FF984902472E1BC67BA085EC4"),
    (["1", "100245", "taxi", "7001"], "sha1", "0C928B79352EB3F0C33687887197A70D30FC92DA"),
    (["1", "999999", "taxi", "7002"], "md5", "472D7C10AE90BDE75FBFFA751615E267"),
    (["4", "100245", "taxi", "7001", "250.00"], "md5", "68A1A63EC9529AAFFC66CFB42ADECABD"),
    (["7", "", "taxi", "7001"], "md5", "5B5D94F91964D83822107265A2A9B03F"),
]
ACT1 = "ACT=1&PAY_ACCOUNT=100245&SERVICE_ID=taxi&PAY_ID=7001&TRADE_POINT=7523&SIGN="
ACT4 = (
    "ACT=4&PAY_ACCOUNT=100245&SERVICE_ID=taxi&PAY_ID=7001&PAY_AMOUNT=250.00"
    "&RECEIPT_NUM=1846427660&TRADE_POINT=7523&SIGN=68A1A63EC9529AAFFC66CFB42ADECABD"
)
ACT7 = "ACT=7&SERVICE_ID=taxi&PAY_ID=7001&SIGN=5B5D94F91964D83822107265A2A9B03F"


@pytest.mark.parametrize(("values", "name", "expected"), VECTORS)
def test_a_computed_vector_of_the_signature(values: list[str], name: str, expected: str) -> None:
    assert sign(values, name, "testsecret") == expected
    names = ("ACT", "PAY_ACCOUNT", "SERVICE_ID", "PAY_ID", "PAY_AMOUNT")
    told = {key: text for key, text in zip(names, values, strict=False) if text}
    account = with_settings(SECRET, sign_hash=name)
    found = exchange(CITY24, account, get({**told, "SIGN": expected}), Engine())
    assert found.operation is not None


def act_say(engine: Engine, query: str, seconds: int = 0) -> str:
    engine.now = now = NOW + timedelta(seconds=seconds)
    return exchange(CITY24, SECRET, get(query), engine, now).reply.body.decode()


def wrapped(inner: str) -> str:
    return f"{HEAD}<pay-response>{inner}</pay-response>"


def test_act_1_tells_who_and_how_much() -> None:
    said = act_say(Engine(balance=Money(1250, "UAH")), ACT1 + "F80BAE2FF984902472E1BC67BA085EC4")
    assert said == wrapped(
        "<balance>12.50</balance><name>Petro K.</name><account>100245</account>"
        "<service_id>taxi</service_id><abonplata>0</abonplata><min_amount>1.00</min_amount>"
        "<max_amount>9000.00</max_amount><status_code>21</status_code>"
        "<time_stamp>17.05.2024 12:30:45</time_stamp>"
    )


def test_act_1_of_an_unknown_account() -> None:
    query = (
        "ACT=1&PAY_ACCOUNT=999999&SERVICE_ID=taxi&PAY_ID=7002&TRADE_POINT=7523"
        "&SIGN=472D7C10AE90BDE75FBFFA751615E267"
    )
    time = "<time_stamp>17.05.2024 12:30:45</time_stamp>"
    assert act_say(Engine(), query) == wrapped(f"<status_code>-40</status_code>{time}")


def test_act_4_its_repeat_and_act_7() -> None:
    engine = Engine()
    assert act_say(engine, ACT4, seconds=15) == wrapped(
        "<pay_id>7001</pay_id><service_id>taxi</service_id><amount>250.00</amount>"
        "<status_code>22</status_code><description>taxi</description>"
        "<time_stamp>17.05.2024 12:31:00</time_stamp>"
    )
    assert act_say(engine, ACT4, seconds=75) == wrapped(
        "<status_code>-100</status_code><time_stamp>17.05.2024 12:32:00</time_stamp>"
    )
    assert act_say(engine, ACT7, seconds=135) == wrapped(
        "<status_code>11</status_code><time_stamp>17.05.2024 12:33:00</time_stamp>"
        "<transaction><pay_id>7001</pay_id><service_id>taxi</service_id><amount>250.00</amount>"
        "<status>111</status><time_stamp>17.05.2024 12:31:00</time_stamp></transaction>"
    )
    assert len(engine.paid) == 1


@pytest.mark.parametrize(
    "query",
    [
        ACT4.replace("68A1A63E", "00000000"),
        ACT4.replace("250.00", "250.01"),
        ACT4.replace("250.00", "250"),
        ACT4.replace("&PAY_ID=7001", ""),
        ACT4.replace("PAY_ACCOUNT=100245", "PAY_ACCOUNT=100042"),
        ACT4 + "&PAY_AMOUNT=250.00",
    ],
)
def test_what_is_signed_otherwise_is_wrong_parameters(query: str) -> None:
    engine = Engine()
    time = "<time_stamp>17.05.2024 12:30:45</time_stamp>"
    assert act_say(engine, query) == wrapped(f"<status_code>-101</status_code>{time}")
    assert engine.paid == {}


def test_an_unsigned_amount_is_taken_only_when_the_wallet_says_so() -> None:
    values = ["4", "100245", "taxi", "7001"]
    query = ACT4.partition("&SIGN=")[0] + f"&SIGN={sign(values, secret='testsecret')}"
    refused = exchange(CITY24, SECRET, get(query), Engine())
    assert refused.outcome.result == Result.AUTH_FAILED
    accepting = with_settings(SECRET, unsigned_amount="accept")
    assert isinstance(exchange(CITY24, accepting, get(query), Engine()).operation, Pay)


def test_a_posted_pay_request_reads_like_the_query() -> None:
    body = (
        f"{HEAD}<pay-request><act>4</act><pay_account>100245</pay_account>"
        "<service_id>taxi</service_id><pay_id>7001</pay_id><pay_amount>250.00</pay_amount>"
        "<receipt_num>1846427660</receipt_num><trade_point>7523</trade_point>"
        "<sign>68A1A63EC9529AAFFC66CFB42ADECABD</sign></pay-request>"
    )
    engine = Engine()
    found = exchange(CITY24, SECRET, post(body), engine, NOW + timedelta(seconds=15))
    assert found.reply.body.decode() == act_say(Engine(), ACT4, seconds=15)
    bad_link = exchange(CITY24, None, post(body), engine).reply
    assert b"<pay-response><status_code>-101</status_code>" in bad_link.body


def test_a_failure_that_may_pass_has_no_body_so_that_act_7_is_asked() -> None:
    reply = exchange(CITY24, SECRET, get(ACT4), Engine(down=True)).reply
    assert reply == WireReply(b"", "text/plain; charset=utf-8", 503)


def test_a_payment_id_may_be_a_guid() -> None:
    request = act_pay("434dd03f-ede8-4e55-b71f-f81cb4120cba", "100245", 25000)
    found = exchange(CITY24, NONSTOP, request, Engine())
    assert found.outcome.result == Result.OK


def test_an_unknown_payment_is_not_found() -> None:
    reply = exchange(CITY24, NONSTOP, act("7", PAY_ID="7009"), Engine()).reply
    assert b"<status_code>-10</status_code>" in reply.body


def test_logins_of_the_two_profiles_do_not_mix() -> None:
    assert exchange(CITY24, NONSTOP, pay_call("1", "100245", 100), Engine()).operation is None
    assert exchange(CITY24, ACCOUNT, act_pay("1", "100245", 100), Engine()).operation is None
    assert LOGIN not in NONSTOP.settings
