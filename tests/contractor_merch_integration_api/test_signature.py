"""Who may call: client, signature over the raw body, time, address; one refusal for all (CM-25)."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest

from local.cash_desk import CashDesk, Told
from tests.support.checkout import OPERATIONS, Checkout
from tests.support.intrinsics import Json

TRN = 900001
START_S = 1_767_348_000
REFUSED = (401, {"result": 41, "message": "signature"})


class Wire:
    """Sends what `desk` would, with another body or header."""

    def __init__(self, here: Checkout, **headers: str) -> None:
        self.here = here
        self.headers = headers
        self.body = b""

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Json]:
        changed = {**headers, **{name.replace("_", "-"): v for name, v in self.headers.items()}}
        told: tuple[int, Json] = self.here.send(url, self.body or body, changed)
        return told


def asked(desk: CashDesk, operation: str = "status") -> tuple[int, Json]:
    bodies: Json = {
        "authorize": lambda: desk.authorize(TRN, "YM1.ok", "5.00"),
        "refund": lambda: desk.refund(TRN, "R1", "5.00"),
        "reverse": lambda: desk.reverse(TRN),
        "status": lambda: desk.status(TRN),
    }
    told: Told = bodies[operation]()
    return told.status, told.body


def facts(desk: CashDesk, **changes: str) -> CashDesk:
    return replace(desk, facts={**desk.facts, **changes})


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_wrong_secret_is_refused_by_every_operation_and_changes_nothing(
    here: Checkout, operation: str
) -> None:
    assert asked(facts(here.desk, secret="x" * 43), operation) == REFUSED
    assert here.rows("trns") == here.rows("purchases") == []


@pytest.mark.parametrize("client_id", ["cm_0123456789abcdef", "cm_", "x" * 3000, "\u00e9", " "])
def test_an_unknown_client_is_refused_alike(here: Checkout, client_id: str) -> None:
    assert asked(facts(here.desk, client_id=client_id)) == REFUSED


def test_another_clients_secret_is_refused(here: Checkout) -> None:
    other = here.open_desk()

    assert asked(facts(here.desk, secret=other.facts["secret"])) == REFUSED


@pytest.mark.parametrize(
    "header", ["X_Client", "X_Timestamp", "X_Signature", "x_signature_twice", "upper", "bytes"]
)
def test_a_header_that_is_missing_doubled_or_spoilt_is_refused(here: Checkout, header: str) -> None:
    spoilt = {
        "x_signature_twice": {"X_Signature": "0" * 64 + "," + "0" * 64},
        "upper": {"X_Signature": "A" * 64},
        "bytes": {"X_Signature": "é" * 64},
    }.get(header, {header: ""})

    assert asked(replace(here.desk, send=Wire(here, **spoilt))) == REFUSED


def test_one_changed_byte_of_the_body_is_refused(here: Checkout) -> None:
    wire = Wire(here)
    wire.body = b'{"mobi_transaction_id": 900002}'

    assert asked(replace(here.desk, send=wire)) == REFUSED


def test_a_signature_of_another_operation_is_refused(here: Checkout) -> None:
    """Or a status that somebody saw would be a reverse."""
    here.desk.authorize(TRN, "YM1.ok", "5.00")
    seen: list[Mapping[str, str]] = []

    def keep(_url: str, _body: bytes, headers: Mapping[str, str]) -> tuple[int, Json]:
        seen.append(headers)
        return 200, {}

    replace(here.desk, send=keep).status(TRN)

    body = json.dumps({"mobi_transaction_id": TRN}).encode()
    told = here.send("https://desks.example/mobi/v1/reverse", body, seen[0])

    assert told == REFUSED
    assert here.desk.status(TRN).paid


@pytest.mark.parametrize(
    ("away_ms", "status"), [(-300_001, 401), (-300_000, 200), (300_000, 200), (300_001, 401)]
)
def test_the_replay_window_ends_to_the_millisecond(
    here: Checkout, away_ms: int, status: int
) -> None:
    """Our clock is so far from the second that the desk has written."""
    desk = replace(here.desk, now=lambda: START_S)
    here.clock.set(datetime.fromtimestamp(START_S, UTC) + timedelta(milliseconds=away_ms))

    assert asked(desk)[0] == status


@pytest.mark.parametrize(
    "stamp", ["", "0", "1.5", "-1767348000", " 1767348000", "١٧٦٧٣٤٨٠٠٠", "9" * 20]
)
def test_a_timestamp_that_is_none_is_refused(here: Checkout, stamp: str) -> None:
    body = json.dumps({"mobi_transaction_id": TRN}).encode()
    message = f"{stamp}\nstatus\n".encode() + body
    signature = hmac.digest(here.desk.facts["secret"].encode(), message, sha256).hex()
    headers = {
        "x-client": here.desk.facts["client_id"],
        "x-timestamp": stamp,
        "x-signature": signature,
    }

    assert here.send("https://desks.example/mobi/v1/status", body, headers) == REFUSED


def test_a_request_that_is_replayed_inside_the_window_has_no_second_effect(here: Checkout) -> None:
    """Each operation is idempotent by its numbers, and a desk may repeat the very same bytes."""
    sent: list[tuple[str, bytes, Mapping[str, str]]] = []

    def keep(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, Json]:
        sent.append((url, body, headers))
        told: tuple[int, Json] = here.send(url, body, headers)
        return told

    desk = replace(here.desk, send=keep)
    desk.authorize(TRN, "YM1.ok", "500.00")
    desk.refund(TRN, "R1", "200.00")
    before = (here.purchase(TRN), here.ledger())
    here.clock.advance(299)

    told = [here.send(*each)[1]["result"] for each in sent]

    assert told == [0, 0]
    assert (here.purchase(TRN), here.ledger()) == before


@pytest.mark.parametrize(
    ("ip", "status"), [("203.0.113.7", 200), ("203.0.114.7", 401), ("::1", 401), ("", 401)]
)
def test_a_client_with_a_list_calls_from_its_addresses_only(
    here: Checkout, ip: str, status: int
) -> None:
    desk = here.open_desk(ip_allowlist=["203.0.113.0/24"])
    from_there = replace(desk, send=lambda *sent: here.send(sent[0], sent[1], sent[2], ip))

    assert asked(from_there)[0] == status


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b"{",
        b'{"mobi_transaction_id": 1, "mobi_transaction_id": 2}',
        b'{"mobi_transaction_id": NaN}',
        b'{"mobi_transaction_id": 1e3}',
        '{"mobi_transaction_id": 1, "x": "\ufffd"}'.encode(),
        b'{"x": "' + b"x" * 70_000 + b'"}',
        b"[" * 5000,
    ],
)
def test_a_signed_body_that_is_malformed_is_400_in_the_protocol(
    here: Checkout, body: bytes
) -> None:
    stamp = str(here.clock.milliseconds() // 1000)
    message = f"{stamp}\nstatus\n".encode() + body
    signature = hmac.digest(here.desk.facts["secret"].encode(), message, sha256).hex()
    headers = {
        "x-client": here.desk.facts["client_id"],
        "x-timestamp": stamp,
        "x-signature": signature,
    }

    status, told = here.send("https://desks.example/mobi/v1/status", body, headers)

    assert (status, told["result"]) == (400, 40)


def test_storage_that_does_not_answer_is_unknown_in_the_protocol(
    here: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contractor_merch_integration_api.store import PurchaseStore
    from shared.errors import Unavailable

    def silent(*_: object) -> None:
        raise Unavailable("storage_unavailable")

    monkeypatch.setattr(PurchaseStore, "known", silent)

    assert asked(here.desk) == (503, {"result": 50, "message": "system_error"})
