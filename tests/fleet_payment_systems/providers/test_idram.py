"""Idram's exchanges, byte for byte (protocols, wallets-soap 3)."""

from dataclasses import replace

import pytest

from fleet_payment_systems.operations import Check, Pay, Result
from fleet_payment_systems.providers.idram import Idram
from shared.money import Money
from shared.secret import Secret
from tests.fleet_payment_systems.providers.engine import DRIVERS, Engine
from tests.fleet_payment_systems.providers.samples.idram import ACCOUNT, MERCHANT, pay
from tests.fleet_payment_systems.providers.support import exchange, get, post, with_settings

IDRAM = Idram()
KEY = {"sign_secret": Secret("idramsecret")}
TEXT, XML = replace(MERCHANT, credentials=KEY), replace(ACCOUNT, credentials=KEY)
ASKED = "EDP_PRECHECK=YES&EDP_BILL_NO=1806&EDP_REC_ACCOUNT=100000114&EDP_AMOUNT=1900.00"
CONFIRM = (
    "EDP_BILL_NO=1806&EDP_REC_ACCOUNT=100000114&EDP_PAYER_ACCOUNT=200000222&EDP_AMOUNT=1900.00"
    "&EDP_TRANS_ID=12345678901234&EDP_TRANS_DATE=20%2F11%2F2026"
)
PAID = f"{CONFIRM}&EDP_CHECKSUM=05F1CF6109C5D1C2F23DA9E78F935B21"
HEAD = '<?xml version="1.0" encoding="utf-8"?>'


@pytest.fixture(autouse=True)
def _driver(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DRIVERS, "1806", "Ivan P.")


def say(body: str, engine: Engine | None = None) -> bytes:
    reply = exchange(IDRAM, TEXT, post(body), engine or Engine()).reply
    assert (reply.status, reply.content_type) == (200, "text/plain; charset=utf-8")
    return reply.body


def test_a_precheck_is_the_two_letters_and_moves_nothing() -> None:
    engine = Engine()
    assert say(ASKED, engine) == b"OK"
    assert engine.paid == {}


def test_a_precheck_of_an_account_that_is_nobodys() -> None:
    assert say(ASKED.replace("1806", "999")) == b"Unknown EDP_BILL_NO"


def test_a_confirm_and_its_repeats_are_the_two_letters_and_one_payment() -> None:
    engine = Engine()
    assert [say(PAID, engine) for _ in range(3)] == [b"OK"] * 3
    (paid,) = engine.paid.values()
    assert (paid.txn, paid.account, paid.amount) == (
        "12345678901234",
        "1806",
        Money(190000, "AMD"),
    )


def test_two_payments_to_one_printed_code_are_two() -> None:
    engine = Engine()
    for txn in ("11111111111111", "22222222222222"):
        exchange(IDRAM, MERCHANT, pay(txn, "100245", 1000), engine)
    assert len(engine.paid) == 2


def test_a_confirm_with_a_wrong_or_without_a_checksum() -> None:
    wrong = b"EDP_CHECKSUM not correct"
    assert say(f"{CONFIRM}&EDP_CHECKSUM={'0' * 32}") == wrong
    assert say(CONFIRM) == wrong
    assert say(f"{CONFIRM}&EDP_CHECKSUM=") == wrong


def test_a_confirm_without_a_number() -> None:
    assert say(PAID.replace("EDP_TRANS_ID", "TRANS_ID")) == b"Bad request"


def test_any_altered_byte_of_a_confirm_pays_nobody() -> None:
    for place in range(len(PAID)):
        altered = PAID[:place] + ("7" if PAID[place] != "7" else "8") + PAID[place + 1 :]
        engine = Engine()
        exchange(IDRAM, TEXT, post(altered), engine)
        assert engine.paid == {}, altered


def test_fields_of_the_parks_own_form_are_ignored() -> None:
    assert say(f"{PAID}&park=7") == b"OK"


def test_a_confirm_is_not_made_a_precheck_by_another_word() -> None:
    assert say(f"{PAID}&EDP_PRECHECK=NO") == b"Bad request"


@pytest.mark.parametrize("query", [ASKED, PAID])
def test_a_payment_for_another_merchant_is_refused(query: str) -> None:
    other = query.replace("100000114", "100000115")
    assert exchange(IDRAM, TEXT, post(other), Engine()).outcome.result == Result.AUTH_FAILED


def test_a_wallet_without_its_id_or_secret_takes_nothing() -> None:
    for account in (with_settings(TEXT, rec_account=""), replace(TEXT, credentials={})):
        found = exchange(IDRAM, account, post(PAID), Engine())
        assert found.outcome.result == Result.AUTH_FAILED


def test_later_is_no_answer_that_idram_could_take_for_one() -> None:
    reply = exchange(IDRAM, TEXT, post(PAID), Engine(down=True)).reply
    assert (reply.status, reply.body) == (503, b"Try again later")


def test_xml_is_another_rendering_of_the_same_result() -> None:
    engine = Engine(next_id=550002)
    replies = [exchange(IDRAM, XML, get(each), engine) for each in (ASKED, PAID, PAID)]
    asked, paid, again = [each.reply.body.decode() for each in replies]
    good = f"{HEAD}<response><code>0</code><message>OK</message>"
    assert asked == f"{good}</response>"
    assert paid == again == f"{good}<authcode>550002</authcode></response>"
    assert [type(each.operation) for each in replies] == [Check, Pay, Pay]


def test_an_xml_refusal() -> None:
    reply = exchange(IDRAM, XML, get(f"{CONFIRM}&EDP_CHECKSUM=0"), Engine()).reply
    said = "<response><code>-4</code><message>EDP_CHECKSUM not correct</message></response>"
    assert reply.body.decode() == HEAD + said


def test_a_bad_link_has_no_body() -> None:
    reply = exchange(IDRAM, None, post(PAID), Engine()).reply
    assert (reply.status, reply.body) == (403, b"")
