"""Every dispatchers' route: who may call it, and whose wallets he sees (FP-45, 0.3 decision 22)."""

import pytest

from fleet_payment_systems.schema.dispatchers import Dispatchers
from shared.errors import Forbidden
from shared.http import Request
from tests.fleet_payment_systems.desk import ROUTES, Desk, everything, sample
from tests.support.intrinsics import Json

EVERY_ROUTE = pytest.mark.parametrize("function", ROUTES)
OF_ONE_WALLET = [name for name, (_method, path) in ROUTES.items() if "{wallet_id}" in path]
# A question too long for a query is a POST as well.
CHANGES = [
    name
    for name, (method, _path) in ROUTES.items()
    if method != "GET" and name != "transactions_list"
]
# An export must be ordered before it is looked at: test_transactions_export_get.py.
AT_ONCE = [name for name in ROUTES if name != "transactions_export_get"]
STRANGERS = [
    "",
    "arn:aws:iam::123456789012:user/dispatcher",
    "arn:aws:sts::123456789012:assumed-role/other/dispatcher",
    "arn:aws:sts::123456789012:assumed-role/dispatcher-2/backend",
    "arn:aws:sts::123456789012:assumed-role/dispatcher",
    "x:arn:aws:sts::123456789012:assumed-role/dispatcher/backend",
]


def call(desk: Desk, function: str, wallet: Json) -> tuple[int, Json]:
    return desk.call(function, sample(function) or None, wallet["wallet_id"])


@pytest.mark.parametrize("function", AT_ONCE)
def test_a_dispatcher_is_served_in_his_own_park(desk: Desk, function: str) -> None:
    status, body = call(desk, function, desk.wallet())
    assert status in (200, 201, 202, 204), body


@pytest.mark.parametrize("function", OF_ONE_WALLET)
def test_another_parks_wallet_does_not_exist(desk: Desk, function: str) -> None:
    wallet = desk.wallet()
    desk.link(wallet)
    before = everything()

    status, body = call(desk.other(), function, wallet)

    assert (status, body["code"]) == (404, "wallet_not_found")
    assert everything() == before


@EVERY_ROUTE
def test_a_call_for_no_park_is_a_400(desk: Desk, function: str) -> None:
    wallet = desk.wallet()
    before = everything()
    for desk.park_id in ("", "a,b", "park#7", "x" * 65):
        status, body = call(desk, function, wallet)
        assert (status, body["code"]) == (400, "park_required"), desk.park_id
    assert everything() == before


@EVERY_ROUTE
def test_a_caller_of_another_role_is_a_403(desk: Desk, function: str) -> None:
    wallet = desk.wallet()
    before = everything()
    for desk.caller in STRANGERS:
        status, body = call(desk, function, wallet)
        assert (status, body["code"]) == (403, "caller_not_allowed"), desk.caller
    assert everything() == before


@pytest.mark.parametrize("function", CHANGES)
def test_a_change_that_nobody_answers_for_is_a_400(desk: Desk, function: str) -> None:
    wallet = desk.wallet()
    before = everything()
    desk.user_id = ""

    status, body = call(desk, function, wallet)

    assert (status, body["code"]) == (400, "operator_required")
    assert everything() == before


def request_of(caller: str) -> Request[None]:
    headers = {"x-park-id": "park-7"}
    return Request(None, {}, {}, headers, {"iam": {"userArn": caller}}, b"", "127.0.0.1")


@pytest.mark.parametrize(
    ("roles", "caller", "allowed"),
    [
        ("a, b", "arn:aws:sts::123456789012:assumed-role/b/s", True),
        ("arn:aws:iam::*:user/operator", "arn:aws:iam::000000000000:user/operator", True),
        ("arn:aws:iam::*:user/operator", "arn:aws:iam::0:user/x/operator", False),
        ("arn:aws:iam::*:user/operator", "arn:aws:iam::0:user/operator2", False),
        ("", "arn:aws:sts::123456789012:assumed-role/b/s", False),
        (" , ", "", False),
    ],
)
def test_roles_are_names_or_patterns(roles: str, caller: str, allowed: bool) -> None:
    dispatchers = Dispatchers.parse(roles)
    if allowed:
        assert dispatchers.reader(request_of(caller)).park_id == "park-7"
    else:
        with pytest.raises(Forbidden, match="caller_not_allowed"):
            dispatchers.reader(request_of(caller))
