"""What orders and payments cost in calls and units, counted in-process and held to units.json.

python -m bench.units --accept writes the table anew, for a change that means to change it.
"""

import json
import sys
from dataclasses import fields
from pathlib import Path
from typing import Final

from bench.journeys import JOURNEYS, Journey, gateway
from bench.meter import Bill, metered

TABLE: Final = Path(__file__).with_name("units.json")
_COLUMNS: Final = ("gateway", "invocations", "calls", "reads", "writes", "sends", "remote")

Row = dict[str, int | str]
# Journey -> step -> counts.
Table = dict[str, dict[str, Row]]


def count() -> Table:
    return {name: _count(journey) for name, journey in JOURNEYS.items()}


def kept() -> Table:
    """The table that is checked in."""
    found: Table = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


def _count(journey: Journey) -> dict[str, Row]:
    """Step by step; the first journey of a place warms its caches and is not counted.

    The authorizer runs at every till call here; the gateway's cache would keep it for 60 s.
    """
    with journey() as steps:
        for _name, step in steps(1):
            step()
        bills = {}
        for name, step in steps(2):
            bills[name] = bill = Bill()
            with gateway(bill), metered(bill):
                step()
    return {name: _row(bill) for name, bill in bills.items()} | {"all": _row(_sum(bills))}


def _sum(bills: dict[str, Bill]) -> Bill:
    names = [field.name for field in fields(Bill)]
    return Bill(*(sum(getattr(bill, name) for bill in bills.values()) for name in names))


def _row(bill: Bill) -> Row:
    whole, half = divmod(bill.half_reads, 2)
    return {
        "gateway": bill.gateway,
        "invocations": bill.invocations,
        "calls": bill.calls,
        "reads": f"{whole}.{5 * half}",
        "writes": bill.writes,
        "sends": bill.sends,
        "remote": bill.remote,
    }


def lines(table: Table) -> list[str]:
    found = []
    for journey, steps in table.items():
        found.append(f"{journey:<36}" + "".join(f"{name:>13}" for name in _COLUMNS))
        found += [
            f"  {step:<34}" + "".join(f"{row[name]:>13}" for name in _COLUMNS)
            for step, row in steps.items()
        ]
    return found


def differences(counted: Table) -> list[str]:
    """Steps whose counts are not those of units.json."""
    now, before = _flat(counted), _flat(kept())
    return [
        f"{step}: counted {now.get(step)}, units.json has {before.get(step)}"
        for step in dict.fromkeys([*before, *now])
        if before.get(step) != now.get(step)
    ]


def _flat(table: Table) -> dict[str, Row]:
    rows = (
        (f"{journey}, {step}", row) for journey in table for step, row in table[journey].items()
    )
    return dict(rows)


def _written(table: Table) -> str:
    parts = []
    for journey, steps in table.items():
        rows = ",\n".join(
            f"    {json.dumps(step)}: {json.dumps(row)}" for step, row in steps.items()
        )
        parts.append(f"  {json.dumps(journey)}: {{\n{rows}\n  }}")
    return "{\n" + ",\n".join(parts) + "\n}\n"


def main(*arguments: str) -> None:
    counted = count()
    sys.stdout.write("\n".join(lines(counted)) + "\n")
    if "--accept" in arguments:
        TABLE.write_text(_written(counted), encoding="utf-8")
    elif found := differences(counted):
        raise SystemExit("\n".join(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
