"""qr_partner_integration.limits: how often a till may call (QI-08, decision 14)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qr_partner_integration import limits
from qr_partner_integration.limits import CallLimit, NewOrderLimit
from qr_partner_integration.store import OrderCounts
from shared import aws, metrics
from shared.errors import TooManyRequests, Unavailable
from tests.qr_partner_integration.fakes import SERVICE
from tests.support.aws_world import aws_world
from tests.support.clock import FakeClock

TABLE = f"test-{SERVICE}-windows"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def counts() -> Iterator[OrderCounts]:
    with aws_world(SERVICE):
        yield OrderCounts(TABLE)


def taken(limit: CallLimit | NewOrderLimit, name: str = "k1", times: int = 1) -> int:
    """How many of `times` calls are let through."""
    return sum(_let_through(limit, name) for _ in range(times))


def _let_through(limit: CallLimit | NewOrderLimit, name: str) -> bool:
    try:
        limit.take(name)
    except TooManyRequests:
        return False
    return True


def test_a_key_may_call_a_burst_at_once_and_no_more(clock: FakeClock) -> None:
    assert taken(CallLimit(clock, 5, 20), times=50) == 20


def test_an_empty_bucket_fills_again_at_its_rate(clock: FakeClock) -> None:
    limit = CallLimit(clock, 5, 20)
    taken(limit, times=50)

    clock.advance(0.199)
    early = taken(limit)
    clock.advance(0.001)

    assert (early, taken(limit, times=2)) == (0, 1)


def test_after_the_pause_it_was_told_a_key_is_let_through(clock: FakeClock) -> None:
    limit = CallLimit(clock, 1, 1)
    limit.take("k1")

    with pytest.raises(TooManyRequests, match="rate_limited") as refusal:
        limit.take("k1")
    clock.advance(int(str(refusal.value.details["retry_after_sec"])))

    assert taken(limit) == 1


def test_a_bucket_never_holds_more_than_its_burst(clock: FakeClock) -> None:
    limit = CallLimit(clock, 5, 20)
    limit.take("k1")
    clock.advance(3600)
    assert taken(limit, times=50) == 20


def test_a_refused_call_does_not_lengthen_the_pause(clock: FakeClock) -> None:
    limit = CallLimit(clock, 1, 1)
    taken(limit, times=100)
    clock.advance(1)
    assert taken(limit) == 1


def test_one_key_does_not_use_up_the_calls_of_another(clock: FakeClock) -> None:
    limit = CallLimit(clock, 5, 20)
    taken(limit, "k1", times=50)
    assert taken(limit, "k2", times=50) == 20


def test_a_clock_that_goes_back_neither_gives_nor_takes(clock: FakeClock) -> None:
    limit = CallLimit(clock, 5, 20)
    start = clock.now()
    clock.advance(60)
    taken(limit, times=50)

    clock.set(start)
    at_once = taken(limit)
    clock.advance(1)

    assert (at_once, taken(limit, times=50)) == (0, 5)


@given(st.lists(st.integers(0, 2000), max_size=60), st.integers(1, 20), st.integers(1, 30))
def test_no_pattern_of_calls_beats_burst_and_rate(
    pauses_ms: list[int], rate: int, burst: int
) -> None:
    clock = FakeClock()
    limit, let_through = CallLimit(clock, rate, burst), 0
    for pause_ms in pauses_ms:
        clock.advance(pause_ms / 1000)
        let_through += taken(limit)
    assert let_through <= burst + sum(pauses_ms) * rate // 1000


def test_the_keys_that_are_remembered_are_bounded(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "_BUCKETS_MAX", 2)
    limit = CallLimit(clock, 1, 1)

    for name in ("idle", "busy", "busy", "new"):
        taken(limit, name)

    assert [taken(limit, name) for name in ("busy", "idle")] == [0, 1]


def test_a_minute_takes_its_number_of_new_orders_in_all_processes(
    counts: OrderCounts, clock: FakeClock
) -> None:
    one, other = (NewOrderLimit(OrderCounts(TABLE), clock, 3) for _ in range(2))
    assert taken(one, times=2) + taken(other, times=4) == 3


def test_the_next_minute_begins_anew_when_the_refusal_said(
    counts: OrderCounts, clock: FakeClock
) -> None:
    limit = NewOrderLimit(counts, clock, 1)
    clock.advance(42.5)
    limit.take("p_1")

    with pytest.raises(TooManyRequests, match="rate_limited") as refusal:
        limit.take("p_1")

    assert refusal.value.details == {"retry_after_sec": 18}
    clock.advance(18)
    assert taken(limit, "p_1") == 1


def test_one_restaurant_does_not_use_up_the_orders_of_another(
    counts: OrderCounts, clock: FakeClock
) -> None:
    limit = NewOrderLimit(counts, clock, 1)
    assert [taken(limit, each, times=2) for each in ("p_1", "p_2")] == [1, 1]


@pytest.mark.parametrize("limit", [1, 5])
def test_a_repeat_after_a_lost_answer_counts_once(
    counts: OrderCounts, clock: FakeClock, limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = aws.client("dynamodb")
    send = client._make_api_call

    def twice(operation: str, parameters: dict[str, object]) -> object:
        send(operation, parameters)
        return send(operation, parameters)

    monkeypatch.setattr(client, "_make_api_call", twice)
    let_through = counts.count("p_1", clock.now(), limit)
    monkeypatch.undo()

    (row,) = client.scan(TableName=TABLE)["Items"]
    assert (let_through, row["orders"]) == (True, {"N": "1"})


def test_a_count_is_kept_for_a_day(counts: OrderCounts, clock: FakeClock) -> None:
    counts.count("p_1", clock.now(), 5)
    (row,) = aws.client("dynamodb").scan(TableName=TABLE)["Items"]
    assert int(row["expires_at"]["N"]) == clock.milliseconds() // 1000 + 24 * 3600


def test_a_table_that_is_away_is_an_unknown_count(counts: OrderCounts, clock: FakeClock) -> None:
    with pytest.raises(Unavailable):
        OrderCounts("no-such-table").count("p_1", clock.now(), 5)


@dataclass
class _Broken:
    asked: list[str] = field(default_factory=list)

    def count(self, partner_id: str, minute: datetime, limit: int) -> bool:
        self.asked.append(partner_id)
        raise Unavailable("storage_unavailable")


def test_an_order_that_cannot_be_counted_is_let_through_and_seen(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(metrics, "count", counted.append)
    broken = _Broken()

    NewOrderLimit(broken, clock, 1).take("p_1")

    assert (broken.asked, counted) == (["p_1"], ["LimitNotCounted"])
