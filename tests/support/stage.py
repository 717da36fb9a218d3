"""One schedule played: actors on real threads of which one runs at a time, from call to call."""

import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextvars import copy_context
from dataclasses import dataclass

from tests.support import calls
from tests.support.calls import Call
from tests.support.faults import Fault

Actor = Callable[[], object]
# Which of the waiting actors goes on, given who took the last turn (None: nobody yet).
Choice = Callable[[Mapping[int, Call], int | None], int]
# Seconds without a turn taken after which an actor is taken to hang.
PATIENCE_S = 5.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one actor ended: its value, or its error (Crash included)."""

    value: object = None
    error: BaseException | None = None

    def result(self) -> object:
        """The value; raises the error of an actor that failed."""
        if self.error is not None:
            raise self.error
        return self.value


@dataclass(frozen=True, slots=True)
class Turn:
    """One choice: which actors waited before which calls, and which of them went on."""

    waiting: tuple[tuple[int, Call], ...]
    chosen: int

    def __str__(self) -> str:
        return f"actor {self.chosen}: {dict(self.waiting)[self.chosen]}"


@dataclass(frozen=True, slots=True)
class Played:
    """One schedule as it was played: the turns taken and how each actor ended."""

    turns: tuple[Turn, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def schedule(self) -> list[int]:
        """The actor of each turn: what `replay` takes."""
        return [turn.chosen for turn in self.turns]


class SchedulingError(Exception):
    """The harness cannot go on: an actor hangs, or does other calls when it is run again."""


class _Stopped(BaseException):
    """Ends an actor whose schedule was given up."""


class _Worker:
    """One actor on its thread; it runs only between being woken and its next call."""

    def __init__(self, number: int, actor: Actor) -> None:
        self.number = number
        self.actor = actor
        self.outcome = Outcome()
        self.wake = threading.Lock()
        self.wake.acquire()
        self.thread = threading.Thread(target=lambda: None)


def keep_turn(waiting: Mapping[int, Call], last: int | None) -> int:
    """Who ran last goes on, else the first."""
    return last if last in waiting and last is not None else min(waiting)


class Stage:
    """Plays one schedule; past the end of `schedule` `choose` decides.

    Workers hand the turn to each other; `home` is the controlling thread's own turn. Plain locks
    are the cheapest hand-over: one release, one acquire, nobody else wakes.
    """

    def __init__(
        self, actors: Sequence[Actor], schedule: Sequence[int], choose: Choice = keep_turn
    ) -> None:
        self._schedule = schedule
        self._choose = choose
        self._workers = [_Worker(number, actor) for number, actor in enumerate(actors)]
        self._waiting: dict[int, Call] = {}
        self._turns: list[Turn] = []
        self._starting = True
        self._error: SchedulingError | None = None
        self._home = threading.Lock()
        self._home.acquire()

    def play(self) -> Played:
        try:
            for worker in self._workers:
                self._start(worker)
                self._come_home()
            self._starting = False
            self._pass_turn()
            self._come_home()
        finally:
            self._dismiss()
        if self._error is not None:
            raise self._error
        return Played(tuple(self._turns), tuple(worker.outcome for worker in self._workers))

    def _start(self, worker: _Worker) -> None:
        context = copy_context()  # interceptors around the race see the actors' calls too
        worker.thread = threading.Thread(
            target=context.run, args=(self._act, worker), name=f"actor {worker.number}", daemon=True
        )
        worker.thread.start()

    def _act(self, worker: _Worker) -> None:
        def pause(call: Call) -> Fault | None:
            self._pause(worker, call)
            return None

        try:
            with calls.process(), calls.intercepting(pause):
                worker.outcome = Outcome(value=worker.actor())
        except BaseException as error:
            worker.outcome = Outcome(error=error)
        if self._error is None:
            self._pass_turn()

    def _pause(self, worker: _Worker, call: Call) -> None:
        """Before a call: gives the turn away and waits until it comes back."""
        if self._error is None:
            self._waiting[worker.number] = call
            self._pass_turn()
            worker.wake.acquire()
        if self._error is not None:
            raise _Stopped

    def _pass_turn(self) -> None:
        if self._starting or not self._waiting:
            self._home.release()
            return
        try:
            self._next().wake.release()
        except SchedulingError as error:
            self._error = error
            self._home.release()

    def _next(self) -> _Worker:
        """Chooses who goes on: as the schedule says, then as `choose` does."""
        position = len(self._turns)
        if position < len(self._schedule):
            chosen = self._schedule[position]
        else:
            last = self._turns[-1].chosen if self._turns else None
            chosen = self._choose(self._waiting, last)
        if chosen not in self._waiting:
            raise SchedulingError(f"turn {position}: actor {chosen} is not waiting for a turn")
        self._turns.append(Turn(tuple(sorted(self._waiting.items(), key=_number)), chosen))
        del self._waiting[chosen]
        return self._workers[chosen]

    def _come_home(self) -> None:
        """Waits for the end of what runs; gives up when no turn is taken for a while."""
        taken = -1
        while not self._home.acquire(timeout=PATIENCE_S):
            if taken == len(self._turns):
                self._error = SchedulingError(self._hanging())
                raise self._error
            taken = len(self._turns)

    def _hanging(self) -> str:
        last = str(self._turns[-1]) if self._turns else "before its first call"
        frames = sys._current_frames()
        stacks = [
            f"{worker.thread.name}:\n{''.join(traceback.format_stack(frames[ident], limit=8))}"
            for worker in self._workers
            if (ident := worker.thread.ident) in frames and worker.number not in self._waiting
        ]
        return "\n".join([f"an actor hangs; last turn: {last}", *stacks])

    def _dismiss(self) -> None:
        """Ends every actor that still waits; one that hangs is a daemon and is left behind."""
        if self._waiting:
            self._error = self._error or SchedulingError("interrupted")
        for number in self._waiting:
            self._workers[number].wake.release()
        for worker in self._workers:
            if worker.thread.ident is not None:
                worker.thread.join(timeout=PATIENCE_S)


def _number(item: tuple[int, Call]) -> int:
    return item[0]
