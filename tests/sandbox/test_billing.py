"""functions/sandbox/billing.py: an entry once a key, balances that are never negative (B.8)."""

import pytest

from shared.http_event import event
from tests.sandbox.engine import Call
from tests.support.aws_world import World
from tests.support.intrinsics import Json

ENTRIES = "/billing/v1/balance/entries"
DRIVER = {"park_id": "park-7", "driver_id": "d-100245"}


def entry(key: str, amount: str = "10.00", **changes: str) -> Json:
    said = {"currency": "UZS", "category": "topup", "event_at": "2026-01-02T10:00:00.000Z"}
    return {"idempotency_key": key, **DRIVER, "amount": amount, **said, "details": {}, **changes}


def ask(world: World, what: str, **query: str) -> Json:
    module = world.load("sandbox", "billing")
    status, body = world.invoke(module, event("GET", f"/billing/v1/{what}", query=DRIVER | query))
    assert status == 200, body
    return body


def test_an_entry_sent_twice_is_one_entry(call: Call, world: World) -> None:
    first, again = call("POST", ENTRIES, entry("k-1")), call("POST", ENTRIES, entry("k-1"))

    assert first == again
    assert (first[0], first[1]["balance_after"]) == (200, "10.00")
    (kept,) = ask(world, "ledger")["entries"]
    assert (kept["idempotency_key"], kept["amount"], kept["category"]) == ("k-1", "10.00", "topup")


@pytest.mark.parametrize("change", [{"amount": "10.01"}, {"category": "reversal"}])
def test_a_key_with_other_content_is_a_conflict(
    call: Call, world: World, change: dict[str, str]
) -> None:
    call("POST", ENTRIES, entry("k-1"))
    status, refused = call("POST", ENTRIES, entry("k-1", **change))

    assert (status, refused["code"]) == (409, "idempotency_conflict")
    assert ask(world, "balance") == {"balance": "10.00", "currency": "UZS"}


def test_a_negative_entry_takes_away_what_is_there_and_no_more(call: Call, world: World) -> None:
    call("POST", ENTRIES, entry("k-1"))
    status, refused = call("POST", ENTRIES, entry("k-2", "-10.01", category="reversal"))
    assert (status, refused["code"]) == (422, "insufficient_funds")

    assert call("POST", ENTRIES, entry("k-3", "-10.00", category="reversal"))[0] == 200
    assert ask(world, "balance")["balance"] == "0.00"


def test_a_repeat_is_answered_even_when_the_money_is_gone(call: Call) -> None:
    call("POST", ENTRIES, entry("k-1"))
    call("POST", ENTRIES, entry("k-2", "-10.00", category="reversal"))

    assert call("POST", ENTRIES, entry("k-2", "-10.00", category="reversal"))[0] == 200


@pytest.mark.parametrize(
    ("driver", "status", "code"),
    [("d-999999", 404, "driver_not_found"), ("d-100666", 422, "account_closed")],
)
def test_final_refusals_are_those_of_the_document(
    call: Call, driver: str, status: int, code: str
) -> None:
    told, refused = call("POST", ENTRIES, entry("k-1", driver_id=driver))
    assert (told, refused["code"]) == (status, code)


@pytest.mark.parametrize("amount", ["", "ten", "--1.00", "1.001", "1e3"])
def test_what_is_no_amount_is_malformed(call: Call, amount: str) -> None:
    assert call("POST", ENTRIES, entry("k-1", amount))[0] == 400


def test_parks_have_accounts_of_their_own(call: Call, world: World) -> None:
    call("POST", ENTRIES, entry("k-1", park_id="park-8"))
    assert ask(world, "balance")["balance"] == "0.00"
    assert ask(world, "balance", park_id="park-8")["balance"] == "10.00"


def test_a_failed_call_enters_nothing(call: Call, world: World) -> None:
    call("POST", "/billing/faults", {"fail_next": 1})
    assert call("POST", ENTRIES, entry("k-1"))[0] == 503
    assert ask(world, "ledger") == {"entries": []}
