"""Each alarm of the taxi parks' money: the situation that it is for."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Final

from local.terminal import Terminal
from local.terminals.words import Payment
from shared.store import Transaction, commit
from shared.tasks import TaskRow, Tasks
from tests.fleet_payment_systems_api.street import OFFICE, Street
from tests.fleet_payment_systems_api.street import opened as street
from tests.support import calls

_SYSTEM: Final = "city24"


def opened() -> AbstractContextManager[Street]:
    return street()


def reset(here: Street) -> None:
    """Each payment is of a driver who had none yet."""
    with calls.outside():
        for row in TaskRow.scan():
            row.delete()


def paid(here: Street, account: str = "") -> tuple[Terminal, Payment]:
    """A payment that a terminal was told success for, before it is credited."""
    terminal = here.terminal(_SYSTEM, here.wallet(_SYSTEM))
    payment = here.payment(terminal)
    if account:
        payment = replace(payment, account=account)
    assert terminal.pay(payment).ok
    return terminal, payment


def _run(here: Street, task_id: str) -> None:
    body = f'{{"task_id": "{task_id}"}}'
    here.town.run(OFFICE, "tasks.credit", {"Records": [{"messageId": "m", "body": body}]})


def _task(here: Street) -> str:
    (row,) = here.town.rows(f"{OFFICE}-tasks")
    return str(row["task_id"])


def _sweep(here: Street) -> None:
    here.town.run(OFFICE, "crons.sweep", {})


def parked_tasks(here: Street) -> None:
    """An export that failed as often as it may."""
    here.town.run(OFFICE, "crons.sweep", {})
    environment = here.town.world.environment(OFFICE)
    tasks = Tasks(here.clock, environment["QUEUE_URL_PREFIX"])
    transaction = Transaction()
    with calls.outside():
        tasks.arm(transaction, "fps_export#e1", {"park_id": "p1"}, here.clock.now())
        commit(transaction)
        ticket = tasks.take("fps_export#e1", None)
        assert ticket is not None
        tasks.park(ticket)
    _sweep(here)


def oldest_task(here: Street) -> None:
    """The queue's function takes nothing for five minutes."""
    paid(here)
    here.clock.advance(600)
    _sweep(here)


def billing_retry(here: Street) -> None:
    """Billing is away for ten minutes."""
    paid(here)
    here.clock.advance(601)
    here.breaks("billing", 1)
    _run(here, _task(here))


def task_failures(here: Street) -> None:
    """Billing is away, twenty times."""
    paid(here)
    for _ in range(20):
        here.breaks("billing", 1)
        here.clock.advance(600)
        _run(here, _task(here))


def suspense(here: Street) -> None:
    """Billing closed the driver's account after the terminal was told success."""
    paid(here, account="100666")
    _run(here, _task(here))


PROVOKE: Final[Mapping[str, Callable[[Street], None]]] = {
    "ParkedTasksAlarm": parked_tasks,
    "OldestTaskAlarm": oldest_task,
    "TaskFailuresAlarm": task_failures,
    "BillingRetryAlarm": billing_retry,
    "SuspenseAlarm": suspense,
}
