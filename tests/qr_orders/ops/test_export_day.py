"""By hand, export_day: the orders of a day as lines of JSON."""

import json
from collections.abc import Iterator

import pytest

from qr_orders.use_cases import day_export
from shared import aws, trace
from tests.qr_orders.support import Shop, sample
from tests.support import calls
from tests.support.intrinsics import ACCOUNT, REGION, Json

BUCKET = f"test-qr-orders-reports-{ACCOUNT}-{REGION}"
FOLDER = "exports/orders/dt=2026-01-02"
DAY = {"day": "2026-01-02", "dry_run": False}


def files() -> dict[str, str]:
    with calls.outside():
        s3 = aws.client("s3")
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
        return {key: s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode() for key in keys}


@pytest.fixture(autouse=True)
def empty_bucket(here: Shop) -> Iterator[None]:
    yield
    with calls.outside():
        for key in files():
            aws.client("s3").delete_object(Bucket=BUCKET, Key=key)


def run(here: Shop, **wish: object) -> Json:
    answer: Json = here.world.run(here.module("ops.export_day"), DAY | wish)
    return answer


def test_day_is_written_with_its_sums_and_its_end(here: Shop) -> None:
    order_id = here.cleared()

    report = run(here)

    assert report == {
        **{"dry_run": False, "day": "2026-01-02", "orders": 1, "statuses": {"cleared": 1}},
        "folder": FOLDER,
    }
    written = files()
    assert set(written) == {f"{FOLDER}/part-{order_id}.jsonl", f"{FOLDER}/_SUCCESS"}
    row = json.loads(written[f"{FOLDER}/part-{order_id}.jsonl"])
    assert (row["order_id"], row["cleared"], row["refunded"]) == (order_id, "1570.00", "0.00")
    assert not {"user_id", "method", "payer_ip"} & set(row)


def test_repeat_writes_the_same_files(here: Shop) -> None:
    here.cleared()
    run(here)
    first = files()

    run(here)

    assert files() == first


def test_dry_run_counts_and_writes_nothing(here: Shop) -> None:
    here.cleared()

    assert run(here, dry_run=True)["orders"] == 1
    assert here.world.run(here.module("ops.export_day"), sample("export_day"))["orders"] == 0
    assert files() == {}


def test_export_without_time_says_where_to_go_on(
    here: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    order_id = here.cleared()
    left_s = iter((20.0, 14.0))
    monkeypatch.setattr(trace, "remaining_s", lambda: next(left_s, 14.0))
    monkeypatch.setattr(day_export, "_PAGE", 1)

    report = run(here)

    assert report["go_on_after"] == order_id
    assert f"{FOLDER}/_SUCCESS" not in files()
