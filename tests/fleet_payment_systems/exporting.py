"""Transactions of a park as if they had been paid, and the files that people order of them."""

import csv
import io
import json
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import Any, Final

from openpyxl import load_workbook

from fleet_payment_systems.model import Direction, Step, Transaction
from fleet_payment_systems.store.money import MoneyStore
from shared import aws
from shared.clock import to_iso, to_ms
from shared.money import Money
from shared.queue import task_app
from shared.store import Transaction as Writes
from shared.store import commit
from shared.tasks import TaskRow
from tests.fleet_payment_systems.desk import Desk
from tests.support import privileges
from tests.support.aws_world import Context
from tests.support.intrinsics import Json
from tests.support.park import WIRING

START: Final = datetime.fromisoformat("2026-01-02T10:00:00+00:00")
YEAR: Final = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}
_NUMBERS: Final = count(1)


def paid(park_id: str, minute: int, **changes: Any) -> Transaction:
    """A transaction of `minute` past START, stored; `changes` are of model.Transaction."""
    at, number = START + timedelta(minutes=minute), next(_NUMBERS)
    found = Transaction(
        tx_id=f"{to_ms(at) << 21 | number:019d}",
        park_id=park_id,
        wallet_id="w-1",
        system="uzpaynet",
        direction=Direction.CALLBACK,
        txn=f"t-{number}",
        driver_id="d-1",
        account="100245",
        amount=Money(1000, "UZS"),
        commission=Money(15, "UZS"),
        step=Step.DONE,
        version=1,
        created_at=at,
        updated_at=at,
        billing_done_at=at,
    )
    found = replace(found, **changes)
    writes = Writes()
    MoneyStore().add(writes, found, "test")
    commit(writes)
    return found


def ask(desk: Desk, **more: Any) -> Json:
    """The page of a good question."""
    status, body = desk.call("transactions_list", YEAR | more)
    assert status == 200, body
    return body


def minutes(page: Json) -> list[int]:
    """When, in minutes past START, a page's transactions were made."""
    moments = [datetime.fromisoformat(one["created_at"]) for one in page["transactions"]]
    return [int((moment - START).total_seconds()) // 60 for moment in moments]


def order(desk: Desk, kind: str = "csv", key: str = "", **more: Any) -> Json:
    wanted = YEAR | {"format": kind} | more
    status, body = desk.call("transactions_export", wanted, key=key)
    assert status == 202, body
    return body


def open_tasks(park_id: str) -> list[str]:
    """Ids of the park's exports that are not written yet."""
    found = [row.task_id for row in TaskRow.scan()]
    return [task_id for task_id in found if task_id.startswith(f"fps_export#{park_id}#")]


def app_of(**bounds: int) -> Any:
    """The task's function, with other bounds."""
    writer = replace(WIRING.export_writer(), **bounds)
    return task_app("fps_export", WIRING.tasks(), writer.write)


def wake(app: Any, task_id: str) -> Json:
    """One delivery to the task's function."""
    record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
    with privileges.running("fleet_payment_systems/tasks.export"):
        answer: Json = app({"Records": [record]}, Context())
    return answer


def export_of(desk: Desk, export_id: str) -> Json:
    status, body = desk.call("transactions_export_get", export_id=export_id)
    assert status == 200, body
    return body


def stored(key: str) -> bytes:
    bucket = "test-fps-exports-123456789012-eu-central-1"
    content: bytes = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    return content


def csv_lines(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def xlsx_lines(content: bytes) -> list[dict[str, Any]]:
    """Cells as a spreadsheet reads them: sums as numbers with two decimals."""
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    head, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def minor(value: object) -> int:
    return int(Decimal(str(value)) * 100)


def moment(minute: int) -> str:
    return to_iso(START + timedelta(minutes=minute))
