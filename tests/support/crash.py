"""Crash points: a flow is run once per remote call and kind of fault, then recovered and checked.

A kind of fault that stops the process ends the flow with Crash; every other error of the flow is
the caller's answer and allowed. What must hold afterwards is the business of `check`.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice, product
from typing import Final

from tests.support import calls
from tests.support.calls import Call
from tests.support.faults import Crash, Fault, problem_of

Step = Callable[[], object]
KINDS: Final = (Fault.BEFORE, Fault.AFTER, Fault.LOST_ANSWER, Fault.THROTTLED_ONCE)
# Every call at which any enumeration of this process injected a fault, for the meta test.
crashed_at: Final[set[Call]] = set()


@dataclass(frozen=True, slots=True)
class Failure:
    """One broken case: the fault at the `at`-th call (1 is the first) and what was wrong then."""

    at: int
    fault: Fault
    calls: tuple[Call, ...]
    problem: str

    def __str__(self) -> str:
        lines = [f"call {self.at} {self.fault.name} ({self.fault.value}): {self.problem}"]
        for number, call in enumerate(self.calls, start=1):
            lines.append(f"  {'>' if number == self.at else ' '} {number} {call}")
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Report:
    """What an enumeration did: the calls of the clean run, the cases, how long it took."""

    calls: tuple[Call, ...]
    cases: int
    failures: tuple[Failure, ...]
    seconds: float


class CrashesFailed(AssertionError):
    """Some fault left the system in a state that `check` refuses."""

    def __init__(self, report: Report) -> None:
        found = "\n".join(map(str, report.failures))
        super().__init__(f"{len(report.failures)} of {report.cases} crash cases fail\n{found}")
        self.report = report


class Injector:
    """An interceptor that counts calls and injects one fault at one of them."""

    def __init__(self, at: int = 0, fault: Fault | None = None) -> None:
        self._at = at
        self._fault = fault
        self.calls: list[Call] = []

    def __call__(self, call: Call) -> Fault | None:
        self.calls.append(call)
        return self._fault if self.reached == self._at else None

    @property
    def reached(self) -> int:
        """How many calls were seen so far."""
        return len(self.calls)


@contextmanager
def fault_at(at: int, fault: Fault) -> Iterator[Injector]:
    """Inside, the `at`-th call of this context meets `fault`; also inside one actor of a race."""
    injector = Injector(at, fault)
    with calls.process(), calls.intercepting(injector):
        yield injector


def points_of(flow: Step) -> tuple[Call, ...]:
    """The calls of one run of `flow`: where `enumerate_crashes` injects its faults."""
    clean = Injector()
    with calls.process(), calls.intercepting(clean):
        flow()
    return tuple(clean.calls)


def every_call(made: Sequence[Call]) -> Sequence[int]:
    return range(1, len(made) + 1)


def first_and_last(made: Sequence[Call]) -> Sequence[int]:
    """Every call, but of those that one line makes again and again only the first and the last."""
    places: dict[tuple[str, str, str, str], list[int]] = {}
    for at, call in enumerate(made, start=1):
        site = (call.flow, call.service, call.operation, call.work_site)
        places.setdefault(site, []).append(at)
    return sorted({at for again in places.values() for at in (again[0], again[-1])})


def enumerate_crashes(
    flow: Step,
    prepare: Step,
    recover: Step,
    check: Step,
    kinds: Sequence[Fault] = KINDS,
    *,
    chosen: Callable[[Sequence[Call]], Sequence[int]] = every_call,
    failures_max: int | None = None,
) -> Report:
    """Every chosen call of `flow` x every kind: prepare, flow with the fault, recover, check.

    Raises CrashesFailed (an AssertionError) with every failing case, its calls and fault point;
    whatever the flow, recovery or check raises without any fault is raised as it is. It looks no
    further after `failures_max` of them.
    """
    started = time.perf_counter()
    prepare()
    clean = points_of(flow)
    recover()
    check()
    cases = list(product(chosen(clean), kinds))
    found = (_case(at, fault, (flow, prepare, recover, check)) for at, fault in cases)
    broken = (failure for failure in found if failure is not None)
    failures = tuple(islice(broken, failures_max))
    seconds = time.perf_counter() - started
    report = Report(clean, len(cases), failures, seconds)
    if failures:
        raise CrashesFailed(report)
    return report


def _case(at: int, fault: Fault, steps: tuple[Step, Step, Step, Step]) -> Failure | None:
    flow, prepare, recover, check = steps
    prepare()
    ended = "normally"
    with fault_at(at, fault) as injector:
        try:
            flow()
        except (Crash, Exception) as error:
            ended = problem_of(error)
    problem = _after(injector, at, recover, check)
    if problem is None:
        return None
    return Failure(at, fault, tuple(injector.calls), f"{problem}\n  (the flow ended: {ended})")


def _after(injector: Injector, at: int, recover: Step, check: Step) -> str | None:
    """What is wrong once the fault has struck and the system was given time to recover."""
    if injector.reached < at:
        return "not reached: the flow differs from run to run; warm or clear caches in prepare"
    crashed_at.add(injector.calls[at - 1])
    try:
        recover()
        check()
    except Exception as error:
        return problem_of(error)
    return None
