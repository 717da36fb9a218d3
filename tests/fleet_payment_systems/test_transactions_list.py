"""functions/fleet_payment_systems/transactions_list.py: filters, pages, cursors (FP-05)."""

from typing import Any

import pytest

from fleet_payment_systems.model import Direction, Step
from fleet_payment_systems.use_cases import listing
from shared.money import Money
from tests.fleet_payment_systems.desk import Desk, sample
from tests.fleet_payment_systems.exporting import YEAR, ask, minutes, moment, paid


def test_the_park_sees_its_payments_newest_first_and_all_of_each(desk: Desk) -> None:
    paid(desk.park_id, 0)
    one = paid(desk.park_id, 1)
    paid(desk.other().park_id, 2)

    page = ask(desk)

    assert (minutes(page), "cursor" in page) == ([1, 0], False)
    assert page["transactions"][0] == {
        **{"tx_id": one.tx_id, "system": "uzpaynet", "wallet_id": "w-1", "driver_id": "d-1"},
        **{"account": "100245", "amount": "10.00", "commission": "0.15", "currency": "UZS"},
        **{"state": "processed", "sub_state": "done", "txn": one.txn},
        **{"direction": "callback", "created_at": moment(1), "processed_at": moment(1)},
    }


def test_a_range_has_its_beginning_and_not_its_end(desk: Desk) -> None:
    for minute in range(4):
        paid(desk.park_id, minute)
    assert minutes(ask(desk, **{"from": moment(1), "to": moment(3)})) == [2, 1]


@pytest.mark.parametrize(
    ("asked", "other"),
    [
        ({"system": "city24"}, {"system": "city24"}),
        ({"wallet_id": "w-2"}, {"wallet_id": "w-2"}),
        ({"driver_id": "d-2"}, {"driver_id": "d-2"}),
        ({"state": "rejected"}, {"step": Step.SUSPENSE}),
        ({"driver_id": "d-2", "state": "accepted"}, {"driver_id": "d-2", "step": Step.QUEUED}),
    ],
)
def test_a_filter_lets_its_own_pass(desk: Desk, asked: Any, other: Any) -> None:
    paid(desk.park_id, 0)
    paid(desk.park_id, 1, **other)
    assert minutes(ask(desk, **asked)) == [1]


@pytest.mark.parametrize("filters", [{}, {"driver_id": "d-1"}, {"state": "processed"}])
def test_pages_give_each_payment_once_while_new_ones_come(desk: Desk, filters: Any) -> None:
    for minute in range(5):
        paid(desk.park_id, minute)
    seen, cursor = [], {"cursor": ""}
    while cursor:
        page = ask(desk, limit=2, **cursor, **filters)
        seen += minutes(page)
        cursor = {"cursor": page["cursor"]} if "cursor" in page else {}
        paid(desk.park_id, 10)
    assert seen == [4, 3, 2, 1, 0]


def test_a_rare_filter_gives_short_pages_and_finds_all(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "_ROWS_A_READ", 2)
    monkeypatch.setattr(listing, "_READS_MAX", 1)
    for minute in range(5):
        paid(desk.park_id, minute, system="city24" if minute == 0 else "uzpaynet")

    first = ask(desk, system="city24")
    second = ask(desk, system="city24", cursor=first["cursor"])
    third = ask(desk, system="city24", cursor=second["cursor"])

    assert [minutes(page) for page in (first, second, third)] == [[], [], [0]]
    assert "cursor" not in third


def test_a_cursor_is_of_one_question_of_one_park(desk: Desk) -> None:
    for minute in range(3):
        paid(desk.park_id, minute)
    cursor = ask(desk, limit=1)["cursor"]
    for asker, more in (
        (desk, {"cursor": cursor, "state": "processed"}),
        (desk.other(), {"cursor": cursor}),
        (desk, {"cursor": cursor[:-2] + "AA"}),
        (desk, {"cursor": "é"}),
    ):
        status, body = asker.call("transactions_list", YEAR | {"limit": 1} | more)
        assert (status, body["code"]) == (400, "cursor_invalid")


def test_totals_are_of_the_page_by_currency_and_state_and_a_reversal_counts_against(
    desk: Desk,
) -> None:
    paid(desk.park_id, 0)
    paid(desk.park_id, 1, direction=Direction.REVERSAL, amount=Money(400, "UZS"))
    paid(desk.park_id, 2, amount=Money(7, "KZT"), commission=Money(0, "KZT"))
    paid(desk.park_id, 3, step=Step.QUEUED, billing_done_at=None)

    page = ask(desk)

    assert [tuple(one.values()) for one in page["page_totals"]] == [
        ("KZT", "processed", 1, "0.07", "0.00"),
        ("UZS", "accepted", 1, "10.00", "0.15"),
        ("UZS", "processed", 2, "6.00", "0.00"),
    ]
    assert [one["amount"] for one in page["transactions"]] == ["10.00", "0.07", "-4.00", "10.00"]
    assert "processed_at" not in page["transactions"][0]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"to": YEAR["from"]}, "range_invalid"),
        ({"from": "2026-01-01T00:00:00"}, "validation_failed"),
        ({"limit": 201}, "validation_failed"),
        ({"limit": 0}, "validation_failed"),
        ({"state": "done"}, "validation_failed"),
        ({"driver_id": "d/1"}, "validation_failed"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(desk: Desk, wrong: Any, code: str) -> None:
    status, body = desk.call("transactions_list", YEAR | wrong)
    assert (status, body["code"]) == (400, code)


def test_a_range_at_the_end_of_time_is_no_error(desk: Desk) -> None:
    paid(desk.park_id, 0)
    ages = {"from": "0001-01-01T00:00:00Z", "to": "9999-12-31T00:00:00Z"}
    assert minutes(ask(desk, **ages)) == [0]


def test_the_sample_event_asks_a_good_question(desk: Desk) -> None:
    status, body = desk.call("transactions_list", sample("transactions_list"))
    assert (status, body["transactions"]) == (200, [])


def test_who_may_not_speak_for_a_park_sees_nothing(desk: Desk) -> None:
    desk.caller = ""
    assert desk.call("transactions_list", YEAR)[0] == 403
