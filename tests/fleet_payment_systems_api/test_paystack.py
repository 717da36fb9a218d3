"""functions/fleet_payment_systems_api/paystack.py: a webhook makes us verify, and nothing else."""

import json
from collections.abc import Iterator

import pytest

from tests.support.bills import MINOR, Driver, wallet_in
from tests.support.intrinsics import ROOT, Json
from tests.support.park import Park, park


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with park() as found:
        yield found


@pytest.fixture
def driver(place: Park) -> Iterator[Driver]:
    empty = place.aws.snapshot()
    found = Driver(place, wallet_in(place, "paystack"), "paystack")
    found.create()
    yield found
    place.aws.restore(empty)
    place.measured.clear()


def step(driver: Driver) -> str:
    return str(driver.bill()["step"])


def test_a_webhook_of_a_paid_bill_makes_it_a_credit_at_once(driver: Driver) -> None:
    assert driver.hook(driver.pays()) == 200
    driver.park.deliver()

    assert step(driver) == "done"
    assert [row["amount"] for row in driver.park.billing()] == [MINOR]


def test_the_same_webhook_again_is_answered_alike_and_writes_nothing(driver: Driver) -> None:
    said = driver.pays()
    driver.hook(said)
    driver.park.deliver()
    before = driver.park.aws.snapshot().rows

    assert [driver.hook(said), driver.hook(said)] == [200, 200]

    assert driver.park.aws.snapshot().rows == before
    assert driver.park.tasks() == []


def test_a_webhook_of_a_bill_that_is_not_ours_is_well_received(driver: Driver) -> None:
    lie: Json = json.loads(json.dumps(driver.pays()))
    lie["data"]["reference"] = "park77-100042-1"
    before = driver.park.aws.snapshot().rows

    assert driver.hook(lie) == 200

    assert driver.park.aws.snapshot().rows == before


def test_a_webhook_before_the_payment_only_makes_us_look(driver: Driver) -> None:
    bill = driver.bill()
    data = {"status": "success", "reference": bill["txn"], "amount": MINOR, "currency": "NGN"}

    assert driver.hook({"event": "charge.success", "data": data}) == 200
    driver.park.deliver()

    assert step(driver) == "issued"
    assert driver.park.billing() == []


def test_a_webhook_with_another_sum_is_an_alarm_and_no_credit(driver: Driver) -> None:
    bill = driver.bill()
    data = {"status": "success", "reference": bill["txn"], "amount": 1, "currency": "NGN"}

    assert driver.hook({"event": "charge.success", "data": data}) == 200
    driver.park.deliver()

    assert ("FpsBillMismatch", 1, ()) in driver.park.measured
    assert driver.park.billing() == []


def test_strangers_and_other_links_are_one_refusal(driver: Driver) -> None:
    said = driver.pays()
    other = driver.park.open_wallet()
    revoked = driver.park.add_link(driver.wallet)
    driver.park.revoke(revoked)

    told = [
        driver.hook(said, key="sk_test_other"),
        driver.hook(said, link=other.token),
        driver.hook(said, link=revoked.token),
        driver.hook(said, link="nobody's"),
    ]
    driver.park.deliver()

    assert told == [401] * 4
    assert driver.park.billing() == []


def test_what_is_signed_and_not_of_the_protocol_is_a_400(driver: Driver) -> None:
    assert [driver.hook("["), driver.hook('{"event":"charge.success"}')] == [400, 400]


def test_an_event_that_we_have_no_use_for_is_well_received(driver: Driver) -> None:
    assert driver.hook({"event": "charge.dispute.create", "data": {"id": 1}}) == 200


def test_the_sample_is_the_documents_own() -> None:
    text = (ROOT / "events/fleet_payment_systems_api/paystack.json").read_text("utf-8")
    assert len(json.loads(text)["body"]) == 246
