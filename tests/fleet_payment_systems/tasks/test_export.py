"""Task fps_export: pages, files without formulas, totals that equal the ledger (FP-06)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from fleet_payment_systems.model import Step
from shared.money import Money
from tests.fleet_payment_systems.desk import Desk
from tests.fleet_payment_systems.exporting import (
    app_of,
    csv_lines,
    export_of,
    minor,
    open_tasks,
    order,
    paid,
    stored,
    wake,
    xlsx_lines,
)
from tests.support.aws_world import World
from tests.support.clock import FakeClock
from tests.support.intrinsics import ROOT, Json

LATER = 60 * 24


@pytest.fixture
def at_work(desk: Desk, clock: FakeClock) -> Desk:
    """A desk a day after START, when what tests have stored is past."""
    clock.advance(LATER * 60)
    return desk


def written(desk: Desk, kind: str = "csv", bounds: Any = None, **more: Any) -> tuple[Json, bytes]:
    """The finished export and its file; at most 20 steps."""
    export_id, app = order(desk, kind, **more)["export_id"], app_of(**(bounds or {}))
    for _step in range(20):
        for task_id in open_tasks(desk.park_id):
            assert wake(app, task_id) == {"batchItemFailures": []}
    found = export_of(desk, export_id)
    assert (found["state"], open_tasks(desk.park_id)) == ("done", [])
    return found, stored(f"exports/{desk.park_id}/{export_id}.{kind}")


def test_a_csv_has_a_line_a_payment_oldest_first_and_totals_below(at_work: Desk) -> None:
    first, second = paid(at_work.park_id, 0), paid(at_work.park_id, 1, step=Step.QUEUED)

    export, content = written(at_work)

    assert content.startswith(b"\xef\xbb\xbftx_id,created_at,")
    one, two, accepted, processed = csv_lines(content)
    assert (one["tx_id"], two["tx_id"]) == (first.tx_id, second.tx_id)
    assert (one["amount"], one["commission"], one["sub_state"]) == ("10.00", "0.15", "done")
    assert (accepted["tx_id"], accepted["state"], accepted["amount"]) == (
        *("total", "accepted"),
        "10.00",
    )
    assert processed["reason"] == "transactions: 1"
    assert [one["count"] for one in export["totals"]] == [1, 1]


def test_the_mark_of_utf8_can_be_left_out(at_work: Desk) -> None:
    _, content = written(at_work, bom=False)
    assert content.startswith(b"tx_id,")


def test_an_xlsx_has_sums_as_numbers_and_ids_as_text(at_work: Desk) -> None:
    one = paid(at_work.park_id, 0, amount=Money(99_999_999_999_999, "UZS"))

    _, content = written(at_work, "xlsx")

    line, total = xlsx_lines(content)
    assert (line["tx_id"], total["tx_id"]) == (one.tx_id, "total")
    assert Decimal(str(line["amount"])) == Decimal("999999999999.99")
    assert minor(total["commission"]) == 15


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_is_a_formula(at_work: Desk, kind: str, sign: str) -> None:
    paid(at_work.park_id, 0, txn=f'{sign}HYPERLINK("http://x","y")', account="Ж,\n")

    _, content = written(at_work, kind)

    line = (csv_lines if kind == "csv" else xlsx_lines)(content)[0]
    assert str(line["txn"]).startswith("'" + sign.strip("\r"))
    assert line["account"] == "Ж,\n"


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("rows", [0, 1, 4, 5])
def test_pages_make_one_file_with_each_payment_once(at_work: Desk, kind: str, rows: int) -> None:
    made = [paid(at_work.park_id, minute) for minute in range(rows)]
    paid(at_work.park_id, rows, system="city24")

    export, content = written(
        at_work, kind, {"page_rows": 2, "read_rows": 2}, system="uzpaynet", driver_id="d-1"
    )

    lines = (csv_lines if kind == "csv" else xlsx_lines)(content)
    ids = [line["tx_id"] for line in lines if line["tx_id"] != "total"]
    assert ids == [one.tx_id for one in made]
    assert export["rows"] == rows


def test_what_is_made_after_the_order_is_not_in_it(at_work: Desk) -> None:
    paid(at_work.park_id, LATER)
    paid(at_work.park_id, LATER + 1)
    export, _ = written(at_work)
    assert export["rows"] == 1


def test_more_rows_than_a_file_may_have_end_it_with_a_reason(at_work: Desk) -> None:
    for minute in range(4):
        paid(at_work.park_id, minute)
    export_id, app = order(at_work)["export_id"], app_of(page_rows=2, read_rows=2, rows_max=3)
    for _step in range(2):
        wake(app, open_tasks(at_work.park_id)[0])

    found = export_of(at_work, export_id)

    assert (found["state"], found["reason"]) == ("failed", "too_many_rows")
    assert ("url" in found, open_tasks(at_work.park_id)) == (False, [])


def test_a_second_delivery_finds_nothing_to_do(at_work: Desk) -> None:
    order(at_work)
    (task_id,) = open_tasks(at_work.park_id)
    answers = [wake(app_of(), task_id) for _ in range(4)]
    assert answers == [{"batchItemFailures": []}] * 4
    assert open_tasks(at_work.park_id) == []


def test_the_sample_event_is_one_of_this_queue(world: World) -> None:
    """Of a task that is long done."""
    text = (ROOT / "events/fleet_payment_systems/export.json").read_text("utf-8")
    app = world.load("fleet_payment_systems", "tasks.export").app
    task_id = json.loads(json.loads(text)["Records"][0]["body"])["task_id"]
    assert task_id.startswith("fps_export#")
    assert wake(app, task_id) == {"batchItemFailures": []}
