"""Each alarm of the cash desks' API: the situation that it is for."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Final
from unittest.mock import patch

from shared import metrics
from shared.store import Transaction, commit
from shared.tasks import TaskRow, Tasks
from tests.support import calls
from tests.support.checkout import SERVICE, Checkout, checkout

_EMIT: Final = metrics.emit
_TRNS: Final = count(900001)


@contextmanager
def opened() -> Iterator[Checkout]:
    with checkout(wait_s=3) as found, patch.object(metrics, "emit", _EMIT):
        yield found


def reset(here: Checkout) -> None:
    """Each purchase has a number of its own."""
    here.take_down(0)
    here.meanwhile = bool
    with calls.outside():
        for row in TaskRow.scan():
            row.delete()


def parked_tasks(here: Checkout) -> None:
    """No task of cash desks gives up by itself; whoever parks one is seen."""
    tasks = Tasks(here.clock, here.town.world.environment(SERVICE)["QUEUE_URL_PREFIX"])
    transaction = Transaction()
    with calls.outside():
        tasks.arm(transaction, "merch_check_payment#01A", {}, here.clock.now())
        commit(transaction)
        ticket = tasks.take("merch_check_payment#01A", None)
        assert ticket is not None
        tasks.park(ticket)
    here.sweep()


def oldest_task(here: Checkout) -> None:
    """The queue's function takes nothing for five minutes."""
    here.desk.authorize(next(_TRNS), "YM1.accept", "500.00", timeout=300)
    here.clock.advance(900)
    here.sweep()


def _unanswered(here: Checkout, looks: int) -> None:
    here.take_down()
    here.desk.authorize(next(_TRNS), "YM1.ok", "500.00")
    for _ in range(looks):
        here.look(400)


def task_failures(here: Checkout) -> None:
    """contractor-merch-payments is away, twenty looks long."""
    _unanswered(here, 20)


def unknown_purchase(here: Checkout) -> None:
    """contractor-merch-payments has not answered for ten minutes."""
    _unanswered(here, 3)


def purchase_refund_failed(here: Checkout) -> None:
    """contractor-merch-payments has given the money back by itself, and refuses a refund."""
    trn = next(_TRNS)
    assert here.desk.authorize(trn, "YM1.ok", "500.00").paid
    here.drives(trn, "cancel")
    here.desk.refund(trn, "R1", "200.00")


def trn_conflict(here: Checkout) -> None:
    """A desk's number comes twice, with two amounts."""
    trn = next(_TRNS)
    for amount in ("500.00", "600.00"):
        here.desk.authorize(trn, "YM1.ok", amount)


def acceptance_wait(here: Checkout) -> None:
    """A driver says nothing, and contractor-merch-payments is slow to tell so."""
    here.meanwhile = lambda: here.clock.advance(5)
    here.desk.authorize(next(_TRNS), "YM1.accept", "500.00")


PROVOKE: Final[Mapping[str, Callable[[Checkout], None]]] = {
    "ParkedTasksAlarm": parked_tasks,
    "OldestTaskAlarm": oldest_task,
    "TaskFailuresAlarm": task_failures,
    "UnknownPurchaseAlarm": unknown_purchase,
    "PurchaseRefundFailedAlarm": purchase_refund_failed,
    "TrnConflictAlarm": trn_conflict,
    "AcceptanceWaitAlarm": acceptance_wait,
}
