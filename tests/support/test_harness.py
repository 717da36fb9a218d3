"""The proof harness proves itself: it sees what is wrong and lets pass what is right."""

import threading
from collections.abc import Callable
from math import comb
from types import FunctionType

import boto3
import pytest

from tests.support import calls, stage
from tests.support.atomic_moto import FakeAws
from tests.support.crash import (
    CrashesFailed,
    Injector,
    crashed_at,
    enumerate_crashes,
    fault_at,
    first_and_last,
)
from tests.support.faults import Crash, Fault
from tests.support.interleave import ScheduleFailed, explore, replay
from tests.support.refunds import Refunds
from tests.support.stage import SchedulingError


def http(name: str) -> None:
    calls.point("http", name, lambda: None)


def straight(count: int) -> Callable[[], None]:
    def actor() -> None:
        for number in range(count):
            http(str(number))

    return actor


def nothing(*_: object) -> None:
    pass


@pytest.mark.parametrize(("left", "right"), [(3, 3), (2, 4), (0, 2)])
def test_straight_line_actors_have_binomially_many_schedules(left: int, right: int) -> None:
    exploration = explore([straight(left), straight(right)], nothing, nothing)

    assert exploration.exhaustive
    assert exploration.schedules == comb(left + right, left)


def test_schedules_are_all_different() -> None:
    seen: list[str] = []
    order: list[str] = []

    def thrice(name: str) -> None:
        for _ in range(3):
            calls.point("http", name, lambda: order.append(name))

    actors = [lambda: thrice("a"), lambda: thrice("b")]
    explore(actors, order.clear, lambda _: seen.append("".join(order)))

    assert len(set(seen)) == len(seen) == comb(6, 3)


def test_preemption_bound_of_zero_runs_actors_one_after_the_other() -> None:
    exploration = explore([straight(3)] * 3, nothing, nothing, preemption_bound=0)

    assert exploration.schedules == 3 * 2 * 1


def test_naive_refund_over_refunds_in_some_schedules(refund: Refunds) -> None:
    actors = [lambda: refund.naive("a"), lambda: refund.naive("b")]

    with pytest.raises(ScheduleFailed, match="over-refund") as failure:
        explore(actors, refund.reset, refund.check_totals, keep_going=True)

    exploration = failure.value.exploration
    assert 0 < exploration.failed < exploration.schedules
    replay(actors, failure.value.schedule, refund.reset)
    with pytest.raises(AssertionError):
        refund.check_totals()


def test_transactional_refund_over_refunds_in_no_schedule(refund: Refunds) -> None:
    def actor(name: str) -> str:
        http("before")
        return refund.transactional(name)

    def check(_: object) -> None:
        refund.sweep()
        refund.check()

    exploration = explore([lambda: actor("a"), lambda: actor("b")], refund.reset, check)

    assert exploration.exhaustive
    assert exploration.schedules == comb(4, 2)


def test_outcomes_and_errors_of_actors_reach_the_check() -> None:
    def fails() -> None:
        http("x")
        raise ValueError("mine")

    played = replay([fails, lambda: 7], [], nothing)

    assert isinstance(played.outcomes[0].error, ValueError)
    assert played.outcomes[1].result() == 7


def test_one_actor_of_a_race_may_crash_without_the_other() -> None:
    def dies() -> None:
        with fault_at(2, Fault.BEFORE):
            straight(3)()

    played = replay([dies, straight(3)], [1, 0, 1, 0, 1], nothing)

    assert isinstance(played.outcomes[0].error, Crash)
    assert played.outcomes[1].error is None


def test_hanging_actor_is_an_error_with_its_stack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "PATIENCE_S", 0.2)
    blocker = threading.Event()

    def hangs() -> None:
        http("x")
        blocker.wait(5)

    with pytest.raises(SchedulingError, match=r"blocker\.wait"):
        replay([hangs, straight(2)], [], nothing)
    blocker.set()
    for thread in threading.enumerate():
        if thread.name.startswith("actor"):
            thread.join(5)


def test_schedule_that_does_not_fit_is_an_error() -> None:
    with pytest.raises(SchedulingError, match="turn 1: actor 0"):
        replay([straight(1), straight(3)], [0, 0], nothing)


def test_actor_that_differs_from_run_to_run_is_an_error() -> None:
    names = iter(range(1000))

    with pytest.raises(SchedulingError, match="differs"):
        explore([lambda: http(str(next(names)))] * 2, nothing, nothing)


def test_no_thread_is_left_behind() -> None:
    explore([straight(2)] * 2, nothing, nothing)

    assert not [thread for thread in threading.enumerate() if "actor" in thread.name]


def test_transactional_refund_survives_every_crash_point(refund: Refunds) -> None:
    def flow() -> None:
        refund.transactional("a")
        refund.sweep()

    report = enumerate_crashes(flow, refund.reset, refund.sweep, refund.check, tuple(Fault))

    operations = [call.operation for call in report.calls]
    assert operations == ["TransactWriteItems", "Scan", "SendMessage", "DeleteItem"]
    assert report.cases == 4 * len(Fault)
    assert crashed_at >= set(report.calls)


def test_flow_that_sends_before_commit_is_caught(refund: Refunds) -> None:
    with pytest.raises(CrashesFailed, match=r"> 1 sqs\.SendMessage") as failure:
        enumerate_crashes(lambda: refund.sends_first("a"), refund.reset, refund.sweep, refund.check)

    broken = {(case.at, case.fault) for case in failure.value.report.failures}
    assert broken == {(1, Fault.AFTER), (2, Fault.BEFORE)}


def test_increment_repeated_by_the_sdk_is_caught(refund: Refunds) -> None:
    with pytest.raises(CrashesFailed) as failure:
        enumerate_crashes(
            lambda: refund.naive("a", 30), refund.reset, nothing, refund.check, [Fault.LOST_ANSWER]
        )

    assert [case.calls[case.at - 1].operation for case in failure.value.report.failures] == [
        "UpdateItem"
    ]


def test_flow_with_other_calls_than_the_clean_run_is_an_error() -> None:
    runs = iter([3, 1, 1, 1])

    def flow() -> None:
        straight(next(runs))()

    with pytest.raises(CrashesFailed, match="not reached"):
        enumerate_crashes(flow, nothing, nothing, nothing, [Fault.THROTTLED_ONCE])


def test_of_a_poll_the_first_and_the_last_call_are_chosen() -> None:
    poll = [calls.Call("dynamodb", "GetItem", f"store.py:{line}") for line in range(3)]
    other = calls.Call("sqs", "SendMessage", "tasks.py:1")

    assert first_and_last([poll[0], other, *poll[1:]]) == [1, 2, 4]


def test_crash_passes_except_exception_and_the_dead_call_no_more() -> None:
    done: list[str] = []

    def flow() -> None:
        try:
            calls.point("http", "work", lambda: done.append("work"))
        except Exception:
            done.append("hidden")
        finally:
            calls.point("http", "clean up", lambda: done.append("clean up"))

    with pytest.raises(Crash), fault_at(1, Fault.BEFORE):
        flow()

    assert done == []


@pytest.mark.parametrize("kind", [Fault.AFTER, Fault.LOST_ANSWER, Fault.LOST_ANSWER_FINAL])
def test_lost_http_answer_was_applied(kind: Fault) -> None:
    done: list[str] = []

    with pytest.raises((Crash, OSError)), fault_at(1, kind):
        calls.point("http", "hold", lambda: done.append("hold"))

    assert done == ["hold"]


def test_refused_http_call_was_not_applied() -> None:
    done: list[int] = []

    with fault_at(1, Fault.THROTTLED_ONCE):
        status = calls.point("http", "hold", lambda: done.append(1), refused=lambda: None)

    assert (status, done) == (None, [])


def test_operation_can_be_served_in_this_process(aws: FakeAws) -> None:
    client = boto3.client("lambda")

    with (
        calls.serving("lambda", "Invoke", lambda asked: {"StatusCode": len(asked)}),
        calls.intercepting(injector := Injector()),
    ):
        answer = client.invoke(FunctionName="dev-qr_orders-create", Payload=b"{}")

    assert answer == {"StatusCode": 2}
    assert [call.service for call in injector.calls] == ["lambda"]


def test_calls_made_outside_are_no_points(refund: Refunds) -> None:
    with calls.intercepting(injector := Injector()):
        with calls.outside():
            refund.sent()
        http("inside")

    assert [call.operation for call in injector.calls] == ["inside"]


@pytest.mark.parametrize(
    ("folder", "site"),
    [
        ("functions/qr_orders/create.py", "functions/qr_orders/create.py:2"),
        ("layers/shared/python/shared/store.py", "layers/shared/python/shared/store.py:2"),
        ("tests/elsewhere.py", "-"),
    ],
)
def test_call_site_is_the_nearest_frame_of_our_code(folder: str, site: str) -> None:
    code = compile("# a line before\nhttp('x')", str(calls.ROOT / folder), "exec")

    with calls.intercepting(injector := Injector()):
        FunctionType(code, {"http": http})()

    assert injector.calls[0].call_site == site
