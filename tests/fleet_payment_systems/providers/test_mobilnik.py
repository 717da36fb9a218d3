"""Mobilnik's proposed exchanges (protocols, osmp-family 3.1), and the names that may differ."""

import pytest

from fleet_payment_systems.operations import Cancel, Query
from fleet_payment_systems.providers.osmp_systems import MOBILNIK
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.mobilnik import ACCOUNT, EXTENDED
from tests.fleet_payment_systems.providers.support import elements, exchange, get, with_settings

CHECK = "command=check&txn_id=880001&account=100245&sum=300.00"
PAY = "command=pay&txn_id=880001&txn_date=20240517123045&account=100245&sum=300.00"


@pytest.mark.parametrize(
    ("query", "result"),
    [
        (CHECK, "0"),
        ("command=check&txn_id=880002&account=999999&sum=300.00", "5"),
        ("command=pay&account=100245", "300"),
    ],
)
def test_a_sample_is_answered_with_its_result(query: str, result: str) -> None:
    reply = exchange(MOBILNIK, ACCOUNT, get(query), Engine()).reply
    assert elements(reply, "response")["result"] == result


def test_a_payment_and_its_repeat_have_one_number() -> None:
    engine = Engine(next_id=90019)
    replies = [exchange(MOBILNIK, ACCOUNT, get(PAY), engine).reply for _ in range(2)]
    assert {elements(reply, "response")["prv_txn"] for reply in replies} == {"90019"}
    assert replies[0].body == replies[1].body


def test_names_that_the_operator_wants_are_settings() -> None:
    names = {"txn_name": "id", "id_name": "txn_id", "prv_name": "ext_id", "root_name": "answer"}
    account = with_settings(ACCOUNT, **names)
    reply = exchange(MOBILNIK, account, get(PAY.replace("txn_id", "id")), Engine()).reply
    found = elements(reply, "answer")
    assert (found["txn_id"], found["ext_id"]) == ("880001", "90017")


def test_the_extended_profile_knows_status_and_cancel() -> None:
    engine = Engine()
    exchange(MOBILNIK, EXTENDED, get(PAY), engine)
    status = exchange(MOBILNIK, EXTENDED, get("command=status&txn_id=880001"), engine)
    assert status.operation == Query("880001")
    assert elements(status.reply, "response")["prv_txn"] == "90017"
    cancel = exchange(MOBILNIK, EXTENDED, get("command=cancel&txn_id=880001"), engine)
    assert cancel.operation == Cancel("880001")
    assert elements(cancel.reply, "response")["result"] == "0"


def test_a_bad_address_has_no_body() -> None:
    reply = exchange(MOBILNIK, None, get(PAY), Engine()).reply
    assert (reply.status, reply.body) == (403, b"")
