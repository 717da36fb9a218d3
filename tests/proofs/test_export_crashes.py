"""An export dies at any call, or is slower than its lease: the file is whole, and right once."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import IO, Any, Final

import pytest

from fleet_payment_systems.exports import Export, ExportState
from fleet_payment_systems.model import Operator, Wanted
from fleet_payment_systems.ports import Files
from fleet_payment_systems.store.exports import ExportStore
from fleet_payment_systems.use_cases.exports import Order
from shared.errors import Unavailable
from shared.queue import task_app
from tests.fleet_payment_systems.exporting import csv_lines, stored
from tests.proofs.fleet_flows import ALL, ALL_KINDS, QUICK_KINDS, warm_park
from tests.support import calls, privileges
from tests.support.aws_world import Context
from tests.support.crash import enumerate_crashes
from tests.support.faults import Crash
from tests.support.park import SERVICE, WIRING, Park
from tests.support.wallets import PARK

PAYMENTS: Final = 3
# Two pages and the file; a step that dies leaves the others nothing to do for a while.
STEPS: Final = 3
DISPATCHER: Final = Operator(PARK, "o.petrova", "backend")
_SINCE: Final = datetime(2025, 1, 1, tzinfo=UTC)
_WANTED: Final = Wanted(PARK, _SINCE, _SINCE.replace(year=2030), state="processed")
ORDER: Final = Order(_WANTED, "csv", True, "k-1")


@pytest.fixture(scope="module")
def place() -> Iterator[Park]:
    with warm_park() as found:
        yield found


@pytest.fixture
def paid(place: Park) -> Iterator[Park]:
    """The park with payments that its drivers have got; afterwards it is empty again."""
    empty = place.aws.snapshot()
    opened = place.open_wallet()
    for number in range(PAYMENTS):
        place.pay(opened, f"t-{number}")
        place.deliver()
        place.aws.clock.advance(1)
    yield place
    place.aws.restore(empty)


def ordered() -> Export:
    """The export of one request of a dispatcher, who repeats until he is told."""
    for _ in range(4):
        try:
            with calls.process():
                export: Export = WIRING.exports().order(DISPATCHER, ORDER)
                return export
        except (Crash, Unavailable):
            continue
    raise AssertionError("never answered")


def app_of(files: Files | None = None) -> Callable[[Any, Any], Any]:
    """The task's function, of two rows a page."""
    writer = replace(WIRING.export_writer(), page_rows=2, read_rows=2)
    writer = replace(writer, files=files or writer.files)
    return task_app("fps_export", WIRING.tasks(), writer.write)


def step(place: Park, files: Files | None = None) -> None:
    for task_id in place.tasks():
        record = {"messageId": "m", "body": json.dumps({"task_id": task_id})}
        with privileges.running(f"{SERVICE}/tasks.export"):
            app_of(files)({"Records": [record]}, Context())


def finish(place: Park) -> None:
    """Nothing but the sweeper's messages wake the task, as long as there is one."""
    for _ in range(12):
        if not place.tasks():
            return
        place.aws.clock.advance(400)
        step(place)


def check(place: Park) -> None:
    """One export, done, whose file has each payment once, and totals of just these."""
    (row,) = place.rows("exports")
    found = ExportStore().find(PARK, row["export_id"])
    assert found is not None
    assert (found.state, place.tasks()) == (ExportState.DONE, [])
    *lines, total = csv_lines(stored(found.key))
    payments = [row["tx_id"] for row in place.transactions()]
    assert [line["tx_id"] for line in lines] == payments
    assert (total["amount"], total["reason"]) == ("30.00", f"transactions: {PAYMENTS}")
    assert sum(one.count for one in found.sums.values()) == found.rows == PAYMENTS


def test_a_crash_while_it_is_ordered_leaves_one_export(paid: Park) -> None:
    def recover() -> None:
        ordered()
        finish(paid)

    def act() -> None:
        WIRING.exports().order(DISPATCHER, ORDER)

    crash_everywhere(paid, act, recover)


def test_a_crash_while_it_is_written_leaves_one_whole_file(paid: Park) -> None:
    ordered()

    def act() -> None:
        for _step in range(STEPS):
            step(paid)

    crash_everywhere(paid, act, lambda: finish(paid))


def crash_everywhere(place: Park, act: Callable[[], object], recover: Callable[[], object]) -> None:
    start = place.aws.snapshot()
    report = enumerate_crashes(
        act,
        prepare=lambda: place.aws.restore(start),
        recover=recover,
        check=lambda: check(place),
        kinds=ALL_KINDS if ALL else QUICK_KINDS,
    )
    assert report.cases > 0


@dataclass(frozen=True, slots=True)
class Slow:
    """Files whose every put waits until others have done what they want."""

    real: Files
    meanwhile: Callable[[], object]

    def put(self, key: str, content: bytes | IO[bytes]) -> None:
        self.meanwhile()
        self.real.put(key, content)

    def get(self, key: str) -> bytes:
        return self.real.get(key)

    def url(self, key: str) -> str:
        return self.real.url(key)


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_a_worker_that_lost_its_lease_changes_nothing(paid: Park, steps: int) -> None:
    """It writes what it read long ago: a page, or the file, when others have finished."""
    ordered()
    for _ in range(steps):
        step(paid)

    step(paid, Slow(WIRING.export_files(), lambda: finish(paid)))

    check(paid)
