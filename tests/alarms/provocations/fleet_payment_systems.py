"""Each alarm of the taxi parks' money: the situation that it is for."""

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final

from fleet_payment_systems.ports import OldItem
from fleet_payment_systems.store.copies import CopyStore
from fleet_payment_systems.use_cases.copies import Copies
from fleet_payment_systems.use_cases.paired import PairedBook, Remembering
from local.park import PARK
from local.terminal import Terminal
from local.terminals.words import Payment
from shared.clock import to_iso
from shared.secret import Secret
from shared.store import Transaction, commit
from shared.tasks import TaskRow, Tasks
from tests.alarms import bills
from tests.fleet_payment_systems_api.street import OFFICE, Street
from tests.fleet_payment_systems_api.street import opened as street
from tests.support import calls
from tests.support.park import WIRING

SYSTEM: Final = "city24"


def opened() -> AbstractContextManager[Street]:
    return street()


def reset(here: Street) -> None:
    """Each payment is of a driver who had none yet."""
    with calls.outside():
        for row in TaskRow.scan():
            row.delete()


def paid(here: Street, account: str = "") -> tuple[Terminal, Payment]:
    """A payment that a terminal was told success for, before it is credited."""
    terminal = here.terminal(SYSTEM, here.wallet(SYSTEM))
    payment = here.payment(terminal)
    if account:
        payment = replace(payment, account=account)
    assert terminal.pay(payment).ok
    return terminal, payment


def _run(here: Street, task_id: str, name: str = "credit") -> None:
    body = f'{{"task_id": "{task_id}"}}'
    here.town.run(OFFICE, f"tasks.{name}", {"Records": [{"messageId": "m", "body": body}]})


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


def billing_calls(here: Street) -> None:
    """Billing does not answer five times."""
    _failing(here, "billing", 5)


def fleet_book_calls(here: Street) -> None:
    """The fleet's books take no record, and billing has done its part."""
    _failing(here, "fleet_transactions", 5)


def _failing(here: Street, system: str, times: int) -> None:
    paid(here)
    for _ in range(times):
        here.breaks(system, 1)
        here.clock.advance(600)
        _run(here, _task(here))


def qiwi_tokens(here: Street) -> None:
    """A token is over, and somebody has an address to be told at."""
    _ending(here, notify_emails=["ops@park.example"])


def token_notice_unaddressed(here: Street) -> None:
    """As that, and nobody has."""
    _ending(here)
    (task_id,) = (row["task_id"] for row in here.town.rows(f"{OFFICE}-tasks"))
    _run(here, str(task_id), "token_notice")


def _ending(here: Street, **terms: Any) -> None:
    here.wallet(SYSTEM, token_expires_at=to_iso(here.clock.now()), **terms)
    here.town.run(OFFICE, "crons.check_qiwi_tokens", {})


class Elsewhere:
    """An old store that has another wallet under the id."""

    def get(self, _park_id: str, wallet_id: str) -> OldItem:
        item = {"Id": wallet_id, "Type": "City24", "Name": "Another", "Currency": "UAH"}
        return OldItem(wallet_id, Secret(json.dumps(item)), False)


def wallet_shadow(here: Street) -> None:
    """Phase 3a: the old service has written past our API."""
    wallet_id = here.wallet(SYSTEM)["wallet_id"]
    here.town.world.use(OFFICE)
    old: Any = Elsewhere()
    safe, peppers = WIRING.vault(), WIRING.link_peppers
    copies = Copies(CopyStore(), old, safe, WIRING.specs(), peppers, here.clock)
    PairedBook(copies, WIRING.tasks(), Remembering(safe), reads_own=True).find(PARK, wallet_id)


PROVOKE: Final[Mapping[str, Callable[[Street], None]]] = {
    "BillMismatchAlarm": bills.mismatch,
    "BillPollAlarm": bills.silence,
    "BillUnresolvedAlarm": bills.nobody_knows,
    "ParkedTasksAlarm": parked_tasks,
    "OldestTaskAlarm": oldest_task,
    "TaskFailuresAlarm": task_failures,
    "BillingRetryAlarm": billing_retry,
    "SuspenseAlarm": suspense,
    "BillingCallsAlarm": billing_calls,
    "FleetBookCallsAlarm": fleet_book_calls,
    "QiwiTokensAlarm": qiwi_tokens,
    "TokenNoticeUnaddressedAlarm": token_notice_unaddressed,
    "WalletShadowAlarm": wallet_shadow,
}
