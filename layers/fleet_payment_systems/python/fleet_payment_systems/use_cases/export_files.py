"""Task fps_export: pages of the ledger become parts in S3, and the parts one file (FP-06).

What is behind is in the task's own payload: where the next page begins, and the names of the parts
so far. A part's name has the mark of its taking, so that a worker that lost its lease writes beside
what counts, never over it; the file is made of fixed parts, so whoever makes it makes the same.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import Any, Final

from fleet_payment_systems.exports import Export, ExportState, Sums, added, sums_of
from fleet_payment_systems.model import Transaction, Wanted
from fleet_payment_systems.ports import Files, Sheets
from fleet_payment_systems.store.exports import ExportStore
from fleet_payment_systems.store.ledger import LedgerStore
from fleet_payment_systems.use_cases.lines import COLUMNS, cells, totals
from shared import trace
from shared.clock import Clock, from_ms, to_ms
from shared.store import Transaction as Writes
from shared.store import commit
from shared.tasks import Ticket

ROWS_MAX: Final = 200_000
_ACTOR: Final = "fps_export"
_ENDED: Final = frozenset({ExportState.DONE, ExportState.FAILED})


@dataclass(frozen=True, slots=True)
class _Page:
    rows: Sequence[Transaction]
    after: str
    last: bool


@dataclass(frozen=True, slots=True)
class ExportWriter:
    """A page ends with `page_rows` wanted rows, or with two thirds of the invocation's time."""

    store: ExportStore
    ledger: LedgerStore
    files: Files
    sheets: Sheets
    clock: Clock
    page_rows: int = 10_000
    read_rows: int = 1000
    rows_max: int = ROWS_MAX

    def write(self, ticket: Ticket) -> None:
        """One step: a page into a part, or all parts into the file."""
        found = self.store.find(ticket.payload["park_id"], ticket.payload["export_id"])
        if found is None:
            raise LookupError("no such export")
        if found.state in _ENDED:
            ticket.finish()
        elif ticket.payload.get("read"):
            self._assemble(found, ticket)
        else:
            self._page(found, ticket)

    def _page(self, export: Export, ticket: Ticket) -> None:
        page = self._read(export, str(ticket.payload.get("after", "")))
        rows = export.rows + len(page.rows)
        if rows > self.rows_max:
            self._end(replace(export, state=ExportState.FAILED, reason="too_many_rows"), ticket)
            return
        parts = str(ticket.payload.get("parts", ""))
        if page.rows:
            parts = f"{parts} {ticket.token}".strip()
            part = [cells(one) for one in page.rows]
            self.files.put(_part(export, ticket.token), json.dumps(part).encode())
        sums = added(export.sums, sums_of(page.rows))
        running = self._next(export, state=ExportState.RUNNING, rows=rows, sums=sums)
        payload = ticket.payload | {"after": page.after, "parts": parts, "read": int(page.last)}
        writes = Writes()
        self.store.save(writes, running, _ACTOR)
        ticket.again(writes, running.updated_at, payload)
        commit(writes)

    def _read(self, export: Export, after: str) -> _Page:
        wanted, rows = self._past(export), list[Transaction]()
        ends_at_s = trace.remaining_s() / 3
        while trace.remaining_s() >= ends_at_s:
            place = self.ledger.strip(wanted, after, newest_first=False)
            read = self.ledger.read(wanted, place, self.read_rows)
            rows += [one for one in read if wanted.takes(one)]
            if len(read) < self.read_rows:
                return _Page(rows, after, last=True)
            after = read[-1].tx_id
            if len(rows) >= self.page_rows:
                break
        return _Page(rows, after, last=False)

    @staticmethod
    def _past(export: Export) -> Wanted:
        """What had been made when the export was ordered; it then has an end."""
        ends = min(export.wanted.until, from_ms(to_ms(export.created_at) + 1))
        return replace(export.wanted, until=ends)

    def _assemble(self, export: Export, ticket: Ticket) -> None:
        parts = str(ticket.payload["parts"]).split()
        with TemporaryFile() as file:
            self.sheets.write(export, self._lines(export, parts, export.sums), file)
            file.seek(0)
            self.files.put(export.key, file)
        self._end(replace(export, state=ExportState.DONE), ticket)

    def _lines(self, export: Export, parts: Sequence[str], sums: Sums) -> Iterator[Sequence[str]]:
        yield COLUMNS
        for part in parts:
            yield from json.loads(self.files.get(_part(export, part)))
        yield from totals(sums)

    def _end(self, export: Export, ticket: Ticket) -> None:
        writes = Writes()
        self.store.save(writes, self._next(export), _ACTOR)
        ticket.done(writes)
        commit(writes)

    def _next(self, export: Export, **changes: Any) -> Export:
        now = self.clock.now()
        return replace(export, version=export.version + 1, updated_at=now, **changes)


def _part(export: Export, name: str) -> str:
    return f"parts/{export.wanted.park_id}/{export.export_id}/{name}.json"
