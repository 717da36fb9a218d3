"""Telcell Wallet's callbacks and digests, as computed from its document (wallets-soap 2B)."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from fleet_payment_systems.operations import Check, Pay, Query
from fleet_payment_systems.providers.base import WireReply, WireRequest
from fleet_payment_systems.providers.tellcell import TellCell
from fleet_payment_systems.providers.tellcell_wallet import digest
from shared.money import Money
from shared.secret import Secret
from tests.fleet_payment_systems.providers.engine import Engine
from tests.fleet_payment_systems.providers.samples.tellcell import WALLET, tell
from tests.fleet_payment_systems.providers.support import exchange, get, post

TELLCELL = TellCell()
KEY, ISSUER, BILL = "shopkey1", "park77@example.am", "cGFyazc3OjEwMDA0Mjox"
PRODUCT = "RHJpdmVyIDEwMDA0Mg=="
KEYED = replace(WALLET, credentials={"shop_key": Secret(KEY)})
PAID = urlencode(
    {
        "invoice": "81234567",
        "issuer_id": BILL,
        "payment_id": "990001",
        "buyer": "+37491000000",
        "currency": "51",
        "sum": "5000",
        "time": "2026-11-20 12:00:00",
        "status": "PAID",
    }
)
WITHOUT_BUYER = f"{PAID}&checksum=34303728357a8764453a0a796152bc78"
WITH_BUYER = f"{PAID}&checksum=bae7e8134960e42af62fc3df3e7c9495"


def say(request: WireRequest, engine: Engine) -> WireReply:
    return exchange(TELLCELL, KEYED, request, engine).reply


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((ISSUER, "֏", "5000", PRODUCT, BILL, "1"), "e9c5e209759172b1f6fddd3d70a3543d"),
        (
            (ISSUER, "+37491000000", "51", "5000", PRODUCT, "1", BILL),
            "9c04f8535ae36c0e08a7e21cf237268e",
        ),
        ((ISSUER, "81234567"), "174bb93f7f177c77fb8e15befb273ea0"),
    ],
)
def test_the_digests_of_the_gateway(values: tuple[str, ...], expected: str) -> None:
    assert digest(KEY, *values) == expected


@pytest.mark.parametrize("text", [WITHOUT_BUYER, WITH_BUYER, WITHOUT_BUYER.upper()[-32:]])
def test_a_paid_bill_is_a_payment_whether_or_not_the_buyer_is_signed(text: str) -> None:
    query = text if "=" in text else f"{PAID}&checksum={text}"
    for request in (get(query), post(query)):
        engine = Engine()
        replies = [say(request, engine) for _ in range(2)]
        assert [(each.status, each.body) for each in replies] == [(200, b"OK")] * 2
        (paid,) = engine.paid.values()
        assert (paid.txn, paid.account, paid.amount) == (
            *("invoice-81234567", "100042"),
            Money(500000, "AMD"),
        )
        assert paid.provider_time == datetime(2026, 11, 20, 8, tzinfo=UTC)


@pytest.mark.parametrize("query", [WITHOUT_BUYER, WITH_BUYER])
def test_any_altered_byte_of_what_is_signed_pays_nobody(query: str) -> None:
    unsigned = range(query.index("buyer"), query.index("&currency"))
    for place in range(len(query)):
        altered = query[:place] + ("7" if query[place] != "7" else "8") + query[place + 1 :]
        engine = Engine()
        say(get(altered), engine)
        # A name or a number of the buyer that nobody signed decides nothing.
        assert engine.paid == {} or (query == WITHOUT_BUYER and place in unsigned), altered


def test_a_new_bill_is_a_question_and_one_that_ended_moves_nothing() -> None:
    engine = Engine()
    kinds = {"NEW": Check, "PAID": Pay, "REJECTED": Query, "CANCELED FOR REPEAT": Query}
    for status, kind in kinds.items():
        found = exchange(TELLCELL, WALLET, tell(status, "100245"), engine)
        assert isinstance(found.operation, kind)
        assert (found.reply.status, found.reply.body) == (200, b"OK")
    assert len(engine.paid) == 1


def test_a_refusal_says_why_and_another_amount_is_one() -> None:
    engine = Engine()
    exchange(TELLCELL, WALLET, tell("PAID", "100245"), engine)
    other = exchange(TELLCELL, WALLET, tell("PAID", "100245", sum="251.00"), engine).reply
    assert (other.status, other.body) == (400, b"Transaction data differ")


def test_a_date_that_is_none_does_not_stop_a_payment() -> None:
    found = exchange(TELLCELL, WALLET, tell("PAID", "100245", time="noon"), Engine())
    assert isinstance(found.operation, Pay)
    assert found.operation.provider_time is None


def test_a_wallet_without_its_key_takes_nothing() -> None:
    account = replace(WALLET, credentials={})
    assert exchange(TELLCELL, account, get(WITHOUT_BUYER), Engine()).reply.status == 403
