"""Every interleaving of a few actors, remote call by remote call, depth first and replayable.

An actor holds the turn from one call to the next. Work before its first call is done in the order
of the actors, so that two actors of n and m calls have C(n + m, n) schedules. `explore` plays
them one by one, `explore_reduced` one of those that differ in nothing but the order of calls
which have nothing to do with each other.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.support.faults import problem_of
from tests.support.reduction import Reduction
from tests.support.stage import Actor, Outcome, Played, SchedulingError, Stage, Turn


@dataclass(frozen=True, slots=True)
class Exploration:
    """What an exploration did; `exhaustive` within the preemption bound, if there was one.

    `redundant` schedules were begun and turned out to be like one before; they are not checked.
    """

    schedules: int
    failed: int
    exhaustive: bool
    seconds: float
    redundant: int = 0

    @property
    def schedules_per_second(self) -> float:
        return self.schedules / self.seconds


class ScheduleFailed(AssertionError):
    """`check` refuses the outcome of at least one schedule; the first one can be replayed."""

    def __init__(self, exploration: Exploration, played: Played, problem: str) -> None:
        counts = f"{exploration.failed} of {exploration.schedules} schedules fail"
        turns = "\n".join(f"  {turn}" for turn in played.turns)
        super().__init__(f"{counts}; first: {played.schedule}\n{turns}\n{problem}")
        self.exploration = exploration
        self.schedule = played.schedule


def replay(actors: Sequence[Actor], schedule: Sequence[int], prepare: Actor) -> Played:
    """Plays one schedule again, as a failure printed it."""
    prepare()
    return Stage(actors, schedule).play()


def explore(
    actors: Sequence[Actor],
    prepare: Actor,
    check: Callable[[Sequence[Outcome]], object],
    *,
    max_schedules: int = 10_000,
    preemption_bound: int | None = None,
    keep_going: bool = False,
) -> Exploration:
    """Plays every schedule, depth first: prepare, the actors, check of their outcomes.

    `preemption_bound` limits how often a turn is taken from an actor that could go on. Raises
    ScheduleFailed at the first schedule that `check` refuses, or with `keep_going` after the last
    one, with the count; SchedulingError when an actor hangs or is not deterministic.
    """
    started = time.perf_counter()
    pending: list[tuple[Turn, ...]] = [()]
    schedules = failed = 0
    first: tuple[Played, str] | None = None
    while pending and schedules < max_schedules and (keep_going or not failed):
        prefix = pending.pop()
        played = replay(actors, [turn.chosen for turn in prefix], prepare)
        _require_same(prefix, played.turns)
        pending += _alternatives(played.turns, len(prefix), preemption_bound)
        problem = _problem(check, played.outcomes)
        schedules += 1
        if problem is not None:
            failed += 1
            first = first or (played, problem)
    seconds = time.perf_counter() - started
    exploration = Exploration(schedules, failed, not pending, seconds)
    if first is not None:
        raise ScheduleFailed(exploration, *first)
    return exploration


def explore_reduced(
    actors: Sequence[Actor],
    prepare: Actor,
    check: Callable[[Sequence[Outcome]], object],
    *,
    max_schedules: int = 10_000,
) -> Exploration:
    """As `explore`, with one schedule of each behaviour; raises at the first that fails."""
    started = time.perf_counter()
    reduction = Reduction()
    schedules = redundant = 0
    more = True
    while more and schedules < max_schedules:
        prepare()
        prefix = reduction.prefix
        reduction.begin()
        played = Stage(actors, [turn.chosen for turn in prefix], reduction.choose).play()
        _require_same(prefix, played.turns)
        if reduction.learn(played):
            schedules += 1
            problem = _problem(check, played.outcomes)
            if problem is not None:
                seconds = time.perf_counter() - started
                failed = Exploration(schedules, 1, False, seconds, redundant)
                raise ScheduleFailed(failed, played, problem)
        else:
            redundant += 1
        more = reduction.advance()
    seconds = time.perf_counter() - started
    return Exploration(schedules, 0, not more, seconds, redundant)


def _alternatives(turns: tuple[Turn, ...], start: int, bound: int | None) -> list[tuple[Turn, ...]]:
    """The prefixes that leave this schedule at or after turn `start`, each exactly once."""
    found = []
    preemptions = 0
    for position, turn in enumerate(turns):
        last = turns[position - 1].chosen if position else None
        could_stay = last in dict(turn.waiting)
        for other, _ in turn.waiting if position >= start else ():
            forced = preemptions + (could_stay and other != last)
            if other != turn.chosen and (bound is None or forced <= bound):
                found.append((*turns[:position], Turn(turn.waiting, other)))
        preemptions += could_stay and turn.chosen != last
    return found


def _require_same(expected: tuple[Turn, ...], turns: tuple[Turn, ...]) -> None:
    for position, (before, now) in enumerate(zip(expected, turns, strict=False)):
        if before != now:
            raise SchedulingError(
                f"turn {position} differs from run to run; warm or clear caches in prepare\n"
                f"  before: {before} of {before.waiting}\n  now: {now} of {now.waiting}"
            )


def _problem(
    check: Callable[[Sequence[Outcome]], object], outcomes: Sequence[Outcome]
) -> str | None:
    try:
        check(outcomes)
    except Exception as error:
        return problem_of(error)
    return None
