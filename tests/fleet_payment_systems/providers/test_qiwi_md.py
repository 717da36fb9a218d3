"""QIWI Moldova's exchanges, byte for byte (protocols, osmp-family 2)."""

from fleet_payment_systems.providers.osmp_systems import QIWI_MD
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.qiwi_md import ACCOUNT
from tests.fleet_payment_systems.providers.support import exchange, get

HEAD = b'<?xml version="1.0" encoding="UTF-8"?>\n'
PAY = "command=pay&txn_id=55501&txn_date=20240517123045&account=100245&sum=120.00"


def say(engine: Engine, query: str) -> bytes:
    return exchange(QIWI_MD, ACCOUNT, get(query), engine).reply.body


def test_a_check_names_sum_and_currency() -> None:
    answer = say(Engine(), "command=check&txn_id=55501&account=100245&sum=10.00")
    assert answer == (
        HEAD + b"<response><osmp_txn_id>55501</osmp_txn_id><sum>10.00</sum><ccy>MDL</ccy>"
        b"<result>0</result><comment>OK</comment></response>"
    )


def test_a_check_of_an_unknown_account() -> None:
    answer = say(Engine(), "command=check&txn_id=55502&account=999999&sum=10.00")
    assert answer == (
        HEAD + b"<response><osmp_txn_id>55502</osmp_txn_id><result>5</result>"
        b"<comment>Account not found</comment></response>"
    )


def test_a_payment_and_its_repeat_carry_the_date_that_was_told() -> None:
    engine = Engine(next_id=90018)
    paid = (
        HEAD + b"<response><osmp_txn_id>55501</osmp_txn_id><prv_txn>90018</prv_txn>"
        b"<sum>120.00</sum><ccy>MDL</ccy><result>0</result><comment>OK</comment>"
        b'<fields><field name="prv-date">20240517123045</field></fields></response>'
    )
    assert [say(engine, PAY) for _ in range(2)] == [paid, paid]


def test_a_bad_date() -> None:
    query = "command=pay&txn_id=55503&txn_date=2024&account=100245&sum=120.00"
    assert b"<osmp_txn_id>55503</osmp_txn_id><result>300</result>" in say(Engine(), query)


def test_the_probe_of_ten_does_not_depend_on_the_sum_that_is_paid_later() -> None:
    engine = Engine()
    say(engine, "command=check&txn_id=55501&account=100245&sum=10.00")
    assert b"<result>0</result>" in say(engine, PAY)


def test_a_bad_address_has_no_body() -> None:
    reply = exchange(QIWI_MD, None, get(PAY), Engine()).reply
    assert (reply.status, reply.body) == (403, b"")
