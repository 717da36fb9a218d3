"""functions/sandbox/fleet_transactions.py: drivers by account, a record once a token (B.9)."""

import pytest

from shared.http_event import event
from tests.sandbox.engine import Call
from tests.support.aws_world import World
from tests.support.intrinsics import Json

DRIVERS = "/fleet_transactions/v1/parks/{park_id}/driver-profiles"
RECORDS = f"{DRIVERS}/{{driver_id}}/transactions"
LEDGER = "/fleet_transactions/v1/ledger/{park_id}"


def find(world: World, account: str, by: str = "pay_code") -> tuple[int, Json]:
    asked = event("GET", DRIVERS, path={"park_id": "p"}, query={"account": account, "by": by})
    return world.invoke(world.load("sandbox", "fleet_transactions"), asked)


def record(
    world: World, token: str, amount: str = "10.00", driver_id: str = "d-100245"
) -> tuple[int, Json]:
    said = {"category_id": "topup", "amount": amount, "currency": "UZS"}
    asked = event(
        "POST",
        RECORDS,
        path={"park_id": "p", "driver_id": driver_id},
        body=said | {"description": "plain t-1", "event_at": "2026-01-02T10:00:00.000Z"},
        headers={"X-Idempotency-Token": token} if token else {},
    )
    return world.invoke(world.load("sandbox", "fleet_transactions"), asked)


@pytest.mark.parametrize(
    ("account", "name", "status"),
    [
        ("100245", "Petro K.", "active"),
        ("100042", "Ivan P.", "active"),
        ("100777", "Driver 77", "blocked"),
    ],
)
def test_a_driver_is_found_by_his_account(
    world: World, account: str, name: str, status: str
) -> None:
    driver = {"driver_id": f"d-{account}", "name_masked": name, "status": status}
    assert find(world, account) == (200, driver)


@pytest.mark.parametrize("account", ["999999", "999"])
def test_nobody_has_another_account(world: World, account: str) -> None:
    status, refused = find(world, account)
    assert (status, refused["code"]) == (404, "driver_not_found")


def test_a_driver_is_asked_for_in_a_known_way(world: World) -> None:
    assert find(world, "100245", by="name")[0] == 400


def test_a_record_sent_twice_is_one_and_the_second_answer_names_it(
    world: World, call: Call
) -> None:
    status, first = record(world, "t-1")
    again, refused = record(world, "t-1")

    assert (status, again, refused["code"]) == (200, 409, "replay")
    assert refused["details"]["transaction_id"] == first["transaction_id"]
    (kept,) = call("GET", LEDGER, park_id="p")[1]["transactions"]
    assert (kept["token"], kept["amount"], kept["driver_id"]) == ("t-1", "10.00", "d-100245")


def test_a_token_with_other_content_is_a_conflict(world: World) -> None:
    record(world, "t-1")
    status, refused = record(world, "t-1", "11.00")
    assert (status, refused["code"], refused["details"]) == (409, "idempotency_conflict", {})


@pytest.mark.parametrize(("token", "driver", "status"), [("", "d-1", 400), ("t", "d-9", 404)])
def test_a_record_needs_a_token_and_a_driver(
    world: World, token: str, driver: str, status: int
) -> None:
    assert record(world, token, driver_id=driver)[0] == status


def test_a_failed_call_records_nothing(world: World, call: Call) -> None:
    call("POST", "/fleet_transactions/faults", {"fail_next": 2})
    assert (record(world, "t-1")[0], find(world, "100245")[0]) == (503, 503)
    assert call("GET", LEDGER, park_id="p") == (200, {"transactions": []})
