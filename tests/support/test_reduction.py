"""The reduction proves itself: fewer schedules, the same ends, the same bugs found."""

import json
import random
from collections.abc import Callable, Sequence
from math import comb
from typing import Any

import pytest

from tests.support import calls, footprint
from tests.support.atomic_moto import FakeAws
from tests.support.footprint import Footprint, reading, writing
from tests.support.interleave import Exploration, ScheduleFailed, explore, explore_reduced
from tests.support.refunds import TABLE, Refunds

Memory = dict[str, int]
Program = Sequence[tuple[str, str, str]]


def put(memory: Memory, cell: str, value: int) -> None:
    calls.point("m", "put", lambda: memory.update({cell: value}), touches=writing(("m", cell)))


def get(memory: Memory, cell: str) -> int:
    return calls.point("m", "get", lambda: memory.get(cell, 0), touches=reading(("m", cell)))


def actor(memory: Memory, number: int, program: Program) -> Callable[[], int]:
    """Reads and writes; what was read decides what is written, and whether a step is taken."""

    def act() -> int:
        known = number
        for verb, cell, other in program:
            if verb == "get":
                known = known * 7 + get(memory, cell)
            elif verb == "put":
                put(memory, cell, known)
            elif get(memory, cell) % 2 == 0:
                put(memory, other, known + 1)
        return known

    return act


def ends(
    play: Callable[..., Exploration], programs: Sequence[Program]
) -> tuple[set[str], Exploration]:
    memory: Memory = {}
    found: set[str] = set()

    def note(outcomes: Sequence[Any]) -> None:
        results = [outcome.result() for outcome in outcomes]
        found.add(json.dumps([sorted(memory.items()), results]))

    actors = [actor(memory, number, program) for number, program in enumerate(programs, start=1)]
    return found, play(actors, memory.clear, note)


def some_programs(seed: int) -> list[Program]:
    dice = random.Random(seed)
    many = dice.choice([2, 2, 3])

    def step() -> tuple[str, str, str]:
        return dice.choice(["get", "put", "branch"]), dice.choice("xyz"), dice.choice("xyz")

    return [[step() for _ in range(dice.randint(1, 3 if many == 2 else 2))] for _ in range(many)]


@pytest.mark.parametrize("seed", range(40))
def test_the_same_ends_are_reached_with_and_without_the_reduction(seed: int) -> None:
    programs = some_programs(seed)

    every, full = ends(explore, programs)
    reduced, less = ends(explore_reduced, programs)

    assert full.exhaustive
    assert less.exhaustive
    assert reduced == every
    assert less.schedules + less.redundant <= full.schedules


def test_actors_that_share_nothing_have_one_behaviour() -> None:
    found, exploration = ends(explore_reduced, [[("put", "x", "")] * 4, [("put", "y", "")] * 4])

    assert len(found) == exploration.schedules == 1
    assert exploration.exhaustive


def test_calls_that_say_nothing_of_themselves_are_played_in_every_order() -> None:
    def actor() -> None:
        for number in range(3):
            calls.point("http", str(number), lambda: None)

    exploration = explore_reduced([actor, actor], lambda: None, lambda _: None)

    assert (exploration.schedules, exploration.redundant) == (comb(6, 3), 0)


def test_readers_are_not_told_apart() -> None:
    _found, exploration = ends(explore_reduced, [[("get", "x", "")] * 3] * 2)

    assert exploration.schedules == 1


def test_a_footprint_that_hides_a_write_would_be_noticed() -> None:
    """The comparison of ends has teeth: with a wrong footprint they differ."""
    memory: Memory = {}

    def adds() -> None:
        known = calls.point("m", "get", lambda: memory.get("x", 0), touches=footprint.NOTHING)
        calls.point("m", "put", lambda: memory.update(x=known + 1), touches=footprint.NOTHING)

    def final(play: Callable[..., Exploration]) -> set[int]:
        found: set[int] = set()
        play([adds, adds], memory.clear, lambda _: found.add(memory["x"]))
        return found

    assert final(explore) == {1, 2}
    assert final(explore_reduced) != {1, 2}


def test_naive_refund_over_refunds_in_a_reduced_schedule_too(refund: Refunds) -> None:
    actors = [lambda: refund.naive("a"), lambda: refund.naive("b")]

    with pytest.raises(ScheduleFailed, match="over-refund"):
        explore_reduced(actors, refund.reset, refund.check_totals)


def test_reduced_refunds_end_as_all_of_them(refund: Refunds) -> None:
    actors = [lambda: refund.naive("a", 30), lambda: refund.naive("b", 30)]

    def states(play: Callable[..., Exploration]) -> tuple[set[str], Exploration]:
        found: set[str] = set()
        done = play(actors, refund.reset, lambda _: found.add(str(refund._rows())))
        return found, done

    (every, full), (reduced, less) = states(explore), states(explore_reduced)
    assert reduced == every
    assert less.schedules < full.schedules


_KEY = {"pk": {"S": "order"}}
_OTHER = {"pk": {"S": "other"}}


@pytest.mark.parametrize(
    ("one", "other", "dependent"),
    [
        (("GetItem", {"Key": _KEY}), ("GetItem", {"Key": _KEY}), False),
        (("GetItem", {"Key": _KEY}), ("PutItem", {"Item": {**_KEY, "n": {"N": "1"}}}), True),
        (("GetItem", {"Key": _OTHER}), ("PutItem", {"Item": {**_KEY, "n": {"N": "1"}}}), False),
        (("UpdateItem", {"Key": _KEY}), ("DeleteItem", {"Key": _KEY}), True),
        (("UpdateItem", {"Key": _KEY}), ("DeleteItem", {"Key": _OTHER}), False),
        (("Query", {"IndexName": "due"}), ("DeleteItem", {"Key": _OTHER}), True),
        (("Query", {"IndexName": "due"}), ("GetItem", {"Key": _OTHER}), False),
        (("ExecuteStatement", {"Statement": "?"}), ("GetItem", {"Key": _OTHER}), True),
        (("GetItem", {}), ("GetItem", {"Key": _OTHER}), True),
    ],
)
@pytest.mark.usefixtures("refund")
def test_rows_depend_on_each_other_when_one_is_written(
    one: tuple[str, Any], other: tuple[str, Any], dependent: bool
) -> None:
    prints = [
        footprint.of_sdk("dynamodb", name, {"TableName": TABLE, **asked})
        for name, asked in (one, other)
    ]

    assert prints[0].depends_on(prints[1]) is prints[1].depends_on(prints[0]) is dependent


@pytest.mark.usefixtures("refund")
def test_a_transaction_touches_each_of_its_rows() -> None:
    rows = [
        {"Put": {"TableName": TABLE, "Item": {**_KEY, "n": {"N": "1"}}}},
        {"ConditionCheck": {"TableName": TABLE, "Key": _OTHER}},
    ]

    found = footprint.of_sdk("dynamodb", "TransactWriteItems", {"TransactItems": rows})

    assert found == Footprint(
        writes=frozenset({("dynamodb", TABLE, "order"), ("dynamodb", TABLE, "other")})
    )


def test_messages_of_one_queue_keep_their_order() -> None:
    def sent(name: str) -> Footprint:
        return footprint.of_sdk("sqs", "SendMessage", {"QueueUrl": f"https://sqs/1/{name}"})

    assert sent("a").depends_on(sent("a"))
    assert not sent("a").depends_on(sent("b"))


def test_a_table_that_nobody_knows_touches_everything(aws: FakeAws) -> None:
    del aws
    asked = {"TableName": "nowhere", "Key": _KEY}

    assert footprint.of_sdk("dynamodb", "GetItem", asked) == footprint.EVERYTHING
