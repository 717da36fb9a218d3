"""POST /mobi/v1/authorize: charged once a number, never declined out of ignorance (CM-05..08)."""

import pytest

from tests.support.checkout import Checkout
from tests.support.intrinsics import Json

TRN = 900001
BODY: Json = {
    **{"mobi_transaction_id": TRN, "qr": "YM1.ok", "amount": "5.00", "currency": "RUB"},
    **{"merchant": {"id": "m-17", "name": "Cafe"}, "terminal_id": "T77-01"},
}


def known(here: Checkout) -> list[str]:
    return [row["state"] for row in here.rows("purchases")]


def test_a_driver_who_need_not_be_asked_pays_at_once(here: Checkout) -> None:
    told = here.desk.authorize(TRN, "YM1.ok", "500.00")

    row = here.purchase(TRN)
    assert (told.status, told.body) == (
        200,
        {
            "result": 0,
            "mobi_transaction_id": TRN,
            "time": "2026-01-02T13:00:00+03:00",
            "message": "ok",
            "state": "PAID",
            "ya_transaction_id": row["ya_transaction_id"],
            "amount": "500.00",
            "currency": "RUB",
        },
    )
    assert here.balance(TRN) == 50000
    assert here.tasks() == []


def test_the_map_leads_from_their_number_to_ours_and_back(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")

    (trn,) = here.rows("trns")
    row = here.purchase(TRN)
    assert (trn["trn"], trn["ya_transaction_id"]) == ("mobi#900001", row["ya_transaction_id"])
    assert (row["aggregator"], row["trn"]) == ("mobi", "900001")


def test_the_same_request_again_is_the_same_purchase(here: Checkout) -> None:
    first, again = (here.desk.authorize(TRN, "YM1.ok", "500.00") for _ in range(2))

    assert first.body == again.body
    assert here.balance(TRN) == 50000


@pytest.mark.parametrize(
    "other", [{"amount": "600.00"}, {"qr": "YM1.ok.2"}, {"merchant": {"id": "m-2", "name": "B"}}]
)
def test_a_number_with_other_content_is_a_conflict_and_changes_nothing(
    here: Checkout, other: Json
) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    before = here.purchase(TRN)

    told = here.desk.authorize(TRN, **({"qr": "YM1.ok", "amount": "500.00"} | other))

    assert (told.result, told.state) == (30, "PAID")
    assert here.purchase(TRN) == before
    assert ("CmTrnConflict", 1, ()) in here.measured


@pytest.mark.parametrize(
    ("qr", "result"),
    [
        ("000", 10),
        ("YM1.expired", 11),
        ("YM1.used", 12),
        ("YM1.poor", 20),
        ("YM1.limit", 21),
        ("YM1.decline", 22),
        ("YM1.blocked", 23),
        ("YM1.closed", 23),
    ],
)
def test_each_refusal_has_its_code_and_is_final(here: Checkout, qr: str, result: int) -> None:
    first = here.desk.authorize(TRN, qr, "500.00")
    again, later = here.desk.authorize(TRN, qr, "500.00"), here.desk.status(TRN)

    assert {(each.result, each.state) for each in (first, again, later)} == {(result, "DECLINED")}
    assert here.ledger() == []
    assert here.tasks() == []


def test_a_code_of_the_drivers_app_is_good_once(here: Checkout) -> None:
    _, shown = here.outside("POST", "/v1/qr", body={"driver_id": "d-100245"})

    assert here.desk.authorize(TRN, shown["qr_code"], "500.00").paid
    assert here.desk.authorize(TRN + 1, shown["qr_code"], "500.00").result == 12


def test_silence_of_the_payments_service_is_unknown_and_looked_up_until_it_is_known(
    here: Checkout,
) -> None:
    here.take_down(2)
    told = here.desk.authorize(TRN, "YM1.ok", "500.00")
    assert (told.status, told.result, told.state) == (200, 51, "NEW")

    here.look()
    assert known(here) == ["NEW"]
    here.look(10)

    assert here.desk.status(TRN).paid
    assert here.balance(TRN) == 50000
    assert here.tasks() == []


def test_the_code_is_kept_only_until_the_payment_is_known(here: Checkout) -> None:
    here.take_down(1)
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    assert here.purchase(TRN)["qr"] == "YM1.ok"

    here.look()

    assert "qr" not in here.purchase(TRN)


def test_a_status_that_we_do_not_know_is_no_refusal(
    here: Checkout, monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox = here.town.module("sandbox", "merch_payments")
    create = type(sandbox.payments).create
    patched = lambda *said: create(*said) | {"status": "frozen"}  # noqa: E731
    monkeypatch.setattr(type(sandbox.payments), "create", patched)

    told = here.desk.authorize(TRN, "YM1.ok", "500.00")

    assert (told.result, told.state) == (51, "NEW")


def test_payments_are_counted_by_merchant(here: Checkout) -> None:
    here.desk.authorize(TRN, "YM1.ok", "500.00")
    here.desk.authorize(TRN + 1, "YM1.decline", "500.00")

    counted = [each for each in here.measured if each[0] == "CmPayments"]
    assert counted == [("CmPayments", 1, ("Merchant=m-17",))]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("mobi_transaction_id", 0),
        ("mobi_transaction_id", 2**63),
        ("mobi_transaction_id", "900001"),
        ("mobi_transaction_id", True),
        ("qr", ""),
        ("qr", "YM1 ok"),
        ("qr", "x" * 513),
        ("amount", "0"),
        ("amount", "0.00"),
        ("amount", "-1.00"),
        ("amount", "1.001"),
        ("amount", 500),
        ("currency", "USD"),
        ("terminal_id", "T 77"),
        ("merchant", {"id": "m 17", "name": "x"}),
        ("timeout", 14),
        ("timeout", 301),
    ],
)
def test_a_malformed_field_is_named_and_nothing_is_written(
    here: Checkout, field: str, value: object
) -> None:
    told = here.desk.ask("authorize", BODY | {field: value})

    assert (told.status, told.result) == (400, 40)
    assert told.body["message"].startswith(field)
    assert here.rows("trns") == []


@pytest.mark.parametrize(("amount", "minor"), [("500", 50000), ("0.01", 1), ("7.5", 750)])
def test_an_amount_is_exact(here: Checkout, amount: str, minor: int) -> None:
    here.desk.authorize(TRN, "YM1.ok", amount)

    assert here.balance(TRN) == minor
