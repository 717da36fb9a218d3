"""TBC Pay's exchanges, byte for byte (protocols, osmp-family 4.6)."""

import pytest

from fleet_payment_systems.providers.osmp_systems import TBC
from tests.fleet_payment_systems.providers import engine as drivers
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.tbc import ACCOUNT
from tests.fleet_payment_systems.providers.support import exchange, get, with_settings

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
PAY = "command=pay&account=100245&txn_id=7700001&sum=100.50"
OK = f"{HEAD}<response><result>0</result><comment>OK</comment></response>"


def say(engine: Engine, query: str) -> str:
    reply = exchange(TBC, ACCOUNT, get(query), engine).reply
    assert (reply.status, reply.content_type) == (200, "application/xml; charset=UTF-8")
    return reply.body.decode()


def refused(code: int, comment: str) -> str:
    said = f"<result>{code}</result><comment>{comment}</comment>"
    return f"{HEAD}<response>{said}</response>"


def test_a_check_shows_the_masked_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(drivers.DRIVERS, "100245", "Giorgi B.")
    assert say(Engine(), "command=check&account=100245") == (
        f"{HEAD}<response><result>0</result>"
        '<info><extra name="Full Name">Giorgi B.</extra></info><comment>OK</comment></response>'
    )


def test_a_check_of_an_unknown_account() -> None:
    answer = say(Engine(), "command=check&account=999999")
    assert answer == refused(5, "Account does not exist")


def test_a_payment_has_neither_number_nor_fields_and_its_repeat_is_215() -> None:
    engine = Engine()
    assert say(engine, PAY) == OK
    assert say(engine, PAY) == refused(215, "Duplicate transaction")
    assert len(engine.paid) == 1


def test_a_repeat_is_answered_like_the_first_when_the_wallet_says_so() -> None:
    account, engine = with_settings(ACCOUNT, repeat_code="0"), Engine()
    replies = [exchange(TBC, account, get(PAY), engine).reply.body.decode() for _ in range(2)]
    assert replies == [OK, OK]


def test_a_date_is_ignored_unless_it_is_none() -> None:
    assert say(Engine(), f"{PAY}&txn_date=20240517123045") == OK


@pytest.mark.parametrize(
    ("query", "code", "comment"),
    [
        (PAY.replace("100.50", "0"), 275, "Invalid amount"),
        (PAY.replace("100.50", "ten"), 275, "Invalid amount"),
        ("command=pay&account=100245&sum=100.50", 4, "Invalid parameters"),
        ("command=give&account=100245", 4, "Unknown command"),
    ],
)
def test_a_bad_request_has_its_code(query: str, code: int, comment: str) -> None:
    assert say(Engine(), query) == refused(code, comment)


def test_the_account_may_have_another_name() -> None:
    account = with_settings(ACCOUNT, account_name="caseId")
    request = get(PAY.replace("account=", "caseId="))
    assert exchange(TBC, account, request, Engine()).reply.body.decode() == OK


def test_another_sum_under_a_known_number_is_final_and_never_paid_before() -> None:
    engine = Engine()
    say(engine, PAY)
    answer = say(engine, PAY.replace("100.50", "200"))
    assert answer == refused(7, "Transaction data differ")


def test_a_bad_address_has_no_body() -> None:
    reply = exchange(TBC, None, get(PAY), Engine()).reply
    assert (reply.status, reply.body) == (403, b"")
