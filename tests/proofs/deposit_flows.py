"""The flows of deposits: from where, what is crashed, who repeats then, what must hold at last."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from unittest.mock import patch

from scooters_payments.clients import DepositEngine
from scooters_payments.model import Deposit
from shared.errors import Unavailable
from shared.http_event import event
from tests.proofs.deposit_invariants import check_quiet
from tests.proofs.phases import ALL, ALL_KINDS, insist
from tests.support.crash import Report, enumerate_crashes
from tests.support.faults import Fault
from tests.support.rides import AMOUNT, SESSION, Rides, rides

HOURS: Final = 3600
# To die after a call is to die before the next one: the long form tries that, too.
QUICK_KINDS: Final = (Fault.BEFORE, Fault.LOST_ANSWER_FINAL)
Act = Callable[[Rides], object]


@contextmanager
def warm_rides() -> Iterator[Rides]:
    """Deposits in which every module, client and cache has been used once."""
    with rides() as place:
        empty = place.aws.snapshot()
        place.start(card="card-insufficient")
        place.settle(2)
        place.start()
        place.settle(2)
        place.check()
        place.update(2, "400.00")
        place.settle(2)
        place.give_back()
        place.finish()
        place.tell("ride_paid")
        place.ride("riding")
        place.settle(5)
        place.find(user_id="rider-1")
        place.start("s2")
        place.sweep()
        place.settle(2)
        place.pass_time(5 * HOURS)
        place.sweep()
        place.settle(5)
        check_quiet(place)
        place.aws.restore(empty)
        yield place


def quiet(place: Rides) -> None:
    """Only a sweeper works, soon enough for a hold; then until nothing is left to do.

    The real one is in the long form, and has a flow and a test of its own.
    """
    sweep = place.sweep_alone if ALL else place.wake_overdue
    sweep(rounds=3, seconds=16)
    sweep(rounds=12)


@dataclass(frozen=True, slots=True)
class Flow:
    """`before` leads to the start, `act` meets the fault, `after` is what callers do then."""

    name: str
    before: Act
    act: Act
    after: Act
    check: Act


def nothing(_place: Rides) -> None:
    """Begins with an empty place, or nobody repeats anything."""


def all_of(*acts: Act) -> Act:
    def run(place: Rides) -> None:
        for act in acts:
            act(place)

    return run


def starting(place: Rides) -> None:
    insist(place.start)


def started(place: Rides) -> None:
    place.start()


def sent(place: Rides) -> None:
    """Its worker may look again, and the engine has what it will say."""
    place.start()
    place.wake("hold", SESSION)
    place.pass_time(6)


def overdue(place: Rides) -> None:
    sent(place)
    place.aws.lose_messages()
    place.pass_time(16)


def held(place: Rides) -> None:
    place.start()
    place.settle(2)
    assert place.status() == "held"
    place.aws.lose_messages()


def declined(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.settle(2)
    assert place.status() == "failed"
    place.aws.lose_messages()


def in_flight(place: Rides) -> None:
    """A slow hold of a ride that is over already."""
    place.start(card="card-slow-15")
    place.wake("hold", SESSION)
    place.finish()


def unheard(place: Rides) -> None:
    """The engine took both calls, and we did not hear it; the rider was let go."""
    update = DepositEngine.update

    def lost(engine: DepositEngine, deposit: Deposit) -> None:
        update(engine, deposit)
        raise Unavailable("upstream_unavailable")

    place.start()
    with patch.object(DepositEngine, "update", lost):
        place.wake("hold", SESSION)


def let_go(place: Rides) -> None:
    unheard(place)
    place.check()
    assert place.status() == "abandoned"
    place.pass_time(1)


def finished(place: Rides) -> None:
    held(place)
    place.finish()


def emptied(place: Rides) -> None:
    """The basket is empty and the clear asked for; the void is under way."""
    finished(place)
    place.wake("release", f"{SESSION}-1")
    place.pass_time(5)


def resizing(place: Rides) -> None:
    held(place)
    place.update(2, "500.00")


def resized(place: Rides) -> None:
    resizing(place)
    place.wake("hold", SESSION)
    place.pass_time(5)


def forgotten(place: Rides, state: str = "finished") -> None:
    held(place)
    place.ride(state)
    place.pass_time(5 * HOURS)


def riding_on(place: Rides) -> None:
    forgotten(place, "riding")


def out_of_time(place: Rides) -> None:
    place.start()
    place.pass_time(61)


def event_known(place: Rides) -> None:
    held(place)
    ride_ends(place)


def stale(place: Rides) -> None:
    """Held for a while, and nobody has looked."""
    place.start(card="card-callback-lost")
    place.wake("hold", SESSION)
    place.aws.lose_messages()
    place.pass_time(6)


def engine_down(place: Rides) -> None:
    """It was; now the task is to try again."""
    place.start()
    place.take_down("transactions", 1)
    place.wake("hold", SESSION)
    place.pass_time(6)


def hold(place: Rides) -> object:
    return place.wake("hold", SESSION)


def release(place: Rides) -> object:
    return place.wake("release", f"{SESSION}-1")


def close(place: Rides) -> object:
    return place.wake("close_left_open", SESSION)


def news(place: Rides) -> object:
    return place.message("transactions_callback", {"event_id": "e1", "invoice_id": f"{SESSION}-1"})


def old_news(place: Rides) -> object:
    """Kept as a task, since its deposit was not known."""
    return place.wake("transactions_callback", "e1")


def ride_ends(place: Rides) -> object:
    detail = {"detail": {"session_id": SESSION}}
    return place.message("ride_events", {"detail-type": "scooters.ride_finished"} | detail)


def ride_is_paid(place: Rides) -> object:
    detail = {"detail": {"session_id": SESSION}}
    return place.message("ride_events", {"detail-type": "scooters.ride_paid"} | detail)


def end_by_event(place: Rides) -> object:
    return place.wake("ride_events", f"{SESSION}#ride_finished")


def told_before(place: Rides) -> None:
    news(place)
    place.start()
    place.pass_time(3)


def poked(place: Rides) -> None:
    """A late callback wakes the task of a deposit that is held already."""
    held(place)
    news(place)


def finishing(place: Rides) -> None:
    insist(place.finish)


def returning(place: Rides) -> None:
    insist(place.give_back)


def updating(place: Rides) -> None:
    insist(lambda: place.update(2, "500.00"))


def checking(place: Rides) -> None:
    insist(place.check)


def searching(place: Rides) -> None:
    asked = event("GET", "/scooters-payments/v1/admin/find", query={"user_id": "rider-1"})
    insist(lambda: place.town.call("scooters_payments", "admin_find", asked))


def sweeping(place: Rides) -> None:
    place.sweep()


def ends(status: str, held_minor: int = 0, attempt: int = 1) -> Act:
    """How the session's deposit stands when all is quiet, and what the engine holds for it."""

    def check(place: Rides) -> None:
        check_quiet(place)
        deposit = place.deposit()
        found = (deposit["status"], place.ledger(f"{SESSION}-{attempt}")["open"])
        assert found == (status, held_minor)
        assert deposit["attempt"] in (attempt, 0)

    return check


def told_no(place: Rides) -> None:
    ends("failed")(place)
    status, body = place.check()
    assert (status, body["code"]) == (402, "deposit_declined")


def never_holds(place: Rides) -> None:
    """Whatever comes after the end, or after the ride was let go."""
    place.start()
    quiet(place)
    check_quiet(place)
    assert place.town.rows("sandbox-invoices") == []


def _sent_in_vain(place: Rides) -> None:
    place.start(card="card-insufficient")
    place.wake("hold", SESSION)
    place.pass_time(6)


def _overdue(place: Rides) -> None:
    place.start()
    place.aws.lose_messages()
    place.pass_time(16)


def _hours(place: Rides) -> None:
    """The timer of a left open deposit comes again, however its last look ended."""
    place.pass_time(400)
    if ALL:
        place.sweep()
        place.deliver()
    else:
        close(place)
    quiet(place)


HELD, MORE, RELEASED = ends("held", AMOUNT), ends("held", 50000), ends("released")
FLOWS: Final[Sequence[Flow]] = (
    Flow("start", nothing, starting, all_of(starting, quiet), HELD),
    Flow("hold", started, hold, quiet, HELD),
    Flow("hold-late", out_of_time, hold, quiet, ends("abandoned")),
    Flow("look", sent, hold, quiet, HELD),
    Flow("callback", sent, news, quiet, HELD),
    Flow("callback-first", nothing, news, all_of(news, starting, quiet), HELD),
    Flow("callback-kept", told_before, old_news, quiet, HELD),
    Flow("nothing-to-do", poked, all_of(hold, hold, release), quiet, HELD),
    Flow("decline", _sent_in_vain, hold, quiet, told_no),
    Flow("another-card", declined, starting, all_of(starting, quiet), ends("held", AMOUNT, 2)),
    Flow("check-looks", stale, checking, all_of(checking, quiet), HELD),
    Flow("check-abandons", engine_down, checking, all_of(checking, quiet), ends("abandoned")),
    Flow("check-unknown", nothing, checking, checking, never_holds),
    Flow("unheard", let_go, release, quiet, ends("abandoned")),
    Flow("finish", held, finishing, all_of(finishing, quiet), RELEASED),
    Flow("finish-first", nothing, finishing, finishing, never_holds),
    Flow("finish-declined", declined, finishing, all_of(finishing, quiet), ends("finished")),
    Flow("release", finished, release, quiet, RELEASED),
    Flow("release-ends", emptied, release, quiet, RELEASED),
    Flow("release-waits", in_flight, release, quiet, RELEASED),
    Flow("release-news", finished, news, quiet, RELEASED),
    Flow("support", held, returning, all_of(returning, quiet), RELEASED),
    Flow("search", held, searching, nothing, HELD),
    Flow("update", held, updating, all_of(updating, quiet), MORE),
    Flow("resize", resizing, hold, quiet, MORE),
    Flow("resize-ends", resized, hold, quiet, MORE),
    Flow("ride-event", held, ride_ends, all_of(ride_ends, quiet), RELEASED),
    Flow("ride-event-works", event_known, end_by_event, quiet, RELEASED),
    Flow("left-open", forgotten, close, _hours, RELEASED),
    Flow("left-open-rides", riding_on, close, quiet, HELD),
    Flow("sweep", _overdue, sweeping, quiet, HELD),
)


# What has a near twin in the list is crashed in the long form alone.
TWINS: Final = frozenset(
    {
        *("callback-kept", "nothing-to-do", "search", "finish-declined", "release-ends"),
        *("release-news", "support", "resize-ends", "ride-event-works", "left-open-rides", "sweep"),
        *("check-unknown", "callback"),
    }
)
CRASHED: Final = [flow for flow in FLOWS if ALL or flow.name not in TWINS]


def flow_named(name: str) -> Flow:
    return next(flow for flow in FLOWS if flow.name == name)


def crash(place: Rides, flow: Flow, failures_max: int | None = None) -> Report:
    """`flow` with a fault at each of its calls; CrashesFailed names what went wrong."""
    empty = place.aws.snapshot()
    flow.before(place)
    start = place.aws.snapshot()
    try:
        return enumerate_crashes(
            lambda: flow.act(place),
            prepare=lambda: place.aws.restore(start),
            recover=lambda: flow.after(place),
            check=lambda: flow.check(place),
            kinds=ALL_KINDS if ALL else QUICK_KINDS,
            failures_max=failures_max,
        )
    finally:
        place.aws.restore(empty)
