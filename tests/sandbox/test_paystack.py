"""functions/sandbox/paystack.py: initialize, verify, and the payer on the page (B.14)."""

import pytest

from shared.http_event import event
from tests.sandbox.engine import Call
from tests.support.aws_world import World
from tests.support.intrinsics import Json

INITIALIZE = "/paystack/transaction/initialize"
VERIFY = "/paystack/transaction/verify/{reference}"
PAY = "/paystack/transactions/{reference}/pay"
WANTED = {
    **{"email": "d100042@park77.example", "amount": 500000, "currency": "NGN"},
    **{"reference": "r-1", "metadata": {"park": "77"}},
}


def ask(
    world: World, method: str, route: str, body: object = None, key: str = "sk_test_example"
) -> tuple[int, Json]:
    path = {"reference": "r-1"} if "{" in route else None
    headers = {"authorization": f"Bearer {key}"}
    asked = event(method, route, path=path, body=body, headers=headers)
    return world.invoke(world.load("sandbox", "paystack"), asked)


def test_a_reference_is_one_transaction_with_one_page(world: World) -> None:
    status, found = ask(world, "POST", INITIALIZE, WANTED)
    assert (status, found["status"], found["data"]["reference"]) == (200, True, "r-1")
    assert found["data"]["authorization_url"].startswith("https://")

    again, refused = ask(world, "POST", INITIALIZE, WANTED)
    assert (again, refused["status"], refused["code"]) == (400, False, "duplicate_reference")


def test_an_open_page_is_abandoned_until_it_is_paid(world: World, call: Call) -> None:
    ask(world, "POST", INITIALIZE, WANTED)
    assert ask(world, "GET", VERIFY)[1]["data"]["status"] == "abandoned"

    status, webhook = call("POST", PAY, {}, reference="r-1")

    assert (status, webhook["event"]) == (200, "charge.success")
    assert ask(world, "GET", VERIFY)[1]["data"] == webhook["data"]
    assert (webhook["data"]["amount"], webhook["data"]["metadata"]) == (500000, {"park": "77"})


def test_a_tester_pays_another_sum_or_refuses(world: World, call: Call) -> None:
    ask(world, "POST", INITIALIZE, WANTED)
    _, paid = call("POST", PAY, {"amount": "1.00", "currency": "NGN"}, reference="r-1")
    assert paid["data"]["amount"] == 100
    refused, _ = call("POST", "/paystack/transactions/{reference}/reject", reference="r-1")
    assert refused == 409


def test_an_unknown_reference_is_a_404(world: World) -> None:
    assert ask(world, "GET", VERIFY)[0] == 404


@pytest.mark.parametrize("key", ["", "pk_test_x", "sk_wrong"])
def test_a_wrong_key_is_a_401(world: World, key: str) -> None:
    assert ask(world, "POST", INITIALIZE, WANTED, key)[0] == 401
    assert ask(world, "GET", VERIFY, key=key)[0] == 401


def test_faults_are_met(world: World, call: Call) -> None:
    call("POST", "/paystack/faults", {"fail_next": 1})
    assert ask(world, "POST", INITIALIZE, WANTED)[0] == 503
