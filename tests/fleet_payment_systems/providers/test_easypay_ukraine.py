"""EasyPay Ukraine 3.1: the documented exchanges byte for byte, and its signatures (6a)."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from fleet_payment_systems.operations import Check, Result
from fleet_payment_systems.providers import rsa_sha1
from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.easypay import Easypay
from fleet_payment_systems.use_cases.fields import checked
from shared.errors import Refused
from shared.secret import Secret
from tests.fleet_payment_systems.providers.engine import NOW, Engine
from tests.fleet_payment_systems.providers.samples.easypay_ukraine import (
    ACCOUNT,
    MALFORMED,
    OURS,
    STRANGER,
    THEIRS,
    call,
    check,
    pay,
    private,
    proven,
    public,
    read,
)
from tests.fleet_payment_systems.providers.support import exchange, post, with_settings

EASYPAY = Easypay()
VECTOR_KEY = """-----BEGIN PUBLIC KEY-----
MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDXvnai0Bay8v2v1sjLojeddY0o
gbYDknkm/ia5v8p+n83sMlo3uq81nhjUM6/Dm739B9t3mjwnpa1t0Ql70JHFfSyD
PZqkxdrKieyKZb6a0oh2FOmrXvKsMoXG56PSkjtdAoya11ILhpwPCEviYUDHCie7
avGg4OSGZKhYevuDtQIDAQAB
-----END PUBLIC KEY-----
"""
VECTOR_SIGN = (
    "4C4F56F1AD6B8FE486CE45C9A5FDD5979493091E3FC3F6C313BCE62CCD3D7D6E0323D189CBF1FD1342A82172D3E5"
    "CE6A52638D3B252D1FF81F0972B9E161622139466336464CEC8BEF6719A9473923665400ECFDE9A4EC3E802C3EE1"
    "E26A90D1936E1198C242FD46E2D0C5A78AE7A21233609BF33DB97C470D617C82D4B39AF5"
)
VECTOR = (
    f"<Request><DateTime>2024-05-17T12:30:45</DateTime><Sign>{VECTOR_SIGN}</Sign>"
    "<Check><ServiceId>2431</ServiceId><Account>100245</Account></Check></Request>"
)
VECTOR_WALLET = with_settings(ACCOUNT, easypay_key=VECTOR_KEY)
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'


def say(request: WireRequest, engine: Engine, seconds: int = 0) -> WireReply:
    """`seconds` after the request, for the engine too."""
    engine.now = NOW + timedelta(seconds=seconds)
    return exchange(EASYPAY, ACCOUNT, request, engine, engine.now).reply


def text(reply: WireReply) -> str:
    """An answer whose signature is good, with two dots in its place as in the samples."""
    assert proven(reply)
    return re.sub("<Sign>[0-9A-F]+</Sign>", "<Sign>..</Sign>", reply.body.decode())


def answer(code: int, detail: str, clock: str, inner: str = "") -> str:
    return (
        f"{HEAD}<Response><StatusCode>{code}</StatusCode><StatusDetail>{detail}</StatusDetail>"
        f"<DateTime>2024-05-17T12:{clock}</DateTime>{inner}<Sign>..</Sign></Response>"
    )


def test_the_vector_is_genuine_and_with_any_altered_byte_it_is_not() -> None:
    found = exchange(EASYPAY, VECTOR_WALLET, post(VECTOR), Engine())
    assert found.operation == Check("100245")
    for place in range(len(VECTOR)):
        other = VECTOR[:place] + ("7" if VECTOR[place] != "7" else "8") + VECTOR[place + 1 :]
        refused = exchange(EASYPAY, VECTOR_WALLET, post(other), Engine())
        assert refused.operation is None, other
        assert read(refused.reply).code in {"-95", "-51", "-52"}, other


@pytest.mark.parametrize(
    "change",
    [
        lambda sign: "",
        lambda sign: sign.lower(),
        lambda sign: f" {sign}",
        lambda sign: sign[:-2],
        lambda sign: f"00{sign}",
        lambda sign: f"{sign}</Sign><Sign>{sign}",
        lambda sign: f"{sign}</Sign><Sign>",
    ],
)
def test_a_signature_written_otherwise_is_refused(change: object) -> None:
    assert callable(change)
    body = VECTOR.replace(VECTOR_SIGN, change(VECTOR_SIGN))
    found = exchange(EASYPAY, VECTOR_WALLET, post(body), Engine())
    assert found.outcome.result == Result.AUTH_FAILED


def test_a_check_and_its_answer_are_those_of_the_document() -> None:
    assert text(say(check("100245"), Engine(), 1)) == answer(
        *(0, "OK", "30:46"),
        "<AccountInfo><Account>100245</Account><Fio>Petro K.</Fio></AccountInfo>",
    )
    assert text(say(check("999999"), Engine(), 1)) == answer(-1, "Account not found", "30:46")


def test_a_payment_registers_and_only_its_confirm_has_a_date() -> None:
    engine = Engine(next_id=90021)
    for seconds in (16, 30):
        paid = text(say(pay("554433", "100245", 25000), engine, seconds))
        clock = f"31:{seconds - 15:02d}"
        assert paid == answer(0, "OK", clock, "<PaymentId>90021</PaymentId>")
    confirm = call("Confirm", PaymentId="90021")
    for seconds in (18, 40):
        done = text(say(confirm, engine, seconds))
        date = "<OrderDate>2024-05-17T12:31:03</OrderDate>"
        assert done == answer(0, "OK", f"31:{seconds - 15:02d}", date)
    cancel = text(say(call("Cancel", PaymentId="90021"), engine, 20))
    assert cancel == answer(-2, "Cancel is impossible", "31:05")


def test_a_cancel_before_the_confirm_may_be_repeated_and_ends_the_payment() -> None:
    engine = Engine(next_id=90021)
    say(pay("554433", "100245", 25000), engine)
    for seconds in (15, 40):
        gone = text(say(call("Cancel", PaymentId="90021"), engine, seconds))
        date = "<CancelDate>2024-05-17T12:31:00</CancelDate>"
        assert gone == answer(0, "OK", f"31:{seconds - 15:02d}", date)
    late = say(call("Confirm", PaymentId="90021"), engine, 45)
    assert text(late) == answer(-4, "Payment not found", "31:30")
    again = say(pay("554433", "100245", 25000), engine, 45)
    assert text(again) == answer(-2, "Transaction is cancelled", "31:30")


def test_another_order_under_a_known_number_exists_already() -> None:
    engine = Engine()
    say(pay("554433", "100245", 25000), engine)
    other = say(pay("554433", "100245", 25001), engine)
    assert text(other) == answer(-3, "Order already exists", "30:45")


@pytest.mark.parametrize("name", MALFORMED)
def test_each_defect_of_a_request_has_its_own_code(name: str) -> None:
    code, request = MALFORMED[name]
    reply = exchange(EASYPAY, ACCOUNT, request, Engine()).reply
    assert read(reply).code == code
    assert proven(reply)


def test_an_unsigned_text_is_an_error_in_the_request() -> None:
    assert text(say(post("hello"), Engine())) == answer(-51, "Error in request", "30:45")
    bad = say(call("Check", STRANGER, Account="100245"), Engine())
    assert text(bad) == answer(-95, "Signature error", "30:45")


def test_a_stranger_is_answered_without_a_signature() -> None:
    reply = exchange(EASYPAY, None, check("100245"), Engine()).reply
    assert reply.body.decode() == answer(-95, "Signature error", "30:45").replace(
        "<Sign>..</Sign>", ""
    )


@pytest.mark.parametrize("name", ["easypay_key", "own_key", "service_id"])
def test_a_wallet_that_lacks_a_key_or_its_service_takes_nothing(name: str) -> None:
    settings = {key: value for key, value in ACCOUNT.settings.items() if key != name}
    secrets = {key: value for key, value in ACCOUNT.credentials.items() if key != name}
    account = replace(ACCOUNT, settings=settings, credentials=secrets)
    engine = Engine()
    found = exchange(EASYPAY, account, pay("554433", "100245", 25000), engine)
    assert found.operation is None
    assert engine.paid == {}


def test_keys_are_taken_as_pem_and_nothing_else() -> None:
    good = {"easypay_key": Secret(public(THEIRS)), "own_key": Secret(private(OURS))}
    assert checked(EASYPAY.spec, good) == good
    swapped = {"easypay_key": good["own_key"], "own_key": good["easypay_key"]}
    for wrong in (swapped, {"own_key": Secret("secret")}, {"own_key": Secret("A" * 4097)}):
        with pytest.raises(Refused):
            checked(EASYPAY.spec, wrong)


@pytest.mark.parametrize("pem", ["", "no key", private(OURS)])
def test_what_is_no_public_key_proves_nothing(pem: str) -> None:
    assert not rsa_sha1.genuine(pem, VECTOR_SIGN.encode(), b"text")
