"""TellCell's exchanges, byte for byte (protocols, wallets-soap 2A)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from fleet_payment_systems.operations import Cancel, Outcome, Pay, Result
from fleet_payment_systems.providers.tellcell import TellCell
from tests.fleet_payment_systems.providers.engine import DRIVERS, Engine
from tests.fleet_payment_systems.providers.samples.signed import md5
from tests.fleet_payment_systems.providers.samples.tellcell import ACCOUNT, SIGNED, pay
from tests.fleet_payment_systems.providers.support import (
    CANARY,
    elements,
    exchange,
    get,
    post,
    with_settings,
)

HEAD = '<?xml version="1.0" encoding="utf-8"?>'
TELLCELL = TellCell()
NOON = datetime(2026, 11, 20, 8, 0, 1, tzinfo=UTC)
PAY = "action=payment&number=100042&amount=5000.00&receipt=77001&date=2026-11-20T12:00:00"
PAID = (
    f"{HEAD}<response><code>0</code><authcode>550002</authcode>"
    "<date>2026-11-20T12:00:01</date></response>"
)


def say(query: str, engine: Engine | None = None) -> str:
    reply = exchange(TELLCELL, ACCOUNT, get(query), engine or Engine()).reply
    assert (reply.status, reply.content_type) == (200, "text/xml; charset=utf-8")
    return reply.body.decode()


def code(query: str, engine: Engine | None = None) -> str:
    reply = exchange(TELLCELL, ACCOUNT, get(query), engine or Engine()).reply
    return elements(reply, "response")["code"]


def test_a_check_shows_the_drivers_name() -> None:
    said = f"{HEAD}<response><code>0</code><message>Ivan P.</message></response>"
    assert say("action=check&number=100042&amount=5000.00") == said


def test_a_check_of_an_unknown_account() -> None:
    said = f"{HEAD}<response><code>2</code><message>Account not found</message></response>"
    assert say("action=check&number=999") == said


def test_a_payment_and_its_repeats_are_answered_with_the_same_bytes() -> None:
    engine = Engine(next_id=550002, now=NOON)
    assert [say(PAY, engine) for _ in range(3)] == [PAID] * 3
    assert len(engine.paid) == 1


@pytest.mark.parametrize(
    ("query", "result"),
    [
        ("action=payment&number=100042&amount=-1&receipt=77002&date=2026-11-20T12:00:00", "3"),
        ("action=payment&number=100042&amount=10&receipt=abc&date=2026-11-20T12:00:00", "4"),
        ("action=payment&number=100042&amount=10&receipt=1&date=20.11.2026", "5"),
        ("action=payment&number=100042&amount=10&receipt=1&type=x", "-2"),
        ("action=status&receipt=99999", "6"),
        ("action=cancel&receipt=99999", "6"),
        ("action=foo", "1"),
    ],
)
def test_a_refusal_has_the_code_of_its_list(query: str, result: str) -> None:
    assert code(query) == result


def test_status_is_the_payments_own_answer() -> None:
    engine = Engine(next_id=550002, now=NOON)
    say(PAY, engine)
    assert say("action=status&receipt=77001", engine) == PAID


def test_a_cancelled_payment_stays_cancelled_and_its_cancel_may_come_again() -> None:
    engine = Engine()
    say(PAY, engine)
    cancels = [code("action=cancel&receipt=77001&mes=1", engine) for _ in range(2)]
    assert cancels == ["0", "0"]
    assert [code(PAY, engine), code("action=status&receipt=77001", engine)] == ["7", "7"]


def test_a_form_is_read_like_a_query() -> None:
    engine = Engine(next_id=550002, now=NOON)
    assert exchange(TELLCELL, ACCOUNT, post(PAY), engine).reply.body.decode() == PAID


def test_the_date_is_of_the_wallets_zone_and_may_be_left_out() -> None:
    told = exchange(TELLCELL, ACCOUNT, get(PAY), Engine()).operation
    untold = exchange(TELLCELL, ACCOUNT, get(PAY.partition("&date")[0]), Engine()).operation
    assert isinstance(told, Pay)
    assert isinstance(untold, Pay)
    assert told.provider_time == datetime(2026, 11, 20, 8, tzinfo=UTC)
    assert untold.provider_time is None


def test_a_name_is_plain_ascii_on_the_wire(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(DRIVERS, "100042", "Արամ <P>")
    text = say("action=check&number=100042")
    assert text.isascii()
    reply = exchange(TELLCELL, ACCOUNT, get("action=check&number=100042"), Engine()).reply
    assert elements(reply, "response")["message"] == "Արամ <P>"


@pytest.mark.parametrize("name", ["sign", "checksum"])
def test_a_signature_is_read_under_either_name_and_in_either_case(name: str) -> None:
    sign = md5(f"check100042{CANARY}").upper()
    request = get(f"action=check&number=100042&{name}={sign}")
    assert exchange(TELLCELL, SIGNED, request, Engine()).outcome.result == Result.OK


def test_a_wrong_signature_has_its_own_code() -> None:
    reply = exchange(TELLCELL, SIGNED, get(f"{PAY}&sign={'0' * 32}"), Engine()).reply
    said = "<response><code>-4</code><message>Signature check failed</message></response>"
    assert reply.body.decode() == HEAD + said


def test_any_altered_byte_of_a_signed_payment_pays_nobody() -> None:
    request = pay("77001", "100042", 500000)
    for place in range(len(request.raw_query)):
        text = request.raw_query
        altered = text[:place] + ("7" if text[place] != "7" else "8") + text[place + 1 :]
        engine = Engine()
        exchange(TELLCELL, SIGNED, replace(request, raw_query=altered), engine)
        assert engine.paid == {}, altered


def test_a_separator_keeps_signed_values_apart() -> None:
    account = with_settings(SIGNED, sign_separator=";")
    sign = md5(f"payment;100042;5000.00;77001;;{CANARY}")
    query = "action=payment&number=100042&amount=5000.00&receipt=77001"
    assert exchange(TELLCELL, account, get(f"{query}&sign={sign}"), Engine()).operation
    moved = query.replace("100042&amount=5000.00", "10004&amount=25000.00")
    assert not exchange(TELLCELL, account, get(f"{moved}&sign={sign}"), Engine()).operation


def test_codes_of_refusals_are_settings_and_success_stays_success() -> None:
    account = with_settings(ACCOUNT, refusal_codes="2=25,-3=11")

    def told(query: str, engine: Engine) -> str:
        reply = exchange(TELLCELL, account, get(query), engine).reply
        return elements(reply, "response")["code"]

    assert told("action=check&number=999", Engine()) == "25"
    assert told("action=check&number=100042", Engine(down=True)) == "11"
    assert told("action=foo", Engine()) == "1"
    assert told(PAY, Engine()) == "0"


def test_a_cancel_that_must_wait_is_asked_again_and_one_too_late_is_refused() -> None:
    for result, expected in ((Result.IN_PROGRESS, "-3"), (Result.CANCEL_FORBIDDEN, "9")):
        outcome = Outcome(result)
        request = get("action=cancel&receipt=77001")
        reply = TELLCELL.encode(request, ACCOUNT, Cancel("77001"), outcome, NOON)
        assert elements(reply, "response")["code"] == expected
