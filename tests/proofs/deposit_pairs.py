"""Two at once at a deposit, in the orders of their remote calls that matter (appendix B)."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from tests.proofs import deposit_flows as flows
from tests.proofs.deposit_flows import Act, quiet
from tests.proofs.deposit_invariants import check_books, check_quiet
from tests.proofs.phases import ALL
from tests.support import calls, footprint
from tests.support.interleave import Exploration, explore_reduced
from tests.support.rides import AMOUNT, SESSION, Rides
from tests.support.stage import Outcome

# Of the two answers, in the order of the pair.
Check = Callable[[Rides, Sequence[Any]], object]


@dataclass(frozen=True, slots=True)
class Pair:
    """`at_last` is asked when nothing is under way any more; the books must agree anyway."""

    state: Act
    first: Act
    second: Act
    at_last: Check

    def __str__(self) -> str:
        return "-".join(act.__name__ for act in (self.state, self.first, self.second))


def start(place: Rides) -> object:
    return place.start()


def start_other(place: Rides) -> object:
    return place.start(card="card-3ds")


def start_again(place: Rides) -> object:
    """After a decline, with another card."""
    return place.start(card="card-ok")


def finish(place: Rides) -> object:
    return place.finish()


def give_back(place: Rides) -> object:
    return place.give_back()


def check(place: Rides) -> object:
    return place.check()


def check_and_release(place: Rides) -> object:
    """The rider is let go, and the first look at the invoice that nobody wants comes at once."""
    told = place.check()
    flows.release(place)
    return told


def update(place: Rides) -> object:
    return place.update(2, "500.00")


def update_less(place: Rides) -> object:
    return place.update(2, "100.00")


def succeed(place: Rides) -> object:
    """A worker that finds the lease of another one over: of all its calls only the taking looks
    at the time, and the limit is far.
    """
    tasks = footprint.writing(("dynamodb", "test-scooters_payments-tasks"))
    calls.point("clock", "advance", lambda: place.pass_time(31), touches=tasks)
    return flows.hold(place)


def release_succeeds(place: Rides) -> object:
    tasks = footprint.writing(("dynamodb", "test-scooters_payments-tasks"))
    calls.point("clock", "advance", lambda: place.pass_time(31), touches=tasks)
    return flows.release(place)


def books(_place: Rides, _answers: Sequence[Any]) -> None:
    """check_quiet alone says whether it went well."""


def nothing_held(place: Rides, _answers: Sequence[Any]) -> None:
    """The ride is over, whoever was quicker."""
    assert sum(place.ledger(f"{SESSION}-{number}")["open"] for number in (1, 2)) == 0
    assert place.status() in ("released", "finished", "abandoned", "failed")


def held_once(place: Rides, _answers: Sequence[Any]) -> None:
    assert place.status() == "held"
    assert place.ledger()["held"] == AMOUNT


def one_start(place: Rides, answers: Sequence[Any]) -> None:
    assert answers[0] == answers[1] == (200, {"payment_id": SESSION, "deposit": "started"})
    held_once(place, answers)


def one_card(place: Rides, answers: Sequence[Any]) -> None:
    (yes, _), (no, why) = sorted(answers, key=lambda each: each[0])
    assert (yes, no, why["code"]) == (200, 409, "deposit_exists")
    assert len(place.town.rows("sandbox-invoices")) == 1


def one_update(place: Rides, answers: Sequence[Any]) -> None:
    """Of two amounts for one version one is told no, and the other one is held."""
    (yes, told), (no, why) = sorted(answers, key=lambda each: each[0])
    assert (yes, no) == (200, 409)
    assert why["code"] in ("not_held", "version_conflict")
    assert str(place.ledger()["open"] // 100) == told["amount"].partition(".")[0]


def ride_or_deposit(place: Rides, answers: Sequence[Any]) -> None:
    """Who was let go without a deposit has none, however late the worker was (decision 28)."""
    told = next(body for _, body in (each for each in answers if isinstance(each, tuple)))
    if told.get("reason") == "no_invoice":
        assert place.status() == "abandoned"
        assert place.ledger()["open"] == 0
    else:
        assert place.status() == "held"


PAIRS: Final[Sequence[Pair]] = (
    Pair(flows.nothing, start, start, one_start),
    Pair(flows.nothing, start, start_other, one_card),
    Pair(flows.nothing, start, finish, nothing_held),
    Pair(flows.nothing, start, check, books),
    Pair(flows.nothing, start, flows.news, held_once),
    Pair(flows.nothing, finish, finish, nothing_held),
    Pair(flows.started, flows.hold, flows.hold, held_once),
    Pair(flows.started, flows.hold, succeed, held_once),
    Pair(flows.started, flows.hold, finish, nothing_held),
    Pair(flows.engine_down, flows.hold, check, ride_or_deposit),
    Pair(flows.engine_down, flows.hold, check_and_release, ride_or_deposit),
    Pair(flows.sent, flows.hold, flows.news, held_once),
    Pair(flows.sent, flows.hold, finish, nothing_held),
    Pair(flows.sent, flows.news, finish, nothing_held),
    Pair(flows.sent, flows.news, flows.news, held_once),
    Pair(flows.overdue, flows.hold, flows.sweeping, held_once),
    Pair(flows.stale, check, flows.hold, held_once),
    Pair(flows.stale, check, finish, nothing_held),
    Pair(flows.declined, start_again, finish, nothing_held),
    Pair(flows.declined, start_again, start_again, books),
    Pair(flows.declined, start_again, flows.news, books),
    Pair(flows.held, finish, finish, nothing_held),
    Pair(flows.held, finish, give_back, nothing_held),
    Pair(flows.held, finish, flows.ride_ends, nothing_held),
    Pair(flows.held, finish, flows.news, nothing_held),
    Pair(flows.held, update, finish, nothing_held),
    Pair(flows.held, update, update_less, one_update),
    Pair(flows.resizing, flows.hold, finish, nothing_held),
    Pair(flows.resized, flows.hold, finish, nothing_held),
    Pair(flows.event_known, flows.end_by_event, finish, nothing_held),
    Pair(flows.finished, flows.release, flows.release, nothing_held),
    Pair(flows.finished, flows.release, release_succeeds, nothing_held),
    Pair(flows.finished, flows.release, flows.news, nothing_held),
    Pair(flows.emptied, flows.release, flows.news, nothing_held),
    Pair(flows.let_go, flows.release, flows.news, nothing_held),
    Pair(flows.forgotten, flows.close, finish, nothing_held),
    Pair(flows.riding_on, flows.close, finish, nothing_held),
)


# What has a near twin in the list is played in the long form alone.
TWINS: Final = frozenset(
    {
        *("nothing-start-check", "nothing-start-news", "nothing-finish-finish"),
        *("sent-news-news", "overdue-hold-sweeping", "declined-start_again-start_again"),
        *("declined-start_again-news", "held-finish-give_back", "held-finish-ride_ends"),
        *("held-finish-news", "resized-hold-finish", "event_known-end_by_event-finish"),
        *("finished-release-release_succeeds", "finished-release-news", "emptied-release-news"),
        *("let_go-release-news", "riding_on-close-finish", "stale-check-finish"),
        "engine_down-hold-check",
    }
)
PLAYED: Final = [pair for pair in PAIRS if ALL or str(pair) not in TWINS]


def pair_named(name: str) -> Pair:
    return next(pair for pair in PAIRS if str(pair) == name)


def race(place: Rides, pair: Pair) -> Exploration:
    """Every order that matters; whoever won, the books agree and nothing unwanted is held."""
    empty = place.aws.snapshot()
    pair.state(place)
    begin = place.aws.snapshot()

    def check_end(outcomes: Sequence[Outcome]) -> None:
        answers: list[Any] = [outcome.result() for outcome in outcomes]
        assert not [each for each in answers if isinstance(each, tuple) and each[0] >= 500]
        check_books(place)
        quiet(place)
        check_quiet(place)
        pair.at_last(place, answers)

    try:
        return explore_reduced(
            [lambda: pair.first(place), lambda: pair.second(place)],
            prepare=lambda: place.aws.restore(begin),
            check=check_end,
        )
    finally:
        place.aws.restore(empty)
