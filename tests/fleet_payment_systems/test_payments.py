"""POST /driver/v1/payments: a bill is issued once, and never by a guess (FP-12, FP-15)."""

import json
from contextlib import AbstractContextManager

import pytest

from fleet_payment_systems.model import Limits
from shared.money import Money
from tests.fleet_payment_systems.desk import event_of
from tests.support import calls
from tests.support.bills import AMOUNT, CALLER, Driver, wallet_in
from tests.support.faults import Fault
from tests.support.intrinsics import Json
from tests.support.park import SERVICE, Park


@pytest.fixture
def qiwi(here: Park) -> Driver:
    return Driver(here, wallet_in(here, "qiwi"), "qiwi")


@pytest.fixture
def paystack(here: Park) -> Driver:
    return Driver(here, wallet_in(here, "paystack"), "paystack")


def test_a_bill_of_qiwi_is_issued_to_the_drivers_phone(qiwi: Driver) -> None:
    status, body = qiwi.create()

    assert status == 201
    assert (body["state"], body["sub_state"], body["amount"]) == ("accepted", "issued", AMOUNT)
    assert "pay_url" not in body
    assert body["expires_at"] == "2026-01-02T11:00:00.000Z"
    (issued,) = qiwi.issued()
    assert (issued["payer"], issued["amount"], issued["status"]) == (
        "9161234567",
        50_000,
        "waiting",
    )


def test_a_bill_of_paystack_has_a_page(paystack: Driver) -> None:
    status, body = paystack.create()

    assert status == 201
    assert body["pay_url"].startswith("https://checkout.")
    (issued,) = paystack.issued()
    assert issued["payer"] == "d100042@park77.example"


def test_a_repeat_gives_the_same_payment_and_no_second_bill(qiwi: Driver) -> None:
    first, again = qiwi.create(), qiwi.create()

    assert (first[0], again[0]) == (201, 200)
    assert first[1] == again[1]
    assert len(qiwi.issued()) == 1


@pytest.mark.parametrize("change", [{"amount": "1.00"}, {"phone": "+79160000000"}])
def test_a_repeat_that_says_another_thing_is_refused(qiwi: Driver, change: dict[str, str]) -> None:
    qiwi.create()

    status, body = qiwi.create(**change)

    assert (status, body["code"]) == (422, "idempotency_mismatch")
    assert len(qiwi.issued()) == 1


def test_a_driver_has_one_open_bill_in_a_wallet(qiwi: Driver) -> None:
    _, first = qiwi.create()

    status, body = qiwi.create("k-2")

    assert (status, body["code"]) == (409, "payment_open")
    assert body["details"]["payment_id"] == first["payment_id"]


def test_an_ended_bill_makes_room_for_another(qiwi: Driver) -> None:
    qiwi.create()
    qiwi.refuses()
    qiwi.wait(6)
    assert qiwi.bill()["step"] == "declined"

    assert qiwi.create("k-2")[0] == 201
    assert qiwi.create("k-3")[1]["code"] == "payment_open"


def test_drivers_and_wallets_do_not_stand_in_each_others_way(here: Park, qiwi: Driver) -> None:
    other = Driver(here, qiwi.wallet, "qiwi", driver_id="d-100042")
    second = Driver(here, wallet_in(here, "qiwi"), "qiwi")

    assert [one.create(f"k-{at}")[0] for at, one in enumerate((qiwi, other, second))] == [201] * 3


def lose(fault: Fault) -> AbstractContextManager[None]:
    """The payment system's answers get lost, or it is never reached."""
    return calls.intercepting(lambda call: fault if call.service == "http" else None)


@pytest.mark.parametrize("fault", [Fault.LOST_ANSWER_FINAL, Fault.THROTTLED_ONCE])
def test_when_nobody_knows_the_bill_is_looked_up_and_stays_one(qiwi: Driver, fault: Fault) -> None:
    with lose(fault):
        status, body = qiwi.create()
    assert (status, body["state"], body["sub_state"]) == (201, "accepted", "issuing")
    assert qiwi.create() == (200, body)

    qiwi.wait(26)
    assert qiwi.bill()["step"] == "issued"
    assert len(qiwi.issued()) == 1


def test_a_page_whose_address_got_lost_frees_the_driver_for_another_try(paystack: Driver) -> None:
    """Paystack took the reference and tells the address to nobody again."""
    with lose(Fault.LOST_ANSWER_FINAL):
        _, body = paystack.create()

    paystack.wait(26)

    _, found = paystack.get(body["payment_id"])
    assert (found["state"], found["reason"]) == ("rejected", "link_lost")
    assert paystack.create("k-2")[0] == 201


@pytest.mark.parametrize(
    ("system", "broken", "reason"),
    [
        ("qiwi", {"password": "wrong"}, "qiwi_150"),
        ("paystack", {"key": "sk_wrong"}, "paystack_401"),
    ],
)
def test_a_refusal_of_the_system_is_the_payments_reason(
    here: Park, system: str, broken: dict[str, str], reason: str
) -> None:
    driver = Driver(here, wallet_in(here, system, **broken), system)

    status, body = driver.create()

    assert (status, body["state"], body["reason"]) == (201, "rejected", reason)
    assert driver.create()[1] == body
    assert here.tasks() == []
    assert ("FpsBillRefused", 1, (f"Provider={system}",)) in here.measured


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"amount": "0"}, 422, "amount_invalid"),
        ({"amount": "0.99"}, 422, "amount_too_small"),
        ({"amount": "1000.01"}, 422, "amount_too_large"),
        ({"amount": "ten"}, 400, "validation_failed"),
        ({"amount": "1e3"}, 400, "validation_failed"),
        ({"phone": "+49161234567"}, 422, "payer_invalid"),
        ({"key": ""}, 400, "idempotency_key_required"),
        ({"wallet_id": "01KBGT5R00DEMO00000000000A"}, 404, "wallet_not_found"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_and_leaves_nothing(
    here: Park, said: dict[str, str], status: int, code: str
) -> None:
    limits = Limits(Money(100, "RUB"), Money(100_000, "RUB"))
    driver = Driver(here, wallet_in(here, "qiwi", limits=limits), "qiwi")

    told, body = driver.create(**said)

    assert (told, body["code"]) == (status, code)
    left = [*here.transactions(), *here.rows("claims"), *here.rows("tasks"), *driver.issued()]
    assert left == []


def test_the_days_limit_counts_bills_as_other_payments(here: Park) -> None:
    limits = Limits(daily=Money(60_000, "RUB"))
    one = Driver(here, wallet_in(here, "qiwi", limits=limits), "qiwi")
    other = Driver(here, one.wallet, "qiwi", driver_id="d-100042")

    assert one.create()[0] == 201
    assert other.create()[1]["code"] == "amount_too_large"
    assert [row["total"] for row in here.rows("days")] == [50_000]


def test_a_wallet_that_is_off_takes_no_new_bills(here: Park, qiwi: Driver) -> None:
    _, first = qiwi.create()
    here.change(qiwi.wallet, enabled=False)
    other = Driver(here, qiwi.wallet, "qiwi", driver_id="d-100042")

    assert other.create()[1]["code"] == "payments_off"
    assert qiwi.create() == (200, first)


@pytest.mark.parametrize("changes", [{"park_id": "park-8"}, {"system": "plain", "currency": "UZS"}])
def test_a_wallet_of_another_park_or_without_bills_is_not_there(
    here: Park, changes: dict[str, str]
) -> None:
    driver = Driver(here, here.open_wallet(**changes), "qiwi")

    assert driver.create()[1]["code"] == "wallet_not_found"


def test_a_caller_of_another_role_is_a_403_and_a_call_for_nobody_a_400(qiwi: Driver) -> None:
    sample = event_of("payments")
    for headers, caller, told in (
        ({}, CALLER.replace("/pro/", "/dispatcher/"), (403, "caller_not_allowed")),
        ({}, "", (403, "caller_not_allowed")),
        ({"x-park-id": "a,b"}, CALLER, (400, "park_required")),
        ({"x-driver-id": ""}, CALLER, (400, "driver_required")),
        ({"x-driver-id": "d#1"}, CALLER, (400, "driver_required")),
    ):
        asked: Json = json.loads(json.dumps(sample))
        asked["headers"] |= headers
        asked["requestContext"]["authorizer"]["iam"]["userArn"] = caller
        status, body = qiwi.park.town.call(SERVICE, "payments", asked)
        assert (status, body["code"]) == told


def test_neither_phone_nor_credentials_are_in_what_is_logged(
    here: Park, capfd: pytest.CaptureFixture[str]
) -> None:
    driver = Driver(here, wallet_in(here, "qiwi", password="wrong-canary-77"), "qiwi")
    driver.create()
    here.take_down("qiwi", 1)
    driver.create("k-2")

    written = "".join(capfd.readouterr())
    for hidden in ("canary", "9161234567", "d100042@"):
        assert hidden not in written
