"""Once a day: how many accounts, parks and drivers, by payment system (FP-35, FP-36, FP-37).

A driver is of one park, so parks are counted one after the other and added up; how far it is, and
the sums so far, are in the task. A payment pays nothing for it.
"""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from fleet_payment_systems.model import Direction, Wanted
from fleet_payment_systems.store.ledger import LedgerStore
from fleet_payment_systems.store.live import LiveWallets
from fleet_payment_systems.task_names import CENSUS
from shared import metrics, trace
from shared.clock import Clock
from shared.store import Transaction, commit
from shared.tasks import Tasks, Ticket

ALL: Final = "all"
_READ_ROWS: Final = 1000


@dataclass(frozen=True, slots=True)
class Census:
    live: LiveWallets
    ledger: LedgerStore
    tasks: Tasks
    systems: Sequence[str]
    clock: Clock

    def begin(self) -> None:
        """Cron collect_metrics: yesterday (UTC) is to be counted."""
        now = self.clock.now()
        day = (now - timedelta(days=1)).date().isoformat()
        writes = Transaction()
        payload = {"day": day, "after": "", "drivers": "{}", "parks": "{}"}
        self.tasks.arm(writes, f"{CENSUS}#{day}", payload, now)
        commit(writes)

    def count(self, ticket: Ticket) -> None:
        """Parks in the order of their ids, until they are done or a third of the time is left."""
        parks, accounts = self._parks()
        day = datetime.fromisoformat(str(ticket.payload["day"])).replace(tzinfo=UTC)
        drivers = Counter(json.loads(ticket.payload["drivers"]))
        active = Counter(json.loads(ticket.payload["parks"]))
        ends_at_s, after = trace.remaining_s() / 3, str(ticket.payload["after"])
        for park_id in sorted(one for one in parks if one > after):
            found = self._drivers(park_id, day)
            drivers.update({system: len(ids) for system, ids in found.items()})
            active.update(found.keys())
            if trace.remaining_s() < ends_at_s:
                self._again(ticket, park_id, drivers, active)
                return
        self._tell(accounts, drivers, active)
        ticket.finish()

    def _parks(self) -> tuple[set[str], Counter[str]]:
        parks, accounts = set[str](), Counter[str]()
        for system in self.systems:
            for one in self.live.of_system(system):
                parks.add(one.park_id)
                accounts[system] += 1
        return parks, accounts

    def _drivers(self, park_id: str, day: datetime) -> dict[str, set[str]]:
        """Who was paid that day, by system and in all."""
        wanted = Wanted(park_id, day, day + timedelta(days=1))
        found: dict[str, set[str]] = {}
        after = ""
        while True:
            place = self.ledger.strip(wanted, after, newest_first=False)
            rows = self.ledger.read(wanted, place, _READ_ROWS)
            for row in rows:
                if row.direction != Direction.REVERSAL:
                    for system in (row.system, ALL):
                        found.setdefault(system, set()).add(row.driver_id)
            if len(rows) < _READ_ROWS:
                return found
            after = rows[-1].tx_id

    def _again(
        self, ticket: Ticket, park_id: str, drivers: Counter[str], active: Counter[str]
    ) -> None:
        writes = Transaction()
        sums = {"drivers": json.dumps(drivers), "parks": json.dumps(active)}
        payload = ticket.payload | {"after": park_id} | sums
        ticket.again(writes, self.clock.now(), payload)
        commit(writes)

    def _tell(self, accounts: Counter[str], drivers: Counter[str], active: Counter[str]) -> None:
        for system in (*self.systems, ALL):
            count = accounts.total() if system == ALL else accounts[system]
            metrics.gauge("FpsAccountsByProvider", count, Provider=system)
            metrics.gauge("FpsActiveDrivers", drivers[system], Provider=system)
            metrics.gauge("FpsActiveParks", active[system], Provider=system)
