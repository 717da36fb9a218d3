"""Scenario 9 of SPEC C.1: a receipt is polled for twelve times, then less and less, then parked.

In one process on a clock of its own: it is given up after 72 hours.
"""

import json
from collections.abc import Iterator

import pytest

from tests.support.intrinsics import Json
from tests.support.orders import close, get, open_order, pay
from tests.support.town import Town, town

HOUR_S = 3600
PERIOD_S = 10
MOST_S = 12 * HOUR_S
EDA_S = 75 * HOUR_S


@pytest.fixture(scope="module")
def place() -> Iterator[Town]:
    """A town whose Eda needs 75 hours for a receipt."""
    with town(
        EdaReceiptDelaySec=str(EDA_S),
        ReceiptPollPeriodSec=str(PERIOD_S),
        ReceiptPollAttempts="12",
        ReceiptBackoffMaxSec=str(MOST_S),
    ) as found:
        yield found


def task(place: Town, order_id: str) -> Json:
    rows = place.rows("qr_orders-tasks")
    (found,) = [row for row in rows if row["task_id"].startswith("qr_order_render_receipt")]
    assert order_id in found["task_id"]
    return found


def polls(place: Town, order_id: str) -> Iterator[tuple[int, float]]:
    """Plays each poll when it is due until the task is parked: its number, the pause behind it."""
    while (row := task(place, order_id))["shard"] != "parked":
        late = row["due_at"] + 16_000 - place.aws.clock.milliseconds()
        place.aws.clock.advance(max(late, 0) / 1000)
        place.lose_messages()
        place.sweep()
        place.deliver()
        row = task(place, order_id)
        if row["shard"] != "parked":
            payload = json.loads(row["payload"])
            yield payload["polls"], (row["due_at"] - place.aws.clock.milliseconds()) / 1000


def test_a_receipt_is_polled_for_backed_off_parked_and_asked_for_again_by_hand(
    place: Town,
) -> None:
    order_id = open_order(place, external_order_id="patience")
    assert pay(place, order_id)[0] == 200
    place.settle(rounds=2)
    assert close(place, order_id)[0] == 200
    place.settle(rounds=2)

    pauses = dict(polls(place, order_id))

    assert {pause for poll, pause in pauses.items() if poll <= 12} == {PERIOD_S}
    assert [pauses[poll] for poll in (13, 14, 15)] == [20, 40, 80]
    assert max(pauses.values()) == MOST_S
    assert get(place, order_id)["receipts"][0]["state"] == "requested"
    place.sweep()
    assert place.deliver() == 0

    place.aws.clock.advance(4 * HOUR_S)
    wish = {"order_id": order_id, "dry_run": False}
    report = place.run("qr_orders", "ops.requeue_receipt", wish)
    assert [row["document_id"] for row in report["requeued"]] == [f"{order_id}-1/1"]
    place.settle(rounds=2)

    assert get(place, order_id)["receipts"][0]["state"] == "stored"
    assert order_id not in str(place.rows("qr_orders-tasks"))
