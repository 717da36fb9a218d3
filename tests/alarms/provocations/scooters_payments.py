"""Each alarm of scooter deposits: the situation that it is for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final
from unittest.mock import patch

from sandbox.cards import Card
from shared import metrics
from shared.http_event import event
from shared.store import Transaction, commit
from shared.tasks import TaskRow, Tasks
from tests.support import calls
from tests.support.rides import LIMIT_S, SERVICE, Rides, rides

_EMIT: Final = metrics.emit
_EVENTS: Final = f"{SERVICE}_ride_events#s1"


@contextmanager
def opened() -> Iterator[Rides]:
    with rides() as found, patch.object(metrics, "emit", _EMIT):
        yield found


def reset(here: Rides) -> None:
    """Each situation has a session of its own; what the one before left to do is forgotten."""
    here.take_down("transactions", 0)
    here.aws.lose_messages()
    with calls.outside():
        for row in TaskRow.scan():
            row.delete()


def parked_tasks(here: Rides) -> None:
    """No task of deposits gives up by itself but the inbox; whoever parks one is seen."""
    tasks = Tasks(here.aws.clock, here.town.world.environment(SERVICE)["QUEUE_URL_PREFIX"])
    transaction = Transaction()
    with calls.outside():
        tasks.arm(transaction, _EVENTS, {}, here.aws.clock.now())
        commit(transaction)
        ticket = tasks.take(_EVENTS, None)
        assert ticket is not None
        tasks.park(ticket)
    here.sweep()


def oldest_task(here: Rides) -> None:
    """The queue's function takes nothing for five minutes."""
    here.start("oldest")
    here.pass_time(900)
    here.sweep()


def _down(here: Rides, session: str) -> None:
    """A ride has ended, and the transactions service is away."""
    here.start(session)
    here.settle(3)
    here.finish(session)
    here.take_down("transactions")


def task_failures(here: Rides) -> None:
    """A deployment that cannot read the tasks of the one before."""
    tasks = Tasks(here.aws.clock, here.town.world.environment(SERVICE)["QUEUE_URL_PREFIX"])
    for number in range(20):
        transaction = Transaction()
        with calls.outside():
            tasks.arm(transaction, f"{SERVICE}_hold#{number}", {}, here.aws.clock.now())
            commit(transaction)
        here.wake("hold", str(number))


def deposit_release_failed(here: Rides) -> None:
    _down(here, "release")
    here.settle(90)


def _engine(here: Rides, session: str, call: str, body: dict[str, object]) -> None:
    """Somebody else changes the invoice of a deposit."""
    route = f"/transactions/v1/invoices/{{invoice_id}}/{call}"
    asked = event("POST", route, path={"invoice_id": f"{session}-1"}, body=body)
    assert here.town.call("sandbox", "transactions", asked)[0] == 200


def invoice_mismatch(here: Rides) -> None:
    """Somebody else has captured a deposit."""
    here.start("captured", card="card-callback-lost")
    here.deliver()
    here.pass_time(2)
    _engine(here, "captured", "clear", {"operation_id": "other"})
    here.sweep_alone(rounds=3)


def deposit_not_held(here: Rides) -> None:
    """The rider waited as long as a rider does, and nothing was begun."""
    here.start("lost")
    here.aws.lose_messages()
    here.pass_time(LIMIT_S)
    here.check("lost")


def deposit_open_too_long(here: Rides) -> None:
    """Four hours, and nobody ended the ride."""
    here.start("open")
    here.settle(3)
    here.pass_time(4 * 3600 + 60)
    here.sweep()
    here.deliver()


def deposit_auth_time(here: Rides) -> None:
    """A bank needs more than a minute."""
    here.start("slow", card="card-slow-65")
    here.settle(80)


def ride_allowed_with_problem(here: Rides) -> None:
    """Each of the problems with which a rider is let go; an alarm reads all of them."""
    _expired(here)
    here.start("late", card="card-slow-65")
    here.deliver()
    here.pass_time(LIMIT_S)
    with patch.dict("sandbox.cards.CARDS", {"card-broken": Card(decline="technical_error")}):
        here.start("broken", card="card-broken")
        here.settle(3)
    for session in ("nobody", "expired", "late", "broken"):
        assert here.check(session)[1]["allow_ride"]


def _expired(here: Rides) -> None:
    """Somebody else has cancelled an invoice; the look of the deposit's timer finds out."""
    here.start("expired")
    here.settle(3)
    emptied = {"operation_id": "x", "version": 2, "items": []}
    _engine(here, "expired", "update", emptied)
    _engine(here, "expired", "clear", {"operation_id": "y"})
    here.ride("riding", "expired")
    here.pass_time(4 * 3600 + 60)
    here.wake("close_left_open", "expired")


PROVOKE: Final[Mapping[str, Callable[[Rides], None]]] = {
    "ParkedTasksAlarm": parked_tasks,
    "OldestTaskAlarm": oldest_task,
    "TaskFailuresAlarm": task_failures,
    "InvoiceMismatchAlarm": invoice_mismatch,
    "DepositNotHeldAlarm": deposit_not_held,
    "DepositOpenTooLongAlarm": deposit_open_too_long,
    "DepositReleaseFailedAlarm": deposit_release_failed,
    "DepositAuthTimeAlarm": deposit_auth_time,
    "DepositRideAllowedWithProblemAlarm": ride_allowed_with_problem,
}
