"""Every behaviour of a few actors, without playing orders that differ in nothing.

Two calls that touch nothing in common may be swapped: the schedules that swaps turn into one
another are one behaviour. Source sets find where a swap matters, sleep sets keep a behaviour from
being played twice (Abdulla, Aronis, Jonsson, Sagonas, "Optimal dynamic partial order reduction",
POPL 2014, algorithm 1). Sound as far as an actor's work between two calls is its own.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from tests.support.calls import Call
from tests.support.stage import Played, Turn, keep_turn


@dataclass(slots=True)
class _Node:
    """A turn on the path: who sleeps there, and whose turn there must be tried."""

    turn: Turn
    asleep: set[int]
    wanted: set[int] = field(default_factory=set)

    @property
    def calls(self) -> dict[int, Call]:
        return dict(self.turn.waiting)

    def asleep_after(self) -> set[int]:
        """Who still sleeps once this turn is taken: those whose call it does not touch."""
        calls = self.calls
        taken = calls[self.turn.chosen]
        return {each for each in self.asleep if not _dependent(calls[each], taken)}


class Reduction:
    """The depth-first walk: `prefix` and `choose` say what to play, `learn` what was seen."""

    def __init__(self) -> None:
        self._path: list[_Node] = []
        self._asleep: set[int] = set()
        self._before: tuple[Mapping[int, Call], int] | None = None

    @property
    def prefix(self) -> tuple[Turn, ...]:
        """The turns to play again."""
        return tuple(node.turn for node in self._path)

    def begin(self) -> None:
        """Before each schedule."""
        self._asleep = self._path[-1].asleep_after() if self._path else set()
        self._before = None

    def choose(self, waiting: Mapping[int, Call], last: int | None) -> int:
        """Past the prefix: who ran last, unless asleep, else the first who is awake."""
        if self._before is not None:
            calls, chosen = self._before
            taken = calls[chosen]
            self._asleep = {one for one in self._asleep if not _dependent(calls[one], taken)}
        awake = {one: call for one, call in waiting.items() if one not in self._asleep}
        chosen = keep_turn(awake or waiting, last)
        self._before = (dict(waiting), chosen)
        return chosen

    def learn(self, played: Played) -> bool:
        """Takes in what was played; False when it was a behaviour played before."""
        known = len(self._path)
        whole = True
        for turn in played.turns[known:]:
            asleep = self._path[-1].asleep_after() if self._path else set()
            if turn.chosen in asleep:
                whole = False
                break
            self._path.append(_Node(turn, asleep, {turn.chosen}))
        for position, first in _wishes([node.turn for node in self._path]):
            if not first & self._path[position].wanted:
                self._path[position].wanted.add(min(first))
        return whole

    def advance(self) -> bool:
        """Goes to the deepest turn with something left to try; False when there is none."""
        while self._path:
            node = self._path[-1]
            node.asleep.add(node.turn.chosen)
            left = node.wanted - node.asleep
            if left:
                node.turn = Turn(node.turn.waiting, min(left))
                return True
            self._path.pop()
        return False


def _wishes(turns: Sequence[Turn]) -> Iterator[tuple[int, set[int]]]:
    """Where the order of two calls could be turned round: there one of these actors must go on."""
    taken = [(turn.chosen, dict(turn.waiting)[turn.chosen]) for turn in turns]
    after = _order(taken)
    for late, (actor, call) in enumerate(taken):
        for early in sorted(after[late], reverse=True):
            other, former = taken[early]
            between = any(early in after[middle] for middle in after[late] if middle > early)
            if other != actor and _dependent(call, former) and not between:
                yield early, _initials(taken, after, early, late)


def _initials(
    taken: Sequence[tuple[int, Call]], after: Sequence[set[int]], early: int, late: int
) -> set[int]:
    """Who may begin the part that does not need `early`, `late` being its end."""
    part = [at for at in range(early + 1, late) if early not in after[at]] + [late]
    return {taken[at][0] for at in part if not after[at].intersection(part) - {early}}


def _order(taken: Sequence[tuple[int, Call]]) -> list[set[int]]:
    """For each call those before it that it cannot be swapped past (happens-before)."""
    after: list[set[int]] = []
    for at, (actor, call) in enumerate(taken):
        found: set[int] = set()
        for former in range(at - 1, -1, -1):
            other, earlier = taken[former]
            if former not in found and (other == actor or _dependent(earlier, call)):
                found |= after[former] | {former}
        after.append(found)
    return after


def _dependent(one: Call, other: Call) -> bool:
    return one.touches.depends_on(other.touches)
